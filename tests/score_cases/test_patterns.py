"""Every kind of strangeness beside its lawful look-alike, in a city of ordinary households made by hand. No engine is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from expectations.contracts.lake import PATTERN_KINDS
from jobs.launch.settings import load_settings
from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.silent_changes import STATE
from tests.score_cases.ordinary_city import (
    HOUSEHOLDS,
    VILLAGES,
    Cell,
    asked,
    asked_of,
    ids,
    in_one_go,
    lawful,
    of_village,
    ordinary,
    scattered,
    scores_of,
    some,
    told,
    with_cases,
    with_cells,
    with_months,
)

SIX, EIGHT = some(6, step=42), of_village(5, 8)
Made = tuple[City, list[int]]


def _before(city: City, **changed: tuple[list[int], Cell]) -> City:
    """The same city as delivered a month before, but for some cells of some households."""
    frame = city.cases
    for column, (who, cell) in changed.items():
        frame = with_cells(frame, who, **{column: cell})
    return replace(city, states=frame.select(STATE).with_columns(as_of=pl.lit(date(2017, 11, 30))))


def _in_village(city: City, who: list[int]) -> City:
    village = {name: city.cases[name][5] for name in ("county_code", "town", "village")}
    return with_cases(city, who, **{name: lambda n, cell=cell: cell for name, cell in village.items()})


def _aided(city: City, who: list[int], **cells: Cell) -> City:
    return replace(city, aid=with_cells(city.aid, who, **cells))


def _left(city: City, who: list[int]) -> City:
    return replace(city, members=with_cells(city.members, who, registry_status=lambda n: "迁出注销"))


def _without(city: City, who: int, months: range) -> City:
    """Months (1-12) of a household that were not paid."""
    is_of = (pl.col("case_id") == f"H{who:04}") & pl.col("for_month").dt.month().is_in(list(months))
    return replace(city, months=city.months.filter(~is_of))


def _off_roster(city: City) -> City:
    return with_cases(city, [50], is_unrostered=lambda n: 1.0, approved_on=lambda n: None, village=lambda n: None)


def _early(city: City, began: date) -> City:
    return with_cases(
        city, [50], approved_on=lambda n: date(2017, 5, 9), start_month=lambda n: began, months_paid_before_approval=lambda n: 4.0
    )  # fmt: skip


def _as_paid(city: City) -> City:
    """The roster of the last month paid: what it states is what was paid."""
    last = city.months.filter(pl.col("for_month") == date(2017, 12, 1)).select(
        "case_id", monthly_amount="paid_yuan", covered_heads="paid_heads"
    )
    return replace(city, cases=city.cases.update(last, on="case_id"))


def _with_own_officers(city: City) -> City:
    """A city in which each town has two officers of its own."""
    of_town = pl.format("{} {} {}", "county_code", "town", pl.col("approver_name_key").str.slice(-1).cast(pl.Int64) % 2)
    return replace(city, cases=city.cases.with_columns(approver_name_key=of_town))


def _by_another_town(city: City, who: list[int], **cells: Cell) -> City:
    """Approved by an officer of another town of the county: EIGHT are of one village."""
    home = city.cases["town"][who[0]]
    county = city.cases["county_code"][who[0]]
    other = next(row for row in city.cases.iter_rows(named=True) if row["county_code"] == county and row["town"] != home)
    mixed = _strays(city)
    officer = mixed.cases.filter(pl.col("case_id") == other["case_id"])["approver_name_key"][0]
    return with_cases(mixed, who, approver_name_key=lambda n: officer, **cells)


def _strays(city: City) -> City:
    """Towns with officers of their own, and in the other county here and there a household that moved and kept its approval."""
    made = _with_own_officers(city)
    strayed = pl.col("case_id").is_in([f"H{i:04}" for i in range(2, HOUSEHOLDS, 150)])
    officer = pl.when(strayed).then(pl.col("approver_name_key").shift(-2).fill_null(pl.col("approver_name_key").first()))
    return replace(made, cases=made.cases.with_columns(approver_name_key=officer.otherwise("approver_name_key")))


def _stood_in(city: City, who: list[int]) -> City:
    """Within three weeks, and nobody of the town approved anything for months."""
    made = _by_another_town(city, who, approved_on=lambda n: date(2013, 5, 2 + 3 * n))
    town = pl.col("town") == made.cases["town"][who[0]]
    is_own = town & ~pl.col("case_id").is_in(ids(who)) & pl.col("approved_on").is_between(date(2013, 3, 1), date(2013, 8, 1))
    later = pl.when(is_own).then(pl.col("approved_on") + timedelta(days=155)).otherwise(pl.col("approved_on"))
    return replace(made, cases=made.cases.with_columns(approved_on=later))


def _moved_on(city: City, who: list[int]) -> City:
    """The officer's approvals elsewhere all came before."""
    made = _by_another_town(city, who, approved_on=lambda n: date(2015, 1 + 2 * n, 9))
    officer = made.cases["approver_name_key"][who[0]]
    before = pl.when((pl.col("approver_name_key") == officer) & ~pl.col("case_id").is_in(ids(who)))
    return replace(
        made,
        cases=made.cases.with_columns(
            approved_on=before.then(pl.min_horizontal("approved_on", date(2014, 12, 1))).otherwise(pl.col("approved_on"))
        ),
    )


