"""Damaged files of verdicts and decisions: each row is taken in or named, whatever the bytes, and none is lost or shifted in silence."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.registers.delivered_rows import parse_record
from jobs.returns.tables import Line
from jobs.runtime.errors import BadVerdicts
from jobs.settle_identities import job as settle_identities
from jobs.take_in.cells import Row
from jobs.take_in.forms import VERDICTS as VERDICT_FORM
from jobs.take_in.forms import returned
from jobs.take_in.verdicts import KnownClue, judged
from tests.damage import ODD_BYTES, mutated
from tests.delivery.test_archives import zipped

T = TypeVar("T")
EXAMPLES = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
DAY, AS_OF = date(2018, 1, 5), date(2018, 3, 31)
IDS = [f"C{i:016x}" for i in range(1, 13)]
CLUES = {clue_id: KnownClue("H1", DAY, DAY, Decimal(5000), Decimal(6000)) for clue_id in IDS}
VERDICTS = [["线索编号", "核查结论", "查否原因代码", "核查日期", "核查人员", "追回金额", "备注"]] + [
    [clue_id, "查否-时间差", "R01", f"2018-01-{10 + i}", "张小三、李小四", "100.00", "登记滞后，已核"]
    for i, clue_id in enumerate(IDS)
]
DECISIONS = [["记录一", "记录二", "结论", "核查日期", "核查人"]] + [
    [f"火化.csv:{i}", f"发放.csv:{i + 1}", "同一人", "2018-01-10", "张小三、李小四"] for i in range(2, 14)
]


def text(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    return "".join(",".join(row) + "\r\n" for row in rows).encode(encoding)


def workbook(rows: list[list[str]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("反馈")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return content.getvalue()


FORMS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "反馈.csv": text,
    "反馈(GBK).csv": lambda rows: text(rows, "gb18030"),
    "反馈.xlsx": workbook,
    "反馈.zip": lambda rows: zipped({"反馈.csv": text(rows)}),
}


def tried(work: Callable[[], T]) -> tuple[T | None, str]:
    """What came of it, or why it was refused; anything else that is raised fails the test."""
    try:
        return work(), ""
    except BadVerdicts as refused:
        return None, str(refused)


def lines_of(read: Callable[[Path], list[Line]], path: Path, content: bytes) -> list[Line]:
    """The lines; none where the file is refused, which is told with its name and without a path."""
    path.write_bytes(content)
    lines, refusal = tried(lambda: read(path))
    assert lines is not None or path.name in refusal
    assert str(path.parent) not in refusal
    return lines or []


def is_untouched(content: bytes, line: str) -> bool:
    """Whether the line stands in the text as it was written, and nothing before it opens a cell."""
    return b'"' not in content and re.search(rb"(?:^|\n)" + re.escape(line.encode()) + rb"\r\n", content) is not None


@pytest.mark.parametrize("name", FORMS)
@EXAMPLES
@given(seed=st.integers(0, 2**32))
def test_damaged_verdicts_are_taken_in_or_named(tmp_path: Path, name: str, seed: int) -> None:
    content = mutated(FORMS[name](VERDICTS), random.Random(seed), ODD_BYTES)
    path = tmp_path / name
    path.write_bytes(content)
    back = returned(path)
    assert back.unread is None or (name in back.unread and str(tmp_path) not in back.unread)
    if name == "反馈.csv" and back.unread is None:
        found = {text for one in back.filled for text in (*one.line.cells.values(), *one.line.beside.values())}
        for row in VERDICTS[1:]:
            assert row[0] in found or not is_untouched(content, ",".join(row)), row[0]
    rows = [Row(one) for one in back.filled if one.form is VERDICT_FORM]
    usable = judged(rows, CLUES, AS_OF).verdicts
    assert {verdict.clue_id for _, verdict in usable} <= set(IDS)
    assert len(usable) + sum(bool(row.asked) for row in rows) == len(rows), "a row is used or asks"


@pytest.mark.parametrize("name", FORMS)
@EXAMPLES
@given(seed=st.integers(0, 2**32))
def test_damaged_decisions_are_taken_in_or_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, seed: int) -> None:
    def side(_: Any, record: str) -> str:
        return str(parse_record(record))

    monkeypatch.setattr(settle_identities, "_side", side)
    content = mutated(FORMS[name](DECISIONS), random.Random(seed), ODD_BYTES)
    lines_of(settle_identities.lines_of, tmp_path / name, content)
    decisions, refusal = tried(lambda: list(settle_identities._decisions(None, tmp_path / name)))  # type: ignore[arg-type]
    assert decisions is not None or name in refusal
    assert all(decision.left < decision.right and decision.is_same for decision in decisions or [])
