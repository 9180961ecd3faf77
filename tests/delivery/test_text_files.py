"""Text files: encodings, delimiters, line ends, quotes, and large files cut into pieces without a trace."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.delivery import text_files
from jobs.delivery.survey import SurveyedFile
from jobs.delivery.text_files import Dialect, read_piece, rows_of_cells, survey_text_file

RowsOf = Callable[[SurveyedFile], pl.DataFrame]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_end_change_no_cell(
    delivery: Any, payments: Any, encoding: str, delimiter: str, end: str
) -> None:
    table = [payments.header, *payments.rows(3), payments.row(name="𠮷□?", batch_no="")]
    name = delivery.add("甲.csv", payments.csv(*table, delimiter=delimiter, end=end).encode(encoding))
    rows = delivery.rows(name)
    assert rows["_fate"].to_list() == ["accepted"] * 4
    assert rows["_row"].to_list() == [2, 3, 4, 5]
    assert rows.select(rows.columns[:13]).rows() == [tuple(cell or None for cell in row) for row in table[1:]]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，", "^", "~"])
@pytest.mark.parametrize("quote", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_the_delimiter_is_the_one_that_gives_known_headers(
    delivery: Any, payments: Any, rows_of: RowsOf, encoding: str, delimiter: str, quote: Any
) -> None:
    """However many others stand in titles and cells; 縷 ends in GB18030 with the byte of |."""
    table = [payments.row(name=f"{mark}縷{mark}", batch_no="，;|\t,"[i]) for i, mark in enumerate("\t;|,，")]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=quote)
    writer.writerows([["；\t\t\t\t|||||;;;;;，，，，,,,,"], payments.header, *table * 9])
    file = surveyed_in_pieces(delivery, delivery.add("甲.csv", text.getvalue().encode(encoding)), piece_bytes=500, block=128)
    rows = rows_of(file).filter(pl.col("_row") > 2)
    assert rows.select(rows.columns[:13]).rows() == [tuple(row) for row in table * 9]
    assert set(rows["_fate"]) == {"accepted"}


@pytest.mark.parametrize("delimiter", [",", "^", "~", ";", "|"])
def test_a_tab_behind_every_cell_is_no_delimiter(delivery: Any, payments: Any, delimiter: str) -> None:
    text = payments.csv(payments.header, *payments.rows(3)).replace(",", f"\t{delimiter}").replace("\n", "\t\n")
    rows = delivery.rows(delivery.add("甲.csv", text))
    assert rows["household_no"].to_list() == ["D0001\t", "D0002\t", "D0003\t"]  # as written
    assert set(rows["_fate"]) == {"accepted"}


def test_without_a_known_header_the_columns_that_are_missing_are_told_by_the_best_delimiter(delivery: Any, payments: Any) -> None:
    text = payments.csv(payments.header[:-5], payments.row()[:-5], delimiter=";")
    assert "required column 发放金额、发放类型 is missing" in delivery.file(delivery.add("甲.csv", text)).reason


@pytest.mark.parametrize("suffix", [".csv", ".CSV", ".txt", ".tsv"])
def test_text_may_have_any_of_these_suffixes(delivery: Any, payments: Any, suffix: str) -> None:
    assert delivery.rows(delivery.add("甲" + suffix, payments.csv(payments.header, payments.row()))).height == 1


def test_a_last_line_without_a_newline_is_a_row(delivery: Any, payments: Any) -> None:
    text = payments.csv(payments.header, payments.row(), payments.row(name="李四"))
    assert delivery.rows(delivery.add("甲.csv", text.removesuffix("\n")))["name"].to_list() == ["张三", "李四"]


def test_one_damaged_character_changes_neither_the_encoding_nor_another_cell(delivery: Any, payments: Any) -> None:
    content = payments.csv(payments.header, payments.row(name="坏"), payments.row(name="李四")).encode()
    rows = delivery.rows(delivery.add("甲.csv", content.replace("坏".encode(), "坏".encode()[:2])))
    assert rows["name"].to_list() == ["\ufffd", "李四"]
    assert rows["account_name"].to_list() == ["张三", "张三"]


def test_an_encoding_shows_where_the_first_hanzi_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "_BLOCK", 64)
    path = tmp_path / "late.csv"
    for encoding in ("utf-8", "gb18030"):
        for ascii_bytes in range(60, 70):  # the first character falls on either side of a block's end
            path.write_bytes(b"a" * ascii_bytes + "低保对象花名册".encode(encoding))
            assert survey_text_file(path, 1 << 20, ",").dialect.encoding == encoding
    path.write_bytes(b"a" * 100)
    assert survey_text_file(path, 1 << 20, ",").dialect.encoding == "utf-8"


def test_big5_is_refused_by_name_and_traditional_characters_in_gb18030_are_not(delivery: Any) -> None:
    """In a file of both encodings' own characters alone nothing else tells them apart but where second bytes lie."""
    row = "420292,農村低保,D0001,張國華,42029219500101102X,201701,2017-01-20,2,640.00,正常,6217000000000001,張國華,1\n"
    header = (
        "行政區劃代碼,項目,證號,領取人姓名,領取人身份證號,所屬期,發放日期,發放人數,發放金額,發放類型,銀行賬號,開戶名,發放批次\n"
    )
    file = delivery.file(delivery.add("繁.csv", (header + row * 9).encode("big5hkscs")))
    assert (file.status, [told.code for told in file.remarks]) == ("refused", ["big5_text"])
    assert "Big5" in file.reason
    same = delivery.file(delivery.add("国.csv", (header + row * 9).encode("gb18030")))
    assert [told.code for told in same.remarks] != ["big5_text"]


