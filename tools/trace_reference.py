"""The reference of `mingjing trace --json`, from the classes that make it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Literal, get_args, get_origin

from jobs.lineage.chain import (
    Chain,
    Compared,
    Delivery,
    Finding,
    Identity,
    Month,
    Record,
    RuleTold,
    Score,
    Side,
    Step,
    Transfer,
)
from tools.markdown import markdown_table


def keys_of_traces() -> str:
    """Every object of `mingjing trace --json` with its keys."""
    parts = []
    for model in (Chain, RuleTold, Finding, Score, Month, Transfer, Record, Delivery, Identity, Compared, Side, Step):
        rows = ((f"`{name}`", _kind(field.annotation), field.description or "") for name, field in model.model_fields.items())
        parts += [f"### {model.__name__}", inspect.getdoc(model) or "", markdown_table(("key", "holds", "meaning"), rows)]
    return "\n\n".join(parts)


def _kind(annotation: object) -> str:
    """The type as JSON has it, or the object that stands there."""
    arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    if isinstance(annotation, type) and not arguments:
        return _JSON.get(annotation, f"[{annotation.__name__}](#{annotation.__name__.lower()})")
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    kinds = list(dict.fromkeys(_kind(argument) for argument in arguments))
    if get_origin(annotation) is tuple:
        return f"list of {' or '.join(kinds)}"
    return f"object, its values {_kind(arguments[1])}" if get_origin(annotation) is dict else " or ".join(kinds)


_JSON: Mapping[object, str] = {str: "text", int: "number", float: "number", bool: "true or false", type(None): "null"}
