"""Linking without a number, on hand-made people: what must link, what must not, and what must be left open."""

from __future__ import annotations

import math
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from models.linkage.columns import PEOPLE, RECORDS, ColumnMismatch
from models.linkage.places import find_places, with_stems
from models.params import LinkageParams
from models.record_linkage import best_matches, load_model, matches
from tests.processes import run_apart

MODEL = load_model()


def people(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(PEOPLE))


def records(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(RECORDS))


def person(key: str, name: str, born: str, village: str = "姜铺村", **other: Any) -> dict[str, Any]:
    """A man of 大冶市殷祖镇姜铺村 unless told otherwise."""
    home = {"county": "大冶市", "town": "殷祖镇", "village": village}
    return {"person": key, "name": name, "sex": "男", "birth_date": date.fromisoformat(born), **home, **other}


def death(key: str, name: str, **other: Any) -> dict[str, Any]:
    """A man's record at a funeral home: aged 66 on a day of 2017."""
    address = "湖北省大冶市殷祖镇姜铺村"
    return {
        "record": key,
        "name": name,
        "sex": "男",
        "birth_year_low": 1950,
        "birth_year_high": 1951,
        "address": address,
        **other,
    }


CITY = people(
    person("zhang", "张国明", "1951-03-04"),
    person("li 1", "李建国", "1950-05-06"),
    person("li 2", "李建国", "1950-11-12"),
    person("wang", "王福生", "1950-02-03", former_name="王狗儿"),
    person("chen", "陈志忠", "1951-07-08"),
    person("tuersun", "吐尔逊·买买提", "1951-01-01"),
    person("zhou", "周春明", "1944-04-04", county="阳新县", town="枫林镇", village="漆坊村"),
    person("wu", "吴水生", "1950-09-10", village="董口村"),
)
CASES: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("same name, age and village", death("r", "张国明"), "linked", "zhang"),
    ("a name with its blank", death("r", "张 国明"), "linked", "zhang"),
    ("two namesakes of one birth year in one village", death("r", "李建国"), "tie", None),
    ("two namesakes told apart by the birth date", death("r", "李建国", birth_date=date(1950, 11, 12)), "linked", "li 2"),
    ("other sex", death("r", "张国明", sex="女"), "below", None),
    ("thirty years younger", death("r", "张国明", birth_year_low=1980, birth_year_high=1981), "below", None),
    ("former name", death("r", "王狗儿"), "linked", "wang"),
    ("another spelling of the middle dot", death("r", "吐尔逊•买买提"), "linked", "tuersun"),
    ("another county, no birth date", death("r", "周春明", birth_year_low=1943, birth_year_high=1944), "below", None),
    ("another village, no birth date", death("r", "吴水生"), "below", None),
    ("another village, same birth date", death("r", "吴水生", birth_date=date(1950, 9, 10)), "linked", "wu"),
    ("no address, but the birth date", death("r", "周春明", birth_date=date(1944, 4, 4), address=None), "linked", "zhou"),
    ("name and place alone", death("r", "张国明", birth_year_low=None, birth_year_high=None), "below", None),
    ("an age that leaves twenty years open", death("r", "张国明", birth_year_low=1940, birth_year_high=1960), "below", None),
    ("perhaps a twin", death("r", "陈志坚", birth_date=date(1951, 7, 8)), "below", None),
    ("somebody unknown", death("r", "赵无极"), "below", None),
    ("no name", death("r", "?"), "below", None),
    ("nothing but a key", {"record": "r"}, "below", None),
]


WRITTEN_OTHERWISE = [
    ("张国明", "张?明", "same but for unwritten characters"),
    ("张国明", "张□明", "same but for unwritten characters"),
    ("陈志忠", "陈志中", "same sound"),
    ("陈志忠", "陈志坚", "one character differs"),
    ("陈志忠", "陈四海", "same surname"),
]
GIVEN = records(*({**case[1], "record": case[0]} for case in CASES))


@pytest.fixture(scope="module")
def pairs() -> pl.DataFrame:
    return matches(GIVEN, CITY, MODEL)


