"""What became of the cells of each delivered column: how many were empty, unreadable, without a value, or read by a format."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import reduce

import polars as pl
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import COLUMNS, QUARANTINE
from expectations.contracts.model import MARK_END, MARKS, ORIGIN, PERSON_KINDS, DataSet, Field
from jobs.cells.faults import is_fault
from jobs.cells.person_numbers import ABSENT
from jobs.cells.typed import standardised
from jobs.registers.benefits import Silver
from jobs.runtime.arrow import arrow_batches, polars_frames
from jobs.runtime.lake import Lake, plain_schema

_SHOWN_FORMS = 3
NO_KEY = "counted only"
"""Key of digests that are counted and then forgotten."""


@dataclass(frozen=True)
class ColumnCount:
    """A row of ops.columns."""

    data_set: str
    file_id: str
    field: str
    rows: int
    empty: int
    unreadable: int
    without_value: int
    by_format: int
    forms: str

    @property
    def lost(self) -> int:
        """Cells that hold something of which nothing is used."""
        return self.unreadable + self.without_value

    @property
    def gaps(self) -> int:
        """Empty cells of a column that is to be filled in every row. Numbers of persons that are absent are counted by state."""
        field = DATA_SETS[self.data_set][self.field]
        return 0 if field.nullable or field.kind in PERSON_KINDS else self.empty

    @property
    def lost_share(self) -> float:
        """Among the cells that hold anything."""
        return self.lost / max(1, self.rows - self.empty)


def column_counts(lake: Lake, silver: Silver, data_sets: Sequence[DataSet], current: Collection[str]) -> list[ColumnCount]:
    """Counts of every column of the current files, their quarantined rows included."""
    refused = lake.read_or_empty(QUARANTINE).filter(F.col("_file_id").isin(*current))
    with_refused = {row[0] for row in refused.select("data_set").distinct().collect()}
    frames = {}
    for data_set in data_sets:
        rows = silver(data_set.code)
        if data_set.code in with_refused:
            rows = rows.unionByName(_typed(data_set, refused.filter(F.col("data_set") == data_set.code)))
        frames[data_set] = rows
    if not frames:
        return []
    totals = reduce(DataFrame.unionByName, [_totals(data_set, rows) for data_set, rows in frames.items()]).collect()  # one a file
    by_file: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for code, file_id, mark, count in _marks(frames).collect():  # as many as there are forms of unreadable cells
        by_file[code, file_id][mark] = count
    return [
        counted
        for code, file_id, rows, nulls in sorted(totals)
        for counted in counts_of(
            DATA_SETS[code], file_id, rows, dict(zip(DATA_SETS[code].field_names, nulls, strict=True)), by_file[code, file_id]
        )
    ]


def counts_in(data_set: DataSet, typed: pl.DataFrame) -> tuple[Counter[str], Counter[str]]:
    """Nulls by field and rows by mark of silver rows: the same figures without an engine."""
    nulls = {
        field.name: int((typed[column] == ABSENT).sum() if field.kind in PERSON_KINDS else typed[column].null_count())
        for field in data_set.fields
        for column in [_told_by(field)]
    }
    marks = typed[MARKS.name].drop_nulls().str.split(MARK_END).explode().value_counts()
    return Counter(nulls), Counter(dict(marks.iter_rows()))


def counts_of(
    data_set: DataSet, file_id: str, rows: int, nulls: Mapping[str, int], marks: Mapping[str, int]
) -> list[ColumnCount]:
    """A row for each column of a file. `nulls`: silver values that are missing, by field; `marks`: rows by mark."""
    by_format: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for mark, count in marks.items():
        name, is_lost, form = mark.partition("=")
        if is_lost:
            forms[name][form] += count
        else:
            by_format[name] += count
    found = []
    for field in data_set.fields:
        of_field = forms[field.name]
        lost = of_field.total()
        without_value = sum(count for form, count in of_field.items() if is_fault(form))
        empty = nulls[field.name] - (0 if field.kind in PERSON_KINDS else lost)
        shown = "、".join(form for form, _ in sorted(of_field.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN_FORMS])
        found.append(
            ColumnCount(
                data_set.code, file_id, field.name, rows, empty, lost - without_value, without_value, by_format[field.name], shown
            )
        )
    return found


def remember(lake: Lake, counts: Iterable[ColumnCount]) -> None:
    lake.overwrite(COLUMNS, lake.session.createDataFrame([astuple(counted) for counted in counts], plain_schema(COLUMNS)))


def remembered(lake: Lake) -> list[ColumnCount]:
    return [ColumnCount(*row) for row in lake.read_or_empty(COLUMNS).collect()]  # some a file


def worst(counts: Iterable[ColumnCount]) -> dict[tuple[str, str], ColumnCount]:
    """Of each data set's columns that lost any cell the count of the file that lost the largest share."""
    found: dict[tuple[str, str], ColumnCount] = {}
    for counted in counts:
        known = found.get((counted.data_set, counted.field))
        if counted.lost and (known is None or counted.lost_share > known.lost_share):
            found[counted.data_set, counted.field] = counted
    return found


