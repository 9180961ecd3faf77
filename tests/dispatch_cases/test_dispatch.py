"""A list of the small synthetic city, dispatched: to whom, by when, and once."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import docx
import pytest
from pyspark.sql import functions as F
from rich.console import Console

from casework.events import Role
from casework.payloads import Dispatched, Listed, Severity, Snoozed
from casework.rule_decisions import RuleDecision
from casework.steps import Hand, take
from expectations.contracts.ids import visit_id
from expectations.contracts.lake import CASE_FILES, CASE_STATES, CASES, CLUES, KEY_PERSONS, LEDGER
from expectations.contracts.lake.planning import ROUTINE_VISIT
from jobs.casebook.opened import case_store_beside
from jobs.casebook.projecting import project
from jobs.dispatch_cases import job
from jobs.dispatch_cases.inspectors import inspectors_of
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.plan_visits import job as plan_visits
from jobs.plan_visits.contents import publish_again
from jobs.project_cases import job as project_cases
from jobs.rank_clues import job as rank_clues
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.sheets.zones import county_names
from tests.casework.made import of_clue, verdict
from tests.conftest import AS_OF
from tests.end_to_end.tables import rows_of

ON = AS_OF + timedelta(days=5)
HAND = Hand("clerk", Role.OFFICE, ON, "2018-01-05T08:00:00+00:00")


@pytest.fixture(scope="module")
def planned(finished: RunContext, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    """A lake with a list of 25 visits; the first of its cases is to pass by the office that approved it."""
    out = tmp_path_factory.mktemp("planned")
    shutil.copytree(finished.out / "lake", out / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    lake, report = Lake(finished.engine, str(out / "lake")), RunReport(Console(quiet=True))
    plan = settings.plan.model_copy(update={"random_share": 0.0})
    ctx = replace(finished, lake=lake, settings=settings.model_copy(update={"plan": plan}), out=out, report=report)
    plan_visits.run(ctx, 25)
    first = F.col("case_id") == min(row["case_id"] for row in rows_of(lake, LEDGER) if row["position"] == 1)
    marked = {"is_separate": first, "key_person": F.when(first, F.lit("村干部")).otherwise(F.col("key_person"))}
    lake.overwrite(CASE_FILES, lake.computed_once(lake.read(CASE_FILES).withColumns(marked), "marked"))
    return ctx


@pytest.fixture
def ctx(planned: RunContext, tmp_path: Path) -> RunContext:
    shutil.copytree(planned.lake.root, tmp_path / "lake", ignore=shutil.ignore_patterns(".writer.lock"))
    return replace(
        planned, lake=Lake(planned.engine, str(tmp_path / "lake")), out=tmp_path, report=RunReport(Console(quiet=True))
    )


def dispatch(ctx: RunContext, due_on: date | None = None) -> dict[str, Dispatched]:
    sent = job.run(ctx, AS_OF, "", job.Terms(due_on), HAND)
    return {event.subject.id: event.after for event in sent.taken.recorded if isinstance(event.after, Dispatched)}


def test_every_case_of_the_list_goes_to_its_township_and_separate_ones_past_it(ctx: RunContext) -> None:
    said = dispatch(ctx)
    files = {row["case_id"]: row for row in rows_of(ctx.lake, CASE_FILES)}
    assert set(said) == {row["case_id"] for row in rows_of(ctx.lake, LEDGER)}
    for case_id, sent in said.items():
        file = files[case_id]
        office = (None, None) if file["is_separate"] else (file["county_code"], file["town"])
        assert (sent.to.county_code, sent.to.town, sent.is_separate) == (*office, file["is_separate"])
        assert {clue.rule_code for clue in sent.clues} == set(file["rule_codes"].split("、"))
        assert len(sent.clues) == file["clue_count"]
    assert sum(sent.is_separate for sent in said.values()) == 1
    states = {row["case_id"]: row for row in rows_of(ctx.lake, CASE_STATES)}
    assert {case_id: (row["held"], row["due_on"], row["open_clues"]) for case_id, row in states.items()} == {
        case_id: ("dispatched", sent.due_on, len(sent.clues)) for case_id, sent in said.items()
    }


def test_a_case_that_chance_has_drawn_goes_out_like_any_other(ctx: RunContext) -> None:
    """By its exempted clues, or, where nothing was found of it, by the visit itself; its place is that of the roster."""
    clues, places = (
        rows_of(ctx.lake, CLUES),
        {row["case_id"]: (row["county_code"], row["town"]) for row in rows_of(ctx.lake, CASES)},
    )
    with_a_visit = {row["case_id"] for row in clues if row["is_dispatched"]}
    exempted = min(row["case_id"] for row in clues if row["exemption_code"] and row["case_id"] not in with_a_visit)
    plain = min(set(places) - {row["case_id"] for row in clues} - {row["case_id"] for row in rows_of(ctx.lake, KEY_PERSONS)})
    listed = ctx.lake.computed_once(ctx.lake.read(LEDGER), "listed")
    drawn = listed.limit(1).withColumn("case_id", F.explode(F.array(F.lit(exempted), F.lit(plain))))
    ctx.lake.overwrite(LEDGER, listed.unionByName(drawn))
    said = dispatch(ctx)
    assert [clue.clue_id for clue in said[exempted].clues] == sorted(
        row["clue_id"] for row in clues if row["case_id"] == exempted
    )
    assert [(clue.clue_id, clue.rule_code) for clue in said[plain].clues] == [(visit_id(ROUTINE_VISIT, plain), ROUTINE_VISIT)]
    assert {case_id: (said[case_id].to.county_code, said[case_id].to.town) for case_id in (exempted, plain)} == {
        case_id: places[case_id] for case_id in (exempted, plain)
    }


def test_a_case_is_due_by_its_severity_or_on_the_day_that_is_named(ctx: RunContext) -> None:
    clues = rows_of(ctx.lake, CLUES)
    hard = {row["case_id"] for row in clues if row["rule_code"] in ctx.settings.plan.hard_rules and row["is_dispatched"]}
    keys = {row["case_id"] for row in rows_of(ctx.lake, CASE_FILES) if row["key_person"]}
    said = dispatch(ctx)
    days = {Severity.HARD: 10, Severity.KEY_PERSON: 15, Severity.ORDINARY: 30}
    for case_id, sent in said.items():
        expected = Severity.HARD if case_id in hard else Severity.KEY_PERSON if case_id in keys else Severity.ORDINARY
        assert (sent.severity, sent.due_on) == (expected, ON + timedelta(days=days[expected]))
    assert len({sent.severity for sent in said.values()}) > 1


def test_a_list_is_dispatched_once(ctx: RunContext) -> None:
    due = ON + timedelta(days=20)
    assert {sent.due_on for sent in dispatch(ctx, due).values()} == {due}
    again = job.run(ctx, AS_OF, "", job.Terms(due + timedelta(days=9)), HAND)
    assert (again.taken.recorded, len(again.taken.already)) == ((), 25)


def test_a_list_that_is_not_there_and_a_day_that_is_over_are_told(ctx: RunContext) -> None:
    with pytest.raises(
        BadConfiguration, match=rf"no list of 2018-02-01 for 420222. Expected one of {AS_OF}. Nothing was dispatched"
    ):
        job.run(ctx, date(2018, 2, 1), "420222", job.Terms(), HAND)
    with pytest.raises(BadConfiguration, match="--due is 2018-01-04, before the day of dispatch, 2018-01-05"):
        dispatch(ctx, ON - timedelta(days=1))


def test_a_rule_that_visits_refute_is_sent_to_nobody_until_somebody_decides(ctx: RunContext) -> None:
    listed = {row["case_id"] for row in rows_of(ctx.lake, LEDGER)}
    rules = {row["case_id"]: row["rule_codes"] for row in rows_of(ctx.lake, CASE_FILES) if row["case_id"] in listed}
    rule = max({code for code in rules.values() if "、" not in code}, key=[*rules.values()].count)
    waiting = {case_id for case_id, codes in rules.items() if codes == rule}
    known = Listed(listed_on=AS_OF, rule_code=rule, case_id="H1", county_code="420222")
    visits = [of_clue("H1", f"C9{n:015x}", 3, verdict("查否-政策允许", listed=known)) for n in range(40)]
    with case_store_beside(ctx.lake, ctx.out, ctx.report.warn) as store:
        with store.writing() as book:
            book.record(visits)
        with store.reading() as book:
            project(ctx.lake, book)
    assert set(dispatch(ctx)) == listed - waiting
    assert any(f"{len(waiting)} cases were not sent" in line and f"{rule}: 40 of 40" in line for line in ctx.report.warnings)

    rank_clues.run(ctx)
    of_rule = [row for row in rows_of(ctx.lake, CLUES) if row["rule_code"] == rule and not row["exemption_code"]]
    assert {(row["is_dispatched"], row["is_held"]) for row in of_rule} == {(False, True)}
    with case_store_beside(ctx.lake, ctx.out, ctx.report.warn) as store, store.writing() as book:
        book.record_rule_decision(
            RuleDecision(
                rule_code=rule, on_day=ON, goes_on=True, reason="核过", decided_by="li", recorded_at="2018-01-05T00:00:00+00:00"
            )
        )
    assert set(dispatch(ctx)) == waiting
    rank_clues.run(ctx)
    of_rule = [row for row in rows_of(ctx.lake, CLUES) if row["rule_code"] == rule and not row["exemption_code"]]
    assert {row["is_held"] for row in of_rule} == {False}


def test_what_is_set_aside_is_on_no_list_until_its_day(ctx: RunContext) -> None:
    dispatch(ctx)
    first = min(row["case_id"] for row in rows_of(ctx.lake, LEDGER) if row["position"] == 1)
    until = ON + timedelta(days=60)
    with case_store_beside(ctx.lake, ctx.out, ctx.report.warn) as store, store.writing() as book:
        take(book, {first: Snoozed(until=until, reason="外出务工")}, HAND)
    project_cases.run(ctx)

    def is_listed(day: date) -> bool:
        plan = plan_visits.run(replace(ctx, as_of=day), 25)
        return first in {visit.case.case_id for visit in plan.choice.visits}

    assert not is_listed(until - timedelta(days=1))
    assert is_listed(until)


def test_pages_tell_after_the_dispatch_where_they_come_back_to_and_who_goes(ctx: RunContext, tmp_path: Path) -> None:
    """Named by township; what passes by the office that approved is named by its case alone."""
    plan_visits.run(ctx, 25)
    files = {
        row["case_id"]: row
        for row in rows_of(ctx.lake, CASE_FILES)
        if row["case_id"] in {e["case_id"] for e in rows_of(ctx.lake, LEDGER)}
    }
    apart = next(case_id for case_id, file in files.items() if file["is_separate"])
    county, town = next((file["county_code"], file["town"]) for file in files.values() if not file["is_separate"])
    table = tmp_path / "who.csv"
    table.write_text(
        f"乡镇街道,案件编号,核查人员\n{town},,陈某甲、李某乙\n,{apart},周某丙、吴某丁\n无此镇,,郑某戊、王某己\n",
        encoding="utf-8-sig",
    )
    terms = job.Terms(None, None, inspectors_of(table))
    sent = {event.subject.id: event.after for event in job.run(ctx, AS_OF, "", terms, HAND).taken.recorded}
    assert any("fit no case of the list: 无此镇. " in line for line in ctx.report.warnings)
    named = {case_id: said.inspectors for case_id, said in sent.items() if isinstance(said, Dispatched)}
    assert named == {
        case_id: "周某丙、吴某丁" if case_id == apart else "陈某甲、李某乙" if file["town"] == town else None
        for case_id, file in files.items()
    }
    before = {path: path.read_bytes() for path in (ctx.out / "plans").rglob("*.*") if path.is_file()}
    publish_again(ctx, plan_visits.NAME, AS_OF, "")
    after = {path: path.read_bytes() for path in (ctx.out / "plans").rglob("*.*") if path.is_file()}
    assert {path.suffix for path in before if before[path] != after[path]} == {".pdf", ".docx", ".json"}
    texts = {
        zone: "".join(_texts(path) for path in after if path.suffix == ".docx" and zone in path.parts)
        for zone in ("restricted", "exports")
    }
    assert "陈某甲、李某乙" in texts["restricted"]
    assert "陈某甲" not in texts["exports"]
    due = {said.due_on.isoformat() for said in sent.values() if isinstance(said, Dispatched)}
    assert all(day in text for day in due for text in texts.values())
    assert f"{county_names(ctx.lake)[county]} {town}" in texts["exports"]


def test_on_a_later_list_the_page_of_a_case_that_is_still_out_tells_its_day(ctx: RunContext) -> None:
    """The later dispatch adds nothing for it. One that came back says no day until it is sent out anew."""
    due = ON + timedelta(days=20)
    said = dispatch(ctx, due)
    back = min(said)
    with case_store_beside(ctx.lake, ctx.out, ctx.report.warn) as store, store.writing() as book:
        book.record([of_clue(back, clue.clue_id, 9, verdict("无法核实")) for clue in said[back].clues])
    later = plan_visits.run(replace(ctx, as_of=AS_OF + timedelta(days=31)), 40)
    listed = {visit.case.case_id for visit in later.choice.visits}
    out = listed & (set(said) - {back})
    papers = (ctx.out / "plans" / (AS_OF + timedelta(days=31)).isoformat() / "restricted" / "papers").glob("*.docx")
    assert out
    assert back in listed
    assert sum(_texts(path).count(due.isoformat()) for path in papers) == len(out)


def _texts(path: Path) -> str:
    return "".join(cell.text for table in docx.Document(str(path)).tables for row in table.rows for cell in row.cells)


# row | what is said
WHO = """
东镇,,,陈某甲                | row 2: 核查人员 names 1 different people
,,,陈某甲、李某乙            | row 2 names neither a case nor a township. Expected 案件编号 or 乡镇街道
东镇,一村,,陈主任、李某乙     | row 2: 核查人员 names 陈*, which is no full name
"""


@pytest.mark.parametrize("case", WHO.strip().splitlines())
def test_inspectors_that_cannot_be_read_are_told(case: str, tmp_path: Path) -> None:
    row, said = (part.strip() for part in case.split("|"))
    (tmp_path / "who.csv").write_text(f"乡镇街道,村社区,案件编号,核查人员\n{row}\n", encoding="utf-8-sig")
    with pytest.raises(BadConfiguration, match=re.escape(said)):
        inspectors_of(tmp_path / "who.csv")
