"""python -m jobs.take_in: the arguments of mingjing take-in."""

from jobs.commands.cli import as_module

as_module("take-in")
