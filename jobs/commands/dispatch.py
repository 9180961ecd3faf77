"""`mingjing dispatch`. Imports are inside the command: help must not wait for an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import Engine, Env, LakeRoot
from jobs.runtime.console import Console


@allowed(Role.DATA_TEAM, Role.PUBLISHER)
def dispatch(
    plan: Annotated[
        Path,
        typer.Argument(
            metavar="PLAN", help="Folder of the list in OUT/plans, such as OUT/plans/2018-01-15_420222.", show_default=False
        ),
    ],
    on: Annotated[
        str | None, typer.Option("--on", help="Day of the dispatch. Default: the day of the list.", show_default=False)
    ] = None,
    due: Annotated[
        str | None,
        typer.Option(
            "--due", help="Day on which all are due. Default: by severity, casework.due_days in conf.", show_default=False
        ),
    ] = None,
    return_to: Annotated[
        str | None,
        typer.Option(
            "--return-to", help="Where papers come back to, in words. Default: the office of the case.", show_default=False
        ),
    ] = None,
    inspectors: Annotated[
        Path | None,
        typer.Option(
            "--inspectors", help="Table of who goes where: 案件编号, or 乡镇街道 and 村社区, with 核查人员.", show_default=False
        ),
    ] = None,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Send the cases of a list to the townships that have them in hand, each with the day it is due; separate ones to the city's team.

    The pages of the list are made again with the place and day of return, and who goes.
    """
    from casework.events import Role
    from casework.steps import Hand
    from jobs.commands.cases_in_words import print_dispatch
    from jobs.dispatch_cases import job
    from jobs.dispatch_cases.inspectors import inspectors_of
    from jobs.launch.arguments import day
    from jobs.launch.settings import load_access
    from jobs.launch.start import explained, open_run
    from jobs.plan_visits import job as plan_visits
    from jobs.plan_visits.contents import FOLDER, publish_again
    from jobs.returns.brought import brought_now
    from jobs.runtime.errors import BadConfiguration

    console = Console()

    def send() -> None:
        folder = plan.resolve()
        said, _, county_code = folder.name.partition("_")
        if not folder.is_dir() or folder.parent.name != FOLDER:
            raise BadConfiguration(
                f"{plan} is no folder of a list. Expected one in OUT/{FOLDER}, such as OUT/{FOLDER}/2018-01-15."
            )
        list_on = day(said, option="PLAN", future=True)
        on_day, due_on = day(on or said, option="--on"), None if due is None else day(due, option="--due", future=True)
        brought, out = brought_now(load_access()), folder.parent.parent
        terms = job.Terms(due_on, return_to, inspectors_of(inspectors) if inspectors else {})
        with open_run(out=out, as_of=on_day, engine=engine, env=env, lake_root=lake, console=console) as ctx:
            with ctx.job(job) as own:
                sent = job.run(own, list_on, county_code, terms, Hand(brought.by, Role.OFFICE, on_day, brought.at))
            print_dispatch(console, sent)
            with ctx.job(plan_visits) as own:
                publish_again(own, plan_visits.NAME, list_on, county_code)

    raise typer.Exit(explained(send, console))
