"""The lists of needs and of checks of the main job: what must hold of every run."""

from __future__ import annotations

import json
import re
from collections import Counter

import openpyxl
import polars as pl

from expectations.contracts.lake import NEEDS
from jobs.launch.context import RunContext
from jobs.needs import NEED_RULES
from jobs.publish.beside import CHECKS_BOOK
from jobs.publish.checks_list import CHECK_COLUMNS, FINDING_SHEET, HOUSEHOLD_SHEET
from jobs.publish.needs_list import KIND, LEFT_OUT_SHEET, NEED_SHEET
from jobs.sheets.clue_list import COLUMNS
from tests.conftest import City

NUMBER = re.compile(r"\d{17}[\dX]")


def listed(run: RunContext, zone: str, name: str) -> pl.DataFrame:
    return pl.read_csv(run.out / zone / name, infer_schema=False)


def test_needs_are_listed_in_the_columns_of_clues_the_greatest_first(finished: RunContext) -> None:
    needs = listed(finished, "restricted", "needs.csv")
    assert tuple(needs.columns) == COLUMNS == tuple(listed(finished, "exports", "needs.csv").columns)
    ranks = needs["rank"].cast(pl.Int64)
    assert ranks.unique().to_list() == list(range(1, ranks.n_unique() + 1))
    assert ranks.is_sorted()
    persons = needs.group_by("rank", maintain_order=True).agg(
        pl.col("subject_id").n_unique(), pl.col("case_id").n_unique(), pl.col("rule_code")
    )
    assert persons["subject_id"].to_list() == persons["case_id"].to_list() == [1] * len(persons), "one rank a person"
    assert (persons["rule_code"].list.len() > 1).any(), "somebody has two needs"
    households = needs["case_id"].rle().struct.field("value")
    assert households.is_unique().all(), "a household's people stand together"
    greatest = needs.group_by("case_id", maintain_order=True).agg(pl.col("score").cast(pl.Float64).max())["score"]
    assert greatest.is_sorted(descending=True)
    assert set(needs["rule_code"]) == {rule.code for rule in NEED_RULES}
    assert needs["subject_id"].str.contains(r"^\d{17}[\dX]$").all()
    assert not needs["explanation"].has_nulls()
    assert needs["clue_id"].is_unique().all()
    assert all(json.loads(cell)[0]["file"] for cell in needs["evidence"])


def test_needs_never_stand_among_clues(finished: RunContext) -> None:
    clues = listed(finished, "restricted", "clues.csv")
    assert not clues["rule_code"].str.starts_with("M").any()


def test_whom_a_rule_of_needs_looked_at_is_on_the_list_or_left_out_with_a_reason(finished: RunContext) -> None:
    rows = finished.lake.read(NEEDS).collect()
    found = [row for row in rows if row["outcome"] == "found"]
    assert len(found) == len(listed(finished, "restricted", "needs.csv"))
    assert all(row["reason"] for row in rows if row["outcome"] != "found")
    assert not any(row["reason"] or row["rank"] is None for row in found)
    assert {row["outcome"] for row in rows} >= {"found", "excluded", "clear"}
    told = finished.report.figures["needs"]
    assert isinstance(told, dict)
    assert sum(told.values()) == len(rows)


def test_needs_agree_with_the_simulators_truth(finished: RunContext, city: City) -> None:
    """A floor, not a figure to quote: of those whom the truth knows."""
    truth = pl.read_csv(city.folder / "truth.csv", infer_schema=False).filter(pl.col("rule_code").str.starts_with("M"))
    needs = {tuple(row) for row in listed(finished, "restricted", "needs.csv").select("rule_code", "subject_id").iter_rows()}
    labels = {(rule, who): label for rule, who, label in truth.select("rule_code", "subject_id", "label").iter_rows()}
    true = {key for key, label in labels.items() if label == "1"}
    assert true
    assert len(true & needs) / len(true) > 0.85
    known = needs & set(labels)
    assert len(known & true) / len(known) > 0.85


def test_masked_lists_show_no_number_and_no_name(finished: RunContext) -> None:
    for name in ("needs.csv", "checks.csv"):
        full, masked = listed(finished, "restricted", name), listed(finished, "exports", name)
        text = (finished.out / "exports" / name).read_text(encoding="utf-8-sig")
        assert not set(full["subject_id"].drop_nulls()) & set(NUMBER.findall(text))
        assert len(masked) == len(full)
        assert masked["subject_name"].drop_nulls().str.contains(r"^.\*$").all()
        telling = ("号牌号码", "不动产权证号", "企业名称", "单位名称", "统一社会信用代码")
        assert not [word for word in telling if word in text], name
    folder = finished.out / "exports" / "workbooks"
    for path in (folder / CHECKS_BOOK, *folder.rglob(f"{KIND}_*.xlsx")):
        cells = {str(cell.value) for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row}
        assert not [cell for cell in cells if NUMBER.search(cell)], path


