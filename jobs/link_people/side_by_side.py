"""A record and the persons it may mean, side by side: how well each thing agrees, in words and bits.

Masked, it shows nobody: numbers by their first six digits and the places where they differ, names by their first
character. A day of birth is never shown beside a masked number: with the ends of the number it would be the number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rich.table import Table
from rich.text import Text

from jobs.cells.masking import mask_name, mask_numbers
from jobs.cells.names import may_be_same
from jobs.link_people.compared_numbers import compared_numbers, shown_number
from jobs.runtime.console import Console, plain

BITS = "Bits: log2 of the odds that the record means the person; each bit doubles them, each one below zero halves them."
_PLACE_END = re.compile(r".*(?:村|社区|居委会|街道|镇|乡|县|市|区)")


@dataclass(frozen=True)
class Said:
    """What a record or a register says of a person; null where it says nothing. number: in the standard's characters."""

    number: str | None = None
    name: str | None = None
    former_name: str | None = None
    sex: str | None = None
    born_on: date | None = None
    age: int | None = None
    died_on: date | None = None
    county: str | None = None
    town: str | None = None
    village: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class PossiblePerson:
    """A person whom a record may mean, with what silver.link_candidates says of the pair."""

    said: Said
    reason: str | None = None
    match_weight: float | None = None
    levels: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Explanation:
    """Of one record: what it is tied to and why, and the persons to show beside it, the best first."""

    title: str
    headline: str
    state: str
    record: Said
    candidates: Sequence[PossiblePerson] = ()


def agreements(record: Said, candidate: PossiblePerson, state: str) -> dict[str, str]:
    """Of each field how well it agrees, in words: as the linkage weighed it, else as it reads. Empty where nothing is known."""
    person, levels = candidate.said, candidate.levels
    known = {name: words for name, words in levels.items() if words != "unknown"}
    birth = known.get("birth") or known.get("age") or _births(record, person)
    return {
        "number": compared_numbers(record.number, person.number, state).words,
        "name": known.get("name") or _names(record, person),
        "sex": known.get("sex") or _same(record.sex, person.sex, "sex"),
        "birth date": birth,
        "county": known.get("county") or _place_of(record, person, "county"),
        "town": known.get("town") or _place_of(record, person, "town"),
        "village": known.get("village") or _place_of(record, person, "village"),
        "address": "read for county, town and village" if levels and record.address else "",
    }


def agreeing(record: Said, candidate: PossiblePerson, state: str) -> list[str]:
    """Fields that agree, the number aside."""
    words = agreements(record, candidate, state)
    return [name for name in words if name != "number" and words[name].startswith(("same", "age fits", "former"))]


def _same(left: str | None, right: str | None, what: str) -> str:
    if not left or not right:
        return ""
    return f"same {what}" if left == right else f"other {what}"


def _place_of(record: Said, person: Said, what: str) -> str:
    left, right = getattr(record, what), getattr(person, what)
    if not left and right and record.address and right in record.address:
        return f"same {what}, by the address"
    return _same(left, right, what)


def _names(record: Said, person: Said) -> str:
    if not record.name or not person.name:
        return ""
    if record.name == person.name:
        return "same name"
    if record.name == person.former_name:
        return "former name"
    return "same but for how it is written" if may_be_same(record.name, person.name) else "other name"


def _births(record: Said, person: Said) -> str:
    if person.born_on is None:
        return ""
    if record.born_on is not None:
        return "same day" if record.born_on == person.born_on else "another day"
    if record.age is None or record.died_on is None:
        return ""
    year = record.died_on.year - record.age  # at the birthday, or the year before
    return "age fits" if person.born_on.year in (year - 1, year) else "other age"


def print_explanation(console: Console, explanation: Explanation, *, full: bool) -> None:
    """Headline, table and what the bits mean; nothing of it identifies a person unless `full`."""
    title, headline = (Text(plain(text)) if full else text for text in (explanation.title, explanation.headline))
    console.print(title, style="bold", soft_wrap=True)
    console.print(headline, soft_wrap=True)
    if not explanation.candidates:
        return
    console.print(table_of(compared(explanation, full=full)))
    if _is_weighed(explanation):
        console.print(BITS, soft_wrap=True)


@dataclass(frozen=True)
class Compared:
    """A thing that was compared: what the record says, and of each candidate what is known, how well it agrees and its bits."""

    field: str
    record: Text
    persons: Sequence[tuple[Text, Text, Text]]


def compared(explanation: Explanation, *, full: bool) -> list[Compared]:
    """The lines of the comparison; nothing of them identifies a person unless `full`."""
    return [
        Compared(line[0].plain, line[1], [(line[i], line[i + 1], line[i + 2]) for i in range(2, len(line), 3)])
        for line in _lines(explanation, is_weighed=_is_weighed(explanation), full=full)
    ]


