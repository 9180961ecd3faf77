"""A list of payments against a city made by hand: what is asked about each row, and that nothing else is touched."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from casework.payloads import Rectification, Verdict
from casework.store import CaseStore, store_url
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASES, CLUES, VERDICTS
from expectations.contracts.returned import Measure, Problem
from jobs.audit.vouched import places, state_of
from jobs.cells.faults import MERGED_AMOUNT
from jobs.check_payments import job
from jobs.check_payments.hold_list import KIND, unread_rows
from jobs.check_payments.job import Checked
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.runtime.console import Console
from jobs.runtime.errors import BadDelivery, DataRefused
from jobs.runtime.lake import Lake
from jobs.runtime.results import LIST
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine
from tests.casework.made import of_clue, verdict
from tests.conftest import run_main_job
from tests.end_to_end.tables import rows_of
from tests.hand_made import (
    NORTH,
    HandMade,
    as_csv,
    first_delivery,
    frame,
    household,
    payment,
    person_name,
    person_number,
    registered,
)

PEOPLE = 24
DEAD, STOPPED, STRANGE, RAISED, TWICE, MOVED, OUTSIDER, BROKEN, PAYEE, SHARED, ALSO, THIRD, DECIDED, UNREAD = range(1, 15)


def account(i: int) -> dict[str, str]:
    return {"bank_account": f"62170000000{i:05}", "account_name": person_name(i)}


def listed(i: int, **changed: str) -> dict[str, str]:
    """The row of the list for household D000i, as good as can be."""
    return {**payment(i, "2018-01"), **account(i), **changed}


def rows() -> list[dict[str, str]]:
    """One row for each question, and clean ones."""
    changed: dict[int, Mapping[str, str]] = {
        STRANGE: {"household_no": "D9999"},
        RAISED: {"amount": "350.00"},
        MOVED: {"bank_account": "6217000000099999"},
        OUTSIDER: {"account_name": "外人甲"},
        BROKEN: {"id_number": person_number(BROKEN)[:-2] + "00"},
        PAYEE: {"name": person_name(500), "id_number": person_number(500), "account_name": person_name(PAYEE)},
        SHARED: {"bank_account": "6217000000088888", "account_name": "外人乙"},
        THIRD: {"bank_account": "6217000000088888", "account_name": "外人乙"},
        ALSO: {"bank_account": "6217000000088888", "account_name": "外人乙"},
        UNREAD: {"for_month": "某月"},
    }
    return [*(listed(i, **changed.get(i, {})) for i in range(PEOPLE)), listed(TWICE)]


@pytest.fixture(scope="module")
def done(embedded: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    """A run on the city: one payee dead, one household stopped."""
    folder = tmp_path_factory.mktemp("before_payment")
    delivery = HandMade(folder / "delivery")
    roster = [household(i) | ({"stop_month": "2017-12"} if i == STOPPED else {}) for i in range(PEOPLE)]
    delivery.table("dibao_roster", roster, area=NORTH)
    delivery.table("household_registry", [registered(i) for i in range(PEOPLE)], area=NORTH)
    for month in ("2017-11", "2017-12"):
        delivery.table("payments", [payment(i, month) | account(i) for i in range(PEOPLE)], f"{month}.csv")
    death = {
        "name": person_name(DEAD), "id_number": person_number(DEAD), "sex": "男", "died_on": "2017-10-09", "address": "青石镇一村",
    }  # fmt: skip
    delivery.table("death_certificates", [death])
    return run_main_job(embedded, settings, delivery.done(), folder / "out")


@pytest.fixture
def ctx(done: RunContext, tmp_path: Path) -> RunContext:
    out = tmp_path / "out"
    shutil.copytree(done.out / "lake", out / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    shutil.copytree(done.out / "exports", out / "exports")
    return replace(done, lake=Lake(done.engine, str(out / "lake")), out=out, report=RunReport(Console(quiet=True)), delivery=None)


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """The list as a file."""
    path = tmp_path / "名册" / "拟发放.csv"
    path.parent.mkdir()
    path.write_text(as_csv("payments_next", rows()), encoding="utf-8")
    return path


def checked(ctx: RunContext, place: Path) -> Checked:
    with ctx.job(job) as own:
        return job.run(own, place)


def holds(found: Checked, zone: str = "restricted") -> pl.DataFrame:
    return pl.read_csv(found.folder / zone / "holds.csv", infer_schema=False)


def asked(found: Checked) -> dict[str, set[str]]:
    """Codes by household number."""
    of: dict[str, set[str]] = {}
    for number, code in holds(found).select("household_no", "code").iter_rows():
        of.setdefault(number, set()).add(code)
    return of


def test_each_row_is_asked_about_what_is_known_of_it_and_nothing_else(ctx: RunContext, given: Path) -> None:
    found = checked(ctx, given)
    assert asked(found) == {
        f"D{DEAD:04}": {"D01"},
        f"D{STOPPED:04}": {"F03"},
        "D9999": {"L01"},
        f"D{RAISED:04}": {"L04"},
        f"D{TWICE:04}": {"L05"},
        f"D{MOVED:04}": {"L06"},
        f"D{OUTSIDER:04}": {"L07"},
        f"D{BROKEN:04}": {"L03"},
        f"D{PAYEE:04}": {"L02"},
        f"D{SHARED:04}": {"F02", "L06"},
        f"D{ALSO:04}": {"F02", "L06"},
        f"D{THIRD:04}": {"F02", "L06"},
    }
    listed_rows = PEOPLE + 1
    assert found.totals["rows"] == listed_rows - 1
    assert found.totals["yuan"] == f"{(listed_rows - 1) * 320 + 30:.2f}"
    assert (found.totals["held_rows"], found.totals["unread_rows"]) == (13, 1)
    assert found.totals["held_yuan"] == f"{13 * 320 + 30:.2f}"
    dead = holds(found).filter(pl.col("code") == "D01").row(0, named=True)
    assert (dead["subject_name"], dead["subject_id"], dead["yuan"]) == (person_name(DEAD), person_number(DEAD), "320.00")
    assert "含拟发放的2018年1月" in dead["text"]
    assert [row["data_set"] for row in json.loads(dead["evidence"])][:2] == ["payments_next", "death_certificates"]
    assert dead["clue_id"] in {row["clue_id"] for row in rows_of(ctx.lake, CLUES)}


def test_a_row_that_is_strange_by_itself_is_asked_about(ctx: RunContext, tmp_path: Path) -> None:
    changed = [
        (1, {"household_no": ""}), (15, {"amount": "0"}), (16, {"amount": "-5"}), (17, {"kind": "恭喜", "amount": "88888"}),
        (18, {"kind": ""}), (19, {"kind": "补发"}), (20, {"kind": "补发", "for_month": "2017-12"}),
        (20, {"kind": "补发", "for_month": "2017-12"}), (21, {"kind": "补发", "for_month": "2017-12"}),
        (22, {"for_month": "2099-01"}), (23, {"heads": "-1"}), (0, {"kind": "退回", "amount": "-320"}),
        (8, {"kind": "补发", "for_month": "2017-12", "amount": "0"}), (3, {"program": "城市特困"}), (5, {}),
        (9, {"kind": "补发", "for_month": "2017-10", "amount": "320.01"}), (10, {"kind": "补发", "for_month": "2017-10", "amount": "320"}),
        (16, {"kind": "退回", "amount": "0", "household_no": "D0000"}),
    ]  # fmt: skip
    path = tmp_path / "拟发放.csv"
    path.write_text(as_csv("payments_next", [listed(i, **one) for i, one in changed]), encoding="utf-8")
    found = checked(ctx, path)
    codes = asked(found)
    assert {number or "": of for number, of in codes.items()} == {
        "": {"L01"}, "D0015": {"L09"}, "D0016": {"L09"}, "D0017": {"F01", "L04", "L10"}, "D0018": {"L10"}, "D0019": {"L11"}, "D0020": {"L05"},
        "D0021": {"L04"}, "D0009": {"L04"}, "D0022": {"L12"}, "D0023": {"L13"}, "D0008": {"L09"}, "D0003": {"L01"}, "D0000": {"L09"},
    }  # fmt: skip
    assert found.totals["rows_of_no_household"] == 1
    texts = dict(holds(found).filter(code="L04").select("household_no", "text").iter_rows())
    assert "拟补发2017年12月的320.00元，加上该月已经发放的320.00元，多于花名册核定该户每月的320.00元。" in texts["D0021"]
    assert "拟补发2017年10月的320.01元，多于花名册核定" in texts["D0009"]
    sheet = openpyxl.load_workbook(found.folder / "restricted" / f"{KIND}.xlsx")["待核对"]
    basis = {str(row[6].value): row[7].value or "" for row in sheet.iter_rows(min_row=2)}
    rosters = {text: told for text, told in basis.items() if "花名册" in text}
    assert len(rosters) == 5
    assert all("花名册" in told for told in rosters.values())


def test_a_list_with_fewer_rows_than_its_manifest_says_is_refused(ctx: RunContext, tmp_path: Path) -> None:
    delivery = HandMade(tmp_path / "month")
    delivery.table("payments_next", rows()[:3], "甲.csv", rows="99")
    with pytest.raises(DataRefused, match=r"甲\.csv holds 3 rows, and its manifest says 99"):
        checked(ctx, delivery.done())


def test_a_check_for_a_day_before_the_last_run_is_warned_of(ctx: RunContext, given: Path) -> None:
    checked(replace(ctx, as_of=ctx.as_of - timedelta(days=30)), given)
    assert any("The last run stands for" in warning for warning in ctx.report.warnings)


def test_a_name_in_the_place_of_a_code_leaves_masked(ctx: RunContext, tmp_path: Path) -> None:
    """Rows shifted to the left, to the right, with two cells swapped, and with two cells in one."""
    row = next(csv.reader([as_csv("payments_next", [listed(5)]).splitlines()[1]]))
    name = row[3]
    swapped = [*row[:2], name, row[2], *row[4:]]
    shifted = [
        [*row[:2], name, row[4], row[5], row[2], *row[6:]], ["", *row[:-1]], [*row[1:], ""], [*row[:7], name, *row[8:]],
        [*row[:5], "某月", *row[6:9], name, name, name], [name, *row[1:5], "某月", *row[6:]],
        [*row[:2], f"{name} {row[4]}", "", "", "某月", *row[6:]], swapped, [name, *row[1:]], [*row[:2], f"{name}{row[4]}", *row[3:]],
        row,
    ]  # fmt: skip
    path = tmp_path / "拟发放.csv"
    path.write_text(as_csv("payments_next", []) + "".join(",".join(one) + "\n" for one in shifted), encoding="utf-8")
    found = checked(ctx, path)
    assert found.totals["unread_rows"] >= 5
    assert found.totals["held_rows"] >= 3
    assert swapped[2] in holds(found)["household_no"]
    book = openpyxl.load_workbook(found.folder / "exports" / f"{KIND}.xlsx")
    cells = [str(cell) for sheet in book for one in sheet.iter_rows(values_only=True) for cell in one if cell]
    texts = [*cells, *(file.read_text(encoding="utf-8-sig") for file in (found.folder / "exports").glob("*.[cj]s*"))]
    assert not [text for text in texts if name in text or row[4] in text]


def test_nothing_of_a_run_is_touched_and_the_same_list_gives_the_same_bytes(ctx: RunContext, given: Path) -> None:
    assert ctx.lake.folder is not None
    before = {place: state_of(ctx.lake.folder / place) for place in places(ctx.lake.folder)}
    exports = {path: path.read_bytes() for path in (ctx.out / "exports").rglob("*") if path.is_file()}
    first = checked(ctx, given)
    written = {path: path.read_bytes() for path in first.folder.rglob("*") if path.suffix in (".csv", ".json")}
    again = checked(ctx, given)
    assert again == first
    assert {path.name for path in written} == {"holds.csv", "summary.json", LIST}
    assert {path: path.read_bytes() for path in written} == written
    assert {place: state_of(ctx.lake.folder / place) for place in places(ctx.lake.folder)} == before
    assert {path: path.read_bytes() for path in exports} == exports


def test_the_masked_list_and_the_workbook_name_nobody(ctx: RunContext, given: Path) -> None:
    found = checked(ctx, given)
    shown = (found.folder / "exports" / "holds.csv").read_text(encoding="utf-8-sig")
    full = (found.folder / "restricted" / "holds.csv").read_text(encoding="utf-8-sig")
    assert person_number(DEAD) in full
    assert person_number(DEAD) not in shown
    assert person_name(DEAD) not in shown
    assert (found.folder / "restricted").stat().st_mode & 0o077 == 0
    book = openpyxl.load_workbook(found.folder / "exports" / f"{KIND}.xlsx")
    texts = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert not [
        text for text in texts if person_number(DEAD) in text or person_number(UNREAD) in text or person_name(UNREAD) in text
    ]
    assert book.sheetnames == ["说明", "待核对", "不能读取的行", "填写选项"]
    assert book["待核对"].max_row == 1 + found.totals["held_rows"]
    assert "“所属期”为空或不能识别" in [cell.value for cell in book["不能读取的行"]["D"]]


def test_what_a_visit_refuted_is_not_asked_again_and_what_was_decided_is(ctx: RunContext, given: Path) -> None:
    clue = next(row for row in rows_of(ctx.lake, CLUES) if row["rule_code"] == "D01")
    said = {"clue_id": clue["clue_id"], "is_in_force": True, "outcome": "refuted"}
    ctx.lake.overwrite(VERDICTS, frame(ctx.lake.session, VERDICTS, [said]))
    assert job._to_settle(ctx) == []
    assert "verdicts of an earlier version" in ctx.report.warnings[-1]  # without a store, which a run would make
    case = next(row for row in rows_of(ctx.lake, CASES) if row["household_no"] == f"D{DECIDED:04}")["case_id"]
    stop = Rectification(problem=Problem.OTHER, measure=Measure.STOP)
    confirmed: Verdict = verdict("查是-错保")
    with CaseStore(store_url(ctx.out)) as store, store.writing() as book:
        book.record([of_clue(case, "C1", -20, confirmed), of_clue(case, "C1", -10, stop)])
    codes = asked(checked(ctx, given))
    assert f"D{DEAD:04}" not in codes
    assert codes[f"D{DECIDED:04}"] == {"L08"}


def test_a_list_that_cannot_be_used_is_refused_as_a_whole(ctx: RunContext, tmp_path: Path) -> None:
    delivery = HandMade(tmp_path / "month")
    delivery.table("payments_next", rows()[:3], "甲.csv")
    delivery.table("payments_next", rows()[3:6], "乙.csv", sha256="0" * 64)
    with pytest.raises(DataRefused, match=r"乙\.csv cannot be used"):
        checked(ctx, delivery.done())
    with pytest.raises(BadDelivery, match="holds no 拟发放名册"):
        checked(ctx, first_delivery(tmp_path / "other", north=1, south=1).done())
    with pytest.raises(BadDelivery, match="No file or folder"):
        checked(ctx, tmp_path / "nothing.csv")
    assert not (ctx.out / "prepay").exists()


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (f"{MERGED_AMOUNT}: 发放金额", "“发放金额”与上一行为同一个合并单元格，只在首行计入一次"),
        ("unreadable: 发放金额", "“发放金额”为空或不能识别"),
        ("more or fewer cells than the header", "列数与表头不一致"),
    ],
)
def test_a_row_that_could_not_be_read_says_why(reason: str, why: str) -> None:
    cells = dict.fromkeys(DATA_SETS["payments_next"].field_names)
    rows = pl.DataFrame([cells | {"_reason": reason, "_file_id": "f", "_sheet": "表", "_row": 3}])
    assert [row[3] for row in unread_rows(rows, {"f": "册.xlsx"})] == [why]
