"""What a real run would leave out of a delivery because it counts once, counted without an engine."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DataSet
from jobs.delivery.delivered_twice import (
    COUNTY,
    Alike,
    Repeat,
    Replaced,
    alike,
    digest_fields,
    key_columns,
    may_replace,
    month_field,
    newer_pairs,
    overlapping,
    repeating,
    repeats,
    replaced,
    replaced_by_key,
    rough_fields,
    told,
)
from jobs.delivery.ledger import ACCEPTED, Account, order

Digests = Mapping[tuple[str, str], pl.DataFrame]
"""Of each data set and file: digest, rough digest, county, month, key, and how many rows are equal in them."""
_BY = ("digest", "rough", "county", "month", "key")


def digests(data_set: DataSet, typed: pl.DataFrame) -> pl.DataFrame:
    """The rows of silver by what makes them equal."""
    month = month_field(data_set)
    rows = typed.select(
        digest=_digest(digest_fields(data_set)),
        rough=_digest(rough_fields(data_set)),
        county=pl.col(COUNTY) if COUNTY in typed.columns else pl.lit(None, dtype=pl.String),
        month=pl.col(month).dt.truncate("1mo") if month else pl.lit(None, dtype=pl.Date),
        key=pl.lit(None, dtype=pl.UInt64) if COUNTY in typed.columns else _key(data_set),
    )
    return rows.group_by(_BY).len("rows")


def _key(data_set: DataSet) -> pl.Expr:
    """Null where a part of the key is."""
    columns = key_columns(data_set)
    return pl.when(pl.all_horizontal(pl.col(column).is_not_null() for column in columns)).then(_digest(columns))


def _digest(fields: Sequence[str]) -> pl.Expr:
    return pl.concat_str([pl.col(field).cast(pl.String).fill_null("") for field in fields], separator="\x1f").hash()


def without_what_counts_once(accounts: Sequence[Account], of_files: Digests, as_of: date) -> list[Account]:
    """The settled accounts with what does not count of each file, as after a real run."""
    current: dict[str, dict[str, Account]] = defaultdict(dict)
    for account in sorted(accounts, key=order):
        if account.status == ACCEPTED:
            current[account.entry.data_set][account.file_id] = account
    known: dict[int, Account] = {}
    for code, files in current.items():
        rows = {file_id: of_files[code, file_id] for file_id in files if (code, file_id) in of_files}
        counted = _counted(DATA_SETS[code], files, rows, as_of)
        known |= {id(account): counted[file_id] for file_id, account in files.items()}
    return [known.get(id(account), account) for account in accounts]


def _counted(
    data_set: DataSet, files: Mapping[str, Account], rows: Mapping[str, pl.DataFrame], as_of: date
) -> dict[str, Account]:
    older: list[Replaced] = []
    left = rows
    if may_replace(data_set, list(files.values())):
        take_out = _without_older_counties if COUNTY in data_set.field_names else _without_older_keys
        older, left = take_out(files, rows, as_of)
    found, near = _repeats({file: files[file].entry.area for file in files if file in left}, left)
    return told(files, found, older, near)


_Left = tuple[list[Replaced], Mapping[str, pl.DataFrame]]


def _without_older_counties(files: Mapping[str, Account], rows: Mapping[str, pl.DataFrame], as_of: date) -> _Left:
    of_counties = {
        (file, county): count
        for file, frame in rows.items()
        for county, count in frame.drop_nulls("county").group_by("county").agg(pl.col("rows").sum()).iter_rows()
    }
    older = replaced(list(files.values()), of_counties, as_of)
    gone = {(part.file_id, part.county) for part in older}
    return older, {
        file: frame.filter(~pl.col("county").is_in([county for at, county in gone if at == file]).fill_null(False))
        for file, frame in rows.items()
    }


def _without_older_keys(files: Mapping[str, Account], rows: Mapping[str, pl.DataFrame], as_of: date) -> _Left:
    keys = {file: set(frame["key"].drop_nulls()) for file, frame in rows.items()}
    newer_first = sorted(newer_pairs(list(files.values()), as_of), key=lambda pair: pair[2:0:-1], reverse=True)
    held: Counter[tuple[str, str]] = Counter()
    left = dict(rows)
    for file, newer, _ in newer_first:
        if {file, newer} <= rows.keys():
            is_told = pl.col("key").is_in(list(keys[newer])).fill_null(False)
            held[file, newer] += int(left[file].filter(is_told)["rows"].sum())
            left[file] = left[file].filter(~is_told)
    older = replaced_by_key(list(files.values()), [(*pair, count) for pair, count in held.items() if count])
    for part in older:
        if part.rows == files[part.file_id].accepted:
            left[part.file_id] = left[part.file_id].clear()
    return older, left


def _repeats(areas: Mapping[str, str], rows: Mapping[str, pl.DataFrame]) -> tuple[list[Repeat], list[Alike]]:
    """What another file holds as it is, and of the rest what it holds with other numbers."""
    files = overlapping(areas)
    if not files:
        return [], []
    every = pl.concat([rows[file].with_columns(file=pl.lit(file), place=pl.lit(place)) for place, file in enumerate(files)])
    shared, pairs = _in_several(every, "digest")
    told_of = pl.DataFrame([pair[:2] for pair in pairs], schema={"file": pl.String, "file_earlier": pl.String}, orient="row")
    held = shared.join(told_of, on=["file", "file_earlier"], how="semi").group_by("file", "digest").agg(pl.col("held").max())
    rest = every.join(held, on=["file", "digest"], how="left").with_columns(pl.col("rows") - pl.col("held").fill_null(0))
    _, near = _in_several(rest.filter(pl.col("rows") > 0), "rough")
    return repeats(held.group_by("file").agg(pl.col("held").sum()).iter_rows(), pairs), alike(near)


def _in_several(every: pl.DataFrame, by: str) -> tuple[pl.DataFrame, list[tuple[str, str, int]]]:
    """Equal rows of a file and one before it, as often as both hold them; the pairs of files that repeat each other."""
    counts = every.group_by("file", "place", by).agg(pl.col("rows").sum())
    both = counts.join(counts, on=by, how="inner", suffix="_earlier").filter(pl.col("place_earlier") < pl.col("place"))
    shared = both.select("file", "file_earlier", by, held=pl.min_horizontal("rows", "rows_earlier"))
    sizes: dict[str, Counter[tuple[object, ...]]] = defaultdict(Counter)
    for file, county, month, count in every.group_by("file", "county", "month").agg(pl.col("rows").sum()).iter_rows():
        sizes[file][county, month] = count
    return shared, repeating(shared.group_by("file", "file_earlier").agg(pl.col("held").sum()).iter_rows(), sizes)
