"""`mingjing trace`. Imports are inside the command: help must not wait for them."""

from __future__ import annotations

from typing import Annotated

import typer

from jobs.access.roles import Role, allowed, refuse_in_full
from jobs.commands.options import Env, Full, LakeRoot, Out
from jobs.runtime.console import Console

console = Console()


@allowed(Role.DATA_TEAM, Role.PUBLISHER, Role.CLERK, Role.ANALYST, Role.AUDITOR)
def trace(
    wanted: Annotated[
        str,
        typer.Argument(metavar="ID", help="Of a clue (C…), a case (H…), a need (N…) or a check (K…).", show_default=False),
    ],
    out: Out,
    full: Full = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON, for another program: docs/trace.md tells its keys.")] = False,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Say what a line of a list rests on: findings, payments, persons, down to file, sheet and row. Reads the lake, needs no engine."""
    from jobs.commands.run_check import FOLDER
    from jobs.launch.arguments import existing_lake
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained
    from jobs.lineage.lookup import trace as chain_of
    from jobs.lineage.tree import print_chain
    from jobs.runtime.tables import Tables

    def tell() -> None:
        settings = load_settings(env)
        of_checks = out / FOLDER / "lake"
        roots = [existing_lake(out, lake)] if lake or not of_checks.is_dir() or (out / "lake").is_dir() else []
        roots += [str(of_checks)] if not lake and of_checks.is_dir() else []
        chain = chain_of([Tables(root) for root in roots], wanted, settings.linkage, full=full)
        if full:
            county = chain.line.get("county_code")
            refuse_in_full(settings.access, county if isinstance(county, str) else None)
        if json:
            typer.echo(chain.model_dump_json(indent=1))
        else:
            print_chain(console, chain)

    raise typer.Exit(explained(tell, Console(stderr=True)))
