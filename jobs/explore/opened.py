"""A run that is over, opened to be read: its tables with their contracts, its townships, its learning, what moved a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from expectations.contracts.ids import LETTERS
from expectations.contracts.lake import CASE_SCORES, CLUES, TABLES
from expectations.contracts.model import Table
from jobs.explore.contributions import Contributions, contributions_of, models_in
from jobs.explore.pages import Fairness, Learned, fairness_in, learned_in
from jobs.explore.shares import shares
from jobs.explore.shown import masked, names, visible, visible_columns
from jobs.launch.arguments import day, existing_lake
from jobs.launch.settings import load_settings
from jobs.lineage.chain import Chain
from jobs.lineage.lookup import trace
from jobs.lineage.versions import runs_of, versions_behind
from jobs.needs import NEED_RULES
from jobs.rulebook.need import NeedRule
from jobs.rulebook.rule import Rule
from jobs.rules import RULES
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.run_report import is_synthetic
from jobs.runtime.tables import Tables
from models.features import FEATURES, RANKING_FIGURES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

FIGURES = (*FEATURES, *RANKING_FIGURES)


@dataclass(frozen=True)
class TableView:
    """A table of a run with its contract: `grain` says what one row is, `contract` what each column holds and in which unit.

    It prints as both. Its rows come as polars, pandas or a DuckDB relation: all columns that are shown, or those that are named.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    contract: pl.DataFrame = field(repr=False)
    _table: Table = field(repr=False)
    _run: OpenedLake = field(repr=False)

    def polars(self, *columns: str) -> pl.DataFrame:
        """The rows. Raises BadConfiguration for a column that is not shown."""
        shown = self.contract["column"].to_list()
        for name in columns:
            if name not in shown:
                raise BadConfiguration(f"{self.name} shows no column {name!r}. Expected some of {', '.join(shown)}.")
        return masked(self._run._tables.frame(self._table, columns or shown))

    def pandas(self, *columns: str) -> pd.DataFrame:
        """The same as a pandas frame; yuan stay decimals."""
        return self.polars(*columns).to_pandas()

    def duckdb(self, *columns: str) -> duckdb.DuckDBPyRelation:
        """The same as a relation of the run's own DuckDB, which opens no files; the relations of one run can be joined."""
        return self._run._duckdb.from_arrow(self.polars(*columns).to_arrow())

    def __str__(self) -> str:
        with pl.Config(tbl_rows=-1, fmt_str_lengths=80, tbl_width_chars=160, tbl_hide_dataframe_shape=True):
            return f"{self.name}: one row {self.grain}. Key: {', '.join(self.key)}.\n{self.contract}"

    def _repr_markdown_(self) -> str:
        heads = " | ".join(self.contract.columns)
        rows = [" | ".join(str(cell or "") for cell in row) for row in self.contract.iter_rows()]
        told = f"`{self.name}`: one row **{self.grain}**. Key: {', '.join(self.key)}."
        return "\n".join([told, "", f"| {heads} |", "|" + "---|" * self.contract.width, *(f"| {row} |" for row in rows)])


class Days(tuple[date, ...]):
    """Days of which a list was published, the first one first. One that is not there is told in a sentence."""

    def __getitem__(self, place: Any) -> Any:
        try:
            return super().__getitem__(place)
        except IndexError:
            raise BadConfiguration(
                f"There is no days[{place}]: of {len(self)} day(s) a list was published ({', '.join(map(str, self)) or 'none'}). "
                "Run another day into the same OUT, or compare with the run of another one: compare(open_lake(OTHER_OUT), run)."
            ) from None


