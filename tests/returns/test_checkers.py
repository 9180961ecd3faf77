"""Two people mean two people: one name in two spellings is one, and what is no name is nobody."""

from __future__ import annotations

import pytest

from jobs.returns.checkers import checkers_of, fault_of

TWO = [
    "张三、李四", "张三,李四", "张三 李四", "张三；李四", "张三/李四", "张 三、李 四", "张三同志、李四（组长）",
    "欧阳娜娜、买买提·艾力", "Zhang San、Li Si", "张三、张三丰",
]  # fmt: skip


@pytest.mark.parametrize("cell", TWO)
def test_two_people_are_two(cell: str) -> None:
    assert len(checkers_of(cell)) == 2
    assert fault_of(checkers_of(cell)) is None


ONE = [
    "张三、张三", "张三、张 三", "张三，张　三", "张三、张三同志", "张三、组长张三", "张三（组长）、张三", "張三、张三", "Ｚｈａｎｇ San、zhang san",
    "买买提·艾力、买买提•艾力", "张三、张三\u200b", "张三、", "、",
]  # fmt: skip


@pytest.mark.parametrize("cell", ONE)
def test_one_person_in_two_spellings_is_one(cell: str) -> None:
    assert "different" in str(fault_of(checkers_of(cell)))
    assert len(checkers_of(cell)) < 2


NOBODY = [
    "1、2",
    "张三、1",
    "甲、乙",
    "A、B",
    "张三、13900000000",
    "张三、李主任",
    "张三、组长",
    "张三、李*",
    "张三、？？",
    "张三、李四2",
]


@pytest.mark.parametrize("cell", NOBODY)
def test_what_is_no_full_name_is_nobody_and_is_not_shown_in_full(cell: str) -> None:
    fault = fault_of(checkers_of(cell))
    assert fault is not None
    assert "which is no full name" in fault
    assert "13900000000" not in fault
