"""What of the working zone analysts are shown: tables and columns by contract, texts without a person's number."""

from __future__ import annotations

import re
from difflib import get_close_matches

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.ids import LETTERS
from expectations.contracts.lake import CHECKS, TABLES
from expectations.contracts.lake.evidence import EVIDENCE, WORDS
from expectations.contracts.model import Column, Kind, Table
from jobs.cells.masking import mask_numbers
from jobs.cells.text import map_distinct
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import RESTRICTED_ZONES

_OF_CHECKS = {CHECKS.full_name, *(d.silver.full_name for d in DATA_SETS.values() if d.purpose == "check")}
_TELLING_KINDS = (Kind.TEXT, Kind.PLATE)
_PLAIN_TEXTS = frozenset(
    {
        "county", "town", "village", "household_no", "tekun_no", "book_no", "relation", "kind", "vehicle_kind", "post", "institution",
        "funeral_home", "batch_no",
    }
)  # fmt: skip
"""Delivered texts that are places, books and kinds. Others are anybody's words, and a name may stand in them: a shop's, an address."""
_TELLING = frozenset({"thing_key", "declared_assets"})
"""Of tables made from them: what holds such texts."""
DIGEST = re.compile(r"_(key|id|fingerprint)$|^(sha256|own_id|fingerprint)$")
_LEAST_DIGITS = 10
"""The shortest form of a person's number, one that a spreadsheet shows as a float, has more."""


def visible(name: str) -> Table:
    """The contract of a table of the working zone. Raises BadConfiguration, with the way out, for any other name."""
    table = TABLES.get(name)
    if table is None:
        near = get_close_matches(name, names(), 3, 0.4) or ["gold.clues"]
        raise BadConfiguration(
            f"There is no table {name!r}. Expected zone.name, such as {', '.join(near)}; run.tables() lists all."
        )
    if table.zone in RESTRICTED_ZONES:
        raise BadConfiguration(
            f"{name} is of the restricted zone: it holds numbers or names. Explore gives the working zone only: silver, gold and ops."
        )
    if name in _OF_CHECKS:
        raise BadConfiguration(f"{name} may serve the check that its subject has authorised, and nothing else.")
    return table


def names() -> list[str]:
    """All tables that are shown."""
    return [name for name, table in TABLES.items() if table.zone not in RESTRICTED_ZONES and name not in _OF_CHECKS]


def visible_columns(table: Table) -> list[Column]:
    """The columns that are shown: no evidence, whose cells trace shows masked, and no words in which anybody may be named."""
    data_set = DATA_SETS.get(table.name) if table.zone == "silver" else None
    telling = {
        field.name
        for field in (data_set.fields if data_set else ())
        if field.kind in _TELLING_KINDS and field.name not in _PLAIN_TEXTS
    }
    return [column for column in table.columns if column.type not in (EVIDENCE, WORDS) and column.name not in telling | _TELLING]


def masked(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without anything that has the form of a person's number: a certificate, a file or a sheet may be called by one.

    Digests stay: tables are joined by them.
    """
    texts = [name for name, kind in frame.schema.items() if kind == pl.String and name not in LETTERS and not DIGEST.search(name)]
    for name in texts:
        may_hold_one = frame[name].str.count_matches(r"\d").fill_null(0) >= _LEAST_DIGITS
        if may_hold_one.any():
            hidden = map_distinct(frame[name].filter(may_hold_one), mask_numbers, pl.String)
            at = may_hold_one.arg_true()
            frame = frame.with_columns(frame[name].scatter(at, hidden))
    return frame
