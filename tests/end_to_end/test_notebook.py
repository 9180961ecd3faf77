"""The analysts' book on one small run, with verdicts and with a run before it: it executes from the first page to the last, and each page
ends in a sentence of its own figures."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import nbformat
import polars as pl
import pytest
from deltalake import write_deltalake
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from rich.console import Console

from expectations.contracts.ids import visit_id
from expectations.contracts.lake.planning import ROUTINE_VISIT, UNREMARKABLE
from jobs.explore import OpenedLake, open_lake
from jobs.launch.context import RunContext
from jobs.learn import job as learn
from jobs.plan_visits import job as plan_visits
from jobs.returns.brought import Brought
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.take_in import job as take_in
from jobs.take_in.forms import returned

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PAGES = sorted(NOTEBOOKS.glob("*.ipynb"))
_VISITS, _VISITS_A_DAY = 110, 10
_HARDLY_EVER = f"XVE{ROUTINE_VISIT[0]}"
_FIRST_DAY, _LAST_DAY = date(2018, 1, 2), date(2018, 3, 31)


def verdicts(opened: OpenedLake, path: Path) -> Path:
    """Made up for the cases on the list: what is strange, or of cars and firms, hardly ever holds, the rest nearly always, by the digest of
    the id. Stated priors do not know that, so that there is something to learn."""
    ledger = opened.table("ops.ledger").polars().sort("position")
    clues = opened.table("gold.clues").polars("clue_id", "case_id", "rule_code")
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("clue_id", "verdict", "refutation_reason", "checked_on", "checkers"))
        for place, (case, stratum) in enumerate(ledger.select("case_id", "stratum").iter_rows()):
            asked = clues.filter(case_id=case).select("clue_id", "rule_code").rows()
            if stratum == UNREMARKABLE:
                asked = [(visit_id(ROUTINE_VISIT, case), ROUTINE_VISIT)]
            for clue, rule in asked:
                draw = int(hashlib.sha256(clue.encode()).hexdigest()[:8], 16) / 2**32
                on = _FIRST_DAY + timedelta(days=place // _VISITS_A_DAY)
                said = ("查是-错保", "") if draw < (0.05 if rule[0] in _HARDLY_EVER else 0.95) else ("查否-政策允许", "R14")
                writer.writerow((clue, *said, on, "张某、李某"))
    return path


@pytest.fixture(scope="session")
def visited(finished: RunContext, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished run, planned, visited and learned from; a third of the visits are drawn at random."""
    out = tmp_path_factory.mktemp("visited")
    ignored = shutil.ignore_patterns("_scratch", ".writer.lock", "exports", "restricted", "quality", "slips", "audit")
    shutil.copytree(finished.out, out, ignore=ignored, dirs_exist_ok=True)
    plan = finished.settings.plan.model_copy(update={"random_share": 0.34})
    settings = finished.settings.model_copy(update={"plan": plan})
    lake, report = Lake(finished.engine, str(out / "lake")), RunReport(Console(quiet=True))
    ctx = replace(finished, lake=lake, settings=settings, out=out, report=report)
    plan_visits.run(ctx, _VISITS)
    later = replace(ctx, as_of=_LAST_DAY)
    take_in.run(later, [returned(verdicts(open_lake(out), out / "feedback.csv"))], Brought("clerk", "2018-04-02T08:00:00+00:00"))
    learn.run(later)
    return out


@pytest.fixture(scope="session")
def run_before(finished: RunContext, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same tables a month ago: no clue about pensions, every seventh other one not yet there, the rest with fewer months."""
    out = tmp_path_factory.mktemp("before")
    working = shutil.ignore_patterns("_scratch", ".writer.lock", "bronze", "vault", "quarantine", "runs")
    shutil.copytree(finished.out / "lake", out / "lake", ignore=working)
    clues = pl.read_delta(str(out / "lake/gold/clues"))
    fewer = clues.filter(pl.col("rule_code") != "I01", pl.col("rank") % 7 != 0).with_columns(
        pl.col("months") - pl.col("rank") % 2
    )
    write_deltalake(str(out / "lake/gold/clues"), fewer.to_arrow().cast(clues.to_arrow().schema), mode="overwrite")
    return out


def private_kernel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncKernelManager:
    """As docs/closed-network.md says: in a network of its own, so it is spoken to by sockets that are files."""
    command = [sys.executable, "-m", "jobs.runtime.private_network", "ipykernel_launcher", "-f", "{connection_file}"]
    stated = folder / "kernels" / "mingjing" / "kernel.json"
    stated.parent.mkdir(parents=True)
    stated.write_text(json.dumps({"argv": command, "display_name": "Mingjing", "language": "python"}), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    return AsyncKernelManager(kernel_name="mingjing", transport="ipc", ip=str(folder / "socket"))


def test_the_book_runs_from_the_first_page_to_the_last(
    visited: Path, run_before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one kernel, forgetting all names between the pages: starting one a page would cost more than the pages."""
    monkeypatch.setenv("MINGJING_OUT", str(visited))
    monkeypatch.setenv("MINGJING_BEFORE", str(run_before))
    book = nbformat.v4.new_notebook()
    for page in PAGES:
        book.cells.append(nbformat.v4.new_code_cell("%reset -f"))
        for cell in nbformat.read(page, as_version=4).cells:
            cell.metadata["page"] = page.stem
            book.cells.append(cell)
    kernel = private_kernel(tmp_path, monkeypatch)
    NotebookClient(book, km=kernel, timeout=180, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    said = {}
    for page in PAGES:
        outputs = [o for cell in book.cells if cell.metadata.get("page") == page.stem for o in cell.get("outputs", [])]
        assert [o for o in outputs if "image/png" in o.get("data", {})], page.name
        said[page.stem[0]] = outputs[-1]["data"]["text/markdown"]
        assert re.fullmatch(r"\*\*[^*]*\d[^*]*\.\*\*", said[page.stem[0]]), page.name
    assert sorted(said) == list("123456789")
    opened = open_lake(visited)
    learned = opened.learned()
    assert learned is not None
    assert learned.worth is not None
    assert not learned.calibration.is_empty()
    assert f"{learned.worth['ratio']:.1f} times" in said["5"]
    pensions = opened.table("gold.clues").polars("rule_code").filter(rule_code="I01").height
    new, gone, changed = (
        int(count.replace(",", "")) for count in re.findall(r"([\d,]+) (?:clues are new|gone|changed)", said["6"])
    )
    assert new > pensions > 0
    assert (gone, changed > 0) == (0, True)
    assert "months" in said["6"]
