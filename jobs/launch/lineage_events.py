"""What each job read and wrote, as OpenLineage events: to a file or a server, where the environment names one; else nothing is made."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.contracts.lake.runs import FINISHED
from expectations.contracts.model import Table
from jobs import __version__
from jobs.cells.masking import mask_numbers
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake

if TYPE_CHECKING:
    from openlineage.client.transport import Transport

EVENTS_VARIABLE = "MINGJING_OPENLINEAGE"
"""A file to which events are added, one a line, by its whole path; or the http(s) address of a server."""
_NAMESPACE = "mingjing"
_PRODUCER = f"urn:mingjing:{__version__}"
_PATIENCE_SECONDS = 5
_IDS = uuid.UUID("b0a3d2f4-6c55-4f0e-9f57-3d6a0e6f3c11")
"""Space of names of the runs' UUIDs, so that an event and ops.runs name the same run."""


def events_asked_for() -> LineageEvents | None:
    """Where the environment wants events told; null for nowhere. Raises BadConfiguration for what is neither a file nor a server."""
    place = os.environ.get(EVENTS_VARIABLE)
    if not place:
        return None
    from openlineage.client.transport.file import FileConfig, FileTransport
    from openlineage.client.transport.http import HttpConfig, HttpTransport

    if re.match(r"https?://.", place):
        return LineageEvents(HttpTransport(HttpConfig(place, timeout=_PATIENCE_SECONDS, retry={"total": 1})))
    if not place.startswith("/") or not Path(place).parent.is_dir():
        raise BadConfiguration(
            f"{EVENTS_VARIABLE} is {place}. Expected a file by its whole path, in a folder that is there, or the http address of a server."
        )
    return LineageEvents(FileTransport(FileConfig(place, append=True)))


class LineageEvents:
    """Tells a place of the jobs of a run. A place that does not take an event is not asked again: no run ends over it."""

    def __init__(self, place: Transport) -> None:
        self._place: Transport | None = place
        self.failure: str | None = None

    def tell(
        self, lake: Lake, run_id: str, job_no: int, reads: Sequence[Table], writes: Sequence[Table], row: Mapping[str, Any]
    ) -> None:
        """An event of one job. row: of ops.runs; without a `state` the job begins."""
        if self._place is None:
            return
        from openlineage.client import event_v2 as event
        from openlineage.client import facet_v2 as facet

        ended = "state" in row
        kind = event.RunState.START
        if ended:
            kind = event.RunState.COMPLETE if row["state"] == FINISHED else event.RunState.FAIL
        run_facets: dict[str, Any] = {
            "parent": facet.parent_run.ParentRunFacet(
                run=facet.parent_run.Run(str(uuid.uuid5(_IDS, run_id))), job=facet.parent_run.Job(_NAMESPACE, run_id)
            ),
            "processing_engine": facet.processing_engine_run.ProcessingEngineRunFacet(
                version=lake.engine.version.split()[-1], name=lake.engine.name
            ),
        }
        if row["as_of"]:
            run_facets["nominalTime"] = facet.nominal_time_run.NominalTimeRunFacet(f"{row['as_of']}T00:00:00Z")
        if ended and row["failure"]:
            run_facets["errorMessage"] = facet.error_message_run.ErrorMessageRunFacet(row["failure"], "PYTHON")
        told = event.RunEvent(
            eventType=kind,
            eventTime=datetime.now(UTC).isoformat(),
            run=event.Run(str(uuid.uuid5(_IDS, f"{run_id}/{job_no}")), run_facets),
            job=event.Job(_NAMESPACE, row["job"], {"jobType": facet.job_type_job.JobTypeJobFacet("BATCH", "MINGJING", "JOB")}),
            inputs=[
                event.InputDataset(*_place(lake, table), facets=_facets(table, row.get("tables_read"))) for table in _once(reads)
            ],
            outputs=[
                event.OutputDataset(
                    *_place(lake, table), facets=_facets(table, row.get("tables_written")), outputFacets=_rows(table, row)
                )
                for table in _once(writes)
            ],
            producer=_PRODUCER,
        )
        try:
            self._place.emit(told)
        except Exception as error:  # of a disk or a network: whoever wants the events looks for them there
            self.failure = f"{EVENTS_VARIABLE}: the place takes no events ({type(error).__name__}). The run goes on without."
            self._place = None


def _once(tables: Sequence[Table]) -> list[Table]:
    return [*dict.fromkeys(tables)]


def _place(lake: Lake, table: Table) -> tuple[str, str]:
    """Namespace and name of a table by OpenLineage's naming: a store's address or `file`, and the path there."""
    if lake.folder is not None:
        return "file", mask_numbers(str(lake.folder / table.zone / table.name))
    store, _, path = lake.root.partition("://")
    host, _, folder = path.partition("/")
    return f"{store}://{host}", mask_numbers("/".join((folder.rstrip("/"), table.zone, table.name)).lstrip("/"))


def _facets(table: Table, versions: Mapping[str, int | None] | None) -> dict[str, Any]:
    """The table's columns, and the version that was read or written, where there is one; nothing as long as the job works."""
    if versions is None:
        return {}
    from openlineage.client import facet_v2 as facet

    fields = [
        facet.schema_dataset.SchemaDatasetFacetFields(column.name, column.type.simpleString(), column.meaning)
        for column in table.columns
    ]
    facets: dict[str, Any] = {"schema": facet.schema_dataset.SchemaDatasetFacet(fields)}
    if (version := versions.get(table.full_name)) is not None:
        facets["version"] = facet.dataset_version_dataset.DatasetVersionDatasetFacet(str(version))
    return facets


def _rows(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    from openlineage.client import facet_v2 as facet

    rows = row.get("rows_written", {}).get(table.full_name)
    return (
        {"outputStatistics": facet.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=rows)}
        if rows
        else {}
    )
