"""What a rule may look at: members of cases, and register rows under a member's number with their identity grade."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import EVIDENCE
from jobs.registers.conditions import holds
from jobs.registers.evidence import in_order
from jobs.registers.grades import capped, grade_cap
from jobs.registers.policy import Policy

MEMBER_COLUMNS = (
    "case_id", "subject_key", "subject_name_key", "member_person_id", "member_grade", "is_head", "is_covered", "is_single_cover",
    "joined_on", "left_on", "born_on", "start_month", "stop_month", "grace_until", "approved_on", "case_county", "case_program",
    "covered_heads", "covered_members", "member_count", "case_has_single_cover", "declared_assets", "rigid_expense",
    "registry_status",
)  # fmt: skip
"""A person once per case and number, with what of the case and the registry entry a rule needs.

joined_on, left_on: wedding and end of the marriage of a husband or wife outside the roster; null for members of the roster.
"""


@dataclass(frozen=True)
class Facts:
    """What the rules look at. Every frame may be read many times: it is a table of the lake, or was computed once.

    members     MEMBER_COLUMNS of everyone with a number in a household that draws, key case_id + subject_key + subject_name_key
    spouses     the same of husbands and wives who stand in no roster beside them: their means are the household's
    relatives   the same of all kin outside the roster, with `relation` (what each is to the person who draws), by registered name
    named       silver.members: everyone whom a benefit names, those without a usable number among them
    cases       silver.cases
    months      silver.entitlement_months
    paid        the same gathered by case: case_id, months (time_engine.gathered_months)
    kin         silver.kin
    deaths, identities   silver tables
    register    a delivered register's silver rows, none where it was not delivered
    policy      rates, caps and who counts, by period
    strange     gold.patterns, for the rule that needs it; none before the scorer has run
    keep        computes a frame now, to be read many times; kept: what `once` has computed so
    """

    members: DataFrame
    spouses: DataFrame
    relatives: DataFrame
    named: DataFrame
    cases: DataFrame
    months: DataFrame
    paid: DataFrame
    kin: DataFrame
    deaths: DataFrame
    identities: DataFrame
    register: Callable[[str], DataFrame]
    policy: Policy
    as_of: date
    strange: DataFrame | None = None
    keep: Callable[[DataFrame, str], DataFrame] = lambda frame, name: frame
    kept: dict[Hashable, DataFrame] = field(default_factory=dict)

    @property
    def household(self) -> DataFrame:
        """Members and the husbands and wives outside the roster: everyone whose means count."""
        return _household(self)

    def roster_rows(self) -> DataFrame:
        """Where the benefit records name each person of a case: case_id, subject_key, person_id, roster_rows (evidence)."""
        return _roster_rows(self)


class Keeping(Protocol):
    """Facts that compute a frame once: `keep` does, `kept` has what was computed."""

    @property
    def keep(self) -> Callable[[DataFrame, str], DataFrame]: ...

    @property
    def kept(self) -> dict[Hashable, DataFrame]: ...


K = TypeVar("K", bound=Keeping)
P = ParamSpec("P")


def once(make: Callable[Concatenate[K, P], DataFrame]) -> Callable[Concatenate[K, P], DataFrame]:
    """What several rules, or several parts of one, look at: computed when first asked for, by what is asked for besides."""

    @wraps(make)
    def made(facts: K, /, *args: P.args, **kwargs: P.kwargs) -> DataFrame:
        asked = (make.__module__, make.__name__, args)
        if asked not in facts.kept:
            words = (
                make.__module__.rpartition(".")[2],
                make.__name__.strip("_"),
                *(part for part in args if isinstance(part, str)),
            )
            facts.kept[asked] = facts.keep(make(facts, *args, **kwargs), "_".join(words))
        return facts.kept[asked]

    return made


@once
def _household(facts: Facts) -> DataFrame:
    return facts.members.unionByName(facts.spouses)


@once
def _roster_rows(facts: Facts) -> DataFrame:
    rows = in_order(F.flatten(F.collect_list(roster_row())))
    return (
        facts.named.filter(F.col("number_key").isNotNull())
        .groupBy("case_id", F.col("number_key").alias("subject_key"))
        .agg(F.max("person_id").alias("person_id"), rows.alias("roster_rows"))
    )


def roster_row() -> Column:
    """The row of silver.members as evidence, a one-element array: where a roster or a payment names the person."""
    cells = {"与户主关系": "relation", "批准日期": "approved_on", "起始月份": "start_month", "停发月份": "stop_month"}
    pairs = [part for header, column in cells.items() for part in (F.lit(header), F.col(column).cast("string"))]
    row = F.struct(
        F.col("data_set").alias("data_set"), F.col("_file_id").alias("file_id"), F.col("_sheet").alias("sheet"), F.col("_row").alias("row"),
        F.create_map(*pairs).alias("cells"),
    )  # fmt: skip
    return F.array(row).cast(EVIDENCE)


def pair_grade(left_person: str, left_grade: str, right_person: str, right_grade: str) -> Column:
    """Grade of a link between two records under one number: the weaker of both when they are one person, else D."""
    return F.when(F.col(left_person) == F.col(right_person), F.greatest(F.col(left_grade), F.col(right_grade))).otherwise(
        F.lit("D")
    )  # letters order as grades do: A < B < C


def with_identity(rows: DataFrame, facts: Facts, number_key: str, name_key: str, *, cap: str | Column) -> DataFrame:
    """Register rows with the person whom their number and name make: other_person_id, other_grade, no better than `cap`."""
    identities = facts.identities.select(
        F.col("number_key").alias(number_key),
        F.col("name_key").alias("_name_key"),
        F.col("person_id").alias("other_person_id"),
        F.col("grade").alias("other_grade"),
    )
    rows = rows.withColumn("_name_key", F.coalesce(F.col(name_key), F.lit("")))
    # identities are unique by number and name: the join multiplies nothing.
    joined = rows.join(identities, [number_key, "_name_key"], "left").drop("_name_key")
    return joined.withColumn("other_grade", capped("other_grade", cap))


@once
def _looked_at(facts: Facts) -> DataFrame:
    """Numbers of everybody whom a rule may look at: members, husbands and wives, and kin outside the roster."""
    return facts.household.select("subject_key").unionByName(facts.relatives.select("subject_key")).distinct()


@once
def _tied(facts: Facts, data_set: str, number_key: str, name_key: str) -> DataFrame:
    """Rows of a register under these numbers, with other_person_id and other_grade; without columns that members have, too."""
    numbers = _looked_at(facts).withColumnRenamed("subject_key", number_key)
    rows = facts.register(data_set).join(numbers, number_key, "left_semi").drop(*MEMBER_COLUMNS)
    return with_identity(rows, facts, number_key, name_key, cap=grade_cap(number_key.replace("_key", "_number_state")))


def held_by(persons: DataFrame, facts: Facts, data_set: str, number_key: str, name_key: str) -> DataFrame:
    """Rows of a register under a person's number, with MEMBER_COLUMNS, person_id and identity_grade of the pair.

    persons: facts.members, or facts.household where the means of a husband or wife outside the roster count.
    Grain: a person of a case and a register row. A row whose name fits another person is there with grade D.
    """
    rows = _tied(facts, data_set, number_key, name_key)
    joined = persons.join(rows, persons["subject_key"] == rows[number_key], "inner")
    return (
        joined.withColumn("identity_grade", pair_grade("member_person_id", "member_grade", "other_person_id", "other_grade"))
        .withColumn("person_id", F.when(F.col("identity_grade") != "D", F.col("member_person_id")))
        .drop("other_person_id", "other_grade")
    )


def held_by_relatives(facts: Facts, relations: tuple[str, ...], data_set: str, number_key: str, name_key: str) -> DataFrame:
    """Rows of a register under the number of a relative outside the roster, in the shape of held_by; person_id is null.

    relations: what the relative is to the person who draws. A row under another name is there with grade D.
    """
    # Somebody may be parent of one who draws and child-in-law of another: the relation that is named first speaks, one that has
    # not ended before all others: a divorced husband is still the child's father.
    order = F.array_position(F.array(*(F.lit(relation) for relation in relations)), F.col("relation"))
    closest = Window.partitionBy("case_id", "subject_key", "subject_name_key").orderBy(F.col("left_on").isNotNull(), order)
    named = facts.relatives.filter(F.col("relation").isin(list(relations)))
    wanted = named.withColumn("_nth", F.row_number().over(closest)).filter("_nth = 1").drop("_nth")
    register = _tied(facts, data_set, number_key, name_key).drop("relation", "other_person_id", "other_grade")
    cap = grade_cap(number_key.replace("_key", "_number_state"))
    joined = wanted.join(register, wanted["subject_key"] == register[number_key], "inner")
    is_theirs = holds(F.col(name_key) == F.col("subject_name_key"))
    return joined.withColumns(
        {
            "identity_grade": capped(F.when(is_theirs, F.lit("A")).otherwise(F.lit("D")), cap),
            "person_id": F.lit(None).cast("string"),
        }
    )


@once
def recipients(facts: Facts) -> DataFrame:
    """The person who draws for each case, the covered head, else the first who is covered: MEMBER_COLUMNS, person_id,
    identity_grade; one row a case.
    """
    drawing_first = Window.partitionBy("case_id").orderBy(
        F.col("is_covered").desc(), F.col("is_head").desc(), F.col("member_person_id").isNull(), "subject_key"
    )
    return (
        facts.members.withColumn("_n", F.row_number().over(drawing_first))
        .filter("_n = 1")
        .drop("_n")
        .withColumns({"person_id": F.col("member_person_id"), "identity_grade": F.coalesce("member_grade", F.lit("D"))})
    )


def of_recipient(rows: DataFrame, facts: Facts) -> DataFrame:
    """Rows about somebody beside a case, told of the person who draws: the covered head, else the first who is covered.

    The subject is the recipient, `thing_key` begins with whom the row is about, and the grade is the weaker of both.
    """
    who = ("subject_key", "subject_name_key", "member_person_id", "member_grade", "start_month", "approved_on")
    drawing = recipients(facts).select("case_id", *(F.col(column).alias(f"_{column}") for column in who))
    told = rows.join(drawing, "case_id", "inner")  # one row a case
    return (
        told.withColumn("thing_key", F.concat_ws(":", "thing_key", "subject_key"))
        .withColumns({column: F.col(f"_{column}") for column in who})
        .withColumns({"person_id": F.col("member_person_id"), "identity_grade": F.greatest("identity_grade", "member_grade")})
    )


def with_months_that_count(
    rows: DataFrame,
    *,
    after: str,
    lawful_months: int = 0,
    until: Column | None = None,
    lawful_heads: Column | None = None,
    lawful_yuan: Column | None = None,
    has_grace: bool = False,
) -> DataFrame:
    """Candidates with what the time engine counts by.

    event_on, count_from: months of entitlement count from the month after the day in column `after`, `lawful_months` later,
    and of a husband or wife outside the roster from the month after the wedding to that in which the marriage ended.
    count_until: through this month (null = no end). lawful_heads: months paid for no more persons than these are lawful.
    lawful_yuan: what of a month is lawful. has_grace: months through the household's grace period are lawful.
    """
    last = F.lit(None).cast("date") if until is None else until
    return rows.withColumns(
        {
            "event_on": F.col(after),
            "count_from": F.greatest(F.add_months(next_month(after), lawful_months), next_month("joined_on")),
            "count_until": F.least(last, F.trunc("left_on", "month")),
            "lawful_until": F.col("grace_until") if has_grace else F.lit(None).cast("date"),
            "lawful_heads": F.lit(None).cast("int") if lawful_heads is None else lawful_heads,
            "lawful_yuan": F.lit(None).cast("decimal(18,2)") if lawful_yuan is None else lawful_yuan,
        }
    )


def next_month(day: str | Column) -> Column:
    """First day of the month after: the month of the event itself never counts."""
    column = F.col(day) if isinstance(day, str) else day
    return F.add_months(F.trunc(column, "month"), 1)


def declares(words: tuple[str, ...] | list[str]) -> Column:
    """Did the household declare such a thing at approval?"""
    pattern = "|".join(words)
    return F.col("declared_assets").rlike(pattern)
