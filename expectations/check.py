"""Checking frames with Great Expectations: this file and suites/ are the only ones that import it. Nothing phones home."""

from __future__ import annotations

import logging
import os
import shutil
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # before the import: GX reads it once

import great_expectations as gx
from pyspark.sql import DataFrame

from expectations.offline_docs import Line, make_offline

_SITE = "data_docs"
_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""No sample of values: it would cost a query an expectation, and pages of quality are no place for anyone's data."""


@dataclass(frozen=True)
class Checked:
    """One expectation of one table and what came of it."""

    table: str
    expectation: str
    column: str
    severity: str
    success: bool
    observed: str
    meaning: str


class Witness:
    """A Great Expectations context that keeps this run's results and writes them as Data Docs.

    docs: folder of the site; it opens from the file system, without a server. Only this run is in it,
    so that it stays small after years of runs; ops.quality keeps the figures.
    """

    def __init__(self, docs: Path) -> None:
        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        self.docs = docs
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
        backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs.resolve())}
        site = {
            "class_name": "SiteBuilder",
            "store_backend": backend,
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        }
        for name in self._context.get_site_names():
            self._context.delete_data_docs_site(name)
        self._context.add_data_docs_site(site_name=_SITE, site_config=site)
        self._source = self._context.data_sources.add_spark("lake", persist=True)

    def check(self, frame: DataFrame, suite: gx.ExpectationSuite) -> list[Checked]:
        """Runs a suite over a frame, on whichever engine the frame lives."""
        batches = self._source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("whole")
        definition = self._context.validation_definitions.add(
            gx.ValidationDefinition(name=suite.name, data=batches, suite=self._context.suites.add(suite))
        )
        checkpoint = self._context.checkpoints.add(
            gx.Checkpoint(name=suite.name, validation_definitions=[definition], result_format=_COUNTS_ONLY)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = checkpoint.run(batch_parameters={"dataframe": frame})
        (validated,) = result.run_results.values()
        return [_checked(suite.name, outcome) for outcome in validated.results]

    def write_docs(self, checked: Sequence[Checked], titles: Mapping[str, str], heading: str) -> Path:
        """Replaces the site by this run's pages and returns its index. `titles`: what a table is called."""
        shutil.rmtree(self.docs, ignore_errors=True)
        self._context.build_data_docs(site_names=[_SITE])
        lines = {}
        for table, title in titles.items():
            of_table = [c for c in checked if c.table == table]
            failed = [(c.severity, c.column, f"{c.meaning} (seen: {c.observed})") for c in of_table if not c.success]
            page = next((self.docs / "validations").glob(f"{table.replace('.', '/')}/**/*.html"), self.docs)
            lines[table] = Line(title, page.relative_to(self.docs).as_posix(), len(of_table), failed)
        return make_offline(self.docs, lines, heading)


def _checked(table: str, outcome: Any) -> Checked:
    configuration = outcome.expectation_config
    notes = configuration.notes
    result = outcome.result or {}
    if outcome.exception_info and outcome.exception_info.get("exception_message"):
        observed = f"could not be computed: {outcome.exception_info['exception_message'].splitlines()[0][:200]}"
    elif "unexpected_percent" in result:
        observed = f"{result['unexpected_percent'] or 0:.2f} % of {result.get('element_count', 0)} rows"
    else:
        observed = str(result.get("observed_value", ""))
    return Checked(
        table=table,
        expectation=configuration.type,
        column=configuration.kwargs.get("column", ""),
        severity=str(getattr(configuration.severity, "value", configuration.severity)),
        success=bool(outcome.success),
        observed=observed,
        meaning=notes if isinstance(notes, str) else " ".join(notes or ()),
    )
