"""The list of needs: needs.csv in the columns of the clue list, and workbooks of who is on it and who is left out and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import NEEDS
from jobs.needs import NEED_RULES
from jobs.registers.origins import Place, texts_at
from jobs.rulebook.need_outcomes import CANNOT_JUDGE, EXCLUDED, FOUND, REASON_WORDS
from jobs.runtime.arrow import on_driver
from jobs.runtime.lake import Lake
from jobs.sheets.books import ID_SEPARATOR, TOWNSHIPS, refuse_unless_whole, write_books
from jobs.sheets.clue_list import COLUMNS
from jobs.sheets.evidence import evidence_texts, source_files, sources_told
from jobs.sheets.tables import (
    DECIDED_BY_PEOPLE,
    Band,
    Heading,
    cell_formats,
    joined,
    masking_told,
    new_book,
    write_guide,
    write_lists,
    write_table,
)

NEED_TITLES = {rule.code: rule.title_zh for rule in NEED_RULES}
_VERIFY = {rule.code: "；".join(rule.verify) for rule in NEED_RULES}
LEFT_OUT = (EXCLUDED, CANNOT_JUDGE)
KIND = "应保未保排查清单"
FOUND_NAME, LEFT_OUT_NAME = "应保未保", "暂未列入"
NEED_SHEET = (
    Heading("排名", 5, "whole"), Heading("走访序号", 5, "whole"), Heading("对象", 18, "wrapped"), Heading("困难情况", 36, "wrapped"),
    Heading("可了解的救助", 9, "wrapped"), Heading("走访要点", 17, "wrapped"), Heading("处理结果", 11, "input", "need result"),
    Heading("保障项目", 9, "input", "need program"), Heading("起始月份", 8, "input", "month"), Heading("月金额（元）", 8, "input", "yuan"),
    Heading("走访日期", 10, "input", "date"), Heading("走访人员（两人）", 9, "input"), Heading("备注", 9, "input"),
    Heading("需求编号", 6, "id"),
)  # fmt: skip
LEFT_OUT_SHEET = (
    Heading("序号", 6, "whole"), Heading("对象", 20, "wrapped"), Heading("困难情况", 56, "wrapped"), Heading("未列入原因", 30, "wrapped"),
    Heading("补充意见", 38, "input"), Heading("需求编号", 6, "id"),
)  # fmt: skip


def people_at(
    lake: Lake, rows: Iterable[tuple[str, str, str | None, int]]
) -> dict[tuple[str, Place], tuple[str | None, str | None]]:
    """Number and name by data set and place, as delivered, in one spelling. Restricted."""
    wanted: dict[str, set[Place]] = {}
    for code, file_id, sheet, row in rows:
        wanted.setdefault(code, set()).add((file_id, sheet or "", row))
    found: dict[tuple[str, Place], tuple[str | None, str | None]] = {}
    for code, places in sorted(wanted.items()):
        number = "cert_no" if code == "disabilities" else "id_number"
        for place, (text, name) in texts_at(lake, DATA_SETS[code], places, (number, "name")).items():
            found[code, place] = (text, name)
    return found


def needs_to_publish(lake: Lake) -> pl.DataFrame:
    """Needs, and people left out with their reason, in full: COLUMNS, and outcome, reason, heads, visit_no, assistance. Needs first, by
    rank, a person's greatest first. Restricted."""
    needs = on_driver(lake.read(NEEDS).filter(f"outcome IN {(FOUND, *LEFT_OUT)}"))  # some thousands
    places = list(needs.select("who_data_set", "who_file_id", "who_sheet", "who_row").iter_rows())
    people = people_at(lake, places)
    who = [people.get((code, (file_id, sheet or "", row)), (None, None)) for code, file_id, sheet, row in places]
    is_found = pl.col("outcome") == FOUND
    empty = {"anomaly": pl.Float64, "months": pl.Int32, "amount_upper": pl.Float64, "amount_estimate": pl.Float64}
    listed = needs.with_columns(
        pl.Series("subject_id", [number for number, _ in who], dtype=pl.String),
        pl.Series("subject_name", [name for _, name in who], dtype=pl.String),
        pl.Series("evidence", evidence_texts(needs["evidence"].to_list(), source_files(lake)), dtype=pl.String),
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in empty.items()),
        pl.lit("").alias("first_month"),
        pl.lit("").alias("last_month"),
        pl.lit("").alias("exemption_code"),
        pl.when(is_found).then(pl.lit("是")).otherwise(pl.lit("否")).alias("dispatched"),
        pl.col("need_id").alias("clue_id"),
        pl.col("household_no").fill_null(""),
    )
    order = {
        "rank": False,
        "score": True,
        "outcome": True,
        "rule_code": False,
        "county_code": False,
        "town": False,
        "clue_id": False,
    }
    return listed.sort(list(order), descending=list(order.values()), nulls_last=True).select(
        *COLUMNS, "outcome", "reason", "heads", "visit_no", "assistance"
    )


def needs_csv(listed: pl.DataFrame) -> pl.DataFrame:
    """Rows and columns of needs.csv: needs only, a row a person and need, those of a person under one rank, the greatest first."""
    return listed.filter(pl.col("outcome") == FOUND).select(*COLUMNS)


