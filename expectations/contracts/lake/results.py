"""Tables of what came out: findings, scores, clues."""

from pyspark.sql.types import ArrayType

from expectations.contracts.lake.evidence import EVIDENCE, GRADES, SIGNALS
from expectations.contracts.model import DATE, DOUBLE, FLAG, INT, LONG, TEXT, YUAN, Column, Table

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
        Column("counted_months", ArrayType(DATE), "the months paid after the fact that are not lawful"),
        Column("counted_yuan", ArrayType(YUAN), "what of each of these months is at stake", unit="yuan"),
        Column("is_personal", FLAG, "is only the subject's share of these months at stake?"),
        Column("amount_upper", YUAN, "everything paid after the fact", unit="yuan"),
        Column("amount_estimate", YUAN, "the same after exemptions, grace and the person's share", unit="yuan"),
        Column("value", DOUBLE, "what the rule measured, in the rule's unit"),
        Column("threshold", DOUBLE, "the limit it was held against"),
        Column("doubt_code", TEXT, "exemption that may well apply, though data cannot decide"),
        Column("signals", SIGNALS, "what the ranking may learn from, by rule and name"),
        Column("explanation", TEXT, "one Chinese sentence without names or numbers"),
        Column("evidence", EVIDENCE, "the records that the rule saw"),
        Column("rule_fingerprint", TEXT, "digest of all code, parameters and law that the rule rests on"),
    ),
)

PATTERN_KINDS: dict[str, tuple[str, str]] = {
    "approval_days": ("approval_days", "集中批准"),
    "one_telephone": ("one_telephone", "多户同一电话"),
    "one_holder": ("one_holder", "外人账户代收多户"),
    "account_run": ("account_run", "卡号相连"),
    "officer_elsewhere": ("officer_elsewhere", "外镇经办"),
    "split_book": ("split_book", "一簿多户"),
    "many_households": ("many_households", "享受户偏多"),
    "many_full_rates": ("rates", "足额发放偏多"),
    "many_just_below": ("rates", "金额贴近上限偏多"),
    "many_add_ons": ("rates", "增发偏多"),
    "many_category_a": ("rates", "A类偏多"),
    "many_round_amounts": ("rates", "整百金额偏多"),
    "many_same_amounts": ("many_same_amounts", "金额雷同偏多"),
    "many_deductions": ("rates", "刚性支出扣减偏多"),
    "many_single_covers": ("rates", "单人保偏多"),
    "many_split_books": ("rates", "分户申请偏多"),
    "many_outsiders": ("rates", "户外人员账户偏多"),
    "many_moved_accounts": ("rates", "更换账户偏多"),
    "many_unknown": ("rates", "查无踪迹偏多"),
    "many_in_grace": ("rates", "渐退期偏多"),
    "many_on_days_off": ("rates", "休息日审批偏多"),
    "many_on_holidays": ("rates", "节假日审批偏多"),
    "many_paid_at_once": ("rates", "当月获批当月享受偏多"),
    "many_kin_in_office": ("rates", "干部亲属偏多"),
    "many_before_approval": ("rates", "未批先发偏多"),
    "many_new_approvals": ("rates", "新批准户偏多"),
    "many_of_two_years": ("rates", "近两年新批准户偏多"),
    "dead_never_reported": ("rates", "死亡不报偏多"),
    "nobody_leaves": ("rates", "从不停发调整"),
    "creeping_amount": ("creeping_amount", "金额逐月上调"),
    "restless_amount": ("restless_amount", "金额频繁变动"),
    "growing_heads": ("growing_heads", "发放人数一再增加"),
    "wandering_account": ("wandering_account", "收款账户频繁更换"),
    "on_and_off": ("on_and_off", "时断时续"),
    "odd_days": ("odd_days", "单独发放"),
    "nobody_knows": ("nobody_knows", "全家查无踪迹"),
    "everybody_left": ("everybody_left", "全家户籍已迁出"),
    "no_roster": ("no_roster", "册外发放"),
    "paid_above_roster": ("paid_above_roster", "发放额高于花名册"),
    "more_heads_paid": ("more_heads_paid", "发放人数多于花名册"),
    "one_high_month": ("one_high_month", "个别月份偏高"),
    "long_grace": ("long_grace", "渐退期过长"),
    "before_approval": ("before_approval", "未批先发"),
    "below_cap": ("below_cap", "救助额贴近封顶线"),
    "aid_again": ("aid_again", "反复临时救助"),
    "silent_change": ("silent_change", "未经审批的变动"),
    "unlike_others": ("unlike_others", "与众不同"),
    "rare_together": ("rare_together", "几处情况同时少见"),
    "odd_together": ("odd_together", "各项单看平常而合起来少见"),
}
"""Kinds of strangeness: the family in which chance is ruled out for it, and what an inspector reads."""
PATTERN_FAMILIES = {kind: family for kind, (family, _) in PATTERN_KINDS.items()}
PATTERN_TITLES = {kind: title for kind, (_, title) in PATTERN_KINDS.items()}

