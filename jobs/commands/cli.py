"""The `mingjing` command. Imports are inside the commands: help must not wait for an engine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from jobs import __version__
from jobs.access.approvals import note_access
from jobs.access.roles import Role, allowed, refuse_in_full, refuse_unless, roles_of
from jobs.audit.calls import CHECK, SUPERVISION, recorded
from jobs.commands.approve import approve
from jobs.commands.audit import audit, verify_results
from jobs.commands.cases import cases
from jobs.commands.dispatch import dispatch
from jobs.commands.editions import editions, whose
from jobs.commands.fairness import fairness
from jobs.commands.graph import graph
from jobs.commands.learn import learn
from jobs.commands.lineage import trace
from jobs.commands.options import AsOf, Delivery, Engine, Env, Finished, Full, Future, LakeRoot, Out
from jobs.commands.plan import plan
from jobs.commands.policy import policy
from jobs.commands.prepay import prepay
from jobs.commands.purge import purge
from jobs.commands.report import report
from jobs.commands.rotate_key import rotate_key
from jobs.commands.rule import rule
from jobs.commands.take_in import take_in
from jobs.commands.warm import warm
from jobs.runtime import private_network
from jobs.runtime.code_version import code_digest
from jobs.runtime.console import Console
from jobs.runtime.errors import BadConfiguration, explanation
from jobs.runtime.frames import in_one_piece
from jobs.runtime.stopping import end_on_signals

_WITHOUT_RESULTS = ("simulate", "doctor", "graph", "warm", "rule new", "policy check", "editions open")
"""Commands that touch no city's data: recorded where MINGJING_AUDIT names a place, for they have no OUT."""
_FOR_CHECKS = ("check",)
_WHILE_OFF = ("approve", "audit verify", "audit show", "verify")
"""Commands that are given where access was turned off and nobody has approved that yet: to approve it, and to see who did it."""


class Commands(TyperGroup):
    """All commands. Each is recorded in the audit log; what cannot be used of a command line is told like any other error: in a
    sentence."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for path, command in _leaves(self):
            command.callback = _recorded(path, command.callback, is_group=isinstance(command, TyperGroup))

    def main(self, *arguments: Any, **options: Any) -> NoReturn:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # no run ends over a tick mark that a terminal cannot show
        options["standalone_mode"] = False
        try:
            code = super().main(*arguments, **options)
        except TyperException as error:
            code = error.exit_code
            said = error.format_message().replace("Value error, ", "")  # which pydantic puts in front of what it is told
            if said:  # nothing where help was shown for want of a command
                at = getattr(error, "ctx", None)
                see = f"See {at.command_path if at else 'mingjing'} --help."
                Console(stderr=True).tell(BadConfiguration(f"{said}{'' if said[-1] in '.?' else '.'} {see}"))
        sys.exit(code)


def _leaves(group: TyperGroup, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with the words by which it is called; a group that does something by itself among them."""
    for name, command in group.commands.items():
        path = f"{above} {name}".strip()
        if not isinstance(command, TyperGroup) or command.invoke_without_command:
            yield path, command
        if isinstance(command, TyperGroup):
            yield from _leaves(command, path)


def _recorded(path: str, callback: Callable[..., Any], *, is_group: bool) -> Callable[..., Any]:
    """The command, in the audit log when it begins and when it has ended. One that cannot be recorded is not begun, nor one that is for
    others."""
    roles = roles_of(callback)

    @wraps(callback)
    def command(**given: Any) -> Any:
        if is_group and given.get("out") is None:  # a command below it is the one that works
            return callback(**given)
        plan_folder = given.get("plan")
        out = None if path in _WITHOUT_RESULTS else plan_folder.resolve().parent.parent if plan_folder else given.get("out")
        purpose = CHECK if path in _FOR_CHECKS else SUPERVISION
        try:
            with recorded(path, given, purpose=purpose, out=out):
                if roles != frozenset():
                    from jobs.launch.settings import load_access  # knows all rules: help must not wait for them

                    refuse_unless(access := load_access(), roles, path)
                    if out is not None and path not in _WHILE_OFF:
                        note_access(access, out, Console(stderr=True).warn)
                return callback(**given)
        except Exception as error:
            if (told := explanation(error)) is None:
                raise
            Console(stderr=True).tell(told)
            raise typer.Exit(told.exit_code) from error

    return command


app = typer.Typer(
    cls=Commands,
    help="Mingjing (明镜): from a city's registers to a ranked list of welfare cases worth a visit. A clue is a question, not an accusation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they show locals, which may hold numbers and names, and take the place of our last words
    rich_markup_mode="rich",
)
console = Console()


def _tell_version(asked: bool) -> None:
    if asked:
        console.print(f"mingjing {__version__} (code {code_digest()})")
        raise typer.Exit


@app.callback()
def mingjing(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and the digest of the code."),
    ] = False,
) -> None:
    """What holds for every command."""


