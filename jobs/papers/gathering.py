"""From the lake to the households of a list: who lives there, what is drawn, whom each clue is about. Restricted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASES, CLUES, MEMBERS, PEOPLE
from jobs.papers.household import Household, Member, Other, Question
from jobs.registers.origins import Place, texts_at
from jobs.runtime.arrow import on_driver
from jobs.runtime.lake import Lake
from jobs.sheets.clue_workbook import Told, pattern_told, sizes_of_patterns
from jobs.sheets.evidence import TELLING_CELLS, SourceFile, cells_of, source_files, source_told

_MOST_SOURCES = 4
_PEOPLE_FIELDS = {
    "dibao_roster": ("id_number", "name", "phone"),
    "tekun_roster": ("id_number", "name"),
    "payments": ("id_number", "name"),
}
_CERTIFICATES = {"dibao_roster": "household_no", "tekun_roster": "tekun_no"}
_OTHERS = {
    "village_cadres": ("name", "post", "town", "village"),
    "fiscal_staff": ("name", "post", "unit"),
    "payments": ("account_name", "bank_account"),
    **{roster: ("program", certificate) for roster, certificate in _CERTIFICATES.items()},
}
"""What tells whom a clue is about beside the household, by register: fields of the rows that its rule saw."""
_ACCOUNT_RULES, _DOUBLE_RULES = frozenset({"F02"}), frozenset({"R01"})
Texts = Mapping[tuple[str, Place], tuple[str | None, ...]]
Row = Mapping[str, Any]


def households_of(lake: Lake, planned: pl.DataFrame, clues: pl.DataFrame, told: Told) -> list[Household]:
    """The households of a list in its order, in full. planned: its cases with position. clues: rows of the published list, in order."""
    wanted = lake.session.createDataFrame([(case,) for case in planned["case_id"]], "case_id string")
    cases = {row["case_id"]: row for row in _of(lake, CASES, wanted)}
    members = _members(lake, wanted)
    questions = _questions(lake, clues, cases)
    heads = {row["head_person_id"] for row in cases.values()}
    people = _people(lake, heads)
    made = []
    for row in planned.sort("position").iter_rows(named=True):
        case = cases[row["case_id"]]
        of_case = members.get(row["case_id"], [])
        named = next((member for member, is_head, _ in of_case if is_head), None)
        number, name = people.get(case["head_person_id"]) or ((named.number, named.name) if named else ("", ""))
        made.append(
            Household(
                case_id=row["case_id"], position=row["position"], county=told.counties.get(row["county_code"], row["county_code"] or ""),
                town=row["town"] or "", village=row["village"] or "", household_no=row["household_no"] or "",
                program=row["program"] or "", head_name=name, head_number=number,
                phone=next((phone for _, _, phone in of_case if phone), None), heads=case["covered_heads"],
                monthly_yuan=case["monthly_amount"], since=case["start_month"], stopped=case["stop_month"],
                members=tuple(dict.fromkeys(member for member, _, _ in of_case)), questions=tuple(questions.get(row["case_id"], ())),
                earlier=told.history.told(row["case_id"]),
            )
        )  # fmt: skip
    return made


def _of(lake: Lake, table: Any, wanted: Any) -> list[Row]:
    return [row.asDict() for row in lake.read(table).join(F.broadcast(wanted), "case_id", "left_semi").collect()]  # some a visit


def _people(lake: Lake, person_ids: Iterable[str | None]) -> dict[str | None, tuple[str, str]]:
    ids = [(person_id,) for person_id in sorted(filter(None, person_ids))]
    wanted = lake.session.createDataFrame(ids, "person_id string")
    rows = lake.read(PEOPLE).join(F.broadcast(wanted), "person_id", "left_semi").select("person_id", "number", "name").collect()
    return {row["person_id"]: (row["number"], row["name"]) for row in rows}  # one row a visit


def _members(lake: Lake, wanted: Any) -> dict[str, list[tuple[Member, bool, str | None]]]:
    """By case its people in the order of the roster, the head first: each with whether it is the head, and its telephone."""
    rows = sorted(
        _of(lake, MEMBERS, wanted), key=lambda r: (not r["is_head"], r["data_set"], r["_file_id"], r["_sheet"] or "", r["_row"])
    )
    texts = _texts(lake, ((row["data_set"], _place(row)) for row in rows), _PEOPLE_FIELDS)
    found: dict[str, list[tuple[Member, bool, str | None]]] = {}
    for row in rows:
        number, name, *phone = texts.get((row["data_set"], _place(row)), (None, None))
        member = Member(name or "", number or "", row["relation"] or "", row["is_covered"])
        found.setdefault(row["case_id"], []).append((member, bool(row["is_head"]), phone[0] if phone else None))
    return found


def _questions(lake: Lake, clues: pl.DataFrame, cases: Mapping[str, Row]) -> dict[str, list[Question]]:
    seen = lake.session.createDataFrame([(clue,) for clue in clues["clue_id"]], "clue_id string")
    rows = on_driver(
        lake.read(CLUES).join(F.broadcast(seen), "clue_id", "left_semi").select("clue_id", "doubt_code", "evidence")
    )  # a few a visit
    nothing = {"doubt_code": None, "evidence": None}  # of a routine visit
    of_clue = {**dict.fromkeys(clues["clue_id"], nothing), **{row["clue_id"]: row for row in rows.iter_rows(named=True)}}
    wanted = [
        (row["data_set"], (row["file_id"], row["sheet"] or "", row["row"]))
        for clue in clues.iter_rows(named=True)
        for row in _telling(clue["rule_code"], of_clue[clue["clue_id"]]["evidence"] or [])
    ]
    texts, files = _texts(lake, wanted, _OTHERS), source_files(lake)
    made: dict[str, list[Question]] = {}
    sizes = sizes_of_patterns(clues)
    for clue in clues.iter_rows(named=True):
        evidence = of_clue[clue["clue_id"]]["evidence"] or []
        made.setdefault(clue["case_id"], []).append(
            Question(
                rule_code=clue["rule_code"], subject=clue["subject_name"] or "", explanation=clue["explanation"],
                sources=_sources(evidence, files), things=_things(evidence),
                others=tuple(_others(clue["rule_code"], evidence, texts, cases[clue["case_id"]]["household_no"])),
                doubt_code=of_clue[clue["clue_id"]]["doubt_code"], amount_yuan=clue["amount_estimate"], grade=clue["identity_grade"],
                pattern=pattern_told(clue, sizes),
            )
        )  # fmt: skip
    return made


def _telling(rule_code: str, evidence: Sequence[Row]) -> list[Row]:
    """Rows of the evidence that name somebody or something beside the household."""
    wanted = {"village_cadres", "fiscal_staff"}
    wanted |= {"payments"} if rule_code in _ACCOUNT_RULES else set()
    wanted |= set(_CERTIFICATES) if rule_code in _DOUBLE_RULES else set()
    return [row for row in evidence if row["data_set"] in wanted]


def _others(rule_code: str, evidence: Sequence[Row], texts: Texts, own_certificate: str | None) -> list[Other]:
    found = []
    for row in _telling(rule_code, evidence):
        told = texts.get((row["data_set"], (row["file_id"], row["sheet"] or "", row["row"])))
        if told is None:
            continue
        first, second, *rest = (text or "" for text in told)
        match row["data_set"]:
            case "village_cadres":
                found.append(Other("村（社区）干部", name=first, told=" ".join(part for part in (*rest, second) if part)))
            case "fiscal_staff":
                found.append(Other("财政供养人员", name=first, told=second, unit=rest[0]))
            case "payments":
                if second:
                    found.append(Other("收款账户", name=first, account=second))
            case _:
                if second != own_certificate:
                    found.append(Other("另一处待遇", told=first, certificate=second))
    return list(dict.fromkeys(found))


def _sources(evidence: Sequence[Row], files: Mapping[str, SourceFile]) -> tuple[str, ...]:
    """Registers of the fact with their days; the household's own roster only where nothing else is there."""
    told = {
        source_told(row["data_set"], files[row["file_id"]].extract_date if row["file_id"] in files else ""): row["data_set"]
        for row in evidence
    }
    elsewhere = [source for source, data_set in told.items() if data_set not in _CERTIFICATES]
    return tuple((elsewhere or list(told))[:_MOST_SOURCES])


def _things(evidence: Sequence[Row]) -> tuple[str, ...]:
    """Cells that name a thing outright; those of staff are told beside the person."""
    told = [
        f"{header} {value}"
        for row in evidence
        if row["data_set"] != "fiscal_staff"
        for header, value in sorted(cells_of(row))
        if header in TELLING_CELLS and value
    ]
    return tuple(dict.fromkeys(told))


def _place(row: Row) -> Place:
    return row["_file_id"], row["_sheet"] or "", row["_row"]


def _texts(lake: Lake, wanted: Iterable[tuple[str, Place]], fields: Mapping[str, tuple[str, ...]]) -> Texts:
    places: dict[str, set[Place]] = {}
    for code, place in wanted:
        places.setdefault(code, set()).add(place)
    return {
        (code, place): texts
        for code, of_code in sorted(places.items())
        for place, texts in texts_at(lake, DATA_SETS[code], of_code, fields[code]).items()
    }
