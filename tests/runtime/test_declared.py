"""A job's lake refuses what the job does not declare."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.contracts.lake import CHECKS, FILES, PURPOSES
from jobs.runtime.errors import ContractBroken
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.session import Engine


def test_a_table_that_a_job_does_not_declare_is_neither_read_nor_written(embedded: Engine, tmp_path: Path) -> None:
    lake = Lake(embedded, str(tmp_path))
    nothing = {table: lake.session.createDataFrame([], plain_schema(table)) for table in (CHECKS, FILES, PURPOSES)}
    lake.overwrite(FILES, nothing[FILES])
    own = lake.of_job("state_purpose", reads=(FILES,), writes=(PURPOSES,))
    assert own.read(FILES).isEmpty()
    own.overwrite(PURPOSES, nothing[PURPOSES])
    assert own.read(PURPOSES).isEmpty()  # what a job writes it may read
    for refused in (own.read, own.read_or_empty, own.exists):
        with pytest.raises(ContractBroken, match=r"state_purpose uses gold\.checks .* READS of jobs/state_purpose/job\.py"):
            refused(CHECKS)
    for written in (own.overwrite, own.append):
        with pytest.raises(ContractBroken, match=r"state_purpose uses ops\.files .* WRITES of"):
            written(FILES, nothing[FILES])
    assert not lake.exists(CHECKS)  # the lake itself knows no job