@pytest.mark.parametrize("inside", ["\r", "\x00", "\r\x00"])
def test_a_stray_control_character_splits_no_row(delivery: Any, payments: Any, inside: str) -> None:
    text = payments.csv(payments.header, payments.row(), payments.row(name="李四"))
    rows = delivery.rows(delivery.add("甲.csv", text.replace("李四", f"李{inside}四")))
    assert [name.replace(" ", "") for name in rows["name"]] == ["张三", "李四"]
    assert rows["_fate"].to_list() == ["accepted"] * 2


TEXTS = st.lists(st.lists(st.text("张0;.' ", max_size=4), min_size=1, max_size=5), max_size=12)


def as_read(cells: list[str], width: int) -> tuple[str | None, ...]:
    return tuple((*(cell or None for cell in cells[:width]), *[None] * (width - len(cells))))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.booleans(), st.integers(1, 5))
def test_lines_without_quotes_are_rows_and_delimiters_part_cells(
    tmp_path: Path, table: list[list[str]], ends: bool, width: int
) -> None:
    text = "\n".join(",".join(row) for row in table) + ("\n" if ends and table else "")
    path = tmp_path / "甲.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    lines = text.split("\n")[: None if text and not text.endswith("\n") else -1]
    frames = list(read_piece(path, 0, path.stat().st_size, Dialect(), width))
    cells = [line.split(",") for line in lines]
    assert [row for frame, _ in frames for row in frame.rows()] == [as_read(row, width) for row in cells]
    shapes = [shape for frame, marked in frames for shape in ([None] * frame.height if marked is None else marked)]
    filled = [[bool(cell.strip(" '")) for cell in row] for row in cells]
    assert shapes == [None if len(row) == width else any(row[width:]) for row in filled]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.text('张0,"\n ', max_size=5), min_size=2, max_size=4), max_size=6))
