"""Stages of the main job run when those that they need are done, two beside each other; behind one that fails none begins."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from jobs.commands.run_all import STAGES_AT_ONCE, by_need

PATIENCE = 10.0


def stage(name: str, reads: str = "", writes: str = "", *, is_gate: bool = False) -> Any:
    """A job's module that states tables, a letter each."""
    return SimpleNamespace(NAME=name, __name__=f"jobs.{name}.job", READS=_known(reads), WRITES=_known(writes), IS_GATE=is_gate)


class _Table:
    def __init__(self, full_name: str) -> None:
        self.full_name = full_name


_TABLES = {letter: _Table(letter) for letter in "abcdef"}


def _known(letters: str) -> tuple[_Table, ...]:
    return tuple(_TABLES[letter] for letter in letters)


def test_two_that_do_not_need_each_other_run_beside_each_other_and_what_needs_both_runs_behind() -> None:
    together, ended = threading.Barrier(2), list[str]()

    def run(job: Any) -> None:
        if job.NAME in ("clues", "needs"):
            together.wait(PATIENCE)  # broken, and an error, unless both are there
        ended.append(job.NAME)

    by_need([stage("link", "", "a"), stage("clues", "a", "b"), stage("needs", "a", "c"), stage("publish", "bc")], run)
    assert (ended[0], set(ended[1:3]), ended[3]) == ("link", {"clues", "needs"}, "publish")


def test_no_more_run_at_once_than_stated() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def run(_job: Any) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1

    by_need([stage(letter, "", letter) for letter in "abcdef"], run)
    assert most == STAGES_AT_ONCE


def test_behind_one_that_fails_none_begins_and_its_error_comes_when_the_other_has_ended() -> None:
    begun, ended, failed = list[str](), list[str](), threading.Event()

    def run(job: Any) -> None:
        begun.append(job.NAME)
        if job.NAME == "clues":
            failed.set()
            raise ZeroDivisionError(job.NAME)
        failed.wait(PATIENCE)
        time.sleep(0.2)
        ended.append(job.NAME)

    stages = [
        stage("clues", "", "a"),
        stage("needs", "", "b"),
        stage("checks", "", "c"),
        stage("rank", "a", "d"),
        stage("more", "b"),
    ]
    with pytest.raises(ZeroDivisionError, match="clues"):
        by_need(stages, run)
    assert (begun, ended) == (["clues", "needs"], ["needs"])


def test_behind_a_gate_that_is_closed_nothing_begins() -> None:
    begun = list[str]()

    def run(job: Any) -> None:
        begun.append(job.NAME)
        if job.NAME == "gate":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        by_need([stage("gate", "", "a", is_gate=True), stage("link", "b", "c")], run)
    assert begun == ["gate"]
