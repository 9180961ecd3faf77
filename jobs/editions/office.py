"""Workbooks and documents of an edition: told and marked on every page, and locked with a password as office programs open them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape, unescape

from msoffcrypto.format.ooxml import OOXMLFile

from jobs.editions.marks import marked, spelt
from jobs.sheets.tables import OFFERS

SUFFIXES = (".xlsx", ".docx")
_TEXT = re.compile(r"(<(?:w:)?t(?: [^>]*)?>)([^<]*)(</(?:w:)?t>)")
_FOOTER = re.compile(r"<headerFooter[^>]*>(.*?)</headerFooter>", re.DOTALL)
_ODD_FOOTER = re.compile(r"<oddFooter>.*?</oddFooter>", re.DOTALL)
_PAGE = re.compile(r"<pageSetup[^>]*/>|<pageMargins[^>]*/>")
_KEYWORDS = re.compile(r"<cp:keywords\s*/>|<cp:keywords>.*?</cp:keywords>", re.DOTALL)
_CHOSEN = frozenset(word for words in OFFERS.values() for word in words)
"""What drop-downs offer is compared when it comes back: it stays as it is."""


@dataclass(frozen=True)
class Signs:
    """note: what stands under every page. mark: in the texts and the keywords. stops: may it change full stops?"""

    note: str
    mark: str
    stops: bool


def told_and_marked(content: bytes, signs: Signs) -> bytes:
    """The package with its signs."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            change = next((change for part, change in _CHANGES if re.fullmatch(part, entry.filename)), None)
            part = old.read(entry)
            new.writestr(entry, change(part.decode(), signs).encode() if change else part, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def locked(content: bytes, password: str) -> bytes:
    """The package under the password (ECMA-376 agile: AES-256, SHA-512)."""
    made = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, made)
    return made.getvalue()


def _texts(xml: str, signs: Signs) -> str:
    def with_mark(found: re.Match[str]) -> str:
        return found[1] + escape(marked(unescape(found[2]), signs.mark, _CHOSEN, stops=signs.stops)) + found[3]

    return _TEXT.sub(with_mark, xml)


def _sheet(xml: str, signs: Signs) -> str:
    """What stands above each page stays; below it, the note, and behind it the number of the page."""
    xml = _texts(xml, signs)  # of cells that hold their text themselves
    footer = f"<oddFooter>&amp;L&amp;8{escape(signs.note.replace('&', '&&'))}&amp;R&amp;9&amp;P / &amp;N</oddFooter>"
    if found := _FOOTER.search(xml):
        head = _ODD_FOOTER.sub("", found[1])
        return xml[: found.start(1)] + head + footer + xml[found.end(1) :]
    *_, last = _PAGE.finditer(xml)
    return xml[: last.end()] + f"<headerFooter>{footer}</headerFooter>" + xml[last.end() :]


def _document_footer(xml: str, signs: Signs) -> str:
    end = xml.rindex("</w:ftr>")
    run = f'<w:r><w:rPr><w:color w:val="666666"/><w:sz w:val="15"/></w:rPr><w:t xml:space="preserve">{escape(signs.note)}</w:t></w:r>'
    return f"{xml[:end]}<w:p>{run}</w:p>{xml[end:]}"


def _properties(xml: str, signs: Signs) -> str:
    xml = _KEYWORDS.sub("", xml)
    end = xml.rindex("</cp:coreProperties>")
    return f"{xml[:end]}<cp:keywords>{spelt(signs.mark)}</cp:keywords>{xml[end:]}"


_CHANGES: tuple[tuple[str, Callable[[str, Signs], str]], ...] = (
    (r"xl/sharedStrings\.xml|word/document\.xml", _texts),
    (r"xl/worksheets/[^/]+\.xml", _sheet),
    (r"word/footer\d*\.xml", _document_footer),
    (r"docProps/core\.xml", _properties),
)
"""By the part's name; all others stay as they are."""
