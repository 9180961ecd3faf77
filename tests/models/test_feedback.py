"""Learning from verdicts: one verdict worked by hand, a planted kind of case raised, and what must change nothing."""

from __future__ import annotations

import numpy as np
import pytest

from models.features import Feature, Matrix
from models.feedback import EVEN_RARITY, RIDGE, fit_feedback
from models.params import ForestParams
from models.strangeness import StrangenessModel

PARAMS = ForestParams(trees=60, sample_size=128, training_rows=2000, seed=7)
COLUMNS = 5
KIND = slice(0, 40)
"""Rows of a kind of case that is a little strange, among others that are stranger."""
DECOYS = slice(40, 80)


def city() -> Matrix:
    x = np.random.default_rng(3).normal(size=(1500, COLUMNS))
    x[KIND, 0] += 4.0
    x[DECOYS, 1] += 6.0
    x[::9, 3] = np.nan
    return x


@pytest.fixture(scope="module")
def model() -> StrangenessModel:
    return StrangenessModel.fit(city(), PARAMS, tuple(Feature(f"f{i}", f"f{i}", "", "") for i in range(COLUMNS)))


def test_verdicts_raise_their_kind_and_lower_the_other_where_neither_was_visited(model: StrangenessModel) -> None:
    x = city()
    before = model.score(x).strangeness
    visits = [*range(8), *range(40, 48)]
    after = fit_feedback(model, x[visits], [1] * 8 + [0] * 8).score(x)
    kind, decoys = np.arange(8, 40), np.arange(48, 80)
    assert before[decoys].mean() > before[kind].mean()
    assert (after[kind] > before[kind]).all()
    assert after[decoys].mean() < before[decoys].mean()
    assert after[kind].mean() > after[decoys].mean()
    assert ((after >= 0) & (after < 1)).all()


def test_one_verdict_moves_its_case_as_worked_by_hand(model: StrangenessModel) -> None:
    """With itself a case shares every leaf, so that of the surprise 1 - prior it keeps 1 / (1 + RIDGE)."""
    x = city()[:1]
    prior = model.rarity(x)[0] / EVEN_RARITY - 1
    expected = EVEN_RARITY * (1 - prior) / (1 + RIDGE)
    assert fit_feedback(model, x, [1]).shift(x)[0] == pytest.approx(expected, abs=1e-6)
    assert fit_feedback(model, x, [0]).shift(x)[0] == pytest.approx(EVEN_RARITY * (-1 - prior) / (1 + RIDGE), abs=1e-6)


def test_without_verdicts_and_far_from_them_a_case_keeps_its_score(model: StrangenessModel) -> None:
    x = city()
    assert (fit_feedback(model, x[:0], []).score(x) == model.score(x).strangeness).all()
    apart = np.array([[2.0, -2.0, 2.0, -2.0, 2.0]])
    learned = fit_feedback(model, -apart, [1])
    assert abs(learned.shift(apart)[0]) < 0.2 * learned.shift(-apart)[0]


def test_a_confirmed_case_does_not_sink_however_strange_it_was(model: StrangenessModel) -> None:
    strangest = np.array([[9.0, -9.0, 9.0, -9.0, 9.0]])
    assert model.rarity(strangest)[0] > 2 * EVEN_RARITY
    assert fit_feedback(model, strangest, [1]).shift(strangest)[0] == 0


def test_the_order_of_verdicts_and_of_rows_and_the_partitioning_change_nothing(model: StrangenessModel) -> None:
    x, verdicts = city(), np.arange(60) % 2
    learned = fit_feedback(model, x[:60], verdicts)
    order = np.random.default_rng(1).permutation(60)
    assert (fit_feedback(model, x[order], verdicts[order]).score(x) == learned.score(x)).all()
    assert (np.concatenate([learned.score(part) for part in np.array_split(x, 7)]) == learned.score(x)).all()


@pytest.mark.parametrize("verdicts", [[1], [1, 2], [1, np.nan]])
def test_anything_but_one_verdict_a_row_is_refused(model: StrangenessModel, verdicts: list[float]) -> None:
    with pytest.raises(ValueError, match="1 \\(confirmed\\) or 0 \\(refuted\\)"):
        fit_feedback(model, city()[:2], verdicts)  # type: ignore[arg-type]
