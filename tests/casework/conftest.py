"""Fixtures: a store on each of the two databases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from casework.store import URL_VARIABLE, CaseStore, store_url
from tests.casework.postgresql import server

DATABASES = ("sqlite", "postgresql")
_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with server() as address:
        yield address


@pytest.fixture
def database(postgresql: str) -> str:
    """The address of an empty database of its own."""
    name = f"cases_{next(_numbers)}"
    with psycopg.connect(postgresql.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgresql.format(name)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[CaseStore]:
    with CaseStore(store_url(tmp_path)) as made:
        yield made


@pytest.fixture
def postgresql_store(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseStore]:
    with monkeypatch.context() as patched:
        patched.setenv(URL_VARIABLE, database)
        url = store_url(tmp_path)
    with CaseStore(url) as made:
        yield made


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest) -> CaseStore:
    """One test on each of the two."""
    made = request.getfixturevalue(f"{request.param}_store")
    assert isinstance(made, CaseStore)
    return made
