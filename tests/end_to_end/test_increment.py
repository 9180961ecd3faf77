"""A month's increment: what it does not touch is not made again, and the lists have the bytes of a run that makes everything anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from expectations.contracts.lake import SILVER
from jobs.commands import run_all
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.lineage.versions import runs_of
from jobs.runtime.delta_log import last_version
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from jobs.runtime.tables import Tables
from jobs.standardise import job as standardise
from tests.end_to_end.tables import rows_of
from tests.hand_made import again, context, first_delivery, payment, vehicle

BROUGHT = {"payments", "vehicles"}


def run(ctx: RunContext) -> RunContext:
    with ctx.log.kept(ctx.lake, ctx.report.console):
        run_all.run(ctx)
    return ctx


def versions(lake: Lake) -> dict[str, int | None]:
    assert lake.folder is not None
    return {path.parent.relative_to(lake.folder).as_posix(): last_version(lake.folder, f"{path.parent.relative_to(lake.folder)}")
            for path in lake.folder.glob("*/*/_delta_log")}  # fmt: skip


def published(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for zone in ("exports", "restricted", "fairness")
        for path in sorted((out / zone).rglob("*"))
        if path.suffix in (".csv", ".json") and path.is_file()
    }


def test_a_month_makes_anew_what_it_brings_and_gives_the_bytes_of_a_whole_run(
    embedded: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = first_delivery(tmp_path / "first")
    first.table("vehicles", [vehicle(i) for i in range(6)])
    month = first_delivery(tmp_path / "month", months=())
    for path in month.folder.rglob("*.csv"):
        path.unlink()
    month.lines.clear()
    people = [*range(60), *range(100, 160)]
    month.table("payments", [payment(i, "2017-03") for i in people if i < 60], "发放2017-03.csv", department="财政局")
    month.table("vehicles", [vehicle(i) for i in range(9)], "新车.csv", extract_date="2018-01-15")
    grown = run(context(embedded, settings, first.done(), tmp_path / "out"))
    whole = tmp_path / "whole"
    shutil.copytree(tmp_path / "out", whole, ignore=shutil.ignore_patterns(".writer.lock"))
    before = versions(grown.lake)

    small = run(again(grown, delivery=month.done(), as_of=grown.as_of, log=type(grown.log)()))
    after = versions(small.lake)
    silver = {table.full_name.replace(".", "/") for table in SILVER} & set(before)
    made = {place.partition("/")[2] for place in silver if after[place] != before[place]}
    assert made == BROUGHT

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "_made_of", lambda *_: None)
        lake = Lake(embedded, str(whole / "lake"))
        anew = run(again(grown, lake=lake, out=whole, delivery=tmp_path / "month", log=type(grown.log)()))
    assert {place for place in silver if versions(anew.lake)[place] == before[place]} == set()
    assert published(small.out) == published(whole)
    for table in SILVER:
        if table.full_name.replace(".", "/") in before:
            rows = [sorted(rows_of(ctx.lake, table), key=str) for ctx in (small, anew)]
            assert rows[0] == rows[1], table.full_name

    kept = versions(small.lake)
    once_more = again(small, log=type(grown.log)())
    with once_more.log.kept(once_more.lake, once_more.report.console), once_more.job(standardise) as own:
        standardise.run(own)
    untouched = {place for place, version in versions(small.lake).items() if version == kept[place]}
    assert silver <= untouched, "the same once more"
    row = runs_of(Tables(small.lake.root))[-1]
    assert {name: row["tables_written"][f"silver.{name}"] for name in BROUGHT} == {
        name: kept[f"silver/{name}"] for name in BROUGHT
    }
