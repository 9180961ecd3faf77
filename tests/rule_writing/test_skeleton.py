"""A new rule from templates: its table and page hold before anybody edits them, and nothing is written for a bad name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from jobs.commands.cli import app
from jobs.runtime.errors import BadConfiguration
from tools.rule_writing.skeleton import NewRule, checkout, write_rule

ROOT = Path(__file__).parents[2]
CODE = ("jobs", "models", "casework", "expectations", "conf", "docs/rules", "docs/zh/rules", "tests/rules", "tests/cases")
BY_DAY = NewRule("V02", "Owns a boat", "名下有船舶", "vehicles")
BY_MONTH = NewRule("I04", "Draws another pension", "另有养老待遇", "pensions")
WITHOUT_DAY = NewRule("S02", "Pays large bills", "自付大额医疗费用", "medical_expenses")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The few folders that a rule is written into and judged with."""
    for folder in CODE:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tests/__init__.py", "tests/conftest.py", "tests/processes.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_table_and_page_of_new_rules_hold_before_anybody_edits_them(copy: Path) -> None:
    rules = (BY_DAY, BY_MONTH, WITHOUT_DAY)
    for rule in rules:
        write_rule(copy, rule)
    wanted = " or ".join(rule.code for rule in rules)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/rules", "-k", wanted],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert f"{5 * len(rules)} passed" in ran.stdout, "case table, sentences, both sides of the limit, page, worked example"


def test_a_new_rule_stands_at_its_place_and_all_comments_stay(copy: Path) -> None:
    before = {path: (copy / path).read_text(encoding="utf-8") for path in ("jobs/rules/__init__.py", "conf/base.yaml")}
    paths = [path.relative_to(copy).as_posix() for path in write_rule(copy, BY_DAY)]
    assert paths == ["jobs/rules/owns_a_boat.py", "docs/rules/V02.md", "docs/zh/rules/V02.md", "tests/cases/V02.txt", *before]
    for path, added in (
        ("jobs/rules/__init__.py", ["    owns_a_boat,", "    owns_a_boat.RULE,"]),
        ("conf/base.yaml", ["  V02:", "    least_months: 1"]),
    ):
        lines = (copy / path).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if line not in added] == before[path].splitlines()
        assert [line for line in lines if line in added] == added
    book = (copy / "jobs/rules/__init__.py").read_text(encoding="utf-8")
    assert book.index("owns_vehicle.RULE") < book.index("owns_a_boat.RULE") < book.index("owns_property.RULE")
    assert yaml.safe_load((copy / "conf/base.yaml").read_text(encoding="utf-8"))["rules"]["V02"] == {"least_months": 1}


def test_the_places_to_edit_are_marked_in_plain_words(copy: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in write_rule(copy, BY_DAY)[:4]]
    assert texts[0].count("Yours to say") >= 5
    assert texts[1].lower().count("yours to say") >= 3
    assert texts[2].count("由您补充") >= 3
    assert not [word for word in ("TODO", "FIXME", "XXX") for text in texts if word in text]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (NewRule("V01", "Owns a boat", "名下有船舶", "vehicles"), "V01 is 'Owns a motor vehicle' already"),
        (NewRule("v2", "Owns a boat", "名下有船舶", "vehicles"), "no code for a new rule"),
        (NewRule("M04", "Owns a boat", "名下有船舶", "vehicles"), "M is for needs"),
        (NewRule("V02", "Owns-a-boat", "名下有船舶", "vehicles"), "cannot name a file"),
        (NewRule("V02", "Random", "名下有船舶", "vehicles"), "cannot name a file"),  # a module of Python's own
        (NewRule("V02", "Owns a boat", "boat", "vehicles"), "Chinese characters"),
        (NewRule("V02", "Owns a boat", "名下有船舶", "boats"), "Registers: cremations, "),
        (NewRule("V02", "Owns a boat", "名下有船舶", "check_requests"), "cannot be compared"),  # authorised checks only
        (NewRule("V02", "Owns a boat", "名下有船舶", "payments"), "cannot be compared"),
    ],
    ids=lambda value: None if isinstance(value, str) else f"{value.code} {value.title} {value.title_zh} {value.register}",
)
def test_a_bad_name_is_refused_before_anything_is_written(copy: Path, rule: NewRule, message: str) -> None:
    before = files(copy)
    with pytest.raises(BadConfiguration, match=message):
        write_rule(copy, rule)
    assert files(copy) == before


def test_a_file_that_is_there_is_never_overwritten(copy: Path) -> None:
    write_rule(copy, BY_DAY)
    before = files(copy)
    with pytest.raises(BadConfiguration, match=r"V02 has docs/rules/V02\.md and .* already"):
        write_rule(copy, BY_DAY)
    assert files(copy) == before


def test_the_command_writes_into_the_checkout_it_runs_in(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy)
    assert checkout() == copy
    ran = CliRunner().invoke(
        app, ["rule", "new", "V02", "--title", "Owns a boat", "--title-zh", "名下有船舶", "--register", "vehicles"]
    )
    assert ran.exit_code == 0
    assert (copy / "jobs/rules/owns_a_boat.py").is_file()
    assert "mingjing rule try V02" in ran.output
    again = CliRunner().invoke(
        app, ["rule", "new", "V02", "--title", "Owns a boat", "--title-zh", "名下有船舶", "--register", "vehicles"]
    )
    assert again.exit_code == 2
    assert "nothing was written" in " ".join(again.output.split())
