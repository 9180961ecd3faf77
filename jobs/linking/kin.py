"""Kin of the persons of benefit households: what rosters, household books, marriages and declarations say, register by register.

A household of a roster or a book states each member's relation to its head; what two members are to each other is
composed through the head, and only where the ordinary reading leaves no choice.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import KIN
from expectations.contracts.model import ORIGIN
from jobs.cells.text import EMPTY_FORMS
from jobs.linking.households import Silver

INVERSE = {
    "spouse": "spouse", "sibling": "sibling", "other": "other", "child": "parent", "parent": "child",
    "child-in-law": "parent-in-law", "parent-in-law": "child-in-law", "grandchild": "grandparent", "grandparent": "grandchild",
}  # fmt: skip
"""What I am to the one who is this to me."""

_WHICH = "(独生|长|大|次|二|三|四|五|六|七|八|九|幺|小|养|继|其他)?"
_WORDS = {
    "head": "户主|本人",
    "spouse": "配偶|夫|妻|丈夫|妻子|爱人|夫妻",
    "child": f"{_WHICH}(子|女|儿|儿子|女儿|子女)",
    "child-in-law": f"{_WHICH}(儿媳|儿媳妇|媳|女婿|婿)",  # 媳妇 alone is the wife in one place and the son's wife in the next
    "parent": "(养|继|生)?(父|母|父亲|母亲|父母)|爸|妈|爸爸|妈妈|其他父母关系",
    "parent-in-law": "岳父|岳母|岳父母|公|婆|公公|婆婆|公婆|(配偶|夫|妻)[之的]?(父|母|父亲|母亲|父母)",
    "grandchild": f"{_WHICH}外?(孙|孙子|孙女|孙子女)",
    "grandparent": "外?祖(父|母|父母)|爷爷|奶奶|外公|外婆|姥姥|姥爷",
    "sibling": f"(胞|{_WHICH})[兄弟姐姊妹哥]+",
    "other": "其[他它](亲属)?|近?亲属|亲戚|.*[侄甥伯叔婶舅姨姑嫂堂表曾].*|[重玄]外?孙.*|外?孙(媳妇?|女?婿)|弟[媳妇]|[姐姊妹]夫",
}
"""Relation to the head: the words for it, GB/T 4761 and what is written in its stead. 非亲属 and the rest are no relation."""

_COMPOSED = {
    **{("head", relation): relation for relation in INVERSE},
    ("spouse", "child"): "child",
    ("spouse", "child-in-law"): "child-in-law",
    ("spouse", "parent"): "parent-in-law",
    ("spouse", "parent-in-law"): "parent",
    ("spouse", "grandchild"): "grandchild",
    ("child", "child"): "sibling",
    ("child", "child-in-law"): "spouse",
    ("child", "parent"): "grandparent",
    ("child", "parent-in-law"): "grandparent",
    ("parent", "parent"): "spouse",
    ("parent-in-law", "parent-in-law"): "spouse",
    ("parent", "sibling"): "child",
    ("sibling", "sibling"): "sibling",
    ("grandparent", "sibling"): "grandchild",
}
"""(what a person is to the head, what the relative is): what the relative is to the person. Pairs that leave a choice are not here."""


def close_kin(kin: DataFrame) -> DataFrame:
    """Numbers of the husbands and wives, present and past, the parents and the children: number_key."""
    return (
        kin.filter(F.col("relation").isin("spouse", "parent", "child"))
        .select(F.col("kin_number_key").alias("number_key"))
        .distinct()
    )


def kin(silver: Silver, members: DataFrame) -> DataFrame:
    """silver.kin: one row per person of a benefit household, relative, relation and register that says so.

    members: everyone whom a benefit names, as named_persons gives them; silver: the registers with the numbers that links
    lend. Both directions where both draw a benefit, else that of the person who does. `relation` is what the relative is to
    the person. Names are the register's own: how well they fit the numbers is for silver.identities to say. Origin is the
    relative's row, of a marriage its registration. Blood does not change where one member is covered alone: kin are here all
    the same, and rules on the means of a household must respect single cover themselves.
    """
    persons = members.filter(F.col("number_key").isNotNull()).select("number_key").distinct()
    everything = (
        _composed(_roster_households(members), persons, "dibao_roster")
        .unionByName(_composed(_books(silver("household_registry"), persons), persons, "household_registry"))
        .unionByName(marriages_of(silver("marriages"), persons))
        .unionByName(_declared(silver("kin_declarations"), persons))
    )
    usable = everything.filter(
        (F.col("number_key") != F.col("kin_number_key"))
        & (F.coalesce("name_key", F.lit("")) != "")
        & (F.coalesce("kin_name_key", F.lit("")) != "")
    )
    earliest = Window.partitionBy(*KIN.key).orderBy(*ORIGIN, "since_on", "until_on")
    return usable.withColumn("_n", F.row_number().over(earliest)).filter("_n = 1").select(*KIN.column_names)


def role_of(text: Column) -> Column:
    """Relation to the head of the household, in one word of `_WORDS`, from what a register writes; null for no known relation."""
    word = F.regexp_replace(F.regexp_replace(text, r"[\s\u3000]", ""), "^(户主)?[之的]|[、或/（(].*$", "")
    role = F.lit(None).cast("string")
    for name, pattern in _WORDS.items():
        role = F.when(word.rlike(f"^({pattern})$"), F.lit(name)).otherwise(role)
    return role


def _roster_households(members: DataFrame) -> DataFrame:
    head = F.when(F.col("relation").isNull() & F.col("is_head"), F.lit("head"))
    return members.filter(F.col("data_set") == "dibao_roster").select(
        F.col("case_id").alias("household"), "number_key", "name_key", F.coalesce(head, role_of(F.col("relation"))).alias("role"),
        F.lit(None).cast("string").alias("sex"), F.lit(None).cast("date").alias("born_on"), F.lit(True).alias("is_current"), *ORIGIN,
    )  # fmt: skip


def _books(registry: DataFrame, persons: DataFrame) -> DataFrame:
    """Everyone in the household books of the given persons, the cancelled among them."""
    is_current = F.col("status").isin("正常", "恢复")
    numbered = registry.filter(~F.col("book_no").isin(sorted(EMPTY_FORMS)))
    own = numbered.join(persons.withColumnRenamed("number_key", "person_key"), "person_key", "left_semi")
    books = own.select("county_code", "book_no").distinct()
    return numbered.join(books, ["county_code", "book_no"], "left_semi").select(
        F.concat_ws("|", "county_code", "book_no").alias("household"), F.col("person_key").alias("number_key"), "name_key",
        role_of(F.col("relation")).alias("role"), "sex", "born_on", is_current.alias("is_current"), *ORIGIN,
    )  # fmt: skip


def _composed(households: DataFrame, persons: DataFrame, data_set: str) -> DataFrame:
    """Kin inside households. A household of two heads is two that share a number: nothing is composed in it."""
    is_head = F.coalesce(F.col("role") == "head", F.lit(False))
    # Who has no usable number is counted, too: of two sons one may be without, and either may be the husband.
    someone = F.coalesce("number_key", "name_key", F.concat_ws("|", *ORIGIN))
    best_row = Window.partitionBy("household", "_someone").orderBy(F.col("is_current").desc(), is_head.desc(), *ORIGIN)
    known = (
        households.withColumn("_someone", someone)
        .withColumn("_n", F.row_number().over(best_row))
        .filter("_n = 1")
        .withColumn("_heads", F.sum((is_head & F.col("is_current")).cast("int")).over(Window.partitionBy("household")))
        .withColumn("alike", F.count("*").over(Window.partitionBy("household", "role", "sex")))
        .filter(F.col("is_current") & (F.col("_heads") <= 1) & F.col("role").isNotNull())
    )
    kept = ("role", "sex", "alike", "born_on")
    person = known.join(persons, "number_key", "left_semi").select(
        "household", "number_key", "name_key", *(F.col(column).alias(f"person_{column}") for column in kept)
    )
    relative = known.select(
        "household", F.col("number_key").alias("kin_number_key"), F.col("name_key").alias("kin_name_key"),
        *(F.col(column).alias(f"kin_{column}") for column in kept), *ORIGIN,
    )  # fmt: skip
    both_ways = {**{(b, a): INVERSE[relation] for (a, b), relation in _COMPOSED.items()}, **_COMPOSED}
    compositions = persons.sparkSession.createDataFrame(
        [(*roles, relation) for roles, relation in both_ways.items()], "person_role string, kin_role string, relation string"
    )
    # Through the table first: in the book of a dormitory no two of a thousand 其他 are ever paired.
    pairs = person.join(F.broadcast(compositions), "person_role", "inner").join(relative, ["household", "kin_role"], "inner")
    beside_head = (F.col("person_role") == "head") | (F.col("kin_role") == "head")
    one_of_each = (F.col("person_sex") != F.col("kin_sex")) & (F.col("person_alike") == 1) & (F.col("kin_alike") == 1)
    both_parents = F.col("person_sex").isNull() & F.col("kin_sex").isNull() & (F.col("person_alike") == 2)  # rosters give no sex
    is_certain = (
        (F.col("relation") != "spouse")
        | beside_head
        | F.coalesce(one_of_each, F.lit(False))
        | (both_parents & (F.col("person_role") == F.col("kin_role")))
    )
    born_on = F.when(F.col("relation") == "child", F.col("kin_born_on")).when(
        F.col("relation") == "parent", F.col("person_born_on")
    )
    return pairs.filter(is_certain).select(
        "number_key", "name_key", "kin_number_key", "kin_name_key", "relation", F.lit(data_set).alias("data_set"), *ORIGIN,
        born_on.alias("since_on"), F.lit(None).cast("date").alias("until_on"),
    )  # fmt: skip


def marriages_of(marriages: DataFrame, persons: DataFrame) -> DataFrame:
    """The last marriage of each couple: since its 结婚, until the first 离婚 after it, or until either marries somebody else."""
    usable = marriages.filter(F.col("husband_key") != F.col("wife_key"))
    is_husband = F.col("_side") == "husband"
    registrations = usable.withColumn("_side", F.explode(F.array(F.lit("husband"), F.lit("wife")))).select(
        F.when(is_husband, F.col("husband_key")).otherwise(F.col("wife_key")).alias("number_key"),
        F.when(is_husband, F.col("husband_name_key")).otherwise(F.col("wife_name_key")).alias("name_key"),
        F.when(is_husband, F.col("wife_key")).otherwise(F.col("husband_key")).alias("kin_number_key"),
        F.when(is_husband, F.col("wife_name_key")).otherwise(F.col("husband_name_key")).alias("kin_name_key"),
        "kind",
        "registered_on",
        *ORIGIN,
    )
    # A marriage ends when the other one marries again, too: the registrations of the partners count as well.
    partners = registrations.join(persons, "number_key", "left_semi").select(F.col("kin_number_key").alias("number_key"))
    concerned = registrations.join(persons.unionByName(partners).distinct(), "number_key", "left_semi")

    def day_of(kind: str) -> Column:
        return F.when(F.col("kind") == kind, F.col("registered_on"))

    of_pair = Window.partitionBy("number_key", "kin_number_key")
    first_divorce = F.min(F.when(F.col("registered_on") >= F.col("married_on"), day_of("离婚"))).over(of_pair)
    is_named = F.coalesce((F.col("name_key") != "") & (F.col("kin_name_key") != ""), F.lit(False))
    is_opening = F.coalesce(day_of("结婚") == F.col("married_on"), F.lit(False))
    telling = of_pair.orderBy(is_named.desc(), is_opening.desc(), *ORIGIN)
    couples = (
        concerned.withColumn("married_on", F.max(day_of("结婚")).over(of_pair))
        .withColumn("reissued_on", F.max(day_of("补领")).over(of_pair))
        .withColumn("last_divorce", F.max(day_of("离婚")).over(of_pair))
        .withColumn("divorced_on", F.when(F.col("married_on").isNull(), F.col("last_divorce")).otherwise(first_divorce))
        .withColumn("_n", F.row_number().over(telling))
        .filter("_n = 1")
    )
    weddings = concerned.filter(F.col("kind") == "结婚").select(
        "number_key", F.col("kin_number_key").alias("_other"), F.col("registered_on").alias("_other_on")
    )
    # Married to each other by then: on the day of the wedding, or that of the re-issue where no wedding is on record.
    later = (
        couples.join(weddings, "number_key", "inner")
        .filter((F.col("_other") != F.col("kin_number_key")) & (F.col("_other_on") > F.coalesce("married_on", "reissued_on")))
        .groupBy("number_key", "kin_number_key")
        .agg(F.min("_other_on").alias("_own_next"))
    )
    of_couple = Window.partitionBy(F.least("number_key", "kin_number_key"), F.greatest("number_key", "kin_number_key"))
    ended = couples.join(later, ["number_key", "kin_number_key"], "left").withColumn(  # later: one row a couple and side
        "until_on", F.coalesce("divorced_on", F.min("_own_next").over(of_couple))
    )
    return ended.join(persons, "number_key", "left_semi").select(
        "number_key", "name_key", "kin_number_key", "kin_name_key", F.lit("spouse").alias("relation"),
        F.lit("marriages").alias("data_set"), *ORIGIN, F.col("married_on").alias("since_on"), "until_on",
    )  # fmt: skip


def _declared(declarations: DataFrame, persons: DataFrame) -> DataFrame:
    """A declaration says what the relative is to the cadre: the row says what the cadre is to the relative."""
    role = role_of(F.col("relation"))
    reverse = F.lit("other")
    for relation, inverse in INVERSE.items():
        reverse = F.when(role == relation, F.lit(inverse)).otherwise(reverse)
    return declarations.withColumnRenamed("relative_key", "number_key").join(persons, "number_key", "left_semi").select(
        "number_key", F.col("relative_name_key").alias("name_key"), F.col("cadre_key").alias("kin_number_key"),
        F.col("cadre_name_key").alias("kin_name_key"), reverse.alias("relation"), F.lit("kin_declarations").alias("data_set"),
        *ORIGIN, F.lit(None).cast("date").alias("since_on"), F.lit(None).cast("date").alias("until_on"),
    )  # fmt: skip
