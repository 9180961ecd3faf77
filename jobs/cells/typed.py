"""A frame of delivered texts as the data set's silver columns: the whole of standardisation, engine apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from expectations.contracts.model import MARK_END, MARKS, PERSON_KINDS, DataSet, Field, Kind, name_key_column
from jobs.cells.amounts import read_integers, read_percents, read_square_metres, read_yuan
from jobs.cells.damage import damaged, damaged_accounts
from jobs.cells.dates import read_dates, read_months
from jobs.cells.digests import keyed_digest
from jobs.cells.faults import MERGED, MERGED_AMOUNT, forms, readable
from jobs.cells.habits import as_meant, habits
from jobs.cells.names import read_names
from jobs.cells.person_numbers import UNREADABLE, read_disability_numbers, read_numbers
from jobs.cells.text import EMPTY_FORMS, in_few_values, read_code, read_division, read_enum, read_plate, read_text, trimmed


def _digest(texts: pl.Series, key: str) -> pl.Series:
    """无 and the like are nobody's and get no digest: they would all be one."""
    return keyed_digest(texts.set(texts.is_in(list(EMPTY_FORMS)), None), key)


_READ_TEXT = {Kind.TEXT: read_text, Kind.CODE: read_division, Kind.PLATE: read_plate}


def read_plain(field: Field, cells: pl.Series, marks: Mapping[str, pl.Series]) -> pl.Series:
    """Typed values of a field that identifies nobody; null where the cell is empty or cannot be read. `marks`: of `marked_fields`."""
    cells = as_meant(field, cells, marks)
    match field.kind:
        case Kind.ENUM:
            return read_enum(cells, field.values, field.words)
        case Kind.DATE:
            return read_dates(cells)
        case Kind.MONTH:
            return read_months(cells)
        case Kind.YUAN:
            return read_yuan(cells)
        case Kind.WAN_YUAN:
            return read_yuan(cells, unit=10_000)
        case Kind.INTEGER:
            return read_integers(cells)
        case Kind.PERCENT:
            return read_percents(cells)
        case Kind.SQUARE_METRES:
            return read_square_metres(cells)
        case _:
            texts = readable(_READ_TEXT.get(field.kind, read_code)(cells))
            return texts.set(texts.is_in(list(EMPTY_FORMS)), None) if field.nullable else texts


def read_person_numbers(field: Field, cells: pl.Series, is_damaged: pl.Series | None) -> tuple[pl.Series, pl.Series]:
    """Numbers and states of a field of PERSON_KINDS."""
    read = read_disability_numbers if field.kind is Kind.DISABILITY_NUMBER else read_numbers
    return read(cells, is_damaged=is_damaged)


def silver_columns(field: Field, cells: pl.Series, key: str, marks: Mapping[str, pl.Series]) -> list[pl.Series]:
    """The silver columns that one delivered column becomes, in the contract's order. `marks`: of `marked_fields`."""
    is_marked = any(mark.partition(":")[0] == field.name for mark in marks)
    if not is_marked and (coded := in_few_values(cells)):
        values, codes = coded
        return [column.gather(codes) for column in _silver_columns(field, values, key, {})]
    return _silver_columns(field, cells, key, marks)


def _silver_columns(field: Field, cells: pl.Series, key: str, marks: Mapping[str, pl.Series]) -> list[pl.Series]:
    is_damaged = marks.get(field.name)
    if field.kind in PERSON_KINDS:
        numbers, states = read_person_numbers(field, cells, is_damaged)
        return [keyed_digest(numbers, key).alias(f"{field.role}_key"), states.alias(f"{field.role}_number_state")]
    if field.kind is Kind.NAME:
        return [_digest(read_names(cells), key).alias(name_key_column(field.name))]
    if field.kind is Kind.ACCOUNT:
        accounts = readable(read_code(as_meant(field, cells, marks)))
        accounts = accounts if is_damaged is None else accounts.set(is_damaged, None)
        return [_digest(accounts, key).alias(f"{field.name}_key")]
    return [read_plain(field, cells, marks).alias(field.name)]


