"""Suites: every bound says what failing means, and the witness finds what a plain comparison finds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from expectations import check
from expectations.bounds import Bound, Checked
from expectations.check import Witness
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import PERSON_KINDS
from expectations.suites import across
from expectations.suites.silver import silver_bounds
from jobs.launch.settings import Settings
from tests.conftest import AS_OF

COMPARED = [("dibao_roster", "420292"), ("payments", "420293"), ("vehicles", "420200")]


@pytest.fixture
def suites(settings: Settings) -> dict[str, list[Bound]]:
    """All suites by the table that they speak of."""
    limits = settings.quality
    return {
        **{d.silver.full_name: silver_bounds(d, AS_OF, limits) for d in DATA_SETS.values()},
        across.HOUSEHOLDS: across.household_bounds(limits),
        across.PAYMENTS: across.payment_bounds(limits),
        across.TOTALS: across.total_bounds(COMPARED, limits),
        across.COLUMNS: across.column_bounds({("payments", "paid_on"): "9999"}, limits),
        across.DELIVERY: across.delivery_bounds(),
    }


def test_every_bound_has_a_severity_a_side_and_says_what_to_do(suites: dict[str, list[Bound]]) -> None:
    for table, bounds in suites.items():
        for bound in bounds:
            assert bound.severity in ("critical", "warning"), table
            assert (bound.minimum is None) != (bound.maximum is None), bound
            assert re.match(r"\S.{20,}\.$", bound.meaning), bound
            assert bound.expected.startswith("at least" if bound.maximum is None else "at most")


def test_a_measure_has_one_bound_of_a_severity_and_one_way_to_be_measured(suites: dict[str, list[Bound]]) -> None:
    for table, bounds in suites.items():
        assert bounds, table
        assert len({(bound.measure, bound.severity) for bound in bounds}) == len(bounds), table
        assert len({(bound.measure, bound.sql) for bound in bounds}) == len({bound.measure for bound in bounds}), table
        assert all(bool(bound.sql) == table.startswith("silver.") for bound in bounds), table


def test_a_critical_bound_is_looser_than_the_warning_of_the_same_measure(suites: dict[str, list[Bound]]) -> None:
    pairs = 0
    for bounds in suites.values():
        stops = {bound.measure: bound for bound in bounds if bound.severity == "critical"}
        for warns in (bound for bound in bounds if bound.severity == "warning" and bound.measure in stops):
            stop = stops[warns.measure]
            pairs += 1
            if warns.maximum is not None and stop.maximum is not None:
                assert warns.maximum < stop.maximum, warns
            else:
                assert warns.minimum is not None
                assert stop.minimum is not None
                assert warns.minimum > stop.minimum, warns
    assert pairs > 5


def test_only_registers_without_which_nothing_can_be_judged_stop_a_run(suites: dict[str, list[Bound]]) -> None:
    critical = {table for table, bounds in suites.items() if any(bound.severity == "critical" for bound in bounds)}
    required = {"silver.dibao_roster", "silver.payments", "silver.household_registry"}
    assert critical == required | {across.PAYMENTS, across.TOTALS}
    assert [(b.measure, b.severity) for b in suites[across.TOTALS]] == [
        ("fall of 城乡低保对象花名册 in 420292", "critical"),
        ("fall of 城乡低保对象花名册 in 420292", "warning"),
        ("fall of 救助资金发放明细 in 420293", "critical"),
        ("fall of 救助资金发放明细 in 420293", "warning"),
        ("fall of 机动车登记 in 420200", "warning"),
    ]


def test_every_register_of_persons_tells_how_many_numbers_are_usable(suites: dict[str, list[Bound]]) -> None:
    """What a firm's car and an unknown person's cremation count as: tests/check_quality/test_figures.py."""
    measured = {table: {bound.measure for bound in bounds} for table, bounds in suites.items()}
    for data_set in DATA_SETS.values():
        numbers = {f"{field.header} usable" for field in data_set.fields if field.kind in PERSON_KINDS}
        assert numbers
        assert {name for name in measured[data_set.silver.full_name] if name.endswith(" usable")} == numbers


def test_refunds_may_be_negative_and_events_may_repeat(suites: dict[str, list[Bound]]) -> None:
    assert "发放金额 negative" not in {bound.measure for bound in suites["silver.payments"]}
    assert "月保障金额 negative" in {bound.measure for bound in suites["silver.dibao_roster"]}
    repeats = {table for table, bounds in suites.items() if "key repeated" in {bound.measure for bound in bounds}}
    assert repeats == {f"silver.{code}" for code in DATA_SETS} - {
        "silver.payments", "silver.cremations", "silver.death_certificates", "silver.marriages", "silver.visits"
    }  # fmt: skip


def test_every_table_across_has_a_title() -> None:
    assert set(across.TITLES) == {across.HOUSEHOLDS, across.PAYMENTS, across.TOTALS, across.COLUMNS, across.DELIVERY}


def test_what_is_expected_reads_as_a_sentence() -> None:
    assert Bound("m", "warning", "M.", minimum=0.9).expected == "at least 0.9"
    assert Bound("m", "warning", "M.", minimum=1, maximum=2).expected == "at least 1 and at most 2"
    failed = Checked("silver.payments", Bound("rows", "critical", "Ask again.", minimum=1), 0.0, False)
    assert str(failed) == "silver.payments: rows is 0, expected at least 1. Ask again."
    assert "is nothing," in str(Checked("t", Bound("rows", "warning", "M.", minimum=1), None, True))


@pytest.fixture(scope="module")
def witness() -> Witness:
    return Witness(AS_OF)


LIMITS: tuple[tuple[float | None, float | None], ...] = ((0.3, None), (None, 0.05), (None, 0), (1, None), (0.25, 0.75))
VALUES = (None, 0.0, 1e-12, 0.05, 0.0500001, 0.25, 0.2999999, 0.3, 0.75, 0.7500001, 1.0, -0.25, 2.0, 1e12)


def holds(value: float | None, minimum: float | None, maximum: float | None) -> bool:
    return value is None or ((minimum is None or value >= minimum) and (maximum is None or value <= maximum))


def test_the_witness_agrees_with_a_plain_comparison_on_above_and_below_each_bound(witness: Witness) -> None:
    bounds: list[Bound] = []
    figures: dict[str, float | None] = {}
    for minimum, maximum in LIMITS:
        for value in VALUES:
            measure = f"{value} in {minimum} … {maximum}"
            bounds.append(Bound(measure, "warning", "Ask again.", minimum=minimum, maximum=maximum))
            figures[measure] = value
    checked = witness.check("silver.compared", bounds, figures)
    assert [(c.bound, c.observed) for c in checked] == [(bound, figures[bound.measure]) for bound in bounds]
    differing = [c.bound.measure for c in checked if c.success != holds(c.observed, c.bound.minimum, c.bound.maximum)]
    assert differing == []
    assert {c.success for c in checked} == {True, False}


@pytest.mark.parametrize(
    ("share", "failed"), [(0.05, []), (0.0501, ["warning"]), (0.5, ["warning"]), (0.51, ["critical", "warning"])]
)
def test_a_measure_may_pass_the_stop_and_fail_the_warning(
    witness: Witness, settings: Settings, share: float, failed: Sequence[str]
) -> None:
    bounds = across.payment_bounds(settings.quality)
    checked = witness.check(f"across.payments{share}", bounds, {bounds[0].measure: share})
    assert [c.bound.severity for c in checked if not c.success] == failed


def test_a_table_of_which_nothing_can_be_measured_fails_nothing(witness: Witness, settings: Settings) -> None:
    bounds = silver_bounds(DATA_SETS["vehicles"], AS_OF, settings.quality)
    checked = witness.check("silver.nothing", bounds, dict.fromkeys((bound.measure for bound in bounds), None))
    assert len(checked) == len(bounds)
    assert all(c.success and c.observed is None for c in checked)
    assert witness.check("across.nothing", [], {}) == []


def test_a_measured_bound_of_which_the_suite_reports_nothing_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    witness, made = Witness(AS_OF), check._expectation
    looked_at = Bound("looked at", "critical", "Ask again.", minimum=1)
    overlooked = Bound("overlooked", "critical", "Ask again.", minimum=1)
    monkeypatch.setattr(check, "_expectation", lambda _: made(looked_at))
    checked = witness.check("silver.overlooked", [looked_at, overlooked], {"looked at": 1.0, "overlooked": 1.0})
    assert {c.bound.measure: c.success for c in checked} == {"looked at": True, "overlooked": False}


def test_the_witness_names_its_runs_by_day_and_table_and_its_pages_ask_nobody(tmp_path: Path) -> None:
    witness = Witness(AS_OF)
    witness.check("silver.pages", [Bound("share", "warning", "Look.", maximum=0.1)], {"share": 0.2})
    witness.check("across.pages", [Bound("fine", "warning", "Fine.", minimum=0)], {"fine": 1.0})
    pages = witness.write_docs(tmp_path)
    assert sorted(pages) == ["across.pages", "silver.pages"]
    for table, page in pages.items():
        text = (tmp_path / page).read_text("utf-8")
        assert f"2017-12-31_{table}" in text
        assert "__none__" not in text + page
        assert not re.search(r"<(?:script|link|img)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//", text)


def test_every_bound_speaks_chinese(suites: dict[str, list[Bound]], settings: Settings) -> None:
    between = [
        *across.household_bounds(settings.quality), *across.payment_bounds(settings.quality), *across.delivery_bounds(),
        *across.total_bounds([("payments", "420222")], settings.quality),
        *across.column_bounds({("payments", "amount"): "9.9元"}, settings.quality),
    ]  # fmt: skip
    for bound in [*between, *(bound for bounds in suites.values() for bound in bounds)]:
        for words in (bound.title, bound.advice):
            assert re.search("[\u4e00-\u9fff]", words), bound
        assert re.fullmatch(r"(不少于|不超过) [\d.,]+(%| [行个份])", bound.expected_zh), bound
