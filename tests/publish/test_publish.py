"""Publishing on the small synthetic city: every dispatched clue is in one workbook, and what others put there is never lost."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from pyspark.sql import functions as F
from rich.console import Console

from expectations.contracts.lake import CASES, PEOPLE
from jobs.launch.context import RunContext
from jobs.publish import job as publish
from jobs.publish.job import KIND, write_zone
from jobs.runtime.errors import ContractBroken
from jobs.runtime.lake import Lake
from jobs.runtime.results import KEPT, LIST, WORK
from jobs.runtime.run_report import RunReport
from jobs.runtime.second_process import meanwhile
from jobs.sheets.asked import innocent_codes
from jobs.sheets.books import SEPARATE, books, refuse_unless_whole, township_books
from jobs.sheets.clue_list import case_list, published_clues
from jobs.sheets.clue_workbook import Told, write_workbook
from jobs.sheets.history import History, history_before
from jobs.sheets.zones import county_names
from tests.conftest import AS_OF


@pytest.fixture
def ctx(finished: RunContext, tmp_path: Path) -> RunContext:
    """A lake of its own to publish from."""
    shutil.copytree(finished.out / "lake", tmp_path / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    report = RunReport(Console(quiet=True))
    return replace(finished, lake=Lake(finished.engine, str(tmp_path / "lake")), out=tmp_path, report=report)


def ids(folder: Path, sheets: tuple[str, ...], heading: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in folder.glob(f"{KIND}_*.xlsx"):
        book = openpyxl.load_workbook(path, read_only=True)
        for sheet in (book[name] for name in book.sheetnames if name in sheets):
            head, *rows = sheet.iter_rows(values_only=True)
            found.update(row[head.index(heading)] for row in rows if row[head.index(heading)])
    return found


def test_a_second_process_writes_the_same_bytes(ctx: RunContext, finished: RunContext, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(ctx.out / "exports", ignore_errors=True)
    asked: list[object] = []

    @contextmanager
    def seen(work: Callable[[], None]) -> Iterator[None]:
        asked.append(work)
        with meanwhile(work):
            yield

    monkeypatch.setattr(publish, "_WORTH_A_PROCESS", 0)
    monkeypatch.setattr(publish, "meanwhile", seen)
    publish.run(ctx)
    assert len(asked) == 1
    for zone in ("restricted", "exports"):
        written = {
            path.relative_to(ctx.out): path.read_bytes()
            for path in (ctx.out / zone).rglob("*.*")
            if path.suffix in (".csv", ".xlsx")
        }
        assert len(written) > 5
        assert [name for name, content in written.items() if (finished.out / name).read_bytes() != content] == []


def test_a_wrong_cell_and_a_slash_in_a_name_lose_no_countys_list(ctx: RunContext) -> None:
    first, second = sorted(county_names(ctx.lake))[:2]
    names = county_names(ctx.lake)
    cases = ctx.lake.computed_once(ctx.lake.read(CASES), "cases")
    wrong = cases.filter(F.col("county_code") == first).orderBy("case_id").first()["case_id"]
    county = (
        F.when(F.col("case_id") == wrong, names[second])
        .when(F.col("county_code") == second, "甲/乙\\丙县")
        .otherwise(F.col("county"))
    )
    ctx.lake.overwrite(CASES, cases.withColumn("county", county))
    publish.run(ctx)
    for zone in ("restricted", "exports"):
        listed = pl.read_csv(ctx.out / zone / "clues.csv", infer_schema=False).filter(pl.col("dispatched") == "是")
        folder = ctx.out / zone / "workbooks"
        assert ids(folder, ("线索", "数据核对"), "线索编号") == Counter(listed["clue_id"])
        in_townships = ids(folder / "townships", ("线索", "数据核对"), "线索编号")
        apart = published_clues(ctx.lake).filter((pl.col("dispatched") == "是") & pl.col("is_separate"))["clue_id"]
        assert in_townships == Counter(listed["clue_id"]) - Counter(apart)
        assert {f"{KIND}_{first}_{names[first]}.xlsx", f"{KIND}_{second}_甲_乙_丙县.xlsx"} <= {
            path.name for path in folder.iterdir()
        }


def test_two_counties_of_one_name_and_cases_of_none_are_all_listed(finished: RunContext, tmp_path: Path) -> None:
    clues, cases = published_clues(finished.lake), case_list(finished.lake, AS_OF)
    listed = clues.filter((pl.col("dispatched") == "是") & ~pl.col("is_separate"))
    codes = sorted({*listed["county_code"], *cases.filter(~pl.col("is_separate"))["county_code"]})
    nowhere = pl.when(pl.col("county_code") == codes[0]).then(None).otherwise("county_code").alias("county_code")
    told = Told(KIND, dict.fromkeys(codes, "一县"), {}, History({}, {}), AS_OF, is_masked=False)
    write_zone(clues.with_columns(nowhere), cases.with_columns(nowhere), [], tmp_path, told)
    names = {path.name for path in (tmp_path / "workbooks").glob("*.xlsx")}
    assert {f"{KIND}_未注明区划.xlsx", *(f"{KIND}_{code}_一县.xlsx" for code in codes[1:])} == names - {f"{KIND}_{SEPARATE}.xlsx"}


def test_a_county_with_cases_alone_or_with_clues_alone_has_its_workbook(finished: RunContext, tmp_path: Path) -> None:
    clues, cases = published_clues(finished.lake), case_list(finished.lake, AS_OF)
    names = county_names(finished.lake)
    without_clues, without_cases = sorted(names)[:2]
    write_zone(
        clues.filter(pl.col("county_code") != without_clues),
        cases.filter(pl.col("county_code") != without_cases),
        [],
        tmp_path,
        Told(KIND, names, innocent_codes(finished.settings), history_before(finished.lake, AS_OF), AS_OF, is_masked=False),
    )
    written = {path.name for path in (tmp_path / "workbooks").iterdir()}
    assert {f"{KIND}_{code}_{names[code]}.xlsx" for code in (without_clues, without_cases)} <= written


def test_books_are_named_by_code_and_name_in_the_order_of_codes() -> None:
    found = books(KIND, ["420293", SEPARATE, "420292", "420293"], {"420292": "一县", "420293": "一县"})
    assert found == [
        ("420292", "一县", f"{KIND}_420292_一县.xlsx"),
        ("420293", "一县", f"{KIND}_420293_一县.xlsx"),
        (SEPARATE, SEPARATE, f"{KIND}_{SEPARATE}.xlsx"),
    ]


def test_books_of_townships_are_named_below_their_county_and_show_no_number() -> None:
    names = {"420292": "一县"}
    found = township_books(KIND, ["420292/青石镇", "420292/420292199001010016", "未注明区划/未注明乡镇", SEPARATE], names)
    assert [(title, name) for _, title, name in found] == [
        ("一县 420292************", f"{KIND}_420292_一县_420292.xlsx"),
        ("一县 青石镇", f"{KIND}_420292_一县_青石镇.xlsx"),
        (SEPARATE, f"{KIND}_{SEPARATE}.xlsx"),
        ("未注明区划 未注明乡镇", f"{KIND}_未注明区划_未注明乡镇.xlsx"),
    ]


def test_a_list_of_which_a_workbook_is_missing_or_too_many_is_not_published(finished: RunContext) -> None:
    folder = finished.out / "exports" / "workbooks"
    listed = pl.read_csv(finished.out / "exports" / "clues.csv", infer_schema=False).filter(pl.col("dispatched") == "是")[
        "clue_id"
    ]
    sheets = ("线索", "数据核对")
    refuse_unless_whole(folder, KIND, sheets, "线索编号", listed)
    for wrong, lack, hold in (([*listed, "C1"], 1, 0), (listed[1:], 0, 1), ([*listed, listed[0]], 1, 0)):
        with pytest.raises(ContractBroken, match=rf"lack {lack} of the {len(wrong)} listed and hold {hold} that"):
            refuse_unless_whole(folder, KIND, sheets, "线索编号", wrong)


@pytest.mark.parametrize("lost", ["clue", "case"])
def test_a_list_is_not_published_without_a_row_that_its_workbooks_lost(
    ctx: RunContext, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    def write_less(path: Path, title: str, clues: pl.DataFrame, cases: pl.DataFrame, *rest: Any, **named: Any) -> None:
        kept = (clues[1:], cases) if lost == "clue" else (clues, cases[1:])
        write_workbook(path, title, *kept, *rest, **named)

    monkeypatch.setattr(publish, "write_workbook", write_less)
    with pytest.raises(ContractBroken, match="Nothing was published"):
        publish.run(ctx)
    assert not (ctx.out / "exports").exists()


def test_what_people_put_into_the_zones_outlives_a_run(ctx: RunContext) -> None:
    publish.run(ctx)
    before = {
        path: path.read_bytes() for zone in ("exports", "restricted") for path in (ctx.out / zone).rglob("*") if path.is_file()
    }
    books_of = ctx.out / "exports" / "workbooks"
    returned = next(path for path in sorted(books_of.glob(f"{KIND}_*.xlsx")))
    returned.write_bytes(b"filled in")
    (books_of / "回收.xlsx").write_bytes(b"returned")
    publish.run(ctx)
    kept = returned.with_name(f"{returned.stem}{KEPT}1.xlsx")
    assert (kept.read_bytes(), (books_of / "回收.xlsx").read_bytes()) == (b"filled in", b"returned")
    assert {path: path.read_bytes() for path in before} == before
    changed, others = ctx.report.warnings
    assert changed.startswith(f"{returned} is not as this program wrote it")
    assert others.endswith(f"left as they are: {', '.join(f'workbooks/{name}' for name in sorted([kept.name, '回收.xlsx']))}.")


def test_a_run_stopped_in_the_middle_shows_nobody_a_number_and_leaves_the_old_lists(
    ctx: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish.run(ctx)
    before = (ctx.out / "restricted" / "clues.csv").read_bytes()
    umask = os.umask(0o022)
    seen: list[int] = []

    def stop(*_: object, **__: object) -> None:
        (book, *_) = (ctx.out / WORK / "staged" / "restricted" / "workbooks").glob("*.xlsx")
        seen.extend([len(list(book.parent.iterdir())), (ctx.out / WORK).stat().st_mode & 0o777])
        raise OSError("disk full")

    monkeypatch.setattr(publish, "refuse_unless_every_book_is_whole", stop)
    try:
        with pytest.raises(OSError, match="disk full"):
            publish.run(ctx)
    finally:
        os.umask(umask)
    assert seen[0] > 2
    assert seen[1] == 0o700
    assert (ctx.out / "restricted" / "clues.csv").read_bytes() == before
    assert [path.name for path in (ctx.out / WORK).iterdir()] == ["lock"]


def test_each_zone_says_which_run_it_is_of(finished: RunContext) -> None:
    stamps = set()
    for zone in ("restricted", "exports", "quality", "slips", "fairness"):
        parts = json.loads((finished.out / zone / LIST).read_text(encoding="utf-8"))
        stamps |= {(part["as_of"], part["delivery"]) for part in parts.values()}
    (stamp,) = stamps
    assert stamp[0] == AS_OF.isoformat()
    assert len(stamp[1]) == 16


@pytest.mark.parametrize("is_there", [False, True])
def test_restricted_zones_of_the_lake_are_closed_before_their_first_table(
    ctx: RunContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    """Looked at when the first byte is about to be written. is_there: the zone was made by somebody, open to all."""
    lake, seen = Lake(ctx.engine, str(tmp_path / "other")), []
    if is_there:
        (tmp_path / "other" / "vault").mkdir(parents=True, mode=0o755)
    people = ctx.lake.read(PEOPLE)
    save = type(people.write).save

    def looked_at(writer: object, path: str) -> None:
        seen.append((tmp_path / "other" / "vault").stat().st_mode & 0o777)
        save(writer, path)

    monkeypatch.setattr(type(people.write), "save", looked_at)
    umask = os.umask(0o022)
    try:
        lake.overwrite(PEOPLE, people)
    finally:
        os.umask(umask)
    assert seen == [0o700]
    assert (tmp_path / "other" / "vault").stat().st_mode & 0o777 == 0o700
