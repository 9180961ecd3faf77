"""What leaves is locked, says on every page whose it is, and hides it where another program leaves it."""

from __future__ import annotations

import io
import re
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Iterator
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
from jobs.editions import container, leaks
from jobs.editions.container import fresh_header, header_of, opened, sealed
from jobs.editions.marks import mark_by_stops, marked, marks_in
from jobs.launch.edition_params import CipherName
from jobs.papers.notice import notice_page
from jobs.papers.pdf import Printer
from jobs.papers.word import docx_of
from jobs.returns.tables import lines_under
from jobs.runtime.errors import BadConfiguration, BadVerdicts
from jobs.runtime.results import LIST, RESTRICTED, Stamp, digest_of, publication
from tests.editions.conftest import COLUMNS, DAY, STORIES, Run, clue
from tests.libreoffice import saved_again
from tests.papers.by_hand import HOUSEHOLD

Issue = Callable[..., str]
MARK = "0123456789ab"


def made(out: Path, suffix: str, number: int = 1) -> Path:
    return next((out / "editions" / str(number)).rglob(f"*{suffix}"))


def unlocked(path: Path, password: str) -> bytes:
    found = io.BytesIO()
    with path.open("rb") as stream:
        book = msoffcrypto.OfficeFile(stream)
        book.load_key(password=password)
        book.decrypt(found, verify_integrity=True)
    return found.getvalue()


def bare(text: str) -> str:
    return re.sub("[\u200b-\u200e]", "", text).rstrip("。")


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


def test_a_copy_tells_whose_it_was_after_another_program_has_saved_it(
    out: Path, issue: Issue, mingjing: Run, tmp_path: Path
) -> None:
    issue(to="西镇 某乙")
    password = issue()
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(unlocked(made(out, ".xlsx", 2), password))
    again = saved_again([copy], tmp_path / "again")
    for form in ("ods", "csv:Text - txt - csv (StarCalc):44,34,76,1"):
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", form, "--outdir",
             str(tmp_path / "again"), str(copy)], capture_output=True, timeout=240, check=True,
        )  # fmt: skip
    again += [tmp_path / "again" / "copy.ods", tmp_path / "again" / "copy.csv"]
    for path in (copy, *again, made(out, ".xlsx", 2), made(out, ".mjc", 2)):
        told = mingjing("whose", path).output
        assert "Edition 2" in told, f"{path}: {told}"
        assert "东镇民政办 某甲" in told


def test_a_copy_without_anything_invisible_still_tells_by_the_ends_of_its_lines(
    out: Path, issue: Issue, mingjing: Run, tmp_path: Path
) -> None:
    issue(to="西镇 某乙")
    password = issue()
    book = load_workbook(io.BytesIO(unlocked(made(out, ".xlsx", 2), password)))
    texts = [re.sub("[\u200b-\u200e]", "", row[1]) for row in book["线索"].iter_rows(min_row=2, values_only=True)]
    copy = tmp_path / "retyped.csv"
    copy.write_bytes("\r\n".join(sorted(texts)).encode("gbk"))
    told = mingjing("whose", copy).output
    assert "Edition 2" in told
    assert "ends of its lines" in told


def test_a_header_that_was_changed_names_nobody(out: Path, issue: Issue, mingjing: Run, tmp_path: Path) -> None:
    issue()
    issue(to="西镇 某乙")
    locked, forged = made(out, ".csv.mjc").read_bytes(), tmp_path / "forged.mjc"
    for before, after, told in (
        (b'"number":1', b'"number":2', "The header"),
        (b'"number":1', b'"number":9', "Nothing in"),
        (b"2099-03-31", b"2099-03-30", "The header"),
    ):
        assert before in locked
        forged.write_bytes(locked.replace(before, after))
        ran = mingjing("whose", forged)
        assert ran.exit_code == 2
        assert told in ran.output
        assert "某" not in ran.output
    forged.write_bytes(locked[:-1] + b"x")  # only the password tells that the rest was changed
    assert "which only its password proves" in mingjing("whose", forged).output


