"""The terminal: names of files, departments and places are shown as they read, and can neither style, move nor clear anything.

A name may hold somebody's number: none is shown, but in a Text that somebody asked to see in full.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import rich.console
from rich.text import Text

from jobs.cells.masking import mask_numbers

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of characters that move the cursor, turn the direction of writing, break lines, or cannot be written at all."""


class Console(rich.console.Console):
    """A console to which every string is plain text: no markup, no emoji codes, one line, no person's number. What is to be styled is a
    rich Text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(plain(mask_numbers(text)), **options)

    def print_places(self, places: Mapping[str, object]) -> None:
        """A line a place, the path in full: it is to be copied."""
        for label, path in places.items():
            self.print(f"{label:<28} {path}", soft_wrap=True)

    def tell(self, error: Exception) -> None:
        """The sentence of an error, one paragraph whatever stands in it."""
        self.print(Text.assemble((type(error).__name__, "bold red"), " ", plain(str(error))), soft_wrap=True)

    def warn(self, warning: str) -> None:
        self.print(Text.assemble(("!", "yellow"), " ", plain(mask_numbers(warning))), soft_wrap=True)


def plain(text: str) -> str:
    """The text with what would not be seen on a terminal, or would act on it, written as an escape such as \\x1b."""
    return "".join(_escaped(character) if unicodedata.category(character) in _UNSEEN else character for character in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
