"""Trials of rules over a delivery that a lake holds: compared with the last run, and nothing written."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from pyspark.sql import functions as F
from typer.testing import CliRunner

from expectations.contracts.lake import CLUES, FINDINGS, VERDICTS
from expectations.contracts.returned import CONFIRMED, REFUTED, UNVERIFIABLE
from jobs.commands.cli import app
from jobs.launch.context import RunContext
from jobs.rulebook.gathering import gathered
from jobs.rules import RULES
from jobs.runtime.console import Console
from jobs.runtime.errors import BadConfiguration, ContractBroken
from tests.conftest import AS_OF
from tools.rule_writing.trial import Judged, LakeToRead, Trial, rules_named, tried, try_rules
from tools.rule_writing.trial_in_words import print_rules, print_trial

V01 = rules_named(["V01"])[0]
MOTORCYCLES = "exempt", "R11"
MOTORCYCLE_PLATES = ("普通摩托车", "轻便摩托车", "低速车", "拖拉机")


@pytest.fixture(scope="module")
def past(finished: RunContext) -> RunContext:
    return replace(finished, lake=LakeToRead(finished.engine, finished.lake.root))


def outcomes(ctx: RunContext, code: str) -> Counter[tuple[str, str]]:
    rows = ctx.lake.read(FINDINGS).filter(F.col("rule_code") == code).select("outcome", "exemption_code", "missing").collect()
    return Counter((row["outcome"], row["exemption_code"] or row["missing"] or "") for row in rows)  # a small city


def with_cars(ctx: RunContext, *plates: str) -> RunContext:
    """Under a law by which these classes of plate are cars, too."""
    policy = ctx.settings.policy
    line = policy.vehicles[0].model_copy(update={"car_plates": (*policy.vehicles[0].car_plates, *plates)})
    return replace(ctx, settings=ctx.settings.model_copy(update={"policy": policy.model_copy(update={"vehicles": (line,)})}))


def shown(trial: Trial, as_of: date = AS_OF) -> str:
    console = Console(file=StringIO(), width=200)
    print_trial(console, trial, as_of)
    return console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


def test_a_rule_that_did_not_change_gives_what_the_last_run_kept_and_writes_nothing(past: RunContext) -> None:
    root = Path(past.lake.root)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    for trial in try_rules(past, rules_named(["V01", "D01", "F03", "V01"]), examples=5):
        assert trial.before == trial.after == outcomes(past, trial.rule.code)
        assert (trial.new, trial.gone, trial.changed, trial.differences) == (0, 0, 0, ())
        assert trial.unchanged == trial.before.total() > 0
        assert trial.is_same_rule
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_another_law_shows_what_comes_out_otherwise(past: RunContext) -> None:
    [trial] = try_rules(with_cars(past, *MOTORCYCLE_PLATES), [V01], examples=3)
    motorcycles = trial.before[MOTORCYCLES]
    assert motorcycles > 3
    assert trial.after[MOTORCYCLES] == 0
    assert trial.changed == motorcycles
    assert trial.after.total() == trial.before.total()
    assert trial.yuan_after > trial.yuan_before
    assert len(trial.differences) == 3
    assert trial.is_same_rule is False
    text = shown(trial)
    assert "exempt R11 农用车或摩托车" in text
    assert f"{motorcycles} with another outcome or amount" in text
    assert "others than in the last run" in text


def test_things_that_come_and_go_are_told_apart(past: RunContext) -> None:
    facts, last = gathered(past.lake, past.settings.policy, past.as_of), past.lake.read(FINDINGS)
    kept = last.filter("rule_code = 'V01'")
    verdicts = past.lake.read_or_empty(VERDICTS)
    assert tried(V01, facts, past.settings, last.filter("rule_code <> 'V01'"), verdicts, examples=0).new == kept.count()
    renamed = kept.withColumn("thing_key", F.concat("thing_key", F.lit(" of another day")))
    trial = tried(V01, facts, past.settings, renamed, verdicts, examples=2)
    assert (trial.new, trial.gone, trial.changed, trial.unchanged) == (kept.count(), kept.count(), 0, 0)


def test_a_limit_is_told_by_the_visits_it_would_have_saved_and_what_they_had_found(past: RunContext) -> None:
    """Every car is out of sight of a limit that nothing reaches. A visit that met nobody is saved, and is no loss."""
    lake = past.lake
    cars = [row["clue_id"] for row in lake.read(CLUES).filter("rule_code = 'V01' AND is_dispatched").orderBy("clue_id").collect()]
    assert len(cars) > 4
    outcomes = [CONFIRMED, REFUTED, REFUTED, UNVERIFIABLE]
    rows = [(clue, True, outcome) for clue, outcome in zip(cars, outcomes, strict=False)] + [(cars[4], False, CONFIRMED)]
    verdicts = lake.session.createDataFrame(rows, "clue_id string, is_in_force boolean, outcome string")
    facts, last = gathered(lake, past.settings.policy, past.as_of), lake.read(FINDINGS)
    assert tried(V01, facts, past.settings, last, verdicts, examples=0).judged == Judged(4, 1, 0, 0, 0)
    nothing = lambda params: replace(V01.judge(params), found=F.lit(False))  # noqa: E731
    nothing.__module__ = V01.judge.__module__  # a rule's fingerprint is of its module's text
    none = replace(V01, judge=nothing)
    trial = tried(none, facts, past.settings, last, verdicts, examples=0)
    assert trial.judged == Judged(4, 1, 4, 1, 2)
    low, high = trial.judged.lost_share
    assert 0.05 < low < 1 / 3 < high < 0.8
    assert "4 would have been saved; lost with them: 1 of 3 that could tell had confirmed (6% to 79% of such)." in shown(trial)


def test_examples_name_no_person_and_no_plate(past: RunContext) -> None:
    [trial] = try_rules(with_cars(past, *MOTORCYCLE_PLATES), [V01], examples=100)
    assert {difference.thing for difference in trial.differences} == {"vehicle"}
    plates = {
        row["plate_no"] for row in past.lake.session.read.format("delta").load(f"{past.lake.root}/silver/vehicles").collect()
    }
    assert not [plate for plate in plates if plate and plate in shown(trial)]


def test_the_day_decides_the_law_and_a_rule_of_another_time_can_be_tried(past: RunContext) -> None:
    earlier = date(2011, 12, 31)
    [trial] = try_rules(replace(past, as_of=earlier), [V01], examples=0)
    assert "V01 is not in force on 2011-12-31" in shown(trial, earlier)


def test_a_lake_to_read_refuses_to_be_written(past: RunContext) -> None:
    with pytest.raises(ContractBroken, match="a trial leaves the lake as it is"):
        past.lake.overwrite(FINDINGS, past.lake.read(FINDINGS))


def test_what_cannot_be_tried_is_said_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"'V99' is no rule\. Rules that can be tried: D01"):
        rules_named(["V01", "V99"])
    with pytest.raises(BadConfiguration, match="X01 runs behind the scorer"):
        rules_named(["X01"])
    ran = CliRunner().invoke(app, ["rule", "try", "V01", "--out", str(tmp_path), "--as-of", "2017-12-31"])
    assert ran.exit_code == 2
    assert "No lake" in ran.output


def test_the_list_holds_every_rule_and_what_the_last_run_gave() -> None:
    console = Console(file=StringIO(), width=200)
    print_rules(console, RULES, {"V01": {"found": 1234, "exempt": 5, "clear": 6, "cannot_judge": 0}})
    text = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert [rule.code for rule in RULES if rule.code not in text or rule.title_zh[:6] not in text] == []
    assert "1,234" in text
    listed = CliRunner().invoke(app, ["rule", "list"])
    assert listed.exit_code == 0
    assert "U01" in listed.output
