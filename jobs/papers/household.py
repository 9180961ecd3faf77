"""What a visit has to know of a household, in full or masked: the facts that the page 入户核查表 is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from jobs.cells.masking import mask_name, mask_number, mask_numbers

_ACCOUNT_SHOWN = 4


@dataclass(frozen=True)
class Member:
    """A person of the household. is_covered: is the benefit drawn for him or her?"""

    name: str
    number: str
    relation: str
    is_covered: bool | None


@dataclass(frozen=True)
class Other:
    """Somebody or something beside the household that a clue is about.

    what: 村（社区）干部, 财政供养人员, 收款账户, 另一处待遇. name: of the person or of the account's holder. told: post, programme.
    unit: where somebody works, which names a person outright. account: its number; certificate: of another benefit.
    """

    what: str
    name: str = ""
    told: str = ""
    unit: str = ""
    account: str = ""
    certificate: str = ""


@dataclass(frozen=True)
class Question:
    """A clue. sources: which register says so, as of which day. things: cells that name a person's thing outright.
    pattern: what it has in common with other households of the list."""

    rule_code: str
    subject: str
    explanation: str
    sources: tuple[str, ...]
    things: tuple[str, ...] = ()
    others: tuple[Other, ...] = ()
    doubt_code: str | None = None
    grade: str | None = None
    pattern: str = ""
    amount_yuan: Decimal | None = None


@dataclass(frozen=True)
class Handed:
    """What a dispatch says: until when the page comes back, where to, and who goes; the last two empty where nobody said."""

    due_on: date
    return_to: str
    inspectors: str


@dataclass(frozen=True)
class Household:
    """A household to visit. phone: null where the roster has none. since: first month of the benefit. earlier: visits before. handed: null
    before the dispatch."""

    case_id: str
    position: int
    county: str
    town: str
    village: str
    household_no: str
    program: str
    head_name: str
    head_number: str
    phone: str | None
    heads: int | None
    monthly_yuan: Decimal | None
    since: date | None
    stopped: date | None
    members: tuple[Member, ...]
    questions: tuple[Question, ...]
    earlier: tuple[str, ...] = ()
    handed: Handed | None = None


def masked_household(household: Household) -> Household:
    """The household for everyone else: no telephone, no unit, no inspector, nothing that names a thing; names, numbers, accounts masked."""
    return replace(
        household,
        town=mask_numbers(household.town),
        village=mask_numbers(household.village),
        household_no=mask_numbers(household.household_no),
        head_name=mask_name(household.head_name),
        head_number=mask_number(household.head_number),
        phone=None,
        members=tuple(
            replace(member, name=mask_name(member.name), number=mask_number(member.number)) for member in household.members
        ),
        questions=tuple(_masked_question(question) for question in household.questions),
        earlier=tuple(mask_numbers(told) for told in household.earlier),
        handed=household.handed and replace(household.handed, inspectors=""),
    )


def _masked_question(question: Question) -> Question:
    return replace(
        question,
        subject=mask_name(question.subject),
        explanation=mask_numbers(question.explanation),
        sources=tuple(mask_numbers(source) for source in question.sources),
        things=(),
        others=tuple(
            replace(
                other,
                name=mask_name(other.name),
                unit="",
                account=f"********{other.account[-_ACCOUNT_SHOWN:]}" if other.account else "",
                certificate=mask_numbers(other.certificate),
            )
            for other in question.others
        ),
    )
