"""Supervision and check are two purposes: what is asked of a check leaves no trace in supervision, and each run says which it serves."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructField, StructType

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import (
    CASE_SCORES,
    CHECKS,
    CLUES,
    FINDINGS,
    IDENTITIES,
    IDENTITY_COUNTS,
    KIN,
    LINK_CANDIDATES,
    LINKS,
    MEMBERS,
    NEEDS,
    PEOPLE,
    PERSONS,
    PURPOSES,
)
from jobs.check_households import job as check_households
from jobs.commands import run_check
from jobs.find_clues import job as find_clues
from jobs.find_needs import job as find_needs
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.link_people import job as link_people
from jobs.link_people.households import named_persons
from jobs.link_people.identities import mentions
from jobs.link_people.records import unresolved
from jobs.runtime.console import Console
from jobs.runtime.errors import BadDelivery
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine
from jobs.score_cases import job as score_cases
from jobs.standardise import job as standardise
from jobs.standardise.fillers import fillers
from tests.conftest import AS_OF, KEY, City, run_main_job
from tests.end_to_end.tables import rows_of

SUPERVISED = (
    LINKS, LINK_CANDIDATES, IDENTITIES, IDENTITY_COUNTS, PERSONS, KIN, MEMBERS, PEOPLE, FINDINGS, CASE_SCORES, CLUES, NEEDS,
)  # fmt: skip
REQUESTS = DATA_SETS["check_requests"]


def without_requests(city: City, folder: Path) -> Path:
    shutil.copytree(city.delivery, folder)
    manifest = folder / "交接清单.csv"
    head, *lines = manifest.read_text(encoding="utf-8-sig").splitlines()
    kept = [line for line in lines if f",{REQUESTS.code}," not in line]
    assert len(kept) < len(lines)
    manifest.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return folder


def check_context(embedded: Engine, settings: Settings, delivery: Path, out: Path) -> RunContext:
    report = RunReport(Console(quiet=True))
    lake = Lake(embedded, str(out / run_check.FOLDER / "lake"))
    return RunContext(embedded, lake, settings, AS_OF, out / run_check.FOLDER, KEY, report, delivery)


def test_requests_change_nothing_of_supervision(
    embedded: Engine, settings: Settings, city: City, finished: RunContext, tmp_path: Path
) -> None:
    alone = run_main_job(embedded, settings, without_requests(city, tmp_path / "delivery"), tmp_path / "out")
    for table in SUPERVISED:
        assert rows_of(alone.lake, table) == rows_of(finished.lake, table), table.full_name
    for zone in ("restricted", "exports"):
        for name in ("clues.csv", "needs.csv"):
            assert (alone.out / zone / name).read_bytes() == (finished.out / zone / name).read_bytes()
        assert not (alone.out / zone / "checks.csv").exists()
    assert [row["purpose"] for row in alone.lake.read(PURPOSES).collect()] == ["supervision"]
    assert alone.report.figures["purpose"] == ["supervision"]


def test_a_request_is_nobodys_name_number_or_kin(session: SparkSession) -> None:
    """Requests that would show: a recipient's number under another name, twice, and a record that the registry does not know."""
    rows = [("HD1", number, "valid", name, n) for n, (number, name) in enumerate([("n1", "one"), ("n1", "two"), ("n2", "three")])]

    def plain(code: str) -> StructType:  # comments of columns trip the planner of the embedded engine (decision 0004)
        return StructType([StructField(f.name, f.dataType) for f in DATA_SETS[code].silver.schema])

    schema = plain(REQUESTS.code)
    cells = [
        {
            "application_no": application, "person_key": number, "person_number_state": state, "name_key": name, "_file_id": "f", "_sheet": "",
            "_row": n,
        }
        for application, number, state, name, n in rows
    ]  # fmt: skip
    requests = session.createDataFrame([tuple(row.get(f.name) for f in schema) for row in cells], schema)

    def silver(code: str) -> DataFrame:
        return requests if code == REQUESTS.code else session.createDataFrame([], plain(code))

    numbers = session.createDataFrame([("n1",), ("n2",)], "number_key string")
    nobody = session.createDataFrame([], "number_key string, name_key string")
    assert requests.count() == len(rows)
    assert mentions(silver, numbers).isEmpty()
    assert unresolved(silver, nobody).isEmpty()
    assert named_persons(silver).isEmpty()
    assert fillers(silver, list(DATA_SETS.values()), 2) == []


