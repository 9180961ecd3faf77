"""The model store of a run: where it lies in OUT, whether its server answers, and its errors as sentences for a person."""

from __future__ import annotations

import http.client
import os
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.runtime.errors import BadConfiguration, BadStore, explanation
from jobs.runtime.paths import plain_name
from models.registry import SERVER_VARIABLE
from models.stored import RefusedStore

_FOLDER = "mlflow"
_PATIENCE_SECONDS = 5


def model_store(out: Path) -> Path:
    """Folder of the store, under a name that MLflow reads right. Raises BadConfiguration where a server is named that is silent."""
    refuse_silent_server()
    return plain_name(out) / _FOLDER


def has_model_store(out: Path) -> bool:
    """Was a store ever made here, or is a server named that has one?"""
    return SERVER_VARIABLE in os.environ or (out / _FOLDER / "mlflow.db").exists()


def refuse_silent_server() -> None:
    """Raises BadConfiguration where a model server is named that does not answer: a run would find out after its longest stages."""
    url = os.environ.get(SERVER_VARIABLE, "")
    if not url.startswith(("http://", "https://")):
        return
    address = re.sub(r"//[^/]*@", "//", url)  # neither asked for nor shown with a password
    try:
        urllib.request.urlopen(address, timeout=_PATIENCE_SECONDS).close()
    except urllib.error.HTTPError:
        return  # it answers: what it thinks of the caller is told where it is asked for a model
    except (OSError, ValueError, http.client.HTTPException) as error:
        if isinstance(getattr(error, "reason", None), ssl.SSLError):
            return  # the same
        raise BadConfiguration(
            f"{SERVER_VARIABLE} is {address}, which gives no answer. Start the server, or unset the variable: the models are then kept in OUT."
        ) from None


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
