"""python -m jobs.settle_identities: the arguments of mingjing settle-identities."""

from jobs.commands.cli import as_module

as_module("settle-identities")
