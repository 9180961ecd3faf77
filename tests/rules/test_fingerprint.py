"""The fingerprint of a rule: another one wherever anything changes that the rule rests on, and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from jobs.launch.settings import Settings
from jobs.rulebook import fingerprint
from jobs.rules import RULES
from tests.processes import run_apart


def prints(settings: Settings) -> dict[str, str]:
    return {rule.code: fingerprint.fingerprint(rule, settings.params(rule.code), settings.policy) for rule in RULES}


def changed(settings: Settings, monkeypatch: pytest.MonkeyPatch, module: str) -> set[str]:
    """Rules that another text of the module gives another fingerprint."""
    before = prints(settings)
    read = fingerprint.source_of
    monkeypatch.setattr(fingerprint, "source_of", lambda name: read(name) + "\n# changed" * (name == module))
    return {code for code, found in prints(settings).items() if found != before[code]}


EVERY = {rule.code for rule in RULES}


@pytest.mark.parametrize(
    ("module", "codes"),
    [
        ("jobs.rules.owns_enterprise", {"E01"}),
        ("jobs.rulebook.entities", {"E01", "E02"}),
        ("jobs.rulebook.payroll", {"K01", "K02"}),
        ("jobs.rulebook.time_engine", EVERY),
        ("jobs.rulebook.outcomes", EVERY),
        ("jobs.rulebook.facts", EVERY),
        ("jobs.registers.policy", EVERY),
        ("jobs.rulebook.rule_coverage", set()),  # tells of rules, and decides nothing
        ("jobs.publish", set()),
    ],
)
def test_another_text_of_a_module_changes_the_rules_that_rest_on_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, module: str, codes: set[str]
) -> None:
    assert changed(settings, monkeypatch, module) == codes


def test_another_parameter_changes_its_rule_and_another_line_of_law_every_rule(settings: Settings) -> None:
    before = prints(settings)
    of_v01 = {**settings.rules["V01"], "old_years": 9}
    other = prints(settings.model_copy(update={"rules": {**settings.rules, "V01": of_v01}}))
    assert {code for code in before if other[code] != before[code]} == {"V01"}
    caps = settings.policy.yearly_caps[:-1]
    other = prints(settings.model_copy(update={"policy": settings.policy.model_copy(update={"yearly_caps": caps})}))
    assert {code for code in before if other[code] != before[code]} == EVERY


def test_a_fingerprint_is_the_same_in_another_process(settings: Settings) -> None:
    """Sets are walked in another order there."""
    code = (
        "import json; from tests.rules.test_fingerprint import prints; from jobs.launch.settings import load_settings; "
        "print(json.dumps(prints(load_settings('test'))))"
    )
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        assert json.loads(told.stdout) == prints(settings)


_LOADED = """
import importlib, json, sys, types
import jobs
from jobs.rulebook.fingerprint import _OF_EVERY_RULE, _ROOMS
from jobs.rules import RULES
asked = {rule.code: rule.judge.__module__ for rule in RULES} | {"means": "jobs.registers.means.holdings"}
found = {}
for code, module in asked.items():
    for name in [name for name in sys.modules if name.startswith(tuple(f"{room}." for room in _ROOMS)) or name == "jobs.rules"]:
        del sys.modules[name]
    package = sys.modules["jobs.rules"] = types.ModuleType("jobs.rules")  # the list of all rules would import every one
    package.__path__ = [f"{jobs.__path__[0]}/rules"]
    for name in (module, *_OF_EVERY_RULE):
        importlib.import_module(name)
    found[code] = sorted(name for name in sys.modules if name.startswith(tuple(f"{room}." for room in _ROOMS)))
print(json.dumps(found))
"""


def test_what_a_rule_rests_on_is_just_what_python_loads_for_it() -> None:
    loaded = json.loads(run_apart([sys.executable, "-c", _LOADED]).stdout)
    asked = {rule.code: rule.judge.__module__ for rule in RULES} | {"means": "jobs.registers.means.holdings"}
    told = {code: sorted(fingerprint.modules_of(module, *fingerprint._OF_EVERY_RULE)) for code, module in asked.items()}
    assert told == loaded
    assert "jobs.registers.means.found" in told["means"]  # imported as `from jobs.registers.means import found`


def test_no_rule_rests_on_the_list_of_all_rules() -> None:
    """It would then change with every other rule."""
    assert not [rule.code for rule in RULES if "jobs.rules" in fingerprint.modules_of(rule.judge.__module__)]


def test_a_module_without_a_text_has_no_fingerprint() -> None:
    with pytest.raises(ImportError, match="no source of zlib_gone"):
        fingerprint.source_of("zlib_gone")
