"""The package for a cluster: built again over itself, never over somebody's own configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.runtime.errors import BadConfiguration
from tests.processes import ROOT
from tools.package import build


def test_a_package_replaces_itself_and_no_other_configuration(tmp_path: Path) -> None:
    first = build(ROOT, tmp_path / "dist").read_bytes()
    (tmp_path / "dist" / "conf" / "gone.yaml").write_text("of an earlier package")
    assert build(ROOT, tmp_path / "dist").read_bytes() == first
    assert not (tmp_path / "dist" / "conf" / "gone.yaml").exists()
    (tmp_path / "mine" / "conf").mkdir(parents=True)
    (tmp_path / "mine" / "conf" / "local.yaml").write_text("mine")
    with pytest.raises(BadConfiguration, match="it is no package"):
        build(ROOT, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").rglob("*")] == ["conf", "local.yaml"]
