"""The text file for the site's monitoring: Prometheus reads it, it is there however the run ends, and it is never half there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from jobs.launch.metrics import METRICS_VARIABLE, metrics_folder, reported
from jobs.runtime.errors import BadConfiguration, DataRefused
from jobs.runtime.run_report import RunReport


def ran(out: Path, error: Exception | None = None) -> RunReport:
    """A run of two stages, of whose second nothing came if it failed."""
    ctx: Any = SimpleNamespace(out=out, report=RunReport(Console(quiet=True)))
    with reported(ctx, "run"):
        with ctx.report.stage("decode into bronze"):
            ctx.report.current.rows = 1200
        ctx.report.figures["rows"] = {"read": 1250, "accepted": 1200, "quarantined": 40, "skipped": 10}
        ctx.report.warn("a warning")
        with ctx.report.stage('link "people"'):
            if error:
                raise error
    report: RunReport = ctx.report
    return report


def read(path: Path) -> dict[str, dict[tuple[str, ...], float]]:
    """Values by name and labels."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(path.read_text(encoding="utf-8")):
        assert family.documentation
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_the_file_holds_stages_rows_and_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(METRICS_VARIABLE, str(tmp_path))
    report = ran(tmp_path)
    told = read(tmp_path / "mingjing_run.prom")
    assert told["mingjing_run_exit_code"] == {("run",): 0}
    assert told["mingjing_run_warnings"] == {("run",): 1}
    assert told["mingjing_rows"]["run", "quarantined"] == 40
    for stage in report.stages:
        assert told["mingjing_stage_seconds"]["run", stage.name] == stage.seconds
        assert told["mingjing_stage_cpu_seconds"]["run", stage.name] == stage.cpu_seconds
        assert told["mingjing_stage_peak_memory_bytes"]["run", stage.name] == stage.peak_mib * 2**20 > 2**20
    assert told["mingjing_stage_rows"] == {("run", "decode into bronze"): 1200, ("run", 'link "people"'): 0}
    assert (tmp_path / "mingjing_run.prom").stat().st_mode & 0o777 == 0o644
    assert {path.name for path in tmp_path.iterdir()} == {"mingjing_run.prom", "run_report.json"}


@pytest.mark.parametrize(
    ("error", "code"), [(DataRefused("too few"), 3), (OSError(28, "No space left on device"), 1), (ValueError(), 1)]
)
def test_a_run_that_fails_tells_its_exit_code(
    error: Exception, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(METRICS_VARIABLE, str(tmp_path))
    with pytest.raises(type(error)):
        ran(tmp_path, error)
    assert read(tmp_path / "mingjing_run.prom")["mingjing_run_exit_code"] == {("run",): code}
    assert (tmp_path / "run_report.json").is_file()


def test_a_folder_that_takes_no_file_ends_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "figures/mingjing_run.prom/full").mkdir(parents=True)
    monkeypatch.setenv(METRICS_VARIABLE, str(tmp_path / "figures"))
    assert any("takes no figures" in warning for warning in ran(tmp_path).warnings)


def test_nothing_is_written_unasked_and_a_folder_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["run_report.json"]
    monkeypatch.setenv(METRICS_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(BadConfiguration, match="nowhere, which is no folder"):
        metrics_folder()
