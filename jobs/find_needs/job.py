"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import (
    ALIASES,
    BRONZE,
    CASES,
    ENTITLEMENT_MONTHS,
    IDENTITIES,
    LINKS,
    MEMBERS,
    NEEDS,
    SILVER,
)
from expectations.contracts.model import ORIGIN
from jobs.find_needs.need_score import with_score
from jobs.find_needs.search import Benefits, searched
from jobs.launch.context import RunContext
from jobs.needs import NEED_RULES
from jobs.registers.evidence import in_order
from jobs.registers.linked import with_links
from jobs.registers.means.holdings import REGISTERS
from jobs.registers.means.lines import MEANS_WORDS
from jobs.registers.means.registered import Once, Variants, variants_of
from jobs.registers.references import REGISTRY
from jobs.registers.sentences import zh_month
from jobs.rulebook.need import NOT_COVERED, NeedFacts, NeedRule
from jobs.rulebook.need_outcomes import (
    CANNOT_JUDGE,
    CLEAR,
    CLEAR_WORDS,
    EXCLUDED,
    EXCLUDED_WORDS,
    FOUND,
    MISSING_WORDS,
    STOPPED,
    SUPPORTED,
)
from jobs.runtime.ids import made_id

NAME = "find_needs"
READS = (*SILVER, *BRONZE, MEMBERS, CASES, IDENTITIES, ENTITLEMENT_MONTHS, LINKS, ALIASES, NEEDS)
WRITES = (NEEDS,)


def find_needs(
    facts: NeedFacts, benefits: Benefits, rules: Sequence[NeedRule], earlier: DataFrame, *, variants: Variants, once: Once
) -> DataFrame:
    """gold.needs. Whom a rule of needs looked at is there with an outcome; `earlier` is gold.needs of the run before."""
    subjects, roof = searched(facts, benefits, rules, variants=variants, once=once)
    scored = with_score(once(subjects, "needs_outcomes"), roof, facts, rules)
    is_registered = F.col("registered_row").isNotNull()
    who = {
        "who_data_set": F.when(is_registered, F.lit(REGISTRY)).otherwise(F.col("data_set")),
        **{f"who{name}": F.when(is_registered, F.col(f"registered{name}")).otherwise(F.col(name)) for name in ORIGIN},
    }
    in_book = F.concat_ws("|", F.lit("household"), "county_code", "book_no")
    seen = earlier.select("need_id", F.col("first_seen").alias("_first"))
    by_household = [F.col("_household_score").desc(), F.col("case_id")]
    # One order over all needs is wanted: some thousands in one partition.
    in_order_of_visits = Window.partitionBy("outcome").orderBy(*by_household)
    in_order_of_persons = Window.partitionBy("outcome").orderBy(*by_household, F.col("_person_score").desc(), "subject")
    told = scored.withColumns(
        {
            **who,
            "need_id": made_id("need_id", "rule_code", "subject"),
            "case_id": made_id("case_id", F.when(F.col("book_no").isNotNull(), in_book).otherwise(F.col("subject"))),
            "subject_key": F.col("number_key"),
            "subject_name_key": F.col("name_key"),
            **{
                place: F.coalesce(place, f"stated_{stated}")
                for place, stated in (("county_code", "county"), ("town", "town"), ("village", "village"))
            },
            "explanation": explanation(rules),
            "evidence": in_order(F.concat("evidence", F.coalesce("means_evidence", F.slice("evidence", 1, 0)))),
            "last_seen": F.lit(facts.as_of),
        }
    ).join(seen, "need_id", "left")  # need_id is unique  # fmt: skip
    is_found = F.col("outcome") == FOUND
    greatest = {
        "_household_score": F.max("score").over(Window.partitionBy("outcome", "case_id")),
        "_person_score": F.max("score").over(Window.partitionBy("outcome", "case_id", "subject")),
    }
    return (
        told.withColumns(greatest)
        .withColumns(
            {
                "first_seen": F.coalesce(F.least("_first", "last_seen"), "last_seen"),
                "visit_no": F.when(is_found, F.dense_rank().over(in_order_of_visits)).cast("int"),
                "rank": F.when(is_found, F.dense_rank().over(in_order_of_persons)).cast("int"),
            }
        )
        .select(*NEEDS.column_names)
    )


