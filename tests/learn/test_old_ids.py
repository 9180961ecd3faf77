"""An OUT of an earlier version, whose ids had no letter, goes on: its lists, verdicts and histories mean the same clues and cases."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import functions as F
from rich.console import Console

from expectations.contracts.ids import LETTERS, as_id
from expectations.contracts.lake import CASE_FILES, CLUES, ENTITLEMENT_MONTHS, LEDGER, LISTED_CLUES, VERDICTS
from expectations.contracts.model import Table
from jobs.launch.context import RunContext
from jobs.learn import job as learn
from jobs.plan_visits import job as plan_visits
from jobs.rank_clues import job as rank_clues
from jobs.returns.brought import Brought
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.take_in import job as take_in
from jobs.take_in.forms import returned
from tests.conftest import AS_OF

LATER = AS_OF + timedelta(days=31)
VISITS = 25
KEPT: tuple[Table, ...] = (CLUES, CASE_FILES, LISTED_CLUES)
"""What a run finds of the runs before it."""


def test_an_id_without_a_letter_gets_it_and_nothing_else_does() -> None:
    assert as_id("clue_id", "0123456789abcdef") == "C0123456789abcdef"
    for text in ("C0123456789abcdef", "0123456789abcde", "1.23457E+15", "", "0123456789ABCDEF"):
        assert as_id("clue_id", text) == text


def test_every_id_that_leaves_begins_with_its_letter(finished: RunContext) -> None:
    for name, columns in (
        ("clues.csv", ("clue_id", "case_id")),
        ("needs.csv", ("clue_id", "case_id")),
        ("checks.csv", ("check_id",)),
    ):
        with (finished.out / "exports" / name).open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert rows
        for column in columns:
            letter = "N" if (name, column) == ("needs.csv", "clue_id") else LETTERS[column]
            assert all(re.fullmatch(f"{letter}[0-9a-f]{{16}}", row[column]) for row in rows), (name, column)


def without_letters(lake: Lake) -> None:
    """The lake as an earlier version would have left it: no id has a letter, in any table."""
    for log in sorted(Path(lake.root).glob("*/*/_delta_log")):
        path = str(log.parent)
        rows = lake.session.read.format("delta").load(path)
        ids = [column for column in LETTERS if column in rows.columns]
        if ids:
            plain = rows.withColumns({column: F.substring(column, 2, 16) for column in ids})
            plain.write.format("delta").mode("overwrite").option("overwriteSchema", "true").save(f"{path}.old")
            shutil.rmtree(path)
            shutil.move(f"{path}.old", path)


@pytest.fixture
def own(finished: RunContext, tmp_path: Path) -> RunContext:
    """The finished run with a lake of its own, a month later."""
    shutil.copytree(finished.out / "lake", tmp_path / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    lake = Lake(finished.engine, str(tmp_path / "lake"))
    return replace(finished, lake=lake, as_of=LATER, out=tmp_path, report=RunReport(Console(quiet=True)))


@pytest.fixture
def old(own: RunContext) -> RunContext:
    without_letters(own.lake)
    return own


@pytest.fixture
def planned(own: RunContext) -> RunContext:
    """A list of visits was made, one in five drawn at random."""
    plan = own.settings.plan.model_copy(update={"random_share": 0.2})
    ctx = replace(own, settings=own.settings.model_copy(update={"plan": plan}))
    assert plan_visits.run(ctx, VISITS).is_new
    return ctx


def rows_of(ctx: RunContext, table: Table) -> list[dict[str, Any]]:
    return [row.asDict() for row in ctx.lake.read(table).collect()]


def test_a_list_that_is_out_is_learned_from_under_its_old_ids_and_new_ones(
    old: RunContext, finished: RunContext, tmp_path: Path
) -> None:
    first, second = (row for row in rows_of(finished, CLUES) if row["rank"] in (1, 2))
    path = tmp_path / "feedback.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("clue_id", "case_id", "verdict", "refutation_reason", "checked_on", "checkers"))
        for clue, start in ((first, 1), (second, 0)):
            ids = (clue["clue_id"][start:], clue["case_id"][start:])
            writer.writerow((*ids, "查是-错保", "", LATER.isoformat(), "张某、李某"))
    assert take_in.run(old, [returned(path)], Brought("clerk", "2018-02-01T00:00:00+00:00")).verdicts == 2
    outcome = learn.run(old)
    assert {(row["clue_id"], row["case_id"]) for row in rows_of(old, VERDICTS)} == {
        (clue["clue_id"], clue["case_id"]) for clue in (first, second)
    }
    assert sum(row[3] for row in outcome.account) == 2
    paid = old.lake.read(ENTITLEMENT_MONTHS).select("case_id").distinct()
    assert paid.filter(F.col("case_id").isin([first["case_id"], second["case_id"]])).count() == 2  # its bound is found, too


def test_the_next_run_knows_its_clues_and_cases_again(old: RunContext, finished: RunContext) -> None:
    """What the run makes anew has letters, what it keeps from before has none."""
    before = {table: old.lake.session.read.format("delta").load(old.lake.path(table)) for table in KEPT}
    assert all(len(row["case_id"]) == 16 for frame in before.values() for row in frame.collect())
    for log in sorted(Path(finished.lake.root).glob("*/*/_delta_log")):
        name = log.parent.relative_to(finished.lake.root)
        if str(name) not in {f"{table.zone}/{table.name}" for table in KEPT}:
            shutil.rmtree(Path(old.lake.root) / name, ignore_errors=True)
            shutil.copytree(log.parent, Path(old.lake.root) / name)
    rank_clues.run(old)
    assert {row["first_seen"] for row in rows_of(old, CLUES)} == {AS_OF}
    states = [row["state"] for row in rows_of(old, CASE_FILES) if row["as_of"] == LATER]
    assert states
    assert set(states) == {"unchanged"}
    seen = {row["clue_id"] for row in rows_of(old, LISTED_CLUES)}
    assert seen == {row["clue_id"] for row in rows_of(finished, LISTED_CLUES)}


def test_a_list_of_visits_made_again_is_the_same(planned: RunContext) -> None:
    """Random visits are drawn by the digits of the id, and the ledger is read with letters."""
    before = rows_of(planned, LEDGER)
    without_letters(planned.lake)
    plan = plan_visits.run(replace(planned, report=RunReport(Console(quiet=True))), VISITS)
    assert not plan.is_new
    assert sorted(rows_of(planned, LEDGER), key=lambda row: row["position"]) == sorted(before, key=lambda row: row["position"])
    assert any(row["is_random"] for row in before)
