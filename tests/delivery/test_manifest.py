"""The manifest: read in every encoding and habit; a line that cannot be used costs its file, a column that is missing the delivery."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.delivery.manifest import MANIFEST_NAME, ManifestEntry, read_manifest
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
    assert "holds no 交接清单.csv. Add" in refusal(tmp_path)
    (tmp_path / "交接清单(1).xlsx").write_text("x")
    assert "holds no 交接清单.csv. 交接清单(1).xlsx is there: save it as 交接清单.csv" in refusal(tmp_path)


def test_a_workbook_under_the_name_of_the_manifest_is_told(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "交接清单.csv") as book:
        book.add_worksheet().write_row(0, 0, HEADER.split(","))
    assert "is no text; a workbook, perhaps. Open it and save it as CSV" in refusal(tmp_path)


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


def remarks_of(entry: ManifestEntry) -> list[str]:
    return [told.en for told in entry.remarks]


@pytest.mark.parametrize("cell", ["", "2017-12", "年底", "2017-02-30", "00000000"])
def test_a_date_that_cannot_be_read_costs_its_line_only(tmp_path: Path, cell: str) -> None:
    lines = (HEADER, LINE, "", f"乙.csv,payments,民政局,420292,{cell},3,ab")
    bad, good = read_manifest(write(tmp_path, *lines))
    assert good == ENTRY
    assert (bad.file_name, bad.extract_date) == ("乙.csv", None)
    assert remarks_of(bad) == [f"the manifest's extract date is '{cell}'; expected a day such as 2017-12-31"]


@pytest.mark.parametrize("cell", ["9" * 30, "9" * 6000, "约三百", "-1", "1.5", "1e99"])
def test_a_row_count_that_is_none_is_told(tmp_path: Path, cell: str) -> None:
    [entry] = read_manifest(write(tmp_path, HEADER, f"甲.csv,payments,民政局,420292,2017-12-31,{cell},ab"))
    assert entry.claimed_rows is None
    assert [told.code for told in entry.remarks] == ["no_row_count"]
    assert len(remarks_of(entry)[0]) < 200


@pytest.mark.parametrize("column", ["数据集", "报送单位", "行政区划代码"])
def test_a_name_without_end_is_cut_and_told(tmp_path: Path, column: str) -> None:
    cells = dict(zip(HEADER.split(","), LINE.split(","), strict=True)) | {column: "局" * 200}
    [entry] = read_manifest(write(tmp_path, HEADER, ",".join(cells.values())))
    assert "局" * 39 + "…" in entry.cells
    assert f"the manifest's {column} has more than 40 characters and was cut" in remarks_of(entry)


@pytest.mark.parametrize(
    ("cell", "area"),
    [
        *(
            (cell, "420222")
            for cell in ("420222000000", "420222000", "420222阳新县", "阳新县420222", "阳新县（420222）", "４２０２２２")
        ),
        *((cell, cell) for cell in ("420222101000", "420222101", "420200", "")),
    ],
)
def test_the_code_of_an_area_is_read_in_any_form(tmp_path: Path, cell: str, area: str) -> None:
    """Of a township it stays as it is: an extract of a township replaces none of its county."""
    [entry] = read_manifest(write(tmp_path, HEADER, f"甲.csv,payments,民政局,{cell},2017-12-31,3,ab"))
    assert (entry.area, entry.remarks) == (area, ())


def test_an_area_without_a_code_is_told(tmp_path: Path) -> None:
    [entry] = read_manifest(write(tmp_path, HEADER, "甲.csv,payments,民政局,阳新县,2017-12-31,3,ab"))
    assert entry.area == "阳新县"
    assert [told.code for told in entry.remarks] == ["no_division_code"]


CONTROLS = "\x00\x07\x1b[31m\x7f\x85\u2028\u202e"


def test_no_control_is_kept_in_a_name(tmp_path: Path) -> None:
    cells = [f"{cell[:1]}{CONTROLS}{cell[1:]}" for cell in ("甲.csv", "payments", "民政局", "420292", "2017-12-31", "3", "AB")]
    [entry] = read_manifest(write(tmp_path, HEADER, ",".join(cells)))
    assert all(str(cell).isprintable() for cell in entry.cells)
    assert (entry.reported_by, entry.area) == ("民[31m政局", "4[31m20292")


HABITS = {
    "formulas of text": ",".join(f'"=""{cell}"""' for cell in LINE.split(",")),
    "apostrophes": ",".join(f"'{cell}" for cell in LINE.split(",")),
    "tabs": ",".join(f"{cell}\t" for cell in LINE.split(",")),
    "the blank of GBK": ",".join(f"{cell}\ue5e5" for cell in LINE.split(",")),
    "zero widths": ",".join(f"{cell}\u200b" for cell in LINE.split(",")),
    "floats": "甲.csv,payments,民政局,420292.0,20171231.0,3.0,ABCDEF",
    "full width": "甲.csv,ｐａｙｍｅｎｔｓ,民政局,４２０２９２,２０１７－１２－３１,３,ＡＢＣＤＥＦ",
    "a moment in Greenwich": "甲.csv,payments,民政局,420292,2017-12-30T16:00:00Z,3,ABCDEF",
    "a day in Chinese": "甲.csv,payments,民政局,420292,二〇一七年十二月三十一日,3条,AB CD EF",
    "a delimiter too many": LINE + ",,",
}


