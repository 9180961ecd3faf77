"""Evidence as the lists and the workbooks show it: which file, sheet and row, and the cells that were seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FILES
from expectations.contracts.model import Kind
from jobs.cells.masking import masked_within
from jobs.runtime.lake import Lake

TELLING_CELLS = frozenset({"号牌号码", "企业名称", "统一社会信用代码", "不动产权证号", "单位名称", "坐落"})
"""Cells that name a person's thing, home or employer outright; masked lists leave them out."""
_ROSTERS = frozenset({"dibao_roster", "tekun_roster"})
MOST_OF_A_REGISTER = 3
"""Registers, and things of one, shown in a cell of a workbook; the list has all."""


@dataclass(frozen=True)
class SourceFile:
    """What evidence says of a file."""

    name: str
    data_set: str
    extract_date: str


def source_files(lake: Lake) -> dict[str, SourceFile]:
    """Files of the lake by file_id."""
    rows = (
        lake.read(FILES)
        .filter("status IN ('accepted', 'superseded')")
        .select("file_id", "file_name", "data_set", "extract_date")
        .collect()
    )
    return {
        row["file_id"]: SourceFile(row["file_name"], row["data_set"], row["extract_date"].isoformat()) for row in sorted(rows)
    }


def evidence_texts(evidence: list[Any], files: Mapping[str, SourceFile]) -> list[str]:
    """Each list of source rows as the JSON of the delivery contract."""
    return [json.dumps([_row(row, files) for row in rows or []], ensure_ascii=False) for rows in evidence]


def _row(row: Mapping[str, Any], files: Mapping[str, SourceFile]) -> dict[str, Any]:
    file = files.get(row["file_id"], SourceFile("", row["data_set"], ""))
    return {
        "data_set": row["data_set"], "title": DATA_SETS[row["data_set"]].title, "file": file.name, "sheet": row["sheet"] or "",
        "row": row["row"], "extract_date": file.extract_date,
        "cells": {header: value for header, value in sorted(cells_of(row)) if value is not None},
    }  # fmt: skip


def cells_of(row: Mapping[str, Any]) -> Iterable[tuple[str, str | None]]:
    """Headers and values of a row of evidence, whichever form the engine gives a map; a month as 2017-12, not as its first day."""
    cells = row["cells"]
    pairs = cells.items() if isinstance(cells, Mapping) else ((cell["key"], cell["value"]) for cell in cells)
    months = {field.header for field in DATA_SETS[row["data_set"]].fields if field.kind is Kind.MONTH}
    return [(header, value[:7] if value and header in months else value) for header, value in pairs]


def masked_evidence(evidence: str) -> str:
    """The JSON without telling cells, and without a number of a person in any other, in a header or in the name of a file."""
    rows = json.loads(evidence)
    for row in rows:
        row["cells"] = {header: value for header, value in row["cells"].items() if header not in TELLING_CELLS}
    return json.dumps(masked_within(rows), ensure_ascii=False)


def source_told(data_set: str, extract_date: str) -> str:
    """Which office's register, as of which day."""
    contract = DATA_SETS[data_set]
    day = f"，截至{extract_date}" if extract_date else ""
    return f"{contract.owner}《{contract.title}》{day}"


def sources_told(rows: Sequence[Mapping[str, Any]]) -> str:
    """Which registers the rows of evidence, as in the JSON, are of, as of which day, and what they name outright; the first some.

    The household's own roster is told only where nothing else is there.
    """
    elsewhere = [row for row in rows if row["data_set"] not in _ROSTERS]
    found: dict[str, list[str]] = {}
    for row in elsewhere or rows:
        told = [f"{header} {value}" for header, value in row["cells"].items() if header in TELLING_CELLS]
        found.setdefault(source_told(row["data_set"], row["extract_date"]), []).extend(told)
    shown = [
        (source, list(dict.fromkeys(told))[:MOST_OF_A_REGISTER]) for source, told in list(found.items())[:MOST_OF_A_REGISTER]
    ]
    return "；".join(f"{source}（{'，'.join(told)}）" if told else source for source, told in shown)
