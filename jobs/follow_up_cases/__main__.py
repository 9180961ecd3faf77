"""python -m jobs.follow_up_cases: the arguments of mingjing cases follow-up."""

from jobs.commands.cli import as_module

as_module("cases", "follow-up")
