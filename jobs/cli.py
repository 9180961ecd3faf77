"""The `mingjing` command. Imports are inside the commands: help must not wait for an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from jobs.runtime.errors import MingjingError

app = typer.Typer(
    help="Mingjing (明镜): from a city's registers to a ranked list of welfare cases worth a visit. A clue is a question, not an accusation.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold numbers and names
    rich_markup_mode="rich",
)
console = Console()

Out = Annotated[Path, typer.Option("--out", help="Folder of the results; the lake is OUT/lake.", show_default=False)]
AsOf = Annotated[str, typer.Option("--as-of", help="Day that the run stands for, such as 2017-12-31.", show_default=False)]
Engine = Annotated[
    str | None,
    typer.Option("--engine", help="embedded (no Java needed) or spark. Default: spark under spark-submit, else embedded."),
]
Env = Annotated[str | None, typer.Option("--env", help="Overlay of the configuration: conf/<env>.yaml over conf/base.yaml.")]
LakeRoot = Annotated[str | None, typer.Option("--lake", help="Root of the lake, where it is not OUT/lake: a folder or a URI.")]


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


if __name__ == "__main__":
    app()
