"""python -m jobs.check_payments: the arguments of mingjing prepay."""

from jobs.commands.cli import as_module

as_module("prepay")
