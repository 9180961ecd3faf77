"""What verdicts are worth: visits simulated in list order on a synthetic city, and the list ranked anew after some of them.

    python -m benchmarks.learning OUT TRUTH.csv [--verdicts 300 1000] [--wrong 0.05] [--random 0.05] [--picture gain.svg]

OUT: results of a run of the city's delivery; TRUTH: the truth beside it, which only this script reads. A verdict is the
truth, turned round for a stated share. Clues about data only are no visits and stay out. After n verdicts a challenger is
trained and held against the stated priors on the later ones, as `mingjing learn` does; the rest of the list is then in its
order, and the visits already made stay where they were. Each number of verdicts twice: all in list order, and with the
stated share of the visits drawn at random from what the order leaves aside, as `mingjing plan` does.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from jobs.launch.settings import load_settings
from jobs.learn.charts import gain_chart, write
from jobs.learn.training import Example, Measured, better, examples, split
from jobs.rules import RULES
from models.clue_features import ClueToRank
from models.measures import average_precision, log_loss
from models.ranking import LearningParams, RankingModel, fit, probability

FAMILIES = {"D01": "D", "D02": "D", "D03": "D", "K01": "K", "K02": "K", "E01": "E", "E02": "E"}
_FIRST_DAY = date(2018, 1, 2)
_VISITS_A_DAY = 20
_GOALS = (0.80, 0.90, 0.95)
_COLOURS = ("#999999", "#e0a96d", "#7fa8cf", "#b4530a", "#1f4e79")


@dataclass(frozen=True)
class Visit:
    """A clue of the list with what a visit would find. problem: the row of the truth that it is about."""

    row: dict[str, object]
    is_true: bool
    problem: int | None


def visits(out: Path, truth_file: Path) -> tuple[list[Visit], int]:
    """The clues to visit, best first, and how many true problems there are in the city."""
    truth = pl.read_csv(truth_file, infer_schema=False).with_row_index("problem")
    real = truth.filter((pl.col("label") == "1") & ~pl.col("rule_code").str.contains("^[MU]"))
    of_person: dict[tuple[str, str], list[dict[str, object]]] = {}
    of_household: dict[tuple[str, str, str], list[dict[str, object]]] = {}
    for fact in truth.iter_rows(named=True):
        family = FAMILIES.get(fact["rule_code"], fact["rule_code"])
        of_person.setdefault((family, fact["subject_id"]), []).append(fact)
        for number in (fact["household_no"], fact["household_no2"]):
            if number:
                of_household.setdefault((family, fact["county_code"], number), []).append(fact)
    names = pl.read_csv(out / "restricted" / "clues.csv", infer_schema=False)
    names = names.select("clue_id", "subject_id", "household_no", county="county_code")
    about_data = [rule.code for rule in RULES if rule.is_about_data]
    listed = pl.read_delta(str(out / "lake" / "gold" / "listed_clues")).filter(
        "is_dispatched", ~pl.col("rule_code").is_in(about_data), pl.col("as_of") == pl.col("as_of").max()
    )
    found = []
    ordered = listed.join(names, on="clue_id").sort(
        ["stated_score", "amount_estimate", "clue_id"], descending=[True, True, False]
    )
    for row in ordered.iter_rows(named=True):
        family = FAMILIES.get(row["rule_code"], row["rule_code"])
        facts = of_person.get((family, row["subject_id"])) or of_household.get((family, row["county"], row["household_no"]), [])
        of_rule = [f for f in facts if f["rule_code"] == row["rule_code"]] or facts
        about = of_rule[0] if of_rule else None
        row["signals"] = dict(row["signals"] or {})
        found.append(Visit(row, about is not None and about["label"] == "1", int(str(about["problem"])) if about else None))
    return found, len(real)


def verdicts(made: Sequence[Visit], wrong: float, seed: int) -> list[Example]:
    """What inspectors would send back for these visits, in this order."""
    turned = np.random.default_rng(seed).random(len(made)) < wrong
    rows = [
        {
            **visit.row,
            "is_in_force": True,
            "outcome": "confirmed" if visit.is_true != bool(is_turned) else "refuted",
            "checked_on": _FIRST_DAY + timedelta(days=n // _VISITS_A_DAY),
            "import_no": 1,
            "is_random": None,
        }
        for n, (visit, is_turned) in enumerate(zip(made, turned, strict=True))
    ]
    return examples(rows)


def learned(back: Sequence[Example], params: LearningParams) -> RankingModel | None:
    """The ranking that these verdicts give; null where it is not better than the stated priors on the later ones."""
    earlier, later = split(back, 0, params)
    if len(back) < params.least_verdicts or len(later) < params.least_later:
        return None
    y = np.array([example.is_confirmed for example in later], dtype=np.float64)
    clues = [example.clue for example in later]
    stated = np.array([clue.stated for clue in clues])
    challenger = fit([example.clue for example in earlier], [example.is_confirmed for example in earlier], params)
    p = probability(challenger, clues)
    champion = Measured("stated", average_precision(y, stated), log_loss(y, stated))
    if not better(champion, Measured("learned", average_precision(y, p), log_loss(y, p)), params.precision_tolerance):
        return None
    return fit([example.clue for example in back], [example.is_confirmed for example in back], params)


def made_and_left(listed: Sequence[Visit], count: int, random_share: float, seed: int) -> tuple[list[Visit], list[Visit]]:
    """The visits made, in list order but for the random ones at their end, and the rest of the list."""
    ranked = count - round(count * random_share)
    drawn = set(np.random.default_rng(seed).choice(np.arange(ranked, len(listed)), count - ranked, replace=False).tolist())
    made = [*listed[:ranked], *(listed[n] for n in sorted(drawn))]
    return made, [visit for n, visit in enumerate(listed) if n >= ranked and n not in drawn]


def ranked_anew(
    made: Sequence[Visit], left: Sequence[Visit], wrong: float, seed: int, params: LearningParams
) -> tuple[list[Visit], bool]:
    """The rest of the list in the order that the visits made have taught, and whether they have taught one."""
    back = verdicts(made, wrong, seed)
    model = learned(back, params)
    if model is None:
        return list(left), False
    clues = [_clue(visit) for visit in left]
    order = np.argsort(-probability(model, clues), kind="stable")
    return [left[int(i)] for i in order], True


def _clue(visit: Visit) -> ClueToRank:
    row = {**visit.row, "is_in_force": True, "outcome": "refuted", "checked_on": _FIRST_DAY, "import_no": 1, "is_random": None}
    return examples([row])[0].clue


def new_truths(order: Sequence[Visit]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """1 where a visit finds a true problem that no earlier one has found."""
    seen: set[int | None] = set()
    found = np.zeros(len(order))
    for n, visit in enumerate(order):
        if visit.is_true and visit.problem not in seen:
            seen.add(visit.problem)
            found[n] = 1.0
    return found


def measures(order: Sequence[Visit]) -> list[float]:
    """Average precision over the list's true problems, then the share of its visits that find 80, 90 and 95 % of them."""
    y = new_truths(order)
    gained = np.cumsum(y)
    shares = [float(np.searchsorted(gained, goal * gained[-1] - 1e-9) + 1) / len(y) for goal in _GOALS]
    return [average_precision(y, -np.arange(len(y), dtype=np.float64)), *shares]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder of the results of a run")
    parser.add_argument("truth", type=Path, help="truth.csv beside the delivery")
    parser.add_argument("--verdicts", type=int, nargs="+", default=[300, 1000])
    parser.add_argument("--wrong", type=float, default=0.05, help="share of verdicts that are turned round")
    parser.add_argument("--random", type=float, default=0.05, help="share of the visits drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="first of --runs seeds")
    parser.add_argument("--runs", type=int, default=5, help="seeds to average over")
    parser.add_argument("--picture", type=Path, help="gain curves of the first seed, as SVG")
    given = parser.parse_args()
    params = load_settings().learning
    listed, real = visits(given.out, given.truth)
    console = Console()
    true = int(new_truths(listed).sum())
    title = f"{len(listed)} visits, {true} of {real} true problems on the list, {given.wrong:.0%} of verdicts wrong"
    table = Table(title=title, title_justify="left")
    for heading in ["verdicts", "random", "taught", "AP", "80 %", "90 %", "95 %", "left", "AP of it, stated", "learned"]:
        table.add_column(heading, justify="right")
    table.add_row("0", "", "", *_figures([measures(listed)]), "", "", "")
    curves = [("stated priors", _COLOURS[0], _curve(listed))]
    counts = [n for n in given.verdicts if n < len(listed)]
    for number, (share, count) in enumerate((share, count) for share in (0.0, given.random) for count in counts):
        orders, taught, before, after = [], 0, [], []
        for seed in range(given.seed, given.seed + given.runs):
            made, left = made_and_left(listed, count, share, seed)
            rest, is_taught = ranked_anew(made, left, given.wrong, seed, params)
            orders.append(made + rest)
            taught += is_taught
            before.append(measures(left)[0])
            after.append(measures(rest)[0])
        figures = _figures([measures(order) for order in orders])
        stated, learned_of_rest = f"{np.mean(before):.3f}", f"{np.mean(after):.3f}"
        row = (
            f"{count:,}",
            f"{share:.0%}",
            f"{taught}/{given.runs}",
            *figures,
            f"{len(listed) - count:,}",
            stated,
            learned_of_rest,
        )
        table.add_row(*row)
        name = f"after {count:,}" + (f", {share:.0%} at random" if share else "")
        curves.append((name, _COLOURS[1 + number % 4], _curve(orders[0])))
    console.print(table)
    if given.picture:
        write(given.picture, gain_chart("Visits in list order (synthetic city)", curves))
        console.print(f"gain curves: {given.picture}", highlight=False, soft_wrap=True)


def _figures(runs: Sequence[Sequence[float]]) -> list[str]:
    average, *shares = np.mean(np.array(runs), axis=0)
    return [f"{average:.3f}", *(f"{share:.1%}" for share in shares)]


def _curve(order: Sequence[Visit]) -> list[tuple[float, float]]:
    gained = np.cumsum(new_truths(order))
    places = np.unique(np.linspace(0, len(order) - 1, 200).astype(int))
    return [(0.0, 0.0), *((float((n + 1) / len(order)), float(gained[n] / gained[-1])) for n in places)]


if __name__ == "__main__":
    main()
