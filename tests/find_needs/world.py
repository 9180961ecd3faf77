"""Case tables of the rules of needs: each line is a small world around one person, read from text and searched in one frame.

`# register: disabilities` names the register that the rule reads; `fact` holds cells of the subject's row there (`name=other`,
`number=damaged` for how it names the subject), `world` everything else, statements apart by `;`:

registry status=迁出注销     cells of the subject's entry in the household registry; `registry none` where there is none
kin, away born_on=...        a second person in the household book; a third one, in a book of their own
married away, divorced kin   by the marriage register
vehicles@kin status=正常     a row in another register, of whom (else the subject's); name=other under another's name
visited 村干部 missing=3     visits of the last quarter of 2017, once a month or week, but for the first ones; number=none by name only
neighbour visited            another household of the town, visited whenever it should be
cover@kin covered            covered, uncovered (in the roster, draws nothing), stopped 2017-03, tekun (kept as destitute), payee 2017-12
                             (paid without a roster), namesake (a covered person of that name whose number is nobody's)

Expected are `outcome` and `reason`; `no row` where the rule does not look at the person at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql.types import DataType, DateType, DecimalType, IntegerType, StructType

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASES as CASES_TABLE
from expectations.contracts.lake import ENTITLEMENT_MONTHS, IDENTITIES, MEMBERS, NEEDS
from jobs.find_needs.job import find_needs
from jobs.find_needs.search import Benefits
from jobs.launch.settings import load_settings
from jobs.registers.means.registered import no_variants
from jobs.registers.policy import Policy
from jobs.registers.references import person_references
from jobs.rulebook.need import NeedFacts, NeedRule
from jobs.runtime.lake import Lake
from tests.conftest import AS_OF

CASES = Path(__file__).parents[1] / "cases"
COUNTY = "420202"
_REGISTRY: dict[str, Any] = {
    "sex": "男", "born_on": date(1970, 1, 1), "county_code": COUNTY, "town": "某镇", "village": "某村", "status": "正常", "relation": "户主",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One line of a case table."""

    name: str
    fact: Mapping[str, str]
    statements: tuple[tuple[str, str, tuple[str, ...], Mapping[str, str]], ...]
    expected: tuple[str, str]


@dataclass
class World:
    registers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    members: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    months: list[dict[str, Any]] = field(default_factory=list)
    identities: list[dict[str, Any]] = field(default_factory=list)

    def add(self, data_set: str, role: int, number: str | None, name: str, cells: Mapping[str, str], **more: Any) -> None:
        """A row whose person in the given place of the row's roles is the number and name."""
        contract = DATA_SETS[data_set]
        reference = person_references(contract)[role]
        rows = self.registers.setdefault(data_set, [])
        state = "valid" if number else "damaged"
        rows.append(
            {
                reference.number_key: number, reference.name_key: name, reference.state: state, **more, **_typed(cells, contract.silver.schema),
                "_file_id": "file", "_sheet": "", "_row": len(rows) + 1,
            }
        )  # fmt: skip


def _cells(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split() if "=" in part)


def _statement(text: str) -> tuple[str, str, tuple[str, ...], Mapping[str, str]]:
    """Thing, whose it is, bare words, cells."""
    thing, *rest = text.split()
    thing, _, whose = thing.partition("@")
    return thing, whose or "subject", tuple(word for word in rest if "=" not in word), _cells(text)


def case_of(name: str, fact: str, world: str, outcome: str = "", reason: str = "") -> Case:
    return Case(name, _cells(fact), tuple(_statement(text) for text in world.split(";") if text.strip()), (outcome, reason))


def read_cases(code: str) -> tuple[str, list[Case]]:
    """The register of a rule and its cases. A line `default` gives cells of the fact that other lines leave out."""
    lines = (CASES / f"{code}.txt").read_text(encoding="utf-8").splitlines()
    register = next(line.removeprefix("# register:").strip() for line in lines if line.startswith("# register:"))
    table = [[cell.strip() for cell in line.split("|")] for line in lines if line.strip() and not line.startswith("#")]
    assert table[0] == ["case", "fact", "world", "outcome", "reason"]
    default: dict[str, str] = {}
    cases = []
    for name, fact, world, outcome, reason in table[1:]:
        if name == "default":
            default = _cells(fact)
            continue
        case = case_of(name, fact, world, outcome, reason)
        cases.append(replace(case, fact={**default, **case.fact}))
    return register, cases


