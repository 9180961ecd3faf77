"""Workbooks as LibreOffice saves them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path


def saved_again(paths: Iterable[Path], folder: Path) -> list[Path]:
    """The workbooks, opened and saved by LibreOffice into the folder, under their names."""
    folder.mkdir(exist_ok=True)
    given = list(paths)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder.parent}/profile", "--headless", "--convert-to", "xlsx", "--outdir", str(folder),
         *map(str, given)],
        capture_output=True, text=True, timeout=240, check=True,
    )  # fmt: skip
    return [folder / path.name for path in given]
