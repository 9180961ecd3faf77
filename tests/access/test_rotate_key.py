"""`mingjing rotate-key`: by two persons, in the log, and refused where it would do nothing good."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobs.access.roles import Role
from jobs.audit.log import LOG, entries_of
from jobs.commands.cli import app
from jobs.launch import start
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from jobs.runtime.site_key import KEY_VARIABLE, NEW_KEY_VARIABLE, KeyParams, site_key
from tests.access.conftest import AsPerson

OLD, NEW = "an old key, no secret: 0123456789", "a new key, no secret: 0123456789"


@pytest.fixture
def out(embedded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Results of a lake under OLD, to go under NEW; the command works on the engine of the tests."""

    @contextmanager
    def running(*_: object) -> Iterator[Engine]:
        yield embedded

    monkeypatch.setattr(start, "open_engine", running)
    monkeypatch.setenv(KEY_VARIABLE, OLD)
    monkeypatch.setenv(NEW_KEY_VARIABLE, NEW)
    (tmp_path / "out" / "lake").mkdir(parents=True)
    site_key(lake_of(embedded, tmp_path / "out"), KeyParams(digest="hmac-sha256", of_lake="own"))
    return tmp_path / "out"


def lake_of(engine: Engine, out: Path) -> Lake:
    return Lake(engine, str(out / "lake"))


def rotated(out: Path, *arguments: str) -> tuple[int, str]:
    given = CliRunner().invoke(app, ["rotate-key", str(out), *arguments])
    return given.exit_code, " ".join(given.output.split())


def test_one_asks_another_approves_and_the_next_key_needs_both_again(
    out: Path, as_person: AsPerson, embedded: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_person("li", Role.DATA_TEAM)
    before = lake_of(embedded, out).stated("key")
    code, said = rotated(out)
    assert (code, "needs two persons (key)" in said) == (2, True), said
    assert lake_of(embedded, out).stated("key") == before
    as_person("sun", Role.AUDITOR)
    (request,) = [one["request"] for one in entries_of(out / "audit") if one["event"] == "request"]
    assert CliRunner().invoke(app, ["approve", request, "--out", str(out)]).exit_code == 0
    as_person("li", Role.DATA_TEAM)
    code, said = rotated(out)
    assert (code, "all ids are as they were" in said, "first key" in said) == (0, True, False), said
    assert rotated(out)[0] == 0, "there is nothing left to do, and nobody is asked"
    events = [one["event"] for one in entries_of(out / "audit")]
    assert [one for one in events if one in ("request", "approval", "used", "key_rotated")] == [
        "request", "approval", "used", "key_rotated", "key_rotated",
    ]  # fmt: skip
    log = (out / "audit" / LOG).read_text(encoding="utf-8")
    assert not [key for key in (OLD, NEW) if key in log + said]
    monkeypatch.setenv(KEY_VARIABLE, NEW)
    monkeypatch.setenv(NEW_KEY_VARIABLE, OLD)
    assert rotated(out)[0] == 2, "another key is another request"


def test_a_lake_whose_ids_are_made_of_the_site_s_key_is_told_so(out: Path, embedded: Engine, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    site_key(Lake(embedded, str(other)), KeyParams(digest="hmac-sha256", of_lake="site"))
    code, said = rotated(out, "--lake", str(other))
    assert (code, "whoever has that one can find out numbers" in said) == (0, True), said
