"""Two people mean two people: one name in two spellings is one, and what is no name is nobody."""

from __future__ import annotations

import pytest

from jobs.returns.checkers import checkers_of, fault_of

TWO = [
    "张三、李四", "张三,李四", "张三 李四", "张三；李四", "张三/李四", "张 三、李 四", "张三同志、李四（组长）",
    "张三、李四（村干部）", "张三（镇人大代表）、李四（代理镇长）", "张三（电话13900000000）、李四", "司马和平、王及第", "张三、何等",
    "张三、李四工作人员",
    "陈某甲、李某乙",
    "欧阳娜娜、买买提·艾力", "Zhang San、Li Si", "张三、张三丰", "张某、李某", "张建委、李中心", "张两人、王政",
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
    *(
        f"张三、李四{told}"
        for told in (
            "（请假未到）",
            "（代签）",
            "（电话核实）",
            "(未到场)",
            "（补签）",
            "（代）",
            "【视频】",
            "代签",
            "请假",
            "等",
            "及村",
            "及村干部",
            "和村干部",
            "和王五",
            "与其他人员",
        )
    ),
    "张三（一人核查）、李四",
    "张三、（代）李四",
    "张三、李某",
    "张某、李某、王五",
    *(
        f"张三、{nobody}"
        for nobody in ("同上", "不详", "未知", "None", "某某", "XX", "本人", "待定", "空缺", "未到", "签字", "代签", "见附件")
    ),
    *(
        f"张三、{nobody}"
        for nobody in ("两人", "其他人员", "县民政局", "某县医保办", "大冶市纪委", "东风村委会", "城关镇政府", "救助中心")
    ),
]


@pytest.mark.parametrize("cell", NOBODY)
def test_what_is_no_full_name_is_nobody_and_is_not_shown_in_full(cell: str) -> None:
    fault = fault_of(checkers_of(cell))
    assert fault is not None
    assert "which is no full name" in fault
    assert "13900000000" not in fault
