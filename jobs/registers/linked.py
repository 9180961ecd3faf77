"""The registers as links and aliases read them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import ALIASES, LINKS
from expectations.contracts.model import ORIGIN
from jobs.registers.benefits import Silver
from jobs.registers.grades import MATCHED, REPAIRED
from jobs.registers.references import Reference, person_references
from jobs.runtime.lake import Lake


def linked_registers(lake: Lake) -> Silver:
    """The registers of the lake as its links and aliases read them; none of a register that never came."""
    return with_links(lambda code: lake.read_or_empty(DATA_SETS[code].silver), lake.read(LINKS), lake.read(ALIASES))


def with_links(silver: Silver, links: DataFrame, aliases: DataFrame) -> Silver:
    """Registers whose records carry the number and name of the person they are tied to, and a state that says so."""
    linked = {(row["data_set"], row["role"]) for row in links.select("data_set", "role").distinct().collect()}  # some dozens
    has_aliases = not aliases.isEmpty()

    @cache
    def register(code: str) -> DataFrame:
        rows = silver(code)
        for reference in person_references(DATA_SETS[code]):
            if (code, reference.role) in linked:
                is_role = (F.col("data_set") == code) & (F.col("role") == reference.role)
                state = F.when(F.col("grade") == "E", F.lit(MATCHED)).otherwise(F.lit(REPAIRED))
                # A record has one link.
                of_record = links.filter(is_role).select(
                    *ORIGIN, F.col("number_key").alias("_number"), F.col("name_key").alias("_name"), state.alias("_state")
                )
                rows = _tied(rows, of_record, list(ORIGIN), reference, DATA_SETS[code].silver.column_names)
            if has_aliases:
                # A pair has one alias.
                of_pair = aliases.select(
                    F.col("number_key").alias(reference.number_key),
                    F.col("name_key").alias(reference.name_key),
                    F.col("to_number_key").alias("_number"),
                    F.col("to_name_key").alias("_name"),
                    F.lit(REPAIRED).alias("_state"),
                )
                pair = [reference.number_key, reference.name_key]
                rows = _tied(rows, of_pair, pair, reference, DATA_SETS[code].silver.column_names)
        return rows

    return register


def _tied(rows: DataFrame, persons: DataFrame, on: list[str], reference: Reference, columns: Sequence[str]) -> DataFrame:
    """The rows with _number, _name and _state of `persons` in the columns of the reference; none doubles."""
    tied = {reference.number_key: "_number", reference.name_key: "_name", reference.state: "_state"}
    joined = rows.join(F.broadcast(persons), on, "left")
    return joined.select(*(F.coalesce(tied[name], name).alias(name) if name in tied else name for name in columns))
