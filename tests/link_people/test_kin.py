"""Who is kin to whom: households composed through the head, marriages, declarations, and what must not come out.

In the tables persons are A, B, C ..., and every case has people of its own. `C子女` is child of the head, `C-子女` one without
a usable number. `AB child` says that B is A's child, `AB child/parent` that A is B's parent, too. Where there are stars,
only the starred draw a benefit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import KIN, KIN_RELATIONS, MEMBERS
from expectations.contracts.model import Table
from jobs.link_people.kin import kin
from jobs.registers.kinship import INVERSE, role_of

Cells = dict[str, Any]

ROSTERS = """
case                                       | members                   | kin
a couple and a child                       | A户主 B配偶 C子女         | AB spouse/spouse, AC child/parent, BC child/parent
children are each other's siblings         | A户主 B子女 C子女         | AB child/parent, AC child/parent, BC sibling/sibling
the head's parent and spouse               | A户主 B配偶 C父母         | AB spouse/spouse, AC parent/child, BC parent-in-law/child-in-law
two parents are a couple                   | A户主 B父母 C父母         | AB parent/child, AC parent/child, BC spouse/spouse
  twin: of three nobody knows who is whose | A户主 B父母 C父母 D父母   | AB parent/child, AC parent/child, AD parent/child
  twin: the third has no usable number     | A户主 B父母 C父母 D-父母  | AB parent/child, AC parent/child
the head's parent and sibling              | A户主 B父母 C兄弟姐妹     | AB parent/child, AC sibling/sibling, BC child/parent
siblings of the head are siblings          | A户主 B兄弟姐妹 C兄弟姐妹 | AB sibling/sibling, AC sibling/sibling, BC sibling/sibling
the head's grandchild is the spouse's      | A户主 B配偶 C孙子女       | AB spouse/spouse, AC grandchild/grandparent, BC grandchild/grandparent
the head's parent and child                | A户主 B父母 C子女         | AB parent/child, AC child/parent, BC grandchild/grandparent
a grandchild may be another child's        | A户主 B子女 C孙子女       | AB child/parent, AC grandchild/grandparent
a grandparent may be on the other side     | A户主 B祖父母 C父母       | AB grandparent/grandchild, AC parent/child
the head's grandparent and sibling         | A户主 B祖父母 C兄弟姐妹   | AB grandparent/grandchild, AC sibling/sibling, BC grandchild/grandparent
the head's child and sibling               | A户主 B子女 C兄弟姐妹     | AB child/parent, AC sibling/sibling
others are others to the head only         | A户主 B其他 C其他 D子女   | AB other/other, AC other/other, AD child/parent
two heads are two households               | A户主 B户主 C子女         |
the head is missing                        | A配偶 B子女               | AB child/parent
the head left the relation empty           | A- B子女                  | AB child/parent
a child under the head's own number        | A户主 A子女 B子女         | AB child/parent
  on whichever row the head stands         | A子女 A户主 B子女         | AB child/parent
  and a member who stands there twice      | A户主 B子女 B子女         | AB child/parent
a member without a usable number           | A户主 B-子女 C子女        | AC child/parent
"""

BOOKS = """
case                                       | people                                            | kin
couple and son                             | A*男户主 B*女妻 C*男长子                          | AB spouse/spouse, AC child/parent, BC child/parent
son and daughter                           | A男户主 C*男长子 D*女次女                         | CA parent, CD sibling, DA parent, DC sibling
only rows of those who draw a benefit      | A*男户主 B女妻 C男长子                            | AB spouse, AC child
  twin: the other side draws               | A男户主 B女妻 C*男长子                            | CA parent, CB parent
