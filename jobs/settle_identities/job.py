"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from expectations.contracts.lake import BRONZE, FILES, IDENTITY_VERDICTS, SILVER
from expectations.contracts.model import Field, Kind
from jobs.cells.dates import parse_date
from jobs.cells.masking import mask_field
from jobs.cells.text import read_enum
from jobs.registers.delivered_rows import at, parse_record, place_of
from jobs.registers.identity_verdicts import IdentityVerdicts, reference_side
from jobs.registers.references import person_references
from jobs.returns.brought import Brought
from jobs.returns.checkers import checkers_of, fault_of
from jobs.returns.tables import Line, lines_under
from jobs.runtime.errors import BadVerdicts, NoSuchRecord
from jobs.runtime.lake import Lake, plain_schema

NAME = "settle_identities"
READS = (FILES, *BRONZE, *SILVER)
WRITES = (IDENTITY_VERDICTS,)
HEADERS = ("记录一", "记录二", "结论", "核查日期", "核查人")
CORRECTS = "更正前次结论"
"""是 in this column: the decision is meant to turn round an earlier one on the same two records."""
_SAME = {"同一人": True, "不是同一人": False}
_COLUMNS = {**{header: (header,) for header in HEADERS}, "核查人": ("核查人", "核查人员"), CORRECTS: (CORRECTS,)}
_DECISION_CELL = Field("decision", "结论", Kind.ENUM, "decision", values=tuple(_SAME))
_DAY_CELL = Field("checked_on", "核查日期", Kind.DATE, "day of the decision")


@dataclass(frozen=True)
class Decision:
    """A row of the file. left, right: sides in the sense of jobs.registers.identity_verdicts, the smaller one first."""

    line: Line
    left: str
    right: str
    is_same: bool
    checked_on: date
    checkers: str

    @property
    def pair(self) -> tuple[str, str]:
        return self.left, self.right


def settle(lake: Lake, path: Path, brought: Brought) -> int:
    """Adds the decisions of a file; gives how many. Raises BadVerdicts, and changes nothing, where one cannot be used."""
    known = {
        (row["left"], row["right"]): row.asDict() for row in lake.read_or_empty(IDENTITY_VERDICTS).collect()
    }  # inspectors' work: thousands
    fresh: dict[tuple[str, str], Decision] = {}
    for decision in _decisions(lake, path):
        _refuse_another(decision, fresh.get(decision.pair), known.get(decision.pair))
        fresh[decision.pair] = decision
    rows = known | {pair: _row(decision, brought, known.get(pair)) for pair, decision in fresh.items()}
    _refuse_contradictions(path, list(rows.values()), fresh)
    values = [tuple(row.get(name) for name in IDENTITY_VERDICTS.column_names) for _, row in sorted(rows.items())]
    lake.overwrite(IDENTITY_VERDICTS, lake.session.createDataFrame(values, plain_schema(IDENTITY_VERDICTS)))
    return len(fresh)


def _row(decision: Decision, brought: Brought, known: dict[str, Any] | None) -> dict[str, Any]:
    """The decision as it is kept; the same one again stays as it was first brought in."""
    said = {name: getattr(decision, name) for name in ("left", "right", "is_same", "checked_on", "checkers")}
    is_known = known is not None and all(known[name] == value for name, value in said.items())
    return known if known is not None and is_known else said | brought.beside(decision.line)


def _decisions(lake: Lake, path: Path) -> Iterator[Decision]:
    for line in lines_of(path):
        cells = line.cells
        if cells["结论"] not in _SAME:
            raise _refusal(line, f"结论 is {mask_field(_DECISION_CELL, cells['结论'])}. Expected one of {'、'.join(_SAME)}.")
        checked_on = parse_date(cells["核查日期"])
        if checked_on is None:
            raise _refusal(line, f"核查日期 is {mask_field(_DAY_CELL, cells['核查日期'])}. Expected a day such as 2017-12-31.")
        checkers = checkers_of(cells["核查人"])
        if fault := fault_of(checkers):
            raise _refusal(line, f"核查人 {fault}")
        try:
            left, right = sorted(_side(lake, cells[header]) for header in ("记录一", "记录二"))
        except NoSuchRecord as error:
            raise _refusal(line, str(error)) from error
        if left == right:
            raise _refusal(
                line, "Both records write the same number and name: no decision can tell them apart, and none is needed."
            )
        yield Decision(line, left, right, _SAME[cells["结论"]], checked_on, "、".join(checkers))


def lines_of(path: Path) -> list[Line]:
    """The lines that say something. Raises BadVerdicts for a file of another kind."""
    return lines_under(path, _COLUMNS, HEADERS)


def _refusal(line: Line, what: str) -> BadVerdicts:
    return BadVerdicts(f"{line.place}: {what} Nothing was taken in.")


def _refuse_another(decision: Decision, beside: Decision | None, known: dict[str, Any] | None) -> None:
    """Two decisions on the same two records: in one file they must agree, an earlier one is turned round only where that is said."""
    if beside is not None and beside.is_same != decision.is_same:
        raise _refusal(
            decision.line,
            f"{beside.line.place} decides otherwise on the same two records. Ask the inspectors which holds and remove the other.",
        )
    if known is None or known["is_same"] == decision.is_same:
        return
    corrects = read_enum(pl.Series([decision.line.cells.get(CORRECTS, "")], dtype=pl.String), ("是", "否"))[0] == "是"
    if not corrects or decision.checked_on < known["checked_on"]:
        raise _refusal(
            decision.line,
            f"the decision of {known['checked_on']} on the same two records says otherwise. Ask the inspectors which holds; if this one, "
            f"with a day no earlier, write 是 into its column {CORRECTS}.",
        )


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


def _refuse_contradictions(path: Path, rows: list[dict[str, Any]], fresh: dict[tuple[str, str], Decision]) -> None:
    same = tuple((row["left"], row["right"]) for row in rows if row["is_same"])
    apart = tuple((row["left"], row["right"]) for row in rows if not row["is_same"])
    pair = IdentityVerdicts(same, apart).contradiction()
    if pair is None:
        return
    where = fresh[pair].line.place if pair in fresh else f"{path.name}: a decision taken in earlier"
    raise BadVerdicts(
        f"{where} keeps two records apart which the other decisions, by a chain, make one person. "
        "Have the inspectors look again and withdraw one of them. Nothing was taken in."
    )
