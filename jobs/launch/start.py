"""Starting one job by itself: arguments, settings, session, report line, exit code."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path

from casework.store import URL_VARIABLE, CaseStore, store_url
from expectations.contracts.lake import FILES
from jobs.access.approvals import note_access, second_person
from jobs.access.roles import Role, refuse_unless
from jobs.audit.calls import SUPERVISION, changed_rules, note_run, recorded
from jobs.audit.vouched import vouch
from jobs.launch.arguments import day, existing_lake, refuse_overlap
from jobs.launch.context import RunContext
from jobs.launch.metrics import metrics_folder
from jobs.launch.run_log import RunLog, last_rules
from jobs.launch.settings import load_access, load_settings
from jobs.runtime import private_network
from jobs.runtime.code_version import code_version
from jobs.runtime.console import LOG_VARIABLE, Console
from jobs.runtime.errors import BadConfiguration, explanation
from jobs.runtime.lake import Lake, single_writer
from jobs.runtime.paths import local_folder
from jobs.runtime.releases import refuse_code, refuse_later
from jobs.runtime.results import owner_only, settle
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import EMBEDDED, choose_engine, open_engine
from jobs.runtime.site_key import site_key, stated_key
from jobs.runtime.stopping import end_on_signals

_PATIENCE_SECONDS = 15


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
    """Everything a job needs, the lake held against a second writer; its warnings are shown at the end. Raises MingjingError
    before anything is touched."""
    console = console or Console(stderr=True)
    settings = load_settings(env)
    name = choose_engine(engine)
    if settings.linkage.backend == "spark" and name == EMBEDDED:
        raise BadConfiguration(
            "linkage.backend is spark, which needs --engine spark. On this engine use duckdb. Nothing was read."
        )
    if delivery is not None and not delivery.is_dir():
        raise BadConfiguration(f"No folder {delivery}. Name the folder of the delivery, the one with 交接清单.csv in it.")
    if delivery is not None:
        refuse_overlap(delivery, {"--out": out, "--lake": lake_root})
    root = lake_root or str(out.resolve() / "lake")
    report = RunReport(console)
    log = RunLog()
    metrics_folder()  # what is wrong with it, and with the next, is told before an engine starts, and so of a database
    if (form := os.environ.get(LOG_VARIABLE, "text")) not in ("json", "text"):
        raise BadConfiguration(f"{LOG_VARIABLE} is {form!r}. Expected json or text. Nothing was read.")
    stated_key(root)
    if (folder := local_folder(root)) is not None and folder.is_dir():
        refuse_later(folder)
    if URL_VARIABLE in os.environ:
        CaseStore(store_url(out)).close()
    if folder is None:
        report.warn(f"The lake {root} is held against other runs of this machine only. See to it that no other one writes to it.")
    with owner_only(out), single_writer(root):
        settle(out, report.warn)
        with open_engine(name, settings.engine, _data_of(root, delivery)) as running:
            lake = _answering(Lake(running, root))
            found = site_key(lake, settings.key)
            for remark in found.remarks:
                report.warn(remark)
            ctx = RunContext(running, lake, settings, as_of, out, found.key, report, delivery, log)
            changed = changed_rules(settings.fingerprint, code_version(), last_rules(lake))
            if changed:
                with second_person(settings.access, out, "rules", changed, again=True):
                    pass
            note_run(log.run_id, key=found.source, settings=settings.fingerprint, code=code_version(), changed=changed)
            report.figures["run_id"] = log.run_id
            report.figures["engine"] = {
                "name": running.version,
                "settings": dict(running.settings),
                "settings_over_many_rows": dict(running.many_rows),
            }
            try:
                with log.kept(lake, console):
                    yield ctx
            finally:  # of a run that is refused, too: they may say why
                vouch(lake.kept_here)
                report.show_warnings()


@contextmanager
def open_lake(
    out: Path, *, engine: str | None = None, env: str | None = None, lake_root: str | None = None, to_write: bool = False
) -> Iterator[Lake]:
    """The lake of a run: to be read, or held against a second writer. Raises BadConfiguration where there is none, BadStore where a
    later release wrote it."""
    settings, root = load_settings(env), existing_lake(out, lake_root)
    if (folder := local_folder(root)) is not None:
        refuse_later(folder)
    with (
        single_writer(root) if to_write else nullcontext(),
        open_engine(choose_engine(engine), settings.engine, _data_of(root, None)) as running,
    ):
        lake = _answering(Lake(running, root))
        yield lake
        if to_write:
            vouch(lake.kept_here)


def _data_of(root: str, delivery: Path | None) -> list[Path | None]:
    """Where the data of a run lie: the delivery, and in bronze all those before it."""
    folder = local_folder(root)
    return [folder and folder / "bronze", *([delivery] if delivery else [])]


def _answering(lake: Lake) -> Lake:
    """The lake, if its store answers, and no later release wrote it. Raises BadConfiguration where it does not answer: engines ask for
    minutes, each time anew."""
    if lake.folder is not None:
        return lake
    failed: list[str] = []

    def ask() -> None:
        try:
            lake.session.read.format("delta").load(lake.path(FILES)).schema  # noqa: B018  # asks for it
        except Exception as error:  # of a lake that is still empty, too: that is an answer
            if told := explanation(error):
                failed.append(str(told))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_PATIENCE_SECONDS)
    if asking.is_alive():
        raise BadConfiguration(
            f"The lake {lake.root} gave no answer in {_PATIENCE_SECONDS} seconds. Look at its address, the network and the credentials."
        )
    if failed:
        raise BadConfiguration(failed[0])
    refuse_code((last_rules(lake) or {}).get("code"), lake.root)
    return lake


def explained(run: Callable[[], None], console: Console) -> int:
    """Exit code of a run: 0, or the error's own after its sentence was shown. Faults of the program pass through."""
    try:
        run()
    except Exception as error:
        told = explanation(error)
        if told is None:
            raise
        console.tell(told)
        return told.exit_code
    return 0


