"""python -m jobs.report_casework: the arguments of mingjing report."""

from jobs.commands.cli import as_module

as_module("report")
