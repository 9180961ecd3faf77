"""What law says, month by month: standards, add-ons and the time in which a rule's source is in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.launch.settings import Settings
from jobs.registers.policy import Dated, Policy, YearlyCap, by_month, in_force
from jobs.rulebook.rule import Rule
from jobs.rules import RULES
from jobs.rules.aid_above_cap import yearly_cap
from jobs.rules.in_force import rules_in_force
from tests.rules.world import Case, clues_of

SOURCE = "a law of the test"
V01, F01, D01 = (next(rule for rule in RULES if rule.code == code) for code in ("V01", "F01", "D01"))
CAR = {
    "plate_kind": "小型汽车",
    "plate_no": "B1",
    "status": "正常",
    "registered_on": "2016-04-18",
    "price": "88000",
    "paid": "01-12",
}
DIED = {"died_on": "2016-11-20", "paid": "01-12"}


def line(first: str, last: str | None = None) -> Dated:
    return Dated.model_validate({"from": date.fromisoformat(first), "to": last and date.fromisoformat(last), "source": SOURCE})


def came_out(session: SparkSession, rule: Rule, params: Any, policy: Policy, **cells: str) -> tuple[str, int, Decimal]:
    [row] = clues_of(session, rule, params, [Case("one", cells, {})], policy).values()
    return row["outcome"], row["months"], row["amount_estimate"]


@pytest.mark.parametrize(
    "lines",
    [
        [line("2017-03-01")],
        [line("2016-01-01"), line("2017-03-01"), line("2017-03-15")],
        [line("2016-01-01", "2017-02-28"), line("2017-04-01")],
        [line("2016-01-01"), line("2017-03-01", "2017-05-31")],
        [line("2017-03-01", "2017-05-31"), line("2017-04-01", "2017-04-30")],
    ],
)
def test_the_law_of_a_month_is_the_law_in_force_on_its_first_day(session: SparkSession, lines: list[Dated]) -> None:
    months = [date(2016 + n // 12, n % 12 + 1, 1) for n in range(24)]
    rows = session.createDataFrame([(month,) for month in months], "month date")
    said = by_month(lines, F.col("month"), lambda one: F.lit(lines.index(one)))
    assert {row["month"]: lines[row["said"]] for row in rows.withColumn("said", said).collect()} == {
        month: in_force(lines, month) for month in months
    }


def test_add_ons_are_those_of_the_month(session: SparkSession, settings: Settings) -> None:
    """Until June the supplement may be doubled, from July a tenth is added: six months of double pay are too much, six are lawful."""
    before = settings.policy.add_ons[0].model_copy(update={"last": date(2017, 6, 30)})
    after = before.model_copy(update={"first": date(2017, 7, 1), "last": None, "highest_share": Decimal("0.10")})
    policy = settings.policy.model_copy(update={"add_ons": (before, after)})
    cells = {"paid": "01-12", "amount": "900", "category": "A"}
    assert came_out(session, F01, settings.params("F01"), settings.policy, **cells)[0] == "exempt"
    # 465 a month and a tenth of it, a yuan let pass: 900.00 - 512.50 = 387.50 too much.
    expected = ("found", 6, 6 * Decimal("387.50"))
    assert came_out(session, F01, settings.params("F01"), policy, **cells) == expected
    assert (
        came_out(session, F01, settings.params("F01"), policy.model_copy(update={"add_ons": (after, before)}), **cells)
        == expected
    )


def test_who_may_have_an_add_on_is_said_by_the_law_of_the_month(session: SparkSession, settings: Settings) -> None:
    """A person of 75 who lives alone is old until June, and from July not yet."""
    before = settings.policy.add_ons[0].model_copy(update={"last": date(2017, 6, 30)})
    after = before.model_copy(update={"first": date(2017, 7, 1), "last": None, "old_age_years": 80})
    policy = settings.policy.model_copy(update={"add_ons": (before, after)})
    cells = {"paid": "01-12", "amount": "900", "category": "C", "born_on": "1942-01-01"}
    assert came_out(session, F01, settings.params("F01"), policy, **cells)[:2] == ("found", 6)


def test_a_cap_is_that_of_the_end_of_the_year(session: SparkSession) -> None:
    given = {"program": "医疗救助", "source": SOURCE}
    caps = [
        YearlyCap.model_validate({**given, "from": date(2016, 1, 1), "yuan_a_year": Decimal(1)}),
        YearlyCap.model_validate({**given, "from": date(2017, 9, 1), "yuan_a_year": Decimal(2)}),
    ]
    rows = session.createDataFrame(
        [("医疗救助", year) for year in (2015, 2016, 2017, 2018)] + [("教育救助", 2017)], "program string, year int"
    )
    found = rows.withColumn("cap", yearly_cap(caps, "program", "year")).collect()
    assert [row["cap"] for row in found] == [1, 1, 2, 2, None]


@pytest.mark.parametrize(
    ("period", "months"),
    [
        ((date(2012, 12, 12), None), 12),
        ((date(2017, 4, 1), None), 9),
        ((date(2017, 4, 2), None), 8),  # April had begun
        ((date(2012, 12, 12), date(2017, 3, 31)), 3),
        ((date(2017, 2, 1), date(2017, 3, 1)), 2),
        ((date(2012, 12, 12), date(2016, 12, 31)), 0),
    ],
)
@pytest.mark.parametrize(("rule", "cells"), [(V01, CAR), (D01, DIED)], ids=["V01", "D01"])
def test_months_outside_the_time_of_a_rule_do_not_count(
    session: SparkSession, settings: Settings, rule: Rule, cells: dict[str, str], period: tuple[date, date | None], months: int
) -> None:
    dated = replace(rule, in_force=period)
    outcome, counted, yuan = came_out(session, dated, settings.params(rule.code), settings.policy, **cells)
    assert (outcome, counted, yuan) == ("found" if months else "clear", months, months * Decimal(300))


def test_a_fact_without_a_day_stays_one_in_a_rule_that_began_late(session: SparkSession, settings: Settings) -> None:
    late = replace(V01, in_force=(date(2017, 4, 1), None))
    undated = {name: cell for name, cell in CAR.items() if name != "registered_on"}
    assert came_out(session, late, settings.params("V01"), settings.policy, **undated)[:2] == ("cannot_judge", 0)


def test_a_run_goes_by_every_rule_that_has_begun(settings: Settings) -> None:
    codes = {rule.code for rule, _ in rules_in_force(date(2013, 1, 1), settings.params)}
    assert {"V01", "K01"} <= codes
    assert "D01" not in codes  # of 2014
    ended = replace(V01, in_force=(date(2012, 12, 12), date(2015, 12, 31)))
    assert ended.has_begun(date(2017, 12, 31))  # what was paid until then is judged still


def test_a_vehicle_up_to_the_price_that_is_let_pass_is_clear(session: SparkSession, settings: Settings) -> None:
    cheap = settings.policy.vehicles[0].model_copy(update={"let_pass_yuan": Decimal(88000)})
    policy = settings.policy.model_copy(update={"vehicles": (cheap,)})
    params = settings.params("V01")
    assert came_out(session, V01, params, settings.policy, **CAR)[0] == "found"
    assert came_out(session, V01, params, policy, **CAR)[0] == "clear"
    assert came_out(session, V01, params, policy, **{**CAR, "price": "88001"})[0] == "found"
    assert came_out(session, V01, params, policy, **{name: cell for name, cell in CAR.items() if name != "price"})[0] == "found"
