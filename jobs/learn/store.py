"""Verdicts as they are kept: what the lake shows of them, what they are held against, and each as an event of the case store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pyspark.sql import functions as F

from casework.events import NewEvent, Role, Source, Subject
from casework.payloads import Listed, SubjectKind, Verdict
from expectations.contracts.lake import CLUES, ENTITLEMENT_MONTHS, LEDGER, LISTED_CLUES, VERDICTS
from jobs.casebook.places import placed
from jobs.learn.verdicts_read import ClueVerdict, KnownClue
from jobs.returns.brought import Brought
from jobs.runtime.lake import Lake

_SAID = ("verdict", "refutation_reason", "checked_on", "checkers", "recovered_yuan", "stop_month", "note")
Row = dict[str, Any]


def runs_that_listed(lake: Lake, clue_ids: Iterable[str]) -> dict[str, list[Row]]:
    """Rows of gold.listed_clues of these clues, by clue, earliest list first."""
    wanted = lake.session.createDataFrame([(clue_id,) for clue_id in sorted(set(clue_ids))], "clue_id string")
    found: dict[str, list[Row]] = {}
    for row in lake.read_or_empty(LISTED_CLUES).join(wanted, "clue_id", "left_semi").orderBy("clue_id", "as_of").collect():
        found.setdefault(row["clue_id"], []).append(row.asDict())
    return found


def known_clues(
    lake: Lake, lists: Mapping[str, Sequence[Row]], known: Sequence[Row], explained: Mapping[str, date]
) -> dict[str, KnownClue]:
    """What a verdict on each clue is held against. The bound is that of the list on which it was largest. known: rows of VERDICTS.

    explained: by case, the day of the first list of visits that gave out its clues although an exemption explains them.
    """
    so_far: dict[str, list[ClueVerdict]] = {}
    for row in known:
        so_far.setdefault(row["clue_id"], []).append(ClueVerdict(row["clue_id"], **{name: row[name] for name in _SAID}))
    cases = sorted({rows[-1]["case_id"] for rows in lists.values()})
    wanted = lake.session.createDataFrame([(case_id,) for case_id in cases], "case_id string")
    months = lake.read_or_empty(ENTITLEMENT_MONTHS).join(wanted, "case_id", "left_semi")
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
            verdicts=tuple(so_far.get(clue_id, ())),
        )
        for clue_id, rows in lists.items()
    }


def _first_dispatched(rows: Sequence[Row]) -> date | None:
    return next((row["as_of"] for row in rows if row["is_dispatched"]), None)


def verdict_events(
    verdicts: Sequence[ClueVerdict],
    lists: Mapping[str, Sequence[Row]],
    random: Mapping[str, Sequence[tuple[date, bool]]],
    towns: Mapping[str, str],
    as_of: date,
    brought: Brought,
) -> list[NewEvent]:
    """Each verdict as an event, beside it the clue as it was on the last list before the visit: training must not know what came later.

    random: by case, the days of its lists of visits and whether it was drawn at random. towns: township by case.
    """
    events = []
    for verdict in sorted(verdicts, key=lambda v: (v.clue_id, v.checked_on)):
        row = [row for row in lists[verdict.clue_id] if row["as_of"] <= verdict.checked_on][-1]
        listed = Listed(listed_on=row["as_of"], **{name: row[name] for name in Listed.model_fields if name != "listed_on"})
        drawn = [is_random for day, is_random in random.get(listed.case_id, ()) if day <= verdict.checked_on]
        said = Verdict(
            **{name: getattr(verdict, name) for name in _SAID if name != "checked_on"}, taken_in_on=as_of,
            is_random=drawn[-1] if drawn else None, listed=listed,
        )  # fmt: skip
        source = verdict.source
        events.append(
            NewEvent(
                subject=Subject(SubjectKind.CLUE, verdict.clue_id), case_id=listed.case_id, on_day=verdict.checked_on, after=said,
                by=brought.by, role=Role.INSPECTOR, recorded_at=brought.at, place=placed(listed, towns.get(listed.case_id)),
                source=Source(source.file, source.sha256, source.sheet, source.row) if source else None,
            )
        )  # fmt: skip
    return events


def stored_verdicts(lake: Lake) -> list[Row]:
    """All of vault.verdicts: inspectors' work, thousands of rows."""
    return [row.asDict() for row in lake.read_or_empty(VERDICTS).orderBy("clue_id", "verdict_no").collect()]


def drawn_at_random(lake: Lake) -> dict[str, list[tuple[date, bool]]]:
    """By case, the days of the lists of visits that it stood on, and whether it was drawn at random; none without a ledger."""
    if not lake.exists(LEDGER):
        return {}
    found: dict[str, list[tuple[date, bool]]] = {}
    rows = (
        lake.read(LEDGER).select("as_of", "list_no", "case_id", "is_random").orderBy("as_of", "list_no").collect()
    )  # as many as visits
    for row in rows:
        found.setdefault(row["case_id"], []).append((row["as_of"], bool(row["is_random"])))
    return found


def last_list(lake: Lake) -> list[Row]:
    """Rows of gold.listed_clues of the last run; the clues that are to be visited now are among them."""
    if not lake.exists(LISTED_CLUES):
        return []
    listed = lake.read(LISTED_CLUES)
    last = listed.agg(F.max("as_of").alias("last"))
    here = listed.join(last, listed["as_of"] == last["last"], "inner").join(
        lake.read(CLUES).select("clue_id"), "clue_id", "left_semi"
    )
    return [row.asDict() for row in here.orderBy("clue_id").collect()]  # some thousands
