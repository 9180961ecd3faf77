"""A rule tried over a delivery that a lake holds: what it gives now, beside what the last run kept. Nothing is written to the lake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from expectations.contracts.lake import FINDINGS, VERDICTS
from expectations.contracts.model import Table
from expectations.contracts.returned import CONFIRMED, REFUTED, VERDICT_OUTCOMES
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings, load_settings
from jobs.rulebook.facts import Facts
from jobs.rulebook.findings import find_clues
from jobs.rulebook.fingerprint import fingerprint
from jobs.rulebook.gathering import gathered
from jobs.rulebook.rule import Rule
from jobs.rules import RULES
from jobs.runtime.console import Console
from jobs.runtime.errors import BadConfiguration, ContractBroken
from jobs.runtime.ids import made_id
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import choose_engine, open_engine
from models.measures import Interval, wilson

KEY = ("case_id", "subject_key", "thing_key")
_COMPARED = ("rule_code", *KEY, "outcome", "exemption_code", "missing", "amount_estimate", "rule_fingerprint")
LAST = replace(FINDINGS, columns=tuple(column for column in FINDINGS.columns if column.name in _COMPARED))
"""Findings in the columns that are compared: a lake of an earlier version has these, too."""
Outcome = tuple[str, str]
"""Outcome and exemption code, or what is missing; ("", "") = no row."""
NO_ROW: Outcome = ("", "")


class LakeToRead(Lake):
    """A lake to which nothing is written: what a run computes once is computed as often as it is asked for."""

    def computed_once(self, frame: DataFrame, name: str) -> DataFrame:
        return frame

    def _write(self, table: Table, frame: DataFrame, mode: str) -> None:
        raise ContractBroken(f"{table.full_name} was not written: a trial leaves the lake as it is.")


@dataclass(frozen=True)
class Difference:
    """A thing that comes out otherwise than in the last run. `thing` says what kind of thing, and nothing of whose it is."""

    case_id: str
    thing: str
    before: Outcome
    after: Outcome


@dataclass(frozen=True)
class Judged:
    """Of clues of the rule that a visit has judged and the last run found: how many there are, and how many of them now come out otherwise,
    so that nobody would have gone there. Neither confirmed nor refuted: nobody was met, or the case went to somebody else."""

    visited: int
    confirmed: int
    saved: int
    saved_confirmed: int
    saved_refuted: int

    @property
    def lost_share(self) -> Interval:
        """Of visits saved that could tell, the share that had confirmed: 95 % interval."""
        return wilson(self.saved_confirmed, self.saved_confirmed + self.saved_refuted)


@dataclass(frozen=True)
class Trial:
    """What came of a rule. before, after: number of things by outcome. yuan: estimates of what is found.

    judged: against the verdicts so far. is_same_rule: were text, parameters and law of the rule the same in the last run? Null where the
    last run has no row of it.
    """

    rule: Rule
    before: Counter[Outcome]
    after: Counter[Outcome]
    yuan_before: Decimal
    yuan_after: Decimal
    new: int
    gone: int
    changed: int
    unchanged: int
    differences: tuple[Difference, ...]
    judged: Judged
    is_same_rule: bool | None


@contextmanager
def past_run(
    out: Path, as_of: date, *, engine: str | None = None, env: str | None = None, lake_root: str | None = None
) -> Iterator[RunContext]:
    """The lake of a run that is over, to be read on the law and the day of `as_of`. Raises BadConfiguration where there is none."""
    settings = load_settings(env)
    root = lake_root or str(out.resolve() / "lake")
    if "://" not in root and not Path(root).is_dir():
        raise BadConfiguration(f"No lake {root}. Name the folder that a run wrote its results to, or its --lake.")
    with open_engine(choose_engine(engine), settings.engine) as running:
        # Nothing is digested in a trial: the key of the digests is not read.
        yield RunContext(running, LakeToRead(running, root), settings, as_of, out, "", RunReport(Console(quiet=True)))


def rules_named(codes: Sequence[str]) -> list[Rule]:
    """The rules of these codes, each once. Raises BadConfiguration for a code that is no rule, or none to be tried."""
    known = {rule.code: rule for rule in RULES}
    triable = [code for code, rule in known.items() if not rule.needs_scores]
    for code in codes:
        if code not in known:
            raise BadConfiguration(f"{code!r} is no rule. Rules that can be tried: {', '.join(triable)}. Nothing was read.")
        if known[code].needs_scores:
            raise BadConfiguration(f"{code} runs behind the scorer: only a whole run tells what it gives. Nothing was read.")
    return [known[code] for code in dict.fromkeys(codes)]


def tried(rule: Rule, facts: Facts, settings: Settings, last: DataFrame, verdicts: DataFrame, *, examples: int) -> Trial:
    """The rule's findings over `facts`, compared with `last`, the findings of the last run. verdicts: vault.verdicts."""
    params = settings.params(rule.code)
    before = _told(last.filter(F.col("rule_code") == rule.code), "before")
    after = _told(find_clues(facts, [(rule, params)]), "after")
    both = before.join(after, list(KEY), "full").withColumn(  # KEY is unique in findings
        "difference",
        F.when(F.col("before_outcome").isNull(), "new")
        .when(F.col("after_outcome").isNull(), "gone")
        .when(~_same("outcome") | ~_same("code") | ~_same("yuan"), "changed")
        .otherwise("unchanged"),
    )
    columns = ["difference", "before_outcome", "before_code", "after_outcome", "after_code"]
    sums = [F.count("*").alias("things"), F.sum("before_yuan").alias("before_yuan"), F.sum("after_yuan").alias("after_yuan")]
    groups = both.groupBy(*columns).agg(*sums).collect()  # at most some dozens: outcomes and codes, before and after
    kinds: Counter[str] = Counter()
    outcomes: dict[str, Counter[Outcome]] = {"before": Counter(), "after": Counter()}
    for row in groups:
        kinds[row["difference"]] += row["things"]
        for side, counted in outcomes.items():
            if row[f"{side}_outcome"]:
                counted[_outcome(row, side)] += row["things"]
    is_otherwise = kinds.total() > kinds["unchanged"]
    shown = both.filter("difference <> 'unchanged'").orderBy("difference", *KEY).limit(examples if is_otherwise else 0)
    prints = {
        row["rule_fingerprint"]
        for row in last.filter(F.col("rule_code") == rule.code).select("rule_fingerprint").distinct().collect()
    }  # one a run
    return Trial(
        rule=rule, before=outcomes["before"], after=outcomes["after"],
        yuan_before=sum((row["before_yuan"] or Decimal(0) for row in groups), Decimal(0)),
        yuan_after=sum((row["after_yuan"] or Decimal(0) for row in groups), Decimal(0)),
        new=kinds["new"], gone=kinds["gone"], changed=kinds["changed"], unchanged=kinds["unchanged"],
        differences=tuple(
            Difference(row["case_id"], row["thing_key"].partition(":")[0], _outcome(row, "before"), _outcome(row, "after"))
            for row in (shown.collect() if is_otherwise else ())  # no more than `examples`
        ),
        judged=_judged(both.withColumn("rule_code", F.lit(rule.code)), verdicts),
        is_same_rule=prints == {fingerprint(rule, params, facts.policy)} if prints else None,
    )  # fmt: skip


