"""Pages as DOCX on A4, for whoever has to change one. The same pages give the same bytes.

What stands on a page is written as WordprocessingML: cell by cell, python-docx needs forty milliseconds a page. It keeps the
package, the sections with their heads and the pictures.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.shape import CT_Inline
from docx.shared import Mm, Pt

from jobs.papers.page import Block, Box, Field, Fields, Grid, Item, Lines, Note, Page
from jobs.papers.qr import qr_of

_WIDTH_MM = 182.0
_CELL, _SMALL, _TITLE = 9.5, 9.0, 18.0
"""Points."""
_FONT = "宋体"
"""Of every Chinese office; other systems take the nearest that they have."""
_QR_MM = 17
_TWIPS_A_MM = 56.6929
_MM_A_POINT = 25.4 / 72
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CENTRED, _GREY = '<w:jc w:val="center"/>', '<w:color w:val="666666"/>'
_SAME_HOUR = (1980, 1, 1, 0, 0, 0)


def docx_of(pages: Sequence[Page], as_of: date) -> bytes:
    """One file, each page in a section of its own, with the number above every sheet of it."""
    book = docx.Document()
    day = datetime(as_of.year, as_of.month, as_of.day)
    book.core_properties.created = book.core_properties.modified = day
    book.core_properties.title, book.core_properties.author = (pages[0].title if pages else ""), ""
    normal = book.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(Page.points)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    body = book.element.body
    for n, page in enumerate(pages):
        section = book.sections[0] if n == 0 else book.add_section()
        if n:  # the paragraph that ends a section has no text and must need no line
            body[-2].get_or_add_pPr().insert(
                0, parse_xml(f'<w:spacing {nsdecls("w")} w:after="0" w:line="20" w:lineRule="exact"/>')
            )
        _set_up(section, page, is_first=n == 0)
        drawn = parse_xml(f"<w:body {nsdecls('w')}>{_head(page)}{''.join(_told(page))}</w:body>")
        *_, beside_title = drawn[0].iter(qn("w:r"))
        beside_title.add_drawing(_picture(book, page, n + 1))
        for element in list(drawn):
            body[-1].addprevious(element)
    return _same_bytes(book)


def _set_up(section: Any, page: Page, *, is_first: bool) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(14)
    section.top_margin, section.bottom_margin = Mm(15), Mm(12)
    section.header_distance = section.footer_distance = Mm(6)
    section.header.is_linked_to_previous = False
    told = f"{page.title}　{page.under}　编号 {page.number}"
    section.header._element[:] = [_one(_paragraph(_run(told, _SMALL, grey=True)))]
    section._sectPr.append(parse_xml(f'<w:pgNumType {nsdecls("w")} w:start="1"/>'))
    if is_first:  # the following sections have the same
        parts = [_run("第 ", _SMALL), _number("PAGE"), _run(" 页", _SMALL)]
        section.footer._element[:] = [_one(_paragraph("".join(parts), centred=True))]


def _head(page: Page) -> str:
    title = _paragraph(_run(page.title, _TITLE, bold=True), centred=True)
    picture = _paragraph("<w:r/>")
    return _table([[title, picture]], (_WIDTH_MM - _QR_MM - 4, _QR_MM + 4), framed=False)


def _told(page: Page) -> Iterator[str]:
    for section in page.sections:
        yield _paragraph(_run(section.heading, page.points, bold=True), before=4, with_next=True)
        for block in section.blocks:
            yield from _drawn(block, page.points)


def _drawn(block: Block, points: float) -> Iterator[str]:
    small, cell = (size * points / Page.points for size in (_SMALL, _CELL))
    match block:
        case Fields(rows):
            for row in rows:
                labels = [small * _MM_A_POINT * len(field.label) + 4.2 for field in row]
                share = (_WIDTH_MM - sum(labels)) / sum(field.share for field in row)
                widths = tuple(w for label, field in zip(labels, row, strict=True) for w in (label, share * field.share))
                cells = [
                    _paragraph(part) for field in row for part in (_run(field.label, small, grey=True), _run(field.text, cell))
                ]
                yield _table([cells], widths)
            yield _paragraph("", thin=True)
        case Grid():
            widths = tuple(_WIDTH_MM * width / sum(block.widths) for width in block.widths)
            drawn = [[_paragraph(_run(text, cell)) for text in row] for row in (block.headings, *block.rows)]
            yield _table(drawn, widths, row_mm=block.row_mm, has_head=True) + _paragraph("", thin=True)
        case Item():
            lines = [(Field("", block.text), points), *((note, small) for note in block.notes)]
            yield _paragraph(_run(block.heading, points, bold=True), with_next=True)
            for n, (note, size) in enumerate(lines, start=1):
                yield _paragraph(_labelled(note, size), with_next=n < len(lines))
        case Note():
            yield _paragraph(_labelled(Field(block.label, block.text), small))
        case Box():
            yield _table([[_paragraph(_run(block.label, small, grey=True))]], (_WIDTH_MM,), row_mm=block.mm) + _paragraph(
                "", thin=True
            )
        case Lines():
            blank = round(84 * Page.points / points) // len(block.labels)
            line = "　".join(f"{label}{'_' * max(8, blank - 2 * len(label))}" for label in block.labels)
            yield _paragraph(_run(line, points), before=round(block.mm * 5 / 3))


def _table(
    rows: Sequence[Sequence[str]], widths: Sequence[float], *, row_mm: int = 0, has_head: bool = False, framed: bool = True
) -> str:
    """rows: cells of paragraphs. Two that follow one another without a paragraph between them are one table to Word."""
    twips = [round(width * _TWIPS_A_MM) for width in widths]
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    drawn = []
    for n, row in enumerate(rows):
        is_head = has_head and n == 0
        height = f'<w:trHeight w:val="{round(row_mm * _TWIPS_A_MM)}"/>' if row_mm and not is_head else ""
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
            for width, cell in zip(twips, row, strict=True)
        )
        drawn.append(f"<w:tr><w:trPr><w:cantSplit/>{height}{'<w:tblHeader/>' if is_head else ''}</w:trPr>{cells}</w:tr>")
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/>{f"<w:tblBorders>{sides}</w:tblBorders>" if framed else ""}'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(drawn)}</w:tbl>"
    )


def _paragraph(runs: str, *, before: int = 0, centred: bool = False, with_next: bool = False, thin: bool = False) -> str:
    line = 'w:line="60" w:lineRule="exact"' if thin else 'w:line="240" w:lineRule="auto"'
    return (
        f"<w:p><w:pPr>{'<w:keepNext/>' if with_next else ''}<w:keepLines/>"
        f'<w:spacing w:before="{before * 20}" w:after="{0 if thin else 20}" {line}/>{_CENTRED if centred else ""}'
        f"</w:pPr>{runs}</w:p>"
    )


def _labelled(note: Field, size: float) -> str:
    return (_run(f"{note.label}：", size, grey=True) if note.label else "") + _run(note.text, size)


def _run(text: str, size: float, *, bold: bool = False, grey: bool = False) -> str:
    look = ("<w:b/>" if bold else "") + (_GREY if grey else "")
    shown = escape(_NO_XML.sub("", text))
    return f'<w:r><w:rPr>{look}<w:sz w:val="{round(size * 2)}"/></w:rPr><w:t xml:space="preserve">{shown}</w:t></w:r>'


def _number(code: str) -> str:
    """A number that the program which opens the file fills in."""
    return f'<w:fldSimple w:instr="{code}">{_run("1", _SMALL)}</w:fldSimple>'


def _one(xml: str) -> Any:
    return parse_xml(xml.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1))


def _picture(book: Any, page: Page, n: int) -> Any:
    """The n-th picture of the file. python-docx numbers them by a search of all that stands there already."""
    image = io.BytesIO()
    qr_of(page.number).save(image, kind="png", scale=4, border=0)
    place, _ = book.part.get_or_add_image(image)
    return CT_Inline.new_pic_inline(n, place, f"{page.number}.png", Mm(_QR_MM), Mm(_QR_MM))


def _same_bytes(book: Any) -> bytes:
    """The package without the hour at which it was packed."""
    packed, again = io.BytesIO(), io.BytesIO()
    book.save(packed)
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _SAME_HOUR), old.read(name), zipfile.ZIP_DEFLATED)
    return again.getvalue()
