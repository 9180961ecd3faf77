"""What has been delivered to a lake and counts on the day of its last run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from pyspark.sql import DataFrame

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FILES
from expectations.contracts.model import DataSet
from jobs.delivery.ledger import ACCEPTED, Account, from_rows
from jobs.registers.county_totals import county_totals
from jobs.runtime.lake import Lake


@dataclass(frozen=True)
class Delivered:
    """The ledger of a lake and the silver tables that there are; each is read when first asked for."""

    lake: Lake
    _read: dict[str, DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def ledger(self) -> list[Account]:
        return from_rows(self.lake.read(FILES).collect())

    def silver(self, code: str) -> DataFrame:
        if code not in self._read:
            self._read[code] = self.lake.read_or_empty(DATA_SETS[code].silver)
        return self._read[code]

    @cached_property
    def data_sets(self) -> list[DataSet]:
        return [data_set for data_set in DATA_SETS.values() if self.lake.exists(data_set.silver)]

    @cached_property
    def current(self) -> list[Account]:
        return [account for account in self.ledger if account.status == ACCEPTED]

    @property
    def number(self) -> int:
        return max(account.delivery_no for account in self.ledger)

    @property
    def name(self) -> str:
        """delivery_id of the last delivery; empty where there was none."""
        rows = self.lake.read_or_empty(FILES).select("delivery_no", "delivery_id").distinct().collect()  # one a delivery
        return max(((row["delivery_no"], row["delivery_id"]) for row in rows), default=(0, ""))[1]

    @cached_property
    def last(self) -> list[Account]:
        """Files of the last delivery."""
        return [account for account in self.ledger if account.delivery_no == self.number]

    @cached_property
    def areas(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for account in self.current:
            found[account.entry.data_set].add(account.entry.area)
        return found

    @cached_property
    def totals(self) -> dict[tuple[str, str], int]:
        by_area: dict[tuple[str, str], int] = defaultdict(int)
        for account in self.current:
            by_area[account.entry.data_set, account.entry.area] += account.accepted - account.repeated
        return county_totals(self.silver, self.data_sets, by_area)
