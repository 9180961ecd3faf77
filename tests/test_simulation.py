"""The simulated city: equal bytes, honest manifest, synthetic numbers, and a truth that the files bear out."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from expectations.contracts.deliveries import DATA_SETS
from simulation import simulate, truth
from simulation.scenarios import BY_CODE, SCENARIOS

Row = dict[str, str]
SCALE, SEED = 0.005, 11
UNASSIGNED = ("420292", "420293", "420294", "420295", "420296", "420297", "42998", "42999")


@dataclass(frozen=True)
class City:
    folder: Path
    manifest: list[Row]
    tables: dict[str, list[Row]]
    truth: list[Row]

    def cells(self, data_set: str, column: str) -> set[str]:
        return {row[column] for row in self.tables[data_set] if row[column]}

    def of(self, scenario: str) -> list[Row]:
        return [row for row in self.truth if row["scenario"] == scenario]


def read_table(path: Path) -> list[list[str]]:
    """Rows of a delivered file, header first, titles, totals and notes left out."""
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path, read_only=True).active
        rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        rows = rows[1:] if sum(map(bool, rows[0])) == 1 else rows
        return [row for row in rows if row[0] != "合计" and not row[0].startswith("注")]
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    return list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text.split("\n", 1)[0] else ","))


def load(folder: Path) -> City:
    manifest = list(csv.DictReader(io.StringIO((folder / "delivery/交接清单.csv").read_text("utf-8-sig"))))
    tables: dict[str, list[Row]] = defaultdict(list)
    for line in manifest:
        header, *rows = read_table(folder / "delivery" / line["文件名"])
        data_set = DATA_SETS[line["数据集"]]
        plain = {alias: field.name for field in data_set.fields for alias in (field.header, *field.aliases)}
        names = [plain[name] for name in header]
        assert sorted(names) == sorted(data_set.field_names), f"headers of {line['文件名']}"
        tables[data_set.code] += [dict(zip(names, row, strict=True)) for row in rows]
        assert len(rows) == int(line["记录数"]), line["文件名"]
    return City(folder, manifest, tables, list(csv.DictReader((folder / "truth.csv").open(encoding="utf-8"))))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("city")
    simulate(folder, scale=SCALE, seed=SEED)
    return load(folder)


def has_right_check_character(number: str) -> bool:
    """GB 11643 by Horner's rule on ISO 7064 MOD 11-2: the number read as a polynomial in 2 leaves 1."""
    remainder = 0
    for character in number:
        remainder = (remainder * 2 + (10 if character == "X" else int(character))) % 11
    return remainder == 1


def test_equal_seeds_give_equal_bytes_and_another_seed_does_not(city: City, tmp_path: Path) -> None:
    def digests(folder: Path) -> dict[str, str]:
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    simulate(tmp_path / "again", scale=SCALE, seed=SEED)
    simulate(tmp_path / "other", scale=SCALE, seed=SEED + 1)
    assert digests(tmp_path / "again") == digests(city.folder)
    assert digests(tmp_path / "other")["truth.csv"] != digests(city.folder)["truth.csv"]


def test_the_manifest_lists_every_file_with_its_hash(city: City) -> None:
    delivery = city.folder / "delivery"
    files = {p.relative_to(delivery).as_posix() for p in delivery.rglob("*") if p.is_file()}
    assert files == {line["文件名"] for line in city.manifest} | {"交接清单.csv"}
    for line in city.manifest:
        assert hashlib.sha256((delivery / line["文件名"]).read_bytes()).hexdigest() == line["SHA256"]


def test_every_data_set_is_delivered_and_counted(city: City) -> None:
    world = json.loads((city.folder / "world.json").read_text("utf-8"))
    assert set(city.tables) == set(DATA_SETS)
    assert {code: len(rows) for code, rows in city.tables.items()} == world["delivered_rows"]
    assert all(world["delivered_rows"].values())
    sources = sum(world["delivered_rows"][code] for code in ("dibao_roster", "tekun_roster", "payments"))
    assert world["source_records"] == sources
    assert world["synthetic"] is True


