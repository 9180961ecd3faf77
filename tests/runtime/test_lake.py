"""The lake: what cannot be read is never taken for what was never written, and one run writes at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import PURPOSES
from jobs.runtime.delta_folder import digest_in
from jobs.runtime.delta_log import last_version
from jobs.runtime.errors import BadConfiguration, BadStore, ContractBroken, MingjingError, explanation
from jobs.runtime.lake import Lake, plain_schema, single_writer
from jobs.runtime.results import digest_of
from jobs.runtime.scratch import SCRATCH
from jobs.runtime.session import Engine
from jobs.runtime.tables import Tables
from tests.hand_made import frame

VISITS = DATA_SETS["visits"].silver


def written(lake: Lake, times: int = 2) -> Lake:
    for n in range(times):
        row = (date(2017, 12, 1 + n), "supervision", "a test")
        lake.append(PURPOSES, lake.session.createDataFrame([row], plain_schema(PURPOSES)))
    return lake


def log_of(lake: Lake) -> Path:
    assert lake.folder is not None
    return lake.folder / PURPOSES.zone / PURPOSES.name / "_delta_log"


def commits(log: Path) -> list[Path]:
    return sorted(log.glob("*.json"))


def cut_short(log: Path) -> None:
    commits(log)[-1].write_bytes(commits(log)[-1].read_bytes()[:100])


def emptied(log: Path) -> None:
    commits(log)[-1].write_bytes(b"")


def first_lost(log: Path) -> None:
    commits(log)[0].unlink()
    for checkpoint in log.glob("*.checkpoint.*"):  # holds what the first commit says
        checkpoint.unlink()


def all_lost(log: Path) -> None:
    for path in commits(log):
        path.unlink()


def a_file(log: Path) -> None:
    for path in log.iterdir():
        path.unlink()
    log.rmdir()
    log.write_text("")


def a_loop_of_links(log: Path) -> None:
    for path in log.iterdir():
        path.unlink()
    log.rmdir()
    log.symlink_to(log.name)


@pytest.mark.parametrize("damage", [cut_short, emptied, first_lost, all_lost, a_file, a_loop_of_links])
@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_damaged_table_is_told_and_not_begun_anew(
    embedded: Engine, tmp_path: Path, damage: Callable[[Path], None], prefix: str
) -> None:
    lake = written(Lake(embedded, f"{prefix}{tmp_path}/lake"))
    assert lake.exists(PURPOSES)
    damage(log_of(lake))
    for look in (lake.read, lake.read_or_empty):
        with pytest.raises(BadStore, match=rf"ops/purposes in the lake {tmp_path}/lake .*left as it is") as told:
            look(PURPOSES)
        assert told.value.exit_code == 3


def test_a_table_that_may_not_be_looked_at_is_told(embedded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = written(Lake(embedded, str(tmp_path)))

    def refused(path: object) -> None:
        raise PermissionError(13, os.strerror(13), str(path))

    monkeypatch.setattr("os.scandir", refused)
    with pytest.raises(BadStore, match="Permission denied"):
        lake.exists(PURPOSES)


def test_a_log_without_a_commit_is_no_table_yet(embedded: Engine, tmp_path: Path) -> None:
    """So a run leaves it that was killed while it wrote the first."""
    lake = Lake(embedded, str(tmp_path))
    assert not lake.exists(PURPOSES)
    log_of(lake).mkdir(parents=True)
    assert not lake.exists(PURPOSES)
    assert lake.read_or_empty(PURPOSES).count() == 0
    with pytest.raises(ContractBroken, match="not in the lake"):
        lake.read(PURPOSES)


def test_on_a_store_only_what_was_never_written_is_not_there(embedded: Engine, tmp_path: Path) -> None:
    lake = Lake(embedded, f"memory:///{tmp_path.name}")
    assert not lake.exists(PURPOSES)
    assert lake.read_or_empty(PURPOSES).count() == 0
    assert lake.kept("nothing") is None
    written(lake)
    assert lake.exists(PURPOSES)
    assert lake.read(PURPOSES).count() == 2


@pytest.mark.parametrize("root", ["unheard-of://bucket/lake", "hdfs://127.0.0.1:1/lake"])
def test_a_store_that_does_not_answer_is_told_and_not_begun_anew(embedded: Engine, root: str) -> None:
    for look in (Lake(embedded, root).exists, Lake(embedded, root).read_or_empty):
        with pytest.raises(MingjingError, match=r"gives no answer|cannot be read"):
            look(PURPOSES)


@pytest.mark.parametrize(
    ("says", "is_absent"),
    [
        ("[PATH_NOT_FOUND] Path does not exist: hdfs://name/lake/t. SQLSTATE: 42K03", True),
        ("[DELTA_TABLE_NOT_FOUND] Delta table `hdfs://name/lake/t` doesn't exist.", True),
        ("[DELTA_LOG_FILE_NOT_FOUND] Unable to retrieve the delta log files to construct table version 3", False),
        ("Missing commit file: expected version 0, found 1", False),
        ("Server returned non-2xx status code: 403 Forbidden: ", False),
    ],
)
def test_what_each_engine_says_of_a_path_without_a_table(embedded: Engine, says: str, is_absent: bool) -> None:
    """Of a store, as Spark 4.1 with Delta 4.4 and Sail 0.7.2 word it."""
    from dataclasses import replace
    from types import SimpleNamespace

    from pyspark.errors import AnalysisException

    def load(_path: str) -> None:
        raise AnalysisException(says)

    session = SimpleNamespace(read=SimpleNamespace(format=lambda _: SimpleNamespace(load=load)))
    lake = Lake(replace(embedded, session=session), "hdfs://name/lake")  # type: ignore[arg-type]
    if is_absent:
        assert not lake.exists(PURPOSES)
    else:
        with pytest.raises(MingjingError, match=r"gives no answer|cannot be read"):
            lake.exists(PURPOSES)


def rows_below(lake: Lake, table: str) -> int:
    assert lake.folder is not None
    return len(list((lake.folder / table).rglob("*.parquet"))) - len(
        list((lake.folder / table / "_delta_log").rglob("*.parquet"))
    )


def test_old_versions_and_what_killed_runs_left_are_taken_away(embedded: Engine, tmp_path: Path) -> None:
    lake = Lake(embedded, str(tmp_path))
    for n in range(6):
        row = (date(2017, 12, 1 + n), "supervision", "a test")
        lake.overwrite(PURPOSES, lake.session.createDataFrame([row], plain_schema(PURPOSES)))
        scratch = lake.computed_once(lake.session.range(n + 1).selectExpr("id AS a"), "numbers")
    killed = tmp_path / PURPOSES.zone / PURPOSES.name / ("0f" * 16)
    killed.mkdir()
    (killed / "part.parquet").write_bytes(b"half written")
    papers = killed.parent / "papers"
    papers.mkdir()
    own = (killed.parent / "notes.txt", papers / "figures.parquet", papers / "letter.docx")
    for path in own:
        path.write_bytes(b"a person's")
    held, before = lake.read(PURPOSES), log_of(lake)
    versions = len(commits(before))
    lake.tidy(2)
    assert len(commits(before)) == versions
    assert not killed.exists()
    assert [path.read_bytes() for path in own] == [b"a person's"] * 3
    for path in own:
        path.unlink()
    assert rows_below(lake, "ops/purposes") <= 2 * embedded.cores
    assert [row["as_of"].day for row in held.collect()] == [6]
    assert [row["as_of"].day for row in lake.read(PURPOSES).collect()] == [6]
    assert scratch.count() == 6
    place = "ops.purposes"
    assert [row["as_of"].day for row in Tables(str(tmp_path), {place: versions - 2}).rows(PURPOSES)] == [5]
    with pytest.raises(BadStore, match=f"{place} in its version 0 "):
        Tables(str(tmp_path), {place: 0}).rows(PURPOSES)
    lake.tidy(2)
    assert [row["as_of"].day for row in lake.read(PURPOSES).collect()] == [6]


def test_a_long_log_is_shortened_to_the_last_month(embedded: Engine, tmp_path: Path) -> None:
    lake = Lake(embedded, str(tmp_path))
    for n in range(30):
        lake.overwrite(
            PURPOSES, lake.session.createDataFrame([(date(2015, 1, 1 + n), "supervision", "")], plain_schema(PURPOSES))
        )
        lake.tidy(3)
    log = log_of(lake)
    assert len(list(log.glob("*.json"))) == 30
    for file in log.glob("0*"):
        if int(file.name[:20]) < 26:
            os.utime(file, (0, 0))
    lake.tidy(3)
    left = sorted(int(commit.stem) for commit in log.glob("*.json"))
    assert left == [26, 27, 28, 29]
    assert [row["as_of"].day for row in lake.read(PURPOSES).collect()] == [30]
    assert [row["as_of"].day for row in Tables(str(tmp_path), {"ops.purposes": 27}).rows(PURPOSES)] == [28]


def test_of_what_is_computed_once_the_last_that_is_whole_stays(embedded: Engine, tmp_path: Path) -> None:
    lake = Lake(embedded, str(tmp_path))
    for n in (1, 2, 3):
        lake.computed_once(lake.session.range(n).selectExpr("id AS a"), "numbers")
    folder = tmp_path / "_scratch" / "numbers"
    for killed in (folder / ("0f" * 16), folder / "_delta_log"):  # the log of an earlier version
        killed.mkdir()
        (killed / "part.parquet").write_bytes(b"half written")
    (folder / "notes.txt").write_bytes(b"a person's")
    assert [len(kept.collect()) for kept in [lake.kept("numbers")] if kept] == [3]
    lake.tidy(1)
    assert sorted(path.name for path in folder.iterdir()) == ["000000003", "notes.txt"]
    assert [len(kept.collect()) for kept in [lake.kept("numbers")] if kept] == [3]
    assert lake.kept("nothing") is None
    nothing = lake.computed_once(lake.session.range(3).selectExpr("id AS a").filter("a > 5"), "nothing")
    assert (nothing.columns, nothing.count()) == (["a"], 0)


def test_rows_added_to_a_table_of_an_earlier_version_bring_the_columns_that_it_lacks(embedded: Engine, tmp_path: Path) -> None:
    lake = Lake(embedded, str(tmp_path))
    of_before = replace(PURPOSES, columns=PURPOSES.columns[:-1])
    day = date(2017, 12, 1)
    lake.append(of_before, lake.session.createDataFrame([(day, "supervision")], plain_schema(of_before)))
    lake.append(PURPOSES, lake.session.createDataFrame([(day, "supervision", "a test")], plain_schema(PURPOSES)))
    last = PURPOSES.column_names[-1]
    assert sorted((row[last] for row in lake.read(PURPOSES).collect()), key=str) == [None, "a test"]


@pytest.mark.parametrize("root", ["{}", "file://{}", "s3a://bucket{}"])
def test_a_lake_has_one_writer_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    root = root.format(tmp_path)
    with single_writer(root), pytest.raises(BadConfiguration, match="Another run"), single_writer(root):
        pass
    with single_writer(root), single_writer(f"{root}-2"):
        pass


def test_a_folder_is_one_lake_however_it_is_named(tmp_path: Path) -> None:
    with single_writer(str(tmp_path)), pytest.raises(BadConfiguration, match="Another run"), single_writer(f"file:{tmp_path}"):
        pass


def test_a_lake_that_cannot_be_held_is_told(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("")
    with pytest.raises(OSError, match="exists") as told, single_writer(str(tmp_path / "lake")):
        pass
    assert "lake cannot be used: File exists" in str(explanation(told.value))
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / ".writer.lock").symlink_to(tmp_path / "of_others")
    with pytest.raises(OSError, match="symbolic links"), single_writer(str(tmp_path / "linked")):
        pass
    assert not (tmp_path / "of_others").exists()


def test_scratch_that_a_power_cut_left_is_told_and_made_anew(embedded: Engine, tmp_path: Path) -> None:
    """Its rows are not synced: a folder may have its name on the disk, and its files nothing in them."""
    lake = Lake(embedded, str(tmp_path))
    rows = embedded.session.createDataFrame([(1,)], "a long")
    lake.computed_once(rows, "features")
    for path in (tmp_path / SCRATCH / "features").rglob("*.parquet"):
        path.write_bytes(b"")
    with pytest.raises(BadStore, match="Run mingjing run again"):
        lake.kept("features")
    lake.computed_once(rows, "features")
    kept = lake.kept("features")
    assert kept is not None
    assert [row["a"] for row in kept.collect()] == [1]


def test_files_of_rows_have_the_digest_of_their_bytes_in_their_names_in_the_order_of_the_engine(
    embedded: Engine, tmp_path: Path
) -> None:
    lake = Lake(embedded, str(tmp_path))
    lake.overwrite(PURPOSES, embedded.session.range(0, 4, 1, 4).select(*_as_purposes()))
    lake.append(PURPOSES, embedded.session.range(4, 5, 1, 1).select(*_as_purposes()))
    written = sorted((tmp_path / "ops" / "purposes").glob("[0-9a-f]*/*.parquet"))
    rows = [path for path in written if path.parent.name != "_delta_log"]
    assert [digest_in(path.name) for path in rows] == [digest_of(path) for path in rows]
    assert {int(path.name[:5]) for path in rows} >= {0, 1, 2, 3}
    assert [row["purpose"] for row in lake.read(PURPOSES).orderBy("purpose").collect()] == ["0", "1", "2", "3", "4"]


def _as_purposes() -> list[Column]:
    return [F.lit(date(2017, 12, 31)).alias("as_of"), F.col("id").cast("string").alias("purpose"), F.lit("b").alias("basis")]


STAMP = {"run_id": "R1", "as_of": "2017-12-31", "code_version": "1", "settings_fingerprint": "a"}


def purposes(lake: Lake, basis: str = "a test") -> DataFrame:
    """One row that follows from silver.visits and a value."""
    day = F.lit(date(2017, 12, 1)).alias("as_of")
    return lake.read_or_empty(VISITS).select(day, F.lit("supervision").alias("purpose"), F.lit(basis).alias("basis"))


def version_after(lake: Lake, stamp: Mapping[str, str], basis: str = "a test") -> int | None:
    own = lake.of_job("state_purpose", (VISITS,), (PURPOSES,), stamp)
    own.overwrite(PURPOSES, purposes(own, basis))
    assert own.written[PURPOSES.full_name].rows == 1
    return own.written[PURPOSES.full_name].version


def test_what_follows_from_the_same_is_not_written_again(embedded: Engine, tmp_path: Path) -> None:
    lake = Lake(embedded, str(tmp_path))
    rows = frame(lake.session, VISITS, [{"_file_id": "x", "_sheet": "", "_row": 1}])
    lake.overwrite(VISITS, rows)
    assert version_after(lake, STAMP) == 0
    assert version_after(lake, {**STAMP, "run_id": "R2", "as_of": "2018-01-31"}) == 0, "neither run nor day decide by themselves"
    assert version_after(lake, STAMP, "another basis") == 1
    assert version_after(lake, STAMP) == 2, "what it was made of before the last time does not count"
    assert version_after(lake, {**STAMP, "code_version": "2"}) == 3
    assert version_after(lake, {**STAMP, "settings_fingerprint": "b"}) == 4
    assert version_after(lake, STAMP) == 5
    lake.overwrite(VISITS, rows.withColumn("_file_id", F.lit("y")))
    assert version_after(lake, STAMP) == 6, "another content of what it follows from"
    assert version_after(lake, STAMP) == 6
    for path in (tmp_path / "ops" / "purposes").glob("[0-9a-f]*/*.parquet"):
        path.unlink()
    assert version_after(lake, STAMP) == 7, "its files are missing: it is made anew"
    for path in (tmp_path / "ops" / "purposes").glob("[0-9a-f]*/*.parquet"):
        path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    assert version_after(lake, STAMP) == 8, "its files are damaged, and no longer or shorter"
    lake.overwrite(PURPOSES, purposes(lake))
    lake.overwrite(PURPOSES, purposes(lake))
    assert last_version(tmp_path, "ops/purposes") == 10, "outside of a job nobody tells the code"
