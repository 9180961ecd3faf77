"""Two runs compared clue by clue: new, gone, changed, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from expectations.contracts.lake import CLUES, FILES, FINDINGS, NOVEL_FINDINGS
from jobs.explore.shown import masked
from jobs.runtime.errors import BadConfiguration

if TYPE_CHECKING:
    from jobs.explore.opened import OpenedLake

WHY = {
    "rule begins": ("规则开始适用", "a rule that the run before did not have"),
    "rule ended": ("规则不再适用", "a rule that the run after does not have"),
    "rule changed": ("规则、参数或政策有变", "the rule, its parameters or its law are others"),
    "household came": ("新增救助家庭", "a household that did not draw before"),
    "household left": ("不再领取救助", "a household that draws no more"),
    "register came": ("补齐所需登记", "a register that the rule needs was missing before"),
    "register missing": ("缺少所需登记", "a register that the rule needs is missing"),
    "could not be judged": ("此前或现在无法判断", "the other run lacked a fact that the rule needs"),
    "exemption": ("豁免情形有变", "an exemption applies in one of the runs only"),
    "identity": ("身份等级有变", "number and name fit the person better or worse"),
    "months": ("涉及月份有变", "more months, or fewer, are paid after the fact"),
    "amount": ("金额有变", "the same months, another amount"),
    "found in order": ("核对后无异常", "the other run has looked at it and found it in order"),
    "others": ("与全体比较后有变", "strangeness is told against all households of its run"),
    "rows": ("报送数据有变", "it rests on files that the other run did not use"),
    "day": ("基准日期不同", "nothing of the above: the runs stand for different days"),
}
"""Reasons of a change: in Chinese and in English."""
_TOLD = ("is_dispatched", "exemption_code", "identity_grade", "months", "amount_estimate", "pattern")
"""What makes a clue that both runs have another one. Ranks and scores move with every list."""
_STRANGE = "X01"
_SUBJECT = ["rule_code", "case_id", "subject_key"]


def compare(before: OpenedLake, after: OpenedLake) -> pl.DataFrame:
    """One row a clue that is `new`, `gone` or `changed`, with place, whether it is dispatched, amount and rank in both runs, and why.

    why, why_zh: the nearest reason that the tables of both runs tell, as in WHY. Largest amount first. Raises BadConfiguration for lakes
    of two keys: their ids have nothing to do with one another.
    """
    households = [set(run.table("silver.cases").polars("case_id")["case_id"]) for run in (before, after)]
    if all(households) and not households[0] & households[1]:
        raise BadConfiguration("The two runs have no household in common: other cities, or other keys (MINGJING_KEY).")
    clues = [_clues(run) for run in (before, after)]
    told = clues[0].join(clues[1], on="clue_id", how="full", suffix="_after", coalesce=True)
    told = told.with_columns(
        change=pl.when(pl.col("rule_code").is_null())
        .then(pl.lit("new"))
        .when(pl.col("rule_code_after").is_null())
        .then(pl.lit("gone"))
        .when(pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in _TOLD))
        .then(pl.lit("changed"))
    ).filter(pl.col("change").is_not_null())
    place = [*_SUBJECT, "county_code", "town"]
    told = told.with_columns(pl.coalesce(f"{name}_after", name).alias(name) for name in place)
    for side, run, other, there in (("before", before, after, households[0]), ("after", after, before, households[1])):
        told = _with_findings(told, run, other, side, there)
    reason = _reason()
    both = [
        expression
        for name, shown in (("is_dispatched", "dispatched"), ("amount_estimate", "amount"), ("rank", "rank"))
        for expression in (pl.col(name).alias(f"{shown}_before"), pl.col(f"{name}_after").alias(f"{shown}_after"))
    ]
    words = [
        reason.replace_strict({code: words[place] for code, words in WHY.items()}, return_dtype=pl.String).alias(name)
        for place, name in enumerate(("why_zh", "why"))
    ]
    largest = pl.max_horizontal("amount_before", "amount_after")
    shown = told.select("change", "clue_id", "case_id", "rule_code", "county_code", "town", *both, reason.alias("reason"), *words)
    return masked(shown).sort(largest, "clue_id", descending=[True, False], nulls_last=True)


def _clues(run: OpenedLake) -> pl.DataFrame:
    columns = ["clue_id", *_SUBJECT, "county_code", "town", "rank", *_TOLD]
    return run._tables.frame(CLUES, columns)


def _with_findings(told: pl.DataFrame, run: OpenedLake, other: OpenedLake, side: str, households: set[str]) -> pl.DataFrame:
    """Beside each clue what the run knows of it: outcomes, the rule's digest, whether a register of it is missing, whether the household
    draws, and whether it rests on files that the other run did not use."""
    columns = [*_SUBJECT, "outcome", "rule_fingerprint", "evidence"]
    findings = pl.concat([run._tables.frame(table, columns) for table in (FINDINGS, NOVEL_FINDINGS)])
    used = other._tables.frame(FILES, ["file_id", "status"]).filter(status="accepted")["file_id"]
    rows = findings.select(*_SUBJECT, "evidence").explode("evidence", empty_as_null=True)
    of_others = ~pl.col("evidence").struct.field("file_id").is_in(used.implode())
    outcomes = findings.group_by(_SUBJECT).agg(pl.col("outcome").unique().alias(f"_outcomes_{side}"))
    new_rows = rows.group_by(_SUBJECT).agg(of_others.fill_null(False).any().alias(f"_new_rows_{side}"))
    digests = findings.group_by("rule_code").agg(pl.col("rule_fingerprint").drop_nulls().first().alias(f"_digest_{side}"))
    coverage = run.table("ops.rule_coverage").polars("rule_code", "missing_registers")
    covered = coverage.select("rule_code", (pl.col("missing_registers") != "").alias(f"_lacks_{side}"))
    for facts, on in ((outcomes, _SUBJECT), (new_rows, _SUBJECT), (digests, ["rule_code"]), (covered, ["rule_code"])):
        told = told.join(facts, on=on, how="left")
    return told.with_columns(pl.col("case_id").is_in(list(households)).alias(f"_draws_{side}"))


def _reason() -> pl.Expr:
    """The first that holds; a key of WHY."""
    is_new, is_gone, is_changed = (pl.col("change") == change for change in ("new", "gone", "changed"))
    is_strange = pl.col("rule_code") == _STRANGE  # it needs no register, so that ops.rule_coverage tells nothing of it
    elsewhere = pl.when(is_new).then("_outcomes_before").otherwise("_outcomes_after")

    def differs(name: str) -> pl.Expr:
        return is_changed & pl.col(name).ne_missing(pl.col(f"{name}_after"))

    held = {
        "rule begins": is_new & ~is_strange & pl.col("_lacks_before").is_null(),
        "rule ended": is_gone & ~is_strange & pl.col("_lacks_after").is_null(),
        "household came": is_new & ~pl.col("_draws_before"),
        "household left": is_gone & ~pl.col("_draws_after"),
        "register came": is_new & pl.col("_lacks_before") & ~pl.col("_lacks_after"),
        "register missing": is_gone & pl.col("_lacks_after") & ~pl.col("_lacks_before"),
        "rule changed": pl.col("_digest_before") != pl.col("_digest_after"),
        "could not be judged": ~is_changed & elsewhere.list.contains("cannot_judge"),
        "exemption": differs("exemption_code"),
        "identity": differs("identity_grade"),
        "months": differs("months"),
        "amount": differs("amount_estimate"),
        "found in order": ~is_changed & elsewhere.list.contains("clear"),
        "others": is_strange,
        "rows": pl.col("_new_rows_before").fill_null(False) | pl.col("_new_rows_after").fill_null(False),
    }
    return pl.coalesce(*(pl.when(when).then(pl.lit(code)) for code, when in held.items()), pl.lit("day"))
