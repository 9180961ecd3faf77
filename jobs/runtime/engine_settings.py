"""How an engine is started."""

from __future__ import annotations

import os

from pydantic import Field

from expectations.conf import Conf


class EngineSettings(Conf):
    cores: int = Field(ge=0)
    accept_open_port: bool = Field(description="run the embedded engine where others of the machine can reach it")
    spark: dict[str, str] = Field(description="settings of a local Spark; a cluster keeps its own")

    @property
    def usable_cores(self) -> int:
        return self.cores or len(os.sched_getaffinity(0))
