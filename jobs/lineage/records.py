"""Delivered rows of a chain: each once, with how its file came, its cells as received and whom it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASES, FILES, KIN, MEMBERS
from expectations.contracts.model import ORIGIN, DataSet, Kind
from jobs.lineage.chain import Compared, Delivery, Identity, Record, Side
from jobs.lineage.veil import Veil, told
from jobs.lineage.versions import Run
from jobs.link_people.explain import Judge
from jobs.link_people.side_by_side import Explanation, compared
from jobs.registers.delivered_rows import Place
from jobs.registers.origins import texts_of
from jobs.registers.references import REGISTRY, Reference, person_references
from jobs.runtime.errors import BadStore
from jobs.runtime.tables import Tables
from models.params import LinkageParams

MONEY = ("program", "household_no", "for_month", "paid_on", "heads", "amount", "kind", "bank_account", "account_name")
"""Fields of a transfer that counts of money and of accounts go by."""
_TELLING = ("relation", "book_no", "application_no")
_TELLING_KINDS = (Kind.ENUM, Kind.DATE)
"""What is shown, beside whom it names, of a row that is no evidence: who is whose, who asked for what and signed when."""
_OF_REGISTRY = "The household registry itself: other records are tied to its entries."
_LARGEST_BOOK = 15
"""Persons beyond which a book is an institution's."""
_READ = ("accepted", "superseded")


def origin(row: Mapping[str, Any]) -> tuple[str, str, int]:
    """Where the row stands: file, sheet, row."""
    return row["_file_id"], row["_sheet"] or "", row["_row"]


