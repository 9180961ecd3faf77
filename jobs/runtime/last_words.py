"""What a command says that is ended in the midst of its work: by a library that finds no memory, or by a signal that nobody can catch.

Such an end leaves a process no time for a sentence. Another one, which holds nothing but a pipe, says it in its place. The exit
code stays the system's own: 134 after an abort, 137 after a kill.
"""

import atexit
import os
import re
import resource
import subprocess
import sys
from types import TracebackType

SENTENCE = (
    "The command was ended in the midst of its work, from outside or by a library: most often because memory was full. Nothing is half "
    "written: end other programs, or set engine.cores in conf/base.yaml lower, and run it again. mingjing doctor says what memory there is.\n"
)
NO_MEMORY = (
    r"MemoryError|OutOfMemory|[Oo]ut of [Mm]emory|Cannot allocate memory|Resources exhausted|bad_alloc|os error 1[12]\b"
    r"|malloc failure|can't start new thread|failed to map segment|error return without exception set"
)
"""How systems, engines and libraries say that memory is full, or is kept from a program by a limit."""
NOT_INSTALLED = "run make install in a checkout, sh install.sh in an unpacked archive"
NOT_FOR_THIS_MACHINE = "bring an archive that was made for this processor and C library: docs/closed-network.md"
_OURS = ("jobs", "models", "casework", "expectations", "simulation", "tools")
_LEAST_ADDRESSES = 2 << 30
"""Bytes: what is loaded before anything is read takes most of them."""


def refuse_small_limit() -> None:
    """Exits with 2 where a limit leaves less than libraries need to be loaded: below it, each fails in a way of its own, or never ends."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < _LEAST_ADDRESSES:
        told = f"A limit leaves this program {limit >> 20} MiB of addresses. Raise it (ulimit -v) to {_LEAST_ADDRESSES >> 20} at least.\n"
        os.write(2, told.encode())
        sys.exit(2)


def have_last_words() -> None:
    """From now on they are said, unless this process comes to its own end."""
    reading, writing = os.pipe()
    _pipes.append(writing)  # first: a signal that comes now ends the command in a sentence of its own
    # A session of its own: what a terminal sends to the command does not end it.
    subprocess.Popen([sys.executable, "-I", "-S", __file__], stdin=reading, stdout=subprocess.DEVNULL, start_new_session=True)
    os.close(reading)
    atexit.register(need_none)
    sys.excepthook = _end


def need_none() -> None:
    """This process has come to its end, or another program takes its place."""
    while _pipes:
        os.write(_pipes.pop(), b".")


_pipes: list[int] = []
"""To the process that would say them."""


def _end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A library that cannot be loaded, or not for want of memory, or panics, is no fault of the program: no trace of it."""
    if re.search(NO_MEMORY, f"{kind.__name__}: {error}"):
        atexit.unregister(need_none)
    elif isinstance(error, ImportError) and (library := _of(error, trace)) not in _OURS:
        advice = NOT_INSTALLED if isinstance(error, ModuleNotFoundError) else NOT_FOR_THIS_MACHINE
        os.write(2, f"{library} cannot be loaded: {error}\nWhat to do: {advice}\n".encode())
        sys.exit(2)
    else:
        sys.__excepthook__(kind, error, trace)


def _of(error: ImportError, trace: TracebackType | None) -> str:
    """The library that is not there, or what raised where none is named: some explain in their own words why they cannot be loaded."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    name = error.name or (trace.tb_frame.f_globals["__name__"] if trace else "")
    return str(name).partition(".")[0]


if __name__ == "__main__" and not os.read(0, 1):
    os.write(2, SENTENCE.encode())
