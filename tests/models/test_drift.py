"""The population stability index against figures worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.drift import LEAST_SHARE, Bins, drifted

NAN = float("nan")


def test_index_of_two_bins_is_that_worked_by_hand() -> None:
    """80 % and 20 % then, 50 % and 50 % now: -0.3 ln(0.5 / 0.8) + 0.3 ln(0.5 / 0.2) = 0.141 + 0.275 = 0.416."""
    bins = Bins.of(np.array([0.0] * 80 + [1.0] * 20))
    assert bins.psi(np.array([0.0] * 5 + [1.0] * 5)) == pytest.approx(0.4159, abs=1e-4)
    assert bins.psi(np.array([0.0] * 8 + [1.0] * 2)) == pytest.approx(0.0, abs=1e-12)


def test_missing_values_are_a_bin_of_their_own() -> None:
    """10 % missing then, 60 % now, the rest in one bin: 0.5 ln 6 - 0.5 ln(0.4 / 0.9) = 0.896 + 0.405."""
    bins = Bins.of(np.array([1.0] * 9 + [NAN]))
    assert bins.psi(np.array([1.0] * 4 + [NAN] * 6)) == pytest.approx(1.3013, abs=1e-4)
    never = Bins.of(np.full(10, NAN))
    assert never.psi(np.full(3, NAN)) == pytest.approx(0.0)
    assert never.psi(np.ones(3)) > 1


@pytest.mark.parametrize("moved", [4.0, 6.0])
def test_a_constant_that_moves_either_way_is_drift(moved: float) -> None:
    """All of the mass changes its bin: 2 (1 - e) ln(1 / e) with e the least share."""
    expected = 2 * (1 - LEAST_SHARE) * np.log(1 / LEAST_SHARE)
    assert Bins.of(np.full(50, 5.0)).psi(np.full(50, moved)) == pytest.approx(expected)


def test_a_normal_variable_moved_by_half_its_spread_has_the_index_of_theory() -> None:
    """Between normals moved by d, the index without bins is d^2 = 0.25 (twice the Kullback-Leibler divergence); bins lose some."""
    rng = np.random.default_rng(4)
    bins = Bins.of(rng.normal(size=50_000))
    assert bins.psi(rng.normal(0.5, 1.0, size=50_000)) == pytest.approx(0.24, abs=0.015)
    assert bins.psi(rng.normal(size=50_000)) < 0.002
    assert len(bins.edges) == 11
    assert bins.psi(np.zeros(0)) == 0.0


def test_features_above_the_limit_are_named_worst_first() -> None:
    assert drifted({"a": 0.26, "b": 0.25, "c": 0.9, "d": 0.0}) == ["c", "a"]
