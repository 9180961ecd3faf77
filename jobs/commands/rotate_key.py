"""`mingjing rotate-key`. Imports are inside the command: help must not wait for them."""

from __future__ import annotations

from contextlib import nullcontext

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import Engine, Env, Finished, LakeRoot
from jobs.runtime.console import Console

console = Console()


@allowed(Role.DATA_TEAM)
def rotate_key(out: Finished, engine: Engine = None, env: Env = None, lake: LakeRoot = None) -> None:
    """Seal the lake under the key of MINGJING_NEW_KEY in place of MINGJING_KEY: no id changes. The lake of checks: --lake OUT/check/lake."""
    from jobs.access.approvals import second_person
    from jobs.audit.calls import note
    from jobs.launch.settings import load_access
    from jobs.launch.start import explained, open_lake
    from jobs.runtime.site_key import planned_rotation, rotate

    def work() -> None:
        with open_lake(out, engine=engine, env=env, lake_root=lake, to_write=True) as opened:
            plan = planned_rotation(opened)
            facts = {"lake": opened.root, "seal": plan.seal}
            with second_person(load_access(), out, "key", facts) if plan.seal is not None else nullcontext():
                rotate(opened, plan)
            note("key_rotated", lake=opened.root, seal=plan.seal, ids_made_of=plan.name)
        if opened.kept_here is None:
            console.warn(
                f"The store of {opened.root} has a history of its own: take the versions of _about/key before the last one away, or who has "
                "the old key opens them."
            )
        if plan.name == "site":
            console.warn(
                "The ids of this lake are made of the site's first key: whoever has that one can find out numbers by trying, now as before. "
                "Only a lake that begins with key.of_lake: own is closed to it."
            )
        console.print(
            "The lake is sealed under the new key, and all ids are as they were. Set MINGJING_KEY to it, and destroy the old key and the copies "
            "of the lake that it opens.",
            soft_wrap=True,
        )

    raise typer.Exit(explained(work, console))
