"""Case tables of rules: each line is a small world of one household, read from text and judged in one frame.

Columns of a table: `case` names the line. `paid` (01-12), `refunded`, `arrears` (02>2017-05-10: the month and the
day of transfer; +900 behind it: so much beside the month's own payment) say what moved in 2017, `amount` yuan a month for the
household, `heads` how many were paid for (both 01:4 11:3 where it changes in a month; heads none = not stated); `name` is same or
other, `of` says whose the register's row is (else the member's); a name of a member column or of a case column (CASES) sets it;
every other column is a cell of the register that the rule reads, which a line `# register: vehicles owner_key owner_name_key`
names with its number and name columns (without it: deaths; with none: no row). Expected are `outcome`, `code`, `months` and
`yuan` (the estimate), and where the table has them `value` and `upper` (the upper bound). An empty cell takes the table's
default, `-` clears it. What is judged is the subject's row of the rule; of several rows the one that `found` comes out of.

A line `# says: ...` below a case is the whole sentence that it gives.

A rule's page holds the same kind of table in a fenced block `case`: its worked example, of the same register.

More rows: a column `<data set>.<field>` is a cell of a row in another register, `<data set>2.<field>` of a second row there.
A row is there where any of its cells is given. Its person is the member, or whom the cell `<data set>.of` names in the column
of the role that `<data set>.as` names (else the first person of the row); of a row with two persons `<data set>.<role>` names
each (kin_declarations.cadre, kin_declarations.relative). Further people:

`kin.<column>`     a row of silver.kin: what `kin.who` (a word that names a person) is to the member; who is in no roster becomes
                   one of Facts.relatives, as in a run; `kin2.<column>` a further one, `kin2.to` names whose (else the member's)
`named.<column>`   cells of the member's own row in the roster (Facts.named), such as number_state, or data_set where it is no
                   dibao_roster; `named.number` no = without a usable number
`spouse.<column>`  a husband or wife outside the roster (Facts.spouses), the person `spouse`
`second.<column>`  a second member of the household, the person `second`
`account.<column>` transfers of the paid months to an account: `account.holder` (same = a name of the household; none where empty),
                   `account.households` that draw by it, this one included, `account.theirs` the holder that the others'
                   transfers state, `account.in_care` how many of the others are in care of the home `account.institution`
`strange.<column>` what was strange of the case (Facts.strange): columns of gold.patterns; it needs a surprise of 6
`other.<column>`   a second case: member columns and case columns, with `other.paid`, `other.amount` ...; `other.of` names whose
                   it is (else the member's own)
`<any>.of`         member, spouse, second, or any other word: a person of that name who is in no household
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import BooleanType, DataType, DateType, DecimalType, DoubleType, IntegerType, StructField, StructType

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASES as CASES_TABLE
from expectations.contracts.lake import DEATHS, ENTITLEMENT_MONTHS, IDENTITIES, KIN, MEMBERS, PATTERNS
from expectations.contracts.model import DATE, FLAG, INT, TEXT, YUAN
from jobs.launch.settings import load_settings
from jobs.registers.policy import Policy
from jobs.registers.references import person_references
from jobs.rulebook.facts import MEMBER_COLUMNS, Facts
from jobs.rulebook.findings import find_clues
from jobs.rulebook.gathering import relative_facts
from jobs.rulebook.rule import Rule
from jobs.rulebook.time_engine import gathered_months
from tests.conftest import AS_OF

CASES = Path(__file__).parents[1] / "cases"
EXPECTED = ("outcome", "code", "months", "yuan", "value", "upper")
_SAYS = "# says:"
_WHO = {"who", "of", "as", "to", "number", "cadre", "relative", "holder", "theirs", "institution", "in_care", "households", "nth"}
"""Cells that say of whom a row is, not what it says: without them there is no such row."""
_MEMBER_TYPES: dict[DataType, str] = {
    TEXT: "case_id subject_key subject_name_key member_person_id member_grade case_county case_program declared_assets registry_status",
    FLAG: "is_head is_covered is_single_cover case_has_single_cover",
    DATE: "joined_on left_on born_on start_month stop_month grace_until approved_on",
    INT: "covered_heads covered_members member_count",
    YUAN: "rigid_expense",
}
_TYPE_OF = {name: data_type for data_type, names in _MEMBER_TYPES.items() for name in names.split()}
MEMBER_SCHEMA = StructType([StructField(name, _TYPE_OF[name]) for name in MEMBER_COLUMNS])
MEMBER_DEFAULTS: dict[str, Any] = {
    "subject_name_key": "same", "member_grade": "A", "is_head": True, "is_covered": True, "is_single_cover": False, "covered_heads": 1,
    "covered_members": 1, "member_count": 1, "case_has_single_cover": False, "start_month": date(2010, 1, 1), "approved_on": date(2009, 12, 20),
    "registry_status": "正常", "case_county": "420202", "case_program": "农村低保",
}  # fmt: skip
SEEN: dict[str, Any] = {
    "kind": "one_telephone", "group_id": "G0", "cases_in_group": 6, "surprise_needed": 6.0,
    "seen": "该户电话另有5户在用", "usual": "本市99%的享受家庭的电话只有自己一户用",
}  # fmt: skip
OUTSIDE = {"is_head": False, "is_covered": False}
CASE_DEFAULTS: dict[str, Any] = {
    "family": "dibao", "program": "农村低保", "county_code": "420202", "covered_heads": 1, "member_count": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One line of a case table: its cells, and what is expected of it. says: its explanation; empty where none is asserted."""

    name: str
    cells: Mapping[str, str]
    expected: Mapping[str, str]
    says: str = ""


