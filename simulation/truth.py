"""The truth beside a delivery: what a visit would find, and what equal numbers would have found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from simulation.naive import FAMILIES, family
from simulation.scenarios.stage import Finding

COINCIDENCE = "coincidence"
TRUTH_COLUMNS = (
    "rule_code",
    "subject_id",
    "household_no",
    "county_code",
    "household_no2",
    "label",
    "scenario",
    "trap",
    "true_amount",
    "event_on",
    "head_id",
    "visible_to_naive",
)


def _row(f: Finding) -> tuple[Any, ...]:
    """The cells of a finding, in the order of `TRUTH_COLUMNS`."""
    where = (f.household_no, f.county_code, f.household_no2)
    return (f.rule, f.subject, *where, f.label, f.scenario, f.trap, f.amount, f.event_on, f.head, int(f.visible))


def settle_truth(findings: list[Finding], clues: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The rows of truth.csv, unlisted naive clues added as coincidences of label 0; and the naive result by rule."""
    seen = set(zip(clues["rule"].replace(FAMILIES).to_list(), clues["subject"].to_list(), strict=True))
    for finding in findings:
        finding.visible = (family(finding.rule), finding.subject) in seen
    listed = {(family(f.rule), f.subject) for f in findings}
    rows = [_row(finding) for finding in findings]
    for rule, subject, household, county in clues.iter_rows():
        if (family(rule), subject) not in listed:
            rows.append((rule, subject, household, county, "", 0, COINCIDENCE, "R99", 0.0, None, subject, 1))
    truth = pl.DataFrame(rows, schema=list(TRUTH_COLUMNS), orient="row", infer_schema_length=None).sort(
        "rule_code", "subject_id", "scenario", maintain_order=True
    )
    return truth, naive_result(truth)


def naive_result(truth: pl.DataFrame) -> dict[str, Any]:
    """Clues and confirmed ones, in all and by rule, of the naive match; data clues (U) and people to help (M) aside."""
    found = truth.filter(pl.col("visible_to_naive") == 1).with_columns(family=pl.col("rule_code").replace(FAMILIES))
    found = found.sort("label", descending=True, maintain_order=True).unique(
        ["family", "subject_id"], keep="first", maintain_order=True
    )
    by_rule = found.group_by("rule_code").agg(pl.len(), pl.col("label").sum()).sort("rule_code")
    clues, confirmed = len(found), int(found["label"].sum())
    return {
        "clues": clues,
        "confirmed": confirmed,
        "precision": round(confirmed / max(1, clues), 4),
        "by_rule": {rule: [count, labels] for rule, count, labels in by_rule.iter_rows()},
    }


def write_truth(out: Path, truth: pl.DataFrame, checks: pl.DataFrame) -> None:
    truth.with_columns(pl.col("true_amount").round(2)).write_csv(out / "truth.csv", null_value="")
    checks.write_csv(out / "truth_checks.csv")


def write_world(out: Path, world: dict[str, Any]) -> None:
    (out / "world.json").write_text(json.dumps(world, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def hidden_share(truth: pl.DataFrame) -> float:
    """Share of the true problems, data clues and needs aside, that equal numbers do not find."""
    real = truth.filter((pl.col("label") == 1) & ~pl.col("rule_code").str.contains("^[MU]"))
    return round(1 - float(real["visible_to_naive"].sum()) / max(1, len(real)), 4)
