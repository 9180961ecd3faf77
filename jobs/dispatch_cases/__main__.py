"""python -m jobs.dispatch_cases: the arguments of mingjing dispatch."""

from jobs.commands.cli import as_module

as_module("dispatch")
