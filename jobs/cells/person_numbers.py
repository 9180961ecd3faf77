"""Person numbers (GB 11643 and its relatives) and firms' codes (GB 32100, GS 15), whole columns at a time.

A number is never judged by whether its county code was valid in the birth year: that would throw
away most of the elderly, whose counties were renumbered after they were born.
"""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from jobs.cells.text import BLANKS, EMPTY_FORMS, cleaned, half_width, trimmed, whole

VALID, UPGRADED, CHECK_FAILS = "valid", "upgraded", "check_fails"
MASKED, ABSENT, UNREADABLE, FIRM = "masked", "absent", "unreadable", "firm"
DAMAGED, JUNK = "damaged", "junk"
USABLE = frozenset({VALID, UPGRADED})
"""States in which a number can stand for a person."""

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
# Columns: weighted sum of the standard, then year, month and day of birth, all as one matrix product.
_SUMS = np.zeros((17, 4), dtype=np.float32)
_SUMS[:, 0] = _WEIGHTS
_SUMS[6:10, 1] = (1000, 100, 10, 1)
_SUMS[10:12, 2] = (10, 1)
_SUMS[12:14, 3] = (10, 1)
_CHECK_CHARACTERS = "10X98765432"
_CENTENARIANS = frozenset({"996", "997", "998", "999"})
_MARKET = "9"
"""First digit of market entities' codes, which may be all digits; of persons only permanent residents share it."""
_FIRM_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FIRM_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
SCIENTIFIC = r"^[1-9](?:\.[0-9]+)?[Ee]\+?[0-9]{2}$"
"""How spreadsheets show long numbers: 4.20281E+17."""
_RUNS = ("1234567890", "123456789", "0987654321", "987654321", *"0123456789")
_KEYBOARD = frozenset((run * 18)[start : start + length] for run in _RUNS for start in range(len(run)) for length in (15, 18))
"""Numbers of one digit, and those that count up or down."""
_HOLLOW = r"^[0-9]{6}(?:(?:0{8}|1{8}|9{8})[0-9]{3}[0-9X]|0{9}|1{9}|9{9})$"
"""A division, and zeros, ones or nines where the day of birth should be."""
_CROSSED_OUT = re.compile(r"[0-9]*X{3,}")
_STANDARD = re.compile(r"[0-9]{17}[0-9X]")
_ONE_OF_SEVERAL = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9X]|[0-9]{15})(?![0-9X])")
_IN_CERTIFICATE = re.compile(r"([0-9*]{14,18}[0-9X*])[1-7][1-4](?:B[0-9]*|[^0-9A-Z*][^0-9]*)?")
"""A person number, kind and level of a disability, and perhaps a mark of re-issue or a remark (GB/T 26341)."""
_LABEL = re.compile(
    r"^(?:[0-9]{1,2}[.、](?=[0-9]{15}(?:[0-9]{2}.)?$)|[①-⑳](?=.))|^:"
    r"|^(?:[\s_#(\[{<【「]+(?=[0-9公居身证I]))?(?:(?:公民|居民)?(?:身份证件|身份证|身份|证件|证)(?:号码|号)?为?:?|ID(?:[ _]?(?:NO|CARD))?[.:]+)?\s*"
    r"|[.,;。、]+$|(?<=[0-9XxⅩ×ХΧ✕])[\s_#.,;。、)\]}>】」]+$",
    re.IGNORECASE,
)
"""What stands around a number: its name, and signs that keep a spreadsheet from computing it."""
_AS_X = str.maketrans("Ⅹ×ХΧ✕✖╳⨉㐅乂", "XXXXXXXXXX")
_NOISE = str.maketrans("", "", " -'`")
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)


