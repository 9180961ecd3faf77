"""What is not as a command left it is named: a byte, a file that is gone or put there, a version in the place of another."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from expectations.contracts.lake import FILES, PURPOSES, RUNS
from jobs.audit.calls import SUPERVISION, recorded
from jobs.audit.log import LOG as AUDIT_LOG
from jobs.audit.vouched import vouch
from jobs.commands.cli import app
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.results import LIST, Stamp, publication
from jobs.runtime.session import Engine

STAMP = Stamp(date(2017, 12, 31), "D1")


def publish(out: Path, text: str) -> None:
    with publication(out, "publish", ["exports"], STAMP, lambda _: None) as staged:
        (staged / "exports" / "clues.csv").write_text(text, encoding="utf-8")
        (staged / "exports" / "needs.csv").write_text(f"{text}待保", encoding="utf-8")


def purposes(lake: Lake, count: int) -> Any:
    rows = [(date(2017, 12, day), "supervision", "basis") for day in range(1, count + 1)]
    return lake.session.createDataFrame(rows, plain_schema(PURPOSES))


@pytest.fixture(scope="module")
def whole(embedded: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three commands: a table overwritten and one appended to each time, lists published."""
    out = tmp_path_factory.mktemp("whole")
    lake = Lake(embedded, str(out / "lake"))
    for number in (1, 2, 3):
        with recorded("run", {}, purpose=SUPERVISION, out=out):
            lake.overwrite(PURPOSES, purposes(lake, number))
            lake.append(RUNS, lake.session.createDataFrame([_run(number)], plain_schema(RUNS)))
            publish(out, f"第{number}月")
            vouch(lake.folder)
    return out


def _run(number: int) -> tuple[Any, ...]:
    row = {"run_id": f"R{number}", "job_no": 1, "job": "publish", "state": "finished", "started_at": "x", "seconds": 1.0}
    row |= {"code_version": "1", "settings_fingerprint": "1", "engine": "e"}
    return tuple(row.get(name) for name in RUNS.column_names)


@pytest.fixture
def out(whole: Path, tmp_path: Path) -> Path:
    """The same at another place: results may be moved, and their log with them."""
    copied = tmp_path / "out"
    shutil.copytree(whole, copied)
    log = copied / "audit" / AUDIT_LOG
    assert log.is_file()
    return copied


def told(out: Path) -> tuple[int, str]:
    ran = CliRunner(env={"COLUMNS": "500"}).invoke(app, ["verify", str(out)])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran.exit_code, ran.output


def rows(out: Path, table: str = "ops/purposes") -> list[Path]:
    return sorted((out / "lake" / table).glob("*/*.parquet"), key=lambda path: path.stat().st_mtime_ns)


def commit(out: Path, version: int, table: str = "ops/purposes") -> Path:
    return out / "lake" / table / "_delta_log" / f"{version:020}.json"


def swap(one: Path, other: Path) -> None:
    texts = one.read_bytes(), other.read_bytes()
    one.write_bytes(texts[1])
    other.write_bytes(texts[0])


def edit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def edit_list_with_its_digest(out: Path) -> None:
    from jobs.runtime.results import digest_of

    path = out / "exports" / "clues.csv"
    before = digest_of(path)
    path.write_text("又一月", encoding="utf-8")
    listed = out / "exports" / LIST
    listed.write_text(listed.read_text(encoding="utf-8").replace(before, digest_of(path)), encoding="utf-8")


def rewrite_rows(out: Path) -> None:
    """Rows of the third version go, and its commit says so."""
    path = commit(out, 2)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if '"add"' not in line]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


