"""Settle identities: take in what two inspectors decided on who is who. The next run of link_people obeys it.

Reads   ops.files                    one row per file delivered               key delivery_id, file_name, sha256
        bronze.<all data sets>       the rows that the decisions name         key _file_id, _sheet, _row
        silver.<all data sets>       one row per delivered row                key _file_id, _sheet, _row
Writes  vault.identity_verdicts      one row per pair of records decided on   key left, right
Re-run  safe: a decision on the same two records replaces the one before; the table is replaced in one commit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from expectations.contracts.lake import BRONZE, FILES, IDENTITY_VERDICTS, SILVER
from jobs.cells.dates import parse_date
from jobs.linking.delivered_row import at, parse_record, place_of
from jobs.linking.identities import person_references
from jobs.linking.verdicts import Verdicts, reference_side
from jobs.runtime.errors import BadVerdicts, NoSuchRecord
from jobs.runtime.lake import Lake

NAME = "settle_identities"
READS = (FILES, *BRONZE, *SILVER)
WRITES = (IDENTITY_VERDICTS,)
HEADERS = ("记录一", "记录二", "结论", "核查日期", "核查人")
_SAME = {"同一人": True, "不是同一人": False}
_LEAST_CHECKERS = 2


@dataclass(frozen=True)
class Decision:
    """A line of the file. left, right: sides in the sense of jobs.linking.verdicts, the smaller one first."""

    line: int
    left: str
    right: str
    is_same: bool
    checked_on: date
    checkers: str


def settle(lake: Lake, path: Path) -> int:
    """Adds the decisions of a CSV file; gives how many. Raises BadVerdicts, and changes nothing, where one cannot be used."""
    decisions = list(_decisions(lake, path))
    fresh = {(d.left, d.right): d for d in decisions}
    kept = [
        row for row in lake.read_or_empty(IDENTITY_VERDICTS).collect() if (row["left"], row["right"]) not in fresh
    ]  # inspectors' work: thousands
    rows = [(row["left"], row["right"], row["is_same"], row["checked_on"], row["checkers"]) for row in kept]
    rows += [(d.left, d.right, d.is_same, d.checked_on, d.checkers) for d in fresh.values()]
    _refuse_contradictions(path, rows, fresh)
    lake.overwrite(IDENTITY_VERDICTS, lake.session.createDataFrame(sorted(rows), IDENTITY_VERDICTS.schema))
    return len(fresh)


def _decisions(lake: Lake, path: Path) -> Iterator[Decision]:
    for line, cells in lines_of(path):

        def refuse(what: str, line: int = line) -> BadVerdicts:
            return BadVerdicts(f"{path.name}, line {line}: {what} Nothing was taken in.")

        if cells["结论"] not in _SAME:
            raise refuse(f"结论 is {cells['结论']!r}. Expected one of {'、'.join(_SAME)}.")
        checked_on = parse_date(cells["核查日期"])
        if checked_on is None:
            raise refuse(f"核查日期 is {cells['核查日期']!r}. Expected a day such as 2017-12-31.")
        checkers = [name for name in cells["核查人"].replace(",", "、").replace("，", "、").split("、") if name.strip()]
        if len(checkers) < _LEAST_CHECKERS:
            raise refuse("核查人 names fewer than two inspectors. Expected two, joined by 、.")
        try:
            left, right = sorted(_side(lake, cells[header]) for header in ("记录一", "记录二"))
        except NoSuchRecord as error:
            raise refuse(str(error)) from error
        if left == right:
            raise refuse("Both records write the same number and name: no decision can tell them apart, and none is needed.")
        yield Decision(line, left, right, _SAME[cells["结论"]], checked_on, "、".join(name.strip() for name in checkers))


def lines_of(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Number and cells of each line that says something. Raises BadVerdicts for a file of another kind."""
    if not path.is_file():
        raise BadVerdicts(f"No file {path}. Name a CSV file with the columns {'、'.join(HEADERS)}.")
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    reader = csv.DictReader(io.StringIO(text))
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise BadVerdicts(f"{path.name} is no CSV file: {error}. Expected {'、'.join(HEADERS)}. Nothing was taken in.") from None
    missing = [header for header in HEADERS if header not in (reader.fieldnames or ())]
    if missing:
        raise BadVerdicts(
            f"{path.name}: the column {missing[0]} is missing. Expected {'、'.join(HEADERS)}. Nothing was taken in."
        )
    return [
        (line, {header: (cells[header] or "").strip() for header in HEADERS})
        for line, cells in lines
        if any((cells[header] or "").strip() for header in HEADERS)
    ]


def _side(lake: Lake, text: str) -> str:
    wanted = parse_record(text)
    place = place_of(lake, wanted)
    references = {reference.role: reference for reference in person_references(place.data_set)}
    if wanted.role is None and len(references) > 1:
        raise NoSuchRecord(f"{place.title} names several persons. Say which: #{', #'.join(references)}.")
    role = wanted.role or next(iter(references))
    if role not in references:
        raise NoSuchRecord(f"{place.title} has no role {role!r}. Its roles: {', '.join(references)}.")
    rows = lake.read(place.data_set.silver).filter(at(place.silver))
    side: str = rows.select(reference_side(references[role], place.data_set).alias("side")).collect()[0]["side"]
    return side


def _refuse_contradictions(
    path: Path, rows: list[tuple[str, str, bool, date, str]], fresh: dict[tuple[str, str], Decision]
) -> None:
    same = tuple((left, right) for left, right, is_same, *_ in rows if is_same)
    apart = tuple((left, right) for left, right, is_same, *_ in rows if not is_same)
    pair = Verdicts(same, apart).contradiction()
    if pair is None:
        return
    where = f"line {fresh[pair].line}" if pair in fresh else "a decision taken in earlier"
    raise BadVerdicts(
        f"{path.name}: {where} keeps two records apart which the other decisions, by a chain, make one person. "
        "Have the inspectors look again and withdraw one of them. Nothing was taken in."
    )


if __name__ == "__main__":
    from jobs.cli import as_module

    as_module("settle-identities")
