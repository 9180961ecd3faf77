"""What stops a run at the quality gate, and what is said of it: on the command line, on slips, by `quality` and by a dry run."""

from __future__ import annotations

import csv
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from expectations.contracts.lake import FILES, LAKE_TABLES, QUARANTINE, TOTALS
from jobs.audit.log import FOLDER as AUDIT
from jobs.commands.cli import app
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.runtime.errors import DataRefused
from jobs.runtime.session import Engine
from tests.conftest import AS_OF, City
from tests.hand_made import NORTH, HandMade, context, first_delivery, household, registered, through_the_gate, vehicle

PEOPLE = 60
"""In each of the two counties."""


def run_command(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, terminal_width=200)
    return result.exit_code, " ".join(result.output.split())


def digests(folder: Path) -> dict[str, str]:
    """Of all files but the audit log, which says of each command that it was given."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.parent.name != AUDIT)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@dataclass(frozen=True)
class Stopped:
    """A run that the quality gate stopped: the first 40 of 100 rows of a county's roster were all that came."""

    out: Path
    code: int
    said: str
    before: dict[str, str]
    department: str
    rows: tuple[int, int]

    def read(self, table: str) -> pl.DataFrame:
        return pl.read_delta(str(self.out / "lake" / table.replace(".", "/")))


