"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import (
    CASE_FILES,
    CASE_SCORES,
    CASES,
    CASEWORK,
    CLUES,
    FINDINGS,
    KEY_PERSONS,
    LISTED_CLUES,
    NOVEL_FINDINGS,
    PATTERNS,
    RULE_COVERAGE,
    VERDICTS,
)
from jobs.casebook.opened import rule_decisions
from jobs.launch.context import RunContext
from jobs.rank_clues.case_files import case_files
from jobs.rank_clues.clue_order import clues_of, ranked, with_key_persons, with_patterns
from jobs.rank_clues.kept_clues import keep_ranked_clues
from jobs.registers.second_looks import found_by_rule, kept_back
from jobs.runtime.lake import Lake

NAME = "rank_clues"
READS = (
    FINDINGS,
    NOVEL_FINDINGS,
    PATTERNS,
    CASE_SCORES,
    KEY_PERSONS,
    RULE_COVERAGE,
    CASES,
    CLUES,
    CASE_FILES,
    LISTED_CLUES,
    VERDICTS,
    CASEWORK,
)
WRITES = (CLUES, CASE_FILES, LISTED_CLUES)


def run(ctx: RunContext) -> None:
    lake = ctx.lake
    with ctx.report.stage("rank clues") as progress:
        task = progress.add_task("rank clues", total=2)
        held = [row["rule_code"] for row in lake.read(RULE_COVERAGE).filter("held > 0").collect()]  # some rules
        refuted = kept_back(found_by_rule(lake), rule_decisions(lake, ctx.out, ctx.report.warn), ctx.settings.second_look)
        for code, why in refuted.items():
            ctx.report.warn(
                f"{code} needs a second look: {why}. Its clues are kept back until somebody gives mingjing rule decide {code}."
            )
        findings = lake.read(FINDINGS).unionByName(lake.read(NOVEL_FINDINGS))
        marked = with_patterns(
            with_key_persons(clues_of(findings, {*held, *refuted}), lake.read(KEY_PERSONS)), lake.read(PATTERNS)
        )
        clues = ranked(marked, lake.read(CASES), lake.read(CASE_SCORES), ctx.settings.ranking, ctx.as_of)
        if lake.exists(CLUES):
            clues = _seen_before(clues, lake.read(CLUES))
        lake.overwrite(CLUES, clues)
        keep_ranked_clues(ctx)
        progress.advance(task)
        _write_case_files(lake, findings, ctx.as_of)
        progress.advance(task)
        ctx.report.current.rows = lake.read(CLUES).count()


def _write_case_files(lake: Lake, findings: DataFrame, as_of: date) -> None:
    """Those of this run beside those of the other days, which stay as they are."""
    known = lake.computed_once(lake.read_or_empty(CASE_FILES).filter(F.col("as_of") != F.lit(as_of)), "case_files")
    fresh = case_files(lake.read(CLUES), findings, lake.read(CASES), known, as_of)
    lake.overwrite(CASE_FILES, known.select(*CASE_FILES.column_names).unionByName(fresh))


def _seen_before(clues: DataFrame, earlier: DataFrame) -> DataFrame:
    """A clue found again keeps the day on which it was first seen."""
    before = earlier.select("clue_id", F.col("first_seen").alias("_first"))
    joined = clues.join(before, "clue_id", "left")  # clue_id is unique in both
    return joined.withColumn("first_seen", F.least("first_seen", "_first")).select(*CLUES.column_names)
