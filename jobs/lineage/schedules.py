"""The graph of the jobs as schedulers read it. What a scheduler needs to know of exit codes stands in each, in its own words."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType

import yaml

from jobs.lineage.airflow_dag import DAG_FILE
from jobs.lineage.graph import Task

AS_OF = "{as_of}"
"""Stands for the day of the schedule in the arguments of a task."""
NAME = "mingjing"
ZONE = "Asia/Shanghai"
HOUR = 20
"""Of the first of each month, when offices are closed; late enough that it is the same day on a machine whose clock is in UTC."""
RETRIES, PAUSE_SECONDS = 2, 300
_TAKES_DELIVERY = "ingest"
_REFUSED_SETTINGS = "a setting, the command line or the delivery folder cannot be used (see above): mend it, then run again"
_REFUSED_DATA = (
    "data refused (see above): send the return slips in {slips} to the departments, and run again when they have answered"
)


@dataclass(frozen=True)
class Place:
    """Where a scheduler runs the jobs: its Python, its folders, the engine, the overlay of the configuration."""

    python: str
    delivery: str
    out: str
    engine: str
    env: str | None = None

    @property
    def refused(self) -> Mapping[int, str]:
        """What to say by exit code that no second try changes."""
        return {2: _REFUSED_SETTINGS, 3: _REFUSED_DATA.format(slips=f"{self.out}/slips")}

    def arguments(self, task: Task) -> list[str]:
        """Behind `python -m`."""
        delivery = ["--delivery", self.delivery] if task.name == _TAKES_DELIVERY else []
        env = ["--env", self.env] if self.env else []
        return [task.module, *delivery, "--out", self.out, "--as-of", AS_OF, "--engine", self.engine, *env]


def as_json(tasks: Sequence[Task], place: Place) -> str:
    """The graph itself, for any other program: tasks in the order of a run, {as_of} where the day belongs."""
    told = [{**asdict(task), "command": [place.python, "-m", *place.arguments(task)]} for task in tasks]
    content = {"format": "mingjing-graph-1", "retries": RETRIES, "pause_seconds": PAUSE_SECONDS, "tasks": told}
    return json.dumps({**content, "exit_codes": {0: "done", **place.refused}}, ensure_ascii=False, indent=1) + "\n"


def as_airflow(tasks: Sequence[Task], place: Place) -> str:
    """A DAG file for Apache Airflow 3."""
    told = {
        task.name: {
            "arguments": place.arguments(task),
            "after": [*task.after],
            "inputs": [*task.inputs],
            "outputs": [*task.outputs],
        }
        for task in tasks
    }
    values = {"NAME": NAME, "PYTHON": place.python, "ZONE": ZONE, "CRON": f"0 {HOUR} 1 * *", "RETRIES": RETRIES}
    values |= {"PAUSE_SECONDS": PAUSE_SECONDS, "REFUSED": place.refused, "TASKS": told}
    return DAG_FILE.replace("# the graph #", "\n".join(f"{name} = {_python(value)}" for name, value in values.items()))


def _python(value: object) -> str:
    """The value as Python reads it, what holds others one to a line."""
    if not isinstance(value, Mapping):
        return repr(value)
    return "\n".join(["{", *(f"    {key!r}: {item!r}," for key, item in value.items()), "}"])


class _Script(str):
    """A text of several lines, shown as such."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """YAML that shows scripts line by line."""


_Dumper.add_representer(_Script, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|"))


def as_dolphinscheduler(tasks: Sequence[Task], place: Place) -> str:
    """A workflow for the YAML loader of Apache DolphinScheduler's Python SDK.

    It knows no exit codes, so each script tries again by itself, and it runs side by side what does not wait for each other, which the
    lake's lock refuses: each task waits for the one before it, too.
    """
    workflow = {
        "name": NAME, "schedule": f"0 0 {HOUR} 1 * ? *", "start_time": "2000-01-01 00:00:00", "timezone": ZONE, "online_schedule": False,
        "execution_type": "SERIAL_WAIT", "warning_type": "FAILURE", "param": {"as_of": "$[yyyy-MM-dd]"},
    }  # fmt: skip
    told = []
    for number, task in enumerate(tasks):
        described = "\n".join(
            f"{label}: {', '.join(names)}" for label, names in (("reads", task.inputs), ("writes", task.outputs))
        )
        before = [tasks[number - 1].name] if number else []
        deps = [*dict.fromkeys([*task.after, *before])]
        told.append(
            {
                "name": task.name,
                "task_type": "Shell",
                "deps": deps,
                "description": _Script(described),
                "command": _script(task, place),
            }
        )
    return "# Written by mingjing graph; pydolphinscheduler yaml --file takes it in.\n" + yaml.dump(
        {"workflow": workflow, "tasks": told}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000
    )


def _script(task: Task, place: Place) -> _Script:
    """Runs the job, again where it failed for another reason than settings and data; ends with the job's own exit code."""
    words = [shlex.quote(word).replace(AS_OF, "'\"${as_of}\"'") for word in (place.python, "-m", *place.arguments(task))]
    command = " ".join(words).replace("''", "")
    pauses = " ".join([str(PAUSE_SECONDS)] * RETRIES + ["0"])
    refused = (f"    {code}) echo {shlex.quote(said)} >&2; exit {code} ;;" for code, said in place.refused.items())
    lines = [f"for pause in {pauses}; do", f"  {command}", "  code=$?", "  case $code in", "    0) exit 0 ;;", *refused]
    return _Script("\n".join([*lines, "  esac", "  sleep $pause", "done", "exit $code", ""]))


WRITERS: Mapping[str, Callable[[Sequence[Task], Place], str]] = MappingProxyType(
    {"json": as_json, "airflow": as_airflow, "dolphinscheduler": as_dolphinscheduler}
)
