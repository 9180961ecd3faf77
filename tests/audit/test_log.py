"""The log is as it was written, or its first line that is not is named; whoever writes, whoever is killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.audit.chain import Head, head_of
from jobs.audit.log import FIRST_KEY, HEAD, LOG, append, entries_of, first_key, proof
from jobs.runtime import durable
from jobs.runtime.errors import BadConfiguration, BadStore

Lines = list[bytes]


def written(folder: Path, count: int = 6) -> Path:
    for number in range(count):
        append(folder, {"event": "begin", "command": f"第{number}"})
    return folder


def rewrite(folder: Path, change: Callable[[Lines], Lines]) -> None:
    lines = (folder / LOG).read_bytes().splitlines(keepends=True)
    (folder / LOG).write_bytes(b"".join(change(lines)))


def edited(lines: Lines) -> Lines:
    return [*lines[:2], lines[2].replace("第2".encode(), "第9".encode()), *lines[3:]]


def invented(lines: Lines) -> Lines:
    return [*lines[:2], json.dumps({"no": 3, "prev": "0" * 64, "mac": "0" * 64}).encode() + b"\n", *lines[2:]]


CHANGES: list[tuple[str, Callable[[Lines], Lines], str]] = [
    ("edited", edited, "Line 3 was edited"),
    ("edited last", lambda lines: [*lines[:5], lines[5].replace("第5".encode(), "第9".encode())], "Line 6 was edited"),
    ("edited to no line at all", lambda lines: [*lines[:2], b"\xff\n", *lines[3:]], "Line 3 was edited"),
    ("emptied", lambda lines: [*lines[:2], b"\n", *lines[3:]], "Line 3 was edited"),
    ("dropped", lambda lines: [*lines[:2], *lines[3:]], "Line 3 was dropped"),
    ("the first dropped", lambda lines: lines[1:], "Line 1 was dropped"),
    ("two dropped", lambda lines: [*lines[:2], *lines[4:]], "Lines 3 to 4 were dropped"),
    ("swapped", lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "line 3 stands in the place of line 2"),
    ("the last ones swapped", lambda lines: [*lines[:4], lines[5], lines[4]], "line 6 stands in the place of line 5"),
    ("a copy inserted", lambda lines: [*lines[:4], lines[1], *lines[4:]], "inserted before line 5: line 2 stands there a second time"),
    ("inserted", invented, "inserted before line 3: what stands there was not written"),
    ("added", lambda lines: [*lines, lines[5]], "line 6 stands there a second time"),
    ("truncated", lambda lines: lines[:4], "truncated: it ends with line 4, and 6 were written. Line 5"),
    ("emptied as a whole", lambda lines: [], "truncated: it ends with line 0"),
]  # fmt: skip


@pytest.mark.parametrize("has_key", [True, False], ids=["with the first key", "without"])
@pytest.mark.parametrize(("change", "said"), [change[1:] for change in CHANGES], ids=[change[0] for change in CHANGES])
def test_the_first_line_that_is_not_as_written_is_named(
    tmp_path: Path, change: Callable[[Lines], Lines], said: str, has_key: bool
) -> None:
    folder = written(tmp_path / "audit")
    assert proof(folder).fault is None
    if not has_key:
        (folder / FIRST_KEY).unlink()
    rewrite(folder, change)
    fault = proof(folder).fault
    assert fault is not None
    assert said in fault


def test_what_was_changed_is_found_though_others_went_on_writing(tmp_path: Path) -> None:
    folder = written(tmp_path / "audit")
    rewrite(folder, lambda lines: lines[:4])
    append(folder, {"event": "begin"})
    assert "Lines 5 to 6 were dropped" in (proof(folder).fault or "")


def test_with_the_key_that_was_taken_elsewhere_no_log_can_be_made_anew_or_cut(tmp_path: Path) -> None:
    folder = written(tmp_path / "audit")
    key = first_key(folder / FIRST_KEY)
    early = (folder / HEAD).read_text(encoding="utf-8")
    (folder / FIRST_KEY).unlink()
    assert proof(folder, key=key).fault is None
    kept = proof(folder, key=key).head

    cut = tmp_path / "cut"  # somebody takes lines away, and the head says that there were none
    cut.mkdir()
    (cut / LOG).write_bytes(b"".join((folder / LOG).read_bytes().splitlines(keepends=True)[:4]))
    state = json.loads(early) | {"lines": 4}
    (cut / HEAD).write_text(json.dumps(state), encoding="utf-8")
    assert "its head was set back" in (proof(cut, key=key).fault or "")

    anew = written(tmp_path / "anew")  # a log that is whole in itself
    assert proof(anew).fault is None
    assert "Line 1 was edited" in (proof(anew, key=key).fault or "")
    assert "Line 6 is not the one of the head that was kept" in (proof(anew, kept=kept).fault or "")


def test_a_head_kept_elsewhere_says_what_must_be_there(tmp_path: Path) -> None:
    folder = written(tmp_path / "audit", 3)
    kept = head_of(f" {proof(folder).head}\n")
    assert kept is not None
    written(folder, 2)
    assert proof(folder, kept=kept).fault is None
    later = Head(9, kept.digest)
    assert "ends with line 5, and 9 were written" in (proof(folder, kept=later).fault or "")
    assert head_of("12") is None


def _write_some(folder: Path, who: int) -> None:
    for number in range(15):
        append(folder, {"event": "begin", "who": who, "number": number})


def test_those_who_write_at_once_write_one_chain(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(_write_some, [(tmp_path / "audit", who) for who in range(4)])
    assert proof(tmp_path / "audit").fault is None
    told = entries_of(tmp_path / "audit")
    assert [entry["no"] for entry in told] == list(range(1, 61))
    for who in range(4):
        assert [entry["number"] for entry in told if entry["who"] == who] == list(range(15))


@pytest.mark.parametrize(
    "cut", [0, 1, 40, -2, -1], ids=["nothing", "a byte", "some", "all but the last two", "all but the end of line"]
)
def test_what_a_killed_writer_leaves_is_explained_before_and_after_the_next_line(tmp_path: Path, cut: int) -> None:
    folder = written(tmp_path / "audit", 3)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    append(folder, {"event": "begin", "command": "run"})
    line = (folder / LOG).read_bytes()[len(before[LOG]) :]
    (folder / LOG).write_bytes(before[LOG] + (line[:cut] if cut else b""))
    (folder / HEAD).write_bytes(before[HEAD])
    assert proof(folder).fault is None
    append(folder, {"event": "begin", "command": "again"})
    assert proof(folder).fault is None
    events = [entry["event"] for entry in entries_of(folder) if "event" in entry]
    assert events == ["begin"] * 3 + {0: [], -1: ["begin"]}.get(cut, ["torn"]) + ["begin"]


def test_a_writer_that_is_killed_between_any_two_steps_leaves_a_log_that_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    names = [(durable, "append"), (durable, "replace_text"), (durable, "replace"), (durable, "sync"), (os, "fsync")]
    for step in range(40):
        folder, steps = tmp_path / str(step), [step]
        with monkeypatch.context() as patch:

            def counted(run: Callable[..., object], left: list[int] = steps) -> Callable[..., object]:
                def step_by_step(*arguments: object, **options: object) -> object:
                    left[0] -= 1
                    if left[0] < 0:
                        raise Killed
                    return run(*arguments, **options)

                return step_by_step

            for module, name in names:
                patch.setattr(module, name, counted(getattr(module, name)))
            try:
                written(folder, 2)
                is_done = True
            except Killed:
                is_done = False
        written(folder, 1)
        assert proof(folder).fault is None, step
        if is_done:
            return
    raise AssertionError("never written to the end")


def test_what_is_already_wrong_with_the_log_is_not_covered_by_what_a_killed_writer_leaves(tmp_path: Path) -> None:
    folder = written(tmp_path / "audit", 3)
    with (folder / LOG).open("ab") as stream:
        stream.write(b'{"no":4,"event":"begin"}\n')
    append(folder, {"event": "begin"})
    assert "inserted before line 4" in (proof(folder).fault or "")


def test_a_lost_or_damaged_head_stops_what_would_not_be_recorded(tmp_path: Path) -> None:
    folder = written(tmp_path / "audit")
    (folder / HEAD).write_text("{}", encoding="utf-8")
    with pytest.raises(BadStore, match="is not as it was written"):
        append(folder, {"event": "begin"})
    (folder / HEAD).unlink()
    with pytest.raises(BadStore, match="is missing"):
        append(folder, {"event": "begin"})


def test_a_log_that_is_not_there_and_a_key_that_is_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="No audit log"):
        proof(tmp_path)
    (tmp_path / "key").write_text("none", encoding="utf-8")
    with pytest.raises(BadConfiguration, match="holds no first key"):
        first_key(tmp_path / "key")


def test_the_log_is_its_owners_only_and_never_written_through_a_link(tmp_path: Path) -> None:
    folder = written(tmp_path / "audit")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())] == [0o700, 0o600, 0o600, 0o600]
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / LOG).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        append(linked, {"event": "begin"})
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(("second", "is_told"), [("09:00", False), ("08:58", False), ("07:59", True), ("no day", False)])
def test_a_clock_that_was_turned_back_is_told(tmp_path: Path, second: str, is_told: bool) -> None:
    """An approval that is over, an edition past its last day: by another clock they hold. Two writers may be a little apart."""
    for at in ("08:59", second, "10:00"):
        append(tmp_path, {"event": "begin", "at": at if at == "no day" else f"2026-01-05T{at}:00.000+00:00"})
    found = proof(tmp_path)
    assert found.fault is None
    assert any(said.startswith("Line 2 says 2026-01-05T07:59") for said in found.remarks) == is_told
    assert sum("clock was turned back" in said for said in found.remarks) == is_told
