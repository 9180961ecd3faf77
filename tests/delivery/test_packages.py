"""Workbooks whose parts are named as Excel does not name them: other writers do, and spreadsheets open them all the same."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

Parts = dict[str, bytes]
LINKS, SHEET, STRINGS, BOOK = "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
_MAIN, _STRICT = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"


def target(new: str) -> Callable[[Parts], Parts]:
    """The workbook says that its sheet stands there."""
    return lambda parts: parts | {LINKS: parts[LINKS].replace(b'"worksheets/sheet1.xml"', f'"{new}"'.encode())}


def moved(old: str, new: str, *links: tuple[str, str, str]) -> Callable[[Parts], Parts]:
    """A part under another name, and what leads there. `links`: part, old text, new text."""

    def change(parts: Parts) -> Parts:
        changed = {new if name == old else name: part for name, part in parts.items()}
        for name, before, after in links:
            changed[name] = changed[name].replace(before.encode(), after.encode())
        return changed

    return change


def renamed(new: Callable[[str], str]) -> Callable[[Parts], Parts]:
    return lambda parts: {new(name): part for name, part in parts.items()}


def without(name: str) -> Callable[[Parts], Parts]:
    return lambda parts: {other: part for other, part in parts.items() if other != name}


def prefixed(part: bytes) -> bytes:
    return re.sub(rb"<(/?)(?!\?)(\w)", rb"<\1x:\2", part).replace(b"xmlns=", b"xmlns:x=")


FORMS: dict[str, Callable[[Parts], Parts]] = {
    "a dot": target("./worksheets/sheet1.xml"),
    "the folder above": target("../xl/worksheets/sheet1.xml"),
    "the whole path": target("/xl/worksheets/sheet1.xml"),
    "the path without a slash": target("xl/worksheets/sheet1.xml"),
    "backslashes": target("worksheets\\sheet1.xml"),
    "two slashes": target("worksheets//sheet1.xml"),
    "upper case": target("Worksheets/Sheet1.XML"),
    "a percent sign": target("worksheets%2Fsheet1.xml"),
    "entries in upper case": renamed(str.upper),
    "entries with backslashes": renamed(lambda name: name.replace("/", "\\")),
    "entries that begin with a slash": renamed(lambda name: f"/{name}"),
    "entries that begin with a dot": renamed(lambda name: f"./{name}"),
    "entries in reverse order": lambda parts: dict(reversed(parts.items())),
    "another name of the workbook": lambda parts: moved(
        BOOK, "xl/book2.xml", ("_rels/.rels", "workbook.xml", "book2.xml")
    )(moved(LINKS, "xl/_rels/book2.xml.rels")(parts)),
    "another name of the texts": moved(STRINGS, "xl/strings.xml", (LINKS, "sharedStrings.xml", "strings.xml")),
    "texts without their part's case": moved(STRINGS, "xl/SharedStrings.xml"),
    "another name of the styles": moved("xl/styles.xml", "xl/style/s.xml", (LINKS, '"styles.xml"', '"style/s.xml"')),
    "no list of types": without("[Content_Types].xml"),
    "no link to the workbook": without("_rels/.rels"),
    "no styles": without("xl/styles.xml"),
    "another prefix": lambda parts: parts | {name: prefixed(parts[name]) for name in (LINKS, SHEET, BOOK, STRINGS)},
    "a mark at the beginning": lambda parts: {name: b"\xef\xbb\xbf" + part for name, part in parts.items()},
    "no dimension": lambda parts: parts | {SHEET: re.sub(rb"<dimension [^>]*/>", b"", parts[SHEET])},
    "a dimension too small": lambda parts: parts | {SHEET: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', parts[SHEET])},
    "a dimension too large": lambda parts: parts | {SHEET: re.sub(rb'ref="A1:[^"]*"', b'ref="A1:XFD1048576"', parts[SHEET])},
    "the strict standard": lambda parts: {
        name: part.replace(_MAIN + b"spreadsheetml/2006/main", _STRICT + b"spreadsheetml/main").replace(
            _MAIN + b"officeDocument/2006/relationships", _STRICT + b"officeDocument/relationships"
        )
        for name, part in parts.items()
    },
    "texts in runs, with their reading": lambda parts: parts
    | {STRINGS: re.sub(rb"<t>(\w[^<]*)</t>", rb'<r><rPr><b/></rPr><t>\1</t></r><rPh sb="0" eb="1"><t>PH</t></rPh>', parts[STRINGS])},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_workbook_is_read_whatever_its_parts_are_named(delivery: Any, payments: Any, form: str) -> None:
    table = [payments.header, payments.row(), payments.row(name="李四")]
    usual = delivery.add_workbook("册.xlsx", {"表": table, "说明": [["见表"]]})
    with zipfile.ZipFile(delivery.folder / usual) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in FORMS[form](parts).items():
            archive.writestr(name, part)
    assert content.getvalue() != (delivery.folder / usual).read_bytes()
    expected = delivery.rows(usual).drop("_file_id")
    delivery.lines.clear()
    assert delivery.rows(delivery.add("异.xlsx", content.getvalue())).drop("_file_id").equals(expected)
