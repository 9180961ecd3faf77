"""The ranking: the probability that a visit confirms a clue, learned from verdicts, starting from the stated priors.

A logistic model whose intercept is, clue by clue, the log-odds that the priors state; what verdicts teach are deviations
from it, shrunk towards none, so that few verdicts move little. Some verdicts are wrong: the likelihood says so
(`wrong_verdict_ratio`), and no single one can pull without bound.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
from pydantic import Field, field_validator
from threadpoolctl import threadpool_limits

from expectations.conf import Conf
from expectations.contracts.ids import without_letter
from models.clue_features import ClueToRank, Encoding, Matrix, contract_fingerprint, encoding_of, refuse_by_name
from models.measures import Vector, log_loss

_LOG_ODDS_LIMIT = 6.0
_FOLDS = 5
_SPREADS = ("all", "rule", "grade", "doubt", "exempt", "number", "number_by_rule", "signal", "curve", "missing")
"""Kinds of input, each with a spread of its own."""


class LearningParams(Conf):
    """What shapes learning from verdicts; every value is judged in decision 0014."""

    least_verdicts: int = Field(ge=2, description="verdicts that train, below which the stated priors stay")
    later_share: float = Field(
        gt=0, lt=1, description="of the verdicts that the champion has not seen, the latest, to compare on"
    )
    least_later: int = Field(ge=2, description="verdicts below which nothing is compared and nothing promoted")
    precision_tolerance: float = Field(ge=0, description="average precision that a better calibrated challenger may lose")
    wrong_verdict_ratio: float = Field(ge=0, lt=0.5, description="verdicts that are taken to be wrong, 0-1")
    spreads: dict[str, Annotated[float, Field(gt=0)]] = Field(
        description="standard deviation of what verdicts may teach, in log-odds, by kind of input"
    )
    scales: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        min_length=1, description="multiples of the spreads between which cross-validation chooses"
    )
    least_to_choose: int = Field(ge=2, description="verdicts below which the spreads are taken as they are")
    refused_words: tuple[str, ...] = Field(description="an input whose name holds one of them is refused")
    refused_inputs: tuple[str, ...] = Field(description="inputs that are left out by name, such as proxies that the test found")

    @field_validator("spreads")
    @classmethod
    def _one_a_kind(cls, spreads: dict[str, float]) -> dict[str, float]:
        if set(spreads) != set(_SPREADS):
            raise ValueError(f"expected one for each of {', '.join(_SPREADS)}")
        return spreads


@dataclass(frozen=True)
class RankingModel:
    """A fitted ranking. weights: deviations in log-odds, one per column of the encoding."""

    encoding: Encoding
    weights: tuple[float, ...]
    wrong_verdict_ratio: float
    scale: float
    verdicts: int
    contract: str = field(default_factory=contract_fingerprint)

    def to_json(self) -> str:
        content = {
            "contract": self.contract,
            "encoding": self.encoding.to_json(),
            "weights": dict(zip(self.encoding.columns, self.weights, strict=True)),
            "wrong_verdict_ratio": self.wrong_verdict_ratio,
            "scale": self.scale,
            "verdicts": self.verdicts,
        }
        return json.dumps(content, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> RankingModel:
        """The model that was written. Raises ValueError for anything else, a model of another layout among it."""
        try:
            content: Mapping[str, Any] = json.loads(text)
            encoding = Encoding.from_json(content["encoding"])
            weights = tuple(float(content["weights"][name]) for name in encoding.columns)
            ratio, scale = float(content["wrong_verdict_ratio"]), float(content["scale"])
            return cls(encoding, weights, ratio, scale, int(content["verdicts"]), str(content["contract"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no ranking of this layout: {type(error).__name__}") from error


def probability(model: RankingModel, clues: Sequence[ClueToRank]) -> Vector:
    """P(a visit confirms) of each clue, 0-1, wrong verdicts included: what a share of verdicts can be held against."""
    if not clues:
        return np.zeros(0)
    x = model.encoding.matrix(clues)
    odds = _offsets(clues, model.wrong_verdict_ratio) + x @ np.asarray(model.weights)
    return _seen_confirmed(odds, model.wrong_verdict_ratio)


def contributions(model: RankingModel, clues: Sequence[ClueToRank]) -> list[dict[str, float]]:
    """Per clue what moves it away from the stated prior, in log-odds, by kind: rule, grade, doubt, each number, signals."""
    columns = model.encoding.columns
    kinds = [_kind_of(name) for name in columns]
    parts = model.encoding.matrix(clues) * np.asarray(model.weights)
    found = []
    for row in parts:
        of_kind: dict[str, float] = {}
        for kind, part in zip(kinds, row, strict=True):
            of_kind[kind] = of_kind.get(kind, 0.0) + float(part)
        found.append(of_kind)
    return found


def _kind_of(column: str) -> str:
    if column == "all" or column.startswith("rule="):
        return "rule"
    if column.startswith(("grade=", "doubt=", "exempt=")):
        return column.partition("=")[0]
    return "signals" if ":" in column else column.partition("@")[0]


def fit(clues: Sequence[ClueToRank], is_confirmed: Sequence[bool], params: LearningParams) -> RankingModel:
    """A ranking fitted to verdicts. Raises RefusedInput for an input that must not be looked at, ValueError without verdicts."""
    if not clues:
        raise ValueError("cannot learn from no verdicts")
    refuse_by_name({key for clue in clues for key in clue.signals}, params.refused_words, params.refused_inputs)
    y = np.asarray(is_confirmed, dtype=np.float64)
    scale = _chosen_scale(clues, y, params) if len(y) >= params.least_to_choose else 1.0
    return _fitted(clues, y, params, scale)


def out_of_fold(clues: Sequence[ClueToRank], is_confirmed: Sequence[bool], params: LearningParams, scale: float) -> Vector:
    """P(a visit confirms) of each clue by a model that has seen no verdict on its case: what calibration is shown on."""
    y = np.asarray(is_confirmed, dtype=np.float64)
    folds = np.array([_fold(clue.case_id) for clue in clues])
    found = np.array([clue.stated for clue in clues])
    for fold in range(_FOLDS):
        left, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if len(left) and len(held):
            model = _fitted([clues[int(i)] for i in left], y[left], params, scale)
            found[held] = probability(model, [clues[int(i)] for i in held])
    return found


def _fold(case_id: str) -> int:
    """By hash, so that a household's clues stay together and the order of rows changes nothing."""
    return int(hashlib.sha256(without_letter(case_id).encode()).hexdigest()[:8], 16) % _FOLDS


