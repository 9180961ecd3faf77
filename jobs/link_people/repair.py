"""Numbers that are nearly someone's: mistyped, cut short or masked, and the one registered person whom they fit.

A repair needs the name, and the birth date and sex where the record states them; and it needs that exactly one registered
person fits. What fits two is nobody's.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from jobs.cells.names import may_be_same
from jobs.cells.person_numbers import VALID

MISTYPED, CUT_SHORT, MASKED_DIGITS, NEW_NUMBER = "mistyped", "cut short", "masked", "new number"
_NUMBER = "^(?:[0-9]{15}|[0-9]{15,17}[0-9X]{2})$"
"""A number of 15 digits, or of 18 characters with one too few or too many; the X may have changed places."""
_AGES_OFF = 3
"""Years by which a stated age may miss: many count the year of birth as the first, and one more at each new year."""
_FLOAT_REACH = 128
"""How far the float nearest to a number of 18 digits may lie from it, twice over."""


def nearly_theirs(records: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The people whom a damaged number fits: record, person, reason. Key record, person. Who fits alone is meant.

    records: record, text (the cell in the standard's characters), state of the number, is_damaged, name, and born_on, sex, age,
    died_on, which are null where not stated.
    people: person, number, name, former_name, born_on, sex; one row a person.
    """
    named = _by_name(people)
    found = pl.concat(
        [
            _cut_short(records, named),
            _masked(records, named),
            _mistyped(records, named),
            _unsure_names(records, people),
            _renumbered(records, named),
        ]
    )
    stated = records.select("record", "born_on", "sex", born_in=pl.col("died_on").dt.year() - pl.col("age"))
    known = people.select("person", known_birth="born_on", known_sex="sex")
    return (
        found.join(stated, on="record")
        .join(known, on="person")
        .filter(
            (pl.col("born_on") == pl.col("known_birth")).fill_null(True),
            (pl.col("sex") == pl.col("known_sex")).fill_null(True),
            ((pl.col("born_in") - pl.col("known_birth").dt.year()).abs() <= _AGES_OFF).fill_null(True),
        )
        .unique(["record", "person"], keep="first", maintain_order=True)
        .select("record", "person", "reason")
        .sort("record", "person")
    )


def _by_name(people: pl.DataFrame) -> pl.DataFrame:
    """person, number, name; twice for who has had another name."""
    former = people.filter(pl.col("former_name").is_not_null() & (pl.col("former_name") != pl.col("name")))
    return pl.concat([people.select("person", "number", "name"), former.select("person", "number", name="former_name")])


