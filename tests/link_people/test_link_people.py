"""Link people on a small city made by hand: who each record means and how surely, whatever its order; and what inspectors decided.

The expected person is written beside each record; nothing of it comes from the code under test but the key's digest.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import (
    ALIASES,
    IDENTITIES,
    IDENTITY_COUNTS,
    IDENTITY_VERDICTS,
    LINK_CANDIDATES,
    LINKS,
    PERSON_CHANGES,
    PERSONS,
)
from jobs.cells.digests import keyed_digest
from jobs.cells.person_numbers import check_character
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.link_people import job as link_people
from jobs.registers.grades import capped, grade_cap
from jobs.registers.linked import with_links
from jobs.returns.brought import Brought
from jobs.runtime.errors import BadVerdicts
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from jobs.settle_identities.job import CORRECTS, HEADERS, settle
from jobs.standardise import job as standardise
from tests.conftest import KEY
from tests.hand_made import NORTH, HandMade, again, context, household, person_name, person_number, registered

Person = tuple[str, str]
"""Number and name."""


def numbered(first17: str) -> str:
    return first17 + check_character(first17)


def person(i: int) -> Person:
    return person_number(i), person_name(i)


def born_on(number: str) -> str:
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"


def wrong(number: str, at: int) -> str:
    return number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]


SHARED, OLD_NUMBER = person_number(6), person_number(4)
TWIN_OF_NUMBER = (SHARED, "冯国华")
RENUMBERED = (numbered(OLD_NUMBER[:14] + "806"), person_name(4))
NAMESAKE = (numbered(person_number(11)[:14] + "813"), person_name(11))
OF_THE_OLD_COUNTY = (numbered("429398195203041" + "23"), "孙文海")
PERMIT = ("810000199408230021", "陈大文")  # an example that was published
RESIDENT = (numbered("91112419810803002"), "JohnSmith")
CHANGED_NAME = "赵招弟"
ON_ROSTERS = [
    *(person(i) for i in (0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16)),
    TWIN_OF_NUMBER, RENUMBERED, OF_THE_OLD_COUNTY, PERMIT, RESIDENT,
]  # fmt: skip
IN_TRADITIONAL = person_name(13).replace("国", "國")

# What a death certificate writes: number, name, whose day of birth; and whom it means with which grade.
DEATHS: dict[str, tuple[str, str, str, Person | None, str | None]] = {
    "the number and the name": (*person(0), person_number(0), person(0), "A"),
    "15 digits": (person_number(0)[:6] + person_number(0)[8:17], person_name(0), "", person(0), "C"),
    "one wrong digit": (wrong(person_number(1), 15), person_name(1), "", person(1), "C"),
    "two neighbours swapped": (person_number(2)[:9] + "21" + person_number(2)[11:], person_name(2), "", person(2), "C"),
    "a wrong digit and another birth": (wrong(person_number(1), 15), person_name(1), person_number(2), None, None),
    "the number before the new one": (OLD_NUMBER, person_name(4), "", RENUMBERED, "C"),
    "the former name": (person_number(5), CHANGED_NAME, "", person(5), "B"),
    "a shared number, one name": (SHARED, person_name(6), "", person(6), "A"),
    "a shared number, the other name": (*TWIN_OF_NUMBER, "", TWIN_OF_NUMBER, "A"),
    "a shared number, a variant of the other": (SHARED, "冯國華", "", TWIN_OF_NUMBER, "B"),
    "a shared number, a variant of the one": (SHARED, person_name(6).replace("郑", "鄭"), "", person(6), "B"),
    "a shared number, a variant of both": (SHARED, "?国?", "", None, "D"),
    "a shared number, a third name": (SHARED, "丁四海", "", None, "D"),
    "the prefix of a county of old": (*OF_THE_OLD_COUNTY, "", OF_THE_OLD_COUNTY, "A"),
    "a residence permit": (*PERMIT, "", PERMIT, "A"),
    "a permanent resident": (RESIDENT[0], "JOHN SMITH", "", RESIDENT, "B"),
    "a certificate's number": (person_number(7) + "42B1", person_name(7), "", person(7), "A"),
    "no number": ("无", person_name(10), person_number(10), person(10), "E"),
    "no number, traditional characters": ("", IN_TRADITIONAL, person_number(13), person(13), "E"),
    "of no benefit, traditional characters": ("", person_name(17).replace("国", "國"), person_number(17), None, None),
    "no number, no birth": ("", person_name(10), "", None, None),
    "no number, two who fit alike": ("", person_name(11), person_number(11), None, None),
    "another's number": (person_number(0), person_name(12), person_number(12), person(12), "E"),
    "nobody's number and name": (person_number(900), "丁四海", "", None, None),
    "no number, decided on": ("", person_name(16), person_number(16), person(16), "E"),
}
# The same of disability certificates: number and name.
DISABLED: dict[str, tuple[str, str, Person | None, str | None]] = {
    "certificate": (person_number(7) + "42B1", person_name(7), person(7), "A"),
    "certificate with a slip": (wrong(person_number(8), 15) + "31", person_name(8), person(8), "C"),
}
AT = {case: row for cases in (DEATHS, DISABLED) for row, case in enumerate(cases, start=2)}
DAYS = {case: f"2016-{1 + row // 28:02}-{1 + row % 28:02}" for case, row in AT.items()}


def roster(i: int, who: Person) -> dict[str, str]:
    number, name = who
    return {**household(i), "id_number": number, "head_id": number, "name": name, "head_name": name}


def resident(who: Person, **changed: str) -> dict[str, str]:
    number, name = who
    return {**registered(0), "id_number": number, "name": name, "born_on": born_on(number), "book_no": number[6:], **changed}


def delivery(folder: Path, *, turned: bool = False) -> Path:
    """turned: every file, and the manifest, from the last row to the first."""
    book = RENUMBERED[0][6:]
    registry = [
        *(resident(person(i)) for i in (0, 1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17)),
        resident(person(5), former_name=CHANGED_NAME),
        resident((OLD_NUMBER, person_name(4)), status="迁出注销", book_no=book), resident(RENUMBERED),
        resident(TWIN_OF_NUMBER), resident(NAMESAKE), resident(OF_THE_OLD_COUNTY),
    ]  # fmt: skip
    deaths = [
        {
            "id_number": number, "name": name, "sex": "男", "born_on": born_on(birth) if birth else "", "died_on": DAYS[case],
            "address": "湖北省北县青石镇一村",
        }
        for case, (number, name, birth, *_) in DEATHS.items()
    ]  # fmt: skip
    disabled = [{"cert_no": number, "name": name, "kind": "肢体", "level": "2"} for number, name, *_ in DISABLED.values()]
    tables: dict[str, list[dict[str, str]]] = {
        "dibao_roster": [roster(i, who) for i, who in enumerate(ON_ROSTERS)],
        "household_registry": registry,
        "death_certificates": deaths,
        "disabilities": disabled,
    }
    made = HandMade(folder)
    for code, rows in reversed(tables.items()) if turned else tables.items():
        made.table(code, rows[::-1] if turned else rows, area=NORTH)
    return made.done()


def linked(ctx: RunContext) -> RunContext:
    for job in (ingest.run, standardise.run, link_people.run):
        job(ctx)
    return ctx


@pytest.fixture(scope="module")
def city(embedded: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    folder = tmp_path_factory.mktemp("linked")
    return linked(context(embedded, settings, delivery(folder / "delivery"), folder / "out"))


def digests(who: Person) -> tuple[str, str]:
    number_key, name_key = keyed_digest(pl.Series(who, dtype=pl.String), KEY)
    return number_key, name_key


def tied(lake: Lake, code: str, *key: str) -> dict[str, tuple[str | None, str | None]]:
    """Person id and grade of the records of a data set, as rules see them; by the cells of `key`."""
    of_pair = lake.read(IDENTITIES).select("number_key", "name_key", "person_id", F.col("grade").alias("pair_grade"))
    rows = with_links(lambda c: lake.read(DATA_SETS[c].silver), lake.read(LINKS), lake.read(ALIASES))(code)
    found = rows.withColumnRenamed("person_key", "number_key").join(of_pair, ["number_key", "name_key"], "left")
    graded = found.select(*key, "person_id", capped("pair_grade", grade_cap("person_number_state")).alias("grade"))
    return {str(row[0]): (row["person_id"], row["grade"]) for row in graded.collect()}


def ids(lake: Lake) -> Mapping[tuple[str, str], str]:
    return {(row["number_key"], row["name_key"]): row["person_id"] for row in lake.read(IDENTITIES).collect()}


def of_deaths(ctx: RunContext, cases: Iterable[str] = DEATHS) -> dict[str, tuple[str | None, str | None]]:
    found = tied(ctx.lake, "death_certificates", "died_on")
    return {case: found[DAYS[case]] for case in cases}


def expected(ctx: RunContext, who: Person | None, grade: str | None) -> tuple[str | None, str | None]:
    return (ids(ctx.lake)[digests(who)] if who else None), grade


@pytest.mark.parametrize("case", DEATHS)
def test_whom_a_death_certificate_means(city: RunContext, case: str) -> None:
    *_, who, grade = DEATHS[case]
    assert of_deaths(city)[case] == expected(city, who, grade)


def test_whom_a_disability_certificate_means(city: RunContext) -> None:
    found = tied(city.lake, "disabilities", "_row")
    wanted = {str(AT[case]): expected(city, who, grade) for case, (*_, who, grade) in DISABLED.items()}
    assert found == wanted


def test_whom_no_benefit_names_is_found_under_a_name_in_traditional_characters(city: RunContext) -> None:
    row = AT["of no benefit, traditional characters"]
    found = city.lake.read(LINKS).filter((F.col("data_set") == "death_certificates") & (F.col("_row") == row)).collect()
    assert [(link["number_key"], link["name_key"], link["grade"]) for link in found] == [(*digests(person(17)), "E")]


def test_a_tie_keeps_its_candidates(city: RunContext) -> None:
    at = AT["no number, two who fit alike"]
    rows = city.lake.read(LINK_CANDIDATES).filter((F.col("data_set") == "death_certificates") & (F.col("_row") == at)).collect()
    assert {(row["number_key"], row["outcome"]) for row in rows} == {(digests(who)[0], "tie") for who in (person(11), NAMESAKE)}
    assert {row["match_weight"] for row in rows} != {None}


def test_every_record_is_counted_once_under_its_grade(city: RunContext) -> None:
    counts = city.lake.read(IDENTITY_COUNTS).filter("data_set = 'death_certificates'").collect()
    by_grade: dict[str, int] = {}
    for row in counts:
        by_grade[row["grade"]] = by_grade.get(row["grade"], 0) + row["row_count"]
    wanted = {"E": 1, "none": -1}  # the one who is found, and of no benefit
    for *_, grade in DEATHS.values():
        wanted[grade or "none"] = wanted.get(grade or "none", 0) + 1
    assert by_grade == wanted


def test_the_order_of_rows_and_files_decides_nothing(
    city: RunContext, embedded: Engine, settings: Settings, tmp_path: Path
) -> None:
    turned = linked(context(embedded, settings, delivery(tmp_path / "delivery", turned=True), tmp_path / "out"))
    assert of_deaths(turned) == of_deaths(city)
    assert ids(turned.lake) == ids(city.lake)
    tables: dict[Any, list[str]] = {
        LINKS: ["data_set", "role", "number_key", "name_key", "grade", "reason", "match_weight"],
        LINK_CANDIDATES: ["data_set", "role", "number_key", "name_key", "rank", "outcome", "reason", "match_weight"],
        ALIASES: list(ALIASES.column_names),
        PERSONS: list(PERSONS.column_names),
    }
    for table, columns in tables.items():
        first, second = (sorted(map(str, ctx.lake.read(table).select(*columns).collect())) for ctx in (city, turned))
        assert first == second


CERTIFICATES, ROSTER = "death_certificates.csv", "dibao_roster.csv"


def certificate(case: str) -> str:
    return f"{CERTIFICATES}:{AT[case]}"


def on_roster(who: Person) -> str:
    return f"{ROSTER}:{ON_ROSTERS.index(who) + 2}#person"


Decision = tuple[str, ...]
BROUGHT, LATER = Brought("clerk", "2018-01-11T08:00:00+00:00"), Brought("another", "2018-02-11T08:00:00+00:00")


def decided(path: Path, *decisions: Decision, checkers: str = "张某、李某", checked_on: str = "2018-01-10") -> Path:
    """Two records and what they are; a fourth word where an earlier decision is corrected."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*HEADERS, CORRECTS))
        writer.writerows((*decision[:3], checked_on, checkers, *decision[3:]) for decision in decisions)
    return path


