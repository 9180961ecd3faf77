"""Another form of the same meaning gives the same: every rewriting on some rows, some together on a whole run.

At full length: python -m benchmarks.rewritings.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.rewritings.catalogue import BY_NAME, CATALOGUE, Rewriting, combination, combined
from benchmarks.rewritings.files import Delivery, read_delivery, shortened, write_delivery
from benchmarks.rewritings.law import Said, differences, findings_said, lake_said, rows_said
from jobs.runtime.context import RunContext
from jobs.runtime.session import Engine
from jobs.runtime.settings import Settings
from tests.conftest import AS_OF, KEY, City

ROWS = 60
"""Of each file: every form of every kind of cell is there."""


@pytest.fixture(scope="module")
def whole(city: City) -> Delivery:
    return read_delivery(city.delivery)


@pytest.fixture(scope="module")
def some(whole: Delivery) -> Delivery:
    return shortened(whole, ROWS)


@pytest.fixture(scope="module")
def said(some: Delivery, tmp_path_factory: pytest.TempPathFactory) -> Said:
    said = rows_said(write_delivery(some, tmp_path_factory.mktemp("as_read")), KEY)
    assert not said.troubles
    assert sum(rows.total() for rows in said.rows.values()) == sum(len(file.sheets[0].rows) for file in some.files)
    return said


@pytest.mark.parametrize("rewriting", [r for r in CATALOGUE if not r.needs_lake], ids=lambda r: r.name)
def test_the_rows_are_the_same(rewriting: Rewriting, some: Delivery, said: Said, tmp_path: Path) -> None:
    assert differences(said, rows_said(write_delivery(rewriting(some, seed=1), tmp_path), KEY)) == []


@pytest.mark.parametrize("seed", range(20, 40))
def test_the_rows_are_the_same_in_combinations(seed: int, some: Delivery, said: Said, tmp_path: Path) -> None:
    drawn = tuple(rewriting for rewriting in combination(seed) if not rewriting.needs_lake)
    assert differences(said, rows_said(write_delivery(combined(some, drawn, seed), tmp_path), KEY)) == [], [r.says for r in drawn]


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