@dataclass
class World:
    """Rows of the frames that a rule reads."""

    members: list[dict[str, Any]] = field(default_factory=list)
    named: list[dict[str, Any]] = field(default_factory=list)
    spouses: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    months: list[dict[str, Any]] = field(default_factory=list)
    kin: list[dict[str, Any]] = field(default_factory=list)
    deaths: list[dict[str, Any]] = field(default_factory=list)
    registers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    strange: list[dict[str, Any]] = field(default_factory=list)


def read_cases(code: str) -> list[Case]:
    """The case table of a rule."""
    return cases_of((CASES / f"{code}.txt").read_text(encoding="utf-8"))


def cases_of(text: str) -> list[Case]:
    """The cases of a table; a line `default` gives the cells that other lines leave empty."""
    lines = [line for line in text.splitlines() if line.strip() and (line.startswith(_SAYS) or not line.startswith("#"))]
    heads = [cell.strip() for cell in lines[0].split("|")]
    default: dict[str, str] = {}
    cases = []
    for line in lines[1:]:
        if line.startswith(_SAYS):
            cases[-1] = replace(cases[-1], says=line.removeprefix(_SAYS).strip())
            continue
        cells = [cell.strip() for cell in line.split("|")]
        assert len(cells) == len(heads), f"{cells[0]!r} has {len(cells)} cells, the table {len(heads)} columns"
        row = dict(zip(heads, cells, strict=True))
        name = row.pop("case")
        if name == "default":
            default = {column: cell for column, cell in row.items() if cell}
            continue
        given = {column: cell for column, cell in row.items() if column not in EXPECTED}
        filled = {**default, **{column: cell for column, cell in given.items() if cell}}
        cleared = {column: cell for column, cell in filled.items() if cell != "-" or column in MEMBER_DEFAULTS}
        cases.append(Case(name, cleared, {column: row[column] for column in EXPECTED if column in row}))
    return cases


def register_of(code: str) -> tuple[str, ...] | None:
    """Register, number column and name column that a case table describes; empty when none, null when it describes deaths."""
    for line in (CASES / f"{code}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# register:"):
            words = tuple(line.removeprefix("# register:").split())
            return () if words == ("none",) else words
    return None


def _value(text: str, data_type: DataType) -> Any:
    if isinstance(data_type, DateType):
        return date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    if isinstance(data_type, DecimalType):
        return Decimal(text)
    if isinstance(data_type, IntegerType):
        return int(text)
    if isinstance(data_type, DoubleType):
        return float(text)
    if isinstance(data_type, BooleanType):
        return {"yes": True, "no": False}[text]
    return text


def _month_span(text: str) -> list[int]:
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def _in_month(text: str, month: int) -> str:
    """What a cell says for the month: 300, or 01:300 07:500 where it changes."""
    steps = [part.split(":") for part in text.split()] if ":" in text else [["1", text]]
    return [said for first, said in steps if int(first) <= month][-1]


