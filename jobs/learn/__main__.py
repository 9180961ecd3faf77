"""python -m jobs.learn: the arguments of mingjing learn."""

from jobs.commands.cli import as_module

as_module("learn")
