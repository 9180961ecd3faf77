"""The purge of an OUT: plan, removal, certificate. What was planned is on the disk before the first row goes."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import polars as pl

from casework.store import FILE as CASEWORK_FILE
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FILES, PERSONS, RUNS
from expectations.contracts.model import Table
from jobs.audit.calls import note
from jobs.audit.log import believed, folder_of
from jobs.audit.vouched import state_of, zones
from jobs.launch.retention_params import Kept, RetentionParams
from jobs.retention.casework import PURGE, casework_over, open_cases, remove_casework, things_of, with_casework_now
from jobs.retention.certificate import FOLDER, Certificate, FilePart, Kind, Thing, write_certificate
from jobs.retention.removal import keep_rows, remove
from jobs.retention.rows import (
    OF_CASEWORK,
    Held,
    derived_stays,
    frame_of,
    has_origin,
    held_by,
    kind_of,
    living,
    stays,
    tables_of,
    whom_named,
)
from jobs.retention.totals import lower_totals, mark_purged
from jobs.runtime import durable
from jobs.runtime.delta_folder import forget_history
from jobs.runtime.delta_log import last_version
from jobs.runtime.errors import BadConfiguration, BadStore
from jobs.runtime.results import KEPT, WORK, Stamp, digest_of, listed, parts_of, publication
from jobs.runtime.scratch import SCRATCH

PLAN = "purge.json"
PURGED = "purged"
"""Event of the log: a purge has ended."""
_BY_SLIPS = frozenset({"slips", "quality"})
"""Zones of results that say something of single delivered rows."""
_REGISTERS = {data_set.silver.full_name: code for code, data_set in DATA_SETS.items()}
_REPORTS = "reports"
"""Figures of casework, of which the same can be made again as long as its events are there: what was made public must be known then."""
_MODELS = "mlflow"
_DAY = "as_of"
"""Of a run, in tables that keep what earlier ones found."""
Part = TypeVar("Part", FilePart, Thing)


class Judged(NamedTuple):
    """A table of a lake, its rows, and which of them stay."""

    table: Table
    frame: pl.DataFrame
    stays: pl.Series


def planned(lakes: list[Path], results: Path, as_of: date, params: RetentionParams, who: tuple[str, str, str]) -> Certificate:
    """What would be removed on that day; nothing is. who: by, second person, instant. Raises BadConfiguration where a folder is a link:
    what lies behind it would stay, and the certificate say that it went."""
    for folder in _linked(lakes, results):
        raise BadConfiguration(
            f"{folder} is a link. Put the folder that it leads to in its place, and purge again. Nothing was removed."
        )
    held_cases = open_cases(lakes[0], results)
    casework = casework_over(lakes[0], results, as_of, params.casework, who)
    files: list[FilePart] = []
    things: list[Thing] = []
    for lake in lakes:
        held, expired, ledger = held_by(lake, held_cases), _expired_files(lake, as_of, params.registers), frame_of(lake, FILES)
        for judged in chain(_judged(lake, as_of, params, held), _judged_by_casework(lake, casework.cases)):
            going = judged.frame.height - int(judged.stays.sum())
            kind = kind_of(judged.table)
            place = f"{judged.table.zone}/{judged.table.name}"
            if going and kind:
                digest = state_of(lake / place).files
                things.append(_thing(lake, place, kind, going, digest, _held_rows(judged, expired)))
            if judged.table.zone == "bronze" and ledger is not None:
                files += _files(judged, ledger, expired)
        if things and (scratch := lake / SCRATCH).is_dir() and any(scratch.iterdir()):
            things.append(_tree(lake, scratch, "registers"))
    things += [*things_of(casework, results), *_results(results, as_of, params)]
    if _findings_expired(lakes[0], as_of, params.findings) and (results / _MODELS).is_dir():
        things.append(_tree(results, results / _MODELS, "findings"))
    by, second, at = who
    return Certificate(
        as_of=as_of, by=by, second=second, begun_at=at, kept_months=_kept_months(params),
        sources={name: getattr(params, name).source for name in RetentionParams.model_fields}, files=tuple(files), things=tuple(things),
        held_cases=tuple(sorted(held_cases)), casework=casework.removal, restricted_left=casework.restricted_left,
    )  # fmt: skip


def purge(lakes: list[Path], results: Path, plan: Certificate, params: RetentionParams, warn: Callable[[str], None]) -> Path:
    """Removes what the plan says, and writes the certificate; the folder in which it lies. Killed, it is gone on with by `unfinished`."""
    work, text = results / WORK, plan.model_dump_json() + "\n"
    work.mkdir(mode=0o700, exist_ok=True)
    rows = sum(part.removed for part in plan.files)
    note(
        PURGE, as_of=plan.as_of.isoformat(), second=plan.second, files=len(plan.files), rows=rows, held=len(plan.held_cases),
        plan=hashlib.sha256(text.encode()).hexdigest(), **_of_casework(plan),
    )  # fmt: skip
    durable.replace_text(work / PLAN, text, 0o600)
    said = json.dumps({"job": "purge", "as_of": plan.as_of.isoformat()})
    remove_casework(lakes[0], results, plan, params.casework)
    cases = casework_over(lakes[0], results, plan.as_of, params.casework, ("", "", "")).cases
    for lake in lakes:
        held = held_by(lake, frozenset(plan.held_cases))
        gone = set(_expired_files(lake, plan.as_of, params.registers))
        for judged in chain(_judged(lake, plan.as_of, params, held), _judged_by_casework(lake, cases)):
            if judged.table.zone == "bronze":
                gone -= set(judged.frame.filter(judged.stays)["_file_id"])
            if (data_set := _REGISTERS.get(judged.table.full_name)) and not judged.stays.all():
                lower_totals(lake, data_set, judged.frame.filter(judged.stays), said)
            keep_rows(lake, judged.table, judged.frame, judged.stays, said)
        mark_purged(lake, gone, said)
        for kind in sorted({thing.kind for thing in plan.things}):
            for table in tables_of(kind):
                if last_version(lake, f"{table.zone}/{table.name}") is not None:
                    forget_history(lake, f"{table.zone}/{table.name}")
    for writer, zone, day in list(_expired_parts(results, plan.as_of, params)):
        with publication(results, writer, [zone], Stamp(day, ""), warn):
            pass  # nothing is put in the place of what this writer had put there
    for thing in plan.things:
        path = Path(thing.root) / thing.path
        if path.name in (SCRATCH, _MODELS, CASEWORK_FILE) or KEPT in path.name:
            remove(path)
            for beside in ("-wal", "-shm") if path.name == CASEWORK_FILE else ():
                remove(path.with_name(path.name + beside))
    left = planned(lakes, results, plan.as_of, params, ("", "", ""))
    if left.things:
        raise BadStore(
            f"{left.things[0].path} in {left.things[0].root} could not be removed. Look at its rights, and purge again."
        )
    with publication(results, f"purge_{plan.as_of.isoformat()}", [FOLDER], Stamp(plan.as_of, ""), warn) as staged:
        write_certificate(staged / FOLDER, plan)
    note(PURGED, as_of=plan.as_of.isoformat(), certificate=_digest_of_all(sorted((results / FOLDER).glob(f"*{plan.as_of}*"))))
    remove(work / PLAN)
    return results / FOLDER


def digest_of_plan(plan: Certificate) -> str:
    """SHA-256 of what the plan removes and why; whoever asks for it, and whenever, it is the same."""
    text = plan.model_dump_json(exclude={
        "by": True, "second": True, "begun_at": True, "casework": {"removed_by": True, "second": True, "removed_at": True},
    })  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()


def unfinished(lakes: list[Path], results: Path, as_of: date, params: RetentionParams) -> Certificate | None:
    """The plan of a purge that was killed; cases that were opened since hold what is left of their rows. Raises BadStore where the log
    knows of no purge by this plan, and BadConfiguration where it was of another day, of other folders than these, or under another
    retention: more would go than was planned."""
    path = results / WORK / PLAN
    if not path.is_file():
        return None
    content = path.read_bytes()
    has_ended = _has_ended(results, hashlib.sha256(content).hexdigest())
    if has_ended:
        remove(path)  # killed between its last word and this
        return None
    if has_ended is None:
        raise BadStore(
            f"{path} is not the plan of a purge that the audit log says was begun: nobody has approved it. Move it away, and purge anew. "
            "Nothing was removed."
        )
    plan = Certificate.model_validate_json(content)
    if plan.as_of != as_of:
        raise BadConfiguration(
            f"A purge of {results} as of {plan.as_of} was stopped midway. Finish it first: --as-of {plan.as_of}."
        )
    if elsewhere := sorted({thing.root for thing in plan.things} - {str(folder) for folder in (*lakes, results)}):
        raise BadConfiguration(
            f"A purge that was stopped midway in {results} was of {elsewhere[0]}, and this one is not. Finish it under that name. "
            "Nothing was removed."
        )
    if plan.kept_months != _kept_months(params):
        raise BadConfiguration(
            f"A purge of {results} that was stopped midway kept other months ({plan.kept_months}) than the configuration now does. Finish it "
            "under that one, with the same --env. Nothing was removed."
        )
    return _with_new_cases(lakes, results, with_casework_now(lakes[0], results, plan, params.casework), params)


def _has_ended(results: Path, plan: str) -> bool | None:
    """Of a purge by the plan of this digest, by the log; null where none was begun."""
    folder = folder_of(results)
    assert folder is not None
    has_ended: dict[str, bool] = {}
    for entry in believed(folder):
        if entry.get("event") == PURGE:
            has_ended[entry.get("plan", "")] = False
        elif entry.get("event") == PURGED:
            has_ended = dict.fromkeys(has_ended, True)
    return has_ended.get(plan)


def _with_new_cases(lakes: list[Path], results: Path, plan: Certificate, params: RetentionParams) -> Certificate:
    """The plan without the rows that cases hold which were opened since it was made, as far as these rows are still there."""
    before = frozenset(plan.held_cases)
    now = before | open_cases(lakes[0], results)
    if now == before:
        return plan
    of_things: Counter[tuple[str, str]] = Counter()
    of_files: Counter[str] = Counter()
    for lake in lakes:
        old, new = (_judged(lake, plan.as_of, params, held_by(lake, cases)) for cases in (before, now))
        for was, judged in zip(old, new, strict=True):
            more = judged.frame.filter(judged.stays & ~was.stays)
            of_things[str(lake), f"{judged.table.zone}/{judged.table.name}"] += more.height
            if judged.table.zone == "bronze":
                of_files.update(more["_file_id"].to_list())
    return plan.model_copy(update={
        "held_cases": tuple(sorted(now)),
        "things": tuple(_holding(thing, of_things[thing.root, thing.path]) for thing in plan.things),
        "files": tuple(_holding(part, of_files[part.file_id]) for part in plan.files),
    })  # fmt: skip


def _holding(part: Part, rows: int) -> Part:
    return part.model_copy(update={"removed": part.removed - rows, "held": part.held + rows})


def _kept_months(params: RetentionParams) -> dict[str, int]:
    return {name: getattr(params, name).months for name in RetentionParams.model_fields}


def _linked(lakes: list[Path], results: Path) -> Iterator[Path]:
    """Links among the folders that are removed whole, or searched for lists."""
    yield from (scratch for lake in lakes if (scratch := lake / SCRATCH).is_symlink())
    for base, folders, _ in os.walk(results):
        folders[:] = sorted(name for name in folders if Path(base, name) not in lakes)
        yield from (path for name in folders if (path := Path(base, name)).is_symlink())


def _judged(lake: Path, as_of: date, params: RetentionParams, held: Held) -> Iterator[Judged]:
    """Every table of which rows may go, and which of its rows stay."""
    expired = _expired_files(lake, as_of, params.registers)
    kept: list[tuple[Table, pl.DataFrame]] = []
    persons = frame_of(lake, PERSONS, ("person_id", "number_key"))
    delivered = [table for table in tables_of("registers") if has_origin(table) and table.zone not in ("bronze", "quarantine")]
    origins = set(held.origins)
    for table in delivered if expired else ():
        frame = frame_of(lake, table)
        if frame is not None:
            of_table = stays(frame, expired, held)
            remaining = frame.filter(of_table)
            kept.append((table, remaining.select(whom_named(remaining.columns))))
            if held.cases:
                origins |= set(remaining.select("_file_id", pl.col("_sheet").fill_null(""), "_row").iter_rows())
            yield Judged(table, frame, of_table)
    live = living(kept, persons)
    with_rows = Held(held.cases, frozenset(origins), held.keys)
    for table in tables_of("registers") if expired else ():
        if table in delivered or (frame := frame_of(lake, table)) is None:
            continue
        yield Judged(table, frame, stays(frame, expired, with_rows) if has_origin(table) else derived_stays(frame, live))
    is_last_over = _findings_expired(lake, as_of, params.findings)
    for table in tables_of("findings"):
        if not (is_last_over or _DAY in table.column_names) or (frame := frame_of(lake, table)) is None:
            continue
        none = pl.Series([False] * frame.height, dtype=pl.Boolean)
        is_held = frame["case_id"].is_in(list(held.cases)).fill_null(False) if "case_id" in frame.columns else none
        yield Judged(table, frame, is_held if is_last_over else is_held | _within(frame[_DAY], as_of, params.findings))


def _within(days: pl.Series, as_of: date, kept: Kept) -> pl.Series:
    """Of rows that are kept from run to run: is the time of their own run not over?"""
    over = [day for day in days.unique() if day is not None and kept.has_expired(day, as_of)]
    return ~days.is_in(over).fill_null(False)


def _judged_by_casework(lake: Path, cases: frozenset[str] | None) -> Iterator[Judged]:
    """The same of what the lake shows of the case store: it goes with its case."""
    for table in OF_CASEWORK if cases is not None else ():
        if (frame := frame_of(lake, table)) is not None:
            yield Judged(table, frame, frame["case_id"].is_in(list(cases or ())))


def _of_casework(plan: Certificate) -> dict[str, Any]:
    """What the log says of it: which events went, and their digest."""
    if plan.casework is None:
        return {}
    told = plan.casework
    return {"casework": {"positions": told.positions, "editions": told.editions, "events": told.events, "sha256": told.sha256}}


def _expired_files(lake: Path, as_of: date, kept: Kept) -> frozenset[str]:
    files = frame_of(lake, FILES, ("file_id", "extract_date"))
    if files is None:
        return frozenset()
    last: dict[str, date] = {}
    for file_id, day in files.drop_nulls("extract_date").iter_rows():
        last[file_id] = max(day, last.get(file_id, day))  # handed over again with a later day, it is of that day
    return frozenset(file_id for file_id, day in last.items() if kept.has_expired(day, as_of))


def _findings_expired(lake: Path, as_of: date, kept: Kept) -> bool:
    """Is the last run's time over? Each run replaces what the one before it found."""
    runs = frame_of(lake, RUNS, ("as_of",))
    day = None if runs is None else runs["as_of"].max()
    return isinstance(day, date) and kept.has_expired(day, as_of)