CHANGES: list[tuple[str, Callable[[Path], object], str]] = [
    ("a byte of the rows", lambda out: edit(rows(out)[-1]), "ops/purposes/.*parquet was changed"),
    ("a byte of an old version", lambda out: edit(rows(out)[0]), "ops/purposes/.*parquet was changed"),
    ("a byte of rows long appended", lambda out: edit(rows(out, "ops/runs")[0]), "ops/runs/.*parquet was changed"),
    ("a file gone", lambda out: rows(out)[-1].unlink(), "parquet is gone"),
    ("a file of rows appended gone", lambda out: rows(out, "ops/runs")[0].unlink(), "ops/runs/.*parquet is gone"),
    ("a file put there", lambda out: shutil.copy(rows(out)[0], rows(out)[-1].with_name("more.parquet")), "more.parquet belongs to no version"),
    ("files of two versions swapped", lambda out: swap(rows(out)[0], rows(out)[-1]), "ops/purposes/.*parquet was changed"),
    ("two versions swapped", lambda out: swap(commit(out, 1), commit(out, 2)), "purposes: the commit of version 2 was changed"),
    ("the last version gone", lambda out: commit(out, 2).unlink(), "was set back to version 1: the last .* is 2"),
    ("rows taken out of a version", rewrite_rows, "the commit of version 2 was changed: it has 0 rows"),
    ("a table gone", lambda out: shutil.rmtree(out / "lake" / "ops" / "runs"), "ops/runs is gone: its version 2"),
    ("a table put there", lambda out: shutil.copytree(out / "lake/ops/runs", out / "lake/ops/more"), "ops/more is a table that no command"),
    ("a byte of a list", lambda out: edit(out / "exports" / "needs.csv"), "needs.csv was changed"),
    ("a list gone", lambda out: (out / "exports" / "clues.csv").unlink(), "clues.csv is gone"),
    ("two lists swapped", lambda out: swap(out / "exports/clues.csv", out / "exports/needs.csv"), "clues.csv was changed"),
    ("a list with its digest", edit_list_with_its_digest, f"exports/{LIST} was changed"),
    ("the list of lists gone", lambda out: (out / "exports" / LIST).unlink(), f"exports/{LIST} is gone"),
    ("a zone put there", lambda out: shutil.copytree(out / "exports", out / "restricted"), f"restricted/{LIST} was not written by a command"),
    ("the log itself", lambda out: edit(out / "audit" / AUDIT_LOG), "audit: "),
]  # fmt: skip


def test_what_nobody_touched_is_as_it_was_written_wherever_it_lies(out: Path) -> None:
    code, said = told(out)
    assert code == 0, said
    assert "2 tables, 8 files, 6 rows are as they were written" in said


@pytest.mark.parametrize(("change", "said"), [change[1:] for change in CHANGES], ids=[change[0] for change in CHANGES])
def test_what_was_changed_is_named(out: Path, change: Callable[[Path], object], said: str) -> None:
    change(out)
    code, words = told(out)
    assert code == 3, words
    last = [line for line in words.splitlines() if line.startswith("BadStore")]
    assert re.search(said, last[0]), words


def test_what_somebody_put_beside_the_lists_is_named_and_no_difference(out: Path) -> None:
    (out / "exports" / "回填.xlsx").write_bytes(b"")
    code, said = told(out)
    assert code == 0
    assert "files that this program did not write: 回填.xlsx" in said


def test_what_a_killed_run_wrote_is_told_until_a_command_has_ended(embedded: Engine, out: Path) -> None:
    lake = Lake(embedded, str(out / "lake")).of_job("publish", [PURPOSES], [PURPOSES], {"run_id": "R9"})
    lake.overwrite(PURPOSES, purposes(lake, 4))
    code, said = told(out)
    assert code == 3
    assert "has gone on to version 3, written by a run that says it is R9 and did not come to its end" in said
    with recorded("run", {}, purpose=SUPERVISION, out=out):
        vouch(lake.folder)
    assert told(out)[0] == 0


def test_a_version_that_was_set_back_is_told_after_the_next_command_too(out: Path) -> None:
    commit(out, 2).unlink()
    shutil.rmtree(rows(out)[-1].parent)
    with recorded("plan", {}, purpose=SUPERVISION, out=out):
        vouch(out / "lake")
    code, said = told(out)
    assert code == 3
    assert "ops/purposes was set back to version 1: the last that a command of the log left is 2" in said


def test_without_a_run_nothing_is_vouched_for(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    code, said = told(tmp_path / "out")
    assert code == 2
    assert "vouches for no lake" in said


def test_only_what_has_changed_is_written_down(embedded: Engine, out: Path) -> None:
    lake = Lake(embedded, str(out / "lake"))
    size = (out / "audit" / AUDIT_LOG).stat().st_size
    with recorded("cases", {}, purpose=SUPERVISION, out=out):
        vouch(lake.folder)
    lines = (out / "audit" / AUDIT_LOG).read_bytes()[size:].splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["begin", "end"]
    assert not lake.exists(FILES)


def test_a_damaged_table_is_not_vouched_for_and_ends_no_command(embedded: Engine, out: Path) -> None:
    commit(out, 2).write_bytes(b"")
    lake = Lake(embedded, str(out / "lake"))
    with recorded("run", {}, purpose=SUPERVISION, out=out):
        publish(out, "第4月")
        vouch(lake.folder)
    code, said = told(out)
    assert code == 3
    assert "ops/purposes in the lake" in said
    assert "clues.csv" not in said
