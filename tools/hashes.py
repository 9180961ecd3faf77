"""`make hashes`: hashes.txt from constraints.txt, so that each pin stays what it was when it was pinned. Needs a network.

A line a pin, as pip reads them: the SHA-256 of its wheel for each processor, or of the source where no wheel is published.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from tools.bundle import ARCHITECTURES, HASHES, ROOT, options_for, pins

_HEAD = "# Made by make hashes from constraints.txt: what each pin is, for each processor.\n"


def lines_of(found: Mapping[str, Iterable[str]]) -> str:
    return "".join(f"{pin} {' '.join(f'--hash=sha256:{one}' for one in sorted(set(of)))}\n" for pin, of in found.items())


def found_for(pinned: Sequence[str], options: Sequence[str]) -> dict[str, str]:
    """By pin, the SHA-256 of the file that pip would take; none of those that are not published so."""
    left = [*pinned]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--no-deps"]
        command += ["--target", folder, "--report", str(report), *options]
        while left:
            done = subprocess.run([*command, *left], check=False, capture_output=True, text=True)
            if done.returncode == 0:
                break
            lacking = re.search(r"No matching distribution found for (\S+)", done.stderr)
            if lacking is None or lacking[1] not in left:
                raise SystemExit(done.stderr)
            left.remove(lacking[1])
        taken = json.loads(report.read_text(encoding="utf-8"))["install"] if left else []
    digests = {
        canonicalize_name(one["metadata"]["name"]): one["download_info"]["archive_info"]["hashes"]["sha256"] for one in taken
    }
    return {pin: digests[canonicalize_name(pin.partition("==")[0])] for pin in left}


def main() -> int:
    pinned = pins(ROOT / "constraints.txt")
    found: dict[str, list[str]] = {pin: [] for pin in pinned}
    for arch in ARCHITECTURES:
        for pin, digest in found_for(pinned, options_for(arch)).items():
            found[pin].append(digest)
    of_source = [pin for pin, digests in found.items() if not digests]
    for pin, digest in found_for(of_source, ["--no-binary", ":all:"]).items():
        found[pin].append(digest)
    HASHES.write_text(_HEAD + lines_of(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
