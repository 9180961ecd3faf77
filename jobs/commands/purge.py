"""`mingjing purge`. Imports are inside the command: help must not wait for them."""

from __future__ import annotations

from contextlib import ExitStack, nullcontext
from typing import Annotated

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import AsOf, Env, Finished, LakeRoot
from jobs.runtime.console import Console

console = Console()


@allowed(Role.DATA_TEAM)
def purge(
    out: Finished,
    as_of: AsOf,
    second: Annotated[
        str | None,
        typer.Option(
            "--second",
            help="Account of the second person; where access is enabled, who has approved it. Without, it is only said what would go.",
            show_default=False,
        ),
    ] = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Remove for good what conf's retention no longer allows to keep, and write the certificate. Open cases and appeals hold their rows."""
    from jobs.access.approvals import second_person
    from jobs.audit.vouched import vouch
    from jobs.commands.run_check import FOLDER as OF_CHECKS
    from jobs.launch.arguments import day, existing_lake
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained
    from jobs.retention.job import digest_of_plan, planned, unfinished
    from jobs.retention.job import purge as remove_all
    from jobs.returns.brought import brought_now
    from jobs.runtime.errors import BadConfiguration
    from jobs.runtime.lake import single_writer
    from jobs.runtime.paths import is_known_to_deltalake, local_folder
    from jobs.runtime.releases import refuse_later
    from jobs.runtime.results import owner_only, settle

    def work() -> None:
        today, settings = day(as_of, option="The day of the purge, --as-of,"), load_settings(env)
        params, access, folder = settings.retention, settings.access, local_folder(existing_lake(out, lake))
        if folder is None or not is_known_to_deltalake(folder):
            raise BadConfiguration(
                f"The lake {folder or lake} is on a store, or has % or \\ in its name: nothing can be removed for good there by this command. "
                "Copy it to another folder and keep none of this one. Nothing was removed."
            )
        who = brought_now(access)
        refuse_later(folder)
        if second is not None and second.strip() in ("", who.by):
            raise BadConfiguration(
                f"--second is {second!r}: nobody, or who gives this command. Expected the account of another person."
            )
        results = out.resolve()
        lakes = [folder]
        if lake is None and (results / OF_CHECKS / "lake").is_dir():
            lakes.append(results / OF_CHECKS / "lake")
        with owner_only(out), ExitStack() as held:
            for of_one in lakes:
                held.enter_context(single_writer(str(of_one)))
            settle(out, console.warn)
            begun = unfinished(lakes, results, today, params)
            plan = begun or planned(lakes, results, today, params, (who.by, second or "", who.at))
            rows = sum(part.removed for part in plan.files)
            said = f"{len(plan.files)} delivered files with {rows:,} rows, {len(plan.things)} tables and folders"
            if not plan.things:
                console.print(
                    f"Nothing has expired as of {today}. {len(plan.held_cases)} open cases hold their rows.", soft_wrap=True
                )
            elif second is None:
                for thing in plan.things:
                    console.print(f"{thing.kind:<10} {thing.removed:>10,} {thing.path}", soft_wrap=True)
                console.print(
                    f"Would go: {said}. To remove them for good, name the second person: --second ACCOUNT.", soft_wrap=True
                )
            else:
                facts = {"as_of": as_of, "lake": lake, "removes": said, "plan": digest_of_plan(plan)}
                with second_person(access, out, "purge", facts, named=second) if begun is None else nullcontext():
                    where = remove_all(lakes, results, plan, params, console.warn)
                for held_lake in lakes:
                    vouch(held_lake)
                console.print(f"Removed: {said}. Certificate: {where}", soft_wrap=True)

    raise typer.Exit(explained(work, console))
