"""Starting one job by itself: arguments, settings, session, report line, exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path

from rich.console import Console

from jobs.runtime.context import RunContext
from jobs.runtime.errors import BadConfiguration, MingjingError
from jobs.runtime.lake import Lake, single_writer
from jobs.runtime.paths import local_folder
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import EMBEDDED, choose_engine, open_engine
from jobs.runtime.settings import load_settings
from jobs.runtime.site_key import site_key


@contextmanager
def open_run(
    *,
    out: Path,
    as_of: date,
    delivery: Path | None = None,
    engine: str | None = None,
    env: str | None = None,
    lake_root: str | None = None,
    console: Console | None = None,
) -> Iterator[RunContext]:
    """Everything a job needs, the lake held against a second writer. Raises MingjingError before anything is touched."""
    console = console or Console(stderr=True)
    settings = load_settings(env)
    name = choose_engine(engine)
    if settings.linkage.backend == "spark" and name == EMBEDDED:
        raise BadConfiguration(
            "linkage.backend is spark, which needs --engine spark. On this engine use duckdb. Nothing was read."
        )
    if delivery is not None and not delivery.is_dir():
        raise BadConfiguration(f"No folder {delivery}. Name the folder of the delivery, the one with 交接清单.csv in it.")
    root = lake_root or str(out.resolve() / "lake")
    report = RunReport(console)
    cores = settings.engine.usable_cores
    with single_writer(root), open_engine(name, cores=cores, local_settings=settings.engine.spark) as running:
        lake = Lake(running, root)
        found = site_key(lake)
        for remark in found.remarks:
            report.warn(remark)
        if lake.folder is None:
            report.warn(
                f"The lake {root} is held against other runs of this machine only. See to it that no other one writes to it."
            )
        yield RunContext(running, lake, settings, as_of, out, found.key, report, delivery)


@contextmanager
def open_lake(
    out: Path, *, engine: str | None = None, env: str | None = None, lake_root: str | None = None, to_write: bool = False
) -> Iterator[Lake]:
    """The lake of a run: to be read, or held against a second writer. Raises BadConfiguration where there is none."""
    settings = load_settings(env)
    root = lake_root or str(out.resolve() / "lake")
    folder = local_folder(root)
    if folder is not None and not folder.is_dir():
        raise BadConfiguration(f"No lake {root}. Name the folder that a run wrote its results to, or its --lake.")
    cores = settings.engine.usable_cores
    with (
        single_writer(root) if to_write else nullcontext(),
        open_engine(choose_engine(engine), cores=cores, local_settings=settings.engine.spark) as running,
    ):
        yield Lake(running, root)


def day(text: str) -> date:
    """A day of the command line. Raises BadConfiguration for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadConfiguration(f"--as-of is {text!r}. Expected a day such as 2017-12-31.") from None


def explained(run: Callable[[], None], console: Console) -> int:
    """Exit code of a run: 0, or the error's own after its sentence was shown. Other errors pass through."""
    try:
        run()
    except MingjingError as error:
        console.print(f"[bold red]{type(error).__name__}[/] {error}", highlight=False, soft_wrap=True)
        return error.exit_code
    return 0


def launch(name: str, job: Callable[[RunContext], None], *, needs_delivery: bool = False) -> int:
    """`python -m jobs.<name>` and `spark-submit`: runs one job on a lake and reports its stages."""
    parser = argparse.ArgumentParser(prog=f"python -m jobs.{name}", description=sys.modules["__main__"].__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    if needs_delivery:
        parser.add_argument("--delivery", type=Path, required=True, help="folder with the data files and 交接清单.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder of the results; the lake is OUT/lake")
    parser.add_argument("--as-of", required=True, help="day that the run stands for, such as 2017-12-31")
    parser.add_argument("--engine", help="embedded or spark; default: spark under spark-submit, else embedded")
    parser.add_argument("--env", help="overlay of the configuration: conf/<env>.yaml")
    parser.add_argument("--lake", help="root of the lake, where it is not OUT/lake")
    given = parser.parse_args()
    console = Console(stderr=True)

    def run() -> None:
        with open_run(
            out=given.out,
            as_of=day(given.as_of),
            delivery=getattr(given, "delivery", None),
            engine=given.engine,
            env=given.env,
            lake_root=given.lake,
            console=console,
        ) as ctx:
            job(ctx)
            for warning in ctx.report.warnings:
                console.print(f"[yellow]![/yellow] {warning}", highlight=False)

    return explained(run, console)
