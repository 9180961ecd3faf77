"""What a visit asks about a clue: the innocent explanations first, then what only a visit can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobs.launch.settings import Settings
from jobs.rulebook.rule import EXEMPTIONS, OTHER_REASON
from jobs.rules import RULES

Innocent = Mapping[str, Sequence[str]]
"""By rule, the exemption codes to ask about first."""
GRADE_WORDS = {
    "B": "姓名与登记的写法不同，请核对是否同一人",
    "C": "号码经升位或修复，请先核对号码",
    "E": "没有号码，凭姓名、出生和住址认定，请先确认登记的是不是本人",
}
"""What has to be asked first where number and name do not simply agree."""
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


def grade_words(grade: str | None) -> str:
    """How surely the register's row is the person's, and what follows from it; empty where nothing was compared."""
    return "，".join(part for part in (f"身份等级{grade}", GRADE_WORDS.get(grade, "")) if part) if grade else ""
