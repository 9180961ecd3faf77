"""The persons that a row of a register names."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.contracts.model import PERSON_KINDS, DataSet, Kind, name_key_column

REGISTRY = "household_registry"
LIVE = ("正常", "恢复")
DEAD, MOVED = "死亡注销", "迁出注销"
"""Statuses of an entry of the household registry: of somebody who lives here, cancelled for death, cancelled by a move."""


@dataclass(frozen=True)
class Reference:
    """A person that every row of a data set names: by which silver columns and which delivered fields."""

    role: str
    number_key: str
    name_key: str
    state: str
    number_field: str
    name_field: str


def person_references(data_set: DataSet) -> list[Reference]:
    """Every person that a row of the data set names by number and name."""
    names = [field for field in data_set.fields if field.kind is Kind.NAME]
    references = []
    for field in data_set.fields:
        if field.kind in PERSON_KINDS:
            partner = {"person": "name"}.get(field.role, f"{field.role}_name")
            name = next((n for n in names if n.name in (partner, field.role)), None)
            if name is not None:
                number_key, state = (column.name for column in field.silver_columns)
                references.append(Reference(field.role, number_key, name_key_column(name.name), state, field.name, name.name))
    return references
