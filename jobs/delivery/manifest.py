"""The manifest of a delivery, 交接清单.csv: which files there are and what each claims to be."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

from jobs.cells.dates import parse_date
from jobs.delivery.text_files import encoding_of, rows_of_cells
from jobs.runtime.errors import BadDelivery

MANIFEST_NAME = "交接清单.csv"
_COLUMNS = ("文件名", "数据集", "报送单位", "行政区划代码", "数据截止日期", "记录数", "SHA256")


@dataclass(frozen=True)
class ManifestEntry:
    """One line of the manifest: what the department says about one file."""

    file_name: str
    data_set: str
    reported_by: str
    area: str
    extract_date: date
    claimed_rows: int | None
    sha256: str


def decoded(content: bytes) -> str:
    """Text of a small file in UTF-8 (with or without BOM) or GB18030, a newline at the end of each line."""
    text = content.decode(encoding_of(content), errors="replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_manifest(delivery: Path) -> list[ManifestEntry]:
    """The manifest's lines in file-name order, so that their order in the file decides nothing.

    Raises BadDelivery when the folder, the manifest or one of its columns is missing, when it lists
    nothing, or when a date cannot be read.
    """
    if not delivery.is_dir():
        raise BadDelivery(f"No folder {delivery}. Expected a delivery: a folder with data files and {MANIFEST_NAME}.")
    path = delivery / MANIFEST_NAME
    if not path.is_file():
        raise BadDelivery(
            f"{delivery} holds no {MANIFEST_NAME}. Add the manifest that came with the delivery, or point to its folder."
        )
    lines = enumerate(rows_of_cells(decoded(path.read_bytes()), ","), start=1)
    rows = [(line, row) for line, row in lines if any(cell.strip() for cell in row)]
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    missing = [column for column in _COLUMNS if column not in header]
    if missing:
        found = ", ".join(header) or "nothing"
        raise BadDelivery(f"{MANIFEST_NAME} lacks the column {missing[0]} (found: {found}). Expected: {', '.join(_COLUMNS)}.")
    entries = [_entry(line, dict(zip(header, row, strict=False))) for line, row in rows[1:]]
    if not entries:
        raise BadDelivery(f"{MANIFEST_NAME} in {delivery} lists no file. Expected one line for each data file.")
    return sorted(entries, key=lambda entry: (entry.file_name, entry.sha256))


def delivery_id(entries: Sequence[ManifestEntry]) -> str:
    """Names a delivery by what its manifest says: the same lines in another order are the same delivery."""
    lines = sorted("\x1f".join(map(str, astuple(entry))) for entry in entries)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _entry(line: int, row: dict[str, str]) -> ManifestEntry:
    cells = {column: row.get(column, "").strip() for column in _COLUMNS}
    extract_date = parse_date(cells["数据截止日期"])
    if extract_date is None:
        raise BadDelivery(
            f"{MANIFEST_NAME} line {line}: 数据截止日期 is {cells['数据截止日期']!r}. Expected a day such as 2017-12-31."
        )
    claimed = cells["记录数"].replace(",", "")
    return ManifestEntry(
        file_name=cells["文件名"].replace("\\", "/"),
        data_set=cells["数据集"],
        reported_by=cells["报送单位"],
        area=cells["行政区划代码"],
        extract_date=extract_date,
        claimed_rows=int(claimed) if claimed.isdecimal() else None,
        sha256=cells["SHA256"].lower(),
    )
