"""The table of runs: which code, settings and tables each result rests on."""

from pyspark.sql.types import MapType, StringType

from expectations.contracts.model import DATE, DOUBLE, INT, LONG, TEXT, Column, Table

FINISHED, FAILED = "finished", "failed"
_BY_TABLE = MapType(StringType(), LONG)

RUNS = Table(
    "ops",
    "runs",
    "a run and a job of it, finished or failed",
    ("run_id", "job_no"),
    (
        Column("run_id", TEXT, "one command that wrote to the lake; every commit of it carries the same", nullable=False),
        Column("job_no", INT, "1 for the first job of the run", nullable=False),
        Column("job", TEXT, "package of the job", nullable=False),
        Column(
            "state", TEXT, "how it ended; of a run that was killed there is no row", values=(FINISHED, FAILED), nullable=False
        ),
        Column(
            "failure", TEXT, "the sentence with which it failed, or the kind of a fault of the program; null where it finished"
        ),
        Column("as_of", DATE, "day the run stands for; null for a job that knows none"),
        Column("delivery_id", TEXT, "last delivery that the lake knew at the end of the run; empty where there was none"),
        Column("started_at", TEXT, "instant, ISO 8601 in UTC", nullable=False),
        Column("seconds", DOUBLE, "from its start to its end", unit="seconds", nullable=False),
        Column("code_version", TEXT, "version and digest of the program's files, see mingjing --version", nullable=False),
        Column("settings_fingerprint", TEXT, "digest of the configuration, see mingjing doctor", nullable=False),
        Column("engine", TEXT, "engine and its version", nullable=False),
        Column("tables_read", _BY_TABLE, "of each table that it read, the Delta version; null where a store does not tell it"),
        Column(
            "tables_written",
            _BY_TABLE,
            "of each table that it wrote, the last Delta version; null where a store does not tell it",
        ),
        Column("rows_written", _BY_TABLE, "of each table that it wrote, the rows", unit="rows"),
    ),
)
"""Kept for good, one commit a command."""
