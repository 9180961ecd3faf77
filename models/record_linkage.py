"""Record linkage without a person number: which person of the registry a record speaks of, and how sure that is.

Fellegi & Sunter, A Theory for Record Linkage, JASA 1969, as Splink runs it, with the reviewed model
`linkage/no_number.json`; nothing is trained here. Weights are log2 of odds: 0 is even, each bit doubles them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
from splink import DuckDBAPI, Linker

from models.linkage import columns
from models.params import LinkageParams

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NO_NUMBER: Traversable = files("models.linkage") / "no_number.json"
LINKED, TIE, BELOW = "linked", "tie", "below"
_PRIOR = "probability_two_random_records_match"


@dataclass(frozen=True)
class LinkageModel:
    """A reviewed model in the form in which Splink saves it."""

    settings: dict[str, Any]

    @property
    def population(self) -> float:
        """How many people the city had for which the model was made."""
        return 1 / float(self.settings[_PRIOR])

    @property
    def levels(self) -> dict[str, dict[int, str]]:
        """Of each comparison, what Splink's number of a level means: -1 unknown, 0 the weakest."""
        named = {}
        for comparison in self.settings["comparisons"]:
            labels = [level["label_for_charts"] for level in comparison["comparison_levels"]]
            named[comparison["output_column_name"]] = dict(zip([-1, *range(len(labels) - 2, -1, -1)], labels, strict=True))
        return named


def load_model(path: Traversable = NO_NUMBER) -> LinkageModel:
    return LinkageModel(json.loads(path.read_text(encoding="utf-8")))


def matches(
    records: pl.DataFrame,
    people: pl.DataFrame,
    model: LinkageModel,
    params: LinkageParams | None = None,
    *,
    population: int = 0,
    spark: SparkSession | None = None,
) -> pl.DataFrame:
    """Candidates that could decide a link: one row a record and person, best first. Key record, person.

    Columns record, person, rank (1 = best, equal weights share it), match_weight, and of each comparison the level in words
    and `<comparison>_weight`; the weights and that of the prior add up to match_weight.
    `population`: people of the whole registry, where `people` are only those who come into question; those must be all
    bearers of the records' names, or a common name passes for a rare one.
    `spark`: the pairs are made and weighed by this session, which cannot be Spark Connect; otherwise by DuckDB.
    Raises ColumnMismatch for frames of other columns.
    """
    params = params or LinkageParams()
    records = columns.checked(records, columns.RECORDS, "record")
    people = columns.checked(people, columns.PEOPLE, "person")
    left, right = columns.person_columns(people), columns.record_columns(records, people)
    # A namesake is as likely as the city is large. Of a partial registry, the people left out are taken to have other names.
    size = max(float(population), float(len(people)), model.population)
    rarity = left.drop_nulls("name").group_by("name").agg((pl.len() / size).alias("tf_name")).sort("name")
    with _splink(spark) as api:
        # Splink's left table is the one whose name sorts first.
        tables = [
            api.register(side.drop("whose").to_arrow(), dataset_display_name=name)
            for side, name in ((left, "people"), (right, "records"))
        ]
        linker = Linker(tables, {**model.settings, _PRIOR: 1 / size}, log_level=None, validate_settings=False)
        linker.table_management.register_term_frequency_lookup(api.register(rarity.to_arrow()), "name")
        found = linker.inference.predict(threshold_match_weight=params.least_weight - params.least_lead)
        pairs = pl.DataFrame(found.as_pyarrow_table())
    return _described(pairs, left, right, model)


def best_matches(records: pl.DataFrame, pairs: pl.DataFrame, params: LinkageParams | None = None) -> pl.DataFrame:
    """One row a record: columns record, outcome, person (of linked ones), match_weight and lead of the best candidate.

    outcome: `linked` = the best candidate weighs enough and leads enough; `tie` = it weighs enough, another one is too near;
    `below` = none weighs enough. lead: null when no second candidate came into question.
    `pairs`: what `matches` gave for the same records and parameters.
    """
    params = params or LinkageParams()
    weight = pl.col("match_weight")
    best = pairs.group_by("record").agg(
        pl.col("person").sort_by(weight, descending=True).first(),
        weight.max(),
        (weight.max() - weight.sort(descending=True).get(1, null_on_oob=True)).alias("lead"),
    )
    outcome = (
        pl.when(weight.fill_null(-1e9) < params.least_weight)
        .then(pl.lit(BELOW))
        .when(pl.col("lead") < params.least_lead)
        .then(pl.lit(TIE))
        .otherwise(pl.lit(LINKED))
    )
    return (
        records.select("record")
        .join(best, on="record", how="left")
        .with_columns(outcome=outcome)
        .with_columns(person=pl.when(pl.col("outcome") == LINKED).then("person"))
        .select("record", "outcome", "person", "match_weight", "lead")
        .sort("record")
    )


@contextmanager
def _splink(spark: SparkSession | None) -> Iterator[Any]:
    """Splink's interface to the engine; DuckDB in memory, spilling where it is wiped, and without a way to the network."""
    if spark is not None:
        from splink import SparkAPI

        # The usual way, parquet, would leave names in the checkpoint folder.
        yield SparkAPI(spark_session=spark, break_lineage_method="persist", register_udfs_automatically=False)
        return
    with TemporaryDirectory() as folder:
        offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        connection = duckdb.connect(config={"temp_directory": folder, **offline})
        try:
            yield DuckDBAPI(connection)
        finally:
            connection.close()


def _described(pairs: pl.DataFrame, people: pl.DataFrame, records: pl.DataFrame, model: LinkageModel) -> pl.DataFrame:
    """Splink's pairs with the keys of records and people, and words for its levels; of a person's two names the better one."""
    described: list[pl.Expr] = []
    for comparison, labels in model.levels.items():
        described.append(pl.col(f"gamma_{comparison}").replace_strict(labels, return_dtype=pl.String).alias(comparison))
        frequency = [f"mw_tf_adj_{comparison}"] if f"mw_tf_adj_{comparison}" in pairs.columns else []
        described.append(pl.sum_horizontal(f"mw_{comparison}", *frequency).round(6).alias(f"{comparison}_weight"))
    keyed = pairs.with_columns(
        pl.col("match_weight").round(6),  # the engines' logarithms differ in the last digit
        record=records["whose"].gather(pairs["unique_id_r"]),
        person=people["whose"].gather(pairs["unique_id_l"]),
    )
    return (
        keyed.sort("record", "match_weight", "person", "unique_id_l", descending=[False, True, False, False])
        .unique(["record", "person"], keep="first", maintain_order=True)
        .select(
            "record",
            "person",
            pl.col("match_weight").rank("min", descending=True).over("record").alias("rank"),
            "match_weight",
            *described,
        )
    )
