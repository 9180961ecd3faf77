"""Households of a list made by hand. Numbers carry divisions that were never assigned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from jobs.papers.household import Household, Member, Other, Question
from tests.hand_made import person_number

DAY = date(2018, 1, 15)
INNOCENT = {"V01": ("R10", "R09", "R11"), "K02": ("R99", "R20"), "F02": ("R22",), "R01": ("R23", "R01")}
CAR = Question(
    "V01", "赵国强", "公安车管登记显示该户成员名下有一辆小型汽车，登记后仍获发放33个月待遇，请核实车辆由谁使用。",
    ("公安车管《机动车登记》，截至2017-12-31",), things=("号牌号码 鄂B00001",), doubt_code="R11", grade="A", amount_yuan=Decimal("10560"),
)  # fmt: skip
STAFF = Question(
    "K02", "赵国强", "财政供养名册显示该户保障对象的子女自2012年5月起为事业编制人员，未查到近亲属备案，请核实是否共同生活。",
    ("财政《财政供养人员》，截至2017-12-31",), others=(Other("财政供养人员", "赵建民", "教师", unit="北县第一中学"),), grade="C",
)  # fmt: skip
ACCOUNT = Question(
    "F02", "赵国强", "发放明细显示该户的待遇打入一个先后为5户收款的账户，请核实是否本人领取、有无委托。",
    ("民政/财政《救助资金发放明细》，截至2017-12-31",), others=(Other("收款账户", "孙文海", account="6217000000000001234"),),
)  # fmt: skip
TWICE = Question(
    "R01", "赵国强", "花名册显示该对象在两处享受待遇，请核实应享受哪一项。", ("民政《城乡低保对象花名册》，截至2017-12-31",),
    others=(Other("另一处待遇", told="农村特困", certificate="NT0009"),),
)  # fmt: skip
MEMBERS = (
    Member("赵国强", person_number(1), "户主", True),
    Member("钱秀兰", person_number(2), "配偶", True),
    Member("赵建民", person_number(3), "子女", False),
)
HOUSEHOLD = Household(
    case_id=f"H{1:016x}", position=13, county="北县", town="青石镇", village="一村", household_no="D0001", program="农村低保",
    head_name="赵国强", head_number=person_number(1), phone="13900000001", heads=2, monthly_yuan=Decimal("320.00"), since=date(2013, 1, 1),
    stopped=None, members=MEMBERS, questions=(CAR,), earlier=("列入计划 2017-06-01", "2017-06-20 无法核实"),
)  # fmt: skip
USUAL = replace(HOUSEHOLD, case_id=f"H{2:016x}", questions=(CAR, STAFF, ACCOUNT))
LARGEST = replace(
    HOUSEHOLD,
    case_id=f"H{3:016x}",
    town="某某某某民族自治街道办事处（经济开发区）",
    village="某某某某某某社区居民委员会第十二网格",
    members=tuple(replace(MEMBERS[0], name="买买提·阿不都热合曼·吐尔逊江", number=person_number(10 + i)) for i in range(9)),
    questions=(CAR, STAFF, ACCOUNT, TWICE) * 3,
)
