"""The second person: a request by one, an approval by another, both lines of the audit log, and used up once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jobs.access.roles import AccessParams, Role, person_now
from jobs.audit.calls import note
from jobs.audit.log import entries_of, folder_of, proof
from jobs.runtime.errors import BadConfiguration, BadStore

REQUEST, APPROVAL, USED = "request", "approval", "used"
"""Events of the log."""
ACTIONS: Mapping[str, frozenset[Role]] = {
    "edition": frozenset({Role.PUBLISHER, Role.DATA_TEAM}),
    "rules": frozenset({Role.DATA_TEAM, Role.PUBLISHER}),
    "identities": frozenset({Role.DATA_TEAM}),
    "purge": frozenset({Role.DATA_TEAM, Role.AUDITOR}),
}
"""What needs two persons, and who may be the second: a full edition, rules or code that were not in force before, merges of identities,
a purge."""
_DIGITS = 10


@dataclass(frozen=True)
class Request:
    """What somebody asks to do. approved_by, approved_at: null as long as nobody has approved it; a use takes both away."""

    id: str
    action: str
    facts: Mapping[str, Any]
    by: str
    at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    is_used: bool = False


def requests_of(entries: Iterable[Mapping[str, Any]]) -> dict[str, Request]:
    """Of each request its last state, by id. entries: of the log, oldest first."""
    found: dict[str, Request] = {}
    for entry in entries:
        match entry.get("event"):
            case "request":
                at = datetime.fromisoformat(entry["at"])
                found[entry["request"]] = Request(entry["request"], entry["action"], entry["facts"], entry["by"], at)
            case "approval" if entry["request"] in found:
                at = datetime.fromisoformat(entry["at"])
                found[entry["request"]] = replace(found[entry["request"]], approved_by=entry["by"], approved_at=at)
            case "used" if entry["request"] in found:
                found[entry["request"]] = replace(found[entry["request"]], is_used=True)
    return found


def second_person(
    access: AccessParams, out: Path, action: str, facts: Mapping[str, Any], *, named: str | None = None, again: bool = False
) -> str | None:
    """The account that has approved exactly this, now used up; where access is not asked for, who was `named`, unasked.

    Raises BadConfiguration where nobody else has: the request is in the log from then on. again: an approval holds as often as wanted.
    """
    if not access.enabled:
        return named
    me = person_now(access).account
    request_id = _id(action, facts)
    held = _held_requests(out).get(request_id)
    if held is not None and held.approved_by and held.approved_at and (again or not held.is_used):
        is_in_time = again or datetime.now(UTC) - held.approved_at <= timedelta(days=access.approval_days)
        if is_in_time and (again or held.approved_by != me) and named in (None, held.approved_by):
            if not held.is_used:
                note(USED, request=request_id, by=me, approved_by=held.approved_by)
            return held.approved_by
        if is_in_time:
            raise BadConfiguration(
                f"The request {request_id} ({action}) was approved by {held.approved_by}, and made by {held.by}. Another person than the one who "
                "approved must give the command, and --second, where there is one, names who approved. Nothing was done."
            )
    if held is None or held.is_used or held.approved_by:
        note(REQUEST, request=request_id, action=action, facts=dict(facts), by=me)
    raise BadConfiguration(
        f"This needs two persons ({action}). The request {request_id} is in the audit log: another person gives mingjing approve {request_id} "
        f"--out {out}, then give the same command again within {access.approval_days} days. Nothing was done."
    )


def approve(access: AccessParams, out: Path, request_id: str) -> Request:
    """Raises BadConfiguration for a request that is not there, was used, is one's own, or is for another role to approve."""
    person, requests = person_now(access), _held_requests(out)
    request = requests.get(request_id)
    if request is None or request.is_used:
        raise BadConfiguration(
            f"No request {request_id} waits in the audit log of {out}. mingjing approve --out {out} lists those that do."
        )
    if request.by == person.account:
        raise BadConfiguration(
            f"The request {request_id} is {person.account}'s own. Another person must approve it. Nothing was done."
        )
    if access.enabled and not ACTIONS[request.action] & person.roles:
        raise BadConfiguration(
            f"The request {request_id} ({request.action}) is for {', '.join(sorted(ACTIONS[request.action]))} to approve, and "
            f"{person.account} has {', '.join(sorted(person.roles)) or 'no role'}. Nothing was done."
        )
    note(APPROVAL, request=request_id, action=request.action, by=person.account)
    return request


def waiting(out: Path) -> list[Request]:
    """Requests that nobody has approved yet, oldest first."""
    return [one for one in _held_requests(out).values() if not one.approved_by and not one.is_used]


def _held_requests(out: Path) -> dict[str, Request]:
    """By id. Raises BadStore where the log is not as it was written: who has approved what nobody could say."""
    folder = folder_of(out)
    assert folder is not None
    entries = entries_of(folder)
    if entries and (fault := proof(folder).fault):
        raise BadStore(f"{folder}: {fault} Approvals in it are not believed. Nothing was done.")
    return requests_of(entries)


def _id(action: str, facts: Mapping[str, Any]) -> str:
    said = json.dumps([action, dict(facts)], ensure_ascii=False, sort_keys=True)
    return f"R{hashlib.sha256(said.encode()).hexdigest()[:_DIGITS]}"
