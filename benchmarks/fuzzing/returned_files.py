"""Files that inspectors send back as any bytes: each row is taken in, or asked back, or told as one that says nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

from expectations.contracts.lake import LISTED_CLUES
from jobs.registers.delivered_rows import parse_record
from jobs.returns.brought import NOBODY
from jobs.runtime.errors import BadVerdicts
from jobs.settle_identities import job as settle_identities
from jobs.take_in.account import MEND
from jobs.take_in.cells import Row
from jobs.take_in.forms import FORMS, Form, returned
from jobs.take_in.judging import fates_of, usable_rows
from jobs.take_in.known import Known, Where
from jobs.take_in.verdicts import ClueVerdict, KnownClue

DAY, AS_OF = date(2018, 1, 5), date(2018, 3, 31)
CASES = [f"H{n:016x}" for n in range(1, 4)]
CLUES = [f"C{n:016x}" for n in range(1, 4)]
_LISTED: dict[str, Any] = {
    **dict.fromkeys(LISTED_CLUES.column_names), "as_of": DAY, "rule_code": "A01", "county_code": "420292", "is_dispatched": True,
}  # fmt: skip
_CONFIRMED = ClueVerdict(CLUES[2], "查是-违规", None, date(2018, 1, 9), "陈某甲、李某乙", None, None, None)
KNOWN = Known(
    clues={clue: KnownClue(case, DAY, DAY, Decimal(5000), Decimal(6000)) for clue, case in zip(CLUES, CASES, strict=True)},
    lists={clue: [{**_LISTED, "case_id": case}] for clue, case in zip(CLUES, CASES, strict=True)},
    where={one: Where(case, "420292", "镇") for clue, case in zip(CLUES, CASES, strict=True) for one in (clue, case)},
    verdicts={CASES[2]: {CLUES[2]: [_CONFIRMED]}},
)
_SAID = {
    "case_id": CASES[2], "clue_id": CLUES[2], "need_id": "N" + 16 * "0", "check_id": "K" + 16 * "0",
    "verdict": "查否-时间差", "refutation_reason": "R01",
    "checked_on": "2018-01-10", "checkers": "张小三、李小四", "recovered": "100.00", "stop_month": "2018-02", "note": "登记滞后，已核",
    "day": "2018-01-12", "people": "王小五、赵小六", "yuan": "300.00", "receipt": "No.1", "measure": "追回资金", "problem": "漏报",
    "sanction": "谈话提醒", "count": "1", "role": "村委会委员", "names": "孙小七", "reason": "已补报", "kept": "发放.csv:2", "dropped": "发放.csv:3",
    "result": "已更正", "number": "42029219500101102X", "due": "2018-06-30", "month": "2018-02", "programme": "低保",
}  # fmt: skip


def is_taken_in(name: str) -> Callable[[Path, bytes], bool]:
    """Tries bytes as a file of this name that came back: does it bring rows, and is each of them an event, or asked?"""

    def tried(folder: Path, content: bytes) -> bool:
        path = folder / name
        path.write_bytes(content)
        back = returned(path)
        assert back.unread is None or (name in back.unread and str(folder) not in back.unread), "unread without a word"
        rows = [Row(filled) for filled in back.filled]
        usable, _ = usable_rows(rows, KNOWN, {}, AS_OF, NOBODY)
        fates = fates_of(rows, usable, [])
        assert len(fates) == len(rows) == len(usable) + sum(bool(row.asked) for row in rows), "a row is neither used nor asked"
        assert sum(fate.fate == MEND for fate in fates) == sum(not row.is_usable for row in rows)
        assert all(events for _, events in usable), "a usable row says nothing"
        return bool(rows)

    return tried


def is_decided(folder: Path, content: bytes) -> bool:
    """Tries bytes as a file of decisions on two records: all of them, or none and why."""
    path = folder / "记录.csv"
    path.write_bytes(content)
    told = ""
    try:
        with patch.object(settle_identities, "_side", lambda _, record: str(parse_record(record))):
            decisions = list(settle_identities._decisions(None, path))  # type: ignore[arg-type]
    except BadVerdicts as refused:
        decisions, told = [], str(refused)
    if told:
        assert path.name in told, "refused without the file's name"
        assert str(folder) not in told, "a path is told"
        return False
    assert len(decisions) == len(settle_identities.lines_of(path)), "a row is neither decided nor refused"
    return bool(decisions)


def form_seeds() -> list[bytes]:
    return [_filled(form) for form in FORMS]


def _filled(form: Form) -> bytes:
    headers, cells = zip(*((named[0], _SAID.get(name, "")) for name, named in form.headers.items()), strict=True)
    return "".join(",".join(row) + "\n" for row in (headers, cells, cells)).encode()


def decision_seeds() -> list[bytes]:
    rows = [
        ",".join(settle_identities.HEADERS),
        "火化.csv:2,发放.csv:3,同一人,2018-01-10,张小三、李小四",
        "火化.csv:3,发放.xlsx:表:4#payee,不是同一人,2018年1月10日,张小三 李小四",
    ]
    return ["".join(row + "\n" for row in rows).encode(encoding) for encoding in ("utf-8", "gb18030")]
