"""The unit of money that a header, a line above a table or a note below it states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from jobs.cells.text import half_width

UNCLEAR = "未知单位"
"""Stands for a unit that is stated and not understood, 万美元 or 元/万元. Behind a number it makes an amount that nobody reads."""
_ONE_SPELLING = str.maketrans("萬億仟佰圆圓", "万亿千百元元")
_TEN_THOUSAND = re.compile(r"(?<![0-9.,])10,?000(?=元)")
_OWN_CURRENCY = re.compile("人民币|RMB|CNY", re.IGNORECASE)
_TORN = re.compile(r"(?<=单)\s+(?=位)|(?<=[百千万亿])\s+(?=[万亿元])")
_KNOWN = re.compile("(?:[百千]?[万亿]|[百千])?元")
_FOREIGN = "美元|美金|港元|港币|欧元|日元|英镑|韩元|澳元|加元|USD|HKD|EUR|JPY|GBP"
_YUAN = f"[十百千万亿]*(?:元|{_FOREIGN})"

_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)(?:[)\]】]|$)")
_IN_BRACKETS = re.compile(
    r"(?:以|按)?(?:(?:金额|计量|货币)?单位)?[:/为是]?(?P<unit>[十百千万亿]*元|[万亿])(?:计|为单位)?(?:[/·每][年月日季人户次])*"
)
_NOT_UNDERSTOOD = re.compile("[十百千万亿元/或和及以按计单位:]*元[十百千万亿元/或和及以按计单位:]*|[wW]")
_BEHIND = re.compile(r"(?<![0-9.])(?P<unit>[十百千万亿]*元)(?:/[年月人户])?[^0-9A-Za-z\u4e00-\u9fff]*$")

_ITEM = rf"(?:{_YUAN}|[万亿](?=[\s)\]】。]*$)|人次|平方米|[人户笔条套辆个岁份件亩吨只头名%㎡])"
_LIST = rf"{_ITEM}(?:[\s、,;/()和及或]*{_ITEM})*(?![\u4e00-\u9fff])|{_YUAN}(?=制表|填表|填报|编制|报送|审核|日期|截至)"
_STATEMENTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!填报|报送|编制|填表|制表)单位(?:均|都|统一|一律)?[为是]?[\s:/(\[【]*(?P<list>{_LIST})",
        rf"(?<![\u4e00-\u9fff])金额:\s*(?P<list>{_LIST})",
        rf"以(?P<list>{_YUAN})(?:计|为单位|列示|填列|表示|反映)",
    )
)
_TITLE = re.compile(rf"(?:^|[(\[【])(?P<list>{_LIST})[)\]】]?$")
_MENTIONED = re.compile(rf"(?:(?<![0-9.\u4e00-\u9fff])|(?<=[为是以按到]))({_YUAN})(?![\u4e00-\u9fff])")
"""Not the 元 of 金元社区 or of 100万元."""


def one_unit(stated: Iterable[str]) -> str:
    """The unit that all say who say one; `UNCLEAR` where they differ, empty where nobody does."""
    units = set(stated) - {""}
    return units.pop() if len(units) == 1 else UNCLEAR if units else ""


def unit_of_header(header: str) -> str:
    """The unit that a header states, in brackets or behind it."""
    text = _without_blanks(header)
    if re.search(_FOREIGN, text):
        return UNCLEAR
    behind = _BEHIND.search(_BRACKETS.sub("", text))
    return _unit_in_brackets(text) or (_known(behind["unit"]) if behind else "")


def unit_of_group(group: str) -> str:
    """The unit that a cell above several headers states for them in brackets; 单位：万元 is a line and no group."""
    return "" if "单位" in group else _unit_in_brackets(_without_blanks(group))


def _unit_in_brackets(text: str) -> str:
    parts = [part for inner in (text, *_BRACKETS.findall(text)) for part in re.split("[,、;。]", inner)]
    known = [_known(found["unit"]) for part in parts if (found := _IN_BRACKETS.fullmatch(part))]
    return one_unit(known or [UNCLEAR for part in parts if _NOT_UNDERSTOOD.fullmatch(part)])


def unit_of_line(line: Sequence[str]) -> str:
    """The unit that a line outside of a table states for all of it: 单位：户、万元; 以万元计; a title that ends in （万元）."""
    filled = [cell for cell in line if cell]
    joined = "".join(cell if cell.endswith((":", "：")) else f"{cell}|" for cell in filled)  # 单位： and 万元 in a cell each
    cells = [_in_one_spelling(cell) for cell in joined.split("|")]
    return one_unit(_unit_of_sentence(cell, is_alone=len(filled) == 1) for cell in cells)


def _unit_of_sentence(text: str, *, is_alone: bool) -> str:
    lists = [found["list"] for statement in _STATEMENTS for found in statement.finditer(text)]
    if is_alone and (title := _TITLE.search(text)) and "元" in title["list"]:  # （万） may be anybody's name
        lists.append(title["list"])
    stated = [unit for listed in lists for unit in re.findall(f"{_YUAN}|[万亿]", listed)]
    return one_unit(_known(unit) for unit in (*stated, *_MENTIONED.findall(text))) if stated else ""


def _in_one_spelling(text: str) -> str:
    text = _TEN_THOUSAND.sub("万", half_width(text).translate(_ONE_SPELLING))
    return _TORN.sub("", _OWN_CURRENCY.sub("", text)).strip()


def _without_blanks(text: str) -> str:
    return re.sub(r"\s", "", _in_one_spelling(text))


def _known(unit: str) -> str:
    """万 is 万元; what is no power of ten that a cell may name, and no yuan, is not understood."""
    unit = f"{unit}元" if unit in ("万", "亿") else unit
    return unit if _KNOWN.fullmatch(unit) else UNCLEAR
