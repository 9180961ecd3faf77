"""The finished run, opened once for the tests that only read it."""

from __future__ import annotations

import pytest

from jobs.explore import OpenedLake, open_lake
from jobs.launch.context import RunContext


@pytest.fixture(scope="session")
def opened(finished: RunContext) -> OpenedLake:
    return open_lake(finished.out)
