"""The text of the DAG file for Apache Airflow 3, which imports nothing of Mingjing: Airflow has its own Python."""

from __future__ import annotations

DAG_FILE = '''"""Mingjing's main job, written by `mingjing graph --format airflow`: write it anew rather than edit it.

A task is a job. It comes after the jobs that write what it reads; one runs at a time, for a lake has one writer. The day that the
jobs stand for is that of the schedule, in its time zone.
"""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pendulum
from airflow.sdk import DAG, Asset, BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

# the graph #
DAY = "{{ (dag_run.logical_date or dag_run.run_after).in_timezone('" + ZONE + "').to_date_string() }}"


class DataRefused(AirflowFailException):
    """Exit code 3: the data, not the program. A department has to answer."""


def tell(context):
    """Called when a job has failed for good: the place for a message of the site's own, to the department where the data were refused."""
    error = context.get("exception")
    whom = "the departments" if isinstance(error, DataRefused) else "the data team"
    context["task_instance"].log.error("For %s: %s", whom, error)


class Job(BaseOperator):
    """python -m JOB with its arguments; its words go to the task's log."""

    template_fields = ("arguments",)

    def __init__(self, arguments, **options):
        super().__init__(**options)
        self.arguments = arguments
        self.process = None

    def execute(self, context):
        command = [PYTHON, "-m", *self.arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as self.process:
            for line in self.process.stdout:
                self.log.info("%s", line.rstrip())
        code = self.process.returncode
        if code in REFUSED:
            raise (DataRefused if code == 3 else AirflowFailException)(REFUSED[code])
        if code:
            raise AirflowException(f"{self.task_id} ended with {code}")

    def on_kill(self):
        if self.process is not None:
            self.process.terminate()


with DAG(
    NAME,
    schedule=CRON,
    start_date=pendulum.datetime(2000, 1, 1, tz=ZONE),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    default_args={"retries": RETRIES, "retry_delay": timedelta(seconds=PAUSE_SECONDS), "on_failure_callback": tell},
    doc_md=__doc__,
):
    jobs = {
        name: Job(
            task_id=name,
            arguments=[argument.replace("{as_of}", DAY) for argument in task["arguments"]],
            inlets=[Asset(table) for table in task["inputs"]],
            outlets=[Asset(table) for table in task["outputs"]],
        )
        for name, task in TASKS.items()
    }
    for name, task in TASKS.items():
        jobs[name].set_upstream([jobs[other] for other in task["after"]])
'''