def _months(case_id: str, cells: Mapping[str, str]) -> list[dict[str, Any]]:
    refunded = set(_month_span(cells["refunded"])) if "refunded" in cells else set()
    late = dict(part.split(">") for part in cells["arrears"].split()) if "arrears" in cells else {}
    paid = set(_month_span(cells["paid"])) if "paid" in cells else set()
    rows = []
    for month in sorted(paid | {int(m) for m in late}):
        amount = Decimal(_in_month(cells.get("amount", "300"), month))
        covered = cells.get("covered_heads", "1")
        heads = _in_month(cells.get("heads", "none" if covered == "-" else covered), month)
        day, _, beside = late.get(f"{month:02d}", "").partition("+")
        arrears = Decimal(beside) if beside else amount if day else Decimal(0)
        gross = amount + arrears if beside else amount
        back = gross if month in refunded else Decimal(0)
        rows.append(
            {
                "case_id": case_id, "for_month": date(2017, month, 1), "paid_yuan": gross - back, "gross_yuan": gross,
                "refunded_yuan": back, "arrears_yuan": arrears, "paid_heads": None if heads == "none" else int(heads),
                "last_paid_on": date.fromisoformat(day) if day else date(2017, month, 20), "transfer_count": 1,
            }
        )  # fmt: skip
    return rows


def _typed(cells: Mapping[str, str], schema: StructType) -> dict[str, Any]:
    types = {f.name: f.dataType for f in schema.fields}
    return {column: None if cell == "-" else _value(cell, types[column]) for column, cell in cells.items() if column in types}


