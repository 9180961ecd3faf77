"""A power cut loses what was written last, never what was written first: the order of calls is that of what they say."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from jobs.runtime import site_key
from jobs.runtime.results import LIST, WORK, Stamp, publication, replace_file

Calls = list[tuple[str, str]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """What was synced, moved to a place and removed, in order, by its path."""
    made: Calls = []
    fsync, replace, unlink = os.fsync, os.replace, os.unlink

    def named(path: object) -> str:
        return os.path.relpath(str(path), tmp_path)

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        made.append(("sync", named(os.readlink(f"/proc/self/fd/{descriptor}"))))

    def moved(fresh: Path, path: Path) -> None:
        replace(fresh, path)
        made.extend([("from", named(fresh)), ("to", named(path))])

    def removed(path: Path, *, dir_fd: int | None = None) -> None:
        unlink(path, dir_fd=dir_fd)
        made.append(("remove", named(path)))

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", moved)
    monkeypatch.setattr(os, "unlink", removed)
    return made


def publish(root: Path, files: dict[str, str]) -> None:
    with publication(root, "publish", ["exports"], Stamp(date(2017, 7, 31), "july"), print) as staged:
        for name, text in files.items():
            (staged / "exports" / name).parent.mkdir(exist_ok=True)
            (staged / "exports" / name).write_text(text)


def test_results_are_on_the_disk_before_anything_says_that_they_are(tmp_path: Path, calls: Calls) -> None:
    publish(tmp_path, {"clues.csv": "june", "books/a.xlsx": "a"})
    calls.clear()
    publish(tmp_path, {"clues.csv": "july", "lists/b.xlsx": "b"})
    staged, ready = f"{WORK}/staged", f"{WORK}/ready"
    at = {call: n for n, call in enumerate(calls)}  # where each came last
    decided = at["to", ready]
    written = ("clues.csv", "lists/b.xlsx", LIST)
    for name in (*written, "lists", ""):
        assert at["sync", f"{staged}/exports/{name}".rstrip("/")] < decided
    assert at["sync", staged] < decided
    first = next(n for n, call in enumerate(calls) if call[0] == "to" and call[1].startswith("exports"))
    assert calls.index(("sync", WORK), decided) < first
    listed = at["to", f"exports/{LIST}"]
    for name, folder in (("clues.csv", "exports"), ("lists/b.xlsx", "exports/lists")):
        assert at["to", f"exports/{name}"] < calls.index(("sync", folder)) < listed
    assert at["remove", "exports/books/a.xlsx"] < calls.index(("sync", "exports")) < listed, "what was removed stays away"
    assert calls.index(("sync", ".")) < listed, "the zone's own name"
    after = calls[listed + 1 :]
    assert after[0] == ("sync", "exports")
    assert [call for call in after if call[0] == "to"] == []


def test_a_zone_that_is_empty_again_has_gone_before_its_list_is_forgotten(tmp_path: Path, calls: Calls) -> None:
    publish(tmp_path, {"clues.csv": "june"})
    calls.clear()
    publish(tmp_path, {})
    gone = calls.index(("remove", f"exports/{LIST}"))
    assert gone < calls.index(("sync", "."), gone) < calls.index(("remove", f"{WORK}/ready/exports/{LIST}"))


@pytest.mark.parametrize("name", ["report.json", ".mingjing_key"])
def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, calls: Calls, name: str) -> None:
    path = tmp_path / name
    if name == "report.json":
        replace_file(path, "{}")
    else:
        site_key._make(path)
    fresh, moved = (target for kind, target in calls if kind in ("from", "to"))
    assert calls == [("sync", fresh), ("from", fresh), ("to", moved), ("sync", ".")]
    assert moved == name


def test_nothing_else_moves_a_file_into_place() -> None:
    """One helper for all: who moves a file without it forgets the disk. Results are moved by the zone and then synced."""
    sources = Path(site_key.__file__).parents[1].rglob("*.py")
    texts = {path.name: path.read_text(encoding="utf-8") for path in sources}
    assert {name for name, text in texts.items() if "os.replace(" in text or "fsync(" in text} == {"durable.py", "results.py"}
