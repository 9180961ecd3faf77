"""Some hundred of the inputs that python -m benchmarks.fuzzing tries a million of: what is kept of them, and damage by seed."""

from __future__ import annotations

import random
import resource
import time
from pathlib import Path

import pytest

from benchmarks.fuzzing.limits import MEBIBYTES, SECONDS
from benchmarks.fuzzing.targets import CORPUS, TARGETS
from tests.damage import ODD_BYTES, ODD_XML, mutated

SEED, TIMES = 20170105, 40


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_read_or_refused_in_words(tmp_path: Path, name: str) -> None:
    target, chance = TARGETS[name], random.Random(SEED)
    kept = target.corpus()
    odd = [*ODD_BYTES, *(word.encode() for word in (*ODD_XML, *target.odd))]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read = 0
    for content in [*kept, *(mutated(chance.choice(kept), chance, odd) for _ in range(TIMES))]:
        began = time.process_time()
        read += target.tried(tmp_path, content)
        assert time.process_time() - began < SECONDS
    assert read >= len(target.seeds), "the seeds are sound, and so is some of the rest"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEBIBYTES * 1024


def test_what_is_kept_belongs_to_a_target() -> None:
    assert {path.name for path in CORPUS.iterdir()} <= {*TARGETS}
