"""The tables between the delivery and the published lists. Bronze and silver tables of the data sets derive from theirs."""

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake.benefits import CASES, DEATHS, ENTITLEMENT_MONTHS, MEMBERS
from expectations.contracts.lake.casework import CASE_STATES, CASEWORK
from expectations.contracts.lake.evidence import EVIDENCE, GRADES, KIN_RELATIONS
from expectations.contracts.lake.help import CHECKS, NEEDS, PURPOSES
from expectations.contracts.lake.identity import (
    ALIASES,
    IDENTITIES,
    IDENTITY_COUNTS,
    IDENTITY_VERDICTS,
    KIN,
    LINK_CANDIDATES,
    LINKS,
    PEOPLE,
    PERSON_CHANGES,
    PERSON_IDS,
    PERSONS,
)
from expectations.contracts.lake.intake import COLUMNS, COVERAGE, FILES, NUMBER_STATES, QUALITY, QUARANTINE, TOTALS
from expectations.contracts.lake.learning import LISTED_CLUES, VERDICT_TOTALS, VERDICTS
from expectations.contracts.lake.planning import LEDGER
from expectations.contracts.lake.results import (
    CASE_FILES,
    CASE_SCORES,
    CLUES,
    FINDINGS,
    HOUSEHOLD_STATES,
    KEY_PERSONS,
    NOVEL_FINDINGS,
    OUTCOMES,
    PATTERN_FAMILIES,
    PATTERN_KINDS,
    PATTERN_TITLES,
    PATTERNS,
    RULE_COVERAGE,
)
from expectations.contracts.lake.runs import RUNS
from expectations.contracts.model import Table

BRONZE: tuple[Table, ...] = tuple(data_set.bronze for data_set in DATA_SETS.values())
SILVER: tuple[Table, ...] = tuple(data_set.silver for data_set in DATA_SETS.values())
LAKE_TABLES: dict[str, Table] = {
    table.full_name: table
    for table in (
        FILES, QUARANTINE, NUMBER_STATES, COLUMNS, COVERAGE, TOTALS, QUALITY, LINKS, LINK_CANDIDATES, ALIASES, PERSON_IDS, PERSON_CHANGES,
        IDENTITY_VERDICTS, IDENTITY_COUNTS, KIN, PEOPLE, IDENTITIES, PERSONS, CASES, MEMBERS,
        ENTITLEMENT_MONTHS, DEATHS, FINDINGS, KEY_PERSONS, CASE_SCORES, PATTERNS, HOUSEHOLD_STATES, NOVEL_FINDINGS, CLUES, CASE_FILES,
        RULE_COVERAGE, LISTED_CLUES, VERDICTS, VERDICT_TOTALS, LEDGER, CASE_STATES, CASEWORK,
        NEEDS, CHECKS, PURPOSES, RUNS,
    )
}  # fmt: skip
TABLES: dict[str, Table] = {
    **{table.full_name: table for table in (*BRONZE, *SILVER)},
    **LAKE_TABLES,
}
"""Every table of the lake by full name."""

__all__ = [
    "ALIASES",
    "BRONZE",
    "CASES",
    "CASEWORK",
    "CASE_FILES",
    "CASE_SCORES",
    "CASE_STATES",
    "CHECKS",
    "CLUES",
    "COLUMNS",
    "COVERAGE",
    "DEATHS",
    "ENTITLEMENT_MONTHS",
    "EVIDENCE",
    "FILES",
    "FINDINGS",
    "GRADES",
    "HOUSEHOLD_STATES",
    "IDENTITIES",
    "IDENTITY_COUNTS",
    "IDENTITY_VERDICTS",
    "KEY_PERSONS",
    "KIN",
    "KIN_RELATIONS",
    "LAKE_TABLES",
    "LEDGER",
    "LINKS",
    "LINK_CANDIDATES",
    "LISTED_CLUES",
    "MEMBERS",
    "NEEDS",
    "NOVEL_FINDINGS",
    "NUMBER_STATES",
    "OUTCOMES",
    "PATTERNS",
    "PATTERN_FAMILIES",
    "PATTERN_KINDS",
    "PATTERN_TITLES",
    "PEOPLE",
    "PERSONS",
    "PERSON_CHANGES",
    "PERSON_IDS",
    "PURPOSES",
    "QUALITY",
    "QUARANTINE",
    "RULE_COVERAGE",
    "RUNS",
    "SILVER",
    "TABLES",
    "TOTALS",
    "VERDICTS",
    "VERDICT_TOTALS",
]
