"""`mingjing policy`: what law the configuration holds. Imports are inside the commands: help must not wait for anything."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Column, Table

from jobs.access.roles import allowed
from jobs.commands.options import Env
from jobs.runtime.console import Console

policy = typer.Typer(help="Look at the law and the local notices in conf/policy.yaml.", no_args_is_help=True)
console = Console()


@policy.callback()
def _policy() -> None:
    """A group, although it has one command so far."""


@policy.command()
@allowed()
def check(
    on: Annotated[str, typer.Option("--on", help="Day whose law is shown, such as 2021-07-01.", show_default=False)],
    env: Env = None,
) -> None:
    """Show what is in force on a day, and name what is missing, assumed or contradictory. Exit code 2 where lines contradict."""
    from jobs.launch import arguments
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained
    from jobs.registers.policy import faults, gaps
    from jobs.runtime.errors import BadConfiguration

    def show() -> None:
        day, held = arguments.day(on, future=True, option="--on"), load_settings(env).policy
        table = Table("section", "in force", Column("source", overflow="fold"), title=f"Law of {day}")
        for name in type(held).model_fields:
            for line in getattr(held, name):
                if line.is_in_force(day):
                    table.add_row(name, f"{line.first} – {line.last or ''}", line.source)
        console.print(table)
        for gap in gaps(held, day):
            console.print(f"! {gap}", soft_wrap=True)
        if found := faults(held):
            raise BadConfiguration(" ".join(found))

    raise typer.Exit(explained(show, console))
