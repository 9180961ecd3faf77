"""A process beside this one, for work in Python that keeps a core busy for seconds. What it needs goes to it through a pipe, not by a file.

Not by multiprocessing: a helper of its lives on through SIGTERM, and tells of its own behind a command that was killed; and the second
process would begin as the command does, with last words.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from jobs.runtime.errors import MachineFailed

_SIGNAL_WHEN_THE_PARENT_ENDS = 1
_BEGIN = "import sys; sys.path[:] = sys.argv[2:]; from jobs.runtime.second_process import _do; _do()"


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[None]:
    """`work`, which can be pickled, is done by a second process, whose start costs a second or two of imports. Left when it is done; where
    what is done here fails, at once, and the work is not.

    Linux ends the process with the thread that started it, whatever ends that: it would go on writing into the work folder of a command that
    was killed, and that somebody has started again. Raises what the work raises, MachineFailed where the process was ended from outside.
    """
    command = [sys.executable, "-c", _BEGIN, str(os.getpid()), *sys.path]
    # A session of its own: of Ctrl-C the first process alone tells, and ends the other.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            with suppress(BrokenPipeError), process.stdin as given:  # that it has ended is told below
                given.write(pickle.dumps(work))
            yield
            told = process.stdout.read()
        except BaseException:
            process.kill()
            raise
    if not told:
        raise MachineFailed(
            "A process that this command had started was ended from outside, most often because memory was full. End other programs, and run "
            "again; what stood there before is as it was."
        )
    if (error := pickle.loads(told)) is not None:
        raise error


def _do() -> None:
    """The second process: does what it is given, and answers with the error that this ended by, or None."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SIGNAL_WHEN_THE_PARENT_ENDS, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):  # it ended before it could be said
        os._exit(1)
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    error: BaseException | None = None
    try:
        pickle.loads(sys.stdin.buffer.read())()
    except BaseException as raised:
        raised.add_note("".join(traceback.format_tb(raised.__traceback__)))
        error = raised
    with answer:
        answer.write(_pickled(error))


def _pickled(error: BaseException | None) -> bytes:
    """The error, or of one that cannot go from process to process its name and words."""
    try:
        pickle.loads(told := pickle.dumps(error))
    except Exception:
        told = pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}\n{''.join(getattr(error, '__notes__', []))}"))
    return told