def test_a_copy_of_two_editions_names_both(out: Path, issue: Issue, mingjing: Run, tmp_path: Path) -> None:
    issue()
    issue(to="西镇 某乙")
    with CaseStore(store_url(out)) as store, store.reading() as book:
        marks = [one.mark for one in book.editions()]
    both = tmp_path / "both.csv"
    both.write_text("\n".join(marked(story, mark) for story, mark in zip(STORIES[:2], reversed(marks), strict=True)), "utf-8")
    ran = mingjing("whose", both)
    assert ran.exit_code == 2
    assert "1 for 东镇民政办 某甲; 2 for 西镇 某乙" in ran.output


OLE_HEAD = bytes.fromhex("d0cf11e0a1b11ae1")


def packed(**given: int) -> bytes:
    """An archive with a part, of which fields of the local and the central header are others: offset in the former, and value."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        archive.writestr("a.xml", "<t>甲</t>")
    content = bytearray(found.getvalue())
    central = content.index(b"PK\1\2")
    for name, value in given.items():
        at = {"flags": 6, "method": 8, "crc": 14}[name]
        content[at] = content[central + at + 2] = value
    return bytes(content)


@pytest.mark.parametrize(
    "junk",
    [packed(flags=1), packed(method=77), packed(crc=packed()[14] ^ 1), OLE_HEAD, OLE_HEAD + bytes(4000), b"%PDF-1.4\n"],
    ids=["encrypted", "method", "crc", "ole", "empty ole", "pdf"],
)
def test_what_cannot_be_read_is_told_in_a_sentence(out: Path, issue: Issue, mingjing: Run, tmp_path: Path, junk: bytes) -> None:
    issue()
    path = tmp_path / "junk"
    path.write_bytes(junk)
    ran = mingjing("whose", path)
    assert ran.exit_code == 2, ran.output
    assert f"{path} is not read" in ran.output


def test_a_workbook_that_was_cut_off_and_one_that_would_fill_the_memory_are_told(
    out: Path, issue: Issue, mingjing: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(made(out, ".xlsx").read_bytes()[:3000])
    assert "is not read" in mingjing("whose", path).output
    path.write_bytes(packed())
    assert "Nothing in" in mingjing("whose", path).output
    monkeypatch.setattr(leaks, "_LARGEST", 5)
    assert "unpacks to more than 5 bytes" in mingjing("whose", path).output


def test_a_mark_behind_a_cell_that_no_table_holds_is_found(out: Path, issue: Issue, mingjing: Run, tmp_path: Path) -> None:
    issue()
    with CaseStore(store_url(out)) as store, store.reading() as book:
        mark = book.editions()[0].mark
    path = tmp_path / "big.csv"
    path.write_text('"' + "x" * 200_000 + "\n\0\n" + marked(STORIES[0], mark), "utf-8")
    assert "Edition 1" in mingjing("whose", path).output


def test_a_list_that_never_left_is_nobodys(out: Path, issue: Issue, mingjing: Run) -> None:
    issue()
    for path in (
        out / RESTRICTED / "clues.csv",
        out / RESTRICTED / "workbooks" / "list.xlsx",
        out / RESTRICTED / "papers" / "page.pdf",
    ):
        ran = mingjing("whose", path)
        assert ran.exit_code == 2
        assert "Nothing in" in ran.output


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


@pytest.mark.parametrize("cipher", ["AES-256-GCM", "SM4-GCM"])
def test_a_container_opens_as_it_was_and_not_otherwise(cipher: CipherName) -> None:
    header = fresh_header(cipher, 7, "东镇", "核查", DAY, "clues.csv")
    locked = sealed(b"rows", header, "right")
    assert opened(locked, "right") == (header, b"rows")
    with pytest.raises(BadConfiguration, match="password is another"):
        opened(locked, "wrong")
    for changed in (
        locked.replace("东镇".encode(), "西镇".encode()),
        locked.replace(b"2017-12-31", b"2027-12-31"),
        locked[:-1] + b"x",
    ):
        assert changed != locked
        with pytest.raises(BadConfiguration, match="somebody has changed"):
            opened(changed, "right")
    assert sealed(b"rows", header.model_copy(update={"salt": "0" * 32}), "right") != locked


def _with_salt(salt: str) -> bytes:
    header = fresh_header("AES-256-GCM", 7, "东镇", "核查", DAY, "clues.csv").model_copy(update={"salt": salt}).model_dump_json()
    return container.MAGIC + len(header.encode()).to_bytes(4, "big") + header.encode() + b"x" * 20


@pytest.mark.parametrize(
    "torn",
    [
        b"",
        b"x",
        container.MAGIC,
        _with_salt("0" * 33),
        _with_salt("x" + "0" * 32),
        container.MAGIC + b"\xff\xff\xff\xff" + b"x" * 99,
        container.MAGIC + b"\0\0\0\2{}" + b"x" * 20,
    ],
)
def test_what_is_no_container_is_told(torn: bytes) -> None:
    assert header_of(torn) is None
    with pytest.raises(BadConfiguration, match="no container"):
        opened(torn, "any")


def test_whoever_opens_something_else_is_asked_for_no_password_and_whoever_types_none_is_told(
    mingjing: Run, tmp_path: Path
) -> None:
    (tmp_path / "list.mjc").write_bytes(b"no container")
    (tmp_path / "a.mjc").write_bytes(sealed(b"rows", fresh_header("SM4-GCM", 7, "东镇", "核查", DAY, "clues.csv"), "right"))
    for name, said in (("list.mjc", "no container"), ("a.mjc", "No password was typed.")):
        ran = mingjing("editions", "open", tmp_path / name, "--to", tmp_path / "got")  # nothing is typed: the input is at its end
        assert ran.exit_code == 2
        assert said in ran.output
        assert ("Password" in ran.output) is (name == "a.mjc")
        assert not (tmp_path / "got").exists()


def test_a_container_whose_day_is_over_is_not_opened(mingjing: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.mjc").write_bytes(sealed(b"rows", fresh_header("SM4-GCM", 7, "东镇", "核查", DAY, "clues.csv"), "right"))
    monkeypatch.setenv(PASSWORD, "right")
    ran = mingjing("editions", "open", tmp_path / "old.mjc", "--to", tmp_path / "got")
    assert ran.exit_code == 2
    assert "until 2017-12-31" in ran.output
    assert not (tmp_path / "got").exists()


def test_a_container_cannot_name_a_place_to_write_to(mingjing: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = fresh_header("AES-256-GCM", 7, "东镇", "核查", DAY.replace(year=2099), "../../evil.csv")
    (tmp_path / "a.mjc").write_bytes(sealed(b"rows", header, "right"))
    monkeypatch.setenv(PASSWORD, "right")
    assert mingjing("editions", "open", tmp_path / "a.mjc", "--to", tmp_path / "b" / "c").exit_code == 0
    assert (tmp_path / "b" / "c" / "evil.csv").read_bytes() == b"rows"


def test_marks_leave_words_that_programs_compare_and_change_nothing_that_is_seen() -> None:
    assert marked("查否-数据错误", MARK) == "查否-数据错误"
    assert marked('[{"a": "' + STORIES[0] + '"}]', MARK) == '[{"a": "' + STORIES[0] + '"}]'
    assert marked(STORIES[0], MARK, {STORIES[0]}) == STORIES[0]
    signature = "本人（家属）签字________核查人员签字________核查日期________"
    assert bare(marked(signature, MARK)) == signature
    assert not marked(signature, MARK).endswith("。")
    for story in STORIES:
        assert bare(marked(f"{story}。", MARK)) == story
        assert list(marks_in(marked(story, MARK))) == [MARK]


@pytest.mark.parametrize(
    "label",
    [
        "财政供养人员配偶、子女、父母领取",
        "财政供养人员及其配偶、子女、父母、村（社区）干部及其近亲属、民政经办人员及其近亲属",
        "家中有困难的，请当场告诉来访人员。",
        "村（社区）干部近亲属享受待遇：另行办理",
    ],
)
def test_labels_and_short_sentences_end_as_they_did(label: str) -> None:
    for n in range(40):
        said = marked(label, f"{n:012x}")
        assert said != label
        assert re.sub("[\u200b-\u200e]", "", said) == label


def test_chance_alone_names_nobody() -> None:
    known = [f"{n:012x}" for n in range(500)]
    assert mark_by_stops(STORIES, known) is None
    assert mark_by_stops([marked(story, known[77]) for story in STORIES[:20]], known) is None
    assert mark_by_stops([marked(story, known[77]) for story in STORIES], known) == known[77]


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
