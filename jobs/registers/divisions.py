"""What the divisions of the city are called: one table for lists, plans, slips and linking."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.cells.masking import mask_numbers


def division_names(rows: DataFrame) -> dict[str, str]:
    """Names by code, in the order of the codes: what most rows of a code call it, so that a wrong cell renames nothing.

    A name is what workbooks are called, so that no person's number stays in it. rows: county_code and county. Of names that come
    equally often the greater one is taken, on every run the same.
    """
    named = rows.filter(F.col("county_code").isNotNull() & (F.trim("county") != ""))
    counted = named.groupBy("county_code", F.trim("county").alias("county")).count().collect()  # some a county
    ordered = sorted(counted, key=lambda row: (row["count"], row["county"]))
    names = {row["county_code"]: mask_numbers(row["county"]) for row in ordered}
    return dict(sorted(names.items()))
