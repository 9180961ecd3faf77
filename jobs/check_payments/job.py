"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import (
    ALIASES,
    CASE_FILES,
    CASES,
    CLUES,
    DEATHS,
    ENTITLEMENT_MONTHS,
    FILES,
    IDENTITIES,
    KIN,
    LINKS,
    MEMBERS,
    PERSONS,
    SILVER,
    VERDICTS,
)
from expectations.contracts.model import ORIGIN, Table
from jobs.casebook.opened import existing_store, has_store
from jobs.check_payments.as_if_paid import as_if_paid, as_if_paid_first, to_be_paid
from jobs.check_payments.hold_list import HOLD_COLUMNS, TITLES, Holds, in_order, totals_of, unread_rows, write_zone
from jobs.check_payments.payment_list import LIST, PaymentList, read_list
from jobs.check_payments.questions import ARREARS, REGULAR, TOLD_BY, of_list, of_row, of_rules, to_stop_or_reduce
from jobs.launch.context import RunContext
from jobs.registers.benefits import BENEFIT_PROGRAMS
from jobs.rulebook.gathering import gathered
from jobs.rules.in_force import rules_in_force
from jobs.runtime.arrow import on_driver
from jobs.runtime.results import RESTRICTED, Stamp, publication
from jobs.sheets.clue_list import masked
from jobs.sheets.evidence import SourceFile, evidence_texts, source_files
from jobs.sheets.zones import ZONES, county_names

NAME = "check_payments"
READS = (
    MEMBERS,
    CASES,
    PERSONS,
    IDENTITIES,
    KIN,
    LINKS,
    ALIASES,
    ENTITLEMENT_MONTHS,
    DEATHS,
    CLUES,
    VERDICTS,
    CASE_FILES,
    FILES,
    *SILVER,
)
WRITES: tuple[Table, ...] = ()
FOLDER = "prepay"


class Checked(NamedTuple):
    """The folder with both zones, and totals_of the list."""

    folder: Path
    totals: Mapping[str, Any]


def run(ctx: RunContext, place: Path) -> Checked:
    """place: the list, a file or a delivery."""
    with ctx.report.stage("read the list"):
        listed = read_list(place, ctx.as_of, ctx.key, ctx.settings.ingest.piece_mib << 20)
        ctx.report.current.rows = listed.typed.height
    _warn_of_later_run(ctx)
    with ctx.report.stage("ask about payments"):
        asked = on_driver(_questions(ctx, listed))  # some a held row
        holds = _holds(ctx, listed, asked)
        ctx.report.current.rows = holds.totals["held_rows"]
    folder = f"{FOLDER}/{ctx.as_of.isoformat()}_{listed.name[:8]}"
    counties = county_names(ctx.lake)
    with ctx.report.stage("publish holds"):
        zones = [f"{folder}/{zone}" for zone in ZONES]
        with publication(ctx.out, NAME, zones, Stamp(ctx.as_of, listed.name), ctx.report.warn) as staged:
            for zone in ZONES:
                is_masked = zone != RESTRICTED
                shown = Holds(masked(holds.listed), holds.unread, holds.totals) if is_masked else holds
                write_zone(staged / folder / zone, shown, counties, ctx.as_of, is_masked=is_masked)
    return Checked(ctx.out / folder, holds.totals)


def _questions(ctx: RunContext, listed: PaymentList) -> DataFrame:
    """Questions with the place of the household: see jobs/check_payments/questions.py."""
    lake = ctx.lake
    facts = gathered(lake, ctx.settings.policy, ctx.as_of)
    every = listed.frame(lake)
    frame = every.withColumn("kind", F.coalesce("kind", F.lit(REGULAR)))
    asked, ahead = lake.computed_once(to_be_paid(frame), "to_be_paid"), as_if_paid(facts, frame)
    rules = [
        (rule, params)
        for rule, params in rules_in_force(ctx.as_of, ctx.settings.params)
        if rule.code in ctx.settings.prepay.rules and not rule.needs_scores
    ]
    in_force = lake.read_or_empty(VERDICTS).filter("is_in_force").select("clue_id", "outcome")
    answered = lake.read(CLUES).select("rule_code", "case_id", "subject_key", "clue_id").join(in_force, "clue_id", "left")
    to_settle = lake.session.createDataFrame(_to_settle(ctx), "case_id string, measure string")
    questions = (
        of_rules(asked, ahead, rules, answered),
        of_list(asked, facts, as_if_paid_first(facts, frame), to_settle),
        of_row(every, ctx.as_of, _month(listed, ctx.as_of)),
    )
    found = questions[0].unionByName(questions[1]).unionByName(questions[2])
    cases = asked.select("case_id", *ORIGIN)
    places = facts.cases.select("case_id", "town", "village")
    return found.join(cases, list(ORIGIN), "left").join(places, "case_id", "left").drop("case_id")  # one row a row, and a case


