"""`mingjing cases`: where the cases of an OUT stand, and what people do with them. The store alone is asked, without an engine; only
the sheets of follow-up ask the lake, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.events import Role
from casework.states import Colour, Stage
from expectations.contracts.returned import Assistance
from jobs.access.roles import Role as AccessRole
from jobs.access.roles import allowed
from jobs.commands.options import AsOf, Engine, Env, Full, Future, LakeRoot
from jobs.runtime.console import Console

if TYPE_CHECKING:
    from casework.payloads import Payload
    from casework.store import Book

cases = typer.Typer(help="List cases by where they stand, and say what was done with them.", invoke_without_command=True)
console = Console()

Ids = Annotated[list[str], typer.Argument(metavar="CASE...", help="案件编号 as listed.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", help="Folder of the results.", show_default=False)]
On = Annotated[str, typer.Option("--on", help="Day on which it was done, such as 2018-03-31.", show_default=False)]
By = Annotated[Role, typer.Option("--by", help="In which role. The account is that of the machine.")]
Reason = Annotated[str, typer.Option("--reason", help="In words.", show_default=False)]
Note = Annotated[str | None, typer.Option("--note", help="In words.", show_default=False)]


@cases.callback()
@allowed(AccessRole.DATA_TEAM, AccessRole.PUBLISHER, AccessRole.CLERK, AccessRole.AUDITOR)
def listed(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the results.", show_default=False)] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Day by which the lamps are told.", show_default=False)] = None,
    stage: Annotated[Stage | None, typer.Option("--stage", help="Only cases that stand here.", show_default=False)] = None,
    colour: Annotated[Colour | None, typer.Option("--colour", help="Only cases of this lamp.", show_default=False)] = None,
    county: Annotated[str | None, typer.Option("--county", help="Only this county, by its code.", show_default=False)] = None,
    town: Annotated[str | None, typer.Option("--town", help="Only this township.", show_default=False)] = None,
    older_than: Annotated[int, typer.Option("--older-than", help="Only cases out for more days than this.", min=0)] = 0,
    remind: Annotated[bool, typer.Option("--remind", help="The list of reminders: what is due within days, or overdue.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the rows to this file, too.", show_default=False)] = None,
    env: Env = None,
) -> None:
    """List cases by where they stand, what is due first on top; or, with a word behind it, say what was done with some."""
    if ctx.invoked_subcommand is not None:
        return
    from jobs.commands.cases_in_words import Wanted, listed_cases, print_cases
    from jobs.launch.arguments import day
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained
    from jobs.runtime.errors import BadConfiguration
    from jobs.sheets.files import write_csv

    def show() -> None:
        if out is None or as_of is None:
            raise BadConfiguration(
                "--out and --as-of are needed. Name the folder of the results and the day, such as 2018-03-31."
            )
        today, clock = day(as_of, future=True), load_settings(env).casework
        wanted = Wanted(stage, colour, county, town, older_than, is_reminder=remind)
        with _book(out) as book:
            rows = listed_cases(book.events(), today, clock.yellow_days, wanted)
        print_cases(console, rows)
        if csv is not None:
            write_csv(rows, csv)
            console.print(f"{rows.height} rows: {csv}", soft_wrap=True)

    raise typer.Exit(explained(show, console))


@cases.command()
@allowed(AccessRole.PUBLISHER, AccessRole.CLERK)
def receive(
    ids: Ids, out: Out, on: On, by: By = Role.TOWNSHIP, note: Note = None,
    inspector: Annotated[str | None, typer.Option("--inspector", help="Who goes there, by name.", show_default=False)] = None,
) -> None:  # fmt: skip
    """签收: the office that a case was sent to has it in hand."""
    from casework.payloads import Received

    _step(out, ids, lambda: Received(inspector=inspector, note=note), on, by)


@cases.command(name="send-back")
@allowed(AccessRole.PUBLISHER, AccessRole.CLERK)
def send_back(ids: Ids, out: Out, on: On, reason: Reason, by: By = Role.OFFICE) -> None:
    """退回重办: what was handed in is not enough; all clues of the case need a new visit."""
    from casework.payloads import SentBack

    _step(out, ids, lambda: SentBack(reason=reason), on, by)


@cases.command()
@allowed(AccessRole.PUBLISHER, AccessRole.CLERK)
def refer(
    ids: Ids, out: Out, on: On, reason: Reason, by: By = Role.OFFICE,
    office: Annotated[str | None, typer.Option("--office", help="转办: the office, in words.", show_default=False)] = None,
    assistance: Annotated[Assistance | None, typer.Option("--assistance", help="转介: the kind.", show_default=False)] = None,
) -> None:  # fmt: skip
    """转办 to another office, or 转介 to a kind of assistance."""
    from casework.payloads import Referred

    _step(out, ids, lambda: Referred(office=office, assistance=assistance, reason=reason), on, by)


@cases.command()
@allowed(AccessRole.PUBLISHER, AccessRole.CLERK)
def close(ids: Ids, out: Out, on: On, by: By = Role.OFFICE, note: Note = None) -> None:
    """销号: refused while a verdict or, of what is confirmed, its rectification is missing."""
    from casework.payloads import Closed

    _step(out, ids, lambda: Closed(note=note), on, by)


@cases.command()
@allowed(AccessRole.PUBLISHER, AccessRole.CLERK)
def snooze(
    ids: Ids, out: Out, on: On, reason: Reason, by: By = Role.OFFICE,
    until: Annotated[
        str | None, typer.Option("--until", help="Day on which it comes back. Default: when it changes.", show_default=False)
    ] = None,
) -> None:  # fmt: skip
    """Set aside until a day, and no longer than until the case changes: until then no list of visits holds it."""
    from casework.payloads import Snoozed
    from jobs.launch.arguments import day

    _step(out, ids, lambda: Snoozed(until=day(until, option="--until", future=True) if until else None, reason=reason), on, by)


@cases.command()
@allowed(AccessRole.PUBLISHER, AccessRole.CLERK)
def reopen(ids: Ids, out: Out, on: On, reason: Reason, by: By = Role.OFFICE) -> None:
    """Open again what is closed or set aside: the next list of visits may hold it."""
    from casework.payloads import Reopened

    _step(out, ids, lambda: Reopened(reason=reason), on, by)


@cases.command()
@allowed(AccessRole.DATA_TEAM)
def move(out: Out) -> None:
    """Move the case store of OUT into the empty PostgreSQL database that MINGJING_CASEWORK_URL names; the file takes nothing in afterwards."""
    from casework.store import CaseStore
    from jobs.casebook.opened import addresses_of_move
    from jobs.launch.start import explained

    def carry() -> None:
        here, there = addresses_of_move(out)
        with CaseStore(here) as store:
            count = store.move_to(there)
        console.print(
            f"{count:,} events moved, each at its position. Keep {here.database} as a copy; every command needs the address from now on.",
            soft_wrap=True,
        )

    raise typer.Exit(explained(carry, console))


@cases.command(name="follow-up")
@allowed(AccessRole.DATA_TEAM, AccessRole.PUBLISHER)
def follow_up(
    out: Out, as_of: AsOf, future: Future = False, engine: Engine = None, env: Env = None, lake: LakeRoot = None
) -> None:
    """Write what is to be filled in about confirmed clues, a workbook a township: 整改, 追缴到账, 问责, 申诉. An engine is started."""
    from jobs.follow_up_cases import job
    from jobs.launch.arguments import day
    from jobs.launch.start import explained, open_run

    def write() -> None:
        today = day(as_of, future=future)
        with (
            open_run(out=out, as_of=today, engine=engine, env=env, lake_root=lake, console=console) as ctx,
            ctx.job(job) as own,
        ):
            folder, count = job.run(own)
        console.print(f"{count:,} confirmed clues, a workbook a township: {folder}", soft_wrap=True)

    raise typer.Exit(explained(write, console))


@cases.command()
@allowed(AccessRole.DATA_TEAM, AccessRole.PUBLISHER, AccessRole.CLERK, AccessRole.AUDITOR)
def history(
    case: Annotated[str, typer.Argument(metavar="CASE", help="案件编号 as listed.", show_default=False)],
    out: Out,
    full: Full = False,
) -> None:
    """Show what was ever done with a case, first to last."""
    from expectations.contracts.ids import as_id
    from jobs.access.roles import refuse_in_full
    from jobs.commands.cases_in_words import print_history
    from jobs.launch.settings import load_access
    from jobs.launch.start import explained
    from jobs.runtime.errors import NoSuchRecord

    def show() -> None:
        case_id = as_id("case_id", case)
        with _book(out) as book:
            events = book.events(cases=[case_id])
        if not events:
            raise NoSuchRecord(f"The case store knows no case {case_id}. Take the id from mingjing cases.")
        if full:
            refuse_in_full(load_access(), next((event.place.county_code for event in events if event.place.county_code), None))
        print_history(console, events, full=full)

    raise typer.Exit(explained(show, console))


@contextmanager
def _book(out: Path) -> Iterator[Book]:
    from jobs.casebook.opened import existing_store

    with existing_store(out) as store, store.reading() as book:
        yield book


def _step(out: Path, ids: Sequence[str], said: Callable[[], Payload], on: str, by: Role) -> None:
    from pydantic import ValidationError

    from casework.states import county_in_hand
    from casework.steps import Hand, take
    from expectations.contracts.ids import as_id
    from jobs.access.roles import refuse_elsewhere
    from jobs.casebook.opened import existing_store
    from jobs.commands.cases_in_words import print_taken
    from jobs.launch.arguments import day
    from jobs.launch.settings import load_access
    from jobs.launch.start import explained
    from jobs.returns.brought import brought_now
    from jobs.runtime.errors import BadConfiguration

    def record() -> None:
        access = load_access()
        on_day, brought = day(on, option="--on"), brought_now(access)
        try:
            payload = said()
        except ValidationError as error:
            first = error.errors()[0]
            where = f"--{first['loc'][0]}: " if first["loc"] else ""
            raise BadConfiguration(f"{where}{first['msg'].removeprefix('Value error, ')}. Nothing was taken in.") from None
        steps = {as_id("case_id", case): payload for case in ids}
        with existing_store(out) as store, store.writing() as book:
            known = {case: book.events(cases=[case]) for case in steps}
            refuse_elsewhere(access, {case: county_in_hand(events) for case, events in known.items() if events})
            taken = take(book, steps, Hand(brought.by, by, on_day, brought.at))
        print_taken(console, taken)

    raise typer.Exit(explained(record, console))
