"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from expectations.bounds import CRITICAL, Checked
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import BRONZE, COLUMNS, COVERAGE, FILES, NUMBER_STATES, QUALITY, QUARANTINE, SILVER, TOTALS
from expectations.contracts.model import Table
from expectations.quality_pages import Site, write_pages
from expectations.suites import across
from expectations.suites.silver import silver_bounds
from jobs.cells.masking import mask_numbers
from jobs.check_quality import columns, delivery_holes, figures
from jobs.check_quality.slips import write_slips
from jobs.check_quality.trend import registers
from jobs.delivery.ledger import REFUSED
from jobs.launch.context import RunContext
from jobs.registers.delivered import Delivered
from jobs.registers.divisions import division_names
from jobs.runtime.errors import DataRefused
from jobs.runtime.lake import Lake
from jobs.runtime.results import Stamp, publication

NAME = "check_quality"
READS = (*SILVER, *BRONZE, FILES, QUARANTINE, QUALITY, TOTALS)
WRITES = (NUMBER_STATES, COLUMNS, COVERAGE, QUALITY, TOTALS)
IS_GATE = True
"""Nothing downstream is written from data that were refused."""
DOCS, SLIPS = "quality", "slips"
"""Folders of OUT."""


def run(ctx: RunContext) -> None:
    from expectations.check import Witness  # slow to import, and needed here only

    delivered = Delivered(ctx.lake)
    stamp = Stamp(ctx.as_of, delivered.name)
    missing = [d.title for d in DATA_SETS.values() if d.is_required and d not in delivered.data_sets]
    if missing:
        with publication(ctx.out, NAME, [SLIPS], stamp, ctx.report.warn) as staged:
            write_slips(ctx.lake, delivered.last, [], {}, staged / SLIPS, ctx.as_of)
        raise DataRefused(
            f"The delivery holds no usable {'、'.join(missing)}. Without it no clue can be judged; deliver it and run again. "
            f"Return slips: {ctx.out / SLIPS}"
        )
    limits = ctx.settings.quality
    witness = Witness(ctx.as_of)
    with ctx.report.stage("quality gate") as progress, ctx.engine.over_many_rows():
        task = progress.add_task("quality gate", total=len(delivered.data_sets) + 5)
        checked: list[Checked] = []
        bounds = [silver_bounds(data_set, ctx.as_of, limits) for data_set in delivered.data_sets]
        tables = [delivered.silver(data_set.code) for data_set in delivered.data_sets]
        of_rows = figures.row_figures(list(zip(tables, bounds, strict=True)))
        for data_set, of_table, found in zip(delivered.data_sets, bounds, of_rows, strict=True):
            checked += witness.check(data_set.silver.full_name, of_table, found)
            progress.advance(task)
        holes = find_holes(delivered)
        ctx.lake.overwrite(COVERAGE, ctx.lake.session.createDataFrame([hole for hole in holes], COVERAGE.schema))
        progress.advance(task)
        ctx.lake.overwrite(NUMBER_STATES, figures.number_states(delivered.silver, delivered.data_sets))
        progress.advance(task)
        counts = columns.column_counts(
            ctx.lake, delivered.silver, delivered.data_sets, {account.file_id for account in delivered.current}
        )
        columns.remember(ctx.lake, counts)
        worst = columns.worst(counts)
        progress.advance(task)
        fallen = {
            (code, mask_numbers(area)): share  # the pages name it
            for (code, area), share in figures.falls(
                _last_totals(ctx.lake, delivered.number), delivered.totals, limits.fall_least_rows
            ).items()
        }
        for table, across_bounds, measured in (
            (across.HOUSEHOLDS, across.household_bounds(limits), figures.household_figures(delivered.silver("dibao_roster"))),
            (across.PAYMENTS, across.payment_bounds(limits), figures.payment_figures(delivered.silver)),
            (across.TOTALS, across.total_bounds(fallen, limits), figures.fall_figures(fallen)),
            (
                across.COLUMNS,
                across.column_bounds({key: count.forms for key, count in worst.items()}, limits),
                {across.column_measure(*key): count.lost_share for key, count in worst.items()},
            ),
            (across.DELIVERY, across.delivery_bounds(), _delivery_figures(delivered, holes)),
        ):
            checked += witness.check(table, across_bounds, measured)
        titles = {data_set.silver.full_name: data_set.title for data_set in delivered.data_sets} | across.TITLES
        rows = [
            (ctx.as_of, delivered.number, c.table, c.bound.measure, c.bound.severity, c.success, c.observed, c.bound.expected, c.bound.meaning)
            for c in checked
        ]  # fmt: skip
        _remember(ctx, QUALITY, rows, delivered.number)
        progress.advance(task)
        with publication(ctx.out, NAME, [DOCS, SLIPS], stamp, ctx.report.warn) as staged:
            came_in = registers(
                (row.asDict() for row in ctx.lake.read(QUALITY).collect()), delivered.ledger
            )  # bounded by history_runs
            site = Site(ctx.as_of, checked, titles, came_in, witness.write_docs(staged / DOCS))
            write_pages(staged / DOCS, site)
            numbers = figures.number_counts(ctx.lake)
            write_slips(
                ctx.lake,
                delivered.last,
                holes,
                numbers,
                staged / SLIPS,
                ctx.as_of,
                columns.to_mend(counts, limits.empty_required_ratio_warn),
            )
        progress.advance(task)
        ctx.report.current.rows = len(checked)
    _tell(ctx, checked, holes)
    critical = [c for c in checked if not c.success and c.bound.severity == CRITICAL]
    if critical:
        raise DataRefused(
            f"{len(critical)} critical expectation(s) failed, nothing downstream was written. First: {critical[0]} "
            f"All results: {ctx.out / DOCS / 'index.html'}. Return slips: {ctx.out / SLIPS}"
        )
    totals = [(ctx.as_of, delivered.number, *key, rows) for key, rows in sorted(delivered.totals.items())]
    _remember(ctx, TOTALS, totals, delivered.number)


