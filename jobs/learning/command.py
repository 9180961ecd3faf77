"""`mingjing learn`. Imports are inside: help must not wait for an engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from jobs.options import Engine, Env, LakeRoot, Out

console = Console()


def learn(
    out: Out,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="CSV files of verdicts, or returned workbooks.", show_default=False),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Day up to which visits may lie, such as 2018-03-31.", show_default=False)
    ] = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Use the ranking before the one in use again; takes nothing in.")
    ] = False,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Take verdicts in, give the account of all clues, and learn a better order; with --rollback, go back to the one before."""
    from jobs import learn as job
    from jobs import report_fairness
    from jobs.returns.brought import brought_now
    from jobs.runtime.errors import BadConfiguration
    from jobs.runtime.launch import day, explained, open_run

    def to_the_version_before() -> None:
        if files:
            raise BadConfiguration(
                "--rollback takes no verdicts in. Leave the files away, or take them in by a command of its own."
            )
        console.print(job.roll_back(out), highlight=False, soft_wrap=True)

    def take_in_and_learn() -> None:
        if as_of is None:
            raise BadConfiguration("--as-of is missing. Say the day up to which visits may lie, such as 2018-03-31.")
        today: date = day(as_of)
        if not out.is_dir():
            raise BadConfiguration(f"No folder {out}. Name the folder that the run wrote the list to.")
        with open_run(out=out, as_of=today, engine=engine, env=env, lake_root=lake, console=console) as ctx:
            job.run(ctx, files or (), brought_now())
            report_fairness.run(ctx)
            for warning in ctx.report.warnings:
                console.print(f"[yellow]![/yellow] {warning}", highlight=False, soft_wrap=True)

    raise typer.Exit(explained(to_the_version_before if rollback else take_in_and_learn, console))
