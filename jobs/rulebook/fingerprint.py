"""What ties a finding to the exact rule that made it: a digest of all code, parameters and law that the rule rests on."""

from __future__ import annotations

import ast
import hashlib
import json
from functools import cache
from importlib.util import find_spec

from expectations.conf import Conf
from jobs.registers.policy import Policy
from jobs.rulebook.rule import Rule

_ROOMS = ("jobs.rules", "jobs.rulebook", "jobs.registers")
"""What reads cells before any rule sees them, and the engine's ways, are told by the code version of the run (ops.runs)."""
_OF_EVERY_RULE = ("jobs.rulebook.outcomes", "jobs.rulebook.time_engine")
"""Modules that judge every rule, though no rule imports them."""


def fingerprint(rule: Rule, params: Conf, policy: Policy) -> str:
    """12 hex digits; the same on every machine. Another text of the rule, of what its modules import of the rule book, another parameter
    or another line of law gives another."""
    code = {name: source_of(name) for name in modules_of(rule.judge.__module__, *_OF_EVERY_RULE)}
    stated = [code, params.model_dump(mode="json"), policy.model_dump(mode="json")]
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()[:12]


def modules_of(*names: str) -> set[str]:
    """The modules and, step by step, all modules of the rule book that they import."""
    found: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += _imported(source_of(name))
    return found


@cache
def source_of(name: str) -> str:
    """The module's text, from a folder or from the zip of a cluster. Raises ImportError for a module without one."""
    spec = find_spec(name)
    source = getattr(spec.loader, "get_source", lambda _: None)(name) if spec else None
    if source is None:
        raise ImportError(f"no source of {name}: a rule without its text cannot be told from another")
    return str(source)


@cache
def _imported(source: str) -> tuple[str, ...]:
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and _is_rule_book(node.module):
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            names += [node.module] if node.module not in _ROOMS else []
            names += [name for name in below if node.module in _ROOMS or _is_module(name)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names if _is_rule_book(alias.name)]
    return tuple(names)


def _is_module(name: str) -> bool:
    """A module of a package of the rule book, rather than something that a module defines."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # its parent is a module, and no package
        return False


def _is_rule_book(module: str) -> bool:
    return any(f"{module}.".startswith(f"{room}.") for room in _ROOMS)
