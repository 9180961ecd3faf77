"""The stated priors of the ranking held against what visits to synthetic cities would find, and the share of problems that lists miss.

    python -m benchmarks.priors OUT=TRUTH.csv [OUT=TRUTH.csv ...] [--least 5] [--visits 100]
    python -m benchmarks.priors --simulate FOLDER

OUT: results of a run of a city's delivery; TRUTH: the truth beside it, which only this script reads. --simulate writes and runs three
cities of other proportions first (half, as many, and twice as many innocent households as the table of scenarios states).

A row is a rule, the exemption or doubt, and for X01 the kind of strangeness; beside it the probability stated in conf/base.yaml and, for
each city, the share of the clues that are true with its 95 % interval (Wilson). A prior outside all of the intervals asks for a reason of
its own: the cities are made up, and their proportions too. What lists miss is estimated from a draw of households without any clue.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks.learning import FAMILIES
from expectations.contracts.lake import PATTERN_TITLES
from jobs.launch.settings import RankingSettings, load_settings
from jobs.rules import RULES
from models.measures import wilson
from simulation import simulate

SETTINGS = {"half": (0.5, 21), "as many": (1.0, 22), "twice": (2.0, 23)}
"""Innocent look-alikes against the table of scenarios, and the seed."""
_SCALE = 0.1
_KEY = ("rule_code", "kind", "reason")


def clues_with_truth(out: Path, truth_file: Path) -> pl.DataFrame:
    """A row a clue of the run: rule_code, kind, reason (exemption, or doubt with a question mark), is_true."""
    truth = pl.read_csv(truth_file, infer_schema=False).with_columns(family=pl.col("rule_code").replace(FAMILIES))
    by_person = truth.group_by("family", subject_id="subject_id").agg(by_person=(pl.col("label") == "1").any())
    numbers = pl.concat(
        truth.select("family", "county_code", "label", household_no=number) for number in ("household_no", "household_no2")
    ).drop_nulls("household_no")
    by_household = numbers.group_by("family", "county_code", "household_no").agg(by_household=(pl.col("label") == "1").any())
    named = pl.read_csv(out / "restricted" / "clues.csv", infer_schema=False).select(
        "clue_id", "subject_id", "household_no", "county_code"
    )
    clues = pl.read_delta(str(out / "lake" / "gold" / "clues")).select(
        "clue_id", "rule_code", "pattern", "exemption_code", "doubt_code"
    )
    kinds = {title: kind for kind, title in PATTERN_TITLES.items()}
    about_data = [rule.code for rule in RULES if rule.is_about_data]
    return (
        clues.filter(~pl.col("rule_code").is_in(about_data))
        .with_columns(
            family=pl.col("rule_code").replace(FAMILIES),
            kind=pl.col("pattern").replace_strict(kinds, default=""),
            reason=pl.coalesce("exemption_code", pl.col("doubt_code") + "?", pl.lit("")),
        )
        .join(named, on="clue_id")
        .join(by_person, on=["family", "subject_id"], how="left")
        .join(by_household, on=["family", "county_code", "household_no"], how="left")
        .select(*_KEY, is_true=pl.coalesce("by_person", "by_household", pl.lit(False)))
    )


def stated(ranking: RankingSettings, rule: str, kind: str, reason: str) -> float:
    """What conf/base.yaml says that a visit confirms, of a clue by a sure number; how strange and how long it is move it from there."""
    prior = ranking.pattern_prior.get(kind, ranking.prior.get(rule, 0.2))
    if reason.endswith("?"):
        return prior * ranking.doubt_factor.get(reason[:-1], 1.0)
    factors = ranking.exemption_factor
    return prior * (factors.get(f"{rule}.{reason}", factors.get(reason, 0.1)) if reason else 1.0)


def table_of_priors(cities: dict[str, pl.DataFrame], ranking: RankingSettings, least: int) -> Table:
    """Rows of at least `least` clues in all cities together; marked where the prior lies outside every city's interval."""
    table = Table(title="Stated priors and what visits find", caption="k of n, 95 % interval; ! = outside all of them")
    for name in ("rule", "exemption, doubt?", "stated", *cities):
        table.add_column(name, justify="left" if name in ("rule", "exemption, doubt?") else "right")
    keys = pl.concat(list(cities.values())).group_by(_KEY).len().filter(pl.col("len") >= least).sort(_KEY)
    for rule, kind, reason, _ in keys.iter_rows():
        prior, cells, outside = stated(ranking, rule, kind, reason), [], []
        for found in cities.values():
            of_key = found.filter((pl.col("rule_code") == rule) & (pl.col("kind") == kind) & (pl.col("reason") == reason))
            hits, count = int(of_key["is_true"].sum()), len(of_key)
            low, high = wilson(hits, count)
            outside.append(count > 0 and not low <= prior <= high)
            cells.append(f"{hits}/{count} {low:.2f}-{high:.2f}" if count else "")
        seen = [is_out for is_out, cell in zip(outside, cells, strict=True) if cell]
        table.add_row(f"{rule} {kind}".strip(), reason, f"{prior:.2f}{'!' if all(seen) else ''}", *cells)
    return table


