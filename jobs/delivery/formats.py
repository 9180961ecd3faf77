"""What a delivered file is, found in its bytes: a suffix says only what somebody typed."""

from __future__ import annotations

import codecs
import re
import zipfile
from enum import Enum
from pathlib import Path

from jobs.delivery.packages import plain_name

Source = Path | zipfile.Path
"""A file, or one inside an archive."""

_SAMPLE = 64 * 1024
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_LETTER = "WordDocument".encode("utf-16-le")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ")
_DOCUMENTS = (b"%PDF", b"{\\rtf")
_DBASE = re.compile(rb"[\x03\x30\x31\x32\x83\x8b\xf5].[\x01-\x0c][\x01-\x1f].{4}.[\x00-\x7f].[\x00-\x7f]", re.DOTALL)
"""Kind, year, month and day of the last change, number of rows, length of the header and of a row."""
UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LATIN = re.compile(r"[\x01-~]")
_CHINESE = re.compile(r"[\u00a0-\u00ff\u2000-\u2fdf\u3000-\u303f\u4e00-\u9fff\ue000-\ufaff\ufe00-\ufe0f\ufeff\uff00-\uffef]")
"""Characters of Chinese texts, and what is left in them unseen."""
_MARKUP = re.compile(rb"\s*(?:<(?:!doctype|\?xml|html|head|meta|style|body|div|table)\b|mime-version:)", re.IGNORECASE)
_CONTROLS = bytes(set(range(0x20)) - set(b"\x00\t\n\v\f\r\x1a"))  # what text holds at most by damage


def utf16_of(head: bytes) -> str:
    """The name of the UTF-16 that a text begins in; empty for other encodings. Without a mark it is known by what it says in it:
    a text has what parts its cells and lines, Latin signs, and all but a few of the others are Chinese."""
    if head.startswith(UTF16_BOMS):
        return "utf-16"
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head[:4096].decode(encoding, errors="ignore")
        latin = len(_LATIN.findall(text))
        if latin > max(1, len(text) // 20) and latin + len(_CHINESE.findall(text)) > len(text) * 9 // 10:
            return encoding
    return ""


class Format(Enum):
    """What is read, and of what is not, the code of the remark that says why."""

    TEXT = "text"
    WORKBOOK = "workbook"
    EMPTY = "empty_file"
    OLD_WORKBOOK = "old_workbook"
    LOCKED_WORKBOOK = "locked_workbook"
    OPEN_DOCUMENT = "open_document"
    BINARY_WORKBOOK = "binary_workbook"
    DBASE = "dbase_file"
    WEB_PAGE = "web_page"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    OTHER = "other_format"


SUFFIXES = {
    Format.TEXT: (".csv", ".txt", ".tsv"),
    Format.WORKBOOK: (".xlsx", ".xlsm"),
    Format.BINARY_WORKBOOK: (".xlsb",),
    Format.OLD_WORKBOOK: (".xls", ".et"),
    Format.OPEN_DOCUMENT: (".ods",),
    Format.DBASE: (".dbf",),
    Format.LOCKED_WORKBOOK: (".xlsx", ".xlsm", ".xls", ".et"),
}


def format_of(path: Source) -> Format:
    """Raises OSError when the file cannot be read."""
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
        is_all = len(head) < _SAMPLE
        if head.startswith(OLE):
            content = head + stream.read()
            if _LOCKED in content:
                return Format.LOCKED_WORKBOOK
            return Format.DOCUMENT if _LETTER in content else Format.OLD_WORKBOOK
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_archive(path)
    if head.startswith(_ARCHIVES):
        return Format.ARCHIVE
    if head.startswith(_DOCUMENTS):
        return Format.DOCUMENT
    if is_dbase(head):  # the widths of its columns, 9 or 10 and a NUL, look like a text of two bytes a character
        return Format.DBASE
    if encoding := utf16_of(head):
        head = head.decode(encoding, errors="ignore").encode()
    head = head.removeprefix(codecs.BOM_UTF8)
    if is_all and not head.strip(b"\x00 \t\r\n"):
        return Format.EMPTY
    if _MARKUP.match(head):
        return Format.WEB_PAGE
    plain = head.translate(None, _CONTROLS)
    is_binary = (len(head) - len(plain)) * 20 > len(head) and not _is_decodable(plain)
    return Format.OTHER if is_binary else Format.TEXT


def is_dbase(head: bytes) -> bool:
    return _DBASE.match(head) is not None and bytes(8) in head[12:32]


def _is_decodable(sample: bytes) -> bool:
    """Whether all of it is text, but for a character that the end of the sample cuts: some programs put controls before cells."""
    return any(len(sample) - len(sample.decode(encoding, "ignore").encode(encoding)) <= 3 for encoding in ("utf-8", "gb18030"))


def _of_archive(path: Source) -> Format:
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            names = {plain_name(name) for name in archive.namelist()}
    except Exception:  # zipfile raises many things; opening it will tell which
        return Format.ARCHIVE if path.suffix.lower() == ".zip" else Format.WORKBOOK
    if "xl/workbook.bin" in names:
        return Format.BINARY_WORKBOOK
    if any(name.startswith("xl/") for name in names):
        return Format.WORKBOOK
    if {"mimetype", "content.xml"} <= names:
        return Format.OPEN_DOCUMENT
    return Format.DOCUMENT if "word/document.xml" in names else Format.ARCHIVE
