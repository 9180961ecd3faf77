"""Masking: what may leave the restricted zone of a number, a name, a cell as delivered, or any text that could hold a number."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import polars as pl

from expectations.contracts.model import PERSON_KINDS, Field, Kind
from jobs.cells.person_numbers import is_firm_code
from jobs.cells.text import half_width, map_distinct

_SHOWN = 40
_LONG_NUMBER = re.compile(r"[0-9０-９Xx*]{9,}")
_DATE_WORDS = frozenset("年月日号时分季度第上下半一二三四五六七八九十至今无不详空元万角分整人约")
_IN_GROUPS = re.compile(r"[0-9０-９][0-9０-９ -]{13,}[0-9０-９Xx]")
_DIGIT = re.compile(r"[0-9０-９Xx]")
_A_DIGIT = re.compile(r"\d")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_SHORTEST_NUMBER = 15
_BETWEEN = "[\\s\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff'’_·-]{0,3}"
"""What people write, or do not see, between the digits of a number."""
_STRETCH = re.compile(f"[0-9](?:{_BETWEEN}[0-9]){{13,}}(?:{_BETWEEN}X)?")
_GROUP = re.compile("[0-9]+X?|X")
_IDS = frozenset({"clue_id", "case_id", "need_id", "check_id"})
_ID = re.compile("(?<![0-9A-Za-z])[A-Z][0-9a-f]{16}(?![0-9A-Za-z])")
_SHOWN_AS_FLOAT = re.compile("[1-9]\\.[0-9]{8,}[Ee]\\+?1[0-9]")
_SHORTEST_SHOWN_AS_FLOAT = 13
"""Characters; a number of a person has more digits than these."""
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212-")
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_AS_X = str.maketrans("xⅩⅹ×ХхΧχ✕", "XXXXXXXXX")
_PROVINCES = frozenset(
    f"{region}{place}"
    for region, places in {
        1: "12345",
        2: "123",
        3: "1234567",
        4: "123456",
        5: "01234",
        6: "12345",
        7: "1",
        8: "123",
        9: "0123456789",
    }.items()
    for place in places
)
"""First digits of person numbers: GB/T 2260, residence permits 81 to 83, permanent residence 9. No date begins like this."""
_REGISTRARS = "159"
"""First digits of unified social credit codes that may be all digits (GB 32100, table 1)."""
_CARD = re.compile("62[1-9][0-9]{13,16}")
"""Bank cards. Certificates of households have 16 digits, too, and begin with a division."""
_MOST_DIGITS = 19
_OPEN_DIGITS = 6
_AS_DELIVERED = frozenset({Kind.TEXT, Kind.ENUM, Kind.CODE, Kind.FIRM_CODE, Kind.PLATE})
_CODES = frozenset({Kind.ACCOUNT, Kind.CODE, Kind.FIRM_CODE, Kind.PLATE})
_CODE_NAMES = "_no"
"""How the names of fields end that hold a certificate, a batch or another number of a file, though their kind is text."""
_CODE_COLUMNS = frozenset({"household_no", "county_code"})
"""Of lists: the row that they were read from may have been shifted."""
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_WORD = re.compile(f"{_CHINESE.pattern}(?:[\\s·]*{_CHINESE.pattern})+")
_CERTIFICATE_WORD = re.compile("[字第号证]|低保|特困|五保|救助|城市|农村")


def mask_number(number: str | None) -> str:
    """420281********1234: division and last four stay."""
    return f"{number[:6]}********{number[-4:]}" if number and len(number) == 18 else ("********" if number else "")


def mask_name(name: str | None) -> str:
    """张*: the first character stays."""
    return f"{name[0]}*" if name else ""


def mask_cell(kind: Kind, text: str | None) -> str:
    """A delivered cell for the department that delivered it: enough to find it again, nobody's number or name.

    A cell of a shifted row may hold anything: long numbers are masked in every column, Chinese characters that are no
    part of a date or an amount wherever a date or an amount should stand.
    """
    if not text:
        return "（空）"
    shown = text.strip()[:_SHOWN]
    if kind is Kind.NAME:
        return mask_name(shown)
    if kind in PERSON_KINDS or kind is Kind.ACCOUNT:
        return shown[:6] + "*" * max(0, len(shown) - 6)
    shown = _LONG_NUMBER.sub(lambda found: found[0][:6] + "*" * (len(found[0]) - 6), shown)
    if kind in _AS_DELIVERED:
        return shown
    return _CHINESE.sub(lambda found: found[0] if found[0] in _DATE_WORDS else "*", shown)


def mask_code(text: str | None) -> str:
    """A certificate, an account, a batch without the words that are no part of a code: 低保证字第12号 and 鄂B00001 stay, 张文 becomes **."""
    if not text:
        return ""
    if not _A_DIGIT.search(text):
        return _CHINESE.sub("*", text)
    return _WORD.sub(lambda word: word[0] if _CERTIFICATE_WORD.search(word[0]) else _CHINESE.sub("*", word[0]), text)


def mask_field(field: Field, text: str | None) -> str:
    """A cell of the field, masked; of words only those that the field knows. In a shifted row a name may stand anywhere."""
    if not (text and text.strip()):
        return mask_cell(field.kind, None)
    shown = mask_cell(field.kind, text)
    if field.kind is Kind.ENUM or field.kind in PERSON_KINDS:
        known = set("".join(field.values))
        shown = _CHINESE.sub(lambda found: found[0] if found[0] in known else "*", shown)
    elif field.kind in _CODES or field.name.endswith(_CODE_NAMES):
        shown = mask_code(shown)
    for group in _IN_GROUPS.findall(shown):  # 6217 0000 0000 0001, as bank cards are written
        if len(_DIGIT.findall(group)) >= _SHORTEST_NUMBER:
            shown = shown.replace(group, group[:4] + _DIGIT.sub("*", group[4:]))
    return shown


def mask_numbers(text: str) -> str:
    """The text without anything that has the form of a person's number or of a bank card, wherever it stands and however it is written.

    18 digits (or 17 and X), 15 with a day of birth, 19 and more, cards of 16 to 18: full-width, with blanks, dashes or invisible
    characters inside, shown as 4.20281195001011E+17, in the midst of other words. The first six digits stay, every other becomes *.
    Codes of firms, certificates of households, ids of this program, dates, months and amounts stay.
    """
    if len(text) < _SHORTEST_SHOWN_AS_FLOAT:
        return text
    plain = _one_width(text)
    hidden: set[int] = set()
    ids = {at for found in _ID.finditer(text) for at in range(*found.span())}
    for stretch in _STRETCH.finditer(plain):
        hidden |= _places_to_hide(plain, stretch)
    for found in _SHOWN_AS_FLOAT.finditer(plain):
        hidden |= _behind_the_first(range(*found.span()), plain)
    hidden -= ids
    return "".join("*" if at in hidden else character for at, character in enumerate(text)) if hidden else text


def masked_texts(frame: pl.DataFrame, keep: Collection[str] = ()) -> pl.DataFrame:
    """The frame with `mask_numbers` over every text but ids, `mask_code` over codes too; `keep`: columns that are masked already."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String and name not in {*_IDS, *keep}]
    return frame.with_columns(
        map_distinct(frame[name], _mask_code_and_numbers if name in _CODE_COLUMNS else mask_numbers, pl.String).alias(name)
        for name in texts
    )


