"""What chance alone would bring: against hand-counted values, and against cities in which nothing is behind anything."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from scipy import stats

from models.chance import (
    admitted,
    countable_tests,
    either,
    of_at_least,
    of_counts,
    of_crowding,
    of_group_rates,
    of_sharing,
    of_sums,
    of_tail,
    together,
)


def test_the_step_up_procedure_on_the_example_of_its_paper() -> None:
    """Benjamini & Hochberg 1995, section 4: of 15 comparisons four are admitted at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert admitted(np.array(p), 0.05) == 0.0095
    assert admitted(np.array(p[:4]), 0.05, tests=15) == 0.0095
    assert admitted(np.array([0.5, 0.9]), 0.05) == 0.0
    assert admitted(np.zeros(0), 0.05) == 0.0


def test_two_independent_chances_make_a_smaller_one() -> None:
    """Fisher: -2 ln(0.1 x 0.1) = 9.21 on four degrees of freedom is 0.0561."""
    assert together([np.array([0.1]), np.array([0.1])])[0] == pytest.approx(0.0561, abs=1e-4)
    assert together([np.array([1.0]), np.array([1.0])])[0] == 1.0


def test_so_many_of_so_many_tries() -> None:
    by_hand = 1 - 0.9**10 - 10 * 0.1 * 0.9**9
    assert of_at_least(np.array([2.0, 0.0]), np.array([10.0, 10.0]), np.array([0.1, 0.1])) == pytest.approx([by_hand, 1.0])


def test_a_group_is_strange_only_where_groups_do_not_differ_that_much_anyway() -> None:
    sizes, expected = np.full(60, 20.0), np.full(60, 2.0)
    alike = np.tile([1.0, 2.0, 3.0], 20)
    alike[0] = 12.0
    assert of_group_rates(alike, sizes, expected)[0] < 1e-6
    apart = np.tile([0.0, 0.0, 0.0, 0.0, 10.0], 12)  # every village has its own way
    apart[0] = 12.0
    assert of_group_rates(apart, sizes, expected)[0] > 1e-3


def test_things_that_could_never_pass_do_not_count() -> None:
    """Tarone 1990: of 100 villages 97 are too small to come below 0.05 whatever they hold."""
    assert countable_tests(np.array([1e-9] * 3 + [0.5] * 97), 0.05) == 3
    assert countable_tests(np.full(100, 1e-9), 0.05) == 100
    assert countable_tests(np.zeros(0), 0.05) == 0


def test_the_smaller_of_two_chances_is_paid_for() -> None:
    assert either(np.array([0.01, 0.9]), np.array([0.3, 0.8])) == pytest.approx([0.02, 1.0])


def test_a_village_three_times_as_full_as_expected_is_strange_where_villages_are_alike() -> None:
    expected = np.full(100, 10.0)
    alike = np.tile([8.0, 9.0, 10.0, 11.0, 12.0], 20)
    alike[0] = 45.0
    assert of_counts(alike, expected)[0] < 1e-4
    apart = np.tile([1.0, 3.0, 6.0, 15.0, 25.0], 20)
    apart[0] = 45.0
    assert of_counts(apart, expected)[0] > 1e-4
    assert of_counts(expected, expected)[0] == pytest.approx(0.5, abs=0.1)


def test_things_that_everybody_shares_are_nothing() -> None:
    rare = np.array([1] * 500 + [2] * 5 + [9])
    common = np.array([1] * 100 + [2] * 40 + [5] * 30 + [9] * 20)
    assert of_sharing(rare)[-1] < 1e-6
    assert of_sharing(common)[-1] > 1e-3
    assert (of_sharing(rare)[:500] == 1.0).all()
    assert of_sharing(rare.astype("uint32")).tolist() == of_sharing(rare).tolist()  # as counts come from a frame


def test_a_crowd_in_one_window_of_a_hundredth_of_the_time() -> None:
    """Four of four: 4 x 0.01^3; one of four is no crowd."""
    crowd = of_crowding(np.array([4.0, 1.0]), np.array([4.0, 4.0]), np.array([0.01, 0.01]))
    assert crowd == pytest.approx([4 * 0.01**3, 1.0])
    assert comb(4, 4) == 1


def test_the_top_does_not_make_itself_usual() -> None:
    ordinary = stats.expon.ppf((np.arange(2000) + 0.5) / 2000)
    assert of_tail(ordinary).min() > 1e-5
    assert of_tail(np.append(ordinary, [25.0] * 10))[-1] < 1e-8


@pytest.mark.parametrize("seed", range(5))
def test_a_quiet_city_asks_about_next_to_nothing(seed: int) -> None:
    """Of 2,000 groups that differ by chance and by their ways alone, at most one is admitted."""
    random = np.random.default_rng(seed)
    sizes = random.integers(4, 60, 2000).astype(float)
    holding = random.binomial(sizes.astype(int), random.beta(2, 18, 2000)).astype(float)
    chance = of_group_rates(holding, sizes, 0.1 * sizes)
    assert (chance <= admitted(chance, 0.05)).sum() <= 1


def test_two_rare_things_in_one_row_are_as_rare_as_both_dealt_out_anew() -> None:
    """Ten rows; each of two things stands in one of them, both in the first: one in ten of one in ten. One alone: 19 in a hundred."""
    parts = np.zeros((10, 2))
    parts[0] = 2.0, 2.0
    chance = of_sums(parts)
    assert chance[0] == pytest.approx(0.01)
    assert chance[1:] == pytest.approx(1.0)
    apart = np.zeros((10, 2))
    apart[0, 0], apart[1, 1] = 2.0, 2.0
    assert of_sums(apart)[:3] == pytest.approx([0.19, 0.19, 1.0])


@pytest.mark.filterwarnings("error")
def test_scores_that_are_all_the_same_are_as_likely_as_can_be() -> None:
    assert of_tail(np.full(50, 3.0)).tolist() == [1.0] * 50
