"""The rules that look for people to help, in the order of their codes. A new one is a file and a line here.

They are no part of the rule book of clues (jobs.rules): their list is ranked by need, and nothing found here accuses anybody.
"""

from jobs.needs import (
    add_on_unpaid,
    destitute,
    monitored_household,
    ruinous_bills,
    several_disabled,
    severely_disabled,
    stopped_and_poor_again,
    visits_missed,
)
from jobs.rulebook.need import NeedRule

NEED_RULES: tuple[NeedRule, ...] = (
    severely_disabled.RULE, ruinous_bills.RULE, monitored_household.RULE, destitute.RULE, several_disabled.RULE,
    stopped_and_poor_again.RULE, add_on_unpaid.RULE, visits_missed.RULE,
)  # fmt: skip
