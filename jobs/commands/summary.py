"""The summary of a run, in the manner of the 2017 report: records in, clues out, amounts, where the results lie."""

from __future__ import annotations

import shlex
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from rich.table import Table

from jobs.runtime.console import Console
from jobs.runtime.run_report import RunReport
from jobs.sheets.clue_workbook import RULE_TITLES


def print_summary(console: Console, report: RunReport, out: Path, *, is_synthetic: bool, best: int = 10) -> None:
    """Figures, the best cases (masked), and the stages; synthetic data is called so."""
    figures: dict[str, Any] = report.figures
    rows, clues, amounts = figures["rows"], figures["clues"], figures["amounts_yuan"]
    title = "Summary" + (" — SYNTHETIC DATA" if is_synthetic else "")
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for label, value in (
        ("records read", rows["read"]),
        ("  accepted", rows["accepted"]),
        ("  quarantined", rows["quarantined"]),
        ("  skipped (titles, subtotals, notes)", rows["skipped"]),
        ("accepted rows delivered twice, counted once", figures["rows_delivered_twice"]),
        ("benefit households", figures["cases"]),
        ("clues found", clues["found"]),
        ("  exempted (probably lawful)", clues["exempted"]),
        ("  dispatched", clues["dispatched"]),
        ("cases to visit", clues["cases"]),
    ):
        table.add_row(label, f"{value:,}")
    needs: dict[str, int] = figures.get("needs", {})
    outcomes = Counter({outcome: 0 for outcome in ("found", "excluded", "cannot_judge")})
    for told, count in needs.items():
        outcomes[told.split()[1]] += count
    table.add_row("people who may need help", f"{outcomes['found']:,}")
    table.add_row("  left out: means, or stopped of late", f"{outcomes['excluded']:,}")
    table.add_row("  cannot be judged", f"{outcomes['cannot_judge']:,}")
    for result, count in figures.get("checks", {}).get("households", {}).items():
        table.add_row(f"households checked: {result}", f"{count:,}")
    table.add_row("yuan at stake, upper bound", f"{amounts['upper'] or 0:,.2f}")
    table.add_row("yuan at stake, estimate", f"{amounts['estimate'] or 0:,.2f}")
    console.print(table)
    _print_best_cases(console, out, best, is_synthetic)
    console.print(rule_table(figures["rules"]))
    console.print(report.stage_table())
    console.print_places(
        {
            "lists, masked": out / "exports",
            "lists in full, restricted": out / "restricted",
            "return slips": out / "slips",
            "data quality pages": out / "quality" / "index.html",
            "this report": out / "run_report.json",
        }
    )
    console.print(f"Next: open a workbook in {out / 'exports' / 'workbooks'}. The list of visits of a day:", soft_wrap=True)
    console.print(f"mingjing plan --visits 300 --out {shlex.quote(str(out))} --as-of DAY", soft_wrap=True)


def rule_table(coverage: list[dict[str, Any]]) -> Table:
    """What each rule decided, and how many people it could judge."""
    table = Table(title="Rules", title_justify="left")
    table.add_column("rule", overflow="fold")
    for heading in ("found", "exempt", "clear", "cannot judge", "people judged"):
        table.add_column(heading, justify="right")
    for rule in coverage:
        judged = f"{rule['judged']:,} of {rule['people']:,}"
        found = f"{rule['found']:,}" + (" (held)" if rule["held"] else "")
        title = f"{rule['rule_code']} {RULE_TITLES.get(rule['rule_code'], '')}"
        table.add_row(title, found, *(f"{rule[outcome]:,}" for outcome in ("exempt", "clear", "cannot_judge")), judged)
    return table


def _print_best_cases(console: Console, out: Path, best: int, is_synthetic: bool) -> None:
    clues = pl.read_csv((out / "exports" / "clues.csv").read_bytes(), infer_schema=False).filter(pl.col("dispatched") == "是")
    cases = clues.group_by("case_id", maintain_order=True).first().head(best)
    console.print(f"The {len(cases)} best cases" + (" (synthetic people)" if is_synthetic else ""), style="bold")
    for n, case in enumerate(cases.iter_rows(named=True), start=1):
        title = RULE_TITLES.get(case["rule_code"], "")
        where = f"{case['town'] or ''}{case['village'] or ''}"
        amount = f" · {Decimal(case['amount_estimate']):,.2f} yuan" if case["amount_estimate"] else ""
        head = f"{n:>3}. {float(case['score']):.2f}  {case['rule_code']} {title} · {where} · {case['subject_name']}{amount}"
        console.print(head, soft_wrap=True)
        console.print(f"     {case['explanation']}", style="dim", soft_wrap=True)
