"""What doctor says of a machine that lacks something."""

from __future__ import annotations

import pytest

from jobs.commands import doctor
from jobs.runtime.errors import BadConfiguration


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

    monkeypatch.setattr(doctor, "Printer", none)
    found = {one.what: one for one in doctor.diagnose()}
    assert not found["Chinese font"].is_well
    assert found["engine: embedded"].is_well
