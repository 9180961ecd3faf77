"""What both hand-written scripts share: which files of a manifest to read, where a sheet's header is, and when a fact is harmless."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DataSet, plain_header

log = logging.getLogger("yardstick")
MANIFEST = ("文件名", "数据集", "行政区划代码", "数据截止日期", "记录数", "SHA256")
NOT_DATA = r"^\s*(合\s*计|小\s*计|总\s*计|注\s*[:：]|说明|填表人|填报|制表|审核人)"
_DEATHS = ("cremations", "death_certificates", "household_registry", "pensions")
MATCHED = dict.fromkeys((*_DEATHS, "fiscal_staff", "dibao_roster", "tekun_roster"), ("id_number", "name"))
MATCHED |= {"vehicles": ("owner_id", "owner_name"), "enterprises": ("legal_rep_id", "legal_rep")}
# SQL of both, t the register and m the member
LAWFUL_PAY = """CASE WHEN t.staff_kind NOT IN ('行政编制', '事业编制') THEN 'R15'
  WHEN t.status <> '在职' AND t.to_month IS NULL THEN 'R24' END"""
LAWFUL_FIRM = """CASE WHEN t.status IN ('注销', '吊销') THEN 'R13'
  WHEN t.kind = '农村集体经济组织' OR left(t.uscc, 1) IN ('N', '5') THEN 'R14'
  WHEN coalesce(t.tax_12m, 0) = 0
    AND (t.status = '经营异常' OR coalesce(greatest(t.insured_staff, t.paid_in), 0) = 0) THEN 'R13'
  WHEN contains(t.name, nullif(regexp_extract(m.declared_assets, '个体户[:：]([^；;]+)', 1), '')) THEN 'R25' END"""


class Delivered(NamedTuple):
    """One accepted file of the manifest."""

    path: Path
    name: str
    data_set: DataSet
    place: tuple[str, str]
    extract_date: str
    claimed_rows: str


def read_manifest(delivery: Path, as_of: date) -> list[Delivered]:
    """Return the files to read: listed, present, hash as stated, not read before, newest extract of their area."""
    accepted: list[Delivered] = []
    seen: set[str] = set()
    for entry in pl.read_csv(delivery / "交接清单.csv", infer_schema=False).iter_rows(named=True):
        name, code, area, day, rows, digest = (entry[k] for k in MANIFEST)
        path = delivery / name
        if code not in DATA_SETS or not path.is_file() or not path.resolve().is_relative_to(delivery.resolve()):
            log.warning("refused %s: %s", name, "absent" if code in DATA_SETS else "unknown data set")
            continue
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != digest.strip().lower() or found in seen or day > as_of.isoformat():
            log.warning("refused %s: %s", name, "read before" if found in seen else "wrong hash or later than as-of")
            continue
        seen.add(found)
        accepted.append(Delivered(path, name, DATA_SETS[code], (code, area), day, rows.strip()))
    newest = {d.place: d.extract_date for d in sorted(accepted, key=lambda d: d.extract_date)}
    return [d for d in accepted if not d.data_set.snapshot or d.extract_date == newest[d.place]]


def find_header(rows: Sequence[Sequence[str | None]], data_set: DataSet) -> tuple[int, list[str]]:
    """Find the row, among the first, that holds most known headers; titles stand above it."""
    at = max(range(len(rows)), key=lambda i: sum(plain_header(c or "") in data_set.headers for c in rows[i]))
    header = [c or "" for c in rows[at]]
    found = {data_set.headers.get(plain_header(c)) for c in header}
    if missing := [f.header for f in data_set.fields if not f.nullable and f.name not in found]:
        raise ValueError(f"required columns missing: {missing}; headers found: {header}")
    return at, header
