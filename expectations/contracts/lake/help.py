"""Tables of the two services beside supervision: people who may need help, and checks of households that apply."""

from expectations.contracts.lake.evidence import EVIDENCE, GRADES
from expectations.contracts.model import DATE, DOUBLE, FLAG, INT, LONG, TEXT, Column, Table

NEED_OUTCOMES = ("found", "excluded", "clear", "cannot_judge")
CHECK_RESULTS = ("有检出", "无检出", "未授权不予核对", "无法核对")
PURPOSE_NAMES = ("supervision", "check")

_WHO = (
    Column("who_data_set", TEXT, "data set in which number and name of the person stand"),
    Column("who_file_id", TEXT, "file of that row; see ops.files"),
    Column("who_sheet", TEXT, "sheet of that row"),
    Column("who_row", LONG, "row of that row"),
)

NEEDS = Table(
    "gold",
    "needs",
    "a rule of needs and a person it looked at: in need, left out with the reason, or not to be judged",
    ("need_id",),
    (
        Column("need_id", TEXT, "stable: the same need found again keeps it", nullable=False, label="线索编号"),
        Column(
            "visit_no",
            INT,
            "the household to be visited, 1 = first: one visit for all its needs; null off the list",
            label="走访序号",
        ),
        Column(
            "rank", INT, "1 = the person in greatest need, the same in all of a person's needs; null off the list", label="排名"
        ),
        Column("rule_code", TEXT, "rule", nullable=False, label="规则编号"),
        Column("case_id", TEXT, "digest of the household book, or of the person where there is none", nullable=False),
        Column("subject_key", TEXT, "digest of the person's number; null where it cannot be used"),
        Column("subject_name_key", TEXT, "digest of the person's name"),
        *_WHO,
        Column("household_no", TEXT, "household of the poverty register", label="户编号"),
        Column("program", TEXT, "benefit that the place of residence points to", label="保障类型"),
        Column("county_code", TEXT, "county of residence", label="行政区划代码"),
        Column("town", TEXT, "township or street", label="乡镇街道"),
        Column("village", TEXT, "village or community", label="村社区"),
        Column("identity_grade", TEXT, "how well number and name agree with the registry", values=GRADES, label="身份等级"),
        Column("event_on", DATE, "day of the fact, where the register knows one", label="事件日期"),
        Column("outcome", TEXT, "what the search decided", values=NEED_OUTCOMES, nullable=False),
        Column("reason", TEXT, "why somebody is left out, needs nothing or cannot be judged; null for a need"),
        Column("heads", INT, "persons in the household", unit="persons", label="户内人数"),
        Column("value", DOUBLE, "what the rule measured, in the rule's unit"),
        Column("threshold", DOUBLE, "the limit it was held against"),
        Column("score", DOUBLE, "how great the need is, 0-1, higher = greater", label="得分"),
        Column("reasons", TEXT, "the largest parts of the score, in words", label="排序理由"),
        Column(
            "assistance",
            TEXT,
            "kinds of assistance that may fit, joined by 、: a suggestion; null off the list",
            label="可了解的救助",
        ),
        Column("explanation", TEXT, "one Chinese sentence without names or numbers", label="说明"),
        Column("means_words", TEXT, "the means found, in words", label="家庭收入财产"),
        Column("evidence", EVIDENCE, "the records of the fact, and of the means", label="证据"),
        Column("first_seen", DATE, "as-of day of the first run that found it", label="首次发现"),
        Column("last_seen", DATE, "as-of day of this run", label="最近发现"),
    ),
)

CHECKS = Table(
    "gold",
    "checks",
    "a thing found of a member of an applying household, a member who cannot be checked, or the summary of a household",
    ("check_id",),
    (
        Column("check_id", TEXT, "digest of application, member and thing", nullable=False, label="核对编号"),
        Column("purpose", TEXT, "what the rows may be used for: this check and nothing else", values=("check",), nullable=False),
        Column("application_no", TEXT, "application", nullable=False, label="申请编号"),
        Column("is_summary", FLAG, "the household's own row", nullable=False),
        Column("county_code", TEXT, "county", label="行政区划代码"),
        Column("town", TEXT, "township or street", label="乡镇街道"),
        Column("program", TEXT, "programme applied for", label="申请项目"),
        Column("applied_on", DATE, "day of application", label="申请日期"),
        Column("authorised_on", DATE, "day of the authorisation", label="授权日期"),
        *_WHO,
        Column("relation", TEXT, "relation to the head", label="与户主关系"),
        Column("result", TEXT, "what came out", values=CHECK_RESULTS, nullable=False, label="核对结果"),
        Column("identity_grade", TEXT, "how well number and name of request and register agree", values=GRADES, label="身份等级"),
        Column("register", TEXT, "data set in which it was found", label="数据来源"),
        Column("is_current", FLAG, "stands today: not scrapped, closed or ended", label="现状"),
        Column("is_means", FLAG, "would count as means by itself; the approving office decides", label="是否计入"),
        Column("finding", TEXT, "what was found, in words without names or numbers", label="核对发现"),
        Column("note", TEXT, "why it may not count, or why nothing was checked", label="备注"),
        Column("evidence", EVIDENCE, "the records found", label="证据"),
    ),
)

PURPOSES = Table(
    "ops",
    "purposes",
    "a day that a run stood for and a purpose that it served",
    ("as_of", "purpose"),
    (
        Column("as_of", DATE, "day the run stands for", nullable=False),
        Column("purpose", TEXT, "what its results may be used for", values=PURPOSE_NAMES, nullable=False),
        Column("basis", TEXT, "what the purpose rests on", nullable=False),
    ),
)
