"""Engine sessions: the only module that knows which engine runs, and with jobs.runtime.spark_classes the only one that touches the JVM.

`embedded` is Sail, a Spark Connect server inside this process; `spark` is Apache Spark with Delta Lake.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark import SparkContext
from pyspark.sql import SparkSession

from jobs.runtime import private_network
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.spark_classes import with_archive
from jobs.runtime.stopping import go_no_further

if TYPE_CHECKING:
    from jobs.runtime.engine_settings import EngineSettings

EMBEDDED, SPARK = "embedded", "spark"

# What pyspark already ships, or what Delta needs only on other file systems: 33 jars become 9, the start three times faster.
_DELTA_EXCLUDES = (
    "org.apache.hadoop:hadoop-client-api,org.apache.hadoop:hadoop-client-runtime,org.apache.parquet:parquet-hadoop,"
    "io.unitycatalog:unitycatalog-client,io.unitycatalog:unitycatalog-hadoop,com.fasterxml.jackson.core:jackson-databind,"
    "com.fasterxml.jackson.datatype:jackson-datatype-jdk8,org.apache.logging.log4j:log4j-slf4j2-impl,"
    "org.locationtech.jts:jts-core,org.roaringbitmap:RoaringBitmap"
)
_IS_CONNECT = "SPARK_CONNECT_MODE_ENABLED"
"""Set by pyspark when a process first speaks Spark Connect: from then on every session it gives is of that kind."""
JARS_VARIABLE = "MINGJING_DELTA_JARS"
"""Folder with the Delta jars, for sites without internet."""
_CALLER_WITH_EACH_COLUMN = "spark.python.sql.dataFrameDebugging.enabled"
"""Does pyspark look up, for the sake of its error messages, which line made a column? It costs more than making it, and on Spark
three questions to the JVM."""


@dataclass(frozen=True)
class Engine:
    """A running engine: its name, its session, how many tasks of this machine it should be given at a time, and where they are this
    program's the settings with which it was started and those of `over_many_rows`."""

    name: str
    session: SparkSession
    cores: int
    settings: Mapping[str, str] = field(default_factory=dict)
    many_rows: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Name and version, such as embedded 0.7.2."""
        return f"{self.name} {version('pysail') if self.name == EMBEDDED else self.session.version}"

    @property
    def has_one_partition(self) -> bool:
        """Does all that is joined or grouped lie together, as it does where data are small?"""
        return self.settings.get("spark.sql.shuffle.partitions") == "1"

    @contextmanager
    def over_many_rows(self) -> Iterator[None]:
        """While few plans go over many rows: what compiling them costs they give back (decision 0075). For stages that run alone."""
        usual = {key: str(self.session.conf.get(key)) for key in self.many_rows}  # Spark's own have a value always
        for key, value in self.many_rows.items():
            self.session.conf.set(key, value)
        try:
            yield
        finally:
            for key, value in usual.items():
                self.session.conf.set(key, value)


def choose_engine(asked: str | None) -> str:
    """What was asked for; else Spark under spark-submit or with SPARK_REMOTE; else embedded.

    Raises BadConfiguration for a name that is no engine.
    """
    if asked not in (None, EMBEDDED, SPARK):
        raise BadConfiguration(f"No engine {asked!r}. Expected {EMBEDDED} or {SPARK}.")
    if asked:
        return asked
    under_submit = "SPARK_REMOTE" in os.environ or "SPARK_ENV_LOADED" in os.environ or "PYSPARK_GATEWAY_PORT" in os.environ
    return SPARK if under_submit else EMBEDDED


@contextmanager
def open_engine(name: str, settings: EngineSettings, data: Iterable[Path | None] = (None,)) -> Iterator[Engine]:
    """A session that is stopped on leaving, unless it was there before.

    Cores and settings are of the embedded engine and of a local Spark; a cluster keeps its own. data: folders of what is worked on,
    null for a place elsewhere: a local Spark is set for their size.
    Raises BadConfiguration where others could reach the embedded engine.
    """
    cores = settings.usable_cores
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if name == EMBEDDED:
        if not settings.accept_open_port:
            _refuse_if_open()
        with _sail(cores) as session:
            yield Engine(EMBEDDED, session, cores)
        return
    existing = SparkSession.getActiveSession()
    if _IS_CONNECT in os.environ and "SPARK_REMOTE" not in os.environ:
        raise BadConfiguration(
            "This process has run the embedded engine and cannot run Spark, too. Start Spark in a process of its own."
        )
    chosen: Mapping[str, str] = {}
    many_rows: Mapping[str, str] = {}
    if existing is None and not _is_clusters():
        chosen, many_rows = settings.local_spark(data)
        chosen = with_archive(chosen)
    session = existing or _spark(cores, chosen)
    session.conf.set("spark.sql.session.timeZone", "UTC")
    try:
        yield Engine(SPARK, session, cores, chosen, many_rows)
    finally:
        if existing is None:
            session.stop()


def _refuse_if_open() -> None:
    if not private_network.is_private() and (others := private_network.who_else()):
        raise BadConfiguration(
            f"The embedded engine would be open to every user of this machine, and {others}. Start it by mingjing, with nothing set "
            "that names a lake, a registry or an engine elsewhere; mingjing doctor says whether a network of its own can be had here. "
            "To accept it: engine.accept_open_port in conf/base.yaml. Nothing was read."
        )


@contextmanager
def _sail(cores: int) -> Iterator[SparkSession]:
    os.environ.setdefault("SAIL_RUNTIME__STACK_SIZE", str(8 * 1024 * 1024))
    os.environ.setdefault("SAIL_EXECUTION__DEFAULT_PARALLELISM", str(cores))
    # The same size as by default in less time; what a file could tell of its parts is never asked, for a query reads a table whole.
    os.environ.setdefault("SAIL_PARQUET__COMPRESSION", "zstd(1)")
    os.environ.setdefault("SAIL_PARQUET__STATISTICS_ENABLED", "none")
    os.environ.setdefault("RUST_LOG", "error")
    # A stage may work for long without the engine, or wait for another: the session must be there when it comes back.
    os.environ.setdefault("SAIL_SPARK__SESSION_TIMEOUT_SECS", str(7 * 24 * 3600))
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    session = SparkSession.builder.remote(f"sc://{host}:{port}").create()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    session.conf.set(_CALLER_WITH_EACH_COLUMN, "false")
    try:
        yield session
    finally:
        session.stop()
        server.stop()


def _is_clusters() -> bool:
    """Is the session somebody else's: of a server, or of spark-submit?"""
    return "SPARK_REMOTE" in os.environ or "PYSPARK_GATEWAY_PORT" in os.environ


