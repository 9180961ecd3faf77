"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

from expectations.contracts.lake import (
    ALIASES,
    CASE_SCORES,
    CASES,
    DEATHS,
    ENTITLEMENT_MONTHS,
    FINDINGS,
    HOUSEHOLD_STATES,
    IDENTITIES,
    KIN,
    LINKS,
    MEMBERS,
    NOVEL_FINDINGS,
    PATTERNS,
    PERSONS,
    SILVER,
    VERDICTS,
)
from expectations.contracts.model import Table
from jobs.launch.context import RunContext
from jobs.launch.model_store import model_store, store_errors_told
from jobs.registers.linked import linked_registers
from jobs.rulebook.findings import find_clues
from jobs.rulebook.gathering import gathered
from jobs.rules.in_force import rules_in_force
from jobs.rules.strange_case import RULE as STRANGE_CASE
from jobs.rules.strange_case import StrangeCaseParams
from jobs.runtime.arrow import arrow_batches, on_driver
from jobs.runtime.ids import digits_of
from jobs.runtime.lake import Lake, plain_schema
from jobs.score_cases.features import CASE_FIGURES, Registers, case_features
from jobs.score_cases.feedback import moved, taught
from jobs.score_cases.patterns import detectors
from jobs.score_cases.patterns.city import KEPT_RUNS, ROSTERS
from jobs.score_cases.patterns.city import gathered as gathered_city
from jobs.score_cases.patterns.judged import judged
from jobs.score_cases.patterns.silent_changes import STATE
from models.drift import WARN_ABOVE, drifted
from models.features import Matrix, contract_fingerprint, matrix
from models.params import ForestParams
from models.registry import NOTHING_STATED, ForestRegistry, RegisteredModel
from models.strangeness import Scores, StrangenessModel, in_words, model_fingerprint

NAME = "score_cases"
READS = (
    FINDINGS, CASES, MEMBERS, PERSONS, IDENTITIES, ENTITLEMENT_MONTHS, KIN, DEATHS, LINKS, ALIASES, VERDICTS, HOUSEHOLD_STATES,
    *(roster.bronze for roster in ROSTERS), *SILVER,
)  # fmt: skip
WRITES = (CASE_SCORES, PATTERNS, HOUSEHOLD_STATES, NOVEL_FINDINGS)
LEAST_CASES = 30
"""Among fewer cases nothing is usual, so that nothing is strange: no model learns from them."""
_EXPLAINED_SHARE = 0.10
"""Of all cases, the strangest whose reasons are told: more than any setting of X01 asks about."""
_SCORED = StructType([StructField("case_id", StringType()), *(StructField(name, DoubleType()) for name in Scores._fields)])
_EXPLAINED = StructType([StructField("case_id", StringType()), StructField("reasons", StringType())])


def training_sample(features: DataFrame, rows: int) -> pd.DataFrame:
    """At most `rows` cases, drawn by hash of their id: the same on every engine and partitioning, ordered by id."""
    drawn = features.withColumn("_draw", F.xxhash64(digits_of("case_id"))).orderBy("_draw", "case_id").limit(rows)
    return drawn.toPandas().sort_values("case_id", ignore_index=True)


def data_version(x: Matrix) -> str:
    """Digest of the training rows. Rounded: engines may add doubles in another order."""
    return hashlib.sha256(np.round(np.nan_to_num(x, nan=-1.0), 6).tobytes()).hexdigest()[:16]


def training_fingerprint(x: Matrix, params: ForestParams) -> str:
    """What a model is trained on and with."""
    stated = f"{data_version(x)}{model_fingerprint(params)}{contract_fingerprint()}"
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def trained_model(
    registry: ForestRegistry, x: Matrix, params: ForestParams, as_of: str, data: Mapping[str, int] = NOTHING_STATED
) -> tuple[RegisteredModel | None, dict[str, float]]:
    """The champion, trained anew when data, parameters or the feature contract have changed; always loaded by its alias.

    data: versions of the tables that x comes from. With it the drift of x against what the version was trained on that was in use when the run began.
    Fewer than LEAST_CASES train nothing and tell no drift: the champion is the one of before, or null where there was none.
    """
    fingerprint = training_fingerprint(x, params)
    # What there was before is what drift is told against: the new version was trained on x itself.
    before = registry.champion() if registry.is_champion_of_this_contract() else None
    if len(x) < LEAST_CASES:
        return before, {}
    is_known = before is not None and registry.champion_fingerprint() == fingerprint
    if not is_known and not (before and registry.is_withdrawn(fingerprint)):
        tags = {"training_fingerprint": fingerprint, "data_version": data_version(x), "as_of": as_of}
        registry.train(x, params, tags, data)
    champion = registry.champion()
    assert champion is not None
    psi = (before or champion).model.drift(x)
    registry.log_drift(champion.version, psi)
    return champion, psi


