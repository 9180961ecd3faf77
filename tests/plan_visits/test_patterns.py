"""Of a pattern the first households are visited, and the others only once these are confirmed. Expected values by hand."""

from __future__ import annotations

import polars as pl
import pytest

from jobs.plan_visits.patterns import waiting

CLUES = {"clue_id": pl.String, "case_id": pl.String, "group_id": pl.String, "score": pl.Float64}
VERDICTS = {"clue_id": pl.String, "is_confirmed": pl.Boolean, "is_refuted": pl.Boolean}
SIX = [(f"C{n}", f"H{n}", "G1", 0.6 - n / 100) for n in range(6)]


def waits(clues: list[tuple[str, str, str | None, float]], told: str = "", first: int = 3) -> set[str]:
    """told: the verdicts on C0, C1 ... : y confirmed, n refuted, - neither."""
    verdicts = [(f"C{n}", word == "y", word == "n") for n, word in enumerate(told)]
    return waiting(pl.DataFrame(clues, CLUES, orient="row"), pl.DataFrame(verdicts, VERDICTS, orient="row"), first)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("", {"H3", "H4", "H5"}),
        ("yy", {"H3", "H4", "H5"}),
        ("yyn", set()),
        ("ynn", {"H3", "H4", "H5"}),
        ("nnn", {"H3", "H4", "H5"}),
        ("y-n", {"H4", "H5"}),  # nobody was met in the second: the fourth takes its place
    ],
)
def test_the_others_of_a_pattern_follow_once_half_of_the_first_are_confirmed(told: str, expected: set[str]) -> None:
    assert waits(SIX, told) == expected


def test_a_household_with_a_clue_of_its_own_does_not_wait() -> None:
    assert waits([*SIX, ("C9", "H5", None, 0.3)]) == {"H3", "H4"}


def test_patterns_wait_each_for_itself_and_single_clues_never() -> None:
    others = [("D0", "K0", "G2", 0.5), ("D1", "K1", "G2", 0.4), ("E0", "L0", None, 0.2)]
    assert waits([*SIX, *others], "yyy") == set()
    assert waits([*SIX, *others], first=1) == {"H1", "H2", "H3", "H4", "H5", "K1"}
