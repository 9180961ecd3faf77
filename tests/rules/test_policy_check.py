"""What is said of a policy table: what it does not hold, what is assumed, what contradicts itself."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from jobs.commands.cli import app
from jobs.launch.settings import CONF_VARIABLE, load_settings
from jobs.registers.policy import faults, gaps, in_force

CONF = Path(__file__).parents[2] / "conf"
OLD, NEW = date(2017, 12, 31), date(2021, 7, 1)


def with_lines(tmp_path: Path, section: str, *changed: dict[str, object]) -> Path:
    """A configuration whose section holds other lines."""
    folder = tmp_path / "conf"
    shutil.copytree(CONF, folder)
    content = yaml.safe_load((folder / "policy.yaml").read_text(encoding="utf-8"))
    content[section] = list(changed)
    (folder / "policy.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def cap(program: str, first: str, last: str | None = None) -> dict[str, object]:
    to = {"to": date.fromisoformat(last)} if last else {}
    return {"program": program, "yuan_a_year": "60000", "from": date.fromisoformat(first), "source": "a notice of the test", **to}


def test_the_delivered_policy_has_no_fault_and_no_gap_in_its_own_year() -> None:
    policy = load_settings().policy
    assert faults(policy) == []
    assert [gap for gap in gaps(policy, OLD) if "nothing is in force" in gap] == []


def test_in_2021_the_standards_of_2017_are_a_gap_and_the_national_rules_are_there() -> None:
    policy = load_settings().policy
    said = [gap for gap in gaps(policy, NEW) if "nothing is in force" in gap]
    assert len(said) == len(policy.standards) + len(policy.yearly_caps)
    assert any("policy.standards (农村低保、420222)" in gap and "2017-01-01" in gap for gap in said)
    assert "民发〔2021〕57号" in in_force(policy.low_income_margin, NEW).source
    assert "民发〔2021〕43号" in in_force(policy.destitute, NEW).source


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([cap("医疗救助", "2017-01-01", "2016-12-31")], "ends on 2016-12-31, before it begins"),
        ([cap("医疗救助", "2017-01-01"), cap("医疗救助", "2017-01-01")], "two lines begin on 2017-01-01"),
        ([cap("医疗救助", "2017-01-01", "2017-12-31"), cap("医疗救助", "2018-02-01")], "nothing is in force after 2017-12-31 and before 2018-02-01"),
    ],
)  # fmt: skip
def test_lines_that_cannot_both_be_meant_are_named(
    tmp_path: Path, lines: list[dict[str, object]], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = with_lines(tmp_path, "yearly_caps", *lines)
    [fault] = faults(load_settings(folder=folder).policy)
    assert fault.startswith("policy.yearly_caps (医疗救助)")
    assert said in fault
    monkeypatch.setenv(CONF_VARIABLE, str(folder))
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["policy", "check", "--on", "2017-12-31"])
    assert shown.exit_code == 2
    assert said in " ".join(shown.output.split())


@pytest.mark.parametrize(
    "lines",
    [
        [cap("医疗救助", "2017-01-01", "2017-12-31"), cap("医疗救助", "2018-01-01")],
        [cap("医疗救助", "2017-01-01"), cap("医疗救助", "2018-02-01")],
        [cap("医疗救助", "2017-01-01", "2017-12-31"), cap("临时救助", "2018-02-01")],
    ],
)
def test_years_that_follow_one_another_are_no_fault(tmp_path: Path, lines: list[dict[str, object]]) -> None:
    assert faults(load_settings(folder=with_lines(tmp_path, "yearly_caps", *lines)).policy) == []


def test_a_programme_without_a_standard_of_the_whole_city_is_named(tmp_path: Path) -> None:
    line = {"programs": ["农村低保"], "yuan_a_year": "5580", "from": date(2017, 1, 1), "source": "a notice of the test"}
    folder = with_lines(tmp_path, "standards", line, {**line, "programs": ["城市低保"], "counties": ["420222"]})
    assert [fault.split(".")[1] for fault in faults(load_settings(folder=folder).policy)] == [
        f"standards: no line of the whole city for {program}" for program in ("城市低保", "城市特困", "农村特困")
    ]


def test_the_check_shows_the_law_of_a_day() -> None:
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["policy", "check", "--on", "2021-07-01"])
    assert shown.exit_code == 0
    told = "".join(part for part in shown.output.split() if part not in "│┃")  # a narrow terminal folds its cells
    assert "民发〔2021〕57号" in told
    assert "policy.standards" in told
    assert CliRunner().invoke(app, ["policy", "check", "--on", "2021-13-01"]).exit_code == 2


def test_the_law_of_one_day_holds_at_all_times(tmp_path: Path) -> None:
    policy = load_settings().policy
    of_2021 = policy.under(NEW)
    assert in_force(of_2021.low_income_margin, OLD).multiple == in_force(policy.low_income_margin, NEW).multiple == 3 / 2
    assert in_force(policy.under(OLD).low_income_margin, NEW).multiple == 1
    assert len(of_2021.standards) == len(policy.standards)
    folder = tmp_path / "conf"
    shutil.copytree(CONF, folder)
    text = (folder / "base.yaml").read_text(encoding="utf-8")
    (folder / "base.yaml").write_text(text.replace("  day:\n", "  day: 2021-07-01\n", 1), encoding="utf-8")
    assert in_force(load_settings(folder=folder).policy.low_income_margin, OLD).multiple == 3 / 2
