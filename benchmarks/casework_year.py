"""Twelve months of casework on a simulated city, and the report of the year beside the truth.

    python -m jobs.runtime.private_network benchmarks.casework_year OUT [--visits 1800] [--seed 7]

OUT: results of a run of a simulated city, best a copy: lists, files and the case store are written to it. Lists, dispatch, take-in
and the report are the product's own; what people do in between is simulated (simulation/casework.py). Prints every total that is
not the truth, and how long the report took. All data are synthetic.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from casework.events import Role
from casework.payloads import Dispatched, Payload, Received, Referred, SentBack
from casework.steps import Hand, take
from expectations.contracts.lake import NEEDS
from expectations.contracts.returned import Assistance
from jobs.casebook.opened import existing_store
from jobs.dispatch_cases import job as dispatch_cases
from jobs.launch.context import RunContext
from jobs.launch.start import open_run
from jobs.plan_visits import job as plan_visits
from jobs.report_casework import job as report_casework
from jobs.report_casework.report import Report
from jobs.report_casework.table import TOTAL, Period
from jobs.returns.brought import Brought
from jobs.runtime.console import Console
from jobs.take_in import job as take_in
from jobs.take_in.forms import returned
from simulation.casework import ASSIST, HAND_OVER, OPEN, RECEIVE, SEND_BACK, Month, Office, Step

YEAR, _MONTHS_A_LIST = 2018, 3
PERIOD = Period(date(YEAR, 1, 1), date(YEAR, 12, 31))
_AT = "2019-01-02T08:00:00+00:00"
_BROUGHT = Brought("clerk", _AT)
AtDay = Callable[[date], RunContext]


def play(
    at: AtDay,
    out: Path,
    files: Path,
    visits: int,
    seed: int,
    confirmed: float = 0.18,
    tell: Callable[[str], None] = lambda _: None,
) -> Office:
    """A year's casework in the store of OUT. at: the context of a day. files: folder for what people hand in."""
    needs = (
        at(PERIOD.first).lake.read(NEEDS).filter("outcome = 'found'").select("need_id", "rule_code").orderBy("need_id").collect()
    )
    office = Office(seed, [(row["need_id"], row["rule_code"]) for row in needs], confirmed)
    for month in range(1, 13):
        tell(f"month {month}")
        day = date(YEAR, month, 3)
        if month % _MONTHS_A_LIST == 1:
            _send(at(day), visits, day, office)
        _hand_in(at, out, files / f"{month:02d}", office.month(YEAR, month))
    return office


def _send(ctx: RunContext, visits: int, day: date, office: Office) -> None:
    plan_visits.run(ctx, visits)
    sent = dispatch_cases.run(ctx, day, "", None, Hand("clerk", Role.OFFICE, day, _AT))
    for event in sent.taken.recorded:
        said = event.after
        assert isinstance(said, Dispatched)
        clues = [(clue.clue_id, clue.rule_code) for clue in said.clues]
        office.take(event.subject.id, said.to.county_code or "", event.on_day, said.due_on, clues)


def _hand_in(at: AtDay, out: Path, folder: Path, month: Month) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _walk(out, month.receipts)
    paths = [_written(folder / f"{table}.csv", rows) for table, rows in month.rows.items() if rows]
    if paths:
        taken = take_in.run(at(month.last), [returned(path) for path in paths], _BROUGHT)
        assert taken.came_back == 0, f"{taken.came_back} simulated rows came back: {taken.folder}"
    _walk(out, month.steps)


