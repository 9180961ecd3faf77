"""The embedded engine asks nobody who connects: only the command that started it can connect, whoever else tries."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jobs.launch.settings import CONF_VARIABLE, Settings
from jobs.runtime import private_network
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.private_network import is_wanted, who_else  # as they are: the tests' own process is told of nobody
from jobs.runtime.session import EMBEDDED, open_engine
from tests.conftest import AS_OF, City
from tests.processes import ROOT, run_apart, started_apart, wait_until

NOBODY = 65534
COMMANDS = {
    "mingjing run": ["jobs.commands.cli", "run"],
    "a job by itself": ["jobs.commands.run_all", "--delivery"],
}


def ports_of(pid: int) -> set[int]:
    """Ports on which the process waits for connections, in whatever network it is."""
    open_files = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed while we look
            open_files.add(os.readlink(path))
    table = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return {int(line[1].partition(":")[2], 16) for line in table if line[3] == "0A" and f"socket:[{line[9]}]" in open_files}


def can_connect(port: int) -> bool:
    """Can another user of the machine? Where the tests cannot become one, another process of ours tries in its place."""
    attempt = ["/bin/bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}"]
    user = NOBODY if os.geteuid() == 0 else None
    return subprocess.run(attempt, user=user, capture_output=True, check=False).returncode == 0


def reachable(command: list[str], city: City, folder: Path, **variables: str) -> bool:
    """Does the command start an engine that somebody else can connect to?"""
    log = folder / "log"
    arguments = [str(city.delivery), "--out", str(folder / "out"), "--as-of", AS_OF.isoformat()]
    with started_apart([sys.executable, "-m", *command, *arguments], log, **variables) as process:
        [port] = wait_until(lambda: ports_of(process.pid), process, log)
        found = can_connect(port)
        assert process.poll() is None, log.read_text(encoding="utf-8")
    return found


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_nobody_else_reaches_the_engine_of_a_command(city: City, tmp_path: Path, command: list[str]) -> None:
    assert not reachable(command, city, tmp_path)


def test_without_a_private_network_anybody_does(city: City, tmp_path: Path) -> None:
    """What the test above would see if the command had not entered one: the attempt itself is sound."""
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    base = tmp_path / "conf" / "base.yaml"
    base.write_text(
        base.read_text(encoding="utf-8").replace("accept_open_port: false", "accept_open_port: true"), encoding="utf-8"
    )
    accepted = {CONF_VARIABLE: str(tmp_path / "conf"), private_network.VARIABLE: "shared"}
    assert reachable(COMMANDS["mingjing run"], city, tmp_path, **accepted)


AS_AN_ORDINARY_USER = f"""
import ctypes, encodings.idna, os, socket
from jobs.runtime import private_network
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
    ctypes.CDLL(None).prctl(4, 1)  # PR_SET_DUMPABLE: its own files of /proc are its own again, as after a login