class OpenedLake:
    """A run by its list: every table as it was when the list was made. Nothing is written, and no engine is started.

    days: those of which a list was published, the first one first; open_lake opens any whose tables are kept.
    """

    def __init__(self, out: Path, root: str, as_of: date | None, env: str | None) -> None:
        self.out, self.as_of, self._env = out, as_of, env
        self._settings, now = load_settings(env), Tables(root)
        version = _listed(now, as_of)
        self.days = _days(now)
        self._tables = now if version is None else now.at(versions_behind(runs_of(now), CLUES, version))
        if self.as_of is None:
            days = self.table("gold.clues").polars("last_seen")["last_seen"]
            self.as_of = days.max() if len(days) else None  # type: ignore[assignment]  # a column of days

    def __repr__(self) -> str:
        synthetic = ", synthetic data 合成数据" if self.is_synthetic else ""
        return f"OpenedLake({str(self.out)!r}, as_of={self.as_of}{synthetic})"

    @cached_property
    def is_synthetic(self) -> bool:
        """Did the last run say that its delivery was simulated?"""
        return is_synthetic(self.out)

    def table(self, name: str) -> TableView:
        """A table by zone and name, such as gold.clues. Raises BadConfiguration for one that is not of the working zone."""
        table = visible(name)
        told = [
            (column.name, column.label, column.unit, column.meaning, " / ".join(column.values))
            for column in visible_columns(table)
        ]
        contract = pl.DataFrame(told, ["column", "label", "unit", "meaning", "values"], orient="row")
        return TableView(name, table.grain, table.key, contract, table, self)

    def tables(self) -> pl.DataFrame:
        """One row a table that is shown: name, what one row of it is, key, and whether the run has it."""
        told = [
            (name, TABLES[name].grain, ", ".join(TABLES[name].key), self._tables.version(TABLES[name]) is not None)
            for name in names()
        ]
        return pl.DataFrame(told, ["table", "one row is", "key", "is there"], orient="row")

    def rules(self) -> pl.DataFrame:
        """One row a rule, of needs, too: code, titles, whom a clue is about, unit of what it measures, legal source."""
        rules: list[Rule | NeedRule] = [*RULES, *NEED_RULES]
        told = [
            (
                rule.code, rule.title, rule.title_zh, f"{rule.code} {rule.title_zh} {rule.title}", rule.subject, rule.unit, rule.source,
            )
            for rule in sorted(rules, key=lambda rule: rule.code)
        ]  # fmt: skip
        return pl.DataFrame(told, ["rule_code", "title", "title_zh", "rule", "subject", "unit", "source"], orient="row")

    def townships(self) -> pl.DataFrame:
        """One row a county and township: households, those with a clue to visit as a share with its interval, what is at stake of them
        (of each household the largest estimate: its clues speak of the same money), needs of people there. Largest share first.

        Where no town is stated, town is null. Needs are counted where people live, and in such a place only if somebody draws there.
        """
        place = ["county_code", "town"]
        place_name = pl.concat_str(
            pl.coalesce("county", "county_code"), pl.col("town").fill_null("地址不详"), separator=" "
        ).alias("place")
        cases = self.table("silver.cases").polars("case_id", "county", *place)
        clues = self.table("gold.clues").polars("case_id", "is_dispatched", "amount_estimate").filter("is_dispatched")
        at_stake = clues.group_by("case_id").agg(clues=pl.len(), yuan=pl.col("amount_estimate").max())
        households = cases.join(at_stake, on="case_id", how="left")
        needs = self.table("gold.needs").polars("outcome", *place).filter(outcome="found")
        of_place = households.group_by(place).agg(
            pl.col("county").drop_nulls().first(), pl.col("clues").sum().cast(pl.Int64), at_stake_yuan=pl.col("yuan").sum()
        )
        told = shares(households, place, pl.col("clues").is_not_null()).rename({"hits": "to_visit", "count": "households"})
        told = told.join(of_place, on=place, how="left", nulls_equal=True, maintain_order="left")
        told = told.join(
            needs.group_by(place).agg(needs=pl.len().cast(pl.Int64)),
            on=place,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        return told.with_columns(pl.col("needs").fill_null(0)).select(
            place_name, *place, "households", "to_visit", "share", "low", "high", "clues", "at_stake_yuan", "needs"
        )

    def before(self) -> OpenedLake:
        """The run of the day listed before this one, to be compared with it. Raises BadConfiguration where there is none, or its tables
        are not kept any more."""
        earlier = [day for day in self.days if self.as_of is None or day < self.as_of]
        if not earlier:
            raise BadConfiguration(
                f"No list of a day before {self.as_of} was published in {self._tables.root}: there is nothing to compare it with. "
                "Open a later day, or the run of another OUT."
            )
        return OpenedLake(self.out, self._tables.root, earlier[-1], self._env)

    def features(self) -> pl.DataFrame:
        """One row a household that was scored: case_id, strangeness, then each figure of the model card; null is what it says there."""
        scores = self._tables.frame(CASE_SCORES, ["case_id", "strangeness", "figures"])
        figures = pl.from_dicts(
            [
                {feature.name: figures.get(f"case.{feature.name}") for feature in FIGURES}
                for figures in map(dict, scores["figures"])
            ],
            {feature.name: pl.Float64 for feature in FIGURES},
        )
        return pl.concat([scores.drop("figures"), figures], how="horizontal")

    def trace(self, wanted: str) -> Chain:
        """What a clue, case or need rests on, down to file, sheet and row, masked; needs the right to read the restricted zone.

        Raises BadConfiguration for a check, NoSuchRecord for an id that is on no list of this run.
        """
        if wanted.startswith(LETTERS["check_id"]):
            raise BadConfiguration(f"{wanted} is a check: it serves what its subject has authorised. Use mingjing trace for it.")
        return trace([self._tables], wanted, self._settings.linkage, full=False)

    def contributions(self, case_id: str) -> Contributions:
        """What made a household strange, feature by feature, as numbers that add up; `.waterfall()` draws them.

        Raises BadConfiguration where the run scored no such household, or the model that scored it is not kept any more.
        """
        scores = self._tables.frame(CASE_SCORES, ["case_id", "figures", "strangeness", "model_version"])
        return contributions_of(scores, case_id, self.out)

    def models(self) -> pl.DataFrame:
        """One row a version of a registered model, the newest first, with the address that `mlflow ui` and `mlflow models serve` need.

        A store that was copied here finds its own files from then on.
        """
        return models_in(self.out)

    def learned(self) -> Learned | None:
        """What verdicts have taught so far: calibration, lift, what exemptions cost. Null before the first `mingjing learn`."""
        return learned_in(self.out)

    def fairness(self) -> Fairness:
        """Rates of groups with their intervals, and how well a feature tells a group, of the last list."""
        return fairness_in(self.out)

    @cached_property
    def _duckdb(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        return duckdb.connect(config={"enable_external_access": "false"})


def open_lake(out: str | Path, as_of: str | date | None = None, *, lake: str | None = None, env: str | None = None) -> OpenedLake:
    """The last run of OUT, or the last one of a day as long as its tables are kept (lake.kept_versions). lake: where it is not OUT/lake.

    Raises BadConfiguration where there is no such run, or no such day.
    """
    wanted = day(as_of, future=True, option="as_of") if isinstance(as_of, str) else as_of
    return OpenedLake(Path(out), existing_lake(Path(out), lake), wanted, env)


def _published(now: Tables) -> list[Mapping[str, Any]]:
    """Runs of ops.runs that published a list, the oldest first."""
    return [run for run in runs_of(now) if run["job"] == "publish" and CLUES.full_name in run["tables_read"]]


def _days(now: Tables) -> Days:
    return Days(sorted({run["as_of"] for run in _published(now)}))


def _listed(now: Tables, as_of: date | None) -> int | None:
    """The version of gold.clues that was published last, on the day where one is given; null where nothing was, or that is not known."""
    published = [run for run in _published(now) if as_of in (None, run["as_of"])]
    if published:
        return int(published[-1]["tables_read"][CLUES.full_name])
    if as_of is None:
        return now.version(CLUES)
    days = ", ".join(map(str, _days(now))) or "none"
    raise BadConfiguration(f"No list of {as_of} was published in {now.root}. Expected a day of: {days}.")
