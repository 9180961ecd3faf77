"""The model store of a run: where it lies in OUT, and its errors as sentences for a person."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.runtime.errors import BadStore, explanation
from jobs.runtime.paths import plain_name
from models.registry import SERVER_VARIABLE
from models.stored import RefusedStore

_FOLDER = "mlflow"


def model_store(out: Path) -> Path:
    """Folder of the store, under a name that MLflow reads right."""
    return plain_name(out) / _FOLDER


def has_model_store(out: Path) -> bool:
    """Was a store ever made here, or is a server named that has one?"""
    return SERVER_VARIABLE in os.environ or (out / _FOLDER / "mlflow.db").exists()


@contextmanager
def store_errors_told() -> Iterator[None]:
    """What the registry refuses is told as a BadStore, with the way out."""
    try:
        yield
    except RefusedStore as error:
        damaged = BadStore(
            f"{error} Nothing of it was run. Put OUT/{_FOLDER} back from a copy, or move it away: the next run trains anew, and "
            "the stated priors rank until mingjing learn is run."
        )
        raise explanation(error) or damaged from error
