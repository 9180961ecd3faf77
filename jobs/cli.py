"""The `mingjing` command. Imports are inside the commands: help must not wait for an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from jobs.fairness.command import fairness
from jobs.learning.command import learn
from jobs.options import AsOf, Engine, Env, LakeRoot, Out
from jobs.planning.command import plan
from jobs.rule_writing.command import rule
from jobs.runtime.errors import MingjingError

app = typer.Typer(
    help="Mingjing (明镜): from a city's registers to a ranked list of welfare cases worth a visit. A clue is a question, not an accusation.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold numbers and names
    rich_markup_mode="rich",
)
console = Console()


@app.command()
def run(
    delivery: Annotated[Path, typer.Argument(help="Folder with the data files and 交接清单.csv.", show_default=False)],
    out: Out,
    as_of: AsOf,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Run the main job: delivery in, ranked clues, workbooks and quality pages out."""
    from jobs import run_all
    from jobs.runtime.launch import day, explained, open_run
    from jobs.summary import print_summary

    def main_job() -> None:
        with open_run(
            out=out, as_of=day(as_of), delivery=delivery, engine=engine, env=env, lake_root=lake, console=console
        ) as ctx:
            run_all.run(ctx)
            print_summary(console, ctx.report, out, is_synthetic=is_synthetic(delivery))

    raise typer.Exit(explained(main_job, console))


