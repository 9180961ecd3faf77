"""The payments that findings count, month of entitlement by month, down to the transfers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASES, ENTITLEMENT_MONTHS
from expectations.contracts.model import ORIGIN
from jobs.lineage.chain import Month, Transfer
from jobs.lineage.records import Records
from jobs.lineage.veil import month, yuan
from jobs.registers.benefits import BENEFIT_PROGRAMS, TEKUN_PROGRAMS

_PAYMENTS = DATA_SETS["payments"]
_AID, _CASE = "aid:", "case:"
"""How the things begin that R01 (another case of the same person) and F04 (the aid of a year) look at."""


def counted(findings: Sequence[Mapping[str, Any]]) -> dict[date, Decimal]:
    """The most that one of the findings puts at stake of each month that any of them counts."""
    most: dict[date, Decimal] = {}
    for finding in findings:
        for day, amount in zip(finding["counted_months"] or (), finding["counted_yuan"] or (), strict=True):
            most[day] = max(amount, most.get(day, amount))
    return most


def months_of(records: Records, findings: Sequence[Mapping[str, Any]]) -> list[Month]:
    """Months from the first to the last that the findings of one clue count, of its household and of the one that it is held against."""
    if not findings:
        return []
    aids = [finding for finding in findings if finding["thing_key"].startswith(_AID)]
    if aids:
        return [_year_of_aid(records, finding) for finding in aids]
    at_stake = counted(findings)
    if not at_stake:
        return []
    others = {f["thing_key"].removeprefix(_CASE) for f in findings if f["thing_key"].startswith(_CASE)}
    case_id = findings[0]["case_id"]
    told = _of_case(records, case_id, at_stake, at_stake)
    for other in sorted(others):
        told += _of_case(records, other, at_stake, {})
    return told


def all_months(records: Records, case_id: str) -> list[Month]:
    """Every month for which money moved in a household."""
    rows = records.tables.rows(ENTITLEMENT_MONTHS, case_id=case_id)
    return _of_case(records, case_id, [row["for_month"] for row in rows], {}) if rows else []


def _of_case(records: Records, case_id: str, span: Any, at_stake: Mapping[date, Decimal]) -> list[Month]:
    (case,) = records.tables.rows(CASES, case_id=case_id)
    first, last = min(span), max(span)
    rows = records.tables.rows(ENTITLEMENT_MONTHS, case_id=case_id)
    paid = records.tables.rows(_PAYMENTS.silver, county_code=case["county_code"], household_no=case["household_no"])
    is_ours = [row for row in paid if row["program"] in BENEFIT_PROGRAMS and _family(row) == case["family"]]
    return [
        Month(
            household=case["household_no"],
            month=month(row["for_month"]) or "",
            paid_yuan=yuan(row["paid_yuan"]),
            refunded_yuan=yuan(row["refunded_yuan"]),
            heads=row["paid_heads"],
            at_stake_yuan=yuan(at_stake[row["for_month"]]) if row["for_month"] in at_stake else None,
            transfers=_transfers(records, [p for p in is_ours if p["for_month"] == row["for_month"]]),
        )
        for row in sorted(rows, key=lambda row: row["for_month"])
        if first <= row["for_month"] <= last
    ]


def _family(payment: Mapping[str, Any]) -> str:
    return "tekun" if payment["program"] in TEKUN_PROGRAMS else "dibao"


def _year_of_aid(records: Records, finding: Mapping[str, Any]) -> Month:
    """All aid of a kind to one person in a year: the cap is a year's, whatever months it was for."""
    _, program, year, *_ = finding["thing_key"].split(":")
    paid = records.tables.rows(_PAYMENTS.silver, person_key=finding["subject_key"], program=program)
    of_year = [row for row in paid if row["for_month"] and row["for_month"].year == int(year)]
    refunded = sum((abs(row["amount"]) for row in of_year if _is_refund(row)), Decimal(0))
    granted = sum((row["amount"] for row in of_year if not _is_refund(row)), Decimal(0))
    return Month(
        household="",
        month=year,
        paid_yuan=yuan(granted - refunded),
        refunded_yuan=yuan(refunded),
        heads=None,
        at_stake_yuan=yuan(sum(finding["counted_yuan"] or (), Decimal(0))),
        transfers=_transfers(records, of_year),
    )


def _is_refund(payment: Mapping[str, Any]) -> bool:
    return bool(payment["kind"] == "退回" or payment["amount"] < 0)


def _transfers(records: Records, rows: Sequence[Mapping[str, Any]]) -> tuple[Transfer, ...]:
    def place(row: Mapping[str, Any]) -> tuple[str, str, int]:
        return row["_file_id"], row["_sheet"] or "", row["_row"]

    ordered = sorted(rows, key=lambda row: (str(row["paid_on"]), *place(row)))
    return tuple(
        Transfer(
            record=records.add("payment", _PAYMENTS.code, (row[ORIGIN[0]], row[ORIGIN[1]], row[ORIGIN[2]])),
            program=row["program"],
            paid_on=row["paid_on"].isoformat() if row["paid_on"] else None,
            kind=row["kind"],
            yuan=None if row["amount"] is None else yuan(row["amount"]),
        )
        for row in ordered
    )
