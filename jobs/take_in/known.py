"""What a returned row is held against: the lists that went out, the verdicts so far, and where each case belongs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pyspark.sql import functions as F

from casework.events import Event, NewEvent, Place, Role, Source, Subject
from casework.payloads import Kind, Listed, SubjectKind, Verdict
from casework.store import Book
from expectations.contracts.ids import visit_id
from expectations.contracts.lake import CASE_FILES, CASES, CHECKS, ENTITLEMENT_MONTHS, LEDGER, LISTED_CLUES, NEEDS
from expectations.contracts.lake.planning import EXEMPTED, ROUTINE_VISIT, UNREMARKABLE
from expectations.contracts.model import Table
from jobs.casebook.places import placed
from jobs.returns.brought import Brought
from jobs.returns.tables import Line
from jobs.runtime.lake import Lake
from jobs.take_in.verdicts import ClueVerdict, KnownClue

READS = (CASE_FILES, CASES, CHECKS, ENTITLEMENT_MONTHS, LEDGER, LISTED_CLUES, NEEDS)
_SAID = ("verdict", "refutation_reason", "checkers", "recovered_yuan", "stop_month", "note")
Row = dict[str, Any]


@dataclass(frozen=True)
class Where:
    """Where what a row is about belongs. case_id: null of a need or a check. is_separate: past the office that approved."""

    case_id: str | None
    county_code: str | None
    town: str | None
    rule_code: str | None = None
    is_separate: bool = False

    @property
    def place(self) -> Place:
        return Place(self.county_code or None, self.town, self.rule_code)


@dataclass(frozen=True)
class Known:
    """What is known of the ids that came back. where: by id of a clue, a case, a need or a check that a list holds. lists: rows of
    gold.listed_clues by clue, earliest first. random: by case, the days of its lists of visits and whether it was drawn at random.
    verdicts: by case and clue, those recorded, first taken in first."""

    clues: Mapping[str, KnownClue] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    random: Mapping[str, Sequence[tuple[date, bool]]] = field(default_factory=dict)
    where: Mapping[str, Where] = field(default_factory=dict)
    verdicts: Mapping[str, Mapping[str, Sequence[ClueVerdict]]] = field(default_factory=dict)

    def said(self, case_id: str, clue_id: str | None, fresh: Iterable[ClueVerdict]) -> list[ClueVerdict]:
        """All verdicts on the clue, or, without one, on all clues of the case, by day of the visit. fresh: verdicts of this take-in."""
        recorded = [verdict for of_clue in self.verdicts.get(case_id, {}).values() for verdict in of_clue]
        of_case = [*recorded, *(verdict for verdict in fresh if self.clues[verdict.clue_id].case_id == case_id)]
        return sorted((one for one in of_case if clue_id in (None, one.clue_id)), key=lambda one: one.checked_on)


def known_of(lake: Lake, book: Book, ids: Collection[str]) -> Known:
    """Of these ids, what the lake and the case store know."""
    clue_ids = [one for one in ids if one.startswith("C")]
    lists = {**_runs_that_listed(lake, clue_ids), **_routine_visits(lake, clue_ids)}
    of_clue = {clue_id: str(rows[-1]["case_id"]) for clue_id, rows in lists.items()}
    cases = where_cases_are(lake, {*of_clue.values(), *(one for one in ids if one.startswith("H"))})
    where = dict(cases)
    for clue_id, case_id in of_clue.items():
        row, case = lists[clue_id][-1], cases.get(case_id, Where(case_id, None, None))
        where[clue_id] = Where(case_id, row["county_code"] or case.county_code, case.town, row["rule_code"], case.is_separate)
    where |= _of_table(lake, NEEDS, "need_id", ids, "rule_code") | _of_table(lake, CHECKS, "check_id", ids)
    verdicts = _verdicts(book, {*of_clue.values(), *cases})
    return Known(_known_clues(lake, lists, verdicts), lists, _drawn_at_random(lake), where, verdicts)


def _among(lake: Lake, table: Table, column: str, wanted: Collection[str]) -> Any:
    ids = lake.session.createDataFrame([(one,) for one in sorted(wanted)], f"{column} string")
    return lake.read_or_empty(table).join(ids, column, "left_semi")


def _of_table(lake: Lake, table: Table, column: str, wanted: Collection[str], rule: str | None = None) -> dict[str, Where]:
    ids = [one for one in wanted if one[:1] in ("N", "K")]
    if not ids:
        return {}
    found = _among(lake, table, column, ids).select(column, "county_code", "town", *([rule] if rule else [])).collect()
    return {row[column]: Where(None, row["county_code"], row["town"], row[rule] if rule else None) for row in found}


def where_cases_are(lake: Lake, wanted: Collection[str]) -> dict[str, Where]:
    """Cases of these that a roster or a list holds. What any list had apart from the office that approved stays so."""
    apart = {
        row["case_id"]: bool(row["apart"])
        for row in _among(lake, CASE_FILES, "case_id", wanted)
        .groupBy("case_id")
        .agg(F.max("is_separate").alias("apart"))
        .collect()
    }
    rows = _among(lake, CASES, "case_id", wanted).select("case_id", "county_code", "town").collect()  # as many as came back
    found = {row["case_id"]: Where(row["case_id"], row["county_code"], row["town"]) for row in rows}
    return {
        case_id: Where(case_id, case.county_code, case.town, None, apart.get(case_id, False))
        for case_id in (*found, *(case_id for case_id in apart if case_id not in found))
        for case in [found.get(case_id, Where(case_id, None, None))]
    }


def _runs_that_listed(lake: Lake, clue_ids: Iterable[str]) -> dict[str, list[Row]]:
    """Rows of gold.listed_clues of these clues, by clue, earliest list first."""
    found: dict[str, list[Row]] = {}
    for row in _among(lake, LISTED_CLUES, "clue_id", set(clue_ids)).orderBy("clue_id", "as_of").collect():
        found.setdefault(row["clue_id"], []).append(row.asDict())
    return found


def _verdicts(book: Book, cases: Collection[str]) -> dict[str, dict[str, list[ClueVerdict]]]:
    found: dict[str, dict[str, list[ClueVerdict]]] = {}
    for event in book.events(kinds={Kind.VERDICT}, cases=cases):
        said = {name: getattr(event.after, name) for name in _SAID}
        of_case = found.setdefault(str(event.case_id), {})
        of_case.setdefault(event.subject.id, []).append(ClueVerdict(event.subject.id, checked_on=event.on_day, **said))
    return found


def _known_clues(
    lake: Lake, lists: Mapping[str, Sequence[Row]], verdicts: Mapping[str, Mapping[str, Sequence[ClueVerdict]]]
) -> dict[str, KnownClue]:
    """What a verdict on each clue is held against. The bound is that of the list on which it was largest."""
    explained = _explained_cases(lake)
    months = _among(lake, ENTITLEMENT_MONTHS, "case_id", {rows[-1]["case_id"] for rows in lists.values()})
    paid = months.groupBy("case_id").agg(F.sum("gross_yuan").cast("decimal(18,2)").alias("yuan"))
    paid_yuan = {row["case_id"]: row["yuan"] for row in paid.collect()}  # one row a case that was visited
    return {
        clue_id: KnownClue(
            case_id=rows[-1]["case_id"],
            first_listed=rows[0]["as_of"],
            first_dispatched=min(
                (day for day in (_first_dispatched(rows), explained.get(rows[-1]["case_id"])) if day is not None), default=None
            ),
            amount_upper=max(row["amount_upper"] or Decimal(0) for row in rows),
            paid_yuan=paid_yuan.get(rows[-1]["case_id"]),
            verdicts=tuple(verdicts.get(rows[-1]["case_id"], {}).get(clue_id, ())),
        )
        for clue_id, rows in lists.items()
    }


def _first_dispatched(rows: Sequence[Row]) -> date | None:
    return next((row["as_of"] for row in rows if row["is_dispatched"]), None)


def _explained_cases(lake: Lake) -> dict[str, date]:
    """By case that an exemption explains, the day of the first list of visits that it stood on all the same."""
    rows = (
        lake.read_or_empty(LEDGER).filter(F.col("stratum") == F.lit(EXEMPTED)).groupBy("case_id").agg(F.min("as_of").alias("day"))
    )
    return {row["case_id"]: row["day"] for row in rows.collect()}  # as many as such visits


def _routine_visits(lake: Lake, clue_ids: Iterable[str]) -> dict[str, list[Row]]:
    """Rows in columns of gold.listed_clues of the routine visits among these ids, by id, earliest list first: as listed, without a claim."""
    drawn = lake.read_or_empty(LEDGER).filter(F.col("stratum") == F.lit(UNREMARKABLE)).select("as_of", "case_id")
    county = lake.read_or_empty(CASES).select("case_id", "county_code")
    wanted = set(clue_ids)
    found: dict[str, list[Row]] = {}
    for row in drawn.join(county, "case_id", "left").orderBy("as_of").collect():  # one row a case; as many as such visits
        clue_id = visit_id(ROUTINE_VISIT, row["case_id"])
        if clue_id in wanted:
            nothing = dict.fromkeys(LISTED_CLUES.column_names)
            found.setdefault(clue_id, []).append(
                {
                    **nothing, **row.asDict(), "county_code": row["county_code"] or "", "clue_id": clue_id, "rule_code": ROUTINE_VISIT,
                    "is_dispatched": True,
                }
            )  # fmt: skip
    return found


def _drawn_at_random(lake: Lake) -> dict[str, list[tuple[date, bool]]]:
    """By case, the days of the lists of visits that it stood on, and whether it was drawn at random; none without a ledger."""
    found: dict[str, list[tuple[date, bool]]] = {}
    rows = lake.read_or_empty(LEDGER).select("as_of", "list_no", "case_id", "is_random").orderBy("as_of", "list_no").collect()
    for row in rows:  # as many as visits
        found.setdefault(row["case_id"], []).append((row["as_of"], bool(row["is_random"])))
    return found


def verdict_event(verdict: ClueVerdict, line: Line, known: Known, as_of: date, brought: Brought) -> NewEvent:
    """The verdict as an event, beside it the clue as it was on the last list before the visit: training must not know what came later."""
    row = [row for row in known.lists[verdict.clue_id] if row["as_of"] <= verdict.checked_on][-1]
    listed = Listed(listed_on=row["as_of"], **{name: row[name] for name in Listed.model_fields if name != "listed_on"})
    drawn = [is_random for day, is_random in known.random.get(listed.case_id, ()) if day <= verdict.checked_on]
    said = Verdict(
        **{name: getattr(verdict, name) for name in _SAID},
        taken_in_on=as_of,
        is_random=drawn[-1] if drawn else None,
        listed=listed,
    )
    where = known.where.get(listed.case_id)
    return NewEvent(
        subject=Subject(SubjectKind.CLUE, verdict.clue_id), case_id=listed.case_id, on_day=verdict.checked_on, after=said, by=brought.by,
        role=Role.INSPECTOR, recorded_at=brought.at, place=placed(listed, where.town if where else None), source=source_of(line),
    )  # fmt: skip


def source_of(line: Line) -> Source:
    return Source(line.file, line.sha256, line.sheet, line.row)


def in_force(events: Iterable[Event]) -> dict[str, Event]:
    """By clue, the verdict that holds: the latest by day of the visit, then by position."""
    found: dict[str, Event] = {}
    for event in events:
        held = found.get(event.subject.id)
        if held is None or (held.on_day, held.position) < (event.on_day, event.position):
            found[event.subject.id] = event
    return found
