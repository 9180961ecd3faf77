"""The ledger of everything ever delivered to a lake: which file counts on the day of a run, which is kept for the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from expectations.contracts.deliveries import DATA_SETS
from jobs.delivery.manifest import ManifestEntry
from jobs.delivery.remarks import Remark, from_json, in_english, remark, to_json

ACCEPTED, REFUSED, DUPLICATE, SUPERSEDED = "accepted", "refused", "duplicate", "superseded"
PURGED = "purged"
"""Read once, and no row of it is left: what comes afterwards is held against nothing of it."""
SPREADSHEET_LIMITS = (65_536, 1_048_576)
"""Rows of a sheet in the two formats, the header included."""
_OF_OTHER_FILES = frozenset(
    {"same_bytes", "newer_extract", "later_extract", "delivered_again", "rows_repeated", "rows_replaced", "rows_alike"}
)


@dataclass(frozen=True)
class Account:
    """What became of one file of one delivery; rows read = accepted + quarantined + skipped.

    repeated: of the accepted rows, those that do not count because another current file holds them, too, or a newer extract.
    """

    delivery_no: int
    delivery_id: str
    entry: ManifestEntry
    file_id: str
    status: str
    remarks: tuple[Remark, ...] = ()
    accepted: int = 0
    quarantined: int = 0
    skipped: int = 0
    repeated: int = 0

    @property
    def file_key(self) -> tuple[str, str]:
        """Data set and file_id: the same bytes may be delivered for two data sets, a workbook with a sheet of each."""
        return self.entry.data_set, self.file_id

    @property
    def is_read(self) -> bool:
        return self.status in (ACCEPTED, SUPERSEDED)

    @property
    def delivered(self) -> int:
        return self.accepted + self.quarantined

    @property
    def delivered_twice(self) -> int:
        """Of the repeated rows, those that another file holds as they are."""
        return sum(int(dict(found.details)["rows"]) for found in self.remarks if found.code == "rows_repeated")

    def without_older(self, rows: int, newer: Account) -> Account:
        """The account of a current file of which so many rows do not count, because the newer file holds extracts of their counties."""
        told = remark("rows_replaced", rows=rows, other=newer.entry.file_name, day=day_of(newer))
        return replace(self, repeated=self.repeated + rows, remarks=(*self.remarks, told))

    def with_alike(self, rows: int, earlier: Account) -> Account:
        """The account of a current file of which so many rows, which count, differ from the earlier file's in numbers alone."""
        return replace(self, remarks=(*self.remarks, remark("rows_alike", rows=rows, other=earlier.entry.file_name)))

    def withdrawn(self) -> Account:
        """The account of a file of a delivery that was refused as a whole."""
        why = (remark("set_aside"), *self.remarks)
        return replace(self, status=REFUSED, remarks=why, accepted=0, quarantined=0, skipped=0, repeated=0)

    def as_row(self) -> tuple[Any, ...]:
        """The account in the columns of ops.files."""
        remarks = (in_english(self.remarks), to_json(self.remarks))
        rows = (self.delivered + self.skipped, self.accepted, self.quarantined, self.skipped, self.repeated)
        entry = self.entry.cells
        return (self.delivery_no, self.delivery_id, self.file_id, *entry[:-2], self.status, *remarks, *entry[-2:], *rows)


def from_rows(rows: Iterable[Any]) -> list[Account]:
    """Accounts of ops.files, in the order in which they count: an engine hands rows over in any."""
    names = [name for name in ManifestEntry.__dataclass_fields__ if name != "remarks"]
    accounts = [
        Account(
            row["delivery_no"], row["delivery_id"], ManifestEntry(**{name: row[name] for name in names}), row["file_id"],
            row["status"], tuple(from_json(row["remarks"])), row["accepted_rows"], row["quarantined_rows"], row["skipped_rows"],
            row["repeated_rows"],
        )
        for row in rows
    ]  # fmt: skip
    return sorted(accounts, key=order)


def account_with_fates(account: Account, fates: Mapping[str, int]) -> Account:
    """The account with the rows that were found, and what is to be said of their number. A refused file has none."""
    if not account.is_read:
        return account
    accepted, quarantined, skipped = (fates.get(fate, 0) for fate in ("accepted", "quarantined", "skipped"))
    delivered, claimed = accepted + quarantined, account.entry.claimed_rows
    remarks = account.remarks
    if not delivered:
        remarks += (remark("no_rows"),)
    elif (rows := delivered + skipped + 1) in SPREADSHEET_LIMITS:  # titles and notes take up rows of the sheet, too
        remarks += (remark("cut_at_limit", rows=rows),)
    if claimed is not None and claimed != delivered:
        remarks += (remark("count_differs", claimed=claimed, found=delivered),)
    return replace(account, remarks=remarks, accepted=accepted, quarantined=quarantined, skipped=skipped)


