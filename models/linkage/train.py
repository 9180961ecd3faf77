"""Makes `no_number.json` from a simulated city: python -m models.linkage.train DELIVERY

m by Splink from labelled records with errors put in, u by Splink from pairs with people whom the records are not of.
One half of the labelled persons trains, the other half measures; both are drawn with a stated seed. A person reads the
file before it is committed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import polars as pl
from splink import DuckDBAPI, Linker

from models.linkage import columns, labels
from models.linkage.comparisons import untrained
from models.params import LinkageParams
from models.record_linkage import BELOW, LINKED, TIE, LinkageModel, best_matches, matches

SEED = 20171231
STRANGERS = 20_000
WEIGHTS = [7.0, LinkageParams().least_weight]


def train(records: pl.DataFrame, people: pl.DataFrame) -> LinkageModel:
    """The model with m from the records' labels and u from all pairs of records and random people whom none is of."""
    strangers = people.filter(~pl.col("person").is_in(records["label"].implode())).sort("person").sample(STRANGERS, seed=SEED)
    settings = untrained()
    settings.probability_two_random_records_match = 1 / len(people)
    right = columns.record_columns(records.select(columns.RECORDS.keys()), people).with_columns(label=records["label"])
    by_chance = _linker(right, strangers, settings)
    by_chance.training.estimate_u_using_random_sampling(len(records) * STRANGERS, seed=SEED, min_count_per_level=None)
    labelled = people.filter(pl.col("person").is_in(records["label"].implode()))
    linker = _linker(right, labelled, by_chance.misc.save_model_to_json())
    linker.training.estimate_m_from_label_column("label")
    return LinkageModel(_rounded(linker.misc.save_model_to_json()))


def _linker(right: pl.DataFrame, people: pl.DataFrame, settings: Any) -> Linker:
    left = columns.person_columns(people).with_columns(label="whose")
    api = DuckDBAPI()
    tables = [api.register(side.to_arrow(), dataset_display_name=name) for side, name in ((left, "people"), (right, "records"))]
    return Linker(tables, settings, log_level=None)


def _rounded(settings: Any) -> Any:
    if isinstance(settings, dict):
        return {key: _rounded(value) for key, value in settings.items()}
    if isinstance(settings, list):
        return [_rounded(value) for value in settings]
    return float(f"{settings:.6g}") if isinstance(settings, float) else settings


def table(model: LinkageModel) -> pl.DataFrame:
    """m, u and weight of every level."""
    rows = [
        (comparison["output_column_name"], level["label_for_charts"], level["m_probability"], level["u_probability"])
        for comparison in model.settings["comparisons"]
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level")
    ]
    frame = pl.DataFrame(rows, schema=["comparison", "level", "m", "u"], orient="row")
    return frame.with_columns(weight=(pl.col("m") / pl.col("u")).log(2).round(1))


def measure(records: pl.DataFrame, people: pl.DataFrame, model: LinkageModel, weights: list[float]) -> pl.DataFrame:
    """By source and least weight: how many records are linked, rightly linked, tied and below."""
    lead = LinkageParams().least_lead
    given = records.select(columns.RECORDS.keys())
    pairs = matches(given, people, model, LinkageParams(least_weight=min(weights), least_lead=lead))
    truth = records.select("record", "source", "label")
    rows = []
    for weight in weights:
        found = best_matches(given, pairs, LinkageParams(least_weight=weight, least_lead=lead)).join(truth, on="record")
        is_link, is_right = pl.col("outcome") == LINKED, pl.col("person") == pl.col("label")
        counted = found.group_by("source").agg(
            pl.len().alias("records"),
            is_link.sum().alias("linked"),
            (is_link & is_right).sum().alias("right"),
            (pl.col("outcome") == TIE).sum().alias("tied"),
            (pl.col("outcome") == BELOW).sum().alias("below"),
        )
        rows.append(counted.with_columns(least_weight=pl.lit(weight)))
    linked, right = pl.col("linked"), pl.col("right")
    return pl.concat(rows).with_columns(precision=right / linked, recall=right / pl.col("records")).sort("source", "least_weight")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("delivery", type=Path, help="the delivery of a simulated city")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("no_number.json"))
    given = parser.parse_args()
    people = labels.read_people(given.delivery)
    records = labels.read_labelled(given.delivery, people)
    spoiled = labels.with_errors(records, people, columns.sound_of, SEED)
    persons = records["label"].unique().sort().shuffle(SEED)
    training, held_out = persons.head(len(persons) // 2).implode(), persons.slice(len(persons) // 2).implode()
    model = train(spoiled.filter(pl.col("label").is_in(training)), people)
    given.out.write_text(json.dumps(model.settings, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=140, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
        say = sys.stdout.write
        say(f"{len(people)} people, {len(records)} labelled records of {len(persons)} persons\n{table(model)}\n")
        held = pl.col("label").is_in(held_out)
        others = people.filter(~pl.col("person").is_in(held_out))
        for what, given_records, registry in (
            ("as delivered", records, people),
            ("with errors", spoiled, people),
            ("with errors, person not in the registry (every link is wrong)", spoiled, others),
        ):
            say(f"\nheld out, {what}\n{measure(given_records.filter(held), registry, model, WEIGHTS)}\n")


if __name__ == "__main__":
    main()
