"""Markdown that is generated: tables, and the parts of a page between its markers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell stays one."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def with_sections(path: Path, sections: Mapping[str, str]) -> str:
    """The page's text with each section's body between its markers, `<!-- generated:NAME -->` and `<!-- end:NAME -->`.

    Raises ValueError when the page or one of its markers is missing.
    """
    if not path.is_file():
        raise ValueError(f"No page {path}. Write it, with the markers of: {', '.join(sections)}.")
    text = path.read_text(encoding="utf-8")
    for name, body in sections.items():
        start, end = f"<!-- generated:{name} -->", f"<!-- end:{name} -->"
        before, opened, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        if not (opened and closed):
            raise ValueError(f"{path} lacks the markers {start} and {end}. Put them where the generated part belongs.")
        text = f"{before}{start}\n\n{body}\n\n{end}{after}"
    return text
