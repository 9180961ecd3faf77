"""`mingjing audit`: the log of who did what, and the proof that it is as it was written. Imports are inside: help waits for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import Finished, LakeRoot
from jobs.runtime.console import Console

audit = typer.Typer(
    help="Show who did what with the data, and prove that the log of it is as it was written.", no_args_is_help=True
)
console = Console()


@audit.command()
@allowed(Role.DATA_TEAM, Role.AUDITOR)
def verify(
    out: Finished,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            help="File of the log's first key, where it was taken elsewhere.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(
            "--head",
            help="A head that was noted down elsewhere, such as 12:9f…: nothing up to it may differ.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Name the first line of the audit log that was edited, dropped, swapped, inserted or cut off. Exit code 3 where there is one."""
    from jobs.audit.chain import head_of
    from jobs.audit.log import first_key, folder_of, proof
    from jobs.launch.start import explained
    from jobs.runtime.errors import BadConfiguration, BadStore

    def prove() -> None:
        folder = folder_of(out)
        assert folder is not None
        kept = head_of(head) if head else None
        if head and kept is None:
            raise BadConfiguration(
                f"--head is {head!r}. Expected one that mingjing audit verify printed: a number, a colon, 64 hex digits."
            )
        found = proof(folder, key=first_key(key) if key else None, kept=kept)
        for remark in found.remarks:
            console.warn(remark)
        if found.fault:
            raise BadStore(f"{folder}: {found.fault} Keep the log as it is, and ask who had access to it since.")
        console.print(f"{found.head.lines} lines are as they were written. Head, to be noted down elsewhere:", soft_wrap=True)
        typer.echo(found.head)  # the console would mask what looks like a number

    raise typer.Exit(explained(prove, console))


@audit.command()
@allowed(Role.AUDITOR)
def show(
    out: Finished,
    user: Annotated[str | None, typer.Option("--user", help="Only what this user, or account, did.", show_default=False)] = None,
    command: Annotated[
        str | None, typer.Option("--command", help="Only this command, such as 'take-in' or 'cases close'.", show_default=False)
    ] = None,
    since: Annotated[str | None, typer.Option("--since", help="First day, such as 2018-01-01.", show_default=False)] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day.", show_default=False)] = None,
    full: Annotated[bool, typer.Option("--full", help="Only what was shown in full: numbers and names.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Only what was refused, failed, or has no end.")] = False,
) -> None:
    """List what was done, oldest first: when, who, which command, on what, how it ended. mingjing audit verify says whether it is true."""
    from jobs.audit.log import entries_of, folder_of
    from jobs.audit.shown import Wanted, calls_of
    from jobs.launch.arguments import day
    from jobs.launch.start import explained

    def tell() -> None:
        folder = folder_of(out)
        assert folder is not None
        days = [
            None if text is None else day(text, option=name, future=True)
            for name, text in (("--since", since), ("--until", until))
        ]
        wanted = Wanted(user, command, days[0], days[1], is_full=full, is_failed=failed)
        count = 0
        for lines in calls_of(entries_of(folder), wanted):
            for line in lines:
                console.print(line, soft_wrap=True)
            count += 1
        console.print(f"{count:,} commands.")

    raise typer.Exit(explained(tell, console))


@allowed(Role.DATA_TEAM, Role.AUDITOR)
def verify_results(
    out: Finished,
    lake: LakeRoot = None,
) -> None:
    """Compare every table and list with what the log of commands vouches for, byte by byte. Exit code 3 names the first that differs."""
    from jobs.audit.intact import Found, compare_lake, compare_lists
    from jobs.audit.log import entries_of, folder_of, proof
    from jobs.audit.vouched import lakes_vouched_for, vouched
    from jobs.launch.start import explained
    from jobs.retention.casework import compare_casework
    from jobs.runtime.errors import BadConfiguration, BadStore
    from jobs.runtime.paths import is_known_to_deltalake, local_folder

    def compare() -> None:
        log = folder_of(out)
        assert log is not None
        entries, found = entries_of(log), Found()
        named = [local_folder(lake)] if lake else lakes_vouched_for(entries, out)
        lakes = [folder for folder in named if folder and is_known_to_deltalake(folder)]
        if not lakes or len(lakes) < len(named):
            raise BadConfiguration(
                f"{log} vouches for no lake of {out} in a folder. Run mingjing run, or name the folder of its results."
            )
        for folder in lakes:
            compare_lake(folder, vouched(entries, out, folder), found)
        compare_lists(out, vouched(entries, out, None), found)
        compare_casework(lakes[0], out, entries, found)
        for remark in found.remarks:
            console.warn(remark)
        if fault := proof(log).fault:
            found.differences.insert(0, f"{log}: {fault}")
        for difference in found.differences[1:]:
            console.warn(difference)
        if found.differences:
            raise BadStore(
                f"{found.differences[0]} Nothing was changed; put it back from a copy, or run again and keep this one aside."
            )
        console.print(
            f"{found.tables} tables, {found.files:,} files, {found.rows:,} rows are as they were written.", soft_wrap=True
        )

    raise typer.Exit(explained(compare, console))
