"""Case tables of rules: each line is a small world of one household, read from text and judged in one frame.

Columns of a table: `case` names the line. `paid` (01-12), `refunded`, `arrears` (02>2017-05-10: the month and the
day of transfer) say what moved in 2017, `amount` yuan a month for the household; `name` is same or other; a name
of a member column sets it; every other column is a cell of the register that the rule reads, which a line
`# register: vehicles owner_key owner_name_key` names with its number and name columns (without it: deaths). Expected are
`outcome`, `code`, `months` and `yuan` (the estimate). An empty cell takes the table's default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import BooleanType, DataType, DateType, DecimalType, IntegerType, StructType

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import DEATHS, ENTITLEMENT_MONTHS, IDENTITIES
from jobs.find_clues import find_clues
from jobs.rules.facts import Facts
from jobs.rules.rule import Rule
from tests.conftest import AS_OF

CASES = Path(__file__).parents[1] / "cases"
EXPECTED = ("outcome", "code", "months", "yuan")
MEMBER_SCHEMA = (
    "case_id string, subject_key string, member_person_id string, member_grade string, is_head boolean, is_covered boolean, "
    "is_single_cover boolean, start_month date, stop_month date, grace_until date, approved_on date, covered_heads int, "
    "covered_members int, case_has_single_cover boolean, declared_assets string, registry_status string"
)
MEMBER_DEFAULTS: dict[str, Any] = {
    "member_grade": "A", "is_head": True, "is_covered": True, "is_single_cover": False, "covered_heads": 1, "covered_members": 1,
    "case_has_single_cover": False, "start_month": date(2010, 1, 1), "approved_on": date(2009, 12, 20), "registry_status": "正常",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One line of a case table: its cells, and what is expected of it."""

    name: str
    cells: Mapping[str, str]
    expected: tuple[str, str, str, str]


@dataclass
class World:
    """Rows of the frames that a rule reads."""

    members: list[dict[str, Any]] = field(default_factory=list)
    months: list[dict[str, Any]] = field(default_factory=list)
    register: list[dict[str, Any]] = field(default_factory=list)
    identities: list[tuple[Any, ...]] = field(default_factory=list)


def read_cases(code: str) -> list[Case]:
    """The case table of a rule; a line `default` gives the cells that other lines leave empty."""
    lines = [
        line
        for line in (CASES / f"{code}.txt").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    heads = [cell.strip() for cell in lines[0].split("|")]
    default: dict[str, str] = {}
    cases = []
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.split("|")]
        assert len(cells) == len(heads), f"{code}: {cells[0]!r} has {len(cells)} cells, the table {len(heads)} columns"
        row = dict(zip(heads, cells, strict=True))
        name = row.pop("case")
        if name == "default":
            default = {column: cell for column, cell in row.items() if cell}
            continue
        given = {column: cell for column, cell in row.items() if column not in EXPECTED}
        filled = {**default, **{column: cell for column, cell in given.items() if cell}}
        cleared = {column: cell for column, cell in filled.items() if cell != "-"}
        cases.append(Case(name, cleared, tuple(row[column] for column in EXPECTED)))  # type: ignore[arg-type]
    return cases


def register_of(code: str) -> tuple[str, str, str] | None:
    """Register, number column and name column that a case table describes; null when it describes deaths."""
    for line in (CASES / f"{code}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# register:"):
            data_set, number_column, name_column = line.removeprefix("# register:").split()
            return data_set, number_column, name_column
    return None


def _value(text: str, data_type: DataType) -> Any:
    if isinstance(data_type, DateType):
        return date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    if isinstance(data_type, DecimalType):
        return Decimal(text)
    if isinstance(data_type, IntegerType):
        return int(text)
    if isinstance(data_type, BooleanType):
        return {"yes": True, "no": False}[text]
    return text


