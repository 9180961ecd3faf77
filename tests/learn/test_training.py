"""What verdicts teach without a lake: who counts, what is compared, which input tells who somebody is."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from jobs.launch.settings import Settings
from jobs.learn import charts
from jobs.learn.proxies import proxies_among
from jobs.learn.totals import OPEN, Standing, standings, totals
from jobs.learn.training import Measured, better, examples, split
from jobs.registers.traits import refused
from models.clue_features import ClueToRank


def clue_id(n: int) -> str:
    return f"C{n:016x}"


def test_a_verdict_on_a_clue_that_is_gone_still_counts() -> None:
    found = standings(
        [("a", "D01", "x"), ("b", "D01", "x")], [Standing("gone", "D01", "x", "refuted"), Standing("a", "D01", "x", "confirmed")]
    )
    assert [(clue.clue_id, clue.state) for clue in found] == [("a", "confirmed"), ("b", OPEN), ("gone", "refuted")]
    assert totals(found) == [("D01", "x", 3, 1, 1, 0, 0, 1)]


# --- what training may know --------------------------------------------------------------------------------------------


def example_row(
    n: int, outcome: str = "confirmed", day: int = 1, import_no: int = 1, *, is_in_force: bool = True
) -> dict[str, Any]:
    return {
        "clue_id": clue_id(n), "case_id": f"case-{n}", "rule_code": "E01", "identity_grade": "A", "months": 1, "amount_estimate": None,
        "anomaly_percentile": None, "clues_in_case": 1, "stated_score": 0.3, "doubt_code": None, "exemption_code": None, "signals": None,
        "outcome": outcome,
        "checked_on": date(2018, 1, day), "import_no": import_no, "is_in_force": is_in_force, "is_random": None,
    }  # fmt: skip


def test_what_could_not_be_verified_teaches_nothing_and_a_referral_counts_as_confirmed() -> None:
    rows = [
        example_row(1),
        example_row(2, "refuted"),
        example_row(3, "unverifiable"),
        example_row(4, "referred"),
        example_row(5, is_in_force=False),
    ]
    assert {example.clue.clue_id: example.is_confirmed for example in examples(rows)} == {
        clue_id(1): True,
        clue_id(2): False,
        clue_id(4): True,
    }


def test_the_challenger_is_compared_on_later_days_that_the_champion_has_not_seen(settings: Settings) -> None:
    """Ten seen by the champion, ten unseen on days 11 to 20: with three tenths later, the days up to 17 train."""
    seen = [example_row(n, day=n, import_no=1) for n in range(1, 11)]
    unseen = [example_row(n, day=n, import_no=2) for n in range(11, 21)]
    late = example_row(30, day=25, import_no=1)  # seen by the champion, after the others: the challenger must not know it
    earlier, later = split(examples([*seen, *unseen, late]), 1, settings.learning)
    assert [example.checked_on.day for example in later] == [18, 19, 20]
    assert [example.checked_on.day for example in earlier] == list(range(1, 18))
    assert split(examples(seen), 1, settings.learning)[1] == []


def test_a_challenger_is_better_only_with_better_probabilities_and_no_worse_an_order() -> None:
    champion = Measured("champion", 0.80, 0.50)
    assert better(champion, Measured("", 0.80, 0.49), 0.01)
    assert better(champion, Measured("", 0.795, 0.49), 0.01)
    assert not better(champion, Measured("", 0.78, 0.40), 0.01)
    assert not better(champion, Measured("", 0.90, 0.50), 0.01)


def listed_clue(n: int, signals: dict[str, float]) -> ClueToRank:
    return ClueToRank(clue_id(n), f"case-{n}", "V01", "A", 6, 100.0, 0.5, 1, 0.3, signals=signals)


def test_an_input_that_tells_who_somebody_is_is_found_and_one_that_does_not_is_left_alone() -> None:
    rng = np.random.default_rng(1)
    traits = pl.DataFrame(
        {
            "clue_id": [clue_id(n) for n in range(200)],
            "sex": ["女" if n % 2 == 0 else "男" for n in range(200)],
            "age": "不详",
            "disability": ["有人持证" if n < 10 else "无人持证" for n in range(200)],
        }
    )
    clues = [
        listed_clue(n, {"V01.height": 160 + 8 * (n % 2) + rng.normal(0, 4), "V01.price": rng.normal(), "V01.few": float(n < 10)})
        for n in range(200)
    ]
    found = refused(proxies_among(clues, traits), 0.7, {})  # V01.few tells disability, of ten people: too few to judge
    assert [(proxy.input, proxy.trait) for proxy in found] == [("V01.height", "sex")]
    assert 0.85 < found[0].strength < 1


def test_pictures_show_an_order_for_what_it_is() -> None:
    y = np.array([1.0, 0.0, 1.0, 0.0] * 10)
    pictures = charts.pictures_of(y, 0.1 + 0.8 * y, np.full(40, 0.5), "version 3")
    assert set(pictures) == {"calibration.svg", "gain.svg"}
    assert all("version 3" in picture and "learned" in picture for picture in pictures.values())
    assert dict(charts._gained(y, y))[0.5] == 1.0
    assert dict(charts._gained(y, np.full(40, 0.5)))[0.5] == 0.0, "an order that knows nothing earns nothing"
