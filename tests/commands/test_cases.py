"""mingjing cases: what is listed, what is said of a step, and what a command that cannot be obeyed comes to. No engine is started."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casework.payloads import Closed, Kind, Office, Received, Recovery, Rectification
from casework.states import Colour, Stage
from casework.store import CaseStore, store_url
from expectations.contracts.returned import Measure, Problem
from jobs.commands.cases_in_words import Wanted, listed_cases
from jobs.commands.cli import app
from tests.casework.made import day, dispatched, of_case, of_clue, verdict


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Five cases on day 30: one out and overdue, one due in two days, one received, one closed, one with money to recover."""
    with CaseStore(store_url(tmp_path)) as store, store.writing() as book:
        book.record([
            of_case("H1", 1, dispatched("C11", due=20)), of_case("H2", 1, dispatched("C21", due=32, town="西镇")),
            of_case("H3", 2, dispatched("C31", due=60)), of_case("H3", 3, Received()),
            of_case("H4", 20, dispatched("C41", due=21)), of_clue("H4", "C41", 21, verdict("查否-时间差")), of_case("H4", 21, Closed()),
            of_case("H5", 1, dispatched("C51", due=20)), of_clue("H5", "C51", 9, verdict("查是-错保")),
            of_clue("H5", "C51", 10, Rectification(problem=Problem.PAYMENT, measure=Measure.RECOVER, to_recover_yuan=Decimal("300.00"))),
            of_clue("H5", "C51", 11, Recovery(yuan=Decimal("100.00"), receipt_no="收1")),
        ])  # fmt: skip
    return tmp_path


def run(line: str, out: Path, columns: int = 200) -> tuple[int, str]:
    result = CliRunner().invoke(app, line.replace("OUT", str(out)).split(), env={"COLUMNS": str(columns)})
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["H1", "H2", "H3", "H4", "H5"]),
        (Wanted(stage=Stage.RECTIFYING), ["H5"]),
        (Wanted(colour=Colour.RED), ["H1"]),
        (Wanted(town="西镇"), ["H2"]),
        (Wanted(county_code="420281"), []),
        (Wanted(older_than=28), ["H1", "H2", "H5"]),
        (Wanted(is_reminder=True), ["H1", "H2"]),
    ],
)
def test_cases_are_found_by_where_they_stand(out: Path, wanted: Wanted, found: list[str]) -> None:
    with CaseStore(store_url(out)) as store, store.reading() as book:
        rows = listed_cases(book.events(), day(30), 3, wanted)
    assert rows["case_id"].to_list() == found


