"""Where a verdict belongs: county and rule by the list that it is about, the township by its case."""

from __future__ import annotations

from collections.abc import Collection

from casework.events import Place
from casework.payloads import Listed
from expectations.contracts.lake import CASES
from jobs.runtime.lake import Lake


def placed(listed: Listed, town: str | None) -> Place:
    return Place(listed.county_code or None, town, listed.rule_code)


def towns_of(lake: Lake, case_ids: Collection[str]) -> dict[str, str]:
    """Township by case, of those whose roster names one."""
    wanted = lake.session.createDataFrame([(case_id,) for case_id in sorted(case_ids)], "case_id string")
    rows = (
        lake.read_or_empty(CASES)
        .join(wanted, "case_id", "left_semi")
        .filter("town IS NOT NULL")
        .select("case_id", "town")
        .collect()
    )
    return {row["case_id"]: row["town"] for row in rows}  # one row a case that was visited
