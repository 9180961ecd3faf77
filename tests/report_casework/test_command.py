"""`mingjing report`: what of its command line is refused, before an engine starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobs.commands.cli import app


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2018-12-31", "2018-01-01", "--from is 2018-12-31, behind --to, 2018-01-01."),
        ("2018-01", "2018-12-31", "--from is '2018-01'."),
        ("2018-01-01", "2999-01-01", "--to is 2999-01-01."),
        ("2018-01-01", "2018-12-31", "No lake"),
    ],
)
def test_a_period_that_is_none_and_results_that_are_not_there_are_refused(
    tmp_path: Path, first: str, last: str, why: str
) -> None:
    said = CliRunner().invoke(app, ["report", "--out", str(tmp_path), "--from", first, "--to", last])
    assert said.exit_code == 2
    assert why in " ".join(said.output.split())
    assert {path.name for path in tmp_path.iterdir()} <= {"audit"}, "the attempt is kept, and nothing else"
