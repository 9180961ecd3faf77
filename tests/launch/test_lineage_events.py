"""OpenLineage events: what each job of a run declares and what became of it, as the published model of an event has it; nothing unasked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import attr
import pytest
from openlineage.client import facet_v2
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState

from expectations.contracts.lake import FILES, PURPOSES
from jobs.launch.lineage_events import EVENTS_VARIABLE
from jobs.launch.run_log import RunLog
from jobs.launch.settings import Settings
from jobs.runtime import private_network
from jobs.runtime.errors import BadConfiguration, BadDelivery
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.session import Engine
from tests.conftest import AS_OF
from tests.runtime.test_run_log import QUIET, Stated

JOB = Stated("state_purpose", (PURPOSES, FILES), (PURPOSES,))
FACETS = {
    "parent": facet_v2.parent_run.ParentRunFacet,
    "processing_engine": facet_v2.processing_engine_run.ProcessingEngineRunFacet,
    "nominalTime": facet_v2.nominal_time_run.NominalTimeRunFacet,
    "errorMessage": facet_v2.error_message_run.ErrorMessageRunFacet,
    "jobType": facet_v2.job_type_job.JobTypeJobFacet,
    "schema": facet_v2.schema_dataset.SchemaDatasetFacet,
    "version": facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet,
    "outputStatistics": facet_v2.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
}


def read_back(event: Mapping[str, Any]) -> RunEvent:
    """The event as the classes have it that OpenLineage makes of its schema: they refuse a key, a UUID or a time that is none."""

    def facets(given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: known(FACETS[name], facet) for name, facet in given.items()}

    def known(kind: Any, given: Mapping[str, Any]) -> Any:
        fixed = {"schemaURL", "_schemaURL"}
        assert all(given[name] == kind._get_schema() for name in fixed & given.keys())
        return kind(**{name.lstrip("_"): value for name, value in given.items() if name not in fixed})

    def dataset(kind: Any, given: dict[str, Any]) -> Any:
        inside = {name: facets(given[name]) for name in given if name.lower().endswith("facets")}
        return known(kind, {**given, **inside})

    parts = {
        "run": known(Run, {**event["run"], "facets": facets(event["run"]["facets"])}),
        "job": known(Job, {**event["job"], "facets": facets(event["job"]["facets"])}),
        "inputs": [dataset(InputDataset, one) for one in event["inputs"]],
        "outputs": [dataset(OutputDataset, one) for one in event["outputs"]],
        "eventType": RunState(event["eventType"]),
    }
    read: RunEvent = known(RunEvent, {**event, **parts})
    assert {field.name for field in attr.fields(RunEvent)} >= event.keys()
    return read


def work(lake: Lake, settings: Settings, *, fails: bool = False) -> RunLog:
    log = RunLog()
    with log.kept(lake, QUIET), log.job(JOB, lake, settings, AS_OF) as own:
        own.overwrite(PURPOSES, own.session.createDataFrame([(AS_OF, "supervision", "a test")], plain_schema(PURPOSES)))
        if fails:
            raise BadDelivery("420292194001010014 is in a name of a file.")
    return log


@pytest.fixture
def lake(embedded: Engine, tmp_path: Path) -> Lake:
    return Lake(embedded, str(tmp_path / "lake"))


def test_each_job_tells_its_beginning_and_its_end_with_tables_columns_versions_and_rows(
    lake: Lake, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EVENTS_VARIABLE, str(tmp_path / "events.jsonl"))
    first, _ = work(lake, settings), work(lake, settings)
    told = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    begun, ended, *others = map(read_back, told)
    assert [begun.eventType, ended.eventType, *(one.eventType for one in others)] == [RunState.START, RunState.COMPLETE] * 2
    assert begun.run.runId == ended.run.runId != others[0].run.runId
    assert {one["run"]["facets"]["parent"]["job"]["name"] for one in told[:2]} == {first.run_id}
    assert [one.name.rsplit("/", 2)[1:] for one in ended.inputs] == [["ops", "purposes"], ["ops", "files"]]
    [written] = ended.outputs
    assert (written.namespace, written.name) == ("file", str(tmp_path / "lake/ops/purposes"))
    assert (written.facets["version"].datasetVersion, written.outputFacets["outputStatistics"].rowCount) == ("0", 1)
    assert [field["name"] for field in told[1]["outputs"][0]["facets"]["schema"]["fields"]] == PURPOSES.column_names
    assert begun.outputs[0].facets == {}
    assert others[1].outputs[0].facets["version"].datasetVersion == "0", "made of the same: what stands there is this job's, too"


def test_a_job_that_fails_tells_why_and_no_number(
    lake: Lake, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EVENTS_VARIABLE, str(tmp_path / "events.jsonl"))
    with pytest.raises(BadDelivery):
        work(lake, settings, fails=True)
    ended = read_back(json.loads((tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()[-1]))
    assert ended.eventType == RunState.FAIL
    assert "is in a name of a file" in ended.run.facets["errorMessage"].message
    assert "19400101" not in ended.run.facets["errorMessage"].message


def test_nothing_is_told_unasked(lake: Lake, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE_URL", "http://127.0.0.1:9")  # the library's own ways are not ours
    assert work(lake, settings).events is None


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """A server on this machine that keeps what it is sent, in `events`."""

    class Keeps(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            events.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    events: list[Any] = []
    served = HTTPServer(("127.0.0.1", 0), Keeps)
    served.events = events  # type: ignore[attr-defined]
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield served
    served.shutdown()
    served.server_close()


def test_a_server_gets_the_same_events(lake: Lake, settings: Settings, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EVENTS_VARIABLE, f"http://127.0.0.1:{server.server_port}")
    assert not private_network.is_wanted([])  # the server could not be reached from a network of its own
    work(lake, settings)
    assert [path for path, _ in server.events] == ["/api/v1/lineage"] * 2
    assert [read_back(event).eventType for _, event in server.events] == [RunState.START, RunState.COMPLETE]


def test_a_place_that_takes_no_events_is_told_once_and_ends_no_run(
    lake: Lake, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "events").mkdir()
    monkeypatch.setenv(EVENTS_VARIABLE, str(tmp_path / "events"))
    log = work(lake, settings)
    assert log.events is not None
    assert "The run goes on without" in (log.events.failure or "")


@pytest.mark.parametrize("place", ["events.jsonl", "/nowhere/events.jsonl", "ftp://host/events", "http://"])
def test_a_place_that_is_none_is_told_before_anything_begins(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EVENTS_VARIABLE, place)
    with pytest.raises(BadConfiguration, match="Expected a file by its whole path"):
        RunLog()
