"""What is fuzzed: for each kind of file, how bytes are tried as one, and sound files to begin with."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from benchmarks.fuzzing import configuration, deliveries, returned_files
from benchmarks.rewritings.other_books import archive_of, database, old_workbook, open_document
from expectations.contracts.deliveries import DATA_SETS

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "fuzzing" / "corpus"
"""Inputs that reached what no seed reached, and those that once found a fault: a folder a target."""
_HEADER = [field.header for field in DATA_SETS["payments"].fields]
_ROWS = [
    [_SAID.get(header, "") for header in _HEADER]
    for _SAID in (
        {
            "行政区划代码": "420292", "项目": "农村低保", "证号": f"D000{n}", "领取人姓名": "张三", "领取人身份证号": "42029219500101102X",
            "所属期": "201701", "发放日期": "2017-01-20", "发放人数": "2", "发放金额": f"64{n}.00", "发放类型": "正常",
            "银行账号": "6217000000000001", "开户名": "张三", "发放批次": "1",
        }
        for n in range(2)
    )
]  # fmt: skip
TABLE = [_HEADER, *_ROWS]
"""A register of payments: as small as it may be, for inputs grow and are tried a million times."""


@dataclass(frozen=True)
class Target:
    """A kind of file. tried: writes the bytes into the folder and reads them; tells whether they were read, and raises anything where
    they are neither read in full nor refused in words. seeds: sound files; odd: what editors and programs put into such files."""

    name: str
    tried: Callable[[Path, bytes], bool]
    seeds: Sequence[bytes]
    odd: Sequence[str]

    def corpus(self) -> list[bytes]:
        """The seeds, and what is kept of them all."""
        kept = sorted((CORPUS / self.name).glob("*")) if (CORPUS / self.name).is_dir() else []
        return [*self.seeds, *(path.read_bytes() for path in kept)]


def _text(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in rows)


def _texts() -> list[bytes]:
    titled = [["农村低保发放表"], ["单位：元"], *TABLE, ["合计", "", "3"]]
    quoted = [_HEADER, *([f'"{cell}"' for cell in row] for row in _ROWS)]
    return [
        _text(TABLE).encode(),
        _text(TABLE, "\t", "\r\n").encode("gb18030"),
        _text(titled, ";").encode("utf-16"),
        _text(quoted, "|", "\r").encode("utf-8-sig"),
    ]


def _workbook() -> dict[str, bytes]:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for name, rows in (("表", TABLE), ("次", TABLE[:2])):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
        sheet.write_number(2, 8, 0.5, book.add_format({"num_format": "0%"}))
        sheet.merge_range(2, 0, 3, 0, "420292")
        sheet.set_row(2, None, None, {"hidden": True})
    return deliveries.parts_of(content.getvalue())


_BOOK = {name: part for name, part in _workbook().items() if not name.startswith(("docProps", "xl/theme"))}
_OPEN = deliveries.parts_of(open_document({"表": TABLE, "次": TABLE[:2]}))
_BINARY = deliveries.parts_of((CORPUS.parents[1] / "delivery" / "books" / "short_cells.xlsb").read_bytes())
_ARCHIVE = {"发放.csv": _text(TABLE).encode("gb18030")}
_OF_TEXT = (
    '"',
    '""',
    "\\x0a",
    "\\x0d\\x0a",
    "\\x00",
    "\\xef\\xbb\\xbf",
    "\\xff\\xfe",
    "联通",
    "同上",
    "合计",
    "万元",
    "姓名及身份证号",
    "，",
)
_OF_XML = (
    "</row>",
    "<c ",
    ' r="XFD1048576"',
    ' t="s"',
    ' t="inlineStr"',
    ' s="9"',
    ' hidden="1"',
    "&#0;",
    "<!--",
    "1e999",
    "<mergeCell ",
)
_OF_BYTES = ("\xff", "\x80", "\x00\x00", "\x1a", "(元)")
_OF_PARTS = (' table:number-rows-repeated="9"', ' table:number-columns-repeated="9999"', "percentage")
_MANIFEST = "文件名,数据集,报送单位,行政区划代码,数据截止日期,记录数,SHA256\n" + "".join(
    f"{n}.csv,payments,民政局,420200,2017-12-31,1,{'ab' * 32}\n" for n in range(3)
)
TARGETS = {
    target.name: target
    for target in (
        Target("text", deliveries.is_text, _texts(), _OF_TEXT),
        Target("csv", deliveries.is_delivered("表.csv"), _texts(), _OF_TEXT),
        Target("zip", deliveries.is_delivered("表.zip"), [archive_of(_ARCHIVE), deliveries.archived(_ARCHIVE)], _OF_TEXT),
        Target("xlsx", deliveries.is_packed("表.xlsx", _BOOK), deliveries.packed_seeds(_BOOK), _OF_XML),
        Target("ods", deliveries.is_packed("表.ods", _OPEN), deliveries.packed_seeds(_OPEN), (*_OF_XML, *_OF_PARTS)),
        Target("xlsb", deliveries.is_packed("表.xlsb", _BINARY), deliveries.packed_seeds(_BINARY), _OF_BYTES),
        Target("xls", deliveries.is_delivered("表.xls"), [old_workbook({"表": TABLE})], _OF_BYTES),
        Target("dbf", deliveries.is_delivered("表.dbf"), [database({"表": TABLE})], _OF_BYTES),
        Target(
            "manifest", deliveries.is_manifest, [_MANIFEST.encode(), _MANIFEST.replace(",", "\t").encode("gb18030")], _OF_TEXT
        ),
        Target("verdicts", returned_files.is_taken_in("反馈.csv"), returned_files.form_seeds(), _OF_TEXT),
        Target("decisions", returned_files.is_decided, returned_files.decision_seeds(), _OF_TEXT),
        Target(
            "configuration",
            configuration.is_loaded,
            configuration.sections(),
            ("!!", "&a ", "*a", "<<: ", "- ", ".inf", ".nan", "0x"),
        ),
    )
}