def test_no_job_of_supervision_reads_what_a_check_found() -> None:
    for job in (standardise, link_people, find_clues, find_needs, score_cases):
        assert CHECKS not in job.READS, job.NAME


def test_a_run_that_checks_says_so(finished: RunContext) -> None:
    assert {row["purpose"] for row in finished.lake.read(PURPOSES).collect()} == {"supervision", "check"}
    report = json.loads((finished.out / "run_report.json").read_text(encoding="utf-8"))
    assert report["figures"]["purpose"] == ["supervision", "check"]
    assert {row["purpose"] for row in finished.lake.read(CHECKS).collect()} == {"check"}


def test_a_check_finds_what_the_main_job_finds_and_leaves_the_lists_of_supervision_alone(
    embedded: Engine, settings: Settings, city: City, finished: RunContext, tmp_path: Path
) -> None:
    for zone in ("restricted", "exports"):
        (tmp_path / zone).mkdir()
        (tmp_path / zone / "clues.csv").write_text("of supervision", encoding="utf-8")
    ctx = check_context(embedded, settings, city.delivery, tmp_path)
    run_check.run(ctx, tmp_path)
    for zone in ("restricted", "exports"):
        assert (tmp_path / zone / "checks.csv").read_bytes() == (finished.out / zone / "checks.csv").read_bytes()
        assert (tmp_path / zone / "clues.csv").read_text(encoding="utf-8") == "of supervision"
        assert not list(tmp_path.glob(".*staging"))
    assert (tmp_path / "restricted" / "checks.csv").stat().st_mode & 0o077 == 0
    assert [row["purpose"] for row in ctx.lake.read(PURPOSES).collect()] == ["check"]
    assert not (tmp_path / "lake").exists()
    report = json.loads((tmp_path / run_check.FOLDER / "run_report.json").read_text(encoding="utf-8"))
    assert report["figures"]["purpose"] == ["check"]
    said = StringIO()
    run_check.print_summary(Console(file=said, width=400), ctx.report, tmp_path)
    places = [Path(line[29:].strip()) for line in said.getvalue().splitlines() if str(tmp_path) in line]
    assert [place.exists() for place in places] == [True] * 4


def test_a_delivery_without_requests_is_refused(embedded: Engine, settings: Settings, city: City, tmp_path: Path) -> None:
    ctx = check_context(embedded, settings, without_requests(city, tmp_path / "delivery"), tmp_path / "out")
    with pytest.raises(BadDelivery, match="holds no 家庭经济状况核对申请"):
        run_check.run(ctx, tmp_path / "out")
    assert not (tmp_path / "out" / "restricted").exists()


def test_requests_that_were_withdrawn_are_checked_no_more(finished: RunContext, tmp_path: Path) -> None:
    shutil.copytree(finished.out / "lake", tmp_path / "lake")
    lake = Lake(finished.engine, str(tmp_path / "lake"))
    lake.overwrite(REQUESTS.silver, lake.session.createDataFrame([], REQUESTS.silver.schema))
    check_households.run(replace(finished, lake=lake, report=RunReport(Console(quiet=True))))
    assert lake.read(CHECKS).isEmpty()


def test_checks_agree_with_the_simulators_truth(finished: RunContext, city: City) -> None:
    truth = pl.read_csv(city.folder / "truth_checks.csv", infer_schema=False).rename({"finding": "is_true"})
    listed = pl.read_csv(finished.out / "restricted" / "checks.csv", infer_schema=False)
    households = listed.filter(pl.col("row_kind") == "户").join(truth, on="application_no", how="full", coalesce=True)
    assert len(households) == len(truth)
    refused = households.filter(pl.col("authorised") == "0")
    assert refused["result"].to_list() == ["未授权不予核对"] * len(refused)
    checked = households.filter(pl.col("authorised") == "1")
    expected = pl.when(pl.col("is_true") == "1").then(pl.lit("有检出")).otherwise(pl.lit("无检出"))
    agree = checked.select((pl.col("result") == expected).mean()).item()
    assert agree > 0.97
