"""Writes the delivery folder: one to twelve files a data set, each in the format its office would use."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DataSet, Kind
from simulation.dates import AS_OF
from simulation.places import COUNTIES

MANIFEST = "交接清单.csv"
MANIFEST_HEADER = ("文件名", "数据集", "报送单位", "行政区划代码", "数据截止日期", "记录数", "SHA256")
CITY = "420200"
# A sheet is written row by row in Python; larger tables go out as text.
LARGEST_SHEET = 12_000
WRITTEN_AT = datetime(2018, 1, 8, 9, 0, 0)


@dataclass(frozen=True)
class Office:
    """Who delivers a data set: its office (with {county}), how it splits the files, the format it prefers."""

    name: str
    split: str = "city"
    formats: tuple[str, ...] = ("utf8",)


OFFICES: dict[str, Office] = {
    "dibao_roster": Office("{county}民政局", "county", ("xlsx_title", "bom", "xlsx", "gb", "tab", "bom")),
    "tekun_roster": Office("{county}民政局", "county", ("gb", "xlsx_title", "bom", "xlsx", "utf8", "tab")),
    "payments": Office("合成市财政局", "month", ("bom", "gb", "tab", "utf8_slash")),
    "cremations": Office("合成市民政局", "funeral_home", ("xlsx_title", "gb", "bom_slash")),
    "death_certificates": Office("合成市卫生计生委", "city", ("bom",)),
    "household_registry": Office("{county}公安局", "county", ("utf8", "gb", "bom", "tab", "utf8_compact", "utf8")),
    "fiscal_staff": Office("合成市财政局", "city", ("gb",)),
    "village_cadres": Office("合成市委组织部", "county", ("xlsx", "xlsx_title", "xlsx", "bom", "gb", "xlsx_title")),
    "kin_declarations": Office("合成市民政局", "city", ("xlsx_title",)),
    "enterprises": Office("合成市工商局", "city", ("bom",)),
    "enterprise_roles": Office("合成市工商局", "city", ("gb_tab",)),
    "vehicles": Office("合成市公安局车辆管理所", "city", ("utf8_compact",)),
    "properties": Office("合成市不动产登记中心", "city", ("utf8",)),
    "social_insurance": Office("合成市人社局", "city", ("utf8_compact",)),
    "pensions": Office("合成市人社局", "city", ("bom",)),
    "housing_fund": Office("合成市住房公积金中心", "city", ("tab",)),
    "marriages": Office("合成市民政局", "city", ("bom_slash",)),
    "prisoners": Office("合成市司法局", "city", ("xlsx_title",)),
    "disabilities": Office("合成市残联", "county", ("bom", "xlsx", "gb", "xlsx_title", "utf8", "bom")),
    "poverty_register": Office("合成市扶贫办", "city", ("bom",)),
    "medical_expenses": Office("合成市医保局", "city", ("utf8",)),
    "check_requests": Office("合成市民政局", "city", ("bom",)),
    "visits": Office("{county}扶贫办", "county", ("bom", "gb")),
    "payments_next": Office("合成市财政局", "city", ("bom",)),
}
_DAY_STYLES = {"slash": "%Y/%m/%d", "compact": "%Y%m%d"}
_MONTH_STYLES = {"slash": "%Y年%-m月", "compact": "%Y%m"}


@dataclass(frozen=True)
class Part:
    """A file to be: rows of one data set, the area they stand for and the words its name ends in."""

    code: str
    label: str
    area: str
    office: str
    style: str
    rows: pl.DataFrame


def write_delivery(
    folder: Path, frames: dict[str, pl.DataFrame], rng: np.random.Generator, report: Callable[[str], None]
) -> list[Path]:
    """Writes all files and the manifest; returns the data files in the manifest's order."""
    folder.mkdir(parents=True)
    lines: list[tuple[str, ...]] = []
    written: list[Path] = []
    for code in OFFICES:
        report(f"writing {code}, {len(frames[code])} rows")
        for part in _parts(code, frames[code]):
            path = _write_part(folder, part, rng)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            name = path.relative_to(folder).as_posix()
            lines.append((name, code, part.office, part.area, AS_OF.isoformat(), str(len(part.rows)), digest))
            written.append(path)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([MANIFEST_HEADER, *lines])
    (folder / MANIFEST).write_bytes(text.getvalue().encode("utf-8-sig"))
    return written


