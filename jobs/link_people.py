"""Link: who is who, which household draws what, and who has died.

Reads   silver.<all data sets>       one row per delivered row               key _file_id, _sheet, _row
        bronze.<all data sets>       the names behind digests that disagree, and the numbers for the vault
Writes  silver.links                 one row per record tied otherwise        key data_set, role, origin
        silver.identities            one row per number and name             key number_key, name_key
        silver.persons               one row per person of a benefit         key person_id
        silver.cases                 one row per benefit household           key case_id
        silver.members               one row per person of a case            key case_id, data_set, origin
        silver.entitlement_months    one row per case and month              key case_id, for_month
        silver.deaths                one row per number and name             key number_key, name_key
        vault.people                 one row per person of a benefit         key person_id
Re-run  safe: each table is replaced in one commit.
"""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import DataFrame

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import (
    BRONZE,
    CASES,
    DEATHS,
    ENTITLEMENT_MONTHS,
    IDENTITIES,
    LINKS,
    MEMBERS,
    PEOPLE,
    PERSONS,
    SILVER,
)
from jobs.linking.deaths import best_attested_deaths
from jobs.linking.households import Silver, cases, entitlement_months, members, named_persons
from jobs.linking.identities import anchors, identities, mentions, persons, with_variants
from jobs.linking.links import find_links, with_links
from jobs.linking.vault import people
from jobs.runtime.context import RunContext
from jobs.runtime.lake import Lake
from jobs.runtime.launch import launch

NAME = "link_people"
READS = (*SILVER, *BRONZE)
WRITES = (LINKS, IDENTITIES, PERSONS, CASES, MEMBERS, ENTITLEMENT_MONTHS, DEATHS, PEOPLE)


def run(ctx: RunContext) -> None:
    lake = ctx.lake

    def silver(code: str) -> DataFrame:
        return lake.read_or_empty(DATA_SETS[code].silver)

    with ctx.report.stage("link people") as progress:
        task = progress.add_task("link people", total=9)

        def step(title: str, write: Callable[[], None]) -> None:
            progress.update(task, description=title)
            write()
            progress.advance(task)

        progress.update(task, description="persons whom a benefit names")
        registered = _anchors(lake, silver, named_persons(silver), "before_links")[1]
        progress.advance(task)
        step(
            "records that name nobody", lambda: lake.overwrite(LINKS, find_links(lake, silver, registered, ctx.settings.linkage))
        )
        linked = with_links(silver, lake.read(LINKS))
        named = lake.computed_once(named_persons(linked), "named_persons")
        numbers, roots = _anchors(lake, linked, named, "after_links")
        step("names under a number", lambda: lake.overwrite(IDENTITIES, _identities(lake, linked, numbers, roots)))
        step("persons", lambda: lake.overwrite(PERSONS, persons(roots)))
        step("members of households", lambda: lake.overwrite(MEMBERS, members(linked, named, lake.read(IDENTITIES))))
        step("households", lambda: lake.overwrite(CASES, cases(linked, lake.read(MEMBERS))))
        step("months of entitlement", lambda: lake.overwrite(ENTITLEMENT_MONTHS, entitlement_months(linked)))
        step("deaths", lambda: lake.overwrite(DEATHS, best_attested_deaths(linked, numbers)))
        step("people of the vault", lambda: lake.overwrite(PEOPLE, people(lake, roots)))
    ctx.report.stages[-1].rows = lake.read(MEMBERS).count()
    ctx.report.figures["cases"] = lake.read(CASES).count()


def _anchors(lake: Lake, silver: Silver, named: DataFrame, name: str) -> tuple[DataFrame, DataFrame]:
    """The numbers of everyone whom a benefit names, and who stands for each."""
    numbers = lake.computed_once(named.select("number_key").distinct(), f"numbers_{name}")
    return numbers, lake.computed_once(anchors(silver("household_registry"), numbers, named), f"anchors_{name}")


def _identities(lake: Lake, silver: Silver, numbers: DataFrame, roots: DataFrame) -> DataFrame:
    return with_variants(lake, lake.computed_once(identities(mentions(silver, numbers), roots), "mentions"))


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run))
