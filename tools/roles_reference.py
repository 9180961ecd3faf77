"""Tables of docs/roles.md: which role may give which command and sees what in full, and which folder is whose."""

from __future__ import annotations

from expectations.contracts.model import PERSON_KINDS, Kind
from jobs.access.approvals import ACTIONS
from jobs.access.roles import ZONES, Person, Role, may_see_in_full, roles_of
from tools.command_reference import commands
from tools.markdown import markdown_table

_ROLES = tuple(Role)


def role_tables() -> str:
    """Commands, what is seen in full, folders and what needs two persons, a row each; ● where the role may."""
    heads = tuple(role.replace("_", " ") for role in _ROLES)
    of_commands = []
    for path, command in commands():
        roles = roles_of(command.callback)
        of_commands.append(
            (f"`{path}`", *("anybody" if roles == frozenset() else _dot(role in (roles or ())) for role in _ROLES))
        )
    of_zones = [(f"`OUT/{zone}`", *(_dot(role in roles) for role in _ROLES)) for zone, roles in ZONES.items()]
    of_actions = [(action, *(_dot(role in roles) for role in _ROLES)) for action, roles in ACTIONS.items()]
    return "\n\n".join((
        markdown_table(("command", *heads), of_commands), markdown_table(("by `--full`", *heads), _seen_in_full()),
        markdown_table(("folder", *heads), of_zones), markdown_table(("needs a second person, who is", *heads), of_actions),
    ))  # fmt: skip


def _seen_in_full() -> list[tuple[str, ...]]:
    """Field by county: what each role sees, by the function that decides it."""
    own, other = "of the own county", "of another"
    rows = []
    for kind in (*sorted(PERSON_KINDS, key=lambda kind: kind.value), Kind.NAME, Kind.ACCOUNT):
        for where in (own, other, "of no known county"):
            people = [Person("", frozenset({role}), frozenset({own})) for role in _ROLES]
            county = None if where.startswith("of no") else where
            shown = ("whole" if may_see_in_full(person, county) else "masked" for person in people)
            rows.append((f"{kind.value} {where}".replace("_", " "), *shown))
    return rows


def _dot(may: bool) -> str:
    return "●" if may else ""
