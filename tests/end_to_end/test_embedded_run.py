"""The main job on the embedded engine: what must hold of every run."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from pyspark.sql import functions as F
from rich.console import Console

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASES, CLUES, FILES, FINDINGS, LAKE_TABLES, MEMBERS, PEOPLE, QUALITY, QUARANTINE
from expectations.contracts.model import FATES
from jobs.check_quality import job as check_quality
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.runtime.errors import DataRefused
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine
from jobs.sheets.clue_list import CLUE_COLUMNS
from jobs.sheets.clue_workbook import CASE_SHEET, CLUE_SHEET
from tests.conftest import AS_OF, City, run_main_job
from tests.end_to_end.tables import rows_of


def clues(out: Path, zone: str) -> pl.DataFrame:
    return pl.read_csv(out / zone / "clues.csv", infer_schema=False)


def test_rows_read_are_accepted_quarantined_or_skipped_for_every_file(finished: RunContext, city: City) -> None:
    files = finished.lake.read(FILES).collect()
    for file in files:
        assert file["read_rows"] == file["accepted_rows"] + file["quarantined_rows"] + file["skipped_rows"]
    with (city.delivery / "交接清单.csv").open(encoding="utf-8-sig") as stream:
        claimed = {row["文件名"]: int(row["记录数"]) for row in csv.DictReader(stream)}
    assert {f["file_name"]: f["accepted_rows"] + f["quarantined_rows"] for f in files} == claimed
    refused = sum(f["quarantined_rows"] for f in files)
    assert finished.lake.read(QUARANTINE).count() == refused


def test_silver_holds_every_accepted_row_and_no_other(finished: RunContext) -> None:
    accepted = {code: 0 for code in DATA_SETS}
    for file in finished.lake.read(FILES).collect():
        accepted[file["data_set"]] += file["accepted_rows"]
    assert {code: finished.lake.read(data_set.silver).count() for code, data_set in DATA_SETS.items()} == accepted


def test_every_key_of_the_lake_is_unique(finished: RunContext) -> None:
    for table in LAKE_TABLES.values():
        rows = finished.lake.read_or_empty(table)  # of decisions on identity a first run has none
        assert rows.count() == rows.select(*table.key).distinct().count(), table.full_name


def test_published_lists_have_the_contracts_columns_and_agree_with_the_lake(finished: RunContext) -> None:
    exported, restricted = clues(finished.out, "exports"), clues(finished.out, "restricted")
    assert tuple(exported.columns) == tuple(restricted.columns) == CLUE_COLUMNS
    dispatched = restricted.filter(pl.col("dispatched") == "是")
    assert restricted["rank"].cast(pl.Int64).to_list() == list(range(1, len(restricted) + 1))
    order = restricted.select(pl.col("rule_code") == "U01", pl.col("dispatched") == "否", -pl.col("score").cast(pl.Float64))
    assert order.rows() == sorted(order.rows())  # clues about data last; before them those to visit, then exempted ones
    assert not restricted.filter(pl.col("dispatched") == "否")["exemption_code"].has_nulls()
    assert set(restricted["clue_id"]) == {row["clue_id"] for row in finished.lake.read(CLUES).select("clue_id").collect()}
    # D and F say that it is unsure who is meant: no question about conduct, but U01 asks just that.
    unsure = dispatched.filter(~pl.col("identity_grade").is_in(["A", "B", "C", "E"]))
    assert set(unsure["rule_code"]) <= {"U01"}


def test_masked_lists_show_no_number_and_no_name(finished: RunContext) -> None:
    people = finished.lake.read(PEOPLE).collect()
    numbers = {row["number"] for row in people}
    exported = (finished.out / "exports" / "clues.csv").read_text(encoding="utf-8-sig")
    assert not numbers & set(re.findall(r"\d{17}[\dX]", exported))
    subjects = clues(finished.out, "exports")
    assert subjects["subject_id"].str.contains(r"^\d{6}\*{8}\d{3}[\dX]$").all()
    assert subjects["subject_name"].str.contains(r"^.\*$").all()


def test_restricted_lists_are_readable_by_their_owner_only(finished: RunContext) -> None:
    for path in ((finished.out / "restricted"), *(finished.out / "restricted").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_no_number_or_name_is_in_logs_quality_pages_models_or_the_working_zone(finished: RunContext) -> None:
    people = finished.lake.read(PEOPLE).collect()
    numbers = {row["number"] for row in people}
    names = {row["name"] for row in people if len(row["name"]) >= 3}
    looked_at = [finished.out / "run_report.json"]
    for folder in ("quality", "mlflow"):
        looked_at += [path for path in (finished.out / folder).rglob("*") if path.is_file()]
    assert len(looked_at) > 20
    for path in looked_at:
        text = path.read_bytes().decode("utf-8", errors="ignore")
        assert not numbers & set(re.findall(r"\d{17}[\dX]", text)), path.name
        assert not {name for name in names if name in text}, path.name
    for zone in ("silver", "gold", "ops"):
        for table in (finished.out / "lake" / zone).iterdir():
            rows = pl.read_delta(str(table)).select(pl.col(pl.String))
            if not rows.width:
                continue
            found = rows.select(pl.all_horizontal(pl.all().is_in(list(numbers)).not_().fill_null(True)).all()).item()
            assert found, f"{zone}.{table.name} holds a person number"
            as_names = rows.select(pl.all_horizontal(pl.all().is_in(list(names)).not_().fill_null(True)).all()).item()
            assert as_names, f"{zone}.{table.name} holds a name"


def test_return_slips_show_no_number_and_no_name(finished: RunContext) -> None:
    people = finished.lake.read(PEOPLE).collect()
    numbers = {row["number"] for row in people}
    names = {row["name"] for row in people if len(row["name"]) >= 3}
    slips = sorted((finished.out / "slips").glob("*.xlsx"))
    departments = {row["reported_by"] for row in finished.lake.read(FILES).collect()}
    assert {path.stem for path in slips} == {f"数据校核回执_{name}" for name in departments}
    returned = 0
    for path in slips:
        book = openpyxl.load_workbook(path, read_only=True)
        returned += "待更正记录" in book.sheetnames
        text = "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
        assert not numbers & set(re.findall(r"\d{17}[\dX]", text)), path.name
        assert not {name for name in names if name in text}, path.name
    assert returned  # some rows were shown at all


def test_evidence_leads_back_to_the_delivered_row(finished: RunContext, city: City) -> None:
    listed = clues(finished.out, "restricted").filter((pl.col("rule_code") == "V01") & (pl.col("identity_grade") == "A"))
    checked = 0
    for clue in listed.iter_rows(named=True):
        for row in json.loads(clue["evidence"]):
            path = city.delivery / row["file"]
            if path.suffix != ".csv":
                continue
            content = path.read_bytes()
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = content.decode("gb18030")
            line = text.splitlines()[row["row"] - 1]
            assert clue["subject_id"] in line
            if "号牌号码" in row["cells"]:  # the vehicle's row, not the household's
                assert row["cells"]["号牌号码"] in line
                checked += 1
    assert checked > 5


def test_clues_find_more_truth_than_the_naive_comparison_wastes(finished: RunContext, city: City) -> None:
    """Against the simulator's own truth, for the rules that there are: a floor, not a figure to quote."""
    truth = pl.read_csv(city.folder / "truth.csv", infer_schema=False)
    dispatched = clues(finished.out, "restricted").filter(pl.col("dispatched") == "是")
    family = {"D01": "D", "D02": "D", "D03": "D"}
    true = {(family.get(r, r), s) for r, s, y in truth.select("rule_code", "subject_id", "label").iter_rows() if y == "1"}
    hits = [(family.get(r, r), s) in true for r, s in dispatched.select("rule_code", "subject_id").iter_rows()]
    assert sum(hits) / len(hits) > 0.6
    visible = {
        (family.get(r, r), s)
        for r, s, y, v in truth.select("rule_code", "subject_id", "label", "visible_to_naive").iter_rows()
        if y == "1" and v == "1" and r in ("D01", "D02", "D03", "K01", "E01", "V01")
    }
    found = visible & {(family.get(r, r), s) for r, s in dispatched.select("rule_code", "subject_id").iter_rows()}
    assert len(found) / len(visible) > 0.9


