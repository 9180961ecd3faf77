"""Rows of a table that are no data: titles, blanks, totals, notes and repeated headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import and_, or_

import numpy as np
import polars as pl

from expectations.contracts.model import DataSet, Kind
from jobs.cells.text import EDGE, EMPTY_FORMS, NOISE, trimmed
from jobs.delivery.header_words import ABOUT_COLUMN, ROWS_BELOW
from jobs.delivery.headers import Header

_TOTAL = "(合计|小计|总计|累计|共计|汇总|总和|总额|总数|总人数|总户数|平均|均值|最大值|最小值|承前页|过次页|(?i:(grand)?total))"
_STARTS_AS_TOTAL = f"^[^0-9]{{0,8}}{_TOTAL}"
_IS_TOTAL = rf"^.{{0,14}}{_TOTAL}(数|值|金额|人数|户数)?([0-9]+[人户条笔])?([(（].{{0,8}}[)）])?[:：]?$|^(.{{0,10}}[县市区乡镇街村组页])?计[:：]?$"
_PERSON_NUMBER = "^[0-9０-９]{17}[0-9０-９XxＸｘ]$"
"""No total has one: the word for it is part of a name then, as in 小计家政服务部."""
_LABELLED_COLUMNS = 6
"""Columns from the left in which a total may be named."""
_NUMBER = r"^[-+(（]?[¥￥]?[0-9０-９][0-9０-９,，.]*[)）%％]?(元|万元|人|户|人次|笔|条|套|辆)?$|^[-—/]+$"
_ZERO = r"^[¥￥]?0+(\.0+)?%?$|^-+$"
_SERIAL = r"^[0-9]{1,6}(\.0|[.、])?$"
_NOTE = (
    r"^((注|备注|说明|负责人|单位负责人|填报单位|报送单位|编制单位|填表单位|金额单位|单位(名称)?|联系人|联系电话|制表日期|填报日期|报送日期|制表|审核|复核|经办人|数据来源|导出人|导出时间|打印日期)"
    r"\s*\d*\s*[:：]|(填表人|填报人|制表人|审核人|打印时间)|第\s*\d+\s*页)|^(注|备注|说明)$"
)
_SENTENCE = (
    "[:：]$|^.{5,}$|^[一二三四五六七八九十]+、|^(以下空白|续表|[接续转][上下]页|以下无正文)$|^.{1,3}([村镇乡组区县市]|社区|街道)$"
)
"""A cell in one of the first two columns that is a sentence, a caption, a place or one to sign, if it has the row to itself."""
_THE_END = r"^[*＊=—\s(（【-]*以下(空白|为空|无正文)"
"""The same in any column."""
_NO_SENTENCE = r"^[0-9A-Za-z*Ⅹ×.\s-]+$|[·•]"
"""A number, or a long name: of a row of data that lacks all the rest."""
_DAY_OR_PAGE = r"^\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?$|^[-—–]\s*\d+\s*[-—–]$"
_SIGNED = f"^[{NOISE}]*(填表|填报|制表|审核|复核|经办|负责)"
_COLUMN_NUMBER = r"^[(（]?([1-9][0-9]?|[甲乙丙丁戊])([=＝].*)?[)）]?$"
_COLUMN_NAME = r"^[A-Za-z_][A-Za-z0-9_ ]*$"
_BLANK = r"\s"
_LINE = r"^[-=_+|—－＝＿＋｜─━]+$"
_MOST_NOTES = 6
_LONGEST_NOTHING = 3
"""Bytes of the cells that may stand for an empty one: 0, /, 无."""
_PREFILLED = frozenset({"county_code", "county", "town", "village", "program"})
"""Fields that whoever hands out a form fills in for everybody."""
_MEASURES = frozenset({Kind.YUAN, Kind.WAN_YUAN, Kind.INTEGER, Kind.PERCENT, Kind.SQUARE_METRES})


def skip_reasons(data_set: DataSet, frame: pl.DataFrame, header: Header, header_at: int) -> pl.Series:
    """Why a row is no data: title, blank, subtotal, note, repeated header; null for data.

    `header_at` is the header's position in the frame, negative when the frame lies below it. Only rows that are sparse or lack
    a cell of the data set's key are looked at closely, so that a person who is called 合计 in a full row stays.
    """
    reasons = pl.Series("_reason", [None], dtype=pl.String).new_from_index(0, len(frame))
    sparse_limit = max(2, len(header.names) // 2)
    of_key = [f"c{i}" for i, name in enumerate(header.fields) if name in data_set.key and data_set[name].kind not in _MEASURES]
    key = [column for column in of_key if column in frame.columns]
    lacks_column = len(key) < max(len(of_key), 1)  # a workbook's column without a cell
    dense = _filled_cells(frame)
    position = pl.int_range(pl.len())
    is_suspect = [
        dense <= sparse_limit,
        position < header_at,
        position == header_at + 1,
        pl.lit(lacks_column),
    ]
    measured = [f"c{i}" for i, name in enumerate(header.fields) if name in data_set.key and data_set[name].kind in _MEASURES]
    is_suspect += [pl.col(column).is_null() for column in measured if column in frame.columns]  # the year of a total of bills
    suspects = frame.select(reduce(or_, is_suspect)).to_series()
    odd = frame.select(~pl.all_horizontal(_begins_with_digit(frame.columns[0]), *map(_is_plain_number, key))).to_series()
    odd_at = odd.fill_null(True).arg_true()
    texts = frame.select(*dict.fromkeys((frame.columns[0], *key)))[odd_at]
    may_lack = {f"c{i}" for i, name in enumerate(header.fields) if name in data_set.key and data_set[name].nullable}
    at = suspects.scatter(odd_at, suspects.gather(odd_at) | _may_be_no_data(texts, key, may_lack, header)).arg_true()
    if at.is_empty():
        return reasons
    looked_at = [column.gather(at) for column in frame]
    cells = pl.DataFrame(_each(looked_at, trimmed), schema=frame.columns)
    filled = pl.sum_horizontal([pl.col(column).is_not_null() for column in cells.columns])
    first = pl.coalesce(cells.columns)
    names = {f"c{i}": name or None for i, name in enumerate(header.names) if f"c{i}" in cells.columns}
    repeats = pl.all_horizontal(
        [_compact(pl.col(column)).eq_missing(_compact(pl.lit(name, dtype=pl.String))) for column, name in names.items()]
    )
    is_total = pl.lit(_is_total(cells, key, lacks_column)) | (filled <= sparse_limit) & _compact(first).str.contains(
        _STARTS_AS_TOTAL
    )
    is_total &= ~pl.any_horizontal(pl.all().str.contains(_PERSON_NUMBER).fill_null(False))
    at_left = [cells.columns[i] for i in range(min(2, cells.width))]
    sentence = pl.coalesce(at_left).str
    is_alone = (filled == 1) & (
        (sentence.contains(_SENTENCE) & ~sentence.contains(_NO_SENTENCE)).fill_null(False)
        | first.str.contains(f"{_DAY_OR_PAGE}|{_THE_END}")
    )
    titles = cells.filter(pl.lit(at) < header_at).select(first).to_series().drop_nulls()
    is_title = (pl.lit(at) < header_at) | (filled == 1) & first.is_in(titles.implode())  # a printed table has it on each page
    is_below = pl.lit(at).is_between(header_at + 1, header_at + ROWS_BELOW)
    nothing = _says_nothing(cells, header)
    judged = cells.select(
        pl.when(is_title).then(pl.lit("title"))
        .when((filled == 0) | _is_empty_form(cells.columns, nothing, filled)).then(pl.lit("blank"))
        .when(is_total).then(pl.lit("subtotal"))
        .when(((filled <= _MOST_NOTES) & first.str.contains(_NOTE)) | is_alone).then(pl.lit("note"))
        .when(repeats | is_below & _is_second_header(cells, filled)).then(pl.lit("repeated header"))
        .when(_is_prefilled_form(cells.columns, nothing, header)).then(pl.lit("blank"))
    ).to_series()  # fmt: skip
    return reasons.scatter(at, judged)


def _filled_cells(frame: pl.DataFrame) -> pl.Expr:
    """How many cells of a row are filled. Columns that are full or empty need no look at each row."""
    full = [cells.null_count() == 0 for cells in frame]
    parted = [cells.name for cells, is_full in zip(frame, full, strict=True) if not is_full and cells.null_count() < len(cells)]
    return pl.sum_horizontal([pl.lit(sum(full)), *(pl.col(column).is_not_null() for column in parted)])


def _begins_with_digit(column: str) -> pl.Expr:
    return (pl.col(column) >= "0") & (pl.col(column) < ":")


def _is_plain_number(column: str) -> pl.Expr:
    """A digit, and a digit or a capital, at the ends, and no short number: nobody's word for a total. It spares most rows a closer look."""
    is_long = pl.col(column).str.len_bytes() > _LONGEST_NOTHING
    return _begins_with_digit(column) & is_long & pl.col(column).str.tail(1).is_between(pl.lit("0"), pl.lit("Z"))


