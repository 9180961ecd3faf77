"""`mingjing rule`: for those who write rules. Imports are inside the commands: help must not wait for an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from jobs.access.roles import Role, allowed
from jobs.commands.options import AsOf, Engine, Env, Future, LakeRoot, Out
from jobs.runtime.console import Console

rule = typer.Typer(help="List the rules, begin a new one, try one over a past delivery.", no_args_is_help=True)
console = Console()


@rule.command(name="list")
@allowed(Role.DATA_TEAM, Role.PUBLISHER, Role.ANALYST, Role.AUDITOR)
def list_rules(
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the results of a run: shows what each rule gave.", show_default=False)
    ] = None,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """List the rule book: code, title, whom a clue is about, period in force, registers needed, legal source."""
    from expectations.contracts.lake import RULE_COVERAGE
    from jobs.launch.start import explained, open_lake
    from jobs.rules import RULES
    from tools.rule_writing.trial_in_words import COUNTS, print_rules

    def show() -> None:
        if out is None:
            print_rules(console, RULES, None)
            return
        with open_lake(out, engine=engine, env=env, lake_root=lake) as opened:
            rows = opened.read(RULE_COVERAGE).select("rule_code", *COUNTS).collect()  # one row a rule
        print_rules(console, RULES, {row["rule_code"]: {name: row[name] for name in COUNTS} for row in rows})

    raise typer.Exit(explained(show, console))


@rule.command()
@allowed()
def new(
    code: Annotated[str, typer.Argument(help="A letter of the family and two digits, such as V02.", show_default=False)],
    title: Annotated[str, typer.Option("--title", help="A few English words: 'Owns a boat'.", show_default=False)],
    title_zh: Annotated[str, typer.Option("--title-zh", help="The same in Chinese: 名下有船舶.", show_default=False)],
    register: Annotated[str, typer.Option("--register", help="Data set to compare with, such as vehicles.", show_default=False)],
) -> None:
    """Begin a rule in this checkout: rule file, page, case table, and its lines in the rule book and the configuration."""
    from jobs.launch.start import explained
    from tools.rule_writing.skeleton import NewRule, checkout, write_rule
    from tools.rule_writing.templates import NEXT_STEPS

    def begin() -> None:
        root = checkout()
        paths = [path.relative_to(root).as_posix() for path in write_rule(root, NewRule(code, title, title_zh, register))]
        console.print(f"Written: {', '.join(paths)}", soft_wrap=True)
        rule_file, page, chinese_page, table = paths[:4]
        next_steps = NEXT_STEPS.format(code=code, rule_file=rule_file, page=page, chinese_page=chinese_page, table=table)
        console.print(Text(next_steps), soft_wrap=True)

    raise typer.Exit(explained(begin, console))


@rule.command(name="try")
@allowed(Role.DATA_TEAM, Role.ANALYST)
def try_rule(
    codes: Annotated[list[str], typer.Argument(help="Codes of the rules, such as V01.", show_default=False)],
    out: Out,
    as_of: AsOf,
    future: Future = False,
    examples: Annotated[int, typer.Option("--examples", help="Things to show that come out otherwise.", min=0, max=1000)] = 10,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Run rules over a delivery that OUT's lake holds, and compare with its last run. Nothing is written; --as-of decides the law."""
    from jobs.launch.arguments import day
    from jobs.launch.start import explained
    from tools.rule_writing.trial import past_run, rules_named, try_rules
    from tools.rule_writing.trial_in_words import print_trial

    def attempt() -> None:
        rules, today = rules_named(codes), day(as_of, future=future)
        with past_run(out, today, engine=engine, env=env, lake_root=lake) as ctx, console.status("trying") as status:
            for trial in try_rules(ctx, rules, examples=examples):
                status.stop()
                print_trial(console, trial, today)
                status.start()

    raise typer.Exit(explained(attempt, console))


@rule.command()
@allowed(Role.DATA_TEAM, Role.PUBLISHER)
def decide(
    code: Annotated[str, typer.Argument(help="Code of the rule, such as V01.", show_default=False)],
    out: Out,
    on: Annotated[str, typer.Option("--on", help="Day of the decision: visits of later days count anew.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", help="In words.", show_default=False)],
    stop: Annotated[
        bool, typer.Option("--stop", help="Keep its clues back until another decision. Default: they are sent again.")
    ] = False,
) -> None:
    """Decide about a rule that needs a second look: it goes on, or stops. The next run and the next dispatch obey."""
    from casework.rule_decisions import RuleDecision
    from jobs.audit.calls import note
    from jobs.casebook.opened import store_beside_folder
    from jobs.launch.arguments import day
    from jobs.launch.settings import load_access
    from jobs.launch.start import explained
    from jobs.returns.brought import brought_now
    from jobs.rules import RULES
    from jobs.runtime.errors import BadConfiguration

    def record() -> None:
        if code not in (known := sorted(one.code for one in RULES)):
            raise BadConfiguration(f"{code} is no rule. Rules: {', '.join(known)}. Nothing was recorded.")
        if not reason.strip():
            raise BadConfiguration("--reason is empty. Say in words why the rule goes on or stops. Nothing was recorded.")
        who = brought_now(load_access())
        decision = RuleDecision(
            rule_code=code,
            on_day=day(on, option="--on"),
            goes_on=not stop,
            reason=reason.strip(),
            decided_by=who.by,
            recorded_at=who.at,
        )
        with store_beside_folder(out, out / "lake") as store, store.writing() as book:
            book.record_rule_decision(decision)
        note("rule decided", rule=code, goes_on=not stop, on=on)
        console.print(f"{code} {'stops until another decision' if stop else 'goes on: visits after ' + on + ' count anew'}.")

    raise typer.Exit(explained(record, console))
