"""核对报告 of a check: one page an application, one PDF and one DOCX a township."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import ORIGIN
from jobs.cells.masking import mask_name, mask_number
from jobs.papers.check_page import KIND, Applicant, Application, Finding, check_page
from jobs.papers.page import Page
from jobs.papers.pdf import Printer
from jobs.papers.word import docx_of
from jobs.registers.origins import texts_at
from jobs.runtime.lake import Lake
from jobs.sheets.books import township_books, township_of_case

FOLDER = "papers"
REQUESTS = DATA_SETS["check_requests"]
Members = Mapping[str, tuple[Applicant, ...]]


def members_of_applications(lake: Lake) -> dict[str, tuple[Applicant, ...]]:
    """By application everybody of its household, in the order of the request. Restricted."""
    rows = lake.read_or_empty(REQUESTS.silver).select("application_no", "relation", *ORIGIN).collect()  # some a household
    places = {(row["_file_id"], row["_sheet"] or "", row["_row"]): row for row in rows}
    texts = texts_at(lake, REQUESTS, places, ("id_number", "name"))
    found: dict[str, list[Applicant]] = {}
    for place in sorted(places):
        number, name = texts.get(place, (None, None))
        member = Applicant(name or "", number or "", places[place]["relation"] or "")
        found.setdefault(places[place]["application_no"], []).append(member)
    return {application: tuple(members) for application, members in found.items()}


def write_check_reports(
    folder: Path,
    listed: pl.DataFrame,
    members: Members,
    counties: Mapping[str, str],
    as_of: date,
    printer: Printer,
    *,
    is_masked: bool,
) -> None:
    """Into the empty folder. listed: the list of checks, masked or in full as the zone has it; members: in full."""
    placed = listed.filter(pl.col("row_kind") == "户").with_columns(is_separate=False).with_columns(township=township_of_case())
    of_members = {
        application: part for (application,), part in listed.filter(pl.col("row_kind") == "人").group_by("application_no")
    }
    pages: dict[str, list[Page]] = {}
    for row in placed.sort("application_no").iter_rows(named=True):
        found = of_members.get(row["application_no"], listed.clear())
        application = _application(row, found, members, counties, is_masked=is_masked)
        pages.setdefault(row["township"], []).append(check_page(application, as_of))
    for suffix in (".pdf", ".docx"):
        for township, _, name in township_books(KIND, pages, counties, suffix):
            made = printer.pdf(pages[township], as_of) if suffix == ".pdf" else docx_of(pages[township], as_of)
            (folder / name).write_bytes(made)


def _application(
    row: Mapping[str, Any], found: pl.DataFrame, members: Members, counties: Mapping[str, str], *, is_masked: bool
) -> Application:
    people = members.get(row["application_no"], ())
    if is_masked:
        people = tuple(Applicant(mask_name(one.name), mask_number(one.number), one.relation) for one in people)
    return Application(
        row["check_id"], row["application_no"], row["county_code"] or "", counties.get(row["county_code"], row["county_code"] or ""),
        row["town"] or "", row["program"] or "", row["applied_on"], row["authorised_on"], row["result"], row["finding"], row["note"], people,
        tuple(
            Finding(one["subject_name"] or "", one["result"], one["register"], one["finding"], one["is_current"], one["is_means"], one["note"])
            for one in found.iter_rows(named=True)
        ),
    )  # fmt: skip