def test_two_households_with_one_member_are_asked_about_once(finished: RunContext) -> None:
    """On the one approved later; of two approved on a day, or never, one is chosen."""
    rows = finished.lake.read(FINDINGS).filter("rule_code = 'R01'").select("case_id", "thing_key").collect()
    ways = {(row["case_id"], row["thing_key"].removeprefix("case:")) for row in rows}
    assert ways
    assert not ways & {(there, here) for here, there in ways}


def test_workbooks_open_with_chinese_headings_and_only_masked_people(finished: RunContext) -> None:
    folder = finished.out / "exports" / "workbooks"
    books = sorted([*folder.glob("线索清单_*.xlsx"), *folder.glob("townships/线索清单_*.xlsx")])
    assert len({path.parent for path in books}) == 2
    for path in books:
        book = openpyxl.load_workbook(path)
        assert book.sheetnames in (["案件", "线索", "说明", "填写选项"], ["案件", "线索", "数据核对", "说明", "填写选项"])
        for name, columns in (("案件", CASE_SHEET), ("线索", CLUE_SHEET)):
            sheet = book[name]
            assert [cell.value for cell in sheet[1]] == [column.heading for column in columns]
            assert sheet.freeze_panes == "C2"
            assert sheet.auto_filter.ref
        for name in {"线索", "数据核对"} & {
            *book.sheetnames
        }:  # of the second, numbers that no registry knows, and some that are none
            who = [row[1].value.split("\n") for row in book[name].iter_rows(min_row=2) if row[-1].value]
            assert who or name == "线索"
            assert all(re.fullmatch(r".\*|(\d{6})?\*{8}(\d{3}[\dX])?", line) for lines in who for line in lines[:1])
            assert not [line for lines in who for line in lines if re.fullmatch(r"\d{17}[\dX]", line)]