def explanation(rules: Sequence[NeedRule]) -> Column:
    """One sentence of the fact, of why the person is left out, and of what to do."""
    ending = _told(F.col("rule_code"), {rule.code: rule.told_found for rule in rules})
    fact = F.concat(F.lit("登记显示该对象"), F.col("told"))
    at_margin = F.lit("；家庭人均收入略高于低保标准，属低保边缘，请了解是否符合本人单独申请低保的条件。")
    unlisted = F.lit("暂未列入需求清单，如入户了解确有困难请提出。")
    means = F.concat(
        F.lit("其家庭成员"),
        _told(F.col("reason"), MEANS_WORDS),
        F.lit("；登记中查到："),
        F.col("means_words"),
        F.lit("。"),
        unlisted,
    )
    stopped = F.concat(
        F.lit("其低保或特困供养已于"), zh_month("stopped_month"), F.lit("停发，审批机关已经审核，如家庭情况有变化请复核。")
    )
    return (
        F.when(F.col("is_at_margin") & (F.col("outcome") == FOUND), F.concat(fact, F.lit(NOT_COVERED), at_margin))
        .when(F.col("outcome") == FOUND, F.concat(fact, ending, F.lit("。")))
        .when((F.col("outcome") == EXCLUDED) & (F.col("reason") == STOPPED), F.concat(fact, F.lit("；"), stopped))
        .when(F.col("reason") == SUPPORTED, F.concat(fact, F.lit("；"), F.lit(EXCLUDED_WORDS[SUPPORTED]), F.lit("，"), unlisted))
        .when(F.col("outcome") == EXCLUDED, F.concat(fact, F.lit(NOT_COVERED), F.lit("；"), means))
        .when(F.col("outcome") == CANNOT_JUDGE, F.concat(fact, F.lit("；"), _told(F.col("reason"), MISSING_WORDS), F.lit("，请核实后再作判断。")))
        .when(F.col("outcome") == CLEAR, F.concat(fact, F.lit("；"), _told(F.col("reason"), CLEAR_WORDS), F.lit("。")))
    )  # fmt: skip


def _told(key: Column, words: Mapping[str, str]) -> Column:
    told = F.lit("")
    for name, text in words.items():
        told = F.when(key == name, F.lit(text)).otherwise(told)
    return told


def run(ctx: RunContext) -> None:
    lake = ctx.lake
    with ctx.report.stage("find needs") as progress:
        progress.add_task("find needs", total=None)
        register = with_links(lambda code: lake.read_or_empty(DATA_SETS[code].silver), lake.read(LINKS), lake.read(ALIASES))
        facts = NeedFacts(register, ctx.settings.policy, ctx.as_of, lake.computed_once)
        benefits = Benefits(*(lake.read(table) for table in (MEMBERS, CASES, IDENTITIES, ENTITLEMENT_MONTHS)))
        earlier = lake.computed_once(lake.read_or_empty(NEEDS).select("need_id", "first_seen"), "needs_before")
        rules = [rule for rule in NEED_RULES if rule.is_in_force(ctx.as_of)]
        lake.overwrite(NEEDS, find_needs(facts, benefits, rules, earlier, variants=variants_of(lake), once=lake.computed_once))
        counted = lake.read(NEEDS).groupBy("rule_code", "outcome", "reason").count().collect()  # some dozens
        ctx.report.current.rows = sum(row["count"] for row in counted)
    tally: Counter[str] = Counter()
    for row in counted:
        tally[" ".join(filter(None, (row["rule_code"], row["outcome"], row["reason"])))] += row["count"]
    ctx.report.figures["needs"] = dict(sorted(tally.items()))
    for lack in (lack for rule in rules for lack in rule.lacks(facts)):
        ctx.report.warn(f"needs: {lack}")
    missing = [DATA_SETS[code].title for code in REGISTERS if not lake.exists(DATA_SETS[code].silver)]
    if missing:
        ctx.report.warn(f"needs: {'、'.join(missing)} not delivered: means that stand there only are not seen")
