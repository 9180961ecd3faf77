"""The picture of which job reads and writes what: a row for each table, a column for each job, in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from xml.sax.saxutils import escape

from expectations.contracts.lake import BRONZE, RUNS, SILVER
from expectations.contracts.model import Table
from jobs.runtime.lake import RESTRICTED_ZONES

_LEFT, _TOP, _STEP, _ROW = 210, 150, 40, 22
_JOB, _RESTRICTED, _LINE = "#1f4e79", "#b42318", "#9fb3c8"
_DELIVERY, _LISTS = "delivery folder", "lists and workbooks"


def lineage_rows(jobs: Sequence[ModuleType]) -> dict[str, tuple[set[int], set[int]]]:
    """By table, in the order in which the jobs meet them: numbers of the jobs that read it, and of those that write it.

    All tables of the data sets are one row a zone. A job that reads no table begins with the delivery; one that writes none ends in lists.
    Each run of each job is a row of ops.runs.
    """
    rows: dict[str, tuple[set[int], set[int]]] = {}
    for number, job in enumerate(jobs):
        for table in dict.fromkeys(map(_name, job.READS)) or [_DELIVERY]:
            rows.setdefault(table, (set(), set()))[0].add(number)
        for table in dict.fromkeys(map(_name, job.WRITES)) or [_LISTS]:
            rows.setdefault(table, (set(), set()))[1].add(number)
    return {**rows, RUNS.full_name: (set(), set(range(len(jobs))))}


def _name(table: Table) -> str:
    for zone, tables in (("bronze", BRONZE), ("silver", SILVER)):
        if table in tables:
            return f"{zone}: {len(tables)} data sets"
    return table.full_name


def lineage_svg(jobs: Sequence[ModuleType]) -> str:
    """The picture as SVG: a ring where a job reads, a square where it writes; names of restricted tables are red."""
    rows = lineage_rows(jobs)
    width, height = _LEFT + _STEP * len(jobs) + 60, _TOP + _ROW * len(rows) + 44
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'font-family="system-ui, sans-serif" font-size="12">',
            "<title>Which job reads and writes which table</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *(_job(number, job.NAME, _TOP + _ROW * len(rows)) for number, job in enumerate(jobs)),
            *(line for at, (name, (reads, writes)) in enumerate(rows.items()) for line in _table(at, name, reads, writes)),
            *_legend(_TOP + _ROW * len(rows) + 26),
            "</svg>\n",
        ]
    )


def _x(number: int) -> int:
    return _LEFT + 14 + number * _STEP


def _job(number: int, name: str, bottom: int) -> str:
    x = _x(number)
    return (
        f'<path d="M{x} {_TOP - 8}V{bottom}" stroke="#eef2f6" stroke-width="14"/>'
        f'<text x="{x}" y="{_TOP - 14}" transform="rotate(-45 {x} {_TOP - 14})" fill="{_JOB}" font-weight="600">{escape(name)}</text>'
    )


def _table(at: int, name: str, reads: set[int], writes: set[int]) -> Iterator[str]:
    y = _TOP + 12 + at * _ROW
    numbers = sorted(reads | writes)
    is_restricted = name.replace(":", ".").split(".")[0] in RESTRICTED_ZONES
    fill = _RESTRICTED if is_restricted else "#222222"
    yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" fill="{fill}">{escape(name)}</text>'
    yield f'<path d="M{_LEFT} {y}H{_x(numbers[-1])}" stroke="{_LINE}"/>'
    for number in numbers:
        yield _mark(_x(number), y, is_read=number in reads, is_written=number in writes)


def _mark(x: int, y: int, *, is_read: bool, is_written: bool) -> str:
    square = f'<rect x="{x - 5}" y="{y - 5}" width="10" height="10" fill="{_JOB}"/>' if is_written else ""
    ring = f'<circle cx="{x}" cy="{y}" r="{3 if is_written else 5}" fill="#ffffff" stroke="{_JOB}" stroke-width="2"/>'
    return square + (ring if is_read else "")


def _legend(y: int) -> Iterator[str]:
    entries = ((True, False, "reads"), (False, True, "writes"), (True, True, "reads what is there, and writes"))
    x = _LEFT
    for is_read, is_written, text in entries:
        yield _mark(x, y, is_read=is_read, is_written=is_written)
        yield f'<text x="{x + 12}" y="{y + 4}" fill="#222222">{text}</text>'
        x += 50 + 7 * len(text)
    yield f'<text x="{x}" y="{y + 4}" fill="{_RESTRICTED}">red: restricted</text>'