def _judged(both: DataFrame, verdicts: DataFrame) -> Judged:
    """both: things with their outcome in the last run and now."""
    is_found = [F.max(F.coalesce(F.col(f"{side}_outcome") == "found", F.lit(False))).alias(side) for side in ("before", "after")]
    clues = both.groupBy("rule_code", "case_id", "subject_key").agg(*is_found)  # things of one subject are one clue
    found = clues.filter("before").select(
        made_id("clue_id", "rule_code", "case_id", "subject_key").alias("clue_id"), F.col("after").alias("is_kept")
    )
    in_force = verdicts.filter("is_in_force").select("clue_id", F.col("outcome").alias("verdict"))
    rows = found.join(in_force, "clue_id").groupBy("is_kept", "verdict").agg(F.count("*").alias("visits")).collect()  # some kinds
    counted = {(row["is_kept"], row["verdict"]): row["visits"] for row in rows}

    def total(*, kept: Sequence[bool] = (True, False), of: Sequence[str] = tuple({*VERDICT_OUTCOMES.values()})) -> int:
        return sum(counted.get((is_kept, outcome), 0) for is_kept in kept for outcome in of)

    return Judged(
        total(),
        total(of=[CONFIRMED]),
        total(kept=[False]),
        total(kept=[False], of=[CONFIRMED]),
        total(kept=[False], of=[REFUTED]),
    )


def _told(findings: DataFrame, side: str) -> DataFrame:
    told = {
        "outcome": F.col("outcome"),
        "code": F.coalesce("exemption_code", "missing", F.lit("")),
        "yuan": F.col("amount_estimate"),
    }
    return findings.select(*KEY, *(column.alias(f"{side}_{name}") for name, column in told.items()))


def _same(name: str) -> Column:
    return F.col(f"before_{name}").eqNullSafe(F.col(f"after_{name}"))


def _outcome(row: Row, side: str) -> Outcome:
    return (row[f"{side}_outcome"], row[f"{side}_code"] or "") if row[f"{side}_outcome"] else NO_ROW


def try_rules(ctx: RunContext, rules: Sequence[Rule], *, examples: int) -> Iterator[Trial]:
    """One trial a rule, in the order given."""
    facts, last = gathered(ctx.lake, ctx.settings.policy, ctx.as_of), ctx.lake.read(LAST)
    verdicts = ctx.lake.read_or_empty(VERDICTS)
    for rule in rules:
        yield tried(rule, facts, ctx.settings, last, verdicts, examples=examples)
