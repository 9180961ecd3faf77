"""Decoding pieces into bronze rows: every row read, its texts under the contract's names, its fate and its origin."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import PERSON_KINDS, DataSet, Kind
from jobs.cells.text import DITTO, map_distinct, trimmed
from jobs.cells.typed import column_marks, marked_fields, out_of_place, unreadable_essentials
from jobs.delivery.archives import member
from jobs.delivery.headers import LAST_ROWS, Header, with_notes
from jobs.delivery.money_units import UNCLEAR
from jobs.delivery.no_data import skip_reasons
from jobs.delivery.number_formats import Use, use_of
from jobs.delivery.remarks import ABOVE_THE_HEADER, Remark
from jobs.delivery.sheet_cells import SHOWN
from jobs.delivery.survey import Piece, SurveyedFile
from jobs.delivery.tables_below import are_data, tables, why_unread
from jobs.delivery.text_files import read_piece
from jobs.delivery.unchanged import FileChanged, assure_unchanged
from jobs.delivery.workbooks import BadWorkbook, read_cells

BATCH_ROWS = 100_000
_DITTO_OF_SHEETS = (*DITTO, '"')
"""A lone quotation mark in a text file is what a quote that was never closed leaves."""
_NUMBER = r"([0-9０-９]{17}[0-9０-９XxＸｘ]|[0-9０-９]{15}|[0-9]{6}\*+[0-9Xx]{1,4})"


def decode(piece: Piece) -> Iterator[pl.DataFrame]:
    """Bronze rows of a piece in batches: all texts, in the column order of the data set's bronze contract.

    Raises FileChanged, at the latest behind the last batch, if the file is not what was hashed, BadWorkbook if it is damaged: then
    nothing of it may be kept.
    """
    data_set = DATA_SETS[piece.data_set]
    try:
        for frame, is_long in _frames(piece):
            for part, cells, are_long in _tables(data_set, piece, frame, is_long):
                yield from _judged(data_set, part, cells, are_long).iter_slices(BATCH_ROWS)
            piece = replace(part, first_row=piece.first_row + frame.height)
    except Exception:  # whatever went wrong, a file that changed is why
        assure_unchanged(Path(piece.path), piece.state, piece.file_id)
        raise
    assure_unchanged(Path(piece.path), piece.state, piece.file_id)


def trouble(file: SurveyedFile) -> Remark | None:
    """Why an accepted file cannot be read after all: it changed since it was surveyed, or a workbook is damaged below its head."""
    try:
        for piece in file.pieces:
            if piece.is_workbook:
                deque(decode(piece), maxlen=0)
            else:
                assure_unchanged(Path(piece.path), piece.state, piece.file_id)
    except (FileChanged, BadWorkbook) as bad:
        return bad.why
    return None


def _frames(piece: Piece) -> Iterator[tuple[pl.DataFrame, pl.Series | None]]:
    """The rows of a piece, and which of them are long, as `read_piece` tells."""
    source = member(Path(piece.path), piece.member)
    if piece.is_workbook:
        fields = enumerate(piece.header.fields)
        uses = {i: Use.TEXT if name is None else use_of(DATA_SETS[piece.data_set][name]) for i, name in fields}
        yield read_cells(source, piece.sheet, uses, piece.header.row, is_plain=piece.is_plain), None
    else:
        yield from read_piece(source, piece.start, piece.end, piece.dialect, len(piece.header.names))


def _tables(
    data_set: DataSet, piece: Piece, frame: pl.DataFrame, is_long: pl.Series | None
) -> Iterator[tuple[Piece, pl.DataFrame, pl.Series | None]]:
    """The tables that stand one below the other in the frame, each with the piece as if it began there."""
    before = piece.first_row - 1
    found = tables(frame.drop(SHOWN, strict=False), piece.header, piece.header.row - before, data_set)
    if len(found) == 1:
        yield _with_notes(data_set, piece, frame), frame, is_long
        return
    for i, (start, header) in enumerate(found):
        rows = (found[i + 1][0] if i + 1 < len(found) else frame.height) - start
        part = piece
        if i:
            header = replace(header, row=header.row + before)
            part = replace(piece, header=header, unread=why_unread(header, data_set), first_row=piece.first_row + start)
        # A workbook's numbers are read for what their column holds.
        [(cells, _)] = _frames(part) if i and piece.is_workbook else [(frame, None)]
        cells = cells.slice(start, rows)
        is_last = i + 1 == len(found)  # a line behind another table is of the one below
        yield (
            _with_notes(data_set, part, cells) if is_last else part,
            cells,
            is_long.slice(start, rows) if is_long is not None else None,
        )


def _with_notes(data_set: DataSet, piece: Piece, cells: pl.DataFrame) -> Piece:
    """The piece with what a note below a sheet's table says of its units; of a text the survey has seen the end."""
    if not (piece.is_workbook and piece.header.unstated):
        return piece
    below = cells.drop(SHOWN, strict=False)[max(piece.header.row + 2 - piece.first_row, 0) :]
    return replace(piece, header=with_notes(piece.header, below.tail(LAST_ROWS).rows(), data_set))


