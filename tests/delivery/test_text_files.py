"""Text files: encodings, delimiters, line ends, and large files cut into pieces without a trace."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.delivery import text_files
from jobs.delivery.survey import SurveyedFile
from jobs.delivery.text_files import read_piece, rows_of_cells, survey_text_file

RowsOf = Callable[[SurveyedFile], pl.DataFrame]
SEED = 20170105


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
            assert survey_text_file(path, 1 << 20).encoding == encoding
    path.write_bytes(b"a" * 100)
    assert survey_text_file(path, 1 << 20).encoding == "utf-8"


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
    frame, uneven = read_piece(path, 0, path.stat().st_size, "utf-8", ",", width, has_quotes=False)
    cells = [line.split(",") for line in lines]
    assert frame.rows() == [as_read(row, width) for row in cells]
    assert uneven == [at for at, row in enumerate(cells) if len(row) != width and any(map(str.strip, row))]


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


def test_a_file_with_quotes_is_not_cut(delivery: Any, payments: Any, rows_of: RowsOf) -> None:
    table = [payments.header, *payments.rows(30), payments.row(batch_no="一\n二"), *payments.rows(30)]
    file = surveyed_in_pieces(delivery, delivery.add("大.csv", payments.csv(*table)), piece_bytes=1, block=64)
    assert len(file.pieces) == 1
    assert rows_of(file).height == 61


def mutated(content: bytes, chance: random.Random, alphabet: bytes) -> bytes:
    """A few bytes replaced, inserted, removed, exchanged or cut off."""
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(damaged))
        match chance.randrange(5):
            case 0:
                damaged[at] = chance.choice(alphabet)
            case 1:
                damaged.insert(at, chance.choice(alphabet))
            case 2:
                del damaged[at : at + chance.randint(1, 40)]
            case 3:
                other = chance.randrange(len(damaged))
                damaged[at], damaged[other] = damaged[other], damaged[at]
            case 4 if chance.random() < 0.2:
                del damaged[max(at, 1) :]
        damaged = damaged or bytearray(b"\n")
    return bytes(damaged)


ANY_BYTE_BUT_A_QUOTE = bytes(byte for byte in range(256) if byte != ord('"')) + b"\n\r\t,,\x00" * 20


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_damaged_bytes_lose_no_line(delivery: Any, payments: Any, rows_of: RowsOf, encoding: str) -> None:
    chance = random.Random(SEED)
    original = payments.csv(payments.header, *payments.rows(12)).encode(encoding)
    accepted = 0
    for _ in range(60):
        content = mutated(original, chance, ANY_BYTE_BUT_A_QUOTE)
        delivery.lines.clear()
        file = delivery.file(delivery.add("坏.csv", content))
        if file.status == "refused":
            assert file.reason
            continue
        accepted += 1
        rows = rows_of(file)
        text = content.replace(b"\x00", b"")
        lines = text.count(b"\n") + (not text.endswith(b"\n"))
        header_line = file.pieces[0].header.row + 1
        assert rows["_row"].to_list() == [line for line in range(1, lines + 1) if line != header_line]
        assert set(rows["_fate"]) <= {"accepted", "quarantined", "skipped"}
        assert rows.filter(pl.col("_fate") != "accepted")["_reason"].null_count() == 0
    assert accepted > 25


def test_damaged_bytes_and_quotes_never_stop_a_delivery(delivery: Any, payments: Any, rows_of: RowsOf) -> None:
    chance = random.Random(SEED)
    original = payments.csv(payments.header, *payments.rows(6), payments.row(batch_no="一\n二"), *payments.rows(6)).encode()
    accepted = 0
    for _ in range(50):
        content = mutated(original, chance, b'"",,\n\r' + bytes(range(0x20, 0x80)))
        delivery.lines.clear()
        file = delivery.file(delivery.add("坏.csv", content))
        if file.status == "accepted":
            accepted += 1
            rows = rows_of(file)
            assert rows["_row"].is_sorted()
            assert rows.height <= content.count(b"\n") + 1
    assert accepted > 15