@pytest.mark.parametrize(
    ("record", "outcome", "whose"), [(case[0], *case[2:]) for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_a_record_is_linked_to(pairs: pl.DataFrame, record: str, outcome: str, whose: str | None) -> None:
    found = best_matches(GIVEN, pairs).filter(pl.col("record") == record).row(0, named=True)
    assert (found["outcome"], found["person"]) == (outcome, whose)


def test_a_name_written_otherwise_weighs_less() -> None:
    born = dict(CITY.select("name", "birth_date").rows())
    key = dict(CITY.select("name", "person").rows())
    given = [death(written, written, birth_date=born[name]) for name, written, _ in WRITTEN_OTHERWISE]
    as_it_is = [death(name, name, birth_date=born[name]) for name in ("张国明", "陈志忠")]
    found = matches(records(*given, *as_it_is), CITY, MODEL, LinkageParams(least_weight=0.0))
    rows = {(row["record"], row["person"]): row for row in found.iter_rows(named=True)}
    for name, written, level in WRITTEN_OTHERWISE:
        row = rows[written, key[name]]
        assert row["name"] == level
        assert row["match_weight"] < rows[name, key[name]]["match_weight"] - 3


def test_no_link_without_a_birth_date_or_an_age() -> None:
    """What a name that nobody else bears, the sex and the village say together is not enough."""
    best = {
        comparison["output_column_name"]: max(
            math.log2(level["m_probability"] / level["u_probability"])
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level")
        )
        for comparison in MODEL.settings["comparisons"]
    }
    name_and_prior = 0.0  # a frequency of 1 in the population, and a prior of 1 in the population
    assert name_and_prior + best["sex"] + best["county"] + best["town"] + best["village"] < LinkageParams().least_weight


def test_the_weights_and_the_prior_add_up() -> None:
    both = death("both", "张国明", birth_date=date(1951, 3, 4))
    found = matches(records(death("r", "张国明"), death("s", "李建国"), both), CITY, MODEL)
    parts = found.select(pl.sum_horizontal(f"{comparison}_weight" for comparison in MODEL.levels)).to_series()
    prior = (found["match_weight"] - parts).round(4)
    assert prior.unique().to_list() == [pytest.approx(-18.04, abs=0.01)]  # 1 in 270,360
    assert found.filter(pl.col("record") == "s")["rank"].to_list() == [1, 1]
    told = dict(found.filter(pl.col("rank") == 1).unique("record").select("record", pl.struct("birth", "age")).rows())
    assert told["r"] == {"birth": "unknown", "age": "age fits"}
    assert told["both"] == {"birth": "same day", "age": "unknown"}, "the same fact counts once"


def test_a_common_name_weighs_less_than_a_rare_one() -> None:
    namesakes = [person(f"li {i}", "李建国", "1930-01-01", village="董口村") for i in range(3, 60)]
    found = matches(records(death("common", "李建国"), death("rare", "张国明")), pl.concat([CITY, people(*namesakes)]), MODEL)
    weight = dict(found.filter(pl.col("rank") == 1).unique("record").select("record", "name_weight").rows())
    assert weight["rare"] - weight["common"] == pytest.approx(5.88, abs=0.01)  # log2 of 59 bearers


def test_in_a_larger_city_a_name_that_is_not_the_same_weighs_less_and_one_that_is_the_same_weighs_as_much() -> None:
    born = date(1951, 3, 4)
    given = records(death("same", "张国明", birth_date=born), death("otherwise", "张?明", birth_date=born))
    here, there = (matches(given, CITY, MODEL, population=size) for size in (0, 10 * round(MODEL.population)))
    lost = dict(zip(here["record"], here["match_weight"] - there["match_weight"], strict=True))
    assert lost == {"same": pytest.approx(0, abs=1e-4), "otherwise": pytest.approx(3.32, abs=0.01)}


def test_the_order_of_rows_changes_nothing(pairs: pl.DataFrame) -> None:
    shuffled, people_shuffled = (frame.sample(fraction=1.0, shuffle=True, seed=1) for frame in (GIVEN, CITY))
    again = matches(shuffled, people_shuffled, MODEL)
    assert_frame_equal(again, pairs, check_exact=True)
    assert_frame_equal(best_matches(shuffled, again), best_matches(GIVEN, pairs), check_exact=True)


def test_a_record_is_linked_the_same_alone_and_among_others(pairs: pl.DataFrame) -> None:
    alone = [matches(some, CITY, MODEL) for some in (GIVEN.head(5), GIVEN.tail(-5))]
    assert_frame_equal(pl.concat(alone).sort("record", "rank", "person"), pairs, check_exact=True)


def test_frames_without_rows_give_no_pairs() -> None:
    given = records(death("r", "张国明"))
    assert matches(records(), CITY, MODEL).is_empty()
    assert best_matches(given, matches(given, people(), MODEL))["outcome"].to_list() == ["below"]


def test_the_model_file_holds_probabilities_that_say_what_they_should() -> None:
    for comparison in MODEL.settings["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        for kind in ("m_probability", "u_probability"):
            assert all(0 < level[kind] < 1 for level in levels)
            assert sum(level[kind] for level in levels) == pytest.approx(1, abs=1e-4)
        weights = [level["m_probability"] / level["u_probability"] for level in levels]
        assert weights == sorted(weights, reverse=True), f"{comparison['output_column_name']}: a weaker level weighs more"
        assert weights[0] > 1 > weights[-1]


def test_other_columns_are_refused_by_name() -> None:
    given = records(death("r", "张国明"))
    with pytest.raises(ColumnMismatch, match="columns missing: village"):
        matches(given.drop("village"), CITY, MODEL)
    with pytest.raises(ColumnMismatch, match="birth_date is String, expected Date"):
        matches(given, CITY.with_columns(pl.col("birth_date").cast(pl.String)), MODEL)
    with pytest.raises(ColumnMismatch, match="person must be given and unique"):
        matches(given, pl.concat([CITY, CITY]), MODEL)


def test_no_name_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(1, "splink"):
        matches(records(death("r", "张国明")), CITY, MODEL)
    assert "张" not in caplog.text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("湖北省大冶市殷祖镇姜铺村", ("大冶", "殷祖", "姜铺")),
        ("大冶殷祖镇姜铺村委会3组", ("大冶", "殷祖", "姜铺")),
        ("殷祖镇殷祖社区居民委员会", ("大冶", "殷祖", "殷祖")),
        ("大冶市殷祖镇姜铺村下湾", ("大冶", "殷祖", "姜铺")),
        ("大冶市殷祖镇", ("大冶", "殷祖", None)),
        ("大冶市", ("大冶", None, None)),
        ("枫林镇漆坊村", ("阳新", "枫林", "漆坊")),
        ("新港镇王村", (None, None, None)),  # a town of that name in two counties
        ("阳新县新港乡王村", ("阳新", "新港", "王村")),
        ("阳新县殷祖镇姜铺村", ("阳新", None, None)),  # no such town in the county named
        ("武汉市", (None, None, None)),
    ],
)
def test_places_are_found_in_addresses(text: str, place: tuple[str | None, ...]) -> None:
    known = with_stems(
        pl.DataFrame(
            [
                ("大冶市", "殷祖镇", "姜铺村"),
                ("大冶市", "殷祖镇", "殷祖社区"),
                ("大冶市", "殷祖镇", "下湾村"),
                ("大冶市", "新港镇", "王村"),
                ("阳新县", "新港乡", "王村"),
                ("阳新县", "枫林镇", "漆坊村委会"),
            ],
            schema=["county", "town", "village"],
            orient="row",
        )
    )
    assert find_places(pl.Series([text]), known).row(0)[1:] == place


@pytest.mark.spark
def test_spark_gives_the_same_pairs(pairs: pl.DataFrame, tmp_path: Path) -> None:
    GIVEN.write_parquet(tmp_path / "records.parquet")
    CITY.write_parquet(tmp_path / "people.parquet")
    run_apart([sys.executable, "-m", "tests.models.pairs_on_spark", str(tmp_path)])
    assert_frame_equal(pl.read_parquet(tmp_path / "pairs.parquet"), pairs, check_exact=True)
