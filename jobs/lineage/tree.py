"""A chain as a tree on the terminal: the line of the list at the root, delivered rows at the leaves."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text
from rich.tree import Tree

from expectations.contracts.lake import CASE_FILES, CASES, CHECKS, CLUES, NEEDS
from jobs.lineage.chain import Chain, Finding, Record, RuleTold, Score, Step
from jobs.link_people.side_by_side import Compared, table_of
from jobs.runtime.console import Console, plain

_LABELS = {
    **{
        column.name: column.label
        for table in (CASES, CASE_FILES, CHECKS, NEEDS, CLUES)
        for column in table.columns
        if column.label
    },
    "subject_id": "身份证号码",
    "subject_name": "姓名",
    "dispatched": "是否交办",
}
"""Columns as workbooks head them."""


def print_chain(console: Console, chain: Chain) -> None:
    """The whole chain; what whoever reads it must know stands first."""
    for remark in chain.remarks:
        console.warn(remark)
    console.print(_tree(chain))
    if chain.is_masked:
        console.print("Masked. --full shows numbers, names and whole rows.")


def _tree(chain: Chain) -> Tree:
    rule = f"  {chain.rule.code} {chain.rule.title_zh}" if chain.rule else ""
    tree = Tree(_text(f"{chain.kind} {chain.id}{rule}", "bold"), guide_style="dim")
    _pairs(tree.add(_text("the list", "bold")), chain.line)
    if chain.rule:
        _rule(tree.add(_text("rule", "bold")), chain.rule)
    for finding in chain.findings:
        _finding(tree.add(_text(f"finding: {finding.thing}, {finding.outcome}", "bold")), finding, chain.rule)
    if chain.score:
        _score(tree.add(_text("place on the list", "bold")), chain.score)
    shown: set[object] = set()
    if chain.months:
        counted = sum(month.at_stake_yuan is not None for month in chain.months)
        _months(tree.add(_text(f"payments: {len(chain.months)} months, {counted} counted", "bold")), chain, shown)
    rows = [record for record in chain.records if record.part != "payment"]
    if rows:
        branch = tree.add(_text(f"delivered rows: {len(rows)}", "bold"))
        for record in rows:
            _row(branch.add(_text(f"{record.part}: {record.title}, {_place(record)}")), record, shown)
    if chain.records:
        _files(tree.add(_text("files", "bold")), chain.records)
    if chain.searched:
        searched = "，".join(f"{table} {'?' if version is None else version}" for table, version in chain.searched.items())
        tree.add(_text("looked at, by version", "bold")).add(_text(searched))
    for part in chain.parts:
        tree.add(_tree(part))
    if chain.steps:
        _steps(tree.add(_text("tables on the way", "bold")), chain.steps)
    return tree


def _text(text: str, style: str = "") -> Text:
    return Text(plain(text), style, overflow="fold")


def _pairs(branch: Tree, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if value not in (None, ""):
            branch.add(_text(f"{_LABELS.get(name, name)}: {value}"))


def _rule(branch: Tree, rule: RuleTold) -> None:
    branch.add(_text(f"{rule.title}, measured in {rule.unit}; fingerprint {rule.fingerprint or 'none'}"))
    branch.add(_text(f"{rule.source} (in force from {rule.in_force[0]}{f' to {rule.in_force[1]}' if rule.in_force[1] else ''})"))


def _finding(branch: Tree, finding: Finding, rule: RuleTold | None) -> None:
    unit = rule.unit if rule else ""
    branch.add(
        _text(
            f"measured {_figure(finding.value)} against {_figure(finding.threshold)} ({unit}), event {finding.event_on or 'none'}"
        )
    )
    share = "one person's share" if finding.is_personal else "the whole household's"
    branch.add(
        _text(
            f"{finding.months} months counted, {finding.amount_estimate} yuan at stake ({share}), at most {finding.amount_upper}"
        )
    )
    for name, code in (("exempt", finding.exemption), ("may be exempt", finding.doubt)):
        if code:
            branch.add(_text(f"{name}: {code}"))
    branch.add(_text(finding.explanation))


def _score(branch: Tree, score: Score) -> None:
    if score.probability is not None:
        by = f"ranking {score.ranking_version}" if score.ranking_version else "stated priors"
        branch.add(_text(f"probability that a visit confirms {score.probability:.2f}, by {by}: {score.reasons}"))
    if score.pattern:
        branch.add(_text(f"kind of strangeness: {score.pattern}"))
    if score.anomaly_percentile is not None:
        strange = f": {score.strange_for}" if score.strange_for else ""
        branch.add(_text(f"stranger than {score.anomaly_percentile:.0%} of households, by model {score.model_version}{strange}"))


def _figure(value: float | None) -> str:
    return "nothing" if value is None else f"{value:g}"


def _months(branch: Tree, chain: Chain, shown: set[object]) -> None:
    households = {month.household: None for month in chain.months}
    of_household = {name: branch.add(_text(f"household {name}")) if len(households) > 1 else branch for name in households}
    for month in chain.months:
        stake = "not counted" if month.at_stake_yuan is None else f"{month.at_stake_yuan} at stake"
        heads = f" for {month.heads}" if month.heads else ""
        refunded = f", {month.refunded_yuan} refunded" if month.refunded_yuan != "0.00" else ""
        leaf = of_household[month.household].add(_text(f"{month.month}: paid {month.paid_yuan}{heads}{refunded}, {stake}"))
        for transfer in month.transfers:
            record = chain.records[transfer.record]
            said = " ".join(filter(None, (transfer.yuan, transfer.program, transfer.kind, transfer.paid_on)))
            _row(leaf.add(_text(f"{said}: {_place(record)}")), record, shown)


def _place(record: Record) -> str:
    return " ".join(filter(None, (record.file, record.sheet, f"row {record.row}")))


def _row(branch: Tree, record: Record, shown: set[object]) -> None:
    branch.add(_text("as received: " + "，".join(f"{header} {text}" for header, text in record.cells.items())))
    if record.seen:
        branch.add(_text("as read: " + "，".join(f"{header} {text}" for header, text in record.seen.items())))
    for identity in record.identities:
        leaf, sides = branch.add(_text(f"{identity.role}: {identity.tie}")), identity.compared
        if sides and sides not in shown:  # the same two sides explain themselves once
            shown.add(sides)
            lines = [
                Compared(
                    line.field,
                    _text(line.record),
                    [(_text(side.person), _text(side.agreement), _text(side.bits)) for side in line.persons],
                )
                for line in sides
            ]
            leaf.add(table_of(lines))


def _files(branch: Tree, records: tuple[Record, ...]) -> None:
    for file, delivery in sorted({(record.file, record.delivery) for record in records}, key=lambda pair: pair[0]):
        when = f"taken in {delivery.taken_in_at}" if delivery.taken_in_at else "no run on record took it in"
        leaf = branch.add(_text(file))
        leaf.add(
            _text(
                f"from {delivery.department or 'nobody named'}, extract of {delivery.extract_date or 'no day'}, in delivery "
                f"{delivery.number} ({delivery.delivery_id}), {when}, {delivery.status}"
            )
        )
        leaf.add(_text(f"SHA-256 {delivery.sha256}"))


def _steps(branch: Tree, steps: tuple[Step, ...]) -> None:
    """Tables by the run that wrote them."""
    runs: dict[tuple[str | None, ...], list[Step]] = {}
    for step in steps:
        runs.setdefault((step.run_id, step.as_of, step.code_version, step.settings_fingerprint, step.engine), []).append(step)
    for (run_id, as_of, code, settings, engine), written in runs.items():
        told = (
            f"run {run_id} for {as_of or 'no day'}, code {code}, settings {settings}, engine {engine}"
            if run_id
            else "no run on record"
        )
        run = branch.add(_text(told))
        for step in written:
            by = f", by {step.job} at {step.started_at}" if step.job else ""
            run.add(_text(f"{step.table} version {step.version}{by}"))
