"""The main job: from a delivery to ranked clues. Each stage is a job of its own; this runs them in their order.

Reads   a delivery folder
Writes  the lake, OUT/quality, OUT/restricted, OUT/exports, OUT/fairness, OUT/run_report.json
Re-run  safe: the same delivery gives the same bytes; a run that was killed is simply run again.
"""

from __future__ import annotations

import threading
from pathlib import Path

from jobs.check_households import job as check_households
from jobs.check_quality import job as check_quality
from jobs.find_clues import job as find_clues
from jobs.find_needs import job as find_needs
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.model_store import model_store
from jobs.launch.start import launch
from jobs.link_people import job as link_people
from jobs.project_cases import job as project_cases
from jobs.publish import job as publish
from jobs.rank_clues import job as rank_clues
from jobs.report_fairness import job as report_fairness
from jobs.runtime.errors import MingjingError
from jobs.score_cases import job as score_cases
from jobs.standardise import job as standardise
from jobs.state_purpose import job as state_purpose
from models.registry import ForestRegistry

NAME = "run_all"
STAGES = (project_cases, ingest, state_purpose, standardise, check_quality, link_people, find_clues, find_needs, check_households)
"""Every stage that needs nothing but the lake; scoring and publishing follow."""


def run(ctx: RunContext) -> None:
    """All stages. On a MingjingError the report is saved with what was done, and the error goes on."""
    registry = _Warming(model_store(ctx.out))
    ctx.report.figures["is_synthetic"] = ctx.is_synthetic  # reports of the year say so, too
    try:
        for stage in STAGES:
            with ctx.job(stage) as own:
                stage.run(own)
        with ctx.job(score_cases) as own:
            score_cases.run(own, registry=registry.ready)
        for stage in (rank_clues, publish, report_fairness):
            with ctx.job(stage) as own:
                stage.run(own)
        ctx.lake.tidy(ctx.settings.lake.kept_versions)
        registry.ready(ctx.out).forget(ctx.settings.lake.kept_models)
    except MingjingError as error:
        ctx.report.figures["stopped"] = str(error)
        raise
    finally:
        registry.settle()
        ctx.report.save(ctx.out / "run_report.json")


class _Warming:
    """Opens the model registry beside the first stages: its store takes seconds to make, and nothing needs it before scoring."""

    def __init__(self, folder: Path) -> None:
        self._registry: ForestRegistry | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._open, args=(folder,), daemon=True)
        self._thread.start()

    def _open(self, folder: Path) -> None:
        try:
            self._registry = ForestRegistry(folder)
        except Exception as error:  # told to whoever asks for the registry
            self._error = error

    def settle(self) -> None:
        """Waits for the store: of a run that failed early, it must not be opened in the midst of the next run of the process."""
        self._thread.join()

    def ready(self, _folder: Path) -> ForestRegistry:
        self.settle()
        if self._error is not None:
            raise self._error
        assert self._registry is not None
        return self._registry


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run, needs_delivery=True))
