"""The second person: a request by one, an approval by another, both lines of the audit log, and used up once, by what was done under it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jobs.access.roles import AccessParams, Role, person_now
from jobs.audit.calls import at_work, note
from jobs.audit.log import believed, entries_of, folder_of, proof
from jobs.runtime.errors import BadConfiguration

REQUEST, APPROVAL, USED, ACCESS = "request", "approval", "used", "access"
"""Events of the log."""
ACTIONS: Mapping[str, frozenset[Role]] = {
    "edition": frozenset({Role.PUBLISHER, Role.DATA_TEAM}),
    "rules": frozenset({Role.DATA_TEAM, Role.PUBLISHER}),
    "identities": frozenset({Role.DATA_TEAM}),
    "purge": frozenset({Role.DATA_TEAM, Role.AUDITOR}),
    "key": frozenset({Role.DATA_TEAM, Role.AUDITOR}),
    "access off": frozenset(Role),
}
"""What needs two persons, and who may be the second: a full edition, rules or code that were not in force before, merges of identities,
a purge, another key of the site, going on where access was asked for and no longer is."""
_DIGITS, _SHOWN = 32, 10
"""Of an id: as many as nobody can make two requests to share, and as many as a person needs to type."""


@dataclass(frozen=True)
class Request:
    """What somebody asks to do. approved_by: every account that has, the first one first; approved_at: when the first did."""

    id: str
    action: str
    facts: Mapping[str, Any]
    by: str
    at: datetime
    approved_by: tuple[str, ...] = ()
    approved_at: datetime | None = None
    is_used: bool = False

    @property
    def shown(self) -> str:
        """The beginning of the id, which `approve` takes as long as no other request begins so."""
        return _shown(self.id)


@dataclass
class Approval:
    """by: the account that has approved; null where nobody was asked. made: digest of what is made under it, where that is kept elsewhere;
    set before it is there."""

    by: str | None
    made: str | None = None


def requests_of(entries: Iterable[Mapping[str, Any]], known: Collection[str] = ()) -> dict[str, Request]:
    """Of each request its last state, by id. entries: of the log, oldest first. known: digests of all that was made under approvals that say
    so; one of another is used up by nothing."""
    found: dict[str, Request] = {}
    for entry in entries:
        match entry.get("event"):
            case "request":
                at = datetime.fromisoformat(entry["at"])
                found[entry["request"]] = Request(entry["request"], entry["action"], entry["facts"], entry["by"], at)
            case "approval" if entry["request"] in found:
                held, at = found[entry["request"]], datetime.fromisoformat(entry["at"])
                by = (*held.approved_by, entry["by"])
                found[held.id] = replace(held, approved_by=by, approved_at=held.approved_at or at)
            case "used" if entry["request"] in found and _is_there(entry, known):
                found[entry["request"]] = replace(found[entry["request"]], is_used=True)
    return found


def _is_there(used: Mapping[str, Any], known: Collection[str]) -> bool:
    """Was it made? Its maker says so in the log before it is there, and may be killed in between."""
    return "made" not in used or used["made"] in known


@contextmanager
def second_person(
    access: AccessParams, out: Path, action: str, facts: Mapping[str, Any], *, named: str | None = None, again: bool = False,
    known: Collection[str] = (),
) -> Iterator[Approval]:  # fmt: skip
    """The approval of exactly this, used up when it is left without an error: what was killed or has failed is done again under the same one.
    Where access is not asked for, by who was `named`, unasked.

    Of what can be done at the same time by two it is left before anything is done, or a lock is held around it. Raises BadConfiguration where
    nobody else has approved: the request is in the log from then on. again: an approval holds as often as wanted. known: see `requests_of`.
    """
    if not access.enabled:
        yield Approval(named)
        return
    me = person_now(access).account
    held = _approved(access, out, me, action, facts, named, again, known)
    approval = Approval(named or held.approved_by[0])
    yield approval
    if not held.is_used:
        made = {} if approval.made is None else {"made": approval.made}
        note(USED, request=held.id, by=me, approved_by=approval.by, **made)
        if not again:
            _refuse_second_use(out, held, known)


def _approved(
    access: AccessParams, out: Path, me: str, action: str, facts: Mapping[str, Any], named: str | None, again: bool,
    known: Collection[str],
) -> Request:  # fmt: skip
    """The request for exactly this, which another has approved, and which may be used."""
    request_id = _id(action, facts)
    held = _held_requests(out, known).get(request_id)
    if held is not None and (held.action, held.facts) != (action, dict(facts)):
        held = None  # of the same id, and something else
    if held is not None and held.approved_by and held.approved_at and (again or not held.is_used):
        is_in_time = again or datetime.now(UTC) - held.approved_at <= timedelta(days=access.approval_days)
        if is_in_time and (again or me not in held.approved_by) and named in (None, *held.approved_by):
            return held
        if is_in_time:
            raise BadConfiguration(
                f"The request {held.shown} ({action}) was approved by {', '.join(held.approved_by)}, and made by {held.by}. Another "
                "person than the one who approved must give the command, and --second, where there is one, names who approved. Nothing was done."
            )
    if held is None or held.is_used or held.approved_by:
        note(REQUEST, request=request_id, action=action, facts=dict(facts), by=me)
    raise BadConfiguration(
        f"This needs two persons ({action}). The request {_shown(request_id)} is in the audit log: another person gives mingjing approve "
        f"{_shown(request_id)} "
        f"--out {out}, then give the same command again within {access.approval_days} days. Nothing was done."
    )


def _refuse_second_use(out: Path, request: Request, known: Collection[str]) -> None:
    """Of commands that use the same approval at the same time the one whose line came first has it: lines are written one by one."""
    if (call := at_work()) is None:
        return
    uses: list[str] = []
    for entry in believed(_log_of(out)):
        if entry.get("request") == request.id:
            counts = entry["event"] == USED and (entry["call"] == call.call or _is_there(entry, known))
            uses = [*uses, entry["call"]] if counts else uses if entry["event"] == USED else []
    if uses[:1] != [call.call]:
        raise BadConfiguration(
            f"The approval of {request.shown} ({request.action}) was used up by another command at this very moment. Ask anew. Nothing was done."
        )


def approve(access: AccessParams, out: Path, begin: str) -> Request:
    """Approves the request whose id begins so. Raises BadConfiguration where it is not there, or not the only one; was used or approved; is
    one's own, or for another role to approve."""
    person, requests = person_now(access), _held_requests(out)
    if len(found := [one for one in requests.values() if one.id.startswith(begin)]) > 1:
        raise BadConfiguration(
            f"{len(found)} requests begin with {begin!r}. mingjing approve --out {out} lists them whole: read what each asks for, and type "
            "the whole of one. Nothing was done."
        )
    request = found[0] if found else None
    if request is None or request.is_used:
        raise BadConfiguration(
            f"No request {begin} waits in the audit log of {out}. mingjing approve --out {out} lists those that do."
        )
    if request.approved_by:
        raise BadConfiguration(
            f"The request {request.shown} was approved by {', '.join(request.approved_by)}: {request.by} may give the command. Nothing was done."
        )
    if request.by == person.account:
        raise BadConfiguration(
            f"The request {request.shown} is {person.account}'s own. Another person must approve it. Nothing was done."
        )
    if access.enabled and not ACTIONS[request.action] & person.roles:
        raise BadConfiguration(
            f"The request {request.shown} ({request.action}) is for {', '.join(sorted(ACTIONS[request.action]))} to approve, and "
            f"{person.account} has {', '.join(sorted(person.roles)) or 'no role'}. Nothing was done."
        )
    note(APPROVAL, request=request.id, action=request.action, by=person.account)
    return request


