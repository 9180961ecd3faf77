"""The rules that look for people to help, in the order of their codes. A new one is a file and a line here.

They are no part of the rule book of clues (jobs.rules): their list is ranked by need, and nothing found here accuses anybody.
"""

from jobs.needs import monitored_household, ruinous_bills, severely_disabled
from jobs.rulebook.need import NeedRule

NEED_RULES: tuple[NeedRule, ...] = (severely_disabled.RULE, ruinous_bills.RULE, monitored_household.RULE)
