"""Why a record is tied to a person, or to nobody: what `mingjing why-linked` shows. Restricted: the texts identify people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import ALIASES, IDENTITIES, LINK_CANDIDATES, LINKS
from expectations.contracts.model import ORIGIN, Kind
from jobs.cells.names import read_names
from jobs.cells.person_numbers import FIRM, UPGRADED, VALID, in_certificate, spelt
from jobs.link_people.links import BY_VERDICT, PRIOR, REFUSED
from jobs.link_people.records import ROSTERS
from jobs.link_people.repair import CUT_SHORT, MASKED_DIGITS, MISTYPED, NEW_NUMBER
from jobs.link_people.side_by_side import Explanation, PossiblePerson, Said, agreeing, in_bits
from jobs.registers.delivered_rows import Place, Wanted, place_of
from jobs.registers.divisions import division_names
from jobs.registers.origins import texts_of
from jobs.registers.references import REGISTRY, Reference, person_references
from jobs.runtime.errors import NoSuchRecord
from jobs.runtime.lake import Lake
from jobs.runtime.tables import Rows, Value
from models.params import LinkageParams
from models.record_linkage import BELOW, TIE

Key = Mapping[str, Value | None]
Told = tuple[str, list[PossiblePerson]]
"""Headline, and the persons to show."""
_SLIPS = {
    MISTYPED: "the number is one slip from that of the person registered",
    CUT_SHORT: "the number was cut short and begins like that of the person registered",
    MASKED_DIGITS: "what is not masked of the number is the registered person's",
    NEW_NUMBER: "the number begins like that of the person registered, as numbers do that were corrected",
}
_ALIASES = {
    NEW_NUMBER: "number and name are those of a person who has had a new number since",
    "same person by verdict": "inspectors decided that this number and name mean the person beside it",
}
_REGISTERED = (
    ("name_key", "A", "the number is registered under the same name"),
    ("former_name_key", "B", "the number is registered, and the name is the person's former one"),
)


def explanations(lake: Lake, wanted: Wanted, params: LinkageParams) -> list[Explanation]:
    """Of each person whom the row names, or of the one in the role named: who it is tied to and what speaks for it.

    Raises NoSuchRecord where there is no such file, row or role, or nothing was linked yet.
    """
    place = place_of(lake, wanted)
    if not lake.exists(LINKS):
        raise NoSuchRecord(f"Nothing was linked yet in the lake {lake.root}. Run mingjing run to the end first.")
    references = person_references(place.data_set)
    roles = [reference.role for reference in references]
    if wanted.role and wanted.role not in roles:
        raise NoSuchRecord(f"{place.data_set.title} has no role {wanted.role!r}. Its roles: {', '.join(roles)}.")
    judge = Judge(lake, params, division_names(lake.read_or_empty(DATA_SETS["dibao_roster"].silver)))
    return [judge.explained(place, reference) for reference in references if wanted.role in (None, reference.role)]


@dataclass(frozen=True)
class Judge:
    """Looks up what link_people decided of persons in delivered rows, the household registry's aside. counties: names by code."""

    tables: Rows
    params: LinkageParams
    counties: Mapping[str, str]

    def explained(self, place: Place, reference: Reference) -> Explanation:
        silver = place.silver
        number_key, name_key, state = (silver[name] for name in (reference.number_key, reference.name_key, reference.state))
        number, name = place.bronze[reference.number_field], place.bronze[reference.name_field]
        text = spelt(number or "")
        if place.data_set[reference.number_field].kind is Kind.DISABILITY_NUMBER or state == VALID:
            text = in_certificate(text)
        record = self._said(silver, text, _name(name))

        def told(headline: str, persons: list[PossiblePerson] | None = None) -> Explanation:
            return Explanation(f"{place.title} ({reference.role})", headline, state, record, persons or [])

        if state == FIRM:
            return told("Not tied: the number is a firm's, and a firm is no person.")
        if name_key is None:
            return told("Not tied: the record gives no name, and a number alone means nobody.")
        origin = {name: silver[name] for name in ORIGIN}
        key = {"data_set": place.data_set.code, "role": reference.role, **origin}
        if links := self.tables.rows(LINKS, **key):
            return told(*self._linked(links[0], key, record, state))
        pair = {"number_key": number_key, "name_key": name_key}
        if number_key and (aliases := self.tables.rows(ALIASES, **pair)):
            alias = aliases[0]
            to = self._person(alias["to_number_key"], alias["to_name_key"])
            return told(f"C: {_ALIASES.get(alias['reason'], alias['reason'])}.", [to])
        if number_key and (entries := self._registered(person_key=number_key)):
            owner = f"{place.data_set.title} ({place.data_set.owner})"
            return told(*self._by_number(owner, entries, pair, name_key, state))
        if number_key and (known := [row for row in self.tables.rows(IDENTITIES, **pair) if row["person_id"] is not None]):
            words = "the household registry does not know the number; a benefit names the person so"
            return told(f"{known[0]['grade']}: {words}.", [self._person(number_key, name_key)])
        return told(*self._untied(key, record, state, number_key))

    def _linked(self, link: Any, key: Key, record: Said, state: str) -> Told:
        person, reason = (link["number_key"], link["name_key"]), link["reason"]
        weighed = [row for row in self.tables.rows(LINK_CANDIDATES, **key) if (row["number_key"], row["name_key"]) == person]
        candidate = self._person(*person, weighed[0] if weighed else None)
        both = agreeing(record, candidate, state)
        agree = f"{' and '.join(filter(None, (', '.join(both[:-1]), both[-1])))} agree" if both else ""
        if reason == BY_VERDICT:
            why = "inspectors decided that the record means this person"
        elif reason in _SLIPS:
            why = "; ".join(filter(None, (_SLIPS[reason], agree)))
        else:
            needed = in_bits(self.params.least_weight)
            why = f"no number decides; {agree or reason}: {in_bits(link['match_weight'])}, {needed} are needed"
        return f"{link['grade']}: {why}.", [candidate]

    def _by_number(self, owner: str, entries: list[Any], pair: Key, name_key: str, state: str) -> Told:
        """Of a number in the registry: under this name, one that it had, one that may be it, or another's."""
        upgraded = ", once its 15 digits are brought to 18" if state == UPGRADED else ""
        for column, grade, words in _REGISTERED:
            if tied := [row for row in entries if row[column] == name_key]:
                return f"{'C' if upgraded else grade}: {words}{upgraded}.", [self._candidate(tied[0])]
        persons = [self._candidate(row) for row in entries[:2]]
        known = self.tables.rows(IDENTITIES, **pair)
        if known and known[0]["grade"] == "B":
            words = "the number is registered, and the name differs only in how some characters are written, or could not be"
            return f"{'C' if upgraded else 'B'}: {words}{upgraded}.", persons[:1]
        by_verdict = ", and inspectors said that these are two persons" if known and "verdict" in known[0]["reason"] else ""
        return (
            f"D: the number is registered under another name{by_verdict}. Nobody is tied: which of the two is wrong "
            f"is a matter for the owner of the data, {owner}.",
            persons,
        )

    def _untied(self, key: Key, record: Said, state: str, number_key: str | None) -> Told:
        rows = sorted(self.tables.rows(LINK_CANDIDATES, **key), key=lambda row: (row["rank"], row["number_key"], row["name_key"]))
        outcomes = {row["outcome"] for row in rows}
        if TIE in outcomes:
            ties = [self._person(row["number_key"], row["name_key"], row) for row in rows if row["outcome"] == TIE]
            return f"Not tied: {self._too_near(ties, rows)}; between persons who fit alike nobody is chosen.", ties[:2]
        if rows:
            first = next((row for row in rows if row["outcome"] == BELOW), rows[0])
            best = self._person(first["number_key"], first["name_key"], first)
            said_no = "inspectors said that the record does not mean " if REFUSED in outcomes else ""
            if first["outcome"] == REFUSED:
                return f"Not tied: {said_no}this person, and there is no other candidate.", [best]
            return f"Not tied: {said_no and said_no + 'a better candidate; '}{self._missing(best)}.", [best]
        if number_key:
            return "Not tied: the number is well-formed, and the household registry does not know it.", []
        unusable = f"Not tied: no number that can be used ({state})"
        if record.born_on or (record.age is not None and record.died_on):
            return f"{unusable}, and no candidate: nobody of such a name, birth and place comes into question.", []
        return f"{unusable}, and nothing else to compare: without a birth date or an age a name is many people's.", []

    def _too_near(self, ties: list[PossiblePerson], rows: list[Any]) -> str:
        weights = [row["match_weight"] for row in rows if row["match_weight"] is not None]
        if not weights[1:]:
            return f"the number is nearly that of {len(ties)} persons"
        lead, needed = in_bits(weights[0] - weights[1]), in_bits(self.params.least_lead)
        return f"the best candidate weighs {in_bits(weights[0])} and leads by {lead}, {needed} are needed"

    def _missing(self, best: PossiblePerson) -> str:
        """What a candidate lacks, by the weights of a comparison."""
        weight, needed = best.match_weight or 0.0, in_bits(self.params.least_weight)
        told = [f"the best candidate weighs {in_bits(weight)}, {needed} are needed"]
        if weight >= self.params.least_weight:
            told = [f"the best candidate weighs {in_bits(weight)}, but without the same name nobody is chosen"]
        births = {"birth", "age"}
        unknown = [name for name, level in sorted(best.levels.items()) if level == "unknown" and name not in births]
        against = [name for name, bits in sorted(best.weights.items()) if bits < 0 and name != PRIOR]
        told += [f"not known: {', '.join(unknown)}"] if unknown else []
        told += [f"against it: {', '.join(against)}"] if against else []
        return "; ".join(told)

    def _registered(self, **equal: str) -> list[dict[str, Any]]:
        """Entries of one number, those in force first."""
        entries = self.tables.rows(DATA_SETS[REGISTRY].silver, **equal)
        return sorted(entries, key=lambda row: (row["status"] is not None, row["status"] != "正常", *_place(row)))

    def _person(self, number_key: str, name_key: str, weighed: Any = None) -> PossiblePerson:
        """The person of a number and name, by the registry or else by a roster; empty where neither has the pair."""
        if registered := self._registered(person_key=number_key, name_key=name_key):
            return self._candidate(registered[0], weighed)
        for code in ROSTERS:
            if rows := self.tables.rows(DATA_SETS[code].silver, person_key=number_key, name_key=name_key):
                return self._candidate(min(rows, key=_place), weighed, code)
        return PossiblePerson(Said())

    def _candidate(self, row: Any, weighed: Any = None, code: str = REGISTRY) -> PossiblePerson:
        fields = ("id_number", "name", "former_name") if code == REGISTRY else ("id_number", "name")
        bronze = self.tables.rows(DATA_SETS[code].bronze, **{name: row[name] for name in ORIGIN})
        said = self._said(row, *(texts_of(DATA_SETS[code], bronze[0], fields) if bronze else ()))
        if weighed is None:
            return PossiblePerson(said)
        return PossiblePerson(said, weighed["reason"], weighed["match_weight"], weighed["levels"] or {}, weighed["weights"] or {})

    def _said(
        self, row: Mapping[str, Any], number: str | None = None, name: str | None = None, former: str | None = None
    ) -> Said:
        plain = {field: row.get(field) for field in ("sex", "born_on", "age", "died_on", "town", "village", "address")}
        county = row.get("county") or self.counties.get(row.get("county_code") or "")
        return Said(number or None, name, former, county=county, **plain)


def _place(row: Mapping[str, Any]) -> tuple[str, str, int]:
    return row["_file_id"], row["_sheet"] or "", row["_row"]


def _name(cell: str | None) -> str | None:
    name: str | None = read_names(pl.Series([cell], dtype=pl.String))[0]
    return name
