"""From what the rules found to needs: who lives here, draws nothing that meets the need, and belongs to a household without means.

Four outcomes, each with its reason: `found`; `excluded` (means, or stopped by the office a short while ago); `clear` (dead,
moved away, covered); `cannot_judge` (what is missing). Nobody is lost between a register and the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StringType, StructField, StructType

from expectations.contracts.model import ORIGIN
from jobs.find_needs.cover import FAMILIES, cover, unknown_namesakes
from jobs.find_needs.households import SUBJECT, died, households
from jobs.registers.conditions import holds, may_hold
from jobs.registers.evidence import in_order
from jobs.registers.means.holdings import holdings
from jobs.registers.means.lines import DWELLING, MEANS_WORDS, PENSION, UNTOLD, Lines
from jobs.registers.means.registered import (
    ENTRY_COLUMNS,
    RECORD_COLUMNS,
    Once,
    Variants,
    current_entries,
    identified,
    unregistered,
)
from jobs.registers.means.what_counts import is_repeated_unit
from jobs.registers.policy import in_force
from jobs.registers.references import DEAD, MOVED, REGISTRY
from jobs.rulebook.need import NeedFacts, NeedRule, years_before
from jobs.rulebook.need_outcomes import (
    CANNOT_JUDGE,
    CLEAR,
    COVERED,
    DIED,
    EXCLUDED,
    FOUND,
    MOVED_AWAY,
    NAMESAKE,
    NO_NUMBER,
    NO_ROSTER,
    NOT_REGISTERED,
    OTHER_NAME,
    STOPPED,
    SUPPORTED,
)

_KEY = ("rule_code", "number_key", "name_key")


@dataclass(frozen=True)
class Benefits:
    """Who draws what: silver tables."""

    members: DataFrame
    cases: DataFrame
    identities: DataFrame
    months: DataFrame


def found_by_rules(facts: NeedFacts, rules: Sequence[NeedRule]) -> DataFrame:
    """rule_code and CANDIDATE_COLUMNS of all rules, one row a record."""
    return reduce(DataFrame.unionByName, (rule.candidates(facts).withColumn("rule_code", F.lit(rule.code)) for rule in rules))


def persons_meant(records: DataFrame, people: DataFrame, variants: Variants) -> DataFrame:
    """The records with the person whom each means: ENTRY_COLUMNS, identity_grade and `doubt`, one row a record.

    people: the registry's entries under their numbers. doubt: why nobody can be sure who is meant; then the record's own number
    and name stand.
    """
    place = ("rule_code", "data_set", *ORIGIN)
    best = Window.partitionBy(*place).orderBy("identity_grade", "name_key")
    told = identified(records, people, variants).withColumn("_n", F.row_number().over(best)).filter("_n = 1").drop("_n")
    entry = people.withColumnsRenamed({"number_key": "_number", "name_key": "_name"})
    others = [name for name in ENTRY_COLUMNS if name not in ("number_key", "name_key")]
    on = (told["number_key"] == entry["_number"]) & (told["name_key"] == entry["_name"])
    known = told.join(entry, on, "left").drop("_number", "_name")  # an entry is one row
    known = known.withColumn("doubt", F.when(F.col("identity_grade") == "D", F.lit(OTHER_NAME)).cast("string"))
    unknown = records.join(people.select("number_key").distinct(), "number_key", "left_anti")
    types = {field.name: field.dataType for field in people.schema.fields}
    lost = unknown.withColumns(
        {
            **{name: F.lit(None).cast(types[name]) for name in others},
            "name_key": F.coalesce("record_name_key", F.lit("")),
            "identity_grade": F.lit(None).cast("string"),
            "doubt": F.when(F.col("number_key").isNull(), F.lit(NO_NUMBER)).otherwise(F.lit(NOT_REGISTERED)),
        }
    )
    return known.unionByName(lost.select(known.columns))


def one_a_person(meant: DataFrame) -> DataFrame:
    """A person once a rule: the gravest record speaks, all are evidence. Records of nobody sure stand for themselves."""
    sure = F.when(F.col("doubt").isNull() | (F.col("doubt") == NOT_REGISTERED), F.concat_ws("|", "number_key", "name_key"))
    subject = F.coalesce(sure, F.concat_ws("|", "data_set", *ORIGIN))
    of_subject = Window.partitionBy("rule_code", "subject")
    gravest = of_subject.orderBy(F.col("severity").desc(), F.col("value").desc(), "data_set", *ORIGIN)
    rows = meant.withColumn("subject", subject)
    all_evidence = in_order(F.flatten(F.collect_list("evidence").over(of_subject)))
    return rows.withColumns({"_n": F.row_number().over(gravest), "evidence": all_evidence}).filter("_n = 1").drop("_n")


def with_cover(subjects: DataFrame, states: DataFrame, benefits: Benefits, facts: NeedFacts) -> DataFrame:
    """Subjects with cover, draws_<family>, stopped_month, is_namesake and has_roster. states: as jobs.find_needs.cover gives them."""
    namesakes = unknown_namesakes(benefits.members, benefits.cases, benefits.months, facts.as_of)
    rostered = facts.register("dibao_roster").select("county_code").dropna().distinct()
    county = F.coalesce("county_code", "stated_county")
    return (
        subjects.withColumn("_county", county)
        .join(states, ["number_key", "name_key"], "left")  # one row a number and name
        .join(
            F.broadcast(namesakes.select("name_key", F.col("county_code").alias("_county"), "town", F.lit(True).alias("_same"))),
            ["name_key", "_county", "town"],
            "left",
        )
        .join(
            F.broadcast(rostered.select(F.col("county_code").alias("_county"), F.lit(True).alias("_rostered"))), "_county", "left"
        )
        .withColumns(
            {
                **{f"draws_{family}": holds(F.col(f"draws_{family}")) for family in FAMILIES},
                "is_namesake": holds(F.col("_same")),
                "has_roster": holds(F.col("_rostered")) | F.col("_county").isNull(),
            }
        )
        .drop("_same", "_rostered", "_county")
    )


def covered_households(members: DataFrame, states: DataFrame) -> DataFrame:
    """Households of a rule's register of which somebody draws a benefit: rule_code, household_no."""
    drawing = states.filter(F.col("cover") == COVERED).select("number_key", F.col("name_key").alias("record_name_key"))
    return members.join(drawing, ["number_key", "record_name_key"], "left_semi").select("rule_code", "household_no").distinct()


