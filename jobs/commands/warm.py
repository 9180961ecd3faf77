"""`mingjing warm`. Imports are inside the command: help must not wait for them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING

import typer

from jobs.access.roles import allowed
from jobs.commands.options import Env
from jobs.runtime.console import Console

if TYPE_CHECKING:
    from jobs.runtime.session import Engine

AS_OF = date(2017, 12, 31)
"""Of the synthetic city."""


@allowed()
def warm(env: Env = None) -> None:
    """Make the archive of classes with which a local Spark starts faster; again after an update of Java or of Mingjing."""
    import os
    import tempfile
    from contextvars import Context
    from pathlib import Path

    from jobs.commands import run_all
    from jobs.launch.metrics import METRICS_VARIABLE
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained, open_run
    from jobs.runtime.private_network import BEYOND
    from jobs.runtime.session import SPARK, open_engine
    from jobs.runtime.spark_classes import archive, archive_of
    from simulation import simulate

    console = Console(stderr=True)

    def make() -> None:
        settings = load_settings(env).engine
        for name in (*BEYOND, METRICS_VARIABLE):  # no server learns from a city that is nobody's, nor is told of it
            os.environ.pop(name, None)

        def started(of_spark: Mapping[str, str]) -> AbstractContextManager[Engine]:
            return open_engine(SPARK, settings.model_copy(update={"spark": of_spark, "spark_small": {}}))

        with tempfile.TemporaryDirectory() as work, console.status("a run of a small synthetic city"):
            city, out = Path(work, "city"), Path(work, "out")
            simulate(city, scale=0.001, seed=7)

            def run_city() -> None:
                told = Console(quiet=True)
                with open_run(out=out, as_of=AS_OF, delivery=city / "delivery", engine=SPARK, env=env, console=told) as ctx:
                    run_all.run(ctx)

            with archive_of({**settings.spark, **settings.spark_small}, started):
                Context().run(run_city)  # nor the audit log, in which a second person would be asked for
        console.print(f"From now on a local Spark starts with the classes in {archive()}", soft_wrap=True)

    raise typer.Exit(explained(make, console))
