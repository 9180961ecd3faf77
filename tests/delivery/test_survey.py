"""The fate of each file: one bad file is refused in words and never stops the others."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs.delivery.manifest import read_manifest
from jobs.delivery.survey import SurveyedFile, survey_delivery
from tests.delivery.conftest import Delivery


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
    survey_delivery(delivery.folder, read_manifest(delivery.folder), 1 << 20, lambda: reported.append(1))
    assert len(reported) == 2


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a listed file that is missing": ({"name": "缺.csv", "content": None}, "listed in the manifest, but not there"),
    "a wrong hash": ({"name": "坏.csv", "content": "x", "sha256": "0" * 64}, "the manifest says 000000000000…"),
    "an unknown data set": ({"name": "坏.csv", "content": "x", "data_set": "lottery"}, "unknown data set 'lottery'"),
    "a path that leads out": ({"name": "../外.csv", "content": None}, "the path leads out of the delivery"),
    "an absolute path": ({"name": "/etc/hostname", "content": None}, "the path leads out of the delivery"),
    "other text under the suffix of a workbook": ({"name": "坏.xls", "content": "x"}, "no header of 救助资金发放明细"),
    "other text without a suffix": ({"name": "坏", "content": "x"}, "no header of 救助资金发放明细"),
    "an empty file": ({"name": "空.csv", "content": ""}, "an empty file"),
    "a file of blank lines": ({"name": "空.csv", "content": "\n\n\n"}, "an empty file"),
    "a text without a header": ({"name": "坏.csv", "content": "张三,420292\n"}, "no header of 救助资金发放明细"),
    "other text under .xlsx": ({"name": "坏.xlsx", "content": "x"}, "no header of 救助资金发放明细"),
    "an empty workbook": ({"name": "坏.xlsx", "content": ""}, "an empty file"),
    "the folder itself": ({"name": ".", "content": None}, "not a file, but a folder"),
    "no name": ({"name": "", "content": None}, "but not there"),
    "a name that no file can have": ({"name": "a" * 300 + ".csv", "content": None}, "but not there"),
    "no day": (
        {"name": "坏.csv", "content": "x", "extract_date": "年底"},
        "the manifest's extract date is '年底'; expected a day such as 2017-12-31",
    ),
    "an empty day": ({"name": "坏.csv", "content": "x", "extract_date": ""}, "the manifest's extract date is ''"),
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


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut off": (lambda content: content[: len(content) // 2], "a damaged workbook"),
    "overwritten": (lambda content: content[:1000] + bytes(200) + content[1200:], "a damaged workbook"),
    "another archive": (lambda _: zipped(readme="no workbook"), "no header"),
    "an old binary workbook": (lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "a damaged workbook"),
    "a password": (
        lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "a damaged workbook",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_corrupt_workbook_is_refused(delivery: Any, payments: Any, good: str, damage: str) -> None:
    whole = delivery.add_workbook("全.xlsx", {"表": [payments.header, payments.row()]})
    spoil, reason = DAMAGE[damage]
    content = spoil((delivery.folder / whole).read_bytes())
    delivery.add("坏.xlsx", content)
    files = delivery.survey()
    assert (files[whole].status, files[good].status) == ("accepted", "accepted")
    assert files["坏.xlsx"].status == "refused"
    assert reason in files["坏.xlsx"].reason
    assert str(delivery.folder) not in files["坏.xlsx"].reason


def test_a_missing_required_column_names_the_column_and_the_headers_found(delivery: Any, payments: Any, good: str) -> None:
    rest = [name for name in payments.header if name != "发放金额"]
    delivery.add("坏.csv", payments.csv(rest, ["x"] * 12))
    delivery.add_workbook("坏.xlsx", {"一月": [list(rest)]})
    files = delivery.survey()
    reason = f"required column 发放金额 is missing; headers found: {'、'.join(rest)}"
    assert fate(files["坏.csv"]) == ("refused", reason)
    assert fate(files["坏.xlsx"]) == ("refused", reason)
    assert files[good].status == "accepted"


def test_a_file_that_the_manifest_does_not_list_is_refused(delivery: Any, payments: Any, good: str) -> None:
    (delivery.folder / "县").mkdir()
    (delivery.folder / "县" / "多.csv").write_text(payments.csv(payments.header, payments.row(name="李四")))
    (delivery.folder / "~$好.xlsx").write_text("the lock file of an open workbook is no data")
    files = delivery.survey()
    assert set(files) == {good, "县/多.csv"}
    assert fate(files["县/多.csv"]) == ("refused", "not listed in the manifest")


@pytest.mark.parametrize("name", ["./县/甲.csv", "县//甲.csv", "县\\甲.csv"])
def test_a_listed_name_may_be_spelt_in_any_way_that_names_the_file(delivery: Any, payments: Any, name: str) -> None:
    delivery.add(name, payments.csv(payments.header, payments.row()))
    assert [file.status for file in delivery.survey().values()] == ["accepted"]


def test_a_name_with_a_control_is_kept_without_it(delivery: Any, good: str) -> None:
    delivery.add("a\0\x1b[31m.csv", None)
    files = delivery.survey()
    assert fate(files["a[31m.csv"]) == ("refused", "listed in the manifest, but not there")
    assert files[good].status == "accepted"


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


NO_FILES: dict[str, Callable[[Path], object]] = {
    "a folder": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(path),
    "a socket": _socket,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("fehlt.csv"),
}
NO_FILE = ("refused", "not a file, but a folder, a pipe, a device or a link that leads nowhere")


@pytest.mark.parametrize("kind", NO_FILES)
@pytest.mark.parametrize("is_listed", [True, False])
def test_what_is_no_file_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, payments: Any, kind: str, is_listed: bool
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    delivery = Delivery(Path("."))
    good = delivery.add("好.csv", payments.csv(payments.header, payments.row()))
    NO_FILES[kind](Path("坏.csv"))
    if is_listed:
        delivery.add("坏.csv", None, sha256="ab" * 32)
    files = delivery.survey()
    assert files.pop(good).status == "accepted"
    assert {name: fate(file) for name, file in files.items()} == (
        {} if kind == "a folder" and not is_listed else {"坏.csv": NO_FILE}
    )


def test_a_device_is_not_read(delivery: Any, good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (delivery.folder / "零.csv").symlink_to("/dev/zero")
    delivery.add("零.csv", None)
    assert fate(delivery.survey()["零.csv"]) == ("refused", "the path leads out of the delivery")


def test_folders_that_hold_each_other_end(delivery: Any, good: str) -> None:
    (delivery.folder / "县").mkdir()
    (delivery.folder / "县" / "回").symlink_to("..", target_is_directory=True)
    delivery.add("县/回/县/回/好.csv", None, sha256=delivery.lines[0][-1])
    files = delivery.survey()
    assert files["县/回/县/回/好.csv"].status == "accepted"
    assert fate(files["县/回"]) == NO_FILE


def test_a_name_on_the_disk_that_is_no_text_is_told_in_text(delivery: Any, good: str) -> None:
    for name in (os.fsdecode("甲.csv".encode("gb18030")), "a\x1b[31m\n.csv"):
        (delivery.folder / name).write_text("x")
    files = delivery.survey()
    assert set(files) == {good, "\ufffd\ufffd.csv", "a\ufffd[31m\ufffd.csv"}
    for file in files.values():
        assert file.entry.file_name.isprintable()


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


def test_unknown_headers_are_reported(delivery: Any, payments: Any) -> None:
    delivery.add("甲.csv", payments.csv([*payments.header, "备注", ""], [*payments.row(), "x", ""]))
    file = delivery.file("甲.csv")
    assert fate(file) == ("accepted", "unknown columns kept aside: 备注")
    assert [told.code for told in file.remarks] == ["unknown_columns"]


def test_columns_of_one_field_are_told_with_the_one_that_was_read(delivery: Any, payments: Any) -> None:
    header = ["实发金额" if name == "发放金额" else name for name in payments.header]
    rows = [["金额", "户编号", *header, "备注"], ["999.00", "7", *payments.row(), "x"]]
    delivery.add("甲.csv", payments.csv(*rows))
    delivery.add_workbook("册.xlsx", {"一月": rows, "二月": rows[:1] + rows[1:] * 2})
    for name in ("甲.csv", "册.xlsx"):
        file = delivery.file(name)
        assert [(told.code, *dict(told.details).values()) for told in file.remarks] == [
            ("unknown_columns", "备注"),
            ("same_field", "发放金额", "实发金额", "金额"),
            ("same_field", "证号", "证号", "户编号"),
        ]
        assert set(delivery.rows(name)["amount"]) == {"640.00"}


def test_unknown_headers_of_several_sheets_are_told_once(delivery: Any, payments: Any) -> None:
    rows = [[*payments.header, "备注"], [*payments.row(), "x"]]
    delivery.add_workbook("册.xlsx", {"一月": rows, "二月": [[*payments.header, "备注", "说明"], [*payments.row(), "x", "y"]]})
    assert fate(delivery.file("册.xlsx")) == ("accepted", "unknown columns kept aside: 备注、说明")


def test_the_survey_keeps_every_file_and_judges_each_by_itself(delivery: Any, payments: Any) -> None:
    """Which of the same bytes counts, and which extract, is for the ledger to say: see test_ledger."""
    content = payments.csv(payments.header, payments.row())
    delivery.add("甲.csv", content)
    delivery.add("甲.csv", content)
    delivery.add("乙.csv", content)
    delivery.write_manifest()
    files = survey_delivery(delivery.folder, read_manifest(delivery.folder), 1 << 20)
    assert [(file.entry.file_name, file.status, len(file.pieces)) for file in files] == [
        ("乙.csv", "accepted", 1),
        ("甲.csv", "accepted", 1),
        ("甲.csv", "accepted", 1),
    ]
    assert len({file.file_id for file in files}) == 1


def test_sheets_without_a_header_are_passed_over(delivery: Any, payments: Any) -> None:
    sheets = {
        "说明": [["本表由民政局报送"]],
        "一月": [payments.header, payments.row()],
        "空": [],
        "二月": [payments.header, payments.row()],
    }
    delivery.add_workbook("册.xlsx", sheets)
    assert [piece.sheet for piece in delivery.file("册.xlsx").pieces] == ["一月", "二月"]


def test_a_sheet_without_a_header_goes_on_with_the_table_before(delivery: Any, payments: Any) -> None:
    first, second = payments.row(), payments.row(name="李四")
    name = delivery.add_workbook("甲.xlsx", {"一": [payments.header, first], "二": [second]}, rows="2")
    assert [found.code for found in delivery.file(name).remarks] == ["continued_sheets"]
    rows = delivery.rows(name).select("_sheet", "_row", "_fate", "name").rows()
    assert rows == [("一", 2, "accepted", "张三"), ("二", 1, "accepted", "李四")]


def test_a_sheet_goes_on_below_a_title_and_a_blank_row(delivery: Any, payments: Any) -> None:
    first, second = payments.row(), payments.row(name="李四")
    name = delivery.add_workbook("甲.xlsx", {"一": [payments.header, first], "二": [["发放表（续）"], [], second]}, rows="2")
    assert [found.code for found in delivery.file(name).remarks] == ["continued_sheets"]
    rows = delivery.rows(name).select("_sheet", "_row", "_fate", "name").rows()
    assert [row for row in rows if row[2] != "skipped"] == [("一", 2, "accepted", "张三"), ("二", 3, "accepted", "李四")]


@pytest.mark.parametrize(
    "other", [[["填表说明"], ["1. 请按统一口径填报。"]], [["甲", "乙", "丙"]], [["代码", "名称"], ["1", "正常"]]]
)
def test_a_sheet_that_is_no_part_of_the_table_is_named(delivery: Any, payments: Any, other: list[list[object]]) -> None:
    name = delivery.add_workbook("甲.xlsx", {"一": [payments.header, payments.row()], "其他": other})
    [found] = delivery.file(name).remarks
    assert (found.code, dict(found.details)) == ("unread_sheets", {"sheets": "其他"})
    assert len(delivery.rows(name)) == 1


def test_a_sheet_that_is_another_ones_copy_counts_once(delivery: Any, payments: Any) -> None:
    table = [payments.header, payments.row(), payments.row(name="李四")]
    name = delivery.add_workbook(
        "甲.xlsx", {"一": table, "一 (2)": table, "二": [payments.header, payments.row(name="王五")]}, rows="3"
    )
    [found] = delivery.file(name).remarks
    assert (found.code, dict(found.details)) == ("copied_sheets", {"sheets": "一 (2)"})
    told = delivery.rows(name).select("_sheet", "_fate", "_reason").rows()
    copied = [("一 (2)", "skipped", "copy of a sheet")] * 2
    assert told == [*[("一", "accepted", None)] * 2, *copied, ("二", "accepted", None)]
