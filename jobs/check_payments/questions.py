"""What is asked about a row of the list: what the rules find in the month that it pays, and what the list itself raises.

Columns of a question: the origin of the row, code, text (one Chinese sentence), yuan of the row that it is about, clue_id, evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from casework.events import Event
from expectations.conf import Conf
from expectations.contracts.lake import EVIDENCE
from expectations.contracts.model import ORIGIN
from expectations.contracts.returned import REFUTED, Measure
from jobs.casebook.matters import matters_of
from jobs.cells.person_numbers import UPGRADED, VALID
from jobs.check_payments.as_if_paid import PAYMENTS
from jobs.registers.benefits import BENEFIT_PROGRAMS
from jobs.registers.conditions import holds
from jobs.registers.sentences import zh_month, zh_yuan
from jobs.rulebook.facts import Facts
from jobs.rulebook.findings import find_clues
from jobs.rulebook.payments import transfers
from jobs.rulebook.rule import Rule
from jobs.rules.shared_account import accounts_in_use

QUESTIONS = {
    "L01": "不在花名册",
    "L02": "领取人不是户内成员",
    "L03": "领取人号码不能用",
    "L04": "与核定金额不符",
    "L05": "同月重复列支",
    "L06": "收款账户变更",
    "L07": "开户人不是户内成员",
    "L08": "已查实待落实",
    "L09": "金额为零或负数",
    "L10": "发放类型不明",
    "L11": "补发月份有疑问",
    "L12": "所属期有疑问",
    "L13": "发放人数有疑问",
}
"""Questions that the list itself raises, beside those of the rules."""
REGULAR, ARREARS, REFUND = "正常", "补发", "退回"
MONTHS_AROUND = 2
"""A regular payment for a month further from the day of the check is asked about."""
ON_ROSTER = frozenset({"L01", "L02", "L04"})
"""Questions that rest on the roster of the programme."""
TOLD_BY = {"L07": "F02"}
"""Questions that say nothing new where the rule beside them has spoken."""


def of_rules(asked: DataFrame, as_if_paid: Facts, rules: Sequence[tuple[Rule, Conf]], answered: DataFrame) -> DataFrame:
    """Questions of the rules: what is found in the month of a row, unless a visit has refuted it.

    asked: to_be_paid rows of the list. answered: rule_code, case_id, subject_key, clue_id, outcome of the verdict in force or null.
    """
    found = find_clues(as_if_paid, rules).filter("outcome = 'found'")
    by_month = found.withColumn("_i", F.explode(F.sequence(F.lit(1), F.size("counted_months")))).select(
        "rule_code", "case_id", "subject_key", "thing_key", "explanation", "evidence",
        F.element_at("counted_months", F.col("_i")).alias("for_month"), F.element_at("counted_yuan", F.col("_i")).alias("yuan"),
    )  # fmt: skip
    known = answered.groupBy("rule_code", "case_id", "subject_key").agg(
        F.min("clue_id").alias("clue_id"), F.max((F.col("outcome") == REFUTED).cast("int")).alias("is_refuted")
    )
    told = by_month.join(known, ["rule_code", "case_id", "subject_key"], "left").filter(F.coalesce("is_refuted", F.lit(0)) == 0)
    of_benefits = told.join(asked.select("case_id", "for_month", *ORIGIN), ["case_id", "for_month"], "inner")
    # An aid is for a person and counts by kind and year, which its thing says: it has no household.
    aids = asked.filter("case_id IS NULL").select(F.col("person_key").alias("subject_key"), "for_month", "program", *ORIGIN)
    of_aids = told.join(aids, ["subject_key", "for_month"], "inner").filter(
        F.col("thing_key").startswith(F.concat(F.lit("aid:"), "program"))
    )
    said = F.concat("explanation", F.lit("（含拟发放的"), zh_month("for_month"), F.lit("）"))
    named = [F.col("rule_code").alias("code"), said.alias("text")]
    questions = [rows.select(*ORIGIN, *named, "yuan", "clue_id", "evidence") for rows in (of_benefits, of_aids)]
    return questions[0].unionByName(questions[1])


def of_list(asked: DataFrame, facts: Facts, first_paid: Facts, to_settle: DataFrame) -> DataFrame:
    """Questions of the list itself. first_paid: see as_if_paid_first. to_settle: measures of confirmed clues, see `to_stop_or_reduce`."""
    rows = _told(asked.filter("case_id IS NOT NULL"), facts, first_paid).join(to_settle, "case_id", "left")  # one row a case
    before = F.concat(F.lit("上次（"), zh_month("last_month"), F.lit("）"))
    is_known = F.col("is_rostered")
    is_other = (F.col("kind") == REGULAR) & (F.col("listed_yuan") != F.col("monthly_amount"))
    other = F.concat(
        F.lit("拟发放"), zh_yuan("listed_yuan"), F.lit("，花名册核定该户每月"), zh_yuan("monthly_amount"),
        F.coalesce(F.concat(F.lit("；"), before, F.lit("发放"), zh_yuan("last_yuan")), F.lit("")), F.lit("。请核对调整的审批。"),
    )  # fmt: skip
    given = F.coalesce("given_yuan", F.lit(0))
    is_more = (F.col("kind") == ARREARS) & (F.col("listed_yuan") + given > F.col("monthly_amount"))
    more = F.concat(
        F.lit("拟补发"), zh_month("for_month"), F.lit("的"), zh_yuan("listed_yuan"),
        F.when(given > 0, F.concat(F.lit("，加上该月已经发放的"), zh_yuan(given))).otherwise(F.lit("")),
        F.lit("，多于花名册核定该户每月的"), zh_yuan("monthly_amount"), F.lit("。请核对补发的审批。"),
    )  # fmt: skip
    several = F.concat(F.lit("名册中列了"), F.col("listed_rows").cast("string"), F.lit("笔"), "kind", F.lit("发放"))
    conditions: dict[str, tuple[Column, Column]] = {
        "L01": (~is_known, F.lit("按名册所写的行政区划和项目，花名册中查不到这个证号，请核对名册和审批材料。")),
        "L02": (
            is_known & ~F.col("is_named"),
            F.lit("名册中领取人的姓名和号码，在该户花名册成员中都查不到，请核对领取人。"),
        ),
        "L03": (
            ~F.col("person_number_state").isin(VALID, UPGRADED),
            F.lit("名册中领取人的身份证号码不能用，无法与其他登记比对，请对照证件更正。"),
        ),
        "L04": (is_known & (F.col("listed_rows") == 1) & (is_other | is_more), F.when(is_other, other).otherwise(more)),
        "L05": (
            (F.col("listed_rows") > 1) | F.col("paid_already").isNotNull(),
            F.concat(
                F.lit("该户"), zh_month("for_month"), F.lit("的待遇，"),
                F.when(F.col("listed_rows") > 1, several)
                .otherwise(F.concat(F.lit("此前已经发放"), zh_yuan("paid_already"))),
                F.lit("，请核对是否重复。"),
            ),
        ),
        "L06": (
            (F.col("bank_account_key") != F.col("last_account"))
            & ~holds(F.col("bank_account_key") == F.col("roster_account")),
            F.concat(F.lit("收款账户与"), before, F.lit("发放的不同，也不是花名册登记的账户。请核对本人的变更申请。")),
        ),
        "L07": (
            is_known & F.col("is_outsider"),
            F.lit("收款账户的开户人不是户内成员，也不是登记的监护人或供养机构。请核对委托手续。"),
        ),
        "L08": (F.col("measure").isNotNull(), F.col("measure")),
    }  # fmt: skip
    return _raised(rows, conditions)


def of_row(listed: DataFrame, as_of: date, month: date) -> DataFrame:
    """Questions of any row of the list, by itself. listed: silver.payments_next in full. month: that the list is for."""
    is_refund = holds(F.col("kind") == REFUND)
    is_arrears = holds(F.col("kind") == ARREARS)
    away = F.abs(F.year("for_month") * 12 + F.month("for_month") - (as_of.year * 12 + as_of.month))
    conditions = {
        "L01": (
            F.col("program").isin(list(BENEFIT_PROGRAMS)) & F.col("household_no").isNull() & ~is_refund,
            F.lit("名册没有填写证号，无法与花名册和其他登记比对，请补填后重新核对。"),
        ),
        "L09": (
            ~is_refund & (F.col("amount") <= 0) | (F.col("amount") == 0),
            F.lit("名册中的发放金额为零或负数，请核对；退回的款项，发放类型应为“退回”。"),
        ),
        "L10": (F.col("kind").isNull(), F.lit("名册中的发放类型为空或不能识别，已按“正常”核对，请更正。")),
        "L11": (
            is_arrears & (F.col("for_month") >= F.lit(month)),
            F.concat(F.lit("补发的是"), zh_month("for_month"), F.lit("，不早于名册当月，请核对是补发还是正常发放。")),
        ),
        "L12": (
            ~is_refund & ~is_arrears & (away > MONTHS_AROUND),
            F.concat(F.lit("所属期为"), zh_month("for_month"), F.lit("，与核对之日相距较远，请核对是否填错。")),
        ),
        "L13": (F.col("heads") < 1, F.lit("名册中的发放人数小于1，请核对。")),
    }  # fmt: skip
    return _raised(listed, conditions)


def _raised(rows: DataFrame, conditions: Mapping[str, tuple[Column, Column]]) -> DataFrame:
    """A question for each condition that holds of a row, with its text."""
    asked_of_row = F.array(*(F.when(holds, F.struct(F.lit(code).alias("code"), text.alias("text")))
                             for code, (holds, text) in conditions.items()))  # fmt: skip
    each = rows.withColumn("_q", F.explode(F.array_compact(asked_of_row)))
    return each.select(
        *ORIGIN, F.col("_q.code").alias("code"), F.col("_q.text").alias("text"), F.col("amount").alias("yuan"),
        F.lit(None).cast("string").alias("clue_id"), F.array().cast(EVIDENCE).alias("evidence"),
    )  # fmt: skip


def _told(rows: DataFrame, facts: Facts, first_paid: Facts) -> DataFrame:
    """Rows of benefits with what roster, payments and accounts say: none doubles."""
    roster = facts.named.filter(f"data_set <> '{PAYMENTS.code}'")
    of_case = roster.select("case_id").distinct().join(
        facts.cases.select("case_id", "monthly_amount", F.col("bank_account_key").alias("roster_account")), "case_id", "left"
    ).withColumn("is_rostered", F.lit(True))  # fmt: skip
    named = [
        roster.select("case_id", F.col(column).alias(key)).dropna().distinct().withColumn(flag, F.lit(True))
        for column, key, flag in (("number_key", "person_key", "by_number"), ("name_key", "name_key", "by_name"))
    ]
    is_regular = F.col("kind") == REGULAR
    paid = transfers(facts.register).filter(is_regular & (F.col("amount") > 0))
    first_listed = rows.filter(is_regular).groupBy("case_id").agg(F.min("for_month").alias("_first"))
    newest = Window.partitionBy("case_id").orderBy(F.col("for_month").desc(), F.col("paid_on").desc(), *ORIGIN)
    before = (
        paid.join(first_listed, "case_id", "inner")
        .filter(F.col("for_month") < F.col("_first"))
        .withColumn("_n", F.row_number().over(newest))
        .filter("_n = 1")
        .select(
            "case_id", F.col("for_month").alias("last_month"), F.col("amount").alias("last_yuan"),
            F.col("bank_account_key").alias("last_account"),
        )
    )  # fmt: skip
    month = ["case_id", "for_month"]
    given = transfers(facts.register).groupBy(*month).agg(F.sum("amount").cast("decimal(18,2)").alias("given_yuan"))
    already = paid.groupBy(*month).agg(F.sum("amount").cast("decimal(18,2)").alias("paid_already"))
    listed = rows.groupBy(*month, "kind").agg(
        F.count("*").cast("int").alias("listed_rows"), F.sum("amount").cast("decimal(18,2)").alias("listed_yuan")
    )  # fmt: skip
    outsiders = (
        accounts_in_use(first_paid, 1)
        .filter(F.col("holder_key").isNotNull() & ~(F.col("is_own") | F.col("is_guardian") | F.col("is_home")))
        .select("case_id", "bank_account_key", F.lit(True).alias("is_outsider"))
    )
    told = (
        rows.join(of_case, "case_id", "left")
        .join(before, "case_id", "left")
        .join(already, month, "left")
        .join(given, month, "left")
        .join(listed, [*month, "kind"], "left")
    )
    told = told.join(named[0], ["case_id", "person_key"], "left").join(named[1], ["case_id", "name_key"], "left")
    told = told.join(outsiders, ["case_id", "bank_account_key"], "left")

    def flag(*names: str) -> Column:
        return holds(F.coalesce(*names))

    return told.withColumns(
        {
            "is_rostered": flag("is_rostered"),
            "is_named": flag("by_number", "by_name"),
            "is_outsider": flag("is_outsider"),
            "paid_already": F.when(is_regular, F.col("paid_already")),
        }
    )


def to_stop_or_reduce(events: Iterable[Event], as_of: date) -> list[tuple[str, str]]:
    """Case and the sentence that is to be said of it: cases of confirmed clues for which 停发 or 核减 was decided, not revoked."""
    told: dict[str, str] = {}
    for matter in matters_of(events):
        for day, said in () if matter.is_revoked else matter.rectifications:
            if said.measure in (Measure.STOP, Measure.REDUCE) and day <= as_of:
                done = f"，{said.done_on.isoformat()}已办" if said.done_on else "，尚未办完"
                told[matter.case_id] = f"该户的线索已经查实，决定{said.measure}{done}。请核对名册是否已按决定调整。"
    return sorted(told.items())
