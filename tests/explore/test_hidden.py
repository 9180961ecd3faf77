"""Nothing that analysts can ask for gives a person's number or name, wherever in the lake it was planted."""

from __future__ import annotations

import inspect
import re
import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyspark.sql.pandas.types import to_arrow_schema

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CLUES, PEOPLE, TABLES
from expectations.contracts.model import Kind, Table
from jobs.explore import OpenedLake, TableView, compare, open_lake, shown
from jobs.launch.context import RunContext
from jobs.runtime.errors import BadConfiguration, MingjingError
from jobs.runtime.lake import RESTRICTED_ZONES

NUMBER, NAME = "420292195203041234", "欧阳甲乙"
CLUE, CASE = "C0123456789abcdef", "H0123456789abcdef"
NO_WORDS = {
    "county", "town", "village", "household_no", "tekun_no", "book_no", "relation", "kind", "vehicle_kind", "post", "institution",
    "funeral_home", "batch_no",
}  # fmt: skip
"""Delivered texts in which nobody is named; in every other one somebody is."""


def planted(table: Table) -> pa.Table:
    """A row with the number in every text, and with the name in every text that anybody's words may stand in."""
    words = {"thing_key", "declared_assets"}
    if table.zone == "silver" and table.name in DATA_SETS:
        fields = DATA_SETS[table.name].fields
        words |= {field.name for field in fields if field.kind in (Kind.TEXT, Kind.PLATE) and field.name not in NO_WORDS}
    seen = set(table.column_names) - words if table.zone not in RESTRICTED_ZONES else set()

    def value(name: str, kind: pa.DataType) -> Any:
        if name in ("clue_id", "case_id"):
            return CLUE if name == "clue_id" else CASE
        if pa.types.is_string(kind):
            if name in seen and shown.DIGEST.search(name):
                return "0123456789abcdef"
            return f"甲{NUMBER}号" if name in seen else f"{NAME}{NUMBER}"
        if pa.types.is_list(kind):
            return [value(name, kind.value_type)]
        if pa.types.is_struct(kind):  # evidence: file, sheet and cells
            return {
                part.name: f"{NAME}{NUMBER}" if pa.types.is_string(part.type) else value(part.name, part.type) for part in kind
            }
        if pa.types.is_map(kind):
            told = value(name, kind.item_type)
            return [] if name.startswith("tables_") else [(f"{NAME}{NUMBER}" if name == "cells" else "case.paid_months", told)]
        if pa.types.is_date(kind):
            return date(2017, 12, 1)
        return Decimal("1.00") if pa.types.is_decimal(kind) else True if pa.types.is_boolean(kind) else 1

    schema = to_arrow_schema(table.schema)
    return pa.Table.from_pylist([{part.name: value(part.name, part.type) for part in schema}], schema)


@pytest.fixture(scope="module")
def planted_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("planted")
    for name, table in TABLES.items():
        write_deltalake(str(out / "lake" / name.replace(".", "/")), planted(table))
    return out


def told(ask: Callable[[], object]) -> str:
    """What a person sees of an answer, whole, or of the sentence that there is none."""
    try:
        answer = ask()
    except MingjingError as error:
        return str(error)
    if isinstance(answer, pl.DataFrame):
        return repr(answer.rows()) + repr(answer.columns)
    return repr(answer.to_dict()) if hasattr(answer, "to_dict") else repr(answer) + str(answer)


def everything(run: OpenedLake, ids: list[str]) -> dict[str, str]:
    """Whatever any public function of the module says."""
    views = [run.table(name) for name in run.tables()["table"]]
    answers = {
        f"{view.name} {how}": told(getattr(view, how)) for view in views for how in ("polars", "pandas", "_repr_markdown_")
    }
    answers |= {f"{view.name} duckdb": told(lambda view=view: view.duckdb().fetchall()) for view in views}
    answers |= {f"{view.name}": told(lambda view=view: view) for view in views}
    answers |= {
        how: told(getattr(run, how))
        for how in ("tables", "rules", "townships", "features", "learned", "fairness", "models", "before")
    }
    for how in ("trace", "contributions", "table"):
        answers |= {f"{how} {wanted}": told(lambda how=how, wanted=wanted: getattr(run, how)(wanted)) for wanted in ids}
    return answers | {"compare": told(lambda: compare(run, run)), "run": told(lambda: run)}


