"""The certificate of a deletion: what was removed, how much, under which digest, by whom; it is the plan of the purge, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from casework.removals import Ranges, Removal, YearTotals
from expectations.conf import Conf
from jobs.sheets.tables import Heading, cell_formats, new_book, write_table

FOLDER = "certificates"
Kind = Literal["registers", "findings", "casework"]
_KINDS = {"registers": "登记数据及可识别个人的数据", "findings": "比对结果、清单及模型", "casework": "核查办理记录"}
_FILES = (
    Heading("数据集", 20), Heading("文件编号", 20), Heading("数据截止日期", 14), Heading("读入行数", 12, "whole"),
    Heading("本次销毁行数", 14, "whole"), Heading("因未办结案件保留", 18, "whole"), Heading("台账核对", 12),
)  # fmt: skip
THINGS = (
    Heading("对象", 40, "wrapped"),
    Heading("类别", 24, "wrapped"),
    Heading("行数或文件数", 14, "whole"),
    Heading("保留行数", 12, "whole"),
    Heading("摘要（SHA-256）", 70),
)
_YEARS = (
    Heading("办理年度", 12), Heading("销毁记录数", 14, "whole"), Heading("其中核查结论", 14, "whole"), Heading("其中查是", 12, "whole"),
    Heading("追缴到账（元）", 18, "yuan"),
)  # fmt: skip
_MOST_RANGES = 20
"""Of numbers, told in a cell: it holds 32,767 characters, and a page less."""
_FACTS = (Heading("事项", 24), Heading("内容", 100, "wrapped"))
_HELD = (Heading("案件编号", 24),)


class FilePart(Conf):
    """A delivered file, of which rows were removed. read_rows: by ops.files. held: rows that an open case rests on."""

    file_id: str
    data_set: str
    extract_date: date
    read_rows: int | None
    removed: int
    held: int

    @property
    def reconciles(self) -> bool:
        """Are the rows that were there the ones that the ledger has? A file that an earlier purge left some rows of has fewer."""
        return self.read_rows is None or self.removed + self.held == self.read_rows


class Thing(Conf):
    """A table, or files: how many rows or files went, and the digest of what was there. path: below the root that it is of."""

    root: str
    path: str
    kind: Kind
    removed: int
    held: int = 0
    sha256: str


class Certificate(Conf):
    """root: a lake or the results, by its path."""

    as_of: date
    by: str
    second: str
    begun_at: str
    kept_months: dict[str, int]
    sources: dict[str, str]
    files: tuple[FilePart, ...]
    things: tuple[Thing, ...]
    held_cases: tuple[str, ...] = Field(description="open cases and appeals, of which rows stay")
    casework: Removal | None = Field(None, description="what goes of the case store; null where nothing of it is over")
    restricted_left: int = Field(
        0, description="events left there that hold a corrected number or names of people held to account"
    )


def write_certificate(folder: Path, certificate: Certificate) -> None:
    """销毁证明 as JSON and as a workbook, each printed on one page's width."""
    name = f"销毁证明_{certificate.as_of.isoformat()}"
    (folder / f"{name}.json").write_text(certificate.model_dump_json(indent=1) + "\n", encoding="utf-8")
    book = new_book(folder / f"{name}.xlsx", "数据销毁证明", certificate.as_of)
    formats = cell_formats(book)
    title = "数据销毁证明"
    write_table(book, formats, "证明", _FACTS, _facts(certificate), title=title)
    write_table(book, formats, "报送文件", _FILES, [_file_row(part) for part in certificate.files], title=title)
    if certificate.casework is not None:
        write_table(book, formats, "办理记录", _YEARS, [_year_row(year) for year in certificate.casework.years], title=title)
    write_table(book, formats, "数据表与文件", THINGS, [_thing_row(part) for part in certificate.things], title=title)
    if certificate.held_cases:
        write_table(book, formats, "暂缓案件", _HELD, [(case,) for case in certificate.held_cases], title=title)
    book.close()


def _facts(certificate: Certificate) -> Sequence[tuple[str, str]]:
    rows = sum(part.removed for part in certificate.files)
    kept = [f"{_KINDS[kind]}：{months}个月（{certificate.sources[kind]}）" for kind, months in certificate.kept_months.items()]
    return [
        ("截止日", certificate.as_of.isoformat()),
        ("执行人", certificate.by),
        ("监督人", certificate.second),
        ("开始时间（UTC）", certificate.begun_at),
        *(("保存期限", line) for line in kept),
        (
            "销毁范围",
            f"报送文件{len(certificate.files)}份，共{rows:,}行；数据表、清单及其他文件{len(certificate.things)}项。历史版本和中间结果一并销毁。",
        ),
        (
            "暂缓销毁",
            f"未办结或申诉中的案件{len(certificate.held_cases):,}件{'，相关行予以保留，编号见“暂缓案件”表' if certificate.held_cases else ''}。",
        ),
        *_of_casework(certificate),
        ("签字", "执行人：                    监督人：                    日期："),
    ]


def _of_casework(certificate: Certificate) -> Iterator[tuple[str, str]]:
    left = f"办理记录中仍有{certificate.restricted_left}条含更正后的证件号码或被问责人员姓名，不随登记数据销毁，保存至其案件的办理记录到期。"
    if certificate.restricted_left:
        yield "未到期的办理记录", left
    if (gone := certificate.casework) is None:
        return
    yield (
        "办理记录",
        f"已销号案件{gone.cases}件，共{gone.events:,}条记录（其中含证件号码或姓名的{gone.restricted}条），序号{_told(gone.positions)}；"
        f"发放登记{_told(gone.editions)}。记录编号摘要（SHA-256）：{gone.sha256}。销毁前办理记录库至第{gone.last_position:,}号。",
    )
    yield (
        "本程序不能保证的",
        "办理记录库在数据库服务器上的，表已重写，服务器自身的日志、备份和从库由数据库管理员销毁；磁盘上文件已放弃的块、OUT以外的副本，"
        "由保管单位销毁。",
    )


def _told(numbers: Ranges) -> str:
    told = [str(first) if first == last else f"{first}—{last}" for first, last in numbers]
    more = f"等{len(told)}段，全部序号见同名JSON文件" if len(told) > _MOST_RANGES else ""
    return "、".join(told[:_MOST_RANGES]) + more or "无"


def _year_row(year: YearTotals) -> tuple[object, ...]:
    return f"{year.year}年", year.events, year.verdicts, year.confirmed, year.recovered_yuan


def _file_row(part: FilePart) -> tuple[object, ...]:
    state = "一致" if part.reconciles else "与台账不一致"
    return part.data_set, part.file_id, part.extract_date.isoformat(), part.read_rows, part.removed, part.held, state


def _thing_row(part: Thing) -> tuple[object, ...]:
    return part.path, _KINDS[part.kind], part.removed, part.held, part.sha256
