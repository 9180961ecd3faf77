"""Keyed digests of texts, by which equal people have equal keys: HMAC-SHA-256, or HMAC-SM3 under a key that says so."""

from __future__ import annotations

from typing import Literal

import polars as pl
import polars_hash as plh
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

KEY_LENGTH = 24
"""Hex digits of a key: 96 bits, so that a province's people do not collide."""
DigestName = Literal["hmac-sha256", "hmac-sm3"]
_WITH_SM3 = "hmac-sm3:"
"""In front of the secret. A key without it is one of SHA-256, as all were once."""


def key_of(secret: str, digest: DigestName) -> str:
    """The key under which `keyed_digest` makes such digests."""
    return f"{_WITH_SM3}{secret}" if digest == "hmac-sm3" else secret


def digest_of_key(key: str) -> DigestName:
    return "hmac-sm3" if key.startswith(_WITH_SM3) else "hmac-sha256"


def keyed_digest(texts: pl.Series, key: str) -> pl.Series:
    """The digest of each text under the key, in hex; null stays null."""
    if digest_of_key(key) == "hmac-sm3":
        return _sm3(texts, key.removeprefix(_WITH_SM3))
    digest = plh.col("text").chash.hmac_sha256(key=key)
    return pl.DataFrame({"text": texts}).select(digest.str.slice(0, KEY_LENGTH)).to_series()


def _sm3(texts: pl.Series, secret: str) -> pl.Series:
    """The engine of the columns has no SM3: text by text, each once."""
    distinct = texts.drop_nulls().unique()
    keyed = HMAC(secret.encode(), SM3())
    made = []
    for text in distinct:
        one = keyed.copy()
        one.update(text.encode())
        made.append(one.finalize().hex()[:KEY_LENGTH])
    return texts.replace_strict(distinct, pl.Series(made, dtype=pl.String), default=None, return_dtype=pl.String)