class Records:
    """The rows of one chain, in the order in which they were asked for."""

    def __init__(self, tables: Tables, veil: Veil, params: LinkageParams, runs: Sequence[Run]) -> None:
        self.tables, self.veil = tables, veil
        names = {row["county_code"]: row["county"] for row in tables.rows(CASES) if row["county"]}
        self.judge = Judge(tables, params, names)
        self.taken_in: dict[str, str] = {}
        for run in runs:
            if FILES.full_name in run["tables_written"]:
                self.taken_in.setdefault(run["delivery_id"], run["started_at"])
        self.files = {
            (row["data_set"], row["file_id"]): row
            for row in sorted(tables.rows(FILES), key=lambda row: -row["delivery_no"])
            if row["status"] in _READ
        }
        self.rows: list[Record] = []
        self.numbers: set[str] = set()
        """Digests of all numbers in the rows so far."""
        self._known: dict[tuple[Any, ...], int] = {}
        self._told: dict[tuple[Any, ...], Identity] = {}

    def evidence(self, rows: Sequence[Mapping[str, Any]] | None, part: str = "evidence") -> None:
        """Adds the rows that a rule saw."""
        for row in rows or ():
            of_roster = part == "evidence" and row["data_set"] in ("dibao_roster", "tekun_roster")
            self.add("roster" if of_roster else part, row["data_set"], (row["file_id"], row["sheet"], row["row"]), row["cells"])

    def add(self, part: str, code: str, place: tuple[str, str | None, int], seen: Mapping[str, str | None] | None = None) -> int:
        """The row's place among the rows of the chain; a row that is there already stays, and what is seen of it is added."""
        key = (code, place[0], place[1] or "", place[2])
        if (known := self._known.get(key)) is not None and seen:
            row = self.rows[known]
            self.rows[known] = row.model_copy(update={"seen": {**self.veil.seen(seen), **row.seen}})
        if key not in self._known:
            self._known[key] = len(self.rows)
            self.rows.append(self._record(part, DATA_SETS[code], place, seen or {}))
        return self._known[key]

    def household(self, case_id: str, subject: str | None = None) -> None:
        """Adds the rows that name the members of a household, and those that say whose kin the subject and the persons named so far
        are, who are no members."""
        members = sorted(self.tables.rows(MEMBERS, case_id=case_id), key=lambda row: (row["data_set"], *origin(row)))
        of_members = {member["number_key"] for member in members if member["number_key"]}
        outside = ({subject} if subject else set()) | self.numbers
        for member in members:
            days = {"批准日期": "approved_on", "起始月份": "start_month", "停发月份": "stop_month"}
            seen = {"与户主关系": member["relation"], **{header: told(member[name]) for header, name in days.items()}}
            self.add("roster", member["data_set"], origin(member), seen)
        for number in sorted(outside - of_members):
            kin = [row for row in self.tables.rows(KIN, kin_number_key=number) if row["number_key"] in of_members]
            for row in sorted(kin, key=lambda row: (row["data_set"], *origin(row))):
                self.add(
                    "kin",
                    row["data_set"],
                    origin(row),
                    {"亲属关系": row["relation"], "起始": told(row["since_on"]), "终止": told(row["until_on"])},
                )
                if row["data_set"] == REGISTRY:  # two entries of one book say so together
                    for person in (row["number_key"], row["kin_number_key"]):
                        for entry in sorted(self.tables.rows(DATA_SETS[REGISTRY].silver, person_key=person), key=origin):
                            self.add("kin", REGISTRY, origin(entry))

    def book(self, place: tuple[str, str | None, int]) -> None:
        """Adds the entries of the household book in which the registry's row stands; of a book of many persons none."""
        registry = DATA_SETS[REGISTRY].silver
        subject = self.tables.rows(registry, **dict(zip(ORIGIN, place, strict=True)))[0]
        if subject["book_no"]:
            entries = self.tables.rows(registry, county_code=subject["county_code"], book_no=subject["book_no"])
            for entry in sorted(entries, key=origin) if len(entries) <= _LARGEST_BOOK else ():
                self.add("book", REGISTRY, origin(entry))

    def bronze(self, data_set: DataSet, place: tuple[str, str | None, int]) -> dict[str, Any]:
        """The row as received. Raises BadStore where it is gone: a list that names it must not be believed then."""
        rows = self.tables.rows(data_set.bronze, **dict(zip(ORIGIN, place, strict=True)))
        if not rows:
            raise BadStore(
                f"Row {place[2]} of the file {place[0]} is not in {data_set.bronze.full_name} of the lake {self.tables.root}, though "
                "the list rests on it. Put the lake back from a copy."
            )
        return rows[0]

    def _record(self, part: str, data_set: DataSet, place: tuple[str, str | None, int], seen: Mapping[str, str | None]) -> Record:
        bronze, file = self.bronze(data_set, place), self.files[data_set.code, place[0]]
        references = person_references(data_set)
        fields = {field.name for field in data_set.fields if field.header in seen}
        fields |= {name for reference in references for name in (reference.number_field, reference.name_field)}
        fields |= set(MONEY) if data_set.code == "payments" else set()
        if part in ("kin", "subject", "book", "request"):
            fields |= {field.name for field in data_set.fields if field.kind in _TELLING_KINDS or field.name in _TELLING}
        return Record(
            part=part,
            data_set=data_set.code,
            title=data_set.title,
            file=self.veil.text(file["file_name"]),
            sheet=self.veil.text(place[1] or ""),
            row=place[2],
            delivery=Delivery(
                number=file["delivery_no"],
                delivery_id=file["delivery_id"],
                department=self.veil.text(file["reported_by"]) if file["reported_by"] else None,
                extract_date=file["extract_date"].isoformat() if file["extract_date"] else None,
                taken_in_at=self.taken_in.get(file["delivery_id"]),
                sha256=file["sha256"],
                status=file["status"],
            ),
            cells=self.veil.cells(data_set, bronze, fields),
            seen=self.veil.seen(seen),
            identities=tuple(self._identities(data_set, place, bronze, references)),
        )

    def _identities(
        self, data_set: DataSet, place: tuple[str, str | None, int], bronze: Mapping[str, Any], references: Sequence[Reference]
    ) -> list[Identity]:
        rows = self.tables.rows(data_set.silver, **dict(zip(ORIGIN, place, strict=True)))
        if not rows:
            return []
        silver, identities = rows[0], list[Identity]()
        self.numbers |= {silver[reference.number_key] for reference in references if silver[reference.number_key]}
        if data_set.code == REGISTRY:
            return [Identity(role="person", tie=_OF_REGISTRY, compared=())]
        for reference in references:
            number, name, state = (silver[column] for column in (reference.number_key, reference.name_key, reference.state))
            pair = (data_set.code, reference.role, number, name, state)
            if number is None or pair not in self._told:
                at = Place(data_set, "", bronze, silver)
                self._told[pair] = self._identity(reference, self.judge.explained(at, reference))
            identities.append(self._told[pair])
        return identities

    def _identity(self, reference: Reference, explanation: Explanation) -> Identity:
        lines = compared(explanation, full=self.veil.full) if explanation.candidates else []
        return Identity(
            role=reference.role,
            tie=self.veil.text(explanation.headline),
            compared=tuple(
                Compared(
                    field=line.field,
                    record=line.record.plain,
                    persons=tuple(
                        Side(person=person.plain, agreement=agreement.plain, bits=bits.plain)
                        for person, agreement, bits in line.persons
                    ),
                )
                for line in lines
            ),
        )

    def subject(self, code: str, place: tuple[str, str | None, int]) -> tuple[str | None, str | None]:
        """Number and name of the person whom the row is about, in one spelling. Restricted."""
        reference = next(found for found in person_references(DATA_SETS[code]) if found.role == "person")
        fields = (reference.number_field, reference.name_field)
        number, name = texts_of(DATA_SETS[code], self.bronze(DATA_SETS[code], place), fields)
        return number, name
