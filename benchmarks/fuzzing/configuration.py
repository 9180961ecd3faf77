"""An overlay of the configuration as any bytes: it is loaded, or refused in a sentence that names the file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from jobs.launch import settings
from jobs.runtime.errors import BadConfiguration

ENV = "fuzz"
_read = settings._read


def is_loaded(folder: Path, content: bytes) -> bool:
    """Tries bytes as an overlay: does it make settings whose fingerprint the same bytes give again?"""
    overlay = folder / f"{ENV}.yaml"
    overlay.write_bytes(content)
    with patch.object(settings, "_read", lambda path: _read(path) if path == overlay else _kept(path.name)):
        try:
            fingerprint, told = settings.load_settings(ENV, folder).fingerprint, ""
        except BadConfiguration as refused:
            fingerprint, told = "", str(refused)
        if fingerprint:
            assert fingerprint == settings.load_settings(ENV, folder).fingerprint, "the same bytes, other settings"
        else:
            assert str(folder) in told, "refused without the file's name"
            assert "\n" not in told, "refused in more than a sentence"
    return bool(fingerprint)


@cache
def _kept(name: str) -> dict[str, Any]:
    """What is beside the overlay never changes, and takes long to read."""
    return _read(settings.conf_folder() / name)


def sections() -> list[bytes]:
    """Each section of base.yaml as an overlay of its own, and one of policy.yaml."""
    text = (settings.conf_folder() / "base.yaml").read_text(encoding="utf-8")
    parts: list[str] = []
    for line in text.splitlines(keepends=True):
        if line[:1].isalpha() or not parts:
            parts.append("")
        parts[-1] += line
    policy = (settings.conf_folder() / "policy.yaml").read_text(encoding="utf-8")
    return [part.encode() for part in parts if not part.startswith(("#", settings.ACCESS))] + [
        ("policy:\n" + "".join(f"  {line}\n" for line in policy.splitlines()[:60])).encode()
    ]
