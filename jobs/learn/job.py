"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from pyspark.sql import functions as F

from expectations.contracts.lake import (
    CLUES,
    FILES,
    LEDGER,
    LISTED_CLUES,
    PERSONS,
    VERDICT_TOTALS,
    VERDICTS,
)
from jobs.launch.context import RunContext
from jobs.launch.model_store import has_model_store, model_store, store_errors_told
from jobs.launch.ranking_in_use import as_ranked, champion_of
from jobs.learn.learning_pages import Outcome, print_outcome, write_pages
from jobs.learn.moves import moves
from jobs.learn.proxies import proxies_among, traits_of_clues
from jobs.learn.store import last_list, stored_verdicts
from jobs.learn.totals import Standing, standings, totals
from jobs.learn.training import Example, examples, learn, shown_on
from jobs.registers.beyond_list import missed
from jobs.registers.delivered import Delivered
from jobs.registers.traits import TOLD_BY, refused
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import plain_schema
from jobs.runtime.results import Stamp, publication
from models.clue_features import RefusedInput
from models.measures import Lift, lift
from models.ranking import LearningParams, RankingModel
from models.ranking_registry import RankingMismatch, RankingRegistry

NAME = "learn"
READS = (LISTED_CLUES, CLUES, PERSONS, FILES, LEDGER, VERDICTS, *TOLD_BY)
WRITES = (VERDICT_TOTALS,)
FOLDER = "learning"


def assure_ready(ctx: RunContext) -> None:
    """Raises BadConfiguration where nothing could be learned: asked first, so that no verdict is taken in by a run that then stops."""
    if not ctx.lake.exists(LISTED_CLUES):
        raise BadConfiguration(
            f"{ctx.lake.root} holds no list that a verdict could be about. Run mingjing run first, or name the OUT of the list."
        )
    with store_errors_told():
        RankingRegistry(model_store(ctx.out))
        champion_of(ctx)


def run(ctx: RunContext) -> Outcome:
    """Trains on all verdicts so far, and compares."""
    assure_ready(ctx)
    rows = stored_verdicts(ctx.lake)
    account = _account(ctx)
    with ctx.report.stage("learn"):
        teaching = examples(rows)
        params = _without_proxies(ctx)
        try:
            with store_errors_told():
                registry = RankingRegistry(model_store(ctx.out))
                learned = learn(teaching, registry, champion_of(ctx), params, ctx.as_of, ctx.lake.versions_read)
        except RefusedInput as error:
            raise BadConfiguration(f"{error} The verdicts are taken in; nothing was trained.") from error
        champion = champion_of(ctx)
        calibration = shown_on(teaching, champion.model, params) if champion and len(teaching) >= params.least_verdicts else None
    moved = _moves(ctx, champion.model) if champion else None
    outcome = Outcome(account, learned, calibration, _worth(ctx, teaching), missed(rows), moved)
    with publication(ctx.out, NAME, [FOLDER], Stamp(ctx.as_of, Delivered(ctx.lake).name), ctx.report.warn) as staged:
        write_pages(outcome, staged / FOLDER)
    print_outcome(ctx.report.console, outcome, ctx.out / FOLDER)
    return outcome


def _account(ctx: RunContext) -> list[tuple[str, str, int, int, int, int, int, int]]:
    decided = [
        Standing(row["clue_id"], row["rule_code"], row["county_code"], row["outcome"])
        for row in stored_verdicts(ctx.lake)
        if row["is_in_force"]
    ]
    listed = [(row["clue_id"], row["rule_code"], row["county_code"]) for row in last_list(ctx.lake) if row["is_dispatched"]]
    account = totals(standings(listed, decided))
    ctx.lake.overwrite(VERDICT_TOTALS, ctx.lake.session.createDataFrame(account, plain_schema(VERDICT_TOTALS)))
    return account


def _without_proxies(ctx: RunContext) -> LearningParams:
    """The parameters, with inputs left out that tell who a person is; each is told, to be refused by name from then on."""
    params, fairness = ctx.settings.learning, ctx.settings.fairness
    clues = [as_ranked(row) for row in last_list(ctx.lake)]
    told = proxies_among(clues, traits_of_clues(ctx.lake, fairness.age_bands_from_years, ctx.as_of))
    found = {
        proxy.input: proxy
        for proxy in reversed(refused(told, fairness.proxy_limit, fairness.proxy_reasons))  # the strongest of an input is kept
        if proxy.input not in params.refused_inputs
    }
    for name, proxy in sorted(found.items()):
        ctx.report.warn(
            f"The input {name} tells {proxy.trait} {proxy.group} (AUROC {proxy.strength:.2f}, at most {fairness.proxy_limit:.2f}) and "
            f"is left out. Put its name into learning.refused_inputs in conf/base.yaml, or state under fairness.proxy_reasons.{name} "
            "why it may stay."
        )
    return params.model_copy(update={"refused_inputs": tuple(sorted({*params.refused_inputs, *found}))})


def _moves(ctx: RunContext, in_use: RankingModel) -> pl.DataFrame | None:
    """Whom the ranking in use moves, against the one that it has followed: by the last list, and the line behind as many visits as the last
    list of visits had. Null where the one before does not fit this code any more."""
    try:
        with store_errors_told():
            before = RankingRegistry(model_store(ctx.out)).ranking_before()
    except RankingMismatch:
        return None
    clues = [as_ranked(row) for row in last_list(ctx.lake) if row["is_dispatched"]]
    ledger = ctx.lake.read_or_empty(LEDGER)
    last = ledger.groupBy("as_of").count().orderBy(F.col("as_of").desc()).first()
    return moves(clues, before.model if before else None, in_use, None if last is None else int(last["count"]))


def _worth(ctx: RunContext, verdicts: Sequence[Example]) -> Lift | None:
    """Lift and recall among clues to visit, where visits were drawn at random; of those of which the ledger says how they were chosen."""
    known = [example for example in verdicts if example.is_random is not None and not example.clue.exemption_code]
    if not any(example.is_random for example in known):
        return None
    ranked = {example.clue.clue_id for example in known if not example.is_random}
    outside = {row["clue_id"] for row in last_list(ctx.lake) if row["is_dispatched"]} - ranked
    outside |= {example.clue.clue_id for example in known if example.is_random}
    return lift([example.is_confirmed for example in known], [bool(example.is_random) for example in known], len(outside))


def roll_back(out: Path) -> str:
    """Gives the ranking back to the version before the one in use; says which that is."""
    with store_errors_told():
        back = RankingRegistry(model_store(out)).roll_back() if has_model_store(out) else None
    if back is None:
        raise BadConfiguration(f"{out} uses no learned ranking: the stated priors rank already. There is nothing to go back to.")
    version, before = back
    now = f"version {before} is" if before else "the stated priors are"
    return f"Version {version} is not used any more; {now} in use again from the next list on."
