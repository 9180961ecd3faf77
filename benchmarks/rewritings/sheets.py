"""What may stand beside the rows of a table and is no row, and how its columns and header may be written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from random import Random
from typing import Any

from benchmarks.rewritings.cells import number, shortest
from benchmarks.rewritings.files import Book, Column, Delivery, File, Row, Sheet, Text
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Field, Kind
from expectations.contracts.other_headers import OTHER_HEADERS

Rewrite = Callable[[Delivery, Random], Delivery]
"""Another form of a delivery. It draws from the given dice only, so that a seed says it all."""
_HEADS = frozenset({"heads", "covered_heads"})
_UNITS = {Kind.YUAN: "元", Kind.WAN_YUAN: "万元", Kind.PERCENT: "%", Kind.SQUARE_METRES: "㎡", Kind.DATE: "年-月-日"}


def sheets(rewrite: Callable[[Sheet, File, Random], Sheet]) -> Rewrite:
    """Rewrites every sheet."""

    def rewritten(delivery: Delivery, dice: Random) -> Delivery:
        return delivery.each(lambda file: replace(file, sheets=tuple(rewrite(sheet, file, dice) for sheet in file.sheets)))

    return rewritten


def cells(write: Callable[[str], str], *kinds: Kind, names: tuple[str, ...] = (), fill_empty: bool = False) -> Rewrite:
    """Rewrites the cells of these kinds, or of all fields; empty ones only where they are asked for."""

    def rewrite(sheet: Sheet, _file: File, _dice: Random) -> Sheet:
        wanted = [
            bool(c.field and (not kinds or c.field.kind in kinds) and (not names or c.field.name in names)) for c in sheet.columns
        ]
        known: dict[str, str] = {}

        def written(cell: str) -> str:
            if cell not in known:
                known[cell] = write(cell) if cell or fill_empty else cell
            return known[cell]

        rows = tuple(tuple(written(cell) if yes else cell for cell, yes in zip(row, wanted, strict=True)) for row in sheet.rows)
        return replace(sheet, rows=rows)

    return sheets(rewrite)


def text(**changes: Any) -> Rewrite:
    """Writes text files so; a workbook stays one."""

    def rewrite(file: File) -> File:
        return replace(file, form=replace(file.form, **changes)) if isinstance(file.form, Text) else file

    return lambda delivery, _dice: delivery.each(rewrite)


def book(**changes: Any) -> Rewrite:
    """Writes every file as a workbook, so; what cells of other kinds look like stays."""

    def rewrite(file: File) -> File:
        form = file.form if isinstance(file.form, Book) else Book()
        shown = {**form.shown, **changes.get("shown", {})}
        return replace(file, form=replace(form, **{**changes, "shown": shown}))

    return lambda delivery, _dice: delivery.each(rewrite)


# Columns and headers


def shuffled_columns(sheet: Sheet, _file: File, dice: Random) -> Sheet:
    order = dice.sample(range(len(sheet.columns)), len(sheet.columns))
    rows = tuple(tuple(row[i] for i in order) for row in sheet.rows)
    return replace(sheet, columns=tuple(sheet.columns[i] for i in order), rows=rows)


def with_columns(*columns: tuple[str, Callable[[int], str]], at: int = 0) -> Callable[[Sheet, File, Random], Sheet]:
    """Columns of the office's own: header, and the text of the nth row."""

    def rewrite(sheet: Sheet, _file: File, _dice: Random) -> Sheet:
        own = tuple(Column(header) for header, _ in columns)
        rows = tuple(
            (*row[:at], *(fill(i) for _, fill in columns), *row[at:]) if any(row) else row for i, row in enumerate(sheet.rows, 1)
        )
        return replace(sheet, columns=(*sheet.columns[:at], *own, *sheet.columns[at:]), rows=rows)

    return rewrite


def headers(write: Callable[[Field], str]) -> Callable[[Sheet, File, Random], Sheet]:
    def rewrite(sheet: Sheet, _file: File, _dice: Random) -> Sheet:
        return replace(sheet, columns=tuple(replace(c, header=write(c.field)) if c.field else c for c in sheet.columns))

    return rewrite


def with_unit(f: Field, brackets: str) -> str:
    return f"{f.header}{brackets[0]}{_UNITS[f.kind]}{brackets[1]}" if f.kind in _UNITS else f.header


def other_headers(sheet: Sheet, file: File, dice: Random) -> Sheet:
    """Each column under one of the contract's other headers that no other column of the set could mean."""
    taken = [f.header for f in DATA_SETS[file.data_set].fields]
    columns = []
    for column in sheet.columns:
        usable = [alias for alias in column.field.aliases if alias not in taken] if column.field else []
        taken += usable
        columns.append(replace(column, header=dice.choice(usable)) if usable else column)
    return replace(sheet, columns=tuple(columns))


