"""Errors that a person reads. Each says what was found, what was expected and what to do; none shows a number or a name."""

from __future__ import annotations


class MingjingError(Exception):
    """A failure explained to the user. `exit_code` is what the process ends with."""

    exit_code = 1


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