def _month(listed: PaymentList, as_of: date) -> date:
    """The month that the list is for: of most of its rows but for arrears; that of the day where it has no others."""
    month = listed.typed.filter(pl.col("kind").ne_missing(ARREARS))["for_month"].mode().min()
    return month if isinstance(month, date) else as_of.replace(day=1)


def _warn_of_later_run(ctx: RunContext) -> None:
    last = ctx.lake.read_or_empty(CASE_FILES).agg(F.max("as_of").alias("day")).collect()[0]["day"]
    if last is not None and last > ctx.as_of:
        ctx.report.warn(
            f"The last run stands for {last}, after --as-of {ctx.as_of}: its facts are later than the day of this check. "
            "Check with the day of the run or a later one."
        )


def _to_settle(ctx: RunContext) -> list[tuple[str, str]]:
    if not has_store(ctx.out):
        if ctx.lake.exists(VERDICTS):
            ctx.report.warn(
                "The lake holds verdicts of an earlier version, which are not in the case store yet: payments that they say to stop or to "
                "reduce are not on this list. The next mingjing run or take-in brings them over; check again after it."
            )
        return []
    with existing_store(ctx.out) as store, store.reading() as book:
        return to_stop_or_reduce(book.events(), ctx.as_of)


def _holds(ctx: RunContext, listed: PaymentList, asked: pl.DataFrame) -> Holds:
    names = {file_id: file.entry.file_name for file_id, file in listed.files.items()}
    own = {file_id: SourceFile(name, LIST.code, ctx.as_of.isoformat()) for file_id, name in names.items()}
    evidence = evidence_texts(_evidence(asked, listed), {**source_files(ctx.lake), **own})
    on = list(ORIGIN)
    rows = listed.typed.with_columns(pl.col("_sheet").fill_null(""))
    whole = (
        asked.with_columns(pl.Series("evidence", evidence, dtype=pl.String), pl.col("_sheet").fill_null(""))
        .join(rows.select(*on, "county_code", "program", "household_no", "for_month", "amount"), on=on)
        .join(listed.texts(), on=on)
        .with_columns(
            pl.col("_file_id").replace_strict(names).alias("file"),
            pl.col("_sheet").alias("sheet"),
            pl.col("_row").alias("row"),
            pl.col("for_month").dt.strftime("%Y-%m"),
            pl.col("code").replace_strict(TITLES).alias("title"),
            pl.col("town", "village", "clue_id").fill_null(""),
        )
    )
    for code, rule in TOLD_BY.items():
        whole = whole.filter(~((pl.col("code") == code) & (pl.col("code") == rule).any().over(on)))
    ordered = in_order(whole.select(*(name for name in HOLD_COLUMNS if name != "hold_no")))
    is_benefit = pl.col("program").is_in(list(BENEFIT_PROGRAMS))
    totals = totals_of(
        listed.typed.height, Decimal(listed.typed["amount"].sum()), ordered, listed.unread.height,
        listed.typed.filter(~is_benefit | pl.col("household_no").is_null()).height, ctx.as_of,
    )  # fmt: skip
    return Holds(ordered, unread_rows(listed.unread, names), totals)


def _evidence(asked: pl.DataFrame, listed: PaymentList) -> list[list[Mapping[str, Any]]]:
    """Of each question the row of the list itself, then what the rule saw elsewhere; the rule looked at the list among the payments."""
    told = {
        (file_id, sheet or "", row): {"所属期": str(month)[:7], "发放金额": str(amount)}
        for file_id, sheet, row, month, amount in listed.typed.select(*ORIGIN, "for_month", "amount").iter_rows()
    }
    rows = []
    for file_id, sheet, row, evidence in asked.select(*ORIGIN, "evidence").iter_rows():
        place = {"data_set": LIST.code, "file_id": file_id, "sheet": sheet, "row": row, "cells": told[file_id, sheet or "", row]}
        rows.append([place, *(piece for piece in evidence if piece["file_id"] not in listed.files)])
    return rows
