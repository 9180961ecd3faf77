"""`mingjing report`. Imports are inside the command: help must not wait for an engine."""

from __future__ import annotations

from typing import Annotated

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import Engine, Env, LakeRoot, Out
from jobs.runtime.console import Console


@allowed(Role.DATA_TEAM, Role.PUBLISHER)
def report(
    out: Out,
    since: Annotated[str, typer.Option("--from", metavar="DAY", help="First day of the period.", show_default=False)],
    until: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day of the period, inclusive.", show_default=False)],
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Tell what came of a period, in Chinese as a workbook and a PDF: in full for the office, and with small counts taken out for the public."""
    from jobs.launch.arguments import day
    from jobs.launch.start import explained, open_run
    from jobs.report_casework import job
    from jobs.report_casework.table import Period
    from jobs.runtime.errors import BadConfiguration

    console = Console()

    def tell() -> None:
        period = Period(day(since, option="--from"), day(until, option="--to"))
        if period.first > period.last:
            raise BadConfiguration(f"--from is {period.first}, behind --to, {period.last}. Expected a day up to it.")
        if lake is None and not (out / "lake").is_dir():
            raise BadConfiguration(f"No lake {out / 'lake'}. Name the folder that a run wrote its results to, or its --lake.")
        with (
            open_run(out=out, as_of=period.last, engine=engine, env=env, lake_root=lake, console=console) as ctx,
            ctx.job(job) as own,
        ):
            written = job.run(own, period)
        for folder, edition in written.items():
            console.print(f"{edition.edition}: {folder}", soft_wrap=True)

    raise typer.Exit(explained(tell, console))