def members_by_rule(facts: NeedFacts, rules: Sequence[NeedRule], once: Once) -> DataFrame:
    """rule_code, household_no and RECORD_COLUMNS of everyone in the households that rules are about."""
    frames = [rule.members(facts).withColumn("rule_code", F.lit(rule.code)) for rule in rules if rule.members]
    schema = StructType(
        [
            StructField(name, LongType() if name == "_row" else StringType())
            for name in (*RECORD_COLUMNS, "household_no", "rule_code")
        ]
    )
    nobody = facts.register(REGISTRY).sparkSession.createDataFrame([], schema)
    return once(reduce(DataFrame.unionByName, frames, nobody), "needs_members")


def stated_members(subjects: DataFrame, members: DataFrame, people: DataFrame, variants: Variants) -> DataFrame:
    """Who lives with a subject by the word of the rule's own register: SUBJECT and ENTRY_COLUMNS.

    members: as members_by_rule gives them; people: the registry's entries under their numbers.
    """
    own = subjects.select("rule_code", "household_no", F.col("number_key").alias(SUBJECT[0]), F.col("name_key").alias(SUBJECT[1]))
    records = members.join(own, ["rule_code", "household_no"], "inner")  # a household of the register has one subject
    told = identified(records, people, variants).filter(F.col("identity_grade") != "D").select(*SUBJECT, "number_key", "name_key")
    known = told.join(people, ["number_key", "name_key"], "inner").select(*SUBJECT, *ENTRY_COLUMNS)
    strangers = unregistered(records, people)
    outside = records.select(*SUBJECT, "number_key").join(strangers, "number_key", "inner").select(*SUBJECT, *ENTRY_COLUMNS)
    living = F.col("registry_status").isNull() | ~F.col("registry_status").isin(DEAD, MOVED)
    return known.unionByName(outside).filter(living).distinct()