def _judged(data_set: DataSet, piece: Piece, cells: pl.DataFrame, is_long: pl.Series | None) -> pl.DataFrame:
    frame = cells.drop(SHOWN, strict=False)
    header_at = piece.header.row - (piece.first_row - 1)  # negative where rows before these hold the header
    piece = replace(piece, header=piece.header.widened(max((int(name[1:]) + 1 for name in frame.columns), default=0)))
    rows = cells.with_columns(_row=pl.int_range(pl.len(), dtype=pl.Int64) + piece.first_row)
    skipped = skip_reasons(data_set, frame, piece.header, header_at)
    unread = pl.Series([piece.unread or None], dtype=pl.String).new_from_index(0, len(frame))
    if header_at > 0 and (lost := are_data(frame.head(header_at)).arg_true()).len():
        unread = unread.scatter(lost, ABOVE_THE_HEADER.en.format(row=piece.header.row + 1))
        skipped = skipped.scatter(lost, None)
    if 0 <= header_at < len(frame):  # the header itself is no row of data
        keep = pl.Series(range(len(frame)), dtype=pl.Int64) != header_at
        rows, skipped, unread = rows.filter(keep), skipped.filter(keep), unread.filter(keep)
        is_long = is_long.filter(keep) if is_long is not None else None
    if piece.set_aside:
        skipped = skipped.fill_null(piece.set_aside)
    bronze = _named(data_set, piece, _with_ditto(rows, skipped, _DITTO_OF_SHEETS if piece.is_workbook else DITTO))
    bronze = bronze.with_columns(column_marks(data_set, bronze))
    is_data = skipped.is_null()
    marks = marked_fields(bronze["_damaged"])
    refused = unreadable_essentials(data_set, bronze, marks) if is_data.any() else skipped
    if is_long is not None:
        is_shifted = is_long | out_of_place(data_set, piece.header.fields, bronze, marks)
        refused = refused.set((is_shifted & is_long.is_not_null()).fill_null(False), "more or fewer cells than the header")
    refused = unread.zip_with(unread.is_not_null(), refused)
    reason = skipped.fill_null(refused.set(~is_data, None)) if len(refused) else skipped
    fate = pl.select(
        pl.when(~is_data)
        .then(pl.lit("skipped"))
        .when(reason.is_not_null())
        .then(pl.lit("quarantined"))
        .otherwise(pl.lit("accepted"))
    ).to_series()
    return bronze.with_columns(_fate=fate, _reason=reason).select(data_set.bronze.column_names)


def _with_ditto(rows: pl.DataFrame, skipped: pl.Series, marks: Collection[str]) -> pl.DataFrame:
    """The rows with what 同上 and 〃 stand for: the cell above, of the last row of data that says it itself."""
    has_ditto = rows.select(pl.col(pl.String).is_in(marks).any()).row(0, named=True)
    filled = [
        cells.set((is_ditto := cells.is_in(marks).fill_null(False)) | skipped.is_not_null(), None)
        .forward_fill()
        .zip_with(is_ditto, cells)
        .fill_null(cells)
        for cells in rows.select(name for name, has in has_ditto.items() if has)
    ]
    return rows.with_columns(filled)


def _named(data_set: DataSet, piece: Piece, rows: pl.DataFrame) -> pl.DataFrame:
    """Columns under the contract's names; what the contract does not know goes to one JSON column."""
    known = {field: f"c{i}" for i, field in enumerate(piece.header.fields) if field is not None}
    shared = {*piece.header.joint, *(piece.header.fields[i] for i in piece.header.joint.values())}
    known |= {field: f"c{i}" for field, i in piece.header.joint.items()}
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
        elif name in shared and data_set[name].kind in PERSON_KINDS:  # a name's reader passes over the number
            columns.append(pl.coalesce(pl.col(known[name]).str.extract(_NUMBER), known[name]).alias(name))
        elif unit := piece.header.units.get(name):
            cell = pl.lit(trimmed(rows[known[name]]))
            own = "元" if unit == UNCLEAR else "[万元]"  # 5万 under a header in 万美元 is no 5万元
            columns.append(pl.when(cell.str.contains(own)).then(cell).otherwise(cell + pl.lit(unit)).alias(name))
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
