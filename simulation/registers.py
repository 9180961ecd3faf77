"""The data sets while they fill: single rows from scenarios, whole frames from the background."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Kind

_TYPES: dict[Kind, type[pl.DataType]] = {
    Kind.DATE: pl.Date,
    Kind.MONTH: pl.Date,
    Kind.YUAN: pl.Float64,
    Kind.WAN_YUAN: pl.Float64,
    Kind.PERCENT: pl.Float64,
    Kind.SQUARE_METRES: pl.Float64,
    Kind.INTEGER: pl.Int64,
}
SCHEMAS: dict[str, dict[str, type[pl.DataType]]] = {
    code: {f.name: _TYPES.get(f.kind, pl.String) for f in data_set.fields} for code, data_set in DATA_SETS.items()
}


class Identity(NamedTuple):
    """A person as one register writes them."""

    name: str
    number: str | None


class Registers:
    """Rows of every data set. Months are kept as their first day, yuan as numbers."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._frames: dict[str, list[pl.DataFrame]] = defaultdict(list)
        self._serials: dict[str, int] = defaultdict(int)

    def add(self, code: str, **cells: Any) -> None:
        """One row; columns that are not named stay empty."""
        unknown = cells.keys() - SCHEMAS[code].keys()
        if unknown:
            raise KeyError(f"{code} has no column {sorted(unknown)}; its columns are {list(SCHEMAS[code])}.")
        self._rows[code].append(cells)

    def add_frame(self, code: str, columns: dict[str, Any]) -> None:
        """Many rows, a column each; columns that are not named stay empty."""
        frame = pl.DataFrame(columns)
        schema = SCHEMAS[code]
        self._frames[code].append(
            frame.select(
                (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
                for name, dtype in schema.items()
            )
        )

    def serial(self, kind: str) -> int:
        """The next running number of a kind of certificate, plate or code."""
        self._serials[kind] += 1
        return self._serials[kind]

    def serials(self, kind: str, count: int) -> NDArray[np.int64]:
        first = self._serials[kind] + 1
        self._serials[kind] += count
        return np.arange(first, first + count, dtype=np.int64)

    def count(self, code: str) -> int:
        return len(self._rows[code]) + sum(len(frame) for frame in self._frames[code])

    def frame(self, code: str) -> pl.DataFrame:
        """All rows of a data set in the contract's columns, in the order they were added."""
        schema = SCHEMAS[code]
        rows = self._rows[code]
        single = pl.DataFrame({name: [row.get(name) for row in rows] for name in schema}, schema=schema, strict=False)
        return pl.concat([*self._frames[code], single])
