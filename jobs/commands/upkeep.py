"""Upkeep: what a lake and a model store keep of earlier runs is brought back to what the configuration says.

Reads   the lake's folders and the model store
Writes  nothing; takes away versions beyond lake.kept_versions and lake.kept_models, and what killed runs left
Re-run  safe: the second time there is nothing to take away.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jobs.launch.context import RunContext
from jobs.launch.model_store import model_store
from jobs.launch.start import launch
from models.registry import ForestRegistry

NAME = "upkeep"


def run(ctx: RunContext, registry: Callable[[Path], ForestRegistry] = ForestRegistry) -> None:
    ctx.lake.tidy(ctx.settings.lake.kept_versions)
    registry(model_store(ctx.out)).forget(ctx.settings.lake.kept_models)


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run))
