"""The manifest of a delivery, 交接清单.csv: which files there are and what each claims to be."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from pathlib import Path

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import plain_header
from jobs.cells.amounts import parse_amount
from jobs.cells.dates import parse_date
from jobs.cells.text import EDGE, EMPTY_FORMS, cleaned, half_width, one_spelling, whole
from jobs.delivery.formats import Format, format_of, utf16_of
from jobs.delivery.remarks import Remark, remark
from jobs.delivery.text_files import DELIMITERS, encoding_of, rows_of_cells
from jobs.runtime.errors import BadDelivery

MANIFEST_NAME = "交接清单.csv"
LONGEST_NAME = 40
"""Characters of an office's, a data set's or an area's name: a file is named by the office, and file systems end at 255 bytes."""
LONGEST_PATH = 400
_MOST_ROWS = 10**12
_LARGEST = 16 << 20
"""Bytes: some 100,000 files. The manifest is read whole."""
_COLUMNS = ("文件名", "数据集", "报送单位", "行政区划代码", "数据截止日期", "记录数", "SHA256")
_OTHER_NAMES = {
    **dict.fromkeys(("文件名称", "文件"), "文件名"),
    **dict.fromkeys(("数据集代码", "数据集编码", "数据集名称"), "数据集"),
    **dict.fromkeys(("报送部门", "填报单位", "提供单位"), "报送单位"),
    **dict.fromkeys(("行政区划", "区划代码"), "行政区划代码"),
    **dict.fromkeys(("截止日期", "数据截止时间", "截止时间"), "数据截止日期"),
    **dict.fromkeys(("记录条数", "数据条数", "条数", "行数"), "记录数"),
    **dict.fromkeys(("SHA256值", "SHA256校验值", "SHA256校验码", "校验值", "校验码", "哈希值"), "SHA256"),
}
_BY_TITLE = {one_spelling(data_set.title): code for code, data_set in DATA_SETS.items()}
_HASH_NAME = re.compile("^sha-?256[:=(]*")
_AREA = re.compile(r"[\u4e00-\u9fff]*\(?([0-9]{6}(?:[0-9]{3}){0,2})\)?[\u4e00-\u9fff]*")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class ManifestEntry:
    """One line of the manifest: what the department says about one file. `remarks`: what is to be said of the line itself.

    extract_date: null where it cannot be read, which costs the file.
    """

    file_name: str
    data_set: str
    reported_by: str
    area: str
    extract_date: date | None
    claimed_rows: int | None
    sha256: str
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    @property
    def cells(self) -> tuple[str, str, str, str, date | None, int | None, str]:
        """In the order of the manifest's columns."""
        return (
            self.file_name,
            self.data_set,
            self.reported_by,
            self.area,
            self.extract_date,
            self.claimed_rows,
            self.sha256,
        )


def printable(name: str) -> str:
    """A name as it may be shown and stored: what is a control, or no text at all on this file system, becomes U+FFFD."""
    return _CONTROLS.sub("\ufffd", os.fsencode(name).decode("utf-8", errors="replace"))


def decoded(content: bytes) -> str:
    """Text of a small file in UTF-8 (with or without BOM), UTF-16 with one or GB18030, a newline at the end of each line."""
    encoding = utf16_of(content) or encoding_of(content)
    text = content.decode(encoding, errors="replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_manifest(delivery: Path) -> list[ManifestEntry]:
    """The manifest's lines in file-name order, so that their order in the file decides nothing.

    Raises BadDelivery when the folder, the manifest or one of its columns is missing, when it lists nothing, leads out of the
    delivery or has no end. A line that
    cannot be used costs its file only.
    """
    if not delivery.is_dir():
        raise BadDelivery(f"No folder {delivery}. Expected a delivery: a folder with data files and {MANIFEST_NAME}.")
    path = delivery / MANIFEST_NAME
    if not path.is_file():
        others = sorted(printable(other.name) for other in delivery.glob(f"*{path.stem}*"))
        seen = f" {others[0]} is there: save it as {MANIFEST_NAME}, if it is the manifest." if others else ""
        raise BadDelivery(
            f"{delivery} holds no {MANIFEST_NAME}.{seen} Add the manifest that came with the delivery, or point to its folder."
        )
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(delivery)):
        raise BadDelivery(f"{MANIFEST_NAME} in {delivery} is a link to a place outside of it. Put the file itself there.")
    if (size := path.stat().st_size) > _LARGEST:
        raise BadDelivery(
            f"{MANIFEST_NAME} in {delivery} has {size:,} bytes. Expected a line for each data file, {_LARGEST:,} at most."
        )
    if format_of(path) not in (Format.TEXT, Format.EMPTY):
        raise BadDelivery(
            f"{MANIFEST_NAME} in {delivery} is no text; a workbook, perhaps. Open it and save it as CSV under this name."
        )
    text = decoded(path.read_bytes())
    tables = [[row for row in rows_of_cells(text, delimiter) if any(map(cleaned, row))] for delimiter in DELIMITERS]
    header, lines = max(map(_parted, tables), key=lambda table: len(set(table[0]) & set(_COLUMNS)))
    missing = [column for column in _COLUMNS if column not in header]
    if missing:
        found = ", ".join(header) or "nothing"
        raise BadDelivery(f"{MANIFEST_NAME} lacks the column {missing[0]} (found: {found}). Expected: {', '.join(_COLUMNS)}.")
    entries = [_entry(delivery, cells) for cells in (_by_column(header, line) for line in lines) if _names_a_file(cells)]
    if not entries:
        raise BadDelivery(f"{MANIFEST_NAME} in {delivery} lists no file. Expected one line for each data file.")
    return sorted(entries, key=lambda entry: (entry.file_name, entry.sha256))


