"""The fate of each file: one bad file is refused in words and never stops the others."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from expectations.contracts.deliveries import DATA_SETS
from jobs.delivery.survey import SurveyedFile, survey_delivery


def roster(marker: str) -> str:
    """A roster whose bytes differ by the marker."""
    fields = DATA_SETS["dibao_roster"].fields
    return ",".join(f.header for f in fields) + "\n" + ",".join(marker for _ in fields) + "\n"


def fate(file: SurveyedFile) -> tuple[str, str]:
    return file.status, file.reason


@pytest.fixture
def good(delivery: Any, payments: Any) -> str:
    """A file without fault beside the faulty one: it has to be accepted whatever happens to the other."""
    return str(delivery.add("好.csv", payments.csv(payments.header, payments.row())))


def test_a_good_file_is_accepted_with_its_hash_and_pieces(delivery: Any, good: str) -> None:
    file = delivery.file(good)
    assert fate(file) == ("accepted", "")
    assert file.file_id == hashlib.sha256((delivery.folder / good).read_bytes()).hexdigest()[:16]
    assert [(piece.start, piece.end) for piece in file.pieces] == [(0, (delivery.folder / good).stat().st_size)]


def test_each_listed_file_is_reported_once(delivery: Any, good: str, payments: Any) -> None:
    delivery.add("坏.csv", "x")
    delivery.write_manifest()
    reported: list[int] = []
    survey_delivery(delivery.folder, 1 << 20, lambda: reported.append(1))
    assert len(reported) == 2


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a listed file that is missing": ({"name": "缺.csv", "content": None}, "listed in 交接清单.csv, but not there"),
    "a wrong hash": ({"name": "坏.csv", "content": "x", "sha256": "0" * 64}, "the manifest says 000000000000…"),
    "an unknown data set": ({"name": "坏.csv", "content": "x", "data_set": "lottery"}, "unknown data set 'lottery'"),
    "a path that leads out": ({"name": "../外.csv", "content": None}, "the path leads out of the delivery"),
    "an absolute path": ({"name": "/etc/hostname", "content": None}, "the path leads out of the delivery"),
    "a suffix that is not read": ({"name": "坏.xls", "content": "x"}, "format .xls is not read; deliver .csv or .xlsx"),
    "no suffix": ({"name": "坏", "content": "x"}, "format without suffix is not read"),
    "an empty file": ({"name": "空.csv", "content": ""}, "no header of 救助资金发放明细"),
    "a file of blank lines": ({"name": "空.csv", "content": "\n\n\n"}, "no header of 救助资金发放明细"),
    "a text without a header": ({"name": "坏.csv", "content": "张三,420292\n"}, "no header of 救助资金发放明细"),
    "a workbook of other bytes": ({"name": "坏.xlsx", "content": "x"}, "not a readable workbook"),
    "an empty workbook": ({"name": "坏.xlsx", "content": ""}, "not a readable workbook"),
    "a folder": ({"name": ".", "content": None}, "but not there"),
    "no name": ({"name": "", "content": None}, "but not there"),
    "a name that no file can have": ({"name": "a" * 300 + ".csv", "content": None}, "cannot be read"),
    "a name with a NUL": ({"name": "a\0.csv", "content": None}, "cannot be read"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_faulty_file_is_refused_and_the_good_one_is_not(delivery: Any, good: str, fault: str) -> None:
    listed, reason = REFUSED[fault]
    delivery.add(**listed)
    files = delivery.survey()
    bad = files[listed["name"]]
    assert bad.status == "refused"
    assert reason in bad.reason
    assert bad.pieces == ()
    assert files[good].status == "accepted"


def zipped(**members: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        for name, text in members.items():
            content.writestr(name, text)
    return archive.getvalue()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda content: content[: len(content) // 2],
    "overwritten": lambda content: content[:1000] + bytes(200) + content[1200:],
    "another archive": lambda _: zipped(readme="no workbook"),
    "an encrypted container": lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_corrupt_workbook_is_refused(delivery: Any, payments: Any, good: str, damage: str) -> None:
    whole = delivery.add_workbook("全.xlsx", {"表": [payments.header, payments.row()]})
    content = DAMAGE[damage]((delivery.folder / whole).read_bytes())
    delivery.add("坏.xlsx", content)
    files = delivery.survey()
    assert (files[whole].status, files[good].status) == ("accepted", "accepted")
    assert files["坏.xlsx"].status == "refused"
    assert "not a readable workbook" in files["坏.xlsx"].reason
    assert str(delivery.folder) not in files["坏.xlsx"].reason


def test_a_missing_required_column_names_the_column_and_the_headers_found(delivery: Any, payments: Any, good: str) -> None:
    rest = [name for name in payments.header if name != "发放金额"]
    delivery.add("坏.csv", payments.csv(rest, ["x"] * 12))
    delivery.add_workbook("坏.xlsx", {"一月": [list(rest)]})
    files = delivery.survey()
    reason = f"required column 发放金额 is missing; headers found: {'、'.join(rest)}"
    assert fate(files["坏.csv"]) == ("refused", reason)
    assert fate(files["坏.xlsx"]) == ("refused", f"sheet 一月: {reason}")
    assert files[good].status == "accepted"


def test_a_file_that_the_manifest_does_not_list_is_refused(delivery: Any, payments: Any, good: str) -> None:
    (delivery.folder / "县").mkdir()
    (delivery.folder / "县" / "多.csv").write_text(payments.csv(payments.header, payments.row(name="李四")))
    (delivery.folder / "~$好.xlsx").write_text("the lock file of an open workbook is no data")
    files = delivery.survey()
    assert set(files) == {good, "县/多.csv"}
    assert fate(files["县/多.csv"]) == ("refused", "not listed in 交接清单.csv")


@pytest.mark.parametrize("name", ["./县/甲.csv", "县//甲.csv", "县\\甲.csv"])
def test_a_listed_name_may_be_spelt_in_any_way_that_names_the_file(delivery: Any, payments: Any, name: str) -> None:
    delivery.add(name, payments.csv(payments.header, payments.row()))
    assert [file.status for file in delivery.survey().values()] == ["accepted"]


def test_a_link_that_leads_out_is_refused(delivery: Any, payments: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "外.csv"
    outside.write_text(payments.csv(payments.header, payments.row()))
    (delivery.folder / "链.csv").symlink_to(outside)
    delivery.add("链.csv", None, sha256=hashlib.sha256(outside.read_bytes()).hexdigest())
    assert fate(delivery.file("链.csv")) == ("refused", "the path leads out of the delivery")


def test_a_hash_in_capitals_is_the_same_hash(delivery: Any, payments: Any) -> None:
    content = payments.csv(payments.header, payments.row())
    delivery.add("甲.csv", content, sha256=hashlib.sha256(content.encode()).hexdigest().upper())
    assert delivery.file("甲.csv").status == "accepted"


def test_the_same_bytes_twice_count_once(delivery: Any, payments: Any, rows_of: Callable[[SurveyedFile], pl.DataFrame]) -> None:
    content = payments.csv(payments.header, payments.row())
    delivery.add("乙.csv", content)
    delivery.add("甲.csv", content)
    delivery.add("丙.csv", payments.csv(payments.header, payments.row(name="李四")))  # twin: one name differs
    files = delivery.survey()
    assert {name: file.status for name, file in files.items()} == {
        "丙.csv": "accepted",
        "乙.csv": "accepted",
        "甲.csv": "duplicate",
    }
    assert files["甲.csv"].reason == "the same bytes as 乙.csv"
    assert files["甲.csv"].pieces == ()


def test_a_file_listed_twice_counts_once(delivery: Any, payments: Any) -> None:
    content = payments.csv(payments.header, payments.row())
    delivery.add("甲.csv", content)
    delivery.add("甲.csv", content)
    delivery.write_manifest()
    files = survey_delivery(delivery.folder, 1 << 20)
    assert [file.status for file in files] == ["accepted", "duplicate"]
    assert [len(file.pieces) for file in files] == [1, 0]


def test_a_newer_extract_supersedes_the_older_one_of_its_area_only(delivery: Any) -> None:
    delivery.add("旧.csv", roster("1"), data_set="dibao_roster", area="420292", extract_date="2017-06-30")
    delivery.add("新.csv", roster("2"), data_set="dibao_roster", area="420292", extract_date="2017-12-31")
    delivery.add("新二.csv", roster("3"), data_set="dibao_roster", area="420292", extract_date="2017-12-31")
    delivery.add("邻县.csv", roster("4"), data_set="dibao_roster", area="420293", extract_date="2017-06-30")
    files = delivery.survey()
    assert {name: file.status for name, file in files.items()} == {
        "旧.csv": "superseded",
        "新.csv": "accepted",
        "新二.csv": "accepted",
        "邻县.csv": "accepted",
    }
    assert str(date(2017, 12, 31)) in files["旧.csv"].reason
    assert len(files["旧.csv"].pieces) == 1  # the older extract stays readable


def test_a_refused_newer_extract_supersedes_nothing(delivery: Any) -> None:
    delivery.add("旧.csv", roster("1"), data_set="dibao_roster", extract_date="2017-06-30")
    delivery.add("新.csv", roster("2"), data_set="dibao_roster", extract_date="2017-12-31", sha256="0" * 64)
    assert {name: file.status for name, file in delivery.survey().items()} == {"旧.csv": "accepted", "新.csv": "refused"}


def test_payments_of_many_months_accumulate(delivery: Any, payments: Any) -> None:
    for month in ("01", "02"):
        delivery.add(
            f"{month}.csv", payments.csv(payments.header, payments.row(for_month=f"2017{month}")), extract_date=f"2017{month}28"
        )
    assert {file.status for file in delivery.survey().values()} == {"accepted"}


def test_unknown_headers_are_reported(delivery: Any, payments: Any) -> None:
    delivery.add("甲.csv", payments.csv([*payments.header, "备注", ""], [*payments.row(), "x", ""]))
    assert delivery.file("甲.csv").unknown_headers == ("备注",)


def test_sheets_without_a_header_are_passed_over(delivery: Any, payments: Any) -> None:
    sheets = {
        "说明": [["本表由民政局报送"]],
        "一月": [payments.header, payments.row()],
        "空": [],
        "二月": [payments.header, payments.row()],
    }
    delivery.add_workbook("册.xlsx", sheets)
    assert [piece.sheet for piece in delivery.file("册.xlsx").pieces] == ["一月", "二月"]
