"""Errors that a person reads. Each says what was found, what was expected and what to do; none shows a number or a name."""

from __future__ import annotations

import re

from casework.errors import BadAddress, CaseworkError, Contradiction, StepRefused, UnusableStore
from jobs.cells.masking import mask_numbers
from jobs.runtime.last_words import NO_MEMORY


class MingjingError(Exception):
    """A failure explained to the user. `exit_code` is what the process ends with.

    It may name a file, a sheet or a header, and these may hold somebody's number, or a store with the password of its address:
    no text of it shows one.
    """

    exit_code = 1

    def __str__(self) -> str:
        return mask_numbers(_PASSWORD.sub("://…@", super().__str__()))


_PASSWORD = re.compile("://[^/\\s@]*@")


class BadConfiguration(MingjingError):
    """The configuration, the command line or the environment cannot be used; nothing was read."""

    exit_code = 2


class BadDelivery(MingjingError):
    """The delivery folder or its manifest cannot be used; nothing was written."""

    exit_code = 2


class NoSuchRecord(MingjingError):
    """The record that was asked for is not there, was not used, or is one of several of that name; nothing was changed."""

    exit_code = 2


class ContractBroken(MingjingError):
    """A frame does not fit the contract of the table that it was to be written to; the table is as before."""

    exit_code = 1


class DataRefused(MingjingError):
    """A critical expectation failed; nothing downstream was written."""

    exit_code = 3


class BadStore(MingjingError):
    """The lake or the model store cannot be read, or holds what this program did not write; it was left as it is."""

    exit_code = 3


class BadVerdicts(MingjingError):
    """A file of inspectors' decisions cannot be used; nothing of it was taken in."""

    exit_code = 2


class RowsCameBack(MingjingError):
    """Some rows that people filled in cannot be used and go back to them; all others were taken in."""

    exit_code = 3


class BadStep(MingjingError):
    """A case does not stand where this may be done with it; nothing was changed."""

    exit_code = 2


class MachineFailed(MingjingError):
    """Disk, memory or network gave way; what stood there before is as it was, and the run can be run again."""

    exit_code = 1


def explanation(error: BaseException) -> MingjingError | None:
    """What a person is told of an error of disk, memory, network or files; null for any other, which is a fault of this program.

    Engines, stores and what runs in an engine's workers wrap the system's errors: those are known by the system's own words.
    Of their messages nothing else is told: an engine's message may hold a row.
    """
    if isinstance(error, MingjingError):
        return error
    if isinstance(error, CaseworkError):
        return _OF_CASEWORK[type(error)](str(error))
    if isinstance(error, BrokenPipeError):  # whoever read the output has gone
        return None
    said = f"{type(error).__name__}: {error}"
    for pattern, kind, sentence in _FAILURES:
        if found := re.search(pattern, said):
            return kind(sentence.format(what=_place(error), words=found[0]))
    if isinstance(error, UnicodeDecodeError):
        return BadConfiguration(
            f"A file that should be text in {error.encoding} holds byte {error.start} that is none. Save it again."
        )
    if isinstance(error, OSError) and error.errno is not None:
        kind = MachineFailed if error.filename is None else BadConfiguration  # a path was given, a broken disk was not
        return kind(f"{_place(error)} cannot be used: {error.strerror}. Name another, or mend this one.")
    return explanation(error.__cause__) if error.__cause__ else None


_OF_CASEWORK: dict[type[CaseworkError], type[MingjingError]] = {
    UnusableStore: BadStore, BadAddress: BadConfiguration, Contradiction: BadVerdicts, StepRefused: BadStep,
}  # fmt: skip
_FAILURES: tuple[tuple[str, type[MingjingError], str], ...] = (
    (
        r"No space left on device|database or disk is full|Disk quota exceeded|os error (?:28|122)\b",
        MachineFailed,
        "The disk is full (at {what}). Free space and run again; what stood there before is as it was.",
    ),
    (
        r"Input/output error|Stale file handle|os error (?:5|116)\b",
        MachineFailed,
        "The disk, or the server that it belongs to, gave way (at {what}: {words}). See to it and run again; what stood there before is as it was.",
    ),
    (
        NO_MEMORY,
        MachineFailed,
        "The memory of this machine is full, or a limit keeps it from this program. End other programs or set engine.cores in "
        "conf/base.yaml lower, and run again.",
    ),
    (
        r"JAVA_GATEWAY_EXITED",
        BadConfiguration,
        "Java did not start: see what it says above, and what mingjing doctor says. Where it says that it crashed, its archive of classes may "
        "be damaged: run mingjing warm again.",
    ),
    (
        r"Too many open files|os error 2[34]\b",
        MachineFailed,
        "This program may not open more files at a time. Raise the limit (ulimit -n) to 1024 at least, and run again.",
    ),
    (
        r"Permission denied|Operation not permitted|Read-only file system|readonly database|unable to open database file"
        r"|os error (?:1|13|30)\b",
        BadConfiguration,
        "{what} cannot be used: {words}. Name a place that this user may read and write.",
    ),
    (
        r"failed to lookup address|Name or service not known|Temporary failure in name resolution|UnknownHostException"
        r"|Connection refused|ConnectException|Connection reset|No route to host|Network is unreachable|Max retries exceeded"
        r"|error sending request|timed out|non-2xx status code: (?!404)\d+ \w+|recognise URL|No FileSystem for scheme",
        MachineFailed,
        "A store or server gives no answer ({words}). Look at --lake, MLFLOW_TRACKING_URI, the network and the credentials, "
        "and run again.",
    ),
    (
        r"Parquet (?:argument )?error|Corrupt footer|Invalid Parquet file",
        BadStore,
        "A file of the lake is damaged ({words}). mingjing verify OUT names it: take the lake from a copy, or run the deliveries anew.",
    ),
)
"""Words of operating systems, engines and stores; what became of them; what to do."""


def _place(error: BaseException) -> str:
    """The path that the system names, also in what a worker wrapped."""
    if isinstance(error, OSError) and error.filename is not None:
        return str(error.filename)
    named = re.search(r"\[Errno \d+\][^'\n]*'([^'\n]+)'", str(error))
    return named[1] if named else "a place that the system does not name"
