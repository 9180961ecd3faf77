"""Characters of names: the table of traditional forms, held against two outside sources, and what may stand for what."""

from __future__ import annotations

import polars as pl
import pytest
from pypinyin import Style, pinyin

from jobs.cells.characters import SIMPLIFIED, TRADITIONAL, may_stand_for, simplified


def readings(character: str) -> set[str]:
    return set(pinyin(character, style=Style.NORMAL, heteronym=True)[0])


def is_in_gb2312(character: str) -> bool:
    return bool(character.encode("gb2312", errors="ignore"))


def test_a_traditional_character_is_read_like_its_simplified_one() -> None:
    assert [a + b for a, b in zip(TRADITIONAL, SIMPLIFIED, strict=True) if not readings(a) & readings(b)] == []


def test_what_simplified_programs_can_write_is_never_rewritten() -> None:
    """GB 2312 has no traditional forms: a character of it in the table would make two names one."""
    assert [character for character in TRADITIONAL if is_in_gb2312(character)] == []
    assert len(set(TRADITIONAL)) == len(TRADITIONAL)
    assert set(TRADITIONAL).isdisjoint(SIMPLIFIED)


@pytest.mark.parametrize("name", ["喆堃昇", "乾坤", "后土", "范余钟", "于海"])
def test_characters_that_are_names_of_their_own_stay(name: str) -> None:
    assert simplified(pl.Series([name]))[0] == name


def test_names_come_in_simplified_characters_and_keep_their_places() -> None:
    names = pl.Series(["張偉", None, "李娜", "歐陽鳳蘭", ""], dtype=pl.String)
    assert simplified(names).to_list() == ["张伟", None, "李娜", "欧阳凤兰", ""]
    assert simplified(names.head(0)).to_list() == []


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("喆", "哲", True),
        ("zhe", "哲", True),
        ("zhe", "喆", True),
        ("炜", "伟", False),  # twin: both are common
        ("zhi", "哲", False),
        ("喆", "三", False),
        ("h", "三", False),
    ],
)
def test_a_rare_character_may_be_written_by_its_sound(left: str, right: str, expected: bool) -> None:
    assert may_stand_for(left, right) is expected
    assert may_stand_for(right, left) is expected