def unlisted_headers(sheet: Sheet, file: File, dice: Random) -> Sheet:
    """Each column under a header that no contract lists and offices write."""
    others = OTHER_HEADERS.get(file.data_set, {})
    words = [others.get(column.field.name, "").split() if column.field else [] for column in sheet.columns]
    columns = (replace(c, header=dice.choice(said)) if said else c for c, said in zip(sheet.columns, words, strict=True))
    return replace(sheet, columns=tuple(columns))


def in_two_rows(sheet: Sheet, _file: File, _dice: Random) -> Sheet:
    """Half of the columns under a group, its name in the first of the merged cells; the others merged with the row below."""
    half = len(sheet.columns) // 2
    groups = ("基本情况", *("" for _ in range(half - 1)), *(column.header for column in sheet.columns[half:]))
    columns = (*sheet.columns[:half], *(replace(column, header="") for column in sheet.columns[half:]))
    return replace(sheet, groups=groups, columns=columns)


def in_wan(sheet: Sheet, _file: File, _dice: Random) -> Sheet:
    """Amounts in 万元, said at the head of the column."""
    wanted = [bool(c.header and c.field and c.field.kind is Kind.YUAN) for c in sheet.columns]
    columns = tuple(
        replace(c, header=f"{c.field.header}（万元）") if yes and c.field else c
        for c, yes in zip(sheet.columns, wanted, strict=True)
    )
    write = number(lambda yuan: shortest(yuan / 10_000))
    rows = tuple(tuple(write(cell) if yes else cell for cell, yes in zip(row, wanted, strict=True)) for row in sheet.rows)
    return replace(sheet, columns=columns, rows=rows)


# Rows that are none


def titled(*lines: str) -> Callable[[Sheet, File, Random], Sheet]:
    def rewrite(sheet: Sheet, file: File, _dice: Random) -> Sheet:
        words = {"title": DATA_SETS[file.data_set].title, "office": file.office, "day": file.day}
        return replace(sheet, above=(*sheet.above, *((line.format(**words),) if line else () for line in lines)))

    return rewrite


def noted(*lines: str) -> Callable[[Sheet, File, Random], Sheet]:
    def rewrite(sheet: Sheet, file: File, _dice: Random) -> Sheet:
        return replace(sheet, below=(*sheet.below, *((line.format(office=file.office),) if line else () for line in lines)))

    return rewrite


def below_in_third(line: str) -> Callable[[Sheet, File, Random], Sheet]:
    return lambda sheet, _file, _dice: replace(sheet, below=(*sheet.below, ("", "", line)))


def between(rows: Callable[[Sheet], Row], every: int) -> Callable[[Sheet, File, Random], Sheet]:
    """Such a row after every so many."""

    def rewrite(sheet: Sheet, _file: File, _dice: Random) -> Sheet:
        parts = [sheet.rows[i : i + every] for i in range(0, len(sheet.rows), every)]
        return replace(sheet, rows=tuple(line for part in parts for line in (*part, rows(sheet))))

    return rewrite


def blank(sheet: Sheet) -> Row:
    return ("",) * len(sheet.columns)


def header_again(sheet: Sheet) -> Row:
    """As a printed table has it on each page."""
    return tuple(column.header for column in sheet.columns)


def total(word: str, at: int = 0) -> Callable[[Sheet, File, Random], Sheet]:
    """A row of totals below: the word in a column, the sums of money and heads under theirs."""

    def rewrite(sheet: Sheet, _file: File, _dice: Random) -> Sheet:
        return replace(sheet, below=(*sheet.below, _sums(sheet, sheet.rows, word, at)))

    return rewrite


def subtotals(word: str) -> Callable[[Sheet, File, Random], Sheet]:
    """A row of totals after each run of rows of one town, where there are towns."""

    def rewrite(sheet: Sheet, _file: File, _dice: Random) -> Sheet:
        towns = [c for c, column in enumerate(sheet.columns) if column.field and column.field.name == "town"]
        if not towns:
            return sheet
        lines: list[Row] = []
        for town, group in groupby(sheet.rows, key=lambda row: row[towns[0]]):
            rows = tuple(group)
            lines += [*rows, _sums(sheet, rows, word.format(town=town), 0)]
        return replace(sheet, rows=tuple(lines))

    return rewrite


def _sums(sheet: Sheet, rows: tuple[Row, ...], word: str, at: int) -> Row:
    line = []
    for c, column in enumerate(sheet.columns):
        is_summed = column.field and (column.field.kind is Kind.YUAN or column.field.name in _HEADS)
        figures = [row[c] for row in rows] if is_summed else []
        sums = sum(float(figure) for figure in figures if figure.replace(".", "", 1).lstrip("-").isdecimal())
        line.append(f"{sums:.2f}" if sums else "")
    line[at] = word
    return tuple(line)


