"""V01 Owns a motor vehicle: a vehicle in road use stands in the name of a member of a benefit household."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.registers.evidence import rows_of
from jobs.registers.means.lines import Lines
from jobs.registers.means.what_counts import is_car, is_cheap, is_in, is_in_use, is_overdue
from jobs.registers.sentences import zh_day, zh_paid
from jobs.rulebook.facts import Facts, declares, held_by, with_months_that_count
from jobs.rulebook.household import household_exemptions
from jobs.rulebook.rule import Judgement, Rule


class OwnsVehicleParams(Conf):
    old_years: int = Field(gt=0, description="age from which a car is often sold without transfer, or worth nothing")
    declared_words: tuple[str, ...] = Field(description="words by which a vehicle was declared at approval")


def candidates(facts: Facts, params: OwnsVehicleParams) -> DataFrame:
    """One row per member and vehicle. Counting starts after the month of registration."""
    vehicles = held_by(facts.household, facts, "vehicles", "owner_key", "owner_name_key")
    lines = Lines.of(facts.policy, facts.as_of)
    told = vehicles.withColumns(
        {
            "months_overdue": F.months_between(F.lit(facts.as_of), F.col("inspected_to")),
            "years_old": F.months_between(F.lit(facts.as_of), F.col("registered_on")) / 12,
            "is_for_disabled": is_in("plate_kind", lines.vehicles.disabled_plates),
            "is_car": is_car(lines),
            "is_in_use": is_in_use(lines),
            "is_overdue": is_overdue(lines),
            "is_cheap": is_cheap(lines),
            "let_pass_yuan": F.lit(lines.vehicles.let_pass_yuan),
        }
    )
    return (
        with_months_that_count(told, after="registered_on", has_grace=True)
        .withColumn("thing_key", F.concat_ws(":", F.lit("vehicle"), "plate_kind", "plate_no"))
        .withColumn(
            "evidence",
            rows_of(
                "vehicles", "plate_kind", "plate_no", "vehicle_kind", "usage", "registered_on", "price", "status", "inspected_to"
            ),
        )
    )


def judge(params: OwnsVehicleParams) -> Judgement:
    return Judgement(
        found=(F.col("paid_months") > 0) & ~F.col("is_cheap"),
        value=F.col("price").cast("double"),
        threshold=F.col("let_pass_yuan").cast("double"),
        is_personal=False,
        missing={"plate_kind": F.col("plate_kind").isNull(), "registered_on": F.col("registered_on").isNull()},
        doubts={"R10": (F.col("years_old") >= params.old_years) | F.col("is_overdue")},
        signals={
            "price_log": F.log1p(F.col("price").cast("double")),
            "years_old": F.col("years_old"),
            "bought_while_drawing": (F.col("registered_on") >= F.col("start_month")).cast("int"),
            "months_overdue": F.greatest("months_overdue", F.lit(0.0)),
            "for_hire": (F.col("usage") != "非营运").cast("int"),
            "outside_roster": F.col("joined_on").isNotNull().cast("int"),
        },
        exempt={
            "R09": F.col("is_for_disabled"),
            "R11": ~F.col("is_car"),
            "R10": ~F.col("is_in_use"),
            "R25": declares(params.declared_words) & (F.col("registered_on") <= F.col("approved_on")),
            **household_exemptions(),
        },
        explanation=F.concat(
            F.lit("车管登记显示该对象名下有"), F.coalesce(F.col("vehicle_kind"), F.col("plate_kind")), F.lit("（"), zh_day("registered_on"),
            F.lit("登记，"), F.coalesce(F.col("status"), F.lit("状态不明")), F.lit("），其家庭"), zh_paid(), F.lit("，请核实车辆实际使用人和来源。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="V01",
    title="Owns a motor vehicle",
    title_zh="名下有机动车",
    subject="the owner",
    unit="yuan",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：家庭财产包括机动车辆（残疾人功能性补偿代步机动车辆除外）",
    in_force=(date(2012, 12, 12), None),
    params=OwnsVehicleParams,
    candidates=candidates,
    judge=judge,
    verify=("查看车辆实际由谁使用、谁购买", "核对是否已出售未过户或被借名", "核对是否为谋生必需的车辆并已申报"),
    registers=("vehicles",),
)
