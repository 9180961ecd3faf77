"""An edition is fetched whole, as it was made, and each time the audit log counts it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from jobs.audit.log import entries_of
from jobs.editions import fetching
from jobs.returns.brought import Brought
from jobs.runtime.results import LIST, RESTRICTED
from tests.editions.conftest import Run

Issue = Callable[..., str]


def test_who_fetched_which_is_counted_with_the_place_and_nothing_else_leaves(
    out: Path, issue: Issue, mingjing: Run, tmp_path: Path
) -> None:
    issue()
    stick = tmp_path / "stick"
    stick.mkdir()
    assert "fetched 0 times" in mingjing("editions").output
    ran = mingjing("editions", "fetch", 1, "--to", stick)
    assert ran.exit_code == 0, ran.output
    taken, here = ({path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file() and path.name != LIST}
                   for place in (stick / "1", out / "editions" / "1"))  # fmt: skip
    assert taken == here
    (line,) = (entry for entry in entries_of(out / "audit") if entry["event"] == "fetched")
    assert (line["number"], line["files"], line["to"]) == (1, 4, str(stick / "1"))
    (begun,) = (entry for entry in entries_of(out / "audit") if entry["event"] == "begin" and entry["call"] == line["call"])
    assert (begun["command"], begun["purpose"]) == ("editions fetch", "supervision")
    assert f"fetched 1 times: {line['by']} {line['at'][:10]}" in mingjing("editions").output
    for number, place, said in ((1, stick, "is there already"), (1, out, "lies in the results"), (2, stick, "No edition 2")):
        refused = mingjing("editions", "fetch", number, "--to", place)
        assert (refused.exit_code, said in refused.output) == (2, True), refused.output
    assert json.dumps(entries_of(out / "audit")).count('"fetched"') == 1, "what was refused is not counted"


def test_an_edition_that_is_not_as_it_was_made_is_not_fetched_nor_half_of_it(
    out: Path, issue: Issue, mingjing: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(out / RESTRICTED / "clues.csv")
    file = next((out / "editions" / "1").rglob("*.mjc"))
    content = file.read_bytes()
    for change, said in ((file.unlink, "is gone"), (lambda: file.write_bytes(content + b"x"), "was changed")):
        change()
        refused = mingjing("editions", "fetch", 1, "--to", tmp_path)
        assert (refused.exit_code, said in refused.output) == (3, True), refused.output
    file.write_bytes(content)
    with monkeypatch.context() as patch:
        patch.setattr(fetching.durable, "replace", Mock(side_effect=OSError(28, "No space left on device")))
        assert mingjing("editions", "fetch", 1, "--to", tmp_path).exit_code != 0
    assert not list(tmp_path.glob("*1*"))
    with monkeypatch.context() as patch:
        patch.setattr("jobs.returns.brought.brought_now", lambda _: Brought("zhao", "2100-01-01T00:00:00+00:00"))
        assert "was for use until 2099-03-31" in mingjing("editions", "fetch", 1, "--to", tmp_path).output
