"""E02 Shareholder or officer: a member of a benefit household holds shares or a post in an entity that trades."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.model import ORIGIN
from jobs.registers.conditions import holds
from jobs.registers.evidence import rows_of
from jobs.registers.means.lines import Lines
from jobs.registers.means.what_counts import is_partner, is_trifle
from jobs.registers.sentences import zh_day, zh_paid
from jobs.rulebook.entities import ENTITY_FIELDS, does_not_trade, doubtful_standing, kind_zh, standing_signals, with_standing
from jobs.rulebook.facts import Facts, held_by, with_months_that_count
from jobs.rulebook.household import household_exemptions
from jobs.rulebook.rule import Judgement, NoParams, Rule


def candidates(facts: Facts, params: NoParams) -> DataFrame:
    """One row per member and role in an entity whose representative is somebody else. Counted from when both role and entity were there."""
    roles = held_by(facts.household, facts, "enterprise_roles", "person_key", "name_key")
    once = Window.partitionBy("uscc").orderBy((F.col("status") != "存续").cast("int"), *ORIGIN)
    lines = Lines.of(facts.policy, facts.as_of)
    register = with_standing(facts.register("enterprises"), lines.entities)
    entities = (
        register.filter(F.col("uscc").isNotNull())
        .withColumn("_n", F.row_number().over(once))
        .filter("_n = 1")
        .select(
            "uscc", F.lit(True).alias("is_registered"), F.col("legal_rep_key").alias("_rep"), "entity_kind", "status",
            "established_on", "ended_on", "tax_12m", "is_dead", "is_dormant", "is_micro", "is_nominal",
            "traded_until", "tax_log", "insured_staff", "paid_in",
            rows_of("enterprises", *ENTITY_FIELDS).alias("_entity"),
        )
    )  # fmt: skip
    held = roles.join(entities, "uscc", "left")  # one row an entity
    others = held.filter(~holds(F.col("_rep") == F.col("subject_key")))  # one's own entity is E01's matter
    since = others.withColumns(
        {
            "held_since": F.greatest("since_on", "established_on"),
            "is_member": holds(~is_partner(lines)),
            "is_trifle": is_trifle(lines),
            "trifle_percent": F.lit(lines.shares.small_share_percent),
        }
    )
    return with_months_that_count(since, after="held_since", until=F.col("traded_until"), has_grace=True).withColumns(
        {
            "thing_key": F.concat_ws(":", F.lit("role"), "uscc", "role"),
            "evidence": F.concat(
                rows_of("enterprise_roles", "uscc", "role", "share_pct", "since_on"), F.coalesce("_entity", F.array())
            ),
        }
    )


def judge(params: NoParams) -> Judgement:
    is_member = F.col("is_member")
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.coalesce("share_pct", F.lit(0)).cast("double"),
        threshold=F.col("trifle_percent").cast("double"),
        is_personal=False,
        # An ordinary member is so in name only, whatever is known of the entity.
        missing={
            "entity": ~is_member & F.col("is_registered").isNull(),
            "status": ~is_member & F.col("status").isNull(),
            "since_on": ~is_member & F.col("event_on").isNull(),
        },
        doubts=doubtful_standing(),
        signals={"share": F.col("share_pct").cast("double"), **standing_signals()},
        exempt={
            "R14": is_member | F.col("is_nominal"),
            "R13": does_not_trade(),
            "R21": F.col("is_trifle"),
            **household_exemptions(),
        },
        explanation=F.concat(
            F.lit("市场主体登记显示该对象是一家"), kind_zh(), F.lit("的"), F.coalesce("role", F.lit("成员")),
            F.coalesce(F.concat(F.lit("（出资比例"), F.format_number("share_pct", 2), F.lit("%）")), F.lit("")),
            F.lit("，自"), F.coalesce(zh_day("event_on"), F.lit("登记")), F.lit("起其家庭"), zh_paid(), F.lit("，请核实是否实际出资、任职及收入。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="E02",
    title="Shareholder or officer",
    title_zh="参股任职",
    subject="the recipient",
    unit="per cent",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：家庭财产和经营性收入的核对",
    in_force=(date(2012, 12, 12), None),
    params=NoParams,
    candidates=candidates,
    judge=judge,
    verify=("核对是否实际出资、实际任职", "核对是否被借名、冒名登记", "核对分红和薪酬是否已计入家庭收入"),
    registers=("enterprise_roles", "enterprises"),
)