def note_access(access: AccessParams, out: Path, warn: Callable[[str], None]) -> None:
    """Records where access is asked for the first time, and no longer. Tells where the log that says so is not as it was written: work goes
    on, for a log that is damaged must not stop a city. Raises BadConfiguration where it no longer is, until another account
    than the one that gives the command has approved that: whoever may write the configuration could turn it off alone."""
    log = _log_of(out)
    if (entries := entries_of(log)) and (fault := proof(log).fault):
        warn(f"{log}: {fault} What it says is shown, and not certain. Keep it as it is, and ask who had access to it since.")
    was_on = next((entry["on"] for entry in reversed(entries) if entry.get("event") == ACCESS), False)
    if was_on and not access.enabled:
        with second_person(access.model_copy(update={"enabled": True}), out, "access off", {"on": False}):
            pass  # used up first: it could be turned off twice
    if was_on != access.enabled:
        note(ACCESS, on=access.enabled)


def waiting(out: Path) -> list[Request]:
    """Requests that nobody has approved yet, oldest first."""
    return [one for one in _held_requests(out).values() if not one.approved_by and not one.is_used]


def _held_requests(out: Path, known: Collection[str] = ()) -> dict[str, Request]:
    """By id."""
    return requests_of(believed(_log_of(out)), known)


def _log_of(out: Path) -> Path:
    folder = folder_of(out)
    assert folder is not None
    return folder


def _id(action: str, facts: Mapping[str, Any]) -> str:
    said = json.dumps([action, dict(facts)], ensure_ascii=False, sort_keys=True)
    return f"R{hashlib.sha256(said.encode()).hexdigest()[:_DIGITS]}"


def _shown(request_id: str) -> str:
    return request_id[: 1 + _SHOWN]