def _may_be_no_data(texts: pl.DataFrame, key: list[str], may_lack: set[str], header: Header) -> pl.Series:
    """Per row of the leftmost column and the key: does what it says, or that it says nothing, ask for a closer look?

    may_lack: columns of the key that rows of data may leave empty; unless a word for a total stands beside them that alone tells nothing.
    """
    left = texts.columns[0]
    name = header.names[int(left[1:])]
    bare_left = pl.col(left).str.replace(f"^[{NOISE}]+", "").fill_null("")
    is_suspect = [pl.col(left).str.contains(_SIGNED), bare_left == ""]
    if name:
        is_suspect.append(bare_left.str.starts_with(name[0]))  # whatever blanks or breaks stand in it or behind it
    bare = texts.select(pl.col(column).str.strip_chars(EDGE) for column in key)  # blanks around — make it no longer
    lacks = {column: bare[column].is_null() | (bare[column].str.len_bytes() <= _LONGEST_NOTHING) for column in key}
    if optional := [lacks.pop(column) for column in key if column in may_lack]:
        is_named = pl.any_horizontal([pl.col(column).str.contains(_TOTAL).fill_null(False) for column in texts.columns])
        is_suspect.append(pl.lit(reduce(or_, optional)) & is_named)
        if not lacks:  # no other column of the key tells
            is_suspect.append(pl.lit(reduce(and_, optional)))
    is_suspect += [pl.lit(cells) for cells in lacks.values()]
    if len(key) == 1:  # whose cell is all that a row of blanks around a word has
        cells = bare[key[0]]
        is_suspect.append(pl.lit(~cells.str.contains("[0-9０-９]") | cells.str.contains(_TOTAL)))
    return texts.select(reduce(or_, is_suspect)).to_series()