def _paid_to_one(city: City, who: list[int]) -> City:
    """Each household's own account, all of one name."""
    return with_months(city, who, range(1, 13), holder=lambda month: "stranger")


WORKED = [
    date(2008, 2, 2), date(2009, 1, 4), date(2010, 2, 20), date(2011, 1, 30), date(2012, 1, 21), date(2013, 1, 5), date(2014, 1, 26),
    date(2015, 1, 4), date(2015, 2, 15), date(2016, 2, 6), date(2017, 1, 22),
]  # fmt: skip
"""Saturdays and Sundays that the State Council made working days."""


def _helped(city: City) -> City:
    """Every fourth village has a helper whose telephone three of its households state."""
    for village in range(0, VILLAGES, 4):
        city = with_cases(city, of_village(village, 3), phone_key=lambda n, village=village: f"helper{village}")
    return city


def _deducting(city: City) -> City:
    """Every third household has a rigid expense of its own."""
    who = list(range(0, HOUSEHOLDS, 3))
    return with_cases(city, who, rigid_expense=lambda n: 200.0 + scattered(n, 37, 400), has_rigid_expense=lambda n: True)


def _unknown(city: City, **cells: Cell) -> City:
    members = with_cells(city.members, [50], in_registry=lambda n: False, **cells)
    return replace(with_cases(city, [50], registers_knowing=lambda n: 0.0), members=members)


