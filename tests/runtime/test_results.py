"""Folders of results: what is not ours is never lost, all zones change together, and nobody else reads what is restricted."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from jobs.runtime import results
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.results import KEPT, LIST, WORK, Stamp, owner_only, publication, replace_file, settle

ZONES = ("exports", "restricted")
JUNE, JULY = Stamp(date(2017, 6, 30), "june"), Stamp(date(2017, 7, 31), "july")
OLD = {"clues.csv": "june", "workbooks/甲县.xlsx": "june 甲", "workbooks/乙县.xlsx": "june 乙"}
NEW = {"clues.csv": "july", "workbooks/甲县.xlsx": "july 甲", "workbooks/丙县/丙.xlsx": "july 丙"}
Files = Mapping[str, str]


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def publish(
    out: Path, files: Files, stamp: Stamp = JULY, *, writer: str = "publish", zones: tuple[str, ...] = ZONES
) -> list[str]:
    """Publishes the same files into every zone; what was warned of."""
    told: list[str] = []
    with publication(out, writer, zones, stamp, told.append) as staged:
        for zone in zones:
            write(staged / zone, files)
    return told


def write(folder: Path, files: Files) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def held(folder: Path) -> dict[str, str]:
    """Every file but the list and the work folder, with its text."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != LIST and WORK not in path.parts
    }


def test_what_a_job_wrote_is_replaced_and_what_it_writes_no_more_is_removed(out: Path) -> None:
    assert publish(out, OLD, JUNE) == []
    assert publish(out, NEW) == []
    for zone in ZONES:
        assert held(out / zone) == NEW
        marker = json.loads((out / zone / LIST).read_text(encoding="utf-8"))
        assert (marker["publish"]["as_of"], marker["publish"]["delivery"]) == ("2017-07-31", "july")
        assert set(marker["publish"]["files"]) == set(NEW)
    assert not [path.name for path in (out / "exports" / "workbooks").iterdir() if path.name == "乙县.xlsx"]
    assert {path.name for path in out.iterdir()} == {*ZONES, WORK}
    assert [path.name for path in (out / WORK).iterdir()] == ["lock"]


def test_the_same_results_are_the_same_bytes_the_list_as_well(out: Path) -> None:
    publish(out, NEW)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    publish(out, NEW)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_files_of_others_stay_and_are_named_a_few_of_them(out: Path) -> None:
    publish(out, OLD, JUNE)
    write(out / "exports", {f"workbooks/returned/{n}.xlsx": "filled in" for n in range(9)} | {"notes.txt": "mine"})
    (told,) = publish(out, NEW)
    assert held(out / "exports") == NEW | {f"workbooks/returned/{n}.xlsx": "filled in" for n in range(9)} | {"notes.txt": "mine"}
    assert told == (
        f"{out}/exports holds files that this program did not write, left as they are: notes.txt, workbooks/returned/0.xlsx, "
        "workbooks/returned/1.xlsx, workbooks/returned/2.xlsx, workbooks/returned/3.xlsx and more."
    )


@pytest.mark.parametrize("name", ["workbooks/甲县.xlsx", "workbooks/乙县.xlsx"], ids=["written again", "written no more"])
def test_a_workbook_that_was_filled_in_is_kept_beside_and_named(out: Path, name: str) -> None:
    for text in ("filled in", "filled in again"):
        publish(out, OLD, JUNE)
        write(out / "exports", {name: text})
        told = publish(out, NEW)
        assert told[0].startswith(f"{out}/exports/{name} is not as this program wrote it")
    kept = {name.replace(".xlsx", f"{KEPT}{n}.xlsx"): text for n, text in ((1, "filled in"), (2, "filled in again"))}
    assert held(out / "exports") == NEW | kept
    assert held(out / "restricted") == NEW


def test_an_out_without_lists_is_taken_over_and_nothing_of_it_is_lost(out: Path) -> None:
    write(out / "exports", OLD | {"workbooks/甲县.xlsx": NEW["workbooks/甲县.xlsx"], "mine.txt": "mine"})
    told = publish(out, NEW)
    kept = {f"clues{KEPT}1.csv": "june", "workbooks/乙县.xlsx": "june 乙", "mine.txt": "mine"}
    assert held(out / "exports") == NEW | kept
    assert len(told) == 2  # the same bytes are nobody's loss


