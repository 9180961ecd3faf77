"""Numbers in Chinese characters: 三百二十, 叁佰贰拾, 十二, 一万二千."""

from __future__ import annotations

import re

_DIGITS = {
    **{character: digit for digit, character in enumerate("零一二三四五六七八九")},
    **{character: digit for digit, character in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "○": 0, "两": 2, "貳": 2, "叄": 3, "參": 3, "陸": 6,
}  # fmt: skip
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GROUPS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
CHARACTERS = "".join((*_DIGITS, *_UNITS, *_GROUPS))
_CUT_SHORT = re.compile(f"[{''.join((*list(_UNITS)[2:], *_GROUPS))}][{''.join(_DIGITS)}]$")
"""一万二 may be read as 10,002 or as 12,000."""


def chinese_number(text: str) -> int | None:
    """The whole number that the characters write; null where they write none, or none that is clear."""
    if not text or _CUT_SHORT.search(text) or not any(character in _DIGITS or character in "十拾" for character in text):
        return None
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = digit * 10 + _DIGITS[character]  # 二〇一七
        elif character in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[character], 0
        elif character in _GROUPS:
            group = _GROUPS[character]
            whole, part = (0, total + section + digit) if group > 10**4 else (total, section + digit)
            total, section, digit = whole + part * group, 0, 0
        else:
            return None
    return total + section + digit
