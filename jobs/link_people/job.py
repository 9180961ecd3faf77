"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import cache, reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import (
    ALIASES,
    BRONZE,
    CASES,
    DEATHS,
    ENTITLEMENT_MONTHS,
    IDENTITIES,
    IDENTITY_COUNTS,
    IDENTITY_VERDICTS,
    KIN,
    LINK_CANDIDATES,
    LINKS,
    MEMBERS,
    PEOPLE,
    PERSON_CHANGES,
    PERSON_IDS,
    PERSONS,
    SILVER,
)
from jobs.launch.context import RunContext
from jobs.link_people.aliases import aliases
from jobs.link_people.counts import identity_counts
from jobs.link_people.households import cases, members, named_persons
from jobs.link_people.identities import anchors, identities, mentions, persons, with_variants
from jobs.link_people.kin import close_kin, kin
from jobs.link_people.links import Decided, as_table, city, link_candidates, links, registered_pairs
from jobs.link_people.person_ids import next_person_ids, person_changes, with_person_ids
from jobs.link_people.records import beyond_the_registry, with_texts
from jobs.link_people.records import people as people_of_records
from jobs.link_people.records import unresolved as unresolved_records
from jobs.link_people.vault import people
from jobs.registers.benefits import Silver, entitlement_months
from jobs.registers.deaths import best_attested_deaths
from jobs.registers.identity_verdicts import Groups, kept_apart, row_sides, verdicts_in_force
from jobs.registers.linked import with_links
from jobs.registers.references import REGISTRY
from jobs.runtime.lake import PARALLEL_TABLES, Lake

NAME = "link_people"
READS = (*SILVER, *BRONZE, IDENTITY_VERDICTS)
WRITES = (
    ALIASES, LINK_CANDIDATES, LINKS, IDENTITY_COUNTS, IDENTITIES, PERSONS, PERSON_IDS, PERSON_CHANGES, CASES, MEMBERS, KIN,
    ENTITLEMENT_MONTHS, DEATHS, PEOPLE,
)  # fmt: skip


def run(ctx: RunContext) -> None:
    lake = ctx.lake

    @cache
    def silver(code: str) -> DataFrame:
        return lake.read_or_empty(DATA_SETS[code].silver)

    with ctx.report.stage("link people") as progress:
        task = progress.add_task("link people", total=12)

        @contextmanager
        def step(title: str) -> Iterator[None]:
            progress.update(task, description=title)
            with progress.step(title):
                yield
            progress.advance(task)

        with step("persons whom a benefit names"):
            verdicts = verdicts_in_force(lake)
            renamed, groups = aliases(silver, verdicts)
            lake.overwrite(ALIASES, renamed)
            registered = _anchors(lake, silver, named_persons(silver), "before_links")[1]
        progress.update(task, description="records that name nobody")
        unresolved = _link(ctx, silver, registered, groups, row_sides(silver, verdicts), progress.step)
        linked = with_links(silver, lake.read(LINKS), lake.read(ALIASES))
        with step("kin"):
            named = lake.computed_once(named_persons(linked), "named_persons")
            lake.overwrite(KIN, kin(linked, named))
        with step("entries of the registry"):
            numbers, anchored = _anchors(lake, linked, named, "after_links", close_kin(lake.read(KIN)))
            known = lake.read_or_empty(PERSON_IDS)
            roots = lake.computed_once(with_person_ids(anchored, known), "roots")
        with step("names under a number"):
            lake.overwrite(IDENTITIES, _identities(lake, linked, numbers, roots, groups))

        def counts() -> None:
            with step("how records were tied"):
                lake.overwrite(IDENTITY_COUNTS, _counts(lake, silver, unresolved))

        def known_persons() -> None:
            with step("persons from run to run"):
                lake.overwrite(PERSONS, persons(roots))
                _keep_ids(ctx, known, roots)

        def households() -> None:
            with step("members of households"):
                lake.overwrite(MEMBERS, members(named, lake.read(IDENTITIES)))
            with step("households"):
                lake.overwrite(CASES, cases(linked, lake.read(MEMBERS)))

        def months() -> None:
            with step("months of entitlement"):
                lake.overwrite(ENTITLEMENT_MONTHS, entitlement_months(linked))

        def deaths() -> None:
            with step("deaths"):
                lake.overwrite(DEATHS, best_attested_deaths(linked, numbers))

        def vault() -> None:
            with step("people of the vault"):
                lake.overwrite(PEOPLE, people(lake, roots))

        with ThreadPoolExecutor(PARALLEL_TABLES) as pool:
            list(pool.map(lambda part: part(), (counts, known_persons, households, months, deaths, vault)))
    ctx.report.current.rows = lake.read(MEMBERS).count()
    ctx.report.figures["cases"] = lake.read(CASES).count()