def _cut_short(records: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Fifteen digits are left, and perhaps a sixteenth: the number that the spreadsheet or the float stands for lies near."""
    cut = records.filter(pl.col("is_damaged")).with_columns(stem=pl.col("text").str.head(15))
    pairs = cut.join(named.with_columns(stem=pl.col("number").str.head(15)), on=["name", "stem"])
    written = pl.col("text").str.to_integer(strict=False)
    first17 = pl.col("number").str.head(17).str.to_integer() * 10
    near = (first17 + 5 - written).abs() <= _FLOAT_REACH
    is_round = pl.col("text").str.ends_with("000")
    return pairs.filter(is_round | near).select("record", "person", reason=pl.lit(CUT_SHORT))


def _masked(records: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    masked = records.filter(
        pl.col("text").str.contains(r"^[0-9]{6,}\*+[0-9]{2,}[0-9X]$") & (pl.col("text").str.len_chars() == 18)
    )
    masked = masked.with_columns(head=pl.col("text").str.head(6), tail=pl.col("text").str.tail(3))
    pairs = masked.join(
        named.with_columns(head=pl.col("number").str.head(6), tail=pl.col("number").str.tail(3)), on=["name", "head", "tail"]
    )
    pattern = [
        (pl.col("text").str.slice(i, 1) == "*") | (pl.col("text").str.slice(i, 1) == pl.col("number").str.slice(i, 1))
        for i in range(6, 18)
    ]
    return pairs.filter(pl.all_horizontal(pattern)).select("record", "person", reason=pl.lit(MASKED_DIGITS))


def _mistyped(records: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """One digit is wrong, two neighbours are swapped, one digit is missing or too many; the name is the person's own."""
    whole = records.filter(pl.col("text").str.contains(_NUMBER) & ~pl.col("is_damaged"))
    return _near(whole, named, [("name", part) for part in _PARTS])


def _renumbered(records: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Division, day of birth, sex and name are the person's and the rest is not: one of the numbers corrected since 1999."""
    whole = records.filter((pl.col("text").str.len_chars() == 18) & (pl.col("state") == VALID))
    pairs = whole.with_columns(stem=pl.col("text").str.head(14)).join(
        named.with_columns(stem=pl.col("number").str.head(14)), on=["name", "stem"]
    )
    is_male = [pl.col(text).str.slice(16, 1).cast(pl.Int8) % 2 for text in ("text", "number")]
    return pairs.filter(is_male[0] == is_male[1]).select("record", "person", reason=pl.lit(NEW_NUMBER))


def _near(whole: pl.DataFrame, named: pl.DataFrame, blocks: list[tuple[str, str]]) -> pl.DataFrame:
    """Pairs that agree in both columns of a block and differ by one slip. A 15-digit number is held against its like."""
    is_short = pl.col("text").str.len_chars() == 15
    fifteen = pl.col("number").str.head(6) + pl.col("number").str.slice(8, 9)  # as it was before 2000: no century, no check
    short = _slips(whole.filter(is_short), named.with_columns(like=fifteen), blocks, 5)
    long = _slips(whole.filter(~is_short), named.with_columns(like=pl.col("number")), blocks, 6)
    return pl.concat([short, long]).select("record", "person", reason=pl.lit(MISTYPED))


_PARTS = ("first", "middle", "last")


def _slips(records: pl.DataFrame, named: pl.DataFrame, blocks: list[tuple[str, str]], width: int) -> pl.DataFrame:
    # The last third is counted from the end, so that a digit too few or too many moves only one of them.
    starts = dict(zip(_PARTS, (0, width, -width), strict=True))
    left = records.with_columns(**{part: pl.col("text").str.slice(at, width) for part, at in starts.items()})
    right = named.with_columns(**{part: pl.col("like").str.slice(at, width) for part, at in starts.items()})
    pairs = [left.join(right, on=block).select("record", "person", "text", "like") for block in blocks]
    candidates = pl.concat(pairs).unique(["record", "person"], maintain_order=True)
    return candidates.filter(pl.Series(one_slip(candidates["text"], candidates["like"]), dtype=pl.Boolean))


def one_slip(left: pl.Series, right: pl.Series) -> npt.NDArray[np.bool_]:
    """Per pair: are the texts at most one wrong, missing, surplus or swapped character apart (Damerau-Levenshtein at most 1)?"""
    result = np.zeros(len(left), dtype=np.bool_)
    lengths = [texts.str.len_bytes().cast(pl.Int64).to_numpy() for texts in (left, right)]
    for size in np.unique(lengths[0][lengths[0] == lengths[1]]):
        rows = np.flatnonzero((lengths[0] == size) & (lengths[1] == size))
        a, b = _characters(left.gather(rows), size), _characters(right.gather(rows), size)
        differs = a != b
        count = differs.sum(axis=1)
        first = np.minimum(differs.argmax(axis=1), size - 2)
        at = np.arange(len(rows))
        swapped = (a[at, first] == b[at, first + 1]) & (a[at, first + 1] == b[at, first]) & differs[at, first + 1]
        result[rows] = (count <= 1) | ((count == 2) & swapped)
    for row in np.flatnonzero(np.abs(lengths[0] - lengths[1]) == 1):
        short, long = sorted((left[int(row)], right[int(row)]), key=len)
        result[row] = any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    return result


def _characters(texts: pl.Series, size: int) -> npt.NDArray[np.uint8]:
    return np.frombuffer("".join(texts.to_list()).encode("ascii"), dtype=np.uint8).reshape(len(texts), size)


def _unsure_names(records: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """A name with a character that could not be written: two thirds of the number and the characters that are there decide."""
    unsure = records.filter(
        pl.col("name").str.contains(r"[?□〇*�·]") & pl.col("text").str.contains(_NUMBER) & ~pl.col("is_damaged")
    )
    if unsure.is_empty():
        return pl.DataFrame(schema={"record": records.schema["record"], "person": people.schema["person"], "reason": pl.String})
    # Without the name two thirds of the number must agree: one third is half a county's.
    blocks = [("first", "middle"), ("first", "last"), ("middle", "last")]
    pairs = _near(unsure.select("record", "text"), people.select("person", "number"), blocks)
    both = pairs.join(unsure.select("record", "name"), on="record").join(people.select("person", registered="name"), on="person")
    same = [may_be_same(name, registered) for name, registered in both.select("name", "registered").iter_rows()]
    return both.filter(pl.Series(same, dtype=pl.Boolean)).select("record", "person", "reason")