def delivery_id(entries: Sequence[ManifestEntry]) -> str:
    """Names a delivery by what its manifest says: the same lines in another order are the same delivery."""
    lines = sorted("\x1f".join(map(str, entry.cells)) for entry in entries)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _parted(rows: Sequence[Sequence[str]]) -> tuple[list[str], Sequence[Sequence[str]]]:
    """The header, of all rows the one that names most columns, and the rows below it."""
    known = {plain_header(column): column for column in _COLUMNS} | _OTHER_NAMES
    best: tuple[list[str], Sequence[Sequence[str]]] = ([], [])
    for at, row in enumerate(rows):
        names = [half_width(cleaned(cell)) for cell in row]
        header = [known.get(plain_header(name).upper().replace("-", ""), name) for name in names]
        if not at or len(set(header) & set(_COLUMNS)) > len(set(best[0]) & set(_COLUMNS)):
            best = (header, rows[at + 1 :])
    return best


def _by_column(header: Sequence[str], row: Sequence[str]) -> dict[str, list[str]]:
    """The cells of each column that is needed: more than one where the manifest has the column twice."""
    cells: dict[str, list[str]] = {column: [] for column in _COLUMNS}
    for column, cell in zip_longest(header, row, fillvalue=""):
        if column in cells:
            cells[column].append(cell)
    return cells


def _names_a_file(cells: Mapping[str, Sequence[str]]) -> bool:
    """A line that is no total, no note and no repeated header: those name neither a data set nor a hash."""
    data_set, sha256 = (cleaned(cells[column][0]) for column in ("数据集", "SHA256"))
    return bool(data_set or sha256) and data_set != "数据集"


def _entry(delivery: Path, given: Mapping[str, Sequence[str]]) -> ManifestEntry:
    cells = {column: cleaned(of_column[0]) for column, of_column in given.items()}
    remarks = [remark("told_twice", column=column) for column, of in given.items() if len(set(map(cleaned, of))) > 1]
    extract_date, claimed = parse_date(cells["数据截止日期"]), _count(cells["记录数"])
    if extract_date is None:
        remarks.append(remark("no_extract_date", cell=_bounded(cells["数据截止日期"])))
    if claimed is None and cells["记录数"] not in EMPTY_FORMS:
        remarks.append(remark("no_row_count", cell=_bounded(cells["记录数"])))
    names = {column: one_spelling(cells[column]) for column in ("数据集", "报送单位", "行政区划代码")}
    remarks += [
        remark("long_name", column=column, limit=LONGEST_NAME) for column, name in names.items() if name != _bounded(name)
    ]
    area = _area(whole(names["行政区划代码"]))
    if area and not area.isdecimal():
        remarks.append(remark("no_division_code", cell=_bounded(area)))
    return ManifestEntry(
        file_name=_file_name(delivery, given["文件名"][0]),
        data_set=_bounded(_BY_TITLE.get(names["数据集"], names["数据集"].lower())),
        reported_by=_bounded(names["报送单位"]),
        area=_bounded(area),
        extract_date=extract_date,
        claimed_rows=claimed,
        sha256=re.sub("[:-]", "", _HASH_NAME.sub("", half_width(cells["SHA256"]).lower().replace(" ", "")))[:64],
        remarks=tuple(remarks),
    )


def _area(cell: str) -> str:
    """The code of a county as six digits, also as twelve or beside its name; of a township as written: its files are no county's."""
    found = _AREA.fullmatch(half_width(cell))
    code = found[1] if found else cell
    return code[:6] if found and not code[6:].strip("0") else code


def _bounded(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _count(cell: str) -> int | None:
    value = parse_amount(cell.rstrip("条行户人份"))
    return int(value) if value is not None and 0 <= value <= _MOST_ROWS and value == int(value) else None


def _file_name(delivery: Path, cell: str) -> str:
    """The name of the file that is there, read strictly or without noise; without controls in any case."""
    written = _CONTROLS.sub("", cell).replace("\\", "/").strip()
    names = (written, written.strip(EDGE), cleaned(cell).replace("\\", "/"))
    return next((name for name in names if _is_there(delivery / name)), names[-1])[:LONGEST_PATH]


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
