"""Quality gate: silver tables against their suites, before anything is concluded from them.

Reads   silver.<all data sets>       one row per delivered row               key _file_id, _sheet, _row
Writes  ops.quality                  one row per expectation and table       key table_name, expectation, column_name, severity
        OUT/quality                  Data Docs of this run, readable without a server
Re-run  safe: the table and the pages are replaced. Raises DataRefused (exit code 3) on a critical failure.
"""

from __future__ import annotations

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import QUALITY, SILVER
from jobs.runtime.context import RunContext
from jobs.runtime.errors import DataRefused
from jobs.runtime.launch import launch

NAME = "check_quality"
READS = SILVER
WRITES = (QUALITY,)


def run(ctx: RunContext) -> None:
    from expectations.check import Witness  # slow to import, and needed here only
    from expectations.suites import suite_for

    present = [data_set for data_set in DATA_SETS.values() if ctx.lake.exists(data_set.silver)]
    missing = [data_set.title for data_set in DATA_SETS.values() if data_set.is_required and data_set not in present]
    if missing:
        raise DataRefused(
            f"The delivery holds no usable {'、'.join(missing)}. Without it no clue can be judged; deliver it and run again."
        )
    for data_set in DATA_SETS.values():
        if data_set not in present:
            ctx.report.warn(f"{data_set.title} ({data_set.code}) was not delivered: rules that need it find nothing")
    witness = Witness(ctx.out / "quality")
    with ctx.report.stage("quality gate") as progress:
        task = progress.add_task("quality gate", total=len(present))
        checked = []
        for data_set in present:
            checked += witness.check(ctx.lake.read(data_set.silver), suite_for(data_set, ctx.as_of, ctx.settings.quality))
            progress.advance(task)
        titles = {data_set.silver.full_name: data_set.title for data_set in present}
        index = witness.write_docs(checked, titles, f"Mingjing: data quality as of {ctx.as_of}")
        rows = [(ctx.as_of, c.table, c.expectation, c.column, c.severity, c.success, c.observed, c.meaning) for c in checked]
        ctx.lake.overwrite(QUALITY, ctx.lake.session.createDataFrame(rows, QUALITY.schema))
        ctx.report.stages[-1].rows = len(checked)
    failed = [c for c in checked if not c.success]
    for c in failed:
        ctx.report.warn(f"{c.severity}: {c.table} {c.column}: {c.meaning} (seen: {c.observed})")
    ctx.report.figures["expectations"] = {"checked": len(checked), "failed": len(failed)}
    critical = [c for c in failed if c.severity == "critical"]
    if critical:
        first = critical[0]
        raise DataRefused(
            f"{len(critical)} critical expectation(s) failed, nothing downstream was written. First: {first.table} {first.column}: "
            f"{first.meaning} (seen: {first.observed}). All results: {index}"
        )


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run))
