"""What is sent to an engine is the same bytes in every process: only so is a table that would be made of the same known."""

from __future__ import annotations

import os
import subprocess
import sys

SENT = """
import hashlib
from functools import partial
import cloudpickle
from jobs.link_people.vault import _in_one_spelling
from jobs.standardise.job import _typed
from expectations.contracts.deliveries import DATA_SETS
[DATA_SETS[code].bronze for code in sorted(DATA_SETS)[:ASKED]]
sent = cloudpickle.dumps((partial(_typed, "payments", "a key"), _in_one_spelling))
print(hashlib.sha256(sent).hexdigest())
"""


def test_what_is_sent_to_the_engine_is_the_same_in_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", SENT.replace("ASKED", str(seed))],
            env={**os.environ, "PYTHONHASHSEED": str(seed)}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in (1, 2)
    }  # fmt: skip
    assert len(told) == 1