def standardised(data_set: DataSet, rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Silver rows of accepted bronze rows: same rows, same order, contract columns."""
    told = marked_fields(rows["_damaged"])
    columns: list[pl.Series] = []
    marks = [rows["_shown"].str.replace_all(" ", MARK_END)]
    for field in data_set.fields:
        read = silver_columns(field, rows[field.name], key, told)
        columns += read
        marks += _unread(field, rows[field.name], read)
    return pl.DataFrame([*columns, _joined(marks, MARK_END).alias(MARKS.name), rows["_file_id"], rows["_sheet"], rows["_row"]])


def _unread(field: Field, cells: pl.Series, read: list[pl.Series]) -> list[pl.Series]:
    """The marks of the field's cells that hold something and could not be read, if there are any."""
    is_lost = read[1] == UNREADABLE if field.kind in PERSON_KINDS else read[0].is_null() & cells.is_not_null()
    if not is_lost.any():
        return []
    return [f"{field.name}=" + forms(field, cells.set(~is_lost, None))]


def _joined(marks: Sequence[pl.Series], end: str) -> pl.Series:
    """Per row the marks that it has; null where it has none."""
    joined = pl.select(pl.concat_str([pl.lit(mark) for mark in marks], separator=end, ignore_nulls=True)).to_series()
    return joined.set(joined == "", None)


_DAMAGE = {**dict.fromkeys(PERSON_KINDS, damaged), Kind.ACCOUNT: damaged_accounts}


def column_marks(data_set: DataSet, rows: pl.DataFrame) -> pl.Series:
    """Per row what only the columns of its file tell, joined by a blank; null where there is nothing to tell.

    A number or account that a spreadsheet or a float cut short is marked by its field, a cell written in a habit by field:habit.
    """
    marks = []
    for field in data_set.fields:
        found = habits(field, rows[field.name])
        if damage := _DAMAGE.get(field.kind):
            found[field.name] = damage(rows[field.name])
        marks += [pl.when(marked).then(pl.lit(mark)) for mark, marked in found.items() if marked.any()]
    if not marks:
        return pl.Series("_damaged", [None], dtype=pl.String).new_from_index(0, len(rows))
    joined = pl.concat_str(marks, separator=" ", ignore_nulls=True)
    return rows.select(pl.when(joined != "").then(joined).alias("_damaged")).to_series()


def marked_fields(marks: pl.Series) -> dict[str, pl.Series]:
    """Per mark of `column_marks`, which rows carry it."""
    if marks.null_count() == len(marks):
        return {}
    named = {name for mark in marks.drop_nulls().unique() for name in mark.split(" ")}
    return {name: marks.str.split(" ").list.contains(name).fill_null(False) for name in named}


def unreadable_essentials(data_set: DataSet, rows: pl.DataFrame, marks: Mapping[str, pl.Series]) -> pl.Series:
    """Per row the first essential header whose cell is empty, cannot be read or is merged with the one above; null when all can be read."""
    reason = pl.Series("reason", [None], dtype=pl.String).new_from_index(0, len(rows))
    for field in data_set.fields:
        if field.essential:
            unreadable = read_plain(field, rows[field.name], marks).is_null()
            is_merged = rows[field.name].eq(MERGED).fill_null(False)
            reason = reason.set(is_merged & reason.is_null(), f"{MERGED_AMOUNT}: {field.header}")
            reason = reason.set(unreadable & reason.is_null(), f"unreadable: {field.header}")
    return reason


def out_of_place(
    data_set: DataSet, columns: Sequence[str | None], rows: pl.DataFrame, marks: Mapping[str, pl.Series]
) -> pl.Series:
    """Per row whether a cell cannot belong to its column, but could to one beside it: is a part of the row shifted?

    columns: the field of each column as delivered, null where the contract knows none.
    """
    found = pl.Series("found", [False] * len(rows))
    for at, name in enumerate(columns):
        if name is None:
            continue
        lost = (~_fits(data_set[name], rows[name], marks)).arg_true()
        for beside in (*columns[max(at - 1, 0) : at], *columns[at + 1 : at + 2]) if len(lost) else ():
            cells = rows[name].gather(lost)
            could = _fits(data_set[beside], cells, {}) if beside else pl.Series([True] * len(lost))
            found = found.scatter(lost.filter(could), True)
    return found


def _fits(field: Field, cells: pl.Series, marks: Mapping[str, pl.Series]) -> pl.Series:
    """Per cell whether it can stand in the field's column; an empty one can in any."""
    match field.kind:
        case Kind.TEXT | Kind.PLATE:
            fits = pl.Series([True] * len(cells))
        case Kind.NAME:
            fits = ~cells.str.contains("[0-9０-９]")
        case Kind.ACCOUNT | Kind.CODE | Kind.FIRM_CODE:
            fits = cells.str.contains("[0-9０-９]")
        case kind if kind in PERSON_KINDS:
            fits = ~trimmed(cells).str.contains(r"^[^0-9０-９*]*$|^[0-9]{1,8}(\.[0-9]+)?$|^[0-9]{4}[-/.年]")
        case _:
            fits = read_plain(field, cells, marks).is_not_null()
    return fits.fill_null(True) | trimmed(cells).fill_null("").is_in(list(EMPTY_FORMS))
