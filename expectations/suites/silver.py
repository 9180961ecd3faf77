"""The suite of a silver table: structure from its contract, bounds from the domain, severity by what a failure means."""

from __future__ import annotations

from datetime import date

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.bounds import SuiteBounds
from expectations.contracts.model import DATE, PERSON_KINDS, YUAN, DataSet, Field, Kind

EARLIEST = date(1900, 1, 1)
"""Before it nobody alive was born; benefits, cars and firms are younger still."""


_PLANNED = frozenset({"valid_to", "inspected_to", "grace_until", "to_on", "to_month", "stop_month"})
"""Days that may lie ahead: a certificate's end, a release, the end of a term."""


def suite_for(data_set: DataSet, as_of: date, bounds: SuiteBounds) -> gx.ExpectationSuite:
    """Expectations of the data set's silver table, each with severity and, in its notes, what to do."""
    expectations: list[Expectation] = [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=1,
            severity="critical" if data_set.is_required else "warning",
            notes=f"{data_set.title} arrived without a usable row: ask {data_set.owner} for it again.",
        )
    ]
    for field in data_set.fields:
        expectations += _of_field(data_set, field, as_of, bounds)
    return gx.ExpectationSuite(name=data_set.silver.full_name, expectations=expectations)


def _of_field(data_set: DataSet, field: Field, as_of: date, bounds: SuiteBounds) -> list[Expectation]:
    if field.kind in PERSON_KINDS:
        return _of_number(data_set, field, bounds)
    column = field.silver_columns[0]
    expectations: list[Expectation] = []
    if not field.nullable and not field.essential:  # essentials were judged row by row at ingest
        expectations.append(
            gxe.ExpectColumnValuesToNotBeNull(
                column=column.name,
                mostly=1 - bounds.empty_required_ratio_warn,
                severity="warning",
                notes=f"{field.header} is empty or unreadable in many rows: rules that need it cannot judge them.",
            )
        )
    if column.type == DATE:
        latest = date(as_of.year + (50 if field.name in _PLANNED else 1), 12, 31)
        expectations.append(
            gxe.ExpectColumnValuesToBeBetween(
                column=column.name,
                min_value=EARLIEST,
                max_value=latest,
                mostly=1 - bounds.wild_date_ratio_warn,
                severity="info" if field.nullable else "warning",
                notes=f"{field.header} lies outside {EARLIEST} … {latest} in too many rows: swapped day and month, or another year's extract.",
            )
        )
    if column.type == YUAN and not (data_set.code == "payments" and field.name == "amount"):
        expectations.append(
            gxe.ExpectColumnValuesToBeBetween(
                column=column.name,
                min_value=0,
                mostly=0.999,
                severity="warning",
                notes=f"{field.header} is negative in some rows; only refunds are.",
            )
        )
    if field.kind is Kind.PERCENT:
        expectations.append(
            gxe.ExpectColumnValuesToBeBetween(
                column=column.name,
                min_value=0,
                max_value=100,
                mostly=0.999,
                severity="warning",
                notes=f"{field.header} is a percentage of 0 … 100.",
            )
        )
    return expectations


def _of_number(data_set: DataSet, field: Field, bounds: SuiteBounds) -> list[Expectation]:
    """Firms own cars and homes, and funeral homes leave numbers empty: there a low share is no fault of the file."""
    if field.nullable or field.kind is Kind.OWNER_NUMBER:
        return []
    column = f"{field.role}_key"
    stops = [
        gxe.ExpectColumnValuesToNotBeNull(
            column=column,
            mostly=bounds.usable_number_ratio_stop,
            severity="critical",
            notes=f"{field.header} holds hardly any person number: shifted or damaged. Ask {data_set.owner} for it again.",
        )
    ]
    warns = [
        gxe.ExpectColumnValuesToNotBeNull(
            column=column,
            mostly=bounds.usable_number_ratio_warn,
            severity="warning",
            notes=f"{field.header} is unusable in many rows: the people behind them cannot be found by number.",
        ),
    ]
    return stops + warns if data_set.is_required else warns
