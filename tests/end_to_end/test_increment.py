"""A month's increment: what it does not touch is not made again, and the lists have the bytes of a run that makes everything anew, also
where the lake was sealed under another key of the site between the two."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.contracts.lake import CLUES, PERSON_IDS, SILVER, VERDICTS
from jobs.cells.digests import keyed_digest
from jobs.commands import run_all
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.lineage.versions import runs_of
from jobs.runtime.delta_log import last_version
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from jobs.runtime.site_key import KEY_VARIABLE, NEW_KEY_VARIABLE, KeyParams, planned_rotation, rotate, site_key
from jobs.runtime.tables import Tables
from jobs.standardise import job as standardise
from jobs.take_in import job as take_in
from jobs.take_in.forms import returned
from tests.end_to_end.tables import rows_of
from tests.hand_made import again, context, first_delivery, payment, person_number, vehicle
from tests.take_in.sent import BROUGHT as BY_A_CLERK

BROUGHT = {"payments", "vehicles"}
OLD, NEW = "an old key, no secret: 0123456789", "a new key, no secret: 0123456789"
OWN = KeyParams(digest="hmac-sha256", of_lake="own")


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


def take_in_verdicts(ctx: RunContext, file: Path) -> int:
    """On the first two clues, ten days later."""
    later = ctx.as_of + timedelta(days=10)
    clues = sorted((row["rank"], row["clue_id"], row["case_id"]) for row in rows_of(ctx.lake, CLUES))
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("clue_id", "case_id", "verdict", "refutation_reason", "checked_on", "checkers"))
        for (_, *ids), said in zip(clues, (("查是-错保", ""), ("查否-时间差", "R10")), strict=False):
            writer.writerow((*ids, *said, later.isoformat(), "张某、李某"))
    return take_in.run(again(ctx, as_of=later), [returned(file)], BY_A_CLERK).verdicts


def texts_in(lake: Path) -> set[str]:
    """Every text in every file of rows, of whatever version, taken apart where digests are joined."""
    found: set[str] = set()
    for path in lake.rglob("*.parquet"):
        for column in pq.read_table(path, partitioning=None).flatten().columns:
            if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
                for text in column.unique().to_pylist():
                    found |= set((text or "").split("|"))
    return found


def test_a_month_makes_anew_what_it_brings_and_gives_the_bytes_of_a_whole_run(
    embedded: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, OLD)
    first = first_delivery(tmp_path / "first")
    first.table("vehicles", [vehicle(i) for i in range(6)])
    month = first_delivery(tmp_path / "month", months=())
    for path in month.folder.rglob("*.csv"):
        path.unlink()
    month.lines.clear()
    people = [*range(60), *range(100, 160)]
    month.table("payments", [payment(i, "2017-03") for i in people if i < 60], "发放2017-03.csv", department="财政局")
    month.table("vehicles", [vehicle(i) for i in range(9)], "新车.csv", extract_date="2018-01-15")
    began = context(embedded, settings, first.done(), tmp_path / "out")
    grown = run(replace(began, key=site_key(began.lake, OWN).key))
    assert take_in_verdicts(grown, tmp_path / "feedback.csv") == 2
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
        patch.setenv(NEW_KEY_VARIABLE, NEW)
        rotate(lake, planned_rotation(lake))
        patch.setenv(KEY_VARIABLE, NEW)
        key = site_key(lake, OWN).key
        anew = run(again(grown, lake=lake, out=whole, delivery=tmp_path / "month", key=key, log=type(grown.log)()))
    assert {place for place in silver if versions(anew.lake)[place] == before[place]} == set()
    assert published(small.out) == published(whole)
    for table in (*SILVER, PERSON_IDS, CLUES, VERDICTS):
        if table.full_name.replace(".", "/") in before:
            rows = [sorted(rows_of(ctx.lake, table), key=str) for ctx in (small, anew)]
            assert rows[0] == rows[1], table.full_name
    assert len(rows_of(anew.lake, VERDICTS)) == 2
    numbers, texts = pl.Series([person_number(i) for i in people]), texts_in(whole / "lake")
    found = {name: len(set(keyed_digest(numbers, by)) & texts) for name, by in (("lake", anew.key), ("old", OLD), ("new", NEW))}
    assert found == {"lake": len(people), "old": 0, "new": 0}, "by whose key numbers can be found"

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
