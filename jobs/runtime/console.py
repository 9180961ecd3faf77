"""The terminal: names of files, departments and places are shown as they read, and can neither style, move nor clear anything.

A name may hold somebody's number: none is shown, but in a Text that somebody asked to see in full. With MINGJING_LOG=json whatever would be
printed is a line of JSON instead, and nothing moves.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rich.console
from rich.table import Table
from rich.text import Text

from jobs.cells.masking import mask_numbers

LOG_VARIABLE = "MINGJING_LOG"
"""`json` for a log collector; unset or `text` for a person."""

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of characters that move the cursor, turn the direction of writing, break lines, or cannot be written at all."""


@dataclass(frozen=True)
class Told:
    """A line for a person, and the same in fields for programs."""

    text: Text
    fields: Mapping[str, object]

    def __rich__(self) -> Text:
        return self.text


class Console(rich.console.Console):
    """A console to which every string is plain text: no markup, no emoji codes, one line, no person's number. What is to be styled is a
    rich Text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(plain(mask_numbers(text)), **options)

    @property
    def is_terminal(self) -> bool:
        """Is it a person's, who sees progress?"""
        return not _is_json() and super().is_terminal

    def print(self, *objects: Any, **options: Any) -> None:
        """Shown, or with MINGJING_LOG=json logged, each as a line."""
        if not _is_json():
            super().print(*objects, **options)
            return
        for shown in objects:
            self._log("info", shown)

    def _log(self, level: str, shown: Any, **fields: object) -> None:
        if not self.quiet:
            record = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "level": level,
                **self._fields(shown),
                **fields,
            }
            self.file.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")
            self.file.flush()

    def _fields(self, shown: Any) -> Mapping[str, object]:
        if isinstance(shown, Table):
            heads = [str(column.header) or str(number) for number, column in enumerate(shown.columns)]
            cells = [[self._text(cell) for cell in column.cells] for column in shown.columns]
            return {"message": str(shown.title), "rows": [dict(zip(heads, row, strict=True)) for row in zip(*cells, strict=True)]}
        return shown.fields if isinstance(shown, Told) else {"message": self._text(shown)}

    def _text(self, shown: Any) -> str:
        text = self.render_str(shown) if isinstance(shown, str) else shown
        return text.plain if isinstance(text, Text) else "".join(segment.text for segment in self.render(text))

    def print_places(self, places: Mapping[str, object]) -> None:
        """A line a place, the path in full: it is to be copied."""
        for label, path in places.items():
            self.print(f"{label:<28} {path}", soft_wrap=True)

    def tell(self, error: Exception) -> None:
        """The sentence of an error, one paragraph whatever stands in it."""
        if _is_json():
            self._log("error", plain(str(error)), error=type(error).__name__, exit_code=getattr(error, "exit_code", None))
            return
        self.print(Text.assemble((type(error).__name__, "bold red"), " ", plain(str(error))), soft_wrap=True)

    def warn(self, warning: str) -> None:
        if _is_json():
            self._log("warning", warning)
            return
        self.print(Text.assemble(("!", "yellow"), " ", plain(mask_numbers(warning))), soft_wrap=True)


def _is_json() -> bool:
    return os.environ.get(LOG_VARIABLE) == "json"


def plain(text: str) -> str:
    """The text with what would not be seen on a terminal, or would act on it, written as an escape such as \\x1b."""
    return "".join(_escaped(character) if unicodedata.category(character) in _UNSEEN else character for character in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
