"""What `matches` finds on Apache Spark, for a process of its own: `python -m tests.models.pairs_on_spark FOLDER`.

Reads records.parquet and people.parquet from FOLDER, writes pairs.parquet there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from jobs.launch.settings import load_settings
from jobs.runtime.session import SPARK, open_engine
from models.record_linkage import load_model, matches

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    records, people = (pl.read_parquet(folder / f"{name}.parquet") for name in ("records", "people"))
    with open_engine(SPARK, load_settings("test").engine) as engine:
        matches(records, people, load_model(), spark=engine.session).write_parquet(folder / "pairs.parquet")
