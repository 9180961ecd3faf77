"""A register from delivery to delivery: rows and usable numbers as measured, refusals as the ledger has them, how old it was."""

from __future__ import annotations

from datetime import date

from expectations.contracts.deliveries import DATA_SETS
from expectations.quality_pages import Point
from jobs.check_quality.trend import registers
from jobs.delivery.ledger import ACCEPTED, REFUSED, Account
from jobs.delivery.manifest import ManifestEntry

JANUARY, FEBRUARY = date(2018, 1, 31), date(2018, 2, 28)


def account(number: int, code: str, extract: date, status: str = ACCEPTED, quarantined: int = 0) -> Account:
    entry = ManifestEntry(f"{number}.csv", code, "局", "420200", extract, 1, "0" * 64)
    return Account(number, str(number), entry, f"{number}{code}", status, accepted=10, quarantined=quarantined)


def measured(number: int, day: date, code: str, **figures: float | None) -> list[dict[str, object]]:
    return [
        {
            "delivery_no": number,
            "as_of": day,
            "table_name": f"silver.{code}",
            "measure": measure.replace("_", " "),
            "observed": value,
        }
        for measure, value in figures.items()
    ]


def test_a_register_is_told_from_its_first_delivery_on() -> None:
    quality = [
        *measured(1, JANUARY, "payments", rows=100.0, 领取人身份证号_usable=0.9),
        *measured(2, date(2018, 2, 1), "payments", rows=1.0),
        *measured(2, FEBRUARY, "payments", rows=220.0, 领取人身份证号_usable=0.8),
        *measured(2, FEBRUARY, "vehicles", rows=7.0, 身份证明号码_usable=None),
    ]
    ledger = [
        account(1, "payments", date(2018, 1, 20)),
        account(2, "payments", date(2018, 2, 20), quarantined=3),
        account(2, "payments", date(2018, 2, 27), REFUSED),
        account(2, "vehicles", date(2017, 12, 31)),
    ]
    found = {register.table: register for register in registers(quality, ledger)}
    assert found["silver.payments"].points == [
        Point(JANUARY, 100, 0.9, 0, 0, 11),
        Point(FEBRUARY, 220, 0.8, 1, 3, 8),
    ], "of several runs over a delivery the last day counts; a refused file makes nothing newer"
    assert found["silver.vehicles"].points == [Point(FEBRUARY, 7, None, 0, 0, 59)]
    assert found["silver.cremations"].points == []
    assert {code for code in DATA_SETS if f"silver.{code}" not in found} == {"visits", "payments_next"}, (
        "not every city has these"
    )