def test_every_expectation_has_a_severity_and_says_what_to_do(finished: RunContext) -> None:
    rows = finished.lake.read(QUALITY).collect()
    assert {row["severity"] for row in rows} == {"critical", "warning"}
    assert all(row["meaning"] for row in rows)


def test_quality_pages_open_without_a_network_and_lead_to_every_table(finished: RunContext) -> None:
    site = finished.out / "quality"
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 2 * len(DATA_SETS)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        asked = re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//[^\"']*", text)
        assert not asked, (page.name, asked[:3])
        assert not re.search(r"url\(\s*['\"]?https?:", text), page.name
    index = (site / "index.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'href="tables/([^"]+)\.html"', index))
    across = {f"across.{name}" for name in ("households", "payments", "totals", "columns", "delivery")}
    assert linked == {f"silver.{code}" for code in DATA_SETS} | across
    for table in linked:  # and from ours to the witness's
        text = (site / "tables" / f"{table}.html").read_text(encoding="utf-8")
        witness = re.findall(r'href="(\.\./validations/[^"]+)"', text)
        assert witness and all((site / "tables" / path).is_file() for path in witness), table


def test_a_second_run_on_the_same_delivery_changes_no_byte(
    embedded: Engine, settings: Settings, city: City, tmp_path: Path
) -> None:
    first = run_main_job(embedded, settings, city.delivery, tmp_path)
    lists = {
        path: path.read_bytes()
        for zone in ("exports", "restricted")
        for path in sorted((tmp_path / zone).rglob("*"))
        if path.is_file()
    }
    bronze = {table: rows_of(first.lake, table) for table in (CASES, MEMBERS, FINDINGS, CLUES)}
    second = run_main_job(embedded, settings, city.delivery, tmp_path)
    assert {path: path.read_bytes() for path in lists} == lists
    assert {table: rows_of(second.lake, table) for table in bronze} == bronze


def test_the_order_of_files_and_of_the_manifest_decides_nothing(
    embedded: Engine, settings: Settings, city: City, finished: RunContext, tmp_path: Path
) -> None:
    shuffled = tmp_path / "delivery"
    shutil.copytree(city.delivery, shuffled)
    manifest = shuffled / "交接清单.csv"
    head, *lines = manifest.read_text(encoding="utf-8-sig").splitlines()
    manifest.write_text("\n".join([head, *reversed(lines)]) + "\n", encoding="utf-8")
    run_main_job(embedded, settings, shuffled, tmp_path / "out")
    for zone in ("exports", "restricted"):
        assert (tmp_path / "out" / zone / "clues.csv").read_bytes() == (finished.out / zone / "clues.csv").read_bytes()


def test_fates_are_the_contracts(finished: RunContext) -> None:
    for data_set in DATA_SETS.values():
        fates = {row[0] for row in finished.lake.read(data_set.bronze).select("_fate").distinct().collect()}
        assert fates <= set(FATES)


def test_a_critical_failure_stops_before_anything_is_concluded(finished: RunContext, tmp_path: Path) -> None:
    shutil.copytree(finished.out / "lake", tmp_path / "lake", ignore=shutil.ignore_patterns("gold", "vault", "_scratch"))
    lake = Lake(finished.engine, str(tmp_path / "lake"))
    registry = DATA_SETS["household_registry"].silver
    unreadable = lake.read(registry).withColumn("person_key", F.lit(None).cast("string"))
    lake.overwrite(registry, lake.computed_once(unreadable, "unreadable"))
    with pytest.raises(DataRefused, match=r"silver\.household_registry: 身份证号码 usable is 0, ") as refused:
        check_quality.run(replace(finished, lake=lake, out=tmp_path, report=RunReport(Console(quiet=True))))
    assert refused.value.exit_code == 3
    failed = lake.read(QUALITY).filter("NOT success AND severity = 'critical'").collect()
    assert [(row["table_name"], row["measure"], row["observed"]) for row in failed] == [
        ("silver.household_registry", "身份证号码 usable", 0)
    ]
    departments = {row["reported_by"] for row in lake.read(FILES).collect()}
    assert {path.stem for path in (tmp_path / "slips").glob("*.xlsx")} == {f"数据校核回执_{name}" for name in departments}


def test_a_run_that_was_killed_and_run_again_ends_as_one_never_killed(
    embedded: Engine, settings: Settings, city: City, finished: RunContext, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "jobs.commands.run_all", "--delivery", str(city.delivery), "--out", str(tmp_path)]
    command += ["--as-of", AS_OF.isoformat(), "--env", "test"]
    log = (tmp_path / "log").open("wb")
    killed = subprocess.Popen(command, stdout=log, stderr=log, cwd=Path(__file__).parents[2])
    deadline = time.monotonic() + 120
    while not (tmp_path / "lake" / "silver" / "payments" / "_delta_log").is_dir() and time.monotonic() < deadline:
        assert killed.poll() is None, (tmp_path / "log").read_text(encoding="utf-8", errors="replace")
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    assert not (tmp_path / "exports").exists()
    run_main_job(embedded, settings, city.delivery, tmp_path)
    for zone in ("exports", "restricted"):
        assert (tmp_path / zone / "clues.csv").read_bytes() == (finished.out / zone / "clues.csv").read_bytes()
