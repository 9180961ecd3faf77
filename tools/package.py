"""`make dist`: what a cluster needs. app.zip for --py-files, run_job.py to submit, conf/ beside them.

MINGJING_CONF=dist/conf spark-submit --py-files dist/app.zip dist/run_job.py find_clues --out … --as-of …
"""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

from jobs.runtime.code_version import KINDS
from jobs.runtime.errors import BadConfiguration

PACKAGES = ("jobs", "models", "casework", "expectations")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_RUN_JOB = '''"""Runs one job of app.zip: run_job.py <job> [arguments of the job]."""

import runpy
import sys
from importlib.util import find_spec

COMMANDS = ("run_all", "run_check", "upkeep")
USAGE = "run_job.py <job> [arguments], for example: run_job.py find_clues --out OUT --as-of 2017-12-31"

if len(sys.argv) < 2:
    raise SystemExit(USAGE)
job = sys.argv.pop(1)
module = f"jobs.commands.{job}" if job in COMMANDS else f"jobs.{job}.__main__"
try:
    is_there = find_spec(module) is not None
except ModuleNotFoundError:
    is_there = False
if not is_there:
    raise SystemExit(f"No job {job!r} in app.zip; docs/jobs.md names them. {USAGE}")
runpy.run_module(module.removesuffix(".__main__"), run_name="__main__", alter_sys=True)
'''


def build(root: Path, target: Path) -> Path:
    """Writes the package below `target` and returns app.zip; the same sources give the same bytes.

    Raises BadConfiguration where `target` holds a conf/ that is not of an earlier package: it would be replaced.
    """
    archive = target / "app.zip"
    if (target / "conf").exists() and not archive.is_file():
        raise BadConfiguration(
            f"{target} holds a conf/ and no app.zip: it is no package. Name another folder. Nothing was written."
        )
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for package in PACKAGES:
            for path in sorted(path for path in (root / package).rglob("*") if path.suffix in KINDS):
                entry = zipfile.ZipInfo(path.relative_to(root).as_posix(), _FIXED_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                zipped.writestr(entry, path.read_bytes())
    (target / "run_job.py").write_text(_RUN_JOB, encoding="utf-8")
    shutil.rmtree(target / "conf", ignore_errors=True)
    shutil.copytree(root / "conf", target / "conf")
    return archive


if __name__ == "__main__":
    built = build(Path(__file__).resolve().parents[1], Path(sys.argv[1] if len(sys.argv) > 1 else "dist"))
    sys.stdout.write(f"{built}\n")
