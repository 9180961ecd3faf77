"""A disk that fills up in the midst of a run: a sentence, nothing half-written, and with more room the run is simply run again."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from jobs.launch.context import RunContext
from tests.conftest import AS_OF, City
from tests.processes import ROOT


def test_a_run_on_a_full_disk_says_so_and_can_be_run_again(city: City, finished: RunContext, tmp_path: Path) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    run = [sys.executable, "-m", "jobs.commands.run_all", "--delivery", str(city.delivery), "--out", str(disk / "out")]
    run += ["--as-of", AS_OF.isoformat(), "--env", "test"]
    # The disk is a file system of the test's own: nobody else sees it, and it is gone with the processes.
    steps = f"""
        mount -t tmpfs -o size=12m small {disk}
        {shlex.join(run)} > {tmp_path}/first 2>&1; echo $? >> {tmp_path}/first
        mount -o remount,size=512m {disk}
        {shlex.join(run)} > {tmp_path}/second 2>&1; echo $? >> {tmp_path}/second
        cp -r {disk}/out/restricted {kept}
    """
    apart = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    told = subprocess.run([*apart, "sh", "-c", steps], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert told.returncode == 0, told.stderr
    first, second = ((tmp_path / name).read_text(encoding="utf-8") for name in ("first", "second"))
    assert "The disk is full" in first
    assert "Traceback" not in first
    assert first.splitlines()[-1] == "1"
    assert second.splitlines()[-1] == "0"
    for path in sorted(kept.rglob("*.csv")):
        assert path.read_bytes() == (finished.out / "restricted" / path.relative_to(kept)).read_bytes(), path.name