def _value(text: str, data_type: DataType) -> Any:
    if isinstance(data_type, DateType):
        return date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    if isinstance(data_type, DecimalType):
        return Decimal(text)
    return int(text) if isinstance(data_type, IntegerType) else text


def _typed(cells: Mapping[str, str], schema: StructType) -> dict[str, Any]:
    types = {f.name: f.dataType for f in schema.fields}
    return {column: _value(cell, types[column]) for column, cell in cells.items() if column in types}


def _add(world: World, register: str, i: int, case: Case) -> None:
    number = {word: f"number{i}-{word}" for word in ("subject", "kin", "away")}
    name = {word: f"name{i}-{word}" for word in number}
    people = {thing: (words, cells) for thing, _, words, cells in case.statements if thing in ("registry", "kin", "away")}
    words, cells = people.get("registry", ((), {}))
    own = _own(i) if register == "dibao_roster" else {}
    if register == "household_registry":
        words, own = ("none",), {**_REGISTRY, "book_no": f"book{i}"}
    if "none" not in words:
        world.add("household_registry", 0, number["subject"], name["subject"], cells, **{**_REGISTRY, "book_no": f"book{i}"})
    for word, book in (("kin", f"book{i}"), ("away", f"book{i}-away")):
        if word in people:
            entry = {**_REGISTRY, "book_no": book, "relation": "配偶" if word == "kin" else "户主", "sex": "女"}
            world.add("household_registry", 0, number[word], name[word], people[word][1], **entry)
    written = "somebody else" if case.fact.get("name") == "other" else name["subject"]
    world.add(
        register,
        _person(register),
        number["subject"] if case.fact.get("number") != "damaged" else None,
        written,
        case.fact,
        **own,
    )
    for thing, whose, words, cells in case.statements:
        match thing:
            case "registry" | "kin" | "away":
                continue
            case "married" | "divorced":
                wife = {"wife_key": number[words[0]], "wife_name_key": name[words[0]], "wife_number_state": "valid"}
                days = {"结婚": date(2000, 5, 1), **({"离婚": date(2010, 5, 1)} if thing == "divorced" else {})}
                for kind, day in days.items():
                    world.add("marriages", 0, number["subject"], name["subject"], {}, kind=kind, registered_on=day, **wife)
            case "cover":
                _cover(world, i, words, number[whose], name[whose])
            case "visited":
                _visits(world, words[0], number[whose], name[whose], cells)
            case "neighbour":
                world.add("dibao_roster", _person("dibao_roster"), "neighbour", "neighbour", {}, **_own(-1))
                for kind in ("驻村工作队", "村干部"):
                    _visits(world, kind, "neighbour", "neighbour", {})
            case "dibao_roster":
                world.add(thing, _person(thing), number[whose], name[whose], cells, **_own(i))
            case _:
                written = "somebody else" if cells.get("name") == "other" else name[whose]
                world.add(thing, 0, number[whose], written, cells)


def _person(data_set: str) -> int:
    """Place of the person whom a row is about among those whom it names."""
    return (
        [reference.role for reference in person_references(DATA_SETS[data_set])].index("person")
        if data_set == "dibao_roster"
        else 0
    )


def _own(i: int) -> dict[str, Any]:
    """A row of the roster that draws, in a household of the case."""
    return {
        "county_code": COUNTY, "town": "某镇", "village": "某村", "household_no": f"household{i}", "program": "农村低保", "relation": "户主",
        "covered": "是", "start_month": date(2015, 1, 1), "covered_heads": 1, "monthly_amount": Decimal(300),
    }  # fmt: skip


