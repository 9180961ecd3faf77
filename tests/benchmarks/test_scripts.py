"""The two hand-written scripts that the product is measured by do the same work."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest

from simulation import simulate
from tests.processes import ROOT, run_apart

SAID = ("rule_code", "subject_id", "county_code", "household_no", "identity_grade", "exemption_code", "months", "amount_upper")


@pytest.mark.spark
def test_the_script_on_spark_finds_what_the_one_on_duckdb_finds(tmp_path: Path) -> None:
    simulate(tmp_path / "city", scale=0.001, seed=7)
    found = []
    for script in ("duckdb_script.py", "pyspark_script.py"):
        out = tmp_path / script
        command = [sys.executable, str(ROOT / "benchmarks" / script), str(tmp_path / "city" / "delivery")]
        run_apart([*command, "--out", str(out), "--as-of", "2017-12-31"])
        clues = pl.read_csv(out / "clues.csv", infer_schema=False).with_columns(pl.col("exemption_code").fill_null(""))
        found.append(clues.select(SAID).with_columns(pl.col("amount_upper").cast(pl.Decimal(14, 2))).sort(SAID))
    assert found[0].rows() == found[1].rows()
    assert set(found[0]["rule_code"]) == {"D01", "D02", "D03", "E01", "K01", "V01"}
