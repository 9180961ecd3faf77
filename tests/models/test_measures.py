"""Measures against values worked out by hand or printed elsewhere."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from models.measures import auroc, average_precision, brier, calibration_error, lift, log_loss, reliability, wilson

Y = np.array([1.0, 0.0, 1.0, 0.0])
P = np.array([0.9, 0.8, 0.7, 0.1])


def test_wilson_gives_the_published_intervals() -> None:
    # 1,116 of 7,667 clues of 2017: 13.8-15.4 %, as the domain's table prints it.
    low, high = wilson(1116, 7667)
    assert (round(low, 3), round(high, 3)) == (0.138, 0.154)
    # Brown, Cai & DasGupta 2001: the interval of no hit in ten ends at z²/(n + z²).
    assert wilson(0, 10) == pytest.approx((0.0, 3.8415 / 13.8415), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_scores_by_hand() -> None:
    assert average_precision(Y, P) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(Y, P, total=4) == pytest.approx((1 + 2 / 3) / 4)
    assert log_loss(Y, P) == pytest.approx(-(log(0.9) + log(0.2) + log(0.7) + log(0.9)) / 4)
    assert brier(Y, P) == pytest.approx((0.01 + 0.64 + 0.09 + 0.01) / 4)
    assert auroc(Y > 0, P) == pytest.approx(3 / 4)  # of four pairs, three in the right order


def test_a_constant_score_orders_nothing() -> None:
    assert auroc(Y > 0, np.ones(4)) == 0.5
    assert average_precision(Y, np.ones(4)) == pytest.approx((1 / 3 + 2 / 4) / 2)  # the confirmed ones stand last


def test_reliability_by_hand() -> None:
    """Twenty visits in two bins of ten: promised 0.2 and 0.8, confirmed 1 and 9 of 10."""
    p = np.array([0.2] * 10 + [0.8] * 10)
    y = np.array([1.0] + [0.0] * 9 + [0.0] + [1.0] * 9)
    low, high = reliability(y, p)
    assert (low.count, low.predicted, low.confirmed) == (10, pytest.approx(0.2), 0.1)
    assert (high.count, high.predicted, high.confirmed) == (10, pytest.approx(0.8), 0.9)
    assert (low.low, low.high) == pytest.approx(wilson(1, 10))
    assert calibration_error([low, high]) == pytest.approx(0.1)


def test_lift_takes_the_random_visits_for_all_that_the_ranking_left_aside() -> None:
    """20 ranked visits confirm 16; 10 random ones confirm 1, and stand for 80 clues: 8 problems are still out there.

    In no order 100 clues hold 24 problems, 0.24 each: the ranking's 0.8 is 3.33 times that, and 16 of 24 are found.
    """
    found = [True] * 16 + [False] * 4 + [True] + [False] * 9
    worth = lift(found, [False] * 20 + [True] * 10, outside=80)
    assert (worth.ranked.confirmed, worth.ranked.visited, worth.random.confirmed, worth.random.visited) == (16, 20, 1, 10)
    assert worth.ratio == pytest.approx(0.8 / 0.24)
    assert worth.recall == pytest.approx(16 / 24)
    assert worth.ratio_interval is not None
    assert worth.recall_interval is not None
    _, most = wilson(1, 10)
    assert worth.recall_interval[0] == pytest.approx(16 / (16 + 80 * most))
    assert worth.recall_interval[0] < worth.recall < worth.recall_interval[1]
    assert worth.ratio_interval[0] < worth.ratio < worth.ratio_interval[1]


def test_without_random_visits_nothing_is_said_of_lift() -> None:
    worth = lift([True, False], [False, False], outside=10)
    assert worth.ratio is None
    assert worth.recall is None
