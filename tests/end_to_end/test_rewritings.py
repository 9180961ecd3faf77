"""Another form of the same meaning gives the same: every rewriting on some rows, some together on a whole run.

At full length: python -m benchmarks.rewritings.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from benchmarks.rewritings.catalogue import BY_NAME, CATALOGUE, Rewriting, combination, combined
from benchmarks.rewritings.files import Delivery, read_delivery, shortened, write_delivery
from benchmarks.rewritings.law import Said, differences, findings_said, lake_said, rows_said
from benchmarks.rewritings.sheets import put_together
from expectations.contracts.deliveries import DATA_SETS
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.runtime.session import Engine
from tests.conftest import AS_OF, KEY, City

ROWS = 40
"""Of each data set: every form of every kind of cell is there."""
EVERY_KIND = {
    "dibao_roster",
    "payments",
    "household_registry",
    "enterprises",
    "vehicles",
    "properties",
    "disabilities",
    "medical_expenses",
}


@pytest.fixture(scope="module")
def whole(city: City) -> Delivery:
    return read_delivery(city.delivery)


@pytest.fixture(scope="module")
def short(whole: Delivery) -> Delivery:
    """One short file a data set."""
    return shortened(put_together(whole, Random(0)), ROWS)


@pytest.fixture(scope="module")
def few(short: Delivery) -> Delivery:
    """Files of some data sets that have every kind of cell between them."""
    found = replace(short, files=tuple(file for file in short.files if file.data_set in EVERY_KIND))
    kinds = {column.field.kind for file in found.files for column in file.sheets[0].columns if column.field}
    assert kinds == {field.kind for data_set in DATA_SETS.values() for field in data_set.fields}
    return found


def said(delivery: Delivery, folder: Path) -> Said:
    return rows_said(write_delivery(delivery, folder), KEY)


@pytest.fixture(scope="module")
def of_few(few: Delivery, tmp_path_factory: pytest.TempPathFactory) -> Said:
    return said(few, tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="module")
def of_short(short: Delivery, tmp_path_factory: pytest.TempPathFactory) -> Said:
    return said(short, tmp_path_factory.mktemp("short"))


def test_a_delivery_is_read_in_full_before_it_is_rewritten(short: Delivery, of_short: Said) -> None:
    assert of_short.troubles == ()
    assert {code: rows.total() for code, rows in of_short.rows.items()} == {f.data_set: f.claimed for f in short.files}


@pytest.mark.parametrize("rewriting", [r for r in CATALOGUE if not r.needs_lake], ids=lambda r: r.name)
def test_the_rows_are_the_same(rewriting: Rewriting, few: Delivery, of_few: Said, tmp_path: Path) -> None:
    assert differences(of_few, said(rewriting(few, seed=1), tmp_path)) == []


@pytest.mark.parametrize("seed", range(20, 32))
def test_the_rows_are_the_same_in_combinations(seed: int, short: Delivery, of_short: Said, tmp_path: Path) -> None:
    drawn = tuple(rewriting for rewriting in combination(seed) if not rewriting.needs_lake)
    assert differences(of_short, said(combined(short, drawn, seed), tmp_path)) == [], [rewriting.says for rewriting in drawn]


@pytest.mark.parametrize(
    "names",
    [
        ("in-parts", "sent-again", "deep", "shuffled", "gb18030", "manifest-reversed"),  # what may change the order of rows
        ("put-together", "aliases", "chinese", "compact-months", "thousands", "title-and-blank", "total", "texts"),
    ],
    ids=lambda names: names[0],
)
def test_the_findings_are_the_same(
    names: tuple[str, ...], whole: Delivery, finished: RunContext, embedded: Engine, settings: Settings, tmp_path: Path
) -> None:
    rewritten = combined(whole, tuple(BY_NAME[name] for name in names), seed=1)
    found = findings_said(embedded, settings, write_delivery(rewritten, tmp_path), AS_OF, KEY)
    assert differences(lake_said(finished.lake), found) == []
