"""A trace names rows that stand in the delivery with just these cells, adds up to the line of the list, and shows nobody unasked."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CHECKS, CLUES, FINDINGS, KIN_RELATIONS, MEMBERS, NEEDS, PEOPLE, RUNS
from jobs.commands.cli import app
from jobs.launch.context import RunContext
from jobs.launch.run_log import RunLog
from jobs.launch.settings import Settings
from jobs.lineage.chain import Chain
from jobs.lineage.lookup import trace
from jobs.lineage.tree import print_chain
from jobs.lineage.veil import HIDDEN
from jobs.registers.references import person_references
from jobs.rules import RULES
from jobs.runtime.console import Console
from jobs.runtime.errors import BadStore, DataRefused, NoSuchRecord
from jobs.runtime.lake import Lake
from jobs.runtime.tables import Tables
from tests.conftest import AS_OF, City

NUMBER = re.compile(r"(?<![0-9.])[0-9]{17}[0-9X](?![0-9])")


@pytest.fixture(scope="module")
def tables(finished: RunContext) -> Tables:
    return Tables(str(finished.lake.folder))


@pytest.fixture(scope="module")
def clues(tables: Tables) -> dict[str, list[str]]:
    """Ids by rule: one that is dispatched and one that is not, where there are both."""
    found: dict[str, list[str]] = {}
    for is_dispatched in (True, False):
        for clue in sorted(tables.rows(CLUES), key=lambda row: str(row["clue_id"])):
            if clue["is_dispatched"] == is_dispatched and len(found.get(clue["rule_code"], [])) == (not is_dispatched):
                found.setdefault(clue["rule_code"], []).append(clue["clue_id"])
    return found


@pytest.fixture(scope="module")
def traced(tables: Tables, settings: Settings) -> Any:
    @cache
    def of(wanted: str, *, full: bool = True) -> Chain:
        return trace([tables], wanted, settings.linkage, full=full)

    return of


def said(console_chain: Chain) -> str:
    """What the terminal shows."""
    stream = io.StringIO()
    print_chain(Console(file=stream, width=200), console_chain)
    return stream.getvalue()


@cache
def sheets(path: Path) -> dict[str, list[list[str]]]:
    """Rows of a delivered file by sheet, read by other libraries than the intake's."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, data_only=True)
        return {
            name: [[_text(cell) for cell in row] for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames
        }
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    delimiter = "\t" if "\t" in text.splitlines()[0] else ","
    return {"": list(csv.reader(io.StringIO(text), delimiter=delimiter))}


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def same(text: str, cells: list[str]) -> bool:
    """Is the text one of the cells? A day or a figure of a workbook may be written otherwise."""
    plain = [cell.removesuffix(" 00:00:00").strip() for cell in cells]
    digits = re.sub(r"\D", "", text)
    return text.strip() in plain or (digits != "" and digits in {re.sub(r"\D", "", cell) for cell in plain})


def parts_of(chain: Chain) -> Iterator[Chain]:
    yield chain
    for part in chain.parts:
        yield from parts_of(part)


def assert_delivered(chain: Chain, city: City) -> None:
    for part in parts_of(chain):
        assert part.records or part.parts
        for record in part.records:
            rows = sheets(city.delivery / record.file)[record.sheet]
            cells = rows[record.row - 1]
            assert record.cells, record
            missing = {header: text for header, text in record.cells.items() if not same(text, cells)}
            assert missing == {}, f"{record.file} {record.sheet} {record.row}: {cells}"


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_every_row_that_a_clue_rests_on_stands_in_the_delivery(
    code: str, clues: dict[str, list[str]], traced: Any, city: City
) -> None:
    if code not in clues:
        assert code in {"F01", "I03", "E02"}, f"the city has no clue of {code} at this size"  # few, by chance none
    for wanted in clues.get(code, ()):
        assert_delivered(traced(wanted), city)


def test_what_is_counted_adds_up_to_the_line(clues: dict[str, list[str]], traced: Any) -> None:
    for wanted in (ids[0] for ids in clues.values()):
        chain: Chain = traced(wanted)
        best = max(chain.findings, key=lambda finding: Decimal(finding.amount_estimate))
        if best.outcome == "found":
            assert sum(map(Decimal, best.counted.values()), Decimal(0)) == Decimal(best.amount_estimate), wanted
            assert Decimal(best.amount_estimate) == Decimal(str(chain.line["amount_estimate"])), wanted
        own = [month for month in chain.months if month.household == chain.line["household_no"]]
        if best.counted and not best.thing.startswith("aid"):
            assert set(best.counted) <= {month.month for month in own if month.at_stake_yuan is not None}, wanted
        for month in chain.months:
            refunds = [t for t in month.transfers if t.kind == "退回" or Decimal(t.yuan or 0) < 0]
            paid = sum((Decimal(t.yuan or 0) for t in month.transfers if t not in refunds), Decimal(0))
            back = sum((abs(Decimal(t.yuan or 0)) for t in refunds), Decimal(0))
            assert (paid - back, back) == (Decimal(month.paid_yuan), Decimal(month.refunded_yuan)), (wanted, month.month)


def test_what_is_lawful_is_shown_beside_what_is_counted(tables: Tables, traced: Any) -> None:
    """The month of a death is lawful, and so is a household paid for the others only: the exemption must be seen to hold."""
    exempt = next(
        row for row in tables.rows(CLUES, rule_code="D02") if not row["is_dispatched"] and row["exemption_code"] == "R04"
    )
    chain: Chain = traced(exempt["clue_id"])
    months = [month for month in chain.months if month.at_stake_yuan is None]
    assert months
    assert all(month.transfers for month in months)
    assert months[0].month >= str(exempt["event_on"])[:7]


def test_what_is_not_there_names_where_it_was_looked_for(clues: dict[str, list[str]], tables: Tables, traced: Any) -> None:
    assert {"silver.kin_declarations", "silver.village_cadres"} <= set(traced(clues["K03"][0]).searched)
    need = str(tables.rows(NEEDS, outcome="found")[0]["need_id"])
    assert {"silver.members", "silver.vehicles", "silver.social_insurance"} <= set(traced(need).searched)
    check = str(tables.rows(CHECKS, is_summary=True)[0]["check_id"])
    assert {"silver.vehicles", "silver.properties"} <= set(traced(check).searched)


def listed(out: Path, zone: str, name: str, column: str, wanted: str) -> dict[str, Any]:
    frame = pl.read_csv(out / zone / name, infer_schema=False).fill_null("")
    return frame.filter(pl.col(column) == wanted).row(0, named=True)


def as_list(value: object) -> str:
    return f"{value:.6f}" if isinstance(value, float) else "" if value is None else str(value)


@pytest.mark.parametrize("full", [False, True], ids=["masked", "in full"])
def test_the_line_is_the_published_one(clues: dict[str, list[str]], traced: Any, finished: RunContext, full: bool) -> None:
    zone = "restricted" if full else "exports"
    for wanted in (wanted for ids in clues.values() for wanted in ids):
        line = traced(wanted, full=full).line
        of_list = listed(finished.out, zone, "clues.csv", "clue_id", wanted)
        assert {name: as_list(value) for name, value in line.items()} == {name: of_list[name] for name in line}
        assert [*line, "evidence"] == [*of_list] or set(of_list) - set(line) == {"evidence"}


def test_nothing_masked_shows_a_number_or_a_name(
    clues: dict[str, list[str]], tables: Tables, traced: Any, finished: RunContext
) -> None:
    names = {row["name"] for row in tables.rows(PEOPLE) if len(row["name"]) >= 3}
    wanted = [ids[0] for ids in clues.values()]
    wanted += [str(rows[0][column]) for column, rows in (("need_id", tables.rows(NEEDS)), ("check_id", tables.rows(CHECKS)))]
    wanted.append(str(traced(wanted[0]).line["case_id"]))
    for one in wanted:
        chain: Chain = traced(one, full=False)
        for text in (chain.model_dump_json(), said(chain)):
            assert NUMBER.findall(text) == [], one
            assert [name for name in names if name in text] == [], one
        for part in parts_of(chain):
            for record in part.records:
                assert {record.cells.get(header, HIDDEN) for header in ("出生日期", "年龄")} == {HIDDEN}, one
        full: Chain = traced(one)
        assert NUMBER.search(full.model_dump_json()), "in full a number is there, or the test proves nothing"
        assert (chain.is_masked, full.is_masked) == (True, False)


def test_a_masked_trace_hides_what_names_a_thing_outright(clues: dict[str, list[str]], traced: Any) -> None:
    vehicle = next(record for record in traced(clues["V01"][0], full=False).records if record.data_set == "vehicles")
    assert vehicle.seen["号牌号码"] == HIDDEN
    assert HIDDEN not in traced(clues["V01"][0]).model_dump_json()


def outsiders(tables: Tables, clue: Any) -> set[str]:
    """Numbers of the persons whom a clue is about, or whom its evidence names, who are no members of its household."""
    members = {row["number_key"] for row in tables.rows(MEMBERS, case_id=clue["case_id"])}
    named = {clue["subject_key"]}
    for row in clue["evidence"]:
        data_set = DATA_SETS[row["data_set"]]
        (silver,) = tables.rows(data_set.silver, _file_id=row["file_id"], _sheet=row["sheet"], _row=row["row"])
        named |= {silver[reference.number_key] for reference in person_references(data_set)}
    return {number for number in named - members if number and "|" not in number}


def test_whoever_is_no_member_is_tied_to_the_household_by_a_row_that_says_so(tables: Tables, traced: Any) -> None:
    found = [clue for clue in tables.rows(CLUES) if outsiders(tables, clue)]
    of_kin = [
        clue for clue in found if clue["rule_code"] in ("K02", "K03", "V01", "P01", "E01") and clue["identity_grade"] == "A"
    ]
    assert of_kin, "the city has no clue on somebody outside a roster"
    for clue in of_kin[:3]:
        chain: Chain = traced(clue["clue_id"])
        rows = [record for record in chain.records if "亲属关系" in record.seen]
        assert rows, clue["clue_id"]
        assert all(record.seen["亲属关系"] in KIN_RELATIONS for record in rows)
        numbers = [
            {cell for cell in record.cells.values() if NUMBER.search(cell)} for record in chain.records if record not in rows
        ]
        assert all(
            any(NUMBER.search(cell) and cell in set().union(*numbers) for cell in record.cells.values()) for record in rows
        )


def test_every_clue_shows_the_roster_of_its_household(clues: dict[str, list[str]], tables: Tables, traced: Any) -> None:
    for wanted in (ids[0] for ids in clues.values()):
        chain: Chain = traced(wanted)
        members = tables.rows(MEMBERS, case_id=str(chain.line["case_id"]))
        named = {(record.data_set, record.sheet, record.row) for record in chain.records}
        assert {(row["data_set"], row["_sheet"] or "", row["_row"]) for row in members} <= named, wanted


def test_the_score_names_its_models(clues: dict[str, list[str]], tables: Tables, traced: Any) -> None:
    chain: Chain = traced(clues["X01"][0])
    assert chain.score is not None
    assert chain.score.probability == chain.line["score"]
    assert chain.score.model_version == tables.rows(CLUES, clue_id=chain.id)[0]["model_version"]
    assert chain.score.pattern == tables.rows(CLUES, clue_id=chain.id)[0]["pattern"]
    assert chain.score.pattern


def test_whom_each_row_means_is_said_with_both_sides(clues: dict[str, list[str]], traced: Any) -> None:
    chain: Chain = traced(clues["D01"][0])
    ties = {identity.tie.split(":")[0] for record in chain.records for identity in record.identities}
    assert ties <= {"A", "B", "C", "E", "The household registry itself"}
    sides = next(identity for record in chain.records for identity in record.identities if identity.compared)
    number = next(line for line in sides.compared if line.field == "number")
    assert number.persons[0].agreement.startswith("same")


@pytest.mark.parametrize("outcome", ["found", "excluded"])
def test_a_need_goes_back_to_its_rows(tables: Tables, traced: Any, city: City, finished: RunContext, outcome: str) -> None:
    need = min((row for row in tables.rows(NEEDS) if row["outcome"] == outcome), key=lambda row: str(row["need_id"]))
    chain: Chain = traced(need["need_id"])
    assert_delivered(chain, city)
    assert (chain.kind, chain.line["outcome"], chain.rule and chain.rule.code) == ("need", outcome, need["rule_code"])
    assert {record.part for record in chain.records} >= {"subject"}
    assert len(chain.records) > 1
    book = {record.cells["户号"] for record in chain.records if record.data_set == "household_registry"}
    assert len(book) <= 1
    if outcome == "found":
        of_list = listed(finished.out, "restricted", "needs.csv", "clue_id", need["need_id"])
        common = set(chain.line) & set(of_list)
        assert {name: as_list(chain.line[name]) for name in common} == {name: of_list[name] for name in common}
        assert len(common) > 15
    case: Chain = traced(str(need["case_id"]))
    assert need["need_id"] in {part.id for part in case.parts}


def test_a_check_goes_back_to_its_request_and_to_what_was_found(
    tables: Tables, traced: Any, city: City, finished: RunContext
) -> None:
    checks = sorted(tables.rows(CHECKS), key=lambda row: str(row["check_id"]))
    thing = next(row for row in checks if not row["is_summary"] and row["evidence"])
    summary = next(row for row in checks if row["is_summary"] and row["application_no"] == thing["application_no"])
    chain: Chain = traced(thing["check_id"])
    assert_delivered(chain, city)
    assert [record.part for record in chain.records][:2] == ["request", "evidence"]
    assert chain.records[0].cells["授权日期"]
    of_list = listed(finished.out, "restricted", "checks.csv", "check_id", thing["check_id"])
    for name in ("application_no", "subject_id", "subject_name", "result", "finding", "note"):
        assert as_list(chain.line[name]) == of_list[name]
    household: Chain = traced(summary["check_id"])
    assert_delivered(household, city)
    asked = tables.rows(DATA_SETS["check_requests"].silver, application_no=thing["application_no"])
    assert len(household.records) == len(asked)  # members of whom nothing was found, too
    mine = {row["check_id"] for row in checks if row["application_no"] == thing["application_no"] and not row["is_summary"]}
    assert {part.id for part in household.parts} == mine


def test_a_case_holds_its_clues_its_members_and_all_its_money(tables: Tables, traced: Any, city: City) -> None:
    first = next(row for row in tables.rows(CLUES) if row["rank"] == 1)
    chain: Chain = traced(first["case_id"])
    assert_delivered(chain, city)
    assert {part.id for part in chain.parts} == {row["clue_id"] for row in tables.rows(CLUES, case_id=first["case_id"])}
    assert chain.line["state"] == "new"
    members = [record for record in chain.records if record.part == "roster"]
    assert len(members) == len(tables.rows(MEMBERS, case_id=first["case_id"]))
    assert all(month.at_stake_yuan is None for month in chain.months)  # what each clue counts stands with the clue
    assert chain.months


def test_every_table_on_the_way_names_the_run_that_wrote_it(
    clues: dict[str, list[str]], traced: Any, finished: RunContext
) -> None:
    chain: Chain = traced(clues["D01"][0])
    steps = {step.table: step for step in chain.steps}
    assert {"gold.clues", "gold.findings", "silver.payments", "bronze.payments", "ops.files", "vault.people"} <= set(steps)
    assert {step.run_id for step in chain.steps} == {finished.log.run_id}
    assert (steps["gold.clues"].job, steps["gold.findings"].job) == ("rank_clues", "find_clues")
    assert (steps["silver.payments"].job, steps["bronze.payments"].job) == ("standardise", "ingest")
    assert all(record.delivery.taken_in_at for record in chain.records)
    assert chain.remarks == ()


@pytest.fixture
def moved(finished: RunContext, tmp_path: Path) -> RunContext:
    """The finished run in a folder of its own, to be worked on; paths are data."""
    assert finished.lake.folder is not None
    folder = tmp_path / "湖 #1[x]?"
    shutil.copytree(finished.lake.folder, folder)
    return replace(finished, lake=Lake(finished.engine, str(folder)), out=tmp_path, log=RunLog())


def stopped_run(ctx: RunContext) -> None:
    """A run that takes the members away and is then stopped by the gate."""
    from jobs.link_people import job as link_people

    with ctx.log.kept(ctx.lake, Console(quiet=True)), ctx.job(link_people) as own:
        own.lake.overwrite(MEMBERS, own.lake.session.createDataFrame([], MEMBERS.schema))
        raise DataRefused("a critical expectation failed")


def test_a_later_run_that_was_stopped_changes_no_answer(
    moved: RunContext, clues: dict[str, list[str]], traced: Any, settings: Settings
) -> None:
    wanted = clues["D01"][0]
    case = str(traced(wanted).line["case_id"])
    before = {one: traced(one) for one in (wanted, case)}
    with pytest.raises(DataRefused):
        stopped_run(moved)
    tables = Tables(str(moved.lake.folder))
    assert tables.rows(MEMBERS) == []
    for one, chain in before.items():
        after = trace([tables], one, settings.linkage, full=True)
        assert f"A later run ({moved.log.run_id}" in after.remarks[0]
        assert "stopped at link_people: its lists were withheld" in after.remarks[0]
        unlike = {"lake": "", "remarks": (), "parts": ()}
        assert after.model_copy(update=unlike) == chain.model_copy(update=unlike)


def test_a_lake_without_a_log_of_runs_is_read_as_it_is_and_says_so(
    moved: RunContext, clues: dict[str, list[str]], traced: Any, settings: Settings
) -> None:
    assert moved.lake.folder is not None
    shutil.rmtree(moved.lake.folder / "ops" / "runs")
    chain = trace([Tables(str(moved.lake.folder))], clues["D01"][0], settings.linkage, full=True)
    assert re.match(r"ops\.runs has no row of the job that wrote gold\.clues version \d+", chain.remarks[0])
    assert {step.run_id for step in chain.steps} == {None}
    assert chain.findings == traced(clues["D01"][0]).findings


def test_an_id_of_an_earlier_version_is_found_without_its_letter(clues: dict[str, list[str]], traced: Any) -> None:
    wanted = clues["D01"][0]
    assert traced(wanted[1:]) == traced(wanted)


def test_an_id_of_an_earlier_list_is_refused_with_its_day(
    moved: RunContext, clues: dict[str, list[str]], settings: Settings
) -> None:
    wanted = clues["D01"][0]
    moved.lake.overwrite(CLUES, moved.lake.read(CLUES).filter(f"clue_id <> '{wanted}'"))
    with pytest.raises(
        NoSuchRecord, match=rf"{wanted} is of another run: it stood on the list of {AS_OF} and stands on none now"
    ):
        trace([Tables(str(moved.lake.folder))], wanted, settings.linkage, full=False)


def test_a_row_that_is_gone_is_told_and_not_left_out(
    moved: RunContext, clues: dict[str, list[str]], traced: Any, settings: Settings
) -> None:
    assert moved.lake.folder is not None
    wanted, bronze = clues["D01"][0], moved.lake.folder / "bronze" / traced(clues["D01"][0]).records[0].data_set
    for path in bronze.rglob("*.parquet"):
        path.unlink()
    with pytest.raises(BadStore, match=rf"bronze\.{bronze.name} in its version \d+ .*cannot be read \(\w+\)"):
        trace([Tables(str(moved.lake.folder))], wanted, settings.linkage, full=False)


REFUSED = {
    "no id": ("nonsense", "Expected one of a list"),
    "a letter that no id has": ("Z0123456789abcdef", "Expected one of a list"),
    "capitals": ("C0123456789ABCDEF", "Expected one of a list"),
    "a clue that is on no list": ("C0123456789abcdef", r"stands on no list of the lake .*clues\.csv"),
    "a case": ("H0123456789abcdef", "stands on no list"),
    "a need": ("N0123456789abcdef", r"needs\.csv"),
    "a check": ("K0123456789abcdef", r"checks\.csv"),
    "an old id": ("0123456789abcdef", "stands on no list"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_traced_is_refused_in_a_sentence(case: str, finished: RunContext) -> None:
    wanted, message = REFUSED[case]
    result = CliRunner().invoke(app, ["trace", wanted, "--out", str(finished.out)])
    assert result.exit_code == 2
    assert re.search(message, result.output), result.output
    assert len(result.output.strip().splitlines()) == 1


def test_lists_that_were_withheld_are_named_with_the_stage_that_stopped(finished: RunContext, tmp_path: Path) -> None:
    lake = Lake(finished.engine, str(tmp_path / "lake"))
    wanted = ["trace", "C0123456789abcdef", "--out", str(tmp_path)]
    assert "No lake" in CliRunner().invoke(app, [*wanted, "--lake", str(tmp_path / "none")]).output
    lake.state("nothing", {"a": "b"})
    result = CliRunner().invoke(app, wanted)
    assert (result.exit_code, "Nothing was delivered yet" in result.output) == (2, True)
    assert finished.lake.folder is not None
    shutil.copytree(finished.lake.folder / "ops" / "files", tmp_path / "lake" / "ops" / "files")
    with pytest.raises(DataRefused):
        stopped_run(replace(finished, lake=lake, log=RunLog()))
    result = CliRunner().invoke(app, wanted)
    assert result.exit_code == 2
    assert "No list of clues was made" in result.output
    assert "stopped at link_people: a critical expectation failed" in result.output


def test_the_command_speaks_json_and_needs_no_engine(
    finished: RunContext, clues: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.launch.start.open_engine", lambda *_: pytest.fail("an engine was started"))
    result = CliRunner().invoke(app, ["trace", clues["D01"][0], "--out", str(finished.out), "--json"])
    assert result.exit_code == 0, result.output
    chain = Chain.model_validate_json(result.output)
    assert (chain.format, chain.is_masked) == ("mingjing-trace-1", True)
    assert json.loads(result.output)["id"] == clues["D01"][0]
    result = CliRunner().invoke(app, ["trace", clues["D01"][0], "--out", str(finished.out)])
    assert result.exit_code == 0
    assert "Masked." in result.output


def test_a_folder_that_the_reader_would_take_for_another_is_refused(tmp_path: Path) -> None:
    (tmp_path / "1%20" / "lake").mkdir(parents=True)
    result = CliRunner().invoke(app, ["trace", "C0123456789abcdef", "--out", str(tmp_path / "1%20")])
    assert result.exit_code == 2
    assert "Rename the folder, or copy the lake to another" in result.output


def test_a_trace_leaves_the_lake_as_it_is(finished: RunContext, clues: dict[str, list[str]], settings: Settings) -> None:
    assert finished.lake.folder is not None

    def all_files() -> list[tuple[str, int]]:
        assert finished.lake.folder is not None
        return sorted((str(path), path.stat().st_mtime_ns) for path in finished.lake.folder.rglob("*"))

    before = all_files()
    trace([Tables(str(finished.lake.folder))], clues["D01"][0], settings.linkage, full=True)
    assert all_files() == before
    assert finished.lake.exists(RUNS)
    assert finished.lake.exists(FINDINGS)
