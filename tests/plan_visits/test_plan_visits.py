"""The list on the small synthetic city: files, ledger, nothing that tells whom chance has drawn."""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pypdf
import pytest

from expectations.contracts.ids import visit_id
from expectations.contracts.lake import CASE_FILES, CASES, CLUES, LEDGER, PEOPLE, VERDICTS
from expectations.contracts.lake.planning import EXEMPTED, ROUTINE_VISIT, STRATA, UNREMARKABLE
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.papers.gathering import households_of
from jobs.plan_visits import job as plan_visits
from jobs.plan_visits.job import to_visit
from jobs.plan_visits.plan_workbooks import CASE_COLUMNS, KIND, planned_cases, planned_clues
from jobs.plan_visits.summary import print_plan
from jobs.runtime import durable
from jobs.runtime.arrow import on_driver
from jobs.runtime.console import Console
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.run_report import RunReport
from jobs.sheets.asked import innocent_codes
from jobs.sheets.clue_list import case_list, published_clues
from jobs.sheets.clue_workbook import CASE_SHEET, CLUE_SHEET, Told
from jobs.sheets.history import History, history_before
from jobs.sheets.zones import county_names
from tests.conftest import AS_OF
from tests.end_to_end.tables import rows_of

VISITS = 25


@pytest.fixture
def ctx(finished: RunContext, settings: Settings, tmp_path: Path) -> RunContext:
    """A lake of its own to plan on, with one visit in five drawn at random, so that a short list has some."""
    shutil.copytree(finished.out / "lake", tmp_path / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    plan = settings.plan.model_copy(update={"random_share": 0.2, "random_exempted_part": 0.0, "random_unremarkable_part": 0.0})
    return replace(
        finished,
        lake=Lake(finished.engine, str(tmp_path / "lake")),
        settings=settings.model_copy(update={"plan": plan}),
        out=tmp_path,
        report=RunReport(Console(quiet=True)),
    )


def listed(ctx: RunContext, zone: str = "exports", folder: str = AS_OF.isoformat()) -> pl.DataFrame:
    return pl.read_csv(ctx.out / "plans" / folder / zone / "plan.csv", infer_schema=False)


def files(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted((out / "plans").rglob("*")) if path.is_file()}


def commits(ctx: RunContext) -> int:
    return len(list((ctx.out / "lake" / "ops" / "ledger" / "_delta_log").glob("*.json")))


def test_the_list_the_ledger_and_the_clues_agree(ctx: RunContext) -> None:
    plan = plan_visits.run(ctx, VISITS)
    rows = sorted(rows_of(ctx.lake, LEDGER), key=lambda row: row["position"])
    masked, full = listed(ctx), listed(ctx, "restricted")
    assert tuple(masked.columns) == tuple(full.columns) == CASE_COLUMNS
    assert [row["case_id"] for row in rows] == masked["case_id"].to_list() == full["case_id"].to_list()
    assert [row["position"] for row in rows] == list(range(1, VISITS + 1))
    assert sum(row["is_random"] for row in rows) == VISITS // 5
    assert {row["is_random"] for row in rows if row["why_chosen"] == "random"} == {True}
    clues = on_driver(ctx.lake.read(CLUES).drop("evidence"))
    best = dict(to_visit(clues).group_by("case_id").agg(pl.col("score").max()).iter_rows())
    assert {row["case_id"]: row["expected_probability"] for row in rows}.items() <= {
        case: round(score, 6) for case, score in best.items()
    }.items()
    assert plan.listed.expected == pytest.approx(sum(row["expected_probability"] for row in rows), abs=1e-4)
    assert plan.following.visits == 10
    assert rows[0]["drawn_from"] == len(best) - VISITS * 4 // 5
    print_plan(Console(quiet=True), plan)


def with_strata(ctx: RunContext, exempted: float, unremarkable: float) -> RunContext:
    plan = ctx.settings.plan.model_copy(update={"random_exempted_part": exempted, "random_unremarkable_part": unremarkable})
    return replace(ctx, settings=ctx.settings.model_copy(update={"plan": plan}))


def test_chance_also_draws_what_an_exemption_explains_and_households_without_a_clue(ctx: RunContext) -> None:
    plan = plan_visits.run(with_strata(ctx, 0.4, 0.4), 50)
    print_plan(Console(quiet=True), plan)
    drawn = {name: [v.case.case_id for v in plan.choice.visits if v.is_random and v.case.stratum == name] for name in STRATA}
    assert all(drawn.values()), "the day draws of each stratum"
    clues = on_driver(ctx.lake.read(CLUES).drop("evidence"))
    assert not {*drawn[UNREMARKABLE]} & {*clues["case_id"]}
    assert not {*drawn[EXEMPTED]} & {*to_visit(clues)["case_id"]}
    rows = {row["case_id"]: row for row in rows_of(ctx.lake, LEDGER)}
    assert {rows[case_id]["stratum"] for case_id in drawn[EXEMPTED]} == {EXEMPTED}
    of_all = {
        row["case_id"]
        for row in rows_of(ctx.lake, CASES)
        if row["stop_month"] is None or row["stop_month"] >= AS_OF.replace(day=1)
    }
    assert {rows[case_id]["drawn_from"] for case_id in drawn[UNREMARKABLE]} == {len(of_all - {*clues["case_id"]})}
    told = {row["case_id"]: row for row in listed(ctx).iter_rows(named=True)}
    assert [*told] == [visit.case.case_id for visit in plan.choice.visits]
    assert {told[case_id]["rule_codes"] for case_id in drawn[UNREMARKABLE]} == {ROUTINE_VISIT}
    books = [path for path in sorted((ctx.out / "plans").rglob("*.xlsx")) if "restricted" in path.parts]
    sheets = [list(openpyxl.load_workbook(path)["线索"].iter_rows(values_only=True)) for path in books]
    at = {name: sheets[0][0].index(name) for name in ("线索编号", "需要核实的问题")}
    of_clue = {row[at["线索编号"]]: row for sheet in sheets for row in sheet[1:]}
    for case_id in drawn[UNREMARKABLE]:
        row = of_clue[visit_id(ROUTINE_VISIT, case_id)]
        assert "例行走访" in row[at["需要核实的问题"]]
        assert "没有线索" in row[at["需要核实的问题"]]
    for clue in clues.filter(pl.col("case_id").is_in(drawn[EXEMPTED])).iter_rows(named=True):
        if clue["rule_code"] != "U01":
            assert "按资料可能属于：" in of_clue[clue["clue_id"]][at["需要核实的问题"]]


def test_running_again_changes_nothing_and_another_number_replaces_the_list(ctx: RunContext) -> None:
    first = plan_visits.run(ctx, VISITS)
    before, rows, written = files(ctx.out), rows_of(ctx.lake, LEDGER), commits(ctx)
    again = plan_visits.run(ctx, VISITS)
    assert (first.is_new, again.is_new) == (True, False)
    assert files(ctx.out) == before
    assert (rows_of(ctx.lake, LEDGER), commits(ctx)) == (rows, written)
    plan_visits.run(ctx, VISITS - 5)
    now = rows_of(ctx.lake, LEDGER)
    assert (len(now), {row["list_no"] for row in now}, {row["visits"] for row in now}) == (VISITS - 5, {1}, {VISITS - 5})
    later = plan_visits.run(replace(ctx, as_of=AS_OF + timedelta(days=31)), VISITS)
    assert (later.list_no, later.run_as_of, later.planned_before > 0) == (2, AS_OF, True)
    assert any(f"列入计划{AS_OF}" in text for text in papers_of(ctx.out, "exports").values())
    assert [row for row in rows_of(ctx.lake, LEDGER) if row["list_no"] == 1] == now


def looks_of(out: Path) -> dict[str, list[tuple[object, ...]]]:
    """How every case and clue looks in the workbooks: text, format, comment, hidden or not; the running number aside."""
    looks: dict[str, list[tuple[object, ...]]] = {}
    for path in sorted((out / "plans").rglob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == ["案件", "线索", "说明", "填写选项"]
        for sheet, columns in (("案件", CASE_SHEET), ("线索", CLUE_SHEET)):
            headings = [column.heading for column in columns]
            head, *rows = book[sheet].iter_rows()
            assert [cell.value for cell in head] == headings
            for row in rows:
                case = row[headings.index("案件编号")].value
                if case is None:  # the band of a village
                    continue
                values = [_told(cell.value) if isinstance(cell.value, str) else cell.value for cell in row]
                styled = zip(headings, values, row, strict=True)
                shown = [(h, value, cell.style_id, cell.comment) for h, value, cell in styled if h != "序号"]
                is_hidden = book[sheet].row_dimensions[row[0].row].hidden
                place = path.parent.relative_to(out / "plans").parts[1:]
                looks.setdefault(f"{'/'.join(place)} {sheet} {case}", []).append((*shown, is_hidden))
        text = "\n".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None)
        assert not re.search(r"random|ranked|severity|随机|抽取|概率|得分|预计查实", text)
    return looks


def _told(text: str) -> str:
    """Without how many others of the list are of the same pattern: a longer list has more of them."""
    return re.sub(r"[；。\n]?(同类情形[:：]?)?本清单另有\d+户与本户同属一种情形（[^）]*），请对照着核实[。；]?", "", text)


def papers_of(out: Path, zone: str) -> dict[str, str]:
    """What the page of each household says, by its number, the place on the list aside."""
    found: dict[str, str] = {}
    for path in sorted((out / "plans").rglob(f"{zone}/papers/*.pdf")):
        for sheet in pypdf.PdfReader(path).pages:
            text = re.sub(r"\s", "", sheet.extract_text())
            (number,) = set(re.findall(r"编号(H[0-9a-f]{16})", text))
            found[number] = found.get(number, "") + re.sub(r"核查计划第\d+户", "", _told(text))
    return found


def test_nothing_that_inspectors_get_tells_whom_chance_has_drawn(ctx: RunContext) -> None:
    """A case looks on a list on which it was drawn as it looks on one where nothing is left to chance."""
    plan = plan_visits.run(ctx, VISITS)
    drawn = {visit.case.case_id for visit in plan.choice.visits if visit.is_random}
    assert drawn
    lists, looks = {zone: listed(ctx, zone) for zone in ("exports", "restricted")}, looks_of(ctx.out)
    papers = {zone: papers_of(ctx.out, zone) for zone in lists}
    assert all(set(of_zone) == {visit.case.case_id for visit in plan.choice.visits} for of_zone in papers.values())
    whole = plan_visits.run(ctx, 10_000)
    assert not any(visit.is_random for visit in whole.choice.visits)
    assert {key.split()[-1] for key in looks} == {visit.case.case_id for visit in plan.choice.visits} > drawn
    assert looks.items() <= looks_of(ctx.out).items()
    assert all(of_zone.items() <= papers_of(ctx.out, zone).items() for zone, of_zone in papers.items())
    for zone, before in lists.items():
        now = listed(ctx, zone).filter(pl.col("case_id").is_in(before["case_id"].to_list())).drop("position").sort("case_id")
        assert before.drop("position").sort("case_id").equals(now), zone


def test_the_masked_list_shows_no_number_and_no_name_and_the_full_one_is_for_its_owner(ctx: RunContext) -> None:
    plan_visits.run(ctx, VISITS)
    people = ctx.lake.read(PEOPLE).collect()
    numbers, names = {row["number"] for row in people}, {row["name"] for row in people if len(row["name"]) >= 3}
    folder = ctx.out / "plans" / AS_OF.isoformat()
    texts = [(folder / "exports" / "plan.csv").read_text(encoding="utf-8-sig")]
    for path in (folder / "exports" / "papers").iterdir():
        if path.suffix == ".pdf":
            texts += ["".join(sheet.extract_text() for sheet in pypdf.PdfReader(path).pages)]
        else:
            with zipfile.ZipFile(path) as package:
                texts += [package.read(name).decode() for name in package.namelist() if name.endswith(".xml")]
    for path in (folder / "exports" / "workbooks").rglob("*.xlsx"):
        book = openpyxl.load_workbook(path, read_only=True)
        texts += ["\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)]
    for text in texts:
        assert not numbers & set(re.findall(r"\d{17}[\dX]", text))
        assert not {name for name in names if name in text}
    assert any(row["number"] in "".join(listed(ctx, "restricted")["subject_ids"].drop_nulls()) for row in people)
    for path in (folder / "restricted", *(folder / "restricted").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_a_list_for_a_county_holds_its_cases_only_and_takes_the_place_of_the_citys(ctx: RunContext) -> None:
    plan_visits.run(ctx, VISITS)
    county = listed(ctx)["county_code"].mode().sort()[0]
    plan_visits.run(ctx, 5, county)
    assert [path.name for path in (ctx.out / "plans").iterdir()] == [f"{AS_OF.isoformat()}_{county}"]
    assert set(listed(ctx, folder=f"{AS_OF.isoformat()}_{county}")["county_code"]) == {county}
    assert {row["county_code"] for row in rows_of(ctx.lake, LEDGER)} == {county}
    with pytest.raises(BadConfiguration, match="--county is 'nowhere'"):
        plan_visits.run(ctx, 5, "nowhere")


def test_a_list_that_was_stopped_in_the_ledger_takes_the_place_of_others_by_the_next_run(
    ctx: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The city's list stood in the ledger, a county's in its folder: the next run knew of nothing to replace."""

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    county = ctx.lake.read(CASE_FILES).select("county_code").dropna().orderBy("county_code").collect()[0][0]
    plan_visits.run(ctx, 5, county)
    with monkeypatch.context() as patched:
        patched.setattr(durable, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            plan_visits.run(ctx, VISITS)
    assert {row["county_code"] for row in rows_of(ctx.lake, LEDGER)} == {""}
    plan_visits.run(ctx, VISITS)
    assert [path.name for path in (ctx.out / "plans").iterdir()] == [AS_OF.isoformat()]


def test_a_list_is_not_made_of_clues_that_came_after_it(ctx: RunContext) -> None:
    with pytest.raises(BadConfiguration, match="The last run stands for 2017-12-31, the list for 2017-12-30"):
        plan_visits.run(replace(ctx, as_of=AS_OF - timedelta(days=1)), VISITS)
    assert not ctx.lake.exists(LEDGER)


def test_visited_cases_are_not_planned_again_and_their_list_stays(ctx: RunContext) -> None:
    first = plan_visits.run(ctx, VISITS)
    visited = [visit.case.case_id for visit in first.choice.visits[:10]]
    clue_of = {row["case_id"]: row["clue_id"] for row in ctx.lake.read(CLUES).filter("is_dispatched").collect()}
    verdict = {
        "verdict": "查否-政策允许", "outcome": "refuted", "checked_on": AS_OF + timedelta(days=14), "is_in_force": True, "verdict_no": 1,
        "checkers": "甲、乙", "import_no": 1, "taken_in_on": AS_OF, "listed_on": AS_OF, "rule_code": "D01", "county_code": "",
    }  # fmt: skip
    rows = [{**verdict, "clue_id": clue_of[case], "case_id": case} for case in visited]
    values = [tuple(row.get(name) for name in VERDICTS.column_names) for row in rows]
    ctx.lake.overwrite(VERDICTS, ctx.lake.session.createDataFrame(values, plain_schema(VERDICTS)))
    same = plan_visits.run(ctx, VISITS)  # the verdicts are younger than the list
    assert (same.choice, same.is_new) == (first.choice, False)
    with pytest.raises(BadConfiguration, match="10 of its cases have a verdict"):
        plan_visits.run(ctx, VISITS + 1)
    day = AS_OF + timedelta(days=31)
    assert history_before(ctx.lake, day).told(visited[0]) == (f"列入计划 {AS_OF}", f"{AS_OF + timedelta(days=14)} 查否-政策允许")
    assert history_before(ctx.lake, AS_OF) == History({}, {})
    later = plan_visits.run(replace(ctx, as_of=day), 10_000)
    assert not {visit.case.case_id for visit in later.choice.visits} & set(visited)
    assert later.settled == 10


def test_pages_tell_whom_else_a_clue_is_about_and_what_to_ask_first(finished: RunContext) -> None:
    lake, cases = finished.lake, case_list(finished.lake, AS_OF).filter(pl.col("state") != "gone")
    planned = planned_cases(cases["case_id"].to_list(), cases)
    told = Told(KIND, county_names(lake), innocent_codes(finished.settings), History({}, {}), AS_OF, is_masked=False)
    households = households_of(lake, planned, planned_clues(planned, published_clues(lake)), told)
    assert [household.position for household in households] == list(range(1, len(cases) + 1))
    assert all(household.head_name and household.members and household.county for household in households)
    assert any(household.phone for household in households)
    asked = [(household, question) for household in households for question in household.questions]
    assert all(question.subject and question.sources for _, question in asked)
    kin = [question for _, question in asked if question.rule_code in ("K02", "K03")]
    accounts = [question for _, question in asked if question.rule_code == "F02"]
    twice = [(household.household_no, question) for household, question in asked if question.rule_code == "R01"]
    assert kin
    assert all(any(other.name and other.told for other in question.others) for question in kin)
    assert accounts
    assert all(any(other.account for other in question.others) for question in accounts)
    assert twice
    assert all(any(other.certificate not in ("", own) for other in question.others) for own, question in twice)
    assert told.innocent["V01"][0] == "R10"  # of a car, that it may long be sold