nobody draws                               | A男户主 B女妻                                     |
the dead and the moved are left out        | A*男户主 B女妻/死亡注销 C男子/迁出注销 D女女/恢复 | AD child
one who is cancelled opens no book         | A*男户主/死亡注销 B女妻                           |
the head died, the words still mean him    | A男户主/死亡注销 B*女妻 C男子                     | BC child
a new head after the old one's death       | A男户主/死亡注销 B*女户主 C男子                   | BC child
two heads are two books under one number   | A*男户主 B男户主 C男子                            |
one son and one daughter-in-law            | A男户主 B*男子 C*女儿媳                           | BA parent, BC spouse, CA parent-in-law, CB spouse
  twin: two sons                           | A男户主 B男子 C*女儿媳 D男子                      | CA parent-in-law
  twin: the other son is dead              | A男户主 B男子 C*女儿媳 D男子/死亡注销             | CA parent-in-law
  twin: the other son has no usable number | A男户主 B男子 C*女儿媳 D-男子                     | CA parent-in-law
  twin: nor has the head                   | A-男户主 B男子 C*女儿媳 D-男子                    |
  twin: a daughter is nobody's husband     | A男户主 B女女 C*女儿媳                            | CA parent-in-law
  a daughter beside the son is no rival    | A男户主 B男子 C*女儿媳 D女女                      | CA parent-in-law, CB spouse
daughter and son-in-law                    | A男户主 B*女女 C男女婿                            | BA parent, BC spouse
the spouse and the daughter-in-law         | A男户主 B*女妻 C女儿媳                            | BA spouse, BC child-in-law
parents of the wife                        | A男户主 B*女妻 C男岳父 D女岳母 E男子              | BA spouse, BC parent, BD parent, BE child
  they themselves                          | A男户主 C*男岳父 D女岳母 E男子                    | CA child-in-law, CD spouse, CE grandchild
father and mother                          | A男户主 B*男父亲 C女母亲                          | BA child, BC spouse
  twin: father and stepmother and mother   | A男户主 B*男父亲 C女母亲 D女继母                  | BA child
a word that says nothing is no relation    | A*男户主 B男寄养 C男非亲属                        |
"""

WORDS = {
    "head": "户主 本人",
    "spouse": "配偶 夫 妻 丈夫 妻子 之妻 户主之妻",
    "child": "子 女 长子 次子 二女 三女 五子 独生子 独生女 养子 养女 继女 养子或继子 儿子 女儿 子女 之子 户主之女 其他女儿",
    "child-in-law": "儿媳 媳 女婿 婿 长媳 儿媳妇",
    "parent": "父 母 父亲 母亲 父母 养父 继母 继父或养父 之母",
    "parent-in-law": "岳父 岳母 公公 婆婆 公 婆 公婆 配偶的父亲",
    "grandchild": "孙 孙子 孙女 外孙 外孙女 长孙 孙子女 孙子、孙女或外孙子、外孙女",
    "grandparent": "祖父 祖母 外祖父 爷爷 奶奶 外婆 祖父母 祖父母或外祖父母",
    "sibling": "兄 弟 姐 妹 哥哥 弟弟 姐姐 妹妹 二弟 大哥 胞妹 兄弟姐妹 其他兄弟姐妹",
    "other": "其他 其它 其他亲属 近亲属 侄子 侄女 外甥 外甥女 叔父 舅母 表弟 堂兄 嫂 弟媳 姐夫 孙媳 外孙女婿 曾孙 重孙 曾祖父",
    None: "非亲属 寄养 保姆 集体户 媳妇 子弟学校 / 5",
}

MARRIAGES = """
case                                                   | registrations                                           | kin
a marriage lasts                                       | AB结婚2001-05                                           | AB 2001-05..
until a divorce                                        | AB结婚2001-05 AB离婚2009-02                             | AB 2001-05..2009-02
  on the day itself                                    | AB结婚2001-05 AB离婚2001-05                             | AB 2001-05..2001-05
  the first of two                                     | AB结婚2001-05 AB离婚2009-02 AB离婚2012-02               | AB 2001-05..2009-02