before = os.getuid(), os.getgid()
private_network.enter()
listening = socket.create_server(("127.0.0.1", 0))
socket.create_connection(listening.getsockname())
print(private_network.is_private(), (os.getuid(), os.getgid()) == before)
"""


def test_an_ordinary_user_has_one_and_stays_who_he_is() -> None:
    assert run_apart([sys.executable, "-c", AS_AN_ORDINARY_USER]).stdout.split() == ["True", "True"]


def test_where_others_can_log_in_the_engine_does_not_start_in_the_open_unless_that_is_accepted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_network, "who_else", lambda: "other accounts can log in here (3)")
    with (
        pytest.raises(BadConfiguration, match=r"other accounts can log in here \(3\).*engine\.accept_open_port"),
        open_engine(EMBEDDED, settings.engine),
    ):
        pass
    accepted = settings.engine.model_copy(update={"accept_open_port": True})
    with open_engine(EMBEDDED, accepted) as engine:
        assert engine.session.range(3).count() == 3


@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        ("run delivery --out out", {}, True),
        ("run delivery --lake file:///data/lake", {}, True),
        ("run delivery --lake s3://city/lake", {}, False),
        ("run delivery --lake=hdfs:///city/lake", {}, False),
        ("run delivery --engine spark", {}, False),
        ("run delivery --engine=spark", {}, False),
        ("run delivery --engine embedded", {"MLFLOW_TRACKING_URI": "http://models:5000"}, False),
        ("run delivery", {"MLFLOW_TRACKING_URI": "sqlite:////data/mlflow.db"}, True),
        ("run delivery", {"MINGJING_CASEWORK_URL": "postgresql://db/cases"}, False),
        ("run delivery", {"MINGJING_CASEWORK_URL": "postgresql://u@/cases?host=/var/run/postgresql"}, True),
        ("run delivery", {"MINGJING_CASEWORK_URL": "postgresql+psycopg://u@/cases", "PGHOST": "/run/pg"}, True),
        ("run delivery", {"MINGJING_CASEWORK_URL": "postgresql:///cases", "PGHOST": "db"}, False),
        ("run delivery", {"MINGJING_CASEWORK_URL": "postgresql://db/cases?host=/run/pg"}, False),
        ("run delivery", {"MINGJING_CASEWORK_URL": "postgresql:///cases?hostaddr=10.0.0.1"}, False),
        ("warm", {}, False),  # starts a Spark
        ("run delivery", {"SPARK_REMOTE": "sc://cluster"}, False),
        ("run delivery", {"PYSPARK_GATEWAY_PORT": "7077"}, False),
        ("run delivery", {"MINGJING_NETWORK": "shared"}, False),
    ],
)
def test_a_command_that_needs_nothing_beyond_this_machine_is_cut_off_from_it(
    monkeypatch: pytest.MonkeyPatch, arguments: str, variables: dict[str, str], expected: bool
) -> None:
    for name in ("SPARK_REMOTE", "SPARK_ENV_LOADED", "PYSPARK_GATEWAY_PORT", "MLFLOW_TRACKING_URI", "MINGJING_NETWORK", "PGHOST"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert is_wanted(arguments.split()) == expected


def account(uid: int, shell: str) -> pwd.struct_passwd:
    return pwd.struct_passwd(("account", "x", uid, uid, "", "/", shell))


@pytest.mark.parametrize(
    ("accounts", "services", "expected"),
    [
        ([account(0, "/bin/bash"), account(33, "/bin/sh"), account(65534, "/usr/sbin/nologin")], "files systemd", ""),
        ([account(1000, "/bin/bash"), account(1001, "/usr/bin/zsh")], "files", "other accounts can log in here (1)"),
        ([account(1001, "/bin/false"), account(1002, "/sbin/nologin")], "files", ""),
        ([account(1001, "")], "files", "other accounts can log in here (1)"),
        ([], "files [NOTFOUND=return] sss", "accounts of a directory (sss) can log in here"),
    ],
)
def test_who_else_can_log_in_is_told_by_accounts_and_directories(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, accounts: list[Any], services: str, expected: str
) -> None:
    (tmp_path / "nsswitch.conf").write_text(f"# a comment\npasswd: {services}\ngroup: ldap\n", encoding="utf-8")
    monkeypatch.setattr(private_network, "NAME_SERVICES", tmp_path / "nsswitch.conf")
    monkeypatch.setattr(pwd, "getpwall", lambda: accounts)
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert who_else() == expected


def test_a_module_that_is_run_in_one_says_nothing_of_its_own() -> None:
    inside = "import jobs.runtime.private_network as p; print(p.is_private())"
    done = run_apart([sys.executable, "-m", "jobs.runtime.private_network", "timeit", "-n1", "-r1", inside])
    assert (done.stdout.splitlines()[0], done.stderr) == ("True", "")
    alone = subprocess.run(
        [sys.executable, "-m", "jobs.runtime.private_network"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (alone.returncode, alone.stderr.startswith("Name the module to run")) == (1, True)


def test_a_job_that_is_started_past_its_beginning_says_how_to_start_it(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in (*private_network.BEYOND, private_network.VARIABLE)
    }
    command = [sys.executable, "jobs/find_clues/__main__.py", "--out", str(tmp_path), "--as-of", AS_OF.isoformat()]
    done = subprocess.run(
        command, cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "start it as python -m jobs.find_clues" in done.stderr) == (2, True), done.stderr
