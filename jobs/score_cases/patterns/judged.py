"""From what all detectors hand over to one row a household: its strongest pattern, and whether chance is ruled out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import polars as pl

from expectations.contracts.ids import DIGITS, LETTERS
from expectations.contracts.lake import PATTERN_FAMILIES
from jobs.score_cases.patterns.hits import HITS
from models.chance import LEAST, admitted

WORTH_KEEPING = 0.01
"""Chance above which nobody needs to know that a thing was looked at."""
JUDGED = {
    "case_id": pl.String, "kind": pl.String, "group_id": pl.String, "cases_in_group": pl.Int32, "surprise": pl.Float64,
    "surprise_needed": pl.Float64, "lawful_code": pl.String, "seen": pl.String, "usual": pl.String,
}  # fmt: skip
_MOST_BESIDE = 2
ALONE = ("unlike_others", "rare_together", "odd_together")
"""Families of households that are strange by themselves and by no single fact."""
_COUNTED = ("rates", "many_same_amounts", "many_households")
"""Families that count what a village or an officer has much of."""


def judged(found: Iterable[pl.DataFrame], false_share: float, false_share_alone: float) -> pl.DataFrame:
    """JUDGED, one row a case. Groups that share half of their households are one pattern: its strongest kind speaks, the others are
    told beside it.

    surprise: k where by chance alone one in 10^k would be so; surprise_needed: from which of all that was looked at in the family
    of kinds at most `false_share` is expected to be chance; of households that are like no other (ALONE), `false_share_alone`.
    """
    hits = pl.concat([pl.DataFrame(schema=HITS), *found]).filter(pl.col("chance") <= WORTH_KEEPING)
    if hits.is_empty():
        return pl.DataFrame(schema=JUDGED)
    families = pl.col("kind").replace_strict(PATTERN_FAMILIES)
    hits = hits.with_columns(
        family=families, unit=pl.when(pl.col("group") == "").then(pl.col("case_id")).otherwise(pl.col("group"))
    )
    limits = _limits(hits, false_share, false_share_alone)
    marked = hits.with_columns(limit=pl.col("family").replace_strict(limits, return_dtype=pl.Float64)).with_columns(
        is_admitted=pl.col("chance") <= pl.col("limit")
    )
    return _one_a_case(_one_pattern(marked))


def _limits(hits: pl.DataFrame, of_groups: float, alone: float) -> dict[str, float]:
    """The chance from which each family admits; where it admits nothing, what the strangest thing would have needed."""
    limits = {}
    for (family,), rows in hits.unique(["kind", "unit"]).group_by(["family"]):
        # Of one kind every thing was counted once; kinds of a family that count together say the same number.
        tests = int(rows.group_by("kind").agg(pl.col("tests").max())["tests"].max() or 1)  # type: ignore[arg-type]
        false_share = alone if family in ALONE else of_groups
        limits[str(family)] = admitted(rows["chance"].to_numpy(), false_share, tests) or false_share / max(tests, 1)
    return limits


def _one_pattern(hits: pl.DataFrame) -> pl.DataFrame:
    """Hits with `pattern`: the unit that speaks for each, its own or that of a stronger group which holds half of it."""
    units = (
        hits.group_by("kind", "unit")
        .agg(pl.col("case_id").unique(), pl.col("chance").first(), pl.col("is_admitted").first(), pl.col("lawful").first())
        .with_columns(size=pl.col("case_id").list.len())
        .sort(~pl.col("is_admitted"), pl.col("lawful") != "", "chance", -pl.col("size").cast(pl.Int64), "kind", "unit")
    )
    # What a village has much of says nothing of those of an officer who have it, too: rates bring nobody into another's pattern.
    brings = {kind for kind, family in PATTERN_FAMILIES.items() if family not in _COUNTED}
    leads: list[tuple[str, str, set[str]]] = []
    told: list[tuple[str, str, str, str]] = []
    for kind, unit, cases, size in units.select("kind", "unit", "case_id", "size").iter_rows():
        own = set(cases)
        lead = next(
            (lead for lead in leads if size > 1 and len(own & lead[2]) * 2 >= min(size, len(lead[2])) and len(lead[2]) > 1), None
        )
        if lead is None:
            leads.append((kind, unit, own))
            told.append((kind, unit, kind, unit))
        else:
            if kind in brings:
                lead[2].update(own)
            told.append((kind, unit, lead[0], lead[1]))
    speaking = pl.DataFrame(told, ["kind", "unit", "lead_kind", "lead_unit"], orient="row")
    members = pl.DataFrame(
        [(kind, unit, case) for kind, unit, cases in leads for case in sorted(cases)],
        {"lead_kind": pl.String, "lead_unit": pl.String, "case_id": pl.String},
        orient="row",
    )
    return hits.join(speaking, on=["kind", "unit"]).join(members, on=["lead_kind", "lead_unit", "case_id"], how="semi")


def _one_a_case(hits: pl.DataFrame) -> pl.DataFrame:
    """One row a case: what is admitted and unexplained first, then the stronger, then the larger."""
    pattern = ["lead_kind", "lead_unit"]
    lead = hits.filter((pl.col("kind") == pl.col("lead_kind")) & (pl.col("unit") == pl.col("lead_unit"))).unique(pattern).select(
        *pattern, pl.col("chance").alias("_chance"), pl.col("limit").alias("_limit"), pl.col("lawful").alias("_lawful"),
        pl.col("seen").alias("_seen"), pl.col("usual").alias("_usual"), (pl.col("group") != "").alias("_is_group"),
    )  # fmt: skip
    sizes = hits.group_by(pattern).agg(cases_in_group=pl.col("case_id").n_unique())
    # The same said of fewer or more of them is no news, nor is one kind measured twice.
    beside = hits.filter(pl.col("is_admitted") & (pl.col("kind") != pl.col("lead_kind"))).sort("chance", "kind", "unit")
    also = (
        beside.unique(["case_id", *pattern, "kind"], keep="first", maintain_order=True)
        .group_by("case_id", *pattern, maintain_order=True)
        .agg(pl.col("seen").unique(maintain_order=True).head(_MOST_BESIDE).str.join("；").alias("_also"))
    )
    of_case = (
        hits.select("case_id", *pattern).unique().join(lead, on=pattern).join(sizes, on=pattern).join(also, on=["case_id", *pattern], how="left")
        .sort(pl.col("_chance") > pl.col("_limit"), pl.col("_lawful") != "", "_chance", -pl.col("cases_in_group").cast(pl.Int64), *pattern)
        .unique("case_id", keep="first", maintain_order=True)
    )  # fmt: skip
    group_ids = [
        _group_id(kind, unit) if is_group else None for kind, unit, is_group in of_case.select(*pattern, "_is_group").iter_rows()
    ]
    seen = pl.when(pl.col("_also").is_null()).then(pl.col("_seen")).otherwise(pl.format("{}；此外，{}", "_seen", "_also"))
    return of_case.select(
        "case_id",
        pl.col("lead_kind").alias("kind"),
        pl.Series("group_id", group_ids, dtype=pl.String),
        pl.col("cases_in_group").cast(pl.Int32),
        _surprise("_chance").alias("surprise"),
        _surprise("_limit").alias("surprise_needed"),
        pl.when(pl.col("_lawful") != "").then(pl.col("_lawful")).alias("lawful_code"),
        seen.alias("seen"),
        pl.col("_usual").alias("usual"),
    ).sort("case_id")


def _surprise(chance: str) -> pl.Expr:
    """Rounded: no figure hangs on the last digit of a library's distribution."""
    return (-pl.col(chance).clip(LEAST, 1.0).log(10)).round(4)


def _group_id(kind: str, unit: str) -> str:
    return LETTERS["group_id"] + hashlib.sha256(f"{kind}|{unit}".encode()).hexdigest()[:DIGITS]
