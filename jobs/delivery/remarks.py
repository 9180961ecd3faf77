"""What is said of a delivered file: a code with its details, worded for the data team (English) and for the department (Chinese)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """A remark in both languages and, for the department, how to mend what it tells. Braces name details."""

    en: str
    zh: str
    mend: str = "无需处理。"


RESEND = "请核对后重新报送该文件，并更新交接清单中的记录数和SHA256。"
WORDINGS: dict[str, Wording] = {
    "unlisted": Wording(
        "not listed in the manifest",
        "文件在目录中，但交接清单未登记",
        "如需使用，请在交接清单中补登该文件；如系误放，请移除。",
    ),
    "absent": Wording(
        "listed in the manifest, but not there", "交接清单已登记，但未收到该文件", "请补报该文件，或从交接清单中删除该行。"
    ),
    "wrong_hash": Wording(
        "SHA256 is {found}…, the manifest says {claimed}…",
        "文件的SHA256为{found}…，与交接清单（{claimed}…）不符，文件可能在传输中损坏或已被改动",
        "请核对是否为最终版本，重新传输，并更新交接清单中的SHA256。",
    ),
    "unknown_data_set": Wording(
        "unknown data set '{data_set}'", "交接清单中的数据集代码“{data_set}”不在约定之列", "请按数据约定填写数据集代码。"
    ),
    "no_file": Wording(
        "not a file, but a folder, a pipe, a device or a link that leads nowhere",
        "不是文件，而是文件夹、管道、设备或失效的链接，未读取",
        "请放入文件本身，并核对交接清单中的文件名。",
    ),
    "changed": Wording(
        "changed while it was read; nothing of it was kept",
        "文件在读取过程中被改动，未采用其中任何内容",
        "请在文件定稿后重新报送，读取期间请勿改动；交接清单中的SHA256应与定稿一致。",
    ),
    "set_aside": Wording(
        "the delivery was refused as a whole; nothing of it was kept",
        "整份报送未通过质量关口，未采用其中任何内容",
        "请按回执改正后重新报送整份数据。",
    ),
    "no_extract_date": Wording(
        "the manifest's extract date is '{cell}'; expected a day such as 2017-12-31",
        "交接清单中的数据截止日期“{cell}”无法识别，本文件未读取",
        "请按2017-12-31的格式填写数据截止日期后重新报送。",
    ),
    "no_row_count": Wording(
        "the manifest's row count is '{cell}'; expected a whole number, so the count was not checked",
        "交接清单中的记录数“{cell}”无法识别，未核对记录数",
        "请填写整数，例如1234。",
    ),
    "no_division_code": Wording(
        "the manifest's area is '{cell}'; expected a code such as 420222: no other extract of its area replaces this file, or is replaced",
        "交接清单中的行政区划代码“{cell}”不是代码，无法与该地区的其他数据文件互相替代",
        "请填写六位代码，例如420222。",
    ),
    "long_name": Wording(
        "the manifest's {column} has more than {limit} characters and was cut",
        "交接清单中的{column}超过{limit}个字，已截短",
        "请填写规范名称。",
    ),
    "told_twice": Wording(
        "the manifest has the column {column} more than once and says different things there: the first counts",
        "交接清单中“{column}”列重复且内容不一致，以第一列为准",
        "请删除重复的列。",
    ),
    "leads_out": Wording("the path leads out of the delivery", "文件名指向报送目录之外", "请将文件放入报送目录后重新登记。"),
    "unreadable_file": Wording("cannot be read ({why})", "文件无法读取（{why}）", RESEND),
    "no_header": Wording(
        "no header of {title} among the first {depth} rows",
        "前{depth}行中未找到“{title}”的表头",
        "请确认文件内容与数据集一致，保留表头行；文本文件各列请以逗号或制表符分隔。",
    ),
    "missing_column": Wording(
        "required column {columns} is missing; headers found: {found}",
        "缺少必需的列：{columns}。现有表头：{found}",
        "请补充所缺的列后重新报送。",
    ),
    "side_by_side": Wording(
        "two tables side by side: every column that is needed is there twice",
        "工作表中左右并排放置了两个表格，各列均出现两次，无法读取",
        "请将右侧的表格移到左侧表格的下方，使每行只有一条记录，然后重新报送。",
    ),
    "unread_tables": Wording(
        "further tables below the first, with headers in rows {rows} that lack required columns: not read, to be delivered apart",
        "同一表中还有其他表格（表头在第{rows}行），缺少必需的列，其下各行未采用",
        "请将各表格分别存为单独的文件，补充所缺的列后重新报送，并更新交接清单。",
    ),
    "count_differs": Wording(
        "the manifest claims {claimed} rows, the file holds {found}",
        "交接清单记录数为{claimed}，文件实有{found}条",
        "请核对是否漏报或多报；如文件无误，请更正交接清单中的记录数。",
    ),
    "unknown_columns": Wording(
        "unknown columns kept aside: {columns}",
        "以下列不在约定之列，已另行保存、未参与比对：{columns}",
        "如系表头笔误，请更正表头。",
    ),
    "same_field": Wording(
        "several columns mean {field}: {used} was read, and kept aside were: {aside}",
        "有多列表示“{field}”：已采用“{used}”，以下列仅留存备查：{aside}",
        "请核对应采用哪一列；如有误，请只保留正确的一列，或更正表头后重新报送。",
    ),
    "same_bytes": Wording("the same bytes as {other}", "与“{other}”内容完全相同，只计一次"),
    "rows_repeated": Wording(
        "{rows} rows stand in {other}, too, and count once; the other {left} count as they are",
        "有{rows}条与“{other}”中的记录各项相同，视为重复报送，只计一次；其余{left}条照常采用",
        "请核对是否重复报送：如系重复，请只保留一份并更新交接清单；如确为两次业务，请书面说明。",
    ),
    "rows_alike": Wording(
        "{rows} rows differ from rows of {other} in numbers or accounts alone: perhaps a copy that a spreadsheet damaged; both count",
        "有{rows}条与“{other}”中的记录仅身份号码或账号不同，可能是号码受损的重复报送；两份均已计入",
        "请核对：如系同一批数据，请只保留号码完整的一份并更新交接清单；如确为不同业务，请书面说明。",
    ),
    "rows_replaced": Wording(
        "{rows} rows do not count: {other} holds a newer extract of the same, of {day}",
        "有{rows}条在“{other}”中已有更新数据（截至{day}），留存备查，以更新数据为准",
    ),
    "newer_extract": Wording("a newer extract of the area, of {day}, is there", "已有该地区截至{day}的更新数据，本文件留存备查"),
    "later_extract": Wording(
        "stands for {day}, after the day of this run; an extract up to that day is there",
        "数据截止日期为{day}，晚于本次比对日期，已采用此前的数据，本文件留存备查",
    ),
    "delivered_again": Wording(
        "the department delivered this extract again, in delivery {number}",
        "该数据已在第{number}次报送中重新报送，本文件留存备查",
    ),
    "empty_file": Wording("an empty file", "文件为空", RESEND),
    "locked_workbook": Wording(
        "a workbook protected by a password; set MINGJING_WORKBOOK_PASSWORD to it, or ask for the file without one",
        "电子表格设有打开密码，无法读取",
        "请取消密码后重新报送，并更新交接清单中的SHA256。",
    ),
    "wrong_password": Wording(
        "a workbook protected by another password than MINGJING_WORKBOOK_PASSWORD",
        "电子表格的打开密码与约定的不符，无法读取",
        "请使用约定的密码或取消密码后重新报送，并更新交接清单中的SHA256。",
    ),
    "web_page": Wording(
        "a web page or XML under the name of a table, which is not read",
        "文件实为网页或XML，并非表格，无法读取",
        "请用电子表格软件打开后另存为.xlsx或.csv，重新报送，并更新交接清单。",
    ),
    "archive": Wording(
        "an archive (.rar, .7z, .gz), which is not read; only a .zip that holds one file is",
        "文件是压缩包（.rar、.7z、.gz等），无法直接读取",
        "请解压后报送其中的表格，并在交接清单中逐个登记。",
    ),
    "several_in_archive": Wording(
        "an archive of {number} files ({names}): which of them is meant cannot be told",
        "压缩包内有{number}个文件（{names}），无法确定应读取哪一个",
        "请解压后报送其中的表格，并在交接清单中逐个登记；或每个压缩包只放一个表格。",
    ),
    "empty_archive": Wording("an archive without a file", "压缩包内没有文件", RESEND),
    "locked_archive": Wording(
        "an archive protected by a password, which is not read",
        "压缩包设有密码，无法读取",
        "请解压后直接报送其中的表格，或取消密码后重新报送，并更新交接清单中的SHA256。",
    ),
    "damaged_archive": Wording("a damaged archive ({why})", "压缩包已损坏，无法解压（{why}）", RESEND),
    "memo_cells": Wording(
        "cells of {columns} lie in a file beside the database (.fpt, .dbt) and were not read",
        "以下列的内容存放在附属文件（.fpt、.dbt）中，未读取：{columns}",
        "如需使用这些列，请另存为.xlsx或.csv后重新报送。",
    ),
    "cut_unit": Wording(
        "the format has cut the unit of money off the names of {columns}; read in the unit of the contract",
        "以下列名受.dbf格式限制被截断，金额单位无法确认，已按约定的单位读取：{columns}",
        "请核对金额单位；如与约定不同，请注明单位后以.xlsx或.csv重新报送。",
    ),
    "unclear_unit": Wording(
        "the unit of money stated for {columns} is not understood; amounts that do not name their own unit were not read",
        "以下列的金额单位无法确认（单位前后不一，或不是人民币），单元格自身未注明单位的金额未读取：{columns}",
        "请统一换算为人民币，在表头注明单位（元或万元）后重新报送。",
    ),
    "unit_of_line": Wording(
        "{columns} read in ten thousand yuan, as agreed; a line outside of the table says {unit}",
        "表格之外注有“{unit}”，而以下列约定以万元为单位、表头未注明，已按万元读取：{columns}",
        "如该列以元为单位，请在表头注明（元）后重新报送。",
    ),
    "deleted_records": Wording(
        "{rows} records marked as deleted, left out",
        "有{rows}条记录带删除标记，未采用",
        "如这些记录应采用，请恢复后重新报送；否则无需处理。",
    ),
    "big5_text": Wording(
        "text in Big5, the encoding of traditional characters, which is not read",
        "文件采用繁体中文编码（Big5），无法读取",
        "请另存为UTF-8编码的简体.csv或.xlsx后重新报送，并更新交接清单中的SHA256。",
    ),
    "document": Wording(
        "a document (.pdf, .doc, .docx, .wps), which is no table and not read",
        "文件是文档（PDF、Word或WPS文字），并非表格，无法读取",
        "请以.xlsx或.csv格式报送文档所据的表格，并更新交接清单。",
    ),
    "other_format": Wording(
        "neither text nor a workbook (a picture, or encrypted by a program that guards documents?)",
        "文件既不是文本也不是电子表格（可能是图片，或已被文档加密软件加密）",
        "请以.csv或.xlsx格式报送；文件如经加密，请先解密。",
    ),
    "damaged_workbook": Wording("a damaged workbook ({why})", "电子表格已损坏，无法打开（{why}）", RESEND),
    "unpacks_too_large": Wording(
        "unpacks to more than {limit} bytes",
        "文件解压后超过{limit}字节，未读取",
        "请核对文件；如数据确有如此之多，请改用CSV格式报送。",
    ),
    "far_cells": Wording(
        "cells so far from the table that the sheet spans more than {limit} cells",
        "工作表中有远离表格的单元格，所占区域超过{limit}个单元格，未读取",
        "请删除表格以外的内容，或改用CSV格式报送。",
    ),
    "text_by_content": Wording(
        "text under the suffix {suffix}, read as text",
        "文件内容为文本，扩展名却为{suffix}，已按文本读取",
        "请下次使用.csv扩展名。",
    ),
    "old_workbook_by_content": Wording(
        "an old binary workbook under the suffix {suffix}, read as a workbook",
        "文件内容为旧版电子表格，扩展名却为{suffix}，已按电子表格读取",
        "请下次使用.xlsx格式。",
    ),
    "locked_workbook_by_content": Wording(
        "a workbook with a password under the suffix {suffix}, read as a workbook",
        "文件内容为电子表格，扩展名却为{suffix}，已按电子表格读取",
        "请下次使用.xlsx扩展名。",
    ),
    "open_document_by_content": Wording(
        "an OpenDocument spreadsheet under the suffix {suffix}, read as one",
        "文件内容为OpenDocument电子表格，扩展名却为{suffix}，已按电子表格读取",
        "请下次使用.ods或.xlsx扩展名。",
    ),
    "binary_workbook_by_content": Wording(
        "a binary workbook under the suffix {suffix}, read as a workbook",
        "文件内容为二进制工作簿，扩展名却为{suffix}，已按电子表格读取",
        "请下次使用.xlsx或.xlsb扩展名。",
    ),
    "dbase_file_by_content": Wording(
        "a dBASE or FoxPro file under the suffix {suffix}, read as one",
        "文件内容为dBASE或FoxPro数据库，扩展名却为{suffix}，已按数据库读取",
        "请下次使用.dbf或.xlsx扩展名。",
    ),
    "workbook_by_content": Wording(
        "a workbook under the suffix {suffix}, read as a workbook",
        "文件内容为电子表格，扩展名却为{suffix}，已按电子表格读取",
        "请下次使用.xlsx扩展名。",
    ),
    "hidden_rows": Wording(
        "{rows} hidden rows, read like the others", "含{rows}个隐藏行，已一并读取", "如隐藏行不应报送，请删除后重新报送。"
    ),
    "hidden_columns": Wording(
        "hidden columns, read like the others: {columns}",
        "以下列在工作表中被隐藏，已一并读取：{columns}",
        "如隐藏列不应报送，请删除后重新报送。",
    ),
    "hidden_columns_aside": Wording(
        "hidden columns, kept aside and not used: {columns}",
        "以下列在工作表中被隐藏，未采用，仅留存备查：{columns}",
        "如隐藏列中的数据应采用，请取消隐藏后重新报送；否则请删除该列。",
    ),
    "copied_sheets": Wording(
        "sheets that are copies of another one, cell by cell, and count once: {sheets}",
        "以下工作表与另一工作表逐格相同，只计一次：{sheets}",
        "请删除重复的工作表；如确为两次业务，请分文件报送并书面说明。",
    ),
    "continued_sheets": Wording(
        "sheets without a header, read as the table before goes on: {sheets}",
        "以下工作表没有表头，已按前一工作表的表头续读：{sheets}",
        "请下次在每个工作表中保留表头。",
    ),
    "unread_sheets": Wording(
        "sheets without a header of the register, not read: {sheets}",
        "以下工作表没有约定的表头，未读取：{sheets}",
        "如其中有应报送的数据，请补上表头后重新报送；否则无需处理。",
    ),
    "hidden_sheets": Wording(
        "hidden sheets beside a visible one, kept aside and not used: {sheets}",
        "存在可见工作表，以下隐藏工作表未采用，仅留存备查：{sheets}",
        "如隐藏工作表中的数据应采用，请取消隐藏后重新报送；否则请删除该工作表。",
    ),
    "no_rows": Wording("a header, but no row of data", "只有表头，没有数据", "如当期确无数据请予说明；否则请重新报送。"),
    "cut_at_limit": Wording(
        "exactly {rows} rows, where spreadsheets end: probably cut",
        "恰好{rows}行，已达电子表格行数上限，数据可能被截断",
        "请改用CSV格式导出全部数据后重新报送。",
    ),
}
"""Every remark that there is. Codes are kept in ops.files, wordings are not: they may be mended later."""
BELOW_A_HEADER = Wording(
    "below a second header, in row {row}, that lacks {columns}",
    "该行属于另一个表格，其表头（第{row}行）缺少必需的列：{columns}",
    "请将各表格分别存为单独的文件，补充所缺的列后重新报送",
)
ABOVE_THE_HEADER = Wording(
    "above the header, in row {row}",
    "该行位于表头（第{row}行）之上，无法确定各列的含义",
    "请将表头移到全部数据之上；如为另一个表格，请补全其表头后单独报送",
)
"""Why a row is quarantined, where that names a row of the file."""
_PLACED = [
    (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>.+)", wording.en)), wording) for wording in (BELOW_A_HEADER, ABOVE_THE_HEADER)
]


def placed_row_in_chinese(reason: str) -> tuple[str, str] | None:
    """What is wrong with a row that was quarantined for where it stands, and how to mend it; null for any other."""
    found = ((pattern.fullmatch(reason), wording) for pattern, wording in _PLACED)
    return next(((wording.zh.format(**told.groupdict()), wording.mend) for told, wording in found if told), None)


@dataclass(frozen=True)
class Remark:
    """One remark on a file. Raises KeyError for a code or a detail that the wordings do not know."""

    code: str
    details: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        self.en, self.zh  # noqa: B018 - worded now, so that a missing detail fails where it was left out

    @property
    def en(self) -> str:
        return WORDINGS[self.code].en.format(**dict(self.details))

    @property
    def zh(self) -> str:
        return WORDINGS[self.code].zh.format(**dict(self.details))

    @property
    def mend(self) -> str:
        return WORDINGS[self.code].mend


def remark(code: str, **details: object) -> Remark:
    return Remark(code, tuple((name, str(value)) for name, value in details.items()))


def in_english(remarks: Iterable[Remark]) -> str:
    return "; ".join(found.en for found in remarks)


def to_json(remarks: Iterable[Remark]) -> str:
    return json.dumps([[found.code, dict(found.details)] for found in remarks], ensure_ascii=False)


def from_json(text: str) -> list[Remark]:
    return [remark(code, **details) for code, details in json.loads(text)]
