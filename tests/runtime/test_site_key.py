"""The site's key: made once, kept for its owner only, and never another than the one that the lake was made under."""

from __future__ import annotations

import contextlib
import pkgutil
import stat
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from expectations.contracts.lake import FILES
from jobs.runtime.errors import BadConfiguration, BadStore
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.session import Engine
from jobs.runtime.site_key import (
    KEY_VARIABLE,
    NEW_KEY_VARIABLE,
    KeyParams,
    SiteKey,
    _opened,
    _stretched,
    planned_rotation,
    rotate,
    site_key,
)

FILE = ".mingjing_key"
OF_SITE = KeyParams(digest="hmac-sha256", of_lake="site")
OWN = KeyParams(digest="hmac-sha256", of_lake="own")
OLD, NEW = "an old key, no secret: 0123456789", "a new key, no secret: 0123456789"


def opened(lake: Lake, params: KeyParams = OF_SITE) -> SiteKey:
    return site_key(lake, params)


@pytest.fixture
def lake(embedded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """An empty lake, and no key in the environment."""
    monkeypatch.delenv(KEY_VARIABLE)
    (tmp_path / "lake").mkdir(mode=0o700)
    return Lake(embedded, str(tmp_path / "lake"))


def kept(lake: Lake) -> Path:
    assert lake.folder is not None
    return lake.folder / FILE


def older(lake: Lake) -> Lake:
    """A lake with a delivery in it and no fingerprint, as versions before 0.2 left them."""
    lake.overwrite(FILES, lake.session.createDataFrame([], plain_schema(FILES)))
    return lake


def test_a_key_is_made_once_kept_for_its_owner_and_said_so(lake: Lake, embedded: Engine, tmp_path: Path) -> None:
    first = opened(lake)
    assert ["random key" in remark for remark in first.remarks] == [True]
    again = opened(lake)
    assert (again.key, again.remarks) == (first.key, ())
    (tmp_path / "other").mkdir()
    assert opened(Lake(embedded, str(tmp_path / "other"))).key != first.key
    assert stat.S_IMODE(kept(lake).stat().st_mode) == 0o600
    assert {path.name for path in kept(lake).parent.iterdir()} == {FILE, "_about"}
    assert first.key not in repr(first)


def test_the_fingerprint_does_not_hold_the_key_and_differs_from_lake_to_lake(
    lake: Lake, embedded: Engine, tmp_path: Path
) -> None:
    key = opened(lake).key
    other = tmp_path / "other"
    other.mkdir()
    (other / FILE).write_text(key)
    assert opened(Lake(embedded, str(other))).key == key
    stated = [lake.stated("key"), Lake(embedded, str(other)).stated("key")]
    assert stated[0] != stated[1]
    assert key not in str(stated)


@pytest.mark.parametrize("content", ["", "\n", "ab" * 31, "ab" * 33, "xy" * 32, "ÿ" * 64])
def test_a_key_file_that_is_empty_or_damaged_is_refused(lake: Lake, content: str) -> None:
    opened(lake)
    kept(lake).write_text(content, encoding="utf-8")
    with pytest.raises(BadConfiguration, match=r"64 hex digits .* from a copy") as refused:
        opened(lake)
    assert refused.value.exit_code == 2
    assert not content.strip() or content.strip() not in str(refused.value)
    assert kept(lake).read_text(encoding="utf-8") == content


def test_another_key_is_refused_wherever_it_comes_from(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    right = opened(lake).key
    kept(lake).write_text("ab" * 32)
    with pytest.raises(BadConfiguration, match=r"\.mingjing_key\) is not the one .* was made under"):
        opened(lake)
    monkeypatch.setenv(KEY_VARIABLE, "another key, no secret: 0123456789")
    with pytest.raises(BadConfiguration, match=rf"{KEY_VARIABLE}\) is not the one .* was made under") as refused:
        opened(lake)
    assert "no secret" not in str(refused.value)
    monkeypatch.setenv(KEY_VARIABLE, right)
    assert opened(lake).key == right


def test_a_lake_that_has_lost_its_key_gets_no_new_one(lake: Lake) -> None:
    opened(lake)
    kept(lake).unlink()
    with pytest.raises(BadConfiguration, match=r"is not there.*Put the file back"):
        opened(lake)
    assert not kept(lake).exists()


def test_an_older_lake_takes_the_key_that_it_has(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    older(lake)
    with pytest.raises(BadConfiguration, match=r"is not there"):
        opened(lake)
    kept(lake).write_text("ab" * 32)
    kept(lake).chmod(0o600)
    with monkeypatch.context() as patched:
        patched.setenv(KEY_VARIABLE, "another key, no secret: 0123456789")
        with pytest.raises(BadConfiguration, match="has two keys"):
            opened(lake)
    found = opened(lake)
    assert found.key == "ab" * 32
    assert "no fingerprint" in found.remarks[0]
    assert opened(lake).remarks == ()


def test_a_key_file_that_others_can_read_is_closed_and_told(lake: Lake) -> None:
    opened(lake)
    kept(lake).chmod(0o644)
    assert "could be read by others" in opened(lake).remarks[0]
    assert stat.S_IMODE(kept(lake).stat().st_mode) == 0o600
    assert opened(lake).remarks == ()


def test_a_key_that_cannot_be_written_whole_leaves_none(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left on device"):
            opened(lake)
    assert not kept(lake).exists()
    assert "random key" in opened(lake).remarks[0]


@pytest.mark.parametrize("value", ["", " " * 40, "secret"])
def test_a_short_key_is_refused_without_being_shown(lake: Lake, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(KEY_VARIABLE, value)
    with pytest.raises(BadConfiguration, match=f"{KEY_VARIABLE} has {len(value.strip())} characters") as refused:
        opened(lake)
    assert "secret" not in str(refused.value)


def test_a_lake_on_a_store_needs_a_key_and_keeps_its_fingerprint(
    embedded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = Lake(embedded, f"memory:///{tmp_path.name}")
    right = "a test key, no secret: 0123456789"
    assert opened(stored).key == right
    monkeypatch.setenv(KEY_VARIABLE, "another key, no secret: 0123456789")
    with pytest.raises(BadConfiguration, match="is not the one"):
        opened(stored)
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(BadConfiguration, match=f"needs {KEY_VARIABLE}"):
        opened(stored)


def test_a_key_of_the_lake_s_own_is_drawn_once_and_opens_with_the_site_s_alone(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, OLD)
    own = opened(lake, OWN).key
    assert own != OLD
    assert (opened(lake, OWN).key, opened(lake).key) == (own, own), "what was drawn stays, whatever new lakes are given"
    assert own not in str(lake.stated("key"))
    monkeypatch.setenv(KEY_VARIABLE, NEW)
    with pytest.raises(BadConfiguration, match="is not the one"):
        opened(lake, OWN)


def test_another_digest_than_the_lake_s_is_refused_and_nothing_is_written(lake: Lake) -> None:
    sm3 = KeyParams(digest="hmac-sm3", of_lake="site")
    opened(lake, sm3)
    assert opened(lake, sm3).key == f"hmac-sm3:{kept(lake).read_text().strip()}"
    with pytest.raises(BadConfiguration, match=r"key\.digest is hmac-sha256, and the ids .* are made with hmac-sm3.*rotate-key"):
        opened(lake)


def test_an_older_lake_is_not_given_another_digest(lake: Lake) -> None:
    older(lake)
    kept(lake).write_text("ab" * 32)
    kept(lake).chmod(0o600)
    with pytest.raises(BadConfiguration, match=r"made with hmac-sha256"):
        opened(lake, KeyParams(digest="hmac-sm3", of_lake="own"))
    assert lake.stated("key") is None


@pytest.fixture
def under_old(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> tuple[Lake, str]:
    """A lake with a key of its own under OLD, which is asked to go under NEW, and that key."""
    monkeypatch.setenv(KEY_VARIABLE, OLD)
    monkeypatch.setenv(NEW_KEY_VARIABLE, NEW)
    return lake, opened(lake, OWN).key


def opens(lake: Lake, key: str) -> list[str]:
    """Files of the statement that the key opens, of any version: in the log or out of it."""
    assert lake.folder is not None
    found = []
    for path in sorted((lake.folder / "_about").rglob("*.parquet")):
        rows = pq.read_table(path).to_pylist()
        found += [path.name for row in rows if row.get("sealed") and _opened(row, key) is not None]
    return found


def test_another_key_of_the_site_leaves_the_lake_s_as_it_is_and_the_old_one_opens_nothing(
    under_old: tuple[Lake, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, own = under_old
    assert len(opens(lake, OLD)) == 1
    rotate(lake, planned_rotation(lake))
    assert (opens(lake, OLD), len(opens(lake, NEW))) == ([], 1)
    with pytest.raises(BadConfiguration, match=r"rotate-key has put in its place"):
        opened(lake, OWN)
    monkeypatch.setenv(KEY_VARIABLE, NEW)
    assert opened(lake, OWN).key == own
    assert planned_rotation(lake).seal is None, "nothing is left to do"


class Killed(BaseException):
    """As by a signal: nothing of the program sees it."""


@pytest.mark.parametrize(
    "step", ["jobs.runtime.lake.commit", "jobs.runtime.delta_folder.DeltaTable.create_checkpoint", "jobs.runtime.lake.delta_folder.forget_history",
             "jobs.runtime.delta_folder.durable.sync_names", "pathlib.Path.unlink"],
)  # fmt: skip
@pytest.mark.parametrize("times", [0, 1])
def test_a_rotation_that_is_killed_is_as_before_or_goes_on(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, step: str, times: int
) -> None:
    own = opened(lake, OWN).key  # under the key that is made and kept beside the lake
    old = kept(lake).read_text().strip()
    monkeypatch.setenv(NEW_KEY_VARIABLE, NEW)
    plan, left = planned_rotation(lake), [times]
    run = pkgutil.resolve_name(step)

    def killed(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return run(*given, **named)

    with monkeypatch.context() as patch, contextlib.suppress(Killed):
        patch.setattr(step, killed)
        rotate(lake, plan)
    again = planned_rotation(lake)
    assert again.of_lake == own
    rotate(lake, again)
    assert (opens(lake, old), len(opens(lake, NEW)), kept(lake).exists()) == ([], 1, False)
    monkeypatch.setenv(KEY_VARIABLE, NEW)
    assert opened(lake, OWN).key == own


def test_a_seal_that_does_not_open_as_it_was_written_replaces_none(
    under_old: tuple[Lake, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, own = under_old
    plan = planned_rotation(lake)
    with monkeypatch.context() as patch:
        patch.setattr(lake, "state", lambda *_, **__: None)
        with pytest.raises(BadStore, match="cannot be opened"):
            rotate(lake, plan)
    assert opened(lake, OWN).key == own


def test_a_lake_of_an_earlier_version_keeps_the_key_that_its_ids_are_made_of(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, OLD)
    salt = "ab" * 16
    lake.state("key", {"salt": salt, "scrypt": _stretched(OLD, bytes.fromhex(salt)).hex()})
    assert opened(lake, OWN).key == OLD
    monkeypatch.setenv(NEW_KEY_VARIABLE, NEW)
    plan = planned_rotation(lake)
    assert plan.name == "site"
    rotate(lake, plan)
    monkeypatch.setenv(KEY_VARIABLE, NEW)
    assert opened(lake, OWN).key == OLD


def test_a_rotation_without_a_key_or_with_a_wrong_one_is_refused(
    under_old: tuple[Lake, str], monkeypatch: pytest.MonkeyPatch, embedded: Engine, tmp_path: Path
) -> None:
    lake, _ = under_old
    stated = lake.stated("key")
    for variable, value, said in (
        (NEW_KEY_VARIABLE, None, f"{NEW_KEY_VARIABLE} is not set"), (NEW_KEY_VARIABLE, "short", f"{NEW_KEY_VARIABLE} has 5"),
        (KEY_VARIABLE, "another key, no secret: 0123456789", "is not the one"), (KEY_VARIABLE, None, f"{KEY_VARIABLE} is not set"),
    ):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.delenv(variable) if value is None else patch.setenv(variable, value)
            with pytest.raises(BadConfiguration, match=said):
                planned_rotation(lake)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadConfiguration, match="not run under any key yet"):
        planned_rotation(Lake(embedded, str(tmp_path / "empty")))
    assert lake.stated("key") == stated


def test_a_lake_on_a_store_is_sealed_anew_too(embedded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = Lake(embedded, f"memory:///{tmp_path.name}")
    own = opened(stored, OWN).key
    monkeypatch.setenv(NEW_KEY_VARIABLE, NEW)
    rotate(stored, planned_rotation(stored))
    monkeypatch.setenv(KEY_VARIABLE, NEW)
    assert opened(stored, OWN).key == own
