"""`mingjing learn`. Imports are inside: help must not wait for an engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import Engine, Env, Future, LakeRoot, Out
from jobs.runtime.console import Console

console = Console()


@allowed(Role.DATA_TEAM)
def learn(
    out: Out,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE...",
            help="Returned workbooks, or CSV files: all that mingjing take-in takes.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Day up to which visits may lie, such as 2018-03-31.", show_default=False)
    ] = None,
    future: Future = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Use the ranking before the one in use again; takes nothing in.")
    ] = False,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Take verdicts in, give the account of all clues, and learn a better order; with --rollback, go back to the one before."""
    from jobs.commands.take_in import files_that_came_back
    from jobs.launch.arguments import day
    from jobs.launch.model_store import refuse_silent_server
    from jobs.launch.start import explained, open_run
    from jobs.learn import job
    from jobs.report_fairness import job as report_fairness
    from jobs.returns.brought import brought_now
    from jobs.runtime.errors import BadConfiguration
    from jobs.take_in import job as take_in

    def to_the_version_before() -> None:
        if files:
            raise BadConfiguration(
                "--rollback takes no verdicts in. Leave the files away, or take them in by a command of its own."
            )
        console.print(job.roll_back(out), soft_wrap=True)

    def take_in_and_learn() -> None:
        if as_of is None:
            raise BadConfiguration("--as-of is missing. Say the day up to which visits may lie, such as 2018-03-31.")
        today: date = day(as_of, future=future)
        if not out.is_dir():
            raise BadConfiguration(f"No folder {out}. Name the folder that the run wrote the list to.")
        refuse_silent_server()
        back = files_that_came_back(files or ())
        with open_run(out=out, as_of=today, engine=engine, env=env, lake_root=lake, console=console) as ctx:
            job.assure_ready(ctx)
            with ctx.job(take_in) as own:
                taken = take_in.run(own, back, brought_now(ctx.settings.access))
            console.print(f"{taken.verdicts} verdicts are new.")
            with ctx.job(job) as own:
                job.run(own)
            with ctx.job(report_fairness) as own:
                report_fairness.run(own)
        taken.raise_if_rows_came_back()

    raise typer.Exit(explained(to_the_version_before if rollback else take_in_and_learn, console))
