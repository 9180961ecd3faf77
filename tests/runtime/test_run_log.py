"""ops.runs and what every commit says of itself: which job of which run, on which code and settings, from which versions."""

from __future__ import annotations

import errno
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from expectations.contracts.lake import CLUES, FILES, FINDINGS, LAKE_TABLES, PURPOSES, RUNS
from expectations.contracts.model import Table
from jobs.launch.context import RunContext
from jobs.launch.run_log import RunLog
from jobs.launch.settings import Settings
from jobs.runtime.code_version import code_version
from jobs.runtime.console import Console
from jobs.runtime.delta_log import Commit, last_commit, last_commit_on_a_store
from jobs.runtime.errors import BadDelivery, BadStore
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.session import Engine
from tests.conftest import AS_OF, City
from tests.hand_made import person_number
from tests.processes import ROOT

QUIET = Console(quiet=True)


@dataclass(frozen=True)
class Stated:
    """A job as its module states it."""

    NAME: str
    READS: Sequence[Table]
    WRITES: Sequence[Table]


STATE = Stated("state_purpose", (PURPOSES,), (PURPOSES,))


def purpose(lake: Lake, *bases: str) -> Any:
    rows = [(AS_OF, name, "a test") for name in bases]
    return lake.session.createDataFrame(rows, plain_schema(PURPOSES))


def runs(lake: Lake) -> list[dict[str, Any]]:
    return [row.asDict() for row in lake.read(RUNS).orderBy("started_at", "job_no").collect()]


def metadata(folder: Path) -> Iterator[tuple[int, Any]]:
    """Version and userMetadata of every commit of a table."""
    for path in sorted((folder / "_delta_log").glob("*.json")):
        actions = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        said = next(action["commitInfo"] for action in actions if "commitInfo" in action).get("userMetadata")
        yield int(path.stem), None if said is None else json.loads(said)


@pytest.fixture
def lake(embedded: Engine, tmp_path: Path) -> Lake:
    return Lake(embedded, str(tmp_path / "lake"))