@app.command()
def check(
    delivery: Annotated[
        Path, typer.Argument(help="Folder with the requests, the registers and 交接清单.csv.", show_default=False)
    ],
    out: Out,
    as_of: AsOf,
    engine: Engine = None,
    env: Env = None,
    lake: Annotated[
        str | None,
        typer.Option("--lake", help="Root of the lake of checks, where it is not OUT/check/lake: never that of supervision."),
    ] = None,
) -> None:
    """Check the means of households that applied and authorised it; kept apart from supervision."""
    from jobs import run_check
    from jobs.runtime.launch import day, explained, open_run

    def check_job() -> None:
        with open_run(
            out=out / run_check.FOLDER,
            as_of=day(as_of),
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
def ingest(
    delivery: Annotated[Path, typer.Argument(help="Folder with the data files and 交接清单.csv.", show_default=False)],
    as_of: AsOf,
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
    from jobs import check_quality, standardise
    from jobs import ingest as ingest_job
    from jobs.quality.report import print_files, print_numbers, print_state
    from jobs.runtime.errors import BadConfiguration
    from jobs.runtime.launch import day, explained, open_run
    from jobs.runtime.settings import load_settings

    def judge_only() -> None:
        from jobs.quality import dry_run as judging
        from jobs.quality.slips import slips as slips_of
        from jobs.quality.slips import written

        settings, today = load_settings(env), day(as_of)
        with console.status("judging the delivery"):
            judged = judging.judge(delivery, today, settings.ingest.piece_mib << 20)
        print_files(console, judged.accounts)
        print_numbers(console, judged.accounts, judged.numbers, settings.quality.usable_number_ratio_warn)
        if slips:
            paths = written(slips_of(judged.accounts, judged.returned, [], judged.numbers), slips, today)
            console.print(f"{len(paths)} return slips: {slips}", highlight=False, soft_wrap=True)

    def take_in() -> None:
        if out is None:
            raise BadConfiguration("--out is missing. Name the folder of the results, or judge only: --dry-run.")
        with open_run(
            out=out, as_of=day(as_of), delivery=delivery, engine=engine, env=env, lake_root=lake, console=console
        ) as ctx:
            try:
                for stage in (ingest_job.run, standardise.run, check_quality.run):
                    stage(ctx)
            finally:
                ctx.report.save(out / "run_report.json")
            print_state(console, ctx.lake, out, limits=ctx.settings.quality)

    raise typer.Exit(explained(judge_only if dry_run else take_in, console))


@app.command()
def quality(
    out: Annotated[Path, typer.Argument(help="Folder of the results of a run.", show_default=False)],
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Show the state of the data after the last run: files, expectations, holes, numbers that cannot be used."""
    from jobs.quality.report import print_state
    from jobs.runtime.launch import explained, open_lake
    from jobs.runtime.settings import load_settings

    def show() -> None:
        with open_lake(out, engine=engine, env=env, lake_root=lake) as opened:
            print_state(console, opened, out, limits=load_settings(env).quality)

    raise typer.Exit(explained(show, console))


@app.command(name="why-linked")
def why_linked(
    record: Annotated[
        str,
        typer.Argument(help="FILE:ROW or FILE:SHEET:ROW, with #role behind it where a row names several.", show_default=False),
    ],
    out: Out,
    full: Annotated[bool, typer.Option("--full", help="Show numbers, names and birth dates in full.")] = False,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Say why a record is tied to a person, or to nobody: both side by side, how well each thing agrees, and what that weighs."""
    from jobs.linking.delivered_row import parse_record
    from jobs.linking.explain import explanations
    from jobs.linking.side_by_side import print_explanation
    from jobs.runtime.launch import explained, open_lake
    from jobs.runtime.settings import load_settings

    def explain() -> None:
        wanted, settings = parse_record(record), load_settings(env)
        with open_lake(out, engine=engine, env=env, lake_root=lake) as opened:
            for explanation in explanations(opened, wanted, settings.linkage):
                print_explanation(console, explanation, full=full)

    raise typer.Exit(explained(explain, console))


@app.command(name="settle-identities")
def settle_identities(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or workbook: 记录一, 记录二, 结论 (同一人 / 不是同一人), 核查日期, 核查人 (two).", show_default=False
        ),
    ],
    out: Out,
    engine: Engine = None,
    env: Env = None,
    lake: LakeRoot = None,
) -> None:
    """Take in inspectors' decisions on who is who; the next run obeys them. A record is FILE:ROW or FILE:SHEET:ROW, with #role."""
    from jobs import settle_identities as job
    from jobs.returns.brought import brought_now
    from jobs.runtime.launch import explained, open_lake

    def settle() -> None:
        with open_lake(out, engine=engine, env=env, lake_root=lake, to_write=True) as opened:
            count = job.settle(opened, file, brought_now())
        console.print(f"{count} decisions taken in. The next mingjing run obeys them.", highlight=False)

    raise typer.Exit(explained(settle, console))


def is_synthetic(delivery: Path) -> bool:
    """Simulated cities say so in a file beside the delivery."""
    return (delivery.parent / "合成数据说明.txt").is_file()


@app.command()
def simulate(
    out: Annotated[Path, typer.Argument(help="Folder to write to: OUT/delivery, with its truth beside it.", show_default=False)],
    scale: Annotated[
        float, typer.Option(help="1 = 397,197 civil-affairs records and registries of 2.7 million people.", min=0.001, max=20)
    ] = 0.1,
    seed: Annotated[int, typer.Option(help="The same scale and seed give the same bytes.")] = 7,
) -> None:
    """Write a synthetic city: a delivery with its truth beside it. No real person is in it."""
    from jobs.simulation import simulate as simulate_city

    try:
        with console.status("simulating a city") as status:
            simulate_city(out, scale=scale, seed=seed, progress=status.update)
    except FileExistsError:
        console.print(
            f"{out / 'delivery'} is there already. Name another folder, or remove it first.", highlight=False, soft_wrap=True
        )
        raise typer.Exit(2) from None
    console.print(
        f"synthetic city, scale {scale:g}, seed {seed}: {out / 'delivery'} (truth: {out / 'truth.csv'})",
        highlight=False,
        soft_wrap=True,
    )


@app.command()
def doctor() -> None:
    """Say which engine can run here, the versions, and what to do about what is missing."""
    from jobs.doctor import diagnose, print_diagnoses

    try:
        diagnoses = diagnose()
    except MingjingError as error:  # a broken configuration is itself a finding
        console.print(str(error))
        raise typer.Exit(error.exit_code) from None
    print_diagnoses(console, diagnoses)
    raise typer.Exit(0 if all(d.is_well for d in diagnoses if d.is_needed) else 2)


app.add_typer(rule, name="rule")
for command in (plan, fairness, learn):
    app.command()(command)

if __name__ == "__main__":
    app()
