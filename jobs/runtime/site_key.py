"""The site's key: where it comes from, how it is kept, and that a lake never has another than the one it was made under.

Whoever holds the key can find out every number behind a digest by trying them all; without it, nobody can.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from expectations.contracts.lake import FILES
from jobs.runtime import durable
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake
from jobs.runtime.paths import local_folder

KEY_VARIABLE = "MINGJING_KEY"
_KEY_FILE = ".mingjing_key"
_SHORTEST_KEY = 16
_MADE = re.compile(r"[0-9a-f]{64}")
_FINGERPRINT = "key"
"""Under this name the lake states salt and digest of its key."""


@dataclass(frozen=True)
class SiteKey:
    """The key of all digests, where it came from, and what a person should know of how it was come by."""

    key: str = field(repr=False)
    source: Literal["environment", "file", "made"]
    remarks: tuple[str, ...] = ()


def site_key(lake: Lake) -> SiteKey:
    """The key of all digests: from the environment, or the random one that an earlier run left in the lake's folder, or a new
    one that is kept there.

    The lake keeps a fingerprint of the key that it was made under. Raises BadConfiguration for another, an empty, short or
    damaged key, for none where the lake has had one, and for a lake on a store without one set; nothing is then written.
    """
    given, path = stated_key(lake.root), lake.folder / _KEY_FILE if lake.folder else None
    kept, remarks = _kept(path) if path else (None, ())
    key, fingerprint = given or kept, lake.stated(_FINGERPRINT)
    is_used = fingerprint is not None or lake.exists(FILES)
    if key is None and is_used:
        raise BadConfiguration(
            f"The key of the lake {lake.root} is not there: {path} is missing and {KEY_VARIABLE} is not set. Put the file back "
            f"from a copy or set {KEY_VARIABLE} to the key that the lake was made under; without it, begin anew with another --out."
        )
    if fingerprint is None and is_used and given and kept and given != kept:
        raise BadConfiguration(
            f"The lake {lake.root} has two keys, {KEY_VARIABLE} and {path}, and does not say under which one it was made. "
            f"Unset {KEY_VARIABLE}, or take the file away: under the wrong one, every person id would be new."
        )
    if key is not None and fingerprint is not None and not _fits(key, fingerprint):
        raise BadConfiguration(
            f"The key ({KEY_VARIABLE if given else path}) is not the one that the lake {lake.root} was made under: every person "
            "id would be new, and visited households would be visited again. Set the key that it was made under, or begin anew "
            "with another --out."
        )
    source: Literal["environment", "file", "made"] = "environment" if given else "file" if kept else "made"
    if key is None:
        assert path is not None
        key = _make(path)
        remarks = (
            f"{KEY_VARIABLE} is not set: a random key was made and kept in {path}. Guard it: without it person ids change",
        )
    if fingerprint is None:
        salt = secrets.token_hex(16)
        lake.state(_FINGERPRINT, {"salt": salt, "scrypt": _digest(key, salt)})
        if is_used:
            remarks += (f"The lake {lake.root} kept no fingerprint of its key. That of the present one is kept from now on.",)
    return SiteKey(key, source, remarks)


def stated_key(root: str = ".") -> str | None:
    """The key of the environment; null where none is set. Raises BadConfiguration for one that could be guessed, and for none
    where the lake's root is no folder that could keep one."""
    key = os.environ.get(KEY_VARIABLE)
    if key is not None and len(key.strip()) < _SHORTEST_KEY:
        raise BadConfiguration(
            f"{KEY_VARIABLE} has {len(key.strip())} characters. Expected at least {_SHORTEST_KEY} random ones, such as those "
            "that openssl rand -hex 32 gives; or unset it, and a random key is made and kept in the lake's folder."
        )
    if key is None and local_folder(root) is None:
        raise BadConfiguration(f"The lake {root} needs {KEY_VARIABLE}: a key is not kept on a shared store.")
    return key


def _kept(path: Path) -> tuple[str | None, tuple[str, ...]]:
    """The key that an earlier run left; null where there is no file. A file that others can read is closed, and told."""
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
        is_open = bool(path.stat().st_mode & 0o077)
        if is_open:
            path.chmod(0o600)
    except FileNotFoundError:
        return None, ()
    if not _MADE.fullmatch(text):
        raise BadConfiguration(
            f"{path} holds {len(text)} characters. Expected the 64 hex digits of the key that the lake was made under. Put the "
            f"file back from a copy, or set {KEY_VARIABLE} to that key and take the file away."
        )
    told = f"{path} could be read by others and is closed now (mode 0600). Whoever read it can find out numbers by trying."
    return text, (told,) if is_open else ()


def _make(path: Path) -> str:
    """A new random key, kept whole or not at all: a file cut short by a full disk would pass for a key."""
    key = secrets.token_hex(32)
    durable.replace_text(path, f"{key}\n", 0o600)
    return key


def _digest(key: str, salt: str) -> str:
    """Slow on purpose (64 MiB, a fifth of a second): a fingerprint must not help to guess a key."""
    made = hashlib.scrypt(key.encode(), salt=bytes.fromhex(salt), n=2**16, r=8, p=1, maxmem=2**27, dklen=32)
    return made.hex()


def _fits(key: str, fingerprint: Mapping[str, str]) -> bool:
    return hmac.compare_digest(_digest(key, fingerprint["salt"]), fingerprint["scrypt"])