@pytest.fixture(scope="module")
def stopped(finished: RunContext, city: City, tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    """The lake of the simulated city, and to it a second delivery with a roster that lost 60 % of its rows."""
    folder = tmp_path_factory.mktemp("stopped")
    out = folder / "out"
    shutil.copytree(finished.out, out)
    manifest = list(csv.DictReader((city.delivery / "交接清单.csv").open(encoding="utf-8-sig")))
    line = max(
        (x for x in manifest if x["数据集"] == "dibao_roster" and x["文件名"].endswith(".csv")), key=lambda x: int(x["记录数"])
    )
    whole = (city.delivery / line["文件名"]).read_bytes().splitlines(keepends=True)
    kept = 1 + int(line["记录数"]) * 4 // 10
    delivery = HandMade(folder / "delivery")
    delivery.add(
        line["文件名"],
        b"".join(whole[:kept]),
        "dibao_roster",
        area=line["行政区划代码"],
        extract_date=line["数据截止日期"],
        rows=str(kept - 1),
        department=line["报送单位"],
    )
    before = digests(out)
    arguments = ("--out", str(out), "--as-of", AS_OF.isoformat(), "--env", "test")
    code, said = run_command("run", str(delivery.done()), *arguments)
    return Stopped(out, code, said, before, line["报送单位"], (int(line["记录数"]), kept - 1))


def test_a_roster_that_lost_most_of_its_rows_stops_the_run(stopped: Stopped) -> None:
    assert stopped.code == 3
    assert "DataRefused 1 critical expectation(s) failed, nothing downstream was written." in stopped.said
    assert "Far fewer rows than at the last delivery" in stopped.said
    assert str(stopped.out / "slips") in stopped.said.replace(" ", "")
    failed = stopped.read("ops.quality").filter(~pl.col("success") & (pl.col("severity") == "critical"))
    assert failed.select("delivery_no", "table_name").rows() == [(2, "across.totals")]
    whole, kept = stopped.rows
    assert failed["observed"].item() == pytest.approx(1 - kept / whole, abs=0.02)  # some rows were quarantined in both


def test_a_stopped_run_leaves_no_totals_to_compare_the_next_with(stopped: Stopped) -> None:
    assert stopped.read("ops.totals")["delivery_no"].unique().to_list() == [1]
    assert set(stopped.read("ops.quality")["delivery_no"]) == {1, 2}


def test_a_stopped_run_touches_nothing_downstream(stopped: Stopped) -> None:
    after = digests(stopped.out)
    assert any(name.startswith("lake/gold/") for name in after)
    downstream = ("lake/gold/", "lake/vault/", "exports/", "restricted/")
    later = {table.full_name for table in LAKE_TABLES.values() if table.zone == "silver"}  # persons, cases and the like
    downstream += tuple(f"lake/{name.replace('.', '/')}/" for name in sorted(later))
    assert {name: d for name, d in after.items() if name.startswith(downstream)} == {
        name: d for name, d in stopped.before.items() if name.startswith(downstream)
    }


def test_a_stopped_run_tells_the_department_all_the_same(stopped: Stopped) -> None:
    (slip,) = (stopped.out / "slips").glob("*.xlsx")
    assert slip.name == f"数据校核回执_{stopped.department}.xlsx"
    row = [cell.value for cell in openpyxl.load_workbook(slip)["文件"][2]]
    assert (row[4], row[6]) == ("采用", stopped.rows[1])


def test_the_delivery_mended_is_held_against_the_last_that_passed(
    embedded: Engine, settings: Settings, stopped: Stopped, city: City
) -> None:
    """It brings the first delivery's file again, under another name."""
    manifest = list(csv.DictReader((city.delivery / "交接清单.csv").open(encoding="utf-8-sig")))
    (line,) = [x for x in manifest if x["数据集"] == "dibao_roster" and x["报送单位"] == stopped.department]
    delivery = HandMade(stopped.out.parent / "mended")
    listed = {"area": line["行政区划代码"], "extract_date": line["数据截止日期"], "department": stopped.department}
    whole = (city.delivery / line["文件名"]).read_bytes()
    delivery.add("更正.csv", whole, "dibao_roster", rows=line["记录数"], **listed)
    out = stopped.out.parent / "mended_out"
    shutil.copytree(stopped.out / "lake", out / "lake")
    ctx = through_the_gate(context(embedded, settings, delivery.done(), out))
    files = {(row["delivery_no"], row["status"]) for row in ctx.lake.read(FILES).collect() if row["sha256"] == line["SHA256"]}
    assert files == {(1, "accepted"), (3, "duplicate")}  # the first delivery's rows count again
    assert {row["delivery_no"] for row in ctx.lake.read(TOTALS).select("delivery_no").distinct().collect()} == {1, 3}


def test_without_a_required_register_the_run_stops_and_the_slips_are_written(tmp_path: Path) -> None:
    made = HandMade(tmp_path / "delivery")
    made.table("household_registry", [registered(i) for i in range(5)], area=NORTH, department="北县公安局")
    out = tmp_path / "out"
    code, said = run_command("ingest", str(made.done()), "--out", str(out), "--as-of", AS_OF.isoformat(), "--env", "test")
    assert code == 3
    assert "holds no usable 城乡低保对象花名册、救助资金发放明细." in said
    assert [path.name for path in (out / "slips").glob("*.xlsx")] == ["数据校核回执_北县公安局.xlsx"]
    code, said = run_command("quality", str(out))
    assert code == 0
    assert "Delivery 1, which did not come to the quality gate 1 files: rows read 5 = accepted 5" in said


def test_the_command_quality_shows_the_state_of_the_last_run(finished: RunContext) -> None:
    before = digests(finished.out)
    code, said = run_command("quality", str(finished.out))
    assert code == 0
    rows = finished.report.figures["rows"]
    assert isinstance(rows, dict)
    assert "Delivery 1, as of 2017-12-31" in said
    assert f"rows read {rows['read']:,} = accepted {rows['accepted']:,} + quarantined {rows['quarantined']:,}" in said
    checked = finished.report.figures["expectations"]
    assert isinstance(checked, dict)
    assert f"{checked['checked']} expectations, {checked['failed']} did not hold" in said
    assert f"return slips {finished.out / 'slips'}" in said
    assert digests(finished.out) == before


def test_the_command_quality_without_a_lake_ends_with_code_2(tmp_path: Path) -> None:
    code, said = run_command("quality", str(tmp_path / "nowhere"))
    assert code == 2
    assert "No lake" in said
    assert not (tmp_path / "nowhere").exists()


def test_a_dry_run_prints_the_accounts_writes_slips_and_nothing_else(tmp_path: Path) -> None:
    made = first_delivery(tmp_path / "delivery", north=PEOPLE, south=PEOPLE)
    made.add("坏.csv", "x", sha256="ab" * 32, department="财政局")
    made.table(
        "dibao_roster", [household(900) | {"start_month": "不详"}], "补.csv", area=NORTH, department="北县民政局", rows="2"
    )
    folder = made.done()
    before = digests(tmp_path)
    slips = tmp_path / "slips"
    code, said = run_command("ingest", str(folder), "--dry-run", "--as-of", AS_OF.isoformat(), "--slips", str(slips))
    assert code == 0
    assert f"8 files: rows read {8 * PEOPLE + 1} = accepted {8 * PEOPLE} + quarantined 1 + skipped 0" in said
    assert "坏.csv" in said
    assert "refused" in said
    assert f"5 return slips: {slips}" in said
    assert {path.name for path in slips.glob("*.xlsx")} == {
        f"数据校核回执_{name}.xlsx" for name in ("北县公安局", "北县民政局", "南县公安局", "南县民政局", "财政局")
    }
    book = openpyxl.load_workbook(slips / "数据校核回执_北县民政局.xlsx")
    assert [cell.value for cell in book["待更正记录"][2]][:5] == ["补.csv", None, 2, "起始月份", "不详"]
    shutil.rmtree(slips)
    assert digests(tmp_path) == before


def test_taking_in_without_an_out_folder_ends_with_code_2(tmp_path: Path) -> None:
    folder = first_delivery(tmp_path / "delivery", north=1, south=1).done()
    code, said = run_command("ingest", str(folder), "--as-of", AS_OF.isoformat())
    assert code == 2
    assert "--out is missing" in said


def test_nothing_usable_writes_nothing(embedded: Engine, settings: Settings, tmp_path: Path) -> None:
    made = HandMade(tmp_path / "delivery")
    made.add("坏.csv", "x", sha256="ab" * 32)
    code, said = run_command("ingest", str(made.done()), "--out", str(tmp_path / "out"), "--as-of", AS_OF.isoformat())
    assert code == 2
    assert "No file of" in said
    assert "Nothing was written." in said
    lake = tmp_path / "out" / "lake"  # it says of itself whose key it is under, and that a run was refused
    assert [path.name for path in lake.glob("*/*") if path.parent.name != "_about"] == ["runs"]


def test_nothing_required_delivered_leaves_accounts_without_quarantined_rows(
    embedded: Engine, settings: Settings, tmp_path: Path
) -> None:
    made = HandMade(tmp_path / "delivery")
    made.table("vehicles", [vehicle(1)])
    ctx = context(embedded, settings, made.done(), tmp_path / "out")
    with pytest.raises(DataRefused, match="城乡低保对象花名册、救助资金发放明细、户籍人口"):
        through_the_gate(ctx)
    assert ctx.lake.read(QUARANTINE).count() == 0
    assert [row["accepted_rows"] for row in ctx.lake.read(FILES).collect()] == [1]
