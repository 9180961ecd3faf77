"""Record linkage on public data with known answers, and against a generated city of real size.

python -m benchmarks.linkage FOLDER   febrl3, febrl4 and historical_50k from the files in FOLDER, trained without their answers
python -m benchmarks.linkage --city   400,000 records against 2.7 million people with the reviewed model (synthetic)

Pairs count from even odds, which needs no answers; clusters are connected components from 16 to 1, which was chosen
after a look at the answers of historical_50k.
Machines are shared and noisy: CPU seconds are printed beside the clock's.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from rich.console import Console
from rich.table import Table
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from models.linkage.columns import PEOPLE, RECORDS
from models.record_linkage import best_matches, load_model, matches
from simulation import names, places
from simulation.places import COUNTIES

SEED = 20171231
PAIR_WEIGHT, CLUSTER_WEIGHT = 0.0, 4.0
RANDOM_PAIRS, TRAINING_PAIRS = 5e5, 1e5


@dataclass(frozen=True)
class PublicSet:
    """Frames to link (one: to deduplicate) with the columns unique_id and cluster, and settings that fit their columns."""

    frames: tuple[pl.DataFrame, ...]
    comparisons: tuple[Any, ...]
    candidates: tuple[Any, ...]
    training: tuple[Any, ...]
    certain: tuple[Any, ...]
    certain_recall: float


def febrl(*paths: Path) -> PublicSet:
    frames = []
    for path in paths:
        cells = pl.read_csv(path, infer_schema=False).rename(str.strip).with_columns(pl.all().str.strip_chars())
        cells = cells.with_columns(pl.when(pl.all() != "").then(pl.all())).rename({"rec_id": "unique_id"})
        frames.append(cells.with_columns(cluster=pl.col("unique_id").str.extract(r"^rec-(\d+)-")))
    return PublicSet(
        tuple(frames),
        comparisons=(
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.LevenshteinAtThresholds("street_number", [1]),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
            cl.LevenshteinAtThresholds("postcode", [1, 2]),
        ),
        candidates=(
            block_on("soc_sec_id"),
            block_on("date_of_birth"),
            block_on("given_name", "surname"),
            block_on("surname", "postcode"),
            block_on("given_name", "suburb"),
            block_on("postcode", "street_number"),
            block_on("address_1"),
            block_on("given_name", "postcode"),
            block_on("surname", "suburb"),
        ),
        training=(block_on("date_of_birth"), block_on("postcode")),
        certain=(block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")),
        certain_recall=0.8,
    )


def historical(path: Path) -> PublicSet:
    people = pl.read_parquet(path).with_columns(postcode_area=pl.col("postcode_fake").str.extract(r"^(\S+)"))
    postcode = cl.CustomComparison(
        output_column_name="postcode",
        comparison_levels=[
            cll.NullLevel("postcode_fake"),
            cll.ExactMatchLevel("postcode_fake"),
            cll.LevenshteinLevel("postcode_fake", 1),
            cll.LevenshteinLevel("postcode_fake", 2),
            cll.ExactMatchLevel("postcode_area"),
            cll.ElseLevel(),
        ],
    )
    near = "substr(postcode_fake, 1, 3)"
    return PublicSet(
        (people,),
        comparisons=(
            cl.NameComparison("first_name"),
            cl.NameComparison("surname"),
            cl.DamerauLevenshteinAtThresholds("dob", [1, 2]).configure(term_frequency_adjustments=True),
            postcode,
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ),
        candidates=(
            block_on("first_name", "surname"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake"),
            block_on("dob", "birth_place"),
            block_on("surname", "birth_place"),
            block_on("dob", near),
            block_on("surname", near),
            block_on("first_name", near),
        ),
        training=(block_on("first_name", "surname"), block_on("dob")),
        certain=(block_on("first_name", "surname", "dob"), block_on("postcode_fake", "dob")),
        certain_recall=0.6,
    )


@dataclass(frozen=True)
class Scored:
    """Pairwise precision, recall and F1 of the pairs, F1 of the clusters, and what it took."""

    precision: float
    recall: float
    f1: float
    cluster_f1: float
    seconds: float
    cpu_seconds: float


def score(data: PublicSet) -> Scored:
    """Trains without answers, links, and only then looks at the answers."""
    started, cpu = time.perf_counter(), time.process_time()
    settings = SettingsCreator(
        link_type="dedupe_only" if len(data.frames) == 1 else "link_only",
        comparisons=list(data.comparisons),
        blocking_rules_to_generate_predictions=list(data.candidates),
        linker_uid="benchmark",
    )
    api = DuckDBAPI(duckdb.connect(config={"threads": 2}))
    tables = [api.register(f.drop("cluster").to_arrow(), dataset_display_name=f"set_{i}") for i, f in enumerate(data.frames)]
    linker = Linker(tables, settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(list(data.certain), recall=data.certain_recall)
    linker.training.estimate_u_using_random_sampling(RANDOM_PAIRS, seed=SEED)
    for rule in data.training:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, max_pairs=TRAINING_PAIRS
        )
    found = linker.inference.predict(threshold_match_weight=PAIR_WEIGHT)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_weight=CLUSTER_WEIGHT)
    pairs, clustered = pl.DataFrame(found.as_pyarrow_table()), pl.DataFrame(clusters.as_pyarrow_table())
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu

    truth = pl.concat([frame.select("unique_id", "cluster") for frame in data.frames])
    answers = dict(truth.rows())
    right = sum(answers[a] == answers[b] for a, b in pairs.select("unique_id_l", "unique_id_r").rows())
    true_pairs = _pairs_in(truth, ["cluster"])
    clustered = clustered.select("unique_id", "cluster_id").join(truth, on="unique_id")
    together = _pairs_in(clustered, ["cluster_id", "cluster"])
    return Scored(
        right / len(pairs),
        right / true_pairs,
        _f1(right, len(pairs), true_pairs),
        _f1(together, _pairs_in(clustered, ["cluster_id"]), true_pairs),
        seconds,
        cpu_seconds,
    )


def _pairs_in(frame: pl.DataFrame, groups: list[str]) -> int:
    size = pl.col("len")
    return int(frame.group_by(groups).len().select((size.cast(pl.Int64) * (size - 1) // 2).sum()).item())


def _f1(right: int, given: int, true: int) -> float:
    return 2 * right / (given + true)


def city(people_count: int, record_count: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Records, people, and which record is of whom: a third each with birth date, with age, and with name and village only."""
    rng = np.random.default_rng(SEED)
    laid_out = places.lay_out(rng, villages_per_town=22)
    villages = pl.DataFrame(
        [(COUNTIES[v.county].name, v.town, v.name, v.address) for v in laid_out.villages],
        schema=["county", "town", "village", "address"],
        orient="row",
    )
    is_male = rng.random(people_count) < 0.5
    born = rng.integers(-45 * 365, 47 * 365, people_count)
    people = pl.DataFrame(
        {
            "person": pl.Series(np.arange(people_count)).cast(pl.String),
            "name": names.full_names(rng, names.surname_codes(rng, people_count), is_male, 1970 + born // 365),
            "former_name": pl.Series([None], dtype=pl.String).new_from_index(0, people_count),
            "sex": pl.Series(["女", "男"]).gather(pl.Series(is_male.astype(np.uint32))),
            "birth_date": pl.Series(born).cast(pl.Int32).cast(pl.Date),
        }
    ).hstack(villages[rng.choice(len(villages), people_count, p=laid_out.weights)])
    kind, year = pl.col("at") % 3, pl.col("birth_date").dt.year()
    drawn = people[rng.choice(people_count, record_count, replace=False)].with_row_index("at")
    records = drawn.select(
        pl.format("r{}", "at").alias("record"),
        "person",
        "name",
        pl.when(kind < 2).then("sex").alias("sex"),
        pl.when(kind == 0).then("birth_date").alias("birth_date"),
        pl.when(kind == 1).then(year - 1).alias("birth_year_low"),
        pl.when(kind == 1).then(year).alias("birth_year_high"),
        *(pl.when(kind == 2).then(place).alias(place) for place in ("county", "town", "village")),
        pl.when(kind < 2).then("address").alias("address"),
    )
    return records.select(RECORDS.keys()), people.select(PEOPLE.keys()), records.select("record", "person")


def show_city(console: Console, people_count: int, record_count: int) -> None:
    with console.status("generating people"):
        records, people, truth = city(people_count, record_count)
    started, cpu = time.perf_counter(), time.process_time()
    with console.status("linking"):
        pairs = matches(records, people, load_model())
        links = best_matches(records, pairs).join(truth.rename({"person": "truth"}), on="record")
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    outcomes = dict(links.group_by("outcome").len().sort("outcome").rows())
    wrong = len(links.filter(pl.col("person") != pl.col("truth")))
    console.print(f"{record_count:,} records, {people_count:,} people: {seconds:.1f} s, {cpu_seconds:.1f} CPU s")
    console.print(f"{outcomes}, {wrong} links wrong")


def show_public(console: Console, folder: Path) -> None:
    table = Table(title="Public data, trained without answers", title_justify="left")
    for heading in ("set", "precision", "recall", "pair F1", "cluster F1", "seconds", "CPU seconds"):
        table.add_column(heading, justify="left" if heading == "set" else "right", no_wrap=True)
    sets: dict[str, Callable[[], PublicSet]] = {
        "febrl3": lambda: febrl(folder / "dataset3.csv"),
        "febrl4": lambda: febrl(folder / "dataset4a.csv", folder / "dataset4b.csv"),
        "historical_50k": lambda: historical(folder / "historical_figures_with_errors_50k.parquet"),
    }
    for name, read in sets.items():
        with console.status(name):
            got = score(read())
        figures = (got.precision, got.recall, got.f1, got.cluster_f1)
        table.add_row(name, *(f"{figure:.4f}" for figure in figures), f"{got.seconds:.1f}", f"{got.cpu_seconds:.1f}")
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "folder", nargs="?", type=Path, help="dataset3.csv, dataset4a.csv, dataset4b.csv, historical_figures…parquet"
    )
    parser.add_argument("--city", action="store_true", help="the generated city")
    given = parser.parse_args()
    console = Console(width=110)
    if given.folder:
        show_public(console, given.folder)
    if given.city:
        show_city(console, 2_700_000, 400_000)
    if not given.folder and not given.city:
        parser.error("name a folder, or --city, or both")


if __name__ == "__main__":
    main()