def test_a_run_has_a_row_a_job_with_what_it_read_and_wrote(finished: RunContext, city: City) -> None:
    rows = runs(finished.lake)
    stages = [path.parent.name for path in (ROOT / "jobs").glob("*/job.py")]
    by_people = {
        "check_payments", "dispatch_cases", "editions", "follow_up_cases", "learn", "plan_visits", "report_casework", "retention",
        "settle_identities", "take_in",
    }  # fmt: skip
    assert sorted(row["job"] for row in rows) == sorted(set(stages) - by_people)
    assert [row["job_no"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["run_id"] for row in rows} == {finished.log.run_id}
    assert {(row["state"], row["failure"], row["as_of"]) for row in rows} == {("finished", None, AS_OF)}
    assert {row["code_version"] for row in rows} == {code_version()}
    assert {row["settings_fingerprint"] for row in rows} == {finished.settings.fingerprint}
    assert {row["engine"].split()[0] for row in rows} == {"embedded"}
    assert len({row["delivery_id"] for row in rows}) == 1
    assert rows[0]["delivery_id"] == finished.lake.read(FILES).first()["delivery_id"]  # type: ignore[index]
    assert all(datetime.fromisoformat(row["started_at"]).utcoffset() is not None and row["seconds"] >= 0 for row in rows)
    of = {row["job"]: row for row in rows}
    # Published is what was ranked, ranked what was found: each version read is the one that was written.
    assert of["publish"]["tables_read"][CLUES.full_name] == of["rank_clues"]["tables_written"][CLUES.full_name]
    assert of["rank_clues"]["tables_read"][FINDINGS.full_name] == of["find_clues"]["tables_written"][FINDINGS.full_name]
    assert of["publish"]["tables_written"] == {}
    assert of["find_clues"]["rows_written"][FINDINGS.full_name] == finished.lake.read(FINDINGS).count()
    assert of["rank_clues"]["rows_written"][CLUES.full_name] == finished.lake.read(CLUES).count()
    assert FINDINGS.full_name not in of["find_clues"]["tables_read"], "its own work is nothing that it rests on"


def test_every_commit_of_a_run_says_which_job_made_it_from_what(finished: RunContext) -> None:
    assert finished.lake.folder is not None
    rows = {row["job"]: row for row in runs(finished.lake)}
    seen = 0
    for zone in ("bronze", "silver", "gold", "ops", "vault", "quarantine"):
        for folder in sorted((finished.lake.folder / zone).iterdir()):
            for version, said in metadata(folder):
                assert said["run_id"] == finished.log.run_id, folder
                assert said["code_version"] == code_version()
                if (name := f"{zone}.{folder.name}") == RUNS.full_name:
                    continue
                seen += 1
                row = rows[said["job"]]
                assert (said["as_of"], said["settings_fingerprint"]) == (AS_OF.isoformat(), finished.settings.fingerprint)
                assert said["read"].items() <= row["tables_read"].items(), name
                assert version <= row["tables_written"][name]
    assert seen > 60


def test_the_lists_know_nothing_of_the_run(finished: RunContext) -> None:
    started = {row["started_at"] for row in runs(finished.lake)}
    for zone in ("exports", "restricted"):
        for path in (finished.out / zone).rglob("*.csv"):
            text = path.read_text(encoding="utf-8-sig")
            assert finished.log.run_id not in text
            assert not [moment for moment in started if moment in text]


def failing(lake: Lake, log: RunLog, settings: Settings, error: Exception) -> None:
    """A run whose second job reads what the first has written, and fails."""
    with log.kept(lake, QUIET):
        with log.job(STATE, lake, settings, AS_OF) as own:
            own.overwrite(PURPOSES, purpose(own, "check"))
        with log.job(STATE, lake, settings, AS_OF) as own:
            own.read(PURPOSES)
            raise error


def test_a_job_that_fails_has_a_row_with_its_sentence_and_the_error_goes_on(lake: Lake, settings: Settings) -> None:
    with pytest.raises(BadDelivery, match="no manifest"):
        failing(lake, RunLog(), settings, BadDelivery(f"no manifest, and {person_number(7)} in a name"))
    first, second = runs(lake)
    assert (first["state"], first["tables_written"], first["rows_written"]) == (
        "finished",
        {"ops.purposes": 0},
        {"ops.purposes": 1},
    )
    assert (second["state"], second["job_no"], second["tables_read"]) == ("failed", 2, {"ops.purposes": 0})
    assert second["failure"] == "no manifest, and 420292************ in a name"


def test_a_fault_of_the_program_is_kept_by_its_kind_alone(lake: Lake, settings: Settings) -> None:
    with pytest.raises(KeyError):
        failing(lake, RunLog(), settings, KeyError(f"张三 {person_number(7)}"))
    assert [row["failure"] for row in runs(lake)] == [None, "KeyError"]


def test_rows_of_several_appends_are_added_and_of_overwriting_the_last_count(lake: Lake, settings: Settings) -> None:
    log = RunLog()
    with log.kept(lake, QUIET), log.job(STATE, lake, settings, AS_OF) as own:
        own.overwrite(PURPOSES, purpose(own, "check", "supervision"))
        own.overwrite(PURPOSES, purpose(own, "check"))
        own.append(PURPOSES, purpose(own, "supervision", "other"))
    (row,) = runs(lake)
    assert (row["tables_written"], row["rows_written"]) == ({"ops.purposes": 2}, {"ops.purposes": 3})


def test_a_command_writes_its_rows_once_and_one_without_a_job_none(lake: Lake, settings: Settings) -> None:
    with RunLog().kept(lake, QUIET):
        pass
    assert not lake.exists(RUNS)
    log = RunLog()
    with log.kept(lake, QUIET):
        for _ in range(3):
            with log.job(STATE, lake, settings, AS_OF):
                pass
    assert lake.folder is not None
    assert last_commit(lake.folder, "ops/runs") == Commit(0, 3)


def test_what_ended_a_run_is_told_though_the_log_cannot_be_written(
    lake: Lake, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, words = RunLog(), io.StringIO()
    monkeypatch.setattr(sys.modules[__name__], "QUIET", Console(file=words))
    monkeypatch.setattr(Lake, "append", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "no space")))
    with pytest.raises(BadDelivery, match="no manifest"):
        failing(lake, log, settings, BadDelivery("no manifest"))
    assert f"ops.runs has no row of the run {log.run_id}" in words.getvalue()
    assert not lake.exists(RUNS)


def test_a_store_that_this_process_does_not_know_leaves_versions_open(
    embedded: Engine, settings: Settings, tmp_path: Path
) -> None:
    lake, log = Lake(embedded, f"memory:///{tmp_path.name}"), RunLog()
    with log.kept(lake, QUIET), log.job(STATE, lake, settings, AS_OF) as own:
        assert own.read_or_empty(PURPOSES).isEmpty()
        own.overwrite(PURPOSES, purpose(own, "check"))
    (row,) = runs(lake)
    assert (row["tables_read"], row["tables_written"], row["rows_written"]) == (
        {},
        {"ops.purposes": None},
        {"ops.purposes": None},
    )


def test_a_store_tells_the_same_of_a_table_as_its_log(finished: RunContext) -> None:
    assert finished.lake.folder is not None
    for table in (CLUES, FILES, LAKE_TABLES["silver.members"]):
        place = f"{table.zone}/{table.name}"
        found = last_commit(finished.lake.folder, place)
        assert found.version is not None
        assert last_commit_on_a_store(str(finished.lake.folder / place)) == found


def test_a_damaged_log_ends_the_job_that_reads_it(lake: Lake, settings: Settings) -> None:
    lake.overwrite(PURPOSES, purpose(lake, "check"))
    assert lake.folder is not None
    (lake.folder / "ops/purposes/_delta_log" / f"{0:020}.json").write_bytes(b"")
    log = RunLog()
    with pytest.raises(BadStore), log.kept(lake, QUIET), log.job(STATE, lake, settings, AS_OF) as own:
        own.read(PURPOSES)
    assert [row["failure"].split(" in the lake")[0] for row in runs(lake)] == ["ops/purposes"]
