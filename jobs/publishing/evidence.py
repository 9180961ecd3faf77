"""Evidence of needs and checks as the lists and the workbooks show it; for clues see jobs.publishing.listing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from expectations.contracts.deliveries import DATA_SETS
from jobs.publishing.listing import SourceFile

TELLING_CELLS = frozenset({"号牌号码", "企业名称", "统一社会信用代码", "不动产权证号", "单位名称"})
"""Cells that name a person's thing or employer outright; masked lists leave them out."""


def evidence_texts(evidence: list[Any], files: Mapping[str, SourceFile]) -> list[str]:
    """Each list of source rows as the JSON of the delivery contract."""
    return [json.dumps([_row(row, files) for row in rows or []], ensure_ascii=False) for rows in evidence]


def _row(row: Mapping[str, Any], files: Mapping[str, SourceFile]) -> dict[str, Any]:
    file = files.get(row["file_id"], SourceFile("", row["data_set"], ""))
    cells = row["cells"]
    pairs = cells.items() if isinstance(cells, Mapping) else ((c["key"], c["value"]) for c in cells)
    return {
        "data_set": row["data_set"], "title": DATA_SETS[row["data_set"]].title, "file": file.name, "sheet": row["sheet"] or "",
        "row": row["row"], "extract_date": file.extract_date,
        "cells": {header: value for header, value in sorted(pairs) if value is not None},
    }  # fmt: skip


def masked_evidence(evidence: str) -> str:
    """The JSON without telling cells."""
    rows = json.loads(evidence)
    for row in rows:
        row["cells"] = {header: value for header, value in row["cells"].items() if header not in TELLING_CELLS}
    return json.dumps(rows, ensure_ascii=False)


def evidence_text(evidence: str) -> str:
    """The JSON as lines that a person reads."""
    lines = []
    for row in json.loads(evidence):
        cells = "，".join(f"{header} {value}" for header, value in row["cells"].items())
        sheet = f" 工作表{row['sheet']}" if row["sheet"] else ""
        lines.append(f"{row['title']}（{row['file']}{sheet} 第{row['row']}行，截至{row['extract_date']}）：{cells}")
    return "\n".join(lines)