@pytest.mark.parametrize("damage", [b"", b"{", b'{"publish": {}}', b"\xff", b'{"../x": 1}'])
def test_of_a_list_that_cannot_be_read_nothing_is_ours(out: Path, damage: bytes) -> None:
    publish(out, OLD, JUNE)
    (out / "exports" / LIST).write_bytes(damage)
    publish(out, NEW)
    kept = {f"clues{KEPT}1.csv": "june", f"workbooks/甲县{KEPT}1.xlsx": "june 甲", "workbooks/乙县.xlsx": "june 乙"}
    assert held(out / "exports") == NEW | kept


@pytest.mark.parametrize("path", ["../mine.txt", "/mine.txt", "a/../../mine.txt"])
def test_no_list_leads_out_of_its_zone(out: Path, path: str) -> None:
    publish(out, OLD, JUNE)
    write(out, {"mine.txt": "june"})
    marker = json.loads((out / "exports" / LIST).read_text(encoding="utf-8"))
    files = marker["publish"]["files"]
    files[path.replace("/mine", f"{out}/mine") if path.startswith("/") else path] = files.pop("clues.csv")
    (out / "exports" / LIST).write_text(json.dumps(marker), encoding="utf-8")
    publish(out, NEW)
    assert (out / "mine.txt").read_text() == "june"


def test_two_jobs_share_a_zone_and_each_replaces_its_own(out: Path) -> None:
    publish(out, OLD, JUNE)
    publish(out, {"checks.csv": "july checks", "clues.csv": "taken over"}, writer="checks")
    assert held(out / "exports") == OLD | {"checks.csv": "july checks", "clues.csv": "taken over"}
    marker = json.loads((out / "exports" / LIST).read_text(encoding="utf-8"))
    assert (marker["publish"]["as_of"], marker["checks"]["as_of"]) == ("2017-06-30", "2017-07-31")
    assert publish(out, NEW) == []
    assert held(out / "exports") == NEW | {"checks.csv": "july checks"}


def test_a_zone_that_is_left_empty_goes_with_its_folders_unless_something_else_lies_there(out: Path) -> None:
    zones = ("plans/one/exports", "plans/two/exports")
    publish(out, OLD, zones=zones)
    write(out / "plans" / "two", {"returned.xlsx": "filled in"})
    assert publish(out, {}, zones=zones) == []
    assert held(out) == {"plans/two/returned.xlsx": "filled in"}
    assert [path.name for path in (out / "plans").iterdir()] == ["two"]


def test_a_folder_of_ones_own_may_be_the_zone_itself(out: Path) -> None:
    write(out, {"mine/paper.txt": "mine", "mine.txt": "mine"})
    publish(out, OLD, zones=(".",))
    (told,) = publish(out, NEW, zones=(".",))
    assert held(out) == NEW | {"mine/paper.txt": "mine", "mine.txt": "mine"}
    assert told.endswith("left as they are: mine.txt, mine/paper.txt.")
    publish(out, OLD, zones=("exports",))
    assert publish(out, NEW, zones=(".",)) == [told]  # another zone's files are no stranger's


def test_an_error_while_writing_changes_nothing_and_leaves_nothing(out: Path) -> None:
    publish(out, OLD, JUNE)
    with pytest.raises(IsADirectoryError):
        publish(out, NEW | {"workbooks": "a file of that name"})
    assert held(out / "exports") == held(out / "restricted") == OLD
    assert [path.name for path in (out / WORK).iterdir()] == ["lock"]


@pytest.mark.parametrize("linked", ["exports", "exports/workbooks", WORK])
def test_nothing_is_written_or_removed_through_a_linked_folder(out: Path, tmp_path: Path, linked: str) -> None:
    publish(out, OLD, JUNE)
    elsewhere = tmp_path / "elsewhere"
    (out / linked).rename(elsewhere)
    (out / linked).symlink_to(elsewhere)
    before = held(elsewhere)
    for _ in range(2):
        with pytest.raises(BadConfiguration, match=rf"{linked} is a link or a file .* Nothing was changed"):
            publish(out, NEW)
    assert held(elsewhere) == before
    assert held(out / "restricted") == OLD
    assert [path.name for path in (out / WORK).iterdir()] == ["lock"]
    (out / linked).unlink()
    elsewhere.rename(out / linked)
    publish(out, NEW)
    assert held(out / "exports") == NEW


