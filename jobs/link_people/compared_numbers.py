"""How a record's number agrees with a person's, place by place, and how much of both may be shown."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from jobs.cells.masking import mask_number
from jobs.cells.person_numbers import ABSENT, CHECK_FAILS, DAMAGED, JUNK, MASKED, UNREADABLE
from jobs.runtime.console import plain

_UNUSABLE = {
    ABSENT: "none given",
    JUNK: "a filler, nobody's",
    CHECK_FAILS: "the check character does not fit",
    DAMAGED: "damaged, cannot be compared",
    MASKED: "masked, cannot be compared",
    UNREADABLE: "cannot be read",
}
_DIFFERS = "bold red"


@dataclass(frozen=True)
class Numbers:
    """How two numbers agree, and the places (from 0) at which each differs from the other."""

    words: str
    left: frozenset[int] = frozenset()
    right: frozenset[int] = frozenset()


def compared_numbers(left: str | None, right: str | None, state: str = "") -> Numbers:
    """Agreement of a record's number with a person's. Places are told only where a slip explains the difference."""
    if not left or not right or state in (ABSENT, JUNK):
        return Numbers(_UNUSABLE.get(state, "not given"))
    if left == right:
        return Numbers("same")
    if "*" in left:
        fits = len(left) == len(right) and all(a in ("*", b) for a, b in zip(left, right, strict=True))
        return Numbers("same where it is not masked" if fits else _UNUSABLE[MASKED])
    # Before 2000 a number had no century and no check character.
    places = [*range(6), *range(8, 17)] if len(left) == 15 and len(right) == 18 else list(range(len(right)))
    like = "".join(right[place] for place in places)
    if len(left) == len(like):
        differing = [i for i in range(len(left)) if left[i] != like[i]]
        marks = frozenset(differing), frozenset(places[i] for i in differing)
        told = ", ".join(str(i + 1) for i in differing)
        if not differing:
            return Numbers("same, in 15 digits")
        if len(differing) == 1:
            return Numbers(f"one character differs, at place {told}", *marks)
        if state == DAMAGED and left[:15] == right[:15]:
            return Numbers("same up to where it was cut short")
        i, j = differing[0], differing[-1]
        if len(differing) == 2 and j == i + 1 and (left[i], left[j]) == (like[j], like[i]):
            return Numbers(f"two neighbours are swapped, at places {told}", *marks)
        if left[:14] == right[:14]:
            return Numbers("same division and birth date, another end")
    shorter, longer = sorted((left, right), key=len)
    if len(longer) == len(shorter) + 1:
        surplus = next((i for i in range(len(longer)) if longer[:i] + longer[i + 1 :] == shorter), None)
        if surplus is not None:
            only = frozenset((surplus,))
            is_missing = longer == right
            words = "one character is missing" if is_missing else "one character too many"
            return Numbers(f"{words}, at place {surplus + 1}", *((frozenset(), only) if is_missing else (only, frozenset())))
    return Numbers(_UNUSABLE.get(state, "another number"))


def shown_number(number: str | None, differing: frozenset[int], *, full: bool, is_alike: bool = True) -> Text:
    """The number with the characters that differ set off; masked, of the rest the first six characters.

    is_alike: false shows of a cell that is no number no more than that.
    """
    if not number:
        return Text("")
    shown = number
    if not full and (differing or not is_alike):
        shown = "".join(c if (i < 6 and c.isdigit()) or i in differing else "*" for i, c in enumerate(number))
    elif not full:
        shown = mask_number(number)
    text = Text(plain(shown))
    for place in differing:
        text.stylize(_DIFFERS, place, place + 1)
    return text
