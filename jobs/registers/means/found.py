"""Register by register: which row is means, which is only told, and in which words."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from jobs.registers.benefits import Silver
from jobs.registers.conditions import first_that_holds, holds, may_hold
from jobs.registers.entity_kinds import OF_NO_KNOWN_KIND, kind_of
from jobs.registers.evidence import rows_of
from jobs.registers.means import what_counts
from jobs.registers.means.lines import BUSINESS, DWELLING, ENTITY, FUND, PENSION, SHARE, STAFF, UNTOLD, VEHICLE, WAGES, Lines
from jobs.registers.means.registered import RECORD_COLUMNS
from jobs.registers.references import person_references
from jobs.registers.sentences import zh_day, zh_month, zh_yuan

HOLDING_COLUMNS = (
    "thing_key", "kind", "is_current", "is_reported", "counts", "deed_key", "place_key", "monthly_yuan", "since_on", "words", "note", "evidence",
)  # fmt: skip
"""
kind         what it is, in the words of jobs.registers.means.lines; null for what is never means
is_current   stands today: not scrapped, closed or ended
is_reported  told by a check: everything but what residents pay or draw as residents
counts       kind where it is means by itself, UNTOLD where nothing tells; null for what never is or what the household decides
deed_key, place_key   of a unit: by which two rows are the same one, see what_counts.unit_keys
monthly_yuan of a pension in payment, yuan
words, note  what was found, without names or numbers; why it is no means
"""


def held_rows(rows: DataFrame, data_set: str, **columns: Column) -> DataFrame:
    """RECORD_COLUMNS and HOLDING_COLUMNS of register rows, held by the first person that each row names."""
    reference = person_references(DATA_SETS[data_set])[0]
    empty = {"kind": "string", "counts": "string", "deed_key": "string", "place_key": "string", "monthly_yuan": "decimal(18,2)"}
    given = {
        **{name: F.lit(None).cast(kind) for name, kind in empty.items()}, "is_reported": F.lit(True), **columns,
        "number_key": F.col(reference.number_key), "record_name_key": F.col(reference.name_key), "number_state": F.col(reference.state),
        "data_set": F.lit(data_set), "name_field": F.lit(reference.name_field),
    }  # fmt: skip
    return rows.select(*(given.get(name, F.col(name)).alias(name) for name in (*RECORD_COLUMNS, *HOLDING_COLUMNS)))


def _told(*parts: Column | str) -> Column:
    """Parts of a sentence; those that are not known are left out."""
    return F.concat_ws("，", *(F.lit(part) if isinstance(part, str) else part for part in parts))


def _span(lasts: Column, since: str, until: str) -> Column:
    return F.concat(zh_month(since), F.when(lasts, F.lit("起至今")).otherwise(F.concat(F.lit("至"), zh_month(until))))


def insurance(rows: DataFrame, lines: Lines) -> DataFrame:
    """Wages, after some months in a row."""
    is_wage = what_counts.is_insured_wage(lines)
    lasts = lines.lasts("to_month")
    is_job = may_hold(what_counts.spell_months(lines) >= lines.wages.employed_months)
    return held_rows(
        rows, "social_insurance",
        thing_key=F.concat_ws(":", F.lit("insurance"), "kind", "unit", F.col("from_month").cast("string")),
        kind=F.when(is_wage, F.lit(WAGES)), is_current=lasts, is_reported=is_wage,
        counts=first_that_holds({WAGES: is_wage & lasts & is_job}), since_on=F.col("from_month"),
        words=_told(F.concat(F.col("kind"), F.lit("参保")), _span(lasts, "from_month", "to_month"), F.concat(F.lit("月缴费基数"), zh_yuan("base"))),
        note=first_that_holds({"不是单位职工参保，不表示有工资": ~is_wage, "参保已终止": ~lasts,
                               f"参保不满{lines.wages.employed_months}个月": ~is_job}),
        evidence=rows_of("social_insurance", "unit", "kind", "from_month", "to_month", "base"),
    )  # fmt: skip


def pensions(rows: DataFrame, lines: Lines) -> DataFrame:
    """Whether a pension is too much depends on how many live on it: the household decides."""
    is_earned = what_counts.is_earned_pension(lines)
    lasts = F.col("to_month").isNull() | (F.col("to_month") >= F.trunc(F.lit(lines.as_of), "month"))
    return held_rows(
        rows, "pensions",
        thing_key=F.concat_ws(":", F.lit("pension"), "kind", F.col("from_month").cast("string")),
        kind=F.when(is_earned, F.lit(PENSION)), is_current=lasts, is_reported=is_earned,
        monthly_yuan=F.when(is_earned & lasts, F.col("monthly")), since_on=F.col("from_month"),
        words=_told(F.concat(F.col("kind"), F.lit("养老金")), _span(lasts, "from_month", "to_month"), F.concat(F.lit("每月"), zh_yuan("monthly"))),
        note=first_that_holds({"城乡居民养老金不计入收入": ~is_earned, "待遇已停发": ~lasts}),
        evidence=rows_of("pensions", "kind", "from_month", "to_month", "monthly", "stop_reason"),
    )  # fmt: skip


def housing_fund(rows: DataFrame, lines: Lines) -> DataFrame:
    is_open = what_counts.is_fund_open(lines) & lines.lasts("to_month")
    return held_rows(
        rows, "housing_fund",
        thing_key=F.concat_ws(":", F.lit("fund"), "unit", F.col("from_month").cast("string")),
        kind=F.lit(FUND), is_current=is_open, counts=first_that_holds({FUND: is_open}), since_on=F.col("from_month"),
        words=_told(F.concat(F.lit("住房公积金账户"), F.col("status")), _span(lines.lasts("to_month"), "from_month", "to_month"),
                    F.concat(F.lit("缴存基数"), zh_yuan("base"))),
        note=first_that_holds({"账户已封存或停缴": ~is_open}),
        evidence=rows_of("housing_fund", "unit", "base", "from_month", "to_month", "status"),
    )  # fmt: skip


def payroll(rows: DataFrame, lines: Lines) -> DataFrame:
    is_staff = what_counts.is_staff(lines)
    lasts = what_counts.is_paid_staff(lines) & lines.lasts("to_month")
    return held_rows(
        rows, "fiscal_staff",
        thing_key=F.concat_ws(":", F.lit("staff"), "unit", "staff_kind", F.col("from_month").cast("string")),
        kind=F.when(is_staff, F.lit(STAFF)), is_current=lasts, counts=first_that_holds({STAFF: is_staff & lasts}),
        since_on=F.col("from_month"),
        words=_told(F.concat(F.lit("财政供养："), F.col("staff_kind"), F.col("status")), F.concat(F.lit("月应发工资"), zh_yuan("monthly_pay"))),
        note=first_that_holds({"不是在编人员": ~is_staff, "已离职": ~lasts}),
        evidence=rows_of("fiscal_staff", "unit", "staff_kind", "status", "from_month", "to_month", "monthly_pay"),
    )  # fmt: skip


def vehicles(rows: DataFrame, lines: Lines) -> DataFrame:
    is_car, is_used, is_cheap = what_counts.is_car(lines), what_counts.is_in_use(lines), what_counts.is_cheap(lines)
    return held_rows(
        rows, "vehicles",
        thing_key=F.concat_ws(":", F.lit("vehicle"), "plate_kind", "plate_no"),
        kind=F.when(is_car, F.lit(VEHICLE)), is_current=~what_counts.is_gone(lines),
        counts=first_that_holds({VEHICLE: is_car & is_used & ~is_cheap}), since_on=F.col("registered_on"),
        words=_told(F.concat(F.coalesce("vehicle_kind", "plate_kind"), F.lit("（"), F.col("plate_kind"), F.lit("号牌）")),
                    F.concat(zh_day("registered_on"), F.lit("登记")), F.concat(F.lit("状态"), F.col("status")),
                    F.concat(F.lit("购置价"), zh_yuan("price"))),
        note=first_that_holds({"摩托车、农用车或残疾人专用车不视为汽车": ~is_car, "车辆已注销、报废、转出或逾期未检验": ~is_used,
                        "购置价不超过限额": is_cheap}),
        evidence=rows_of("vehicles", "plate_kind", "plate_no", "vehicle_kind", "usage", "registered_on", "price", "status", "inspected_to"),
    )  # fmt: skip


def properties(rows: DataFrame, lines: Lines) -> DataFrame:
    """One dwelling is let pass, a further one is means: the household counts them."""
    is_whole, is_given = what_counts.is_whole(lines), what_counts.is_given(lines)
    is_dwelling, is_business = what_counts.is_home(lines), what_counts.is_business(lines)
    kind = first_that_holds({BUSINESS: what_counts.is_own_business(lines), DWELLING: what_counts.is_own_home(lines)})
    return held_rows(
        rows, "properties",
        thing_key=F.concat_ws(":", F.lit("property"), "cert_no", "address"),
        kind=kind, is_current=F.lit(True), counts=F.when(kind == BUSINESS, F.lit(BUSINESS)),
        **what_counts.unit_keys(), since_on=F.col("registered_on"),
        words=_told(F.concat(F.lit("不动产："), F.col("use"), F.lit("（"), F.coalesce("nature", F.lit("性质不明")), F.lit("）")),
                    F.concat(F.format_number("area", 2), F.lit("平方米")),
                    F.concat(F.lit("份额"), F.format_number("share_pct", 0), F.lit("%")), F.concat(zh_day("registered_on"), F.lit("登记"))),
        note=first_that_holds({"份额较小": ~is_whole, "车库、储藏间、宅基地不视为另有住房": ~is_dwelling & ~is_business,
                        "安置、还建、危房改造、继承或公租住房不视为另有住房": is_dwelling & is_given,
                        f"住房按户合计，{lines.properties.homes}处以内不计": kind == DWELLING}),
        evidence=rows_of("properties", "cert_no", "use", "nature", "share_pct", "area", "registered_on"),
    )  # fmt: skip


def _signs_of_trade(lines: Lines) -> dict[str, Column]:
    """Of a row of enterprises: does it trade, does it not, is it a post in name only?"""
    standing = what_counts.standing(lines.entities)
    acts, is_dead = standing["acts"], standing["is_dead"]
    return {
        "is_nominal": standing["is_nominal"],
        "is_dead": is_dead,
        "trades": ~is_dead & acts,
        # Nil returns are a sign; an empty cell says nothing: a shop below the tax line trades without paying any.
        "is_dormant": ~is_dead & ~acts & F.col("tax_12m").isNotNull(),
    }


def entities(rows: DataFrame, lines: Lines) -> DataFrame:
    """Legal representatives and operators."""
    signs = _signs_of_trade(lines)
    is_nominal, is_dead, trades, is_dormant = (signs[name] for name in ("is_nominal", "is_dead", "trades", "is_dormant"))
    return held_rows(
        rows, "enterprises",
        thing_key=F.concat_ws(":", F.lit("entity"), "uscc", "reg_no"),
        kind=F.when(~is_nominal, F.lit(ENTITY)), is_current=~is_dead,
        counts=F.when(is_nominal | is_dead | is_dormant, F.lit(None).cast("string")).when(trades, F.lit(ENTITY)).otherwise(F.lit(UNTOLD)),
        since_on=F.col("established_on"),
        words=_told(F.concat(F.lit("法定代表人或经营者："), F.coalesce(kind_of("kind"), F.lit(OF_NO_KNOWN_KIND))),
                    F.concat(zh_day("established_on"), F.lit("成立")),
                    F.concat(F.lit("状态"), F.col("status")), F.concat(F.lit("近12月纳税"), zh_yuan("tax_12m"))),
        note=first_that_holds({"村集体职务任职": is_nominal, "已注销或吊销": is_dead, "零申报、无参保人员、无实缴，未见经营": is_dormant,
                        "是否实际经营登记不明": ~trades}),
        evidence=rows_of(
            "enterprises", "uscc", "name", "kind", "status", "established_on", "ended_on", "capital", "paid_in", "insured_staff", "tax_12m",
        ),
    )  # fmt: skip


def roles(rows: DataFrame, lines: Lines, register: Silver) -> DataFrame:
    """Shareholders and officers: means where the entity trades. Members and supervisors mostly lend a name."""
    signs = _signs_of_trade(lines)
    told = register("enterprises").filter(F.col("uscc").isNotNull()).groupBy("uscc").agg(
        *(F.max(signs[name]).alias(f"_{name}") for name in ("trades", "is_dead", "is_nominal")),
        F.max(kind_of("kind")).alias("_entity_kind"), F.max("status").alias("_entity_status"),
    )  # fmt: skip
    with_entity = rows.join(told, "uscc", "left")  # one row a code
    is_trifle = holds(what_counts.is_trifle(lines))
    is_partner = what_counts.is_partner(lines) & ~is_trifle & ~holds(F.col("_is_nominal"))
    return held_rows(
        with_entity, "enterprise_roles",
        thing_key=F.concat_ws(":", F.lit("role"), "uscc", "role"),
        kind=F.when(is_partner, F.lit(SHARE)), is_current=~holds(F.col("_is_dead")),
        counts=first_that_holds({SHARE: is_partner & F.col("_trades"),
                                 UNTOLD: is_partner & ~holds(F.col("_is_dead")) & F.col("_entity_status").isNull()}),
        since_on=F.col("since_on"),
        words=_told(F.concat(F.lit("市场主体"), F.col("role")), F.col("_entity_kind"), F.concat(F.lit("主体状态"), F.col("_entity_status")),
                    F.concat(F.lit("出资比例"), F.format_number("share_pct", 2), F.lit("%"))),
        note=first_that_holds({"持股比例很小": is_trifle, "成员、监事或村集体职务，多为挂名": ~is_partner,
                        "主体已注销或吊销": F.col("_is_dead"), "未见主体经营": ~F.col("_trades"),
                        "主体登记未找到": F.col("_entity_status").isNull()}),
        evidence=rows_of("enterprise_roles", "uscc", "role", "share_pct", "since_on"),
    )  # fmt: skip
