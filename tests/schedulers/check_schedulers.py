"""What is written for schedulers, read by the schedulers themselves: `make schedulers`, which gives each an environment of its own.

No part of `make test`: their pins would fight ours, and Airflow alone is 300 MB.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from jobs.commands import run_all, upkeep
from jobs.lineage.graph import graph
from jobs.lineage.schedules import NAME, PAUSE_SECONDS, RETRIES, Place, as_airflow, as_dolphinscheduler
from tests.processes import ROOT, run_apart

TASKS = graph((*run_all.STAGES, upkeep))
PLACE = Place("/opt/mingjing/.venv/bin/python", "/in/{as_of}", "/out of 市", "spark", "prod")


def read_by(scheduler: str, path: Path, **variables: str) -> Any:
    python, program = ROOT / f".venv-{scheduler}/bin/python", ROOT / f"tests/schedulers/{scheduler}_reads.py"
    return json.loads(run_apart([str(python), str(program), str(path)], **variables).stdout.splitlines()[-1])


def test_airflow_imports_the_dag_with_its_tasks_tables_and_order(tmp_path: Path) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / f"{NAME}.py").write_text(as_airflow(TASKS, PLACE), encoding="utf-8")
    at_home = {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    read = read_by("airflow", dags, **at_home)
    assert list(read["tasks"]) == [task.name for task in TASKS]
    for task in TASKS:
        told = read["tasks"][task.name]
        assert told["after"] == sorted(task.after)
        assert (tuple(told["inputs"]), tuple(told["outputs"])) == (task.inputs, task.outputs)
        assert (told["retries"], told["calls"]) == (RETRIES, ["tell"])
    # 20:00 in UTC is the next day in the schedule's zone
    assert read["tasks"]["ingest"]["arguments"] == [
        "jobs.ingest", "--delivery", "/in/2018-01-01", "--out", "/out of 市", "--as-of", "2018-01-01", "--engine", "spark", "--env", "prod",
    ]  # fmt: skip
    assert (read["at_once"], read["catchup"]) == (1, False)


def test_airflow_tries_again_neither_settings_nor_data_and_knows_the_two_apart(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.py").write_text(as_airflow(TASKS, PLACE), encoding="utf-8")
    ends = read_by("airflow", tmp_path, AIRFLOW_HOME=str(tmp_path))["ends"]
    assert ends["0"] == "done"
    assert "AirflowFailException" not in ends["1"]
    assert ends["2"][0] == "AirflowFailException"
    assert ends["3"][:2] == ["DataRefused", "AirflowFailException"]


def test_the_loader_of_dolphinscheduler_takes_the_workflow_in(tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}.yaml"
    path.write_text(as_dolphinscheduler(TASKS, PLACE), encoding="utf-8")
    read = read_by("dolphinscheduler", path)
    assert [task["name"] for task in read["tasks"]] == [task.name for task in TASKS]
    assert all(
        task["taskType"] == "SHELL" and task["taskParams"]["rawScript"].count(str(PAUSE_SECONDS)) == RETRIES
        for task in read["tasks"]
    )
    relations = {(before, after) for before, after in read["relations"] if before}
    assert {(other, task.name) for task in TASKS for other in task.after} <= relations
    names = [task.name for task in TASKS]
    assert {*pairwise(names)} <= relations  # one writer at a time
    assert read["param"] == [{"prop": "as_of", "direct": "IN", "type": "VARCHAR", "value": "$[yyyy-MM-dd]"}]
    assert (read["schedule"]["crontab"], read["schedule"]["timezoneId"]) == ("0 0 20 1 * ? *", "Asia/Shanghai")
    assert (read["execution"], read["warning"]) == ("SERIAL_WAIT", "FAILURE")