man and wife the other way round                       | AB结婚2001-05 BA离婚2009-02                             | AB 2001-05..2009-02
married again to each other: the last marriage counts  | AB结婚2001-05 AB离婚2009-02 AB结婚2010-06               | AB 2010-06..
  and divorced again                                   | AB结婚2001-05 AB离婚2009-02 AB结婚2010-06 AB离婚2013-01 | AB 2010-06..2013-01
married again to another after a divorce               | AB结婚2001-05 AB离婚2009-02 AC结婚2010-06               | AB 2001-05..2009-02, AC 2010-06..
  without a recorded divorce                           | AB结婚2001-05 AC结婚2010-06                             | AB 2001-05..2010-06, AC 2010-06..
  with one that was recorded late                      | AB结婚2001-05 AC结婚2010-06 AB离婚2011-01               | AB 2001-05..2011-01, AC 2010-06..
the other one married again                            | AB结婚2001-05 DB结婚2010-06                             | AB 2001-05..2010-06
both married again: the first ends it                  | AB结婚2001-05 DB结婚2010-06 AC结婚2008-01               | AB 2001-05..2008-01, AC 2008-01..
an earlier marriage ends nothing                       | AC结婚1999-01 AC离婚2000-01 AB结婚2001-05               | AB 2001-05.., AC 1999-01..2000-01
there and back: the next marriage ends the one before  | AC结婚2000-01 AB结婚2003-01 AB离婚2004-01 AB结婚2008-01 | AC 2000-01..2003-01, AB 2008-01..
a re-issue alone: married earlier, nobody knows when   | AB补领2010-06                                           | AB ..
  and divorced later                                   | AB补领2010-06 AB离婚2012-01                             | AB ..2012-01
  and married to another later                         | AB补领2010-06 AC结婚2012-01                             | AB ..2012-01, AC 2012-01..
  after a marriage to another                          | AC结婚2005-01 AC离婚2006-01 AB补领2010-06               | AB .., AC 2005-01..2006-01
a re-issue is no new marriage                          | AB结婚2001-05 AB补领2010-06                             | AB 2001-05..
  nor one after a divorce: divorces are re-issued, too | AB结婚2001-05 AB离婚2009-02 AB补领2010-06               | AB 2001-05..2009-02
  nor the end of a marriage to another                 | AB结婚2001-05 AC补领2010-06                             | AB 2001-05.., AC ..
a divorce alone                                        | AB离婚2009-02                                           | AB ..2009-02
nobody is married to himself                           | AA结婚2001-05                                           |
others' marriages                                      | BC结婚2001-05                                           |
"""

DECLARATIONS = {  # what the relative is to the cadre, as declared: what the cadre is to the relative
    "配偶": "spouse", "妻子": "spouse", "父母": "child", "父亲": "child", "子女": "parent", "长子": "parent", "岳父": "child-in-law",
    "儿媳": "parent-in-law", "兄弟姐妹": "sibling", "孙女": "grandparent", "祖母": "grandchild", "侄子": "other", "近亲属": "other",
    "亲家": "other", "本人": "other", None: "other",
}  # fmt: skip


class Registers:
    """Silver rows by data set, empty where none was added; members with the rows of silver.members."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self.rows: dict[str, list[Cells]] = {}

    def add(self, table: str, row: int | None = None, **cells: Any) -> None:
        rows = self.rows.setdefault(table, [])
        rows.append({"_file_id": "file", "_sheet": "", "_row": len(rows) + 1 if row is None else row, **cells})

    def draws(self, number: str) -> None:
        self.add("members", case_id=f"of {number}", data_set="tekun_roster", number_key=number, name_key=f"name {number}")

    def frame(self, code: str, table: Table) -> DataFrame:
        schema = table.schema
        rows = [tuple(row.get(name) for name in schema.names) for row in self.rows.get(code, [])]
        return self.session.createDataFrame(rows, schema)

    def kin(self) -> list[Row]:
        return kin(lambda code: self.frame(code, DATA_SETS[code].silver), self.frame("members", MEMBERS)).collect()


