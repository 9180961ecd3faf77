"""The tables between the delivery and the published lists. Bronze and silver tables of the 22 data sets derive from theirs."""

from pyspark.sql.types import ArrayType, MapType, StringType, StructField, StructType

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DATE, DOUBLE, FLAG, INT, LONG, ORIGIN, ORIGIN_COLUMNS, TEXT, YUAN, Column, Table

EVIDENCE = ArrayType(
    StructType(
        [
            StructField("data_set", StringType()),
            StructField("file_id", StringType()),
            StructField("sheet", StringType()),
            StructField("row", LONG),
            StructField("cells", MapType(StringType(), StringType())),
        ]
    )
)
"""Source rows a rule saw: where each stands, and the cells it looked at (identifying cells are never among them)."""

WORDS = MapType(StringType(), StringType())
WEIGHTS = MapType(StringType(), DOUBLE)
GRADES = ("A", "B", "C", "D", "E", "F")
KIN_RELATIONS = ("spouse", "child", "parent", "child-in-law", "parent-in-law", "sibling", "grandchild", "grandparent", "other")

FILES = Table(
    "ops",
    "files",
    "a file of a delivery, or of its manifest, ever made to this lake",
    ("delivery_id", "file_name", "sha256"),
    (
        Column("delivery_no", INT, "1 for the first delivery made to this lake", nullable=False),
        Column("delivery_id", TEXT, "first 16 hex digits of the SHA-256 of the manifest's lines", nullable=False),
        Column("file_id", TEXT, "first 16 hex digits of its SHA-256", nullable=False),
        Column("file_name", TEXT, "path in the delivery", nullable=False),
        Column("data_set", TEXT, "data set that the manifest names"),
        Column("reported_by", TEXT, "department", label="报送单位"),
        Column("area", TEXT, "area that the file covers", label="行政区划代码"),
        Column("extract_date", DATE, "day that the extract stands for", label="数据截止日期"),
        Column(
            "status",
            TEXT,
            "what the file is on the day of the last run",
            values=("accepted", "refused", "duplicate", "superseded"),
        ),
        Column("reason", TEXT, "why it was not accepted, or what was odd"),
        Column("remarks", TEXT, "the same as JSON: codes with details, to be worded for the department"),
        Column("claimed_rows", LONG, "rows that the manifest claims", label="记录数"),
        Column("sha256", TEXT, "hash that the manifest claims"),
        Column("read_rows", LONG, "rows read; accepted + quarantined + skipped", unit="rows"),
        Column("accepted_rows", LONG, "rows in silver or, for a superseded file, in bronze only", unit="rows"),
        Column("quarantined_rows", LONG, "rows in quarantine.rows", unit="rows"),
        Column("skipped_rows", LONG, "title, subtotal, note and blank rows", unit="rows"),
    ),
)

QUARANTINE = Table(
    "quarantine",
    "rows",
    "a delivered row that could not be used",
    ("data_set", *ORIGIN),
    (
        Column("data_set", TEXT, "data set", nullable=False),
        *ORIGIN_COLUMNS,
        Column("reason", TEXT, "why, naming the column", nullable=False),
        Column("cells", TEXT, "JSON of the row as received"),
    ),
)

NUMBER_STATES = Table(
    "ops",
    "number_states",
    "a current file, a column of person numbers and a state",
    ("data_set", "file_id", "role", "state"),
    (
        Column("data_set", TEXT, "data set", nullable=False),
        Column("file_id", TEXT, "file; see ops.files", nullable=False),
        Column("role", TEXT, "whose number the column holds: person, head, owner ...", nullable=False),
        Column("state", TEXT, "how the numbers read: see number_states in the glossary", nullable=False),
        Column("row_count", LONG, "rows in this state", unit="rows", nullable=False),
    ),
)

COVERAGE = Table(
    "ops",
    "coverage",
    "a hole in what was delivered: a register and an area, or of payments a month, that no row covers",
    ("data_set", "area", "month"),
    (
        Column("data_set", TEXT, "register that is missing there", nullable=False),
        Column("area", TEXT, "county, or empty where the whole register is missing", nullable=False),
        Column("area_name", TEXT, "county by name"),
        Column("month", TEXT, "month of entitlement without a payment, such as 2017-03; else empty", nullable=False),
        Column("registered_people", LONG, "people whom the household registry has there; null where it is missing itself"),
        Column("benefit_people", LONG, "people on the benefit rosters there", nullable=False),
    ),
)