@app.command()
@allowed(Role.DATA_TEAM)
def run(
    delivery: Delivery,
    out: Out,
    as_of: AsOf,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="DELIVERY is an inbox: take each complete delivery put into it; --as-of may be today."),
    ] = False,
    future: Future = False,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Run the main job: delivery in, ranked clues, workbooks and quality pages out."""
    from jobs.commands import run_all
    from jobs.commands.summary import print_summary
    from jobs.commands.watch import watch as watch_inbox
    from jobs.launch.arguments import day
    from jobs.launch.model_store import refuse_silent_server
    from jobs.launch.start import explained, open_run

    def main_job() -> None:
        refuse_silent_server()
        if watch:
            watch_inbox(delivery, out=out, as_of=as_of, future=future, engine=engine, env=env, lake=lake, console=console)
        with open_run(
            out=out, as_of=day(as_of, future=future), delivery=delivery, engine=engine, env=env, lake_root=lake, console=console
        ) as ctx:
            run_all.run(ctx)
            print_summary(console, ctx.report, out, is_synthetic=ctx.is_synthetic)

    raise typer.Exit(explained(main_job, console))


@app.command()
@allowed(Role.DATA_TEAM)
def check(
    delivery: Annotated[
        Path, typer.Argument(help="Folder with the requests, the registers and 交接清单.csv.", show_default=False)
    ],
    out: Out,
    as_of: AsOf,
    future: Future = False,
    engine: Engine = None,
    env: Env = None,
    lake: Annotated[
        str | None,
        typer.Option("--lake", help="Root of the lake of checks, where it is not OUT/check/lake: never that of supervision."),
    ] = None,
) -> None:
    """Check the means of households that applied and authorised it; kept apart from supervision."""
    from jobs.commands import run_check
    from jobs.launch.arguments import day, refuse_overlap
    from jobs.launch.start import explained, open_run

    def check_job() -> None:
        refuse_overlap(delivery, {"--out": out})
        with open_run(
            out=out / run_check.FOLDER,
            as_of=day(as_of, future=future),
            delivery=delivery,
            engine=engine,
            env=env,
            lake_root=lake,
            console=console,
        ) as ctx:
            run_check.run(ctx, out)
            run_check.print_summary(console, ctx.report, out)

    raise typer.Exit(explained(check_job, console))


@app.command()
@allowed(Role.DATA_TEAM)
def ingest(
    delivery: Delivery,
    as_of: AsOf,
    future: Future = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the results; not needed for a dry run.", show_default=False)
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Judge the delivery and write nothing but the return slips.")
    ] = False,
    slips: Annotated[Path | None, typer.Option("--slips", help="Folder for the return slips of a dry run.")] = None,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Take a delivery in up to the quality gate, or with --dry-run only judge it."""
    from jobs.check_quality import job as check_quality
    from jobs.check_quality.gate_in_words import print_columns, print_files, print_numbers, print_state
    from jobs.ingest import job as ingest_job
    from jobs.launch.arguments import day, refuse_overlap
    from jobs.launch.metrics import reported
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained, open_run
    from jobs.standardise import job as standardise

    def judge_only() -> None:
        from jobs.check_quality import dry_run as judging
        from jobs.check_quality.columns import to_mend
        from jobs.check_quality.slips import slips as slips_of
        from jobs.check_quality.slips import written
        from jobs.runtime.results import Stamp, publication

        settings, today = load_settings(env), day(as_of, future=future)
        refuse_overlap(delivery, {"--slips": slips})
        with console.status("judging the delivery"):
            judged = judging.delivery_state(delivery, today, settings.ingest.piece_mib << 20)
        print_files(console, judged.accounts)
        print_numbers(console, judged.accounts, judged.numbers, settings.quality.usable_number_ratio_warn)
        print_columns(console, judged.accounts, judged.columns, settings.quality.unreadable_ratio_warn)
        if slips:
            told: list[str] = []
            columns = to_mend(judged.columns, settings.quality.empty_required_ratio_warn)
            found = slips_of(judged.accounts, judged.returned, None, judged.numbers, columns)
            stamp = Stamp(today, judged.accounts[0].delivery_id)
            with publication(slips, "dry_run", ["."], stamp, told.append) as staged:
                paths = written(found, staged, today)
            for warning in told:
                console.warn(warning)
            console.print(f"{len(paths)} return slips: {slips}", soft_wrap=True)

    def take_in() -> None:
        if out is None:
            raise BadConfiguration("--out is missing. Name the folder of the results, or judge only: --dry-run.")
        with open_run(
            out=out, as_of=day(as_of, future=future), delivery=delivery, engine=engine, env=env, lake_root=lake, console=console
        ) as ctx:
            with reported(ctx, "ingest"):
                for stage in (ingest_job, standardise, check_quality):
                    with ctx.job(stage) as own:
                        stage.run(own)
            print_state(console, ctx.lake, out, limits=ctx.settings.quality)

    raise typer.Exit(explained(judge_only if dry_run else take_in, console))