def test_whoever_reads_the_name_of_an_office_or_a_county_sees_that_it_is_synthetic(city: City) -> None:
    offices = {line["报送单位"] for line in city.manifest}
    counties = {row["county"] for rows in city.tables.values() for row in rows if row.get("county")}
    assert len(offices) > 10
    assert len(counties) == 6
    assert [name for name in offices | counties if "合成" not in name] == []


def test_source_records_follow_the_scale(tmp_path: Path) -> None:
    assert simulate(tmp_path / "city", scale=0.03, seed=1).source_records == round(397_197 * 0.03)


def test_enumerated_cells_hold_the_contract_s_words(city: City) -> None:
    for code, rows in city.tables.items():
        for field in DATA_SETS[code].fields:
            if field.values:
                assert {row[field.name] for row in rows} <= set(field.values), (code, field.name)


def test_registered_numbers_are_valid_unique_and_nobody_s(city: City) -> None:
    numbers = [row["id_number"] for row in city.tables["household_registry"]]
    assert len(set(numbers)) == len(numbers)
    assert all(has_right_check_character(number) for number in numbers)
    for code, column in (("household_registry", "id_number"), ("vehicles", "owner_id"), ("dibao_roster", "id_number")):
        assert all(number.startswith(UNASSIGNED) for number in city.cells(code, column))


def test_number_says_birthday_and_sex(city: City) -> None:
    for row in city.tables["household_registry"]:
        number, born = row["id_number"], row["born_on"].replace("-", "").replace("/", "")
        assert number[6:14] == born
        assert row["sex"] == ("男" if int(number[16]) % 2 else "女")


@pytest.mark.parametrize("scenario", [s.code for s in SCENARIOS])
def test_every_scenario_occurs(city: City, scenario: str) -> None:
    rows = city.of(scenario)
    assert rows
    assert {row["rule_code"] for row in rows} == {BY_CODE[scenario].rule}
    assert {row["label"] for row in rows} == {str(BY_CODE[scenario].label)}


def test_every_trap_has_a_true_twin_of_its_kind(city: City) -> None:
    for trap in (s for s in SCENARIOS if s.trap):
        twin = BY_CODE[trap.twin]
        assert twin.label == 1
        assert twin.rule[0] == trap.rule[0], trap.code
        assert city.of(twin.code)


def test_households_of_the_truth_are_on_a_roster_or_paid_without_one(city: City) -> None:
    rosters = city.cells("dibao_roster", "household_no") | city.cells("tekun_roster", "tekun_no")
    paid = city.cells("payments", "household_no")
    for row in city.truth:
        if not row["rule_code"].startswith("M"):
            is_off = row["scenario"] in ("off_roster", "certificate_renewed")
            assert row["household_no"] in (paid - rosters if is_off else rosters)
            assert not row["household_no2"] or row["household_no2"] in rosters


def as_is(number: str) -> str:
    return number


def without_century(number: str) -> str:
    return number[:6] + number[8:17]


PLACES: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "death_shared_number": ("death_certificates", "id_number", as_is),
    "death_wrong_number": ("cremations", "id_number", as_is),
    "death_fifteen_digits": ("cremations", "id_number", without_century),
    "death_upgraded": ("cremations", "id_number", without_century),
    "staff_drawing": ("fiscal_staff", "id_number", as_is),
    "staff_welfare_post": ("fiscal_staff", "id_number", as_is),
    "staff_fifteen_digits": ("fiscal_staff", "id_number", without_century),
    "cadre_self": ("village_cadres", "id_number", as_is),
    "cadre_declared": ("kin_declarations", "relative_id", as_is),
    "firm_trading": ("enterprises", "legal_rep_id", as_is),
    "firm_cancelled": ("enterprises", "legal_rep_id", as_is),
    "firm_share": ("enterprise_roles", "id_number", as_is),
    "coop_member": ("enterprise_roles", "id_number", as_is),
    "car_bought": ("vehicles", "owner_id", as_is),
    "car_single_cover": ("vehicles", "owner_id", as_is),
    "car_spouse_elsewhere": ("vehicles", "owner_id", as_is),
    "car_fifteen_digits": ("vehicles", "owner_id", without_century),
    "motorcycle": ("vehicles", "owner_id", as_is),
    "flat_second": ("properties", "owner_id", as_is),
    "pension_employee": ("pensions", "id_number", as_is),
    "job_insured": ("social_insurance", "id_number", as_is),
    "fund_paid": ("housing_fund", "id_number", as_is),
    "prison": ("prisoners", "id_number", as_is),
    "twice_counties": ("dibao_roster", "id_number", as_is),
    "number_fifteen": ("dibao_roster", "id_number", without_century),
    "needs_medical": ("medical_expenses", "id_number", as_is),
    "needs_monitored": ("poverty_register", "id_number", as_is),
}