def find_holes(delivered: Delivered) -> list[tuple[Any, ...]]:
    """Rows of ops.coverage."""
    registered, benefit = delivery_holes.people_by_county(delivered.silver)
    counties = delivery_holes.expected_counties(
        (area for areas in delivered.areas.values() for area in areas), registered, benefit
    )
    found = delivery_holes.register_holes(delivered.totals, delivered.areas, counties)
    found += delivery_holes.month_holes(delivery_holes.payments_by_month(delivered.silver))
    names = division_names(delivered.silver("dibao_roster"))
    rows = []
    for hole in found:
        people = registered.get(hole.area) if hole.area else registered.total() or None
        on_benefit = benefit[hole.area] if hole.area else benefit.total()
        rows.append((hole.data_set, hole.area, names.get(hole.area), hole.month, people, on_benefit))
    return rows


def _delivery_figures(delivered: Delivered, holes: Sequence[Any]) -> dict[str, float | None]:
    return {
        "files refused": float(sum(account.status == REFUSED for account in delivered.last)),
        "rows delivered twice": float(sum(account.delivered_twice for account in delivered.last)),
        "files whose rows differ from the claim": float(
            sum(any(found.code == "count_differs" for found in account.remarks) for account in delivered.last)
        ),
        "registers with a hole": float(len({hole[0] for hole in holes})),
    }


def _last_totals(lake: Lake, number: int) -> dict[tuple[str, str], int]:
    """Totals that the last run over an earlier delivery left."""
    earlier = [row for row in lake.read_or_empty(TOTALS).collect() if row["delivery_no"] < number]  # bounded by history_runs
    last = max(((row["delivery_no"], row["as_of"]) for row in earlier), default=None)
    return {
        (row["data_set"], row["county_code"]): row["row_count"] for row in earlier if (row["delivery_no"], row["as_of"]) == last
    }


def _remember(ctx: RunContext, table: Table, rows: Sequence[tuple[Any, ...]], number: int) -> None:
    """Replaces this run's rows of a table that keeps the last runs, and drops the oldest."""
    known = [tuple(row) for row in ctx.lake.read_or_empty(table).collect() if (row[0], row[1]) != (ctx.as_of, number)]
    runs = sorted({(row[1], row[0]) for row in known})[-(ctx.settings.quality.history_runs - 1) or len(known) :]
    kept = [row for row in known if (row[1], row[0]) in set(runs)]
    ctx.lake.overwrite(table, ctx.lake.session.createDataFrame([*kept, *rows], table.schema))


def _tell(ctx: RunContext, checked: Sequence[Checked], holes: Sequence[tuple[Any, ...]]) -> None:
    failed = [c for c in checked if not c.success]
    for c in failed:
        ctx.report.warn(f"{c.bound.severity}: {c}")
    for data_set, area, area_name, month, people, benefit in holes:
        where = " ".join(filter(None, (area_name or area, month))) or "nowhere delivered"
        registered = "" if people is None else f"{people:,} registered people, "
        ctx.report.warn(f"hole: {DATA_SETS[data_set].title}: {where}: {registered}{benefit:,} on benefit fall outside")
    ctx.report.figures["expectations"] = {"checked": len(checked), "failed": len(failed)}
    ctx.report.figures["holes"] = len(holes)
