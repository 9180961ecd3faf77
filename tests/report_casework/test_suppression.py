"""The public edition: what is small is gone, and neither arithmetic nor another edition beside it brings it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from math import ceil, floor, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from jobs.report_casework.attack import Sum
from jobs.report_casework.suppression import LEAST, Edition, Told, edition_of, public, told
from jobs.report_casework.table import (
    TOTAL,
    Blank,
    Chapter,
    Column,
    Kind,
    Period,
    Place,
    Ratio,
    Row,
    Table,
    Value,
    summed,
    with_made,
)

YEAR = Period(date(2018, 1, 1), date(2018, 12, 31))
A_DAY_LESS = Period(YEAR.first, YEAR.last - timedelta(days=1))
COLUMNS = (
    Column("all", "全部", sum_of=("yes", "no")), Column("yes", "是"), Column("no", "否"),
    Column("share", "占比", Kind.SHARE, made=Ratio(("yes",), ("yes", "no"))), Column("yuan", "元", Kind.YUAN, rests_on=("yes",)),
)  # fmt: skip
Counts = Mapping[str, tuple[int, int]]


def table(rows: Counts, key: str = "t", each: int = 100) -> Table:
    told_of = [
        Row(name, name, {"all": yes + no, "yes": yes, "no": no, "yuan": Decimal(yes * each)}) for name, (yes, no) in rows.items()
    ]
    every = (*told_of, summed(told_of, COLUMNS))
    return Table(key, key, "地区", COLUMNS, tuple(with_made(row, COLUMNS) for row in every), "2018-01-01")


def cells_of(rows: Counts, out: Sequence[Edition] = (), period: Period = YEAR, each: int = 100) -> dict[tuple[str, str], object]:
    (chapter,), _ = public([Chapter("一", "", (table(rows, each=each),))], period, out)
    return {(row.key, column): value for row in chapter.tables[0].rows for column, value in row.cells.items()}


def edition(rows: Counts, period: Period = YEAR) -> Edition:
    return public([Chapter("一", "", (table(rows),))], period)[1]


@pytest.mark.parametrize(
    ("count", "as_told"),
    [(0, Blank.HIDDEN), (LEAST, 5), (7, 5), (8, 10), (12, 10), (13, 15), (1, Blank.HIDDEN), (4, Blank.HIDDEN)],
)
def test_a_count_is_told_to_the_nearest_five_and_a_small_one_not_at_all(count: int, as_told: int | Blank) -> None:
    assert told(count) == as_told


def test_a_share_is_made_of_what_is_told_and_goes_with_it() -> None:
    cells = cells_of({"a": (7, 22), "b": (3, 9), "c": (0, 9)})
    assert (cells["a", "yes"], cells["a", "no"], cells["a", "share"]) == (5, 20, 0.2)
    assert cells["b", "yes"] is cells["b", "share"] is cells["b", "yuan"] is Blank.HIDDEN
    assert (cells["b", "no"], cells["c", "yes"], cells[TOTAL, "no"]) == (10, Blank.HIDDEN, 40), "a nought is a small one"


def test_an_amount_is_told_in_steps_of_what_a_household_has() -> None:
    """13 households of 312 yuan each: the next one moves it by nothing or by 500, whatever its own amount."""
    told_of = [cells_of({"a": (count, 20)}, each=312)["a", "yuan"] for count in (13, 14, 15, 16)]
    assert told_of == [4000, 4500, 4500, 5000]


def test_what_was_never_provided_is_not_said_to_be_hidden() -> None:
    cells: dict[str, Value] = {"all": 3, "yes": 3, "no": 0, "yuan": Blank.NOT_PROVIDED}
    (chapter,), _ = public([Chapter("一", "", (Table("t", "", "", COLUMNS, (Row("a", "a", dict(cells)),), ""),))], YEAR)
    assert chapter.tables[0].value("a", "yes") is Blank.HIDDEN
    assert chapter.tables[0].value("a", "yuan") is Blank.NOT_PROVIDED


def test_where_rounding_alone_tells_a_small_one_more_is_taken_out() -> None:
    """12 + 12 + 4 = 28 is told as 10, 10, small, 30: at most 12 + 12 + 4, at least 28."""
    total, *parts = (("t", "total", column) for column in ("all", "a", "b", "c"))
    made = edition_of(dict(zip((total, *parts), (28, 12, 12, 4), strict=True)), [Sum(total, tuple(parts))], YEAR)
    assert [one.value for one in made.told].count(Blank.HIDDEN) == 2
    assert sum(one.is_withheld for one in made.told) == 1


def test_what_has_changed_by_a_few_is_told_as_it_was() -> None:
    before = edition({"a": (7, 22), "b": (3, 9), "c": (0, 30)}, A_DAY_LESS)
    now = cells_of({"a": (8, 22), "b": (6, 9), "c": (1, 35)}, [before])
    assert (now["a", "yes"], now["b", "yes"]) == (5, Blank.HIDDEN)
    assert (now["c", "yes"], now["c", "no"]) == (Blank.HIDDEN, 35), (
        "a first one shows itself no more than a second, and five more are told"
    )
    assert cells_of({"a": (8, 22)})["a", "yes"] == 10


def test_a_hidden_count_shows_itself_only_when_it_has_grown_by_five() -> None:
    """Told again with every new case, it would show itself with the fifth, and so tell how many there were."""
    out: list[Edition] = []
    shown = []
    for count in range(12):
        made = edition_of({("t", "a", "yes"): count}, [], YEAR, out)
        out = [made]
        shown.append(made.told[0].value)
    assert shown == [Blank.HIDDEN] * 5 + [5] * 5 + [10] * 2


def test_a_row_of_small_counts_alone_is_not_named() -> None:
    """A place that is named with a ＊ in every cell has one household or more; named first in the later report, it got them in between."""
    rows = {"a": (8, 22), "b": (1, 2)}
    (chapter,), _ = public([Chapter("一", "", (table(rows),))], YEAR)
    assert [row.key for row in chapter.tables[0].rows] == ["a", TOTAL]
    (chapter,), _ = public([Chapter("一", "", (table({"b": (1, 2)}),))], YEAR)
    assert [row.key for row in chapter.tables[0].rows] == [TOTAL]
    small, large, both = (
        Row("b", "b", {"all": 3}),
        Row("a", "a", {"all": 9}),
        Row("ab", "ab", {"all": Blank.HIDDEN}, 1, ("a", "b")),
    )
    for total, expected in (((Row(TOTAL, "", {"all": 12}, 0),), ["a", "ab", TOTAL]), ((), ["a", "b", "ab"])):
        (chapter,), _ = public([Chapter("一", "", (Table("t", "", "", COLUMNS[:1], (large, small, both, *total), ""),))], YEAR)
        assert [row.key for row in chapter.tables[0].rows] == expected


def test_periods_that_do_not_overlap_are_told_each_by_itself() -> None:
    before = edition({"a": (7, 22)}, Period(date(2017, 1, 1), date(2017, 12, 31)))
    assert cells_of({"a": (8, 22)}, [before])["a", "yes"] == 10


def test_an_edition_that_was_kept_is_read_as_it_was() -> None:
    made = edition({"a": (7, 22), "b": (3, 9)})
    assert Edition.model_validate_json(made.model_dump_json()) == made


# --- the attack -------------------------------------------------------------------------------------------------------


def grid_of(rows: Sequence[Sequence[int]]) -> tuple[dict[Place, int], list[Sum]]:
    """Counts with the totals of every row and column."""
    counts = {("t", f"r{r}", f"c{c}"): value for r, row in enumerate(rows) for c, value in enumerate(row)}
    columns, sums = [f"c{c}" for c in range(len(rows[0]))], []
    for r, row in enumerate(rows):
        counts["t", f"r{r}", "all"] = sum(row)
        sums.append(Sum(("t", f"r{r}", "all"), tuple(("t", f"r{r}", c) for c in columns)))
    for c in (*columns, "all"):
        counts["t", "total", c] = sum(counts["t", f"r{r}", c] for r in range(len(rows)))
        sums.append(Sum(("t", "total", c), tuple(("t", f"r{r}", c) for r in range(len(rows)))))
    return counts, [*sums, Sum(("t", "total", "all"), tuple(("t", "total", c) for c in columns))]


def of_one(cell: Told) -> tuple[float, float]:
    """What the attacker knows of a cell that no other edition has told: how it was rounded, and even which hidden ones are small."""
    if cell.value is Blank.HIDDEN:
        return (0, inf) if cell.is_withheld else (0, LEAST - 1)
    assert isinstance(cell.value, int)
    return (max(LEAST, cell.value - 2), cell.value + 2)


class Attacker:
    """Whoever has both editions, adds and subtracts, knows how figures are told, and that none of these has fallen since the first."""

    def __init__(self, first: Edition, second: Edition, sums: Sequence[Sum]) -> None:
        self.places = [one.place for one in first.told]
        self.at = {place: n for n, place in enumerate(self.places)}
        self.count = len(self.places)
        self.first, self.second = ({one.place: one for one in edition.told} for edition in (first, second))
        self.bounds = [of_one(cell) for cell in first.told]
        self.bounds += [(0, inf) if self.is_as_it_was(place) else of_one(self.second[place]) for place in self.places]
        equal = []
        for offset, one in product((0, self.count), sums):
            line = np.zeros(2 * self.count)
            line[offset + self.at[one.total]] = 1
            for part in one.parts:
                line[offset + self.at[part]] -= 1
            equal.append(line)
        self.equal = np.array(equal)
        self.more, self.most = zip(*self._changes(), strict=True)

    def is_as_it_was(self, place: Place) -> bool:
        return self.second[place].is_kept and not self.second[place].is_withheld and not self.first[place].is_withheld

    def _changes(self) -> Iterator[tuple[np.ndarray, float]]:
        """Lines of "at most": none has fallen; one that is told as it was has grown by four at most, another by one at least, or, where
        both are told, by five."""
        for place in self.places:
            line = self.of_change(place)
            yield -line, 0
            if self.is_as_it_was(place):
                yield line, LEAST - 1
            elif Blank.HIDDEN not in (self.first[place].value, self.second[place].value) and (
                self.first[place].value != self.second[place].value
            ):
                yield -line, -1

    def of_change(self, place: Place) -> np.ndarray:
        line = np.zeros(2 * self.count)
        line[self.count + self.at[place]], line[self.at[place]] = 1, -1
        return line

    def of_cell(self, place: Place, *, is_second: bool) -> np.ndarray:
        line = np.zeros(2 * self.count)
        line[self.count * is_second + self.at[place]] = 1
        return line

    def range(self, aim: np.ndarray) -> tuple[int, float]:
        """The whole numbers that are left."""
        ends = []
        for direction in (1, -1):
            solved = linprog(
                direction * aim, A_eq=self.equal, b_eq=np.zeros(len(self.equal)), A_ub=np.array(self.more), b_ub=self.most,
                bounds=[(low, None if high == inf else high) for low, high in self.bounds],
            )  # fmt: skip
            assert solved.status in (0, 3), solved.message
            ends.append(direction * solved.fun if solved.status == 0 else direction * -inf)
        return ceil(ends[0] - 1e-6), ends[1] if ends[1] == inf else floor(ends[1] + 1e-6)


def attacked(rows: Sequence[Sequence[int]], more: Sequence[Sequence[int]], period: Period = A_DAY_LESS) -> int:
    """How many small counts and small changes were aimed at; none of them may have one number left."""
    counts, sums = grid_of(rows)
    later, _ = grid_of([[a + b for a, b in zip(*both, strict=True)] for both in zip(rows, more, strict=True)])
    first = edition_of(counts, sums, period)
    second = edition_of(later, sums, YEAR, [first])
    for made, true in ((first, counts), (second, later)):
        for one in made.told:
            assert not 0 < true[one.place] < LEAST or one.value in (
                Blank.HIDDEN,
                *([0] * (counts[one.place] == 0 and made is None)),
            )
    attacker = Attacker(first, second, sums)
    aims = [(f"{place} first", counts[place], attacker.of_cell(place, is_second=False)) for place in counts]
    aims += [(f"{place} second", later[place], attacker.of_cell(place, is_second=True)) for place in counts]
    aims += [(f"{place} change", later[place] - counts[place], attacker.of_change(place)) for place in counts]
    small = [(name, count, aim) for name, count, aim in aims if 0 < count < LEAST]
    for name, count, aim in small:
        low, high = attacker.range(aim)
        assert low <= count <= high, (name, count, low, high)
        assert high > low, (name, count)
    return len(small)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_who_has_two_editions_is_left_with_two_numbers_for_every_small_one(data: st.DataObject) -> None:
    """The same period before and after some cases, or one a day longer."""
    shape = data.draw(st.tuples(st.integers(1, 4), st.integers(2, 4)), "rows and columns")
    most = data.draw(st.sampled_from((4, 8, 14, 30)), "most")
    cells = [data.draw(st.lists(st.integers(0, most), min_size=shape[1], max_size=shape[1])) for _ in range(shape[0])]
    changes = st.sampled_from((0, 0, 0, 1, 1, 2, 4, 6))
    more = [data.draw(st.lists(changes, min_size=shape[1], max_size=shape[1])) for _ in range(shape[0])]
    attacked(cells, more, data.draw(st.sampled_from((A_DAY_LESS, YEAR)), "period of the first"))


@pytest.mark.parametrize(
    ("cells", "more"),
    [
        pytest.param([[12, 12, 4]], [[0, 0, 0]], id="rounded down and up"),
        pytest.param([[13, 13, 13, 13]], [[4, 4, 4, 4]], id="each grown by as many as do not show, and their sum shows it"),
        pytest.param([[4, 30], [30, 30]], [[1, 0], [0, 0]], id="one case more"),
        pytest.param([[1, 0], [0, 0]], [[1, 0], [0, 0]], id="nothing but one"),
        pytest.param([[7, 7, 7, 1]], [[0, 0, 0, 3]], id="every one at an end"),
    ],
)
def test_hard_cases_leave_two_numbers_for_every_small_one(cells: list[list[int]], more: list[list[int]]) -> None:
    assert attacked(cells, more)


def as_told(count: int, before: int | None = None) -> object:
    """By the rule as it stands in the guide, beside an edition that told the place by `before`."""
    return told(before if before is not None and abs(count - before) < LEAST else count)


def test_whoever_tries_all_numbers_is_left_with_two_for_every_small_one() -> None:
    """By trying, not by a solver: a small count and another one with their total, then with one case more in the first."""
    worlds = [
        (x, z, [as_told(x), as_told(y), as_told(x + y)], [as_told(x + z, x), as_told(y, y), as_told(x + y + z, x + y)])
        for x, y, z in product(range(8), range(25), range(5))
    ]
    for a, b in product(range(1, LEAST), range(15)):
        total, *parts = (("t", "total", column) for column in ("all", "a", "b"))
        sums = [Sum(total, tuple(parts))]
        first = edition_of({parts[0]: a, parts[1]: b, total: a + b}, sums, A_DAY_LESS)
        second = edition_of({parts[0]: a + 1, parts[1]: b, total: a + b + 1}, sums, YEAR, [first])
        said, then = ([one.value for one in made.told] for made in (first, second))
        fitting = [
            (x, z) for x, z, *known in worlds
            if all(shown in (is_, Blank.HIDDEN) for had, of in zip((said, then), known, strict=True) for shown, is_ in zip(had, of, strict=True))
        ]  # fmt: skip
        assert len({x for x, _ in fitting}) > 1 < len({z for _, z in fitting}), (a, b)
