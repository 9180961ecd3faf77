"""Keyed digests: those of the two standards, in the same form."""

from __future__ import annotations

import polars as pl
import pytest

from jobs.cells.digests import DigestName, digest_of_key, key_of, keyed_digest

JEFE, ASKED = "Jefe", "what do ya want for nothing?"
PUBLISHED: dict[DigestName, str] = {
    "hmac-sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",  # RFC 4231, test case 2
    "hmac-sm3": "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882",  # the same input
}


@pytest.mark.parametrize(("digest", "published"), PUBLISHED.items())
def test_a_digest_is_the_first_24_digits_of_the_published_one_text_by_text(digest: DigestName, published: str) -> None:
    key = key_of(JEFE, digest)
    texts = pl.Series([ASKED, None, "张三", ASKED], dtype=pl.String)
    found = keyed_digest(texts, key)
    assert found.to_list()[:2] == [published[:24], None]
    assert found[3] == found[0] != found[2]
    assert digest_of_key(key) == digest
    assert keyed_digest(pl.Series([None], dtype=pl.String), key).to_list() == [None]