TOTALS = Table(
    "ops",
    "totals",
    "a register and county of a run that passed the quality gate",
    ("as_of", "delivery_no", "data_set", "county_code"),
    (
        Column("as_of", DATE, "day the run stands for", nullable=False),
        Column("delivery_no", INT, "last delivery that the run has seen", nullable=False),
        Column("data_set", TEXT, "register", nullable=False),
        Column("county_code", TEXT, "county; of a register without one, the area of its file", nullable=False),
        Column("row_count", LONG, "current rows", unit="rows", nullable=False),
    ),
)
"""What the next delivery's totals are held against. A delivery that was stopped leaves none."""

QUALITY = Table(
    "ops",
    "quality",
    "an expectation and table of a run",
    ("as_of", "delivery_no", "table_name", "measure", "severity"),
    (
        Column("as_of", DATE, "day the run stands for", nullable=False),
        Column("delivery_no", INT, "last delivery that the run has seen", nullable=False),
        Column("table_name", TEXT, "table checked, or across.<what> for what holds between tables", nullable=False),
        Column("measure", TEXT, "figure that was measured", nullable=False),
        Column("severity", TEXT, "what failing means", values=("critical", "warning", "info")),
        Column("success", FLAG, "did it hold?"),
        Column("observed", DOUBLE, "the figure; null where there was nothing to measure"),
        Column("expected", TEXT, "its bounds"),
        Column("meaning", TEXT, "what failing means for the user, and what to do"),
    ),
)
"""Runs of the last years, bounded by quality.history_runs."""

