"""Access that is on, and people who are in groups of their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from jobs.access import roles
from jobs.launch.settings import conf_folder

MINE, OTHER = "420222", "420281"
"""The county of the clerk, and another one."""
AsPerson = Callable[..., None]


@pytest.fixture
def as_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsPerson:
    """Makes the process that of an account in the groups of these roles; a clerk is also in the group of MINE."""
    conf = tmp_path / "conf"
    shutil.copytree(conf_folder(), conf)
    base = yaml.safe_load((conf / "base.yaml").read_text(encoding="utf-8"))
    base["access"] |= {"enabled": True, "county_groups": {MINE: "of-mine", OTHER: "of-other"}}
    (conf / "base.yaml").write_text(yaml.safe_dump(base, allow_unicode=True), encoding="utf-8")
    monkeypatch.setenv("MINGJING_CONF", str(conf))

    def become(account: str, *of: roles.Role) -> None:
        groups = {base["access"]["groups"][role] for role in of} | {"of-mine"}
        monkeypatch.setattr(roles, "own_account", lambda: account)
        monkeypatch.setattr(roles, "_groups_of", lambda name: frozenset(groups) if name == account else frozenset())

    return become
