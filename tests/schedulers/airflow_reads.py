"""Run by a Python that has Apache Airflow, and nothing of ours: what its DagBag reads of a folder, and how a job of it ends by exit code."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag

folder = Path(sys.argv[1])
bag = DagBag(dag_folder=folder)
assert not bag.import_errors, bag.import_errors
[dag] = bag.dags.values()
module = sys.modules[type(dag.tasks[0]).__module__]

ends = {}
for code in range(4):
    python = folder / "python"
    python.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    python.chmod(0o700)
    module.PYTHON = str(python)
    ends[code] = "done"
    with suppress(Exception):
        try:
            dag.tasks[0].execute({})
        except Exception as error:
            ends[code] = [kind.__name__ for kind in type(error).__mro__]
            raise

context = {
    "dag_run": type("DagRun", (), {"logical_date": module.pendulum.datetime(2017, 12, 31, 20, tz="UTC"), "run_after": None})()
}
tasks = {
    task.task_id: {
        "after": sorted(task.upstream_task_ids),
        "inputs": [asset.name for asset in task.inlets],
        "outputs": [asset.name for asset in task.outlets],
        "arguments": [task.render_template(argument, context) for argument in task.arguments],
        "retries": task.retries,
        "calls": [call.__name__ for call in task.on_failure_callback],
    }
    for task in dag.tasks
}
sys.stdout.write(json.dumps({"at_once": dag.max_active_tasks, "catchup": dag.catchup, "ends": ends, "tasks": tasks}))
