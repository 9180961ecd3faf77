"""Arguments and options that several commands share, stated once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Delivery = Annotated[Path, typer.Argument(help="Folder with the data files and 交接清单.csv.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", help="Folder of the results; the lake is OUT/lake.", show_default=False)]
AsOf = Annotated[str, typer.Option("--as-of", help="Day that the run stands for, such as 2017-12-31.", show_default=False)]
Future = Annotated[bool, typer.Option("--future", help="Allow --as-of to be a day to come.")]
Engine = Annotated[
    str | None,
    typer.Option("--engine", help="embedded (no Java needed) or spark. Default: spark under spark-submit, else embedded."),
]
Env = Annotated[str | None, typer.Option("--env", help="Overlay of the configuration: conf/<env>.yaml over conf/base.yaml.")]
LakeRoot = Annotated[str | None, typer.Option("--lake", help="Root of the lake, where it is not OUT/lake: a folder or a URI.")]
Finished = Annotated[Path, typer.Argument(help="Folder of the results of a run.", show_default=False)]
Full = Annotated[bool, typer.Option("--full", help="Show numbers, names and birth dates in full.")]
