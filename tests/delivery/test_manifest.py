"""The manifest: read in every encoding, refused as a whole when it cannot be trusted."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.delivery.manifest import ManifestEntry, read_manifest
from jobs.runtime.errors import BadDelivery

HEADER = "文件名,数据集,报送单位,行政区划代码,数据截止日期,记录数,SHA256"
LINE = "甲.csv,payments,民政局,420292,2017-12-31,3,ABCDEF"
ENTRY = ManifestEntry("甲.csv", "payments", "民政局", "420292", date(2017, 12, 31), 3, "abcdef")


def write(folder: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
    (folder / "交接清单.csv").write_bytes((end.join(lines) + end).encode(encoding))
    return folder


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_manifest_reads_in_every_encoding_and_line_end(tmp_path: Path, encoding: str, end: str) -> None:
    assert read_manifest(write(tmp_path, HEADER, LINE, encoding=encoding, end=end)) == [ENTRY]


def test_order_of_lines_and_columns_decides_nothing(tmp_path: Path) -> None:
    columns = "SHA256,记录数,数据截止日期,行政区划代码,报送单位,数据集,文件名,备注"
    write(tmp_path, columns, "11,1,2017-12-31,420200,民政局,payments,甲.csv,", "22,1,2017-12-31,420200,民政局,payments,乙.csv,x")
    assert [(entry.file_name, entry.sha256) for entry in read_manifest(tmp_path)] == [("乙.csv", "22"), ("甲.csv", "11")]


@pytest.mark.parametrize(
    ("cell", "claimed"), [("3", 3), ("1234", 1234), ('"1,234"', 1234), ("", None), ("约三百", None), ("²", None), ("-1", None)]
)
def test_a_row_count_that_is_no_number_claims_nothing(tmp_path: Path, cell: str, claimed: int | None) -> None:
    [entry] = read_manifest(write(tmp_path, HEADER, f"甲.csv,payments,民政局,420292,2017-12-31,{cell},ab"))
    assert entry.claimed_rows == claimed


def test_blank_lines_are_no_files_and_backslashes_are_slashes(tmp_path: Path) -> None:
    write(tmp_path, HEADER, "", ",,,,,,", "县\\甲.csv,payments,民政局,420292,20171231,3,ab", "")
    assert [entry.file_name for entry in read_manifest(tmp_path)] == ["县/甲.csv"]


def test_a_short_line_leaves_its_last_cells_empty(tmp_path: Path) -> None:
    [entry] = read_manifest(write(tmp_path, HEADER, "甲.csv,payments,民政局,420292,2017-12-31"))
    assert (entry.claimed_rows, entry.sha256) == (None, "")


def test_a_stray_quote_costs_no_other_line(tmp_path: Path) -> None:
    write(tmp_path, HEADER, 'a.csv,payments,"民政局,420292,2017-12-31,3,ab', "b.csv,payments,民政局,420292,2017-12-31,3,cd")
    assert [entry.file_name for entry in read_manifest(tmp_path)] == ["a.csv", "b.csv"]


def refusal(folder: Path) -> str:
    with pytest.raises(BadDelivery) as raised:
        read_manifest(folder)
    return str(raised.value)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert "No folder" in refusal(tmp_path / "nowhere")


def test_a_missing_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "甲.csv").write_text("x")
    assert "holds no 交接清单.csv" in refusal(tmp_path)


@pytest.mark.parametrize("column", HEADER.split(","))
def test_a_manifest_without_a_column_names_it_and_what_was_found(tmp_path: Path, column: str) -> None:
    rest = [name for name in HEADER.split(",") if name != column]
    message = refusal(write(tmp_path, ",".join(rest), "a,b,c,d,e,f"))
    assert f"lacks the column {column} (found: {', '.join(rest)})" in message


@pytest.mark.parametrize("lines", [(), ("", "")])
def test_a_manifest_without_a_header_is_refused(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert "lacks the column 文件名 (found: nothing)" in refusal(write(tmp_path, *lines))


@pytest.mark.parametrize("lines", [(HEADER,), (HEADER, "", ",,,,,,")])
def test_an_empty_manifest_is_refused(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert "lists no file" in refusal(write(tmp_path, *lines))


@pytest.mark.parametrize("cell", ["", "2017-12", "年底", "2017-02-30", "00000000"])
def test_a_date_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path, cell: str) -> None:
    message = refusal(write(tmp_path, HEADER, LINE, "", f"乙.csv,payments,民政局,420292,{cell},3,ab"))
    assert f"line 4: 数据截止日期 is {cell!r}" in message


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=80), st.text('甲,"\r\n2017-12-31\x00a', max_size=60).map(str.encode)))
def test_any_bytes_are_entries_or_a_refusal_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "交接清单.csv").write_bytes(f"{HEADER}\n{LINE}\n".encode() + content)
    try:
        dates = {entry.extract_date for entry in read_manifest(tmp_path)}
    except BadDelivery as refused:
        outcome = str(refused)
    else:
        outcome = "line 2 was read" if ENTRY.extract_date in dates else "line 2 was lost"
    assert outcome == "line 2 was read" or re.search("line [3-9].* is .* Expected a day", outcome, re.DOTALL)
