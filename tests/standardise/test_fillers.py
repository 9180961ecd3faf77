"""Fillers: one number for everyone whose number a clerk does not know is nobody's, but for the one whom the registry names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from expectations.contracts.deliveries import DATA_SETS
from jobs.launch.settings import Settings
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from jobs.standardise.fillers import fillers, owners, without_fillers
from jobs.standardise.job import take_out_fillers
from tests.hand_made import silver_of

LEAST = 8
ALL = list(DATA_SETS.values())


def cars(names: int, number: str = "filler") -> list[dict[str, Any]]:
    """Cars of so many owners, all under one number."""
    return [{"owner_key": number, "owner_number_state": "valid", "owner_name_key": f"name {i}"} for i in range(names)]


def test_the_configured_least_number_of_names_is_eight(settings: Settings) -> None:
    assert settings.ingest.filler_names == LEAST


@pytest.mark.parametrize(("names", "found"), [(8, ["filler"]), (7, [])])
def test_a_number_beside_eight_names_is_a_filler_beside_seven_it_is_not(
    session: SparkSession, names: int, found: list[str]
) -> None:
    assert fillers(silver_of(session, vehicles=cars(names)), ALL, LEAST) == found


def test_names_are_counted_over_all_registers_and_roles(session: SparkSession) -> None:
    silver = silver_of(
        session,
        vehicles=cars(4),
        properties=[{"owner_key": "filler", "owner_name_key": f"seller {i}"} for i in range(2)],
        dibao_roster=[{"person_key": "other", "name_key": "member", "head_key": "filler", "head_name_key": f"head {i}"} for i in range(2)],
    )  # fmt: skip
    assert fillers(silver, ALL, LEAST) == ["filler"]


def test_one_name_that_is_written_often_is_one_person(session: SparkSession) -> None:
    silver = silver_of(session, vehicles=cars(7) + cars(7), payments=[{"person_key": "filler", "name_key": "name 0"}] * 20)
    assert fillers(silver, ALL, LEAST) == []


def test_rows_without_a_name_or_a_number_count_for_nothing(session: SparkSession) -> None:
    nameless = [{"owner_key": "filler", "owner_name_key": None}] * 9
    numberless = [{"owner_key": None, "owner_name_key": f"name {i}"} for i in range(9)]
    assert fillers(silver_of(session, vehicles=cars(7) + nameless + numberless), ALL, LEAST) == []


def test_the_registry_does_not_count(session: SparkSession) -> None:
    registry = [{"person_key": "filler", "name_key": f"resident {i}"} for i in range(9)]
    assert fillers(silver_of(session, vehicles=cars(7), household_registry=registry), ALL, LEAST) == []


def test_owners_are_those_whom_the_registry_names_under_the_number(session: SparkSession) -> None:
    registry = [
        {"person_key": "filler", "name_key": "name 3"},
        {"person_key": "filler", "name_key": "name 3"},
        {"person_key": "else", "name_key": "name 4"},
    ]
    assert owners(silver_of(session, household_registry=registry), ["filler"]) == ["filler|name 3"]


def kept(rows: DataFrame) -> dict[str | None, tuple[str | None, str]]:
    return {row["owner_name_key"]: (row["owner_key"], row["owner_number_state"]) for row in rows.collect()}


def test_a_filler_is_taken_out_everywhere_but_from_its_registered_owner(session: SparkSession) -> None:
    others = [
        {"owner_key": "filler", "owner_number_state": "upgraded", "owner_name_key": None},
        {"owner_key": "real", "owner_number_state": "valid", "owner_name_key": "name r"},
        {"owner_key": None, "owner_number_state": "masked", "owner_name_key": "name m"},
    ]
    rows = silver_of(session, vehicles=cars(3) + others)("vehicles")
    assert kept(without_fillers(DATA_SETS["vehicles"], rows, ["filler"], ["filler|name 1"])) == {
        "name 0": (None, "junk"),
        "name 1": ("filler", "valid"),
        "name 2": (None, "junk"),
        None: (None, "junk"),
        "name r": ("real", "valid"),
        "name m": (None, "masked"),
    }


def test_a_filler_that_nobody_owns_is_taken_out_of_every_row(session: SparkSession) -> None:
    rows = silver_of(session, vehicles=cars(3))("vehicles")
    assert set(kept(without_fillers(DATA_SETS["vehicles"], rows, ["filler"], [])).values()) == {(None, "junk")}


def test_each_role_of_a_row_is_judged_by_its_own_name(session: SparkSession) -> None:
    row = {
        "person_key": "filler", "person_number_state": "valid", "name_key": "member",
        "head_key": "filler", "head_number_state": "valid", "head_name_key": "owner",
    }  # fmt: skip
    rows = silver_of(session, dibao_roster=[row])("dibao_roster")
    (found,) = without_fillers(DATA_SETS["dibao_roster"], rows, ["filler"], ["filler|owner"]).collect()
    assert (found["person_key"], found["person_number_state"]) == (None, "junk")
    assert (found["head_key"], found["head_number_state"]) == ("filler", "valid")


def test_only_tables_that_hold_a_filler_are_written_again(session: SparkSession, embedded: Engine, tmp_path: Path) -> None:
    given = silver_of(
        session,
        vehicles=cars(8),
        payments=[{"person_key": "filler", "name_key": "name 2", "person_number_state": "valid"}],
        cremations=[{"person_key": "real", "name_key": "name r", "person_number_state": "valid"}],
        household_registry=[{"person_key": "filler", "name_key": "name 2", "person_number_state": "valid"}],
        prisoners=[{"person_key": None, "name_key": "name p"}],
    )
    codes = ("vehicles", "payments", "cremations", "household_registry", "prisoners")
    data_sets = [DATA_SETS[code] for code in codes]
    lake = Lake(embedded, str(tmp_path))
    for data_set in data_sets:
        lake.overwrite(data_set.silver, given(data_set.code))
    assert take_out_fillers(lake, data_sets, LEAST) == 1
    written = {code: len(list((tmp_path / "silver" / code / "_delta_log").glob("*.json"))) for code in codes}
    assert written == {"vehicles": 2, "payments": 2, "cremations": 1, "household_registry": 2, "prisoners": 1}
    numbers = {name: number for name, (number, _) in kept(lake.read(DATA_SETS["vehicles"].silver)).items()}
    assert numbers == {f"name {i}": "filler" if i == 2 else None for i in range(8)}
    (paid,) = lake.read(DATA_SETS["payments"].silver).collect()
    (resident,) = lake.read(DATA_SETS["household_registry"].silver).collect()
    assert (paid["person_key"], resident["person_key"]) == ("filler", "filler")  # both name the owner


def test_without_fillers_nothing_is_written(session: SparkSession, embedded: Engine, tmp_path: Path) -> None:
    lake = Lake(embedded, str(tmp_path))
    lake.overwrite(DATA_SETS["vehicles"].silver, silver_of(session, vehicles=cars(7))("vehicles"))
    assert take_out_fillers(lake, [DATA_SETS["vehicles"]], LEAST) == 0
    assert len(list((tmp_path / "silver" / "vehicles" / "_delta_log").glob("*.json"))) == 1
