"""A frame of delivered texts as the data set's silver columns: the whole of standardisation, engine apart."""

from __future__ import annotations

import polars as pl
import polars_hash as plh

from expectations.contracts.model import PERSON_KINDS, DataSet, Field, Kind, name_key_column
from jobs.cells.amounts import read_decimals, read_integers, read_yuan
from jobs.cells.dates import read_dates, read_months
from jobs.cells.names import read_names
from jobs.cells.person_numbers import read_disability_numbers, read_numbers
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
            texts = trimmed(cells)
            return texts.set(texts.is_in(list(EMPTY_FORMS)), None) if field.nullable else texts


def silver_columns(field: Field, cells: pl.Series, key: str) -> list[pl.Series]:
    """The silver columns that one delivered column becomes, in the contract's order."""
    if field.kind in PERSON_KINDS:
        read = read_disability_numbers if field.kind is Kind.DISABILITY_NUMBER else read_numbers
        numbers, states = read(cells)
        return [keyed_digest(numbers, key).alias(f"{field.role}_key"), states.alias(f"{field.role}_number_state")]
    if field.kind is Kind.NAME:
        return [_distinct_digest(read_names(cells), key).alias(name_key_column(field.name))]
    if field.kind is Kind.ACCOUNT:
        return [_distinct_digest(trimmed(cells), key).alias(f"{field.name}_key")]
    return [read_plain(field, cells).alias(field.name)]


def standardised(data_set: DataSet, rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Silver rows of accepted bronze rows: same rows, same order, contract columns."""
    columns = [column for field in data_set.fields for column in silver_columns(field, rows[field.name], key)]
    return pl.DataFrame([*columns, rows["_file_id"], rows["_sheet"], rows["_row"]])


def unreadable_essentials(data_set: DataSet, rows: pl.DataFrame) -> pl.Series:
    """Per row the first essential header whose cell is empty or cannot be read; null when all can."""
    reason = pl.Series("reason", [None] * len(rows), dtype=pl.String)
    for field in data_set.fields:
        if field.essential:
            unreadable = read_plain(field, rows[field.name]).is_null()
            reason = reason.set(unreadable & reason.is_null(), f"unreadable: {field.header}")
    return reason
