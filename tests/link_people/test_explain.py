"""why-linked: a record is found by file and row, its tie is put into words, and what is masked tells nobody's number."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import ALIASES, FILES, IDENTITIES, LINK_CANDIDATES, LINKS
from expectations.contracts.model import Table
from jobs.commands.cli import app
from jobs.link_people.compared_numbers import compared_numbers, shown_number
from jobs.link_people.explain import explanations
from jobs.link_people.side_by_side import Explanation, print_explanation
from jobs.registers.delivered_rows import Wanted, parse_record
from jobs.runtime.console import Console
from jobs.runtime.errors import NoSuchRecord
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from models.params import LinkageParams
from tests.hand_made import frame, person_name, person_number

NUMBER, OTHER = person_number(7), person_number(8)
SLIP = NUMBER[:11] + str((int(NUMBER[11]) + 1) % 10) + NUMBER[12:]
BORN = date(int(NUMBER[6:10]), int(NUMBER[10:12]), int(NUMBER[12:14]))
PARAMS = LinkageParams(least_weight=11.0, least_lead=4.0)
CREMATIONS = "民政局/火化登记.xlsx"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("企业.csv:12", Wanted("企业.csv", None, 12, None)),
        ("企业.csv:12#legal_rep", Wanted("企业.csv", None, 12, "legal_rep")),
        ("北县/火化登记.xlsx:Sheet1:17", Wanted("北县/火化登记.xlsx", "Sheet1", 17, None)),
        ("火化登记.xlsx:2017:17#person", Wanted("火化登记.xlsx", "2017", 17, "person")),
        ("名单#2.csv:3", Wanted("名单#2.csv", None, 3, None)),
    ],
    ids=["file and row", "with a role", "with a sheet", "a sheet that looks like a row", "a file with # in its name"],
)
def test_a_record_is_read_as_it_is_written(text: str, wanted: Wanted) -> None:
    assert parse_record(text) == wanted


@pytest.mark.parametrize("text", ["", "企业.csv", "企业.csv:", "企业.csv:x", ":12", "企业.csv:12#", "a:b:c:1", "企业.csv:-1"])
def test_what_is_no_record_is_refused_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(NoSuchRecord, match=r"Expected FILE:ROW or FILE:SHEET:ROW") as refused:
        parse_record(text)
    assert refused.value.exit_code == 2


def changed(places: Mapping[int, str]) -> str:
    return "".join(places.get(i, c) for i, c in enumerate(NUMBER))


SHORT = NUMBER[:6] + NUMBER[8:17]
NUMBERS: dict[str, tuple[str, str, str, set[int], set[int]]] = {
    "same": (NUMBER, "valid", "same", set(), set()),
    "one digit": (SLIP, "check_fails", "one character differs, at place 12", {11}, {11}),
    "swapped": (changed({7: NUMBER[8], 8: NUMBER[7]}), "check_fails", "two neighbours are swapped, at places 8, 9", {7, 8}, {7, 8}),
    "missing": (NUMBER[:12] + NUMBER[13:], "unreadable", "one character is missing, at place 13", set(), {12}),
    "too many": (NUMBER[:16] + "X" + NUMBER[16:], "unreadable", "one character too many, at place 17", {16}, set()),
    "15 digits": (SHORT, "upgraded", "same, in 15 digits", set(), set()),
    "15 digits, one wrong": (SHORT[:14] + str((int(SHORT[14]) + 1) % 10), "upgraded", "one character differs, at place 15", {14}, {16}),
    "cut short": (NUMBER[:15] + "XXX", "damaged", "same up to where it was cut short", set(), set()),
    "masked": (NUMBER[:10] + "****" + NUMBER[14:], "masked", "same where it is not masked", set(), set()),
    "masked, another's": ("9" + NUMBER[1:10] + "****" + NUMBER[14:], "masked", "masked, cannot be compared", set(), set()),
    "new end": (NUMBER[:14] + "XXXX", "valid", "same division and birth date, another end", set(), set()),
    "another": (OTHER, "valid", "another number", set(), set()),
    "none": ("", "absent", "none given", set(), set()),
    "filler": ("1" * 18, "junk", "a filler, nobody's", set(), set()),
}  # fmt: skip


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers_are_compared_place_by_place(case: str) -> None:
    text, state, words, left, right = NUMBERS[case]
    found = compared_numbers(text, NUMBER, state)
    assert found.words == words
    assert (set(found.left), set(found.right)) == (left, right)


def test_a_masked_number_shows_where_it_differs_and_less_of_the_rest() -> None:
    found = compared_numbers(SLIP, NUMBER, "check_fails")
    shown = [shown_number(text, places, full=False) for text, places in ((SLIP, found.left), (NUMBER, found.right))]
    assert [text.plain == f"{n[:6]}*****{n[11]}******" for text, n in zip(shown, (SLIP, NUMBER), strict=True)] == [True, True]
    assert [[(span.start, span.end) for span in text.spans] for text in shown] == [[(11, 12)], [(11, 12)]]


def test_a_number_in_full_keeps_its_differing_characters_set_off() -> None:
    shown = shown_number(SLIP, frozenset({11}), full=True)
    assert shown.plain == SLIP
    assert [(span.start, span.end) for span in shown.spans] == [(11, 12)]


def test_words_in_a_number_cell_are_not_shown() -> None:
    words = "遗失证件家住北县青石镇一村张三之子"
    shown = shown_number(words.ljust(18, "也"), frozenset(), full=False, is_alike=False)
    assert set(shown.plain) == {"*"}


class World:
    """A small lake, row by row; every person i of tests.hand_made has the keys n<i> and k<i>."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.rows: dict[str, tuple[Table, list[dict[str, Any]]]] = {}

    def add(self, table: Table, **cells: Any) -> None:
        self.rows.setdefault(table.full_name, (table, []))[1].append(cells)

    def file(self, name: str, code: str, status: str = "accepted", number: int = 1, **cells: Any) -> None:
        self.add(FILES, delivery_no=number, file_id=f"id of {name}", file_name=name, data_set=code, status=status, **cells)

    def row(
        self, name: str, code: str, row: int, texts: Mapping[str, str | None], typed: Mapping[str, Any], sheet: str = ""
    ) -> None:
        data_set, origin = DATA_SETS[code], {"_file_id": f"id of {name}", "_sheet": sheet, "_row": row}
        self.add(data_set.bronze, **origin, **texts, _fate="accepted")
        self.add(data_set.silver, **origin, **typed)

    def written(self) -> Lake:
        for table, rows in self.rows.values():
            self.lake.overwrite(table, frame(self.lake.session, table, rows))
        return self.lake


