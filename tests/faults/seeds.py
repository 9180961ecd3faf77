"""A seed: what is done, what befalls it, and what must hold then."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from jobs.runtime.errors import MingjingError, explanation
from jobs.runtime.results import settle
from tests.faults.disk import KINDS, Disk, Killed, Waits
from tests.faults.powercut import Journal
from tests.faults.world import ACTS, first_months, state, stood_in, wrong

ZONES = (("exports/", "restricted/"), ("restricted/returns/",))
"""Of each command: what it publishes together."""


@dataclass
class Model:
    """Two months of the small city, and what each act comes to where nothing befalls it: state and steps."""

    folder: Path
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    steps: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def made(cls, folder: Path) -> Model:
        model = cls(folder)
        with stood_in():
            first_months(folder / "base" / "out")
            model.before = state(folder / "base" / "out")
            for name in ACTS:
                model.steps[name] = model.done(name).steps
        return model

    def done(self, *acts: str) -> Disk:
        """The acts one after the other, on a disk without fault; what they come to is kept."""
        out = self.copy(f"after {' '.join(acts)}")
        disk = Disk(out, random.Random(0))
        with disk.under():
            for name in acts:
                ACTS[name](out)
        assert not (found := list(wrong(out, is_done=True))), (acts, found)
        self.after[acts] = state(out)
        return disk

    def allowed(self, name: str, other: str | None) -> list[dict[str, Any]]:
        """What the act may come to: alone, or with another that was let in before it or behind it, and then perhaps once more."""
        orders = [(name,)]
        if other:
            orders += [(name, other), (name, other, name), (other, name)]
        for acts in orders:
            if acts not in self.after:
                self.done(*acts)
        return [self.after[acts] for acts in orders]

    def copy(self, name: str) -> Path:
        """OUT as it was before; a path of the same name each time would hide what depends on it."""
        shutil.copytree(self.folder / "base", self.folder / name)
        return self.folder / name / "out"


@dataclass(frozen=True)
class Fate:
    """What befalls an act, see disk.KINDS. at: the step, from 1. other: the act that is let in. seed: of what is left to chance then."""

    kind: str
    at: int
    other: str | None
    seed: float


def faults_of(model: Model, seed: int) -> list[str]:
    """What does not hold; nothing where all is well. Told in the order in which it was seen."""
    draw = random.Random(seed)
    name, fates = draw.choice(list(ACTS)), []
    for _ in range(draw.choice((1, 1, 2))):
        at, kind = 1 + draw.randrange(len(model.steps[name])), draw.choice(KINDS)
        other = draw.choice(list(ACTS)) if kind == "intrude" else None
        fates.append(Fate(kind, at, other, draw.random()))
        if other:
            break
    return faults_after(model, name, fates)


def faults_after(model: Model, name: str, fates: Sequence[Fate]) -> list[str]:
    """The same of an act that ends so each time, and is then done again."""
    place = "-".join((name, *(f"{fate.kind}{fate.at}" for fate in fates)))
    out = model.copy(place)
    try:
        with stood_in():
            return list(_lived(model, out, name, fates))
    finally:
        shutil.rmtree(model.folder / place)


def _lived(model: Model, out: Path, name: str, fates: Sequence[Fate]) -> Iterator[str]:
    what = name
    for fate in fates:
        act = ACTS[fate.other] if fate.other else None
        disk = Disk(out, random.Random(fate.seed), fate.kind, fate.at, partial(_intruded, act, out) if act else None)
        disk.journal = Journal(out) if fate.kind == "power" else None
        ended = _ended(disk, name, out)
        at = disk.steps[fate.at - 1] if len(disk.steps) >= fate.at else "not reached"
        what += f", {fate.kind} {fate.other or ''} at {at}: {ended}"
        if ended.startswith("!"):
            yield what
        if disk.journal:
            if disk.is_dead:
                disk.journal.cut(disk.draw)
            disk.journal.close()
        yield from (f"{what}: {said}" for said in _between(model, out, name, fate.other))
    try:
        ACTS[name](out)
        yield from (f"{what}: after it was done again: {said}" for said in wrong(out, is_done=True))
        now = state(out)
    except Exception as error:
        yield f"{what}: done again: {type(error).__name__}: {error}"
        return
    allowed = model.allowed(name, fates[-1].other)
    if now not in allowed:
        yield from (f"{what}: in the end: {said}" for said in _differs(allowed[-1], now))


def _ended(disk: Disk, name: str, out: Path) -> str:
    try:
        with disk.under():
            ACTS[name](out)
    except Killed:
        return "killed"
    except Exception as error:
        is_told = explanation(error) and disk.kind in ("full", "fail", "intrude")
        return f"{type(error).__name__}" if is_told else f"!! {type(error).__name__}: {error}"
    return "done" if not disk.is_dead else "!! goes on after its end"


def _intruded(act: Callable[[Path], None], out: Path) -> None:
    with suppress(MingjingError, Waits):
        act(out)


def _between(model: Model, out: Path, name: str, other: str | None = None) -> Iterator[str]:
    """Whatever has happened, what can be read now is as it was before, or as it is afterwards."""
    try:
        settle(out, lambda _: None)
        yield from wrong(out, is_done=False)
        now = state(out)
    except Exception as error:
        yield f"cannot be read: {type(error).__name__}: {error}"
        return
    known = [model.before, *model.allowed(name, other), *([model.after[other,]] if other else [])]
    for place, rows in now.items():
        if isinstance(rows, list) and rows not in [of_one.get(place) for of_one in known]:
            yield f"{place} is neither as before nor as after"
    for zones in ZONES:
        if _of_zones(now, zones) not in [_of_zones(of_one, zones) for of_one in known]:
            yield f"{', '.join(zones)} are neither as before nor as after: {sorted(_of_zones(now, zones))}"


def _of_zones(state: dict[str, Any], zones: tuple[str, ...]) -> dict[str, Any]:
    own = {path: found for path, found in state.items() if path.startswith(zones)}
    return {path: found for path, found in own.items() if ("returns" in path) == ("restricted/returns/" in zones)}


def _differs(wanted: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    for key in sorted({*wanted, *found}):
        if wanted.get(key) != found.get(key):
            yield f"{key}: {str(found.get(key))[:300]} and not {str(wanted.get(key))[:300]}"