STRANGE: dict[str, Callable[[City], Made]] = {
    "one_telephone": lambda city: (with_cases(city, SIX, phone_key=lambda n: "one"), SIX),
    "one_holder": lambda city: (with_months(city, SIX, range(1, 13), holder=lambda month: "stranger"), SIX),
    "one_holder of two": lambda city: (_paid_to_one(city, [50, 98]), [50, 98]),
    "one_telephone of scattered": lambda city: (with_cases(_helped(city), SIX[:5], phone_key=lambda n: "one"), SIX[:5]),
    "officer_elsewhere": lambda city: (_by_another_town(city, EIGHT[:4]), EIGHT[:4]),
    "long_grace": lambda city: (with_cases(city, [50], grace_until=lambda n: date(2019, 6, 1)), [50]),
    "growing_heads": lambda city: (
        _as_paid(with_months(city, [50], range(1, 13), paid_heads=lambda month: 1 + month // 5)),
        [50],
    ),
    "many_kin_in_office": lambda city: (with_cases(city, EIGHT, kin_in_office=lambda n: 1.0), EIGHT),
    "many_of_two_years": lambda city: (
        with_cases(city, of_village(5, 15), approved_on=lambda n: date(2016, 1, 5) + timedelta(days=24 * n)),
        of_village(5, 15),
    ),
    "many_paid_at_once": lambda city: (
        with_cases(city, EIGHT, approved_on=lambda n: date(2010, 3, 9 + n), start_month=lambda n: date(2010, 3, 1)),
        EIGHT,
    ),
    "many_on_holidays": lambda city: (
        with_cases(city, of_village(5, 15), approved_on=lambda n: date(2009 + n % 8, 10, 1 + n % 3)),
        of_village(5, 15),
    ),
    "many_same_amounts whatever the size": lambda city: (
        with_cases(city, EIGHT, monthly_amount=lambda n: 777.0),
        EIGHT,
    ),
    "many_same_amounts deducted": lambda city: (
        with_cases(_deducting(city), EIGHT, rigid_expense=lambda n: 321.0, has_rigid_expense=lambda n: True),
        EIGHT,
    ),
    "account_run": lambda city: (with_cases(city, SIX, account_no=lambda n: 990077000000000000 + n), SIX),
    "approval_days": lambda city: (in_one_go(city, SIX, paid_yuan_per_head=lambda n: 233.5), SIX),
    "many_category_a": lambda city: (with_cases(city, of_village(5, 15), category=lambda n: "A"), of_village(5, 15)),
    "many_add_ons": lambda city: (with_cases(city, EIGHT, to_standard=lambda n: 1.2), EIGHT),
    "many_before_approval": lambda city: (
        with_cases(city, EIGHT, months_paid_before_approval=lambda n: 4.0, start_month=lambda n: date(2007, 1, 1)),
        EIGHT,
    ),
    "many_same_amounts": lambda city: (with_cases(city, EIGHT, paid_yuan_per_head=lambda n: 233.5), EIGHT),
    "creeping_amount": lambda city: (
        _as_paid(with_months(city, [50], range(1, 13), paid_yuan=lambda month: 300.0 + 10 * (month // 3))),
        [50],
    ),
    "restless_amount": lambda city: (
        with_months(city, [50], range(1, 13), paid_yuan=lambda month: 300.0 + 90 * (month // 3 % 2)),
        [50],
    ),
    "wandering_account": lambda city: (with_months(city, [50], range(5, 13), account=lambda month: f"other{month // 9}"), [50]),
    "odd_days": lambda city: (with_months(city, [50], range(3, 9), last_paid_on=lambda month: date(2017, month, 27)), [50]),
    "nobody_knows": lambda city: (_unknown(city), [50]),
    "everybody_left": lambda city: (
        replace(city, members=with_cells(city.members, [50], registry_status=lambda n: "迁出注销")),
        [50],
    ),
    "no_roster": lambda city: (_off_roster(city), [50]),
    "paid_above_roster": lambda city: (with_cases(city, [50], monthly_amount=lambda n: 120.0), [50]),
    "more_heads_paid": lambda city: (with_months(city, [50], range(1, 13), paid_heads=lambda month: 6), [50]),
    "one_high_month": lambda city: (with_months(city, [50], range(9, 10), paid_yuan=lambda month: 990.0), [50]),
    "before_approval": lambda city: (_early(city, date(2017, 1, 1)), [50]),
    "on_and_off": lambda city: (_without(_without(city, 50, range(3, 4)), 50, range(7, 9)), [50]),
    "below_cap": lambda city: (_aided(city, some(6, 10, 40), total_yuan=lambda n: 14800.0 + 30 * n), some(6, 10, 40)),
    "aid_again": lambda city: (_aided(city, [50], transfers=lambda n: 8), [50]),
    "many_in_grace": lambda city: (with_cases(city, EIGHT, grace_until=lambda n: date(2018, 6, 1)), EIGHT),
    "many_on_days_off": lambda city: (
        with_cases(city, of_village(5, 15), approved_on=lambda n: date(2009, 1, 10) + timedelta(days=154 * n)),
        of_village(5, 15),
    ),
    "rare_together": lambda city: (
        with_cases(city, [50], foreign_holder_ratio=lambda n: 1.0, gap_months=lambda n: 2.0, accounts_used=lambda n: 2.0),
        [50],
    ),
    "split_book": lambda city: (
        replace(
            with_cases(city, [50, 90], approved_on=lambda n: date(2014, 5, 2 + n)),
            members=with_cells(city.members, [50, 90], book=lambda n: "b"),
        ),
        [50, 90],
    ),
    "many_households": lambda city: (_in_village(city, [*of_village(5, 15), *SIX, *some(20, start=1, step=24)]), []),
    "silent_change": lambda city: (_before(city, monthly_amount=([50], lambda n: 99.0)), [50]),
}
LAWFUL: dict[str, Callable[[City], City]] = {
    "a helper's telephone in one village, over years": lambda city: with_cases(city, EIGHT[:5], phone_key=lambda n: "one"),
    "one stranger collects for one household": lambda city: _paid_to_one(city, [50]),
    "a son collects for two households of his kin": lambda city: replace(
        _paid_to_one(city, [50, 98]), kin=with_cells(city.kin, [50, 98], name_key=lambda n: "stranger")
    ),
    "strangers collect in every tenth household, two of them of one name": lambda city: replace(
        made := with_months(city, [50, 98], range(1, 13), holder=lambda month: "stranger"),
        months=made.months.with_columns(
            holder=pl.when(pl.col("case_id").str.contains("[14]$")).then(pl.format("out {}", "case_id")).otherwise("holder")
        ),
    ),
    "another town's officer stood in": lambda city: _stood_in(city, EIGHT[:4]),
    "an officer who moved to another town": lambda city: _moved_on(city, EIGHT[:4]),
    "households that moved and kept their approvals": _strays,
    "a gradual exit of months": lambda city: with_cases(city, [50], grace_until=lambda n: date(2018, 9, 1)),
    "weekends worked for a holiday": lambda city: with_cases(
        city, of_village(5, 11), approved_on=lambda n: WORKED[n]
    ),
    "deductions as different as illnesses": lambda city: with_cases(_deducting(city), EIGHT, rigid_expense=lambda n: 300.0 + 41 * n),
    "a home's telephone": lambda city: with_cases(city, SIX, phone_key=lambda n: "one", is_home=lambda n: True),
    "the registered guardian's accounts": lambda city: with_cases(
        with_months(city, SIX, range(1, 13), holder=lambda month: "guardian"), SIX, has_guardian=lambda n: True
    ),
    "one account for all of them is rule F02's": lambda city: with_months(
        city, SIX, range(1, 13), holder=lambda month: "collector", account=lambda month: "one"
    ),
    "one village's cards, approved over years": lambda city: with_cases(city, EIGHT, account_no=lambda n: 990077000000000000 + n),
    "one person drawing twice is rule R01's": lambda city: replace(
        with_cases(city, [50, 90], approved_on=lambda n: date(2014, 5, 2)),
        members=with_cells(city.members, [50, 90], book=lambda n: "b", number_key=lambda n: "one"),
    ),
    "two of one book, years apart": lambda city: replace(city, members=with_cells(city.members, [50, 90], book=lambda n: "b")),
    "a disabled member covered alone beside the family": lambda city: replace(
        with_cases(city, [50, 90], approved_on=lambda n: date(2014, 5, 2), is_single_cover=lambda n: n == 1),
        members=with_cells(city.members, [50, 90], book=lambda n: "b"),
    ),
    "a large village": lambda city: replace(
        _in_village(city, SIX), villages=city.villages.with_columns(registered=pl.when(pl.col("village") == "村5").then(300).otherwise(200))
    ),
    "a campaign of ordinary households": lambda city: in_one_go(city, SIX),
    "a village as generous as all": lambda city: with_cases(city, list(range(HOUSEHOLDS)), category=lambda n: "A"),
    "raised once after a review": lambda city: _as_paid(
        with_months(city, [50], range(6, 13), paid_yuan=lambda month: 450.0)
    ),
    "raised with a newcomer": lambda city: _as_paid(
        with_months(city, [50], range(1, 13), paid_yuan=lambda month: 300.0 + 100 * (month // 6), paid_heads=lambda month: 1 + (month >= 6))
    ),
    "a new standard for everybody, three times": lambda city: with_months(
        city, list(range(HOUSEHOLDS)), range(1, 13), paid_yuan=lambda month: 300.0 + 10 * (month // 4)
    ),
    "a lost card": lambda city: with_months(city, [50], range(5, 13), account=lambda month: "other"),
    "one transfer that bounced": lambda city: with_months(city, [50], range(6, 7), last_paid_on=lambda month: date(2017, 6, 27)),
    "a number that is wrong, for the village knows the name": lambda city: _unknown(city, has_namesake=lambda n: True),
    "a county whose registry was not delivered": lambda city: replace(
        with_cases(city, list(range(0, HOUSEHOLDS, 8)), registers_knowing=lambda n: 0.0),
        members=with_cells(city.members, list(range(0, HOUSEHOLDS, 2)), in_registry=lambda n: False),
    ),
    "everybody left, and so did half of the county: the registry is another year's": lambda city: _left(
        city, list(range(0, HOUSEHOLDS, 4))
    ),
    "a certificate issued anew, the payee on a roster under the old one": lambda city: replace(
        _off_roster(city), members=with_cells(city.members, [50, 90], number_key=lambda n: "one")
    ),
    "off the roster since its last payment": lambda city: _without(_off_roster(city), 50, range(10, 13)),
    "an add-on that the roster states beside the amount": lambda city: with_cases(
        with_months(city, [50], range(1, 13), paid_yuan=lambda month: 560.0), [50], add_on_yuan=lambda n: 300.0
    ),
    "a raise that the roster does not state yet": lambda city: with_months(city, [50], range(11, 13), paid_yuan=lambda month: 560.0),
    "a child born in autumn": lambda city: with_months(city, [50], range(11, 13), paid_heads=lambda month: 6),
    "a month made up for in the next": lambda city: with_months(
        _without(city, 50, range(6, 7)), [50], range(7, 8), paid_yuan=lambda month: 990.0
    ),
    "reviewed while it drew": lambda city: _early(city, date(2013, 4, 1)),
    "suspended once": lambda city: _without(city, 50, range(5, 8)),
    "many who needed more than the cap": lambda city: _aided(city, some(6, 10, 40), total_yuan=lambda n: 15000.0),
    "treated every month": lambda city: _aided(city, [50], program=lambda n: "医疗救助", transfers=lambda n: 11),
    "one thing that is rare": lambda city: with_cases(city, [50], foreign_holder_ratio=lambda n: 1.0),
    "a new amount with a new approval": lambda city: _before(
        city, monthly_amount=([50], lambda n: 99.0), approved_on=([50], lambda n: date(2007, 1, 1))
    ),
    "a new standard since the delivery before": lambda city: _before(
        city, monthly_amount=(list(range(HOUSEHOLDS)), lambda n: 99.0)
    ),
}  # fmt: skip


def test_in_a_quiet_city_nothing_is_asked() -> None:
    assert asked(ordinary()) == {}


@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_strange_is_asked_about_by_its_kind_and_nobody_else_is_in_sentences_without_scores(kind: str) -> None:
    city, who = STRANGE[kind](ordinary())
    if kind.startswith("many_households"):
        who = [int(case[1:]) for case in city.cases.filter(pl.col("village") == "村5")["case_id"]]
    rows = told(city)
    found = asked_of(rows)
    assert set(found) == ids(who)
    assert set(found.values()) == {kind.split()[0]}
    (group,) = rows.filter(pl.col("case_id").is_in(list(ids(who))))["group_id"].unique()
    assert (group is not None) == (len(who) > 1)
    for seen, usual in rows.select("seen", "usual").iter_rows():
        assert not [word for word in ("得分", "异常度", "概率", "。") if word in seen + usual]
        assert "该户" in seen


@pytest.mark.parametrize("lookalike", LAWFUL)
def test_what_only_looks_like_it_is_not_asked_about(lookalike: str) -> None:
    assert asked(LAWFUL[lookalike](ordinary())) == {}


def test_a_campaign_is_kept_with_its_reason() -> None:
    assert lawful(LAWFUL["a campaign of ordinary households"](ordinary())) == dict.fromkeys(ids(SIX), "R99")


def test_a_pattern_of_several_kinds_is_one_with_all_its_households() -> None:
    """Seven approved in one go, cards in a row; five of them leave one telephone."""
    seven = some(7, step=42)
    city = in_one_go(ordinary(), seven, account_no=lambda n: 990077000000000000 + n)
    rows = told(with_cases(city, seven[:5], phone_key=lambda n: "one")).filter(pl.col("case_id").is_in(list(ids(seven))))
    assert len(rows) == 7
    assert rows["group_id"].n_unique() == 1
    assert rows["cases_in_group"].unique().to_list() == [7]
    assert all("此外" in seen for seen in rows["seen"])
    assert [seen.count("该户卡号与另外") for seen in rows["seen"]] == [1] * 7  # measured in two widths, said once


def test_what_a_rule_found_in_a_household_does_not_take_it_out_of_its_group() -> None:
    city, who = STRANGE["one_telephone"](ordinary())
    stated = pl.DataFrame([(f"H{who[0]:04}", "D01", "found")], city.stated.schema, orient="row")
    assert set(asked(replace(city, stated=stated))) == ids(who)


def test_a_household_far_beyond_the_tail_is_asked_about_unless_a_rule_explains_it_or_visits_refuted_the_like() -> None:
    city = ordinary()
    scores = scores_of(city).with_columns(anomaly=pl.when(pl.col("case_id") == "H0050").then(1.0).otherwise("anomaly"))
    assert asked(city, scores) == {"H0050": "unlike_others"}
    stated = pl.DataFrame([("H0050", "D01", "exempt")], city.stated.schema, orient="row")
    assert asked(replace(city, stated=stated), scores) == {}
    refuted = pl.when(pl.col("case_id") == "H0050").then(1e9).otherwise("moved")
    assert asked(city, scores.with_columns(moved=refuted)) == {}


def test_a_village_that_reports_no_death() -> None:
    """Each sixth household had a death; elsewhere one in ten is paid on, in this village all six."""
    city, village = ordinary(), of_village(5, 6)
    died = [i for i in range(HOUSEHOLDS) if i % 6 == 1 and i % VILLAGES != 5]
    rows = [(f"H{i:04}", "D01", "found" if n % 10 == 0 else "exempt") for n, i in enumerate(died)]
    rows += [(case, "D01", "found") for case in sorted(ids(village))]
    found = asked(replace(city, stated=pl.DataFrame(rows, city.stated.schema, orient="row")))
    assert found == dict.fromkeys(ids(village), "dead_never_reported")


def test_back_again_and_out_of_nowhere() -> None:
    city = ordinary()
    all_states = city.cases.select(STATE)
    before = all_states.filter(~pl.col("case_id").is_in(["H0050", "H0060"])).with_columns(as_of=pl.lit(date(2017, 11, 30)))
    long_before = all_states.filter(pl.col("case_id") != "H0060").with_columns(as_of=pl.lit(date(2017, 10, 31)))
    rows = told(replace(city, states=pl.concat([before, long_before]))).filter(pl.col("kind") == "silent_change")
    assert {case: seen for case, seen in rows.select("case_id", "seen").iter_rows()} == {
        "H0050": "该户在上一次报送的花名册里不见了，这一次又以同一批准日期出现",
        "H0060": "该户的批准日期早于上一次报送几个月，上一次的花名册里却没有这一户",
    }


def test_every_kind_has_a_prior() -> None:
    assert set(load_settings("test").ranking.pattern_prior) == set(PATTERN_KINDS)
