"""The published list: gold.clues with number and name in place of the person id, rows best first."""

from __future__ import annotations

from datetime import date

import polars as pl
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASE_FILES, CLUES, MEMBERS, PEOPLE, VERDICTS
from jobs.cells.masking import mask_name, mask_number, masked_texts
from jobs.registers.origins import texts_at
from jobs.rules.number_in_doubt import ROW
from jobs.runtime.arrow import on_driver
from jobs.runtime.lake import Lake
from jobs.sheets.evidence import evidence_texts, masked_evidence, source_files

COLUMNS = (
    "rank", "clue_id", "case_id", "rule_code", "subject_id", "subject_name", "household_no", "program", "county_code", "town", "village",
    "identity_grade", "event_on", "first_month", "last_month", "months", "amount_upper", "amount_estimate", "exemption_code", "dispatched",
    "score", "anomaly", "explanation", "reasons", "evidence", "first_seen", "last_seen",
)  # fmt: skip
"""Columns of every list, in the order of the delivery contract."""
CLUE_COLUMNS = (*COLUMNS, "group_id", "pattern", "last_verdict", "last_verdict_on")
"""Columns of clues.csv."""
HANDLING = ("key_person", "is_separate")
"""What the workbooks tell of a clue besides."""


def published_clues(lake: Lake) -> pl.DataFrame:
    """The list in full, CLUE_COLUMNS and HANDLING as values: by rank: clues to visit, then exempted ones. Restricted."""
    clues = on_driver(lake.read(CLUES))  # one row a clue: some thousands
    people = lake.read(PEOPLE).join(lake.read(CLUES).select("person_id").distinct(), "person_id", "left_semi")
    known = {row["person_id"]: (row["number"], row["name"]) for row in people.collect()}
    unknown = clues.filter(pl.col("person_id").is_null()).select("case_id", "subject_key").unique()
    as_written = _as_written(lake, unknown)
    subjects = [
        known.get(person_id) or as_written.get((case, subject), (None, None))
        for person_id, case, subject in clues.select("person_id", "case_id", "subject_key").iter_rows()
    ]
    files = source_files(lake)
    evidence = evidence_texts(clues["evidence"].to_list(), files)
    listed = clues.with_columns(
        pl.Series("subject_id", [number for number, _ in subjects], dtype=pl.String),
        pl.Series("subject_name", [name for _, name in subjects], dtype=pl.String),
        pl.Series("evidence", evidence, dtype=pl.String),
        pl.when("is_dispatched").then(pl.lit("是")).otherwise(pl.lit("否")).alias("dispatched"),
        pl.col("first_month", "last_month").dt.strftime("%Y-%m"),
        pl.col("exemption_code").fill_null(""),
    )
    judged = listed.join(_last_verdicts(lake), on="clue_id", how="left")  # one row a clue
    return judged.select(*CLUE_COLUMNS, *HANDLING).sort("rank")


def _last_verdicts(lake: Lake) -> pl.DataFrame:
    """clue_id, last_verdict, last_verdict_on of clues that a visit has judged: the verdict in force."""
    in_force = lake.read_or_empty(VERDICTS).filter("is_in_force")
    return on_driver(  # one row a visit
        in_force.select("clue_id", F.col("verdict").alias("last_verdict"), F.col("checked_on").alias("last_verdict_on"))
    )


def case_list(lake: Lake, as_of: date) -> pl.DataFrame:
    """gold.case_files of the run: one row a case to visit, or one that was in the run before."""
    return on_driver(lake.read(CASE_FILES).filter(F.col("as_of") == F.lit(as_of)))  # some thousands


def _as_written(lake: Lake, subjects: pl.DataFrame) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Number and name as the benefit record writes them, for subjects whom no registered name fits."""
    places_of: dict[str, dict[tuple[str, str, int], tuple[str, str]]] = {}
    by_row = subjects.filter(pl.col("subject_key").str.starts_with(f"{ROW}|"))
    for case, subject in by_row.iter_rows():
        _, code, file_id, sheet, row_number = subject.split("|")
        places_of.setdefault(code, {})[file_id, sheet, int(row_number)] = (case, subject)
    by_number = subjects.join(by_row, on="subject_key", how="anti")
    if not by_number.is_empty():
        wanted = lake.session.createDataFrame(by_number.rows(), "case_id string, number_key string")
        for row in lake.read(MEMBERS).join(wanted, ["case_id", "number_key"], "left_semi").collect():  # a few rows a clue
            place = (row["_file_id"], row["_sheet"] or "", row["_row"])
            places_of.setdefault(row["data_set"], {})[place] = (row["case_id"], row["number_key"])
    found: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for code, places in sorted(places_of.items()):
        texts = texts_at(lake, DATA_SETS[code], places, ("id_number", "name"))
        for place in sorted(texts):
            number, name = texts[place]
            found.setdefault(places[place], (number, name))
    return found


def masked(listed: pl.DataFrame) -> pl.DataFrame:
    """A list in COLUMNS and more for everyone else: numbers and names masked, telling cells left out, no number in any other text."""
    hidden = listed.with_columns(
        pl.col("subject_id").map_elements(mask_number, return_dtype=pl.String, skip_nulls=False),
        pl.col("subject_name").map_elements(mask_name, return_dtype=pl.String, skip_nulls=False),
        pl.col("evidence").map_elements(masked_evidence, return_dtype=pl.String),
    )
    return masked_texts(hidden, keep=("subject_id", "subject_name", "evidence"))