def _of_rules(rules: Iterable[NeedRule]) -> Column:
    """Is the need one of these rules?"""
    return F.col("rule_code").isin([rule.code for rule in rules])


def with_outcome_of_person(subjects: DataFrame, rules: Sequence[NeedRule]) -> DataFrame:
    """Outcome and reason of what needs no look at the household; null where the household decides."""
    is_met = F.col("household_is_covered")
    for family in FAMILIES:
        is_met = is_met | (F.col(f"draws_{family}") & _of_rules(rule for rule in rules if family in rule.met_by))
    asks_for_cover = _of_rules(rule for rule in rules if rule.met_by)
    is_judged_lately = F.col("has_just_stopped") & _of_rules(rule for rule in rules if rule.met_by and not rule.is_after_a_stop)
    lacks = {NO_NUMBER: F.col("doubt") == NO_NUMBER, OTHER_NAME: F.col("doubt") == OTHER_NAME}
    clear = {
        COVERED: is_met,
        DIED: F.col("died_on").isNotNull() | (F.col("registry_status") == DEAD),
        MOVED_AWAY: F.col("registry_status") == MOVED,
    }
    unknown = {
        NOT_REGISTERED: F.col("doubt") == NOT_REGISTERED,
        NO_ROSTER: ~F.col("has_roster") & asks_for_cover,
        NAMESAKE: F.col("is_namesake") & asks_for_cover,
    }
    steps: list[tuple[str, str, Column]] = [
        *((CANNOT_JUDGE, reason, when) for reason, when in lacks.items()),
        *((CLEAR, reason, when) for reason, when in clear.items()),
        (EXCLUDED, STOPPED, is_judged_lately),
        *((CANNOT_JUDGE, reason, when) for reason, when in unknown.items()),
    ]
    none = F.lit(None).cast("string")
    outcome, reason = none, none
    for word, why, when in reversed(steps):
        outcome = F.when(holds(when), F.lit(word)).otherwise(outcome)
        reason = F.when(holds(when), F.lit(why)).otherwise(reason)
    return subjects.withColumns({"outcome": outcome, "reason": reason})


def supported(roof: DataFrame, facts: NeedFacts) -> DataFrame:
    """Households in which somebody else than the subject could support: SUBJECT. An adult who can work or has a pension of old age; not
    who is too disabled to work, or in prison."""
    line = in_force(facts.policy.destitute, facts.as_of)
    unable = facts.register("disabilities").filter(line.is_unable()).select(F.col("person_key").alias("number_key"))
    is_in = (F.col("kind") == "监狱服刑") & (F.col("from_on") <= F.lit(facts.as_of))
    imprisoned = facts.register("prisoners").filter(is_in & may_hold(F.col("to_on") > F.lit(facts.as_of)))
    absent = unable.unionByName(imprisoned.select(F.col("person_key").alias("number_key"))).dropna().distinct()
    is_other = (F.col("number_key") != F.col(SUBJECT[0])) | (F.col("name_key") != F.col(SUBJECT[1]))
    # An age that is not known is a grown-up's: whoever is registered elsewhere came by marriage.
    is_adult = may_hold(F.col("born_on") <= F.lit(years_before(facts.as_of, line.supporter_from_years)))
    return roof.filter(is_other & is_adult).join(absent, "number_key", "left_anti").select(*SUBJECT).distinct()


