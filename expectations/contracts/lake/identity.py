"""Tables of who is who: links, persons over time, decisions of inspectors, kin."""

from expectations.contracts.lake.brought import BROUGHT
from expectations.contracts.lake.evidence import GRADES, KIN_RELATIONS, WEIGHTS, WORDS
from expectations.contracts.model import DATE, DOUBLE, FLAG, INT, LONG, ORIGIN, ORIGIN_COLUMNS, TEXT, Column, Table

PEOPLE = Table(
    "vault",
    "people",
    "a person whom a benefit record names, or a husband, wife, parent or child of one",
    ("person_id",),
    (
        Column("person_id", TEXT, "keyed digest, stable from run to run", nullable=False),
        Column("number", TEXT, "person number in 18 characters", label="身份证号码"),
        Column("name", TEXT, "registered name, or the roster's where the registry has none", label="姓名"),
        Column("source", TEXT, "data set that the number and name come from"),
    ),
)

LINKS = Table(
    "silver",
    "links",
    "a record that is tied to a person by more than its own number and name",
    ("data_set", "role", *ORIGIN),
    (
        Column("data_set", TEXT, "register of the record", nullable=False),
        Column("role", TEXT, "whose number the record holds: person, head, owner ...", nullable=False),
        *ORIGIN_COLUMNS,
        Column("number_key", TEXT, "digest of the number of the person it is tied to", nullable=False),
        Column("name_key", TEXT, "digest of that person's name", nullable=False),
        Column("grade", TEXT, "C by a number that is nearly the person's; E by name, birth and place", values=("C", "E")),
        Column("reason", TEXT, "mistyped / cut short / masked / new number / name, birth and place / verdict"),
        Column("match_weight", DOUBLE, "log2 of the odds that it is the person; null where a number decided", unit="bits"),
    ),
)

LINK_CANDIDATES = Table(
    "silver",
    "link_candidates",
    "a record without a person of its own number and name, and a person it may be",
    ("data_set", "role", *ORIGIN, "number_key", "name_key"),
    (
        Column("data_set", TEXT, "register of the record", nullable=False),
        Column("role", TEXT, "whose number the record holds: person, head, owner ...", nullable=False),
        *ORIGIN_COLUMNS,
        Column("number_key", TEXT, "digest of the candidate's number", nullable=False),
        Column("name_key", TEXT, "digest of the candidate's name", nullable=False),
        Column("rank", INT, "1 = fits best; those that fit alike share it", nullable=False),
        Column(
            "outcome",
            TEXT,
            "linked; tie: another person fits as well, so nobody was chosen; below: not sure enough; refused: inspectors said no",
            values=("linked", "tie", "below", "refused"),
        ),
        Column("reason", TEXT, "what spoke for the person; see silver.links"),
        Column("match_weight", DOUBLE, "log2 of the odds that it is the person; null where a number decided", unit="bits"),
        Column("levels", WORDS, "of each thing compared, how well it agrees, in words"),
        Column("weights", WEIGHTS, "of each thing compared, its part of match_weight", unit="bits"),
    ),
)

ALIASES = Table(
    "silver",
    "aliases",
    "a number and name that belong to a person who has another number or name now",
    ("number_key", "name_key"),
    (
        Column("number_key", TEXT, "digest of the number as records write it", nullable=False),
        Column("name_key", TEXT, "digest of the name as records write it", nullable=False),
        Column("to_number_key", TEXT, "digest of the number that stands for the person", nullable=False),
        Column("to_name_key", TEXT, "digest of the name that stands for the person", nullable=False),
        Column("reason", TEXT, "new number / same person by verdict", nullable=False),
    ),
)

PERSON_IDS = Table(
    "silver",
    "person_ids",
    "a number and name that ever made a person of a benefit",
    ("number_key", "name_key"),
    (
        Column("number_key", TEXT, "digest of the number", nullable=False),
        Column("name_key", TEXT, "digest of the name, empty where none was given", nullable=False),
        Column("own_id", TEXT, "person id given when first seen; never given anew", nullable=False),
        Column("person_id", TEXT, "person id in the last run: own_id, or that of the person it was merged into", nullable=False),
        Column("first_seen", DATE, "as-of day of the first run that saw it", nullable=False),
    ),
)
"""Kept from run to run: what makes person ids stable."""

