"""The public edition: what is small is gone, and no arithmetic brings it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from jobs.report_casework.casework_tables import _CLOCK_COLUMNS
from jobs.report_casework.suppression import LEAST, Sum, hidden_cells, public
from jobs.report_casework.table import TOTAL, Blank, Chapter, Column, Kind, Place, Row, Table, share, summed

COLUMNS = (
    Column("all", "全部", sum_of=("yes", "no")), Column("yes", "是"), Column("no", "否"),
    Column("share", "占比", Kind.SHARE, rests_on=("yes", "no")), Column("yuan", "元", Kind.YUAN, rests_on=("yes",)),
)  # fmt: skip


def table(rows: Mapping[str, tuple[int, int]], key: str = "t") -> Table:
    told = [
        Row(name, name, {"all": yes + no, "yes": yes, "no": no, "share": share(yes, yes + no), "yuan": yes * 100})
        for name, (yes, no) in rows.items()
    ]
    return Table(key, key, "地区", COLUMNS, (*told, summed(told, COLUMNS)), "2018-01-01")


def told(rows: Mapping[str, tuple[int, int]]) -> dict[tuple[str, str], object]:
    (chapter,) = public([Chapter("一", "", (table(rows),))])
    return {(row.key, column): value for row in chapter.tables[0].rows for column, value in row.cells.items()}


def hidden(rows: Mapping[str, tuple[int, int]]) -> set[tuple[str, str]]:
    return {place for place, value in told(rows).items() if value is Blank.HIDDEN}


def test_nothing_small_nothing_hidden() -> None:
    assert hidden({"a": (7, 20), "b": (0, 9)}) == set()


def test_what_two_columns_come_to_together_gives_no_small_one_away() -> None:
    """0 + 11 = 10 + 1, as cases in hand: with 1 alone gone, 11 − 10 would tell it."""
    columns = (
        Column("before", "期初"), Column("sent", "期内"), Column("back", "报回"), Column("out", "期末", sum_of=("before", "sent"), along=("back",)),
        Column("days", "天数", Kind.DAYS, rests_on=("back",)),
    )  # fmt: skip
    rows = [Row("a", "a", {"before": 0, "sent": 11, "back": 10, "out": 1, "days": 3})]
    (chapter,) = public([Chapter("一", "", (Table("t", "t", "地区", columns, tuple(rows), ""),))])
    assert [chapter.tables[0].value("a", column.key) for column in columns] == [0, Blank.HIDDEN, 10, Blank.HIDDEN, 3]
    (clocked,) = (column for column in _CLOCK_COLUMNS if column.along)
    assert {clocked.key, *clocked.along, *clocked.sum_of} == {"before", "sent", "back", "out"}


def test_a_small_count_takes_another_of_its_row_and_column_along() -> None:
    """Of 7 + 20 = 27 and 3 + 9 = 12: with 3 alone gone, 12 − 9 and 10 − 7 would tell it."""
    gone = {place for place in hidden({"a": (7, 20), "b": (3, 9)}) if place[1] in ("all", "yes", "no")}
    assert gone == {("b", "yes"), ("b", "no"), ("a", "yes"), ("a", "no")}


def test_what_rests_on_a_hidden_count_is_hidden_too() -> None:
    assert {("b", "share"), ("b", "yuan"), ("a", "share")} <= hidden({"a": (7, 20), "b": (3, 9)})
    assert (TOTAL, "share") not in hidden({"a": (7, 20), "b": (3, 9)})


def test_small_counts_that_are_small_together_take_a_larger_one_along() -> None:
    """1 + 1 of a known 2 would be told by the total."""
    cells = told({"a": (30, 30), "b": (1, 30), "c": (1, 30)})
    assert [cells[name, "yes"] for name in ("a", "b", "c")] == [Blank.HIDDEN] * 3


def test_a_small_total_is_hidden_with_all_that_it_is_made_of() -> None:
    cells = told({"a": (2, 0), "b": (1, 0)})
    assert {cells[row, column] for row in ("a", "b", TOTAL) for column in ("yes",)} == {Blank.HIDDEN}


def test_a_cell_that_two_tables_have_is_hidden_in_both() -> None:
    """The 20 is not small: it goes beside the 3 of the first table, and the second must not tell it."""
    first = table({"a": (20, 20), "b": (3, 20)}, "first")
    second = Table("second", "", "", COLUMNS[1:2], (Row("x", "x", {"yes": 20}),), "", same={("x", "yes"): ("first", "a", "yes")})
    (chapter,) = public([Chapter("一", "", (first, second))])
    assert chapter.tables[0].value("a", "yes") is chapter.tables[1].value("x", "yes") is Blank.HIDDEN


def grid_of(*rows: Sequence[int]) -> tuple[dict[Place, int], list[Sum]]:
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


def test_least_is_the_first_count_that_is_told() -> None:
    assert hidden({"a": (LEAST, 20), "b": (LEAST, 20)}) == set()
    assert ("a", "yes") in hidden({"a": (LEAST - 1, 20), "b": (LEAST, 20)})


def test_small_counts_whose_sum_is_not_small_need_nothing_beside_them() -> None:
    total, *parts = (("t", "total", column) for column in ("all", "a", "b", "c"))
    assert hidden_cells(dict(zip((total, *parts), (25, 2, LEAST - 2, 20), strict=True)), [Sum(total, tuple(parts))]) == {
        *parts[:2]
    }


def test_a_nought_beside_a_small_count_and_its_hidden_total_stays_told() -> None:
    total, some, none = (("t", "total", column) for column in ("all", "a", "b"))
    assert hidden_cells({total: 1, some: 1, none: 0}, [Sum(total, (some, none))]) == {total, some}


def test_several_sums_that_together_tell_a_count_lose_one_more() -> None:
    """In no sum stands a hidden count alone here, and all of them together tell one: only then the nought beside it goes."""
    counts, sums = grid_of((9, 9, 7), (0, 9, 3), (0, 7, 0))
    gone = hidden_cells(counts, sums)
    assert ("t", "r1", "c0") in gone
    assert all(high - low > 0.5 for place, (low, high) in ranges(counts, sums, gone).items() if 0 < counts[place] < LEAST)


def test_beside_a_total_that_is_gone_a_nought_goes_where_nothing_else_is_left() -> None:
    counts, sums = grid_of((9, 0, 0), (3, 3, 0), (20, 20, 7))
    assert ("t", "r1", "c2") in hidden_cells(counts, sums)


def test_what_was_never_provided_is_not_said_to_be_hidden() -> None:
    cells = {"all": 3, "yes": 3, "no": 0, "share": Blank.NOT_PROVIDED}
    (chapter,) = public([Chapter("一", "", (Table("t", "", "", COLUMNS, (Row("a", "a", dict(cells)),), ""),))])
    assert chapter.tables[0].value("a", "yes") is Blank.HIDDEN
    assert chapter.tables[0].value("a", "share") is Blank.NOT_PROVIDED


def test_of_what_may_go_along_that_goes_which_takes_no_share_with_it() -> None:
    all_of, small, decided, other = (("t", "total", column) for column in ("all", "open", "referred", "unverifiable"))
    counts = {all_of: 63, small: 3, decided: 10, other: 50}
    one = [Sum(all_of, (small, decided, other))]
    assert hidden_cells(counts, one) == {small, decided}
    assert hidden_cells(counts, one, frozenset([decided])) == {small, other}


def ranges(counts: Mapping[Place, int], sums: Sequence[Sum], gone: frozenset[Place]) -> dict[Place, tuple[float, float]]:
    """What somebody who adds and subtracts, and knows that no count is below nought, can say of each hidden cell."""
    unknown = sorted(gone)
    matrix, known = [], []
    for one in sums:
        line, rest = np.zeros(len(unknown)), 0.0
        for place, sign in ((one.total, 1.0), *((part, -1.0) for part in one.parts)):
            if place in gone:
                line[unknown.index(place)] += sign
            else:
                rest -= sign * counts[place]
        matrix.append(line)
        known.append(rest)
    found = {}
    for n, place in enumerate(unknown):
        bounds = []
        for direction in (1, -1):
            aim = np.zeros(len(unknown))
            aim[n] = direction
            solved = linprog(aim, A_eq=np.array(matrix), b_eq=known, bounds=(0, 10_000))
            assert solved.status == 0
            bounds.append(direction * solved.fun)
        found[place] = (bounds[0], bounds[1])
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=6))
def test_no_arithmetic_brings_a_hidden_count_back(grid: list[list[int]]) -> None:
    counts, sums = grid_of(*grid)
    gone = hidden_cells(counts, sums)
    assert {place for place, count in counts.items() if 0 < count < LEAST} <= gone
    if gone:
        for place, (low, high) in ranges(counts, sums, gone).items():
            if 0 < counts[place] < LEAST:
                assert high - low > 0.5, (place, counts[place], low, high)
