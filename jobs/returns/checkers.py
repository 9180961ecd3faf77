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
    told = [part if part[-1:].isdigit() else name for part, name in zip(parts, read, strict=True)]
    names = [_without_titles(name) for name in told if name]
    once = {in_simplified(name).replace("·", "").casefold(): name for name in reversed(names)}
    return [name for name in dict.fromkeys(names) if once[in_simplified(name).replace("·", "").casefold()] == name]


def fault_of(checkers: list[str]) -> str | None:
    """Why these are not two people, as the end of a sentence on their cell; null where they are."""
    unlike = [name for name in checkers if not _is_name(name)]
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


def _is_name(text: str) -> bool:
    is_nobody = text in EMPTY_FORMS or _NOBODY.fullmatch(text) or _TITLE_BEHIND.fullmatch(text)
    return _NAME.fullmatch(text) is not None and not is_nobody


def _without_titles(name: str) -> str:
    """A title alone stays: it is nobody's name, and is told."""
    return _TITLE_BEHIND.sub("", _LEADING_TITLE.sub("", name)) or name
