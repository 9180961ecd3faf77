"""Ctrl-C and SIGTERM end a command at once, whatever it is doing: inside the engine, in a library, waiting for a thread.

Python's own way is to unwind the main thread between two of its instructions, which waits for every call and thread that
runs: minutes. Nothing here needs it. Tables and lists are replaced in one step, so that a run that was killed is simply run
again, and the lock on the lake ends with the process.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from importlib import import_module
from types import FrameType

from jobs.runtime.last_words import need_none

_NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}
_CHILDREN_MAY_TAKE = 3.0
"""Seconds: a Java machine removes its temporary files as it ends."""
_CLEAR_LINE_AND_SHOW_CURSOR = b"\r\x1b[K\x1b[?25h"


def end_while_importing() -> None:
    """The same until `end_on_signals`, for which there must be no child, and which makes a thread: imports take seconds."""
    for number in _heeded():
        signal.signal(number, _end_at_once)


def end_on_signals() -> None:
    """From now on either signal ends this process and its children within 5 seconds: a sentence, exit code 130 or 143."""
    import_module("psutil")  # now: not before it can be told that a library cannot be loaded, nor when all is to end at once
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    # Written to by the handler in C, which runs at once; Python's runs when the main thread comes to it.
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in _heeded():
        signal.signal(number, go_no_further)
    threading.Thread(target=_end_when_told, args=(reading,), daemon=True).start()


def _heeded() -> list[signal.Signals]:
    """Those that are not ignored, as they are for what a script runs in the background."""
    return [number for number in _NAMES if signal.getsignal(number) is not signal.SIG_IGN]


def go_no_further(_number: int, _frame: FrameType | None) -> None:
    """The main thread's part: it must not tell of errors, nor begin to write, while the children end."""
    threading.Event().wait()


def _end_at_once(number: int, _frame: FrameType | None) -> None:
    try:
        _tell(number)
        need_none()
    finally:
        os._exit(128 + number)


def _tell(number: int, descriptor: int = 2) -> None:
    told = f"Stopped by {_NAMES[signal.Signals(number)]}. Nothing is half written: the same command can be run again.\n"
    os.write(descriptor, told.encode())


def _end_when_told(reading: int) -> None:
    while (number := os.read(reading, 1)[0]) not in _NAMES:
        pass
    try:
        ours = os.dup(2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # threads that wait for a child tell of its end as of an error
        _end_children()
        for terminal in filter(os.isatty, (1, ours)):
            os.write(terminal, _CLEAR_LINE_AND_SHOW_CURSOR)
        _tell(number, ours)
    finally:
        os._exit(128 + number)


def _end_children() -> None:
    import psutil

    children: set[psutil.Process] = set()
    # Held until no more come: a worker forked meanwhile would be nobody's child, and tell of its broken pipe behind the last sentence.
    while new := set(psutil.Process().children(recursive=True)) - children:
        children |= new
        for child in new:
            with contextlib.suppress(psutil.Error):
                child.suspend()
    for child in children:
        with contextlib.suppress(psutil.Error):
            child.terminate()
            child.resume()
    for child in psutil.wait_procs(children, timeout=_CHILDREN_MAY_TAKE)[1]:
        with contextlib.suppress(psutil.Error):
            child.kill()