def _files(judged: Judged, ledger: pl.DataFrame, expired: frozenset[str]) -> list[FilePart]:
    counted = judged.frame.with_columns(judged.stays.alias("stays")).filter(pl.col("_file_id").is_in(list(expired)))
    of_table = ledger.filter(pl.col("read_rows").is_not_null(), data_set=judged.table.name)
    known = {row["file_id"]: row for row in of_table.iter_rows(named=True)}
    found = counted.group_by("_file_id").agg((~pl.col("stays")).sum().alias("gone"), pl.col("stays").sum().alias("held"))
    return [
        FilePart(
            file_id=row["_file_id"], data_set=judged.table.name, extract_date=known[row["_file_id"]]["extract_date"],
            read_rows=known[row["_file_id"]]["read_rows"], removed=row["gone"], held=row["held"],
        )
        for row in found.sort("_file_id").iter_rows(named=True) if row["gone"] and row["_file_id"] in known
    ]  # fmt: skip


def _held_rows(judged: Judged, expired: frozenset[str]) -> int:
    if not has_origin(judged.table):
        return int(judged.stays.sum()) if judged.table.zone == "gold" else 0
    return int((judged.frame["_file_id"].is_in(list(expired)) & judged.stays).sum())


def _expired_parts(out: Path, as_of: date, params: RetentionParams) -> Iterator[tuple[str, str, date]]:
    """Writer, zone and day of the lists whose time is over."""
    for zone in zones(out):
        kept = getattr(params, _kind_of(zone))
        for writer, part in parts_of(out / zone).items():
            if zone != FOLDER and kept.has_expired(part.as_of, as_of):
                yield writer, zone, part.as_of