def _visits(world: World, kind: str, number: str, name: str, cells: Mapping[str, str]) -> None:
    first = date(2017, 10, 2)
    weeks = [first + timedelta(days=7 * week) for week in range(13)]
    days = weeks if kind == "村干部" else [date(2017, month, 15) for month in (10, 11, 12)]
    written = None if cells.get("number") == "none" else number
    for day in days[int(cells.get("missing", 0)) :]:
        place = {"county_code": COUNTY, "town": "某镇", "village": "某村"}
        world.add("visits", 0, written, name, {}, visitor_kind=kind, visited_on=day, **place)


def _cover(world: World, i: int, words: tuple[str, ...], number: str, name: str) -> None:
    state, month = words[0], date.fromisoformat(f"{words[1]}-01") if len(words) > 1 else None
    is_known, is_payee = state != "namesake", state == "payee"
    data_set = {"payee": "payments", "tekun": "tekun_roster"}.get(state, "dibao_roster")
    world.members.append(
        {
            "case_id": f"case{i}", "data_set": data_set, "_file_id": "roster", "_sheet": "", "_row": i + 1,
            "number_key": number if is_known else f"wrong{i}", "name_key": name, "person_id": f"p-{number}" if is_known else None,
            "identity_grade": "A" if is_known else "D", "is_head": True, "is_covered": state not in ("uncovered", "payee"),
            "start_month": date(2015, 1, 1), "stop_month": month if state == "stopped" else None,
        }
    )  # fmt: skip
    world.cases.append(
        {
            "case_id": f"case{i}",
            "family": "tekun" if state == "tekun" else "dibao",
            "county_code": COUNTY,
            "town": "某镇",
            "village": "某村",
        }
    )
    if is_payee:
        world.months.append({"case_id": f"case{i}", "for_month": month, "paid_yuan": Decimal(300)})
    if is_known:
        world.identities.append(
            {"number_key": number, "name_key": name, "person_id": f"p-{number}", "grade": "A", "reason": "same name"}
        )


def search(
    lake: Lake, rule: NeedRule, register: str, cases: list[Case], policy: Policy | None = None
) -> dict[str, dict[str, Any]]:
    """gold.needs of all cases, by the sentence that names each; a case without a row is missing."""
    world = World()
    world.add("dibao_roster", 0, "somebody", "on the roster", {}, county_code=COUNTY)
    for i, case in enumerate(cases):
        _add(world, register, i, case)

    def frame(rows: list[dict[str, Any]], schema: StructType) -> DataFrame:
        return lake.session.createDataFrame([tuple(row.get(f.name) for f in schema.fields) for row in rows], schema)

    silver = {code: frame(world.registers.get(code, []), data_set.silver.schema) for code, data_set in DATA_SETS.items()}
    facts = NeedFacts(silver.__getitem__, policy or load_settings("test").policy, AS_OF, lake.computed_once)
    benefits = Benefits(
        frame(world.members, MEMBERS.schema), frame(world.cases, CASES_TABLE.schema), frame(world.identities, IDENTITIES.schema),
        frame(world.months, ENTITLEMENT_MONTHS.schema),
    )  # fmt: skip
    found = find_needs(facts, benefits, [rule], frame([], NEEDS.schema), variants=no_variants, once=lake.computed_once)
    rows = {row["who_data_set"] + str(row["who_row"]): row.asDict() for row in found.collect()}
    # Where the person stands: the entry of the registry, or the rule's own row where there is none.
    places = {}
    registry = {row["person_key"]: row["_row"] for row in world.registers["household_registry"]}
    own = {row.get("name_key"): row["_row"] for row in reversed(world.registers[register])}
    for i, case in enumerate(cases):
        written = "somebody else" if case.fact.get("name") == "other" else f"name{i}-subject"
        for place in (f"household_registry{registry.get(f'number{i}-subject')}", f"{register}{own[written]}"):
            if place in rows:
                places[case.name] = rows[place]
    return places


def outcomes(found: Mapping[str, Mapping[str, Any]], cases: list[Case]) -> dict[str, tuple[str, str]]:
    return {
        case.name: (found[case.name]["outcome"], found[case.name]["reason"] or "") if case.name in found else ("no row", "")
        for case in cases
    }