def resident(world: World, i: int, row: int, **typed: Any) -> None:
    former = {"former_name": person_name(99)} if "former_name_key" in typed else {}
    texts = {"id_number": person_number(i), "name": person_name(i), **former}
    number = person_number(i)
    place = {"county_code": "420292", "town": "青石镇", "village": "一村"}
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    known = {"person_key": f"n{i}", "name_key": f"k{i}", "sex": "男", "born_on": born, "status": "正常", **place, **typed}
    world.row("户籍.csv", "household_registry", row, texts, known)


# Row of the cremations: number as written, its key and state, the key of the name, what else the record says.
BY_AGE = {"age": 2017 - BORN.year, "died_on": date(2017, 12, 30), "address": "北县青石镇一村12号"}
ROWS: dict[str, tuple[str | None, str | None, str, str | None, dict[str, Any]]] = {
    "exact": (NUMBER, "n7", "valid", "k7", {"sex": "男"}),
    "former": (OTHER, "n8", "valid", "k99", {}),
    "upgraded": (SHORT, "n7", "upgraded", "k7", {}),
    "variant": (NUMBER, "n7", "valid", "k7?", {}),
    "mistyped": (SLIP, None, "check_fails", "k7", {"sex": "男", **BY_AGE}),
    "matched": (None, None, "absent", "k7", {"sex": "男", **BY_AGE}),
    "told": ("不详", None, "absent", "k7", {}),
    "alias": (person_number(9), "n9", "valid", "k9", {}),
    "other name": (NUMBER, "n7", "valid", "k8", {}),
    "tie": (None, None, "absent", "k7", BY_AGE),
    "tie of numbers": (SLIP, None, "check_fails", "k7", {}),
    "below": (None, None, "absent", "k7", BY_AGE),
    "refused": (None, None, "absent", "k7", BY_AGE),
    "seen nowhere": (None, None, "absent", "k7", BY_AGE),
    "nothing to compare": (None, None, "absent", "k7", {}),
    "unregistered": (person_number(10), "n10", "valid", "k10", {}),
    "on a roster": (person_number(11), "n11", "valid", "k11", {}),
    "no name": (NUMBER, "n7", "valid", None, {}),
}
AT = {case: row for row, case in enumerate(ROWS, start=2)}
AGREE = {
    "name": "same name", "birth": "unknown", "age": "age fits", "sex": "same sex", "county": "same county", "town": "unknown",
    "village": "unknown",
}  # fmt: skip
WEIGHTS = {"name": 12.5, "birth": 0.0, "age": 6.0, "sex": 1.0, "county": 2.0, "town": 0.0, "village": 0.0, "prior": -6.25}