def missed(out: Path, truth_file: Path, visits: int, seed: int = 1) -> str:
    """What a draw of households without any clue finds, beside what is true of all of them."""
    cases = pl.read_delta(str(out / "lake" / "silver" / "cases")).filter(pl.col("stop_month").is_null())
    clues = pl.read_delta(str(out / "lake" / "gold" / "clues")).select("case_id").unique()
    quiet = cases.join(clues, on="case_id", how="anti").sort("case_id")
    truth = pl.read_csv(truth_file, infer_schema=False)
    real = truth.filter((pl.col("label") == "1") & ~pl.col("rule_code").str.contains("^[MU]"))
    problems = real.select("county_code", "household_no").unique()
    has = quiet.join(problems.with_columns(has=pl.lit(True)), on=["county_code", "household_no"], how="left")["has"].fill_null(
        False
    )
    drawn = np.random.default_rng(seed).choice(len(quiet), min(visits, len(quiet)), replace=False)
    hits = int(has.to_numpy()[drawn].sum())
    low, high = wilson(hits, len(drawn))
    return (
        f"of {len(quiet)} households without a clue {len(drawn)} were drawn, {hits} had a problem: {low * len(quiet):.0f} to "
        f"{high * len(quiet):.0f} are missed; in truth {int(has.sum())}"
    )


def simulated(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Three cities of other proportions, written and run: results and truth by setting."""
    found = {}
    for name, (lookalikes, seed) in SETTINGS.items():
        city = folder / name.replace(" ", "-")
        simulate(city, scale=_SCALE, seed=seed, lookalikes=lookalikes)
        run = [
            sys.executable,
            "-m",
            "jobs.commands.cli",
            "run",
            str(city / "delivery"),
            "--out",
            str(city / "out"),
            "--as-of",
            "2017-12-31",
        ]
        subprocess.run(run, check=True)
        found[name] = (city / "out", city / "truth.csv")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cities", nargs="*", metavar="OUT=TRUTH.csv", help="a run and the truth of its city")
    parser.add_argument("--simulate", type=Path, help="folder to write and run three cities in")
    parser.add_argument("--least", type=int, default=5, help="clues of a kind below which nothing is told")
    parser.add_argument("--visits", type=int, default=100, help="households without a clue that are drawn")
    given = parser.parse_args()
    pairs = simulated(given.simulate) if given.simulate else {}
    for city in given.cities:
        out, truth = city.split("=")
        pairs[Path(out).name if Path(out).name != "out" else Path(out).resolve().parent.name] = (Path(out), Path(truth))
    console = Console(width=200)
    told = {name: clues_with_truth(*pair) for name, pair in pairs.items()}
    console.print(table_of_priors(told, load_settings(None).ranking, given.least))
    for name, pair in pairs.items():
        console.print(f"{name}: {missed(*pair, given.visits)}")


if __name__ == "__main__":
    main()
