"""The number of a page as a square that a telephone reads; nothing else is in it."""

from __future__ import annotations

from functools import lru_cache

import segno

_ANY_MASK = 3
"""All eight are read alike; to look for the most even one takes longer than all the rest of a page."""
_KEPT = 10_000


@lru_cache(maxsize=_KEPT)
def qr_of(number: str) -> segno.QRCode:
    return segno.make_qr(number, error="m", mask=_ANY_MASK)
