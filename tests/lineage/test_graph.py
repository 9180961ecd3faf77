"""The graph of the jobs: every order that it allows gives the lists of a run, and what schedulers are told of exit codes holds."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from jobs.check_quality import job as check_quality
from jobs.commands import run_all, upkeep
from jobs.commands.cli import app
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.lineage import schedules
from jobs.lineage.graph import Task, graph
from jobs.lineage.schedules import Place, as_dolphinscheduler
from jobs.runtime.session import Engine
from tests.conftest import City
from tests.hand_made import context

JOBS = (*run_all.STAGES, upkeep)
TASKS = graph(JOBS)


def latest_first(tasks: tuple[Task, ...]) -> list[str]:
    """An order that the graph allows, as unlike a run's as can be: of all that could be next, what a run does last."""
    left, order = {task.name: task for task in tasks}, list[str]()
    while left:
        ready = [name for name, task in left.items() if not left.keys() & {*task.after}]
        order.append(ready[-1])
        del left[ready[-1]]
    return order


def test_another_order_that_the_graph_allows_gives_the_same_lists(
    embedded: Engine, settings: Settings, city: City, finished: RunContext, tmp_path: Path
) -> None:
    order = latest_first(TASKS)
    assert order != [task.name for task in TASKS]
    ctx, jobs = context(embedded, settings, city.delivery, tmp_path), {job.NAME: job for job in JOBS}
    for name in order:
        if hasattr(jobs[name], "READS"):
            with ctx.job(jobs[name]) as own:
                jobs[name].run(own)
        else:
            jobs[name].run(ctx)
    lists = [path.relative_to(finished.out) for path in sorted(finished.out.glob("exports/*.csv"))]
    assert len(lists) >= 3
    assert [name for name in lists if (tmp_path / name).read_bytes() != (finished.out / name).read_bytes()] == []


def test_nothing_that_is_made_of_the_data_begins_before_the_gate_has_let_them_pass() -> None:
    at = [job.NAME for job in JOBS].index(check_quality.NAME)
    behind = {check_quality.NAME}
    for task in TASKS:
        behind |= {task.name} if behind & {*task.after} else set()
    assert behind == {job.NAME for job in JOBS[at:]}


def test_json_names_for_each_job_the_tables_that_it_declares_and_the_command() -> None:
    done = CliRunner().invoke(
        app, ["graph", "--format", "json", "--python", "/p", "--out", "/o", "--engine", "spark", "--env", "prod"]
    )
    told = {task["name"]: task for task in json.loads(done.stdout)["tasks"]}
    assert list(told) == [job.NAME for job in JOBS]
    for job in run_all.STAGES:
        assert told[job.NAME]["inputs"] == [table.full_name for table in job.READS]
        assert told[job.NAME]["outputs"] == [table.full_name for table in job.WRITES]
    assert told["find_clues"]["command"] == [
        "/p", "-m", "jobs.find_clues", "--out", "/o", "--as-of", "{as_of}", "--engine", "spark", "--env", "prod",
    ]  # fmt: skip
    assert "--delivery" in told["ingest"]["command"]


def test_an_engine_that_is_none_is_told_and_no_graph_is_written() -> None:
    done = CliRunner().invoke(app, ["graph", "--format", "airflow", "--engine", "duckdb"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "No engine 'duckdb'" in done.stderr


@pytest.mark.parametrize(
    ("ends", "tries", "says"), [("0", 1, ""), ("1", 3, ""), ("2", 1, "mend it"), ("3", 1, "return slips in")]
)
def test_a_script_tries_again_only_what_may_go_better_and_ends_with_the_code_of_the_job(
    ends: str, tries: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "a python"
    python.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/tries"\nexit {ends}\n', encoding="utf-8")
    python.chmod(0o700)
    monkeypatch.setattr(schedules, "PAUSE_SECONDS", 0)
    place = Place(str(python), "/in the/{as_of}/it's", "/out", "embedded")
    scripts = {task["name"]: task["command"] for task in yaml.safe_load(as_dolphinscheduler(TASKS, place))["tasks"]}
    script = scripts["ingest"].replace("${as_of}", "2017-12-31")  # as the scheduler does
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == int(ends)
    assert says in done.stderr
    line = "-m jobs.ingest --delivery /in the/2017-12-31/it's --out /out --as-of 2017-12-31 --engine embedded\n"
    assert (tmp_path / "tries").read_text(encoding="utf-8") == line * tries
