"""The site's key: made once, kept for its owner only, and never another than the one that the lake was made under."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from expectations.contracts.lake import FILES
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.session import Engine
from jobs.runtime.site_key import KEY_VARIABLE, site_key

FILE = ".mingjing_key"


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
    first = site_key(lake)
    assert ["random key" in remark for remark in first.remarks] == [True]
    again = site_key(lake)
    assert (again.key, again.remarks) == (first.key, ())
    (tmp_path / "other").mkdir()
    assert site_key(Lake(embedded, str(tmp_path / "other"))).key != first.key
    assert stat.S_IMODE(kept(lake).stat().st_mode) == 0o600
    assert {path.name for path in kept(lake).parent.iterdir()} == {FILE, "_about"}
    assert first.key not in repr(first)


def test_the_fingerprint_does_not_hold_the_key_and_differs_from_lake_to_lake(
    lake: Lake, embedded: Engine, tmp_path: Path
) -> None:
    key = site_key(lake).key
    other = tmp_path / "other"
    other.mkdir()
    (other / FILE).write_text(key)
    assert site_key(Lake(embedded, str(other))).key == key
    stated = [lake.stated("key"), Lake(embedded, str(other)).stated("key")]
    assert stated[0] != stated[1]
    assert key not in str(stated)


@pytest.mark.parametrize("content", ["", "\n", "ab" * 31, "ab" * 33, "xy" * 32, "ÿ" * 64])
def test_a_key_file_that_is_empty_or_damaged_is_refused(lake: Lake, content: str) -> None:
    site_key(lake)
    kept(lake).write_text(content, encoding="utf-8")
    with pytest.raises(BadConfiguration, match=r"64 hex digits .* from a copy") as refused:
        site_key(lake)
    assert refused.value.exit_code == 2
    assert not content.strip() or content.strip() not in str(refused.value)
    assert kept(lake).read_text(encoding="utf-8") == content


def test_another_key_is_refused_wherever_it_comes_from(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    right = site_key(lake).key
    kept(lake).write_text("ab" * 32)
    with pytest.raises(BadConfiguration, match=r"\.mingjing_key\) is not the one .* was made under"):
        site_key(lake)
    monkeypatch.setenv(KEY_VARIABLE, "another key, no secret: 0123456789")
    with pytest.raises(BadConfiguration, match=rf"{KEY_VARIABLE}\) is not the one .* was made under") as refused:
        site_key(lake)
    assert "no secret" not in str(refused.value)
    monkeypatch.setenv(KEY_VARIABLE, right)
    assert site_key(lake).key == right


def test_a_lake_that_has_lost_its_key_gets_no_new_one(lake: Lake) -> None:
    site_key(lake)
    kept(lake).unlink()
    with pytest.raises(BadConfiguration, match=r"is not there.*Put the file back"):
        site_key(lake)
    assert not kept(lake).exists()


def test_an_older_lake_takes_the_key_that_it_has(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    older(lake)
    with pytest.raises(BadConfiguration, match=r"is not there"):
        site_key(lake)
    kept(lake).write_text("ab" * 32)
    kept(lake).chmod(0o600)
    with monkeypatch.context() as patched:
        patched.setenv(KEY_VARIABLE, "another key, no secret: 0123456789")
        with pytest.raises(BadConfiguration, match="has two keys"):
            site_key(lake)
    found = site_key(lake)
    assert found.key == "ab" * 32
    assert "no fingerprint" in found.remarks[0]
    assert site_key(lake).remarks == ()


def test_a_key_file_that_others_can_read_is_closed_and_told(lake: Lake) -> None:
    site_key(lake)
    kept(lake).chmod(0o644)
    assert "could be read by others" in site_key(lake).remarks[0]
    assert stat.S_IMODE(kept(lake).stat().st_mode) == 0o600
    assert site_key(lake).remarks == ()


def test_a_key_that_cannot_be_written_whole_leaves_none(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left on device"):
            site_key(lake)
    assert not kept(lake).exists()
    assert "random key" in site_key(lake).remarks[0]


@pytest.mark.parametrize("value", ["", " " * 40, "secret"])
def test_a_short_key_is_refused_without_being_shown(lake: Lake, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(KEY_VARIABLE, value)
    with pytest.raises(BadConfiguration, match=f"{KEY_VARIABLE} has {len(value.strip())} characters") as refused:
        site_key(lake)
    assert "secret" not in str(refused.value)


def test_a_lake_on_a_store_needs_a_key_and_keeps_its_fingerprint(
    embedded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = Lake(embedded, f"memory:///{tmp_path.name}")
    right = "a test key, no secret: 0123456789"
    assert site_key(stored).key == right
    monkeypatch.setenv(KEY_VARIABLE, "another key, no secret: 0123456789")
    with pytest.raises(BadConfiguration, match="is not the one"):
        site_key(stored)
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(BadConfiguration, match=f"needs {KEY_VARIABLE}"):
        site_key(stored)