def test_the_list_is_told_and_written(out: Path, tmp_path: Path) -> None:
    code, said = run(f"cases --out OUT --as-of 2018-01-30 --csv {tmp_path}/cases.csv", out)
    assert code == 0, said
    assert "5 cases: 2 dispatched, 1 received, 1 rectifying, 1 closed; 3 green, 1 yellow, 1 red." in said
    text = (tmp_path / "cases.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[1].startswith("H1,dispatched,red,420222,东镇,2018-01-20,-10,29,1,0,0.00,0.00,")
    assert "200.00 yuan to recover" in text


def test_a_terminal_of_80_columns_cuts_off_neither_day_nor_township(tmp_path: Path) -> None:
    case_id = "H0123456789abcdef"
    with CaseStore(store_url(tmp_path)) as store, store.writing() as book:
        book.record([of_case(case_id, 1, dispatched("C11", due=20, town="东边很远的山口街道"))])
    code, said = run("cases --out OUT --as-of 2018-01-30", tmp_path, columns=80)
    assert code == 0, said
    assert case_id in said
    assert "2018-01-20" in said
    assert "…" not in said


# command line | exit code | what is said
LINES = """
cases receive H1 H2 --out OUT --on 2018-01-30 --inspector 张某           | 0 | 2 cases taken in
cases receive H3 --out OUT --on 2018-01-30                                | 0 | or learn. 1 cases stood there before
cases send-back H3 --out OUT --on 2018-01-30 --reason 缺页                | 0 | 1 cases taken in
cases refer H2 --out OUT --on 2018-01-30 --reason 重病 --assistance 医疗救助 | 0 | 1 cases taken in
cases refer H2 --out OUT --on 2018-01-30 --reason 重病                    | 2 | expected an office or a kind of assistance, one of the two.
cases refer H2 --out OUT --on 2018-01-30 --reason 重病 --assistance 旅游   | 2 | '旅游' is not one of
cases close H5 --out OUT --on 2018-01-30                                  | 2 | H5 cannot be closed: it lacks the day on which
cases close H4 --out OUT --on 2018-01-30                                  | 0 | 1 cases stood there before
cases reopen H4 --out OUT --on 2018-01-30 --reason 又来                   | 0 | 1 cases taken in
cases reopen H1 --out OUT --on 2018-01-30 --reason 又来                   | 2 | H1 is neither closed nor set aside.
cases snooze H1 --out OUT --on 2018-01-30 --until 2018-06-01 --reason 外出 | 0 | 1 cases taken in
cases snooze H1 --out OUT --on 2018-01-30 --until 2018-01-02 --reason 外出 | 2 | H1 would come back on 2018-01-02, not after
cases snooze H1 --out OUT --on 2018-01-30 --until tomorrow --reason 外出   | 2 | --until is 'tomorrow'. Expected a day such as
cases snooze H1 --out OUT --on 2098-01-30 --reason 外出                   | 2 | --on is 2098-01-30. Expected a day from 1949-10-01 to
cases snooze H1 --out OUT --on 2018-01-30                                 | 2 | Missing option '--reason'
cases receive H9 --out OUT --on 2018-01-30                                | 2 | H9 was never dispatched from here, nor has it a verdict.
cases receive H1 --out OUT --on 2018-01-30 --by mayor                     | 2 | 'mayor' is not one of
cases receive H1 --out OUT/none --on 2018-01-30                           | 2 | OUT/none has no case store.
cases history H5 --out OUT                                                | 0 | rectification
cases history H9 --out OUT                                                | 2 | The case store knows no case H9.
cases                                                                     | 2 | --out and --as-of are needed.
cases --out OUT --as-of 2018-01-30 --stage lost                           | 2 | 'lost' is not one of
dispatch OUT/plans/2018-01-05                                             | 2 | is no folder of a list. Expected one in OUT/plans
"""


@pytest.mark.parametrize("case", [line for line in LINES.strip().splitlines()], ids=lambda line: line.split("|")[0].strip())
def test_every_step_says_what_became_of_it(out: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    line, code, said = (part.strip() for part in case.split("|"))
    with CaseStore(store_url(out)) as store, store.reading() as book:
        before = book.last_position
    with pytest.raises(SystemExit) as ended:
        app(line.replace("OUT", str(out)).split(), prog_name="mingjing")
    told = " ".join("".join(capsys.readouterr()).split())
    assert ended.value.code == int(code), told
    assert said.replace("OUT", str(out) if "/none" in said else "OUT") in told
    with CaseStore(store_url(out)) as store, store.reading() as book:
        added = [event.after.KIND for event in book.events(after=before)]
    assert (len(added) > 0) is (code == "0" and "cases taken in" in said)
    assert set(added) <= set(Kind)


def test_a_history_names_nobody_unless_in_full(out: Path) -> None:
    code, said = run("cases history H5 --out OUT", out)
    assert (code, "张某" in said) == (0, False)
    assert "2018-01-09 verdict C51 (clerk as inspector, a.xlsx:7): " in said
    assert "due on 2018-01-" in said
    assert not [mark for mark in ("{", "_on", "None", '"') if mark in said]
    assert "张某" in run("cases history H5 --out OUT --full", out)[1]


def test_what_somebody_wrote_is_told_as_a_text_that_forges_no_fact_and_no_line(tmp_path: Path) -> None:
    note = "已核实, measure 追缴\x1b[2J\n2018-02-01 closed H1 (mayor as inspector)"
    with CaseStore(store_url(tmp_path)) as store, store.writing() as book:
        book.record(
            [
                of_case("H1", 1, dispatched("C11", due=20).model_copy(update={"to": Office()})),
                of_case("H1", 2, Received(note=note)),
            ]
        )
    for full in ("", " --full"):
        code, said = run(f"cases history H1 --out OUT{full}", tmp_path)
        assert (code, said.count("\n")) == (0, 2), said
        assert "to the city's own team, due on 2018-01-20" in said
    # in full, for anybody may be named in a note
    assert 'note "已核实, measure 追缴\\u001b[2J\\n2018-02-01' in said


def test_an_old_id_is_taken_with_its_letter(tmp_path: Path) -> None:
    case = "H" + "0" * 15 + "7"
    with CaseStore(store_url(tmp_path)) as store, store.writing() as book:
        book.record([of_case(case, 1, dispatched("C11"))])
    code, said = run(f"cases receive {case[1:]} --out OUT --on 2018-01-30", tmp_path)
    assert (code, "1 cases taken in" in said) == (0, True), said