def check_character(first17: str) -> str:
    """ISO 7064 MOD 11-2 over the first 17 digits."""
    return _CHECK_CHARACTERS[sum(int(d) * int(w) for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def is_firm_code(text: str) -> bool:
    """A well-formed unified social credit code, check character included."""
    if len(text) != 18 or any(c not in _FIRM_ALPHABET for c in text):
        return False
    total = sum(_FIRM_ALPHABET.index(c) * w for c, w in zip(text[:17], _FIRM_WEIGHTS, strict=True))
    return _FIRM_ALPHABET[(31 - total % 31) % 31] == text[17]


def is_licence_number(text: str) -> bool:
    """A well-formed licence number of the time before GB 32100 (GS 15-2006): 15 digits that pass ISO 7064 MOD 11,10."""
    if len(text) != 15 or not (text.isdigit() and text.isascii()):
        return False
    product = 10
    for digit in text[:14]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(text[14])) % 10 == 1


def upgrade(number15: str) -> str | None:
    """The 18-character form of a 15-digit number; null when its birth date is no date."""
    century = "18" if number15[12:] in _CENTENARIANS else "19"
    first17 = number15[:6] + century + number15[6:]
    try:
        date(int(first17[6:10]), int(first17[10:12]), int(first17[12:14]))
    except ValueError:
        return None
    return first17 + check_character(first17)


def _bytes_matrix(numbers: pl.Series) -> npt.NDArray[np.uint8]:
    """The characters of equally long ASCII texts, one row a text."""
    texts = numbers.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset :]
    packed = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[len(texts)]]
    return packed.reshape(len(texts), 18)


def _passes_check(numbers: pl.Series) -> npt.NDArray[np.bool_]:
    """For 17 digits and a digit or X: does the check character fit and is the birth date a date?"""
    if numbers.is_empty():
        return np.zeros(0, dtype=np.bool_)
    characters = _bytes_matrix(numbers)
    digits = (characters[:, :17] - np.uint8(ord("0"))).astype(np.float32)
    # Floats are exact here (sums below 2^24) and several times faster than integer products.
    total, year, month, day = (digits @ _SUMS).astype(np.int32).T
    expected = np.frombuffer(_CHECK_CHARACTERS.encode(), dtype=np.uint8)[total % 11]
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = _DAYS[np.clip(month, 0, 12)] - ((month == 2) & ~is_leap)
    is_day = (month >= 1) & (month <= 12) & (day >= 1) & (day <= longest) & (year >= 1850) & (year <= 2100)
    return np.asarray((characters[:, 17] == expected) & is_day)


def passes_a_check(numbers: pl.Series) -> npt.NDArray[np.bool_]:
    """For 18 digits: could this be an intact number of a person, or of a market entity?"""
    passes = _passes_check(numbers)
    is_market = numbers.str.starts_with(_MARKET)
    if is_market.any():
        digits = (_bytes_matrix(numbers.filter(is_market)) - np.uint8(ord("0"))).astype(np.float32)
        passes[is_market.to_numpy()] |= digits @ np.array([*_FIRM_WEIGHTS, 1], dtype=np.float32) % 31 == 0
    return passes


def _is_junk(numbers: pl.Series) -> pl.Series:
    return numbers.is_in(list(_KEYBOARD)) | numbers.str.contains(_HOLLOW)


def spelt(cell: str) -> str:
    """A cell in the standard's characters: half width, capitals, every form of X, no blanks and dashes, no .0 of a float."""
    return whole(half_width(cleaned(cell)).upper().translate(_AS_X).translate(_NOISE))


def _judge_odd(cell: str) -> tuple[str | None, str]:
    """Number and state of a cell that is not 18 characters of the plain form, or that may be a firm's."""
    text = _LABEL.sub("", half_width(cell))
    if text in EMPTY_FORMS:
        return None, ABSENT
    plain = spelt(text)
    if "*" in plain:
        return None, MASKED
    number, state = _judge_one(plain)
    if state == UNREADABLE and (held := in_certificate(plain)) != plain and _judge_one(held)[1] == VALID:
        return held, VALID  # the certificate's number stands where the person's should
    text = text.upper().translate(_AS_X)
    several = _ONE_OF_SEVERAL.findall(text) if state == UNREADABLE else []
    if len(several) > 1:
        judged = {_judge_one(one) for one in several}
        if len({number for number, _ in judged}) == 1:  # one number, written twice or in both lengths
            return max(judged, key=lambda one: one[1] == VALID)
    return number, state


