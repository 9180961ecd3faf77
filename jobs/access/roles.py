"""Roles of people, and what is declared beside each command and zone."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import Field, model_validator

from expectations.conf import Conf
from jobs.runtime.accounts import own_account
from jobs.runtime.errors import BadConfiguration


class Role(StrEnum):
    """Who somebody is to the data of a city."""

    DATA_TEAM = "data_team"
    PUBLISHER = "publisher"
    CLERK = "clerk"
    ANALYST = "analyst"
    AUDITOR = "auditor"


EVERY_ROLE = frozenset(Role)
IN_FULL = frozenset({Role.DATA_TEAM, Role.PUBLISHER, Role.CLERK})
"""Roles that may have numbers and names shown; a clerk those of the own counties alone."""
_SHOWN = 20
"""Cases that a refusal names."""
_FIGURES = frozenset({Role.DATA_TEAM, Role.PUBLISHER, Role.ANALYST, Role.AUDITOR})
"""Who must judge the lists: exact figures of small groups, and households by their ids."""
ZONES: Mapping[str, frozenset[Role]] = {
    "lake/bronze": frozenset({Role.DATA_TEAM}),
    "lake/quarantine": frozenset({Role.DATA_TEAM}),
    "lake/vault": frozenset({Role.DATA_TEAM}),
    "lake/silver": frozenset({Role.DATA_TEAM, Role.ANALYST}),
    "lake/gold": frozenset({Role.DATA_TEAM, Role.ANALYST}),
    "lake/ops": frozenset({Role.DATA_TEAM, Role.ANALYST, Role.AUDITOR}),
    "restricted": frozenset({Role.DATA_TEAM, Role.PUBLISHER}),
    "plans/restricted": frozenset({Role.DATA_TEAM, Role.PUBLISHER}),
    "prepay/restricted": frozenset({Role.DATA_TEAM, Role.PUBLISHER}),
    "editions": frozenset({Role.PUBLISHER}),
    "exports": EVERY_ROLE,
    "plans/exports": EVERY_ROLE,
    "prepay/exports": EVERY_ROLE,
    "quality": EVERY_ROLE,
    "slips": frozenset({Role.DATA_TEAM, Role.PUBLISHER}),
    "fairness": _FIGURES,
    "learning": _FIGURES,
    "mlflow": frozenset({Role.DATA_TEAM, Role.ANALYST}),
    "check": frozenset({Role.DATA_TEAM}),
    "audit": frozenset({Role.AUDITOR}),
    "certificates": frozenset({Role.DATA_TEAM, Role.AUDITOR}),
}
"""Folders of OUT: whom the site's groups should let in. The program writes them for their owner; groups are given by the administrator."""


class AccessParams(Conf):
    """account: under which the jobs run, reached by sudo, so that SUDO_USER says who asks; empty = everybody works under his own.
    groups: of the operating system, by role. county_groups: by county code, of the clerks of that county."""

    enabled: bool = Field(description="are roles asked for? Off, whoever may start the program may give every command")
    account: str = Field(
        description="account that runs the jobs and is reached by sudo; empty where people run them under their own"
    )
    groups: dict[Role, str] = Field(description="groups of the operating system by role; a role without one is nobody's")
    county_groups: dict[str, str] = Field(
        description="groups by county code: clerks see in full, and act on cases of, the counties whose groups they are in"
    )
    approval_days: int = Field(ge=1, description="days for which an approval by the second person holds")

    @model_validator(mode="after")
    def _has_groups(self) -> AccessParams:
        if self.enabled and not self.groups:
            raise ValueError("expected groups by role where access is enabled: without any, nobody could give a command")
        return self


@dataclass(frozen=True)
class Person:
    """Who gives the command. counties: of a clerk, codes of those that he or she may see in full."""

    account: str
    roles: frozenset[Role]
    counties: frozenset[str] = frozenset()


Command = TypeVar("Command", bound=Callable[..., Any])
_DECLARED = "allowed_roles"


def allowed(*roles: Role) -> Callable[[Command], Command]:
    """Declares who may give the command; without any, everybody may: it touches no city's data."""

    def declare(command: Command) -> Command:
        setattr(command, _DECLARED, frozenset(roles))
        return command

    return declare


def roles_of(command: Callable[..., Any]) -> frozenset[Role] | None:
    """Who may give it: nobody in particular where the set is empty; null where it says nothing."""
    declared: frozenset[Role] | None = getattr(command, _DECLARED, None)
    return declared


def person_now(access: AccessParams) -> Person:
    """By the account of the process; under the account of the jobs, by what sudo says of who asked."""
    account = own_account()
    if access.account and account == access.account:
        account = os.environ.get("SUDO_USER") or account
    groups = _groups_of(account)
    return Person(
        account,
        frozenset(role for role, group in access.groups.items() if group in groups),
        frozenset(code for code, group in access.county_groups.items() if group in groups),
    )


def refuse_unless(access: AccessParams, roles: frozenset[Role] | None, command: str) -> None:
    """Raises BadConfiguration where access is asked for, and who gives the command has none of its roles."""
    if not access.enabled or roles == frozenset():
        return
    person = person_now(access)
    if not roles or not roles & person.roles:
        needed = ", ".join(sorted(roles or ())) or "nobody"
        has = ", ".join(sorted(person.roles)) or "no role"
        raise BadConfiguration(
            f"mingjing {command} is for {needed}; {person.account} has {has}. Ask somebody who has one, or the administrator for the group. "
            "Nothing was done."
        )


def may_see_in_full(person: Person, county_code: str | None) -> bool:
    """Numbers and names of this county; of no county where the code is null, which only those see who see all."""
    if person.roles & (IN_FULL - {Role.CLERK}):
        return True
    return Role.CLERK in person.roles and county_code in person.counties


def refuse_in_full(access: AccessParams, county_code: str | None) -> None:
    """Raises BadConfiguration where access is asked for, and the person may not see numbers and names of the county."""
    if access.enabled and not may_see_in_full(person := person_now(access), county_code):
        where = f"county {county_code}" if county_code else "every county"
        raise BadConfiguration(
            f"--full shows numbers and names of {where}, which {person.account} may not see. Leave it out, or ask the data team. "
            "Nothing was shown."
        )


def refuse_elsewhere(access: AccessParams, counties: Mapping[str, str | None]) -> None:
    """Raises BadConfiguration where access is asked for, and a clerk would act on cases of other counties than the own. counties: of each
    case the county that has it in hand; null for the city's own team, past the county."""
    if not access.enabled or Role.PUBLISHER in (person := person_now(access)).roles:
        return
    foreign = [case for case, county in counties.items() if county not in person.counties]
    if foreign:
        more = f"等{len(foreign)}件" if len(foreign) > _SHOWN else ""
        raise BadConfiguration(
            f"案件{'、'.join(foreign[:_SHOWN])}{more}不在您的辖区内，{person.account}只能办理本县（市、区）的案件。请核对案件编号，或交由所属县（市、区）办理。"
            "本次未登记任何内容。"
        )


def _groups_of(account: str) -> frozenset[str]:
    try:
        entry = pwd.getpwnam(account)
    except KeyError:
        return frozenset()
    names = set()
    for number in os.getgrouplist(account, entry.pw_gid):
        try:
            names.add(grp.getgrgid(number).gr_name)
        except KeyError:  # a group without a name is nobody's
            continue
    return frozenset(names)