@pytest.mark.parametrize("scenario", PLACES)
def test_subjects_stand_where_the_scenario_says(city: City, scenario: str) -> None:
    data_set, column, written = PLACES[scenario]
    cells = city.cells(data_set, column)
    if scenario == "number_fifteen":
        cells |= city.cells("tekun_roster", "id_number")
    assert {written(row["subject_id"]) for row in city.of(scenario)} <= cells


@pytest.mark.parametrize("scenario", ["number_mistyped", "death_roster_mistyped", "number_unknown", "ghost"])
def test_misread_people_are_not_on_the_rosters_under_their_registered_number(city: City, scenario: str) -> None:
    rosters = city.cells("dibao_roster", "id_number") | city.cells("tekun_roster", "id_number")
    registered = city.cells("household_registry", "id_number")
    subjects = {row["subject_id"] for row in city.of(scenario)}
    if scenario == "ghost":
        assert subjects <= rosters - registered
    else:
        assert subjects <= registered - rosters


def test_hidden_scenarios_stay_hidden_from_equal_numbers(city: City) -> None:
    hidden = [s.code for s in SCENARIOS if s.code.endswith(("_fifteen_digits", "_mistyped", "_no_number", "_elsewhere"))]
    assert len(hidden) > 10
    for code in hidden:
        assert {row["visible_to_naive"] for row in city.of(code)} == {"0"}, code


def as_month(text: str) -> tuple[int, int]:
    """Year and month of 2017-01, 201701 or 2017年1月."""
    digits = "".join(c if c.isdigit() else " " for c in text).split()
    return (int(digits[0]), int(digits[1])) if len(digits) > 1 else (int(text[:4]), int(text[4:]))


@pytest.mark.parametrize("scenario", ["death_paid_on", "death_two_months", "death_partly_refunded", "death_no_number"])
def test_the_wrong_amount_is_what_was_paid_for_months_after_the_death(city: City, scenario: str) -> None:
    for row in city.of(scenario):
        died = date.fromisoformat(row["event_on"])
        paid = sum(
            float(payment["amount"])
            for payment in city.tables["payments"]
            if payment["household_no"] == row["household_no"]
            and payment["program"] not in ("价格补贴", "丧葬补助")
            and as_month(payment["for_month"]) > (died.year, died.month)
        )
        assert float(row["true_amount"]) == pytest.approx(paid, abs=0.01)
        assert paid > 0


def test_nothing_lawful_carries_an_amount(city: City) -> None:
    assert {float(row["true_amount"]) for row in city.truth if row["label"] == "0"} == {0.0}


def test_naive_result_counts_the_truth(city: City) -> None:
    naive = json.loads((city.folder / "world.json").read_text("utf-8"))["naive"]
    seen = [row for row in city.truth if row["visible_to_naive"] == "1"]
    assert naive["clues"] == len(seen)
    assert naive["confirmed"] == sum(row["label"] == "1" for row in seen)
    assert naive["precision"] == pytest.approx(naive["confirmed"] / naive["clues"], abs=1e-4)


def test_a_simulation_that_was_stopped_is_simply_run_again(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(truth, "write_world", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            simulate(tmp_path, scale=0.005, seed=11)
    assert not (tmp_path / "delivery").exists()
    simulate(tmp_path, scale=0.005, seed=11)
    names = [{path.relative_to(folder) for path in folder.rglob("*")} for folder in (tmp_path, city.folder)]
    assert names[0] == names[1]


def test_a_folder_with_a_delivery_is_left_alone(city: City) -> None:
    with pytest.raises(FileExistsError, match="there already"):
        simulate(city.folder, scale=SCALE, seed=SEED)
