"""What of a delivered row and of a list a trace shows without --full."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from expectations.contracts.model import DataSet
from jobs.cells.masking import mask_field, mask_name, mask_number, mask_numbers
from jobs.sheets.evidence import TELLING_CELLS

HIDDEN = "（脱敏）"


@dataclass(frozen=True)
class Veil:
    """Everything that is shown passes here. full: nothing is masked."""

    full: bool

    def text(self, text: str) -> str:
        return text if self.full else mask_numbers(text)

    def number(self, number: str | None) -> str:
        return number or "" if self.full else mask_number(number)

    def name(self, name: str | None) -> str:
        return name or "" if self.full else mask_name(name)

    def cells(self, data_set: DataSet, bronze: Mapping[str, Any], shown: Collection[str]) -> dict[str, str]:
        """Cells as received by header: with --full all that hold something, else those of the fields `shown`, masked."""
        told = {}
        for field in data_set.fields:
            text = bronze[field.name]
            if self.full and text:
                told[field.header] = text
            elif not self.full and field.name in shown:
                told[field.header] = HIDDEN if field.header in TELLING_CELLS else mask_field(field, text)
        return told

    def seen(self, cells: Mapping[str, str | None]) -> dict[str, str]:
        """Values of evidence, as masked lists show them."""
        shown = {header: value for header, value in cells.items() if value is not None}
        if self.full:
            return shown
        return {header: HIDDEN if header in TELLING_CELLS else mask_numbers(value) for header, value in shown.items()}


def told(value: Any) -> Any:
    """A value of a table as JSON has it; months are the caller's."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value


def yuan(amount: Decimal | None) -> str:
    return f"{amount or Decimal(0):.2f}"


def month(day: date | None) -> str | None:
    return None if day is None else f"{day:%Y-%m}"
