"""Groups, rates and comparisons. Expected values by hand."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date

import polars as pl
import pytest

from jobs.report_fairness.groups import DIMENSIONS, grouped
from jobs.report_fairness.picture import picture
from jobs.report_fairness.rates import Group, compared_groups, group_counts, holm, two_proportions_p, warnings_of

AS_OF = date(2017, 12, 31)


def group(name: str, visited: int, refuted: int, dimension: str = "place", cases: int = 1000) -> Group:
    return Group(dimension, name, cases, visited, visited, visited - refuted, refuted)


@pytest.mark.parametrize(
    ("born_on", "band"),
    [
        (date(1957, 12, 31), "60—69岁"),  # sixty today
        (date(1958, 1, 1), "45—59岁"),  # sixty tomorrow
        (date(2000, 1, 1), "0—17岁"),
        (date(1999, 12, 31), "18—44岁"),
        (date(1930, 6, 1), "80岁及以上"),
        (date(2018, 1, 1), "不详"),  # not born yet
        (None, "不详"),
    ],
)
def test_ages_are_completed_years(born_on: date | None, band: str) -> None:
    people = pl.DataFrame(
        [("c", "大冶市", "金牛镇", "胜利村", "女", born_on, True)],
        schema={
            "case_id": str,
            "county": str,
            "town": str,
            "village": str,
            "sex": str,
            "born_on": pl.Date,
            "has_certificate": bool,
        },
        orient="row",
    )
    assert grouped(people, [0, 18, 45, 60, 70, 80], AS_OF)["age"].to_list() == [band]


def test_places_and_people_are_called_as_people_call_them() -> None:
    rows = [
        ("大冶市", "东岳路街道", "胜利社区", "女", True),
        ("阳新县", "兴国镇", "徐家庄村", "男", False),
        (None, None, None, None, False),
        ("阳新县", " ", "第三居委会", "未知", False),
        ("阳新县", "木港镇", "社区新村", "男", False),  # a community by its name, whatever it was
    ]
    people = pl.DataFrame(
        [(str(n), county, town, village, sex, None, has) for n, (county, town, village, sex, has) in enumerate(rows)],
        schema={
            "case_id": str,
            "county": str,
            "town": str,
            "village": str,
            "sex": str,
            "born_on": pl.Date,
            "has_certificate": bool,
        },
        orient="row",
    )
    found = grouped(people, [0, 18], AS_OF)
    assert found.select("county", "place", "village", "sex", "disability").rows() == [
        ("大冶市", "街道", "社区", "女", "有人持证"),
        ("阳新县", "乡镇", "村", "男", "无人持证"),
        ("不详", "不详", "不详", "不详", "无人持证"),
        ("阳新县", "不详", "社区", "不详", "无人持证"),
        ("阳新县", "乡镇", "社区", "男", "无人持证"),
    ]


def test_every_case_counts_once_in_every_dimension() -> None:
    cases = pl.DataFrame(
        {
            **{dimension: ["甲", "甲", "不详"] for dimension in DIMENSIONS},
            "age": ["100岁及以上", "18—44岁", "18—44岁"],
            "is_dispatched": [True, True, False],
            "is_visited": [True, False, False],
            "is_confirmed": [False, False, False],
            "is_refuted": [True, False, False],
        }
    )
    groups = group_counts(cases)
    assert [one for one in groups if one.dimension == "sex"] == [
        Group("sex", "甲", 2, 2, 1, 0, 1), Group("sex", "不详", 1, 0, 0, 0, 0),
    ]  # fmt: skip
    assert [one.name for one in groups if one.dimension == "age"] == ["18—44岁", "100岁及以上"]  # by years, not by text
    assert {sum(one.cases for one in groups if one.dimension == dimension) for dimension in DIMENSIONS} == {3}


@pytest.mark.parametrize(
    ("counts", "p"),
    [
        ((15, 100, 30, 100), 0.01109),  # pooled 0.225, standard error 0.05906, z 2.540
        ((30, 100, 15, 100), 0.01109),
        ((10, 50, 20, 100), 1.0),
        ((0, 30, 0, 40), 1.0),
        ((30, 30, 40, 40), 1.0),
    ],
)
def test_the_two_proportion_test_is_the_textbooks(counts: tuple[int, int, int, int], p: float) -> None:
    assert two_proportions_p(*counts) == pytest.approx(p, abs=1e-4)


def test_holm_multiplies_the_smallest_by_their_number_and_never_falls() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_a_difference_beyond_chance_is_told_and_one_within_it_is_not() -> None:
    groups = compared_groups([group("街道", 100, 50), group("乡镇", 100, 20)], least_visits=20)
    assert [one.adjusted_p for one in groups] == pytest.approx([8.6e-6, 8.6e-6], rel=0.02)  # z 4.448; the pair counts once
    told = warnings_of(groups, 0.05)
    assert len(told) == 2
    assert "街道: 50 of 100 visits refuted (50%), of the others 20 of 100 (20%)" in told[0]
    assert warnings_of(compared_groups([group("街道", 100, 25), group("乡镇", 100, 20)], least_visits=20), 0.05) == []


def test_a_correction_is_made_for_all_comparisons_of_the_report() -> None:
    alone = compared_groups([group("街道", 100, 30), group("乡镇", 100, 15)], 20)
    assert alone[0].adjusted_p == pytest.approx(0.01109, abs=1e-4)
    others = [group(f"县{n}", 50, 10, "county") for n in range(4)]
    among = compared_groups([group("街道", 100, 30), group("乡镇", 100, 15), *others], 20)
    assert among[0].adjusted_p == pytest.approx(5 * 0.01109, abs=5e-4)  # one pair and four counties
    assert among[0].p_value == alone[0].p_value


def test_few_visits_are_not_judged_whatever_they_found() -> None:
    groups = compared_groups(
        [group("甲县", 19, 19, "county"), group("乙县", 400, 20, "county"), group("丙县", 20, 20, "county")], 20
    )
    assert [one.adjusted_p is None for one in groups] == [True, False, False]
    small = compared_groups([group("街道", 19, 0), group("乡镇", 400, 200)], 20)  # the rest of the large one is too small, too
    assert [one.adjusted_p for one in small] == [None, None]


def test_cases_of_no_known_group_are_neither_judged_nor_compared_with() -> None:
    groups = compared_groups([group("男", 100, 20, "sex"), group("女", 100, 20, "sex"), group("不详", 100, 100, "sex")], 20)
    assert [one.adjusted_p for one in groups] == [1.0, 1.0, None]
    assert groups[0].rest_visited == 100


def test_shares_come_with_their_wilson_interval() -> None:
    one = compared_groups([Group("sex", "女", 200, 20, 10, 8, 2)], 20)[0]
    share, (low, high) = one.rate("refuted")
    assert (share, round(low, 4), round(high, 4)) == (0.2, 0.0567, 0.5098)
    assert one.rate("dispatched")[0] == 0.1
    assert compared_groups([Group("sex", "女", 200, 20, 0, 0, 0)], 20)[0].rate("confirmed") == (None, (0.0, 1.0))


def test_the_picture_shows_every_group_once_a_panel_and_red_only_what_is_beyond_chance() -> None:
    groups = compared_groups([group("街道", 100, 50), group("乡镇", 100, 20), group("<某县>", 5, 4, "county")], 20)
    drawn = picture(groups, 20, 0.05)
    root = ET.fromstring(drawn)
    circles = [one for one in root.iter() if one.tag.endswith("circle")]
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    assert len(circles) == 3 * len(groups)
    assert all(0 < float(c.attrib["cx"]) < width and 0 < float(c.attrib["cy"]) < height for c in circles)
    assert sum(c.attrib["fill"] == "#b42318" for c in circles) == 2
    assert ">80%<" in drawn  # the axis reaches the point of a small group, though not the end of its interval
    assert "#b42318" not in picture(compared_groups([group("街道", 100, 20), group("乡镇", 100, 20)], 20), 20, 0.05)
