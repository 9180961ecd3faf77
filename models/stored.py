"""A strangeness model as two files, plain arrays and a forest in skops' format: nothing in them is ever executed.

What a file may hold is stated here, and not in the file: it lies where others may have written to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import IsolationForest

from models.dependence import DependenceModel
from models.drift import Bins
from models.features import Feature, FeatureMismatch
from models.isolation_forest import ForestModel
from models.ranks import Rarity
from models.strangeness import FORMAT, StrangenessModel

_RARITIES = ("forest_rarity", "dependence_rarity", "combined_rarity")
_DISTANCE = ("medians", "scales", "means", "whitening")
FOREST_TYPES = ["sklearn.tree._tree.Tree"]
"""What a forest is made of beside the types that skops trusts."""


class RefusedStore(Exception):
    """The model store cannot be used, or holds a file that this program did not write; nothing of it was run."""


def read_forest(path: Path) -> IsolationForest:
    """The forest of the file. Raises RefusedStore, and builds nothing, when it holds anything else."""
    import skops.io  # a second

    try:
        forest = skops.io.load(path, trusted=FOREST_TYPES)
    except Exception as error:  # foreign bytes make zipfile, json and skops raise many things
        raise RefusedStore(f"{path.name} is no forest that this program wrote ({type(error).__name__}).") from error
    if type(forest) is not IsolationForest:
        raise RefusedStore(f"{path.name} holds a {type(forest).__name__}. Expected a forest that this program wrote.")
    return forest


def write_forest(forest: IsolationForest, path: Path) -> None:
    import skops.io

    skops.io.dump(forest, path)


def write(model: StrangenessModel, path: Path) -> None:
    """Everything but the forest."""
    stated = {"format": FORMAT, "features": [feature.name for feature in model.features], "binned": list(model.bins)}
    arrays: dict[str, Any] = {"stated": np.array(json.dumps(stated)), "usual_values": model.usual_values}
    for name in _RARITIES:
        rarity: Rarity = getattr(model, name)
        arrays |= {f"{name}.scores": rarity.scores, f"{name}.rarities": rarity.rarities, f"{name}.tail": np.array(rarity.tail)}
    arrays |= {f"dependence.{name}": getattr(model.dependence, name) for name in _DISTANCE}
    for i, bins in enumerate(model.bins.values()):
        arrays |= {f"bins.{i}.edges": bins.edges, f"bins.{i}.shares": bins.shares}
    np.savez_compressed(path, allow_pickle=False, **arrays)


def read(path: Path, forest: IsolationForest, features: Sequence[Feature]) -> StrangenessModel:
    """The model that was written, around its forest.

    Raises FeatureMismatch when it was fitted on other features, RefusedStore when the file is not one of ours.
    """
    try:
        return _read(path, forest, features)
    except FeatureMismatch:
        raise
    except Exception as error:  # as above
        raise RefusedStore(f"{path.name} holds no detectors that this program wrote ({type(error).__name__}).") from error


def _read(path: Path, forest: IsolationForest, features: Sequence[Feature]) -> StrangenessModel:
    with np.load(path, allow_pickle=False) as arrays:
        stated = json.loads(str(arrays["stated"]))
        names = tuple(feature.name for feature in features)
        if stated["features"] != list(names):
            raise FeatureMismatch("the model was fitted on other features than the contract states; train it again")
        usual = arrays["usual_values"]
        rarities = [
            Rarity(arrays[f"{name}.scores"], arrays[f"{name}.rarities"], float(arrays[f"{name}.tail"])) for name in _RARITIES
        ]
        bins = {name: Bins(arrays[f"bins.{i}.edges"], arrays[f"bins.{i}.shares"]) for i, name in enumerate(stated["binned"])}
        distance = DependenceModel(*(arrays[f"dependence.{name}"] for name in _DISTANCE))
    forest_model = ForestModel(forest, names, tuple(float(value) for value in usual))
    return StrangenessModel(
        features=tuple(features),
        forest=forest_model,
        dependence=distance,
        **dict(zip(_RARITIES, rarities, strict=True)),
        usual_values=usual,
        bins=bins,
    )
