"""Who goes where, as an office writes it down: a row a case, a village or a township, each with the names of two inspectors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from expectations.contracts.ids import as_id
from jobs.returns.checkers import checkers_of, fault_of
from jobs.returns.tables import Line, lines_under
from jobs.runtime.errors import BadConfiguration

HEADERS = {
    "case_id": ("案件编号", "case_id"),
    "town": ("乡镇街道", "乡镇", "town"),
    "village": ("村社区", "村", "village"),
    "people": ("核查人员", "checkers", "核查人"),
}
Place = tuple[str, ...]
"""A case alone, a township, or a township and its village."""
Inspectors = Mapping[Place, str]


def inspectors_of(path: Path) -> Inspectors:
    """Names by place, joined by 、. Raises BadVerdicts for a file without such a table, BadConfiguration for a row that cannot be used."""
    found: dict[Place, str] = {}
    for line in lines_under(path, HEADERS, ("people",)):
        place, people = _place(line), checkers_of(line.cells["people"])
        if fault := fault_of(people):
            raise BadConfiguration(f"{line.place}: {HEADERS['people'][0]} {fault} Nothing was dispatched.")
        if found.setdefault(place, "、".join(people)) != "、".join(people):
            raise BadConfiguration(
                f"{line.place} names others for the same place than a row above. Keep one of them. Nothing was dispatched."
            )
    return found


def _place(line: Line) -> Place:
    case_id, town, village = (line.cells.get(name, "") for name in ("case_id", "town", "village"))
    if case_id:
        return (as_id("case_id", case_id),)
    if not town:
        raise BadConfiguration(
            f"{line.place} names neither a case nor a township. Expected {HEADERS['case_id'][0]} or {HEADERS['town'][0]}: write it "
            "there. Nothing was dispatched."
        )
    return (town, village) if village else ("", town)


def places_of(case: Mapping[str, Any]) -> list[Place]:
    """By what a case is known, the most exact first; what passes by the office that approved is known by itself alone."""
    own: Place = (case["case_id"],)
    return [own] if case["is_separate"] else [own, (case["town"] or "", case["village"] or ""), ("", case["town"] or "")]


def inspectors_for(case: Mapping[str, Any], inspectors: Inspectors) -> str | None:
    return next((inspectors[place] for place in places_of(case) if place in inspectors), None)
