"""The catalogue: forms that a careful reader takes for the same. A new one is a line here, with a sentence of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from benchmarks.rewritings.cells import (
    COMPATIBLE,
    DIGITS,
    IDENTIFIERS,
    NUMBERS,
    RADICALS,
    as_float,
    day,
    day_shown,
    full_width,
    in_fours,
    inside,
    number,
    number_shown,
    padded,
    serial,
    shortest,
    spread,
    zero_for_empty,
)
from benchmarks.rewritings.files import Delivery, Sheet, Text
from benchmarks.rewritings.sheets import (
    Rewrite,
    between,
    blank,
    book,
    by_county,
    cells,
    header_again,
    headers,
    in_parts,
    in_sheets,
    in_two_rows,
    in_wan,
    noted,
    other_headers,
    put_together,
    renamed,
    sent_again,
    sheets,
    shuffled_columns,
    subtotals,
    template_rows,
    text,
    titled,
    total,
    with_columns,
    with_unit,
)
from expectations.contracts.model import PERSON_KINDS, Kind


@dataclass(frozen=True)
class Rewriting:
    """One form. Of a slot a combination takes at most one, and it applies the slots in their order.

    is_whole: applied to all files at once, not to some of them. needs_lake: only a run tells, not the rows of the files alone.
    """

    slot: str
    name: str
    says: str
    rewrite: Rewrite
    is_whole: bool = False
    needs_lake: bool = False

    def __call__(self, delivery: Delivery, seed: int) -> Delivery:
        return self.rewrite(delivery, Random(f"{seed} {self.name}"))


_PERSONS = tuple(PERSON_KINDS)
_IDS = tuple(IDENTIFIERS)
_JAVA = "%a %b %d 00:00:00 CST %Y"
_YES_NO = {"是": "√", "否": "×"}
_MIDDLE_DOTS = ("•", "・", ".", "．", "‧")


def _quoted(cell: str) -> str:
    return f'="{cell}"' if cell else cell


def _head_marked(sheet: Sheet, _file: object, _dice: Random) -> Sheet:
    """The head's name as 张三(户主), in the column of the head and, where it is the same person, in that of the member."""
    names = [column.field.name if column.field else "" for column in sheet.columns]
    if "head_name" not in names:
        return sheet
    at = names.index("head_name")
    return replace(sheet, rows=tuple((*row[:at], f"{row[at]}(户主)" if row[at] else "", *row[at + 1 :]) for row in sheet.rows))


def _manifest(**changes: Any) -> Rewrite:
    def rewrite(delivery: Delivery, _dice: Random) -> Delivery:
        return replace(delivery, manifest=replace(delivery.manifest, **changes))

    return rewrite


def _cut_ends(sheet: Sheet, _file: object, _dice: Random) -> Sheet:
    def cut(row: tuple[str, ...]) -> tuple[str, ...]:
        filled = [i for i, cell in enumerate(row) if cell]
        return row[: filled[-1] + 1] if filled else row

    return replace(sheet, rows=tuple(map(cut, sheet.rows)))


def _longer(sheet: Sheet, _file: object, _dice: Random) -> Sheet:
    return replace(sheet, rows=tuple((*row, "") for row in sheet.rows))


def _guide(workbook: Any) -> None:
    sheet = workbook.add_worksheet("填表说明")
    for r, line in enumerate(("填表说明", "1. 请按统一口径填报。", "2. 日期格式为2017-01-01。")):
        sheet.write_string(r, 0, line)


def _days(name: str, says: str, write: Callable[[str], str]) -> Rewriting:
    return Rewriting("days", name, f"days as {says}", cells(write, Kind.DATE))


def _months(name: str, says: str, write: Callable[[str], str]) -> Rewriting:
    return Rewriting("months", name, f"months as {says}", cells(write, Kind.MONTH))


def _money(name: str, says: str, write: Callable[[str], str]) -> Rewriting:
    return Rewriting("money", name, f"amounts as {says}", cells(write, Kind.YUAN))


def _at_ends(name: str, says: str, character: str) -> Rewriting:
    return Rewriting("invisible", name, f"{says} at both ends of every cell", cells(lambda cell: f"{character}{cell}{character}"))