def template_rows(count: int) -> Callable[[Sheet, File, Random], Sheet]:
    """The rest of a form: numbered rows that nobody filled in."""

    def rewrite(sheet: Sheet, file: File, dice: Random) -> Sheet:
        numbered = with_columns(("序号", str))(sheet, file, dice)
        width, filled = len(numbered.columns), len(sheet.rows)
        left = tuple((str(filled + i), *("" for _ in range(width - 1))) for i in range(1, count + 1))
        return replace(numbered, rows=(*numbered.rows, *left))

    return rewrite


# Files


def in_parts(count: int) -> Rewrite:
    """Every file cut into so many, row by row."""
    return _divided(lambda sheet: [sheet.rows[i::count] for i in range(count)], as_sheets=False)


def in_sheets(count: int) -> Rewrite:
    """Every file as one workbook of so many sheets, cut into blocks."""

    def parts(sheet: Sheet) -> list[tuple[Row, ...]]:
        size = -(-len(sheet.rows) // count) or 1
        return [sheet.rows[i : i + size] for i in range(0, len(sheet.rows), size)]

    return _divided(parts, as_sheets=True)


def by_county(delivery: Delivery, _dice: Random) -> Delivery:
    """Files whose rows name a county by its code, one file a county."""

    def divide(file: File) -> list[File]:
        sheet = file.sheets[0]
        at = next((c for c, column in enumerate(sheet.columns) if column.field and column.field.name == "county_code"), None)
        if at is None:
            return [file]
        rows = {code: tuple(row for row in sheet.rows if row[at] == code) for code in sorted({row[at] for row in sheet.rows})}
        return [
            replace(file, name=f"{file.name}_{code}", area=code, sheets=(replace(sheet, rows=of_county),))
            for code, of_county in rows.items()
        ]

    return replace(delivery, files=tuple(part for file in delivery.files for part in divide(file)))


def _divided(parts: Callable[[Sheet], list[tuple[Row, ...]]], *, as_sheets: bool) -> Rewrite:
    def divide(file: File) -> list[File]:
        sheet = file.sheets[0]
        cut = [replace(sheet, name=f"第{i}部分", rows=rows) for i, rows in enumerate(parts(sheet), 1) if rows] or [sheet]
        if as_sheets:
            return [replace(file, sheets=tuple(cut), form=file.form if isinstance(file.form, Book) else Book())]
        return [replace(file, name=f"{file.name}_{i}", sheets=(part,)) for i, part in enumerate(cut, 1)]

    return lambda delivery, _dice: replace(delivery, files=tuple(part for file in delivery.files for part in divide(file)))


def put_together(delivery: Delivery, _dice: Random) -> Delivery:
    """One file a data set, of the whole city."""
    files = []
    for code in dict.fromkeys(file.data_set for file in delivery.files):
        of_set = [file for file in delivery.files if file.data_set == code]
        first = of_set[0].sheets[0]
        rows = tuple(row for file in of_set for sheet in file.sheets for row in sheet.rows)
        area = of_set[0].area if len(of_set) == 1 else f"{of_set[0].area[:4]}00"
        files.append(
            replace(
                of_set[0],
                name=f"{DATA_SETS[code].title}汇总表".replace("/", "、"),
                area=area,
                sheets=(replace(first, rows=rows),),
            )
        )
    return replace(delivery, files=tuple(files))


def renamed(pattern: str) -> Rewrite:
    """Other file names, by a pattern of folder, stem and number; the folder is kept out of the way of brackets and signs."""

    def rewrite(delivery: Delivery, _dice: Random) -> Delivery:
        files = [
            replace(f, name=pattern.format(path=f.name, stem=f.name.rsplit("/", 1)[-1], n=n))
            for n, f in enumerate(delivery.files, 1)
        ]
        return replace(delivery, files=tuple(files))

    return rewrite


def sent_again(delivery: Delivery, dice: Random) -> Delivery:
    """One file of each set is there twice: under another name, its rows turned round, in another encoding."""
    copies = []
    for code in dict.fromkeys(file.data_set for file in delivery.files):
        of_set = [file for file in delivery.files if file.data_set == code]
        file = dice.choice(of_set)
        turned = tuple(replace(sheet, rows=sheet.rows[::-1]) for sheet in file.sheets)
        form = replace(file.form, encoding="gb18030") if isinstance(file.form, Text) else file.form
        copies.append(replace(file, name=f"{file.name}（终稿）", sheets=turned, form=form))
    return replace(delivery, files=(*delivery.files, *copies))
