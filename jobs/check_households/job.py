"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import ALIASES, BRONZE, CHECKS, EVIDENCE, LINKS, PURPOSES, SILVER
from expectations.contracts.model import ORIGIN
from jobs.audit.calls import CHECK
from jobs.launch.context import RunContext
from jobs.launch.purposes import add
from jobs.registers.benefits import Silver
from jobs.registers.conditions import holds
from jobs.registers.linked import with_links
from jobs.registers.means.holdings import holdings
from jobs.registers.means.lines import UNTOLD, Lines
from jobs.registers.means.registered import Once, Variants, current_entries, identified, unregistered, variants_of
from jobs.registers.policy import Policy
from jobs.registers.references import REGISTRY
from jobs.runtime.ids import made_id

NAME = "check_households"
READS = (*SILVER, *BRONZE, LINKS, ALIASES, PURPOSES)
WRITES = (CHECKS, PURPOSES)
REQUESTS = "check_requests"

FOUND, NOTHING, REFUSED, UNCHECKABLE = "有检出", "无检出", "未授权不予核对", "无法核对"
_REQUEST = ("application_no", "county_code", "town", "program", "relation", "applied_on", "authorised_on")
_WHO = ("who_data_set", "who_file_id", "who_sheet", "who_row")


def requests_of(register: Silver, as_of: date) -> DataFrame:
    """Members who ask to be checked: _REQUEST, RECORD_COLUMNS, is_authorised and member, one row a member of an application.

    An authorisation counts from its day on. A member who stands twice is asked for once, by the row that is authorised.
    """
    rows = register(REQUESTS).filter(F.col("application_no").isNotNull())
    is_authorised = holds(F.col("authorised_on") <= F.lit(as_of))
    member = F.coalesce(F.concat_ws("|", "person_key", "name_key"), F.lit(""))
    told = rows.select(
        *_REQUEST, F.col("person_key").alias("number_key"), F.col("name_key").alias("record_name_key"),
        F.col("person_number_state").alias("number_state"), F.lit(REQUESTS).alias("data_set"), F.lit("name").alias("name_field"), *ORIGIN,
        is_authorised.alias("is_authorised"),
        F.when(F.col("person_key").isNull(), F.concat_ws("|", *ORIGIN)).otherwise(member).alias("member"),
    )  # fmt: skip
    once = Window.partitionBy("application_no", "member").orderBy(F.col("is_authorised").desc(), *ORIGIN)
    return told.withColumn("_n", F.row_number().over(once)).filter("_n = 1").drop("_n")


def checked_people(requests: DataFrame, register: Silver, variants: Variants, once: Once) -> tuple[DataFrame, DataFrame]:
    """Authorised members with the person each means (person_number_key, person_name_key, request_grade; null where nobody is
    sure), and those persons in ENTRY_COLUMNS.

    A number that the registry gives to another name is nobody's. One that it does not know is checked as written: whoever is
    registered elsewhere may hold things here.
    """
    asked = requests.filter("is_authorised")
    people = once(current_entries(register(REGISTRY), asked.select("number_key").dropna()), "checks_people")
    told = identified(asked, people, variants).filter(F.col("identity_grade") != "D")
    best = Window.partitionBy("application_no", "member").orderBy("identity_grade", "name_key")
    known = told.withColumn("_n", F.row_number().over(best)).filter("_n = 1").select(
        "application_no", "member", F.col("number_key").alias("person_number_key"), F.col("name_key").alias("person_name_key"),
        F.col("identity_grade").alias("request_grade"),
    )  # fmt: skip
    strangers = unregistered(asked, people)
    outside = (
        asked.filter(F.col("number_key").isNotNull() & F.col("record_name_key").isNotNull())
        .join(people.select("number_key").distinct(), "number_key", "left_anti")
        .select(
            "application_no", "member", F.col("number_key").alias("person_number_key"), F.col("record_name_key").alias("person_name_key"),
            F.when(F.col("number_state") == "valid", F.lit("A")).otherwise(F.lit("C")).alias("request_grade"),
        )
    )  # fmt: skip
    meant = once(known.unionByName(outside), "checks_meant")
    persons = people.unionByName(strangers).join(
        meant.select(F.col("person_number_key").alias("number_key"), F.col("person_name_key").alias("name_key")).distinct(),
        ["number_key", "name_key"],
        "left_semi",
    )
    return asked.join(meant, ["application_no", "member"], "left"), persons  # meant: one row a member


def check_households(register: Silver, policy: Policy, as_of: date, *, variants: Variants, once: Once) -> DataFrame:
    """gold.checks of all requests. Pure. Everything registered is told, what ended too; residents' insurance and pension are not."""
    requests = once(requests_of(register, as_of), "checks_requests")
    members, persons = checked_people(requests, register, variants, once)
    asked = once(members, "checks_members")
    held = holdings(
        once(persons, "checks_persons"), register, Lines.of(policy, as_of), variants=variants, once=once, name="checks"
    ).filter("is_reported")
    once_each = Window.partitionBy("number_key", "name_key", "thing_key").orderBy("identity_grade", *ORIGIN)
    things = held.withColumn("_n", F.row_number().over(once_each)).filter("_n = 1").select(
        F.col("number_key").alias("person_number_key"), F.col("name_key").alias("person_name_key"), "thing_key", "identity_grade",
        F.col("data_set").alias("register"), "is_current",
        holds(F.col("counts") != UNTOLD).alias("is_means"),
        F.col("words").alias("finding"), "note", "evidence",
    )  # fmt: skip
    found = asked.join(things, ["person_number_key", "person_name_key"], "inner").withColumns(
        {"result": F.lit(FOUND), "identity_grade": F.greatest("identity_grade", "request_grade"), "thing": F.col("thing_key")}
    )
    unsure = asked.filter("person_number_key IS NULL").withColumns(
        {
            "result": F.lit(UNCHECKABLE),
            "thing": F.lit("member"),
            "note": F.when(F.col("number_key").isNull(), F.lit("身份号码无法使用，未核对，请补正后重新提交")).otherwise(
                F.lit("号码与户籍登记的姓名不一致，未核对，请核实后重新提交")
            ),
        }
    )
    unauthorised = requests.filter("NOT is_authorised").withColumns(
        {"result": F.lit(REFUSED), "thing": F.lit("member"), "note": F.lit("没有授权日期，未予核对")}
    )
    found = once(_conformed(found), "checks_found")
    not_checked = once(_conformed(unsure).unionByName(_conformed(unauthorised)), "checks_not_checked")
    return found.unionByName(not_checked).unionByName(_summaries(requests, found, not_checked)).select(*CHECKS.column_names)


