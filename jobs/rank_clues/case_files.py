"""A case as an inspector gets it: all clues of one household, one amount, one explanation, and what changed since the last run."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import CASE_FILES
from jobs.rules import RULES
from jobs.runtime.ids import digits_of

NEW, UNCHANGED, CHANGED, GONE = "new", "unchanged", "changed", "gone"


def case_amounts(findings: DataFrame, dispatched: DataFrame) -> DataFrame:
    """case_id, amount_estimate: month by month the most that any one clue puts at stake, so that no month is counted twice.

    Shares of several persons in one month add up; where a whole month is at stake, their shares are in it.
    dispatched: clues of the run that are to be visited.
    """
    clue = ["rule_code", "case_id", "subject_key"]
    counted = (
        findings.filter("outcome = 'found' AND size(counted_months) > 0")
        .join(dispatched.select(*clue), clue, "left_semi")
        .withColumn("_i", F.explode(F.sequence(F.lit(1), F.size("counted_months"))))
        .select(
            "case_id", "subject_key", "is_personal",
            F.element_at("counted_months", F.col("_i")).alias("for_month"), F.element_at("counted_yuan", F.col("_i")).alias("yuan"),
        )
    )  # fmt: skip
    of_person = counted.groupBy("case_id", "for_month", "subject_key").agg(
        F.max(F.when(F.col("is_personal"), F.col("yuan"))).alias("share"),
        F.max(F.when(~F.col("is_personal"), F.col("yuan"))).alias("whole"),
    )
    nothing = F.lit(0).cast("decimal(18,2)")
    of_month = of_person.groupBy("case_id", "for_month").agg(
        F.greatest(F.coalesce(F.sum("share"), nothing), F.coalesce(F.max("whole"), nothing)).alias("yuan")
    )
    return of_month.groupBy("case_id").agg(F.sum("yuan").cast("decimal(18,2)").alias("amount_estimate"))


def case_files(clues: DataFrame, findings: DataFrame, cases: DataFrame, earlier: DataFrame, as_of: date) -> DataFrame:
    """gold.case_files of this run: one row per case with a clue to visit, and one per case that had one in the run before.

    clues: gold.clues of the run; what is about data only makes no case. earlier: gold.case_files; the last run before `as_of`
    is what new, unchanged, changed and gone are told against.
    """
    about_data = [rule.code for rule in RULES if rule.is_about_data]
    visited = clues.filter(F.col("is_dispatched") & ~F.col("rule_code").isin(about_data))
    best_first = Window.partitionBy("case_id").orderBy("rank")
    titles = F.array_distinct(F.collect_list("_title"))
    of_case = visited.withColumns({"_n": F.row_number().over(best_first), "_title": _title()})
    merged = of_case.groupBy("case_id").agg(
        F.min("rank").alias("rank"),
        F.count("*").cast("int").alias("clue_count"),
        F.concat_ws("、", F.sort_array(F.collect_set("rule_code"))).alias("rule_codes"),
        F.max("amount_upper").alias("amount_upper"),
        F.max(F.when(F.col("_n") == 1, F.col("explanation"))).alias("_first"),
        F.max(F.when(F.col("_n") == 1, F.col("_title"))).alias("_first_title"),
        F.sort_array(titles).alias("_titles"),
        F.max("key_person").alias("key_person"),
        F.max(F.col("is_separate").cast("int")).cast("boolean").alias("is_separate"),
        F.min("first_seen").alias("first_seen"),
        F.sha2(F.concat_ws("|", F.sort_array(F.collect_list(_fact()))), 256).alias("fingerprint"),
    )
    others = F.array_except("_titles", F.array("_first_title"))
    told = F.when(F.size(others) > 0, F.concat("_first", F.lit("同户另有："), F.concat_ws("、", others), F.lit("。"))).otherwise(
        F.col("_first")
    )
    place = cases.select("case_id", "county_code", "town", "village", "household_no", "program")
    now = (
        merged.withColumn("explanation", told)
        .join(case_amounts(findings, visited), "case_id", "left")  # one row a case
        .join(place, "case_id", "left")  # one row a case
        .withColumn("amount_estimate", F.coalesce("amount_estimate", F.lit(0).cast("decimal(18,2)")))
    )
    return _against(now, earlier.filter(F.col("as_of") < F.lit(as_of)), as_of)


def _title() -> Column:
    title = F.col("rule_code")
    for rule in RULES:
        title = F.when(F.col("rule_code") == rule.code, F.lit(rule.title_zh)).otherwise(title)
    return title


def _fact() -> Column:
    """What makes a clue another one: the same fact with more months paid has changed."""
    return F.concat_ws(":", digits_of("clue_id"), F.col("months").cast("string"), F.col("amount_estimate").cast("string"))


def _against(now: DataFrame, before: DataFrame, as_of: date) -> DataFrame:
    last = before.agg(F.max("as_of").alias("_last"))
    known = before.join(last, before["as_of"] == last["_last"], "inner").filter(F.col("state") != GONE).drop("_last")
    then = known.select("case_id", F.col("fingerprint").alias("_then"), F.col("first_seen").alias("_since"))
    state = (
        F.when(F.col("_then").isNull(), F.lit(NEW))
        .when(F.col("_then") == F.col("fingerprint"), F.lit(UNCHANGED))
        .otherwise(F.lit(CHANGED))
    )
    here = now.join(then, "case_id", "left").withColumns(  # one row a case and run
        {"state": state, "first_seen": F.least("first_seen", "_since"), "as_of": F.lit(as_of)}
    )
    gone = known.join(now.select("case_id"), "case_id", "left_anti").withColumns(
        {"state": F.lit(GONE), "as_of": F.lit(as_of), "rank": F.lit(None).cast("int")}
    )
    columns = CASE_FILES.column_names
    return here.select(*columns).unionByName(gone.select(*columns))
