"""Decoding pieces into bronze rows: every row read, its texts under the contract's names, its fate and its origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DataSet, Kind
from jobs.cells.text import INVISIBLE, map_distinct
from jobs.cells.typed import damaged_fields, unreadable_essentials
from jobs.delivery.headers import Header
from jobs.delivery.number_formats import Use, use_of
from jobs.delivery.sheet_cells import SHOWN
from jobs.delivery.survey import Piece
from jobs.delivery.text_files import read_piece
from jobs.delivery.workbooks import read_cells

BATCH_ROWS = 100_000
_SUBTOTAL = r"^[^0-9]{0,8}(合计|小计|总计|累计|共计)"
_NOTE = (
    r"^((注|备注|说明|负责人|单位负责人|填报单位|报送单位|联系电话|制表日期|填报日期|报送日期)\s*\d*\s*[:：]"
    r"|填表人|填报人|制表人|审核人)"
)


def decode(piece: Piece) -> Iterator[pl.DataFrame]:
    """Bronze rows of a piece in batches: all texts, in the column order of the data set's bronze contract."""
    data_set = DATA_SETS[piece.data_set]
    for frame, ragged in _frames(piece):
        yield from _judged(data_set, piece, frame, ragged).iter_slices(BATCH_ROWS)
        piece = replace(piece, first_row=piece.first_row + frame.height)


def _frames(piece: Piece) -> Iterator[tuple[pl.DataFrame, pl.Series | None]]:
    """The rows of a piece, and which of them have more or fewer cells than the header, if any."""
    path = Path(piece.path)
    if piece.is_workbook:
        fields = enumerate(piece.header.fields)
        uses = {i: Use.TEXT if name is None else use_of(DATA_SETS[piece.data_set][name].kind) for i, name in fields}
        yield read_cells(path, piece.sheet, uses, piece.header.row, is_plain=piece.is_plain), None
    else:
        yield from read_piece(path, piece.start, piece.end, piece.dialect, len(piece.header.names))


def _judged(data_set: DataSet, piece: Piece, cells: pl.DataFrame, ragged: pl.Series | None) -> pl.DataFrame:
    frame = cells.drop(SHOWN, strict=False)
    rows = cells.with_columns(_row=pl.int_range(pl.len(), dtype=pl.Int64) + piece.first_row)
    header_at = piece.header.row - (piece.first_row - 1)  # negative where rows before these hold the header
    skipped = _skip_reason(frame, piece.header, header_at)
    if 0 <= header_at < len(frame):  # the header itself is no row of data
        keep = pl.Series(range(len(frame)), dtype=pl.Int64) != header_at
        rows, skipped = rows.filter(keep), skipped.filter(keep)
        ragged = ragged.filter(keep) if ragged is not None else None
    if piece.is_set_aside:
        skipped = skipped.fill_null("hidden sheet")
    bronze = _named(data_set, piece, rows)
    is_data = skipped.is_null()
    refused = unreadable_essentials(data_set, bronze) if is_data.any() else skipped
    if ragged is not None:
        refused = refused.set(ragged, "more or fewer cells than the header")
    reason = skipped.fill_null(refused.set(~is_data, None)) if len(refused) else skipped
    fate = pl.select(
        pl.when(~is_data)
        .then(pl.lit("skipped"))
        .when(reason.is_not_null())
        .then(pl.lit("quarantined"))
        .otherwise(pl.lit("accepted"))
    ).to_series()
    bronze = bronze.with_columns(_fate=fate, _reason=reason, _damaged=damaged_fields(data_set, bronze))
    return bronze.select(data_set.bronze.column_names)