CASE_SCORES = Table(
    "gold",
    "case_scores",
    "a case",
    ("case_id",),
    (
        Column("case_id", TEXT, "the case", nullable=False),
        Column("anomaly", DOUBLE, "score of the isolation forest, 0-1, higher = stranger; null while cases were always too few"),
        Column("dependence", DOUBLE, "distance from what usually goes together, 0 and more, higher = stranger"),
        Column("strangeness", DOUBLE, "forest and dependence combined, 0-1: k / (k + 1) where one case in 10^k is as strange"),
        Column("anomaly_percentile", DOUBLE, "share of cases that are less strange, 0-1"),
        Column(
            "reasons",
            TEXT,
            "the features that made it strange, in Chinese, strongest first, each with its usual value",
        ),
        Column("figures", SIGNALS, "all figures of the case, see the model card; their names begin with case."),
        Column("model_version", TEXT, "registered version of the model; null where none scored"),
    ),
)

PATTERNS = Table(
    "gold",
    "patterns",
    "a case in which something is strange, by the strongest kind of strangeness",
    ("case_id",),
    (
        Column("case_id", TEXT, "the case", nullable=False),
        Column("kind", TEXT, "kind of strangeness", values=tuple(PATTERN_KINDS), nullable=False),
        Column("group_id", TEXT, "the pattern that several cases make together; null = the case alone", label="模式编号"),
        Column("cases_in_group", INT, "cases of the pattern", unit="cases"),
        Column("surprise", DOUBLE, "k where by chance alone one in 10^k would be so"),
        Column("surprise_needed", DOUBLE, "k from which chance is ruled out among all that was looked at"),
        Column("lawful_code", TEXT, "exemption by which the data explain it"),
        Column("seen", TEXT, "what was seen, in Chinese"),
        Column("usual", TEXT, "what is usual beside it, in Chinese"),
    ),
)

HOUSEHOLD_STATES = Table(
    "gold",
    "household_states",
    "a run and a benefit household, as it stood",
    ("as_of", "case_id"),
    (
        Column("as_of", DATE, "day the run stands for", nullable=False),
        Column("case_id", TEXT, "the case", nullable=False),
        Column("county_code", TEXT, "county where the benefit is drawn"),
        Column("program", TEXT, "programme"),
        Column("approved_on", DATE, "day of approval"),
        Column("monthly_amount", YUAN, "benefit of the household a month", unit="yuan"),
        Column("covered_heads", INT, "persons counted for the benefit", unit="persons"),
        Column("bank_account_key", TEXT, "digest of the account on the roster"),
    ),
)
"""Kept from run to run, the last ones: what changed between two deliveries without an approval is told against it."""

NOVEL_FINDINGS = Table(
    "gold",
    "novel_findings",
    "a case with a pattern of strangeness: what came out",
    FINDINGS.key,
    FINDINGS.columns,
)

KEY_PERSONS = Table(
    "gold",
    "key_persons",
    "a benefit household and a kind of key person who is in it or close kin of it",
    ("case_id", "title"),
    (
        Column("case_id", TEXT, "the case", nullable=False),
        Column("title", TEXT, "kind of key person, see conf/policy.yaml", nullable=False),
        Column("is_separate", FLAG, "are its clues handled apart from the office that approved?"),
    ),
)

