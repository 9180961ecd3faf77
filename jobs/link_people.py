"""Link: who is who, which household draws what, and who has died.

Reads   silver.<all data sets>       one row per delivered row               key _file_id, _sheet, _row
        bronze.<all data sets>       the names behind digests that disagree, and the numbers for the vault
Writes  silver.identities            one row per number and name             key number_key, name_key
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
from expectations.contracts.lake import BRONZE, CASES, DEATHS, ENTITLEMENT_MONTHS, IDENTITIES, MEMBERS, PEOPLE, PERSONS, SILVER
from jobs.linking.deaths import best_attested_deaths
from jobs.linking.households import cases, entitlement_months, members, named_persons
from jobs.linking.identities import anchors, identities, mentions, persons, with_variants
from jobs.linking.vault import people
from jobs.runtime.context import RunContext
from jobs.runtime.launch import launch

NAME = "link_people"
READS = (*SILVER, *BRONZE)
WRITES = (IDENTITIES, PERSONS, CASES, MEMBERS, ENTITLEMENT_MONTHS, DEATHS, PEOPLE)


def run(ctx: RunContext) -> None:
    lake = ctx.lake

    def silver(code: str) -> DataFrame:
        return lake.read_or_empty(DATA_SETS[code].silver)

    def write(steps: list[tuple[str, Callable[[], None]]]) -> None:
        with ctx.report.stage("link people") as progress:
            task = progress.add_task("link people", total=len(steps))
            for title, step in steps:
                progress.update(task, description=title)
                step()
                progress.advance(task)

    named = named_persons(silver)
    numbers = named.select("number_key").distinct()
    roots = anchors(silver("household_registry"), numbers, named)

    def link_identities() -> None:
        found = identities(mentions(silver, numbers), roots)
        lake.overwrite(IDENTITIES, with_variants(lake, found, silver))

    write(
        [
            ("tie names to numbers", link_identities),
            ("persons", lambda: lake.overwrite(PERSONS, persons(roots))),
            ("members of households", lambda: lake.overwrite(MEMBERS, members(silver, named, lake.read(IDENTITIES)))),
            ("households", lambda: lake.overwrite(CASES, cases(silver, lake.read(MEMBERS)))),
            ("months of entitlement", lambda: lake.overwrite(ENTITLEMENT_MONTHS, entitlement_months(silver))),
            ("deaths", lambda: lake.overwrite(DEATHS, best_attested_deaths(silver, numbers))),
            ("people of the vault", lambda: lake.overwrite(PEOPLE, people(lake, silver, roots, ctx.key))),
        ]
    )
    ctx.report.stages[-1].rows = lake.read(MEMBERS).count()
    ctx.report.figures["cases"] = lake.read(CASES).count()


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run))
