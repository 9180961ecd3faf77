"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from casework.events import Event
from casework.payloads import Kind, Restricted
from casework.store import Book
from expectations.contracts.lake import CASES, FILES, LISTED_CLUES, NEEDS
from jobs.casebook.opened import case_store_beside
from jobs.casebook.projecting import PROJECTIONS, SEEN, project
from jobs.launch.context import RunContext
from jobs.registers.delivered import Delivered
from jobs.returns.brought import NOBODY, Brought
from jobs.runtime.errors import BadConfiguration, RowsCameBack
from jobs.runtime.results import RESTRICTED, Stamp, publication
from jobs.sheets.zones import county_names
from jobs.take_in import known as lake_reading
from jobs.take_in import sent
from jobs.take_in.account import FILE, MEND, Account, Fate, account_of, answered_on, print_accounts, write_accounts
from jobs.take_in.cells import Row
from jobs.take_in.forms import FORMS, Returned
from jobs.take_in.judging import fates_of, usable_rows
from jobs.take_in.known import Known, in_force, known_of
from jobs.take_in.sent import lists_of, sent_for
from jobs.take_in.slips import write_slips

NAME = "take_in"
READS = tuple(dict.fromkeys((*lake_reading.READS, *sent.READS, FILES, *SEEN)))
WRITES = PROJECTIONS
FOLDER = "returns"


@dataclass(frozen=True)
class TakenIn:
    """What a take-in came to. folder: of the account and the 补正单; null where no file was given."""

    accounts: tuple[Account, ...] = ()
    fates: tuple[Fate, ...] = ()
    unread: tuple[str, ...] = ()
    recorded: tuple[Event, ...] = ()
    folder: Path | None = None

    @property
    def verdicts(self) -> int:
        return sum(event.after.KIND is Kind.VERDICT for event in self.recorded)

    @property
    def came_back(self) -> int:
        return sum(fate.fate == MEND for fate in self.fates)

    def raise_if_rows_came_back(self) -> None:
        """For the exit code of a command: what could be used is recorded all the same."""
        said = []
        if self.came_back:
            said.append(
                f"{self.came_back} rows came back: see the 补正单 in {self.folder}. Let them be mended there, and take those in."
            )
        if self.unread:
            said.append(f"{len(self.unread)} files were not read: see above.")
        if said:
            raise RowsCameBack(f"{' '.join(said)} All others are recorded.")


def run(ctx: RunContext, files: Sequence[Returned] = (), brought: Brought = NOBODY) -> TakenIn:
    """Records what can be used in one transaction, and writes what cannot into 补正单."""
    if not (ctx.lake.exists(LISTED_CLUES) or ctx.lake.exists(NEEDS)):
        raise BadConfiguration(
            f"{ctx.lake.root} holds no list that a verdict could be about. Run mingjing run first, or name the OUT of the list."
        )
    unread = tuple(file.unread for file in files if file.unread)
    with ctx.report.stage("take in"), case_store_beside(ctx.lake, ctx.out, ctx.report.warn) as store:
        with store.reading() as book:
            project(ctx.lake, book)
            if not files:
                return TakenIn()
            ids = {one for file in files for of_form in file.ids.values() for one in of_form}
            known = known_of(ctx.lake, book, ids.union(*(filled.ids for file in files for filled in file.filled)))
            facts = _facts(book)
        rows = [Row(filled) for file in files for filled in file.filled]
        usable, remarks = usable_rows(rows, known, facts, ctx.as_of, brought)
        for remark in remarks:
            ctx.report.warn(remark)
        with store.writing() as book:
            recorded = book.record([event for _, events in usable for event in events])
        with store.reading() as book:
            project(ctx.lake, book)
            events = book.events(kinds={form.kind for form in FORMS})
    # By what the store holds of these files, not by what was recorded just now: taken in again, also after a kill, they come to the same account.
    fates = fates_of(rows, usable, [event for event in events if _is_of(event, files)])
    verdicts = [event for event in events if event.after.KIND is Kind.VERDICT]
    before, after = in_force(event for event in verdicts if not _is_of(event, files)), in_force(verdicts)
    replaced = {clue for clue, event in before.items() if after[clue].event_id != event.event_id}
    accounts = _accounts(ctx, files, fates, known, events, replaced)
    zone = f"{RESTRICTED}/{FOLDER}/{ctx.as_of.isoformat()}-{_digest(files)}"
    with publication(ctx.out, NAME, [zone], Stamp(ctx.as_of, Delivered(ctx.lake).name), ctx.report.warn) as staged:
        write_accounts(staged / zone / FILE, accounts, files, ctx.as_of)
        names = county_names(ctx.lake) if ctx.lake.exists(CASES) else {}  # a lake of checks has none
        write_slips(staged / zone, [fate.row for fate in fates if fate.fate == MEND], known.where, names, ctx.as_of)
    print_accounts(ctx.report.console, accounts, files, fates)
    return TakenIn(tuple(accounts), tuple(fates), unread, tuple(recorded), ctx.out / zone)


def _is_of(event: Event, files: Sequence[Returned]) -> bool:
    return event.source is not None and event.source.sha256 in {file.sha256 for file in files}


def _facts(book: Book) -> dict[str, Restricted | None]:
    ids = [event.event_id for event in book.events(kinds={form.kind for form in FORMS} - {Kind.VERDICT})]
    return {**dict.fromkeys(ids), **book.restricted(ids)}


def _accounts(
    ctx: RunContext,
    files: Sequence[Returned],
    fates: Sequence[Fate],
    known: Known,
    events: Sequence[Event],
    replaced: Collection[str],
) -> list[Account]:
    lists, left = lists_of(ctx.lake, known, ctx.as_of), list(fates)
    accounts = []
    for file in files:
        of_file, left = left[: len(file.filled)], left[len(file.filled) :]
        for form in (form for form in FORMS if form.title in file.ids or any(one.form is form for one in file.filled)):
            of_form = [fate for fate in of_file if fate.row.filled.form is form]
            sent_rows = sent_for(form, file.ids.get(form.title, frozenset()), known.where, lists)
            accounts.append(account_of(file, form, of_form, sent_rows, known.where, answered_on(events, form), replaced))
    return accounts


def _digest(files: Sequence[Returned]) -> str:
    """Names the folder: the same files write the same one again."""
    return hashlib.sha256("".join(sorted(file.sha256 for file in files)).encode()).hexdigest()[:8]
