"""`mingjing prepay`. Imports are inside the command: help must not wait for an engine."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import AsOf, Engine, Env, Future, LakeRoot, Out
from jobs.runtime.console import Console


@allowed(Role.DATA_TEAM, Role.PUBLISHER)
def prepay(
    payments: Annotated[
        Path,
        typer.Argument(
            metavar="LIST", help="Next month's list of payments: a file, or the folder of a delivery.", show_default=False
        ),
    ],
    out: Out,
    as_of: AsOf,
    future: Future = False,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Hold next month's list of payments against everything known today: what a person should look at before the money goes."""
    from jobs.check_payments import job
    from jobs.launch.arguments import day, existing_lake, refuse_overlap
    from jobs.launch.start import explained, open_run

    console = Console()

    def check() -> None:
        existing_lake(out, lake)
        if payments.is_dir():
            refuse_overlap(payments, {"--out": out, "--lake": lake})
        today = day(as_of, future=future)
        with open_run(out=out, as_of=today, engine=engine, env=env, lake_root=lake, console=console) as ctx, ctx.job(job) as own:
            checked = job.run(own, payments)
        told = checked.totals
        console.print(f"{told['rows']:,} payments, {Decimal(told['yuan']):,.2f} yuan", soft_wrap=True)
        console.print(
            f"{told['held_rows']:,} to look at before the money goes, {Decimal(told['held_yuan']):,.2f} yuan", soft_wrap=True
        )
        if told["unread_rows"]:
            console.warn(
                f"{told['unread_rows']:,} rows could not be read, and nobody has looked at them: they are in the workbook."
            )
        console.print_places(
            {"holds, masked": checked.folder / "exports", "holds in full, restricted": checked.folder / "restricted"}
        )

    raise typer.Exit(explained(check, console))
