"""A PostgreSQL server of the tests' own, in a temporary folder, on a socket in it: no port, no password, gone with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PLACES = "/usr/lib/postgresql/*/bin"
"""Where Debian keeps them, outside of PATH."""
_ACCOUNT = "postgres"
"""The server refuses to run as root; Debian's package makes this account."""


def _binaries() -> Path:
    on_path = shutil.which("initdb")
    found = (
        [Path(on_path).parent] if on_path else sorted(path for path in Path("/").glob(_PLACES[1:]) if (path / "initdb").exists())
    )
    if not found:
        pytest.fail(
            "No PostgreSQL server on this machine. Install it: apt-get install postgresql (Debian), or put initdb on PATH."
        )
    return found[-1]


@contextmanager
def server() -> Iterator[str]:
    """The server's address, to which the name of a database is added: ADDRESS.format(database)."""
    binaries = _binaries()
    account = _ACCOUNT if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(
        prefix="pg-"
    ) as folder:  # not below pytest's: a socket's path is short, its folder is another's
        if account:
            os.chown(folder, pwd.getpwnam(account).pw_uid, pwd.getpwnam(account).pw_gid)

        def run(*command: str) -> None:
            said = subprocess.run(
                [str(binaries / command[0]), *command[1:]],
                user=account,
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert said.returncode == 0, said.stdout + said.stderr

        data = f"{folder}/data"
        run("initdb", "-D", data, "-U", "mingjing", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c log_statement=none"
        run("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql://mingjing@/{{}}?host={folder}"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