def _chosen_scale(clues: Sequence[ClueToRank], y: Vector, params: LearningParams) -> float:
    losses = {scale: log_loss(y, out_of_fold(clues, list(y > 0), params, scale)) for scale in params.scales}
    return min(losses, key=lambda scale: (losses[scale], scale))


def _fitted(clues: Sequence[ClueToRank], y: Vector, params: LearningParams, scale: float) -> RankingModel:
    encoding = encoding_of(clues, params.refused_inputs)
    spreads = np.array([params.spreads[_spread_of(name)] for name in encoding.columns]) * scale
    offsets = _offsets(clues, params.wrong_verdict_ratio)
    weights = _maximum(encoding.matrix(clues), y, offsets, 1 / spreads**2, params.wrong_verdict_ratio)
    return RankingModel(encoding, tuple(map(float, np.round(weights, 9))), params.wrong_verdict_ratio, scale, len(y))


def _spread_of(column: str) -> str:
    if column == "all":
        return "all"
    if "@" in column:
        return "number_by_rule"
    kind = column.partition("=")[0] if "=" in column else column.partition(":")[0]
    return kind if kind in ("rule", "grade", "doubt", "exempt", "signal", "curve", "missing") else "number"


def _offsets(clues: Sequence[ClueToRank], wrong: float) -> Vector:
    """Log-odds of the truth at which a visit confirms as often as the priors state."""
    stated = np.array([clue.stated for clue in clues])
    true_share = np.clip((stated - wrong) / (1 - 2 * wrong), 1e-6, 1 - 1e-6)
    limited: Vector = np.clip(np.log(true_share / (1 - true_share)), -_LOG_ODDS_LIMIT, _LOG_ODDS_LIMIT)
    return limited


def _seen_confirmed(odds: Vector, wrong: float) -> Vector:
    found: Vector = wrong + (1 - 2 * wrong) / (1 + np.exp(-odds))
    return found


def _maximum(x: Matrix, y: Vector, offsets: Vector, penalty: Vector, wrong: float) -> Vector:
    """Weights of the highest penalised likelihood, by Fisher scoring with halved steps where a whole one overshoots."""

    def loss(weights: Vector) -> float:
        p = np.clip(_seen_confirmed(offsets + x @ weights, wrong), 1e-12, 1 - 1e-12)
        return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum() + 0.5 * (penalty * weights**2).sum())

    # Matrices this small are slower on several threads, eight times so on a busy machine: 2.3 s became 18 s.
    with threadpool_limits(1, user_api="blas"):
        return _climbed(x, y, offsets, penalty, wrong, loss)


def _climbed(x: Matrix, y: Vector, offsets: Vector, penalty: Vector, wrong: float, loss: Callable[[Vector], float]) -> Vector:
    weights = np.zeros(x.shape[1])
    now = loss(weights)
    for _ in range(60):
        truth = 1 / (1 + np.exp(-(offsets + x @ weights)))
        slope = (1 - 2 * wrong) * truth * (1 - truth)
        p = np.clip(wrong + (1 - 2 * wrong) * truth, 1e-12, 1 - 1e-12)
        gradient = x.T @ ((y - p) / (p * (1 - p)) * slope) - penalty * weights
        information = (x * (slope**2 / (p * (1 - p)))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(information, gradient)
        share = 1.0
        while share > 1e-4 and loss(weights + share * step) > now:
            share /= 2
        weights = weights + share * step if share > 1e-4 else weights
        before, now = now, loss(weights)
        if before - now < 1e-10:
            break
    return weights
