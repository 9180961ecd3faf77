"""Names: one spelling for comparison, and which spellings may be one person's."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.cells.names import may_be_same, read_names

NAMES = {
    "张三": "张三",
    "张 三": "张三",
    "张\u3000三": "张三",
    "张\u00a0三": "张三",
    "张\n三": "张三",
    "张\u200b三": "张三",
    "张三(户主)": "张三",
    "张三（户主）": "张三",
    "张三【户主】": "张三",
    "张三(户\n主)": "张三",
    "张三(户主": "张三",
    "(户主)张三": "张三",
    "欧阳三": "欧阳三",
    "阿依古丽·买买提": "阿依古丽·买买提",
    "阿依古丽•买买提": "阿依古丽·买买提",
    "阿依古丽・买买提": "阿依古丽·买买提",
    "阿依古丽.买买提": "阿依古丽·买买提",
    "阿依古丽．买买提": "阿依古丽·买买提",
    "阿依古丽 · 买买提": "阿依古丽·买买提",
    "阿依古丽买买提": "阿依古丽买买提",  # twin: without a dot it stays another spelling
    "张三.": "张三",
    **{f"阿依古丽{dot}买买提": "阿依古丽·买买提" for dot in "·•・．.･﹒●‧∙⋅․◦。"},
    "⾼明": "高明",
    "⻢⽂": "马文",
    "⻩⻰": "黄龙",
    "\u2f3e外": "户外",  # the radical of doors has the form of the mainland
    "\ufa19": "神",
    "Ｊｏｈｎ\u3000Ｓｍｉｔｈ": "JohnSmith",
    "张\ufe00三": "张三",
    "张三\U000e0100": "张三",
    "张\ue5e5三\ue5e5": "张三",
    "\x1f张三": "张三",
    "张\u00ad三": "张三",
    "\u3164张三": "张三",
    '="张三"': "张三",
    '="张三（户主）"': "张三",
    "𠮷田": "𠮷田",
    "·张三": "张三",
    "张？": "张?",
    "张□": "张□",
    "张*": "张*",
    "★张三": "张三",
    "张三▲": "张三",
    "1.张三": "张三",
    "张三1": "张三",
    "张三13800000000": "张三",
    "户主：张三": "张三",
    "张三-户主": "张三",
    "张三〔户主〕": "张三",
    "张三<户主>": "张三",
    "张三、": "张三",
    "张三、李四": "张三、李四",  # twin: two people
    "阿依古丽-买买提": "阿依古丽·买买提",
    "阿依古丽˙买买提": "阿依古丽·买买提",
    "'张三": "张三",
    "张三 42029219500101102X": "张三",
    "42029219500101102x/张三": "张三",
    "张三：420292500101102": "张三",
    "姓名：张三": "张三",
    "姓  名:张三": "张三",
    "(户主)": None,
    "": None,
}

SAME = {
    ("张三", "张三"): True,
    ("张三", "张四"): False,
    ("张?", "张三"): True,
    ("张□", "张三"): True,
    ("张〇", "张三"): True,
    ("张?", "李三"): False,  # twin: the character that is legible differs
    ("?三", "张三"): True,
    ("张?", "张三丰"): False,
    ("?", "张"): False,  # nothing legible agrees
    ("??", "张三"): False,
    ("张?丰", "张三?"): True,
    ("阿依古丽·买买提", "阿依古丽买买提"): True,
    ("阿依古丽·买买提", "阿依古丽买买江"): False,
    ("張偉", "张伟"): True,
    ("張?", "张伟"): True,
    ("張炜", "张伟"): False,  # twin: another common character, however alike it sounds
    ("张喆", "张哲"): True,
    ("章喆", "张哲"): False,
    ("張zhe", "张喆"): True,
    ("张ZHE明", "张哲明"): True,
    ("张zheming", "张哲明"): False,  # letters that stand together are one character
    ("zhang", "张"): False,  # twin: nothing but the sound agrees
    ("JohnSmith", "JOHNSMITH"): True,
    ("JOHNSMITH", "JOHNSMYTH"): False,
}


def texts(*cells: str | None) -> pl.Series:
    return pl.Series(cells, dtype=pl.String)


def test_every_form_of_a_name() -> None:
    assert dict(zip(NAMES, read_names(texts(*NAMES)), strict=True)) == NAMES


def test_a_column_without_odd_names_stays_as_it_is() -> None:
    assert read_names(texts("张三", None, "李四")).to_list() == ["张三", None, "李四"]
    assert read_names(texts(None)).to_list() == [None]


@pytest.mark.parametrize(("pair", "expected"), SAME.items())
def test_known_variants_of_one_name(pair: tuple[str, str], expected: bool) -> None:
    left, right = pair
    assert may_be_same(left, right) is expected
    assert may_be_same(right, left) is expected


@settings(max_examples=50, deadline=None)
@given(st.text("张王李赵刘陈", min_size=2, max_size=4), st.data())
def test_one_unreadable_character_of_several_leaves_the_same_name(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    damaged = name[:at] + "?" + name[at + 1 :]
    assert may_be_same(name, damaged)
    assert not may_be_same(name, damaged + "?")
