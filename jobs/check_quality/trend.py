"""How each register has come in from delivery to delivery, for the quality pages: from ops.quality and the ledger of files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DataSet
from expectations.quality_pages import Point, Register
from expectations.suites.silver import ROWS, USABLE
from jobs.delivery.ledger import REFUSED, Account

Figures = Mapping[tuple[str, str], float]
"""Observed, by table and measure."""


def registers(quality: Iterable[Mapping[str, object]], ledger: Sequence[Account]) -> list[Register]:
    """Every register that a city has, in the order of the delivery contract. quality: rows of ops.quality."""
    days: dict[int, date] = {}
    figures: dict[tuple[int, date], dict[tuple[str, str], float]] = defaultdict(dict)
    for row in quality:
        number, day, observed = row["delivery_no"], row["as_of"], row["observed"]
        assert isinstance(number, int)
        assert isinstance(day, date)
        days[number] = max(day, days.get(number, day))
        if isinstance(observed, float):
            figures[number, day][str(row["table_name"]), str(row["measure"])] = observed
    known = [(number, day, figures[number, day]) for number, day in sorted(days.items())]
    return [
        Register(data_set.silver.full_name, data_set.title, data_set.owner, _points(data_set, known, ledger))
        for data_set in DATA_SETS.values()
        if not data_set.is_optional or any(account.entry.data_set == data_set.code for account in ledger)
    ]


def _points(data_set: DataSet, known: Sequence[tuple[int, date, Figures]], ledger: Sequence[Account]) -> list[Point]:
    """From the first delivery that brought something of the register."""
    own = [account for account in ledger if account.entry.data_set == data_set.code]
    first = min((account.delivery_no for account in own), default=None)
    return [] if first is None else [_point(data_set, *run, own) for run in known if run[0] >= first]


def _point(data_set: DataSet, number: int, day: date, figures: Figures, own: Sequence[Account]) -> Point:
    table = data_set.silver.full_name
    rows = figures.get((table, ROWS))
    usable = [share for (of, measure), share in figures.items() if of == table and measure.endswith(USABLE)]
    brought = [account for account in own if account.delivery_no == number]
    extracts = [
        account.entry.extract_date
        for account in own
        if account.is_read and account.delivery_no <= number and account.entry.extract_date and account.entry.extract_date <= day
    ]
    return Point(
        day,
        None if rows is None else int(rows),
        min(usable, default=None),
        sum(account.status == REFUSED for account in brought),
        sum(account.quarantined for account in brought),
        (day - max(extracts)).days if extracts else None,
    )