def to_mend(counts: Iterable[ColumnCount], most_empty: float) -> list[ColumnCount]:
    """Columns of which a department is asked: cells were lost, or more than this share is empty that is to be filled."""
    return [counted for counted in counts if counted.lost or counted.gaps > most_empty * counted.rows]


def _told_by(field: Field) -> str:
    """The silver column that tells whether a cell was empty."""
    return field.silver_columns[field.kind in PERSON_KINDS].name


def _totals(data_set: DataSet, rows: DataFrame) -> DataFrame:
    def is_null(field: Field) -> Column:
        column = F.col(_told_by(field))
        return column == ABSENT if field.kind in PERSON_KINDS else column.isNull()

    nulls = [F.sum(is_null(field).cast("long")).alias(f"n{i}") for i, field in enumerate(data_set.fields)]
    counted = rows.groupBy("_file_id").agg(F.count("*").alias("rows"), *nulls)
    names = [f"n{i}" for i in range(len(data_set.fields))]
    return counted.select(F.lit(data_set.code).alias("data_set"), "_file_id", "rows", F.array(*names).alias("nulls"))


def _marks(frames: Mapping[DataSet, DataFrame]) -> DataFrame:
    """data_set, _file_id, mark, rows. Few rows have marks: they are counted together, by one exchange instead of one a table."""
    marked = [
        rows.filter(F.col(MARKS.name).isNotNull()).select(F.lit(data_set.code).alias("data_set"), "_file_id", MARKS.name)
        for data_set, rows in frames.items()
    ]
    of_file = ["data_set", "_file_id"]
    alike = reduce(DataFrame.unionByName, marked).groupBy(*of_file, MARKS.name).agg(F.count("*").alias("rows"))
    each = alike.select(*of_file, F.explode(F.split(MARKS.name, MARK_END)).alias("mark"), "rows")
    return each.groupBy(*of_file, "mark").agg(F.sum("rows").alias("rows"))


def _typed(data_set: DataSet, refused: DataFrame) -> DataFrame:
    """Quarantined rows as the silver rows that they would have become."""
    schema = plain_schema(data_set.silver)

    def typed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        cells = pl.Struct({name: pl.String for name in data_set.field_names})
        for rows in polars_frames(batches):
            read = rows.with_columns(pl.col("cells").str.json_decode(cells)).unnest("cells")
            missing = [pl.lit(None, dtype=pl.String).alias(name) for name in ("_damaged", "_shown")]
            yield from arrow_batches(standardised(data_set, read.with_columns(missing), NO_KEY), schema)

    return refused.select("cells", *ORIGIN).mapInArrow(typed, schema)
