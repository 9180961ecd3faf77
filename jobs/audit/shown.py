"""The log as people read it: a line a command, with what it did and how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jobs.audit.calls import BEGIN, END
from jobs.audit.vouched import STATE

_APART = frozenset({"event", "call", "command", "at", "no", "prev", "mac"})


@dataclass(frozen=True)
class Wanted:
    """Which commands are to be shown; null is any. Days are those of UTC, both included. is_full: shown in full. is_failed: not finished."""

    user: str | None = None
    command: str | None = None
    since: date | None = None
    until: date | None = None
    is_full: bool = False
    is_failed: bool = False

    def fits(self, begun: Mapping[str, Any], ended: Mapping[str, Any] | None) -> bool:
        day = date.fromisoformat(begun["at"][:10])
        return (
            (self.user is None or self.user in (begun.get("user"), begun.get("account")))
            and (self.command is None or self.command == begun["command"])
            and (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
            and (not self.is_full or (bool(begun["on"].get("full")) and begun["command"] != "audit show"))
            and (not self.is_failed or ended is None or ended.get("exit") != 0)
        )


def calls_of(entries: Iterable[Mapping[str, Any]], wanted: Wanted) -> Iterator[list[str]]:
    """A command in lines: how it was given and how it ended, then what it did. In the order in which they began."""
    calls: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        if "call" in entry:
            calls.setdefault(entry["call"], []).append(entry)
    for told in calls.values():
        begun = next((entry for entry in told if entry["event"] == BEGIN), None)
        ended = next((entry for entry in told if entry["event"] == END), None)
        if begun is not None and wanted.fits(begun, ended):
            did = [f"    {entry['event']} {_words(entry)}" for entry in told if entry not in (begun, ended)]
            yield [_line(begun, ended), *did]


def _line(begun: Mapping[str, Any], ended: Mapping[str, Any] | None) -> str:
    account, place = begun.get("account"), begun.get("from")
    who = f"{begun['user']}{f' ({account})' if account else ''}@{begun['host']}{f' from {place}' if place else ''}"
    end = "no end: killed, or at work" if ended is None else f"exit {ended['exit']} {ended.get('failure', '')}".strip()
    on = json.dumps(begun["on"], ensure_ascii=False)
    return f"{begun['no']:>6} {begun['at'][:19]}Z {who} for {begun['purpose']}: {begun['command']} {on}: {end}"


def _words(entry: Mapping[str, Any]) -> str:
    """Of what a command vouches for, only how much; of all else, of what a second person was asked for, too, the whole."""
    told = {name: value for name, value in entry.items() if name not in _APART}
    if entry["event"] == STATE:
        told = {name: len(value) if isinstance(value, dict) else value for name, value in told.items()}
    return json.dumps(told, ensure_ascii=False)