def _written(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _walk(out: Path, steps: Sequence[Step]) -> None:
    """The steps, those of one day and kind at once."""
    together: dict[tuple[str, date, str], dict[str, Payload]] = {}
    for step in steps:
        together.setdefault((step.kind, step.day, step.to), {})[step.case_id] = _payload(step)
    with existing_store(out) as store, store.writing() as book:
        for (_, day, _), of_one in together.items():
            take(book, of_one, Hand("clerk", Role.OFFICE, day, _AT))


def _payload(step: Step) -> Payload:
    match step.kind:
        case "receive":
            return Received()
        case "send back":
            return SentBack(reason="缺少照片")
        case "assist":
            return Referred(assistance=Assistance(step.to), reason="走访中发现困难")
        case _:
            return Referred(office=step.to, reason="职责不在本单位")


def totals(report: Report) -> dict[str, object]:
    """What the report says, in the words of the truth."""

    def cell(table: str, row: str, column: str) -> Any:
        return report.table(table).value(row, column)

    clues, needs = report.table("clues"), report.table("needs")
    words = {"open": OPEN}
    outcomes = {
        words.get(key, key): cell("clues", TOTAL, key) for key in ("confirmed", "refuted", "unverifiable", "referred", "open")
    }
    return {
        "outcomes": {key: count for key, count in outcomes.items() if count},
        "by_rule": {row.key: row.cells["clues"] for row in clues.rows if row.depth},
        **{key: cell("clock", TOTAL, key) for key in ("sent", "back", "out", "overdue", "late", "days")},
        "problems": {row.label: (row.cells["problems"], row.cells["done"]) for row in report.table("problems").rows if row.depth},
        "asked": cell("money", "asked", "ever"), "got": cell("money", "got", "ever"),
        "people": {row.label: row.cells["people"] for row in report.table("accountability").rows if row.depth and row.cells["people"]},
        "appeals": {row.label: row.cells["count"] for row in report.table("appeals").rows if row.depth and row.cells["count"]},
        "owed_back": cell("appeals", TOTAL, "yuan"), "granted": cell("needs", TOTAL, "yuan"), "needs_open": cell("needs", TOTAL, "open"),
        "needs": {column.key: needs.value(TOTAL, column.key) for column in needs.columns},
        "steps": {
            kind: count
            for kind, row in ((RECEIVE, "received"), (SEND_BACK, "sent_back"), (ASSIST, "assistance"), (HAND_OVER, "office"))
            if isinstance(count := cell("acts", row, "acts"), int) and count
        },
        "assistance": {row.label: row.cells["cases"] for row in report.table("referrals").rows if row.depth and row.key != "OFFICE"},
    }  # fmt: skip


def told(truth: Mapping[str, object]) -> dict[str, object]:
    """The truth in the report's groups: results of needs together as the report has them, appeals by the words of their outcome."""
    needs = {str(result): count for result, count in _counts(truth["needs"])}
    groups = {
        "dibao": ("已纳入低保",), "tekun": ("已纳入特困",), "aided": ("已给予临时救助", "已给予医疗救助", "转介其他救助"),
        "no": ("不符合条件", "本人不愿申请"), "unknown": ("查无此人", "待核"),
    }  # fmt: skip
    by_group = {key: sum(needs.get(one, 0) for one in group) for key, group in groups.items()}
    visited, still_open = sum(needs.values()), truth["needs_open"]
    assert isinstance(still_open, int)
    grouped = {"needs": visited + still_open, "visited": visited, **by_group, "open": still_open, "yuan": truth["granted"]}
    appeals = {str(outcome) if outcome else "尚未复查": count for outcome, count in _counts(truth["appeals"])}
    people = {str(sanction): count for sanction, count in _counts(truth["people"]) if count}
    steps = {kind: count for kind, count in _counts(truth["steps"]) if count}
    return {**truth, "needs": grouped, "appeals": appeals, "people": people, "steps": steps}


def _counts(told_one: object) -> list[tuple[object, int]]:
    assert isinstance(told_one, dict)
    return list(told_one.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--visits", type=int, default=1800, help="a list; there are four in the year")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    console = Console()
    with open_run(out=given.out, as_of=PERIOD.last, console=console) as ctx:
        office = play(
            lambda day: replace(ctx, as_of=day), given.out, given.out / "handed_in", given.visits, given.seed, tell=console.print
        )
        begun = time.perf_counter()
        full = next(iter(report_casework.run(ctx, PERIOD).values()))
        console.print(f"report: {time.perf_counter() - begun:.1f} s")
    truth, said = told(office.truth(PERIOD.last)), totals(full)
    for name, expected in truth.items():
        mark = "=" if said[name] == expected else "IS NOT"
        console.print(f"{name}: report {said[name]} {mark} truth {expected}", soft_wrap=True)


if __name__ == "__main__":
    main()
