"""Visits to what a list does not ask to visit: taken in, taught nothing that they do not know, and counted as what is missed."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console as RichConsole

from expectations.contracts.ids import visit_id
from expectations.contracts.lake import CLUES, LEDGER, VERDICTS
from expectations.contracts.lake.planning import EXEMPTED, ROUTINE_VISIT, UNREMARKABLE
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.learn import job as learn
from jobs.learn.training import examples
from jobs.plan_visits import job as plan_visits
from jobs.registers.beyond_list import missed
from jobs.returns.brought import Brought
from jobs.runtime.console import Console
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.take_in import job as take_in
from jobs.take_in.forms import returned
from jobs.take_in.job import TakenIn
from models.measures import share_of
from tests.conftest import AS_OF
from tests.end_to_end.tables import rows_of

VISITED_ON = AS_OF + timedelta(days=10)
BROUGHT = Brought("clerk", "2018-04-02T08:00:00+00:00")


@pytest.fixture
def planned(finished: RunContext, settings: Settings, tmp_path: Path) -> RunContext:
    """The small city with a list of which a good part is drawn from the explained and the unremarkable, a month later."""
    shutil.copytree(finished.out / "lake", tmp_path / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    plan = settings.plan.model_copy(update={"random_share": 0.3, "random_exempted_part": 0.4, "random_unremarkable_part": 0.4})
    made = replace(
        finished, lake=Lake(finished.engine, str(tmp_path / "lake")), settings=settings.model_copy(update={"plan": plan}), out=tmp_path,
        report=RunReport(Console(quiet=True)),
    )  # fmt: skip
    plan_visits.run(made, 60)
    return replace(made, as_of=AS_OF + timedelta(days=31), report=RunReport(RichConsole(quiet=True)))


def drawn(ctx: RunContext, stratum: str) -> list[str]:
    return sorted(row["case_id"] for row in rows_of(ctx.lake, LEDGER) if row["is_random"] and row["stratum"] == stratum)


def filled_in(path: Path, verdicts: Sequence[tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("clue_id", "verdict", "refutation_reason", "checked_on", "checkers"))
        writer.writerows(
            (clue_id, verdict, "R01" if "查否" in verdict else "", VISITED_ON, "张某、李某") for clue_id, verdict in verdicts
        )
    return path


def take(ctx: RunContext, path: Path) -> TakenIn:
    return take_in.run(ctx, [returned(path)], BROUGHT)


def test_what_random_visits_find_beyond_the_list_is_told_with_its_interval(planned: RunContext, tmp_path: Path) -> None:
    households, cases = drawn(planned, UNREMARKABLE), drawn(planned, EXEMPTED)
    assert len(households) >= 3
    assert cases
    clues = {row["case_id"]: row.asDict() for row in planned.lake.read(CLUES).filter("exemption_code IS NOT NULL").collect()}
    said = [(visit_id(ROUTINE_VISIT, case_id), "查否-政策允许") for case_id in households]
    said[0] = (said[0][0], "查是-错保")
    said[1] = (said[1][0], "无法核实")
    said += [(clues[case_id]["clue_id"], "查是-违规") for case_id in cases]
    assert take(planned, filled_in(tmp_path / "back.csv", said)).verdicts == len(said)
    outcome = learn.run(planned)
    assert outcome.missed.unremarkable == share_of([True] + [False] * (len(households) - 2))
    codes = {clues[case_id]["exemption_code"] for case_id in cases}
    assert set(outcome.missed.explained) == codes
    assert sum(share.confirmed for share in outcome.missed.explained.values()) == len(cases)
    rows = [row.asDict() for row in planned.lake.read(VERDICTS).collect()]
    assert {row["rule_code"] for row in rows if row["case_id"] in households} == {ROUTINE_VISIT}
    assert {example.clue.rule_code for example in examples(rows)} == {clues[case_id]["rule_code"] for case_id in cases}
    assert outcome.worth is None, "nothing of this says what the order of clues to visit is worth"
    again = plan_visits.run(planned, 60)
    assert not {visit.case.case_id for visit in again.choice.visits} & {*households, *cases}, (
        "nobody is visited twice for nothing new"
    )


def test_an_explained_clue_that_no_list_gave_out_is_asked_back(planned: RunContext, tmp_path: Path) -> None:
    on_lists = {row["case_id"] for row in rows_of(planned.lake, LEDGER)}
    left_out = next(
        row["clue_id"]
        for row in planned.lake.read(CLUES).filter("NOT is_dispatched AND rule_code <> 'U01'").orderBy("clue_id").collect()
        if row["case_id"] not in on_lists
    )
    (asked,) = take(planned, filled_in(tmp_path / "back.csv", [(left_out, "查是-违规")])).fates
    assert set(asked.row.asked) == {"beyond_list"}
    unknown = visit_id(ROUTINE_VISIT, "H0000000000000000")
    (asked,) = take(planned, filled_in(tmp_path / "back.csv", [(unknown, "查是-违规")])).fates
    assert set(asked.row.asked) == {"clue_id"}


def verdict(outcome: str, rule_code: str = ROUTINE_VISIT, exemption: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "outcome": outcome, "rule_code": rule_code, "exemption_code": exemption, "is_random": True, "is_in_force": True, **more,
    }  # fmt: skip


def test_only_verdicts_in_force_on_what_chance_has_drawn_say_what_is_missed() -> None:
    rows = [
        verdict("confirmed"), verdict("refuted"), verdict("refuted"), verdict("referred"), verdict("unverifiable"),
        verdict("confirmed", is_random=False), verdict("confirmed", is_random=None), verdict("confirmed", is_in_force=False),
        verdict("confirmed", "V01", "R10"), verdict("refuted", "V01", "R10"), verdict("refuted", "E01", "R13"),
        verdict("confirmed", "V01", "R10", is_random=False), verdict("confirmed", "D01"),
    ]  # fmt: skip
    found = missed(rows)
    assert (found.unremarkable.confirmed, found.unremarkable.visited) == (2, 4)
    assert {code: (share.confirmed, share.visited) for code, share in found.explained.items()} == {"R10": (1, 2), "R13": (0, 1)}
    nobody = missed([])
    assert (nobody.unremarkable.visited, nobody.explained) == (0, {})
