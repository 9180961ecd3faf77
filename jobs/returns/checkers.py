"""Who checked: at least two different people, by names that look like names."""

from __future__ import annotations

import re

import polars as pl

from jobs.cells.characters import in_simplified
from jobs.cells.masking import mask_name
from jobs.cells.names import read_names
from jobs.cells.text import EMPTY_FORMS, half_width

LEAST_CHECKERS = 2
_SEPARATORS = re.compile(r"[、,，;；/\n|]+")
_TITLES = "(?:第一|驻村|副)?(?:同志|先生|女士|老师|书记|主任|[组队科股局所站镇乡村]长|[队科]员|干部|社工|专干|网格员|工作人员)"
_LEADING_TITLE, _TITLE_BEHIND = re.compile(f"^{_TITLES}(?=..)"), re.compile(f"(?:{_TITLES})+$")
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,}|[A-Za-z][A-Za-z.'·-]+")

_AWAY = "未到|没到|未去|没去|未参加|未签|不在|缺席|请假|出差|休假|委托|代签|代理签|补签|替签|后补"
_NOT_THERE = re.compile(
    rf"{_AWAY}|[(\[【〔{{<〈《][^)\]】〕}}>〉》]*"
    rf"(?:代(?!表|理|码|号)|替|电话(?!\D{{0,2}}\d)|电联|微信|视频|线上|远程|[一单独][人名自]|只签)"
)
"""That somebody was not there, was signed for, or only telephoned: 李四（请假未到）, 李四代签. Brackets else hold titles."""
_AND_OTHERS = re.compile("[^·]{2,}(?:等|及.*|[和与跟](?:.{2,}|其|村|镇|乡|社区))")
"""One name and further people: 李四等, 李四及村干部. 王及第 and 司马和平 are names."""
_MASKED = re.compile("..?某")
_NOBODY = re.compile(
    r"[某xX]{2,}|本人|待定|未定|空缺|缺席|未到|签[字名]|代签|见附[件表]|[两二三四五几多]+[人名]|.*人员"
    r"|.{2,}(?:委员会|办公室|办事处|中心|政府|大队|[村居]委会)|.{3,}[局办委]"
)
"""What is written where a second name is missing, and offices: whole, for a name may hold any of it."""


def checkers_of(text: str) -> list[str]:
    """The people whom a cell names, each once, joined by 、 or the like in the cell; titles, blanks and full-width forms apart."""
    parts: list[str] = []
    for part in _SEPARATORS.split(half_width(text)):
        apart = part.split()
        # 张某 李某 are two; the parts of 张 三, or of a Latin name, are one, padded as forms do.
        is_list = all(len(name) > 1 and not name.isascii() for name in apart)
        parts += apart if is_list else ["".join(apart)]
    read = read_names(pl.Series(parts, dtype=pl.String))
    # A register tells namesakes apart by a number; an inspector who is 李四2 or a telephone is not named.
    told = [part if part[-1:].isdigit() or is_not_there(part) else name for part, name in zip(parts, read, strict=True)]
    names = [_without_titles(name) for name in told if name]
    once = {in_simplified(name).replace("·", "").casefold(): name for name in reversed(names)}
    return [name for name in dict.fromkeys(names) if once[in_simplified(name).replace("·", "").casefold()] == name]


def fault_of(checkers: list[str]) -> str | None:
    """Why these are not two people, as the end of a sentence on their cell; null where they are."""
    unlike = [name for name in checkers if not _is_name(name)]
    if masked := [name for name in checkers if _MASKED.fullmatch(name)]:
        unlike += masked if len(masked) < len(checkers) else []  # 李某 beside 张三 is somebody who is not named
    if unlike:
        return (
            f"names {mask_name(unlike[0])}, which is no full name. Expected at least {LEAST_CHECKERS} different inspectors by family and "
            "given name, joined by 、. Write them out."
        )
    if len(checkers) < LEAST_CHECKERS:
        return (
            f"names {len(checkers)} different people. Expected at least {LEAST_CHECKERS} different inspectors, joined by 、. Add who was "
            "there: one name in two spellings, or with a title, is one person."
        )
    return None


def is_not_there(text: str) -> bool:
    """Does the text say that somebody whom it names was not there, or did not sign?"""
    return _NOT_THERE.search(half_width(text)) is not None


def _is_name(text: str) -> bool:
    is_nobody = (
        text in EMPTY_FORMS
        or is_not_there(text)
        or _AND_OTHERS.fullmatch(text)
        or _NOBODY.fullmatch(text)
        or _TITLE_BEHIND.fullmatch(text)
    )
    return _NAME.fullmatch(text) is not None and not is_nobody


def _without_titles(name: str) -> str:
    """A title alone stays: it is nobody's name, and is told. So does what is no name with it: 李四及村干部."""
    if _AND_OTHERS.fullmatch(name):
        return name
    return _TITLE_BEHIND.sub("", _LEADING_TITLE.sub("", name)) or name
