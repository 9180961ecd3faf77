"""What stood on a list: every clue as the ranking saw it, and the champion's scores in place of the stated ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import CASE_SCORES, CLUES, LISTED_CLUES
from jobs.launch.context import RunContext
from jobs.launch.ranking_in_use import as_ranked, champion_of
from jobs.rank_clues.clue_order import place
from jobs.runtime.lake import Lake, plain_schema
from models.ranking import RankingModel, contributions, probability

_KINDS = {
    "rule": "线索类型",
    "grade": "身份等级",
    "doubt": "可能适用的豁免",
    "exempt": "适用的豁免",
    "log_months": "持续月数",
    "log_amount": "涉及金额",
    "anomaly": "异常程度",
    "log_clues": "同户线索数",
    "signals": "本条具体情形",
}
_TELLING = 0.1
"""Log-odds below which a contribution is not worth a word."""


def keep_ranked_clues(ctx: RunContext) -> None:
    """Keeps gold.clues of the run in gold.listed_clues and, where there is a champion, orders gold.clues by its scores."""
    lake, champion = ctx.lake, champion_of(ctx)
    rows = _seen_by_ranking(lake)
    found = _scores(rows, champion.model) if champion else {}
    version = champion.version if champion else None
    for row in rows:
        row["score"], row["ranking_version"] = found.get(row["clue_id"], (row["stated_score"], ""))[0], version
    _write(lake, rows, ctx.as_of)
    if found:
        learned = [(clue_id, score, reasons) for clue_id, (score, reasons) in sorted(found.items())]
        frame = lake.session.createDataFrame(learned, "clue_id string, _score double, _reasons string")
        lake.overwrite(CLUES, by_learned_scores(lake.read(CLUES), frame))
        ctx.report.figures["ranking_version"] = version


def by_learned_scores(clues: DataFrame, learned: DataFrame) -> DataFrame:
    """gold.clues in the order of learned scores. learned: clue_id, _score, _reasons."""
    joined = clues.join(learned, "clue_id", "left")  # one row a clue on both sides
    scored = joined.withColumns({"score": F.coalesce("_score", "score"), "reasons": F.coalesce("_reasons", "reasons")})
    return scored.withColumn("rank", place()).select(*CLUES.column_names)


def _seen_by_ranking(lake: Lake) -> list[dict[str, Any]]:
    """One dictionary a clue with the columns of gold.listed_clues, ordered by id; the score is still the stated one."""
    clues, scores = lake.read(CLUES), lake.read(CASE_SCORES).select("case_id", "anomaly_percentile")
    wanted = clues.select(
        "clue_id", "case_id", "rule_code", F.coalesce("county_code", F.lit("")).alias("county_code"), "identity_grade", "months",
        "amount_upper", "amount_estimate", "is_dispatched", "reasons", F.col("score").alias("stated_score"), "signals",
        "doubt_code", "exemption_code",
    ).join(scores, "case_id", "left")  # one row a case  # fmt: skip
    rows = [row.asDict() for row in wanted.orderBy("clue_id").collect()]  # some thousands
    of_case = Counter(row["case_id"] for row in rows if row["is_dispatched"])
    return [{**row, "clues_in_case": of_case[row["case_id"]]} for row in rows]


def _scores(rows: list[dict[str, Any]], model: RankingModel) -> dict[str, tuple[float, str]]:
    """Score and reasons by id: of an exempted clue, too, for whoever has visits left over goes on behind those to visit."""
    clues = [as_ranked(row) for row in rows]
    moved = zip(rows, probability(model, clues), contributions(model, clues), strict=True)
    return {row["clue_id"]: (round(float(p), 6), _reasons(row, float(p), parts)) for row, p, parts in moved}


def _reasons(row: Mapping[str, Any], p: float, parts: Mapping[str, float]) -> str:
    """What verdicts have taught of such a clue, then the two largest of the stated reasons."""
    largest = sorted((kind for kind in parts if abs(parts[kind]) >= _TELLING), key=lambda kind: -abs(parts[kind]))[:3]
    words = "、".join(f"{_KINDS[kind]}使其{'升高' if parts[kind] > 0 else '降低'}" for kind in largest)
    told = (
        f"参照以往核查结论，预计查实率为{100 * p:.0f}%（未参照时{100 * row['stated_score']:.0f}%{'；' + words if words else ''}）"
    )
    return "；".join([told, *(row["reasons"] or "").split("；")[:2]])


def _write(lake: Lake, rows: list[dict[str, Any]], as_of: date) -> None:
    """Those of this day beside those of the other days, which stay as they are."""
    columns = LISTED_CLUES.column_names
    fresh = lake.session.createDataFrame(
        [tuple({**row, "as_of": as_of}[name] for name in columns) for row in rows], plain_schema(LISTED_CLUES)
    )
    others = lake.read_or_empty(LISTED_CLUES).filter(F.col("as_of") != F.lit(as_of))
    known = lake.computed_once(others, "listed_clues").select(*columns)
    lake.overwrite(LISTED_CLUES, known.unionByName(fresh))
