"""A table in an archive: the only one is read as if it lay there by itself, and nothing is unpacked; else the way out is told."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.rewritings.other_books import archive_of
from jobs.delivery.archives import BadArchive, opened
from jobs.returns.tables import lines_under

LITTER = {"__MACOSX/._发放.csv": b"\x00\x05", "截图/Thumbs.db": b"x", "~$发放.xlsx": b"x", "目录/": b""}


def zipped(members: dict[str, bytes], *, is_gbk: bool = False) -> bytes:
    """is_gbk: names as Chinese programs write them, in GBK without the flag of UTF-8."""
    written = archive_of({name.encode("gb18030").decode("cp437") if is_gbk else name: member for name, member in members.items()})
    return unflagged(written) if is_gbk else written


def unflagged(written: bytes) -> bytes:
    """Names of cp437 that zipfile, which wrote them in UTF-8, writes again as the bytes that they were."""
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written)) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as plain:
        for entry in archive.infolist():
            fresh = _Plain(entry.filename)
            plain.writestr(fresh, archive.read(entry))
    return copy.getvalue()


class _Plain(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


def bronze(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("_file_id")


@pytest.mark.parametrize("name", ["发放.csv", "目录/发放.csv", "..\\发放.csv", "../../发放.csv", "/发放.csv", "发放"])
@pytest.mark.parametrize("is_gbk", [False, True])
def test_the_only_text_is_read_where_it_lies(delivery: Any, payments: Any, name: str, is_gbk: bool) -> None:
    text = payments.csv(payments.header, *payments.rows(5)).encode("gb18030")
    delivery.add("甲.csv", text)
    delivery.add("乙.zip", zipped({name: text, **LITTER}, is_gbk=is_gbk))
    before = sorted(delivery.folder.parent.rglob("*"))
    assert bronze(delivery.rows("乙.zip")).equals(bronze(delivery.rows("甲.csv")))
    assert {path.name for path in delivery.folder.parent.rglob("*")} - {path.name for path in before} <= {"交接清单.csv"}


def test_a_large_text_is_cut_into_pieces_as_by_itself(delivery: Any, payments: Any, rows_of: Any) -> None:
    text = payments.csv(payments.header, *payments.rows(25_000)).encode()
    delivery.add("甲.csv", text)
    delivery.add("乙.zip", zipped({"发放.csv": text}))
    files = delivery.survey(piece_bytes=800_000)
    assert [len(files[name].pieces) for name in ("甲.csv", "乙.zip")] == [3, 3]
    assert bronze(rows_of(files["乙.zip"])).equals(bronze(rows_of(files["甲.csv"])))


def test_a_workbook_in_an_archive_is_read_like_any_other(delivery: Any, payments: Any) -> None:
    delivery.add_workbook("甲.xlsx", {"一月": [payments.header, payments.row()], "二月": [payments.header, payments.row()]})
    delivery.add("乙.zip", zipped({"发放.xlsx": (delivery.folder / "甲.xlsx").read_bytes()}))
    assert bronze(delivery.rows("乙.zip")).equals(bronze(delivery.rows("甲.xlsx")))


def stating(size: int) -> Callable[[bytes], bytes]:
    """The archive with that size stated for its first file."""

    def changed(content: bytes) -> bytes:
        at = content.index(b"PK\x01\x02") + 24
        return content[:at] + struct.pack("<I", size) + content[at + 4 :]

    return changed


def locked(content: bytes) -> bytes:
    at, central = content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8
    flagged = bytearray(content)
    flagged[at] |= 1
    flagged[central] |= 1
    return bytes(flagged)


TEXT = {"发放.csv": b"a,b\n" * 100}
REFUSED: dict[str, tuple[bytes, str]] = {
    "several": (zipped({"一月.csv": b"a", "二月.csv": b"b"}), "several_in_archive"),
    "nothing": (zipped({}), "empty_archive"),
    "litter alone": (zipped(LITTER), "empty_archive"),
    "a password": (locked(zipped(TEXT)), "locked_archive"),
    "an archive in it": (zipped({"内.zip": zipped(TEXT)}), "archive"),
    "a picture": (zipped({"图.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20}), "other_format"),
    "a letter": (zipped({"说明.pdf": b"%PDF-1.7"}), "document"),
    "more than stated": (stating(100)(zipped(TEXT)), "damaged_archive"),
    "a bomb": (stating((1 << 32) - 2)(zipped(TEXT)), "unpacks_too_large"),
    "cut off": (zipped(TEXT)[:-30], "damaged_archive"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_any_other_archive_is_refused_by_name(delivery: Any, case: str) -> None:
    content, code = REFUSED[case]
    file = delivery.file(delivery.add("甲.zip", content))
    assert (file.status, [told.code for told in file.remarks]) == ("refused", [code])
    assert all(told.mend for told in file.remarks)


@pytest.mark.parametrize("is_gbk", [False, True])
def test_the_names_in_an_archive_are_told_as_they_were_written(delivery: Any, is_gbk: bool) -> None:
    content = zipped({"低保/一月\n.csv": b"a", "二月.csv": b"b"}, is_gbk=is_gbk)
    file = delivery.file(delivery.add("甲.zip", content))
    assert "一月.csv、二月.csv" in file.remarks[0].zh


def test_a_limit_of_unpacking_holds_for_the_only_file(tmp_path: Path) -> None:
    path = tmp_path / "甲.zip"
    path.write_bytes(zipped({"零.csv": bytes(1_000_001)}))
    with pytest.raises(BadArchive) as refused:
        opened(path, largest=1_000_000)
    assert refused.value.why.code == "unpacks_too_large"


def test_what_people_bring_back_may_lie_in_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "反馈.zip"
    path.write_bytes(zipped({"反馈.csv": "线索编号,核查结论\nc1,查是-违规\n".encode()}))
    headers = {"clue_id": ("线索编号",), "verdict": ("核查结论",)}
    assert [dict(line.cells) for line in lines_under(path, headers, list(headers))] == [{"clue_id": "c1", "verdict": "查是-违规"}]
