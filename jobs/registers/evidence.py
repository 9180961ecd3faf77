"""Register rows as evidence."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import EVIDENCE


def source_row(data_set: str, cells: Mapping[str, Column]) -> Column:
    """One piece of evidence: where the register row stands and the cells that the rule saw, under their headers."""
    pairs = [part for header, value in cells.items() for part in (F.lit(header), value.cast("string"))]
    return F.struct(
        F.lit(data_set).alias("data_set"),
        F.col("_file_id").alias("file_id"),
        F.col("_sheet").alias("sheet"),
        F.col("_row").alias("row"),
        F.create_map(*pairs).alias("cells"),
    )


def rows_of(data_set: str, *field_names: str) -> Column:
    """Evidence as a one-element array, with the named fields of the data set as cells."""
    contract = DATA_SETS[data_set]
    cells = {contract[name].header: F.col(name) for name in field_names}
    return F.array(source_row(data_set, cells)).cast(EVIDENCE)


def in_order(evidence: Column) -> Column:
    """Evidence sorted by data set and place, so that the order of files and of tasks decides nothing."""

    def place(row: Column) -> Column:
        position = F.lpad(row["row"].cast("string"), 12, "0")
        return F.concat_ws("|", row["data_set"], row["file_id"], row["sheet"], position)

    # By a text that stands beside each row: a comparison that looks into both rows costs three times as much.
    placed = F.transform(evidence, lambda row: F.struct(place(row).alias("place"), row.alias("row")))
    in_place = F.array_sort(
        placed,
        lambda left, right: (
            F.when(left["place"] < right["place"], F.lit(-1)).when(left["place"] > right["place"], F.lit(1)).otherwise(F.lit(0))
        ),
    )
    return F.transform(in_place, lambda one: one["row"])