def _month_span(text: str) -> list[int]:
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def _months(case_id: str, cells: Mapping[str, str]) -> list[dict[str, Any]]:
    amount = Decimal(cells.get("amount", "300"))
    refunded = set(_month_span(cells["refunded"])) if "refunded" in cells else set()
    late = dict(part.split(">") for part in cells["arrears"].split()) if "arrears" in cells else {}
    paid = set(_month_span(cells["paid"])) if "paid" in cells else set()
    rows = []
    for month in sorted(paid | {int(m) for m in late}):
        day = date.fromisoformat(late[f"{month:02d}"]) if f"{month:02d}" in late else date(2017, month, 20)
        back = amount if month in refunded else Decimal(0)
        rows.append(
            {
                "case_id": case_id, "for_month": date(2017, month, 1), "paid_yuan": amount - back, "gross_yuan": amount,
                "refunded_yuan": back, "arrears_yuan": amount if f"{month:02d}" in late else Decimal(0),
                "paid_heads": int(cells.get("heads", cells.get("covered_heads", "1"))), "last_paid_on": day, "transfer_count": 1,
            }
        )  # fmt: skip
    return rows


def build_world(session: SparkSession, code: str, cases: list[Case]) -> tuple[Facts, DataFrame]:
    """Facts and months of entitlement of all cases in one frame each."""
    world = World()
    register = register_of(code)
    schema = DATA_SETS[register[0]].silver.schema if register else DEATHS.schema
    member_types = {f.name: f.dataType for f in StructType.fromDDL(MEMBER_SCHEMA).fields}
    for i, case in enumerate(cases):
        case_id, number = f"case{i}", f"number{i}"
        member = {"case_id": case_id, "subject_key": number, "member_person_id": f"person{i}", **MEMBER_DEFAULTS}
        member |= {column: _value(cell, member_types[column]) for column, cell in case.cells.items() if column in member_types}
        world.members.append(member)
        world.months += _months(case_id, case.cells)
        world.identities += [(number, "same", f"person{i}", "A", "same name"), (number, "other", None, "D", "other name")]
        world.register.append(_register_row(register, schema, i, number, case.cells))
    frame = session.createDataFrame([tuple(row.get(f.name) for f in schema.fields) for row in world.register], schema)
    members = session.createDataFrame([tuple(row.get(name) for name in member_types) for row in world.members], MEMBER_SCHEMA)
    months_schema = ENTITLEMENT_MONTHS.schema
    months = session.createDataFrame([tuple(row[f.name] for f in months_schema.fields) for row in world.months], months_schema)
    facts = Facts(
        members=members,
        deaths=frame if register is None else session.createDataFrame([], DEATHS.schema),
        identities=session.createDataFrame(world.identities, IDENTITIES.schema),
        register=lambda _code: frame,
        as_of=AS_OF,
    )
    return facts, months


def _register_row(
    register: tuple[str, str, str] | None, schema: StructType, i: int, number: str, cells: Mapping[str, str]
) -> dict[str, Any]:
    types = {f.name: f.dataType for f in schema.fields}
    row: dict[str, Any] = {column: _value(cell, types[column]) for column, cell in cells.items() if column in types}
    name = cells.get("name", "same")
    if register is None:
        return row | {"number_key": number, "name_key": name, "is_exact": True, "register_count": 1, "evidence": []}
    _, number_column, name_column = register
    return row | {number_column: number, name_column: name, "_file_id": "file", "_sheet": "", "_row": i + 1}


def judge_cases(session: SparkSession, rule: Rule, params: Any, cases: list[Case]) -> dict[str, tuple[str, str, str, str]]:
    """Outcome, exemption code, months and estimate of every case, by the sentence that names it; absent = no row at all."""
    facts, months = build_world(session, rule.code, cases)
    rows = find_clues(facts, months, [(rule, params)]).collect()
    found = {row["case_id"]: row for row in rows}
    return {case.name: _seen(found.get(f"case{i}")) for i, case in enumerate(cases)}


def _seen(row: Any) -> tuple[str, str, str, str]:
    if row is None:
        return ("no row", "", "", "")
    yuan = row["amount_estimate"]
    is_counted = row["outcome"] == "found"
    return (
        row["outcome"],
        row["exemption_code"] or "",
        str(row["months"]) if is_counted else "",
        f"{yuan:.2f}" if is_counted else "",
    )
