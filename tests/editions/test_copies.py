"""A copy tells whose it was, also after another program has saved it; what tells nothing names nobody."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from casework.store import CaseStore, store_url
from jobs.editions import leaks
from jobs.editions.marks import mark_by_stops, marked, marks_in
from jobs.runtime.results import RESTRICTED
from tests.editions.conftest import STORIES, Issue, Run, bare, made, unlocked
from tests.libreoffice import saved_again

MARK = "0123456789ab"


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