PERSON_CHANGES = Table(
    "ops",
    "person_changes",
    "a run in which a number and name changed its person",
    ("as_of", "number_key", "name_key"),
    (
        Column("as_of", DATE, "day the run stands for", nullable=False),
        Column("number_key", TEXT, "digest of the number", nullable=False),
        Column("name_key", TEXT, "digest of the name", nullable=False),
        Column("change", TEXT, "merged into another person, or split from one", values=("merged", "split"), nullable=False),
        Column("old_person_id", TEXT, "person before", nullable=False),
        Column("new_person_id", TEXT, "person from this run on", nullable=False),
        Column("reason", TEXT, "new number / same person by verdict / verdict withdrawn"),
    ),
)

IDENTITY_VERDICTS = Table(
    "vault",
    "identity_verdicts",
    "a decision of two inspectors on two records",
    ("left", "right"),
    (
        Column("left", TEXT, "what the first record writes: number and name, or the row where it has no number", nullable=False),
        Column("right", TEXT, "the same of the second record; left is the smaller of the two", nullable=False),
        Column("is_same", FLAG, "do both mean one person?", nullable=False),
        Column("checked_on", DATE, "day of the decision", nullable=False),
        Column("checkers", TEXT, "who decided", nullable=False),
        *BROUGHT,
    ),
)

IDENTITY_COUNTS = Table(
    "ops",
    "identity_counts",
    "a column of persons in a register and a grade with its reason",
    ("data_set", "role", "grade", "reason"),
    (
        Column("data_set", TEXT, "register", nullable=False),
        Column("role", TEXT, "whose number the column holds: person, head, owner ...", nullable=False),
        Column(
            "grade", TEXT, "identity grade, or none where a record is tied to nobody", values=(*GRADES, "none"), nullable=False
        ),
        Column("reason", TEXT, "why tied so, or why not", nullable=False),
        Column("row_count", LONG, "records", unit="records", nullable=False),
    ),
)

KIN = Table(
    "silver",
    "kin",
    "a person of a benefit household, a relative, and a register that says so",
    ("number_key", "name_key", "kin_number_key", "kin_name_key", "relation", "data_set"),
    (
        Column("number_key", TEXT, "digest of the number of the person of a benefit household", nullable=False),
        Column("name_key", TEXT, "digest of that person's name", nullable=False),
        Column("kin_number_key", TEXT, "digest of the relative's number", nullable=False),
        Column("kin_name_key", TEXT, "digest of the relative's name", nullable=False),
        Column("relation", TEXT, "what the relative is to the person", values=KIN_RELATIONS, nullable=False),
        Column("data_set", TEXT, "register that says so", nullable=False),
        *ORIGIN_COLUMNS,
        Column("since_on", DATE, "first day: of the marriage, or the child's birth; null where not known"),
        Column("until_on", DATE, "last day: of the marriage; null while it lasts"),
    ),
)

IDENTITIES = Table(
    "silver",
    "identities",
    "a way in which records write a person: number and name",
    ("number_key", "name_key"),
    (
        Column("number_key", TEXT, "digest of the number", nullable=False),
        Column("name_key", TEXT, "digest of the name, empty where none was given", nullable=False),
        Column("person_id", TEXT, "the person; null where the name fits nobody registered under the number"),
        Column("grade", TEXT, "how well number and name agree with the registered person", values=("A", "B", "D")),
        Column(
            "reason",
            TEXT,
            "same name / former name / variant of the name / other name / another person by verdict / not in the registry",
        ),
    ),
)

PERSONS = Table(
    "silver",
    "persons",
    "a person whom a benefit record names, or a husband, wife, parent or child of one",
    ("person_id",),
    (
        Column("person_id", TEXT, "keyed digest", nullable=False),
        Column("number_key", TEXT, "digest of the number", nullable=False),
        Column("in_registry", FLAG, "does the household registry know the number?"),
        Column("born_on", DATE, "day of birth by the registry"),
        Column("book_no", TEXT, "household book"),
        Column("registry_status", TEXT, "status of the registry entry"),
        Column("registry_county_code", TEXT, "county of residence"),
    ),
)