def public(of: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(of, callable) if not name.startswith("_")}


def test_every_public_function_is_among_those_that_are_asked() -> None:
    assert public(OpenedLake) == {
        "table", "tables", "rules", "townships", "features", "models", "learned", "fairness", "trace", "contributions", "before",
    }  # fmt: skip
    assert public(TableView) == {"polars", "pandas", "duckdb"}


def test_a_planted_number_or_name_cannot_be_got_by_any_function(planted_lake: Path, tmp_path: Path) -> None:
    answers = everything(open_lake(planted_lake), [NUMBER])  # trace needs rows that fit together: a run's, below
    earlier = tmp_path / "lake"
    shutil.copytree(planted_lake / "lake", earlier)
    fewer = planted(CLUES).to_pandas().assign(months=2)
    write_deltalake(str(earlier / "gold/clues"), pa.Table.from_pandas(fewer, to_arrow_schema(CLUES.schema)), mode="overwrite")
    changes = compare(open_lake(tmp_path), open_lake(planted_lake))
    assert changes["change"].to_list() == ["changed"]
    answers["changes"] = told(lambda: changes)
    assert len(answers) > 200
    for asked, said in answers.items():
        assert NAME not in said, asked
        assert NUMBER not in said, asked
    plants = pl.read_delta(str(planted_lake / "lake/silver/payments"))
    assert NUMBER in repr(plants.rows()), "a number that is planted nowhere is found nowhere"


def test_of_a_run_nobody_is_named(opened: OpenedLake, finished: RunContext) -> None:
    clues = opened.table("gold.clues").polars("clue_id", "case_id", "rule_code").unique("rule_code")
    needs = opened.table("gold.needs").polars("need_id", "rule_code", "outcome").filter(outcome="found").unique("rule_code")
    answers = everything(opened, [*clues["clue_id"], *clues["case_id"].head(3), *needs["need_id"]])
    people = finished.lake.read(PEOPLE).collect()
    numbers, names = {row["number"] for row in people}, {row["name"] for row in people if len(row["name"]) >= 3}
    for asked, said in answers.items():
        assert not numbers & set(re.findall(r"\d{17}[\dX]", said)), asked
        words = "\n".join(set(re.findall(r"[\u3400-\u9fff·]+", said)))  # each once: registers repeat themselves
        assert not [name for name in names if name in words], asked


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("vault.people", "restricted zone"),
        ("bronze.payments", "restricted zone"),
        ("quarantine.rows", "There is no table|restricted zone"),
        ("vault.verdicts", "restricted zone"),
        ("gold.checks", "may serve the check"),
        ("silver.check_requests", "may serve the check"),
        ("gold.clue", "gold.clues"),
        ("../vault/people", "There is no table"),
    ],
)
def test_other_tables_are_refused_with_a_sentence(opened: OpenedLake, name: str, why: str) -> None:
    with pytest.raises(BadConfiguration, match=why):
        opened.table(name)
    assert name not in opened.tables()["table"]


def test_columns_that_are_not_shown_cannot_be_named(opened: OpenedLake) -> None:
    for table, column in (("gold.clues", "evidence"), ("silver.vehicles", "plate_no"), ("silver.visits", "problem")):
        with pytest.raises(BadConfiguration, match="shows no column"):
            opened.table(table).polars(column)


def test_a_check_is_not_traced(opened: OpenedLake) -> None:
    with pytest.raises(BadConfiguration, match="mingjing trace"):
        opened.trace("K0123456789abcdef")


def test_relations_open_no_files(opened: OpenedLake, finished: RunContext) -> None:
    relation = opened.table("gold.clues").duckdb("clue_id")
    with pytest.raises(Exception, match="disabled by configuration"):
        relation.query("clues", f"SELECT * FROM read_parquet('{finished.out}/lake/vault/people/**/*.parquet')").fetchall()
