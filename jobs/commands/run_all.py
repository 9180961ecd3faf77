"""The main job: from a delivery to ranked clues. Each stage is a job of its own; this runs each when those that it needs are done.

Reads   a delivery folder
Writes  the lake, OUT/quality, OUT/restricted, OUT/exports, OUT/fairness, OUT/run_report.json
Re-run  safe: the same delivery gives the same bytes; a run that was killed is simply run again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType

from jobs.check_households import job as check_households
from jobs.check_quality import job as check_quality
from jobs.commands import upkeep
from jobs.find_clues import job as find_clues
from jobs.find_needs import job as find_needs
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.metrics import reported
from jobs.launch.model_store import model_store
from jobs.launch.start import launch
from jobs.lineage.graph import graph
from jobs.link_people import job as link_people
from jobs.project_cases import job as project_cases
from jobs.publish import job as publish
from jobs.rank_clues import job as rank_clues
from jobs.report_fairness import job as report_fairness
from jobs.runtime.frames import in_one_piece
from jobs.score_cases import job as score_cases
from jobs.standardise import job as standardise
from jobs.state_purpose import job as state_purpose
from models.registry import ForestRegistry

NAME = "run_all"
STAGES = (
    project_cases,
    ingest,
    state_purpose,
    standardise,
    check_quality,
    link_people,
    find_clues,
    find_needs,
    check_households,
    score_cases,
    rank_clues,
    publish,
    report_fairness,
)
STAGES_AT_ONCE = 2
"""While one of them plans in Python, another keeps the engine busy."""


def run(ctx: RunContext) -> None:
    """All stages. The report is saved however they end."""
    registry = _Warming(model_store(ctx.out))
    ctx.report.figures["is_synthetic"] = ctx.is_synthetic  # reports of the year say so, too

    def run_stage(stage: ModuleType) -> None:
        with ctx.job(stage) as own:
            stage.run(own, **({"registry": registry.ready} if stage is score_cases else {}))

    with reported(ctx, "run"):
        try:
            by_need(STAGES, run_stage)
            upkeep.run(ctx, registry.ready)
        finally:
            registry.settle()


def by_need(stages: Sequence[ModuleType], run_stage: Callable[[ModuleType], None]) -> None:
    """Runs each stage when those that it comes after are done, `STAGES_AT_ONCE` beside each other. Behind one that fails none begins, and
    its error is raised when those that run have ended."""
    by_name = {stage.NAME: stage for stage in stages}
    order = TopologicalSorter({task.name: task.after for task in graph(stages)})
    order.prepare()
    ready: list[str] = []
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(STAGES_AT_ONCE) as pool:
        while order.is_active():
            ready += order.get_ready()
            while ready and len(running) < STAGES_AT_ONCE:  # none waits in the pool, which would begin it behind one that fails
                name = ready.pop(0)
                running[pool.submit(in_one_piece(run_stage), by_name[name])] = name
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                ended.result()
                order.done(running.pop(ended))


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
