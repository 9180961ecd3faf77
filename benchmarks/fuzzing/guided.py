"""One target under atheris, in a process of its own: what reaches new code is kept and changed on; what fails is kept and gone past."""

from __future__ import annotations

import re
import resource
import sys
import time
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=[
        "jobs.cells",
        "jobs.delivery",
        "jobs.returns",
        "jobs.take_in",
        "jobs.launch",
        "jobs.registers.policy",
        "expectations.conf",
        "xlrd",
        "yaml",
    ]
):
    from benchmarks.fuzzing.limits import MEBIBYTES, SECONDS
    from benchmarks.fuzzing.targets import TARGETS, Target

_HANGS, _MOST_MEBIBYTES = 60, 3000
"""Seconds and memory at which libFuzzer ends the process and keeps the input."""


class _Tried:
    """Inputs that were tried, counted in a file that outlives this process; and those that failed, the shortest of each kind."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target, self._count = target, folder / "count"
        self._work, self._faults = folder / "work", folder / "faults"
        for each in (self._work, self._faults):
            each.mkdir(exist_ok=True)
        counts = self._count.read_text().split() if self._count.exists() else ["0", "0"]
        self._tried, self._read = map(int, counts)

    def __call__(self, content: bytes) -> None:
        began, held = time.process_time(), _most_memory()
        try:
            self._read += self._target.tried(self._work, content)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of what is not Python is no Exception
            self._keep(content, "".join(traceback.format_exception(error)), _kind(error))
        if (took := time.process_time() - began) > SECONDS:
            self._keep(content, f"took {took:.1f} s", "slow")
        if (took := (_most_memory() - held) / 1024) > MEBIBYTES:
            self._keep(content, f"took {took:.0f} MiB", "large")
        self._tried += 1
        if self._tried % 50 == 0:
            self._count.write_text(f"{self._tried} {self._read}")

    def _keep(self, content: bytes, told: str, kind: str) -> None:
        path = self._faults / kind
        if not path.exists() or path.stat().st_size > len(content):
            path.write_bytes(content)
            path.with_suffix(".txt").write_text(told, encoding="utf-8")


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _kind(error: BaseException) -> str:
    """A name for errors from the same place."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = re.sub(r"\W+|\d+", "-", f"{type(error).__name__} {str(error)[:60]}")
    return f"{Path(last.filename).stem}-{last.lineno}-{said}"


def main(name: str, folder: Path, inputs: int) -> None:
    """inputs: how many to try. Never returns: libFuzzer ends the process."""
    target, corpus = TARGETS[name], folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for n, content in enumerate(target.corpus()):
        (corpus / f"kept-{n}").write_bytes(content)
    words = folder / "words"
    words.write_text("# what is put between\n" + "".join(f'"{_escaped(word)}"\n' for word in target.odd), encoding="utf-8")
    arguments = [
        f"-runs={inputs}", f"-timeout={_HANGS}", f"-rss_limit_mb={_MOST_MEBIBYTES}", f"-artifact_prefix={folder}/faults/",
        f"-dict={words}", f"-max_len={max(map(len, target.corpus())) * 5 // 4}", "-print_final_stats=1", "-len_control=0", "-reload=0",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], _Tried(target, folder))
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word.encode())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
