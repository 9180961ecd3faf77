"""A network of a process's own: what listens in it is reached by the process and its children, by nobody else on the machine.

The embedded engine asks nobody who connects (decision 0018). A command therefore enters such a network before it makes its
first thread, for Linux lets no process with threads do so: `mingjing` as it begins, `python -m jobs.…` while this package is
imported. Any other module is run in one by `python -m jobs.runtime.private_network MODULE ARGUMENTS`.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import pwd
import runpy
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

VARIABLE = "MINGJING_NETWORK"
"""Set once a process has tried, for it and its children: the network they are in, or `shared` where there is no way."""
_SHARED = "shared"
BEYOND = (
    "SPARK_REMOTE",
    "SPARK_ENV_LOADED",
    "PYSPARK_GATEWAY_PORT",
    "MLFLOW_TRACKING_URI",
    "MINGJING_CASEWORK_URL",
    "MINGJING_OPENLINEAGE",
)
"""Variables that name, or may name, something on another machine."""
_ON_THIS_MACHINE = ("file:", "sqlite:", "/")
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET of linux/sched.h
_SET_FLAGS, _UP = 0x8914, 0x1  # SIOCSIFFLAGS, IFF_UP of linux/sockios.h and linux/if.h
_FIRST_PERSON = 1000
"""Accounts below are the system's own."""
NAME_SERVICES = Path("/etc/nsswitch.conf")
_NO_SHELLS = ("nologin", "false")


def is_wanted(arguments: Sequence[str]) -> bool:
    """Is it still to be tried, and does the command line name nothing beyond this machine?

    A lake or a registry elsewhere needs the network, and so does Spark, which may fetch its jars.
    """
    if VARIABLE in os.environ:
        return False
    values = [argument.partition("=")[2] or argument for argument in arguments]
    addresses = [value for value in values if "://" in value] + [os.environ[name] for name in BEYOND if name in os.environ]
    return not {"spark", "warm"} & set(values) and all(map(_is_here, addresses))


def _is_here(address: str) -> bool:
    """On this machine, and reached without its network: a file, or a database behind a socket in a folder."""
    parts = urlsplit(address)
    if not parts.scheme.startswith("postgresql"):
        return address.startswith(_ON_THIS_MACHINE)
    named = [*parse_qs(parts.query).get("host", []), *parse_qs(parts.query).get("hostaddr", []), parts.hostname or ""]
    hosts = [host for host in named if host] or [os.environ.get("PGHOST", "/")]
    return all(host.startswith("/") for host in hosts)


def enter_if_wanted(arguments: Sequence[str]) -> None:
    """For the command line of this process, before its first thread."""
    if is_wanted(arguments):
        enter()


def enter() -> None:
    """Enters one, if the machine allows it; else all stays as it is. The process must have no thread but this."""
    os.environ[VARIABLE] = _SHARED
    heeded = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))  # the child would tell of them, too
    # Tried in a child first: some systems let a process in half of the way only, and there is none back.
    child = os.fork()
    if child == 0:
        try:
            _unshare()
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    signal.pthread_sigmask(signal.SIG_SETMASK, heeded)
    if status == 0:
        _unshare()
        os.environ[VARIABLE] = _network()


def is_private() -> bool:
    """Is this thread in a network that the process, or one that it descends from, has entered?"""
    return os.environ.get(VARIABLE) == _network()


def who_else() -> str:
    """Who but us and the system's administrators can log in here; empty for nobody."""
    others = sum(
        account.pw_uid >= _FIRST_PERSON and account.pw_uid != os.getuid() and Path(account.pw_shell).name not in _NO_SHELLS
        for account in pwd.getpwall()
    )
    return f"other accounts can log in here ({others})" if others else _directory()


def _directory() -> str:
    """A directory of accounts, which need not list them."""
    try:
        lines = NAME_SERVICES.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    services = [line.partition(":")[2].split() for line in lines if line.startswith("passwd:")]
    beyond = [name for found in services for name in found if name.isalpha() and name not in ("files", "compat", "systemd")]
    return f"accounts of a directory ({beyond[0]}) can log in here" if beyond else ""


def _network() -> str:
    return os.readlink("/proc/thread-self/ns/net")


def _unshare() -> None:
    """Raises OSError where the machine does not allow it."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(_NEW_NETWORK):  # an administrator may; others, as those of a user namespace in which they are who they are
        if libc.unshare(_NEW_USER | _NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "unshare")
        Path("/proc/self/setgroups").write_text("deny", encoding="utf-8")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="utf-8")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="utf-8")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))


if __name__ == "__main__":
    if not sys.argv[1:]:
        raise SystemExit("Name the module to run: python -m jobs.runtime.private_network MODULE ARGUMENTS")
    enter_if_wanted(sys.argv[1:])
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
