"""The ledger of lists: which case stood on which list of visits, and why. Inspectors never get it."""

from expectations.contracts.model import DATE, DOUBLE, FLAG, INT, TEXT, Column, Table

RANKED, SEVERITY, KEY_PERSON, RANDOM = "ranked", "severity", "key person", "random"

DISPATCHED, EXEMPTED, UNREMARKABLE = "dispatched", "exempted", "unremarkable"
STRATA = (DISPATCHED, EXEMPTED, UNREMARKABLE)
"""What the run found of a household: a clue to visit; only clues that an exemption explains; no clue at all."""

ROUTINE_VISIT = "Z00"
"""Stands where a rule's code stands in what is kept of a visit to an unremarkable household: nobody claims anything about it."""

LEDGER = Table(
    "ops",
    "ledger",
    "a list of visits and a case on it",
    ("as_of", "list_no", "case_id"),
    (
        Column("as_of", DATE, "day of the list", nullable=False),
        Column(
            "list_no",
            INT,
            "1 for the first list ever made; a list that replaces another of its day keeps the number",
            nullable=False,
        ),
        Column("county_code", TEXT, "county that the list is for; empty = the whole city", nullable=False),
        Column("case_id", TEXT, "the household case", nullable=False),
        Column("position", INT, "1 = to be visited first", nullable=False),
        Column("is_random", FLAG, "drawn at random from outside the ranked part; marked nowhere else", nullable=False),
        Column(
            "expected_probability", DOUBLE, "probability that a visit confirms, by the ranking of the day, 0-1", nullable=False
        ),
        Column(
            "why_chosen",
            TEXT,
            "by its rank; by the share of hard rules or of key persons, which its rank alone would have missed; at random",
            values=(RANKED, SEVERITY, KEY_PERSON, RANDOM),
            nullable=False,
        ),
        Column("visits", INT, "visits that the list was asked for", unit="visits", nullable=False),
        Column("stratum", TEXT, "what the run found of the case; null in lists of earlier versions: dispatched", values=STRATA),
        Column("drawn_from", INT, "cases of the stratum from which its random ones were drawn", unit="cases", nullable=False),
        Column("run_as_of", DATE, "day of the run whose clues the list is made of", nullable=False),
    ),
)
"""Kept for good: lift and recall are measured on its random part, which no ranking chose."""
