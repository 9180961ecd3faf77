"""K03 Cadre or kin of a cadre: a village cadre or close relative draws, and nobody declared it."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.registers.conditions import holds
from jobs.registers.evidence import rows_of
from jobs.registers.means.lines import Lines
from jobs.registers.means.what_counts import is_cadre
from jobs.registers.sentences import zh_day, zh_paid
from jobs.rulebook.declarations import declared_zh, with_declaration
from jobs.rulebook.facts import Facts, held_by, held_by_relatives, of_recipient, with_months_that_count
from jobs.rulebook.rule import Judgement, NoParams, Rule

RELATIONS = {
    "self": "该户保障对象本人", "household": "该户共同生活成员", "spouse": "该户保障对象的配偶", "child": "该户保障对象的子女",
    "parent": "该户保障对象的父母", "child-in-law": "该户保障对象的儿媳或女婿", "parent-in-law": "该户保障对象配偶的父母",
    "sibling": "该户保障对象的兄弟姐妹", "grandchild": "该户保障对象的孙子女", "grandparent": "该户保障对象的祖父母",
}  # fmt: skip


def candidates(facts: Facts, params: NoParams) -> DataFrame:
    """One row per case and term of a cadre who is in its household or close kin of somebody who draws in it."""
    lines = Lines.of(facts.policy, facts.as_of)
    keys = ("village_cadres", "person_key", "name_key")
    relation = F.when(F.col("is_covered"), F.lit("self")).otherwise(F.lit("household"))
    within = held_by(facts.members, facts, *keys).withColumn("relation", relation)
    terms = within.unionByName(held_by_relatives(facts, lines.cadres.kin, *keys))
    until = F.trunc(F.col("to_on"), "month")
    found = with_months_that_count(terms, after="from_on", until=until).withColumns(
        {
            "is_cadre": is_cadre(lines),
            "has_ended": holds(F.col("to_on") <= F.lit(facts.as_of)),
            "thing_key": F.concat_ws(":", F.lit("cadre"), "post", F.col("from_on").cast("string")),
            "evidence": rows_of("village_cadres", "town", "village", "post", "from_on", "to_on"),
        }
    )
    return of_recipient(with_declaration(found, facts), facts)


def is_over() -> Column:
    """The term was over before the first month that was paid."""
    return F.col("has_ended") & (F.col("gross_months") == 0) & (F.col("months_before") == 0)


def judge(params: NoParams) -> Judgement:
    who = F.lit("该户保障对象的亲属")
    for relation, word in RELATIONS.items():
        who = F.when(F.col("relation") == relation, F.lit(word)).otherwise(who)
    return Judgement(
        found=F.col("is_cadre") & (F.col("paid_months") > 0),
        value=F.col("paid_months").cast("double"),
        threshold=0.0,
        is_personal=False,
        missing={
            "post": F.col("post").isNull(),
            "from_on": F.col("from_on").isNull(),
            "kin_declarations": F.col("is_cadre") & ~F.col("has_declarations"),
        },
        # Farther kin of another household: near enough to declare, too far to share a table.
        doubts={"R99": ~F.col("relation").isin("self", "household", "spouse", "child", "parent")},
        signals={
            "is_self": (F.col("relation") == "self").cast("int"),
            "in_household": (F.col("relation") == "household").cast("int"),
            "is_spouse": (F.col("relation") == "spouse").cast("int"),
            "leads": F.col("post").isin("支部书记", "村主任").cast("int"),
        },
        exempt={
            "R15": ~F.col("is_cadre"),
            "R24": is_over(),
            "R20": F.col("is_declared"),
        },
        explanation=F.concat(
            F.lit("村（社区）干部名册显示"), who, F.lit("自"), zh_day("from_on"), F.lit("起任"), F.coalesce(F.col("post"), F.lit("")),
            F.lit("，"), declared_zh(), F.lit("任职期间该户"), zh_paid(), F.lit("，请核实家庭困难情况和审批回避情况。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="K03",
    title="Cadre or kin of a cadre",
    title_zh="村干部本人或近亲属领取且未备案",
    subject="the recipient",
    unit="months",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：经办人员和村（居）委会成员近亲属申请的，应当如实申明并单独登记",
    in_force=(date(2012, 12, 12), None),
    params=NoParams,
    candidates=candidates,
    judge=judge,
    verify=("核对家庭实际困难，亲属身份本身不是清退理由", "核对是否已备案、是否回避审批", "核对任职起止时间和亲属关系"),
    registers=("village_cadres", "kin_declarations"),
)
