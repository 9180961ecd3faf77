"""What no feature may tell: by name, by source, and by what its values give away."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from pyspark.sql import DataFrame, SparkSession

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASES, DEATHS, ENTITLEMENT_MONTHS, KIN, MEMBERS
from jobs.launch.settings import Settings
from jobs.registers.traits import Proxy, age_in_years, proxies, refused
from jobs.report_fairness.fairness_report import FairnessReport
from jobs.score_cases.features import Registers, case_features
from models.clue_features import NUMBERS, RefusedInput, refuse_by_name
from models.features import FEATURES
from models.measures import auroc
from tests.conftest import AS_OF

RULES = Path(__file__).parents[2] / "jobs" / "rules"


def signal_names() -> set[str]:
    """Names under which rules hand figures to the ranking, read from their text."""
    names: set[str] = set()
    for path in sorted(RULES.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        stated = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "signals"]
        stated += [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.endswith("_signals")]
        for part in stated:
            for literal in ast.walk(part):
                if isinstance(literal, ast.Dict):
                    names |= {key.value for key in literal.keys if isinstance(key, ast.Constant)}
    return names


def test_no_feature_and_no_signal_is_named_after_what_a_person_is(settings: Settings) -> None:
    words = settings.learning.refused_words
    signals = signal_names()
    assert {"registers", "is_exact"} <= signals  # some were found at all
    refuse_by_name([*NUMBERS, *signals], words)
    refuse_by_name([text for feature in FEATURES for text in (feature.name, feature.label)], words)


@pytest.mark.parametrize("name", ["is_female", "sex", "head_age", "has_disability", "certificate_level", "户主年龄", "born_year"])
def test_such_a_name_would_be_refused(settings: Settings, name: str) -> None:
    with pytest.raises(RefusedInput, match=name):
        refuse_by_name([name], settings.learning.refused_words)


def test_features_are_made_without_sex_birth_and_the_register_of_disabilities(session: SparkSession, settings: Settings) -> None:
    """They are planned on tables that lack all three: a feature made of one of them would fail here."""
    asked: list[str] = []

    def register(code: str) -> DataFrame:
        asked.append(code)
        assert code != "disabilities"
        frame = session.createDataFrame([], DATA_SETS[code].silver.schema)
        return frame.drop("sex", "born_on", "birth_date", "nation")

    empty = {
        name: session.createDataFrame([], table.schema)
        for name, table in (
            ("cases", CASES),
            ("members", MEMBERS),
            ("months", ENTITLEMENT_MONTHS),
            ("kin", KIN),
            ("deaths", DEATHS),
        )
    }
    assert case_features(Registers(**empty, register=register, policy=settings.policy, as_of=AS_OF)).columns[0] == "case_id"
    assert "household_registry" in asked


def cases(count: int = 400) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Half of the heads are women, a quarter 80 or older; `told` gives the sex away, `blank` by being empty, `none` nothing."""
    n = np.arange(count)
    is_woman = n % 2 == 0
    features = pl.DataFrame(
        {
            "case_id": [str(i) for i in n],
            "told": np.where(is_woman, 10.0, 1.0),
            "blank": [None if woman else -3.0 for woman in is_woman],
            "none": (n // 4).astype(float),
        }
    )
    groups = pl.DataFrame(
        {
            "case_id": [str(i) for i in n],
            "sex": ["女" if woman else "男" for woman in is_woman],
            "age": ["80岁及以上" if i % 4 == 0 else "45—59岁" if i % 4 == 1 else "不详" for i in n],
            "disability": "无人持证",
        }
    )
    return features, groups


def found_in(features: pl.DataFrame, groups: pl.DataFrame, names: list[str]) -> list[Proxy]:
    return proxies(features, groups, names, "case_id")


@pytest.mark.parametrize(
    ("born_on", "years"),
    [
        (date(1937, 12, 31), 80),
        (date(1938, 1, 1), 79),  # eighty in the next year: not yet old, whatever the years say
        (date(1956, 2, 29), 61),
        (None, None),
    ],
)
def test_age_is_in_completed_years(born_on: date | None, years: int | None) -> None:
    people = pl.DataFrame({"born_on": [born_on]}, {"born_on": pl.Date})
    assert people.select(age_in_years("born_on", AS_OF)).item() == years


def test_a_feature_that_gives_a_trait_away_is_found_by_value_and_by_absence() -> None:
    found = {(p.input, p.trait): p for p in found_in(*cases(), ["told", "blank", "none"])}
    assert found["told", "sex"].auroc == 1.0
    assert found["blank", "sex"].auroc == 0.0  # women have no value: below all others
    assert (found["told", "sex"].strength, found["blank", "sex"].strength) == (1.0, 1.0)
    assert found["none", "sex"].auroc == pytest.approx(0.5)
    assert {trait for _, trait in found} == {"sex", "age"}  # everybody is alike in the third


def test_strength_is_the_auroc_of_the_measures() -> None:
    rng = np.random.default_rng(5)
    features, groups = cases()
    features = features.with_columns(noise=pl.Series(rng.integers(0, 9, len(features)).astype(float)))
    found = next(p for p in found_in(features, groups, ["noise"]) if p.trait == "sex")
    is_member = (groups["sex"] == found.group).to_numpy()
    assert found.auroc == pytest.approx(auroc(is_member, features["noise"].to_numpy()))


def test_small_groups_say_nothing() -> None:
    assert found_in(*cases(58), ["told"]) == []
    assert {p.trait for p in found_in(*cases(60), ["told"])} == {"sex"}


def test_a_proxy_above_the_limit_is_refused_by_name_unless_a_reason_is_on_record(settings: Settings) -> None:
    found = found_in(*cases(), ["told", "blank", "none"])
    assert [p.input for p in refused(found, 0.7, {"blank": "a reason"}) if p.trait == "sex"] == ["told"]
    assert refused(found, 1.0, {}) == []
    params = settings.fairness.model_copy(update={"proxy_limit": 0.7, "proxy_reasons": {"blank": "a reason"}})
    told = FairnessReport(AS_OF, [], found, 0, params).warnings
    assert told[0].startswith("The feature told is refused: it tells 户主")
    assert "fairness.proxy_reasons.told" in told[0]
    assert not [warning for warning in told if "blank" in warning]