@pytest.mark.parametrize("habit", HABITS)
def test_habits_of_cells_are_noise_here_too(tmp_path: Path, habit: str) -> None:
    (tmp_path / "甲.csv").write_text("x")
    assert read_manifest(write(tmp_path, HEADER, HABITS[habit])) == [ENTRY]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_the_delimiter_is_the_one_that_gives_the_columns(tmp_path: Path, delimiter: str) -> None:
    write(tmp_path, *(line.replace(",", delimiter) for line in (HEADER, LINE)))
    assert read_manifest(tmp_path) == [ENTRY]


def test_titles_totals_and_repeated_headers_are_no_files(tmp_path: Path) -> None:
    write(tmp_path, "交接清单,,,,,,", HEADER, LINE, "合计,,,,,3,", HEADER, "注：以上共1个文件,,,,,,")
    assert read_manifest(tmp_path) == [ENTRY]


def test_headers_may_be_decorated(tmp_path: Path) -> None:
    write(tmp_path, "文件名*,\ufeff数据集, 报送单位 ,行政区划代码,数据截止日期,记录数（条）,sha-256", LINE)
    assert read_manifest(tmp_path) == [ENTRY]


def test_utf16_is_read(tmp_path: Path) -> None:
    assert read_manifest(write(tmp_path, HEADER.replace(",", "\t"), LINE.replace(",", "\t"), encoding="utf-16")) == [ENTRY]


def test_of_a_column_that_is_there_twice_the_first_counts_and_a_difference_is_told(tmp_path: Path) -> None:
    write(tmp_path, f"{HEADER},行政区划代码,文件名", f"{LINE},420299,甲.csv")
    [entry] = read_manifest(tmp_path)
    assert entry.cells == ENTRY.cells
    assert [told.code for told in entry.remarks] == ["told_twice"]


@pytest.mark.parametrize("name", ["“终稿”.csv", "a b.csv", "a\u3000b.csv", "a#%?.csv", "（终稿）[1].csv", "⾼.csv"])
def test_a_file_is_found_by_the_name_that_it_has(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    [entry] = read_manifest(write(tmp_path, HEADER, LINE.replace("甲.csv", name)))
    assert entry.file_name == name


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=80), st.text('甲,"\r\n2017-12-31\x00a', max_size=60).map(str.encode)))
def test_any_bytes_behind_a_line_leave_the_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "交接清单.csv").write_bytes(f"{HEADER}\n{LINE}\n".encode() + content)
    entries = read_manifest(tmp_path)
    assert ENTRY.cells in [entry.cells for entry in entries]
    assert all(str(cell).isprintable() for entry in entries for cell in entry.cells)


def test_a_manifest_that_leads_out_of_the_delivery_or_has_no_end_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "delivery").mkdir()
    (tmp_path / "elsewhere").write_text("a secret")
    manifest = tmp_path / "delivery" / MANIFEST_NAME
    manifest.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadDelivery, match="a link to a place outside of it") as refused:
        read_manifest(tmp_path / "delivery")
    assert "secret" not in str(refused.value)
    manifest.unlink()
    with manifest.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(BadDelivery, match="1,099,511,627,776 bytes"):
        read_manifest(tmp_path / "delivery")


def test_columns_and_data_sets_may_have_other_names_and_a_hash_colons(tmp_path: Path) -> None:
    header = "文件名称,数据集名称,报送部门,区划代码,截止日期,记录条数,SHA256值"
    line = f"甲.csv,救助资金发放明细,民政局,420200,2017-12-31,1,{':'.join(['ab'] * 32)}"
    (tmp_path / "交接清单.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    (entry,) = read_manifest(tmp_path)
    assert (entry.file_name, entry.data_set, entry.area, entry.claimed_rows) == ("甲.csv", "payments", "420200", 1)
    assert entry.sha256 == "ab" * 32


def test_a_hash_may_have_its_name_before_it_and_a_data_set_capitals(tmp_path: Path) -> None:
    write(tmp_path, HEADER, "甲.csv,PAYMENTS,民政局,420292,2017-12-31,1,SHA-256：AB12")
    [entry] = read_manifest(tmp_path)
    assert (entry.data_set, entry.sha256) == ("payments", "ab12")
