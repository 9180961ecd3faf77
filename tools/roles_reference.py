"""Tables of docs/roles.md: which role may give which command, and which folder is whose."""

from __future__ import annotations

from jobs.access.approvals import ACTIONS
from jobs.access.roles import IN_FULL, ZONES, Role, roles_of
from tools.command_reference import commands
from tools.markdown import markdown_table

_ROLES = tuple(Role)


def role_tables() -> str:
    """Commands, folders and what needs two persons, a row each; ● where the role may."""
    heads = tuple(role.replace("_", " ") for role in _ROLES)
    of_commands = []
    for path, command in commands():
        roles = roles_of(command.callback)
        of_commands.append(
            (f"`{path}`", *("anybody" if roles == frozenset() else _dot(role in (roles or ())) for role in _ROLES))
        )
    of_commands.append(
        ("numbers and names by `--full`", *("own counties" if role is Role.CLERK else _dot(role in IN_FULL) for role in _ROLES))
    )
    of_zones = [(f"`OUT/{zone}`", *(_dot(role in roles) for role in _ROLES)) for zone, roles in ZONES.items()]
    of_actions = [(action, *(_dot(role in roles) for role in _ROLES)) for action, roles in ACTIONS.items()]
    return "\n\n".join((
        markdown_table(("command", *heads), of_commands), markdown_table(("folder", *heads), of_zones),
        markdown_table(("needs a second person, who is", *heads), of_actions),
    ))  # fmt: skip


def _dot(may: bool) -> str:
    return "●" if may else ""