def _kind_of(zone: str) -> Kind:
    folders = set(zone.split("/"))
    return "registers" if folders & _BY_SLIPS else "casework" if _REPORTS in folders else "findings"


def _results(out: Path, as_of: date, params: RetentionParams) -> Iterator[Thing]:
    """Lists whose time is over, and beside them what was kept of those that somebody had changed."""
    told: set[str] = set()
    for writer, zone, _ in _expired_parts(out, as_of, params):
        kind = _kind_of(zone)
        files = parts_of(out / zone)[writer].files
        text = "\n".join(f"{name} {digest}" for name, digest in sorted(files.items()))
        yield _thing(out, f"{zone}（{writer}）", kind, len(files), hashlib.sha256(text.encode()).hexdigest())
        if zone not in told:
            told.add(zone)
            ours = set(listed(out / zone))
            for path in sorted((out / zone).rglob(f"*{KEPT}*")):
                if path.is_file() and path.relative_to(out / zone).as_posix() not in ours:
                    yield _thing(out, path.relative_to(out).as_posix(), kind, 1, digest_of(path))


def _tree(root: Path, folder: Path, kind: Kind) -> Thing:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return _thing(root, folder.relative_to(root).as_posix(), kind, len(files), _digest_of_all(files))


def _digest_of_all(files: list[Path]) -> str:
    return hashlib.sha256("\n".join(f"{path.name} {digest_of(path)}" for path in files).encode()).hexdigest()


def _thing(root: Path, path: str, kind: Kind, removed: int, sha256: str, held: int = 0) -> Thing:
    given: dict[str, Any] = {"root": str(root), "path": path, "kind": kind, "removed": removed, "held": held, "sha256": sha256}
    return Thing(**given)
