"""`mingjing editions` and `mingjing whose`. Imports are inside the commands: help must not wait for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs.access.roles import Role, allowed
from jobs.commands.options import Env
from jobs.runtime.console import Console

editions = typer.Typer(help="List the editions of full lists: who had which, until when.", invoke_without_command=True)
console = Console()

Out = Annotated[Path, typer.Option("--out", help="Folder of the results.", show_default=False)]


@editions.callback()
@allowed(Role.PUBLISHER, Role.AUDITOR)
def listed(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the results.", show_default=False)] = None,
    expired: Annotated[bool, typer.Option("--expired", help="Only those whose last day is over.")] = False,
) -> None:
    """List the editions of full lists: number, who made it, for whom, what for, until when; or, with a word behind it, make or open one."""
    if ctx.invoked_subcommand is not None:
        return
    from collections import Counter
    from datetime import UTC, datetime

    from jobs.audit.log import entries_of, folder_of
    from jobs.editions.fetching import fetches
    from jobs.editions.register import register_of
    from jobs.launch.start import explained
    from jobs.runtime.errors import BadConfiguration

    def show() -> None:
        if out is None:
            raise BadConfiguration("--out is needed. Name the folder of the results.")
        found, log = register_of(out), folder_of(out)
        assert log is not None
        if not found:
            console.print("No edition was made yet.")
            return
        today = datetime.now(UTC).date()
        fetched = fetches(entries_of(log))
        shown = [one for one in found if not expired or one.expires_on < today]
        for one in shown:
            over = "  over" if one.expires_on < today else ""
            approved = f", approved by {one.second}" if one.second else ""
            console.print(
                f"{one.number:>5} {one.made_at[:10]} until {one.expires_on}{over}  {one.recipient}: {one.purpose} "
                f"({len(one.files)} files, by {one.made_by}{approved})",
                soft_wrap=True,
            )
            times = fetched.get(one.number, ())
            console.print(f"      fetched {len(times)} times{': ' if times else ''}{', '.join(times)}", soft_wrap=True)
        for recipient, count in sorted(Counter(one.recipient for one in shown).items()):
            console.print(f"{count:>5} for {recipient}", soft_wrap=True)
        console.print(f"{len(shown):,} of {len(found):,} editions.")

    raise typer.Exit(explained(show, console))


@editions.command()
@allowed(Role.PUBLISHER)
def issue(
    lists: Annotated[
        list[Path],
        typer.Argument(
            metavar="LIST...",
            help="Lists in full: files or folders of OUT/restricted, OUT/plans/DAY/restricted or OUT/prepay/DAY_ROSTER/restricted.",
            show_default=False,
        ),
    ],
    out: Out,
    to: Annotated[str, typer.Option("--to", help="Who gets it: an office and a name.", show_default=False)],
    purpose: Annotated[str, typer.Option("--purpose", help="What for, in a few words.", show_default=False)],
    until: Annotated[
        str,
        typer.Option(
            "--until",
            help="Last day on which the recipient may hold it, as YYYY-MM-DD: today or a day to come.",
            show_default=False,
        ),
    ],
    env: Env = None,
) -> None:
    """Make an edition of full lists: locked files in OUT/editions, each telling and hiding whose it is. The password is shown once."""
    from datetime import date
    from functools import partial

    from jobs.access.approvals import second_person
    from jobs.audit.vouched import vouch
    from jobs.casebook.opened import store_beside_folder
    from jobs.editions.job import FOLDER, By, Terms, asked, full_lists
    from jobs.editions.job import issue as make
    from jobs.launch.arguments import day
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained
    from jobs.returns.brought import brought_now
    from jobs.runtime.errors import BadConfiguration
    from jobs.runtime.results import owner_only, settle

    def work() -> None:
        settings = load_settings(env)
        who = brought_now(settings.access)
        last = day(until, option="--until", future=True)
        if last < date.fromisoformat(who.at[:10]):
            raise BadConfiguration(f"--until is {until}, which is over. Expected today or a day to come. Nothing was made.")
        terms = Terms(to.strip(), purpose.strip(), last)
        found = full_lists(out, lists)
        facts = asked(out, lists, found, terms)
        with owner_only(out), store_beside_folder(out, out / "lake") as store:
            settle(out, console.warn)
            second = partial(second_person, settings.access, out, "edition", facts)
            edition, password = make(store, out, found, terms, By(who.by, who.at, second), settings.editions.cipher, console.warn)
        console.print(
            f"Edition {edition.number}, {len(edition.files)} files: {out / FOLDER / str(edition.number)}", soft_wrap=True
        )
        console.print("The password, shown this once. Send it apart from the files, to nobody but the recipient:", soft_wrap=True)
        typer.echo(password)  # past the console, which may be kept
        vouch(None)  # last: without its password an edition is lost

    raise typer.Exit(explained(work, console))


@editions.command()
@allowed(Role.PUBLISHER)
def fetch(
    number: Annotated[int, typer.Argument(help="Number of the edition.", min=1, show_default=False)],
    out: Out,
    to: Annotated[
        Path,
        typer.Option(
            "--to",
            help="Folder outside of OUT; the edition gets one of its own in it.",
            show_default=False,
        ),
    ],
    env: Env = None,
) -> None:
    """Copy an edition's locked files to where they are handed over from. Counted: the audit log says who fetched it, when and where to."""
    from datetime import date

    from jobs.editions.fetching import fetch as copy
    from jobs.editions.register import register_of
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained
    from jobs.returns.brought import brought_now
    from jobs.runtime.errors import BadConfiguration

    def work() -> None:
        edition = next((one for one in register_of(out) if one.number == number), None)
        if edition is None:
            raise BadConfiguration(f"No edition {number} in {out}. mingjing editions --out {out} lists those that there are.")
        who = brought_now(load_settings(env).access)
        where = copy(out, edition, to, who.by, date.fromisoformat(who.at[:10]))
        console.print(f"{where}: {len(edition.files)} files for {edition.recipient}, until {edition.expires_on}.", soft_wrap=True)

    raise typer.Exit(explained(work, console))


