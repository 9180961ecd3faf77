"""The fairness report as files and on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from jobs.launch.fairness_params import FairnessParams
from jobs.registers.traits import Proxy, refused
from jobs.report_fairness import rates
from jobs.report_fairness.groups import DIMENSIONS
from jobs.report_fairness.picture import picture
from jobs.report_fairness.rates import ComparedGroup
from jobs.runtime.console import Console
from jobs.sheets.files import write_csv

RATES = ("dispatched", "confirmed", "refuted")
CSV_COLUMNS = (
    "dimension", "group", "cases", "dispatched", "visited", "confirmed", "refuted",
    *(f"{rate}_ratio{part}" for rate in RATES for part in ("", "_low", "_high")),
    "refuted_p", "refuted_p_adjusted", "judgement",
)  # fmt: skip
PROXY_COLUMNS = ("feature", "attribute", "group", "auroc", "above_limit")
_SHOWN_PROXIES = 5
_NO_FEATURES = (
    "No features of the run of {day} are kept, only those of the last run: which of them tell who somebody is was not measured, "
    "and there is no proxies.csv. Run mingjing run with that --as-of, then this again."
)


@dataclass(frozen=True)
class FairnessReport:
    """What was found of every group and feature.

    proxies: null where no features of the day are kept. lost_cases: listed or visited ones that draw no more, and belong to no group.
    """

    as_of: date
    groups: Sequence[ComparedGroup]
    proxies: Sequence[Proxy] | None
    lost_cases: int
    params: FairnessParams

    @property
    def warnings(self) -> list[str]:
        params = self.params
        of_groups = rates.warnings_of(self.groups, params.significance)
        if self.proxies is None:
            return [*of_groups, _NO_FEATURES.format(day=self.as_of)]
        return [*of_groups, *_warnings_of(self.proxies, params)]

    def judgement(self, one: ComparedGroup) -> str:
        if one.p_value is None:
            return "not judged"
        return "differs beyond chance" if one.is_beyond_chance(self.params.significance) else "within chance"


def _warnings_of(found: Sequence[Proxy], params: FairnessParams) -> list[str]:
    return [
        f"The feature {proxy.input} is refused: it tells {DIMENSIONS[proxy.trait]} {proxy.group} with AUROC {proxy.strength:.2f}, "
        f"more than fairness.proxy_limit {params.proxy_limit:g}. Take it out of models/features.py, or state under "
        f"fairness.proxy_reasons.{proxy.input} why it may stay."
        for proxy in refused(found, params.proxy_limit, params.proxy_reasons)
    ]


def write_fairness(report: FairnessReport, folder: Path) -> None:
    """fairness.csv, fairness.svg and, where there are features, proxies.csv, into an empty folder. Groups and counts only."""
    rows = []
    for one in report.groups:
        group = one.group
        shares = [part for rate in RATES for part in _parts(one, rate)]
        p_values = [_number(one.p_value), _number(one.adjusted_p)]
        counts = (group.cases, group.dispatched, group.visited, group.confirmed, group.refuted)
        rows.append((DIMENSIONS[group.dimension], group.name, *counts, *shares, *p_values, report.judgement(one)))
    write_csv(pl.DataFrame(rows, CSV_COLUMNS, orient="row"), folder / "fairness.csv")
    if report.proxies is not None:
        _write_proxies(report, report.proxies, folder / "proxies.csv")
    drawn = picture(report.groups, report.params.least_visits, report.params.significance)
    (folder / "fairness.svg").write_text(drawn, encoding="utf-8")


def _write_proxies(report: FairnessReport, told: Sequence[Proxy], path: Path) -> None:
    reasons, limit = report.params.proxy_reasons, report.params.proxy_limit
    rows = [
        (
            proxy.input, DIMENSIONS[proxy.trait], proxy.group, _number(proxy.auroc),
            None if proxy.strength <= limit else reasons.get(proxy.input, "refused"),
        )
        for proxy in told
    ]  # fmt: skip
    write_csv(pl.DataFrame(rows, PROXY_COLUMNS, orient="row"), path)


def print_fairness(console: Console, report: FairnessReport, folder: Path) -> None:
    table = Table(
        title=f"Fairness, {report.as_of.isoformat()}: share and 95 % interval (Wilson)",
        title_justify="left",
        box=SIMPLE,
        pad_edge=False,
    )
    for heading in ("", "cases", "dispatched", "visited", "confirmed", "refuted", "p"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    dimension = ""
    for one in report.groups:
        group = one.group
        if group.dimension != dimension:
            dimension = group.dimension
            table.add_section()
            table.add_row(Text(DIMENSIONS[dimension], "bold"))
        p_style = "bold red" if one.is_beyond_chance(report.params.significance) else ""
        p_value = Text("–", "dim") if one.adjusted_p is None else Text(_p(one.adjusted_p), p_style)
        table.add_row(
            f"  {group.name}", f"{group.cases:,}", _shown(one, "dispatched"), f"{group.visited:,}", _shown(one, "confirmed"),
            _shown(one, "refuted"), p_value,
        )  # fmt: skip
    console.print(table)
    params = report.params
    console.print(
        f"Confirmed and refuted: of the cases with a verdict. Each group's refuted rate is held against the rest of its kind by a "
        f"two-proportion z-test, p corrected by Holm over the report, significance {params.significance:g}; fewer than "
        f"{params.least_visits} visits are not judged. The head speaks for the household; a certificate is anybody's in it.",
        style="dim", soft_wrap=True,
    )  # fmt: skip
    if report.proxies:
        strongest = "、".join(
            f"{p.input} → {DIMENSIONS[p.trait]} {p.group} {p.strength:.2f}" for p in report.proxies[:_SHOWN_PROXIES]
        )
        console.print(f"Features that tell most of a protected attribute (AUROC): {strongest}", soft_wrap=True)
    if report.lost_cases:
        console.print(f"{report.lost_cases} cases that were listed or visited draw no more and are in no group.")
    for warning in report.warnings:
        console.warn(warning)
    console.print_places({"table, proxies, picture": folder})


def _parts(one: ComparedGroup, rate: str) -> tuple[str | None, str | None, str | None]:
    share, (low, high) = one.rate(rate)
    return (None, None, None) if share is None else (_number(share), _number(low), _number(high))


def _shown(one: ComparedGroup, rate: str) -> Text:
    share, (low, high) = one.rate(rate)
    if share is None:
        return Text()
    return Text.assemble(f"{share:{'.1%' if rate == 'dispatched' else '.0%'}} ", (f"{100 * low:.0f}–{100 * high:.0f}", "dim"))


def _p(value: float) -> str:
    return "<.01" if value < 0.01 else f"{value:.2f}"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.6f}"
