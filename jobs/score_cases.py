"""Score: how strange each case is, rules aside, and in which order the clues are worth a visit.

Reads   gold.findings                one row per rule and thing looked at    key rule_code, case_id, subject_key, thing_key
        silver.cases                 one row per benefit household           key case_id
        silver.members               one row per person of a case            key case_id, data_set, origin
        silver.entitlement_months    one row per case and month              key case_id, for_month
        gold.key_persons             one row per case and kind of key person key case_id, title
        ops.rule_coverage            which rules the flood guard holds back  key rule_code
        gold.clues, gold.case_files  the runs before: what was seen when, and how it stood
Writes  gold.case_scores             one row per case                        key case_id
        gold.clues                   one row per clue                        key clue_id
        gold.case_files              one row per run and case to visit       key as_of, case_id
        the model registry           a version of the forest when the training data or parameters are new
Re-run  safe: the same data trains nothing again, both tables are replaced in one commit each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

from expectations.contracts.lake import (
    ALIASES,
    CASE_FILES,
    CASE_SCORES,
    CASES,
    CLUES,
    DEATHS,
    ENTITLEMENT_MONTHS,
    FINDINGS,
    KEY_PERSONS,
    KIN,
    LINKS,
    MEMBERS,
    RULE_COVERAGE,
    SILVER,
)
from jobs.linking.links import linked_registers
from jobs.runtime.context import RunContext
from jobs.runtime.lake import Lake
from jobs.runtime.launch import launch
from jobs.scoring.case_files import case_files
from jobs.scoring.features import Registers, case_features
from jobs.scoring.ranking import clues_of, ranked, with_key_persons
from models.features import contract_fingerprint, matrix
from models.isolation_forest import ForestModel, ForestParams, anomaly_score, reasons
from models.registry import ForestRegistry, RegisteredForest

NAME = "score_cases"
READS = (
    FINDINGS, KEY_PERSONS, RULE_COVERAGE, CASES, MEMBERS, ENTITLEMENT_MONTHS, KIN, DEATHS, LINKS, ALIASES, CLUES, CASE_FILES, *SILVER,
)  # fmt: skip
WRITES = (CASE_SCORES, CLUES, CASE_FILES)
REGISTRY_FOLDER = "mlflow"
_SCORED = StructType(
    [StructField("case_id", StringType()), StructField("anomaly", DoubleType()), StructField("reasons", StringType())]
)


def training_sample(features: DataFrame, rows: int) -> pd.DataFrame:
    """At most `rows` cases, drawn by hash of their id: the same on every engine and partitioning, ordered by id."""
    drawn = features.withColumn("_draw", F.xxhash64("case_id")).orderBy("_draw", "case_id").limit(rows)
    return drawn.toPandas().sort_values("case_id", ignore_index=True)


def training_fingerprint(x: np.ndarray[tuple[int, int], np.dtype[np.float64]], params: ForestParams) -> str:
    """What a forest is trained on and with. Rounded: engines may add doubles in another order."""
    digest = hashlib.sha256(np.round(np.nan_to_num(x, nan=-1.0), 6).tobytes())
    digest.update(f"{params.model_dump_json()}{contract_fingerprint()}".encode())
    return digest.hexdigest()[:16]


def trained_forest(registry: ForestRegistry, sample: pd.DataFrame, params: ForestParams, as_of: str) -> RegisteredForest:
    """The champion, trained anew when data, parameters or the feature contract have changed; always loaded by its alias."""
    x = np.round(matrix(sample), 6)
    fingerprint = training_fingerprint(x, params)
    if registry.champion_fingerprint() != fingerprint:
        registry.train(x, params, {"training_fingerprint": fingerprint, "as_of": as_of})
    champion = registry.champion()
    assert champion is not None
    return champion


def score(features: DataFrame, model: ForestModel) -> DataFrame:
    """Anomaly of every case and, where `is_published`, the reasons for it. Scored partition by partition."""

    def score_partition(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for cases in batches:
            if cases.empty:
                continue
            x = np.round(matrix(cases), 6)
            found = pd.DataFrame({"case_id": cases["case_id"], "anomaly": anomaly_score(model, x), "reasons": ""})
            wanted = cases["is_published"].to_numpy(dtype=bool)
            found.loc[wanted, "reasons"] = reasons(model, x[wanted])
            yield found

    return features.mapInPandas(score_partition, _SCORED)


def run(ctx: RunContext, registry: Callable[[Path], ForestRegistry] = ForestRegistry) -> None:
    lake = ctx.lake
    with ctx.report.stage("score and rank") as progress:
        task = progress.add_task("score and rank", total=5)
        findings, cases = lake.read(FINDINGS), lake.read(CASES)
        features = lake.computed_once(case_features(_registers(ctx)), "case_features")
        sample = training_sample(features, ctx.settings.forest.training_rows)
        progress.advance(task)
        forest = trained_forest(registry(ctx.out / REGISTRY_FOLDER), sample, ctx.settings.forest, ctx.as_of.isoformat())
        progress.advance(task)
        published = findings.filter("outcome = 'found'").select("case_id").distinct().withColumn("is_published", F.lit(True))
        flagged = features.join(published, "case_id", "left").withColumn("is_published", F.coalesce("is_published", F.lit(False)))
        everyone = F.lit(1)  # one rank over all cases is wanted: a single partition, said on purpose
        scored = score(flagged, forest.model).withColumns(
            {
                "anomaly_percentile": F.percent_rank().over(Window.partitionBy(everyone).orderBy("anomaly")),
                "model_version": F.lit(forest.version),
            }
        )
        lake.overwrite(CASE_SCORES, scored.select(*CASE_SCORES.column_names))
        progress.advance(task)
        held = [row["rule_code"] for row in lake.read(RULE_COVERAGE).filter("held > 0").collect()]  # some rules
        marked = with_key_persons(clues_of(findings, held), lake.read(KEY_PERSONS))
        clues = ranked(marked, cases, lake.read(CASE_SCORES), ctx.settings.ranking, ctx.as_of)
        if lake.exists(CLUES):
            clues = _seen_before(clues, lake.read(CLUES))
        lake.overwrite(CLUES, clues)
        progress.advance(task)
        _write_case_files(lake, ctx.as_of)
        progress.advance(task)
        ctx.report.stages[-1].rows = lake.read(CASE_SCORES).count()


def _registers(ctx: RunContext) -> Registers:
    lake = ctx.lake
    return Registers(
        cases=lake.read(CASES),
        members=lake.read(MEMBERS),
        months=lake.read(ENTITLEMENT_MONTHS),
        kin=lake.read(KIN),
        deaths=lake.read(DEATHS),
        register=linked_registers(lake),
        policy=ctx.settings.policy,
        as_of=ctx.as_of,
    )


def _write_case_files(lake: Lake, as_of: date) -> None:
    """Those of this run beside those of the other days, which stay as they are."""
    known = lake.computed_once(lake.read_or_empty(CASE_FILES).filter(F.col("as_of") != F.lit(as_of)), "case_files")
    fresh = case_files(lake.read(CLUES), lake.read(FINDINGS), lake.read(CASES), known, as_of)
    lake.overwrite(CASE_FILES, known.select(*CASE_FILES.column_names).unionByName(fresh))


def _seen_before(clues: DataFrame, earlier: DataFrame) -> DataFrame:
    """A clue found again keeps the day on which it was first seen."""
    before = earlier.select("clue_id", F.col("first_seen").alias("_first"))
    joined = clues.join(before, "clue_id", "left")  # clue_id is unique in both
    return joined.withColumn("first_seen", F.least("first_seen", "_first")).select(*CLUES.column_names)


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run))
