"""Remarks: every one is worded for the data team and for the department, and survives the ledger's table."""

from __future__ import annotations

import re
import string

import pytest

from jobs.delivery.remarks import (
    ABOVE_THE_HEADER,
    BELOW_A_HEADER,
    WORDINGS,
    Remark,
    from_json,
    in_english,
    placed_row_in_chinese,
    remark,
    to_json,
)


def details_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", WORDINGS)
def test_both_languages_give_the_same_details(code: str) -> None:
    wording = WORDINGS[code]
    if code != "no_header":  # the department need not know
        assert details_of(wording.en) == details_of(wording.zh)
    assert details_of(wording.mend) == set()


@pytest.mark.parametrize("code", WORDINGS)
def test_the_department_is_told_in_chinese_what_to_do(code: str) -> None:
    wording = WORDINGS[code]
    assert wording.en.isascii() or "…" in wording.en
    assert re.search("[\u4e00-\u9fff]", wording.zh)
    assert re.search("[\u4e00-\u9fff].*。$", wording.mend)


def test_a_remark_is_worded_with_its_details() -> None:
    told = remark("count_differs", claimed=12, found=9)
    assert told.en == "the manifest claims 12 rows, the file holds 9"
    assert told.zh == "交接清单记录数为12，文件实有9条"
    assert told.mend == "请核对是否漏报或多报；如文件无误，请更正交接清单中的记录数。"


def test_what_needs_no_mending_says_so() -> None:
    assert remark("same_bytes", other="甲.csv").mend == "无需处理。"


@pytest.mark.parametrize(("code", "details"), [("lost", {}), ("count_differs", {"claimed": 12}), ("newer_extract", {})])
def test_an_unknown_code_or_a_missing_detail_fails_where_it_was_left_out(code: str, details: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        remark(code, **details)


@pytest.mark.parametrize("name", ["甲.csv", "{甲}.csv", '"甲"\\.csv', "甲\n乙.csv", ""])
def test_remarks_come_back_from_json_whatever_a_file_is_called(name: str) -> None:
    remarks = [remark("same_bytes", other=name), Remark("no_rows")]
    assert from_json(to_json(remarks)) == remarks
    assert in_english(remarks) == f"the same bytes as {name}; a header, but no row of data"


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            BELOW_A_HEADER.en.format(row=7, columns="发放金额、项目"),
            "该行属于另一个表格，其表头（第7行）缺少必需的列：发放金额、项目",
        ),
        (ABOVE_THE_HEADER.en.format(row=12), "该行位于表头（第12行）之上，无法确定各列的含义"),
    ],
)
def test_a_row_quarantined_for_its_place_is_told_in_chinese(reason: str, told: str) -> None:
    found = placed_row_in_chinese(reason)
    assert found is not None
    assert found[0] == told
    assert placed_row_in_chinese("more or fewer cells than the header") is None
