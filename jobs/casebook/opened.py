"""The case store of an OUT, opened; verdicts that an earlier version kept in the lake are taken over into it, once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deltalake import DeltaTable
from sqlalchemy import URL

from casework.rule_decisions import RuleDecision
from casework.store import FILE, URL_VARIABLE, CaseStore, store_url
from expectations.contracts.lake import CASEWORK, VERDICTS
from jobs.casebook.taking_over import events_of_earlier_verdicts
from jobs.runtime.delta_log import last_version
from jobs.runtime.errors import BadConfiguration, BadStore
from jobs.runtime.lake import Lake


def has_store(out: Path) -> bool:
    """Was a store ever made here, or is a database named?"""
    return URL_VARIABLE in os.environ or (out / FILE).exists()


def addresses_of_move(out: Path) -> tuple[URL, URL]:
    """Of the store in the folder, and of the database that the environment names. Raises BadConfiguration where one of them is missing."""
    if URL_VARIABLE not in os.environ:
        raise BadConfiguration(
            f"{URL_VARIABLE} is not set. Name the empty database there: postgresql://USER:PASSWORD@HOST/DATABASE."
        )
    if not (out / FILE).exists():
        raise BadConfiguration(f"{out / FILE} is not there. Name the OUT whose case store is to be moved.")
    return URL.create("sqlite", database=str(out / FILE)), store_url(out)


@contextmanager
def case_store(out: Path) -> Iterator[CaseStore]:
    """The store of these results, made where there is none."""
    with CaseStore(store_url(out)) as store:
        yield store


@contextmanager
def existing_store(out: Path) -> Iterator[CaseStore]:
    """The store of these results. Raises BadConfiguration, and makes none, where nothing was ever done with a case."""
    if not has_store(out):
        raise BadConfiguration(
            f"{out} has no case store. Name the OUT of a run whose list was dispatched, or whose verdicts were taken in."
        )
    with case_store(out) as store:
        yield store


@contextmanager
def case_store_beside(lake: Lake, out: Path, warn: Callable[[str], None]) -> Iterator[CaseStore]:
    """The same for those who hold the lake. Raises BadStore, and makes nothing, where the lake knows another store than this, or more
    than this store holds: what people decided would be lost."""
    followed = _followed(lake)
    with followed_store(out, followed, lake.root) as store:
        if not followed and lake.exists(VERDICTS):
            _take_over(store, lake, warn)
        yield store


@contextmanager
def followed_store(out: Path, followed: tuple[str, int] | None, root: str) -> Iterator[CaseStore]:
    """The same by what the lake at `root` says of it, in CASEWORK: the store's id, and the position; null where it says nothing."""
    if followed and not has_store(out):
        raise BadStore(f"{out / FILE} is not there, and the lake {root} knows the case store {followed[0]}. {_WAY_OUT}")
    with case_store(out) as store:
        if followed:
            _refuse_another(store, followed, root)
        yield store


def rule_decisions(lake: Lake, out: Path, warn: Callable[[str], None]) -> list[RuleDecision]:
    """What was decided about rules; nothing, and no store is made, where nothing was ever done with a case."""
    if not has_store(out):
        return []
    with case_store_beside(lake, out, warn) as store, store.reading() as book:
        return book.rule_decisions()


@contextmanager
def store_beside_folder(out: Path, lake: Path) -> Iterator[CaseStore]:
    """The same without an engine, of a lake in a folder. Raises BadConfiguration where there is neither the lake nor a store."""
    if not lake.is_dir() and not has_store(out):
        raise BadConfiguration(
            f"No lake {lake}, and no case store. Name the OUT that a run wrote its results to. Nothing was done."
        )
    with followed_store(out, followed_in(lake), str(lake)) as store:
        yield store


def followed_in(lake: Path) -> tuple[str, int] | None:
    """The store that a lake in a folder has followed, and the position, read without an engine; null before the first."""
    place = f"{CASEWORK.zone}/{CASEWORK.name}"
    if last_version(lake, place) is None:
        return None
    rows = DeltaTable(lake / place).to_pyarrow_dataset().to_table(columns=["store_id", "position"]).to_pylist()
    return (str(rows[0]["store_id"]), int(rows[0]["position"])) if rows else None


_WAY_OUT = f"Put it back from the same copy of OUT, or name the database that held it in {URL_VARIABLE}. Nothing was changed."


def _followed(lake: Lake) -> tuple[str, int] | None:
    """The store that the lake has followed, and the position; null before the first."""
    row = lake.read(CASEWORK).first() if lake.exists(CASEWORK) else None
    return None if row is None else (row["store_id"], row["position"])


def _refuse_another(store: CaseStore, followed: tuple[str, int], root: str) -> None:
    store_id, position = followed
    if store.store_id != store_id:
        raise BadStore(f"This is the case store {store.store_id}, and the lake {root} knows another, {store_id}. {_WAY_OUT}")
    with store.reading() as book:
        last = book.last_position
    if last < position:
        raise BadStore(
            f"The case store {store_id} holds {last} events, and the lake {root} knows {position}: it is an older copy. {_WAY_OUT}"
        )


def _take_over(store: CaseStore, lake: Lake, warn: Callable[[str], None]) -> None:
    batches = events_of_earlier_verdicts(lake)
    with store.writing() as book:
        count = len(book.record(*batches))
    if count:
        warn(
            f"{count} verdicts that an earlier version kept in the lake were taken over into the case store, from where they are read from now on."
        )