def _mask_code_and_numbers(text: str) -> str:
    return mask_code(mask_numbers(text))


def masked_within(value: Any) -> Any:
    """A value of JSON with `mask_numbers` over every text in it, keys included."""
    if isinstance(value, str):
        return mask_numbers(value)
    if isinstance(value, dict):
        return {masked_within(key): masked_within(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked_within(inner) for inner in value]
    return value


def _one_width(text: str) -> str:
    """The text, character by character, with ASCII digits and X for all that reads so."""
    plain = half_width(text).translate(_AS_X)
    return _OTHER_DIGIT.sub(lambda found: str(int(found[0])), plain)


def _places_to_hide(plain: str, stretch: re.Match[str]) -> set[int]:
    """Of digits with little between them: those of numbers that stand together, and of groups that make one."""
    groups = [(found.start() + stretch.start(), found.end() + stretch.start()) for found in _GROUP.finditer(stretch[0])]
    hidden: set[int] = set()
    first = 0
    while first < len(groups):
        last = _last_group(plain, groups, first)
        if last is not None:
            hidden |= _behind_the_first([at for group in groups[first : last + 1] for at in range(*group)], plain)
        first = first + 1 if last is None else last + 1
    return hidden


def _last_group(plain: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The last of the groups that make one number from the first on, the longest such number; null where none does."""
    start, end = groups[first]
    if _is_number(plain[start:end]):
        return first
    if first and plain[start - 1] in _DASHES and _YEAR.fullmatch(plain[slice(*groups[first - 1])]):  # the month of a day
        return None
    digits, found = plain[start:end], None
    for last in range(first + 1, len(groups)):
        digits += plain[slice(*groups[last])]
        if len(digits) > _MOST_DIGITS:
            break
        of_four = all(end - start == 4 for start, end in groups[first:last])
        if _is_persons(digits) or (of_four and _CARD.fullmatch(digits)):
            found = last
    return found


def _is_number(digits: str) -> bool:
    """Have digits that stand together the form of a person's number or of a bank card?"""
    if len(digits) == 18:
        is_firms = digits[0] in _REGISTRARS and is_firm_code(digits) and not _is_persons(digits)
        return digits[:2] in _PROVINCES and not is_firms
    return len(digits) >= _MOST_DIGITS or _CARD.fullmatch(digits) is not None or _is_persons(digits)


def _is_persons(digits: str) -> bool:
    """A division and a day of birth, in the length of a number: 15, 18, or 17 where the check character was left out."""
    digits = digits if len(digits) == 18 else digits.rstrip("X")  # behind fewer digits it belongs to the next word
    day = {15: f"19{digits[6:12]}", 17: digits[6:14], 18: digits[6:14]}.get(len(digits), "")
    return (
        digits[:2] in _PROVINCES
        and "X" not in digits[:17]
        and "1850" <= day[:4] <= "2100"
        and "01" <= day[4:6] <= "12"
        and "01" <= day[6:] <= "31"
    )


def _behind_the_first(places: Collection[int], plain: str) -> set[int]:
    digits = [at for at in places if plain[at].isdecimal() or plain[at] == "X"]
    return set(digits[_OPEN_DIGITS:])
