"""Rows of every register by county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DataSet
from jobs.registers.benefits import Silver

Totals = Mapping[tuple[str, str], int]
"""Rows by data set and county."""


def county_totals(silver: Silver, data_sets: Sequence[DataSet], by_area: Totals) -> dict[tuple[str, str], int]:
    """Current rows by register and county; of a register that names no county, by the area of its files (`by_area`)."""
    with_county = [data_set for data_set in data_sets if "county_code" in data_set.field_names]
    found = {key: rows for key, rows in by_area.items() if "county_code" not in DATA_SETS[key[0]].field_names}
    if with_county:
        frames = [silver(d.code).select(F.lit(d.code).alias("data_set"), "county_code") for d in with_county]
        counted = reduce(DataFrame.unionByName, frames).groupBy("data_set", "county_code").count()
        found |= {(code, county or ""): rows for code, county, rows in counted.collect()}  # one row a register and county
    return found
