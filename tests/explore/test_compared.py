"""Two runs compared: each kind of change is told with its reason, and a run is no other than itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from deltalake import write_deltalake

from jobs.explore import OpenedLake, compare, open_lake
from jobs.explore.compared import WHY
from jobs.launch.context import RunContext
from jobs.runtime.errors import BadConfiguration


@dataclass(frozen=True)
class Earlier:
    """A lake of an earlier run: a copy of this run's in which rows are other ones."""

    out: Path
    clue: dict[str, object]

    def change(self, table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        place = self.out / "lake" / table.replace(".", "/")
        before = pl.read_delta(str(place))
        write_deltalake(str(place), change(before).to_arrow().cast(before.to_arrow().schema), mode="overwrite")

    def without_the_clue(self) -> None:
        self.change("gold.clues", lambda rows: rows.filter(pl.col("clue_id") != self.clue["clue_id"]))

    def found(self, **cells: object) -> None:
        """What the rule found of the clue's subject was this."""
        of_it = (pl.col("case_id") == self.clue["case_id"]) & (pl.col("rule_code") == self.clue["rule_code"])
        self.change("gold.findings", lambda rows: rows.with_columns(_when(of_it, name, value) for name, value in cells.items()))

    def stood(self, **cells: object) -> None:
        it = pl.col("clue_id") == self.clue["clue_id"]
        self.change("gold.clues", lambda rows: rows.with_columns(_when(it, name, value) for name, value in cells.items()))


def _when(condition: pl.Expr, name: str, value: object) -> pl.Expr:
    return pl.when(condition).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)


@pytest.fixture
def earlier(finished: RunContext, opened: OpenedLake, tmp_path: Path) -> Earlier:
    ignored = shutil.ignore_patterns("_scratch", ".writer.lock", "runs", "bronze", "vault", "quarantine")
    shutil.copytree(finished.out / "lake", tmp_path / "lake", ignore=ignored)
    clues = opened.table("gold.clues").polars().filter(rule_code="V01", is_dispatched=True).sort("clue_id")
    return Earlier(tmp_path, clues.row(0, named=True))


def household_came(earlier: Earlier) -> None:
    earlier.without_the_clue()
    earlier.change("silver.cases", lambda rows: rows.filter(pl.col("case_id") != earlier.clue["case_id"]))


def rule_begins(earlier: Earlier) -> None:
    earlier.without_the_clue()
    earlier.change("ops.rule_coverage", lambda rows: rows.filter(pl.col("rule_code") != "V01"))


def register_came(earlier: Earlier) -> None:
    earlier.without_the_clue()
    missing = _when(pl.col("rule_code") == "V01", "missing_registers", "vehicles")
    earlier.change("ops.rule_coverage", lambda rows: rows.with_columns(missing))


def could_not_be_judged(earlier: Earlier) -> None:
    earlier.without_the_clue()
    earlier.found(outcome="cannot_judge")


def found_in_order(earlier: Earlier) -> None:
    earlier.without_the_clue()
    earlier.found(outcome="clear")


def rule_changed(earlier: Earlier) -> None:
    earlier.without_the_clue()
    other = _when(pl.col("rule_code") == "V01", "rule_fingerprint", "another")
    earlier.change("gold.findings", lambda rows: rows.with_columns(other))


def rows_came(earlier: Earlier) -> None:
    earlier.without_the_clue()
    earlier.change("gold.findings", lambda rows: rows.filter(pl.col("case_id") != earlier.clue["case_id"]))
    earlier.change("ops.files", lambda rows: rows.filter(pl.col("data_set") != "vehicles"))


def day_alone(earlier: Earlier) -> None:
    earlier.without_the_clue()
    earlier.change("gold.findings", lambda rows: rows.filter(pl.col("case_id") != earlier.clue["case_id"]))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (household_came, "household came"),
        (rule_begins, "rule begins"),
        (register_came, "register came"),
        (could_not_be_judged, "could not be judged"),
        (found_in_order, "found in order"),
        (rule_changed, "rule changed"),
        (rows_came, "rows"),
        (day_alone, "day"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_clue_of_one_run_alone_is_new_or_gone_with_its_reason(
    opened: OpenedLake, earlier: Earlier, make: Callable[[Earlier], None], reason: str
) -> None:
    make(earlier)
    other = open_lake(earlier.out)
    there = compare(other, opened).filter(clue_id=earlier.clue["clue_id"]).row(0, named=True)
    assert (there["change"], there["reason"]) == ("new", reason)
    assert (there["why_zh"], there["why"]) == WHY[reason]
    assert (there["amount_before"], there["amount_after"]) == (None, earlier.clue["amount_estimate"])
    back = compare(opened, other).filter(clue_id=earlier.clue["clue_id"]).row(0, named=True)
    turned = {"household came": "household left", "rule begins": "rule ended", "register came": "register missing"}
    assert (back["change"], back["reason"]) == ("gone", turned.get(reason, reason))


def test_what_is_strange_is_so_among_all_others(opened: OpenedLake, earlier: Earlier) -> None:
    earlier.change("gold.clues", lambda rows: rows.filter(pl.col("rule_code") != "X01"))
    told = compare(open_lake(earlier.out), opened)
    assert len(told) == opened.table("gold.clues").polars("rule_code").filter(rule_code="X01").height > 0
    assert set(told.select("change", "reason").iter_rows()) == {("new", "others")}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"exemption_code": "R10", "is_dispatched": False}, "exemption"),
        ({"identity_grade": "C"}, "identity"),
        ({"months": 1}, "months"),
        ({"amount_estimate": 1}, "amount"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_clue_of_both_runs_is_changed_with_its_reason(
    opened: OpenedLake, earlier: Earlier, cells: dict[str, object], reason: str
) -> None:
    earlier.stood(**cells)
    (told,) = compare(open_lake(earlier.out), opened).iter_rows(named=True)
    assert (told["change"], told["reason"], told["clue_id"]) == ("changed", reason, earlier.clue["clue_id"])


def test_a_run_is_no_other_than_itself_and_scores_are_no_change(opened: OpenedLake, earlier: Earlier) -> None:
    earlier.change("gold.clues", lambda rows: rows.with_columns(score=pl.lit(0.5), rank=pl.col("rank") + 1))
    assert compare(open_lake(earlier.out), opened).is_empty()


def test_lakes_of_two_keys_are_not_compared(opened: OpenedLake, earlier: Earlier) -> None:
    earlier.change(
        "silver.cases", lambda rows: rows.with_columns(case_id=pl.lit("H") + pl.col("case_id").str.reverse().str.head(16))
    )
    with pytest.raises(BadConfiguration, match="MINGJING_KEY"):
        compare(open_lake(earlier.out), opened)
