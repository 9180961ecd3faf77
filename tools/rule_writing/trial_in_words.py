"""The rule book and trials on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from rich.table import Table
from rich.text import Text

from jobs.rulebook.rule import EXEMPTIONS, Rule
from jobs.runtime.console import Console
from tools.rule_writing.trial import NO_ROW, Outcome, Trial

COUNTS = ("found", "exempt", "clear", "cannot_judge")


def print_rules(console: Console, rules: Iterable[Rule], last: Mapping[str, Mapping[str, int]] | None) -> None:
    """One line a rule; with `last`, its things by outcome in the last run."""
    table = Table("code", "rule and its source", "about, period, registers", show_lines=True)
    for column in table.columns:
        column.overflow = "fold"  # Chinese has no blanks to break at
    for name in COUNTS if last is not None else ():
        table.add_column(name.replace("_", " "), justify="right")
    for rule in rules:
        first, end = rule.in_force
        period = f"{first} to {end}" if end else f"from {first} on"
        registers = (" or " if rule.one_register_does else ", ").join(rule.registers)
        texts = (rule.code, f"{rule.title} · {rule.title_zh}\n{rule.source}", f"{rule.subject}\n{period}\n{registers}")
        cells = [Text(text) for text in texts]  # of several lines
        if last is not None:
            counted = last.get(rule.code)
            cells += [Text(f"{counted[name]:,}" if counted else "–") for name in COUNTS]
        table.add_row(*cells)
    console.print(table)


def print_trial(console: Console, trial: Trial, as_of: date) -> None:
    """Counts by outcome before and after, what became of the things, and examples that name nobody."""
    rule = trial.rule
    console.print()
    console.print(f"{rule.code} {rule.title} · {rule.title_zh}", style="bold")
    table = Table("outcome", "last run", "now", "difference")
    for column in table.columns[1:]:
        column.justify = "right"
    for outcome in sorted({*trial.before, *trial.after}, key=lambda outcome: (COUNTS.index(outcome[0]), outcome[1])):
        before, after = trial.before[outcome], trial.after[outcome]
        table.add_row(_words(outcome), f"{before:,}", f"{after:,}", f"{after - before:+,}" if after != before else "")
    change = trial.yuan_after - trial.yuan_before
    table.add_row("estimate, yuan", f"{trial.yuan_before:,.2f}", f"{trial.yuan_after:,.2f}", f"{change:+,.2f}" if change else "")
    console.print(table)
    console.print(
        f"{trial.new:,} new, {trial.gone:,} gone, {trial.changed:,} with another outcome or amount, {trial.unchanged:,} as they were.",
    )
    if trial.differences:
        examples = Table("case", "thing", "last run", "now", title="examples", title_justify="left")
        for difference in trial.differences:
            examples.add_row(difference.case_id, difference.thing, _words(difference.before), _words(difference.after))
        console.print(examples)
    for remark in _remarks(trial, as_of):
        console.print(remark, soft_wrap=True)


def _words(outcome: Outcome) -> str:
    if outcome == NO_ROW:
        return "–"
    name, code = outcome
    if name == "cannot_judge":
        return f"cannot judge: no {code}"
    return f"{name} {code} {EXEMPTIONS[code]}" if code in EXEMPTIONS else name


def _judged(trial: Trial) -> str:
    """Against the verdicts so far: what would have been saved, and what lost."""
    told = trial.judged
    if not told.visited:
        return "No visit has judged a clue of this rule that the last run found."
    said = f"Visits so far to clues of this rule: {told.visited:,}, {told.confirmed:,} of them confirmed."
    if not told.saved:
        return f"{said} All of them would have been made."
    low, high = told.lost_share
    could_tell = told.saved_confirmed + told.saved_refuted
    lost = f"{told.saved_confirmed:,} of {could_tell:,} that could tell had confirmed ({low:.0%} to {high:.0%} of such)"
    return f"{said} {told.saved:,} would have been saved; lost with them: {lost}."


def _remarks(trial: Trial, as_of: date) -> list[str]:
    code = trial.rule.code
    remarks = [_judged(trial)]
    if not trial.rule.has_begun(as_of):
        remarks.append(f"{code} is not in force on {as_of}: a run of that day leaves it out.")
    if trial.is_same_rule is None:
        remarks.append(f"The last run kept no row of {code}: it was not among its rules, or had nothing to look at.")
    elif trial.is_same_rule:
        remarks.append(f"Text and parameters of {code} are those of the last run.")
    else:
        remarks.append(f"Text or parameters of {code} are others than in the last run.")
    return remarks
