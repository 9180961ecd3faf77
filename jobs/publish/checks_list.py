"""The list of checks: checks.csv and a workbook of what was found for each household that applied. Read by the office that checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CHECKS
from jobs.publish.needs_list import people_at
from jobs.runtime.arrow import on_driver
from jobs.runtime.lake import Lake
from jobs.sheets.evidence import evidence_texts, source_files, sources_told
from jobs.sheets.tables import (
    DECIDED_BY_PEOPLE,
    Heading,
    cell_formats,
    joined,
    masking_told,
    new_book,
    write_guide,
    write_lists,
    write_table,
)

CHECK_COLUMNS = (
    "application_no", "row_kind", "county_code", "town", "program", "applied_on", "authorised_on", "subject_id", "subject_name", "relation",
    "result", "register", "finding", "is_current", "is_means", "note", "identity_grade", "evidence", "purpose", "check_id",
)  # fmt: skip
"""Columns of checks.csv. row_kind 户 is the household's summary, with its head; 人 a thing found of a member, or why nothing was looked for."""
HOUSEHOLD_SHEET = (
    Heading("申请编号", 16), Heading("核对结果", 13), Heading("申请人", 18, "wrapped"), Heading("申请项目", 11),
    Heading("县市区、乡镇街道", 14, "wrapped"),
    Heading("申请日期", 11), Heading("授权日期", 11), Heading("核对情况", 26, "wrapped"),
    Heading("备注", 34, "wrapped"), Heading("核对编号", 6, "id"),
)  # fmt: skip
FINDING_SHEET = (
    Heading("申请编号", 16), Heading("成员", 18, "wrapped"), Heading("核对结果", 10, "wrapped"), Heading("核对发现", 40, "wrapped"),
    Heading("一般计入家庭收入财产", 8, "wrapped"), Heading("备注", 22, "wrapped"),
    Heading("复核结果", 10, "input", "check result"), Heading("复核日期", 10, "input", "date"), Heading("复核人员（两人）", 9, "input"),
    Heading("复核说明", 11, "input"), Heading("核对编号", 6, "id"),
)  # fmt: skip


def checks_to_publish(lake: Lake) -> pl.DataFrame:
    """CHECK_COLUMNS in full: households by application, each before its members and what was found of them. Restricted."""
    checks = on_driver(lake.read(CHECKS))  # some thousands
    places = list(checks.select("who_data_set", "who_file_id", "who_sheet", "who_row").iter_rows())
    people = people_at(lake, places)
    who = [people.get((code, (file_id, sheet or "", row)), (None, None)) for code, file_id, sheet, row in places]
    is_summary = pl.col("is_summary")

    def yes_no(name: str, yes: str, no: str) -> pl.Expr:
        return pl.when(pl.col(name).is_null()).then(pl.lit("")).when(name).then(pl.lit(yes)).otherwise(pl.lit(no)).alias(name)

    return (
        checks.with_columns(
            pl.Series("subject_id", [number for number, _ in who], dtype=pl.String),
            pl.Series("subject_name", [name for _, name in who], dtype=pl.String),
            pl.Series("evidence", evidence_texts(checks["evidence"].to_list(), source_files(lake)), dtype=pl.String),
            pl.when(is_summary).then(pl.lit("户")).otherwise(pl.lit("人")).alias("row_kind"),
            pl.col("register").replace_strict({d.code: d.title for d in DATA_SETS.values()}, default="").alias("register"),
            yes_no("is_current", "现有", "已终止"),
            yes_no("is_means", "是", "否"),
            pl.col("finding", "note", "relation", "identity_grade").fill_null(""),
        )
        .sort(
            ["application_no", "is_summary", "who_file_id", "who_sheet", "who_row", "register", "check_id"],
            descending=[False, True, False, False, False, False, False],
        )
        .select(*CHECK_COLUMNS)
    )


def write_checks_workbook(path: Path, listed: pl.DataFrame, counties: dict[str, str], as_of: date, *, is_masked: bool) -> None:
    """Households with their result, what was found of their members, and how to read both."""
    with new_book(path, "家庭经济状况核对结果", as_of) as book:
        formats = cell_formats(book)
        households = listed.filter(pl.col("row_kind") == "户")
        heading = f"家庭经济状况核对结果（截至{as_of.isoformat()}）"
        write_table(book, formats, "家庭", HOUSEHOLD_SHEET, list(_household_rows(households, counties)), title=heading)
        found = list(_finding_rows(listed.filter(pl.col("row_kind") == "人")))
        write_table(book, formats, "核对发现", FINDING_SHEET, found, title=heading, since=as_of)
        _reading_guide(book, formats, households, as_of, is_masked=is_masked)
        write_lists(book, formats, ("check result",))


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _household_rows(households: pl.DataFrame, counties: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    for row in households.iter_rows(named=True):
        yield (
            row["application_no"], row["result"], joined(row["subject_name"], row["subject_id"]), row["program"],
            joined(counties.get(row["county_code"], row["county_code"]), row["town"]), _day(row["applied_on"]), _day(row["authorised_on"]),
            row["finding"], row["note"], row["check_id"],
        )  # fmt: skip


def _finding_rows(found: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    for row in found.iter_rows(named=True):
        yield (
            row["application_no"], joined(row["subject_name"], row["subject_id"], row["relation"]), row["result"],
            joined(row["finding"], row["is_current"], sources_told(json.loads(row["evidence"])) if row["finding"] else ""), row["is_means"],
            row["note"], *[None] * 4, row["check_id"],
        )  # fmt: skip


def _reading_guide(book: Any, formats: dict[str, Any], households: pl.DataFrame, as_of: date, *, is_masked: bool) -> None:
    counts = "，".join(f"{result}{count}户" for result, count in sorted(households.group_by("result").len().iter_rows()))
    lines = [
        ("用途", "本表仅用于对申请人已授权事项的核对，不得用于其他用途；核对数据不进入监督线索。"),
        ("有检出", "机动车、不动产、市场主体（法定代表人、经营者、股东及任职）、单位职工参保、职工或机关事业养老金、"
            "住房公积金、财政供养名册中有本人登记的，不论现有或已终止，如实列出。"),
        ("不列为检出", "城乡居民和灵活就业参保、公益性岗位、城乡居民养老金。"),
        ("现状", "已注销、报废、转出、停缴、停发的标为“已终止”，供了解申请前财产和就业变动情况。"),
        ("是否计入", "按一般口径给出，最终由审批机关依据政策和入户调查决定；有检出不等于不符合条件。"),
        ("未授权", "没有授权日期的申请不予核对，请补办授权后重新提交。"),
        ("复核", "申请人有异议的，请复核后填写浅黄色各格，其余各格已锁定（没有密码）。"),
        DECIDED_BY_PEOPLE, masking_told("核对", is_masked=is_masked),
    ]  # fmt: skip
    write_guide(book, formats, f"家庭经济状况核对结果（截至{as_of.isoformat()}，{counts}）", lines)