CASE_FILES = Table(
    "gold",
    "case_files",
    "a run and a household with something to visit, or that had in the run before",
    ("as_of", "case_id"),
    (
        Column("as_of", DATE, "day the run stands for", nullable=False),
        Column("case_id", TEXT, "the household case, the same from run to run", nullable=False),
        Column("state", TEXT, "against the run before", values=("new", "unchanged", "changed", "gone"), nullable=False),
        Column("rank", INT, "rank of its best clue; null when gone", label="排名"),
        Column("county_code", TEXT, "county", label="行政区划代码"),
        Column("town", TEXT, "township or street", label="乡镇街道"),
        Column("village", TEXT, "village or community", label="村社区"),
        Column("household_no", TEXT, "certificate of the household", label="低保证号"),
        Column("program", TEXT, "programme", label="保障类型"),
        Column("clue_count", INT, "clues to look into", unit="clues", label="线索数"),
        Column("rule_codes", TEXT, "their rules", label="规则编号"),
        Column(
            "amount_upper", YUAN, "the most that a clue of the case says was paid after its event", unit="yuan", label="金额上限"
        ),
        Column("amount_estimate", YUAN, "at stake month by month, no month counted twice", unit="yuan", label="金额估计"),
        Column("explanation", TEXT, "the strongest fact in a sentence, and what else there is", label="说明"),
        Column("key_person", TEXT, "the kind of key person whom the case touches; null = none", label="重点人员"),
        Column("is_separate", FLAG, "to be handled apart from the office that approved", label="另行办理"),
        Column("first_seen", DATE, "as-of date of the first run that found a clue of it", label="首次发现"),
        Column("fingerprint", TEXT, "digest of its clues with their months and amounts"),
    ),
)
"""Kept from run to run: what a case was is what it is told against."""

RULE_COVERAGE = Table(
    "ops",
    "rule_coverage",
    "a rule in the last run",
    ("rule_code",),
    (
        Column("rule_code", TEXT, "rule", nullable=False),
        Column("registers", TEXT, "data sets that it needs", nullable=False),
        Column("missing_registers", TEXT, "of these, the ones of which nothing was delivered", nullable=False),
        Column("holes", INT, "counties for which one of them was not delivered", unit="counties"),
        Column("people", LONG, "people whom benefits name", unit="people"),
        Column("judged", LONG, "of these, the ones whom the rule could judge", unit="people"),
        Column("without_number", LONG, "not judged: no usable number", unit="people"),
        Column("other_name", LONG, "not judged: the number is registered under another name", unit="people"),
        Column("without_register", LONG, "not judged: no register of their county", unit="people"),
        Column("found", LONG, "things found", unit="findings"),
        Column("clear", LONG, "things looked at and found in order", unit="findings"),
        Column("exempt", LONG, "things that are probably lawful", unit="findings"),
        Column("cannot_judge", LONG, "things that lack a fact", unit="findings"),
        Column("held", LONG, "found, and kept back by the flood guard", unit="findings"),
    ),
)

CLUES = Table(
    "gold",
    "clues",
    "a clue: a fact that a person should look into; an accusation of nobody",
    ("clue_id",),
    (
        Column("rank", INT, "1 = look at this first; clues to visit before exempted ones", label="排名"),
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
        Column("doubt_code", TEXT, "exemption that may well apply, though data cannot decide", label="疑似豁免代码"),
        Column("signals", SIGNALS, "what the ranking may learn from, by rule and name"),
        Column("is_dispatched", FLAG, "to be visited", label="是否交办"),
        Column("is_held", FLAG, "kept back because its rule yielded more than its stated share in this run"),
        Column("key_person", TEXT, "the kind of key person whom the case touches; null = none", label="重点人员"),
        Column("is_separate", FLAG, "to be handled apart from the office that approved", label="另行办理"),
        Column("score", DOUBLE, "probability that a visit confirms the clue, 0-1", label="得分"),
        Column("anomaly", DOUBLE, "the forest's score of the case, 0-1, higher = stranger", label="异常度"),
        Column("explanation", TEXT, "one sentence that an inspector can read aloud", label="说明"),
        Column("reasons", TEXT, "the three largest contributions to the score, in words", label="排序理由"),
        Column("evidence", EVIDENCE, "the records that the rule saw", label="证据"),
        Column("first_seen", DATE, "as-of date of the first run that found it", label="首次发现"),
        Column("last_seen", DATE, "as-of date of the last run that found it", label="最近发现"),
        Column("rule_fingerprint", TEXT, "digest of all code, parameters and law that the rule rests on"),
        Column("model_version", TEXT, "registered version of the model"),
        Column("group_id", TEXT, "clues of one pattern over several households; null = the household alone", label="模式编号"),
        Column("pattern", TEXT, "which kind of strangeness, in words; X01 only", label="异常类型"),
    ),
)
