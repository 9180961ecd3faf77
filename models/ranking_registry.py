"""Versions of the ranking in the model registry: champion, challengers, and the way back.

What is logged is parameters, weights by the name of an input, counts and measures; no row, number or name reaches MLflow.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models.clue_features import contract_fingerprint
from models.ranking import LearningParams, RankingModel
from models.registry import CHAMPION, NOTHING_STATED, WITHDRAWN, ModelStore

RANKING_NAME = "mingjing-ranking"
_FILE = "ranking.json"
NO_PICTURES: Mapping[str, str] = MappingProxyType({})
_ABOUT = """# Ranking: how likely a visit confirms a clue

**In**: what is known of a clue on the day of its list: rule, identity grade, months, amounts, strangeness of the household, what the rule
measured. Nothing on ethnicity, religion, sex, disability as such or a caseworker's impression, and no input that stands in for them beyond
the stated limit (fairness.proxy_limit).

**Out**: a probability, 0-1: it orders the list of visits. It accuses nobody, and no benefit is changed by it.

**Learned from** verdicts that two people signed. A version is used only where it is better than the one before on later verdicts: a lower
log loss, and an order that is no worse. Calibration and gain of each version are among its run's artifacts, on verdicts that the model
which is drawn has not seen.

**Limits**: it knows what visits have looked at. A share of visits is drawn at random, so that what it misses stays measurable.
"""
_FINGERPRINT, _CONTRACT, _BEFORE, _SEEN = "training_fingerprint", "feature_contract", "champion_before", "imports_seen"
_BETTER, _COMPARISON = "is_better", "comparison"


class RankingMismatch(ValueError):
    """The champion was trained on another feature contract than this code states, or its file cannot be read."""


@dataclass(frozen=True)
class RegisteredRanking:
    """A ranking as the registry holds it. imports_seen: the last import of verdicts that it was trained on."""

    model: RankingModel
    version: str
    imports_seen: int


class RankingRegistry(ModelStore):
    """Training runs and versions of the ranking."""

    def ranking_champion(self) -> RegisteredRanking | None:
        """The version in use, loaded by its alias; null while the stated priors are in use.

        Raises RankingMismatch where it fits this code no more.
        """
        version = self._in_use(RANKING_NAME)
        return None if version is None else self._loaded(version)

    def ranking_before(self) -> RegisteredRanking | None:
        """The version that the one in use has followed; null where that were the stated priors. Raises as `ranking_champion` does."""
        version = self._in_use(RANKING_NAME)
        before = version and version.tags.get(_BEFORE)
        return self._loaded(self._client.get_model_version(RANKING_NAME, before)) if before else None

    def _loaded(self, version: Any) -> RegisteredRanking:
        contract = version.tags.get(_CONTRACT)
        if contract != contract_fingerprint():
            raise RankingMismatch(
                f"version {version.version} of {RANKING_NAME} was trained on the feature contract {contract}, this code states "
                f"{contract_fingerprint()}. Train it again with mingjing learn; until then the stated priors rank."
            )
        try:
            with tempfile.TemporaryDirectory() as folder:
                self._download(f"runs:/{version.run_id}/{_FILE}", Path(folder))
                model = RankingModel.from_json((Path(folder) / _FILE).read_text(encoding="utf-8"))
        except ValueError as error:
            raise RankingMismatch(
                f"version {version.version} of {RANKING_NAME} cannot be read ({error}). "
                "Train it again with mingjing learn; until then the stated priors rank."
            ) from error
        return RegisteredRanking(model, str(version.version), int(version.tags.get(_SEEN, 0)))

    def comparison(self, fingerprint: str) -> str | None:
        """What was kept of how the ranking trained on this compared; empty of an earlier version's, null where none ever was."""
        return next((version.tags.get(_COMPARISON, "") for version in self._trained_on(fingerprint)), None)

    def left_behind(self, fingerprint: str) -> str | None:
        """The version trained on this, where it was better and never came into use: the run that registered it was stopped."""
        champion = self._in_use(RANKING_NAME)
        for version in self._trained_on(fingerprint):
            is_later = champion is None or int(version.version) > int(champion.version)
            if is_later and version.tags.get(_BETTER) == "true" and WITHDRAWN not in version.tags:
                return str(version.version)
        return None

    def _trained_on(self, fingerprint: str) -> list[Any]:
        found = self._client.search_model_versions(f"name='{RANKING_NAME}'")
        return [version for version in found if version.tags.get(_FINGERPRINT) == fingerprint]

    def register(
        self,
        model: RankingModel,
        params: LearningParams,
        *,
        fingerprint: str,
        imports_seen: int,
        as_of: str,
        measures: Mapping[str, float],
        comparison: str,
        is_better: bool,
        data: Mapping[str, int] = NOTHING_STATED,
        pictures: Mapping[str, str] = NO_PICTURES,
    ) -> str:
        """Logs the run and registers the version, without making it the champion; gives the version. is_better: it shall be.

        comparison: kept with the version, to be told again. data: versions of the tables that the verdicts come from. pictures: SVG by
        name, of measures only.
        """
        self._described(RANKING_NAME, _ABOUT)
        about = f"How likely a visit confirms a clue, learned from {model.verdicts:,} verdicts."
        with self._run(f"{as_of} ranking", about, data) as run:
            self._mlflow.log_params({name: str(value)[:250] for name, value in params.model_dump().items()})
            self._mlflow.log_params({"scale": model.scale})
            self._mlflow.log_metrics({"verdicts": model.verdicts, **measures})
            self._mlflow.log_text(model.to_json(), _FILE)
            for name, picture in pictures.items():
                self._mlflow.log_text(picture, name)
            self._mlflow.set_tags({_CONTRACT: model.contract, "as_of": as_of, "data": "counts, measures and weights only"})
            source = self._mlflow.get_artifact_uri()
        tags = {_FINGERPRINT: fingerprint, _CONTRACT: model.contract, _SEEN: str(imports_seen), "as_of": as_of}
        tags |= {_BETTER: str(is_better).lower(), _COMPARISON: comparison}
        self._sync_artifacts()
        made = self._client.create_model_version(RANKING_NAME, source, run.info.run_id, tags=tags)
        return str(made.version)

    def promote(self, version: str) -> None:
        """Makes the version the champion, and remembers which one it follows."""
        before = self._in_use(RANKING_NAME)
        self._client.set_model_version_tag(RANKING_NAME, version, _BEFORE, str(before.version) if before else "")
        self._client.set_registered_model_alias(RANKING_NAME, CHAMPION, version)

    def roll_back(self) -> tuple[str, str | None] | None:
        """The champion's version and the one that is champion again (null = the stated priors); null without a champion."""
        version = self._in_use(RANKING_NAME)
        if version is None:
            return None
        self._client.set_model_version_tag(RANKING_NAME, version.version, WITHDRAWN, "true")
        before = version.tags.get(_BEFORE) or None
        if before:
            self._client.set_registered_model_alias(RANKING_NAME, CHAMPION, before)
        else:
            self._client.delete_registered_model_alias(RANKING_NAME, CHAMPION)
        return str(version.version), before
