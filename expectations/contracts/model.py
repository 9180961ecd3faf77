"""What a contract is: one object per data set or table, from which everything structural is derived.

A `DataSet` describes what a department hands over (headers, cell kinds); its bronze and silver
tables follow from it. A `Table` describes a table of the lake; its StructType, comments,
structural expectations and page in the data dictionary follow from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
)

TEXT = StringType()
INT = IntegerType()
LONG = LongType()
DATE = DateType()
DOUBLE = DoubleType()
FLAG = BooleanType()
YUAN = DecimalType(18, 2)


class Kind(Enum):
    """What a delivered cell holds; decides how it is read and what it becomes in silver."""

    TEXT = "text"
    CODE = "code"  # digits that are no number: leading zeros stay
    NAME = "name"  # a person's name; silver keeps a keyed digest only
    PERSON_NUMBER = "person number"  # GB 11643 and its relatives; silver keeps a keyed digest only
    OWNER_NUMBER = "person or firm number"
    FIRM_CODE = "firm code"  # GB 32100
    PLATE = "number plate"
    DISABILITY_NUMBER = "disability certificate"  # person number + kind 1 + level 1 (+ B suffix)
    ACCOUNT = "account"  # bank account or telephone; silver keeps a keyed digest only
    ENUM = "enumeration"
    DATE = "date"
    MONTH = "month"  # kept as the first day of the month
    YUAN = "yuan"
    WAN_YUAN = "10,000 yuan"  # becomes yuan in silver
    INTEGER = "integer"
    PERCENT = "percent"  # 0-100
    SQUARE_METRES = "square metres"


PERSON_KINDS = frozenset({Kind.PERSON_NUMBER, Kind.OWNER_NUMBER, Kind.DISABILITY_NUMBER})

_PLAIN_TYPES: dict[Kind, DataType] = {
    Kind.TEXT: TEXT,
    Kind.CODE: TEXT,
    Kind.FIRM_CODE: TEXT,
    Kind.PLATE: TEXT,
    Kind.ENUM: TEXT,
    Kind.DATE: DATE,
    Kind.MONTH: DATE,
    Kind.YUAN: YUAN,
    Kind.WAN_YUAN: YUAN,
    Kind.INTEGER: INT,
    Kind.PERCENT: DecimalType(7, 4),
    Kind.SQUARE_METRES: DecimalType(12, 2),
}
_UNITS = {Kind.YUAN: "yuan", Kind.WAN_YUAN: "yuan", Kind.PERCENT: "percent", Kind.SQUARE_METRES: "m²"}


@dataclass(frozen=True)
class Column:
    """A column of a table of the lake."""

    name: str
    type: DataType
    meaning: str
    unit: str = ""
    label: str = ""
    nullable: bool = True
    values: tuple[str, ...] = ()

    @property
    def comment(self) -> str:
        parts = (self.label, self.meaning, f"[{self.unit}]" if self.unit else "")
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Table:
    """A table of the lake: zone, name, grain (one row is ...), key and columns."""

    zone: str
    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def full_name(self) -> str:
        return f"{self.zone}.{self.name}"

    @cached_property
    def schema(self) -> StructType:
        return StructType([StructField(c.name, c.type, True, {"comment": c.comment}) for c in self.columns])

    @property
    def column_names(self) -> list[str]:
        return [c.name for c in self.columns]

    @property
    def comment(self) -> str:
        return f"One row {self.grain}. Key: {', '.join(self.key)}."


@dataclass(frozen=True)
class Field:
    """A column of a delivery: its header, the other headers seen, how its cells read.

    `words`: per value of an enumeration a pattern of other words for it. `essential`: a row whose cell cannot be read goes to
    quarantine.
    """

    name: str
    header: str
    kind: Kind
    meaning: str
    aliases: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    nullable: bool = False
    essential: bool = False

    @property
    def role(self) -> str:
        """Whose number this is: `person`, `head`, `owner` ..."""
        if self.name in ("id_number", "cert_no"):
            return "person"
        return self.name.removesuffix("_id")

    @property
    def silver_columns(self) -> tuple[Column, ...]:
        """What the cell becomes in the working zone: numbers, names and accounts leave as digests."""
        if self.kind in PERSON_KINDS:
            return (
                Column(f"{self.role}_key", TEXT, "keyed digest of the number; null without a usable one", label=self.header),
                Column(f"{self.role}_number_state", TEXT, "how the number read: see number_states in the glossary"),
            )
        if self.kind is Kind.NAME:
            return (
                Column(
                    name_key_column(self.name), TEXT, "keyed digest of the name, spacing and titles removed", label=self.header
                ),
            )
        if self.kind is Kind.ACCOUNT:
            return (Column(f"{self.name}_key", TEXT, f"keyed digest; {self.meaning}", label=self.header),)
        return (
            Column(
                self.name,
                _PLAIN_TYPES[self.kind],
                self.meaning,
                unit=_UNITS.get(self.kind, ""),
                label=self.header,
                nullable=self.nullable,
                values=self.values,
            ),
        )


def name_key_column(field_name: str) -> str:
    return f"{field_name}_key" if field_name.endswith("name") else f"{field_name}_name_key"


ORIGIN_COLUMNS = (
    Column("_file_id", TEXT, "first 16 hex digits of the file's SHA-256; see ops.files", nullable=False),
    Column("_sheet", TEXT, "sheet of a workbook; empty for a text file"),
    Column("_row", LONG, "row in the sheet or line in the file, the first is 1", nullable=False),
)
ORIGIN = tuple(c.name for c in ORIGIN_COLUMNS)
MARK_END = "\n"
MARKS = Column(
    "_marks",
    TEXT,
    "fields of the row that were read by a number format, and as field=form those that hold something that could not be read, a line each",
)


@dataclass(frozen=True)
class DataSet:
    """One of the data sets of a delivery.

    `snapshot`: a newer extract of an area replaces the older one; otherwise rows accumulate.
    `is_required`: without it no clue can be judged; any other that is missing only leaves rules without facts.
    `is_optional`: many cities do not have it: where it is missing altogether that is no hole, and what rests on it says so.
    `purpose`: `supervision`, or `check` for data that may only serve a check its subject authorised.
    """

    code: str
    title: str
    owner: str
    grain: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    snapshot: bool = True
    is_required: bool = False
    is_optional: bool = False
    purpose: str = "supervision"
    headers: dict[str, str] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        headers: dict[str, str] = {}
        for f in self.fields:
            for header in (f.header, *f.aliases):
                headers.setdefault(plain_header(header), f.name)
        object.__setattr__(self, "headers", headers)

    def __getitem__(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)

    @property
    def field_names(self) -> list[str]:
        return [f.name for f in self.fields]

    @cached_property
    def bronze(self) -> Table:
        return Table(
            "bronze",
            self.code,
            f"a row read from a file of {self.title}, as received",
            ORIGIN,
            (
                *(Column(f.name, TEXT, f"{f.meaning}, as received", label=f.header) for f in self.fields),
                *BRONZE_TRAILER,
                *ORIGIN_COLUMNS,
            ),
        )

    @cached_property
    def silver(self) -> Table:
        columns = tuple(c for f in self.fields for c in f.silver_columns)
        return Table("silver", self.code, self.grain, ORIGIN, (*columns, MARKS, *ORIGIN_COLUMNS))


FATES = ("accepted", "quarantined", "skipped")
BRONZE_TRAILER = (
    Column("_fate", TEXT, "what became of the row", nullable=False, values=FATES),
    Column("_reason", TEXT, "why it was quarantined or skipped; empty when accepted"),
    Column("_other_cells", TEXT, "JSON of cells under headers that the contract does not know"),
    Column(
        "_damaged",
        TEXT,
        "by a blank: number fields of the row that a spreadsheet or a float cut short; field:habit of cells that only their column explains",
    ),
    Column("_shown", TEXT, "fields of the row that were read by the number format of their cells, by a blank"),
)

_UNIT_IN_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_HEADER_NOISE = re.compile(r"[\s\u3000\u200b-\u200f\ufeff\u00a0*＊※:：]+")


def plain_header(text: str) -> str:
    """A header without what departments decorate it with: blanks, line breaks, units in brackets, asterisks."""
    return _HEADER_NOISE.sub("", _UNIT_IN_BRACKETS.sub("", text))
