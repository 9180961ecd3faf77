"""Files of verdicts as texts: a CSV file, or one of our workbooks with its columns filled in. Nothing is judged here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from expectations.contracts.ids import LETTERS, as_id
from jobs.returns.tables import Line, lines_under

HEADERS: dict[str, tuple[str, ...]] = {
    "clue_id": ("线索编号", "clue_id"),
    "case_id": ("案件编号", "case_id", "家庭案件编号"),
    "verdict": ("核查结论", "verdict", "结论"),
    "refutation_reason": ("查否原因代码", "refutation_reason", "查否原因"),
    "checked_on": ("核查日期", "checked_on"),
    "checkers": ("核查人员", "checkers", "核查人"),
    "recovered": ("追回金额", "recovered", "recovered_yuan"),
    "stop_month": ("停发月份", "stop_month"),
    "note": ("备注", "note"),
    "corrects": ("更正前次结论", "corrects"),
    "beyond_list": ("未交办已核查", "beyond_list"),
}
"""Columns and their headers. corrects, beyond_list: 是 where the inspectors say that it is meant, see judging."""
NEEDED = ("clue_id", "verdict", "refutation_reason", "checked_on", "checkers")
_FILLED_IN = frozenset(HEADERS) - {"clue_id", "case_id"}


def lines_of(path: Path) -> list[Line]:
    """The rows that were filled in; a clue whose columns are all blank is still open. Ids
    of earlier lists get their letter. Raises BadVerdicts for a file of another kind."""
    filled_in = [line for line in lines_under(path, HEADERS, NEEDED) if any(line.cells.get(name) for name in _FILLED_IN)]
    return [
        replace(line, cells={name: as_id(name, cell) if name in LETTERS else cell for name, cell in line.cells.items()})
        for line in filled_in
    ]