@app.command()
@allowed(Role.DATA_TEAM, Role.PUBLISHER, Role.ANALYST, Role.AUDITOR)
def quality(
    out: Finished,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Show the state of the data after the last run: files, expectations, holes, numbers that cannot be used."""
    from jobs.check_quality.gate_in_words import print_state
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained, open_lake

    def show() -> None:
        with open_lake(out, engine=engine, env=env, lake_root=lake) as opened:
            print_state(console, opened, out, limits=load_settings(env).quality)

    raise typer.Exit(explained(show, console))


@app.command(name="why-linked")
@allowed(Role.DATA_TEAM, Role.PUBLISHER, Role.ANALYST)
def why_linked(
    record: Annotated[
        str,
        typer.Argument(help="FILE:ROW or FILE:SHEET:ROW, with #role behind it where a row names several.", show_default=False),
    ],
    out: Out,
    full: Full = False,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Say why a record is tied to a person, or to nobody: both side by side, how well each thing agrees, and what that weighs."""
    from jobs.launch.settings import load_settings
    from jobs.launch.start import explained, open_lake
    from jobs.link_people.explain import explanations
    from jobs.link_people.side_by_side import print_explanation
    from jobs.registers.delivered_rows import parse_record

    def explain() -> None:
        wanted, settings = parse_record(record), load_settings(env)
        if full:
            refuse_in_full(settings.access, None)
        with open_lake(out, engine=engine, env=env, lake_root=lake) as opened:
            for explanation in explanations(opened, wanted, settings.linkage):
                print_explanation(console, explanation, full=full)

    raise typer.Exit(explained(explain, console))


@app.command(name="settle-identities")
@allowed(Role.DATA_TEAM)
def settle_identities(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or workbook: 记录一, 记录二, 结论 (同一人 / 不是同一人), 核查日期, 核查人 (two).",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ],
    out: Out,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Take in inspectors' decisions on who is who; the next run obeys them. A record is FILE:ROW or FILE:SHEET:ROW, with #role."""
    from jobs.access.approvals import second_person
    from jobs.launch.run_log import RunLog
    from jobs.launch.settings import load_access, load_settings
    from jobs.launch.start import explained, open_lake
    from jobs.returns.brought import brought_now
    from jobs.runtime.results import digest_of
    from jobs.settle_identities import job

    def settle() -> None:
        lines = len(job.lines_of(file))  # what cannot be read is told before an engine starts
        access = load_access()
        facts = {"file": digest_of(file), "lines": lines}
        with (
            open_lake(out, engine=engine, env=env, lake_root=lake, to_write=True) as opened,
            second_person(access, out, "identities", facts),
        ):
            log = RunLog()
            with log.kept(opened, console), log.job(job, opened, load_settings(env), None) as own:
                count = job.settle(own, file, brought_now(access))
        console.print(f"{count} decisions taken in. The next mingjing run obeys them.")

    raise typer.Exit(explained(settle, console))


@app.command()
@allowed()
def simulate(
    out: Annotated[Path, typer.Argument(help="Folder to write to: OUT/delivery, with its truth beside it.", show_default=False)],
    scale: Annotated[
        float, typer.Option(help="1 = 397,197 civil-affairs records and registries of 2.7 million people.", min=0.001, max=20)
    ] = 0.1,
    seed: Annotated[int, typer.Option(help="The same scale and seed give the same bytes.", min=0)] = 7,
) -> None:
    """Write a synthetic city: a delivery with its truth beside it. No real person is in it."""
    from jobs.launch.start import explained
    from simulation import simulate as simulate_city

    def write_city() -> None:
        with console.status("simulating a city") as status:
            try:
                simulate_city(out, scale=scale, seed=seed, progress=status.update)
            except FileExistsError as error:
                raise explanation(error) or BadConfiguration(str(error)) from error
        said = f"synthetic city, scale {scale:g}, seed {seed}: {out / 'delivery'} (truth: {out / 'truth.csv'})"
        console.print(said, soft_wrap=True)

    raise typer.Exit(explained(write_city, console))


@app.command()
@allowed()
def doctor(
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Say of these results, zone by zone, what is not encrypted.", show_default=False, exists=True),
    ] = None,
    lake: LakeRoot = None,
) -> None:
    """Say which engine can run here, the versions, what to do about what is missing, and what is not encrypted at rest."""
    from jobs.commands.doctor import diagnose, print_diagnoses

    diagnoses = diagnose(out, lake)
    print_diagnoses(console, diagnoses)
    raise typer.Exit(0 if all(d.is_well for d in diagnoses if d.is_needed) else 2)


app.add_typer(rule, name="rule")
app.add_typer(cases, name="cases")
app.add_typer(editions, name="editions")
app.add_typer(policy, name="policy")
app.add_typer(audit, name="audit")
app.command(name="verify")(verify_results)
for command in (plan, prepay, dispatch, take_in, report, fairness, learn, trace, graph, purge, rotate_key, whose, approve, warm):
    app.command()(command)


def as_module(*command: str) -> None:
    """`python -m jobs.<name>` of a job that has a command: the same arguments, the same exit codes."""
    main([*command, *sys.argv[1:]])


def main(arguments: list[str] | None = None) -> None:
    """The command in a process of its own: in a private network where it can be, ended at once by Ctrl-C."""
    given = sys.argv[1:] if arguments is None else arguments
    private_network.enter_if_wanted(given)
    end_on_signals()
    in_one_piece(app)(given, prog_name="mingjing")


if __name__ == "__main__":
    main()