def candidate(world: World, case: str, i: int, rank: int, outcome: str, weight: float | None, **changed: Any) -> None:
    weighed = {"levels": {**AGREE}, "weights": {**WEIGHTS}} if weight is not None else {}
    reason = "name, birth and place" if weight is not None else "mistyped"
    key = {"data_set": "cremations", "role": "person", "_file_id": f"id of {CREMATIONS}", "_sheet": "Sheet1", "_row": AT[case]}
    pair = {"number_key": f"n{i}", "name_key": f"k{i}"}
    fate = {"rank": rank, "outcome": outcome, "reason": reason, "match_weight": weight}
    world.add(LINK_CANDIDATES, **{**key, **pair, **fate, **weighed, **changed})
    if outcome == "linked":
        grade = "E" if weight is not None else "C"
        world.add(LINKS, **key, **pair, grade=grade, reason=changed.get("reason", reason), match_weight=weight)


@pytest.fixture(scope="module")
def lake(embedded: Engine, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    world = World(Lake(embedded, str(tmp_path_factory.mktemp("why") / "lake")))
    world.file("户籍.csv", "household_registry")
    resident(world, 7, 2)
    resident(world, 8, 3, former_name_key="k99")
    resident(world, 12, 4)
    world.file(CREMATIONS, "cremations", reason="")
    world.file(CREMATIONS, "cremations", status="superseded", number=2)
    for case, (text, number_key, state, name_key, typed) in ROWS.items():
        name = person_name(int(name_key[1:].rstrip("?"))) if name_key else None
        texts = {"id_number": text, "name": name}
        known = {"person_key": number_key, "person_number_state": state, "name_key": name_key, **typed}
        world.row(CREMATIONS, "cremations", AT[case], texts, known, sheet="Sheet1")
    world.row(CREMATIONS, "cremations", 2, {"id_number": None}, {}, sheet="Sheet2")
    origin = {"_file_id": f"id of {CREMATIONS}", "_sheet": "Sheet1"}
    bronze = DATA_SETS["cremations"].bronze
    world.add(bronze, **origin, _row=98, _fate="quarantined", _reason="unreadable: 死亡日期")
    world.add(bronze, **origin, _row=99, _fate="accepted")
    candidate(world, "mistyped", 7, 1, "linked", None)
    candidate(world, "matched", 7, 1, "linked", 15.25)
    candidate(world, "matched", 12, 2, "below", 8.0)
    candidate(world, "told", 7, 1, "linked", None, reason="verdict")
    candidate(world, "tie", 7, 1, "tie", 15.25)
    candidate(world, "tie", 12, 2, "tie", 13.0)
    candidate(world, "tie of numbers", 7, 1, "tie", None)
    candidate(world, "tie of numbers", 12, 1, "tie", None)
    less = {"weights": {**WEIGHTS, "sex": -5.0}, "levels": {**AGREE, "sex": "other sex"}}
    candidate(world, "below", 7, 1, "below", 9.25, **less)
    candidate(world, "refused", 7, 1, "refused", None, reason="verdict")
    pair = {"number_key": "n9", "name_key": "k9"}
    world.add(ALIASES, **pair, to_number_key="n7", to_name_key="k7", reason="new number")
    world.add(IDENTITIES, number_key="n7", name_key="k7?", person_id="p7", grade="B", reason="variant of the name")
    world.add(IDENTITIES, number_key="n11", name_key="k11", person_id="p11", grade="A", reason="not in the registry")
    world.file("北县/花名册.csv", "dibao_roster")
    world.file("南县/花名册.csv", "dibao_roster")
    texts = {"id_number": person_number(11), "name": person_name(11)}
    of_person = {"person_key": "n11", "person_number_state": "valid", "name_key": "k11"}
    of_head = {"head_key": "n7", "head_number_state": "valid", "head_name_key": "k7"}
    roster = {**of_person, **of_head, "county_code": "420292", "county": "北县"}
    world.row("北县/花名册.csv", "dibao_roster", 2, {**texts, "head_id": NUMBER, "head_name": person_name(7)}, roster)
    world.file("车辆.csv", "vehicles")
    firm = {"owner_number_state": "firm", "owner_name_key": "k firm"}
    world.row("车辆.csv", "vehicles", 2, {"owner_id": "91420292MA4900000X", "owner_name": "某公司"}, firm)
    world.file("坏.csv", "pensions", status="refused", reason="no header was found")
    world.file("旧.csv", "pensions", status="superseded", reason="a newer extract counts")
    world.file("核对.csv", "check_requests")
    return world.written()


def told(lake: Lake, record: str) -> list[Explanation]:
    return explanations(lake, parse_record(record), PARAMS)


def of_case(lake: Lake, case: str) -> Explanation:
    (found,) = told(lake, f"火化登记.xlsx:Sheet1:{AT[case]}")
    return found


def printed(explanation: Explanation, *, full: bool = False) -> str:
    console = Console(record=True, width=220, file=io.StringIO())
    print_explanation(console, explanation, full=full)
    return console.export_text()


HEADLINES = {
    "exact": ("A: the number is registered under the same name.", 1),
    "former": ("B: the number is registered, and the name is the person's former one.", 1),
    "upgraded": ("C: the number is registered under the same name, once its 15 digits are brought to 18.", 1),
    "variant": ("B: the number is registered, and the name differs only in how some characters are written, or could not be.", 1),
    "mistyped": (
        "C: the number is one slip from that of the person registered; "
        "name, sex, birth date, county, town and village agree.", 1,
    ),
    "matched": ("E: no number decides; name, sex, birth date, county, town and village agree: 15.2 bits, 11.0 bits are needed.", 1),
    "told": ("C: inspectors decided that the record means this person.", 1),
    "alias": ("C: number and name are those of a person who has had a new number since.", 1),
    "other name": (
        "D: the number is registered under another name. Nobody is tied: which of the two is wrong "
        "is a matter for the owner of the data, 火化登记 (民政).", 1,
    ),
    "tie": (
        "Not tied: the best candidate weighs 15.2 bits and leads by 2.2 bits, 4.0 bits are needed; "
        "between persons who fit alike nobody is chosen.", 2,
    ),
    "tie of numbers": ("Not tied: the number is nearly that of 2 persons; between persons who fit alike nobody is chosen.", 2),
    "below": (
        "Not tied: the best candidate weighs 9.2 bits, 11.0 bits are needed; not known: town, village; against it: sex.", 1,
    ),
    "refused": ("Not tied: inspectors said that the record does not mean this person, and there is no other candidate.", 1),
    "seen nowhere": (
        "Not tied: no number that can be used (absent), and no candidate: "
        "nobody of such a name, birth and place comes into question.", 0,
    ),
    "nothing to compare": (
        "Not tied: no number that can be used (absent), and nothing else to compare: "
        "without a birth date or an age a name is many people's.", 0,
    ),
    "unregistered": ("Not tied: the number is well-formed, and the household registry does not know it.", 0),
    "on a roster": ("A: the household registry does not know the number; a benefit names the person so.", 1),
    "no name": ("Not tied: the record gives no name, and a number alone means nobody.", 0),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_the_headline_says_the_grade_and_why(lake: Lake, case: str) -> None:
    found = of_case(lake, case)
    headline, persons = HEADLINES[case]
    assert found.headline == headline
    assert len(found.candidates) == persons
    assert headline in printed(found)


@pytest.mark.parametrize("case", ROWS)
def test_what_is_masked_tells_no_number_name_birth_date_age_or_house(lake: Lake, case: str) -> None:
    found = of_case(lake, case)
    secrets = {"house": "12号", "age": f"aged {BY_AGE['age']}"}
    for i in (7, 8, 9, 10, 11, 12, 99):
        number = person_number(i)
        birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        secrets |= {f"number {i}": number[8:14], f"name {i}": person_name(i), f"birth date {i}": birth}
    leaks = [what for what, text in secrets.items() if text in printed(found)]
    assert leaks == []
    if found.candidates and case != "on a roster":
        shown = printed(found, full=True)
        assert [what for what in ("number 7", "number 8") if secrets[what] in shown] != []
        assert [what for what in secrets if what.startswith("birth date") and secrets[what] in shown] != []


def table_of(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if "│" in line]


def test_each_thing_stands_beside_its_agreement_and_its_bits(lake: Lake) -> None:
    text = printed(of_case(lake, "matched"))
    weighed = {field: (agreement, bits) for field, _, _, agreement, bits in table_of(text)}
    assert weighed == {
        "number": ("none given", ""),
        "name": ("same name", "+12.5"),
        "sex": ("same sex", "+1.0"),
        "birth date": ("age fits", "+6.0"),
        "county": ("same county", "+2.0"),
        "town": ("same town, by the address", "+0.0"),
        "village": ("same village, by the address", "+0.0"),
        "address": ("read for county, town and village", ""),
        "prior": ("", "-6.2"),
        "match weight": ("sum", "+15.2"),
    }
    assert "each bit doubles them" in text
    assert sum(WEIGHTS.values()) == 15.25


def test_a_tie_shows_both_persons_with_their_own_bits(lake: Lake) -> None:
    rows = {row[0]: row[1:] for row in table_of(printed(of_case(lake, "tie")))}
    assert [rows["match weight"][3], rows["match weight"][6]] == ["+15.2", "+13.0"]
    assert len(rows["name"]) == 7


def test_a_tie_by_number_alone_has_no_bits(lake: Lake) -> None:
    text = printed(of_case(lake, "exact"))
    assert [row[3] for row in table_of(text)] == [
        "same",
        "same name",
        "same sex",
        "not known",
        "not known",
        "not known",
        "not known",
    ]
    assert "bits" not in text


def test_every_role_of_a_row_is_explained_unless_one_is_named(lake: Lake) -> None:
    titles = [found.title for found in told(lake, "北县/花名册.csv:2")]
    assert titles == ["北县/花名册.csv row 2 (head)", "北县/花名册.csv row 2 (person)"]
    assert [found.headline[0] for found in told(lake, "北县/花名册.csv:2#head")] == ["A"]


def test_a_firm_is_no_person(lake: Lake) -> None:
    (found,) = told(lake, "车辆.csv:2")
    assert found.headline == "Not tied: the number is a firm's, and a firm is no person."


REFUSED = {
    "火化登记:2": r"No file '火化登记' in the lake .* Near it: 民政局/火化登记\.xlsx\.",
    "zzz.doc:2": r"No file 'zzz\.doc' in the lake .* 8 files were delivered: see mingjing quality OUT\.",
    "花名册.csv:2": r"2 files are called '花名册\.csv': 北县/花名册\.csv, 南县/花名册\.csv\. Name more of the path\.",
    "坏.csv:2": r"坏\.csv is refused: no header was found\.",
    "旧.csv:2": r"旧\.csv is superseded: a newer extract counts\.",
    "户籍.csv:2": r"户籍\.csv is 户籍人口: its rows are tied to nobody\.",
    "核对.csv:2": r"核对\.csv is 家庭经济状况核对申请: its rows are tied to nobody\.",
    "火化登记.xlsx:2": r"has a row 2 in the sheets Sheet1, Sheet2\. Name one: FILE:SHEET:ROW\.",
    "火化登记.xlsx:Sheet1:1000": r"has no row 1000 in a sheet 'Sheet1': Sheet1 has rows 2 to 99; Sheet2 has rows 2 to 2\.",
    "火化登记.xlsx:98": r"火化登记\.xlsx Sheet1 row 98 was quarantined: unreadable: 死亡日期\. It is tied to nobody\.",
    "火化登记.xlsx:99": r"火化登记\.xlsx Sheet1 row 99 is not among the current rows of 火化登记\. Run mingjing run again\.",
    "北县/花名册.csv:2#owner": r"城乡低保对象花名册 has no role 'owner'\. Its roles: head, person\.",
}


@pytest.mark.parametrize("record", REFUSED)
def test_a_record_that_is_not_there_is_refused_with_what_to_do(lake: Lake, record: str) -> None:
    with pytest.raises(NoSuchRecord, match=REFUSED[record]):
        told(lake, record)


def test_a_lake_in_which_nothing_was_linked_says_so(embedded: Engine, tmp_path: Path) -> None:
    world = World(Lake(embedded, str(tmp_path / "lake")))
    with pytest.raises(NoSuchRecord, match="Nothing was delivered yet"):
        told(world.lake, "车辆.csv:2")
    world.file("车辆.csv", "vehicles")
    world.row("车辆.csv", "vehicles", 2, {}, {"owner_number_state": "absent"})
    with pytest.raises(NoSuchRecord, match="Nothing was linked yet"):
        told(world.written(), "车辆.csv:2")


@pytest.mark.parametrize(
    ("record", "message"), [("nonsense", "Expected FILE:ROW"), ("企业.csv:2", "No lake")], ids=["no record", "no run yet"]
)
def test_the_command_ends_with_2_and_a_sentence(tmp_path: Path, record: str, message: str) -> None:
    result = CliRunner().invoke(app, ["why-linked", record, "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert message in result.output
