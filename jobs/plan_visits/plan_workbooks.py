"""The list that inspectors get: plan.csv and one workbook a county and township, in full and masked.

Everything here is made from the cases and their order alone. Why a case was chosen, its rank and its score never come in:
what is not handed over cannot give away which cases chance has drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from expectations.contracts.ids import visit_id
from expectations.contracts.lake.planning import ROUTINE_VISIT
from jobs.cells.masking import masked_texts
from jobs.rulebook.rule import EXEMPTIONS
from jobs.runtime.results import RESTRICTED
from jobs.sheets.books import refuse_unless_every_book_is_whole, write_books
from jobs.sheets.clue_list import masked
from jobs.sheets.clue_workbook import ABOUT_DATA, Told, with_cells, write_workbook
from jobs.sheets.files import write_csv
from jobs.sheets.zones import EXPORTS

KIND = "核查计划"
CASE_COLUMNS = (
    "position", "case_id", "county_code", "county", "town", "village", "household_no", "program", "subject_ids", "subject_names",
    "state", "first_seen", "clue_count", "rule_codes", "amount_estimate", "key_person", "explanation",
)  # fmt: skip
"""Columns of plan.csv."""
GUIDE = (
    (
        "范围",
        "清单所列各户都请上门，同样认真核查。一户只需上门一次，“线索”表列出该户需要核实的各项问题；每户另有一页入户核查表。",
    ),
    ("先后", "请按序号安排；路途相近的可以一并安排。"),
    ("与上次相比", "新增、有变化、未变化均指与上一次运行相比。已核查且此后没有变化的案件不再列入。"),
)


def planned_cases(order: Sequence[str], cases: pl.DataFrame) -> pl.DataFrame:
    """gold.case_files of the cases in `order`, with position."""
    places = pl.DataFrame({"case_id": list(order), "position": range(1, len(order) + 1)}, schema_overrides={"position": pl.Int64})
    return cases.join(places, on="case_id").sort("position")  # one row a case in both


def planned_clues(planned: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Rows of the published list that a visit is about, in the order of the cases, with the case's own place and handling.

    Those to visit or, where an exemption explains all of a case's, these. Of a routine visit there is one without a claim, for
    what is found to be written beside.
    """
    decidable = listed.filter(~pl.col("rule_code").is_in(ABOUT_DATA)).drop("is_separate")
    is_to_visit = pl.col("dispatched") == "是"
    to_visit = decidable.filter(is_to_visit | ~is_to_visit.any().over("case_id")).with_columns(
        explanation=pl.when(is_to_visit).then("explanation").otherwise(pl.col("explanation") + _in_words())
    )
    routine = planned.filter(pl.col("rule_codes") == ROUTINE_VISIT)
    without_claim = routine.select(
        pl.col("case_id").map_elements(lambda case_id: visit_id(ROUTINE_VISIT, case_id), return_dtype=pl.String).alias("clue_id"),
        "case_id", "county_code", "town", "village", "household_no", "program", "explanation", rule_code=pl.lit(ROUTINE_VISIT),
        evidence=pl.lit("[]"),
    )  # fmt: skip
    return (
        pl.concat([to_visit, without_claim], how="diagonal")
        .join(planned.select("case_id", "is_separate", "position"), on="case_id")
        .sort("position", "rank")
    )


def _in_words() -> pl.Expr:
    said = pl.col("exemption_code").replace_strict(EXEMPTIONS, default="其他", return_dtype=pl.String)
    return pl.lit("按资料可能属于：") + said + pl.lit("，请当面核实。")


def write_plan_workbooks(folder: Path, planned: pl.DataFrame, clues: pl.DataFrame, told: Told) -> None:
    """The lists into the empty folders FOLDER/exports and FOLDER/restricted. planned, clues: see above, in full."""
    _write_zone(folder / RESTRICTED, planned, clues, told)
    _write_zone(folder / EXPORTS, masked_texts(planned), masked(clues), replace(told, is_masked=True))


def _write_zone(zone: Path, planned: pl.DataFrame, clues: pl.DataFrame, told: Told) -> None:
    folder = zone / "workbooks"
    folder.mkdir()
    subjects = clues.group_by("case_id", maintain_order=True).agg(
        pl.col(column).drop_nulls().unique(maintain_order=True).str.join("、").alias(f"{column}s")
        for column in ("subject_id", "subject_name")
    )
    county = pl.col("county_code").replace_strict(told.counties, default=pl.col("county_code"), return_dtype=pl.String)
    shown = planned.join(subjects, on="case_id", how="left").with_columns(county=county)
    write_csv(shown.sort("position").select(*CASE_COLUMNS), zone / "plan.csv")

    def write(path: Path, title: str, of_book: pl.DataFrame, cases: pl.DataFrame) -> None:
        write_workbook(path, title, of_book, cases, told, GUIDE)

    write_books(folder, KIND, with_cells(clues, "position", told), planned, told.counties, write)
    refuse_unless_every_book_is_whole(folder, KIND, clues, planned)