def _anchors(
    lake: Lake, silver: Silver, named: DataFrame, name: str, more: DataFrame | None = None
) -> tuple[DataFrame, DataFrame]:
    """The numbers of everyone whom a benefit names, and `more`, and who stands for each."""
    of_benefits = named.filter(F.col("number_key").isNotNull()).select("number_key")
    numbers = lake.computed_once((of_benefits.unionByName(more) if more else of_benefits).distinct(), f"numbers_{name}")
    return numbers, lake.computed_once(anchors(silver(REGISTRY), numbers, named), f"anchors_{name}")


def _link(
    ctx: RunContext,
    silver: Silver,
    roots: DataFrame,
    groups: Groups,
    decided: Decided,
    step: Callable[[str], AbstractContextManager[None]],
) -> DataFrame:
    """Writes silver.link_candidates and silver.links; gives the records that their own number and name tie to nobody."""
    lake = ctx.lake
    renamed = lake.read(ALIASES)
    with step("records that name nobody"):
        beyond = lake.computed_once(beyond_the_registry(silver, roots), "beyond_the_registry")
        pairs = [registered_pairs(silver(REGISTRY)), *(frame.select("number_key", "name_key") for frame in (renamed, beyond))]
        known = lake.computed_once(reduce(DataFrame.unionByName, pairs).distinct(), "registered_pairs")
        found = lake.computed_once(unresolved_records(silver, known, lake.computed_once), "unresolved")
        records = with_texts(lake, found)
    if records.is_empty():
        candidates = lake.session.createDataFrame([], LINK_CANDIDATES.schema)
    else:
        with step("people whom they may mean"):
            whom = people_of_records(lake, silver, records, roots, beyond, renamed, ctx.key)
        with step("candidates compared"):
            params = ctx.settings.linkage
            spark = lake.session if params.backend == "spark" else None
            chosen = link_candidates(records, whom, city(silver), params, groups, decided, spark)
            candidates = as_table(lake, chosen, records, whom)
    with step("links"):
        lake.overwrite(LINK_CANDIDATES, candidates)
        lake.overwrite(LINKS, links(lake.read(LINK_CANDIDATES), decided, groups))
    return found


def _counts(lake: Lake, silver: Silver, found: DataFrame) -> DataFrame:
    return identity_counts(lake, silver, found, lake.read(LINKS), lake.read(LINK_CANDIDATES))


def _keep_ids(ctx: RunContext, known: DataFrame, roots: DataFrame) -> None:
    """What changed is written before the ids: a run that is killed between the two finds the same changes again."""
    lake, renamed = ctx.lake, ctx.lake.read(ALIASES)
    now = lake.computed_once(next_person_ids(known, roots, renamed, ctx.as_of), "person_ids")
    before = lake.computed_once(lake.read_or_empty(PERSON_CHANGES), "person_changes")
    changed = person_changes(known, now, renamed, ctx.as_of)
    kept = before.join(changed.select(*PERSON_CHANGES.key), list(PERSON_CHANGES.key), "left_anti")
    lake.overwrite(PERSON_CHANGES, kept.unionByName(changed))
    lake.overwrite(PERSON_IDS, now)


def _identities(lake: Lake, silver: Silver, numbers: DataFrame, roots: DataFrame, groups: Groups) -> DataFrame:
    judged = lake.computed_once(identities(mentions(silver, numbers), roots), "mentions")
    return with_variants(lake, judged, kept_apart(judged, groups))
