"""Every command is in the log: who, for what, on what, how it ended; and no number or name of anybody."""

from __future__ import annotations

import json
import os
import runpy
import sys
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from typer.testing import CliRunner

from jobs.audit.calls import _TOLD, BEGIN, END, RULES, RUN, changed_rules, note, note_run, recorded
from jobs.audit.log import HEAD, LOG, VARIABLE, append, entries_of
from jobs.audit.shown import Wanted, calls_of
from jobs.commands import cli
from jobs.commands.cli import app
from jobs.runtime import private_network
from jobs.runtime.errors import BadConfiguration, DataRefused
from tests.commands.test_modules import JOBS
from tools.command_reference import commands

NUMBER = "420292194901010015"
LEAVES = list(commands())


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of results, files to name, and commands that do nothing."""
    for name in ("out/lake", "out/plans/2018-01-15", "delivery"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / f"{NUMBER}.csv").write_text("记录一\n", encoding="utf-8")
    monkeypatch.setattr("jobs.launch.start.explained", lambda *_: 0)
    monkeypatch.setattr("jobs.launch.start.open_engine", None)
    monkeypatch.delenv(VARIABLE, raising=False)
    return tmp_path


def line_for(command: Any, path: str, place: Path) -> list[str]:
    """A command line with all that the command may be given, in each text a number and a name."""
    line = path.split()[1:]
    for param in command.params:
        stated = param.type_descriptor.annotation
        kind = next(iter(get_args(stated)), stated)
        if kind is bool:
            line += [param.opts[0]] if param.name == "full" else []
            continue
        if kind is Path:
            name = {"out": "out", "plan": "out/plans/2018-01-15", "delivery": "delivery"}.get(param.name, f"{NUMBER}.csv")
            value = str(place / name)
        elif issubclass(kind, Enum):
            value = next(iter(kind)).value
        else:
            value = "3" if kind in (int, float) else NUMBER if param.name in _TOLD else f"{NUMBER} 张小芳"
        line += [value] if param.param_type_name == "argument" else [param.opts[0], value]
    return line


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[path for path, _ in LEAVES])
def test_every_command_is_recorded_when_it_begins_and_when_it_has_ended(
    place: Path, monkeypatch: pytest.MonkeyPatch, path: str, command: Any
) -> None:
    if path.removeprefix("mingjing ") in cli._WITHOUT_RESULTS:
        monkeypatch.setenv(VARIABLE, str(place / "out" / "audit"))
    ran = CliRunner().invoke(app, line_for(command, path, place))
    text = (place / "out" / "audit" / LOG).read_text(encoding="utf-8")
    begun, ended = entries_of(place / "out" / "audit")
    assert (begun["event"], ended["event"]) == (BEGIN, END), ran.output
    assert begun["command"] == ended["command"] == path.removeprefix("mingjing ")
    assert begun["call"] == ended["call"]
    assert begun["purpose"] == ("check" if path == "mingjing check" else "supervision")
    assert {"user", "host", "at", "process", "on"} <= set(begun)
    assert ended["exit"] == ran.exit_code
    assert NUMBER not in text
    assert "张小芳" not in text


@pytest.mark.filterwarnings("ignore:.*found in sys.modules")
@pytest.mark.parametrize("job", [job for job in JOBS if job.split(".")[1] != "commands"])
def test_every_job_that_is_run_by_itself_is_recorded(place: Path, monkeypatch: pytest.MonkeyPatch, job: str) -> None:
    monkeypatch.undo()
    monkeypatch.setenv(private_network.VARIABLE, "shared")
    monkeypatch.setattr(cli, "end_on_signals", lambda: None)
    monkeypatch.setattr("jobs.launch.start.end_on_signals", lambda: None)

    def refused(**_: object) -> None:
        raise BadConfiguration("Nothing is opened here.")

    monkeypatch.setattr("jobs.launch.start.open_run", refused)
    monkeypatch.setattr("jobs.launch.start.open_lake", refused)
    out, day = ["--out", str(place / "out")], ["--as-of", "2017-12-31"]
    of_their_own = {
        "jobs.learn": [*out, *day],
        "jobs.check_payments": [str(place / f"{NUMBER}.csv"), *out, *day],
        "jobs.plan_visits": [*out, *day, "--visits", "3"],
        "jobs.report_casework": [*out, "--from", "2017-12-01", "--to", "2017-12-31"],
        "jobs.take_in": [str(place / f"{NUMBER}.csv"), *out, *day],
        "jobs.dispatch_cases": [str(place / "out" / "plans" / "2018-01-15")],
        "jobs.settle_identities": [str(place / f"{NUMBER}.csv"), *out],
        "jobs.ingest": ["--delivery", str(place / "delivery"), *out, *day],
    }
    monkeypatch.setattr(sys, "argv", [job, *of_their_own.get(job, [*out, *day])])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(job, run_name="__main__", alter_sys=True)
    told = entries_of(place / "out" / "audit")
    assert [entry["event"] for entry in told] == [BEGIN, END]
    assert told[1]["exit"] == ended.value.code == 2


def test_what_a_command_did_stands_between_and_how_it_failed_behind(tmp_path: Path) -> None:
    def work(error: Exception) -> None:
        with recorded("run", {}, purpose="supervision", out=tmp_path):
            note("purge", rows=3)
            raise error

    with pytest.raises(DataRefused):
        work(DataRefused(NUMBER))
    with pytest.raises(ZeroDivisionError):
        work(ZeroDivisionError(NUMBER))
    told = entries_of(tmp_path / "audit")
    assert [entry["event"] for entry in told] == [BEGIN, "purge", END] * 2
    assert (told[2]["exit"], told[5]["exit"], told[5]["failure"]) == (3, 1, "ZeroDivisionError")
    assert NUMBER not in json.dumps(told)


def test_no_folder_is_made_for_a_command_that_makes_none(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(BadConfiguration), recorded("run", {}, purpose="supervision", out=out):
        raise BadConfiguration("no")
    assert not out.exists()
    with recorded("run", {}, purpose="supervision", out=out):
        out.mkdir()
        note(RUN, run_id="R1")
        assert [entry["event"] for entry in entries_of(out / "audit")] == [BEGIN, RUN]
    note(RUN, run_id="R2")  # outside of a command
    assert [entry["event"] for entry in entries_of(out / "audit")] == [BEGIN, RUN, END]


def test_what_cannot_be_recorded_is_not_done(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.launch.start.explained", lambda *_: pytest.fail("it was done"))
    append(place / "out" / "audit", {"event": "begin"})
    (place / "out" / "audit" / HEAD).unlink()
    ran = CliRunner().invoke(app, ["trace", "C0123456789abcdef", "--full", "--out", str(place / "out")])
    assert ran.exit_code == 3
    assert "head.json is missing" in ran.output.replace("\n", "")


def test_a_change_of_the_rules_is_told_and_where_the_key_came_from(tmp_path: Path) -> None:
    for run, code in (("R1", "1"), ("R2", "1"), ("R3", "2")):
        with recorded("run", {}, purpose="supervision", out=tmp_path):
            note_run(run, key="file", settings="s", code=code, changed=changed_rules("s", code, None))
    told = [entry for entry in entries_of(tmp_path / "audit") if entry["event"] in (RUN, RULES)]
    assert [entry["event"] for entry in told] == [RUN, RULES, RUN, RUN, RULES]
    assert (told[1]["settings"], told[1]["code"]) == (["", "s"], ["", "1"])
    assert told[4]["code"] == ["1", "2"]
    assert "settings" not in told[4]
    assert told[0]["key"] == "file"


def test_who_and_from_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "clerk")
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22")
    with recorded("trace", {"full": True}, purpose="supervision", out=tmp_path):
        pass
    begun = entries_of(tmp_path / "audit")[0]
    assert (begun["account"], begun["from"]) == ("clerk", "192.0.2.7")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    with recorded("cases", {}, purpose="supervision", out=tmp_path):
        pass
    entries = entries_of(tmp_path / "audit")
    assert entries[2]["user"] == "uid 4000000"
    shown = [lines[0] for lines in calls_of(entries, Wanted())]
    assert len(shown) == 2
    assert "(clerk)" in shown[0]
    assert "from 192.0.2.7 for supervision: trace" in shown[0]
    for wanted, count in (
        (Wanted(user="clerk"), 2), (Wanted(user="uid 4000000"), 1), (Wanted(command="trace"), 1), (Wanted(is_full=True), 1),
        (Wanted(is_failed=True), 0), (Wanted(command="run"), 0),
    ):  # fmt: skip
        assert len(list(calls_of(entries, wanted))) == count, wanted
    assert [lines for lines in calls_of(entries[:1], Wanted(is_failed=True)) if "no end: killed" in lines[0]]


def test_the_log_is_proved_and_shown_by_commands(tmp_path: Path) -> None:
    def ran(*words: str) -> Any:
        return CliRunner(env={"COLUMNS": "300"}).invoke(app, ["audit", *words])

    with recorded("trace", {"full": True}, purpose="supervision", out=tmp_path):
        pass
    proved = ran("verify", str(tmp_path))
    assert proved.exit_code == 0, proved.output
    head = proved.output.split()[-1]
    assert ran("verify", str(tmp_path), "--head", head).exit_code == 0
    assert ran("verify", str(tmp_path), "--head", "12").exit_code == 2
    in_full = [ran("show", str(tmp_path), "--full", "--since", "2020-01-01").output for _ in range(2)]
    assert all("trace" in told and "1 commands" in told for told in in_full), "asking for it shows nobody in full"
    assert "0 commands" in ran("show", str(tmp_path), "--until", "2020-01-01").output
    log = tmp_path / "audit" / LOG
    log.write_bytes(log.read_bytes().replace(b"trace", b"trade", 1))
    refused = ran("verify", str(tmp_path))
    assert refused.exit_code == 3
    assert "Line 1 was edited" in refused.output


def test_no_command_is_forgotten() -> None:
    group = typer.main.get_command(app)
    for path, command in cli._leaves(group):
        assert hasattr(command.callback, "__wrapped__"), path
    assert {path for path, _ in cli._leaves(group)} == {path.removeprefix("mingjing ") for path, _ in LEAVES}
