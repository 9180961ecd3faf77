"""The site's key: where it comes from, how it is kept, and that a lake never has another than the one it is sealed under.

Digests, and with them all ids, are made under the key of the lake, which the lake keeps, sealed under the site's key. Another site's key
seals it anew, and no id changes. Whoever holds both can find out every number behind a digest by trying them all; nobody else can.
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

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Field

from expectations.conf import Conf
from expectations.contracts.lake import FILES
from jobs.cells.digests import DigestName, digest_of_key, key_of
from jobs.runtime import durable
from jobs.runtime.delta_log import LEFT
from jobs.runtime.errors import BadConfiguration, BadStore
from jobs.runtime.lake import Lake
from jobs.runtime.paths import local_folder

KEY_VARIABLE, NEW_KEY_VARIABLE = "MINGJING_KEY", "MINGJING_NEW_KEY"
_KEY_FILE = ".mingjing_key"
_SHORTEST_KEY = 16
_MADE = re.compile(r"[0-9a-f]{64}")
_SEAL = "key"
"""Under this name the lake states its own key, sealed; one of before 0.3 salt and digest of the site's, which was the lake's, too."""
_FOR = b"mingjing lake key"
_NONCE = 12
LakeKeyName = Literal["site", "own"]


class KeyParams(Conf):
    """What the ids of a new lake are made of. A lake keeps both for good: ids follow from them."""

    digest: DigestName = Field(description="of numbers, names and accounts")
    of_lake: LakeKeyName = Field(
        description="site: the site's key at the lake's first run, so that lakes under the same one have the same ids; own: a random one, "
        "so that who has a site's key that was replaced can find out nothing"
    )


@dataclass(frozen=True)
class SiteKey:
    """The key of all digests, where the site's key that opens it came from, and what a person should know of how it was come by."""

    key: str = field(repr=False)
    source: Literal["environment", "file", "made"]
    remarks: tuple[str, ...] = ()


def site_key(lake: Lake, params: KeyParams) -> SiteKey:
    """The key of all digests, opened with the site's: that of the environment, or the random one that an earlier run left in the lake's
    folder, or a new one that is kept there.

    Raises BadConfiguration for another key than the lake is sealed under, an empty, short or damaged one, for none where the lake has had
    one, for a lake on a store without one set, and for another digest than the lake's; nothing is then written.
    """
    given, path = stated_key(lake.root), _key_file(lake)
    kept, remarks = _kept(path) if path else (None, ())
    key, seal = given or kept, lake.stated(_SEAL)
    is_used = seal is not None or lake.exists(FILES)
    if key is None and is_used:
        raise BadConfiguration(
            f"The key of the lake {lake.root} is not there: {path} is missing and {KEY_VARIABLE} is not set. Put the file back "
            f"from a copy or set {KEY_VARIABLE} to the key that the lake was made under; without it, begin anew with another --out."
        )
    if seal is None and is_used and given and kept and given != kept:
        raise BadConfiguration(
            f"The lake {lake.root} has two keys, {KEY_VARIABLE} and {path}, and does not say under which one it was made. "
            f"Unset {KEY_VARIABLE}, or take the file away: under the wrong one, every person id would be new."
        )
    source: Literal["environment", "file", "made"] = "environment" if given else "file" if kept else "made"
    key = key or secrets.token_hex(32)
    if seal is not None:
        of_lake, name = _of_sealed(lake, seal, key), _name_of(seal)
    elif is_used or params.of_lake == "site":
        of_lake, name = key if is_used else key_of(key, params.digest), "site"
    else:
        of_lake, name = key_of(secrets.token_hex(32), params.digest), "own"
    if (digest := digest_of_key(of_lake)) != params.digest:
        raise BadConfiguration(
            f"key.digest is {params.digest}, and the ids of the lake {lake.root} are made with {digest}: all of them would be new. Set "
            f"key.digest to {digest}, or begin anew with another --out; mingjing rotate-key changes the key of the site, and no id. "
            "Nothing was written."
        )
    if source == "made":
        assert path is not None
        durable.replace_text(path, f"{key}\n", 0o600)  # whole or not at all: a file cut short would pass for a key
        remarks = (
            f"{KEY_VARIABLE} is not set: a random key was made and kept in {path}. Guard it: without it person ids change",
        )
    if seal is None:
        lake.state(_SEAL, _sealed(of_lake, key, name))
        if is_used:
            remarks += (f"The lake {lake.root} kept no fingerprint of its key. That of the present one is kept from now on.",)
    return SiteKey(of_lake, source, remarks)


@dataclass(frozen=True)
class Rotation:
    """Another key of the site for a lake. seal: salt of the seal that is replaced; null where the lake is under the new key already, and only
    traces of the old one are left. name: what its ids are made of."""

    seal: str | None
    name: LakeKeyName
    of_lake: str = field(repr=False)
    new: str = field(repr=False)