def _report_few_cases(ctx: RunContext, cases: int, champion: RegisteredModel | None) -> None:
    if cases < LEAST_CASES:
        told = (
            "are not scored for strangeness" if champion is None else f"are scored by version {champion.version}, learned before"
        )
        ctx.report.warn(
            f"too few cases: {cases}, and nothing is usual among fewer than {LEAST_CASES}. No model was trained; the cases {told}. "
            "What the rules found is listed all the same."
        )


def _report_drift(ctx: RunContext, psi: dict[str, float]) -> None:
    ctx.report.figures["drift"] = {name: round(value, 4) for name, value in psi.items()}
    for name in drifted(psi):
        ctx.report.warn(
            f"drift of {name}: stability index {psi[name]:.2f} against the training data of the model in use before, "
            f"above {WARN_ABOVE}. See whether a register changed before you trust the scores."
        )


def score(features: DataFrame, model: StrangenessModel) -> DataFrame:
    """Anomaly, dependence and strangeness of every case. Scored partition by partition."""

    def score_partition(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for cases in batches:
            if not cases.empty:
                x = np.round(matrix(cases), 6)
                yield pd.DataFrame({"case_id": cases["case_id"], **model.score(x)._asdict()})

    return features.mapInPandas(score_partition, _SCORED)


def unscored(features: DataFrame) -> DataFrame:
    """gold.case_scores where no model has learned yet: the figures of each case, and nulls."""
    nothing = {c.name: F.lit(None).cast(c.type) for c in CASE_SCORES.columns if c.name not in ("case_id", "figures")}
    return features.withColumns({**nothing, "figures": figures()}).select(*CASE_SCORES.column_names)


def explained(features: DataFrame, model: StrangenessModel) -> DataFrame:
    """What makes each case strange, in words: case_id, reasons. Slow: for cases that somebody will look at."""

    def explain_partition(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for cases in batches:
            if not cases.empty:
                reasons = model.reasons(np.round(matrix(cases), 6))
                yield pd.DataFrame({"case_id": cases["case_id"], "reasons": list(map(in_words, reasons))})

    return features.mapInPandas(explain_partition, _EXPLAINED)


def run(ctx: RunContext, registry: Callable[[Path], ForestRegistry] = ForestRegistry) -> None:
    lake = ctx.lake
    with ctx.report.stage("score cases") as progress:
        task = progress.add_task("score cases", total=4)
        features = lake.computed_once(case_features(registers_of(ctx)).withColumn("as_of", F.lit(ctx.as_of)), "case_features")
        sample = training_sample(features, ctx.settings.forest.training_rows)
        progress.advance(task)
        with store_errors_told():
            champion, psi = trained_model(
                registry(model_store(ctx.out)),
                np.round(matrix(sample), 6),
                ctx.settings.forest,
                ctx.as_of.isoformat(),
                lake.versions_read,
            )
        _report_few_cases(ctx, len(sample), champion)
        _report_drift(ctx, psi)
        progress.advance(task)
        if champion is None:
            lake.overwrite(CASE_SCORES, unscored(features))
            lake.overwrite(PATTERNS, lake.session.createDataFrame([], plain_schema(PATTERNS)))
            lake.overwrite(NOVEL_FINDINGS, lake.session.createDataFrame([], plain_schema(NOVEL_FINDINGS)))
            ctx.report.current.rows = 0
            return
        everyone = F.lit(1)  # one rank over all cases is wanted: a single partition, said on purpose
        percentile = F.percent_rank().over(Window.partitionBy(everyone).orderBy("anomaly"))
        scores = lake.computed_once(score(features, champion.model).withColumn("anomaly_percentile", percentile), "case_scores")
        learned, verdicts = taught(lake, champion.model)
        ctx.report.figures["verdicts_on_strange_cases"] = verdicts
        order = scores if learned is None else lake.computed_once(moved(features, learned), "moved_scores")
        # The strangest, and those in which a rule found something: nobody reads the reasons of the others.
        found = lake.read(FINDINGS).filter("outcome = 'found'").select("case_id")
        nth = F.percent_rank().over(Window.partitionBy(everyone).orderBy("strangeness"))
        strangest = order.withColumn("_nth", nth).filter(F.col("_nth") >= 1 - _EXPLAINED_SHARE).select("case_id")
        looked_at = features.join(found.unionByName(strangest).distinct(), "case_id", "left_semi")
        told = (
            scores.join(explained(looked_at, champion.model), "case_id", "left")  # one row a case each
            .join(features.select("case_id", figures().alias("figures")), "case_id", "left")
            .withColumn("model_version", F.lit(champion.version))
        )
        lake.overwrite(CASE_SCORES, told.select(*CASE_SCORES.column_names))
        progress.advance(task)
        write_patterns(ctx, features, order)
        lake.overwrite(NOVEL_FINDINGS, novel_findings(ctx))
        progress.advance(task)
        ctx.report.current.rows = lake.read(CASE_SCORES).count()


def figures() -> Column:
    """All figures of a case by name, those included that only the ranking may learn from."""
    return F.create_map(*(part for name in CASE_FIGURES for part in (F.lit(f"case.{name}"), F.col(name))))


def write_patterns(ctx: RunContext, features: DataFrame, order: DataFrame) -> None:
    """gold.patterns: what chance alone does not bring about, a row a household.

    order: strangeness by case_id, as far as it has been learned what of it visits confirm.
    """
    lake = ctx.lake
    scored = lake.read(CASE_SCORES).select("case_id", "anomaly", "dependence", "reasons", "strangeness")
    scores = on_driver(
        scored.join(order.select("case_id", F.col("strangeness").alias("_now")), "case_id", "inner")
    )  # one row a case
    # k = s / (1 - s) is how rare a case is in powers of ten: what verdicts took off that makes it likelier to be chance.
    rarity = {name: pl.col(name) / (1 - pl.col(name).clip(0.0, 0.99)) for name in ("strangeness", "_now")}
    moved = scores.with_columns(moved=10 ** (rarity["strangeness"] - rarity["_now"]))
    params = ctx.settings.params(STRANGE_CASE.code)
    assert isinstance(params, StrangeCaseParams)
    city = gathered_city(ctx, features)
    found = judged(detectors.found(city, moved, params.false_share), params.false_share, params.false_share_alone)
    lake.overwrite(PATTERNS, _of_driver(lake, PATTERNS, found))
    # Of the other days the last ones, this day's anew: a run that is repeated finds the same.
    days = sorted(city.states["as_of"].unique())[-(KEPT_RUNS - 1) :]
    today = city.cases.select(STATE).with_columns(as_of=pl.lit(ctx.as_of))
    kept = pl.concat([city.states.filter(pl.col("as_of").is_in(days)), today], how="diagonal")
    lake.overwrite(HOUSEHOLD_STATES, _of_driver(lake, HOUSEHOLD_STATES, kept))


def _of_driver(lake: Lake, table: Table, rows: pl.DataFrame) -> DataFrame:
    batches = list(arrow_batches(rows.select(table.column_names), plain_schema(table)))
    return lake.session.createDataFrame(pa.Table.from_batches(batches) if batches else [], plain_schema(table))


def novel_findings(ctx: RunContext) -> DataFrame:
    """gold.novel_findings: the rules that need the scores, on what the detectors found."""
    drawing = ctx.lake.read(ENTITLEMENT_MONTHS).filter("paid_yuan > 0").select("case_id").distinct()
    strange = ctx.lake.read(PATTERNS).join(drawing, "case_id", "left_semi")
    facts = replace(gathered(ctx.lake, ctx.settings.policy, ctx.as_of, strange), strange=strange)
    return find_clues(
        facts, [(rule, params) for rule, params in rules_in_force(ctx.as_of, ctx.settings.params) if rule.needs_scores]
    )


def registers_of(ctx: RunContext) -> Registers:
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
