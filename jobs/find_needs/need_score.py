"""How great a need is: a number from 0 to 1 and its reasons. Never what help would cost, or what its refusal would save.

score = Σ weight × share: how grave the fact itself is, whether anybody in the household could earn, whether an office has
recognised it as poor, whether need meets need, who has to be looked after, whether there is a home. Weights are stated, not
learned: no outcome of such visits is known yet, and a need must not be weighed by who was helped before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.find_needs.households import SUBJECT
from jobs.registers.conditions import holds
from jobs.registers.policy import Assistance, all_in_force, in_force
from jobs.rulebook.need import NeedFacts, NeedRule
from jobs.rulebook.need_outcomes import FOUND

WEIGHTS = {
    "severity": 0.40,  # the fact comes first: who cannot get up needs help before who cannot hear well
    "recognised": 0.20,  # an office has found the household poor: of everything here the least doubt
    "no_earner": 0.15,  # nobody of working age without a severe disability: nothing will come in by itself
    "several": 0.10,  # a second need in the household: illness and disability eat the same bread
    "dependants": 0.10,  # half each for a child and for an old person to be looked after
    "no_home": 0.05,  # no dwelling registered in any name of the household
}
"""Parts of the score; they add up to 1."""
WORDS = {
    "severity": "困难程度", "no_earner": "户内没有可以劳动的成年人", "several": "户内有多项困难", "recognised": "已认定为贫困户或监测户",
    "dependants": "户内有老人或未成年人需要照料", "no_home": "户内没有登记的住房",
}  # fmt: skip
_GRAVE = {0.85: "困难程度很重", 0.65: "困难程度较重", 0.0: "有一定困难"}
"""Words of a severity from each step up."""
_WORKING_AGE, _CHILD_AGE = (18, 60), 16
_POOR = ("未脱贫", "监测户")


def needs_of_households(subjects: DataFrame, roof: DataFrame, facts: NeedFacts, rules: Sequence[NeedRule]) -> DataFrame:
    """Of every household of an open subject: SUBJECT, heads, has_child, has_earner, and the shares of WEIGHTS but severity and no_home."""
    disability = in_force(facts.policy.severe_disability, facts.as_of)
    severe = facts.register("disabilities").filter(disability.is_severe())
    unable = severe.select(F.col("person_key").alias("number_key")).dropna().distinct().withColumn("_is_unable", F.lit(True))
    poor = (
        facts.register("poverty_register")
        .filter(F.col("status").isin(*_POOR))
        .select(F.col("person_key").alias("number_key"), "name_key")
        .dropna()
        .distinct()
        .withColumn("_is_poor", F.lit(True))
    )
    of_the_poor = F.col("rule_code").isin([rule.code for rule in rules if rule.is_of_the_poor])
    in_need = (
        subjects.filter((F.col("outcome") == FOUND) & of_the_poor)
        .groupBy("number_key", "name_key")
        .agg(F.count("*").alias("_needs"))
    )
    age = _age(facts.as_of)
    return (
        roof.join(unable, "number_key", "left")
        .join(poor, ["number_key", "name_key"], "left")
        .join(in_need, ["number_key", "name_key"], "left")
        .withColumn("_age", age)
        .groupBy(*SUBJECT)
        .agg(
            F.count("*").cast("int").alias("heads"),
            F.max((F.col("_age").between(_WORKING_AGE[0], _WORKING_AGE[1] - 1) & F.col("_is_unable").isNull()).cast("int")).alias("_earner"),
            F.max(F.col("_is_poor").isNotNull().cast("int")).alias("recognised"),
            F.sum(F.coalesce("_needs", F.lit(0))).alias("_needs"),
            F.max((F.col("_age") < _CHILD_AGE).cast("int")).alias("_child"),
            F.max((F.col("_age") >= _WORKING_AGE[1]).cast("int")).alias("_elder"),
        )
        .select(
            *SUBJECT,
            "heads",
            (F.coalesce("_child", F.lit(0)) == 1).alias("has_child"),
            (F.coalesce("_earner", F.lit(0)) == 1).alias("has_earner"),
            (1 - F.coalesce("_earner", F.lit(0))).cast("double").alias("no_earner"),
            (F.col("_needs") > 1).cast("double").alias("several"),
            F.col("recognised").cast("double").alias("recognised"),
            # One who lives alone looks after nobody.
            F.when(F.col("heads") > 1, (F.coalesce("_child", F.lit(0)) + F.coalesce("_elder", F.lit(0))) / 2).otherwise(0.0).alias("dependants"),
        )
    )  # fmt: skip


def _age(as_of: date) -> Column:
    return F.floor(F.months_between(F.lit(as_of), F.col("born_on")) / 12)


def suggested(lines: Sequence[Assistance]) -> Column:
    """Kinds of assistance that may fit the need, by its rule and what is seen in the household, joined by 、: a suggestion, no more."""
    sees: dict[str, Column] = {
        "child": F.col("has_child"),
        "no_home": ~holds(F.col("has_home")),
        "earner": F.col("has_earner"),
    }
    kinds = []
    for line in lines:
        signs = reduce(or_, (holds(sees[sign]) for sign in line.signs)) if line.signs else F.lit(True)
        kinds.append(F.when(F.col("rule_code").isin(list(line.needs)) & signs, F.lit(line.kind)))
    return F.concat_ws("、", *kinds)


def with_score(subjects: DataFrame, roof: DataFrame, facts: NeedFacts, rules: Sequence[NeedRule]) -> DataFrame:
    """Found needs with score, reasons and assistance; of all others they are null."""
    shares = needs_of_households(subjects, roof, facts, rules)
    on = (subjects["number_key"] == shares[SUBJECT[0]]) & (subjects["name_key"] == shares[SUBJECT[1]])
    both = subjects.join(shares, on, "left").drop(*SUBJECT)  # one row a subject
    share = {name: F.coalesce(F.col(name), F.lit(0.0)) for name in WEIGHTS if name != "no_home"}
    share["no_home"] = (~holds(F.col("has_home"))).cast("double")
    score = sum((weight * share[name] for name, weight in WEIGHTS.items()), F.lit(0.0))
    told = F.lit("")
    for least, word in sorted(_GRAVE.items()):
        told = F.when(F.col("severity") >= least, F.lit(word)).otherwise(told)
    words = {name: told if name == "severity" else F.lit(word) for name, word in WORDS.items()}
    parts = [
        F.when(share[name] > 0, F.concat(F.lpad(F.round(weight * share[name] * 10_000).cast("int").cast("string"), 5, "0"), words[name]))
        for name, weight in WEIGHTS.items()
    ]  # fmt: skip
    # Sorted as texts behind a padded size: arrays of structs are where the engines' planners differ most.
    largest = F.slice(F.sort_array(F.array_compact(F.array(*parts)), False), 1, 3)
    is_found = F.col("outcome") == FOUND
    return both.withColumns(
        {
            "score": F.when(is_found, F.round(score, 6)),
            "assistance": F.when(is_found, suggested(all_in_force(facts.policy.assistance, facts.as_of))),
            "reasons": F.when(is_found, F.concat_ws("；", F.transform(largest, lambda part: F.substring(part, 6, 100)))),
        }
    ).drop(*(name for name in WEIGHTS if name not in ("severity", "no_home")))