def _is_second_header(cells: pl.DataFrame, filled: pl.Expr) -> pl.Expr:
    """The numbers of the columns, their names in a database, a line under the header, or what is to be filled in."""

    def all_are(form: str) -> pl.Expr:
        return pl.all_horizontal([pl.lit(are) for are in _each(cells, lambda cell: cell.str.contains(form).fill_null(True))])

    forms = [all_are(form) for form in (_COLUMN_NUMBER, _COLUMN_NAME, _LINE)]
    return (filled * 2 > cells.width) & pl.any_horizontal(forms) | all_are(ABOUT_COLUMN)


def _each(columns: Iterable[pl.Series], judge: Callable[[pl.Series], pl.Series]) -> list[pl.Series]:
    """What is made of each cell, column by column. Judged as one long column: a pattern is made ready for each that it is asked of, which
    takes longer than to ask it of the few cells of a file."""
    parts = list(columns)
    judged = judge(pl.concat(parts))
    return [judged.slice(i * len(part), len(part)) for i, part in enumerate(parts)]


def _compact(cell: pl.Expr) -> pl.Expr:
    return cell.str.replace_all(_BLANK, "")


def _is_total(cells: pl.DataFrame, key: list[str], lacks_column: bool) -> pl.Series:
    """Named so in one of the first columns, with numbers alone behind the name, and without a cell of the key."""
    compact = _each(cells, lambda cell: cell.str.replace_all(_BLANK, ""))
    named = _each(compact, lambda cell: cell.str.contains(_IS_TOTAL).fill_null(False))
    numbers = _each(compact, lambda cell: cell.str.contains(_NUMBER).fill_null(True))
    is_named, adds_up = np.stack(named), np.stack(numbers)
    from_here_on = np.logical_and.accumulate((is_named | adds_up)[::-1])[::-1]
    is_total = pl.Series((is_named & from_here_on)[:_LABELLED_COLUMNS].any(axis=0))
    lacks_key = pl.repeat(lacks_column, len(cells), eager=True)
    for column in key:
        nothing = cells[column].fill_null("").is_in(list(EMPTY_FORMS)) | cells[column].str.contains(_ZERO)
        lacks_key |= named[cells.columns.index(column)] | nothing.fill_null(True)
    return is_total & lacks_key


def _is_prefilled_form(columns: list[str], nothing: Mapping[str, pl.Series], header: Header) -> pl.Expr:
    """The same where the form says to everybody which county it is for, and more of the kind."""
    known = {f"c{i}": field for i, field in enumerate(header.fields)}
    given = [column for column in columns if known.get(column) in _PREFILLED]
    asked = [column for column in columns if column not in given]
    is_given = pl.sum_horizontal([pl.col(column).is_not_null() for column in given] or [pl.lit(0)]) > 1
    return is_given & _is_empty_form(asked, nothing, pl.lit(0)) if asked else pl.lit(False)


def _is_empty_form(columns: list[str], nothing: Mapping[str, pl.Series], filled: pl.Expr) -> pl.Expr:
    """A row of a form that nobody filled in: its number alone, and zeros where the form computes."""
    is_empty = pl.all_horizontal([pl.lit(nothing[column]) for column in columns])
    return is_empty | (filled == 1) & pl.col(columns[0]).str.contains(_SERIAL).fill_null(False)


def _says_nothing(cells: pl.DataFrame, header: Header) -> dict[str, pl.Series]:
    """Per column: is there nothing, or what a form has in it before anybody fills it in?"""
    known = {f"c{i}" for i, field in enumerate(header.fields) if field is not None}
    empty = _each(cells, lambda cell: cell.is_in(list(EMPTY_FORMS)).fill_null(True))
    zeros = _each(cells, lambda cell: cell.str.contains(_ZERO).fill_null(True))
    serials = _each(cells, lambda cell: cell.str.contains(_SERIAL).fill_null(True))
    return {column: empty[i] | (zeros[i] if column in known else serials[i]) for i, column in enumerate(cells.columns)}
