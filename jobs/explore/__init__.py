"""Explore: the tables of a run for analysts, in a notebook or a line of Python. No engine is started.

    from jobs.explore import open_lake, shares
    run = open_lake("demo/out")
    clues = run.table("gold.clues").polars()
    shares(clues, by="rule_code", hit=pl.col("is_dispatched"))

Reads   the working zone of the lake (silver, gold, ops), each table in the version that the list was made of; OUT/learning and, for
        contributions, OUT/mlflow. Never bronze, quarantine, vault or OUT/restricted; trace, which goes back to them, masks
Writes  nothing
"""

from jobs.explore.compared import compare
from jobs.explore.opened import OpenedLake, TableView, open_lake
from jobs.explore.shares import shares

__all__ = ["OpenedLake", "TableView", "compare", "open_lake", "shares"]
