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

from casework.editions import Edition
from jobs.delivery.workbooks import BadWorkbook, unlocked
from jobs.editions.container import header_of
from jobs.editions.marks import mark_by_stops, marks_in
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.results import digest_of

_PARAGRAPH = re.compile(r"<(t|w:t|text:p)(?:\s[^>]*)?>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LARGEST = 512 << 20
"""Bytes that a workbook or a document may unpack to: a list in full of the whole city has a tenth of it."""
_CODINGS = ("utf-8-sig", "utf-16", "gb18030")


class Origin(NamedTuple):
    """An edition, and by what it is known: bytes, header (of a container, as it stands), mark, stops."""

    edition: Edition
    by: str


def origin_of(path: Path, register: Sequence[Edition]) -> Origin | None:
    """Of which edition the file is; null where nothing tells.

    Raises BadConfiguration for one that is locked and not as it was handed out, or not read; for a container whose header somebody has
    changed; and for a copy with the marks of several editions, which it names.
    """
    digest, content = digest_of(path), path.read_bytes()
    if found := next((one for one in register if any(file.sha256 == digest for file in one.files)), None):
        return Origin(found, "bytes")
    if header := header_of(content):
        found = next((one for one in register if one.number == header.number), None)
        said = (header.recipient, header.purpose, header.expires_on)
        if found is not None and said != (found.recipient, found.purpose, found.expires_on):
            raise BadConfiguration(
                f"The header of {path} was changed: it names edition {header.number}, and for it another recipient, purpose or last day than "
                "the register. Whose it was it does not tell."
            )
        return Origin(found, "header") if found else None
    by_mark = {one.mark: one for one in register}
    texts = _read(path, content)
    if several := {mark for text in texts for mark in marks_in(text)} & by_mark.keys():
        marked = sorted((by_mark[mark] for mark in several), key=lambda one: one.number)
        if len(marked) > 1:
            raise BadConfiguration(
                f"{path} was put together of several editions, whose marks are all in it: "
                f"{'; '.join(f'{one.number} for {one.recipient}' for one in marked)}."
            )
        return Origin(marked[0], "mark")
    by_stops = mark_by_stops((line for text in texts for line in text.split("\n")), by_mark)
    return Origin(by_mark[by_stops], "stops") if by_stops else None


def _read(path: Path, content: bytes) -> list[str]:
    """Its texts. Raises BadConfiguration where it cannot be read: that is not the same as a copy without marks."""
    try:
        return list(_texts(path, content))
    except (BadConfiguration, MemoryError):
        raise
    except BadWorkbook as error:
        raise BadConfiguration(f"{path} is not read: {error.why.en}.") from error
    except Exception as error:  # bytes that anybody may have made: readers of PDF, zip and OLE raise dozens of things
        raise BadConfiguration(
            f"{path} is not read ({type(error).__name__}): it is damaged, or locked. Save it again, or name another copy."
        ) from error


def _texts(path: Path, content: bytes) -> Iterator[str]:
    """What the file holds, cell by cell where it has cells, paragraph by paragraph, or page by page; else line by line."""
    if content.startswith(b"%PDF"):
        book = PdfReader(io.BytesIO(content))
        yield (book.metadata and book.metadata.keywords) or ""
        yield from (page.extract_text() for page in book.pages)
        return
    opened = unlocked(path)
    content = opened.getvalue() if isinstance(opened, io.BytesIO) else content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
                raise BadConfiguration(f"{path} is not read: it unpacks to more than {_LARGEST:,} bytes.")
            for name in archive.namelist():
                if name.endswith(".xml"):
                    xml = archive.read(name).decode(errors="replace")
                    yield from (unescape(_TAG.sub("", found[2])) for found in _PARAGRAPH.finditer(xml))
                    yield xml if "<cp:keywords" in xml or "<meta:keyword" in xml else ""
    else:
        text = _decoded(content)
        head = text[:1000]
        delimiter = max(",;\t", key=head.count)
        try:
            yield from [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]
        except csv.Error:  # a cell of more than 128 KB, which a quote that nothing closes makes, too
            yield from text.splitlines()


def _decoded(content: bytes) -> str:
    for coding in _CODINGS:
        try:
            return content.decode(coding)
        except UnicodeError:
            continue
    return content.decode("utf-8", errors="replace")
