"""The account of all clues: whatever comes back, clues = confirmed + refuted + unverifiable + referred + open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table

from expectations.contracts.returned import CONFIRMED, REFERRED, REFUTED, UNVERIFIABLE

OPEN = "open"
STATES = (CONFIRMED, REFUTED, UNVERIFIABLE, REFERRED, OPEN)


@dataclass(frozen=True)
class Standing:
    """A clue and what became of it."""

    clue_id: str
    rule_code: str
    county_code: str
    state: str


def standings(listed: Iterable[tuple[str, str, str]], decided: Iterable[Standing]) -> list[Standing]:
    """One per clue: those with a verdict in force, and the open ones of the last list. listed: clue, rule, county."""
    found = {standing.clue_id: standing for standing in decided}
    for clue_id, rule_code, county_code in listed:
        found.setdefault(clue_id, Standing(clue_id, rule_code, county_code, OPEN))
    return [found[clue_id] for clue_id in sorted(found)]


def totals(clues: Iterable[Standing]) -> list[tuple[str, str, int, int, int, int, int, int]]:
    """Rows of ops.verdict_totals: rule, county, clues, then the states in the order of STATES."""
    counted = Counter((clue.rule_code, clue.county_code, clue.state) for clue in clues)
    keys = sorted({(rule, county) for rule, county, _ in counted})
    return [_row(rule, county, [counted[rule, county, state] for state in STATES]) for rule, county in keys]


def _row(rule: str, county: str, counts: list[int]) -> tuple[str, str, int, int, int, int, int, int]:
    confirmed, refuted, unverifiable, referred, still_open = counts
    return rule, county, sum(counts), confirmed, refuted, unverifiable, referred, still_open


def totals_table(rows: Iterable[tuple[str, str, int, int, int, int, int, int]]) -> Table:
    """By rule, counties together, with the share confirmed of what was decided; the last line is all of them."""
    table = Table(title="Clues and what became of them", title_justify="left")
    for heading in ("rule", "clues", *STATES, "confirmed of decided"):
        table.add_column(heading, justify="left" if heading == "rule" else "right")
    of_rule: dict[str, list[int]] = {}
    for rule, _, *counts in rows:
        for key in (rule, "all"):
            of_rule[key] = [a + b for a, b in zip(of_rule.get(key, [0] * 6), counts, strict=True)]
    for rule in sorted(of_rule, key=lambda key: (key == "all", key)):
        _, confirmed, refuted, _, referred, _ = counts = of_rule[rule]
        decided = confirmed + refuted + referred
        share = f"{(confirmed + referred) / decided:.0%}" if decided else ""
        table.add_row(rule, *(f"{count:,}" for count in counts), share, end_section=False)
    return table