def test_what_the_standard_writer_quotes_is_read_back(table: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(table)
    assert list(rows_of_cells(text.getvalue(), ",")) == table


def surveyed_in_pieces(delivery: Any, name: str, piece_bytes: int, block: int) -> SurveyedFile:
    """As a large file is: `block` bytes are read at a time, a piece ends at a newline beyond `piece_bytes`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_files, "_BLOCK", block)
        found: SurveyedFile = delivery.survey(piece_bytes)[name]
    return found


def long_table(payments: Any) -> list[list[str]]:
    table = [["救助资金发放明细", *[""] * 12], payments.header]
    for i, row in enumerate(payments.rows(40)):
        table.append(row)
        if i % 9 == 4:
            table.append(row[: 5 + i % 3])
        if i % 13 == 6:
            table += [[""] * 13, ["小计", *[""] * 7, "1.00", *[""] * 4]]
    return table


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_cut_into_pieces_has_the_same_rows(delivery: Any, payments: Any, rows_of: RowsOf, encoding: str, end: str) -> None:
    name = delivery.add("大.csv", payments.csv(*long_table(payments), end=end).encode(encoding))
    whole = delivery.rows(name)
    assert whole["_row"].to_list() == [1, *range(3, len(long_table(payments)) + 1)]
    for block, piece_bytes in ((64, 1), (257, 1000), (1024, 1)):
        file = surveyed_in_pieces(delivery, name, piece_bytes, block)
        assert len(file.pieces) > 1, (block, piece_bytes)
        assert rows_of(file).equals(whole), (block, piece_bytes)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(block=st.integers(150, 3000), piece_bytes=st.integers(1, 3000), ends=st.booleans())
def test_any_piece_size_gives_the_rows_of_the_whole(
    delivery: Any, payments: Any, rows_of: RowsOf, block: int, piece_bytes: int, ends: bool
) -> None:
    delivery.lines.clear()
    text = payments.csv(*long_table(payments))
    name = delivery.add("大.csv", text if ends else text.removesuffix("\n"))
    file = surveyed_in_pieces(delivery, name, piece_bytes, block)
    assert [piece.start for piece in file.pieces[1:]] == [piece.end for piece in file.pieces[:-1]]
    assert rows_of(file).equals(delivery.rows(name))


def test_the_scrap_at_the_end_belongs_to_the_piece_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "_BLOCK", 10)
    path = tmp_path / "甲.csv"
    for lines, cuts in ((44, (0, 100, 200, 300, 400)), (42, (0, 100, 200, 300)), (40, (0, 100, 200, 300))):
        path.write_bytes(b"123456789\n" * lines)
        assert survey_text_file(path, 95, ",").cuts == cuts, lines


CELLS_TO_QUOTE = st.text('张0; "\n', max_size=5)  # the semicolon stands for the delimiter


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(st.lists(CELLS_TO_QUOTE, min_size=3, max_size=3), min_size=1, max_size=25),
    ragged=st.booleans(),
    style=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    delimiter=st.sampled_from(",\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    block=st.integers(1, 60),
)
def test_quoted_rows_are_read_and_numbered_the_same_however_they_are_cut(
    tmp_path: Path,
    table: list[list[str]],
    ragged: bool,
    style: Any,
    delimiter: str,
    end: str,
    encoding: str,
    block: int,
) -> None:
    table = [[cell.replace(";", delimiter) for cell in row[: 1 if ragged and at % 4 == 3 else 3]] for at, row in enumerate(table)]
    table = [["行", "一", "二", "三"], *([str(at), *row] for at, row in enumerate(table))]
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=style).writerows(table)
    path = tmp_path / "甲.csv"
    path.write_bytes(written.getvalue().encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_files, "_BLOCK", block)
        file = survey_text_file(path, block, delimiter)
        assert file.dialect.is_sound
        assert encoding == "utf-16" or len(file.cuts) > 1 or file.size < 4 * block + 80
        read: list[tuple[str | None, ...]] = []
        for start, stop, row in zip(file.cuts, (*file.cuts[1:], file.size), file.first_rows, strict=True):
            assert row == len(read) + 1
            read += [cells for frame, _ in read_piece(path, start, stop, file.dialect, 4) for cells in frame.rows()]
    assert read == [as_read(row, 4) for row in table]


SOUND = ['"a",b\n', 'a,""\n', '"a""b",\n', '"a\nb",c\r\n"d",e\r\n', 'a,"b"', '\ufeff"a",b\n', '"""",","\n']
STRAY = ['"a,b\n', 'a,b"\n', '"a"b,c\n', 'a,"b" \n', ' "a",b\n', 'a,5" x\nb,c\n', '"a"\rb,c\n', 'a,"b""\n']


@pytest.mark.parametrize("block", [1, 3, 1000])
@pytest.mark.parametrize(("text", "is_sound"), [*((text, True) for text in SOUND), *((text, False) for text in STRAY)])
def test_quotes_are_sound_when_each_opens_or_closes_a_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, is_sound: bool, block: int
) -> None:
    monkeypatch.setattr(text_files, "_BLOCK", block)
    path = tmp_path / "甲.csv"
    path.write_bytes(("x,y\n" * 3 + text if text[0] != "\ufeff" else text).encode())
    file = survey_text_file(path, 1, ",")
    assert file.dialect.is_sound is is_sound
    if block < 10:
        assert (len(file.cuts) > 1) is (is_sound and text[0] != "\ufeff")


