"""What doctor says of a machine that lacks something."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.commands import doctor
from jobs.papers import pdf
from jobs.runtime.accounts import have_a_home
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.last_words import NOT_FOR_THIS_MACHINE, NOT_INSTALLED
from tests.processes import ROOT


@pytest.mark.parametrize(
    ("library", "is_well"), [(("glibc", "2.28"), True), (("glibc", "2.36"), True), (("glibc", "2.17"), False), (("", ""), True)]
)
def test_a_c_library_for_which_no_wheel_is_made_is_told(
    library: tuple[str, str], is_well: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.platform, "libc_ver", lambda: library)
    found = {one.what: one for one in doctor.diagnose()}
    assert (found["C library"].is_well, found["engine: embedded"].is_well) == (is_well, is_well)
    assert "2.28 or newer" in found["C library"].advice


def test_a_machine_without_a_chinese_font_runs_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise BadConfiguration("none")

    monkeypatch.setattr(pdf, "Printer", none)
    found = {one.what: one for one in doctor.diagnose()}
    assert not found["Chinese font"].is_well
    assert found["engine: embedded"].is_well


@pytest.mark.parametrize("module", ["pysail", "typst", "sklearn"])
def test_what_is_installed_and_cannot_be_loaded_is_told_and_nothing_else_breaks(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a wheel is for another processor, or an older C library."""
    (name,) = (name for name, loaded in doctor.PACKAGES.items() if loaded == module)
    monkeypatch.setitem(sys.modules, module, None)
    found = {one.what: one for one in doctor.diagnose()}
    assert not found[name].is_well
    assert "cannot be loaded" in found[name].seen
    assert not found["engine: embedded"].is_well


@pytest.mark.parametrize(
    ("module", "fault", "advice"),
    [
        ("psutil", "ImportError('a.so: cannot open', name='psutil._native')", NOT_FOR_THIS_MACHINE),
        ("polars", "ImportError('a.so: cannot open')", NOT_FOR_THIS_MACHINE),
        ("yaml", "ModuleNotFoundError('a.so: cannot open', name='yaml')", NOT_INSTALLED),
    ],
)
def test_a_library_without_which_nothing_begins_is_told_in_the_same_words(
    module: str, fault: str, advice: str, tmp_path: Path
) -> None:
    """Whatever is imported before doctor can look: it is told in place of a table, with the exit code of one that is not well."""
    (tmp_path / module).mkdir()
    (tmp_path / module / "__init__.py").write_text(f"raise {fault}\n", encoding="utf-8")
    command = [sys.executable, "-m", "jobs.commands.cli", "doctor"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stderr) == (2, f"{module} cannot be loaded: a.so: cannot open\nWhat to do: {advice}\n")


def test_an_account_that_no_list_knows_and_without_a_home_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number. Without one Great Expectations is not loaded, nor are jars looked for."""

    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(RuntimeError):
        Path.home()
    have_a_home()
    assert Path.home() == Path("/")
    assert not [one for one in doctor.diagnose() if one.is_needed and not one.is_well]


def test_a_full_disk_is_told_before_a_run_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**40, 2**40, 2**30))
    found = {one.what: one for one in doctor.diagnose()}
    assert (found["disk"].is_well, found["engine: embedded"].is_well) == (False, True)
    assert "1.0 GiB free at" in found["disk"].seen
    assert "--out" in found["disk"].advice
