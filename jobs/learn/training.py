"""Champion and challenger: what the earlier verdicts teach, judged on the later ones, promoted only if it is better there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from expectations.contracts.ids import without_letter
from expectations.contracts.lake.planning import ROUTINE_VISIT
from expectations.contracts.returned import CONFIRMED, REFERRED, UNVERIFIABLE
from jobs.launch.ranking_in_use import as_ranked
from jobs.learn.charts import pictures_of
from models.clue_features import ClueToRank, contract_fingerprint
from models.measures import Vector, average_precision, log_loss
from models.ranking import LearningParams, RankingModel, fit, out_of_fold, probability
from models.ranking_registry import RankingRegistry, RegisteredRanking
from models.registry import NOTHING_STATED

STATED = "stated priors"


@dataclass(frozen=True)
class Example:
    """A verdict that can teach, with the clue as it stood on the list that was visited."""

    clue: ClueToRank
    is_confirmed: bool
    checked_on: date
    import_no: int
    is_random: bool | None


@dataclass(frozen=True)
class Measured:
    """An order and its probabilities on the later verdicts."""

    name: str
    average_precision: float
    log_loss: float


@dataclass(frozen=True)
class Learned:
    """What learning came to. version: the challenger's, null where none was trained. comparison: champion, then challenger."""

    said: str
    version: str | None = None
    is_promoted: bool = False
    later: int = 0
    comparison: tuple[Measured, ...] = ()


def examples(rows: Iterable[Mapping[str, Any]]) -> list[Example]:
    """Verdicts in force that teach, in order of the visit; 移送 counts as confirmed. What could not be verified teaches nothing of a clue,
    nor does a routine visit, which no clue asked for.
    """
    found = [
        Example(as_ranked(row), row["outcome"] in (CONFIRMED, REFERRED), row["checked_on"], row["import_no"], row["is_random"])
        for row in rows
        if row["is_in_force"] and row["outcome"] != UNVERIFIABLE and row["rule_code"] != ROUTINE_VISIT
    ]
    return sorted(found, key=lambda example: (example.checked_on, example.clue.clue_id))


def split(verdicts: Sequence[Example], imports_seen: int, params: LearningParams) -> tuple[list[Example], list[Example]]:
    """Earlier and later verdicts. Later: of those that the champion was not trained on, the last ones by day of the visit.

    No day is cut in two, and no verdict of a later day is among the earlier: the challenger must not know the future.
    """
    unseen = [example for example in verdicts if example.import_no > imports_seen]
    if not unseen:
        return list(verdicts), []
    last_earlier = unseen[max(0, round(len(unseen) * (1 - params.later_share)) - 1)].checked_on
    later = [example for example in unseen if example.checked_on > last_earlier]
    return [example for example in verdicts if example.checked_on <= last_earlier], later


