"""A frame of delivered texts as the data set's silver columns: the whole of standardisation, engine apart."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import polars_hash as plh

from expectations.contracts.model import MARK_END, MARKS, PERSON_KINDS, DataSet, Field, Kind, name_key_column
from jobs.cells.amounts import read_decimals, read_integers, read_yuan
from jobs.cells.damage import damaged, damaged_accounts
from jobs.cells.dates import read_dates, read_months
from jobs.cells.faults import forms, readable
from jobs.cells.names import read_names
from jobs.cells.person_numbers import UNREADABLE, read_disability_numbers, read_numbers
from jobs.cells.text import EMPTY_FORMS, read_enum, trimmed

KEY_LENGTH = 24
"""Hex digits of a key: 96 bits, so that a province's people do not collide."""


def keyed_digest(texts: pl.Series, key: str) -> pl.Series:
    """HMAC-SHA-256 of each text under the site's key, in hex; null stays null."""
    digest = plh.col("text").chash.hmac_sha256(key=key)
    return pl.DataFrame({"text": texts}).select(digest.str.slice(0, KEY_LENGTH)).to_series()


def _distinct_digest(texts: pl.Series, key: str) -> pl.Series:
    """Names and accounts repeat: digest each once. 无 and the like are nobody's and get no digest: they would all be one."""
    distinct = texts.drop_nulls().unique()
    distinct = distinct.filter(~distinct.is_in(list(EMPTY_FORMS)))
    return texts.replace_strict(distinct, keyed_digest(distinct, key), default=None, return_dtype=pl.String)


def read_plain(field: Field, cells: pl.Series) -> pl.Series:
    """Typed values of a field that identifies nobody; null where the cell is empty or cannot be read."""
    match field.kind:
        case Kind.ENUM:
            return read_enum(cells, field.values)
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
            return read_decimals(cells, 7, 4)
        case Kind.SQUARE_METRES:
            return read_decimals(cells, 12, 2)
        case _:
            texts = readable(trimmed(cells))
            return texts.set(texts.is_in(list(EMPTY_FORMS)), None) if field.nullable else texts


def read_person_numbers(field: Field, cells: pl.Series, is_damaged: pl.Series | None) -> tuple[pl.Series, pl.Series]:
    """Numbers and states of a field of PERSON_KINDS."""
    read = read_disability_numbers if field.kind is Kind.DISABILITY_NUMBER else read_numbers
    return read(cells, is_damaged=is_damaged)


def silver_columns(field: Field, cells: pl.Series, key: str, is_damaged: pl.Series | None = None) -> list[pl.Series]:
    """The silver columns that one delivered column becomes, in the contract's order. `is_damaged`: cells that ingest marked."""
    if field.kind in PERSON_KINDS:
        numbers, states = read_person_numbers(field, cells, is_damaged)
        return [keyed_digest(numbers, key).alias(f"{field.role}_key"), states.alias(f"{field.role}_number_state")]
    if field.kind is Kind.NAME:
        return [_distinct_digest(read_names(cells), key).alias(name_key_column(field.name))]
    if field.kind is Kind.ACCOUNT:
        accounts = readable(trimmed(cells))
        accounts = accounts if is_damaged is None else accounts.set(is_damaged, None)
        return [_distinct_digest(accounts, key).alias(f"{field.name}_key")]
    return [read_plain(field, cells).alias(field.name)]


def standardised(data_set: DataSet, rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Silver rows of accepted bronze rows: same rows, same order, contract columns."""
    damaged_cells = marked_fields(rows["_damaged"])
    columns: list[pl.Series] = []
    marks = [rows["_shown"].str.replace_all(" ", MARK_END)]
    for field in data_set.fields:
        read = silver_columns(field, rows[field.name], key, damaged_cells.get(field.name))
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


def damaged_fields(data_set: DataSet, rows: pl.DataFrame) -> pl.Series:
    """Per row the number and account fields that a spreadsheet or a float cut short, joined by a blank; null where none is."""
    marks = [
        pl.when(marked).then(pl.lit(field.name))
        for field in data_set.fields
        if (damage := _DAMAGE.get(field.kind)) and (marked := damage(rows[field.name])).any()
    ]
    if not marks:
        return pl.Series("_damaged", [None] * len(rows), dtype=pl.String)
    joined = pl.concat_str(marks, separator=" ", ignore_nulls=True)
    return rows.select(pl.when(joined != "").then(joined).alias("_damaged")).to_series()


def marked_fields(marks: pl.Series) -> dict[str, pl.Series]:
    """Per field named in the marks of `damaged_fields`, which rows carry it."""
    if marks.null_count() == len(marks):
        return {}
    named = {name for mark in marks.drop_nulls().unique() for name in mark.split(" ")}
    return {name: marks.str.split(" ").list.contains(name).fill_null(False) for name in named}


def unreadable_essentials(data_set: DataSet, rows: pl.DataFrame) -> pl.Series:
    """Per row the first essential header whose cell is empty or cannot be read; null when all can."""
    reason = pl.Series("reason", [None] * len(rows), dtype=pl.String)
    for field in data_set.fields:
        if field.essential:
            unreadable = read_plain(field, rows[field.name]).is_null()
            reason = reason.set(unreadable & reason.is_null(), f"unreadable: {field.header}")
    return reason
