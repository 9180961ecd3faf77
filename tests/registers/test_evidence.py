"""Evidence in order: the same whatever order files and tasks came in."""

from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from expectations.contracts.lake import EVIDENCE
from jobs.registers.evidence import in_order


def test_evidence_is_sorted_by_place_and_rows_in_one_place_stay_as_they_were(session: SparkSession) -> None:
    def row(data_set: str, number: int, seen: str) -> tuple[str, str, str, int, dict[str, str]]:
        return data_set, "file", "sheet", number, {"seen": seen}

    pension, second, tenth, again = (
        row("pensions", 1, "a"),
        row("disabilities", 2, "z"),
        row("disabilities", 10, "y"),
        row("disabilities", 10, "b"),
    )
    cases = [([pension, tenth, again, second],), ([second],), ([],), (None,)]
    rows = session.createDataFrame(cases, f"evidence {EVIDENCE.simpleString()}")
    found = [row[0] and [tuple(one) for one in row[0]] for row in rows.select(in_order(F.col("evidence"))).collect()]
    assert found == [[second, tenth, again, pension], [second], [], None]
