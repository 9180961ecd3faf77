"""The reference of the commands, from the parser itself: what `--help` knows, as a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command

from jobs.commands.cli import app
from tools.markdown import markdown_table


def command_reference() -> str:
    """Every command with its usage, arguments, options and defaults, in the order of `mingjing --help`."""
    parts = [
        "# Commands",
        "Written by `make docs` from the parser: change the command, never this page. What to reach for when: [Start](start.md#what-to-run).",
        "A process ends with 0 when it published, 1 when it failed, 2 when configuration, command line or delivery cannot be used, 3 when the "
        "data was refused by a critical expectation, and 130 or 143 when it was stopped. Errors name the file, the value, what was expected "
        "and what to do.",
        *(part for path, command in commands() for part in _section(path, command)),
    ]
    return "\n\n".join(parts) + "\n"


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, with the words by which it is called."""
    yield from _within(get_command(app), "mingjing")


def _within(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            if command.invoke_without_command:
                yield f"{path} {name}", command
            yield from _within(command, f"{path} {name}")
        elif not command.hidden:
            yield f"{path} {name}", command


def _section(path: str, command: Any) -> Iterator[str]:
    shown = [param for param in command.params if not param.hidden]
    yield f"## {path}"
    yield _plain(command.help)
    needed = (_written(param) for param in shown if param.required or _is_argument(param))
    yield f"```bash\n{' '.join([path, *needed])}\n```"
    if shown:
        yield markdown_table(
            ("", "", "default"), ((f"`{_written(param)}`", _plain(param.help), _default(param)) for param in shown)
        )


def _is_argument(param: Any) -> bool:
    return bool(param.param_type_name == "argument")


def _written(param: Any) -> str:
    value = param.metavar or param.name.upper()
    if _is_argument(param):
        return value if param.required or param.metavar else f"[{value}]"
    return param.opts[0] if param.is_flag else f"{param.opts[0]} {value}"


def _default(param: Any) -> str:
    if param.required:
        return "needed"
    return "" if param.default is None or param.is_flag or callable(param.default) else f"`{param.default}`"


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).replace("<", "&lt;")
