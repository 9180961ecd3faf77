"""What leaves is locked, says on every page whose it is, and stands in the register: how an edition is made."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docx
import msoffcrypto
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import URL

from casework.store import FILE, CaseStore, store_url
from jobs.access.approvals import Approval
from jobs.audit.log import LOG, entries_of
from jobs.audit.vouched import vouched
from jobs.delivery.workbooks import PASSWORD
from jobs.papers.notice import notice_page
from jobs.papers.pdf import Printer
from jobs.papers.word import docx_of
from jobs.returns.tables import lines_under
from jobs.runtime.errors import BadVerdicts
from jobs.runtime.results import LIST, RESTRICTED, Stamp, digest_of, publication
from tests.editions.conftest import COLUMNS, DAY, STORIES, Issue, Run, bare, clue, made, unlocked
from tests.papers.by_hand import HOUSEHOLD


def test_nothing_of_a_list_stands_in_clear_in_what_leaves(out: Path, issue: Issue) -> None:
    issue()
    files = [path for path in (out / "editions" / "1").rglob("*") if path.is_file() and path.name != ".mingjing.json"]
    assert len(files) == 4
    words = [STORIES[5], clue(5), "线索编号"]
    for path in files:
        content = path.read_bytes()
        assert not any(word.encode(coding) in content for word in words for coding in ("utf-8", "utf-16-le", "gb18030")), path
        assert not content.startswith((b"PK", b"%PDF", b"\xef\xbb\xbf")), path


def test_a_workbook_opens_with_the_password_alone_and_holds_what_the_list_held(out: Path, issue: Issue) -> None:
    password, path = issue(), made(out, ".xlsx")
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        unlocked(path, password[:-1])
    now = load_workbook(io.BytesIO(unlocked(path, password)))
    before = load_workbook(out / RESTRICTED / "workbooks" / "list.xlsx")
    assert now.sheetnames == before.sheetnames
    for sheet in before:
        assert [[bare(str(cell)) for cell in row] for row in now[sheet.title].values] == [
            [bare(str(cell)) for cell in row] for row in sheet.values
        ]
        told = now[sheet.title].oddFooter.left.text
        assert "第1份" in told
        assert "东镇民政办 某甲" in told
        assert "入户核查" in told
        assert "2099-03-31" in told
    assert now["线索"].oddHeader.left.text == before["线索"].oddHeader.left.text
    for column in "AC":
        assert [cell.value for cell in now["填写选项"][column]] == [cell.value for cell in before["填写选项"][column]]
    assert [cell.value for cell in now["线索"]["D"]] == [cell.value for cell in before["线索"]["D"]]


def test_every_printed_page_tells_whose_it_is(out: Path, issue: Issue, mingjing: Run, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv(PASSWORD, issue())
    assert mingjing("editions", "open", made(out, ".pdf.mjc"), "--to", tmp_path / "got").exit_code == 0
    pages = PdfReader(next((tmp_path / "got").glob("*.pdf"))).pages
    assert len(pages) == 2
    for page in pages:
        told = re.sub(r"\s", "", page.extract_text())
        assert "第1份领用：东镇民政办某甲用途：入户核查2099-03-31前交回或销毁" in told


@pytest.fixture
def notices(out: Path) -> Path:
    """plans/2018-01-15/restricted of the OUT, with a 核查告知书 as PDF and as DOCX."""
    zone = f"plans/2018-01-15/{RESTRICTED}"
    pages = [notice_page(HOUSEHOLD, DAY)]
    with publication(out, "plan", [zone], Stamp(DAY, "d"), lambda _: None) as staged:
        (staged / zone / "papers").mkdir(parents=True)
        (staged / zone / "papers" / "核查告知书_某县.pdf").write_bytes(Printer().pdf(pages, DAY))
        (staged / zone / "papers" / "核查告知书_某县.docx").write_bytes(docx_of(pages, DAY))
    return out / zone


def test_a_notice_stays_with_the_household_and_keeps_its_words(
    out: Path, notices: Path, issue: Issue, mingjing: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = issue(notices)
    (tmp_path / "copy.docx").write_bytes(unlocked(made(out, ".docx"), password))
    document = docx.Document(str(tmp_path / "copy.docx"))
    before = docx.Document(str(notices / "papers" / "核查告知书_某县.docx"))
    shown = [re.sub("[\u200b-\u200e]", "", one.text) for one in document.paragraphs]
    assert shown == [one.text for one in before.paragraphs]
    footer = "".join(one.text for one in document.sections[0].footer.paragraphs)
    monkeypatch.setenv(PASSWORD, password)
    assert mingjing("editions", "open", made(out, ".pdf.mjc"), "--to", tmp_path / "got").exit_code == 0
    printed = re.sub(r"\s", "", PdfReader(next((tmp_path / "got").glob("*.pdf"))).pages[0].extract_text())
    for told in (re.sub(r"\s", "", footer), printed):
        assert "第1份用途：入户核查" in told
        assert not any(word in told for word in ("交回或销毁", "领用", "东镇", "2099"))
    for copy in (tmp_path / "copy.docx", next((tmp_path / "got").glob("*.pdf"))):
        assert "Edition 1" in mingjing("whose", copy).output


def test_a_list_that_was_edited_is_told_from_one_that_no_run_wrote(notices: Path, mingjing: Run) -> None:
    edited, foreign = notices / "papers" / "核查告知书_某县.pdf", notices / "papers" / "mine.pdf"
    edited.write_bytes(b"edited")
    foreign.write_bytes(b"mine")
    (notices.parents[2] / "lake" / "x").write_text("x")
    for path, said in (
        (edited, "was changed after"),
        (foreign, "was not written by"),
        (notices.parents[2] / "lake", "prepay/"),
    ):
        ran = mingjing("editions", "issue", path, "--to", "甲", "--purpose", "核查", "--until", "2099-03-31")
        assert ran.exit_code == 2
        assert said in ran.output


def test_before_the_first_edition_there_is_none(out: Path, mingjing: Run, tmp_path: Path) -> None:
    ran = mingjing("editions")
    assert (ran.exit_code, ran.output.strip()) == (0, "No edition was made yet.")
    assert not (out / "casework.db").exists()
    ran = mingjing("whose", out / RESTRICTED / "clues.csv")
    assert ran.exit_code == 2
    assert "Nothing in" in ran.output
    (out / "lake").rmdir()
    assert "has no case store" in mingjing("editions").output


def test_what_leaves_is_what_was_looked_at(out: Path, issue: Issue, mingjing: Run, monkeypatch: Any) -> None:
    clues = out / RESTRICTED / "clues.csv"

    @contextmanager
    def approved_meanwhile(*_: object, **__: object) -> Iterator[Approval]:
        clues.write_text("other")
        yield Approval(None)

    monkeypatch.setattr("jobs.access.approvals.second_person", approved_meanwhile)
    with pytest.raises(AssertionError, match="was changed while the edition was made"):
        issue()
    assert not (out / "editions").exists()
    assert "No edition was made yet." in mingjing("editions").output


def test_the_password_is_on_the_console_once_and_nowhere_else(out: Path, issue: Issue) -> None:
    password = issue()
    assert re.fullmatch(r"([A-Z2-9]{4}-){4}[A-Z2-9]{4}", password)
    assert issue() != password
    for path in out.rglob("*"):
        assert not path.is_file() or password.encode() not in path.read_bytes(), path
    assert b"\xe4\xb8\x9c\xe9\x95\x87" not in (out / "audit" / LOG).read_bytes()  # 东镇: to whom stands in the register alone


def test_what_was_made_is_vouched_for(out: Path, issue: Issue) -> None:
    issue()
    lists = vouched(entries_of(out / "audit"), out, None).lists
    assert lists["editions/1"] == digest_of(out / "editions" / "1" / LIST)


def test_who_had_which_is_counted(out: Path, issue: Issue, mingjing: Run) -> None:
    issue(out / RESTRICTED / "workbooks" / "list.xlsx")
    issue(to="西镇 某乙")
    told = mingjing("editions").output
    assert "东镇民政办 某甲: 入户核查 (1 files" in told
    assert "西镇 某乙: 入户核查 (4 files" in told
    assert "    1 for 西镇 某乙" in told
    assert "2 of 2 editions" in told
    with CaseStore(store_url(out)) as store, store.reading() as book:
        first, second = book.editions()
    assert (first.number, second.number) == (1, 2)
    assert first.mark != second.mark
    assert len({file.made_from for file in second.files}) == 4


@pytest.mark.parametrize("where", ["exports/clues.csv", "lake", "restricted/clues.csv", ".."])
def test_only_lists_in_full_as_a_run_wrote_them_become_one(out: Path, mingjing: Run, where: str) -> None:
    (out / "lake" / "x").write_text("x")
    with (out / RESTRICTED / "clues.csv").open("a") as stream:
        stream.write("changed\n")
    ran = mingjing("editions", "issue", out / where, "--to", "甲", "--purpose", "核查", "--until", "2099-03-31")
    assert ran.exit_code == 2
    assert "Nothing was made." in ran.output
    assert not (out / "editions").exists()


@pytest.mark.parametrize(
    ("to", "until"), [("", "2099-01-01"), ("甲" * 41, "2099-01-01"), ("甲\n乙", "2099-01-01"), ("甲", "2018-01-01")]
)
def test_words_that_no_page_can_tell_and_days_that_are_over_are_refused(out: Path, mingjing: Run, to: str, until: str) -> None:
    ran = mingjing("editions", "issue", out / RESTRICTED, "--to", to, "--purpose", "核查", "--until", until)
    assert ran.exit_code == 2
    assert "Nothing was made." in ran.output
    assert not (out / "casework.db").exists()


@pytest.mark.parametrize("dies_in", ["jobs.editions.job._publish", "casework.store.WritableBook.record_edition"])
def test_the_next_edition_takes_the_place_of_one_that_was_killed(
    out: Path, mingjing: Run, issue: Issue, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(dies_in, dies)
        two = (out / RESTRICTED / "clues.csv", out / RESTRICTED / "papers" / "page.docx")
        mingjing("editions", "issue", *two, "--to", "甲", "--purpose", "核查", "--until", "2099-03-31")
    assert "No edition was made yet." in mingjing("editions").output
    assert mingjing("editions", "fetch", "1", "--to", out.parent).exit_code == 2
    issue(out / RESTRICTED / "clues.csv")
    assert [path.name for path in sorted((out / "editions").glob("*/*"))] == [".mingjing.json", "第1份_clues.csv.mjc"]
    assert mingjing("editions").output.count("东镇民政办 某甲: 入户核查") == 1


def test_a_filled_in_workbook_of_an_edition_is_read_back_with_its_password(
    out: Path, issue: Issue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password, path = issue(), made(out, ".xlsx")
    headers = {column.heading: (column.heading,) for column in COLUMNS}
    with pytest.raises(BadVerdicts, match=PASSWORD):
        lines_under(path, headers, ["线索编号"])
    monkeypatch.setenv(PASSWORD, password)
    lines = lines_under(path, headers, ["线索编号"])
    assert [line.cells["线索编号"] for line in lines] == [clue(n) for n in range(60)]


def test_the_register_refuses_edits_and_moves_with_its_store(out: Path, issue: Issue, tmp_path: Path) -> None:
    issue()
    for edit in ("UPDATE casework_editions SET recipient = 'x'", "DELETE FROM casework_editions",
                 "INSERT OR REPLACE INTO casework_editions SELECT * FROM casework_editions"):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), sqlite3.connect(out / FILE) as connection:
            connection.execute(edit)
    with CaseStore(store_url(out)) as store:
        store.move_to(URL.create("sqlite", database=str(tmp_path / "moved.db")))
    with CaseStore(URL.create("sqlite", database=str(tmp_path / "moved.db"))) as store, store.reading() as book:
        assert [one.recipient for one in book.editions()] == ["东镇民政办 某甲"]


def test_a_store_of_an_earlier_version_gets_its_register(out: Path, issue: Issue) -> None:
    with CaseStore(store_url(out)) as store:
        before = store.store_id
    with sqlite3.connect(out / FILE) as connection:
        connection.execute("DROP TABLE casework_editions")
    issue()
    with CaseStore(store_url(out)) as store, store.reading() as book:
        assert (store.store_id, len(book.editions())) == (before, 1)