@pytest.fixture
def registers(session: SparkSession) -> Registers:
    return Registers(session)


def table(text: str) -> dict[str, tuple[str, str]]:
    """By the sentence that names the case: what is given and what is expected."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()[1:]]
    cases = {f"{i} {name}": (given, expected) for i, (name, given, expected) in enumerate(lines)}
    assert len(cases) == len(lines)
    return cases


def number(case: str, person: str) -> str:
    return f"{case}: {person}"


def seen(cases: Iterable[str], rows: Iterable[Row], *, with_months: bool = False) -> dict[str, str]:
    """Per case the rows in the words of the tables, every row once; relatives of other cases would be out of place."""
    found: dict[str, list[str]] = {case: [] for case in cases}
    for row in rows:
        case, _, person = row["number_key"].rpartition(": ")
        kin_case, _, relative = row["kin_number_key"].rpartition(": ")
        assert kin_case == case
        months = "..".join(f"{day:%Y-%m}" if day else "" for day in (row["since_on"], row["until_on"]))
        found[case].append(f"{person}{relative} {months if with_months else row['relation']}")
    return {case: ", ".join(sorted(said)) for case, said in found.items()}


def expected(cases: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    found: dict[str, list[str]] = {case: [] for case in cases}
    for case, (_, text) in cases.items():
        for pair, said in (part.split(" ") for part in text.split(", ") if part):
            there, _, back = said.partition("/")
            found[case] += [f"{pair} {there}", f"{pair[::-1]} {back}"] if back else [f"{pair} {there}"]
    return {case: ", ".join(sorted(said)) for case, said in found.items()}


def add_rosters(registers: Registers, cases: Mapping[str, tuple[str, str]]) -> None:
    for case, (members, _) in cases.items():
        for person, unnumbered, relation in re.findall(r"([A-Z])(-?)(\S*)", members):
            registers.add(
                "members",
                case_id=case,
                data_set="dibao_roster",
                number_key=None if unnumbered and relation else number(case, person),
                name_key=f"name {person}",
                relation=relation or None,
                is_head=relation in ("户主", ""),
            )


def test_a_roster_says_what_members_are_to_each_other(registers: Registers) -> None:
    cases = table(ROSTERS)
    add_rosters(registers, cases)
    rows = registers.kin()
    assert seen(cases, rows) == expected(cases)
    assert {(row["data_set"], row["since_on"], row["until_on"]) for row in rows} == {("dibao_roster", None, None)}


def test_the_key_is_unique_and_every_row_of_a_roster_has_its_reverse(registers: Registers) -> None:
    cases = table(ROSTERS)
    add_rosters(registers, cases)
    add_rosters(registers, cases)
    rows = registers.kin()
    keys = [tuple(row[column] for column in KIN.key) for row in rows]
    assert len(keys) == len(set(keys)) == sum(len(text.split(", ")) for text in expected(cases).values() if text)
    said = {(row["number_key"], row["kin_number_key"], row["relation"]) for row in rows}
    assert said == {(relative, person, INVERSE[relation]) for person, relative, relation in said}
    assert {row["relation"] for row in rows} <= set(KIN_RELATIONS)
    assert all(row["number_key"] != row["kin_number_key"] for row in rows)


def test_of_two_rosters_that_say_the_same_the_earliest_row_counts(registers: Registers) -> None:
    for case, rows in (("late", (7, 8)), ("early", (3, 5))):
        for row, person, relation in zip(rows, "ab", ("户主", "子女"), strict=True):
            cells = {"case_id": case, "data_set": "dibao_roster", "relation": relation, "is_head": False}
            registers.add("members", row=row, number_key=f"n {person}", name_key=person, **cells)
    assert sorted((row["number_key"], row["relation"], row["_row"]) for row in registers.kin()) == [
        ("n a", "child", 5),  # the relative's row
        ("n b", "parent", 3),
    ]


def add_books(registers: Registers, cases: Mapping[str, tuple[str, str]]) -> None:
    for case, (people, _) in cases.items():
        for person, draws, unnumbered, sex, relation, status in re.findall(r"([A-Z])(\*?)(-?)([男女])([^\s/]+)/?(\S*)", people):
            key = number(case, person)
            if draws:
                registers.draws(key)
            registers.add(
                "household_registry",
                person_key=None if unnumbered else key,
                name_key=f"name {key}",
                sex=sex,
                born_on=date(1950 + ord(person) - ord("A"), 1, 1),
                county_code="420201",
                book_no=case,
                relation=relation,
                status=status or "正常",
            )


def test_a_household_book_says_what_people_are_to_each_other(registers: Registers) -> None:
    cases = table(BOOKS)
    add_books(registers, cases)
    rows = registers.kin()
    assert seen(cases, rows) == expected(cases)
    assert {row["data_set"] for row in rows} == {"household_registry"}


def test_parent_and_child_are_kin_since_the_child_was_born(registers: Registers) -> None:
    add_books(registers, {"a": ("A*男户主 B女妻 C*男长子", "")})
    assert seen(["a"], registers.kin(), with_months=True) == {
        "a": "AB .., AC 1952-01.., CA 1952-01.., CB 1952-01.."
    }  # A to E are born in 1950 to 1954


@pytest.mark.parametrize("cells", [{"county_code": "420202"}, {"book_no": "2"}, {"book_no": None}, {"book_no": "无"}])
def test_a_book_is_one_of_its_county(registers: Registers, cells: Cells) -> None:
    same = {"county_code": "420201", "book_no": "1", "status": "正常"} | ({"book_no": "无"} if "无" in cells.values() else {})
    registers.draws("n1")
    registers.add("household_registry", person_key="n1", name_key="a", relation="户主", **same)
    registers.add("household_registry", person_key="n2", name_key="b", relation="妻", **(same | cells))
    assert registers.kin() == []


@pytest.mark.parametrize("name", [None, ""])
def test_a_person_or_a_relative_without_a_name_is_left_out(registers: Registers, name: str | None) -> None:
    book = {"county_code": "420201", "book_no": "1", "status": "正常"}
    for person, relation, name_key in (("n1", "户主", "a"), ("n2", "妻", "b"), ("n3", "子", name)):
        registers.draws(person)
        registers.add("household_registry", person_key=person, name_key=name_key, relation=relation, **book)
    assert {(row["number_key"], row["kin_number_key"]) for row in registers.kin()} == {("n1", "n2"), ("n2", "n1")}


def test_the_words_of_the_registry(session: SparkSession) -> None:
    rows = [(word, role) for role, words in WORDS.items() for word in words.split()]
    rows += [("孙 女", "grandchild"), (None, None)]
    frame = session.createDataFrame(rows, "word string, role string")
    read = frame.select("word", "role", role_of(F.col("word")).alias("read")).collect()
    assert {row["word"]: row["read"] for row in read} == {row["word"]: row["role"] for row in read}


def add_marriages(registers: Registers, cases: Mapping[str, tuple[str, str]]) -> None:
    for case, (registrations, _) in cases.items():
        registers.draws(number(case, "A"))
        for husband, wife, kind, month in re.findall(r"([A-Z])([A-Z])(结婚|离婚|补领)(\S+)", registrations):
            registers.add(
                "marriages",
                husband_key=number(case, husband),
                husband_name_key=husband,
                wife_key=number(case, wife),
                wife_name_key=wife,
                kind=kind,
                registered_on=date.fromisoformat(f"{month}-01"),
            )


def test_the_last_marriage_of_a_couple_with_its_days(registers: Registers) -> None:
    cases = table(MARRIAGES)
    add_marriages(registers, cases)
    rows = registers.kin()
    assert seen(cases, rows, with_months=True) == expected(cases)
    assert {(row["data_set"], row["relation"]) for row in rows} == {("marriages", "spouse")}


def test_both_spouses_have_a_row_with_the_same_days_and_the_wedding_as_origin(registers: Registers) -> None:
    add_marriages(registers, {"a": ("AB结婚2001-05 AB离婚2009-02 AB补领2009-03 BA结婚2010-06 BC结婚2015-01", "")})
    registers.draws(number("a", "B"))
    rows = registers.kin()
    assert seen(["a"], rows, with_months=True) == {"a": "AB 2010-06..2015-01, BA 2010-06..2015-01, BC 2015-01.."}
    assert [row["_row"] for row in sorted(rows, key=lambda row: (row["number_key"], row["kin_number_key"]))] == [4, 4, 5]


def test_a_registration_without_a_name_counts_and_another_gives_the_names(registers: Registers) -> None:
    couple = {"husband_key": "n1", "wife_key": "n2", "husband_name_key": "a"}
    registers.draws("n1")
    registers.add("marriages", **couple, kind="结婚", registered_on=date(2001, 5, 1))
    registers.add("marriages", **couple, wife_name_key="b", kind="离婚", registered_on=date(2009, 2, 3))
    (row,) = registers.kin()
    assert (row["name_key"], row["kin_name_key"], row["since_on"], row["until_on"], row["_row"]) == (
        "a", "b", date(2001, 5, 1), date(2009, 2, 3), 2,
    )  # fmt: skip


def test_a_declaration_says_what_the_cadre_is_to_the_relative(registers: Registers) -> None:
    for i, word in enumerate(DECLARATIONS):
        registers.draws(f"n{i}")
        cells = {"relative_key": f"n{i}", "relative_name_key": "a", "cadre_key": f"cadre {i}", "cadre_name_key": "c"}
        registers.add("kin_declarations", **cells, relation=word)
    cells = {"relative_name_key": "a", "cadre_name_key": "c", "relation": "配偶"}
    registers.add("kin_declarations", relative_key="draws nothing", cadre_key="cadre", **cells)
    registers.add("kin_declarations", relative_key="n0", cadre_key="n0", **cells)
    registers.add("kin_declarations", relative_key="n0", cadre_key=None, **cells)
    rows = registers.kin()
    said = {(row["number_key"], row["kin_number_key"]): row["relation"] for row in rows}
    assert said == {(f"n{i}", f"cadre {i}"): relation for i, relation in enumerate(DECLARATIONS.values())}
    assert {(row["data_set"], row["since_on"], row["until_on"]) for row in rows} == {("kin_declarations", None, None)}


def test_each_register_that_says_so_has_its_own_row(registers: Registers) -> None:
    add_rosters(registers, {"a": ("A户主 B配偶", "")})
    add_marriages(registers, {"a": ("AB结婚2001-05", "")})
    add_books(registers, {"a": ("A男户主 B女妻", "")})
    rows = [row for row in registers.kin() if row["number_key"] == number("a", "A")]
    assert sorted(row["data_set"] for row in rows) == ["dibao_roster", "household_registry", "marriages"]


def test_the_columns_are_those_of_the_contract_even_without_any_row(registers: Registers) -> None:
    empty = kin(lambda code: registers.frame(code, DATA_SETS[code].silver), registers.frame("members", MEMBERS))
    assert [(f.name, f.dataType) for f in empty.schema.fields] == [(f.name, f.dataType) for f in KIN.schema.fields]
    assert empty.collect() == []


def test_no_word_has_two_meanings(session: SparkSession) -> None:
    del session  # every other test of the words takes one order of the patterns for granted
    words = {role: set(text.split()) for role, text in WORDS.items()}
    assert not any(words[a] & words[b] for a, b in combinations(words, 2))