def means_of(roof: DataFrame, held: DataFrame, lines: Lines, standard: DataFrame) -> DataFrame:
    """What each household has: SUBJECT, means (the plainest kind, or UNTOLD, or null), means_words, means_evidence, has_home, and
    pension_a_head (yuan a month) where pensions are all its means.

    roof: SUBJECT and members; standard: SUBJECT, pension_line (a head and month) and heads. Two dwellings are two units, whoever owns them.
    """
    theirs = roof.select(*SUBJECT, "number_key", "name_key").join(held, ["number_key", "name_key"], "inner")
    units = (
        theirs.filter((F.col("kind") == DWELLING) | F.col("deed_key").isNotNull() | F.col("place_key").isNotNull())
        .withColumn("_is_repeated", is_repeated_unit(SUBJECT, "since_on"))
        .filter((F.col("kind") == DWELLING) & ~F.col("_is_repeated"))
        .groupBy(*SUBJECT)
        .agg(F.count("*").alias("_units"))
    )
    # A pension stands once a thing: a row delivered twice is no second pension.
    of_thing = Window.partitionBy(*SUBJECT, "number_key", "thing_key").orderBy("_file_id", "_sheet", "_row")
    pensions = (
        theirs.filter(F.col("data_set") == "pensions")
        .withColumn("_n", F.row_number().over(of_thing))
        .filter("_n = 1")
        .groupBy(*SUBJECT)
        .agg(F.sum("monthly_yuan").alias("_pension"))
    )
    of_household = standard.join(units, list(SUBJECT), "left").join(pensions, list(SUBJECT), "left")  # one row a subject each
    too_much = holds(F.col("_pension") / F.col("heads") > F.col("pension_line"))
    counted = theirs.join(of_household, list(SUBJECT), "left").withColumn(
        "means",
        F.when((F.col("kind") == DWELLING) & (F.col("_units") > lines.properties.homes), F.lit(DWELLING))
        .when(F.col("monthly_yuan").isNotNull() & too_much, F.lit(PENSION))
        .otherwise(F.col("counts")),
    )
    order = [*MEANS_WORDS, UNTOLD]
    plainness = F.lit(len(order))
    for rank, kind in enumerate(order):
        plainness = F.when(F.col("means") == kind, F.lit(rank)).otherwise(plainness)
    counts = F.col("means").isNotNull()
    text = F.concat(F.lpad(F.col("_plain").cast("string"), 2, "0"), F.col("words"))
    # Sorted as texts behind a padded rank: arrays of structs are where the engines' planners differ most.
    summed = counted.withColumn("_plain", plainness).groupBy(*SUBJECT).agg(
        F.min(F.when(counts, F.col("_plain"))).alias("_best"),
        F.sort_array(F.collect_set(F.when(counts, text))).alias("_words"),
        F.flatten(F.collect_list(F.when(counts, F.col("evidence")))).alias("_evidence"),
        F.max((F.col("kind") == DWELLING).cast("int")).alias("_home"),
        F.max((counts & (F.col("means") != PENSION)).cast("int")).alias("_other"),
        F.max(F.when(F.col("means") == PENSION, F.col("_pension") / F.col("heads"))).alias("_a_head"),
    )  # fmt: skip
    means = F.lit(None).cast("string")
    for rank, kind in enumerate(order):
        means = F.when(F.col("_best") == rank, F.lit(kind)).otherwise(means)
    return summed.select(
        *SUBJECT,
        means.alias("means"),
        F.concat_ws("；", F.transform(F.slice("_words", 1, 3), lambda word: F.substring(word, 3, 500))).alias("means_words"),
        in_order(F.col("_evidence")).alias("means_evidence"),
        (F.coalesce("_home", F.lit(0)) > 0).alias("has_home"),
        F.when(F.coalesce("_other", F.lit(0)) == 0, F.col("_a_head")).alias("pension_a_head"),
    )


