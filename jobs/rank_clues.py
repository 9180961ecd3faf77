"""Rank: in which order the clues are worth a visit, and the cases that an inspector gets.

Reads   gold.findings, gold.novel_findings   one row per thing looked at     key rule_code, case_id, subject_key, thing_key
        gold.case_scores             one row per case                        key case_id
        gold.key_persons             one row per case and kind of key person key case_id, title
        ops.rule_coverage            which rules the flood guard holds back  key rule_code
        silver.cases                 one row per benefit household           key case_id
        gold.clues, gold.case_files  the runs before: what was seen when, and how it stood
        the model registry           the ranking in use, where verdicts have taught one
Writes  gold.clues                   one row per clue                        key clue_id
        gold.listed_clues            one row per run and clue                key as_of, clue_id
        gold.case_files              one row per run and case to visit       key as_of, case_id
Re-run  safe: each table is replaced in one commit; what a case is told against is the last run of an earlier day.
"""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import (
    CASE_FILES,
    CASE_SCORES,
    CASES,
    CLUES,
    FINDINGS,
    KEY_PERSONS,
    LISTED_CLUES,
    NOVEL_FINDINGS,
    RULE_COVERAGE,
)
from jobs.runtime.context import RunContext
from jobs.runtime.lake import Lake
from jobs.runtime.launch import launch
from jobs.scoring.case_files import case_files
from jobs.scoring.listed import keep_list
from jobs.scoring.ranking import clues_of, ranked, with_key_persons

NAME = "rank_clues"
READS = (FINDINGS, NOVEL_FINDINGS, CASE_SCORES, KEY_PERSONS, RULE_COVERAGE, CASES, CLUES, CASE_FILES, LISTED_CLUES)
WRITES = (CLUES, CASE_FILES, LISTED_CLUES)


def run(ctx: RunContext) -> None:
    lake = ctx.lake
    with ctx.report.stage("rank clues") as progress:
        task = progress.add_task("rank clues", total=2)
        held = [row["rule_code"] for row in lake.read(RULE_COVERAGE).filter("held > 0").collect()]  # some rules
        findings = lake.read(FINDINGS).unionByName(lake.read(NOVEL_FINDINGS))
        marked = with_key_persons(clues_of(findings, held), lake.read(KEY_PERSONS))
        clues = ranked(marked, lake.read(CASES), lake.read(CASE_SCORES), ctx.settings.ranking, ctx.as_of)
        if lake.exists(CLUES):
            clues = _seen_before(clues, lake.read(CLUES))
        lake.overwrite(CLUES, clues)
        keep_list(ctx)
        progress.advance(task)
        _write_case_files(lake, findings, ctx.as_of)
        progress.advance(task)
        ctx.report.stages[-1].rows = lake.read(CLUES).count()


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


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run))
