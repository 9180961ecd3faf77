"""What `mingjing plan` says of a list: whom it holds and why, what to expect, what more visits would add."""

from __future__ import annotations

from collections import Counter

from rich.table import Table

from expectations.contracts.lake.planning import (
    DISPATCHED,
    EXEMPTED,
    KEY_PERSON,
    RANDOM,
    RANKED,
    SEVERITY,
    STRATA,
    UNREMARKABLE,
)
from jobs.plan_visits.job import Plan
from jobs.runtime.console import Console

_WHY = {
    RANKED: "by rank",
    SEVERITY: "  for the share of hard rules",
    KEY_PERSON: "  for the share of key persons",
    RANDOM: "  at random (marked in ops.ledger only)",
}
_FROM = {
    DISPATCHED: "    from cases to visit that the rank left out",
    EXEMPTED: "    from cases that an exemption explains",
    UNREMARKABLE: "    from households without a clue",
}


def print_plan(console: Console, plan: Plan) -> None:
    where = f", {plan.county}" if plan.county else ""
    table = Table(title=f"List {plan.list_no} of {plan.as_of.isoformat()}{where}", title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    chosen = Counter(visit.why for visit in plan.choice.visits)
    drawn = Counter(visit.case.stratum for visit in plan.choice.visits if visit.is_random)
    explained = sum(visit.case.stratum == EXEMPTED and not visit.is_random for visit in plan.choice.visits)
    listed, following = plan.listed, plan.following
    rows = [
        ("visits asked for", f"{plan.asked:,}"),
        ("cases on the list", f"{listed.visits:,}"),
        *((label, f"{chosen[why]:,}") for why, label in _WHY.items()),
        *((_FROM[name], f"{drawn[name]:,} of {plan.choice.drawn_from[name]:,}") for name in STRATA if drawn[name]),
        *([("  beyond all cases to visit: explained by an exemption", f"{explained:,}")] if explained else []),
        *([("left out, as likely as the last by rank", f"{plan.choice.tied:,}")] if plan.choice.tied else []),
        ("of these on an earlier list, not visited yet", f"{plan.planned_before:,}"),
        ("visited before and unchanged, or set aside, left out", f"{plan.settled:,}"),
        ("expected to be confirmed", f"{listed.expected:,.1f}"),
        ("  95 % interval (Poisson-binomial, normal approximation)", f"{listed.low:,.0f} to {listed.high:,.0f}"),
        ("  a visit", f"{listed.per_visit:.2f}"),
    ]
    if following.visits:
        rows += [
            (f"the next {following.visits} visits would add", f"{following.expected:,.1f}"),
            ("  a visit", f"{following.per_visit:.2f}"),
        ]
    for label, value in rows:
        table.add_row(label, value)
    console.print(table)
    if not plan.is_calibrated:
        console.warn(
            "The probabilities are stated priors, not learned from verdicts. They order the cases; "
            "take the yield as an order of magnitude."
        )
    if not plan.is_new:
        console.print("The same list as before: the ledger was not written again.")
    if plan.run_as_of != plan.as_of:
        console.print(f"Made from the run of {plan.run_as_of.isoformat()}.")
    console.print_places({"list, masked": plan.folder / "exports", "list in full, restricted": plan.folder / "restricted"})
