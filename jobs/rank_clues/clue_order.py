"""From findings to ranked clues: one clue per rule, case and subject, scored by stated priors that the forest moves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import CLUES, PATTERN_TITLES
from jobs.launch.settings import RankingSettings
from jobs.registers.conditions import first_of, holds
from jobs.registers.evidence import in_order
from jobs.rulebook.rule import EXEMPTIONS
from jobs.rules import RULES
from jobs.runtime.ids import made_id

_UNKNOWN_EXEMPTION = 0.1
_MORE = "另有%d项同类情况。"


def clues_of(findings: DataFrame, held: Iterable[str] = ()) -> DataFrame:
    """Findings that make a clue (found or exempt), merged: key rule_code, case_id, subject_key.

    held: rules that the flood guard, or a second look, keeps back; their clues are kept and not dispatched.

    The strongest finding speaks; the others of the same subject add their evidence. Amounts are the largest,
    never a sum: the same month of benefit is at stake in all of them.
    """
    key = ["rule_code", "case_id", "subject_key"]
    of_clue = Window.partitionBy(*key)
    strongest = of_clue.orderBy(
        (F.col("outcome") == "found").desc(), "identity_grade", F.col("amount_estimate").desc(), "event_on", "thing_key"
    )
    is_found = F.col("outcome") == "found"
    rows = findings.filter(F.col("outcome").isin("found", "exempt")).withColumns(
        {
            "_n": F.row_number().over(strongest),
            "_found": F.sum(is_found.cast("int")).over(of_clue),
        }
    )
    evidence = (
        rows.filter(is_found | (F.col("_found") == 0))
        .groupBy(*key)
        .agg(in_order(F.flatten(F.collect_list("evidence"))).alias("evidence"), F.count("*").alias("_things"))
    )
    best = rows.filter("_n = 1").drop("evidence")
    joined = best.join(evidence, key, "inner")  # both have one row a clue
    is_held = F.col("rule_code").isin(list(held))
    more = F.when(F.col("_things") > 1, F.format_string(_MORE, F.col("_things") - 1)).otherwise(F.lit(""))
    return joined.withColumns(
        {
            "clue_id": made_id("clue_id", *key),
            "explanation": F.concat("explanation", more),
            "is_dispatched": is_found & ~is_held,
            "is_held": is_found & is_held,
        }
    )


def _log_odds(probability: Column) -> Column:
    return F.log(probability / (1 - probability))


def with_key_persons(clues: DataFrame, key_persons: DataFrame) -> DataFrame:
    """Clues with key_person and is_separate of their case; several kinds are named together."""
    one = key_persons.groupBy("case_id").agg(
        F.max(F.col("is_separate").cast("int")).alias("_separate"),
        F.concat_ws("、", F.sort_array(F.collect_set("title"))).alias("key_person"),
    )
    joined = clues.join(one, "case_id", "left")  # one row a case
    return joined.withColumn("is_separate", holds(F.col("_separate") == 1)).drop("_separate")


def with_patterns(clues: DataFrame, patterns: DataFrame) -> DataFrame:
    """Clues with kind, pattern (in words) and group_id of what was strange, null of those that a rule states a fact in."""
    strange = [rule.code for rule in RULES if rule.needs_scores]
    of_case = patterns.select("case_id", F.col("kind").alias("_kind"), F.col("group_id").alias("_group"))
    joined = clues.join(of_case, "case_id", "left")  # one row a case
    is_strange = F.col("rule_code").isin(strange)
    words = first_of((F.col("_kind") == kind, F.lit(title)) for kind, title in PATTERN_TITLES.items())
    return joined.withColumns(
        {
            "kind": F.when(is_strange, F.col("_kind")),
            "pattern": F.when(is_strange, words),
            "group_id": F.when(is_strange, F.col("_group")),
        }
    ).drop("_kind", "_group")


def ranked(clues: DataFrame, cases: DataFrame, scores: DataFrame, settings: RankingSettings, as_of: date) -> DataFrame:
    """gold.clues of a run: probability that a visit confirms, three reasons in words, and the rank.

    clues: with_patterns. A kind of strangeness has its own prior in place of its rule's.

    log-odds = prior of the rule x factors of a doubt, of the exemption that applies and of the grade,
    + how strange the case is among all cases, + how long it went on.
    """
    of_kind = _looked_up("kind", settings.pattern_prior, default=settings.prior.get("X01", 0.2))
    prior = F.when(F.col("kind").isNotNull(), of_kind).otherwise(_looked_up("rule_code", settings.prior, default=0.2))
    doubtful = prior * F.when(F.col("doubt_code").isNull(), F.lit(1.0)).otherwise(
        _looked_up("doubt_code", settings.doubt_factor, default=1.0)
    )
    of_rule = {name: factor for name, factor in settings.exemption_factor.items() if "." in name}
    factor_of_code = _looked_up("exemption_code", settings.exemption_factor, default=_UNKNOWN_EXEMPTION)
    excused = doubtful * F.when(F.col("exemption_code").isNull(), F.lit(1.0)).otherwise(
        _looked_up(F.concat_ws(".", "rule_code", "exemption_code"), of_rule, default=factor_of_code)
    )
    factor = _looked_up("identity_grade", settings.grade_factor, default=0.5)
    of_case = cases.select("case_id", "household_no", "program", "county_code", "town", "village")
    placed = clues.join(of_case, "case_id", "left").join(scores.withColumnRenamed("reasons", "_strange"), "case_id", "left")
    parts = {
        "_prior": _log_odds(prior),
        "_doubt": _log_odds(doubtful) - _log_odds(prior),
        "_exempt": _log_odds(excused) - _log_odds(doubtful),
        "_grade": _log_odds(excused * factor) - _log_odds(excused),
        "_anomaly": settings.anomaly_weight * (2 * F.coalesce("anomaly_percentile", F.lit(0.5)) - 1),
        "_length": settings.strength_weight * F.log10(F.greatest(F.col("months"), F.lit(1)).cast("double")),
    }
    scored = placed.withColumns(parts).withColumn(
        "score",
        F.round(1 / (1 + F.exp(-sum((F.col(part) for part in parts), F.lit(0.0)))), 6),
    )
    return scored.withColumns(
        {
            "rank": place(),
            "signals": F.map_concat("signals", F.coalesce("figures", F.create_map(F.lit("case"), F.lit(0.0)))),
            "anomaly": F.round("anomaly", 6),
            "reasons": _reasons(prior),
            "first_seen": F.lit(as_of),
            "last_seen": F.lit(as_of),
        }
    ).select(*CLUES.column_names)


def place() -> Column:
    """Rank by score, clues to visit first. Clues about data only stand behind all others, for no visit is made for them."""
    is_about_data = F.col("rule_code").isin([rule.code for rule in RULES if rule.is_about_data])
    best_first = [
        is_about_data,
        ~F.col("is_dispatched"),
        F.col("score").desc(),
        F.col("amount_estimate").desc(),
        F.col("clue_id"),
    ]
    everyone = F.lit(1)  # one global order is wanted: a single partition of some thousand clues
    return F.row_number().over(Window.partitionBy(everyone).orderBy(*best_first)).cast("int")


def _looked_up(column: str | Column, values: dict[str, float], default: float | Column) -> Column:
    asked = F.col(column) if isinstance(column, str) else column
    otherwise = default if isinstance(default, Column) else F.lit(default)
    if not values:
        return otherwise
    return first_of((asked == name, F.lit(value)) for name, value in sorted(values.items())).otherwise(otherwise)


def _reasons(prior: Column) -> Column:
    """The three largest contributions, in words, largest first."""
    percent = F.format_string("%.0f", 100 * prior)
    stranger = F.format_string("%.0f", 100 * F.col("anomaly_percentile"))
    strange = F.when(F.coalesce("_strange", F.lit("")) != "", F.concat(F.lit("："), F.col("_strange"))).otherwise(F.lit(""))
    rarity = F.when(F.col("anomaly_percentile").isNull(), F.lit("家庭数过少，未评异常程度")).otherwise(
        F.concat(F.lit("异常程度高于"), stranger, F.lit("%的家庭"), strange)
    )
    # Sorted as texts behind a padded size: arrays of structs are where the engines' planners differ most.
    parts = F.array(
        _sized("_prior", F.concat(F.lit("此类线索预计查实率"), percent, F.lit("%"))),
        _sized("_anomaly", rarity),
        _sized("_length", F.format_string("持续%d个月", F.col("months"))),
        _sized("_doubt", F.concat(F.lit("可能属于："), _in_words("doubt_code"))),
        _sized("_exempt", F.concat(F.lit("按资料属于："), _in_words("exemption_code"))),
        _sized("_grade", F.concat(F.lit("身份核对等级"), F.col("identity_grade"))),
    )
    largest = F.slice(F.sort_array(parts, False), 1, 3)
    return F.concat_ws("；", F.transform(largest, lambda part: F.substring(part, _SIZE_DIGITS + 1, 500)))


def _in_words(column: str) -> Column:
    return first_of((F.col(column) == code, F.lit(said)) for code, said in EXEMPTIONS.items()).otherwise(F.lit("无"))


_SIZE_DIGITS = 12


def _sized(contribution: str, text: Column) -> Column:
    millionths = F.round(F.abs(contribution) * 1_000_000).cast("long").cast("string")
    return F.concat(F.lpad(millionths, _SIZE_DIGITS, "0"), text)
