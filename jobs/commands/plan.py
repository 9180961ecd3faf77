"""`mingjing plan`. Imports are inside the command: help must not wait for an engine."""

from __future__ import annotations

from typing import Annotated

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import AsOf, Engine, Env, Future, LakeRoot, Out
from jobs.runtime.console import Console

MOST_VISITS = 1_000_000
"""A province does not make as many."""


@allowed(Role.DATA_TEAM, Role.PUBLISHER)
def plan(
    visits: Annotated[
        int, typer.Option("--visits", help="Visits that the office can make.", min=1, max=MOST_VISITS, show_default=False)
    ],
    out: Out,
    as_of: AsOf,
    future: Future = False,
    county: Annotated[
        str | None, typer.Option("--county", help="Code of the county that the list is for. Default: the whole city.")
    ] = None,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Make the list for a number of visits from the last run: best cases first, with quotas and a share drawn at random."""
    from jobs.launch.arguments import day
    from jobs.launch.start import explained, open_run
    from jobs.plan_visits import job as plan_visits
    from jobs.plan_visits.summary import print_plan
    from jobs.project_cases import job as project_cases
    from jobs.runtime.errors import BadConfiguration

    console = Console()

    def make_list() -> None:
        if lake is None and not (out / "lake").is_dir():
            raise BadConfiguration(f"No lake {out / 'lake'}. Name the folder that a run wrote its results to, or its --lake.")
        today = day(as_of, future=future)
        with open_run(out=out, as_of=today, engine=engine, env=env, lake_root=lake, console=console) as ctx:
            with ctx.job(project_cases) as own:
                project_cases.run(own)
            with ctx.job(plan_visits) as own:
                print_plan(console, plan_visits.run(own, visits=visits, county=county))

    raise typer.Exit(explained(make_list, console))
