"""`mingjing fairness`. Imports are inside the command: help must not wait for an engine."""

from __future__ import annotations

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import Engine, Env, Finished, LakeRoot
from jobs.runtime.console import Console


@allowed(Role.DATA_TEAM, Role.PUBLISHER, Role.ANALYST, Role.AUDITOR)
def fairness(out: Finished, engine: Engine = None, env: Env = None, lake: LakeRoot = None) -> None:
    """Show how lists and visits fall on groups of people: county, place, sex, age, disability. No model sees these."""
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained, open_lake
    from jobs.report_fairness import job as report_fairness
    from jobs.report_fairness.fairness_report import print_fairness

    console = Console()

    told: list[str] = []

    def show() -> None:
        with open_lake(out, engine=engine, env=env, lake_root=lake, to_write=True) as opened:
            report = report_fairness.written(opened, load_settings(env), out, told.append)
        for warning in told:
            console.warn(warning)
        print_fairness(console, report, out / report_fairness.FOLDER)

    raise typer.Exit(explained(show, console))