def _conformed(rows: DataFrame) -> DataFrame:
    """Rows of a member in the columns of gold.checks."""
    given = {"check_id": made_id("check_id", "application_no", "member", "thing"), "is_summary": F.lit(False)}
    return _with(rows, given)


def _with(rows: DataFrame, given: dict[str, Column]) -> DataFrame:
    """gold.checks of rows that have the origin of a request, and `given`."""
    who = (F.lit(REQUESTS), *(F.col(name) for name in ORIGIN))
    given = {"purpose": F.lit(CHECK), **dict(zip(_WHO, who, strict=True)), **given}
    columns = []
    for column in CHECKS.columns:
        value = given.get(column.name, F.col(column.name) if column.name in rows.columns else F.lit(None))
        columns.append(value.cast(column.type).alias(column.name))
    return rows.select(*columns)


def _text(count: Column) -> Column:
    return count.cast("string")


def _summaries(requests: DataFrame, found: DataFrame, not_checked: DataFrame) -> DataFrame:
    """One row a household: found where anything was found; refused where nobody authorised; what was not checked is said."""
    things = found.groupBy("application_no").agg(
        F.count("*").alias("_things"), F.sum(F.col("is_current").cast("int")).alias("_current")
    )
    lacking = not_checked.groupBy("application_no").agg(
        F.sum((F.col("result") == REFUSED).cast("int")).alias("_refused"),
        F.sum((F.col("result") == UNCHECKABLE).cast("int")).alias("_unsure"),
    )
    first = Window.partitionBy("application_no").orderBy((F.coalesce("relation", F.lit("")) != "户主").cast("int"), *ORIGIN)
    heads = requests.withColumns(
        {"_n": F.row_number().over(first), "_members": F.count("*").over(Window.partitionBy("application_no"))}
    ).filter("_n = 1")
    households = heads.join(things, "application_no", "left").join(lacking, "application_no", "left")  # one row a household each
    refused, unsure = (F.coalesce(name, F.lit(0)) for name in ("_refused", "_unsure"))
    count = F.coalesce("_things", F.lit(0))
    checked = F.col("_members") - refused - unsure
    result = (
        F.when(count > 0, F.lit(FOUND))
        .when(refused == F.col("_members"), F.lit(REFUSED))
        .when(checked == 0, F.lit(UNCHECKABLE))
        .otherwise(F.lit(NOTHING))
    )
    told = F.concat(
        F.lit("核对"),
        _text(checked),
        F.lit("人，检出"),
        _text(count),
        F.lit("项，其中现有"),
        _text(F.coalesce("_current", F.lit(0))),
        F.lit("项"),
    )
    lacks = F.concat_ws(
        "；",
        F.when(refused > 0, F.concat(_text(refused), F.lit("人未授权，未予核对"))),
        F.when(unsure > 0, F.concat(_text(unsure), F.lit("人号码或姓名有误，未能核对"))),
    )
    given: dict[str, Column] = {
        "check_id": made_id("check_id", "application_no", F.lit("household")),
        "is_summary": F.lit(True), "relation": F.lit(None), "result": result, "finding": F.when(checked > 0, told), "note": lacks,
        "evidence": F.array().cast(EVIDENCE),
    }  # fmt: skip
    return _with(households, given)


def run(ctx: RunContext) -> None:
    lake = ctx.lake
    requests = DATA_SETS[REQUESTS].silver
    if lake.read_or_empty(requests).isEmpty():
        if not lake.exists(CHECKS) or not lake.read(CHECKS).isEmpty():
            lake.overwrite(CHECKS, lake.session.createDataFrame([], CHECKS.schema))
        return
    add(ctx, CHECK)
    with ctx.report.stage("check households") as progress:
        progress.add_task("check households", total=None)
        register = with_links(lambda code: lake.read_or_empty(DATA_SETS[code].silver), lake.read(LINKS), lake.read(ALIASES))
        lake.overwrite(
            CHECKS,
            check_households(register, ctx.settings.policy, ctx.as_of, variants=variants_of(lake), once=lake.computed_once),
        )
        counted = lake.read(CHECKS).groupBy("is_summary", "result").count().collect()  # at most eight rows
        ctx.report.current.rows = sum(row["count"] for row in counted)
    ctx.report.figures["checks"] = {
        "households": {row["result"]: row["count"] for row in sorted(counted) if row["is_summary"]},
        "members and findings": {row["result"]: row["count"] for row in sorted(counted) if not row["is_summary"]},
    }