def _spark(cores: int, local_settings: Mapping[str, str]) -> SparkSession:
    if remote := os.environ.get("SPARK_REMOTE"):
        return SparkSession.builder.remote(remote).getOrCreate()
    builder = SparkSession.builder.appName("mingjing")
    for key, value in _delta_settings().items():
        builder = builder.config(key, value)
    if not _is_clusters():  # a local Spark of our own
        SparkContext.PACKAGE_EXTENSIONS = (".zip", ".egg")  # Delta's jars hold no Python, see jobs.runtime.spark_workers
        for key, value in {**_local_settings(cores), **local_settings}.items():
            builder = builder.config(key, value)
    on_interrupt, usual_mask = signal.getsignal(signal.SIGINT), os.umask(0o077)  # what does not fit its memory is rows, in /tmp
    try:
        session = builder.getOrCreate()
    finally:
        os.umask(usual_mask)
    if on_interrupt is go_no_further:  # Spark takes Ctrl-C for itself, to unwind
        signal.signal(signal.SIGINT, on_interrupt)
    session.sparkContext.setLogLevel("ERROR")
    return session


def _delta_settings() -> dict[str, str]:
    return {
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        # Decisions and tests speak of one calendar and of exact decimals whatever the cluster's defaults are.
        "spark.sql.session.timeZone": "UTC",
        _CALLER_WITH_EACH_COLUMN: "false",
        "spark.sql.ansi.enabled": "true",
        "spark.databricks.delta.snapshotPartitions": "2",
        "spark.databricks.delta.schema.autoMerge.enabled": "false",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
    }


def _local_settings(cores: int) -> dict[str, str]:
    return {
        "spark.master": f"local[{cores}]",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.python.daemon.module": "jobs.runtime.spark_workers",
        # Its ports are this machine's only, and ask whoever connects for a secret that Spark makes for each run.
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.authenticate": "true",
        **delta_jars(),
    }


def delta_jars() -> dict[str, str]:
    """Where Spark finds the Delta jars: a folder, or the artifact of the installed delta-spark."""
    if folder := os.environ.get(JARS_VARIABLE):
        jars = sorted(str(path) for path in Path(folder).glob("*.jar"))
        if not jars:
            raise BadConfiguration(
                f"{JARS_VARIABLE} names {folder}, which holds no jar. Put the Delta jars there (docs/closed-network.md lists them)."
            )
        return {"spark.jars": ",".join(jars)}
    series = ".".join(version("pyspark").split(".")[:2])
    return {
        "spark.jars.packages": f"io.delta:delta-spark_{series}_2.13:{version('delta-spark')}",
        "spark.jars.excludes": _DELTA_EXCLUDES,
    }
