"""The state of a delivery in the terminal: files and their accounts, what did not hold, what is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from expectations.bounds import SuiteBounds
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import COVERAGE, IDENTITY_COUNTS, QUALITY
from jobs.cells.person_numbers import FIRM, UPGRADED, VALID
from jobs.check_quality.columns import ColumnCount, remembered
from jobs.check_quality.figures import number_counts
from jobs.delivery.ledger import ACCEPTED, REFUSED, Account
from jobs.delivery.remarks import in_english
from jobs.registers.delivered import Delivered
from jobs.runtime.console import Console
from jobs.runtime.lake import Lake

SHOWN_FILES = 40
_USABLE = (VALID, UPGRADED, FIRM)
_TYING = ("A", "B", "C", "E")
"""Grades that tie a record to a person."""
_SHOWN_GRADES = ("A", "B", "C", "D", "E", "none")
_STYLES = {REFUSED: "red", ACCEPTED: "green"}


def print_state(console: Console, lake: Lake, out: Path, *, limits: SuiteBounds) -> None:
    """All of it, for the last run of a lake; of one that ended before the quality gate, the files."""
    delivered = Delivered(lake)
    runs = [
        row for row in lake.read_or_empty(QUALITY).collect() if row["delivery_no"] == delivered.number
    ]  # bounded by history_runs
    as_of = max((row["as_of"] for row in runs), default=None)
    checked = f"as of {as_of}" if as_of else "which did not come to the quality gate"
    console.print(f"Delivery {delivered.number}, {checked}", style="bold")
    print_files(console, delivered.last)
    if as_of:
        print_bounds(console, [row for row in runs if row["as_of"] == as_of])
        print_holes(console, sorted((tuple(row) for row in lake.read(COVERAGE).collect()), key=str))  # some rows
        print_numbers(console, delivered.last, number_counts(lake), limits.usable_number_ratio_warn)
        print_columns(console, delivered.last, remembered(lake), limits.unreadable_ratio_warn)
    if lake.exists(IDENTITY_COUNTS):
        print_identities(console, lake)
    console.print_places({"return slips": out / "slips", "quality pages": out / "quality" / "index.html"})


def print_files(console: Console, accounts: Sequence[Account]) -> None:
    """Totals, then every file of which something is to be said."""
    totals = [sum(getattr(account, name) for account in accounts) for name in ("accepted", "quarantined", "skipped")]
    console.print(
        f"{len(accounts)} files: rows read {sum(totals):,} = accepted {totals[0]:,} + quarantined {totals[1]:,} + "
        f"skipped {totals[2]:,} (titles, subtotals, notes, blanks)",
        soft_wrap=True,
    )
    telling = sorted((a for a in accounts if a.remarks or a.quarantined), key=lambda account: account.status != REFUSED)
    if not telling:
        return
    table = Table(title="Files of which something is to be said", title_justify="left")
    for heading in ("file", "status", "claimed", "accepted", "quarantined", "skipped", "remarks"):
        table.add_column(heading, justify="right" if heading in ("claimed", "accepted", "quarantined", "skipped") else "left")
    for account in telling[:SHOWN_FILES]:
        style = _STYLES.get(account.status, "yellow")
        counts = (account.entry.claimed_rows, account.accepted, account.quarantined, account.skipped)
        shown = ["" if count is None or (not account.is_read and i) else f"{count:,}" for i, count in enumerate(counts)]
        table.add_row(account.entry.file_name, Text(account.status, style), *shown, in_english(account.remarks))
    console.print(table)
    if len(telling) > SHOWN_FILES:
        console.print(f"… and {len(telling) - SHOWN_FILES} more; the return slips hold all of them")


def print_numbers(
    console: Console, accounts: Iterable[Account], numbers: Mapping[tuple[str, str, str], Mapping[str, int]], least_usable: float
) -> None:
    """Number columns of which too few can be used, the worst first."""
    files = {account.file_key: account.entry.file_name for account in accounts if account.is_read}
    poor = []
    for (code, file_id, role), states in numbers.items():
        total = sum(states.values())
        share = sum(states.get(state, 0) for state in _USABLE) / total if total else 1.0
        if share < least_usable and (code, file_id) in files:
            others = ", ".join(f"{state} {rows:,}" for state, rows in sorted(states.items()) if state not in _USABLE)
            poor.append((share, files[code, file_id], role, others))
    if poor:
        table = Table(title=f"Number columns less than {least_usable:.0%} usable", title_justify="left")
        for heading in ("file", "whose", "usable", "the others"):
            table.add_column(heading)
        for share, name, role, others in sorted(poor)[:SHOWN_FILES]:
            table.add_row(name, role, f"{share:.1%}", others)
        console.print(table)


def print_columns(console: Console, accounts: Iterable[Account], columns: Iterable[ColumnCount], most_lost: float) -> None:
    """Columns of which too many cells hold something that cannot be used, the worst first."""
    files = {account.file_key: account.entry.file_name for account in accounts if account.is_read}
    poor = sorted(
        (c for c in columns if c.lost_share > most_lost and (c.data_set, c.file_id) in files), key=lambda c: -c.lost_share
    )
    if not poor:
        return
    table = Table(title=f"Columns with more than {most_lost:.0%} of cells that hold something unusable", title_justify="left")
    for heading in ("file", "column", "unusable", "unreadable", "errors, no value", "such as"):
        table.add_column(heading)
    for c in poor[:SHOWN_FILES]:
        header = DATA_SETS[c.data_set][c.field].header
        table.add_row(
            files[c.data_set, c.file_id], header, f"{c.lost_share:.1%}", f"{c.unreadable:,}", f"{c.without_value:,}", c.forms
        )
    console.print(table)


def print_identities(console: Console, lake: Lake) -> None:
    """How many records of each register are tied to a person, and how surely: shares of the grades, the least tied first."""
    by_register: dict[str, Counter[str]] = defaultdict(Counter)
    for row in lake.read(IDENTITY_COUNTS).collect():  # some a column of numbers
        by_register[row["data_set"]][row["grade"]] += row["row_count"]
    table = Table(title="Records tied to a person; D is another name's number, and ties nobody", title_justify="left")
    for heading in ("register", "records", "tied", *_SHOWN_GRADES):
        table.add_column(heading, justify="left" if heading == "register" else "right")
    shares = {code: sum(grades[grade] for grade in _TYING) / grades.total() for code, grades in by_register.items()}
    for code in sorted(shares, key=lambda code: (shares[code], code)):
        grades = by_register[code]
        counts = (f"{grades[grade]:,}" if grades[grade] else "" for grade in _SHOWN_GRADES)
        table.add_row(DATA_SETS[code].title, f"{grades.total():,}", f"{shares[code]:.2%}", *counts)
    if shares:
        console.print(table)


def print_holes(console: Console, holes: Sequence[Any]) -> None:
    if not holes:
        return
    table = Table(title="Holes: problems there cannot be found", title_justify="left")
    for heading in ("register", "county", "month", "registered people", "on benefit"):
        table.add_column(heading, justify="right" if "people" in heading or "benefit" in heading else "left")
    for data_set, area, area_name, month, people, benefit in holes:
        where = " ".join(filter(None, (area_name, area))) or "all"
        table.add_row(DATA_SETS[data_set].title, where, month, "" if people is None else f"{people:,}", f"{benefit:,}")
    console.print(table)


def print_bounds(console: Console, rows: Sequence[Any]) -> None:
    """Rows of ops.quality of one run: what did not hold."""
    failed = [row for row in rows if not row["success"]]
    console.print(f"{len(rows)} expectations, {len(failed)} did not hold", style="bold")
    if not failed:
        return
    table = Table(title="What did not hold", title_justify="left")
    for heading in ("severity", "table", "figure", "seen", "expected", "what it means"):
        table.add_column(heading)
    for row in sorted(failed, key=lambda row: (row["severity"] != "critical", row["severity"] != "warning")):
        style = {"critical": "bold red", "warning": "yellow"}.get(row["severity"], "dim")
        seen = "" if row["observed"] is None else f"{row['observed']:.4g}"
        table.add_row(Text(row["severity"], style), row["table_name"], row["measure"], seen, row["expected"], row["meaning"])
    console.print(table)