def _is_person_number(text: str) -> bool:
    """`_passes_check` of one text."""
    try:
        return check_character(text[:17]) == text[17] and 1850 <= birth_date(text).year <= 2100
    except ValueError:
        return False


def _judge_one(text: str) -> tuple[str | None, str]:
    """Number and state of a text in the standard's characters."""
    if _STANDARD.fullmatch(text) and _is_person_number(text):
        return text, VALID
    if text in _KEYBOARD or _CROSSED_OUT.fullmatch(text):
        return None, JUNK
    if is_firm_code(text) and (text.startswith(_MARKET) or not _STANDARD.fullmatch(text)):
        return None, FIRM
    if re.match(_HOLLOW, text):
        return None, JUNK
    if _STANDARD.fullmatch(text):
        return None, CHECK_FAILS
    if re.match(SCIENTIFIC, text):
        return None, DAMAGED
    if len(text) == 15 and text.isdigit() and text.isascii():
        longer = upgrade(text)
        return (longer, UPGRADED) if longer else (None, FIRM if is_licence_number(text) else UNREADABLE)
    return None, UNREADABLE


def in_certificate(text: str) -> str:
    """The part of a disability certificate's number that is a person's, slips included; texts that are none stay as they are.

    text: in the standard's characters.
    """
    found = _IN_CERTIFICATE.fullmatch(text) if len(text) > 18 else None
    return found[1] if found else text


def read_numbers(cells: pl.Series, *, is_damaged: pl.Series | None = None) -> tuple[pl.Series, pl.Series]:
    """Numbers in 18 characters (null where none can be used) and the state of every cell.

    `is_damaged` marks the cells whose column shows that a spreadsheet or a float damaged them.
    """
    plain = trimmed(cells)
    if is_damaged is not None:
        plain = plain.set(is_damaged, None)
    is_standard = plain.str.contains(r"^[0-8][0-9]{16}[0-9X]$").fill_null(False)
    standard = plain.filter(is_standard)
    fits = pl.Series(_passes_check(standard), dtype=pl.Boolean)
    is_valid = is_standard.clone().scatter(is_standard.arg_true(), fits)
    numbers = plain.set(~is_valid, None)
    states = pl.select(
        pl.when(is_valid)
        .then(pl.lit(VALID))
        .when(is_standard)
        .then(pl.lit(CHECK_FAILS))
        .when(plain.is_null())
        .then(pl.lit(ABSENT))
    ).to_series()
    fails = (is_standard & ~is_valid).arg_true()
    states = states.scatter(fails.filter(_is_junk(plain.gather(fails))), JUNK)
    odd = plain.filter(states.is_null()).unique(maintain_order=True)
    if len(odd):
        judged = [_judge_odd(cell) for cell in odd.to_list()]
        numbers = numbers.fill_null(plain.replace_strict(odd, pl.Series([n for n, _ in judged], dtype=pl.String), default=None))
        states = states.fill_null(plain.replace_strict(odd, pl.Series([s for _, s in judged], dtype=pl.String), default=None))
    return numbers, states if is_damaged is None else states.set(is_damaged, DAMAGED)


def read_disability_numbers(cells: pl.Series, *, is_damaged: pl.Series | None = None) -> tuple[pl.Series, pl.Series]:
    """The person number inside disability certificates (number + kind + level, with or without a B suffix)."""
    certificates = trimmed(cells).str.replace_all(BLANKS, "")
    # No more than a suffix goes, so that of two certificates none is chosen; a number with a point is in scientific notation.
    return read_numbers(certificates.str.replace(r"^([^.]{18}).{1,6}$", "${1}"), is_damaged=is_damaged)


def birth_date(number: str) -> date:
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def is_male(number: str) -> bool:
    return int(number[16]) % 2 == 1
