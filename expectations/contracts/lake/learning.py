"""Tables of learning: what stood on every list, what visits found of it, and the account of both."""

from expectations.contracts.lake.brought import BROUGHT
from expectations.contracts.lake.evidence import GRADES, WEIGHTS
from expectations.contracts.model import DATE, DOUBLE, FLAG, INT, TEXT, YUAN, Column, Table
from expectations.contracts.returned import CONFIRMED, REFERRED, REFUTED, UNVERIFIABLE, VERDICT_OUTCOMES

_SEEN = (
    Column("rule_code", TEXT, "rule", nullable=False),
    Column("case_id", TEXT, "the household case", nullable=False),
    Column("county_code", TEXT, "county; empty where the case states none", nullable=False),
    Column("identity_grade", TEXT, "how well number and name agree between the records", values=GRADES),
    Column("months", INT, "months paid after the fact", unit="months"),
    Column("amount_upper", YUAN, "everything paid after the event", unit="yuan"),
    Column("amount_estimate", YUAN, "after exemptions, grace and the person's share", unit="yuan"),
    Column("anomaly_percentile", DOUBLE, "share of cases that are less strange, 0-1"),
    Column("clues_in_case", INT, "dispatched clues of the case", unit="clues"),
    Column("doubt_code", TEXT, "the exemption that may well apply though data cannot decide"),
    Column("exemption_code", TEXT, "why it is probably lawful; null = no exemption applies"),
    Column("signals", WEIGHTS, "what the rule measured besides, by name"),
    Column("stated_score", DOUBLE, "probability by the stated priors, 0-1"),
    Column("score", DOUBLE, "probability that the list showed, 0-1"),
    Column("ranking_version", TEXT, "registered version of the ranking; null = stated priors"),
)

LISTED_CLUES = Table(
    "gold",
    "listed_clues",
    "a run and a clue that it found, as the ranking saw it",
    ("as_of", "clue_id"),
    (
        Column("as_of", DATE, "day the run stands for", nullable=False),
        Column("clue_id", TEXT, "stable: the same fact found again keeps it", nullable=False),
        Column("is_dispatched", FLAG, "was it to be visited?", nullable=False),
        *_SEEN,
    ),
)
"""Kept from run to run: a verdict is learned from with what was known on the day of its list, not with what came later."""

VERDICTS = Table(
    "vault",
    "verdicts",
    "a verdict on a clue, in force or replaced by a later one",
    ("clue_id", "verdict_no"),
    (
        Column("clue_id", TEXT, "the clue", nullable=False, label="线索编号"),
        Column("verdict_no", INT, "1 for the first verdict on this clue that was taken in", nullable=False),
        Column("is_in_force", FLAG, "is it the latest by day of the visit?", nullable=False),
        Column("verdict", TEXT, "what the visit found", nullable=False, label="核查结论", values=tuple(VERDICT_OUTCOMES)),
        Column(
            "outcome",
            TEXT,
            "what it counts as; refuted where an appeal has revoked it",
            nullable=False,
            values=(CONFIRMED, REFUTED, UNVERIFIABLE, REFERRED),
        ),
        Column("refutation_reason", TEXT, "code of the reason for a refutation", label="查否原因代码"),
        Column("checked_on", DATE, "day of the visit", nullable=False, label="核查日期"),
        Column("checkers", TEXT, "who visited, two or more", nullable=False, label="核查人员"),
        Column("recovered_yuan", YUAN, "money recovered", unit="yuan", label="追回金额"),
        Column("stop_month", DATE, "month from which the benefit is stopped", label="停发月份"),
        Column("note", TEXT, "in the inspectors' words", label="备注"),
        Column("import_no", INT, "1 for the first import that brought verdicts", nullable=False),
        Column("taken_in_on", DATE, "as-of date of the import", nullable=False),
        *BROUGHT,
        Column("is_random", FLAG, "was the case drawn at random, outside the ranking? null = the ledger does not say"),
        Column("listed_on", DATE, "the last list before the visit, of which the rest of this row is a copy", nullable=False),
        *_SEEN,
    ),
)

VERDICT_TOTALS = Table(
    "ops",
    "verdict_totals",
    "a rule and county, with what became of its clues",
    ("rule_code", "county_code"),
    (
        Column("rule_code", TEXT, "rule", nullable=False),
        Column("county_code", TEXT, "county; empty where the case states none", nullable=False),
        Column("clues", INT, "clues of the last list that are to be visited, and all that have a verdict", unit="clues"),
        Column("confirmed", INT, "查是", unit="clues"),
        Column("refuted", INT, "查否", unit="clues"),
        Column("unverifiable", INT, "无法核实", unit="clues"),
        Column("referred", INT, "移送", unit="clues"),
        Column("open", INT, "without a verdict", unit="clues"),
    ),
)
"""clues = confirmed + refuted + unverifiable + referred + open, in every row."""
