"""mingjing run --watch: deliveries one after the other, a refused one aside, none twice, also not after a crash."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FILES
from jobs.commands import watch as watching
from jobs.delivery.inbox import SENT_BACK, TAKEN
from jobs.launch import start
from jobs.runtime.console import Console
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from tests.hand_made import HandMade, first_delivery, vehicle


class Enough(Exception):
    """The watch has looked as often as the test wants."""


def look(inbox: Path, out: Path, *, looks: int = 2, as_of: str = "today") -> str:
    """What the watch said. The second look takes what the first has seen."""
    left, console = iter(range(looks - 1)), Console(file=io.StringIO(), width=200)

    def pause(_seconds: float) -> None:
        if next(left, None) is None:
            raise Enough

    with pytest.raises(Enough):
        watching.watch(
            inbox, out=out, as_of=as_of, future=False, engine=None, env="test", lake=None, console=console, pause=pause
        )
    said: str = console.file.getvalue()  # type: ignore[attr-defined]
    return said


def test_deliveries_are_taken_in_turn_and_what_was_refused_never_came(
    embedded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def the_tests_engine(*_: Any) -> Iterator[Engine]:
        yield embedded

    monkeypatch.setattr(start, "open_engine", the_tests_engine)
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    refused = HandMade(inbox / "a")
    refused.table("vehicles", [vehicle(1)])  # no roster, no payments: the gate stops it
    refused.done()
    (inbox / "b").mkdir()
    (inbox / "b/交接清单.csv").write_text("文件名,数据集\n", encoding="utf-8")
    first_delivery(inbox / "c").done()
    shutil.copytree(inbox / "c", tmp_path / "again")
    said = look(inbox, out)
    assert {path.name for path in inbox.iterdir()} == {TAKEN, SENT_BACK}
    assert {path.name for path in (inbox / SENT_BACK).iterdir()} == {"a", "b", "a.退回原因.txt", "b.退回原因.txt"}
    assert "Return slips: " in (inbox / SENT_BACK / "a.退回原因.txt").read_text(encoding="utf-8")
    assert "lacks the column" in (inbox / SENT_BACK / "b.退回原因.txt").read_text(encoding="utf-8")
    assert [path.name for path in (inbox / TAKEN).iterdir()] == ["c"]
    assert (out / "exports/clues.csv").is_file()
    lake = Lake(embedded, str(out / "lake"))
    files = {(row["data_set"], row["delivery_no"]): row["status"] for row in lake.read(FILES).collect()}
    assert files.pop(("vehicles", 1)) == "refused"
    assert set(files.values()) == {"accepted"}
    assert lake.read_or_empty(DATA_SETS["vehicles"].silver).isEmpty()
    assert said.index("taking a") < said.index("a is set aside") < said.index("taking c")

    (tmp_path / "again").rename(inbox / "by another name")  # as after a crash between the lists and the move
    monkeypatch.setattr(start, "open_engine", None)
    assert "by another name was taken in before" in look(inbox, out)
    assert {path.name for path in (inbox / TAKEN).iterdir()} == {"c", "by another name"}


def test_an_error_that_the_next_delivery_would_meet_ends_the_watch_and_moves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_delivery(tmp_path / "inbox/c").done()

    def broken(*_: Any) -> None:
        raise BadConfiguration("no engine")

    monkeypatch.setattr(start, "open_engine", broken)
    arguments: Any = {"as_of": "today", "future": False, "engine": None, "env": "test", "lake": None, "pause": lambda _: None}
    with pytest.raises(BadConfiguration, match="no engine"):
        watching.watch(tmp_path / "inbox", out=tmp_path / "out", console=Console(quiet=True), **arguments)
    assert [path.name for path in (tmp_path / "inbox").iterdir()] == ["c"]
    with pytest.raises(BadConfiguration, match="No folder"):
        watching.watch(tmp_path / "nowhere", out=tmp_path / "out", console=Console(quiet=True), **arguments)
