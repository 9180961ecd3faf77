"""What a visit asks about a clue: the innocent explanations first, then what only a visit can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobs.launch.settings import Settings
from jobs.rulebook.rule import EXEMPTIONS, OTHER_REASON
from jobs.rules import RULES

Innocent = Mapping[str, Sequence[str]]
"""By rule, the exemption codes to ask about first."""
_RULES = {rule.code: rule for rule in RULES}


def innocent_codes(settings: Settings) -> dict[str, tuple[str, ...]]:
    """By rule, the exemptions that it tries, doubtful ones first: data have ruled them out, people are asked all the same."""
    judged = {rule.code: rule.judge(settings.params(rule.code)) for rule in RULES}
    return {code: tuple(dict.fromkeys([*judgement.doubts, *judgement.exempt])) for code, judgement in judged.items()}


def innocent_words(rule_code: str, innocent: Innocent, doubt_code: str | None = None) -> str:
    """In words, the one that may well apply to the clue first; empty where the rule knows none."""
    codes = dict.fromkeys([*([doubt_code] if doubt_code else []), *innocent.get(rule_code, ())])
    return "、".join(EXEMPTIONS[code] for code in codes if code != OTHER_REASON)


def verify_words(rule_code: str) -> str:
    return "；".join(_RULES[rule_code].verify) if rule_code in _RULES else ""