PEOPLE = Table(
    "vault",
    "people",
    "a person whom a benefit record names, or the husband or wife of one",
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
    "a person whom a benefit record names, or the husband or wife of one",
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

CASES = Table(
    "silver",
    "cases",
    "a household that draws a benefit",
    ("case_id",),
    (
        Column("case_id", TEXT, "digest of county, programme family and household number", nullable=False),
        Column("family", TEXT, "programme family", values=("dibao", "tekun")),
        Column("program", TEXT, "programme", label="保障类型"),
        Column("county_code", TEXT, "county where the benefit is drawn", label="行政区划代码"),
        Column("county", TEXT, "county by name", label="县市区"),
        Column("town", TEXT, "township or street", label="乡镇街道"),
        Column("village", TEXT, "village or community", label="村社区"),
        Column("household_no", TEXT, "certificate of the household", label="低保证号"),
        Column("head_person_id", TEXT, "the household's head; null where no usable number is given"),
        Column("covered_heads", INT, "persons counted for the benefit", unit="persons"),
        Column("member_count", INT, "persons in the roster household", unit="persons"),
        Column("monthly_amount", YUAN, "benefit of the household a month", unit="yuan"),
        Column("approved_on", DATE, "day of approval, the latest of its members"),
        Column("start_month", DATE, "first month of entitlement, the earliest of its members"),
        Column("stop_month", DATE, "last month of entitlement; null while in payment"),
        Column("grace_until", DATE, "lawful payment after income rose, through this month"),
        Column("declared_assets", TEXT, "assets declared at approval"),
        Column("rigid_expense", YUAN, "deducted from income, a month", unit="yuan"),
        Column("bank_account_key", TEXT, "digest of the account on the roster"),
        Column("approver_name_key", TEXT, "digest of the officer who approved"),
    ),
)

MEMBERS = Table(
    "silver",
    "members",
    "a person of a case, as the roster or a payment names him or her",
    ("case_id", "data_set", *ORIGIN),
    (
        Column("case_id", TEXT, "the case", nullable=False),
        Column("data_set", TEXT, "dibao_roster, tekun_roster, or payments for a payee whom no roster names"),
        *ORIGIN_COLUMNS,
        Column("number_key", TEXT, "digest of the number; null without a usable one"),
        Column("number_state", TEXT, "how the number read"),
        Column("name_key", TEXT, "digest of the name"),
        Column("person_id", TEXT, "the person; null where number and name fit nobody"),
        Column("identity_grade", TEXT, "how well number and name agree with the registered person", values=GRADES),
        Column("relation", TEXT, "relation to the household head"),
        Column("is_head", FLAG, "head of the household, or its payee"),
        Column("is_covered", FLAG, "counted for the benefit"),
        Column("is_single_cover", FLAG, "covered alone: relatives' means do not count"),
        Column("approved_on", DATE, "day of approval"),
        Column("start_month", DATE, "first month of entitlement"),
        Column("stop_month", DATE, "last month of entitlement"),
        Column("grace_until", DATE, "lawful payment after income rose, through this month"),
    ),
)

ENTITLEMENT_MONTHS = Table(
    "silver",
    "entitlement_months",
    "a case and month of entitlement for which money moved",
    ("case_id", "for_month"),
    (
        Column("case_id", TEXT, "the case", nullable=False),
        Column("for_month", DATE, "month of entitlement", nullable=False),
        Column("paid_yuan", YUAN, "transfers less refunds, benefit only (no price subsidy, no funeral grant)", unit="yuan"),
        Column("gross_yuan", YUAN, "transfers before refunds", unit="yuan"),
        Column("refunded_yuan", YUAN, "refunds, as a positive amount", unit="yuan"),
        Column("arrears_yuan", YUAN, "of the transfers, those marked as arrears", unit="yuan"),
        Column("paid_heads", INT, "persons paid for", unit="persons"),
        Column("last_paid_on", DATE, "day of the last transfer"),
        Column("transfer_count", INT, "transfers", unit="transfers"),
    ),
)

DEATHS = Table(
    "silver",
    "deaths",
    "a number and name that death records give",
    ("number_key", "name_key"),
    (
        Column("number_key", TEXT, "digest of the number", nullable=False),
        Column("name_key", TEXT, "digest of the name", nullable=False),
        Column("died_on", DATE, "best-attested day of death", nullable=False),
        Column("is_exact", FLAG, "a day of death; otherwise only a month or the day of de-registration is known"),
        Column(
            "number_grade",
            TEXT,
            "best grade that the records' numbers allow: A whole, C upgraded or repaired, E found without",
            values=("A", "C", "E"),
        ),
        Column("register_count", INT, "independent registers that agree on a death", unit="registers"),
        Column("evidence", EVIDENCE, "the death records", nullable=False),
    ),
)

OUTCOMES = ("found", "clear", "exempt", "cannot_judge")
FINDINGS = Table(
    "gold",
    "findings",
    "a rule and thing it looked at: what came out, found or not",
    ("rule_code", "case_id", "subject_key", "thing_key"),
    (
        Column("rule_code", TEXT, "rule", nullable=False),
        Column("case_id", TEXT, "the case", nullable=False),
        Column("subject_key", TEXT, "digest of the subject's number", nullable=False),
        Column("thing_key", TEXT, "what of the subject's was looked at: a death, a vehicle, an entity, a spell", nullable=False),
        Column("person_id", TEXT, "the subject, where number and name fit a person"),
        Column("outcome", TEXT, "what the rule decided", values=OUTCOMES),
        Column("exemption_code", TEXT, "why it is probably lawful"),
        Column("missing", TEXT, "which fact was missing where the rule cannot judge"),
        Column("identity_grade", TEXT, "how well the subject's number and name agree between the records", values=GRADES),
        Column("event_on", DATE, "day of the fact"),
        Column("first_month", DATE, "first month paid after the fact"),
        Column("last_month", DATE, "last month paid after the fact"),
        Column("months", INT, "months paid after the fact", unit="months"),
        Column("amount_upper", YUAN, "everything paid after the fact", unit="yuan"),
        Column("amount_estimate", YUAN, "the same after exemptions, grace and the person's share", unit="yuan"),
        Column("value", DOUBLE, "what the rule measured, in the rule's unit"),
        Column("threshold", DOUBLE, "the limit it was held against"),
        Column("explanation", TEXT, "one Chinese sentence without names or numbers"),
        Column("evidence", EVIDENCE, "the records that the rule saw"),
        Column("rule_fingerprint", TEXT, "digest of the rule's text and parameters"),
    ),
)

CASE_SCORES = Table(
    "gold",
    "case_scores",
    "a case",
    ("case_id",),
    (
        Column("case_id", TEXT, "the case", nullable=False),
        Column("anomaly", DOUBLE, "score of the isolation forest, 0-1, higher = stranger", nullable=False),
        Column("anomaly_percentile", DOUBLE, "share of cases that are less strange, 0-1", nullable=False),
        Column("reasons", TEXT, "the features that made it strange, in Chinese, strongest first"),
        Column("model_version", TEXT, "registered version of the forest", nullable=False),
    ),
)

CLUES = Table(
    "gold",
    "clues",
    "a clue: a fact that a person should look into; an accusation of nobody",
    ("clue_id",),
    (
        Column("rank", INT, "1 = look at this first; null when not dispatched", label="排名"),
        Column("clue_id", TEXT, "stable: the same fact found again keeps it", nullable=False, label="线索编号"),
        Column("case_id", TEXT, "the household case", nullable=False, label="家庭案件编号"),
        Column("rule_code", TEXT, "rule", nullable=False, label="规则编号"),
        Column("person_id", TEXT, "the subject; lists show number and name instead", label="对象"),
        Column("subject_key", TEXT, "digest of the subject's number", nullable=False),
        Column("household_no", TEXT, "certificate of the household", label="低保证号"),
        Column("program", TEXT, "programme", label="保障类型"),
        Column("county_code", TEXT, "county", label="行政区划代码"),
        Column("town", TEXT, "township or street", label="乡镇街道"),
        Column("village", TEXT, "village or community", label="村社区"),
        Column(
            "identity_grade", TEXT, "A valid number, same name ... D other name: a data clue", values=GRADES, label="身份等级"
        ),
        Column("event_on", DATE, "day of the fact", label="事件日期"),
        Column("first_month", DATE, "first month paid after it", label="起始月"),
        Column("last_month", DATE, "last month paid after it", label="终止月"),
        Column("months", INT, "months paid after it", unit="months", label="涉及月数"),
        Column("amount_upper", YUAN, "everything paid after the event", unit="yuan", label="金额上限"),
        Column("amount_estimate", YUAN, "after exemptions, grace and the person's share", unit="yuan", label="金额估计"),
        Column("exemption_code", TEXT, "empty, or why this is probably lawful", label="豁免代码"),
        Column("is_dispatched", FLAG, "to be visited", label="是否交办"),
        Column("score", DOUBLE, "probability that a visit confirms the clue, 0-1", label="得分"),
        Column("anomaly", DOUBLE, "the forest's score of the case, 0-1, higher = stranger", label="异常度"),
        Column("explanation", TEXT, "one sentence that an inspector can read aloud", label="说明"),
        Column("reasons", TEXT, "the three largest contributions to the score, in words", label="排序理由"),
        Column("evidence", EVIDENCE, "the records that the rule saw", label="证据"),
        Column("first_seen", DATE, "as-of date of the first run that found it", label="首次发现"),
        Column("last_seen", DATE, "as-of date of the last run that found it", label="最近发现"),
        Column("rule_fingerprint", TEXT, "digest of the rule's text and parameters"),
        Column("model_version", TEXT, "registered version of the forest"),
    ),
)

BRONZE: tuple[Table, ...] = tuple(data_set.bronze for data_set in DATA_SETS.values())
SILVER: tuple[Table, ...] = tuple(data_set.silver for data_set in DATA_SETS.values())
LAKE_TABLES: dict[str, Table] = {
    table.full_name: table
    for table in (
        FILES, QUARANTINE, NUMBER_STATES, COVERAGE, TOTALS, QUALITY, LINKS, LINK_CANDIDATES, ALIASES, PERSON_IDS, PERSON_CHANGES,
        IDENTITY_VERDICTS, IDENTITY_COUNTS, KIN, PEOPLE, IDENTITIES, PERSONS, CASES, MEMBERS,
        ENTITLEMENT_MONTHS, DEATHS, FINDINGS, CASE_SCORES, CLUES,
    )
}  # fmt: skip
TABLES: dict[str, Table] = {
    **{table.full_name: table for table in (*BRONZE, *SILVER)},
    **LAKE_TABLES,
}
"""Every table of the lake by full name."""
