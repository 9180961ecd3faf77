"""What holds for every reader of cells, whatever is in them.

Each reader is read as one function from a column to columns, so that the same statements are made of all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobs.cells.amounts import parse_yuan, read_integers, read_percents, read_square_metres, read_yuan
from jobs.cells.damage import damaged
from jobs.cells.dates import parse_date, parse_month, read_dates, read_months
from jobs.cells.names import read_names
from jobs.cells.person_numbers import read_disability_numbers, read_numbers
from jobs.cells.text import read_enum, trimmed

Reader = Callable[[pl.Series], tuple[pl.Series, ...]]

BY_CELL: dict[str, tuple[Reader, tuple[type[pl.DataType] | pl.DataType, ...]]] = {
    "yuan": (lambda cells: (read_yuan(cells),), (pl.Decimal(18, 2),)),
    "wan yuan": (lambda cells: (read_yuan(cells, unit=10_000),), (pl.Decimal(18, 2),)),
    "integers": (lambda cells: (read_integers(cells),), (pl.Int32,)),
    "percent": (lambda cells: (read_percents(cells),), (pl.Decimal(7, 4),)),
    "square metres": (lambda cells: (read_square_metres(cells),), (pl.Decimal(12, 2),)),
    "dates": (lambda cells: (read_dates(cells),), (pl.Date,)),
    "months": (lambda cells: (read_months(cells),), (pl.Date,)),
    "names": (lambda cells: (read_names(cells),), (pl.String,)),
    "yes or no": (lambda cells: (read_enum(cells, ("是", "否")),), (pl.String,)),
    "numbers": (read_numbers, (pl.String, pl.String)),
    "disability numbers": (read_disability_numbers, (pl.String, pl.String)),
    "trimmed": (lambda cells: (trimmed(cells),), (pl.String,)),
}
"""Readers that look at one cell at a time, and the types of what they return."""
READERS = BY_CELL | {"damaged": (lambda cells: (damaged(cells),), (pl.Boolean,))}

PERSON = "11010519491231002X"  # the standard's own example
NEARLY = (
    PERSON,
    "420281195001012000",
    "420281950101123",
    "4.2E+17",
    "2017-01-05",
    "2017年1月5日",
    "42740",
    "1,234.50元",
    "5万",
    "张三(户主)",
)
CELLS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.text("0123456789X", max_size=20),
    st.text(
        "0123456789０９xX×Ⅹ*.,，-−+/()（）年月日 元万%人¥T分之成三十百:E是否√无张三·•？'\u3000\u00a0\u200b\ufeff\n\0", max_size=20
    ),
    st.sampled_from(NEARLY).flatmap(
        lambda cell: st.integers(0, len(cell)).flatmap(lambda at: st.characters().map(lambda c: cell[:at] + c + cell[at:]))
    ),
    st.sampled_from(NEARLY),
)
COLUMNS = st.lists(CELLS, max_size=6)
QUIET = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = [
    "9" * 20_000,
    "9." * 9_999,
    "," * 20_000,
    "(" * 20_000,
    "年" * 20_000,
    "X" * 20_000,
    PERSON * 1_000,
    "1e" + "9" * 9_999,
    "\0" * 20_000,
]


def texts(*cells: str | None) -> pl.Series:
    return pl.Series(cells, dtype=pl.String)


def values(reader: Reader, cells: pl.Series) -> list[tuple[object, ...]]:
    return list(zip(*reader(cells), strict=True))


@pytest.mark.parametrize("name", READERS)
@settings(QUIET, max_examples=20)
@given(cells=COLUMNS)
def test_any_column_reads_to_as_many_values_of_the_same_type(name: str, cells: list[str | None]) -> None:
    reader, dtypes = READERS[name]
    read = reader(texts(*cells))
    assert tuple(column.dtype for column in read) == dtypes
    assert {len(column) for column in read} == {len(cells)}


@pytest.mark.parametrize("name", READERS)
def test_very_long_cells_are_read_and_mean_nothing(name: str) -> None:
    reader, _ = READERS[name]
    read = reader(texts(*LONG))[0]
    assert len(read) == len(LONG)
    assert name in ("trimmed", "names", "damaged") or read.is_null().all()


@pytest.mark.parametrize("name", BY_CELL)
@settings(QUIET, max_examples=12)
@given(cells=st.lists(CELLS, min_size=1, max_size=5), data=st.data())
def test_a_cell_reads_alike_in_any_order_and_any_chunk(name: str, cells: list[str | None], data: st.DataObject) -> None:
    reader, _ = BY_CELL[name]
    order = data.draw(st.permutations(range(len(cells))))
    cut = data.draw(st.integers(0, len(cells)))
    whole = values(reader, texts(*cells))
    assert values(reader, texts(*(cells[place] for place in order))) == [whole[place] for place in order]
    assert values(reader, pl.concat([texts(*cells[:cut]), texts(*cells[cut:])], rechunk=False)) == whole
    assert [value for cell in cells for value in values(reader, texts(cell))] == whole


@settings(QUIET, max_examples=60)
@given(cells=COLUMNS)
def test_damage_is_the_same_in_any_chunk_and_leaves_other_cells_alone(cells: list[str | None]) -> None:
    column = texts(*cells, "4.20281E+17", None)
    marked = damaged(column)
    assert marked.null_count() == 0
    assert damaged(pl.concat([column[:1], column[1:]], rechunk=False)).to_list() == marked.to_list()
    assert damaged(column.reverse()).to_list() == marked.reverse().to_list()
    _, states = read_numbers(column)
    _, with_damage = read_numbers(column, is_damaged=marked)
    assert with_damage.filter(~marked).to_list() == states.filter(~marked).to_list()
    assert set(with_damage.filter(marked)) == {"damaged"}


NOISE = st.text(" '\u3000\u200b\ufeff·.()（）", max_size=3)


@pytest.mark.parametrize("reader", [read_names, trimmed])
@settings(QUIET, max_examples=150)
@given(cells=st.lists(st.one_of(CELLS, st.builds("{}张{}三{}".format, NOISE, NOISE, NOISE)), min_size=1, max_size=4))
def test_what_was_read_reads_as_itself(reader: Callable[[pl.Series], pl.Series], cells: list[str | None]) -> None:
    once = reader(texts(*cells))
    assert reader(once).to_list() == once.to_list()


# The fast way over a column, and the careful way for one cell.


@settings(QUIET, max_examples=100)
@given(
    cell=st.one_of(
        st.text("0123456789-/.年月日 T:+", max_size=19),
        st.builds(
            lambda day, between, form: between.join([f"{day.year:04}", form.format(day.month), form.format(day.day)]),
            st.dates(date(1800, 1, 1), date(2120, 12, 31)),
            st.sampled_from(["-", " -", "- ", "--", "-+", "/", "."]),
            st.sampled_from(["{}", "{:02}", "{:03}"]),
        ).flatmap(lambda text: st.sampled_from([text, "+" + text, "0" + text, text + " 08:30"])),
    )
)
def test_the_fast_way_to_a_date_is_the_careful_one(cell: str) -> None:
    assert read_dates(texts(cell)).to_list() == [parse_date(cell)]


@settings(QUIET, max_examples=80)
@given(cell=st.from_regex(r"[-+(]?[0-9]{1,14}(\.[0-9]{1,3})?", fullmatch=True))
@example("0.125")  # half a cent goes up, whatever stands before it
def test_the_fast_way_to_an_amount_is_the_careful_one(cell: str) -> None:
    assert read_yuan(texts(cell)).to_list() == [parse_yuan(cell)]


def by_horner(first17: str) -> str:
    """ISO 7064 MOD 11-2 as a polynomial in 2."""
    remainder = 0
    for digit in first17:
        remainder = (remainder + int(digit)) * 2 % 11
    return "0123456789X"[(1 - remainder) % 11]


def bodies(first: int, last: int) -> st.SearchStrategy[str]:
    """The first 17 digits of people born in these years."""
    return st.builds(
        lambda division, day, sequence: f"{division}{day:%Y%m%d}{sequence:03}",
        st.sampled_from(["420292", "110105", "810000", "911124"]),
        st.dates(date(first, 1, 1), date(last, 12, 31)),
        st.integers(0, 999),
    )


BODIES = bodies(1850, 2100)


@settings(QUIET, max_examples=60)
@given(body=st.one_of(bodies(1800, 2150), st.from_regex(r"[0-9]{17}", fullmatch=True)), check=st.sampled_from("0123456789X"))
def test_the_fast_way_to_a_number_is_the_careful_one(body: str, check: str) -> None:
    for number in (body + by_horner(body), body + check):
        blanked = f"{number[:6]} {number[6:]}"  # a blank inside needs care
        fast, careful = values(read_numbers, texts(number, blanked))
        assert fast == careful


@settings(QUIET, max_examples=60)
@given(body=BODIES, data=st.data())
def test_no_slip_of_the_hand_makes_another_number(body: str, data: st.DataObject) -> None:
    number = body + by_horner(body)
    at, digit = data.draw(st.integers(0, 16)), data.draw(st.sampled_from("0123456789"))
    changed = number[:at] + digit + number[at + 1 :]
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert values(read_numbers, texts(number)) == [(number, "valid")]
    for slip in {changed, swapped} - {number}:
        [(usable, state)] = values(read_numbers, texts(slip))
        assert usable is None
        assert state != "valid"


# A value written in any form of the delivery contract reads as itself.

FULL_WIDTH = str.maketrans({chr(0x21 + i): chr(0xFF01 + i) for i in range(94)})
DRESSES: dict[str, Callable[[str], str]] = {
    "as it is": lambda cell: cell,
    "quoted": lambda cell: f"'{cell}",
    "blanks around": lambda cell: f" \u3000{cell}\u00a0\t",
    "a byte order mark and zero widths": lambda cell: f"\ufeff{cell}\u200b",
    "copied from a phone": lambda cell: f"\u202d{cell}\u202c",
    "full width": lambda cell: cell.translate(FULL_WIDTH),
}
DATE_FORMS: dict[str, Callable[[date], str]] = {
    "20170105": lambda day: f"{day:%Y%m%d}",
    "2017-01-05": lambda day: f"{day:%Y-%m-%d}",
    "2017/1/5": lambda day: f"{day.year}/{day.month}/{day.day}",
    "2017.1.5": lambda day: f"{day.year}.{day.month}.{day.day}",
    "2017年1月5日": lambda day: f"{day.year}年{day.month}月{day.day}日",
}
MONTH_FORMS: dict[str, Callable[[date], str]] = {
    "201701": lambda day: f"{day:%Y%m}",
    "2017-01": lambda day: f"{day:%Y-%m}",
    "2017.1": lambda day: f"{day.year}.{day.month}",
    "2017年1月": lambda day: f"{day.year}年{day.month}月",
}
AMOUNT_FORMS: dict[str, Callable[[Decimal], str]] = {
    "1234.50": lambda yuan: f"{yuan:.2f}",
    "1,234.50": lambda yuan: f"{yuan:,.2f}",
    "1,234.50元": lambda yuan: f"{yuan:,.2f}元",
    "¥1234.50": lambda yuan: f"¥{yuan:.2f}",
    "￥ 1,234.50 元": lambda yuan: f"￥ {yuan:,.2f} 元",
    "0.123450万元": lambda yuan: f"{yuan / 10_000:f}万元",
    "0.123450 万": lambda yuan: f"{yuan / 10_000:f} 万",
}
dressed = pytest.mark.parametrize("dress", DRESSES)


@dressed
@pytest.mark.parametrize("form", DATE_FORMS)
@settings(QUIET, max_examples=6)
@given(day=st.dates(date(1850, 1, 1), date(2100, 12, 31)), clock=st.sampled_from(["", " 8:05", " 08:05:00", "T23:59:59.5"]))
def test_a_written_date_reads_as_itself(form: str, dress: str, day: date, clock: str) -> None:
    cell = DRESSES[dress](DATE_FORMS[form](day) + clock)
    assert read_dates(texts(cell)).to_list() == [day]
    assert read_months(texts(cell)).to_list() == [day.replace(day=1)]
    assert parse_month(trimmed(texts(cell))[0]) == day.replace(day=1)


@dressed
@pytest.mark.parametrize("form", MONTH_FORMS)
@settings(QUIET, max_examples=6)
@given(day=st.dates(date(1850, 1, 1), date(2100, 12, 31)))
def test_a_written_month_reads_as_its_first_day(form: str, dress: str, day: date) -> None:
    assert read_months(texts(DRESSES[dress](MONTH_FORMS[form](day)))).to_list() == [day.replace(day=1)]


@dressed
@pytest.mark.parametrize("form", AMOUNT_FORMS)
@settings(QUIET, max_examples=6)
@given(yuan=st.decimals(-(10**11), 10**11, places=2))
def test_a_written_amount_reads_as_itself(form: str, dress: str, yuan: Decimal) -> None:
    assert read_yuan(texts(DRESSES[dress](AMOUNT_FORMS[form](yuan)))).to_list() == [yuan]


@dressed
@settings(QUIET, max_examples=10)
@given(count=st.integers(-(2**31) + 1, 2**31 - 1), share=st.decimals(0, 100, places=4), area=st.decimals(0, 10**6, places=2))
def test_a_written_count_share_and_area_read_as_themselves(dress: str, count: int, share: Decimal, area: Decimal) -> None:
    wear = DRESSES[dress]
    assert (
        read_integers(texts(wear(f"{count}"), wear(f"{count:,}"), wear(f"{count}人"), wear(f"{count}.0"))).to_list()
        == [count] * 4
    )
    assert read_percents(texts(wear(f"{share}"), wear(f"{share}%"))).to_list() == [share] * 2
    assert read_square_metres(texts(wear(f"{area}"), wear(f"{area:,}㎡"), wear(f"{area}平方米"))).to_list() == [area] * 3


@dressed
@settings(QUIET, max_examples=10)
@given(body=BODIES)
def test_a_written_number_reads_as_itself(dress: str, body: str) -> None:
    number = body + by_horner(body)
    wear = DRESSES[dress]
    assert values(read_numbers, texts(wear(number), wear(number.lower()))) == [(number, "valid")] * 2
    assert values(read_disability_numbers, texts(wear(number + "42"), wear(number + "42B1"))) == [(number, "valid")] * 2


@dressed
@pytest.mark.parametrize(
    ("form", "meaning"),
    [("是", "是"), ("√", "是"), ("1", "是"), ("Y", "是"), ("否", "否"), ("×", "否"), ("0", "否"), ("N", "否")],
)
def test_a_written_yes_or_no_reads_as_meant(dress: str, form: str, meaning: str) -> None:
    assert read_enum(texts(DRESSES[dress](form)), ("是", "否")).to_list() == [meaning]


@dressed
@settings(QUIET, max_examples=10)
@given(name=st.text("张王李赵古丽买提", min_size=2, max_size=6), second=st.text("阿依江", min_size=1, max_size=4))
def test_a_written_name_reads_as_itself(dress: str, name: str, second: str) -> None:
    whole = f"{name}·{second}"
    cells = [name, f"{name}(户主)", f"{name}（户主）", " ".join(name), "\u3000".join(name)]
    dots = [f"{name}{dot}{second}" for dot in "·•・."]
    assert read_names(texts(*map(DRESSES[dress], cells + dots))).to_list() == [name] * len(cells) + [whole] * len(dots)
