"""Under which account of the machine this process runs."""

from __future__ import annotations

import os
import pwd


def own_account() -> str:
    """By the account that the process runs under, not by what the environment says; a number where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
