"""Whose a copy was: by its bytes, by what it says of itself, and by what is hidden in it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import unescape

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from casework.editions import Edition
from jobs.delivery.workbooks import BadWorkbook, unlocked
from jobs.editions.container import header_of
from jobs.editions.marks import mark_by_stops, marks_in
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.results import digest_of

_PARAGRAPH = re.compile(r"<(t|w:t|text:p)(?:\s[^>]*)?>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_CODINGS = ("utf-8-sig", "utf-16", "gb18030")


class Origin(NamedTuple):
    """An edition, and by what it is known: bytes, header (of a container, as it stands), mark, stops."""

    edition: Edition
    by: str


def origin_of(path: Path, register: Sequence[Edition]) -> Origin | None:
    """Of which edition the file is; null where nothing tells. Raises BadConfiguration for one that is locked and not as it was handed out."""
    digest, content = digest_of(path), path.read_bytes()
    if found := next((one for one in register if any(file.sha256 == digest for file in one.files)), None):
        return Origin(found, "bytes")
    if header := header_of(content):
        return next((Origin(one, "header") for one in register if one.number == header.number), None)
    by_mark = {one.mark: one for one in register}
    texts = list(_texts(path, content))
    if found := next((by_mark[mark] for text in texts for mark in marks_in(text) if mark in by_mark), None):
        return Origin(found, "mark")
    by_stops = mark_by_stops((line for text in texts for line in text.split("\n")), by_mark)
    return Origin(by_mark[by_stops], "stops") if by_stops else None


def _texts(path: Path, content: bytes) -> Iterator[str]:
    """What the file holds, cell by cell where it has cells, paragraph by paragraph, or page by page."""
    if content.startswith(b"%PDF"):
        try:
            book = PdfReader(io.BytesIO(content))
            yield (book.metadata and book.metadata.keywords) or ""
            yield from (page.extract_text() for page in book.pages)
        except PyPdfError as error:
            raise BadConfiguration(f"{path} is not read as PDF. Save it again, or name another copy.") from error
        return
    try:
        opened = unlocked(path)
    except BadWorkbook as error:
        raise BadConfiguration(f"{path} is not read: {error.why.en}.") from error
    content = opened.getvalue() if isinstance(opened, io.BytesIO) else content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                if name.endswith(".xml"):
                    xml = archive.read(name).decode(errors="replace")
                    yield from (unescape(_TAG.sub("", found[2])) for found in _PARAGRAPH.finditer(xml))
                    yield xml if "<cp:keywords" in xml or "<meta:keyword" in xml else ""
    else:
        text = _decoded(content)
        head = text[:1000]
        delimiter = max(",;\t", key=head.count)
        yield from (cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row)


def _decoded(content: bytes) -> str:
    for coding in _CODINGS:
        try:
            return content.decode(coding)
        except UnicodeError:
            continue
    return content.decode("utf-8", errors="replace")