def test_evidence_of_checks_leads_back_to_what_was_delivered(finished: RunContext, city: City) -> None:
    checks = listed(finished, "restricted", "checks.csv").filter((pl.col("result") == "有检出") & (pl.col("row_kind") == "人"))
    seen = 0
    for row in checks.iter_rows(named=True):
        (evidence,) = json.loads(row["evidence"])
        path = city.delivery / evidence["file"]
        if path.suffix == ".csv" and row["identity_grade"] == "A":
            content = path.read_bytes()
            line = content.decode("utf-8-sig" if content[:3] == b"\xef\xbb\xbf" else "gb18030", errors="replace").splitlines()[
                evidence["row"] - 1
            ]
            assert row["subject_id"] in line
            seen += 1
    assert seen > 5


def test_checks_have_one_summary_a_household_and_refuse_without_authorisation(finished: RunContext) -> None:
    checks = listed(finished, "restricted", "checks.csv")
    assert tuple(checks.columns) == CHECK_COLUMNS
    households = checks.filter(pl.col("row_kind") == "户")
    assert households["application_no"].is_unique().all()
    assert set(checks["application_no"]) == set(households["application_no"])
    unsigned = checks.filter(pl.col("authorised_on").is_null())
    assert set(unsigned["result"]) == {"未授权不予核对"}
    found = set(checks.filter((pl.col("row_kind") == "人") & (pl.col("result") == "有检出"))["application_no"])
    assert found == set(households.filter(pl.col("result") == "有检出")["application_no"])
    assert set(checks["purpose"]) == {"check"}


def test_the_workbook_of_needs_has_a_row_a_person_and_a_number_a_household(finished: RunContext) -> None:
    needs = listed(finished, "restricted", "needs.csv")
    told = []
    for path in sorted((finished.out / "restricted" / "workbooks").glob(f"{KIND}_*.xlsx")):
        head, *rows = openpyxl.load_workbook(path)["应保未保"].iter_rows(values_only=True)
        told += [dict(zip(head, row, strict=True)) for row in rows]
    assert sorted(row["排名"] for row in told) == list(range(1, needs["rank"].n_unique() + 1))
    assert len({row["走访序号"] for row in told}) == needs["case_id"].n_unique()
    kinds = {kind for row in told for kind in (row["可了解的救助"] or "").split("、")}
    assert {"最低生活保障", "特困供养", "医疗", "临时", "住房"} <= kinds
    joined = [row for row in told if "、" in row["需求编号"]]
    assert joined
    assert all(row["困难情况"].count("【") == len(row["需求编号"].split("、")) for row in told)


def test_workbooks_of_needs_and_checks_open_with_their_headings(finished: RunContext) -> None:
    needs, checks = {"应保未保": NEED_SHEET, "暂未列入": LEFT_OUT_SHEET}, {"家庭": HOUSEHOLD_SHEET, "核对发现": FINDING_SHEET}
    folder = finished.out / "restricted" / "workbooks"
    by_county, by_township = (sorted(place.glob(f"{KIND}_*.xlsx")) for place in (folder, folder / "townships"))
    assert 0 < len(by_county) < len(by_township)
    filled: Counter[str] = Counter()
    for path in (*by_county, *by_township, folder / CHECKS_BOOK):
        expected = checks if path.name == CHECKS_BOOK else needs
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == [*expected, "说明", "填写选项"]
        for title, columns in expected.items():
            assert [cell.value for cell in book[title][1]] == [column.heading for column in columns]
            assert book[title].protection.sheet == any(column.style == "input" for column in columns)
            printed = "'暂未列入'!$A$1:$F$2" if title == "暂未列入" else ""
            assert str(book[title].print_area or "") == printed, "who is left out is looked up, not printed with the book"
            filled[title] += path.parent.name != "townships" and book[title].max_row > 1
    assert filled.keys() == {*needs, *checks}
    assert min(filled.values()) >= 1
    ids = [
        need_id
        for path in by_township
        for name in needs
        for row in openpyxl.load_workbook(path)[name].iter_rows(min_row=2, values_only=True)
        if row[-1]
        for need_id in row[-1].split("、")
    ]
    assert set(listed(finished, "restricted", "needs.csv")["clue_id"]) <= set(ids)
    assert len(ids) == len(set(ids))
