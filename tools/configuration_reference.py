"""The reference of the configuration: every key with its value, what is allowed, and the reason that stands beside it in the file."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from jobs.launch.settings import Settings
from jobs.rules import RULES
from tools.markdown import markdown_table

_BOUNDS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}
_LONGEST = 120
"""Characters of a value in the table; the rest stands in the file."""


def key_tables(folder: Path) -> str:
    """A table for each section of base.yaml in `folder`: key, value, what is allowed, why."""
    text = (folder / "base.yaml").read_text(encoding="utf-8")
    schema = Settings.model_json_schema()
    content = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(content, yaml.MappingNode), "load_settings has read it before"
    lines, parts = text.splitlines(), []
    for name, section in content.value:
        rows = [
            (f"`{path.partition('.')[2]}`", f"`{_value(node)}`", _allowed(schema, path), _reason(lines, key, node))
            for path, key, node in _leaves(name.value, name, section)
        ]
        about = _reason(lines, name, name)
        parts += [f"### {name.value}", *([about] if about else []), markdown_table(("key", "value", "allowed", "why"), rows)]
    return "\n\n".join(parts)


def policy_sections(folder: Path) -> str:
    """policy.yaml of `folder` as it stands: each line is dated and names its source."""
    return f"```yaml\n{(folder / 'policy.yaml').read_text(encoding='utf-8').rstrip()}\n```"


def _leaves(path: str, key: Any, node: Any) -> Iterator[tuple[str, Any, Any]]:
    """Keys by their full names, with their values; a mapping on one line is a value."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        for inner, value in node.value:
            yield from _leaves(f"{path}.{inner.value}", inner, value)
    else:
        yield path, key, node


def _value(node: Any) -> str:
    text = " ".join(node.start_mark.buffer[node.start_mark.pointer : node.end_mark.pointer].split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _reason(lines: Sequence[str], key: Any, node: Any) -> str:
    """The comment behind the value or its key, or those on the lines just above the key."""
    for line in (node.end_mark.line, key.start_mark.line):
        if behind := re.search(r" # (.*)$", lines[line]):
            return _plain(behind[1])
    above = itertools.takewhile(lambda line: line.lstrip().startswith("#"), reversed(lines[: key.start_mark.line]))
    return _plain(" ".join(line.strip(" #") for line in reversed(list(above))))


def _plain(text: str) -> str:
    return text.replace("<", "&lt;").replace("*", "\\*")


def _allowed(schema: Mapping[str, Any], key: str) -> str:
    """Kind and range of a key, as the class that checks it states them; nothing where any text is allowed."""
    section, *names = key.split(".")
    if section == "rules":
        rule = next(rule for rule in RULES if rule.code == names[0])
        return _kind(rule.params.model_json_schema(), names[1:])
    return _kind(schema, [section, *names])


def _kind(schema: Mapping[str, Any], names: list[str]) -> str:
    node: Mapping[str, Any] = schema
    for name in names:
        node = node.get("properties", {}).get(name) or node.get("additionalProperties") or {}
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    options = node.get("anyOf") or [node]
    kinds = [option.get("type", "") for option in options]
    kind = next((k for k in kinds if k in {"integer", "number", "boolean"}), kinds[0])
    words = {"integer": "whole number", "boolean": "true, false", "array": "list", "object": "by name", "string": "text"}
    bounded = options[kinds.index(kind)]
    inner = bounded.get("additionalProperties")
    bounds = {**(inner if isinstance(inner, dict) else {}), **bounded}
    told = [text.format(f"{bounds[name]:g}") for name, text in _BOUNDS.items() if isinstance(bounds.get(name), int | float)]
    said = node.get("enum") or ([node["const"]] if "const" in node else [])
    return ", ".join([words.get(kind, kind), *told]) if not said else " · ".join(map(str, said))
