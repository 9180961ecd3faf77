"""The rules that a run on a day goes by, with their parameters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from expectations.conf import Conf
from jobs.rulebook.rule import Rule
from jobs.rules import RULES


def rules_in_force(as_of: date, params: Callable[[str], Conf]) -> list[tuple[Rule, Conf]]:
    return [(rule, params(rule.code)) for rule in RULES if rule.has_begun(as_of)]
