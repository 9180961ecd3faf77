"""From an id to its chain: which list it stands on, what was found, what that rests on; or why there is no answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.ids import LETTERS, as_id
from expectations.contracts.lake import (
    CASE_FILES,
    CASE_SCORES,
    CASES,
    CHECKS,
    CLUES,
    FILES,
    FINDINGS,
    LISTED_CLUES,
    MEMBERS,
    NEEDS,
    NOVEL_FINDINGS,
    PEOPLE,
)
from expectations.contracts.model import Table
from jobs.lineage.chain import Cell, Chain, Finding, Kind, Month, RuleTold, Score, Step
from jobs.lineage.money import all_months, months_of
from jobs.lineage.records import Records, origin
from jobs.lineage.veil import Veil, month, told, yuan
from jobs.lineage.versions import Run, runs_of, stopped_since, versions_behind, writer
from jobs.needs import NEED_RULES
from jobs.registers.references import REGISTRY
from jobs.rulebook.need import NeedRule
from jobs.rulebook.need_outcomes import REASON_WORDS
from jobs.rulebook.rule import EXEMPTIONS, Rule
from jobs.rules import RULES
from jobs.rules.number_in_doubt import ROW
from jobs.runtime.errors import NoSuchRecord
from jobs.runtime.tables import Tables
from jobs.sheets.clue_list import CLUE_COLUMNS
from models.params import LinkageParams

Row = Mapping[str, Any]
_ID = re.compile("[A-Z]?[0-9a-f]{16}")
_LISTS: dict[Kind, tuple[str, Table]] = {
    "clue": ("clue_id", CLUES),
    "case": ("case_id", CLUES),
    "need": ("need_id", NEEDS),
    "check": ("check_id", CHECKS),
}
"""By kind of id: the column that holds it, and the table that the list is made of."""
_WHO = ("who_data_set", "who_file_id", "who_sheet", "who_row")


def trace(lakes: Sequence[Tables], wanted: str, params: LinkageParams, *, full: bool) -> Chain:
    """The chain of a clue, case, need or check. Masked unless `full`.

    lakes: where it may stand, the first that has it counts. An id of an earlier version, without its letter, may be of any kind.
    Raises NoSuchRecord, which says why, where there is no such id on the lists that stand.
    """
    if not _ID.fullmatch(wanted) or wanted[:1] not in {*LETTERS.values(), *"0123456789abcdef"}:
        raise NoSuchRecord(
            f"ID is {wanted!r}. Expected one of a list: a clue C…, a case H…, a need N… or a check K… with 16 hex digits behind it."
        )
    ids = {kind: as_id(column, wanted) for kind, (column, _) in _LISTS.items()}
    kinds = [kind for kind, (column, _) in _LISTS.items() if ids[kind].startswith(LETTERS[column])]
    for tables in lakes:
        for kind in kinds:
            if chain := _Tracer(tables, params, full=full).chain(kind, ids[kind]):
                return chain
    raise NoSuchRecord(_why_not(lakes, kinds, wanted))


def _why_not(lakes: Sequence[Tables], kinds: Sequence[Kind], wanted: str) -> str:
    there = [tables for tables in lakes if tables.version(FILES) is not None]
    if not there:
        return f"Nothing was delivered yet to the lake {lakes[0].root}. Run mingjing run first."
    listed = [tables for tables in there if any(tables.version(_LISTS[kind][1]) is not None for kind in kinds)]
    if not listed:
        runs = runs_of(there[0])
        failed = f"; the last run stopped at {runs[-1]['job']}: {runs[-1]['failure']}" if runs and runs[-1]["failure"] else ""
        return (
            f"No list of {' or '.join(kinds)}s was made in the lake {there[0].root}{failed}. Run mingjing run to the end first."
        )
    days = {row["as_of"] for tables in listed for row in _earlier(tables, kinds, wanted)}
    if days:
        return (
            f"{wanted} is of another run: it stood on the list of {max(days)} and stands on none now. Ask the lake of that day."
        )
    return f"{wanted} stands on no list of the lake {listed[0].root}. See {', '.join(f'{kind}s.csv' for kind in kinds)} under exports."


def _earlier(tables: Tables, kinds: Sequence[Kind], wanted: str) -> list[dict[str, Any]]:
    """Rows of earlier lists with the id."""
    return [
        *(tables.rows(LISTED_CLUES, clue_id=as_id("clue_id", wanted)) if "clue" in kinds else ()),
        *(tables.rows(CASE_FILES, case_id=as_id("case_id", wanted)) if "case" in kinds else ()),
    ]


class _Tracer:
    """Follows ids of one lake."""

    def __init__(self, tables: Tables, params: LinkageParams, *, full: bool) -> None:
        self.tables, self.params, self.veil = tables, params, Veil(full)
        self.runs: Sequence[Run] = ()
        self.remarks: list[str] = []

    def chain(self, kind: Kind, wanted: str) -> Chain | None:
        """Null where the id stands on no list of the lake."""
        column, listed = _LISTS[kind]
        if self.tables.version(listed) is None or not self.tables.rows(listed, **{column: wanted}):
            if kind == "case" and self.tables.rows(NEEDS, case_id=wanted):
                listed = NEEDS
            else:
                return None
        self._pin(listed)
        return {
            "clue": lambda: self._clue(self.tables.rows(CLUES, clue_id=wanted)[0]),
            "case": lambda: self._case(wanted) if listed is CLUES else self._case_of_needs(wanted),
            "need": lambda: self._need(self.tables.rows(NEEDS, need_id=wanted)[0]),
            "check": lambda: self._check(self.tables.rows(CHECKS, check_id=wanted)[0]),
        }[kind]()

    def _pin(self, listed: Table) -> None:
        """From here on every table is read in the version that the list was made of."""
        self.runs = runs_of(self.tables)
        version = self.tables.version(listed)
        assert version is not None
        if writer(self.runs, listed.full_name, version) is None:
            self.remarks.append(
                f"ops.runs has no row of the job that wrote {listed.full_name} version {version}: an earlier version of the program "
                "did, or a run that was killed. All tables are read as they are now."
            )
        if stopped := stopped_since(self.runs, listed, version):
            self.remarks.append(
                f"A later run ({stopped['run_id']}, {stopped['started_at']}) stopped at {stopped['job']}: its lists were withheld. "
                "This is of the list before."
            )
        self.tables = self.tables.at(versions_behind(self.runs, listed, version))

    def _records(self) -> Records:
        return Records(self.tables, self.veil, self.params, self.runs)

    def _made(
        self,
        wanted: str,
        kind: Kind,
        line: Mapping[str, Any],
        records: Records,
        *,
        rule: RuleTold | None = None,
        findings: Sequence[Finding] = (),
        score: Score | None = None,
        months: Sequence[Month] = (),
        parts: Sequence[Chain] = (),
        searched: Mapping[str, int | None] = MappingProxyType({}),
    ) -> Chain:
        shown: dict[str, Cell] = {
            name: self.veil.text(value) if isinstance(value, str) and name not in _KEPT else told(value)
            for name, value in line.items()
        }
        return Chain(
            id=wanted,
            kind=kind,
            is_masked=not self.veil.full,
            lake=self.tables.root,
            line=shown,
            rule=rule,
            findings=tuple(findings),
            score=score,
            months=tuple(months),
            records=tuple(records.rows),
            parts=tuple(parts),
            steps=tuple(self._steps()),
            searched=dict(searched),
            remarks=tuple(self.veil.text(remark) for remark in self.remarks),
        )

    def _steps(self) -> list[Step]:
        """Tables that were asked for, from the list to what was received."""
        steps = []
        for name, version in sorted(self.tables.asked.items(), key=lambda item: (_zone_order(item[0]), item[0])):
            run = writer(self.runs, name, version) or {}
            as_of = run.get("as_of")
            steps.append(
                Step(
                    table=name,
                    version=version,
                    as_of=as_of.isoformat() if as_of else None,
                    **{field: run.get(field) for field in _OF_RUN},
                )
            )
        return steps

    def _searched(self, found: Table) -> dict[str, int | None]:
        """What the job read that wrote the table; empty where no run is on record."""
        version = self.tables.version(found)
        run = None if version is None else writer(self.runs, found.full_name, version)
        return dict(sorted(run["tables_read"].items())) if run else {}

    def _clue(self, clue: Row) -> Chain:
        records, rule = self._records(), next(rule for rule in RULES if rule.code == clue["rule_code"])
        records.evidence(clue["evidence"])
        records.household(clue["case_id"], clue["subject_key"])
        number, name = self._subject(clue, records)
        key = {name: clue[name] for name in ("rule_code", "case_id", "subject_key")}
        found = [row for table in (FINDINGS, NOVEL_FINDINGS) for row in self.tables.rows(table, **key)]
        # As the list merges them: what was found speaks, or else what is exempt.
        speaking = [row for row in found if row["outcome"] == "found"] or [row for row in found if row["outcome"] == "exempt"]
        speaking.sort(key=lambda row: row["thing_key"])
        given = {
            "subject_id": self.veil.number(number),
            "subject_name": self.veil.name(name),
            "first_month": month(clue["first_month"]),
            "last_month": month(clue["last_month"]),
            "dispatched": "是" if clue["is_dispatched"] else "否",
        }
        line = {column: given.get(column, clue.get(column)) for column in CLUE_COLUMNS if column != "evidence"}
        return self._made(
            clue["clue_id"],
            "clue",
            line,
            records,
            rule=_told_rule(rule, clue["rule_fingerprint"]),
            findings=[self._finding(row) for row in speaking],
            score=self._score(clue),
            months=[] if rule.is_about_data else months_of(records, speaking),
            searched=self._searched(NOVEL_FINDINGS if rule.needs_scores else FINDINGS),
        )

    def _finding(self, row: Row) -> Finding:
        counted = zip(row["counted_months"] or (), row["counted_yuan"] or (), strict=True)
        thing, _, which = row["thing_key"].partition(":")
        return Finding(
            thing=row["thing_key"] if self.veil.full and which else thing,
            outcome=row["outcome"],
            exemption=_exemption(row["exemption_code"]),
            doubt=_exemption(row["doubt_code"]),
            identity_grade=row["identity_grade"],
            event_on=told(row["event_on"]),
            value=row["value"],
            threshold=row["threshold"],
            months=row["months"] or 0,
            amount_upper=yuan(row["amount_upper"]),
            amount_estimate=yuan(row["amount_estimate"]),
            is_personal=row["is_personal"],
            counted={month(day) or "": yuan(amount) for day, amount in counted},
            explanation=self.veil.text(row["explanation"] or ""),
        )

    def _score(self, clue: Row) -> Score:
        scored = next(iter(self.tables.rows(CASE_SCORES, case_id=clue["case_id"])), {})
        listed = [row for row in self.tables.rows(LISTED_CLUES, clue_id=clue["clue_id"]) if row["as_of"] == clue["last_seen"]]
        return Score(
            probability=clue["score"],
            reasons=clue["reasons"],
            anomaly_percentile=None if scored.get("anomaly_percentile") is None else round(scored["anomaly_percentile"], 6),
            strange_for=scored.get("reasons"),
            pattern=clue["pattern"],
            model_version=scored.get("model_version"),
            ranking_version=listed[0]["ranking_version"] if listed else None,
        )

    def _subject(self, clue: Row, records: Records) -> tuple[str | None, str | None]:
        """Number and name as the list has them: the person's, or as the benefit record writes them where no registered name fits."""
        if clue["person_id"] and (people := self.tables.rows(PEOPLE, person_id=clue["person_id"])):
            return people[0]["number"], people[0]["name"]
        subject = str(clue["subject_key"])
        if subject.startswith(f"{ROW}|"):
            _, code, file_id, sheet, row = subject.split("|")
            return records.subject(code, (file_id, sheet, int(row)))
        members = self.tables.rows(MEMBERS, case_id=clue["case_id"], number_key=subject)
        first = min(members, key=lambda row: (row["data_set"], *origin(row)), default=None)
        return records.subject(first["data_set"], origin(first)) if first else (None, None)

    def _case(self, wanted: str) -> Chain:
        clues = sorted(
            self.tables.rows(CLUES, case_id=wanted), key=lambda row: (row["rank"] or 10**9, row["rule_code"], row["clue_id"])
        )
        parts = [self._clue(clue) for clue in clues]
        records = self._records()
        records.household(wanted)
        files = sorted(self.tables.rows(CASE_FILES, case_id=wanted), key=lambda row: row["as_of"])
        place = {
            name: value
            for name, value in self.tables.rows(CASES, case_id=wanted)[0].items()
            if not name.endswith(("_key", "_person_id"))
        }
        line = files[-1] if files and files[-1]["as_of"] == clues[0]["last_seen"] else {**place, "clue_count": 0}
        line = {name: value for name, value in line.items() if name != "fingerprint"}
        return self._made(wanted, "case", line, records, months=all_months(records, wanted), parts=parts)

    def _case_of_needs(self, wanted: str) -> Chain:
        needs = sorted(self.tables.rows(NEEDS, case_id=wanted), key=lambda row: (row["rank"] or 10**9, row["need_id"]))
        line = {name: needs[0][name] for name in ("case_id", "household_no", "county_code", "town", "village", "heads")}
        return self._made(wanted, "case", line, self._records(), parts=[self._need(need) for need in needs])

    def _need(self, need: Row) -> Chain:
        records, rule = self._records(), next(rule for rule in NEED_RULES if rule.code == need["rule_code"])
        line = self._served(need, records, NEEDS)
        line |= {"reason": REASON_WORDS.get(need["reason"], need["reason"])}
        if need["who_data_set"] == REGISTRY:
            records.book((need["who_file_id"], need["who_sheet"], need["who_row"]))
        searched = self._searched(NEEDS)
        return self._made(need["need_id"], "need", line, records, rule=_told_rule(rule, None), searched=searched)

    def _check(self, check: Row, *, alone: bool = False) -> Chain:
        records = self._records()
        line = self._served(check, records, CHECKS)
        things = self.tables.rows(CHECKS, application_no=check["application_no"]) if check["is_summary"] and not alone else []
        requests = DATA_SETS[check["who_data_set"]].silver
        asked = self.tables.rows(requests, application_no=check["application_no"]) if things else []
        for request in sorted(asked, key=origin):
            records.add("request", check["who_data_set"], origin(request))
        of_members = sorted((row for row in things if not row["is_summary"]), key=lambda row: row["check_id"])
        parts = [self._check(row, alone=True) for row in of_members]
        return self._made(check["check_id"], "check", line, records, parts=parts, searched=self._searched(CHECKS))

    def _served(self, row: Row, records: Records, table: Table) -> dict[str, Any]:
        """The line of a need or check, with the person in front; its subject and evidence are added to the records."""
        code, *place = (row[name] for name in _WHO)
        where = (str(place[0]), place[1], int(place[2]))
        number, name = records.subject(code, where)
        records.add("request" if table is CHECKS else "subject", code, where)
        records.evidence(row["evidence"])
        line = {name: row[name] for name in table.column_names if name not in {*_WHO, "evidence"} and not name.endswith("_key")}
        return {**line, "subject_id": self.veil.number(number), "subject_name": self.veil.name(name)}


_KEPT = {*LETTERS, "subject_id", "subject_name"}
"""Columns of a line that are no free text, or are masked already."""
_OF_RUN = ("job", "run_id", "started_at", "code_version", "settings_fingerprint", "engine")
_ZONES = ("gold", "vault", "silver", "bronze", "ops")


def _zone_order(name: str) -> int:
    return _ZONES.index(name.partition(".")[0])


def _exemption(code: str | None) -> str | None:
    return None if code is None else f"{code} {EXEMPTIONS.get(code, '')}".strip()


def _told_rule(rule: Rule | NeedRule, fingerprint: str | None) -> RuleTold:
    first, last = rule.in_force
    return RuleTold(
        code=rule.code,
        title=rule.title,
        title_zh=rule.title_zh,
        unit=rule.unit,
        source=rule.source,
        in_force=(first.isoformat(), last.isoformat() if last else None),
        fingerprint=fingerprint,
    )
