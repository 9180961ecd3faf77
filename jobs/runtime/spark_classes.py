"""The classes of a local Spark in an archive: read and checked once, not at each start. The only other module that touches the JVM.

An archive is code to whoever starts with it, so it lies in the installation, as the program does. A Java machine that finds it made by
another Java, or of other jars, starts without it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.runtime import durable
from jobs.runtime.errors import BadConfiguration

if TYPE_CHECKING:
    from jobs.runtime.session import Engine

OPTIONS = "spark.driver.extraJavaOptions"
_RECORDING = "-XX:ArchiveClassesAtExit="


def archive() -> Path:
    """Where it is, or would be, for the installed Spark."""
    return Path(sys.prefix, "share", "mingjing", f"spark-{version('pyspark')}-classes.jsa")


def with_archive(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings of a local Spark, with its archive where one was made. One that records classes for another archive takes none."""
    options = settings.get(OPTIONS, "")
    if _RECORDING in options or not archive().is_file():
        return dict(settings)
    return {**settings, OPTIONS: f'{options} "-XX:SharedArchiveFile={archive()}"'.strip()}


@contextmanager
def archive_of(
    settings: Mapping[str, str], start: Callable[[Mapping[str, str]], AbstractContextManager[Engine]]
) -> Iterator[None]:
    """Keeps the classes that a local Spark reads meanwhile, when its Java has ended: the whole archive, or what was there before.

    Raises BadConfiguration where its Java makes none, OSError where it cannot be kept.
    """
    path = archive()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as unfinished:
        made = Path(unfinished, path.name)
        recording = f'{settings.get(OPTIONS, "")} "{_RECORDING}{made}" -Xlog:cds*=off'.strip()
        # Ended before its folder goes, of a run that fails, too: else Java would tell of an archive, behind the error.
        with ExitStack() as ended, start({**settings, OPTIONS: recording}) as engine:
            gateway: Any = engine.session.sparkContext._gateway
            java = gateway.proc
            ended.callback(java.wait)
            ended.callback(java.stdin.close)  # it writes the archive as it ends, and ends when nobody can speak to it any more
            yield
        if java.returncode or not made.is_file():  # one that was killed leaves a part, with which no other would start
            raise BadConfiguration(f"No archive of classes was made at {path}: see what Java says above.")
        made.chmod(0o644)  # for all who may use the installation: it holds classes, and no row
        durable.sync(made)
        durable.replace(made, path)
