"""`mingjing graph`. Imports are inside the command: help must not wait for them."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from jobs.access.roles import allowed
from jobs.commands.options import Env
from jobs.runtime.console import Console


class Format(StrEnum):
    """What the graph is written for."""

    JSON = "json"
    AIRFLOW = "airflow"
    DOLPHINSCHEDULER = "dolphinscheduler"


@allowed()
def graph(
    form: Annotated[Format, typer.Option("--format", help="json; airflow: a DAG file; dolphinscheduler: a workflow's YAML.")],
    delivery: Annotated[
        str, typer.Option("--delivery", help="Folder of the delivery on the machine that runs it; {as_of} in it is the day.")
    ] = "/srv/mingjing/deliveries/{as_of}",
    out: Annotated[str, typer.Option("--out", help="Folder of the results there.")] = "/srv/mingjing/out",
    python: Annotated[
        str | None, typer.Option("--python", help="Python there that has Mingjing. Default: the one that runs now.")
    ] = None,
    engine: Annotated[str, typer.Option("--engine", help="embedded (no Java needed) or spark.")] = "embedded",
    env: Env = None,
) -> None:
    """Write the main job for a scheduler: a task a job, ordered by what the jobs read and write, as-of the day of the schedule."""
    from jobs.commands import run_all, upkeep
    from jobs.launch.start import explained
    from jobs.lineage.graph import graph as graph_of
    from jobs.lineage.schedules import WRITERS, Place
    from jobs.runtime.session import choose_engine

    def write() -> None:
        place = Place(python or sys.executable, delivery, out, choose_engine(engine), env)
        tasks = graph_of((*run_all.STAGES, upkeep))
        typer.echo(WRITERS[form](tasks, place), nl=False)

    raise typer.Exit(explained(write, Console(stderr=True)))
