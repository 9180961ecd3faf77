"""The job: verdicts kept beside what was known when they were made, the account, champion and challenger, the way back."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from pyspark.sql import functions as F
from rich.console import Console

from casework.events import Place
from casework.payloads import Listed, Verdict
from casework.store import CaseStore, store_url
from expectations.contracts.lake import (
    CASE_SCORES,
    CASE_STATES,
    CASEWORK,
    CLUES,
    LEDGER,
    LISTED_CLUES,
    PERSONS,
    VERDICT_TOTALS,
    VERDICTS,
)
from expectations.contracts.lake.brought import BROUGHT as BROUGHT_COLUMNS
from expectations.contracts.model import Table
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.learn import job
from jobs.learn.learning_pages import Outcome
from jobs.learn.training import STATED
from jobs.project_cases import job as project_cases
from jobs.rank_clues.kept_clues import keep_ranked_clues
from jobs.returns.brought import Brought
from jobs.returns.tables import Line
from jobs.runtime.errors import BadConfiguration, BadStore, RowsCameBack
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine
from jobs.take_in import job as take_in
from jobs.take_in.account import MEND
from jobs.take_in.forms import returned
from jobs.take_in.job import TakenIn
from jobs.take_in.known import Known, Where, verdict_event
from jobs.take_in.verdicts import ClueVerdict
from models import ranking_registry
from tests.conftest import KEY

BROUGHT = Brought("clerk", "2018-04-02T08:00:00+00:00")
LISTED_ON, AS_OF = date(2017, 12, 31), date(2018, 3, 31)
COUNT = 120


def row_of(table: Table, **cells: Any) -> tuple[Any, ...]:
    assert set(cells) <= set(table.column_names)
    return tuple(cells.get(name) for name in table.column_names)


def clue_id(n: int) -> str:
    return f"C{n:016x}"


def is_true(n: int) -> bool:
    """What a visit finds: E01 with a signal above nought."""
    return n % 3 != 0


@pytest.fixture
def ctx(embedded: Engine, settings: Settings, tmp_path: Path) -> RunContext:
    """A lake with a list of 120 clues E01, all stated 0.25, whose signal tells what a visit would find."""
    lake = Lake(embedded, str(tmp_path / "lake"))
    rows = [
        row_of(
            CLUES, clue_id=clue_id(n), case_id=f"case-{n}", rule_code="E01", county_code="420281" if n % 2 else "420222", identity_grade="A",
            months=6, amount_upper=Decimal("1000.00"), amount_estimate=Decimal("900.00"), is_dispatched=n < 110, score=0.25, reasons="一；二；三",
            rank=n + 1 if n < 110 else None, signals={"E01.tax_log": 1.0 + n % 5 if is_true(n) else -1.0 - n % 5}, first_seen=LISTED_ON,
        )
        for n in range(COUNT)
    ]  # fmt: skip
    session = embedded.session
    lake.overwrite(CLUES, session.createDataFrame(rows, plain_schema(CLUES)))
    for table in (CASE_SCORES, PERSONS):
        lake.overwrite(table, session.createDataFrame([], plain_schema(table)))
    made = RunContext(embedded, lake, settings, LISTED_ON, tmp_path, KEY, RunReport(Console(quiet=True)))
    keep_ranked_clues(made)
    return RunContext(embedded, lake, settings, AS_OF, tmp_path, KEY, RunReport(Console(quiet=True)))


def feedback(
    path: Path, numbers: Sequence[int], verdict: str | None = None, day: date | None = None, note: str = "", **more: str
) -> Path:
    """Visits of these clues, five a day, each with what is true unless a verdict is given. more: further columns, alike in every row."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ("clue_id", "verdict", "refutation_reason", "checked_on", "checkers", "recovered", "stop_month", "note", *more)
        )
        for place, n in enumerate(numbers):
            said = verdict or ("查是-错保" if is_true(n) else "查否-政策允许")
            on = day or date(2018, 1, 2) + timedelta(days=place // 5)
            writer.writerow(
                (clue_id(n), said, "R14" if said.startswith("查否") else "", on, "张某、李某", "", "", note, *more.values())
            )
    return path


def take(ctx: RunContext, files: Sequence[Path]) -> TakenIn:
    return take_in.run(ctx, [returned(path) for path in files], BROUGHT)


def run(ctx: RunContext, files: Sequence[Path]) -> Outcome:
    take(ctx, files)
    return job.run(ctx)


def compared_in(out: Path) -> tuple[int, list[dict[str, Any]]]:
    told = json.loads((out / "learning" / "learning.json").read_text(encoding="utf-8"))
    return told["later_verdicts"], told["comparison"]


def verdicts_of(ctx: RunContext) -> list[dict[str, Any]]:
    return [row.asDict() for row in ctx.lake.read(VERDICTS).orderBy("clue_id", "verdict_no").collect()]


def test_verdicts_train_a_champion_that_orders_the_next_list(ctx: RunContext, tmp_path: Path) -> None:
    assert take(ctx, [feedback(tmp_path / "f.csv", range(80))]).verdicts == 80
    outcome = job.run(ctx)
    assert outcome.learned.is_promoted
    assert outcome.learned.version == "1"
    client = ranking_registry.RankingRegistry(tmp_path / "mlflow")._client
    logged = client.get_run(client.get_model_version(ranking_registry.RANKING_NAME, "1").run_id).info
    assert logged.run_name == f"{AS_OF} ranking"
    assert {path.path for path in client.list_artifacts(logged.run_id)} == {"calibration.svg", "gain.svg", "ranking.json"}
    stated, challenger = outcome.learned.comparison
    assert challenger.log_loss < stated.log_loss
    # All is stated 0.25: the true ones of the later visits stand last among equals.
    assert challenger.average_precision == 1.0 > stated.average_precision
    for name in ("calibration.svg", "reliability.csv", "learning.json"):
        assert (tmp_path / "learning" / name).stat().st_size > 100
    moved = pl.read_csv(tmp_path / "learning" / "moves.csv")  # all were alike before: whom the line passes by is new
    assert {*moved["crosses"]} == {"in", "out"}
    assert all(is_true(int(case.removeprefix("case-"))) for case in moved.filter(crosses="in")["case_id"])
    keep_ranked_clues(ctx)
    listed = ctx.lake.read(CLUES).filter("is_dispatched").orderBy("rank").collect()
    assert [row["rank"] for row in listed] == list(range(1, 111))
    truths = [is_true(int(row["clue_id"][1:], 16)) for row in listed]
    assert truths == sorted(truths, reverse=True)
    assert listed[0]["reasons"].startswith("参照以往核查结论，预计查实率为")
    assert "本条具体情形使其升高" in listed[0]["reasons"]
    kept = ctx.lake.read(LISTED_CLUES).filter(F.col("as_of") == F.lit(AS_OF)).collect()
    assert {row["ranking_version"] for row in kept} == {"1"}
    assert {row["stated_score"] for row in kept if row["is_dispatched"]} != {row["score"] for row in kept if row["is_dispatched"]}
    exempted = ctx.lake.read(CLUES).filter("NOT is_dispatched").orderBy("rank").collect()
    assert [row["rank"] for row in exempted] == list(range(111, 111 + len(exempted)))  # behind, by what was learned
    scores = [row["score"] for row in exempted]
    assert scores == sorted(scores, reverse=True)
    assert len({0.25, *scores}) > 1


def test_the_same_verdicts_again_change_nothing(ctx: RunContext, tmp_path: Path) -> None:
    file = feedback(tmp_path / "f.csv", range(80))
    run(ctx, [file])
    before, version = verdicts_of(ctx), ctx.lake.session.read.format("delta").load(ctx.lake.path(VERDICTS)).count()
    pages = {path.name: path.read_bytes() for path in (tmp_path / "learning").iterdir() if path.suffix != ".json"}
    compared = compared_in(tmp_path)
    taken, again = take(ctx, [file, file]), job.run(ctx)
    assert (taken.verdicts, again.learned.version) == (0, None)
    assert again.learned.said.startswith("No verdict is new")
    assert verdicts_of(ctx) == before
    assert version == 80
    assert {path.name: path.read_bytes() for path in (tmp_path / "learning").iterdir() if path.suffix != ".json"} == pages
    assert compared_in(tmp_path) == compared


@pytest.mark.parametrize(("place", "promoted"), [("promote", True), ("write_pages", False)])
def test_a_comparison_whose_page_was_never_written_is_told_by_the_next_run(
    ctx: RunContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, promoted: bool
) -> None:
    """Stopped before the version came into use, or after it."""

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    files = [feedback(tmp_path / "f.csv", range(80))]
    with monkeypatch.context() as patched:
        patched.setattr(ranking_registry.RankingRegistry if place == "promote" else job, place, stopped)
        with pytest.raises(KeyboardInterrupt):
            run(ctx, files)
    assert not (tmp_path / "learning" / "learning.json").exists()
    assert run(ctx, files).learned.is_promoted == promoted
    later, comparison = compared_in(tmp_path)
    assert later > 0
    assert [measured["name"] for measured in comparison] == [f"the {STATED}", "challenger"]


def test_a_later_verdict_replaces_the_earlier_and_both_stay_readable(ctx: RunContext, tmp_path: Path) -> None:
    run(ctx, [feedback(tmp_path / "a.csv", [1], "查是-违规", date(2018, 2, 1))])
    run(ctx, [feedback(tmp_path / "b.csv", [1], "查否-数据错误", date(2018, 3, 1), corrects="是")])
    run(ctx, [feedback(tmp_path / "c.csv", [1], "无法核实", date(2018, 1, 1))])  # an older visit, handed in late
    said = [(row["verdict_no"], row["verdict"], row["is_in_force"], row["import_no"]) for row in verdicts_of(ctx)]
    assert said == [(1, "查是-违规", False, 1), (2, "查否-数据错误", True, 2), (3, "无法核实", False, 3)]


def test_a_verdict_is_kept_with_who_brought_it_in_from_where_and_when(ctx: RunContext, tmp_path: Path) -> None:
    first = feedback(tmp_path / "a.csv", [1, 2])
    run(ctx, [first])
    run(ctx, [feedback(tmp_path / "same.csv", [1])])  # the same day and words: it is the one that came first
    sha256 = hashlib.sha256(first.read_bytes()).hexdigest()
    assert [tuple(row[column.name] for column in BROUGHT_COLUMNS) for row in verdicts_of(ctx)] == [
        ("clerk", "2018-04-02T08:00:00+00:00", "a.csv", sha256, "", 2),
        ("clerk", "2018-04-02T08:00:00+00:00", "a.csv", sha256, "", 3),
    ]


def as_an_earlier_version_left_it(ctx: RunContext) -> None:
    """Verdicts in the lake alone: there was no case store."""
    for path in ctx.out.glob("casework.db*"):
        path.unlink()
    for table in (CASE_STATES, CASEWORK):
        shutil.rmtree(ctx.lake.path(table))


def test_verdicts_of_an_earlier_version_are_read_and_stay(ctx: RunContext, tmp_path: Path) -> None:
    """Their table has no columns of who brought them in."""
    run(ctx, [feedback(tmp_path / "a.csv", [1])])
    names = [column.name for column in BROUGHT_COLUMNS]
    old = ctx.lake.read(VERDICTS).drop(*names)
    old.write.format("delta").mode("overwrite").option("overwriteSchema", "true").save(str(tmp_path / "old"))
    shutil.rmtree(ctx.lake.path(VERDICTS))
    shutil.move(tmp_path / "old", ctx.lake.path(VERDICTS))
    as_an_earlier_version_left_it(ctx)
    assert [row["verdict"] for row in verdicts_of(ctx)] == ["查是-错保"]
    run(ctx, [feedback(tmp_path / "b.csv", [2])])
    assert [(row["brought_by"], row["source_row"]) for row in verdicts_of(ctx)] == [(None, None), ("clerk", 2)]


def test_an_out_of_an_earlier_version_is_taken_over_without_loss_and_said_once(ctx: RunContext, tmp_path: Path) -> None:
    run(ctx, [feedback(tmp_path / "a.csv", range(50))])
    run(ctx, [feedback(tmp_path / "b.csv", [1, 2], "查否-数据错误", date(2018, 3, 1), corrects="是", note="另一次")])
    run(ctx, [feedback(tmp_path / "c.csv", [4], "无法核实", date(2018, 1, 1))])  # an older visit, handed in late
    before, account = verdicts_of(ctx), ctx.lake.read(VERDICT_TOTALS).orderBy("rule_code", "county_code").collect()
    as_an_earlier_version_left_it(ctx)
    project_cases.run(ctx)
    assert verdicts_of(ctx) == before
    (said,) = ctx.report.warnings
    assert said.startswith("53 verdicts that an earlier version kept in the lake were taken over")
    project_cases.run(ctx)
    taken = take(ctx, [tmp_path / "a.csv", tmp_path / "b.csv"])
    assert (taken.verdicts, verdicts_of(ctx)) == (0, before)
    job.run(ctx)
    assert ctx.lake.read(VERDICT_TOTALS).orderBy("rule_code", "county_code").collect() == account
    assert ctx.report.warnings == [said]


def test_a_take_in_that_was_killed_before_the_lake_followed_is_shown_by_the_next_start(
    ctx: RunContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed behind the store's commit, and between two tables of the lake."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    run(ctx, [feedback(tmp_path / "a.csv", [1, 2])])
    real = ctx.lake.overwrite
    for number, spared in ((3, ()), (4, (VERDICTS,)), (5, (VERDICTS, CASE_STATES))):
        with monkeypatch.context() as patched:
            patched.setattr(
                ctx.lake, "overwrite", lambda table, rows, spared=spared: (real if table in spared else killed)(table, rows)
            )
            with pytest.raises(KeyboardInterrupt):
                run(ctx, [feedback(tmp_path / f"{number}.csv", [number])])
        project_cases.run(ctx)
        assert [row["clue_id"] for row in verdicts_of(ctx)] == [clue_id(n) for n in (1, 2, *range(3, number + 1))]
        assert take(ctx, [tmp_path / f"{number}.csv"]).verdicts == 0


def test_a_lake_whose_case_store_is_gone_or_older_is_left_alone(ctx: RunContext, tmp_path: Path) -> None:
    run(ctx, [feedback(tmp_path / "a.csv", [1])])
    shutil.copy(tmp_path / "casework.db", tmp_path / "older.db")
    run(ctx, [feedback(tmp_path / "b.csv", [2])])
    before = verdicts_of(ctx)
    shutil.move(tmp_path / "casework.db", tmp_path / "newest.db")
    with pytest.raises(BadStore, match=r"casework.db is not there, and the lake .* knows the case store S.* Put it back"):
        run(ctx, [])
    assert not (tmp_path / "casework.db").exists(), "a new one would pass for the one that is missed"
    shutil.move(tmp_path / "older.db", tmp_path / "casework.db")
    with pytest.raises(BadStore, match=r"holds 1 events, and the lake .* knows 2: it is an older copy"):
        run(ctx, [])
    CaseStore(store_url(tmp_path / "learning")).close()
    shutil.move(tmp_path / "learning" / "casework.db", tmp_path / "casework.db")
    with pytest.raises(BadStore, match="knows another, S"):
        project_cases.run(ctx)
    assert verdicts_of(ctx) == before
    shutil.move(tmp_path / "newest.db", tmp_path / "casework.db")
    run(ctx, [])
    assert verdicts_of(ctx) == before


def test_what_a_verdict_keeps_of_a_clue_is_what_the_list_says(ctx: RunContext) -> None:
    kept = {name for name in LISTED_CLUES.column_names if name not in ("as_of", "clue_id", "is_dispatched")}
    assert set(Listed.model_fields) == {"listed_on", *kept}
    assert set(VERDICTS.column_names) > set(Listed.model_fields)


def test_good_rows_go_in_and_bad_ones_come_back(ctx: RunContext, tmp_path: Path) -> None:
    run(ctx, [feedback(tmp_path / "a.csv", [1, 2])])
    good, bad = feedback(tmp_path / "good.csv", [3]), feedback(tmp_path / "bad.csv", [4, 5000])
    taken = take(ctx, [good, bad])
    assert [row["clue_id"] for row in verdicts_of(ctx)] == [clue_id(n) for n in (1, 2, 3, 4)]
    (came_back,) = [fate.row for fate in taken.fates if fate.fate == MEND]
    assert came_back.filled.line.place == "bad.csv, row 3"
    assert set(came_back.asked) == {"clue_id"}
    assert taken.folder is not None
    assert sorted(path.name for path in taken.folder.glob("*.xlsx")) == ["回收情况.xlsx", "补正单_其余.xlsx"]
    assert take(ctx, [good, bad]).folder == taken.folder, "the same files write the same folder again"
    with pytest.raises(RowsCameBack, match=r"1 rows came back: see the 补正单 in .*All others are recorded"):
        taken.raise_if_rows_came_back()


def test_no_verdict_is_taken_in_where_the_model_store_cannot_be_opened(ctx: RunContext, tmp_path: Path) -> None:
    (tmp_path / "mlflow").mkdir()
    (tmp_path / "mlflow" / "mlflow.db").write_bytes(b"no database")
    with pytest.raises(BadStore, match=r"model store .* cannot be used .*Put OUT/mlflow back"):
        job.assure_ready(ctx)
    with pytest.raises(BadStore, match="cannot be used"):
        job.roll_back(tmp_path)


def test_without_a_list_there_is_nothing_to_have_a_verdict_on(embedded: Engine, settings: Settings, tmp_path: Path) -> None:
    bare = RunContext(
        embedded, Lake(embedded, str(tmp_path / "lake")), settings, AS_OF, tmp_path, KEY, RunReport(Console(quiet=True))
    )
    with pytest.raises(BadConfiguration, match="holds no list that a verdict could be about"):
        run(bare, [])


def test_few_verdicts_train_nothing(ctx: RunContext, tmp_path: Path) -> None:
    outcome = run(ctx, [feedback(tmp_path / "f.csv", range(20))])
    assert outcome.learned.version is None
    assert outcome.learned.said.startswith("20 verdicts that teach; training begins at 40")
    keep_ranked_clues(ctx)
    assert {row["score"] for row in ctx.lake.read(CLUES).collect()} == {0.25}


def test_rollback_gives_the_stated_priors_back_and_the_same_verdicts_do_not_undo_it(ctx: RunContext, tmp_path: Path) -> None:
    file = feedback(tmp_path / "f.csv", range(80))
    run(ctx, [file])
    assert job.roll_back(tmp_path).startswith("Version 1 is not used any more; the stated priors are in use again")
    with pytest.raises(BadConfiguration, match="uses no learned ranking"):
        job.roll_back(tmp_path)
    assert run(ctx, [file]).learned.version is None
    keep_ranked_clues(ctx)
    assert {row["score"] for row in ctx.lake.read(CLUES).collect()} == {0.25}


def test_a_champion_of_another_contract_ranks_nothing_and_is_told(
    ctx: RunContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(ctx, [feedback(tmp_path / "f.csv", range(80))])
    monkeypatch.setattr(ranking_registry, "contract_fingerprint", lambda: "another")
    keep_ranked_clues(ctx)
    assert {row["score"] for row in ctx.lake.read(CLUES).collect()} == {0.25}
    assert any("was trained on the feature contract" in warning for warning in ctx.report.warnings)


def test_a_better_ranking_of_a_run_that_was_stopped_comes_into_use_by_the_next_one(
    ctx: RunContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between registering and promoting, it was known from then on, and never used."""

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    files = [feedback(tmp_path / "f.csv", range(80))]
    with monkeypatch.context() as patched:
        patched.setattr(ranking_registry.RankingRegistry, "promote", stopped)
        with pytest.raises(KeyboardInterrupt):
            run(ctx, files)
    taken, outcome = take(ctx, files), job.run(ctx)
    assert (taken.verdicts, outcome.learned.version, outcome.learned.is_promoted) == (0, "1", True)
    assert job.roll_back(tmp_path).startswith("Version 1 is not used any more")
    assert not run(ctx, files).learned.is_promoted, "what was withdrawn stays so"


def test_totals_reconcile_by_rule_and_county(ctx: RunContext, tmp_path: Path) -> None:
    """110 clues to visit: 12 confirmed, 6 refuted, 4 unverifiable, 2 referred, 86 open; one visited that was not to be."""
    files = [
        feedback(tmp_path / "1.csv", range(0, 12), "查是-违规"), feedback(tmp_path / "2.csv", range(12, 18), "查否-时间差"),
        feedback(tmp_path / "3.csv", range(18, 22), "无法核实"), feedback(tmp_path / "4.csv", range(22, 24), "移送"),
        feedback(tmp_path / "5.csv", [115], "查是-违规", beyond_list="是"),
    ]  # fmt: skip
    run(ctx, files)
    rows = {(row["rule_code"], row["county_code"]): row.asDict() for row in ctx.lake.read(VERDICT_TOTALS).collect()}
    states = ("confirmed", "refuted", "unverifiable", "referred", "open")
    assert {key: tuple(row[state] for state in states) for key, row in rows.items()} == {
        ("E01", "420222"): (6, 3, 2, 1, 43),
        ("E01", "420281"): (7, 3, 2, 1, 43),
    }
    assert all(row["clues"] == sum(row[state] for state in states) for row in rows.values())
    assert sum(row["clues"] for row in rows.values()) == 111


def test_a_verdict_keeps_the_list_before_the_visit_not_a_later_one() -> None:
    def listed(day: date, months: int) -> dict[str, Any]:
        cells = {name: None for name in LISTED_CLUES.column_names}
        return {
            **cells, "as_of": day, "clue_id": "c", "case_id": "case", "rule_code": "E01", "county_code": "420222", "months": months,
        }  # fmt: skip

    lists = {"c": [listed(date(2017, 12, 31), 6), listed(date(2018, 1, 31), 7), listed(date(2018, 2, 28), 8)]}
    verdict = ClueVerdict("c", "查是-错保", None, date(2018, 2, 10), "甲、乙", None, None, None)
    random = {"case": [(date(2018, 1, 5), True), (date(2018, 2, 20), False)]}
    line = Line("f.csv", "0" * 64, "", 2, {})
    known = Known(lists=lists, random=random, where={"case": Where("case", "420222", "镇")})
    event = verdict_event(verdict, line, known, AS_OF, BROUGHT)
    assert isinstance(event.after, Verdict)
    assert (event.after.listed.months, event.after.listed.listed_on, event.after.is_random) == (7, date(2018, 1, 31), True)
    assert event.place == Place("420222", "镇", "E01")
    event = verdict_event(verdict, line, Known(lists=lists), AS_OF, BROUGHT)
    assert isinstance(event.after, Verdict)
    assert event.after.is_random is None


def test_a_challenger_that_is_not_better_is_registered_and_not_used(ctx: RunContext, tmp_path: Path) -> None:
    """A champion that has the truth from the signals; then a week of verdicts by the dice."""
    run(ctx, [feedback(tmp_path / "f.csv", range(60))])
    turned = tmp_path / "dice.csv"
    with feedback(turned, range(60, 110), day=date(2018, 3, 1)).open(encoding="utf-8-sig") as stream:
        header, *rows = list(csv.reader(stream))
    rng = np.random.default_rng(5)
    for n, row in enumerate(rows):
        # Early ones all turned round, late ones true: what the early ones teach fails on the late ones.
        row[3] = (date(2018, 3, 1) + timedelta(days=n // 5)).isoformat()
        if n < 35 and rng.random() < 0.95:
            row[1], row[2] = ("查否-政策允许", "R14") if row[1].startswith("查是") else ("查是-错保", "")
    with turned.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    outcome = run(ctx, [turned])
    assert outcome.learned.version == "2"
    assert not outcome.learned.is_promoted
    assert "is not better than version 1" in outcome.learned.said


# --- proxies, random visits --------------------------------------------------------------------------------------------


def test_a_proxy_is_left_out_and_named_for_the_configuration(
    ctx: RunContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sexes = ["女" if is_true(n) else "男" for n in range(COUNT)]
    traits = pl.DataFrame({"clue_id": [clue_id(n) for n in range(COUNT)], "sex": sexes, "age": "不详", "disability": "无人持证"})
    monkeypatch.setattr(job, "traits_of_clues", lambda *_: traits)
    outcome = run(ctx, [feedback(tmp_path / "f.csv", range(80))])
    assert any(
        "The input E01.tax_log tells sex 女 (AUROC 1.00, at most 0.70) and is left out" in warning
        for warning in ctx.report.warnings
    )
    assert outcome.learned.comparison[1].average_precision < 1.0  # what was left out has taught nothing


def test_visits_drawn_at_random_give_lift_and_recall(ctx: RunContext, tmp_path: Path) -> None:
    """Ranked: the clues 1 and 2, both true. At random: 0 and 4, one true, which stand for the 108 that were left aside."""
    rows = [
        row_of(
            LEDGER, as_of=date(2018, 1, 1), list_no=1, county_code="", case_id=f"case-{n}", position=n + 1, is_random=is_random
        )
        for n, is_random in ((1, False), (2, False), (0, True), (4, True))
    ]
    ctx.lake.overwrite(LEDGER, ctx.lake.session.createDataFrame(rows, plain_schema(LEDGER)))
    worth = run(ctx, [feedback(tmp_path / "f.csv", [0, 1, 2, 4, 7])]).worth  # 7 is on no list: nobody knows why it was visited
    assert worth is not None
    assert (worth.ranked.confirmed, worth.ranked.visited, worth.random.confirmed, worth.random.visited) == (2, 2, 1, 2)
    assert worth.recall == pytest.approx(2 / (2 + 0.5 * 108))
