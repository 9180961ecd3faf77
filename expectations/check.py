"""Holding figures against their bounds with Great Expectations: the only file that imports it. Nothing phones home."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # before the import: GX reads it once

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

from expectations.bounds import Bound, Checked
from expectations.offline_docs import make_offline

_SITE = "data_docs"


class Witness:
    """A Great Expectations context that holds measured figures against suites and writes the results as Data Docs."""

    def __init__(self, day: date) -> None:
        """day: that the run stands for; Great Expectations' pages name each of its runs by it and the table."""
        self._day = day
        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
        for name in self._context.get_site_names():
            self._context.delete_data_docs_site(name)
        self._source = self._context.data_sources.add_pandas("figures")
        self._tables: list[str] = []

    def check(self, table: str, bounds: Sequence[Bound], figures: Mapping[str, float | None]) -> list[Checked]:
        """Every bound with what came of it. `figures`: by measure; a null one has nothing to be wrong.

        A measured bound of which the suite reports nothing has failed: nobody looked.
        """
        self._tables.append(table)
        measured = [bound for bound in bounds if figures[bound.measure] is not None]
        frame = pd.DataFrame({bound.measure: [float(figures[bound.measure] or 0)] for bound in measured})
        suite = gx.ExpectationSuite(name=table, expectations=[_expectation(bound) for bound in measured])
        batches = self._source.add_dataframe_asset(table).add_batch_definition_whole_dataframe("whole")
        definition = self._context.validation_definitions.add(
            gx.ValidationDefinition(name=table, data=batches, suite=self._context.suites.add(suite))
        )
        run_id = gx.RunIdentifier(run_name=f"{self._day}_{table}", run_time=datetime.combine(self._day, time(), tzinfo=UTC))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            validated = definition.run(batch_parameters={"dataframe": frame}, run_id=run_id)
        held = {
            (outcome.expectation_config.kwargs["column"], str(outcome.expectation_config.severity.value)): bool(outcome.success)
            for outcome in validated.results
        }
        return [
            Checked(table, bound, observed, observed is None or held.get((bound.measure, bound.severity), False))
            for bound in bounds
            for observed in [figures[bound.measure]]
        ]

    def write_docs(self, docs: Path) -> dict[str, str]:
        """Writes this run's pages into an empty folder; gives the page of each table that was checked, by its path there.

        The site opens from the file system, without a server. Only this run is in it, so that it stays small after years of
        runs; ops.quality keeps the figures.
        """
        site = {
            "class_name": "SiteBuilder",
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs.resolve())},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        }
        self._context.add_data_docs_site(site_name=_SITE, site_config=site)
        self._context.build_data_docs(site_names=[_SITE])
        make_offline(docs)
        return {
            table: page.relative_to(docs).as_posix()
            for table in self._tables
            for page in (docs / "validations").glob(f"{table.replace('.', '/')}/**/*.html")
        }


def _expectation(bound: Bound) -> gxe.ExpectColumnMaxToBeBetween:
    """The figure is the only value of its column, so its largest."""
    return gxe.ExpectColumnMaxToBeBetween(
        column=bound.measure,
        min_value=bound.minimum,
        max_value=bound.maximum,
        severity=bound.severity,
        description=f"{bound.measure}: expected {bound.expected}. {bound.meaning}",
    )
