"""Counts of identity grades: every record once, under the reason by which it is tied, or is not."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from expectations.contracts.lake import ALIASES, IDENTITIES, IDENTITY_COUNTS, LINK_CANDIDATES, LINKS
from jobs.check_quality.gate_in_words import print_identities
from jobs.link_people.counts import identity_counts
from jobs.link_people.links import registered_pairs
from jobs.link_people.records import unresolved
from jobs.runtime.console import Console
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from tests.hand_made import frame, silver_of

BORN = date(1950, 1, 1)
REGISTRY: list[dict[str, Any]] = [
    {"person_key": "n1", "name_key": "a"},
    {"person_key": "n2", "name_key": "b", "former_name_key": "b once"},
    {"person_key": "n3", "name_key": "c", "former_name_key": "c"},
    {"person_key": "n4 old", "name_key": "d"},
    {"person_key": "n4", "name_key": "d"},
    {"person_key": None, "name_key": "e"},
]
# What a record writes (number, state, name, birth date), and the grade and reason that it must be counted under.
WRITTEN: list[tuple[str | None, str, str | None, date | None, str, str]] = [
    ("n1", "valid", "a", None, "A", "same name"),
    ("n3", "valid", "c", None, "A", "same name"),
    ("n5", "valid", "only on a roster", None, "A", "not in the registry"),
    ("n2", "valid", "b once", None, "B", "former name"),
    ("n3", "valid", "c, one character unwritten", None, "B", "variant of the name"),
    ("n1", "upgraded", "a", None, "C", "upgraded number"),
    ("n2", "upgraded", "b once", None, "C", "former name"),
    ("n3", "upgraded", "c, one character unwritten", None, "C", "variant of the name"),
    ("n4 old", "valid", "d", None, "C", "new number"),
    (None, "check_fails", "mistyped", None, "C", "mistyped"),
    (None, "absent", "told by inspectors", None, "C", "verdict"),
    ("n1", "valid", "b", None, "D", "other name"),
    ("n1", "upgraded", "somebody else", None, "D", "other name"),
    (None, "absent", "linked", BORN, "E", "name, birth and place"),
    (None, "absent", "tie", BORN, "none", "tie"),
    (None, "check_fails", "below", BORN, "none", "below"),
    (None, "absent", "refused", BORN, "none", "refused"),
    (None, "absent", "seen nowhere", BORN, "none", "no candidate"),
    (None, "damaged", "e", None, "none", "nothing to compare"),
    ("n6", "valid", "unheard of", None, "none", "not in the registry"),
    ("n1", "valid", None, None, "none", "no name"),
]
RECORDS = [record for times, record in enumerate(WRITTEN, start=1) for _ in range(times)]
"""Each as often as its place says, so that no two reasons have the same count."""
OUTCOMES = {
    "linked": ["linked", "below"],
    "tie": ["tie", "tie", "below"],
    "below": ["below", "below"],
    "refused": ["refused", "below"],
}
LINKED = {"mistyped": ("C", "mistyped"), "told by inspectors": ("C", "verdict"), "linked": ("E", "name, birth and place")}


def at(i: int) -> dict[str, Any]:
    """The key of record i, as silver_of places it."""
    return {"data_set": "death_certificates", "role": "person", "_file_id": "death_certificates", "_sheet": "", "_row": i + 2}


@pytest.fixture(scope="module")
def lake(embedded: Engine, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake whose counts are written; its registers are death certificates, vehicles and marriages."""
    lake = Lake(embedded, str(tmp_path_factory.mktemp("counts") / "lake"))
    session = lake.session
    silver = silver_of(
        session,
        household_registry=REGISTRY,
        death_certificates=[
            {"person_key": number, "person_number_state": state, "name_key": name, "born_on": born}
            for number, state, name, born, _, _ in RECORDS
        ],
        vehicles=[
            {"owner_key": "n1", "owner_number_state": "valid", "owner_name_key": "a"},
            {"owner_number_state": "firm", "owner_name_key": "a firm"},
        ],
        marriages=[
            {
                "husband_key": "n1", "husband_number_state": "valid", "husband_name_key": "a",
                "wife_key": "n1", "wife_number_state": "valid", "wife_name_key": "c",
            }
        ],
    )  # fmt: skip
    pair = {"number_key": "n4 old", "name_key": "d"}
    to = {"to_number_key": "n4", "to_name_key": "d", "reason": "new number"}
    lake.overwrite(ALIASES, frame(session, ALIASES, [{**pair, **to}]))
    known = [("n3", "c, one character unwritten", "p3", "B", "variant of the name")]
    known += [("n5", "only on a roster", "p5", "A", "not in the registry"), ("n1", "a", "p1", "A", "same name")]
    columns = IDENTITIES.column_names
    lake.overwrite(IDENTITIES, frame(session, IDENTITIES, [dict(zip(columns, row, strict=True)) for row in known]))
    names = [name or "" for _, _, name, *_ in RECORDS]
    person = {"number_key": "n1", "name_key": "a"}
    links = [
        {**at(i), **person, "grade": LINKED[name][0], "reason": LINKED[name][1]}
        for i, name in enumerate(names) if name in LINKED
    ]  # fmt: skip
    candidates = [
        {**at(i), "number_key": f"n{rank}", "name_key": "a", "rank": rank, "outcome": outcome}
        for i, name in enumerate(names)
        for rank, outcome in enumerate(OUTCOMES.get(name, []), start=1)
    ]
    found = unresolved(silver, registered_pairs(silver("household_registry")))
    counts = identity_counts(lake, silver, found, frame(session, LINKS, links), frame(session, LINK_CANDIDATES, candidates))
    lake.overwrite(IDENTITY_COUNTS, counts)
    return lake


