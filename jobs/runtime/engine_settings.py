"""How an engine is started."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field

from expectations.conf import Conf


class EngineSettings(Conf):
    cores: int = Field(ge=0)
    accept_open_port: bool = Field(description="run the embedded engine where others of the machine can reach it")
    spark: dict[str, str] = Field(description="settings of a local Spark; a cluster keeps its own")
    small_mib: int = Field(ge=0, description="files of a delivery and bronze tables that are together no larger are small")
    spark_small: dict[str, str] = Field(description="settings of a local Spark for small data, besides")
    spark_many_rows: dict[str, str] = Field(
        description="settings of a session of a local Spark while few plans go over many rows"
    )

    @property
    def usable_cores(self) -> int:
        return self.cores or len(os.sched_getaffinity(0))

    def local_spark(self, data: Iterable[Path | None]) -> tuple[dict[str, str], dict[str, str]]:
        """Settings of a local Spark for the data in these folders, and those while few plans go over many rows.

        Null is a place whose size nobody knows, and never small.
        """
        folders = list(data)
        if None not in folders and sum(_bytes_in(folder) for folder in folders if folder) <= self.small_mib << 20:
            return {**self.spark, **self.spark_small}, {}
        return self.spark, self.spark_many_rows


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
