"""Masking: what may leave the restricted zone of a number, a name or a cell as delivered."""

from __future__ import annotations

import re

from expectations.contracts.model import PERSON_KINDS, Field, Kind

_SHOWN = 40
_LONG_NUMBER = re.compile(r"[0-9０-９Xx*]{9,}")
_DATE_WORDS = frozenset("年月日号时分季度第上下半一二三四五六七八九十至今无不详空元万角分整人约")
_IN_GROUPS = re.compile(r"[0-9０-９][0-9０-９ -]{13,}[0-9０-９Xx]")
_DIGIT = re.compile(r"[0-9０-９Xx]")
_SHORTEST_NUMBER = 15
_AS_DELIVERED = frozenset({Kind.TEXT, Kind.ENUM, Kind.CODE, Kind.FIRM_CODE})


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
    return "".join("*" if "\u3400" <= c <= "\u9fff" and c not in _DATE_WORDS else c for c in shown)


def mask_field(field: Field, text: str | None) -> str:
    """A cell of the field, masked; of words only those that the field knows. In a shifted row a name may stand anywhere."""
    if not (text and text.strip()):
        return mask_cell(field.kind, None)
    shown = mask_cell(field.kind, text)
    if field.kind is Kind.ENUM or field.kind in PERSON_KINDS:
        known = set("".join(field.values))
        shown = "".join("*" if "\u3400" <= c <= "\u9fff" and c not in known else c for c in shown)
    for group in _IN_GROUPS.findall(shown):  # 6217 0000 0000 0001, as bank cards are written
        if len(_DIGIT.findall(group)) >= _SHORTEST_NUMBER:
            shown = shown.replace(group, group[:4] + _DIGIT.sub("*", group[4:]))
    return shown