def test_a_linked_zone_is_refused_before_anything_is_done(out: Path, tmp_path: Path) -> None:
    (out / "exports").symlink_to(tmp_path)
    with pytest.raises(BadConfiguration, match="exports is a link"), publication(out, "publish", ZONES, JULY, print):
        pytest.fail("the work was begun")


def test_a_swap_is_not_finished_through_a_link_that_came_between(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(out, OLD, JUNE)
    with monkeypatch.context() as killed:
        killed.setattr(results, "_swap", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publish(out, NEW)
    elsewhere = tmp_path / "elsewhere"
    (out / "exports" / "workbooks").rename(elsewhere)
    (out / "exports" / "workbooks").symlink_to(elsewhere)
    with pytest.raises(BadConfiguration, match="workbooks is a link"):
        settle(out, print)
    assert held(elsewhere) == {"甲县.xlsx": "june 甲", "乙县.xlsx": "june 乙"}
    assert held(out / "restricted") == OLD
    (out / "exports" / "workbooks").unlink()
    settle(out, print)
    assert held(out / "exports") == held(out / "restricted") == NEW


def test_a_link_in_the_place_of_a_file_is_kept_and_not_followed(out: Path, tmp_path: Path) -> None:
    publish(out, OLD, JUNE)
    (tmp_path / "theirs.csv").write_text("june")
    (out / "exports" / "clues.csv").unlink()
    (out / "exports" / "clues.csv").symlink_to(tmp_path / "theirs.csv")
    publish(out, NEW)
    assert (tmp_path / "theirs.csv").read_text() == "june"
    assert (out / "exports" / f"clues{KEPT}1.csv").is_symlink()
    assert (out / "exports" / "clues.csv").read_text() == "july"


def test_a_folder_in_the_place_of_a_file_is_kept_whole(out: Path) -> None:
    write(out / "exports", {"clues.csv/mine.txt": "mine"})
    publish(out, NEW)
    assert held(out / "exports") == NEW | {f"clues{KEPT}1.csv/mine.txt": "mine"}


def test_a_file_where_the_folder_should_be_is_refused(out: Path) -> None:
    (out / "x").write_text("a file")
    with pytest.raises(BadConfiguration, match=r"x is a file\. Name a folder"):
        publish(out / "x", NEW)


def modes(folder: Path) -> dict[str, int]:
    return {
        "." if path == folder else path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777
        for path in (folder, *folder.rglob("*"))
    }


APART = multiprocessing.get_context("forkserver")
"""Of a server that never spoke to an engine: gRPC aborts some forks of a process that did."""
APART.set_forkserver_preload([__name__])


def stopped(act: Callable[[], object], step: int) -> bool:
    """Does it in a process of its own that is killed before the step-th thing it does to a file; False where it was done by then."""
    process = APART.Process(target=_act, args=(act, step))
    process.start()
    process.join()
    assert process.exitcode in (0, 9)
    return process.exitcode == 9


def _act(act: Callable[[], object], step: int) -> None:
    left = [step]

    def count(event: str, args: tuple[object, ...]) -> None:
        is_write = event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod")
        if is_write or (event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)):
            left[0] -= 1
            if left[0] == 0:
                os._exit(9)

    os.umask(0o022)
    sys.addaudithook(count)
    act()
    os._exit(0)


def test_killed_at_any_step_all_zones_are_of_one_month_after_the_next_start(tmp_path: Path) -> None:
    """With a workbook that was filled in, a file of somebody's own, and one that is written no more."""
    filled_in = {"workbooks/乙县.xlsx": "filled in", "mine.txt": "mine"}
    before = OLD | filled_in
    after = NEW | {"mine.txt": "mine", f"workbooks/乙县{KEPT}1.xlsx": "filled in"}
    seen, step, was_killed = [], 0, True
    while was_killed:
        step += 1
        out = tmp_path / str(step)
        publish(out, OLD, JUNE)
        write(out / "exports", filled_in)
        was_killed = stopped(partial(publish, out, NEW), step)
        assert modes(out)[WORK] == 0o700
        assert not [path for path, mode in modes(out / "restricted").items() if mode & 0o077], step
        settle(out, lambda told: None)
        month = held(out / "exports")
        seen.append("june" if month == before else "july")
        assert (month, held(out / "restricted")) == ((before, OLD) if seen[-1] == "june" else (after, NEW)), step
        assert [path.name for path in (out / WORK).iterdir()] in ([], ["lock"])
        publish(out, NEW)
        assert (held(out / "exports"), held(out / "restricted")) == (after, NEW), step
    assert step > 40
    assert seen == sorted(seen, reverse=True) == ["june"] * seen.count("june") + ["july"] * seen.count("july")
    assert min(seen.count("june"), seen.count("july")) > 10


def test_killed_while_a_swap_is_finished_the_next_start_finishes_it(tmp_path: Path) -> None:
    step, was_killed = 0, True
    while was_killed:
        step += 1
        out = tmp_path / str(step)
        publish(out, OLD, JUNE)
        assert stopped(partial(_publish_and_die_ready, out), 10_000) is False
        assert held(out / "exports") == OLD
        was_killed = stopped(partial(settle, out, print), step)
        settle(out, lambda told: None)
        assert held(out / "exports") == held(out / "restricted") == NEW, step
    assert step > 10


def _publish_and_die_ready(out: Path) -> None:
    sys.addaudithook(lambda event, args: os._exit(0) if event == "os.rename" and str(args[0]).endswith("clues.csv") else None)
    publish(out, NEW)


def test_restricted_results_are_their_owners_only_from_the_first_byte_and_masked_ones_are_as_the_folder(out: Path) -> None:
    (out / "restricted").mkdir(mode=0o755)
    with publication(out, "publish", ZONES, JULY, print) as staged:
        for zone in ZONES:
            write(staged / zone, NEW)
        assert modes(out)[WORK] == 0o700  # nobody gets to what is below it
    of_exports, of_restricted = modes(out / "exports"), modes(out / "restricted")
    assert {of_exports[path] for path in (*NEW, LIST)} == {0o644}
    assert {of_exports[path] for path in (".", "workbooks", "workbooks/丙县")} == {0o755}
    assert {of_restricted[path] for path in (*NEW, LIST)} == {0o600}
    assert {of_restricted[path] for path in (".", "workbooks", "workbooks/丙县")} == {0o700}


@pytest.mark.parametrize(("mode", "expected"), [(0o750, 0o640), (0o700, 0o600), (0o777, 0o644), (0o755, 0o644)])
def test_who_may_enter_the_folder_may_read_what_is_masked_and_nobody_else_may_write(out: Path, mode: int, expected: int) -> None:
    out.chmod(mode)
    with owner_only(out):
        publish(out, NEW)
        replace_file(out / "run_report.json", "{}")
        (out / "lake").mkdir()
        (out / "lake" / "part").write_text("numbers")
    assert modes(out)["exports/clues.csv"] == modes(out)["run_report.json"] == expected
    assert (modes(out)["lake"], modes(out)["lake/part"]) == (0o700, 0o600)
    (out / "after").write_text("as before")
    assert modes(out)["after"] == 0o644


def test_a_folder_that_a_run_makes_is_as_the_umask_says(tmp_path: Path) -> None:
    with owner_only(tmp_path / "made" / "out"):
        publish(tmp_path / "made" / "out", NEW)
    assert modes(tmp_path / "made" / "out")["."] == 0o755
    assert modes(tmp_path / "made" / "out")["exports/clues.csv"] == 0o644


def test_what_may_be_staging_of_an_earlier_version_is_named_and_left(out: Path) -> None:
    """Known by nothing but its name, which a person may have given, too."""
    left = (".exports.checks.staging", ".restricted.staging", ".slips.staging", "plans/.2017-06-30.staging")
    for folder in left:
        write(out / folder, {"clues.csv": "numbers"})
    write(out, {".mine.staging/x": "mine", ".exports.staging": "a file of that name"})
    before, told = held(out), list[str]()
    settle(out, told.append)
    assert held(out) == before
    assert [line.partition(" is named like ")[0] for line in told] == [str(out / folder) for folder in left]
