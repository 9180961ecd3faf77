"""A table in an archive (.zip): the only file that the archive holds, read where it lies.

Nothing is ever unpacked to a disk, so that no name in an archive leads anywhere.
"""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from jobs.delivery.formats import Format, Source, format_of
from jobs.delivery.remarks import Remark, remark

LARGEST_MEMBER = 2 << 30
"""Bytes that the file may unpack to."""
_BLOCK = 1 << 20
_LITTER = ("~$", "__MACOSX", ".DS_Store", "._")
_OF_SYSTEMS = ("thumbs.db", "desktop.ini")


class BadArchive(Exception):
    """An archive of which nothing is read, and why."""

    def __init__(self, why: Remark) -> None:
        super().__init__(why.en)
        self.why = why


def opened(path: Path, largest: int = LARGEST_MEMBER) -> tuple[Source, str, Format]:
    """The file, or the only one that its archive holds; that one's name in the archive, empty without one; and what it is.

    Raises BadArchive, and OSError where the file cannot be read.
    """
    found = format_of(path)
    if found is not Format.ARCHIVE or not _is_zip(path):
        return path, "", found
    try:
        name = _only_file(path, largest)
        return member(path, name), name, format_of(member(path, name))
    except (BadArchive, OSError):
        raise
    except Exception as error:  # broken bytes make zipfile and zlib raise many things, an unknown way of packing one more
        raise BadArchive(remark("damaged_archive", why=(str(error).splitlines() or [type(error).__name__])[0][:80])) from error


def member(path: Path, name: str) -> Source:
    """The file of that name in the archive; the file itself where the name is empty."""
    return zipfile.Path(path, name) if name else path


def _is_zip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"PK"


def _only_file(path: Path, largest: int) -> str:
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_litter(entry.filename)]
        if len(entries) != 1:
            names = "、".join(map(_readable, entries[:5])) + "…" * (len(entries) > 5)
            raise BadArchive(
                remark("several_in_archive", number=len(entries), names=names) if entries else remark("empty_archive")
            )
        (entry,) = entries
        if entry.flag_bits & 1:
            raise BadArchive(remark("locked_archive"))
        if entry.file_size > largest:
            raise BadArchive(remark("unpacks_too_large", limit=f"{largest:,}"))
        with archive.open(entry) as stream:  # at most the stated size; the sum at its end tells whether all of it is there
            while stream.read(_BLOCK):
                pass
    return entry.filename


def _is_litter(name: str) -> bool:
    """What programs leave behind in an archive."""
    parts = PurePosixPath(name.replace("\\", "/")).parts or (name,)
    return any(part.startswith(_LITTER) for part in parts) or parts[-1].lower() in _OF_SYSTEMS


def _readable(entry: zipfile.ZipInfo) -> str:
    """The name as its department wrote it: Chinese programs write GBK without saying so, and zipfile takes it for cp437."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        name = name.encode("cp437", errors="replace").decode("gb18030", errors="replace")
    return "".join(filter(str.isprintable, PurePosixPath(name.replace("\\", "/")).name))