def _sections(cells: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Cells by the word before the point; the empty word has those without."""
    sections: dict[str, dict[str, str]] = {"": {}}
    for column, cell in cells.items():
        section, _, name = column.rpartition(".")
        sections.setdefault(section, {})[name] = cell
    return sections


def build_world(session: SparkSession, code: str, cases: list[Case]) -> Facts:
    """Facts of all cases, in one frame each."""
    world = World()
    register = register_of(code)
    for i, case in enumerate(cases):
        _add(world, register, i, case)
    _with_digests(world)
    identities = [
        row
        for person in sorted(world.people)
        for row in ((person, "same", f"p-{person}", "A", "same name"), (person, "other", None, "D", "other name"))
    ]

    def frame(rows: list[dict[str, Any]], schema: StructType) -> DataFrame:
        return session.createDataFrame([tuple(row.get(f.name) for f in schema.fields) for row in rows], schema)

    silver = {code: frame(world.registers.get(code, []), data_set.silver.schema) for code, data_set in DATA_SETS.items()}
    members, kin = frame(world.members, MEMBER_SCHEMA), frame(world.kin, KIN.schema)
    months = frame(world.months, ENTITLEMENT_MONTHS.schema)
    return Facts(
        members=members,
        spouses=frame(world.spouses, MEMBER_SCHEMA),
        relatives=relative_facts(members, kin),
        named=frame(world.named, MEMBERS.schema),
        cases=frame(world.cases, CASES_TABLE.schema),
        months=months,
        paid=gathered_months(months),
        kin=kin,
        deaths=frame(world.deaths, DEATHS.schema),
        identities=session.createDataFrame(identities, IDENTITIES.schema),
        register=silver.__getitem__,
        policy=load_settings("test").policy,
        as_of=AS_OF,
        strange=frame(world.strange, PATTERNS.schema),
    )


def _add(world: World, register: tuple[str, ...] | None, i: int, case: Case) -> None:
    sections = _sections(case.cells)

    def person(word: str) -> str:
        name = f"number{i}" if word == "member" else f"number{i}-{word}"
        world.people.add(name)
        return name

    def member(case_id: str, word: str, cells: Mapping[str, str], **more: Any) -> dict[str, Any]:
        number = person(word)
        row = {**MEMBER_DEFAULTS, **more, **_typed(cells, MEMBER_SCHEMA)}
        whose = {"member_person_id": f"p-{number}"}
        if row["subject_name_key"] != "same":  # number and name make nobody
            whose = {"member_person_id": None, "member_grade": "D"}
        return {**row, **whose, "case_id": case_id, "subject_key": number}

    def household(case_id: str, cells: Mapping[str, str]) -> None:
        named = {"case_id": case_id, "household_no": case_id}
        world.cases.append({**CASE_DEFAULTS, **_typed(cells, CASES_TABLE.schema), **named})
        world.months.extend(_months(case_id, cells))

    def draws(row: dict[str, Any], place: int, **more: Any) -> None:
        """The person in the household and in its roster."""
        world.members.append(row)
        known = {column: row.get(column) for column in MEMBERS.column_names if column in row}
        renamed = {
            "number_key": "subject_key",
            "name_key": "subject_name_key",
            "person_id": "member_person_id",
            "identity_grade": "member_grade",
        }
        roster = {"data_set": "dibao_roster", "number_state": "valid", "relation": "户主" if row["is_head"] else "配偶"}
        origin = {"_file_id": "roster", "_sheet": "", "_row": place}
        world.named.append({**roster, **known, **{name: row.get(old) for name, old in renamed.items()}, **origin, **more})

    own, roster_cells = sections.pop(""), sections.pop("named", {})
    told = _typed(roster_cells, MEMBERS.schema) | ({"number_key": None} if roster_cells.get("number") == "no" else {})
    if "tekun_roster" in sections:
        told |= {"data_set": "tekun_roster", "_file_id": "file", "_row": 100 * i + 1 + list(sections).index("tekun_roster") + 1}
    draws(member(f"case{i}", "member", own), 10 * i + 1, **told)
    household(f"case{i}", own)
    if register == ():
        pass
    elif register is None:
        number, row = person(own.get("of", "member")), _typed(own, DEATHS.schema)
        name = own.get("name", "same")
        world.deaths.append({"number_key": number, "name_key": name, "is_exact": True, "register_count": 1, "evidence": []} | row)
    else:
        data_set, number_column, name_column = register
        row = _typed(own, DATA_SETS[data_set].silver.schema) | {
            number_column: person(own.get("of", "member")),
            name_column: own.get("name", "same"),
        }
        world.registers.setdefault(data_set, []).append(_placed(row, number_column, i, 0))
    for at, (section, cells) in enumerate(sections.items(), start=1):
        match section:
            case "kin" | "kin2":
                related = {"number_key": person(cells.get("to", "member")), "name_key": "same", "data_set": "marriages"}
                relative = {"kin_number_key": person(cells["who"]), "kin_name_key": "same"}
                world.kin.append({**related, **relative, **_typed(cells, KIN.schema), "_file_id": "file", "_row": i})
            case "spouse":
                world.spouses.append(member(f"case{i}", "spouse", cells, **OUTSIDE))
            case "second":
                draws(member(f"case{i}", "second", cells, is_head=False), 10 * i + 2)
            case "other":
                draws(member(f"case{i}-other", cells.get("of", "member"), cells), 10 * i + 3)
                household(f"case{i}-other", cells)
            case "strange":
                world.strange.append({**SEEN, "case_id": f"case{i}", **_typed(cells, PATTERNS.schema)})
            case "account":
                _draw_on_account(world, i, own, cells)
            case _:
                world.registers.setdefault(section.rstrip("23456789"), []).append(_further_row(section, cells, person, i, at))


def _draw_on_account(world: World, i: int, own: Mapping[str, str], cells: Mapping[str, str]) -> None:
    def transfer(household: Mapping[str, Any], month: int, holder: str | None, at: int) -> dict[str, Any]:
        certificate = {column: household[column] for column in ("county_code", "program", "household_no")}
        money = {"for_month": date(2017, month, 1), "paid_on": date(2017, month, 20), "amount": Decimal(300), "kind": "正常"}
        account = {"bank_account_key": f"account{i}", "account_name_key": None if holder == "-" else holder}
        return {**certificate, **money, **account, "_file_id": "bank", "_sheet": "", "_row": 100 * i + at}

    payments = world.registers.setdefault("payments", [])
    mine = next(row for row in world.cases if row["case_id"] == f"case{i}")
    months = _month_span(cells.get("months", own.get("paid", "12")))
    payments.extend(transfer(mine, month, cells.get("holder"), month) for month in months)
    in_care = int(cells.get("in_care", "0"))
    for nth in range(1, int(cells.get("households", "1"))):
        name, kind = f"case{i}-{nth}", ("tekun", "农村特困") if nth <= in_care else ("dibao", "农村低保")
        neighbour = {**CASE_DEFAULTS, "case_id": name, "household_no": name, "family": kind[0], "program": kind[1]}
        world.cases.append(neighbour)
        payments.append(transfer(neighbour, months[0], cells.get("theirs", cells.get("holder")), 20 + nth))
        if nth <= in_care:
            origin = {"_file_id": "home", "_sheet": "", "_row": 100 * i + nth}
            home = {"care_mode": "集中", "institution": cells["institution"]}
            world.registers.setdefault("tekun_roster", []).append({**origin, **home})
            world.named.append({**origin, "case_id": name, "data_set": "tekun_roster", "name_key": name, "is_covered": True})


def _with_digests(world: World) -> None:
    """Where transfers name certificates, cases have the ids that jobs.link_people.households makes of these."""
    if not any(row.get("household_no") for row in world.registers.get("payments", [])):
        return
    certificates = {row["case_id"]: "|".join(row[c] for c in ("county_code", "family", "household_no")) for row in world.cases}
    for row in (*world.members, *world.named, *world.spouses, *world.cases, *world.months):
        row["case_id"] = "H" + hashlib.sha256(certificates[row["case_id"]].encode()).hexdigest()[:16]


def _further_row(section: str, cells: Mapping[str, str], person: Callable[[str], str], i: int, at: int) -> dict[str, Any]:
    data_set = DATA_SETS[section.rstrip("23456789")]
    references = {reference.role: reference for reference in person_references(data_set)}
    words = {role: cells[role] for role in references if role in cells}
    words = words or {cells.get("as", next(iter(references))): cells.get("of", "member")}
    row: dict[str, Any] = {}
    for role, word in words.items():
        row |= {references[role].number_key: person(word), references[role].name_key: cells.get("name", "same")}
    return _placed({**row, **_typed(cells, data_set.silver.schema)}, references[next(iter(words))].number_key, i, at)


def _placed(row: dict[str, Any], number_column: str, i: int, at: int) -> dict[str, Any]:
    state = number_column.replace("_key", "_number_state")
    return {state: "valid", **row, "_file_id": "file", "_sheet": "", "_row": 100 * i + at + 1}


def judge_cases(session: SparkSession, rule: Rule, params: Any, cases: list[Case]) -> dict[str, dict[str, str]]:
    """What came out of every case, by the sentence that names it: of EXPECTED, the columns in which the case expects something."""
    found = clues_of(session, rule, params, cases)
    seen = {case.name: _seen(found.get(case.name)) for case in cases}
    return {case.name: {column: seen[case.name][column] for column in case.expected} for case in cases}


def clues_of(session: SparkSession, rule: Rule, params: Any, cases: list[Case], policy: Policy | None = None) -> dict[str, Any]:
    """The row of gold.findings that each case is judged by, by its name; a case of which the rule makes no row is not there.

    policy: another law than that of conf/policy.yaml.
    """
    facts = build_world(session, rule.code, cases)
    facts = replace(facts, policy=policy) if policy else facts
    names = {row["case_id"]: row["household_no"] for row in facts.cases.collect()}
    rows = find_clues(facts, [(rule, params)]).collect()
    found: dict[str, Any] = {}
    for row in sorted(rows, key=lambda row: (row["outcome"] != "found", row["outcome"] != "exempt", row["thing_key"])):
        found.setdefault(names[row["case_id"]].removesuffix("-other"), row)
    return {case.name: found[f"case{i}"] for i, case in enumerate(cases) if f"case{i}" in found}


def with_each_cell_left_out(cases: list[Case]) -> list[Case]:
    """Of every case one more for each of its cells, without it. An entity is another one: registers are looked up by its code."""
    made = []
    for case in cases:
        for left_out in (column for column in case.cells if column.rpartition(".")[2] not in _WHO):
            cells = {column: f"{cell}-{left_out}" if column.endswith("uscc") else cell for column, cell in case.cells.items()}
            if left_out in MEMBER_DEFAULTS:
                cells[left_out] = "-"
            else:
                del cells[left_out]
            made.append(Case(f"{case.name}, without {left_out}", cells, {}))
    return made


def _seen(row: Any) -> dict[str, str]:
    if row is None:
        return dict.fromkeys(EXPECTED, "") | {"outcome": "no row"}
    seen = dict.fromkeys(EXPECTED, "") | {"outcome": row["outcome"], "code": row["exemption_code"] or ""}
    if row["outcome"] == "found":  # of all others nothing is at stake
        seen |= {
            "months": str(row["months"]),
            "yuan": f"{row['amount_estimate']:.2f}",
            "value": "" if row["value"] is None else f"{row['value']:.2f}".removesuffix(".00"),
            "upper": f"{row['amount_upper']:.2f}",
        }
    return seen