def table_of(lines: Sequence[Compared]) -> Table:
    """The comparison as a person reads it; bits only where any were weighed."""
    is_weighed = any(bits.plain for line in lines for *_, bits in line.persons)
    table = Table()
    table.add_column("field")
    table.add_column("the record", overflow="fold")  # a digit that is cut off may be the one that differs
    count = len(lines[0].persons)
    for i in range(count):
        table.add_column("the person" if count == 1 else f"person {i + 1}", overflow="fold")
        table.add_column("agreement")
        if is_weighed:
            table.add_column("bits", justify="right")
    for line in lines:
        cells = (cell for person in line.persons for cell in person[: 3 if is_weighed else 2])
        table.add_row(line.field, line.record, *cells)
    return table


def _is_weighed(explanation: Explanation) -> bool:
    return any(candidate.weights for candidate in explanation.candidates)


_FIELDS = ("number", "name", "sex", "birth date", "county", "town", "village", "address")
_PARTS = {"birth date": ("birth", "age"), "number": (), "address": ()}


def _lines(explanation: Explanation, *, is_weighed: bool, full: bool) -> list[list[Text]]:
    record, candidates = explanation.record, explanation.candidates
    words = [agreements(record, candidate, explanation.state) for candidate in candidates]
    numbers = [compared_numbers(record.number, candidate.said.number, explanation.state) for candidate in candidates]
    is_alike = any(number.words.startswith("same") for number in numbers)
    differing = frozenset().union(*(number.left for number in numbers))
    lines = []
    for name in _FIELDS:
        if name == "number":
            line = [Text(name), shown_number(record.number, differing, full=full, is_alike=is_alike)]
        else:
            line = [Text(name), Text(plain(_shown(record, name, full=full)))]
        for candidate, of_field, number in zip(candidates, words, numbers, strict=True):
            is_number = name == "number"
            said = candidate.said
            line.append(
                shown_number(said.number, number.right, full=full) if is_number else Text(plain(_shown(said, name, full=full)))
            )
            line.append(Text(of_field[name] or ("" if name == "address" else "not known")))
            line.append(_bits([candidate.weights.get(part) for part in _PARTS.get(name, (name,))]))
        # What neither side says is not shown: a line of nothing explains nothing.
        if name == "number" or any(cell.plain for cell in (line[1], *line[2::3])):
            lines.append(line)
    if is_weighed:
        told = {part for name in _FIELDS for part in _PARTS.get(name, (name,))}
        others = sorted({part for candidate in candidates for part in candidate.weights} - told - {"prior"})
        for name in (*others, "prior"):
            weighed = [(Text(c.levels.get(name, "")), _bits([c.weights.get(name)])) for c in candidates]
            lines.append(_summary(name, weighed))
        lines.append(_summary("match weight", [(Text("sum"), _bits([c.match_weight])) for c in candidates]))
    return lines


def _summary(name: str, weighed: Sequence[tuple[Text, Text]]) -> list[Text]:
    return [Text(name), Text(""), *(cell for words, bits in weighed for cell in (Text(""), words, bits))]


def in_bits(weight: float | None) -> str:
    return "" if weight is None else f"{weight:.1f} bits"


def _bits(parts: Sequence[float | None]) -> Text:
    given = [part for part in parts if part is not None]
    return Text(f"{sum(given):+.1f}" if given else "")


def _shown(said: Said, name: str, *, full: bool) -> str:
    shown: dict[str, Callable[[], str]] = {"name": lambda: _name(said, full=full), "birth date": lambda: _birth(said, full=full)}
    if name in shown:
        return shown[name]()
    value: str = getattr(said, name) or ""
    if full:
        return value
    return mask_numbers(_place(value) if name == "address" else value)


def _name(said: Said, *, full: bool) -> str:
    present, former = ((name or "") if full else mask_name(name) for name in (said.name, said.former_name))
    return f"{present} (formerly {former})" if former else present


def _birth(said: Said, *, full: bool) -> str:
    if said.born_on is not None:
        return str(said.born_on) if full else "****-**-**"
    if said.age is None:
        return ""
    died = f", died {said.died_on}" if said.died_on else ""
    return (f"aged {said.age}" if full else "aged **") + died


def _place(address: str) -> str:
    """The address up to its village, or else its first six characters: a house is a family's."""
    known = _PLACE_END.match(address)
    kept = re.sub("[0-9０-９]", "*", known[0] if known else address[:6])
    return kept if kept == address else f"{kept}***"
