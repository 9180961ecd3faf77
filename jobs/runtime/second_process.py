"""A process beside this one, for work in Python that keeps a core busy for seconds. What it needs goes to it through a pipe, not by a file."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

_SIGNAL_WHEN_THE_PARENT_ENDS = 1


@contextmanager
def second_process() -> Iterator[Executor]:
    """Takes functions of modules, with arguments that can be pickled; starting it costs a second or two of imports.

    Linux ends it with the thread that first gave it work, whatever ends that: it would go on writing into the work folder of a command that
    was killed, and that somebody has started again.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _end_with, (os.getpid(),)) as pool:
        yield pool


def _end_with(parent: int) -> None:
    # Both are told of by the first process alone: Ctrl-C reaches both, and the first ends the other.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SIGNAL_WHEN_THE_PARENT_ENDS, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before it could be said
        os._exit(1)