def counted(lake: Lake) -> dict[tuple[str, str, str, str], int]:
    return {tuple(row)[:4]: row["row_count"] for row in lake.read(IDENTITY_COUNTS).collect()}


CASES = sorted({(grade, reason) for *_, grade, reason in RECORDS})


@pytest.mark.parametrize(("grade", "reason"), CASES, ids=[" ".join(case) for case in CASES])
def test_a_record_is_counted_under_its_reason(lake: Lake, grade: str, reason: str) -> None:
    expected = sum((g, r) == (grade, reason) for *_, g, r in RECORDS)
    assert counted(lake).get(("death_certificates", "person", grade, reason)) == expected


def test_the_counts_add_up_to_the_records(lake: Lake) -> None:
    certificates = {key: count for key, count in counted(lake).items() if key[0] == "death_certificates"}
    assert sum(certificates.values()) == len(RECORDS)
    assert min(certificates.values()) > 0


def test_each_role_of_a_row_is_a_record_and_a_firm_is_none(lake: Lake) -> None:
    others = {key: count for key, count in counted(lake).items() if key[0] != "death_certificates"}
    assert others == {
        ("vehicles", "owner", "A", "same name"): 1,
        ("marriages", "husband", "A", "same name"): 1,
        ("marriages", "wife", "D", "other name"): 1,
    }


def test_a_pair_of_a_county_without_a_registry_is_no_registered_one(embedded: Engine, tmp_path: Path) -> None:
    """link_people takes the rosters' word there: such a pair is resolved, and yet nobody has it registered."""
    lake = Lake(embedded, str(tmp_path / "lake"))
    session = lake.session
    certificate = {"person_key": "n5", "person_number_state": "valid", "name_key": "only on a roster"}
    silver = silver_of(session, household_registry=REGISTRY, death_certificates=[certificate])
    roots = [
        {"number_key": "n5", "name_key": "only on a roster", "person_id": "p5", "grade": "A", "reason": "not in the registry"}
    ]
    lake.overwrite(IDENTITIES, frame(session, IDENTITIES, roots))
    known = registered_pairs(silver("household_registry")).unionByName(
        session.createDataFrame([("n5", "only on a roster")], "number_key string, name_key string")
    )
    found = unresolved(silver, known)
    counts = identity_counts(lake, silver, found, frame(session, LINKS, []), frame(session, LINK_CANDIDATES, []))
    assert [tuple(row)[2:] for row in counts.collect()] == [("A", "not in the registry", 1)]


def test_the_quality_command_shows_the_shares_the_least_tied_first(lake: Lake) -> None:
    console = Console(record=True, width=120, file=io.StringIO())
    print_identities(console, lake)
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in console.export_text().splitlines() if "│" in line]
    tied = sum(grade in "ABCE" for *_, grade, _ in RECORDS)
    assert [line[0] for line in lines] == ["死亡医学证明", "婚姻登记", "机动车登记"]
    assert lines[0][1:3] == [str(len(RECORDS)), f"{tied / len(RECORDS):.2%}"]
    assert lines[1][1:] == ["2", "50.00%", "1", "", "", "1", "", ""]
