"""The case store's part of a purge: what of it is over, and its removal. Which cases are open is told here, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from casework.errors import CaseworkError
from casework.removals import Removal, digest_of_events, editions_over, events_over, imports_gone, numbers_in, ranges, years_of
from casework.states import states_of
from casework.store import FILE, Book, CaseStore, sealed_copy
from expectations.contracts.lake import VERDICTS
from jobs.audit.intact import Found
from jobs.casebook.opened import followed_in, followed_store, has_store
from jobs.launch.retention_params import Kept
from jobs.retention.certificate import Certificate, Thing
from jobs.runtime.delta_log import last_version
from jobs.runtime.errors import BadStore
from jobs.runtime.results import digest_of

EVENTS, EDITIONS = "办理记录库：记录", "办理记录库：发放登记"
"""Paths of what is no path."""
PURGE = "purge"
"""Event of the log: a purge begins, by this plan."""


class Casework(NamedTuple):
    """What would go of the case store; null where nothing is over. cases: of which anything is left afterwards, null without a store.
    restricted_left: events left with a restricted fact. copy: the sealed file that the store was moved from, of which all goes."""

    removal: Removal | None = None
    cases: frozenset[str] | None = None
    restricted_left: int = 0
    copy: Path | None = None


@contextmanager
def store_of(lake: Path, results: Path) -> Iterator[CaseStore | None]:
    """The case store of these results; null where there is none. Raises BadStore where the lake knows another store than this, or verdicts
    that none follows: what it holds nobody could say."""
    followed = followed_in(lake)
    if followed is None and last_version(lake, f"{VERDICTS.zone}/{VERDICTS.name}") is not None:
        raise BadStore(
            f"The lake {lake} holds verdicts that no case store follows yet, so that nobody could say which cases are open: they are of an "
            "earlier version, or a run was stopped. The next mingjing run or take-in brings them over. Nothing was removed."
        )
    if followed is None and not has_store(results):
        yield None
        return
    with followed_store(results, followed, str(lake)) as store:
        yield store


def open_cases(lake: Path, results: Path) -> frozenset[str]:
    """Cases that were begun and are not closed; an appeal that is not decided opens its case again."""
    with store_of(lake, results) as store:
        if store is None:
            return frozenset()
        with store.reading() as book:
            return frozenset(case for case, state in states_of(book.events()).items() if state.closed_on is None)


def casework_over(lake: Path, results: Path, as_of: date, kept: Kept, who: tuple[str, str, str]) -> Casework:
    """What is over on that day. who: by, second person, instant."""
    with store_of(lake, results) as store:
        if store is None:
            return Casework()
        with store.reading() as book:
            return _over(book, results, as_of, kept, who)


def _over(book: Book, results: Path, as_of: date, kept: Kept, who: tuple[str, str, str]) -> Casework:
    events, editions = book.events(), book.editions()

    def is_over(day: date) -> bool:
        return kept.has_expired(day, as_of)

    going = events_over(events, is_over)
    going_editions = editions_over(editions, is_over)
    gone = {event.event_id for event in going}
    restricted = set(book.restricted([event.event_id for event in events]))
    cases = frozenset(event.case_id for event in events if event.case_id and event.event_id not in gone)
    if not going and not going_editions:
        return Casework(None, cases, len(restricted))
    by, second, at = who
    removal = Removal(
        as_of=as_of, removed_at=at, removed_by=by, second=second, positions=ranges(event.position for event in going),
        editions=ranges(one.number for one in going_editions), cases=len({event.case_id for event in going if event.case_id}),
        restricted=len(restricted & gone), imports=imports_gone(events, going), last_position=book.last_position,
        sha256=digest_of_events(going), years=years_of(going),
    )  # fmt: skip
    return Casework(removal, cases, len(restricted - gone), sealed_copy(results, book.store_id))


def things_of(casework: Casework, results: Path) -> Iterator[Thing]:
    """What goes, beside the tables of the lake that show it."""
    if casework.removal is None:
        return
    root, removal = str(results), casework.removal
    if removal.positions:
        yield Thing(root=root, path=EVENTS, kind="casework", removed=removal.events, sha256=removal.sha256)
    if removal.editions:
        yield Thing(root=root, path=EDITIONS, kind="casework", removed=len(numbers_in(removal.editions)), sha256="")
    if casework.copy is not None:
        yield Thing(root=root, path=FILE, kind="casework", removed=1, sha256=digest_of(casework.copy))


def with_casework_now(lake: Path, results: Path, plan: Certificate, kept: Kept) -> Certificate:
    """The plan without the cases with which something was done since it was made; as it is where the store has no more of it."""
    if plan.casework is None:
        return plan
    with store_of(lake, results) as store:
        assert store is not None
        with store.reading() as book:
            if plan.casework in book.removals():
                return plan
            now = _over(book, results, plan.as_of, kept, (plan.by, plan.second, plan.begun_at))
    others = [thing for thing in plan.things if thing.path not in (EVENTS, EDITIONS, FILE)]
    return plan.model_copy(update={
        "casework": now.removal, "things": (*others, *things_of(now, results)), "restricted_left": now.restricted_left,
    })  # fmt: skip


def remove_casework(lake: Path, results: Path, plan: Certificate, kept: Kept) -> None:
    """Takes out what the plan says, and every byte of it. Raises BadStore where somebody has gone on with one of the cases meanwhile."""
    if plan.casework is None:
        return
    with store_of(lake, results) as store:
        assert store is not None
        with store.writing() as book:
            if plan.casework not in book.removals():
                now = _over(book, results, plan.as_of, kept, (plan.by, plan.second, plan.begun_at)).removal
                if now != plan.casework:
                    raise BadStore(
                        "Something was done in the case store since it was looked at. Purge again: what is no longer over then stays. Nothing was "
                        "removed of it."
                    )
                book.remove(plan.casework)
        store.forget()


def compare_casework(lake: Path, results: Path, entries: Iterable[Mapping[str, Any]], found: Found) -> None:
    """Every number of an event or an edition is there, or was removed by a purge that the log knows by its digest."""
    known = {told["sha256"] for entry in entries if entry.get("event") == PURGE and (told := entry.get("casework"))}
    try:
        with store_of(lake, results) as store:
            if store is None:
                return
            with store.reading() as book:
                removals, last = book.removals(), (book.last_position, book.last_edition)
                there = {event.position for event in book.events()}, {one.number for one in book.editions()}
    except CaseworkError as error:
        found.remarks.append(f"{error} It was not compared.")
        return
    for removal in removals:
        if removal.sha256 not in known:
            found.differences.append(
                f"The case store says that a purge as of {removal.as_of} took events out; the log knows of none."
            )
    for what, behind, numbers, gone in zip(
        ("events", "editions"), last, there, ([r.positions for r in removals], [r.editions for r in removals]), strict=True
    ):
        lost = ranges(set(range(1, behind + 1)) - numbers.union(*map(numbers_in, gone)))
        if lost:
            found.differences.append(f"The case store lacks {what}, of which the first is {lost[0][0]}: no purge took them out.")