def write_needs_workbooks(
    folder: Path, listed: pl.DataFrame, counties: Mapping[str, str], as_of: date, *, is_masked: bool
) -> None:
    """Who may need help, who is left out and why, and how to read both: a workbook a county and one a township."""
    told = [(_who(row), _what(row)) for row in listed.iter_rows(named=True)]  # once: a row stands in two books
    cells = pl.DataFrame(told, dict.fromkeys(("who", "what"), pl.String), orient="row")
    placed = listed.with_columns(*cells, is_separate=False)
    is_found = pl.col("outcome") == FOUND

    def write(path: Path, title: str, found: pl.DataFrame, left_out: pl.DataFrame) -> None:
        _write_workbook(path, f"{title} {KIND}（截至{as_of.isoformat()}）", found, left_out, as_of, is_masked=is_masked)

    write_books(folder, KIND, placed.filter(is_found), placed.filter(~is_found), counties, write)
    for place in (folder, folder / TOWNSHIPS):
        for name, rows in ((FOUND_NAME, is_found), (LEFT_OUT_NAME, ~is_found)):
            refuse_unless_whole(place, KIND, (name,), "需求编号", listed.filter(rows)["clue_id"])


def _write_workbook(path: Path, title: str, found: pl.DataFrame, left_out: pl.DataFrame, as_of: date, *, is_masked: bool) -> None:
    with new_book(path, KIND, as_of) as book:
        formats = cell_formats(book)
        write_table(book, formats, FOUND_NAME, NEED_SHEET, list(_need_rows(found)), title=title, since=as_of)
        write_table(book, formats, LEFT_OUT_NAME, LEFT_OUT_SHEET, list(_left_out_rows(left_out)), title=title, is_printed=False)
        _reading_guide(book, formats, title, found["rank"].n_unique(), len(left_out), is_masked=is_masked)
        write_lists(book, formats, ("need result", "need program"))


def _who(row: Mapping[str, Any]) -> str:
    heads = f"户内{row['heads']}人" if row["heads"] is not None else None
    return joined(row["subject_name"], row["subject_id"], row["town"], row["village"], heads)


def _what(row: Mapping[str, Any]) -> str:
    return joined(
        f"【{NEED_TITLES[row['rule_code']]}】", row["explanation"], f"来源：{sources_told(json.loads(row['evidence']))}"
    )


def _need_rows(found: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """One row a person, the needs and their ids joined; what several needs ask or suggest stands once."""
    for _, needs in groupby(found.iter_rows(named=True), key=lambda row: row["rank"]):
        rows = list(needs)
        first = rows[0]
        kinds = [kind for row in rows for kind in (row["assistance"] or "").split("、") if kind]
        asked = [question for row in rows for question in _VERIFY[row["rule_code"]].split("；")]
        yield (
            first["rank"], first["visit_no"], first["who"], joined(*(row["what"] for row in rows), first["reasons"]),
            "、".join(dict.fromkeys(kinds)), "；".join(dict.fromkeys(asked)), *[None] * 7, ID_SEPARATOR.join(row["clue_id"] for row in rows),
        )  # fmt: skip


def _left_out_rows(left_out: pl.DataFrame) -> Iterator[tuple[Any, ...] | Band]:
    yield Band(f"共{len(left_out)}人。本表供查阅，不随册打印；需要打印的，请先取消打印区域（页面布局—打印区域—取消打印区域）。")
    for n, row in enumerate(left_out.iter_rows(named=True), start=1):
        yield n, row["who"], row["what"], REASON_WORDS.get(row["reason"], row["reason"]), None, row["clue_id"]


def _reading_guide(book: Any, formats: dict[str, Any], title: str, found: int, left_out: int, *, is_masked: bool) -> None:
    lines = [
        ("性质", "清单所列是可能需要帮助的群众：尚未享受低保、特困供养，或者享受后还有应增发、应走访的，"
            "请上门了解情况、告知政策，愿意申请的请协助办理。"),
        ("走访", "一人一行，几项困难合在一起；走访序号相同的是同一户，一次走访。“可了解的救助”按政策给出，仅供参考，以走访为准。"),
        ("先后", "按困难程度排列：看事实本身的轻重、是否已认定为贫困户、户内有无可以劳动的人、有无老人孩子要照料、"
            "有无住房。不考虑救助金额多少。"),
        ("暂未列入", "家庭成员登记有收入财产的、近期停发的、或者资料不全无法判断的，列在“暂未列入”表并写明原因。"
            "登记可能有误或已过时，走访发现确有困难的请在“补充意见”中注明。"),
        ("重残单独申请", "家庭有一定收入、但人均不高的重度残疾人，可能符合单独申请低保的条件，请一并告知。"),
        ("填写", "浅黄色各格由走访人员填写，其余各格已锁定（没有密码）。处理结果、保障项目从下拉列表中选择；已纳入的请填起始月份和月金额。"),
        DECIDED_BY_PEOPLE, masking_told("走访", is_masked=is_masked),
    ]  # fmt: skip
    lines += [(rule.title_zh, f"依据：{rule.source}。走访要点：{'；'.join(rule.verify)}") for rule in NEED_RULES]
    write_guide(book, formats, f"{title}，需走访{found}人，暂未列入{left_out}人", lines)