def _parts(code: str, frame: pl.DataFrame) -> Iterator[Part]:
    """The files of a data set. A county's part may be empty in a tiny city; then there is no file."""
    office = OFFICES[code]
    if office.split == "city":
        yield Part(code, "全市", CITY, office.name, office.formats[0], frame)
    elif office.split == "county":
        for place, county in enumerate(COUNTIES):
            by = pl.col("county_code") == county.code if "county_code" in frame.columns else pl.col("county") == county.name
            rows = frame.filter(by)
            if len(rows):
                yield Part(
                    code,
                    county.name,
                    county.code,
                    office.name.format(county=county.name),
                    office.formats[place % len(office.formats)],
                    rows,
                )
    elif office.split == "month":
        for month in range(1, 13):
            rows = frame.filter(pl.col("paid_on").dt.month() == month)  # every transfer is of 2017
            if len(rows):
                yield Part(
                    code,
                    f"2017年{month:02d}月",
                    CITY,
                    office.name,
                    office.formats[(month - 1) % len(office.formats)],
                    rows,
                )
    else:
        for place, home in enumerate(sorted(set(frame["funeral_home"].to_list()))):
            rows = frame.filter(pl.col("funeral_home") == home)
            yield Part(code, home, CITY, office.name, office.formats[place % len(office.formats)], rows)


def _write_part(folder: Path, part: Part, rng: np.random.Generator) -> Path:
    data_set = DATA_SETS[part.code]
    kind, _, variant = part.style.partition("_")
    if kind == "xlsx" and len(part.rows) > LARGEST_SHEET:
        kind, variant = "bom", ""
    name = f"{data_set.title}_{part.label}".replace("/", "、")
    path = folder / part.office / f"{name}.{'xlsx' if kind == 'xlsx' else 'csv'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    headers = _headers(data_set, rng)
    if kind == "xlsx":
        _write_sheet(path, part, data_set, headers, has_title=variant == "title")
        return path
    table = as_text(part.rows, data_set, variant)
    table.columns = headers
    tab = kind == "tab" or variant == "tab"
    text = table.write_csv(separator="\t" if tab else ",")
    if kind == "gb":
        path.write_bytes(text.encode("gb18030"))
    else:
        path.write_bytes((b"\xef\xbb\xbf" if kind == "bom" else b"") + text.encode())
    return path


def _headers(data_set: DataSet, rng: np.random.Generator) -> list[str]:
    """Primary headers; a sixth of those with aliases under an alias that no other column of the set could mean."""
    headers: list[str] = []
    primary = {f.header for f in data_set.fields}
    for field in data_set.fields:
        usable = [alias for alias in field.aliases if alias not in primary and alias not in headers]
        draw, place = rng.random(), int(rng.integers(max(1, len(usable))))
        headers.append(usable[place] if usable and draw < 0.17 else field.header)
    return headers


def as_text(rows: pl.DataFrame, data_set: DataSet, variant: str = "") -> pl.DataFrame:
    """Every cell as the text a department writes; yuan with two places."""
    day, month = _DAY_STYLES.get(variant, "%Y-%m-%d"), _MONTH_STYLES.get(variant, "%Y-%m")
    columns: list[pl.Expr] = []
    for field in data_set.fields:
        column = pl.col(field.name)
        if field.kind is Kind.DATE:
            column = column.dt.strftime(day)
        elif field.kind is Kind.MONTH:
            column = column.dt.strftime(month)
        elif field.kind in (Kind.YUAN, Kind.PERCENT, Kind.SQUARE_METRES):
            column = _two_places(column)
        columns.append(column.cast(pl.String).alias(field.name))
    return rows.select(columns)


def _two_places(column: pl.Expr) -> pl.Expr:
    return column.cast(pl.Decimal(18, 2))


def _write_sheet(path: Path, part: Part, data_set: DataSet, headers: list[str], *, has_title: bool) -> None:
    """A workbook; with a title row above the header, and a total and a note beneath, when the office decorates."""
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    workbook.set_properties({"created": WRITTEN_AT, "author": part.office, "comments": "合成数据"})
    sheet = workbook.add_worksheet(part.label[:31])
    line = 0
    if has_title:
        sheet.write_string(line, 0, f"{part.label}{data_set.title}(截至{AS_OF:%Y年%m月%d日})")
        line += 1
    for table_row in [headers, *as_text(part.rows, data_set).iter_rows()]:
        for place, cell in enumerate(table_row):
            if cell is not None:
                sheet.write_string(line, place, str(cell))
        line += 1
    if has_title:
        sheet.write_string(line, 0, "合计")
        sheet.write_string(line, 1, f"{len(part.rows)}条")
        sheet.write_string(line + 1, 0, "注:本表为合成数据,不涉及任何真实个人。")
    workbook.close()
