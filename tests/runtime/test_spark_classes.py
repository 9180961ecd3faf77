"""The archive of classes of a local Spark: whole or as before, and a Spark that starts with it reads its classes there."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jobs.runtime.errors import BadConfiguration
from jobs.runtime.spark_classes import OPTIONS, archive, archive_of, with_archive
from tests.processes import run_apart


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "程序 of Mingjing"  # options are told apart by spaces
    monkeypatch.setattr(sys, "prefix", str(folder))
    return folder


_awaited: list[bool] = []
"""Was the last Java waited for, and its folder still there?"""


def spark(classes: bytes | None, returncode: int = 0) -> Any:
    """A start of a Spark whose Java writes these classes when it ends, or nothing."""

    @contextmanager
    def start(settings: Mapping[str, str]) -> Iterator[Any]:
        _awaited.clear()
        made = Path(settings[OPTIONS].split("ArchiveClassesAtExit=")[1].split('"')[0])

        def wait() -> None:
            _awaited.append(made.parent.is_dir())
            if classes is not None:
                made.write_bytes(classes)

        process = SimpleNamespace(stdin=StringIO(), wait=wait, returncode=returncode)
        yield SimpleNamespace(session=SimpleNamespace(sparkContext=SimpleNamespace(_gateway=SimpleNamespace(proc=process))))

    return start


def test_without_an_archive_the_settings_are_as_they_were() -> None:
    assert with_archive({OPTIONS: "-Xss4m"}) == {OPTIONS: "-Xss4m"}


def test_what_was_made_is_started_with_and_never_while_another_is_made() -> None:
    with archive_of({OPTIONS: "-Xss4m"}, spark(b"classes")):
        pass
    assert archive().read_bytes() == b"classes"
    assert archive().stat().st_mode & 0o777 == 0o644
    assert with_archive({OPTIONS: "-Xss4m", "a": "b"}) == {OPTIONS: f'-Xss4m "-XX:SharedArchiveFile={archive()}"', "a": "b"}
    assert with_archive({}) == {OPTIONS: f'"-XX:SharedArchiveFile={archive()}"'}
    recording = {OPTIONS: "-XX:ArchiveClassesAtExit=other"}
    assert with_archive(recording) == recording


def test_a_java_that_writes_nothing_or_a_part_is_told_and_leaves_what_was_there() -> None:
    with archive_of({}, spark(b"before")):
        pass
    for java in (spark(None), spark(b"of one that was kil", -9)):
        with pytest.raises(BadConfiguration, match="see what Java says"), archive_of({}, java):
            pass
    for failed in (ZeroDivisionError, OSError):
        with pytest.raises(failed), archive_of({}, spark(b"of a run that failed")):
            raise failed
        assert _awaited == [True]
    assert archive().read_bytes() == b"before"
    assert [path.name for path in archive().parent.iterdir()] == [archive().name]


_STARTED = """
import sys
sys.prefix = sys.argv[1]
from jobs.runtime.engine_settings import EngineSettings
from jobs.runtime.session import SPARK, open_engine
from jobs.runtime.spark_classes import OPTIONS, archive_of

def spark(options):
    return EngineSettings(cores=1, accept_open_port=False, spark={OPTIONS: options}, small_mib=0, spark_small={}, spark_many_rows={})

with archive_of({OPTIONS: "-XX:+UseSerialGC"}, lambda given: open_engine(SPARK, spark(given[OPTIONS]))):
    pass
"""
_STARTED_WITH = """
with open_engine(SPARK, spark("-XX:+UseParallelGC -Xshare:on")) as engine:
    print(engine.session.range(3).count(), engine.settings[OPTIONS])
"""


@pytest.mark.spark
def test_a_spark_starts_with_the_archive_that_another_left_when_it_ended(installed: Path) -> None:
    """-Xshare:on: a Java that cannot use the archive does not start."""
    for script in (_STARTED, _STARTED.split("with archive_of")[0] + _STARTED_WITH):
        done = run_apart([sys.executable, "-c", script, str(installed)])
    assert f"SharedArchiveFile={archive()}" in done.stdout.splitlines()[-1]
    assert done.stdout.splitlines()[-1].startswith("3 ")
