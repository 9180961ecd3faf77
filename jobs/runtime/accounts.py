"""Under which account of the machine this process runs, and where its home is."""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def own_account() -> str:
    """By the account that the process runs under, not by what the environment says; a number where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def have_a_home() -> None:
    """Libraries keep caches in a home, and are not loaded without: an account that has none has `/` from now on, as in a container."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = "/"