def _in_names(name: str, says: str, character: str) -> Rewriting:
    write = cells(lambda cell: inside(cell, character), Kind.NAME, *_IDS)
    return Rewriting("invisible", name, f"{says} inside names and numbers", write)


def _shown(slot: str, name: str, says: str, **changes: Any) -> Rewriting:
    return Rewriting(slot, name, f"workbooks with {says}", book(**changes))


CATALOGUE: tuple[Rewriting, ...] = (
    # How the rows are spread over files
    Rewriting("files", "in-parts", "every file in three, row by row", in_parts(3), is_whole=True),
    Rewriting("files", "by-county", "a file a county", by_county, is_whole=True),
    Rewriting("files", "put-together", "one file a data set", put_together, is_whole=True),
    Rewriting("files", "in-sheets", "workbooks of three sheets each", in_sheets(3)),
    Rewriting("again", "sent-again", "a file of each set twice, under another name and turned round", sent_again, True, True),
    Rewriting("names", "final-version", "names that end in （终稿）", renamed("{path}（终稿）")),
    Rewriting("names", "blanks", "names with blanks", renamed("{path} 2018 01 08")),
    Rewriting("names", "signs", "names with #, %, & and +", renamed("{path}#1%2&a+b")),
    Rewriting("names", "escapes", "names that look escaped", renamed("{path}%20%E7%BB%88")),
    Rewriting("names", "brackets", "names with brackets", renamed("{path}[1](2){{3}}")),
    Rewriting("names", "question", "names with ? and *", renamed("{path}?*")),
    Rewriting("names", "deep", "files in deeper folders", renamed("2018年 报送/第 1 批/{n:03}/{stem}")),
    # Columns
    Rewriting("own columns", "numbered", "a column of running numbers at the left", sheets(with_columns(("序号", str)))),
    Rewriting(
        "own columns",
        "remarks",
        "columns of the office's own in the middle",
        sheets(with_columns(("备注", lambda _: "无"), ("核对人", lambda n: "甲"), at=2)),
    ),
    Rewriting("own columns", "empty-column", "an empty column at the left", sheets(with_columns(("", lambda _: "")))),
    Rewriting("own columns", "template", "numbered rows of a form that nobody filled in", sheets(template_rows(7))),
    Rewriting("order", "shuffled", "columns in any order", sheets(shuffled_columns)),
    Rewriting("headers", "aliases", "the contract's other headers", sheets(other_headers)),
    Rewriting("headers", "units", "units in brackets", sheets(headers(lambda f: with_unit(f, "()")))),
    Rewriting("headers", "full-width-units", "units in full-width brackets", sheets(headers(lambda f: with_unit(f, "（）")))),
    Rewriting("headers", "line-breaks", "headers with a line break", sheets(headers(lambda f: inside(f.header, "\n")))),
    Rewriting("headers", "spread", "headers with blanks between the characters", sheets(headers(lambda f: "　".join(f.header)))),
    Rewriting("headers", "asterisks", "headers with a trailing asterisk", sheets(headers(lambda f: f"{f.header}*"))),
    Rewriting(
        "headers",
        "leading-asterisks",
        "headers with an asterisk in front, as forms mark what must be filled in",
        sheets(headers(lambda f: f"*{f.header}")),
    ),
    Rewriting("headers", "invisible-headers", "headers with a zero width blank", sheets(headers(lambda f: f"\u200b{f.header}"))),
    Rewriting("headers", "two-rows", "a header in two rows, groups above", sheets(in_two_rows)),
    Rewriting("headers", "repeated-header", "the header again every 30 rows", sheets(between(header_again, 30))),
    # Cells
    _days("slashes", "2017/1/5", day(lambda d: f"{d.year}/{d.month}/{d.day}")),
    _days("dots", "2017.1.5", day(lambda d: f"{d.year}.{d.month}.{d.day}")),
    _days("chinese", "2017年1月5日", day(lambda d: f"{d.year}年{d.month}月{d.day}日")),
    _days("compact", "20170105", day(lambda d: f"{d:%Y%m%d}")),
    _days("compact-floats", "20170105.0", day(lambda d: f"{d:%Y%m%d}.0")),
    _days("serials", "42740", day(serial)),
    _days("serial-floats", "42740.0", day(lambda d: f"{serial(d)}.0" if serial(d).isdecimal() else serial(d))),
    _days("with-time", "2017-01-05 00:00:00", day(lambda d: f"{d} 00:00:00")),
    _days("with-short-time", "2017/1/5 0:00", day(lambda d: f"{d.year}/{d.month}/{d.day} 0:00")),
    _days("zone", "2017-01-05T00:00:00+08:00", day(lambda d: f"{d}T00:00:00+08:00")),
    _days("utc", "2017-01-04T16:00:00.000Z", day(lambda d: f"{type(d).fromordinal(d.toordinal() - 1)}T16:00:00.000Z")),
    _days("java", "Thu Jan 05 00:00:00 CST 2017", day(lambda d: d.strftime(_JAVA))),
    _days("full-width-days", "２０１７－０１－０５", day(lambda d: full_width(d.isoformat()))),
    _months("compact-months", "201701", day(lambda d: f"{d:%Y%m}")),
    _months("compact-month-floats", "201701.0", day(lambda d: f"{d:%Y%m}.0")),
    _months("chinese-months", "2017年1月", day(lambda d: f"{d.year}年{d.month}月")),
    _months("padded-chinese-months", "2017年01月", day(lambda d: f"{d:%Y年%m月}")),
    _months("months-with-slash", "2017/1", day(lambda d: f"{d.year}/{d.month}")),
    _months("first-days", "2017-01-01", day(lambda d: d.isoformat())),
    _months("last-days", "2017/1/28", day(lambda d: f"{d.year}/{d.month}/28")),
    _months("month-serials", "42736", day(serial)),
    _months("months-with-time", "2017-01-01 00:00:00", day(lambda d: f"{d} 00:00:00")),
    _money("thousands", "1,320.00", number(lambda yuan: f"{yuan:,}")),
    _money("full-width-thousands", "1，320.00", number(lambda yuan: f"{yuan:,}".replace(",", "，"))),
    _money("yuan-sign", "￥320.00", number(lambda yuan: f"￥{yuan}")),
    _money("half-yuan-sign", "¥1,320.00", number(lambda yuan: f"¥{yuan:,}")),
    _money("yuan-word", "320.00元", number(lambda yuan: f"{yuan}元")),
    _money("shortest", "320", number(shortest)),
    _money("scientific", "3.2E+02", number(lambda yuan: f"{yuan.normalize():E}")),
    _money("binary-noise", "320.00000000000006", number(lambda yuan: f"{yuan}00000000006" if yuan else f"{yuan}")),
    _money("full-width-money", "３２０．００", full_width),
    _money("brackets-for-minus", "(320.00)", number(lambda yuan: f"({-yuan})" if yuan < 0 else f"{yuan}")),
    _money("cells-in-wan", "0.032万元", number(lambda yuan: f"{shortest(yuan / 10_000)}万元")),
    Rewriting("money", "headers-in-wan", "amounts in 万元, as the header says", sheets(in_wan)),
    Rewriting("whole numbers", "floats", "whole numbers and codes as 3.0", cells(as_float, Kind.INTEGER, Kind.CODE)),
    Rewriting("whole numbers", "counters", "persons as 3人", cells(lambda cell: f"{cell}人", names=("heads", "covered_heads"))),
    Rewriting("whole numbers", "full-width-digits", "digits in full width", cells(full_width, *DIGITS)),
    Rewriting("percents", "percent-signs", "shares as 50%", cells(number(lambda share: f"{shortest(share)}%"), Kind.PERCENT)),
    Rewriting("percents", "full-width-percent", "shares as 50.00％", cells(lambda cell: f"{cell}％", Kind.PERCENT)),
    Rewriting("numbers", "small-x", "numbers with a small x", cells(str.lower, *_PERSONS)),
    Rewriting("numbers", "roman-x", "numbers with Ⅹ for X", cells(lambda cell: cell.replace("X", "Ⅹ"), *_PERSONS)),
    Rewriting("numbers", "times-x", "numbers with × for X", cells(lambda cell: cell.replace("X", "×"), *_PERSONS)),
    Rewriting("numbers", "full-width-numbers", "numbers in full width", cells(full_width, *_PERSONS)),
    Rewriting(
        "numbers",
        "grouped",
        "numbers with blanks between place, birthday and the rest",
        cells(lambda cell: f"{cell[:6]} {cell[6:14]} {cell[14:]}", Kind.PERSON_NUMBER),
    ),
    Rewriting("people", "spread-names", "张 三", cells(spread, Kind.NAME)),
    Rewriting("people", "wide-spread-names", "张　三", cells(lambda name: spread(name, "\u3000"), Kind.NAME)),
    Rewriting("people", "head-marked", "张三(户主)", sheets(_head_marked)),
    Rewriting(
        "people",
        "radicals",
        "Kangxi and CJK radicals in names, as PDFs give them",
        cells(lambda name: name.translate(RADICALS), Kind.NAME),
    ),
    Rewriting(
        "people",
        "compatible",
        "compatibility ideographs in names, as old encodings give them",
        cells(lambda name: name.translate(COMPATIBLE), Kind.NAME),
    ),
    *(
        Rewriting(
            "people",
            f"dot-{ord(dot):04x}",
            f"{dot} in minority names",
            cells(lambda name, dot=dot: name.replace("·", dot), Kind.NAME),
        )
        for dot in _MIDDLE_DOTS
    ),
    Rewriting("yes and no", "ticks", "√ and × for 是 and 否", cells(lambda cell: _YES_NO.get(cell, cell), Kind.ENUM)),
    Rewriting(
        "yes and no", "ones", "1 and 0 for 是 and 否", cells(lambda cell: {"是": "1", "否": "0"}.get(cell, cell), Kind.ENUM)
    ),
    Rewriting("yes and no", "full-width-classes", "Ａ for A", cells(full_width, Kind.ENUM)),
    Rewriting("accounts", "in-fours", "accounts with blanks after every four digits", cells(in_fours, Kind.ACCOUNT)),
    Rewriting(
        "accounts",
        "full-width-accounts",
        "accounts and certificates in full width",
        cells(full_width, Kind.ACCOUNT, Kind.FIRM_CODE),
    ),
    _at_ends("blanks", "blanks", " "),
    _at_ends("wide-blanks", "ideographic blanks", "\u3000"),
    _at_ends("hard-blanks", "no-break blanks", "\u00a0"),
    _at_ends("tabs-in-cells", "tabs", "\t"),
    _at_ends("private-blanks", "the GBK blank A3A0", "\ue5e5"),
    _at_ends("unit-separators", "control characters", "\x1f"),
    _at_ends("marks-of-order", "byte order marks", "\ufeff"),
    _in_names("zero-width", "zero width blanks", "\u200b"),
    _in_names("soft-hyphens", "soft hyphens", "\u00ad"),
    _in_names("variation-selectors", "variation selectors", "\ufe00"),
    _in_names("directions", "marks of writing direction", "\u202c"),
    _in_names("private-inside", "the GBK blank A3A0", "\ue5e5"),
    _in_names("joiners", "word joiners", "\u2060"),
    Rewriting(
        "empty",
        "dashes",
        "empty cells as —",
        cells(lambda cell: cell or "—", Kind.DATE, Kind.MONTH, Kind.ACCOUNT, Kind.PERSON_NUMBER, fill_empty=True),
    ),
    Rewriting(
        "empty",
        "slashes-for-empty",
        "empty cells as /",
        cells(lambda cell: cell or "/", Kind.DATE, Kind.MONTH, Kind.YUAN, Kind.ACCOUNT, fill_empty=True),
    ),
    Rewriting("empty", "blanks-for-empty", "empty cells as a blank", cells(lambda cell: cell or " ", fill_empty=True)),
    Rewriting("empty", "zero-days", "empty days as 00000000", cells(lambda cell: cell or "00000000", Kind.DATE, fill_empty=True)),
    # Rows that are none
    Rewriting("between", "blank-rows", "a blank row after every ten", sheets(between(blank, 10))),
    Rewriting("between", "subtotals", "小计 a town", sheets(subtotals("小计"))),
    Rewriting("between", "town-subtotals", "清河口镇 小 计 a town", sheets(subtotals("{town} 小　计"))),
    Rewriting("totals", "total", "合计 below", sheets(total("合计"))),
    Rewriting("totals", "spread-total", "合　计 below", sheets(total("合　　计"))),
    Rewriting("totals", "total-in-third", "总 计 below, in the third column", sheets(total("总 计", at=2))),
    Rewriting("totals", "sum-up", "汇总 below", sheets(total("汇总"))),
    Rewriting("above", "title", "a title", sheets(titled("{title}"))),
    Rewriting(
        "above",
        "title-and-blank",
        "a title, a line of who and when, and a blank row",
        sheets(titled("{title}（截至{day}）", "填报单位：{office}    单位：元", "")),
    ),
    Rewriting("below", "note", "a note", sheets(noted("注：本表数据截至报送日。"))),
    Rewriting(
        "below",
        "signatures",
        "a blank row and who signed",
        sheets(noted("", "填表人：甲    审核人：乙    填报日期：2018年1月8日")),
    ),
    # Text files
    Rewriting("encoding", "bom", "UTF-8 with a byte order mark", text(encoding="utf-8-sig")),
    Rewriting("encoding", "gb18030", "GB18030", text(encoding="gb18030")),
    Rewriting("encoding", "utf-16", "UTF-16", text(encoding="utf-16")),
    Rewriting("separator", "tab", "tabs", text(separator="\t")),
    Rewriting("separator", "tab-txt", "tabs under .txt", text(separator="\t", suffix=".txt")),
    Rewriting("separator", "semicolon", "semicolons", text(separator=";")),
    Rewriting("separator", "pipe", "bars", text(separator="|")),
    Rewriting("separator", "upper-suffix", "commas under .CSV", text(suffix=".CSV")),
    Rewriting("line ends", "crlf", "CR LF", text(newline="\r\n")),
    Rewriting("line ends", "cr", "CR alone", text(newline="\r")),
    Rewriting("protection", "all-quoted", "quotes around every cell", text(is_quoted=True)),
    Rewriting("protection", "equals", '="…"', text(cell=_quoted)),
    Rewriting(
        "protection", "apostrophes", "an apostrophe before every cell", text(cell=lambda cell: f"'{cell}" if cell else cell)
    ),
    Rewriting("protection", "trailing-tabs", "a tab behind every cell", text(cell=lambda cell: f"{cell}\t")),
    Rewriting("protection", "trailing-blanks", "blanks behind every cell", text(cell=lambda cell: f"{cell}  ")),
    Rewriting("row ends", "cut", "empty cells left out at the end of a row", sheets(_cut_ends)),
    Rewriting("row ends", "longer", "a comma more at the end of a row", sheets(_longer)),
    Rewriting(
        "row ends", "longer-all", "a comma more at the end of every line, the header's, too", text(row=lambda row: (*row, ""))
    ),
    # Workbooks
    _shown("book", "texts", "texts only"),
    _shown("book", "in-line", "texts in the sheet itself", in_line=True),
    _shown("book", "guide", "a sheet of instructions before the table", extra_sheets=_guide),
    _shown("book", "upper-xlsx", "the suffix .XLSX", suffix=".XLSX"),
    _shown("sheets", "reversed", "sheets in the other order", is_reversed=True),
    _shown("shown days", "iso-format", "days under yyyy-mm-dd", shown={Kind.DATE: day_shown("yyyy-mm-dd")}),
    _shown("shown days", "short-format", "days under m/d/yy", shown={Kind.DATE: day_shown("m/d/yy")}),
    _shown("shown days", "chinese-format", "days under yyyy年m月d日", shown={Kind.DATE: day_shown('yyyy"年"m"月"d"日"')}),
    _shown("shown days", "locale-format", "days under a format of a locale", shown={Kind.DATE: day_shown("[$-804]yyyy/m/d;@")}),
    _shown(
        "shown days",
        "zero-days-shown",
        "days, and 0 where there is none",
        shown={Kind.DATE: zero_for_empty("yyyy-mm-dd"), Kind.MONTH: zero_for_empty("yyyy-mm")},
    ),
    _shown("shown months", "month-format", "months under yyyy-mm", shown={Kind.MONTH: day_shown("yyyy-mm")}),
    _shown("shown months", "chinese-month-format", "months under yyyy年m月", shown={Kind.MONTH: day_shown('yyyy"年"m"月"')}),
    _shown("shown months", "month-word-format", "months under mmm-yy", shown={Kind.MONTH: day_shown("mmm-yy")}),
    _shown("shown numbers", "plain-numbers", "numbers as numbers", shown={kind: number_shown("") for kind in NUMBERS}),
    _shown(
        "shown numbers",
        "thousands-format",
        "numbers under #,##0.00",
        shown={kind: number_shown("#,##0.00") for kind in (Kind.YUAN, Kind.WAN_YUAN)},
    ),
    _shown(
        "shown numbers",
        "currency-format",
        "amounts under ¥#,##0.00",
        shown={Kind.YUAN: number_shown('"¥"#,##0.00;[Red]-"¥"#,##0.00')},
    ),
    _shown(
        "shown numbers",
        "accounting-format",
        "amounts under an accounting format",
        shown={Kind.YUAN: number_shown('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ')},
    ),
    _shown(
        "shown numbers",
        "word-format",
        "amounts and persons under formats with a word",
        shown={Kind.YUAN: number_shown('0.00"元"'), Kind.INTEGER: number_shown('0"人"')},
    ),
    _shown("shown shares", "percent-format", "shares as percent", shown={Kind.PERCENT: number_shown("0%", 100)}),
    _shown(
        "shown shares",
        "fine-percent-format",
        "shares as percent with two places",
        shown={Kind.PERCENT: number_shown("0.00%", 100)},
    ),
    _shown("shown codes", "code-numbers", "county codes as numbers", shown={Kind.CODE: number_shown("")}),
    _shown(
        "shown codes",
        "padded-codes",
        "numbers of certificates and books under 00000000",
        shown={Kind.CODE: padded, Kind.TEXT: padded},
    ),
    _shown("merged", "merged-households", "merged cells, a block a household", merged=True),
    # The manifest
    Rewriting(
        "manifest",
        "manifest-bom",
        "a manifest with a byte order mark and CR LF",
        _manifest(form=Text(encoding="utf-8-sig", newline="\r\n")),
    ),
    Rewriting("manifest", "manifest-gb", "a manifest in GB18030", _manifest(form=Text(encoding="gb18030"))),
    Rewriting("manifest", "manifest-reversed", "its lines in the other order", _manifest(is_reversed=True)),
    Rewriting(
        "manifest",
        "manifest-saved",
        "a manifest saved by a spreadsheet: 2017/12/31, 1,234, backslashes, upper case",
        _manifest(
            line=lambda line: (
                line[0].replace("/", "\\"),
                *line[1:4],
                line[4].replace("-", "/"),
                f"{int(line[5]):,}",
                line[6].upper(),
            )
        ),
    ),
    Rewriting(
        "manifest",
        "manifest-protected",
        'a manifest whose codes are protected by ="…"',
        _manifest(line=lambda line: (*line[:3], _quoted(line[3]), *line[4:])),
    ),
    Rewriting(
        "manifest",
        "manifest-blanks",
        "a manifest with blanks and tabs around its cells",
        _manifest(line=lambda line: tuple(f" {cell}\t" for cell in line)),
    ),
)
SLOTS = tuple(dict.fromkeys(rewriting.slot for rewriting in CATALOGUE))
BY_NAME = {rewriting.name: rewriting for rewriting in CATALOGUE}


def combination(seed: int) -> tuple[Rewriting, ...]:
    """Some rewritings that go together, drawn by the seed: at most one a slot, in the order of the slots."""
    dice = Random(seed)
    slots = sorted(dice.sample(SLOTS, dice.randint(3, 8)), key=SLOTS.index)
    return tuple(dice.choice([rewriting for rewriting in CATALOGUE if rewriting.slot == slot]) for slot in slots)


def combined(delivery: Delivery, rewritings: tuple[Rewriting, ...], seed: int) -> Delivery:
    """The delivery with every rewriting, each on about half of the files: a city's offices write each in its own way."""
    for rewriting in rewritings:
        if rewriting.is_whole or rewriting.slot == "manifest":
            delivery = rewriting(delivery, seed)
        else:
            dice = Random(f"{seed} {rewriting.name} files")
            chosen = [dice.random() < 0.5 for _ in delivery.files]
            some = rewriting(
                replace(delivery, files=tuple(f for f, yes in zip(delivery.files, chosen, strict=True) if yes)), seed
            )
            others = tuple(f for f, yes in zip(delivery.files, chosen, strict=True) if not yes)
            delivery = replace(some, files=(*some.files, *others))
    return delivery