@pytest.mark.parametrize(("length", "is_sound"), [(32_000, True), (33_000, False)])
def test_a_quoted_cell_longer_than_a_spreadsheet_holds_is_a_stray_quote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int, is_sound: bool
) -> None:
    path = tmp_path / "甲.csv"
    path.write_bytes(b'a,b\n"' + b"x,y\n" * (length // 4) + b'",c\nd,e\n')
    for block in (1000, 1 << 20):
        monkeypatch.setattr(text_files, "_BLOCK", block)
        file = survey_text_file(path, 1 << 20, ",")
        assert file.dialect.is_sound is is_sound
        frames = [frame for frame, _ in read_piece(path, 0, file.size, file.dialect, 2)]
        assert pl.concat(frames).height == (3 if is_sound else length // 4 + 3)


def test_a_file_with_a_stray_quote_is_one_piece_and_only_its_line_suffers(delivery: Any, payments: Any, rows_of: RowsOf) -> None:
    lines = payments.csv(payments.header, *payments.rows(30), payments.row(batch_no="一\n二"), *payments.rows(30)).split("\n")
    lines[4] = lines[4].replace("农村低保", '"农村低保')
    lines[9] = lines[9].replace("农村低保", '农村"低保"')
    file = surveyed_in_pieces(delivery, delivery.add("大.csv", "\n".join(lines)), piece_bytes=1, block=64)
    assert len(file.pieces) == 1
    rows = rows_of(file)
    assert rows["_row"].to_list() == list(range(2, 63))
    assert [row for row, fate in rows.select("_row", "_fate").iter_rows() if fate != "accepted"] == [10]
    assert rows["batch_no"].to_list().count("一\n二") == 1


def test_careful_reading_goes_batch_by_batch_and_leaves_no_scrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "_CAREFUL_ROWS", 8)
    path = tmp_path / "甲.csv"
    for lines, heights in ((7, [7]), (16, [8, 8]), (18, [8, 10]), (19, [8, 8, 3])):
        path.write_bytes(b'a,"b\n' * lines)
        file = survey_text_file(path, 1, ",")
        assert [frame.height for frame, _ in read_piece(path, 0, file.size, file.dialect, 2)] == heights


@pytest.mark.parametrize("line", ['农村低保,"张三,420292,640.00,正常', 'a,"",b,"""c', 'x,"y"z'])
def test_stray_quotes_on_every_line_cost_time_by_the_line(tmp_path: Path, line: str) -> None:
    """Read with an endless look ahead, each of them would look through all lines after it."""
    path = tmp_path / "甲.csv"
    path.write_bytes((line + "\n").encode() * 40_001)
    file = survey_text_file(path, 1 << 20, ",")
    began = time.process_time()
    frames = [frame for frame, _ in read_piece(path, 0, file.size, file.dialect, 4)]
    assert time.process_time() - began < 5
    assert sum(frame.height for frame in frames) == 40_001


def test_an_endless_line_is_cut_and_the_others_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "_BLOCK", 1000)
    monkeypatch.setattr(text_files, "_LONGEST_LINE", 5000)
    path = tmp_path / "甲.csv"
    for endless in (b"x" * 18_000, b"," * 18_000, b'"' + b"x" * 18_000):
        path.write_bytes(b"a,b\n" + endless + b"\nc,d\n")
        file = survey_text_file(path, 1000, ",")
        assert (file.dialect.is_sound, file.cuts) == (False, (0,))
        rows = pl.concat([frame for frame, _ in read_piece(path, 0, file.size, file.dialect, 2)]).rows()
        assert (rows[0], rows[-1]) == (("a", "b"), ("c", "d"))
        assert 5 <= len(rows) <= 6


@pytest.mark.parametrize("quote", ["", '"'])
def test_lines_ended_by_carriage_returns_alone_are_cut_too(delivery: Any, payments: Any, rows_of: RowsOf, quote: str) -> None:
    table = [payments.header, *payments.rows(30), payments.row(batch_no=f"{quote}一{quote}")]
    name = delivery.add("旧.csv", payments.csv(*table, end="\r"))
    file = surveyed_in_pieces(delivery, name, piece_bytes=300, block=256)
    assert len(file.pieces) > 5
    assert rows_of(file).equals(delivery.rows(name))
    assert rows_of(file)["_row"].to_list() == list(range(2, 33))


@pytest.mark.parametrize("style", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_files_put_one_behind_the_other_leave_no_mark(delivery: Any, payments: Any, style: Any) -> None:
    part = io.StringIO(newline="")
    csv.writer(part, quoting=style).writerows([payments.header, payments.row()])
    rows = delivery.rows(delivery.add("合.csv", part.getvalue().encode("utf-8-sig") * 2))
    assert rows.select("_row", "_reason").rows() == [(2, None), (3, "repeated header"), (4, None)]


NAMES = ["张三", "王小明", "阿不都·热合曼", "𠮷田", "联通", "李", "瑶瑶", "欧阳娜娜", "A座3栋"]


def in_lines(payments: Any, encodings: list[str], names: list[str] = NAMES) -> bytes:
    """A register whose lines take the encodings in turn, the header the first."""
    rows = [payments.header, *(payments.row(name=names[at % len(names)]) for at in range(len(encodings) - 1))]
    return b"".join(payments.csv(row).encode(encoding) for row, encoding in zip(rows, encodings, strict=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["utf-8", "gb18030"]), min_size=2, max_size=30))
def test_each_line_is_read_in_its_own_encoding(delivery: Any, payments: Any, encodings: list[str]) -> None:
    delivery.lines.clear()
    rows = delivery.rows(delivery.add("混.csv", in_lines(payments, encodings)))
    assert rows["name"].to_list() == [NAMES[at % len(NAMES)] for at in range(len(encodings) - 1)]
    assert set(rows["_fate"]) == {"accepted"}


@pytest.mark.parametrize("word", ["李", "联通", "男A", "中国移动通信"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_one_word_tells_the_encoding_of_a_line(delivery: Any, payments: Any, word: str, encoding: str) -> None:
    """But 联通 in GB18030 could be UTF-8 as well: in a file of GB18030 it is not."""
    rows = [payments.row(name=word, account_name="", program="A", kind="B"), payments.row(name="王小明")]
    lines = [payments.csv(payments.header).encode("gb18030"), payments.csv(rows[0]).encode(encoding)]
    lines += [payments.csv(rows[1]).encode(other) for other in ("gb18030", "utf-8", "gb18030")]
    assert delivery.rows(delivery.add("混.csv", b"".join(lines)))["name"].to_list() == [word, *["王小明"] * 3]


@pytest.mark.parametrize("first", ["utf-8", "gb18030"])
@pytest.mark.parametrize("other", ["utf-8", "gb18030"])
def test_bytes_of_no_encoding_cost_their_own_line_only(delivery: Any, payments: Any, first: str, other: str) -> None:
    lines = in_lines(payments, [first, first, other, first, first, other], ["张三"]).split(b"\n")
    lines[4] = lines[4].replace("正常".encode(first), b"\xff\xff")
    rows = delivery.rows(delivery.add("坏.csv", b"\n".join(lines)))
    assert rows["name"].to_list() == ["张三"] * 5
    assert rows["kind"].to_list() == ["正常", "正常", "正常", "\ufffd\ufffd", "正常"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_utf16_is_read_whole(delivery: Any, payments: Any, rows_of: RowsOf, encoding: str, delimiter: str) -> None:
    table = [payments.header, *payments.rows(20), payments.row(name="𠮷", batch_no="一\n二,\t")]
    content = ("\ufeff" + payments.csv(*table, delimiter=delimiter, end="\r\n")).encode(encoding)
    file = surveyed_in_pieces(delivery, delivery.add("统一码.txt", content), piece_bytes=64, block=33)
    assert len(file.pieces) == 1
    rows = rows_of(file)
    assert rows.select(rows.columns[:13]).rows() == [tuple(cell or None for cell in row) for row in table[1:]]
    assert rows["_row"].to_list() == list(range(2, 23))


def test_utf16_that_is_cut_off_keeps_its_rows(delivery: Any, payments: Any) -> None:
    content = payments.csv(payments.header, *payments.rows(3)).encode("utf-16")
    assert delivery.rows(delivery.add("断.txt", content[:-41])).height == 3
