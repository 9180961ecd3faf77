"""A rule that visits refute too often stops by itself, and goes on by a person; inspectors and households are told what they should know."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from typer.testing import CliRunner

from casework.rule_decisions import RuleDecision
from casework.store import CaseStore, store_url
from expectations.contracts.returned import CONFIRMED, REFUTED, UNVERIFIABLE
from jobs.audit.log import entries_of
from jobs.commands.cli import app
from jobs.learn.moves import IN, OUT, moves
from jobs.papers.household import Handed, masked_household
from jobs.papers.notice import notice_page
from jobs.papers.page import texts_of
from jobs.papers.pdf import Printer
from jobs.registers.second_looks import Found, SecondLookParams, Track, kept_back, tracks
from jobs.sheets.clue_workbook import track_told
from models.clue_features import ClueToRank
from models.ranking import RankingModel, fit
from tests.papers.by_hand import DAY, HOUSEHOLD, LARGEST

PARAMS = SecondLookParams(refuted_limit=0.85)
EARLY, LATE = date(2018, 1, 10), date(2018, 3, 10)


def found(code: str, confirmed: int, refuted: int, on: date = EARLY) -> list[Found]:
    return [Found(code, CONFIRMED, on)] * confirmed + [Found(code, REFUTED, on)] * refuted + [Found(code, UNVERIFIABLE, on)] * 9


def decision(code: str, on: date, goes_on: bool) -> RuleDecision:
    return RuleDecision(
        rule_code=code, on_day=on, goes_on=goes_on, reason="核过", decided_by="li", recorded_at="2018-02-01T00:00:00+00:00"
    )


@pytest.mark.parametrize(
    ("confirmed", "refuted", "stops"),
    [
        (0, 0, False),
        (0, 3, False),
        (0, 21, False),
        (0, 22, True),
        (1, 99, True),
        (10, 90, False),
        (15, 85, False),
        (50, 0, False),
    ],
)
def test_a_rule_stops_where_it_is_surely_refuted_too_often(confirmed: int, refuted: int, stops: bool) -> None:
    assert (list(kept_back(found("V01", confirmed, refuted), [], PARAMS)) == ["V01"]) is stops


def test_what_could_not_be_verified_counts_for_neither_side() -> None:
    assert tracks(found("V01", 3, 4)) == {"V01": Track(3, 4)}
    assert tracks([Found("V01", UNVERIFIABLE, EARLY)]) == {}


def test_somebody_decides_and_visits_after_that_day_count_anew() -> None:
    bad = found("V01", 0, 60)
    go_on, stop = decision("V01", EARLY, True), decision("V01", EARLY, False)
    assert kept_back(bad, [], PARAMS)["V01"] == "60 of 60 visits refuted it (94%-100%), more than 85%"
    assert kept_back(bad, [go_on], PARAMS) == {}
    assert kept_back([*bad, *found("V01", 0, 10, LATE)], [go_on], PARAMS) == {}
    assert list(kept_back([*bad, *found("V01", 0, 40, LATE)], [go_on], PARAMS)) == ["V01"]
    assert kept_back(found("V01", 50, 0), [go_on, stop], PARAMS)["V01"] == "stopped on 2018-01-10 by li"
    assert kept_back(found("V01", 50, 0), [stop, go_on], PARAMS) == {}
    assert list(kept_back([*bad, *found("E01", 0, 60)], [go_on], PARAMS)) == ["E01"]


def test_a_decision_is_a_command_that_is_kept_and_recorded(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()

    def decide(*line: str) -> Any:
        return CliRunner(env={"COLUMNS": "300"}).invoke(
            app, ["rule", "decide", *line, "--out", str(tmp_path), "--on", "2018-01-10"]
        )

    assert decide("Q99", "--reason", "核过").exit_code == 2
    assert decide("V01", "--reason", " ").exit_code == 2
    assert "stops until another" in decide("V01", "--reason", "停", "--stop").output
    assert "goes on" in decide("V01", "--reason", "核过").output
    with CaseStore(store_url(tmp_path)) as store, store.reading() as book:
        assert [(one.rule_code, one.goes_on, one.reason) for one in book.rule_decisions()] == [
            ("V01", False, "停"),
            ("V01", True, "核过"),
        ]
    assert [one["goes_on"] for one in entries_of(tmp_path / "audit") if one["event"] == "rule decided"] == [False, True]


def test_inspectors_are_told_how_often_a_rule_was_right_with_its_interval() -> None:
    assert track_told(Track(12, 28)) == "以往核查：40条中查实12条（30%，95%区间18%至45%），其余查否"
    assert "还没有结果" in track_told(None)


@pytest.mark.parametrize("household", [HOUSEHOLD, LARGEST, replace(HOUSEHOLD, questions=())])
def test_the_notice_tells_why_what_and_how_to_object_on_one_page(household: Any) -> None:
    handed = Handed(date(2018, 2, 1), "北县民政局", "张某、李某")
    page = notice_page(replace(household, handed=handed), DAY)
    said = "".join(texts_of(page))
    for words in (
        "列入走访不表示您家有问题",
        "程序不作任何决定",
        "提出异议不会影响",
        "原核查人员以外",
        "六十日",
        "北县民政局",
        household.case_id,
    ):
        assert words in said
    pages = pypdf.PdfReader(io.BytesIO(Printer().pdf([page], DAY))).pages
    assert len(pages) == 1
    sizes: list[float] = []
    pages[0].extract_text(
        visitor_text=lambda text, _cm, tm, _font, size: sizes.append(size * tm[0]) if "列入走访" in text else None
    )
    assert min(sizes) >= 12
    assert round(pages[0].mediabox.width), round(pages[0].mediabox.height) == (595, 842)


def test_a_notice_greets_the_household_whoever_of_it_is_alive_or_away() -> None:
    died = replace(HOUSEHOLD, members=HOUSEHOLD.members[:1], questions=(replace(HOUSEHOLD.questions[0], rule_code="D01"),))
    greeted = {notice_page(one, DAY).sections[0].heading for one in (died, HOUSEHOLD, replace(HOUSEHOLD, questions=()))}
    assert greeted == {f"{HOUSEHOLD.head_name}户，您好：（本人不在的，请家属或代办人代收）"}
    assert notice_page(replace(HOUSEHOLD, head_name=""), DAY).sections[0].heading.startswith("住户，您好：")


def test_a_notice_tells_nothing_of_what_is_asked_and_masked_it_names_nobody() -> None:
    asked, by_chance = ("".join(texts_of(notice_page(one, DAY))) for one in (HOUSEHOLD, replace(HOUSEHOLD, questions=())))
    for question in HOUSEHOLD.questions:
        assert question.explanation not in asked
        for source in question.sources:
            asked = asked.replace(f"；{source}", "")
    assert asked == by_chance
    masked = "".join(texts_of(notice_page(masked_household(HOUSEHOLD), DAY)))
    assert HOUSEHOLD.head_name not in masked
    assert HOUSEHOLD.head_number not in asked


def ranking_clue(n: int, signal: float, stated: float) -> ClueToRank:
    return ClueToRank(
        clue_id=f"C{n:016x}", case_id=f"H{n:016x}", rule_code="E01", identity_grade="A", months=6, amount_yuan=900.0, anomaly_percentile=0.5,
        clues_in_case=1, stated=stated, doubt_code="", exemption_code="", signals={"E01.tax_log": signal},
    )  # fmt: skip


def taught(settings: Any) -> tuple[list[ClueToRank], RankingModel]:
    clues = [ranking_clue(n, 3.0 if n % 2 else -3.0, 0.5 - n / 1000) for n in range(200)]
    return clues, fit(clues, [bool(n % 2) for n in range(200)], settings.learning)


def test_a_new_ranking_shows_whom_it_moves_across_the_line_and_why(settings: Any) -> None:
    clues, model = taught(settings)
    moved = moves(clues, None, model, visits=100)
    assert set(moved["crosses"]) == {IN, OUT}
    assert (moved.filter(crosses=IN).height, moved.filter(crosses=OUT).height) == (50, 50)
    for row in moved.iter_rows(named=True):
        assert (row["rank_before"] <= 100) != (row["rank_after"] <= 100)
        assert (row["crosses"] == IN) == (row["rank_after"] <= 100)
        assert "signals" in row["moved_by"]
    steps = np.abs(moved["rank_before"].to_numpy() - moved["rank_after"].to_numpy())
    assert list(steps) == sorted(steps, reverse=True)


def test_a_ranking_that_is_the_same_moves_nobody(settings: Any) -> None:
    clues, model = taught(settings)
    assert moves(clues, model, model, visits=None).is_empty()
    assert moves([], None, model, visits=None).is_empty()