def settled(accounts: Sequence[Account], as_of: date) -> list[Account]:
    """The accounts with the status that each file has on the day of the run, in the order of deliveries.

    The same bytes count once. Of a register that is delivered as a snapshot the newest extract up to the day counts
    (else the earliest after it), and what a later delivery brings again replaces what an earlier one brought.
    Refused files stay refused, and those whose rows a purge has removed gone.
    """
    return _superseded(_duplicates([_afresh(account) for account in sorted(accounts, key=order)]), as_of)


def without_repeats(account: Account, rows: int, other: str) -> Account:
    """The account of a current file of which so many rows do not count, because the other file holds most of them, too."""
    own = _afresh(account)
    if not rows:
        return own
    return replace(
        own, repeated=rows, remarks=(*own.remarks, remark("rows_repeated", rows=rows, other=other, left=own.accepted - rows))
    )


def order(account: Account) -> tuple[object, ...]:
    """The order in which files count: of equal ones the first, with the shorter name; the copy is the one called 名单(2)."""
    name = account.entry.file_name
    return account.delivery_no, len(name), name, *map(str, account.entry.cells)


def _afresh(account: Account) -> Account:
    """As surveyed: without what an earlier run concluded from the other files."""
    if account.status in (REFUSED, PURGED):
        return account
    own = tuple(found for found in account.remarks if found.code not in _OF_OTHER_FILES)
    return replace(account, status=ACCEPTED, remarks=own, repeated=0)


def _set_aside(account: Account, status: str, why: Remark) -> Account:
    return replace(account, status=status, remarks=(why, *account.remarks))


def _duplicates(accounts: list[Account]) -> list[Account]:
    holders: dict[tuple[str, str], Account] = {}
    kept = []
    for account in accounts:
        if account.status == ACCEPTED:
            holder = holders.setdefault(account.file_key, account)
            if holder is not account:
                account = _set_aside(account, DUPLICATE, remark("same_bytes", other=holder.entry.file_name))
                account = replace(account, accepted=0, quarantined=0, skipped=0)
        kept.append(account)
    return kept


def day_of(account: Account) -> date:
    """The extract's day; a file without one is never accepted."""
    assert account.entry.extract_date is not None
    return account.entry.extract_date


def _extract(account: Account) -> tuple[object, ...]:
    """What a later delivery replaces: the area's extract of a day, or of a register that accumulates the very file."""
    entry = account.entry
    extract = (entry.data_set, entry.area, entry.extract_date)
    return extract if DATA_SETS[entry.data_set].snapshot else (*extract, entry.reported_by, entry.file_name)


def _superseded(accounts: list[Account], as_of: date) -> list[Account]:
    # A file that a later delivery holds unchanged was delivered again by it, too.
    last_sent = {account.file_key: account.delivery_no for account in accounts if account.status in (ACCEPTED, DUPLICATE)}
    last_delivery: dict[tuple[object, ...], int] = {}
    extracts: dict[tuple[str, str], set[date]] = {}
    for account in accounts:
        if account.status == ACCEPTED:
            extract = _extract(account)
            last_delivery[extract] = max(last_sent[account.file_key], last_delivery.get(extract, 0))
            extracts.setdefault((account.entry.data_set, account.entry.area), set()).add(day_of(account))
    in_force = {
        area: max((day for day in days if day <= as_of), default=min(days)) for area, days in extracts.items()
    }  # fmt: skip
    kept = []
    for account in accounts:
        entry = account.entry
        if account.status == ACCEPTED:
            current = in_force[entry.data_set, entry.area]
            day = day_of(account)
            if DATA_SETS[entry.data_set].snapshot and day < current:
                account = _set_aside(account, SUPERSEDED, remark("newer_extract", day=current))
            elif DATA_SETS[entry.data_set].snapshot and day > current:
                account = _set_aside(account, SUPERSEDED, remark("later_extract", day=day))
            elif last_sent[account.file_key] < (number := last_delivery[_extract(account)]):
                account = _set_aside(account, SUPERSEDED, remark("delivered_again", number=number))
        kept.append(account)
    return kept