NO_NUMBER, CHAIN, TIED = "no number", "no number, decided on", "no number, two who fit alike"
VARIANT, BEFORE = "a shared number, a variant of the other", "the number before the new one"
DECISIONS: tuple[Decision, ...] = (
    (certificate(TIED), on_roster(person(11)), "同一人"),
    (certificate(NO_NUMBER), on_roster(person(10)), "不是同一人"),
    # The record is another's by a chain: it means whoever a second one means, who is not this person.
    (certificate(CHAIN), certificate("no number, no birth"), "同一人"),
    (certificate("no number, no birth"), on_roster(person(16)), "不是同一人"),
    (certificate(VARIANT), on_roster(TWIN_OF_NUMBER), "不是同一人"),
    (certificate(BEFORE), on_roster(RENUMBERED), "不是同一人"),
    (on_roster(person(14)), on_roster(person(15)), "同一人"),
)


@pytest.fixture(scope="module")
def obeyed(embedded: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    """A city of its own whose second run follows the decisions."""
    folder = tmp_path_factory.mktemp("decided")
    ctx = linked(context(embedded, settings, delivery(folder / "delivery"), folder / "out"))
    assert settle(ctx.lake, decided(folder / "decisions.csv", *DECISIONS), BROUGHT) == len(DECISIONS)
    ctx = again(ctx)
    link_people.run(ctx)
    return ctx


def test_what_inspectors_decided_is_obeyed_also_through_a_chain(obeyed: RunContext) -> None:
    found = of_deaths(obeyed, (TIED, NO_NUMBER, CHAIN, VARIANT, BEFORE))
    assert found == {
        TIED: expected(obeyed, person(11), "C"),
        NO_NUMBER: (None, None),
        CHAIN: (None, None),
        VARIANT: (None, "D"),
        BEFORE: (None, None),
    }
    # Whoever nobody decided on stays as he was.
    assert of_deaths(obeyed)["no number, traditional characters"] == expected(obeyed, person(13), "E")


def test_a_person_made_of_two_is_written_down_and_so_is_the_way_back(obeyed: RunContext, tmp_path: Path) -> None:
    def changes() -> list[tuple[str, str, str]]:
        return [(r["change"], r["old_person_id"], r["new_person_id"]) for r in obeyed.lake.read(PERSON_CHANGES).collect()]

    one, other = sorted(digests(person(i))[0] for i in (14, 15))
    assert changes() == [("merged", other, one)]
    before = {row["person_id"] for row in obeyed.lake.read(PERSONS).collect()}
    link_people.run(again(obeyed))
    assert changes() == [("merged", other, one)]
    assert {row["person_id"] for row in obeyed.lake.read(PERSONS).collect()} == before
    back = (on_roster(person(14)), on_roster(person(15)), "不是同一人")
    with pytest.raises(
        BadVerdicts, match=r"row 2: the decision of 2018-01-10 on the same two records says otherwise.*更正前次结论"
    ):
        settle(obeyed.lake, decided(tmp_path / "back.csv", back), BROUGHT)
    settle(obeyed.lake, decided(tmp_path / "back.csv", (*back, "是")), LATER)
    link_people.run(again(obeyed))
    assert ("split", one, other) in changes()


REFUSED: dict[str, tuple[Decision, dict[str, str], str]] = {
    "no such word": ((on_roster(person(0)), on_roster(person(1)), "也许"), {}, r"结论 is \*\*"),
    "one inspector": ((on_roster(person(0)), on_roster(person(1)), "同一人"), {"checkers": "张某"}, "names 1 different people"),
    "no day": ((on_roster(person(0)), on_roster(person(1)), "同一人"), {"checked_on": "昨天"}, r"核查日期 is \*\*"),
    "no such row": ((on_roster(person(0)), f"{CERTIFICATES}:999", "同一人"), {}, "has no row 999"),
    "no role": ((f"{ROSTER}:2", f"{ROSTER}:3", "同一人"), {}, "names several persons"),
    "one record twice": ((on_roster(person(0)), on_roster(person(0)), "同一人"), {}, "same number and name"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_decision_that_cannot_be_used_changes_nothing(city: RunContext, tmp_path: Path, case: str) -> None:
    decision, changed, message = REFUSED[case]
    line = 2 if changed else 3
    good = (on_roster(person(2)), on_roster(person(3)), "不是同一人")
    with pytest.raises(BadVerdicts, match=f"decisions.csv, row {line}: .*{message}.*Nothing was taken in"):
        settle(city.lake, decided(tmp_path / "decisions.csv", good, decision, **changed), BROUGHT)
    assert not city.lake.exists(IDENTITY_VERDICTS)


def test_decisions_that_contradict_each_other_by_a_chain_are_refused(city: RunContext, tmp_path: Path) -> None:
    a, b, c = (on_roster(person(i)) for i in (0, 1, 2))
    path = decided(tmp_path / "decisions.csv", (a, b, "同一人"), (b, c, "同一人"), (a, c, "不是同一人"))
    with pytest.raises(
        BadVerdicts, match=r"decisions.csv, row 4 keeps two records apart which the other decisions, by a chain, make one"
    ):
        settle(city.lake, path, BROUGHT)
    assert not city.lake.exists(IDENTITY_VERDICTS)


def test_two_decisions_of_one_file_on_the_same_records_must_agree(city: RunContext, tmp_path: Path) -> None:
    a, b = on_roster(person(0)), on_roster(person(1))
    path = decided(tmp_path / "decisions.csv", (a, b, "同一人"), (b, a, "不是同一人"))
    with pytest.raises(
        BadVerdicts, match=r"decisions.csv, row 3: decisions.csv, row 2 decides otherwise on the same two records"
    ):
        settle(city.lake, path, BROUGHT)
    assert not city.lake.exists(IDENTITY_VERDICTS)


def test_a_decision_is_kept_with_who_brought_it_in_and_the_same_again_changes_nothing(obeyed: RunContext, tmp_path: Path) -> None:
    def kept() -> list[dict[str, object]]:
        return [row.asDict() for row in obeyed.lake.read(IDENTITY_VERDICTS).orderBy("left", "right").collect()]

    before = kept()
    sources = {(row["brought_by"], row["source_file"], row["source_sheet"]) for row in before}
    assert sources <= {("clerk", "decisions.csv", ""), ("another", "back.csv", "")}
    assert {row["source_row"] for row in before if row["source_file"] == "decisions.csv"} <= set(range(2, 9))
    assert all(len(str(row["source_sha256"])) == 64 for row in before)
    settle(obeyed.lake, decided(tmp_path / "again.csv", *DECISIONS[:3]), LATER)
    assert kept() == before