def _named(data_set: DataSet, piece: Piece, rows: pl.DataFrame) -> pl.DataFrame:
    """Columns under the contract's names; what the contract does not know goes to one JSON column."""
    known = {field: f"c{i}" for i, field in enumerate(piece.header.fields) if field is not None}
    others = [i for i, field in enumerate(piece.header.fields) if field is None and f"c{i}" in rows.columns]
    columns: list[pl.Expr] = []
    names = {f"c{i}": field or "" for i, field in enumerate(piece.header.fields)}
    if SHOWN in rows.columns:
        rows = rows.with_columns(map_distinct(rows[SHOWN], lambda marks: _fields_of(marks, names), pl.String))
    else:
        rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias(SHOWN))
    for name in data_set.field_names:
        if name not in known:
            columns.append(pl.lit(None, dtype=pl.String).alias(name))
        elif name in piece.header.in_wan:
            cell = pl.col(known[name])
            columns.append(pl.when(cell.str.contains("[万元]")).then(cell).otherwise(cell + pl.lit("万元")).alias(name))
        elif piece.is_1904 and data_set[name].kind in (Kind.DATE, Kind.MONTH):
            columns.append(_counted_from_1900(pl.col(known[name])).alias(name))
        else:
            columns.append(pl.col(known[name]).alias(name))
    other = pl.lit(None, dtype=pl.String)
    if others:
        filled = pl.any_horizontal([pl.col(f"c{i}").is_not_null() for i in others])
        cells = pl.struct([pl.col(f"c{i}").alias(label) for i, label in _labels(piece.header, others).items()])
        other = pl.when(filled).then(cells.struct.json_encode())
    return rows.select(
        *columns,
        other.alias("_other_cells"),
        pl.lit(piece.file_id).alias("_file_id"),
        pl.lit(piece.sheet).alias("_sheet"),
        "_row",
        SHOWN,
    )


def _fields_of(marks: str, names: Mapping[str, str]) -> str | None:
    """The fields of the columns, joined by a blank; null where the contract knows none of them."""
    return " ".join(filter(None, (names.get(column) for column in marks.split(" ")))) or None


def _counted_from_1900(cell: pl.Expr) -> pl.Expr:
    """Days counted from 1904, 1920-01-01 to 2099-12-31, as numbers of the usual count. Cells with a date's format are read right."""
    days = cell.str.strip_chars().str.extract(r"^(\d{4,5})(?:\.\d+)?$").cast(pl.Int64)
    return pl.when(days.is_between(5844, 71588)).then((days + 1462).cast(pl.String)).otherwise(cell)


def _labels(header: Header, columns: list[int]) -> dict[int, str]:
    """A name of its own for each column that the contract does not know: departments repeat headers, or leave them out."""
    labels: dict[int, str] = {}
    for i in columns:
        label = header.names[i] or f"列{i + 1}"
        while label in labels.values():
            label += f" 列{i + 1}"
        labels[i] = label
    return labels


def _skip_reason(frame: pl.DataFrame, header: Header, header_at: int) -> pl.Series:
    """Why a row is no data: title, blank, subtotal, note, repeated header; null for data.

    `header_at` is the header's position in the frame, negative when the frame lies below it.
    Only sparse rows are looked at closely, so that a person who is called 合计 in a full row stays.
    """
    position = pl.int_range(pl.len())
    cells = [pl.col(column).str.replace_all(INVISIBLE, "").str.strip_chars() for column in frame.columns]
    first = pl.coalesce([pl.when(cell != "").then(cell) for cell in cells])
    filled = pl.sum_horizontal([(cell != "").fill_null(False) for cell in cells])
    dense = pl.sum_horizontal([pl.col(column).is_not_null() for column in frame.columns])
    leftmost = pl.col("c0").str.strip_chars().str.strip_prefix("\ufeff")  # files put one behind the other keep their marks
    sparse_limit = max(2, len(header.names) // 2)
    reason = pl.Series("_reason", [None] * len(frame), dtype=pl.String)
    suspects = frame.with_columns(_at=position, _dense=dense).filter(
        (pl.col("_dense") <= sparse_limit) | (pl.col("_at") < header_at)
        | leftmost.fill_null("").is_in(["", header.names[0]])
    )  # fmt: skip
    if suspects.is_empty():
        return reason
    names = [name or None for name in header.names]
    plain = [leftmost, *(pl.col(f"c{i}").str.strip_chars() for i in range(1, len(names)))]
    repeats = pl.all_horizontal([plain[i].eq_missing(pl.lit(name)) for i, name in enumerate(names) if f"c{i}" in frame.columns])
    judged = suspects.select(
        "_at",
        pl.when(pl.col("_at") < header_at).then(pl.lit("title"))
        .when(filled == 0).then(pl.lit("blank"))
        .when((filled <= sparse_limit) & first.str.contains(_SUBTOTAL)).then(pl.lit("subtotal"))
        .when((filled <= 6) & first.str.contains(_NOTE)).then(pl.lit("note"))
        .when(repeats).then(pl.lit("repeated header"))
        .alias("why"),
    ).drop_nulls("why")  # fmt: skip
    return reason.scatter(judged["_at"].cast(pl.UInt32), judged["why"])
