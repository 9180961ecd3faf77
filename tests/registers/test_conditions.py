"""Conditions over nullable columns: what they say, and that a plan does not grow with how deep they stand."""

import ast
import time
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from jobs.registers.conditions import first_of, first_that_holds, holds, may_hold
from jobs.runtime.session import Engine
from tests.processes import ROOT

ROOMS = sorted((ROOT / "jobs").rglob("*.py"))


def test_true_false_and_unknown(embedded: Engine) -> None:
    frame = embedded.session.createDataFrame([(True,), (False,), (None,)], "c boolean")
    c = F.col("c")
    told = frame.select(holds(c), ~holds(c), may_hold(c), first_that_holds({"no": ~c, "yes": c})).collect()
    assert [tuple(row) for row in told] == [
        (True, False, True, "yes"),
        (False, True, False, "no"),
        (False, True, True, None),
    ]


def test_the_first_of_several_counts_and_none_is_null(embedded: Engine) -> None:
    frame = embedded.session.createDataFrame([(1,), (2,), (None,)], "n int")
    cases = [(F.col("n") < 2, F.lit("small")), (F.col("n") < 9, F.lit("any"))]
    assert [row[0] for row in frame.select(first_of(cases)).collect()] == ["small", "any", None]
    assert [row[0] for row in frame.select(first_of(cases).otherwise("unknown")).collect()] == ["small", "any", "unknown"]
    assert frame.select(first_that_holds({})).first() == (None,)


def test_a_plan_costs_by_what_is_written_not_by_how_deep_it_stands(embedded: Engine) -> None:
    """Ten levels of coalesce take the engine ten seconds: it copies what stands in each, and again for the one around it."""
    condition = F.col("id") > F.lit(1)
    for level in range(10):
        condition = holds(may_hold(condition) & (F.col("id") != level))
    before = time.process_time()
    assert embedded.session.range(13).filter(condition).count() == 3
    assert time.process_time() - before < 1


def boolean_coalesces(source: str) -> list[int]:
    """Lines in which a condition is made never null by coalesce, or a case is chosen by it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "F.coalesce":
            last = ast.unparse(node.args[-1])
            if last in ("F.lit(True)", "F.lit(False)") or ast.unparse(node.args[0]).startswith("*(F.when("):
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_conditions_are_made_without_coalesce(path: Path) -> None:
    assert boolean_coalesces(path.read_text(encoding="utf-8")) == []


def test_such_a_coalesce_is_seen() -> None:
    assert boolean_coalesces("F.coalesce(F.col('a') > 1, F.lit(False))\nF.coalesce(*(F.when(a, b) for a in c), d)") == [1, 2]
