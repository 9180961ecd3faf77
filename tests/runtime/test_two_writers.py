"""Two who write to one lake at the same time: one is refused, or both are right. A folder, however it is named, and stores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from expectations.contracts.lake import PURPOSES
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake, plain_schema, single_writer
from jobs.runtime.session import Engine

WRITERS, TIMES = 2, 3
AS_NAMED = ["{}", "{}/", "file:{}", "file://{}", "file://localhost{}", "{}/../{name}", "{link}"]


@pytest.mark.parametrize("named", AS_NAMED)
@pytest.mark.parametrize("name", ["lake", "湖 100%"])
def test_a_folder_is_held_under_every_name(tmp_path: Path, name: str, named: str) -> None:
    folder, link = tmp_path / name, tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    quoted = str(folder).replace("%", "%25") if named.startswith("file:") else str(folder)
    other = named.format(quoted, name=name, link=link)
    with single_writer(str(folder)), pytest.raises(BadConfiguration, match="Another run"), single_writer(other):
        pass
    with single_writer(other), pytest.raises(BadConfiguration, match="Another run"), single_writer(str(folder)):
        pass


@pytest.mark.parametrize("root", ["s3a://bucket/lake", "hdfs://name:8020/lake"])
def test_a_store_is_held_against_this_machine_and_another_is_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    """Decision 0019: who is to write is arranged. A machine is known by its own folder of temporary files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with single_writer(root):
        with pytest.raises(BadConfiguration, match="Another run"), single_writer(f"{root}/"):
            pass
        (tmp_path / "other").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "other"))
        with single_writer(root):
            pass


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of a store like S3 on this machine, which puts an object only where there is none, if it is asked to."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ALLOW_HTTP": "true", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    store = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    store.create_bucket(Bucket="two-writers")
    yield "s3://two-writers"
    server.stop()


def test_of_two_machines_that_write_to_one_store_both_are_right(embedded: Engine, bucket: str) -> None:
    """What each adds is there once, and what both replace is the one's or the other's as a whole."""
    lake = Lake(embedded, f"{bucket}/lake")

    def rows(who: int, number: int) -> list[tuple[date, str, str]]:
        return [(date(2017, 12, 1 + number), f"{who}", basis) for basis in ("a", "b")]

    def put(who: int) -> None:
        for number in range(TIMES):
            lake.append(PURPOSES, lake.session.createDataFrame(rows(who, number), plain_schema(PURPOSES)))

    put(WRITERS)  # the first commit of a table makes it
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(put, range(WRITERS)))
    everything = sorted(row for who in range(WRITERS + 1) for number in range(TIMES) for row in rows(who, number))
    assert sorted(map(tuple, lake.read(PURPOSES).collect())) == everything

    def replace(who: int) -> None:
        lake.overwrite(PURPOSES, lake.session.createDataFrame(rows(who, 0), plain_schema(PURPOSES)))

    with ThreadPoolExecutor(WRITERS) as pool:
        ended = [done.exception() for done in [pool.submit(replace, who) for who in range(WRITERS)]]
    assert None in ended
    assert sorted(map(tuple, lake.read(PURPOSES).collect())) in [rows(who, 0) for who in range(WRITERS)]