def learn(
    verdicts: Sequence[Example],
    registry: RankingRegistry,
    champion: RegisteredRanking | None,
    params: LearningParams,
    as_of: date,
    data: Mapping[str, int] = NOTHING_STATED,
) -> Learned:
    """Trains a challenger, compares it with the champion (or the stated priors) and promotes it if it is better.

    data: versions of the tables that the verdicts come from.

    What is registered is trained on all verdicts, with the comparison's figures; the comparison's own model saw the earlier only.
    """
    if len(verdicts) < params.least_verdicts or len({example.is_confirmed for example in verdicts}) < 2:
        return Learned(
            f"{len(verdicts)} verdicts that teach; training begins at {params.least_verdicts}, with confirmed and refuted ones among "
            f"them. {_named(champion).capitalize()} {_keep(champion)} in use."
        )
    fingerprint = training_fingerprint(verdicts, params)
    if version := registry.left_behind(fingerprint):
        registry.promote(version)
        said = f"Version {version} is the champion from now on: better when it was trained, by a run that was stopped before it was used."
        return Learned(said, version, True, *_compared_then(registry.comparison(fingerprint)))
    if (known := registry.comparison(fingerprint)) is not None:
        said = f"No verdict is new since the last training. {_named(champion).capitalize()} {_keep(champion)} in use."
        return Learned(
            said, None, False, *_compared_then(known)
        )  # its page may be lost: the run that trained may have been stopped
    earlier, later = split(verdicts, champion.imports_seen if champion else 0, params)
    if len(later) < params.least_later or not earlier or len({example.is_confirmed for example in later}) < 2:
        return Learned(
            f"{len(later)} later verdicts to compare on; at least {params.least_later} of a later day are needed, confirmed and refuted "
            f"ones among them. {_named(champion).capitalize()} {_keep(champion)} in use."
        )
    challenger = fit(_clues(earlier), _labels(earlier), params)
    y = np.array(_labels(later), dtype=np.float64)
    in_use, promised = _stated_or(champion, _clues(later)), probability(challenger, _clues(later))
    compared = (_measured(_named(champion), y, in_use), _measured("challenger", y, promised))
    model = fit(_clues(verdicts), _labels(verdicts), params)
    measures = {
        f"{who}_{name}": value
        for who, measured in zip(("champion", "challenger"), compared, strict=True)
        for name, value in asdict(measured).items()
        if name != "name"
    }
    is_better = better(*compared, tolerance=params.precision_tolerance)
    version = registry.register(
        model,
        params,
        fingerprint=fingerprint,
        imports_seen=max(example.import_no for example in verdicts),
        as_of=as_of.isoformat(),
        measures={**measures, "later_verdicts": len(later)},
        comparison=json.dumps([len(later), [asdict(measured) for measured in compared]]),
        is_better=is_better,
        data=data,
        pictures=pictures_of(y, promised, in_use, _named(champion)),
    )
    if is_better:
        registry.promote(version)
    said = (
        f"Version {version} is the champion from now on: better than {_named(champion)} on {len(later)} later verdicts."
        if is_better
        else f"Version {version} is not better than {_named(champion)} on {len(later)} later verdicts and is not used."
    )
    return Learned(said, version, is_better, len(later), compared)


def _compared_then(kept: str | None) -> tuple[int, tuple[Measured, ...]]:
    """Later verdicts and comparison, as they were kept; none of a version that kept none."""
    later, compared = json.loads(kept or "[0, []]")
    return later, tuple(Measured(**measured) for measured in compared)


def better(champion: Measured, challenger: Measured, tolerance: float) -> bool:
    """A lower log loss, and an order that is no worse: probabilities are planned with, and the order decides whom one visits."""
    is_order_kept = challenger.average_precision >= champion.average_precision - tolerance
    return challenger.log_loss < champion.log_loss and is_order_kept


def training_fingerprint(verdicts: Sequence[Example], params: LearningParams) -> str:
    """What a ranking is trained on and with."""
    rows = [
        [_with_plain_ids(example.clue), example.is_confirmed, example.checked_on.isoformat()]
        for example in sorted(verdicts, key=lambda example: example.clue.clue_id)
    ]
    text = json.dumps([rows, params.model_dump(), contract_fingerprint()], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _with_plain_ids(clue: ClueToRank) -> dict[str, Any]:
    """The clue as it was fingerprinted before ids had a letter: it would else be trained on again, and a rollback undone."""
    return {**asdict(clue), "clue_id": without_letter(clue.clue_id), "case_id": without_letter(clue.case_id)}


def shown_on(verdicts: Sequence[Example], model: RankingModel, params: LearningParams) -> tuple[Vector, Vector, Vector]:
    """What visits found, what a model that has not seen them promised, and what the stated priors did."""
    y = np.array(_labels(verdicts), dtype=np.float64)
    learned = out_of_fold(_clues(verdicts), _labels(verdicts), params, model.scale)
    return y, learned, np.array([example.clue.stated for example in verdicts])


def _clues(verdicts: Sequence[Example]) -> list[ClueToRank]:
    return [example.clue for example in verdicts]


def _labels(verdicts: Sequence[Example]) -> list[bool]:
    return [example.is_confirmed for example in verdicts]


def _stated_or(champion: RegisteredRanking | None, clues: Sequence[ClueToRank]) -> Vector:
    return probability(champion.model, clues) if champion else np.array([clue.stated for clue in clues])


def _measured(name: str, y: Vector, p: Vector) -> Measured:
    return Measured(name, round(average_precision(y, p), 4), round(log_loss(y, p), 4))


def _named(champion: RegisteredRanking | None) -> str:
    return f"version {champion.version}" if champion else f"the {STATED}"


def _keep(champion: RegisteredRanking | None) -> str:
    return "stays" if champion else "stay"
