"""The list that inspectors get: plan.csv and one workbook a county, in full and masked.

Everything here is made from the cases and their order alone. Why a case was chosen, its rank and its score never come in:
what is not handed over cannot give away which cases chance has drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from jobs.cells.masking import masked_texts
from jobs.rules import RULES
from jobs.runtime.results import RESTRICTED
from jobs.sheets.books import book_of_case, books, refuse_unless_whole
from jobs.sheets.clue_list import masked
from jobs.sheets.clue_workbook import CASE_SHEET, CLUE_SHEET, RULE_TITLES, VERDICTS, case_rows, clue_rows
from jobs.sheets.files import write_csv
from jobs.sheets.tables import FILLING_IN, NATURE_OF_CLUES, cell_formats, masking_told, write_guide, write_table
from jobs.sheets.zones import EXPORTS

KIND = "核查计划"
CASE_COLUMNS = (
    "position", "case_id", "county_code", "county", "town", "village", "household_no", "program", "subject_ids", "subject_names",
    "state", "first_seen", "clue_count", "rule_codes", "amount_estimate", "key_person", "explanation",
)  # fmt: skip
"""Columns of plan.csv."""
TELLING = frozenset({"排名", "得分", "排序理由"})
"""Columns of the published clues that show how the ranking saw a case."""
KEPT = [i for i, column in enumerate(CLUE_SHEET) if column.heading not in TELLING]
PLAN_CLUE_SHEET = tuple(CLUE_SHEET[i] for i in KEPT)


def planned_cases(order: Sequence[str], cases: pl.DataFrame) -> pl.DataFrame:
    """gold.case_files of the cases in `order`, with position."""
    places = pl.DataFrame({"case_id": list(order), "position": range(1, len(order) + 1)}, schema_overrides={"position": pl.Int64})
    return cases.join(places, on="case_id").sort("position")  # one row a case in both


def planned_clues(planned: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Rows of the published list that a visit is about, in the order of the cases."""
    about_data = [rule.code for rule in RULES if rule.is_about_data]
    to_visit = listed.filter((pl.col("dispatched") == "是") & ~pl.col("rule_code").is_in(about_data))
    return to_visit.join(planned.select("case_id", "position", "is_separate"), on="case_id", suffix="_of_case").sort(
        "position", "rank"
    )


def write_plan_workbooks(
    folder: Path, planned: pl.DataFrame, listed: pl.DataFrame, counties: Mapping[str, str], as_of: date
) -> None:
    """The lists into the empty folders FOLDER/exports and FOLDER/restricted. planned: see planned_cases. listed: the published list in full."""
    clues = planned_clues(planned, listed)
    _write_zone(folder / RESTRICTED, planned, clues, counties, as_of, is_masked=False)
    _write_zone(folder / EXPORTS, masked_texts(planned), masked(clues), counties, as_of, is_masked=True)


def _write_zone(
    zone: Path, planned: pl.DataFrame, clues: pl.DataFrame, counties: Mapping[str, str], as_of: date, *, is_masked: bool
) -> None:
    folder = zone / "workbooks"
    folder.mkdir()
    subjects = clues.group_by("case_id", maintain_order=True).agg(
        pl.col(column).drop_nulls().unique(maintain_order=True).str.join("、").alias(f"{column}s")
        for column in ("subject_id", "subject_name")
    )
    told = planned.join(subjects, on="case_id", how="left").with_columns(
        county=pl.col("county_code").replace_strict(counties, default=pl.col("county_code"), return_dtype=pl.String)
    )
    write_csv(told.sort("position").select(*CASE_COLUMNS), zone / "plan.csv")
    for code, title, name in books(KIND, planned.select(book=book_of_case())["book"], counties):
        of_book = planned.filter(book_of_case() == code)
        of_cases = clues.filter(pl.col("case_id").is_in(of_book["case_id"].to_list()))
        _write_workbook(folder / name, title, of_book, of_cases, counties, as_of, is_masked=is_masked)
    refuse_unless_whole(folder, KIND, ("案件",), "案件编号", planned["case_id"])
    refuse_unless_whole(folder, KIND, ("线索",), "线索编号", clues["clue_id"])


def _write_workbook(
    path: Path,
    title: str,
    cases: pl.DataFrame,
    clues: pl.DataFrame,
    counties: Mapping[str, str],
    as_of: date,
    *,
    is_masked: bool,
) -> None:
    with xlsxwriter.Workbook(
        str(path), {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": f"{title}核查计划", "created": datetime(as_of.year, as_of.month, as_of.day)})
        formats = cell_formats(book)
        write_table(book, formats, "案件", CASE_SHEET, case_rows(cases, counties))
        rows = [tuple(row[i] for i in KEPT) for row in clue_rows(clues)]
        sheet = write_table(book, formats, "线索", PLAN_CLUE_SHEET, rows)
        verdict = next(i for i, column in enumerate(PLAN_CLUE_SHEET) if column.heading == "核查结论")
        sheet.data_validation(1, verdict, max(1, len(rows)), verdict, {"validate": "list", "source": list(VERDICTS)})
        _write_guide(book, formats, title, cases, as_of, is_masked=is_masked)


def _write_guide(book: Any, formats: dict[str, Any], title: str, cases: pl.DataFrame, as_of: date, *, is_masked: bool) -> None:
    lines = [
        NATURE_OF_CLUES,
        ("范围", "清单所列各户都请上门，同样认真核查。一户只需上门一次，“线索”表列出该户需要核实的各项问题。"),
        ("先后", "请按序号安排；路途相近的可以一并安排。"),
        ("与上次相比", "新增、有变化、未变化均指与上一次运行相比。已核查且此后没有变化的案件不再列入。"),
        ("重点人员", "按本地设定的口径标注；身份本身不是问题。标为“另行办理”的单独成册，不经原审批单位。"),
        FILLING_IN,
        masking_told("核查", is_masked=is_masked),
    ]
    found = sorted({code for codes in cases["rule_codes"] for code in codes.split("、")})
    sources = {rule.code: f"依据：{rule.source}。核查要点：{'；'.join(rule.verify)}" for rule in RULES}
    lines += [(RULE_TITLES[code], sources[code]) for code in found if code in sources]
    write_guide(book, formats, f"{title} 核查计划（{as_of.isoformat()}，共{len(cases)}户）", lines)
