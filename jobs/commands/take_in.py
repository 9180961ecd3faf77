"""`mingjing take-in`. Imports are inside: help must not wait for an engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import AsOf, Engine, Env, Future, LakeRoot, Out
from jobs.runtime.console import Console

if TYPE_CHECKING:
    from jobs.take_in.forms import Returned

console = Console()


@allowed(Role.DATA_TEAM, Role.PUBLISHER)
def take_in(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Returned workbooks, or CSV files: verdicts, needs, data, rectification, recovery, accountability, appeals.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ],
    out: Out,
    as_of: AsOf,
    future: Future = False,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Take returned files in: good rows are recorded, bad ones go back in a 补正单, and every row is accounted for (exit 3: some came back)."""
    from jobs.launch.arguments import day
    from jobs.launch.start import explained, open_run
    from jobs.returns.brought import brought_now
    from jobs.runtime.errors import BadConfiguration
    from jobs.take_in import job

    def take() -> None:
        today = day(as_of, future=future)
        if not out.is_dir():
            raise BadConfiguration(f"No folder {out}. Name the folder that the run wrote the list to.")
        back = files_that_came_back(files)
        with open_run(out=out, as_of=today, engine=engine, env=env, lake_root=lake, console=console) as ctx:
            with ctx.job(job) as own:
                taken = job.run(own, back, brought_now(ctx.settings.access))
            console.print(f"{len(taken.recorded)} events are new. Account: {taken.folder}", soft_wrap=True)
        taken.raise_if_rows_came_back()

    raise typer.Exit(explained(take, console))


def files_that_came_back(files: Sequence[Path]) -> list[Returned]:
    """The files as read: what cannot be read is told before an engine starts. Raises BadVerdicts where none can be."""
    from jobs.runtime.errors import BadVerdicts
    from jobs.take_in.forms import returned

    back = [returned(path) for path in files]
    if back and all(file.unread for file in back):
        raise BadVerdicts("\n".join(file.unread or "" for file in back))
    return back
