"""The feature contract of clues: what the ranking may know of a clue when it says how likely a visit confirms it.

Every input is stated here or measured by a rule under a name of its own (`signals`, such as E01.tax_log). Nothing about
ethnicity, religion, sex, disability as such or a caseworker's impression is let in: such names are refused, and so are
inputs that a test finds to tell who a person is (jobs/registers/traits.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log10
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ClueToRank:
    """A clue as the ranking sees it. stated: probability by the stated priors, from which learning starts.

    doubt_code: the exemption that may well apply though data cannot decide; empty = none. exemption_code: the one for which
    the clue is not dispatched; empty = none.

    signals: what its rule measured besides, by name; a name that is missing is a fact that was not measured.
    """

    clue_id: str
    case_id: str
    rule_code: str
    identity_grade: str
    months: int
    amount_yuan: float
    anomaly_percentile: float
    clues_in_case: int
    stated: float
    doubt_code: str = ""
    exemption_code: str = ""
    signals: Mapping[str, float] = field(default_factory=dict)


class RefusedInput(ValueError):
    """An input that the ranking must not look at, by its name."""


NUMBERS: dict[str, str] = {
    "log_months": "log10 of the months paid after the fact, at least 1",
    "log_amount": "log10 of 1 + the estimated amount in yuan",
    "anomaly": "share of cases that are less strange, 0-1; 0.5 where the case has no score",
    "log_clues": "log10 of the dispatched clues of the case, at least 1",
}
_ENCODING = "2: rule, grade, doubt, exemption, numbers, numbers by rule, signals, signals squared, signals missing"
_MOST_DEVIATIONS = 3.0
"""Standardised inputs end here: one odd amount must not decide."""
_SELDOM = 0.02


def contract_fingerprint() -> str:
    """Digest of the stated inputs and of how they are laid out: a ranking is bound to it."""
    text = "|".join([_ENCODING, *(f"{name}:{meaning}" for name, meaning in NUMBERS.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def refuse_by_name(names: Iterable[str], words: Sequence[str], refused: Iterable[str] = ()) -> None:
    """Raises RefusedInput for the first name that holds a refused word. `refused`: names that are left out anyway."""
    left_out = set(refused)
    for name in sorted(set(names) - left_out):
        parts = re.split(r"[^0-9a-z\u3400-\u9fff]+", name.lower())
        for word in words:
            is_chinese = any("\u3400" <= c <= "\u9fff" for c in word)
            if (word in name) if is_chinese else any(part.startswith(word) for part in parts):
                raise RefusedInput(
                    f"the input {name} is refused by its name ({word}): the ranking must not look at it. "
                    "Remove it from the rule's signals, or leave it out: learning.refused_inputs in conf/base.yaml."
                )


@dataclass(frozen=True)
class Scale:
    """Mean and spread by which an input is standardised, as it was in training."""

    mean: float
    spread: float

    def applied(self, value: float) -> float:
        return float(np.clip((value - self.mean) / self.spread, -_MOST_DEVIATIONS, _MOST_DEVIATIONS))


@dataclass(frozen=True)
class Encoding:
    """The columns of X: which rules, grades and signals training has seen, and how numbers are standardised.

    curved: signals of more than two values, which get a squared column, too. gaps: signals that are measured for some
    clues of their rule and not for others, which get a column for "not measured".
    """

    rules: tuple[str, ...]
    grades: tuple[str, ...]
    doubts: tuple[str, ...]
    exemptions: tuple[str, ...]
    numbers: Mapping[str, Scale]
    signals: Mapping[str, Scale]
    curved: tuple[str, ...]
    gaps: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        return [
            "all",
            *(f"rule={rule}" for rule in self.rules),
            *(f"grade={grade}" for grade in self.grades),
            *(f"doubt={code}" for code in self.doubts),
            *(f"exempt={code}" for code in self.exemptions),
            *self.numbers,
            *(f"{name}@{rule}" for rule in self.rules for name in self.numbers),
            *(f"signal:{key}" for key in self.signals),
            *(f"curve:{key}" for key in self.curved),
            *(f"missing:{key}" for key in self.gaps),
        ]

    def matrix(self, clues: Sequence[ClueToRank]) -> Matrix:
        """X: float64 array of shape (n_clues, n_columns), columns in the order of `columns`."""
        x = np.zeros((len(clues), len(self.columns)))
        at = {name: i for i, name in enumerate(self.columns)}
        for row, clue in zip(x, clues, strict=True):
            row[0] = 1.0
            rule = at.get(f"rule={clue.rule_code}")
            named = (f"grade={clue.identity_grade}", f"doubt={clue.doubt_code}", f"exempt={clue.exemption_code}")
            for place in (rule, *map(at.get, named)):
                if place is not None:
                    row[place] = 1.0
            stated = numbers_of(clue)
            for name, scale in self.numbers.items():
                standard = scale.applied(stated[name])
                row[at[name]] = standard
                if rule is not None:
                    row[at[f"{name}@{clue.rule_code}"]] = standard
            for key, scale in self.signals.items():
                if key in clue.signals:
                    standard = scale.applied(clue.signals[key])
                    row[at[f"signal:{key}"]] = standard
                    if f"curve:{key}" in at:
                        row[at[f"curve:{key}"]] = (standard * standard - 1) / 2
                elif f"missing:{key}" in at and rule_of(key) in ("", clue.rule_code):
                    row[at[f"missing:{key}"]] = 1.0
        return x

    def to_json(self) -> dict[str, Any]:
        scales = {
            kind: {name: [scale.mean, scale.spread] for name, scale in named.items()}
            for kind, named in (("numbers", self.numbers), ("signals", self.signals))
        }
        return {
            "rules": list(self.rules),
            "grades": list(self.grades),
            "doubts": list(self.doubts),
            "exemptions": list(self.exemptions),
            "curved": list(self.curved),
            "gaps": list(self.gaps),
            **scales,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Encoding:
        listed: dict[str, tuple[str, ...]] = {
            kind: tuple(map(str, content[kind])) for kind in ("rules", "grades", "doubts", "exemptions", "curved", "gaps")
        }
        scales: dict[str, dict[str, Scale]] = {
            kind: {str(name): Scale(*map(float, pair)) for name, pair in content[kind].items()} for kind in ("numbers", "signals")
        }
        return cls(
            listed["rules"],
            listed["grades"],
            listed["doubts"],
            listed["exemptions"],
            scales["numbers"],
            scales["signals"],
            listed["curved"],
            listed["gaps"],
        )


def numbers_of(clue: ClueToRank) -> dict[str, float]:
    return {
        "log_months": log10(max(clue.months, 1)),
        "log_amount": log10(1 + max(clue.amount_yuan, 0.0)),
        "anomaly": clue.anomaly_percentile,
        "log_clues": log10(max(clue.clues_in_case, 1)),
    }


def rule_of(signal: str) -> str:
    """E01 of E01.tax_log; empty for a signal of no rule."""
    return signal.partition(".")[0] if "." in signal else ""


def encoding_of(clues: Sequence[ClueToRank], refused: Iterable[str] = ()) -> Encoding:
    """The encoding that training on these clues fixes. Inputs in `refused` are left out, and so are signals that never differ."""
    left_out = set(refused)
    values: dict[str, list[float]] = {}
    for clue in clues:
        for key, value in clue.signals.items():
            if key not in left_out and np.isfinite(value):
                values.setdefault(key, []).append(float(value))
    of_rule: dict[str, int] = {}
    for clue in clues:
        of_rule[clue.rule_code] = of_rule.get(clue.rule_code, 0) + 1
    signals, curved, gaps = {}, [], []
    for key, measured in sorted(values.items()):
        shared = of_rule.get(rule_of(key), 0) if rule_of(key) else len(clues)
        if _SELDOM < len(measured) / max(1, shared) < 1 - _SELDOM:
            gaps.append(key)
        if len(set(measured)) > 1:
            signals[key] = _scale(measured)
            if len(set(measured)) > 2:
                curved.append(key)
    columns = {name: _scale([numbers_of(clue)[name] for clue in clues]) for name in NUMBERS if name not in left_out}
    return Encoding(
        rules=tuple(sorted(of_rule)),
        grades=tuple(sorted({clue.identity_grade for clue in clues})),
        doubts=tuple(sorted({clue.doubt_code for clue in clues} - {""})),
        exemptions=tuple(sorted({clue.exemption_code for clue in clues} - {""})),
        numbers=columns,
        signals=signals,
        curved=tuple(curved),
        gaps=tuple(gaps),
    )


def _scale(values: Sequence[float]) -> Scale:
    spread = float(np.std(values)) if len(values) else 0.0
    return Scale(float(np.mean(values)) if len(values) else 0.0, spread if spread > 1e-9 else 1.0)
