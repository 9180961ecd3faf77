"""Local paths are data: what each engine and MLflow must be given so that a path means just the folder of that name."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from functools import cache
from pathlib import Path
from urllib.parse import unquote_to_bytes

from jobs.runtime.errors import BadConfiguration
from jobs.runtime.session import EMBEDDED

_PLAIN = re.compile(r"[A-Za-z0-9/._-]+")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def local_folder(root: str) -> Path | None:
    """The folder of this machine that a lake's root names, as a path or as a file: URI; null for any other URI.

    Raises BadConfiguration for a file: URI of another machine, and for a name that no console could show.
    """
    if root.startswith("file:"):
        path = re.sub(r"^file:(//(localhost)?(?=/))?", "", root)
        if not path.startswith("/") or path.startswith("//"):
            raise BadConfiguration(f"The lake {root} is not of this machine. Expected file:///FOLDER, or the folder's path.")
        root = os.fsdecode(unquote_to_bytes(path))
    elif _URI.match(root):
        return None
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in root):
        raise BadConfiguration(
            f"The folder {root!r} has a control character, or bytes that are no UTF-8, in its name. Name another, or rename it."
        )
    return Path(root).absolute()


def is_known_to_deltalake(folder: Path) -> bool:
    """Does deltalake 1.6 read the folder of that name? It takes two characters for escapes."""
    return not set("%\\") & set(str(folder))


def address(folder: Path, engine: str) -> str:
    """The folder as the engine must be given it, to read, to write and to put names of tables behind it."""
    return str(plain_name(folder)) if engine == EMBEDDED else f"file://{folder.absolute()}"


def plain_name(folder: Path) -> Path:
    """The folder under a name of letters, digits and `._-` alone: its own, or that of a link to it, kept while the process runs.

    Sail 0.7.2 takes `[1]`, `?`, `*` and `{}` for patterns and escapes blanks and Chinese twice, so that it writes beside the
    folder; SQLAlchemy and MLflow take `%`, `#` and `?` for parts of a URI. The folder is made: nothing is written through a
    link to none.
    """
    folder = folder.absolute()
    if _PLAIN.fullmatch(str(folder)):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    return _link_to(folder)


@cache
def _link_to(folder: Path) -> Path:
    link = Path(tempfile.mkdtemp(dir=_links().name)) / "folder"
    link.symlink_to(folder, target_is_directory=True)
    return link


@cache
def _links() -> tempfile.TemporaryDirectory[str]:
    """A folder of this process, removed at its end, with all links."""
    if not _PLAIN.fullmatch(tempfile.gettempdir()):
        raise BadConfiguration(
            f"The folder for temporary files is {tempfile.gettempdir()}. Set TMPDIR to one whose path has letters and digits only."
        )
    return tempfile.TemporaryDirectory(prefix="mingjing-")
