"""Codes of firms (GB 32100 and the old licence numbers) under divisions that were never assigned."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_PRIME = 999_983


def credit_code(department: str, division: int, serial: int) -> str:
    """Unified social credit code: department and class (two characters), division, organisation code, check."""
    body = f"{(serial * 7919) % _PRIME + 90_000_000:08d}"
    total = sum(w * int(c) for w, c in zip(_BODY_WEIGHTS, body, strict=True))
    check = 11 - total % 11
    organisation = body + ("X" if check == 10 else "0" if check == 11 else str(check))
    code = department + str(division) + organisation
    value = sum(w * ALPHABET.index(c) for w, c in zip(_WEIGHTS, code, strict=True))
    return code + ALPHABET[(31 - value % 31) % 31]


def licence_number(division: int, serial: int) -> str:
    """Old licence number: division, eight digits, check digit by MOD 11,10 (GS 15-2006)."""
    body = f"{division}{60_000_000 + (serial * 6007) % _PRIME:08d}"
    product = 10
    for digit in body:
        total = (product + int(digit)) % 10
        product = (total or 10) * 2 % 11
    return body + str((11 - product) % 10)


def plates(serial: NDArray[np.int64]) -> pl.Series:
    """Number plates with a letter I or O, which real plates never carry; one for every serial below 2.6 million."""
    characters = pl.Series(list("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"))
    scattered = (serial * 104_729) % 2_672_671
    letter = pl.Series(["I", "O"]).gather(pl.Series(scattered // 34**4 % 2).cast(pl.UInt32))
    parts = [characters.gather(pl.Series(scattered // 34**place % 34).cast(pl.UInt32)) for place in (3, 2, 1, 0)]
    frame = pl.DataFrame([letter.alias("l"), *(part.alias(f"p{i}") for i, part in enumerate(parts))])
    return frame.select(pl.concat_str(pl.lit("鄂B"), *frame.columns)).to_series()