def planned_rotation(lake: Lake) -> Rotation:
    """From the site's key that the lake has to that of MINGJING_NEW_KEY; nothing is written.

    Raises BadConfiguration for a key that does not open the lake, for a new one that is missing or short, and for a lake that has none yet.
    """
    new, seal, path = _of_environment(NEW_KEY_VARIABLE), lake.stated(_SEAL), _key_file(lake)
    if new is None:
        raise BadConfiguration(
            f"{NEW_KEY_VARIABLE} is not set. Set it to the new key, leave {KEY_VARIABLE} at the present one, and give the command again. "
            "Nothing was done."
        )
    if seal is None:
        raise BadConfiguration(f"The lake {lake.root} was not run under any key yet, or by a version that kept no word of it. "
                               "Run mingjing run first. Nothing was done.")  # fmt: skip
    if (of_lake := _opened(seal, new)) is not None:
        return Rotation(None, _name_of(seal), of_lake, new)
    key = stated_key(lake.root) or (_kept(path)[0] if path else None)
    if key is None:
        raise BadConfiguration(
            f"{KEY_VARIABLE} is not set. Set it to the key that the lake {lake.root} has now. Nothing was done."
        )
    return Rotation(seal["salt"], _name_of(seal), _of_sealed(lake, seal, key), new)


def rotate(lake: Lake, plan: Rotation) -> None:
    """The lake is sealed under the new key, and nothing in its folder opens with the old one. Killed, it is as before or goes on.

    Raises BadStore where the new seal does not open as it was written: the old one is there still.
    """
    if plan.seal is not None:
        lake.state(_SEAL, _sealed(plan.of_lake, plan.new, plan.name), instead=True)
        made = lake.stated(_SEAL)
        if made is None or _opened(made, plan.new) != plan.of_lake:
            raise BadStore(f"The new seal of the lake {lake.root} cannot be opened. {LEFT}")
    lake.forget_what_was_stated(_SEAL)
    path = _key_file(lake)
    if path and path.exists() and path.read_text(encoding="ascii", errors="replace").strip() != plan.new:
        path.unlink()
        durable.sync(path.parent)


def stated_key(root: str = ".") -> str | None:
    """The key of the environment; null where none is set. Raises BadConfiguration for one that could be guessed, and for none
    where the lake's root is no folder that could keep one."""
    key = _of_environment(KEY_VARIABLE, "; or unset it, and a random key is made and kept in the lake's folder")
    if key is None and local_folder(root) is None:
        raise BadConfiguration(f"The lake {root} needs {KEY_VARIABLE}: a key is not kept on a shared store.")
    return key


def _of_environment(variable: str, or_else: str = "") -> str | None:
    key = os.environ.get(variable)
    if key is not None and len(key.strip()) < _SHORTEST_KEY:
        raise BadConfiguration(
            f"{variable} has {len(key.strip())} characters. Expected at least {_SHORTEST_KEY} random ones, such as those "
            f"that openssl rand -hex 32 gives{or_else}."
        )
    return key


def _key_file(lake: Lake) -> Path | None:
    return lake.folder / _KEY_FILE if lake.folder else None


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


def _sealed(of_lake: str, key: str, name: LakeKeyName) -> dict[str, str]:
    """What the lake states of its key. It opens with the site's alone, and so is its fingerprint, too."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE)
    sealed = AESGCM(_stretched(key, salt)).encrypt(nonce, of_lake.encode(), name.encode())
    return {"salt": salt.hex(), "sealed": (nonce + sealed).hex(), "name": name}


def _opened(seal: Mapping[str, str], key: str) -> str | None:
    """The lake's key; null where the site's is another."""
    stretched = _stretched(key, bytes.fromhex(seal["salt"]))
    if "sealed" not in seal:  # of a version that made all digests under the site's
        return key if hmac.compare_digest(stretched.hex(), seal["scrypt"]) else None
    sealed = bytes.fromhex(seal["sealed"])
    try:
        return AESGCM(stretched).decrypt(sealed[:_NONCE], sealed[_NONCE:], seal["name"].encode()).decode()
    except InvalidTag:
        return None


def _of_sealed(lake: Lake, seal: Mapping[str, str], key: str) -> str:
    if (of_lake := _opened(seal, key)) is None:
        raise BadConfiguration(
            f"The key ({KEY_VARIABLE if KEY_VARIABLE in os.environ else _key_file(lake)}) is not the one that the lake {lake.root} was made under, "
            "or that mingjing rotate-key has put in its place: every person id would be new, and visited households would be visited "
            "again. Set that key, or begin anew with another --out."
        )
    return of_lake


def _name_of(seal: Mapping[str, str]) -> LakeKeyName:
    return "own" if seal.get("name") == "own" else "site"


def _stretched(key: str, salt: bytes) -> bytes:
    """Slow on purpose (64 MiB, a fifth of a second): what a lake states must not help to guess a key."""
    return hashlib.scrypt(key.encode(), salt=salt, n=2**16, r=8, p=1, maxmem=2**27, dklen=32)
