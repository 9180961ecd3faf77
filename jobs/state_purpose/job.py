"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from expectations.contracts.lake import PURPOSES
from jobs.audit.calls import SUPERVISION
from jobs.launch.context import RunContext
from jobs.launch.purposes import add

NAME = "state_purpose"
READS = (PURPOSES,)
WRITES = (PURPOSES,)
IS_GATE = True
"""Nothing is joined before the purpose is on record."""


def run(ctx: RunContext) -> None:
    """A run of the main job supervises."""
    add(ctx, SUPERVISION)
