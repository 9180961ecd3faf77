"""`mingjing run --watch`: the deliveries of an inbox, one after the other, for as long as the process runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from expectations.contracts.lake import FILES
from expectations.contracts.lake.runs import FINISHED
from jobs.commands import run_all
from jobs.commands.summary import print_summary
from jobs.delivery.inbox import SENT_BACK, TAKEN, Inbox
from jobs.delivery.manifest import delivery_id, read_manifest
from jobs.ingest import job as ingest
from jobs.launch.arguments import day_now, refuse_overlap
from jobs.launch.start import open_run
from jobs.lineage.versions import runs_of
from jobs.publish import job as publish
from jobs.runtime.console import Console
from jobs.runtime.errors import BadConfiguration, BadDelivery, DataRefused
from jobs.runtime.tables import Tables

PAUSE_SECONDS = 10.0
"""Between two looks: a file that is still copied grows in this time."""


def watch(
    inbox: Path,
    *,
    out: Path,
    as_of: str,
    future: bool,
    engine: str | None,
    env: str | None,
    lake: str | None,
    console: Console,
    pause: Callable[[float], None] = time.sleep,
) -> NoReturn:
    """Takes each complete delivery once, and ends only with an error that the next delivery would meet, too.

    as_of: a day for all, or `today` for the day on which each is taken. A delivery is known by its manifest: one that the lake's
    ops.runs says was published is not taken again, whatever its folder is called.
    """
    if not inbox.is_dir():
        raise BadConfiguration(f"No folder {inbox}. Name the inbox, a folder into which deliveries are put, each in its own.")
    refuse_overlap(inbox, {"--out": out, "--lake": lake})
    day_now(as_of, future=future)
    root, watched = lake or str(out.resolve() / "lake"), Inbox(inbox)
    console.print(f"watching {inbox}", soft_wrap=True)
    while True:
        for delivery in watched.complete():
            try:
                name = delivery_id(read_manifest(delivery))
                if name in published(root):
                    console.warn(f"{delivery.name} was taken in before, under this name or another. It is not taken again.")
                else:
                    console.print(f"taking {delivery.name}", soft_wrap=True)
                    with open_run(
                        out=out,
                        as_of=day_now(as_of, future=future),
                        delivery=delivery,
                        engine=engine,
                        env=env,
                        lake_root=lake,
                        console=console,
                    ) as ctx:
                        try:
                            run_all.run(ctx)
                        except (BadDelivery, DataRefused):
                            if ctx.lake.exists(FILES):
                                with ctx.job(ingest) as own:
                                    ingest.withdraw(own, name)
                            raise
                        print_summary(console, ctx.report, out, is_synthetic=ctx.is_synthetic)
            except (BadDelivery, DataRefused) as error:
                watched.put(delivery, SENT_BACK, f"未采用本次报送的任何数据。原因（英文）：\n{error}")
                console.tell(error)
                console.warn(f"{delivery.name} is set aside in {SENT_BACK}, with this reason beside it.")
            else:
                watched.put(delivery, TAKEN)
        pause(PAUSE_SECONDS)


def published(root: str) -> set[str]:
    """Ids of the deliveries whose lists a run has published from this lake."""
    return {run["delivery_id"] for run in runs_of(Tables(root)) if (run["job"], run["state"]) == (publish.NAME, FINISHED)}
