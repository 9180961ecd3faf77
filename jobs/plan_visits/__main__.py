"""python -m jobs.plan_visits: the arguments of mingjing plan."""

from jobs.commands.cli import as_module

as_module("plan")
