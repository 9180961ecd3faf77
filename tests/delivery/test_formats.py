"""What a file is, is found in its bytes: a table under a wrong suffix is read, anything else is refused with a hint."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jobs.delivery.formats import SUFFIXES, Format, format_of

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as members:
        for name in names:
            members.writestr(name, "x")
    return content.getvalue()


FORMATS: dict[str, tuple[bytes, Format]] = {
    "text": ("姓名,证号\n".encode(), Format.TEXT),
    "text in GB18030": ("姓名,证号\n".encode("gb18030"), Format.TEXT),
    "text in UTF-16": ("姓名\t证号\n".encode("utf-16"), Format.TEXT),
    "text with a few NUL and control characters": (b"a\x00,b\x07\n" + b"c,d\n" * 20, Format.TEXT),
    "text with a control before each cell": ("\x1f姓名,\x1f1\n".encode("gb18030") * 3000, Format.TEXT),
    "text of tildes in UTF-16 without a mark": ("姓名~死亡~纾\n张三~农~繁\n".encode("utf-16-be"), Format.TEXT),
    "text of Hive in UTF-16 without a mark": ("姓名\x01死亡\n张三\x01农\n".encode("utf-16-be"), Format.TEXT),
    "text with a NUL behind each cell": (b"ID\x00,NO\x00,1\n42\x00,17\x00,1\n" * 9, Format.TEXT),
    "text in UTF-16 without a mark": ("姓名,证号,金额\n张三,D1,1\n".encode("utf-16-le"), Format.TEXT),
    "text in UTF-16 without a mark, high bytes first": ("姓名,证号,金额\n张三,D1,1\n".encode("utf-16-be"), Format.TEXT),
    "text that begins like an archive": (b"PK,PN\n", Format.TEXT),
    "text in angle brackets": ("<低保花名册>\n姓名,证号\n".encode(), Format.TEXT),
    "a workbook": (archive("[Content_Types].xml", "xl/workbook.xml"), Format.WORKBOOK),
    "an archive cut off, which may be a workbook": (archive("xl/workbook.xml")[:40], Format.WORKBOOK),
    "no bytes": (b"", Format.EMPTY),
    "a byte order mark": (b"\xef\xbb\xbf", Format.EMPTY),
    "a byte order mark of UTF-16": (b"\xff\xfe", Format.EMPTY),
    "blank lines": (b"\r\n \t\n\n", Format.EMPTY),
    "zeros where a disk was full": (bytes(5000), Format.EMPTY),
    "an old workbook": (OLE + bytes(600), Format.OLD_WORKBOOK),
    "a binary workbook": (archive("xl/workbook.bin", "xl/worksheets/sheet1.bin"), Format.BINARY_WORKBOOK),
    "an open document": (archive("mimetype", "content.xml"), Format.OPEN_DOCUMENT),
    "a database of FoxPro": (
        b"\x30\x11\x0c\x1f" + (3).to_bytes(4, "little") + b"\x48\x01\x20\x00" + bytes(20) + b"NAME",
        Format.DBASE,
    ),
    "a table that begins with tabs": (b"0\t\t\t1\t2\t3\t4\t5\t6\t7\r\n", Format.TEXT),
    "a workbook with a password": (OLE + bytes(100_000) + "EncryptedPackage".encode("utf-16-le"), Format.LOCKED_WORKBOOK),
    "a web page": (b'<html xmlns:o="urn"><table><tr><td>1</td></tr></table>', Format.WEB_PAGE),
    "a table of a web page": (b"\xef\xbb\xbf\n <TABLE border=1><tr>", Format.WEB_PAGE),
    "a web page in UTF-16": ("<table><tr>".encode("utf-16"), Format.WEB_PAGE),
    "a web archive": (b"MIME-Version: 1.0\nContent-Type: multipart/related", Format.WEB_PAGE),
    "XML of a spreadsheet": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        Format.WEB_PAGE,
    ),
    "a PDF": (b"%PDF-1.7\n1 0 obj\n", Format.DOCUMENT),
    "an old letter, of Word or WPS": (OLE + bytes(600) + "WordDocument".encode("utf-16-le"), Format.DOCUMENT),
    "an archive of WinRAR": (b"Rar!\x1a\x07\x00" + bytes(50), Format.ARCHIVE),
    "an archive of 7-Zip": (b"7z\xbc\xaf\x27\x1c" + bytes(50), Format.ARCHIVE),
    "a picture": (b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(3000), Format.OTHER),
    "an archive of texts": (archive("一月.csv"), Format.ARCHIVE),
    "a text document": (archive("word/document.xml"), Format.DOCUMENT),
    "an archive of nothing": (archive(), Format.ARCHIVE),
}

OPENED = ("an archive of texts", "an archive of nothing")
"""Archives that are looked into: tests/delivery/test_archives.py."""


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_shows_in_the_bytes(tmp_path: Path, name: str) -> None:
    content, expected = FORMATS[name]
    path = tmp_path / "甲.bin"
    path.write_bytes(content)
    assert format_of(path) is expected


@pytest.mark.parametrize("name", [name for name, (_, found) in FORMATS.items() if found not in SUFFIXES and name not in OPENED])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_is_no_table_is_refused_under_any_suffix(delivery: Any, name: str, suffix: str) -> None:
    content, found = FORMATS[name]
    file = delivery.file(delivery.add("甲" + suffix, content))
    assert (file.status, [told.code for told in file.remarks], file.pieces) == ("refused", [found.value], ())


def test_a_wrong_hash_is_told_before_the_format(delivery: Any) -> None:
    """It may be the transfer that made nothing of the file."""
    file = delivery.file(delivery.add("甲.xlsx", b"", sha256="0" * 64))
    assert [told.code for told in file.remarks] == ["wrong_hash"]


@pytest.mark.parametrize(("suffix", "told"), [(".xlsx", True), (".xls", True), ("", True), (".CSV", False), (".txt", False)])
def test_text_is_read_as_text_under_any_suffix(delivery: Any, payments: Any, suffix: str, told: bool) -> None:
    file = delivery.file(delivery.add("甲" + suffix, payments.csv(payments.header, payments.row())))
    assert file.status == "accepted"
    assert [told.code for told in file.remarks] == ["text_by_content"] * told
    assert delivery.rows("甲" + suffix)["_fate"].to_list() == ["accepted"]


@pytest.mark.parametrize(("suffix", "told"), [(".csv", True), (".xls", True), (".et", True), (".xlsb", True), (".XLSX", False)])
def test_a_workbook_is_read_as_one_under_any_suffix(delivery: Any, payments: Any, suffix: str, told: bool) -> None:
    delivery.add_workbook("甲.xlsx", {"表": [payments.header, payments.row()]})
    name = delivery.add("乙" + suffix, (delivery.folder / "甲.xlsx").read_bytes())
    file = delivery.file(name)
    assert file.status == "accepted"
    assert [told.code for told in file.remarks] == ["workbook_by_content"] * told
    assert delivery.rows(name)["_fate"].to_list() == ["accepted"]
