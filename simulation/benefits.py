"""Benefit households: who is on a roster, what is paid to them in 2017, month by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from simulation import policy
from simulation.dates import JANUARY, MONTHS, first_day
from simulation.places import COUNTIES, Village

NORMAL, ARREARS, REFUND = "正常", "补发", "退回"
PRICE_SUBSIDY, FUNERAL_GRANT = "价格补贴", "丧葬补助"
TEKUN_PROGRAMS = ("城市特困", "农村特困")
SUBSIDY_MONTH = JANUARY + 1


class Payment(NamedTuple):
    """A transfer; `month` is the month of entitlement."""

    program: str
    month: int
    paid_on: date
    heads: int
    yuan: float
    kind: str


@dataclass
class Member:
    """A person on a roster; `number` and `name` only where the roster writes them otherwise than the registry."""

    person: int
    relation: str
    is_covered: bool = True
    number: str | None = None
    name: str | None = None


@dataclass
class Case:
    """A household (or one destitute person) on a roster. The first member is the head.

    `stop`: last month of entitlement on the roster, None while in payment; `paid_through`: last month
    really paid regularly; `unpaid`: months left out; `account_of_month`: months whose money went to another
    account. `yuan_by_month` and `heads_by_month` hold the regular payment of the twelve months. `add_on_yuan` is the
    part of it that a class of need adds. `visits_missed`: by whom the household is not visited, of `simulation.visits.DUTIES`.
    `is_off_roster`, `roster_no`, `roster_yuan`, `roster_heads`: where the roster says otherwise than the payments.
    """

    village: Village
    program: str
    household_no: str
    members: list[Member]
    approved_on: date
    start: int
    yuan_by_month: list[float]
    heads_by_month: list[int]
    account: str
    phone: str
    approver: str
    category: str = "B"
    stop: int | None = None
    paid_through: int | None = None
    unpaid: set[int] = field(default_factory=set)
    grace_until: int | None = None
    is_single_cover: bool = False
    declared_assets: list[str] = field(default_factory=list)
    rigid_expense: float | None = None
    account_name: str | None = None
    institution: str | None = None
    guardian: str | None = None
    extra: list[Payment] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    payday: tuple[int, ...] = ()
    account_of_month: dict[int, str] = field(default_factory=dict)
    add_on_kinds: list[str] = field(default_factory=list)
    add_on_yuan: float | None = None
    is_add_on_withheld: bool = False
    visits_missed: str = ""
    is_off_roster: bool = False
    roster_no: str = ""
    roster_yuan: float | None = None
    roster_heads: int | None = None

    @property
    def head(self) -> Member:
        return self.members[0]

    @property
    def county_code(self) -> str:
        return COUNTIES[self.village.county].code

    @property
    def is_tekun(self) -> bool:
        return self.program in TEKUN_PROGRAMS

    @property
    def covered(self) -> list[Member]:
        return [member for member in self.members if member.is_covered]

    @property
    def standard(self) -> float:
        """The most a head can draw, yuan a month, add-ons aside."""
        if self.is_tekun:
            return policy.tekun_standard(self.county_code)
        return policy.dibao_standard(self.county_code, is_urban=self.village.is_urban)

    def paid_on(self, month: int) -> date:
        """The day of the regular transfer for a month."""
        return first_day(month) + timedelta(days=self.payday[month - JANUARY] - 1)

    def is_paid(self, month: int) -> bool:
        return self.start <= month and (self.paid_through is None or month <= self.paid_through) and month not in self.unpaid

    def payments(self) -> list[Payment]:
        """Every transfer of 2017 to the household: regular ones, the price subsidy, then the exceptions."""
        rows: list[Payment] = []
        for month in MONTHS:
            if self.is_paid(month):
                place = month - JANUARY
                heads, yuan = self.heads_by_month[place], self.yuan_by_month[place]
                rows.append(Payment(self.program, month, self.paid_on(month), heads, yuan, NORMAL))
                if month == SUBSIDY_MONTH:
                    subsidy = policy.PRICE_SUBSIDY_YUAN_PER_HEAD * heads
                    rows.append(Payment(PRICE_SUBSIDY, month, self.paid_on(month), heads, subsidy, NORMAL))
        return rows + self.extra

    def paid_after(self, month: int, *, until: int | None = None, per_head: bool = False) -> float:
        """Yuan drawn for months of 2017 after `month` (through `until`), refunds netted, subsidies and funeral grants aside.

        `per_head`: one covered person's share of each payment.
        """
        total = sum(
            payment.yuan / (max(1, payment.heads) if per_head else 1)
            for payment in self.payments()
            if payment.month > month
            and (until is None or payment.month <= until)
            and payment.program not in (PRICE_SUBSIDY, FUNERAL_GRANT)
        )
        return round(max(0.0, total), 2)

    def stop_paying(self, month: int) -> None:
        """Regular payment and entitlement end with `month`."""
        self.stop = month
        self.paid_through = month

    def pay_arrears(self, months: range, paid_on: date) -> None:
        """The months are left out of the regular run and paid later in one go."""
        for month in months:
            self.unpaid.add(month)
            place = month - JANUARY
            self.extra.append(
                Payment(self.program, month, paid_on, self.heads_by_month[place], self.yuan_by_month[place], ARREARS)
            )

    def refund(self, months: range, paid_on: date) -> None:
        """The regular payments of the months come back, each as a negative row."""
        for month in months:
            if self.is_paid(month):
                place = month - JANUARY
                self.extra.append(
                    Payment(self.program, month, paid_on, self.heads_by_month[place], -self.yuan_by_month[place], REFUND)
                )

    def remove_from_benefit(self, member: Member, *, after: int) -> None:
        """From the month after `after` the member no longer counts: fewer heads, less money."""
        for place in range(max(0, after + 1 - JANUARY), 12):
            heads = self.heads_by_month[place]
            if heads > 1:
                self.yuan_by_month[place] = round(self.yuan_by_month[place] * (heads - 1) / heads, 2)
                self.heads_by_month[place] = heads - 1
        member.is_covered = False
