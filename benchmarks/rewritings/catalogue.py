"""The catalogue: forms that a careful reader takes for the same. A new one is a line here, with a sentence of its own."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from benchmarks.rewritings.cell_forms import CELLS
from benchmarks.rewritings.cells import (
    NUMBERS,
    day_shown,
    inside,
    number_shown,
    padded,
    zero_for_empty,
)
from benchmarks.rewritings.entries import (
    MONEY_UNITS,
    Rewriting,
    after_header,
    counted,
    cut_ends,
    guide,
    headed,
    longer,
    manifest,
    other_words,
    own_names,
    printed,
    quoted,
    shown,
    signed,
)
from benchmarks.rewritings.files import Delivery, Text
from benchmarks.rewritings.sheets import (
    below_in_third,
    between,
    blank,
    by_county,
    header_again,
    headers,
    in_parts,
    in_sheets,
    in_two_rows,
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
    unlisted_headers,
    with_columns,
    with_unit,
)
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Kind

CATALOGUE: tuple[Rewriting, ...] = (
    # How the rows are spread over files
    Rewriting("files", "in-parts", "every file in three, row by row", in_parts(3), is_whole=True),
    Rewriting("files", "by-county", "a file a county", by_county, is_whole=True),
    Rewriting("files", "put-together", "one file a data set", put_together, is_whole=True),
    Rewriting("files", "in-sheets", "workbooks of three sheets each", in_sheets(3)),
    Rewriting("again", "sent-again", "a file of each set twice, under another name and turned round", sent_again, True, True),
    Rewriting("names", "final-version", "names that end in （终稿）", renamed("{path}（终稿）")),
    Rewriting("names", "names-with-blanks", "names with blanks", renamed("{path} 2018 01 08")),
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
    Rewriting("headers", "unlisted", "headers that no contract lists and offices write", sheets(unlisted_headers)),
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
    headed("numbered-headers", "headers as 1.姓名", lambda f: f"{len(f.header)}.{f.header}"),
    headed("circled-headers", "headers as ①姓名", lambda f: f"①{f.header}"),
    headed("required-headers", "headers as ★姓名*必填", lambda f: f"★{f.header}*必填"),
    *(
        headed(
            name,
            f"units as {says}",
            lambda f, says=says: (
                f.header + says.replace("元", MONEY_UNITS.get(f.kind, "")) if f.kind in MONEY_UNITS else f.header
            ),
        )
        for name, says in (
            ("slash-units", "/元"),
            ("colon-units", "：元"),
            ("bare-units", "元"),
            ("open-units", "（元"),
            ("named-units", "（单位：元）"),
        )
    ),
    other_words("other-numbers", "身份证号码", "公民身份证号"),
    other_words("certificate-numbers", "身份证号码", "证件号"),
    other_words("times", "日期", "时间"),
    other_words("other-accounts", "账号", "卡号"),
    other_words("other-account-sign", "账", "帐"),
    other_words("counties", "县市区", "县区"),
    other_words("towns", "乡镇街道", "所属乡镇"),
    other_words("villages", "村社区", "村（社区）名称"),
    other_words("month-words", "月份", "年月"),
    headed(
        "number-words", "headers with 编号 for 号", lambda f: f"{f.header[:-1]}编号" if f.header.endswith("证号") else f.header
    ),
    Rewriting("headers", "column-numbers", "the numbers of the columns below the header", after_header(counted)),
    Rewriting("headers", "database-names", "names of a database below the header", after_header(own_names)),
    headed("hive-names", "headers behind the table's name: t.姓名", lambda f: f"t.{f.header}"),
    Rewriting(
        "headers",
        "units-below",
        "the units of the columns below the header",
        after_header(lambda sheet: tuple(MONEY_UNITS.get(c.field.kind, "") if c.field else "" for c in sheet.columns)),
    ),
    Rewriting("headers", "ruled", "a line of dashes below the header", after_header(lambda s: ("------",) * len(s.columns))),
    Rewriting("headers", "pages", "title, header and number on each page", sheets(printed)),
    Rewriting("headers", "two-rows", "a header in two rows, groups above", sheets(in_two_rows)),
    Rewriting("headers", "repeated-header", "the header again every 30 rows", sheets(between(header_again, 30))),
    *CELLS,
    # Rows that are none
    Rewriting("between", "blank-rows", "a blank row after every ten", sheets(between(blank, 10))),
    Rewriting("between", "subtotals", "小计 a town", sheets(subtotals("小计"))),
    Rewriting("between", "town-subtotals", "清河口镇 小 计 a town", sheets(subtotals("{town} 小　计"))),
    Rewriting("totals", "total", "合计 below", sheets(total("合计"))),
    Rewriting("totals", "spread-total", "合　计 below", sheets(total("合　　计"))),
    Rewriting("totals", "total-in-third", "总 计 below, in the third column", sheets(total("总 计", at=2))),
    Rewriting("totals", "english-total", "Total below", sheets(total("Total"))),
    Rewriting("totals", "average", "平均值 below", sheets(total("平均值"))),
    Rewriting("totals", "persons", "合计30人 below", sheets(total("合计30人"))),
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
    Rewriting("below", "signed-cells", "who signed, a cell each", sheets(signed)),
    Rewriting(
        "below", "notes", "notes of several lines", sheets(noted("说明：1、数据截至年底。", "2、金额单位为元。", "（以下空白）"))
    ),
    Rewriting("below", "stamp", "a place for the stamp and the day", sheets(noted("单位（盖章）：", "2018年1月8日"))),
    Rewriting("below", "count", "how many rows there are", sheets(noted("(30 rows affected)"))),
    Rewriting("below", "rows-counted", "how many rows were exported", sheets(noted("已选择30行。"))),
    Rewriting("below", "the-end-within", "以下空白 in the third column", sheets(below_in_third("**以下空白**"))),
    Rewriting("between", "village-captions", "马家村 above its rows", sheets(between(lambda s: ("马家村", *blank(s)[1:]), 25))),
    Rewriting("totals", "one-word-total", "计 below", sheets(total("计"))),
    # Text files
    Rewriting("encoding", "bom", "UTF-8 with a byte order mark", text(encoding="utf-8-sig")),
    Rewriting("encoding", "gb18030", "GB18030", text(encoding="gb18030")),
    Rewriting("encoding", "utf-16", "UTF-16", text(encoding="utf-16")),
    Rewriting("encoding", "utf-16-le", "UTF-16 without a byte order mark", text(encoding="utf-16-le")),
    Rewriting("encoding", "utf-16-be", "UTF-16, high bytes first, without a byte order mark", text(encoding="utf-16-be")),
    Rewriting("separator", "hive", "the control of Hive between cells", text(separator="\x01", suffix=".txt")),
    Rewriting("separator", "full-width-commas", "full-width commas", text(separator="，")),
    Rewriting("separator", "tab", "tabs", text(separator="\t")),
    Rewriting("separator", "tab-txt", "tabs under .txt", text(separator="\t", suffix=".txt")),
    Rewriting("separator", "semicolon", "semicolons", text(separator=";")),
    Rewriting("separator", "pipe", "bars", text(separator="|")),
    Rewriting("separator", "carets", "carets", text(separator="^")),
    Rewriting("separator", "tildes", "tildes", text(separator="~")),
    Rewriting("separator", "upper-suffix", "commas under .CSV", text(suffix=".CSV")),
    Rewriting("archive", "zip", "a text in an archive", text(suffix=".zip")),
    Rewriting("line ends", "crlf", "CR LF", text(newline="\r\n")),
    Rewriting("line ends", "cr", "CR alone", text(newline="\r")),
    Rewriting("protection", "all-quoted", "quotes around every cell", text(is_quoted=True)),
    Rewriting("protection", "equals", '="…"', text(cell=quoted)),
    Rewriting(
        "protection", "apostrophes", "an apostrophe before every cell", text(cell=lambda cell: f"'{cell}" if cell else cell)
    ),
    Rewriting("protection", "trailing-tabs", "a tab behind every cell", text(cell=lambda cell: f"{cell}\t")),
    Rewriting("protection", "trailing-blanks", "blanks behind every cell", text(cell=lambda cell: f"{cell}  ")),
    Rewriting("row ends", "cut", "empty cells left out at the end of a row", sheets(cut_ends)),
    Rewriting("row ends", "longer", "a comma more at the end of a row", sheets(longer)),
    Rewriting(
        "row ends", "longer-all", "a comma more at the end of every line, the header's, too", text(row=lambda row: (*row, ""))
    ),
    # Workbooks
    shown("book", "texts", "texts only"),
    shown("book", "in-line", "texts in the sheet itself", in_line=True),
    shown("book", "old-workbooks", "texts in .xls", suffix=".xls"),
    shown("book", "et", "texts in .et of WPS", suffix=".et"),
    shown("book", "open-documents", "texts in .ods", suffix=".ods"),
    shown("book", "zipped-books", "texts in a workbook in an archive", suffix=".zip"),
    shown("book", "guide", "a sheet of instructions before the table", extra_sheets=guide),
    shown("book", "upper-xlsx", "the suffix .XLSX", suffix=".XLSX"),
    shown("sheets", "reversed", "sheets in the other order", is_reversed=True),
    shown("shown days", "iso-format", "days under yyyy-mm-dd", shown={Kind.DATE: day_shown("yyyy-mm-dd")}),
    shown("shown days", "short-format", "days under m/d/yy", shown={Kind.DATE: day_shown("m/d/yy")}),
    shown("shown days", "chinese-format", "days under yyyy年m月d日", shown={Kind.DATE: day_shown('yyyy"年"m"月"d"日"')}),
    shown("shown days", "locale-format", "days under a format of a locale", shown={Kind.DATE: day_shown("[$-804]yyyy/m/d;@")}),
    shown(
        "shown days",
        "zero-days-shown",
        "days, and 0 where there is none",
        shown={Kind.DATE: zero_for_empty("yyyy-mm-dd"), Kind.MONTH: zero_for_empty("yyyy-mm")},
    ),
    shown("shown months", "month-format", "months under yyyy-mm", shown={Kind.MONTH: day_shown("yyyy-mm")}),
    shown("shown months", "chinese-month-format", "months under yyyy年m月", shown={Kind.MONTH: day_shown('yyyy"年"m"月"')}),
    shown("shown months", "month-word-format", "months under mmm-yy", shown={Kind.MONTH: day_shown("mmm-yy")}),
    shown("shown numbers", "plain-numbers", "numbers as numbers", shown={kind: number_shown("") for kind in NUMBERS}),
    shown(
        "shown numbers",
        "thousands-format",
        "numbers under #,##0.00",
        shown={kind: number_shown("#,##0.00") for kind in (Kind.YUAN, Kind.WAN_YUAN)},
    ),
    shown(
        "shown numbers",
        "currency-format",
        "amounts under ¥#,##0.00",
        shown={Kind.YUAN: number_shown('"¥"#,##0.00;[Red]-"¥"#,##0.00')},
    ),
    shown(
        "shown numbers",
        "accounting-format",
        "amounts under an accounting format",
        shown={Kind.YUAN: number_shown('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ')},
    ),
    shown(
        "shown numbers",
        "word-format",
        "amounts and persons under formats with a word",
        shown={Kind.YUAN: number_shown('0.00"元"'), Kind.INTEGER: number_shown('0"人"')},
    ),
    shown("shown shares", "percent-format", "shares as percent", shown={Kind.PERCENT: number_shown("0%", 100)}),
    shown(
        "shown shares",
        "fine-percent-format",
        "shares as percent with two places",
        shown={Kind.PERCENT: number_shown("0.00%", 100)},
    ),
    shown("shown codes", "code-numbers", "county codes as numbers", shown={Kind.CODE: number_shown("")}),
    shown(
        "shown codes",
        "padded-codes",
        "numbers of certificates and books under 00000000",
        shown={Kind.CODE: padded, Kind.TEXT: padded},
    ),
    shown("merged", "merged-households", "merged cells, a block a household", merged=True),
    shown("database", "dbase", "dBASE files, names cut to ten bytes", suffix=".dbf"),
    # The manifest
    Rewriting(
        "manifest",
        "manifest-bom",
        "a manifest with a byte order mark and CR LF",
        manifest(form=Text(encoding="utf-8-sig", newline="\r\n")),
    ),
    Rewriting("manifest", "manifest-gb", "a manifest in GB18030", manifest(form=Text(encoding="gb18030"))),
    Rewriting("manifest", "manifest-reversed", "its lines in the other order", manifest(is_reversed=True)),
    Rewriting(
        "manifest",
        "manifest-saved",
        "a manifest saved by a spreadsheet: 2017/12/31, 1,234, backslashes, upper case",
        manifest(
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
        manifest(line=lambda line: (*line[:3], quoted(line[3]), *line[4:])),
    ),
    Rewriting(
        "manifest",
        "manifest-titles",
        "a manifest with the data sets' Chinese names",
        manifest(line=lambda line: (line[0], DATA_SETS[line[1]].title, *line[2:])),
    ),
    Rewriting(
        "manifest",
        "manifest-named-hashes",
        "a manifest with sha256: before the hashes and data sets in capitals",
        manifest(line=lambda line: (line[0], line[1].upper(), *line[2:6], f"sha256:{line[6]}")),
    ),
    Rewriting(
        "manifest",
        "manifest-blanks",
        "a manifest with blanks and tabs around its cells",
        manifest(line=lambda line: tuple(f" {cell}\t" for cell in line)),
    ),
)
SLOTS = tuple(dict.fromkeys(rewriting.slot for rewriting in CATALOGUE if rewriting.slot != "database"))
"""Of combinations: a database holds a plain table, under names of ten bytes."""
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
