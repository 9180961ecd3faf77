"""`mingjing approve`. Imports are inside the command: help must not wait for them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import Out
from jobs.runtime.console import Console

console = Console()


@allowed(Role.DATA_TEAM, Role.PUBLISHER, Role.AUDITOR)
def approve(
    out: Out,
    request: Annotated[
        str | None,
        typer.Argument(help="Of a request: R and the first digits; without, those are listed that wait.", show_default=False),
    ] = None,
) -> None:
    """Be the second person: approve what another has asked to do. Both are in the audit log."""
    from jobs.access.approvals import Request, waiting
    from jobs.access.approvals import approve as approve_request
    from jobs.launch.settings import load_access
    from jobs.launch.start import explained

    def told(one: Request) -> str:
        return json.dumps(dict(one.facts), ensure_ascii=False)

    def work() -> None:
        if request is not None:
            done = approve_request(load_access(), out, request)
            console.print(
                f"{done.shown} is approved: {done.action} asked for by {done.by}: {told(done)}. {done.by} may give the command again.",
                soft_wrap=True,
            )
            return
        for one in (found := waiting(out)):
            console.print(f"{one.id} {one.at:%Y-%m-%d} {one.action} asked for by {one.by}: {told(one)}", soft_wrap=True)
        console.print(f"{len(found)} requests wait for a second person.")

    raise typer.Exit(explained(work, console))
