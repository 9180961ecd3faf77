"""What a run prints: moving lines for a person, still ones in a pipe, and with MINGJING_LOG=json a record each."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from typing import Any

import pytest
from rich.table import Table
from rich.text import Text

from jobs.runtime.console import LOG_VARIABLE, Console
from jobs.runtime.errors import DataRefused
from jobs.runtime.run_report import RunReport
from tests.hand_made import person_number
from tests.processes import ROOT

_SHOWS = """
from jobs.runtime.console import Console
from jobs.runtime.run_report import RunReport
console = Console()
with RunReport(console).stage("survey files") as progress:
    progress.advance(progress.add_task("survey files", total=2))
with console.status("judging the delivery"):
    pass
"""


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setenv(LOG_VARIABLE, "json")
    return Console(file=io.StringIO(), force_terminal=True, width=20)


def test_each_thing_that_is_printed_is_a_record_with_time_and_level(console: Console) -> None:
    console.print("one", Text("two\x1b"), end="")
    console.warn(f"three {person_number(7)}.csv")
    console.tell(DataRefused("four"))
    told = records(console.file.getvalue())  # type: ignore[attr-defined]
    assert [(record["level"], record["message"][:5]) for record in told] == [
        ("info", "one"), ("info", "two\x1b"), ("warning", "three"), ("error", "four"),
    ]  # fmt: skip
    assert told[-1]["exit_code"] == 3
    assert person_number(7) not in told[2]["message"]
    assert all(record["time"].endswith("+00:00") for record in told)


def test_a_table_is_a_record_with_its_rows(console: Console) -> None:
    table = Table(title="Stages", show_header=False)
    for heading in ("stage", ""):
        table.add_column(heading)
    table.add_row("link people", Text("1.5"))
    console.print(table)
    [told] = records(console.file.getvalue())  # type: ignore[attr-defined]
    assert (told["message"], told["rows"]) == ("Stages", [{"stage": "link people", "1": "1.5"}])


def test_a_stage_is_a_record_with_its_figures_and_nothing_moves(console: Console) -> None:
    report = RunReport(console)
    with report.stage("survey files") as progress:
        report.current.rows = 12
        progress.advance(progress.add_task("survey files", total=2))
    [told] = records(console.file.getvalue())  # type: ignore[attr-defined]
    assert (told["message"], told["rows"]) == ("stage ended: survey files", 12)
    assert told["seconds"] == report.stages[0].seconds


def test_a_person_sees_progress_and_a_pipe_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LOG_VARIABLE, raising=False)
    piped = subprocess.run([sys.executable, "-c", _SHOWS], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert piped.split() == ["✓", "survey", "files", *piped.split()[3:]]
    assert "\x1b" not in piped
    assert piped.count("\n") == 1
    person = Console(file=io.StringIO(), force_terminal=True)
    with RunReport(person).stage("survey files") as progress:
        progress.add_task("survey files", total=2)
    assert "0/2" in person.file.getvalue()  # type: ignore[attr-defined]


def test_no_module_makes_a_console_of_its_own() -> None:
    """A console of rich's would read the names in a delivery as markup."""
    sources = (ROOT / "jobs").rglob("*.py")
    own = {path.name for path in sources if re.search(r"rich\.console|from rich import", path.read_text(encoding="utf-8"))}
    assert own == {"console.py"}