def searched(
    facts: NeedFacts, benefits: Benefits, rules: Sequence[NeedRule], *, variants: Variants, once: Once
) -> tuple[DataFrame, DataFrame]:
    """Every subject of every rule with outcome and reason, and the households of those whom only the household can judge.

    Subjects: rule_code, CANDIDATE_COLUMNS, ENTRY_COLUMNS, identity_grade, subject, outcome, reason, means_words, means_evidence,
    has_home, monthly_standard, program, is_at_margin. Households: SUBJECT and ENTRY_COLUMNS.
    """
    line, lines = in_force(facts.policy.uncovered, facts.as_of), Lines.of(facts.policy, facts.as_of)
    records = once(found_by_rules(facts, rules), "needs_found")
    members = members_by_rule(facts, rules, once)
    numbers = records.select("number_key").unionByName(members.select("number_key")).dropna()
    people = once(current_entries(facts.register(REGISTRY), numbers), "needs_people")
    meant = once(persons_meant(records, people, variants), "needs_meant")
    states = once(cover(benefits.members, benefits.cases, benefits.identities, benefits.months, facts.as_of), "needs_cover")
    single = with_cover(one_a_person(meant), states, benefits, facts)
    deaths = once(died(facts.register, meant.filter(F.col("doubt").isNull()).select(*ENTRY_COLUMNS).distinct()), "needs_deaths")
    in_covered = covered_households(members, states).withColumn("household_is_covered", F.lit(True))
    since = F.add_months(F.trunc(F.lit(facts.as_of), "month"), -line.stopped_months)
    just_stopped = (F.col("cover") == STOPPED) & (F.col("stopped_month") >= since)
    first = with_outcome_of_person(
        single.join(deaths, ["number_key", "name_key"], "left")  # one row a person
        .join(F.broadcast(in_covered), ["rule_code", "household_no"], "left")
        .withColumns({"household_is_covered": holds(F.col("household_is_covered")), "has_just_stopped": just_stopped}),
        rules,
    )
    is_urban = F.coalesce("village", "stated_village", F.lit("")).rlike("社区|居委|居民")
    placed = first.withColumn("program", F.when(is_urban, F.lit("城市低保")).otherwise(F.lit("农村低保")))
    subjects = once(
        placed.withColumn("monthly_standard", facts.policy.monthly_standard("program", "county_code", F.lit(facts.as_of))),
        "needs_subjects",
    )
    open_ones = subjects.filter(F.col("outcome").isNull())
    living = open_ones.select(*ENTRY_COLUMNS).distinct()
    more = stated_members(open_ones, members, people, variants)
    gathered = once(households(living, more, facts.register, line.largest_household, facts.as_of, once), "needs_gathered")
    dead = died(facts.register, gathered.select(*ENTRY_COLUMNS).distinct()).select("number_key", "name_key")
    roof = once(gathered.join(dead, ["number_key", "name_key"], "left_anti"), "needs_households")
    residents = once(roof.select(*ENTRY_COLUMNS).distinct(), "needs_residents")
    held = holdings(residents, facts.register, lines, variants=variants, once=once, name="needs")
    heads = roof.groupBy(*SUBJECT).agg(F.count("*").alias("heads"))
    own = open_ones.groupBy(F.col("number_key").alias(SUBJECT[0]), F.col("name_key").alias(SUBJECT[1])).agg(
        F.max("monthly_standard").alias("pension_line")
    )
    means = means_of(roof, once(held, "needs_held"), lines, own.join(heads, list(SUBJECT), "inner"))
    on = (subjects["number_key"] == means[SUBJECT[0]]) & (subjects["name_key"] == means[SUBJECT[1]])
    # Only open subjects have a household; one row a subject.
    both = subjects.join(means, on, "left").drop(*SUBJECT)
    helped = supported(roof, facts).withColumn("_is_supported", F.lit(True))
    at = (both["number_key"] == helped[SUBJECT[0]]) & (both["name_key"] == helped[SUBJECT[1]])
    weighed = both.join(helped, at, "left").drop(*SUBJECT)  # helped: one row a subject
    is_supported = _of_rules(rule for rule in rules if rule.is_of_the_alone) & holds(F.col("_is_supported"))
    margin = F.col("monthly_standard") * F.lit(in_force(facts.policy.low_income_margin, facts.as_of).multiple)
    at_margin = _of_rules(rule for rule in rules if rule.may_apply_alone) & holds(F.col("pension_a_head") <= margin)
    found = F.when(is_supported, F.lit(SUPPORTED)).when(
        _of_rules(rule for rule in rules if rule.is_of_the_poor) & ~at_margin, F.col("means")
    )
    is_open = F.col("outcome").isNull()
    reason = F.when(is_open, found).otherwise(F.col("reason"))
    outcome = (
        F.when(~is_open, F.col("outcome"))
        .when(found == UNTOLD, F.lit(CANNOT_JUDGE))
        .when(found.isNotNull(), F.lit(EXCLUDED))
        .otherwise(F.lit(FOUND))
    )
    return weighed.withColumns({"reason": reason, "outcome": outcome, "is_at_margin": is_open & at_margin & ~is_supported}), roof