def launch(name: str, job: Callable[[RunContext], None], *, needs_delivery: bool = False) -> int:
    """`python -m jobs.<name>` and `spark-submit`: runs one job on a lake and reports its stages."""
    main = sys.modules["__main__"]
    module = main.__spec__.name.removesuffix(".__main__") if main.__spec__ else f"jobs.{name}"
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=sys.modules.get(module, main).__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    if needs_delivery:
        parser.add_argument("--delivery", type=Path, required=True, help="folder with the data files and 交接清单.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder of the results; the lake is OUT/lake")
    parser.add_argument("--as-of", required=True, help="day that the run stands for, such as 2017-12-31")
    parser.add_argument("--future", action="store_true", help="allow a day to come")
    parser.add_argument("--engine", help="embedded or spark; default: spark under spark-submit, else embedded")
    parser.add_argument("--env", help="overlay of the configuration: conf/<env>.yaml")
    parser.add_argument("--lake", help="root of the lake, where it is not OUT/lake")
    given = parser.parse_args()
    if private_network.is_wanted(sys.argv[1:]):  # too late now: importing the job has made threads
        parser.error(f"a job enters a network of its own as it begins: start it as python -m {module}")
    end_on_signals()
    console = Console(stderr=True)

    def run() -> None:
        with open_run(
            out=given.out,
            as_of=day(given.as_of, future=given.future),
            delivery=getattr(given, "delivery", None),
            engine=given.engine,
            env=given.env,
            lake_root=given.lake,
            console=console,
        ) as ctx:
            stated = sys.modules[job.__module__]
            with ctx.job(stated) if hasattr(stated, "READS") else nullcontext(ctx) as own:
                job(own)

    def run_recorded() -> None:
        with recorded(f"python -m {module}", vars(given), purpose=SUPERVISION, out=given.out):
            refuse_unless(access := load_access(), frozenset({Role.DATA_TEAM}), f"run, python -m {module},")
            note_access(access, given.out, console.warn)
            run()

    return explained(run_recorded, console)
