"""Lineage events of a real run against OpenLineage's own JSON schemas: `make schedulers`, which fetches them.

No package of OpenLineage's brings its schemas. The Rust crate datafusion-openlineage does, for tests of its own, as they stand in
OpenLineage's repository at 1.50.0; of the archive all that is known here is its name and its digest. tests/launch holds the same events
against the classes that OpenLineage makes of its schemas, facets that the archive lacks among them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from referencing import Registry, Resource

from jobs.launch.lineage_events import EVENTS_VARIABLE
from tests.hand_made import first_delivery
from tests.processes import ROOT

Event = dict[str, Any]
LACKING = {"DatasetVersionDatasetFacet.json", "NominalTimeRunFacet.json"}
"""Facets whose schema is not in the archive."""
EARLIER = {"JobTypeJobFacet.json", "ParentRunFacet.json"}
"""Facets of which the archive has the version before the one that the events name."""
FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


class Schemas:
    """The schemas of the archive, each known by its `$id`, an address in which its version stands."""

    def __init__(self, archive: Path) -> None:
        with tarfile.open(archive) as opened:
            parts = [part for part in opened if "/tests/schemas/" in part.name and part.name.endswith(".json")]
            found = [json.load(stream) for part in parts if (stream := opened.extractfile(part))]
        self._at = {schema["$id"]: schema for schema in found}
        self._by_name = {address.rpartition("/")[2]: address for address in self._at}
        self._registry = Registry().with_resources((at, Resource.from_contents(schema)) for at, schema in self._at.items())

    def version_of(self, schema_url: str) -> str | None:
        """The address of what the archive has of the schema, in whichever version; null where it has none."""
        return self._by_name.get(schema_url.partition("#")[0].rpartition("/")[2])

    def hold(self, what: Event, schema_url: str) -> None:
        """Raises ValidationError."""
        Draft202012Validator({"$ref": schema_url}, registry=self._registry, format_checker=FORMATS).validate(what)


def facets_of(event: Event) -> Iterator[Event]:
    """Of the run, the job and each table, with those of reading and writing."""
    for bearer in (event["run"], event["job"], *event["inputs"], *event["outputs"]):
        for key, facets in bearer.items():
            if key.lower().endswith("facets"):
                yield from facets.values()


def held(event: Event, schemas: Schemas) -> dict[str, bool]:
    """Each facet's schema by its file's name: was it of the very version that the event names?"""
    schemas.hold(event, event["schemaURL"])
    exactly = {}
    for facet in facets_of(event):
        address, _, part = facet["_schemaURL"].partition("#")
        if there := schemas.version_of(address):
            schemas.hold(facet, f"{there}#{part}")
            exactly[there.rpartition("/")[2]] = there == address
    return exactly


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(ROOT / ".openlineage-schemas")


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """Of a run that two jobs of end, and the quality gate stops: no payments were delivered."""
    folder = tmp_path_factory.mktemp("run")
    delivery = first_delivery(folder / "delivery", months=()).done()
    command = [sys.executable, "-m", "jobs.commands.cli", "ingest", str(delivery), "--out", str(folder / "out")]
    told = folder / "events.jsonl"
    ended = subprocess.run(
        ["env", f"{EVENTS_VARIABLE}={told}", *command, "--as-of", "2017-12-31", "--env", "test"], cwd=ROOT, check=False
    )
    assert ended.returncode == 3
    return [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]


def test_events_of_a_run_are_as_the_published_schemas_say(events: list[Event], schemas: Schemas) -> None:
    assert [event["eventType"] for event in events] == ["START", "COMPLETE"] * 2 + ["START", "FAIL"]
    exactly: dict[str, bool] = {}
    for event in events:
        exactly |= held(event, schemas)
    named = {facet["_schemaURL"].partition("#")[0].rpartition("/")[2] for event in events for facet in facets_of(event)}
    assert named - exactly.keys() == LACKING
    assert {name for name, is_it in exactly.items() if not is_it} == EARLIER


@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        (("eventTime",), "yesterday"),
        (("eventType",), "ENDED"),
        (("producer",), "mingjing"),
        (("run", "runId"), "1"),
        (("job", "name"), None),
        (("run", "facets", "processing_engine", "version"), 4),
        (("run", "facets", "parent", "run", "runId"), "1"),
        (("job", "facets", "jobType", "processingType"), None),
        (("outputs", 0, "facets", "schema", "fields", 0, "name"), None),
        (("outputs", 0, "outputFacets", "outputStatistics", "rowCount"), "240"),
    ],
)
def test_an_event_that_is_otherwise_is_refused(
    at: tuple[str | int, ...], wrong: object, events: list[Event], schemas: Schemas
) -> None:
    event = deepcopy(next(one for one in events if one["eventType"] == "COMPLETE" and one["outputs"][0]["outputFacets"]))
    part: Any = event
    for key in at[:-1]:
        part = part[key]
    assert part[at[-1]] is not None
    part[at[-1]] = wrong
    with pytest.raises(ValidationError):
        held(event, schemas)
