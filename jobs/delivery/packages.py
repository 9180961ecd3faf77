"""The package of a workbook: which of its parts is what, however its writer has named them."""

from __future__ import annotations

import io
import posixpath
import re
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from jobs.delivery.number_formats import NumberFormat, formats_by_style

_LONGEST_INDEX = 64 * 1024 * 1024
_ROOT, _BOOK = "_rels/.rels", "xl/workbook.xml"
_BLOCK = 1024 * 1024
_ROW = re.compile(rb"<((?:\w+:)?)row[ >/]")
_USUAL = {"styles": "xl/styles.xml", "sharedStrings": "xl/sharedStrings.xml"}
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OF_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Link:
    """A relationship of the workbook: its id, the last word of its type, where it leads, and the part that stands there."""

    id: str
    type: str
    target: str
    part: str


@dataclass(frozen=True)
class Package:
    """Parts by their names in the archive. `sheets`: part by sheet, in the workbook's order; a part that is missing is empty."""

    book: str
    links: tuple[Link, ...]
    sheets: dict[str, str]
    hidden: frozenset[str]
    formats: dict[int, NumberFormat]
    is_1904: bool
    is_usual: bool

    def in_usual_names(self, archive: zipfile.ZipFile, rows: int | None = None) -> io.BytesIO:
        """The same workbook, or one with the first `rows` rows of each sheet alone, under the names that every reader expects."""
        usual = io.BytesIO()
        with zipfile.ZipFile(usual, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            links = []
            for number, link in enumerate(self.links):
                if link.part:
                    name = _USUAL.get(link.type, f"xl/parts/part{number}.xml")
                    if rows is None or link.type != "worksheet":
                        _copy(archive, link.part, copy, name)
                    else:
                        copy.writestr(name, _head(archive, link.part, rows))
                    links.append((link.id, link.type, name.removeprefix("xl/")))
            _copy(archive, self.book, copy, _BOOK)
            copy.writestr(_links_of(_BOOK), _written(links))
            copy.writestr(_ROOT, _written([("rId1", "officeDocument", _BOOK)]))
        usual.seek(0)
        return usual


def plain_name(name: str) -> str:
    """A part's name as another writer might have put it: without a leading slash, . or .., in lower case."""
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/").lower()


def read_package(archive: zipfile.ZipFile) -> Package:
    """Raises KeyError for a package without a workbook, ParseError for one whose index is no XML."""
    names = {plain_name(name): name for name in archive.namelist()}

    def tree(name: str) -> ElementTree.Element:
        with archive.open(names[plain_name(name)]) as stream:
            return ElementTree.fromstring(stream.read(_LONGEST_INDEX))

    root_links = tree(_ROOT) if plain_name(_ROOT) in names else ()
    root = {link.get("Type", "").rpartition("/")[2]: link.get("Target", "") for link in root_links}
    book_name = plain_name(root.get("officeDocument", _BOOK))
    book_name = book_name if book_name in names else _BOOK
    book = tree(book_name)
    folder = posixpath.dirname(book_name)
    links = tuple(
        Link(
            link.get("Id", ""),
            link.get("Type", "").rpartition("/")[2],
            link.get("Target", ""),
            names.get(_resolved(folder, link), ""),
        )
        for link in tree(_links_of(book_name))
        if link.get("TargetMode") != "External"
    )
    parts = {link.id: link.part for link in links}
    sheets, hidden = {}, set()
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        name = sheet.get("name", "")
        sheets[name] = parts.get(next((value for key, value in sheet.items() if key.endswith("}id")), ""), "")
        if sheet.get("state", "visible") != "visible":
            hidden.add(name)
    styles = next((link.part for link in links if link.type == "styles" and link.part), None)
    properties = book.find("{*}workbookPr")
    return Package(
        book=names[book_name],
        links=links,
        sheets=sheets,
        hidden=frozenset(hidden),
        formats=_formats(tree(styles)) if styles else {},
        is_1904=properties is not None and properties.get("date1904") in ("1", "true"),
        is_usual={_BOOK, _ROOT} <= {_as_calamine(name) for name in archive.namelist()} and all(map(_is_usual, links)),
    )


def _written(links: Iterable[tuple[str, str, str]]) -> str:
    """Relationships as XML: ids, last words of their types, targets."""
    written = (
        f"<Relationship Id={quoteattr(name)} Type={quoteattr(f'{_OF_OFFICE}/{kind}')} Target={quoteattr(target)}/>"
        for name, kind, target in links
    )
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{"".join(written)}</Relationships>'


def _links_of(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels"


def _resolved(folder: str, link: ElementTree.Element) -> str:
    target = unquote(link.get("Target", "")).replace("\\", "/")
    return plain_name(target if target.lower().startswith(("/", f"{folder}/")) else f"{folder}/{target}")


def _as_calamine(name: str) -> str:
    return name.replace("\\", "/").lower()


def _is_usual(link: Link) -> bool:
    """Does calamine, which puts xl/ before it, find the part where the link leads?"""
    if link.type not in ("worksheet", *_USUAL) or not link.part:
        return True
    found = link.target.removeprefix("/") if link.target.startswith("/") else f"xl/{link.target}"
    return found.lower() == _as_calamine(link.part) and (link.type == "worksheet" or found.lower() == _USUAL[link.type].lower())


def _copy(archive: zipfile.ZipFile, part: str, copy: zipfile.ZipFile, name: str) -> None:
    with archive.open(part) as source, copy.open(name, "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target)


def _head(archive: zipfile.ZipFile, part: str, rows: int) -> bytes:
    """A sheet's text as if it ended behind the first `rows` rows; all of it where it names none for long."""
    text = b""
    with archive.open(part) as sheet:
        while block := sheet.read(_BLOCK):
            text += block
            begun = next(islice(_ROW.finditer(text), rows, None), None)
            if begun:
                return text[: begun.start()] + b"</%ssheetData></%sworksheet>" % (begun[1], begun[1])
    return text


def _formats(styles: ElementTree.Element) -> dict[int, NumberFormat]:
    codes = {int(code.get("numFmtId", "0")): code.get("formatCode", "") for code in styles.iterfind("{*}numFmts/{*}numFmt")}
    return formats_by_style(codes, [int(style.get("numFmtId", "0")) for style in styles.iterfind("{*}cellXfs/{*}xf")])