@editions.command("open")
@allowed()
def open_container(
    container: Annotated[Path, typer.Argument(metavar="FILE", help="Container of an edition, *.mjc.", show_default=False)],
    to: Annotated[Path, typer.Option("--to", help="Folder to write the file to.", show_default=False)],
) -> None:
    """Open a container: MINGJING_WORKBOOK_PASSWORD holds its password, else it is asked for."""
    import os
    from datetime import UTC, datetime

    from jobs.delivery.workbooks import PASSWORD
    from jobs.editions.container import opened, refuse_other
    from jobs.launch.start import explained
    from jobs.runtime.errors import BadConfiguration

    def work() -> None:
        content = container.read_bytes()
        refuse_other(content)
        try:
            password = os.environ.get(PASSWORD) or typer.prompt("Password", hide_input=True)
        except typer.Abort:
            raise BadConfiguration(f"No password was typed. Type it, or set {PASSWORD}. Nothing was written.") from None
        header, held = opened(content, password)
        if header.expires_on < datetime.now(UTC).date():
            raise BadConfiguration(
                f"Edition {header.number} was for use until {header.expires_on}. Delete it, and ask for a new one. Nothing was written."
            )
        path = to / Path(header.name).name
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(held)
        console.print(f"{path}: edition {header.number}, for use until {header.expires_on}.", soft_wrap=True)

    raise typer.Exit(explained(work, console))


@allowed(Role.PUBLISHER, Role.AUDITOR)
def whose(
    file: Annotated[Path, typer.Argument(help="A copy that turned up somewhere.", show_default=False)],
    out: Out,
) -> None:
    """Say of which edition a copy is, also after another program has saved it: number, recipient, purpose."""
    from jobs.editions.leaks import origin_of
    from jobs.editions.register import register_of
    from jobs.launch.start import explained
    from jobs.runtime.errors import BadConfiguration

    said = {
        "bytes": "as it was handed out",
        "header": "by what the container says of itself, which only its password proves",
        "mark": "by the mark hidden in it",
        "stops": "by the ends of its lines: another program has taken the other marks away",
    }

    def work() -> None:
        if not file.is_file():
            raise BadConfiguration(f"No file {file}. Name the copy that turned up.")
        found = origin_of(file, register_of(out))
        if found is None:
            raise BadConfiguration(
                f"Nothing in {file} tells of an edition of {out}. It may be a list that never left as one, or one typed anew."
            )
        one = found.edition
        console.print(
            f"Edition {one.number} of {one.made_at[:10]}, made by {one.made_by} for {one.recipient}: {one.purpose}, until {one.expires_on}. "
            f"Known {said[found.by]}.",
            soft_wrap=True,
        )

    raise typer.Exit(explained(work, console))
