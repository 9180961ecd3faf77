"""A power cut loses what was written last, never what was written first: the order of calls is that of what they say."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, transaction
from pyspark.sql.types import LongType, StringType, StructField, StructType

from jobs.delivery.inbox import TAKEN, Inbox
from jobs.runtime import delta_folder, durable
from jobs.runtime.delta_folder import LOG, Mode
from jobs.runtime.results import LIST, WORK, Stamp, publication, replace_file

Calls = list[tuple[str, str]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """What was synced, moved to a place and removed, in order, by its path."""
    made: Calls = []
    fsync, replace, link, unlink = os.fsync, os.replace, os.link, os.unlink

    def named(path: object) -> str:
        return os.path.relpath(str(path), tmp_path)

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        made.append(("sync", named(os.readlink(f"/proc/self/fd/{descriptor}"))))

    def moved(fresh: Path, path: Path) -> None:
        replace(fresh, path)
        made.extend([("from", named(fresh)), ("to", named(path))])

    def linked(fresh: Path, path: Path) -> None:
        link(fresh, path)
        made.append(("to", named(path)))

    def removed(path: Path, *, dir_fd: int | None = None) -> None:
        unlink(path, dir_fd=dir_fd)
        made.append(("remove", named(path)))

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", moved)
    monkeypatch.setattr(os, "link", linked)
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
        assert calls.index(("sync", folder), at["to", f"exports/{name}"]) < listed
    assert calls.index(("sync", "exports")) < at["to", "exports/lists/b.xlsx"], "a new folder has its name before it is filled"
    assert calls.index(("sync", "exports"), at["remove", "exports/books/a.xlsx"]) < listed, "what was removed stays away"
    assert calls.index(("sync", ".")) < listed, "the zone's own name"
    after = calls[listed + 1 :]
    assert after[0] == ("sync", "exports")
    assert [call for call in after if call[0] == "to"] == []


def test_the_folder_in_which_it_is_decided_has_its_name_before_that(tmp_path: Path, calls: Calls) -> None:
    publish(tmp_path, {"clues.csv": "june"})
    assert calls.index(("sync", ".")) < calls.index(("to", f"{WORK}/ready"))


def test_a_delivery_is_moved_into_a_folder_that_has_its_name(
    tmp_path: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "july").mkdir()
    rename = os.rename

    def renamed(path: Path, place: Path) -> None:
        rename(path, place)
        calls.append(("to", os.path.relpath(str(place), tmp_path)))

    monkeypatch.setattr(os, "rename", renamed)
    place = os.path.relpath(Inbox(tmp_path).put(tmp_path / "july", TAKEN), tmp_path)
    assert calls == [("sync", "."), ("to", place), ("sync", TAKEN), ("sync", ".")]


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
        durable.replace_text(path, "0f\n", 0o600)
    fresh, moved = (target for kind, target in calls if kind in ("from", "to"))
    assert calls == [("sync", fresh), ("from", fresh), ("to", moved), ("sync", ".")]
    assert moved == name


ASIDE = f"gold/clues/{delta_folder._ASIDE}/{LOG}"
"""Where a commit is made, before it has its name in the table's log."""
ONE, TWO = StructType([StructField("a", LongType())]), StructType([StructField("a", LongType()), StructField("b", StringType())])


@pytest.fixture
def commits(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The same calls, and when a table was committed to."""
    create, write = transaction.create_table_with_add_actions, DeltaTable.create_write_transaction

    def created(*given: object, **named: object) -> None:
        create(*given, **named)
        calls.append(("commit", ""))

    def written(*given: object, **named: object) -> None:
        write(*given, **named)
        calls.append(("commit", ""))

    monkeypatch.setattr(delta_folder, "create_table_with_add_actions", created)
    monkeypatch.setattr(DeltaTable, "create_write_transaction", written)
    return calls


def committed(lake: Path, place: str, data: str, mode: Mode, schema: StructType, calls: Calls) -> tuple[set[str], set[str]]:
    """What was synced before rows were committed, and after it."""
    calls.clear()
    (lake / place / data).mkdir(parents=True)
    rows = pa.table({"a": [1]}) if schema is ONE else pa.table({"a": [1], "b": ["x"]})
    for number in range(2):
        pq.write_table(rows, lake / place / data / f"{number}.parquet")
    delta_folder.commit(lake, place, data, mode, schema, "")
    at = calls.index(("commit", ""))
    return {path for kind, path in calls[:at] if kind == "sync"}, {path for kind, path in calls[at:] if kind == "sync"}


def test_rows_are_on_the_disk_before_a_table_names_them_and_its_log_before_anything_rests_on_it(
    tmp_path: Path, commits: Calls
) -> None:
    place = "gold/clues"
    written: tuple[tuple[Mode, StructType], ...] = (("overwrite", ONE), ("append", TWO), ("overwrite", TWO))
    entries: set[str] = set()
    for number, (mode, schema) in enumerate(written):
        before, after = committed(tmp_path, place, str(number), mode, schema, commits)
        above = set() if entries else {"gold", "."}
        files = {f"{place}/{number}/{path.name}" for path in (tmp_path / place / str(number)).iterdir()}
        assert before == {*files, f"{place}/{number}", place, *above}
        assert len(files) == 2
        now = {path.name for path in (tmp_path / place / LOG).iterdir()}
        fresh = {f"{ASIDE}/{name}" for name in now - entries}
        assert after == {*fresh, f"{place}/{LOG}", place}, "the new entries, and no others"
        for name in now - entries:
            has_name = commits.index(("to", f"{place}/{LOG}/{name}"))
            assert commits.index(("sync", f"{ASIDE}/{name}")) < has_name < commits.index(("sync", f"{place}/{LOG}"), has_name)
        entries = now
    assert len([name for name in entries if name.endswith("0.json")]) == 1
    assert DeltaTable(tmp_path / place).version() == 3  # to add a column is a commit, too


def test_a_checkpoint_is_synced_whenever_one_is_written(tmp_path: Path, commits: Calls) -> None:
    place, last = "gold/clues", f"{ASIDE}/_last_checkpoint"
    synced = [last in committed(tmp_path, place, str(n), "append", ONE, commits)[1] for n in range(101)]
    assert [n for n, is_synced in enumerate(synced) if is_synced] == [0, 99], "deltalake writes one every hundred commits"


def test_a_file_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("mine")
    for name in ("report.json", ".report.json.new"):
        (tmp_path / name).symlink_to("victim")
    replace_file(tmp_path / "report.json", "{}")
    assert (tmp_path / "victim").read_text() == "mine"
    assert (tmp_path / "report.json").read_text() == "{}"
    assert not (tmp_path / "report.json").is_symlink()


def test_a_link_that_somebody_puts_there_meanwhile_is_not_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "victim").write_text("mine")
    (tmp_path / ".report.json.new").symlink_to("victim")
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)  # it is there again at once
    with pytest.raises(FileExistsError):
        replace_file(tmp_path / "report.json", "{}")
    assert (tmp_path / "victim").read_text() == "mine"


NAMING = {"durable.py", "results.py", "delta_folder.py"}


def test_nothing_else_moves_a_file_into_place() -> None:
    """One helper for all: who moves a file without it forgets the disk. Results are moved by the zone and then synced, commits of a table
    are synced one by one and then moved."""
    sources = Path(durable.__file__).parents[1].rglob("*.py")
    texts = {path.name: path.read_text(encoding="utf-8") for path in sources}
    assert {name for name, text in texts.items() if "os.replace(" in text or "fsync(" in text} == NAMING
