"""Files of other programs than Excel of today: .xls, .ods as LibreOffice and WPS write it, .dbf, and archives. Cells are texts."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import xlwt

Lines = Mapping[str, Sequence[Sequence[str]]]
"""The rows of each sheet."""
_OF = "urn:oasis:names:tc:opendocument:xmlns"
_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NO_XML = dict.fromkeys({*range(0x20)} - {0x09, 0x0A, 0x0D})
"""Controls that XML has no way to write."""
MARK = "<table:"
"""A cell that begins so is written as it is: an element of its own."""


def old_workbook(sheets: Lines) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    for name, lines in sheets.items():
        sheet = book.add_sheet(name)
        for r, line in enumerate(lines):
            for c, cell in enumerate(line):
                if cell:
                    sheet.write(r, c, cell)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def open_document(sheets: Lines, styles: str = "", of_table: str = "") -> bytes:
    """styles: automatic ones; of_table: attributes of each table."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}" {of_table}>{"".join(map(_row, lines))}</table:table>'
        for name, lines in sheets.items()
    )
    spaces = " ".join(f'xmlns:{name}="{_OF}:{name}:1.0"' for name in ("office", "table", "text", "style"))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _TYPE)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{_OF}:manifest:1.0"><m:file-entry m:full-path="/" m:media-type="{_TYPE}"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        )
    return content.getvalue()


def database(sheets: Lines) -> bytes:
    """As FoxPro writes it: names cut to ten bytes of GBK, texts filled up with blanks. It holds one plain table."""
    ((names, *rows),) = sheets.values()
    cells = [[cell.encode("gb18030") for cell in row] for row in rows]
    widths = [max((len(row[c]) for row in cells), default=0) or 1 for c in range(len(names))]
    fields = b"".join(
        name.encode("gb18030")[:10].ljust(11, b"\x00") + b"C" + bytes(4) + struct.pack("<H", width) + bytes(14)
        for name, width in zip(names, widths, strict=True)
    )
    begin, width = 32 + len(fields) + 1, 1 + sum(widths)
    head = bytes([3, 118, 1, 8]) + struct.pack("<IHH", len(rows), begin, width) + bytes(20)
    records = (b" " + b"".join(map(bytes.ljust, row, widths)) for row in cells)
    return head + fields + b"\r" + b"".join(records) + b"\x1a"


def archive_of(members: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def _row(cells: Sequence[str]) -> str:
    return f"<table:table-row>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(cell: str) -> str:
    if not cell:
        return "<table:table-cell/>"
    if cell.startswith(MARK):
        return cell
    written = escape(cell.translate(_NO_XML))
    return f'<table:table-cell office:value-type="string"><text:p>{written}</text:p></table:table-cell>'
