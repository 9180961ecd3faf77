"""Paths are data: a lake may lie under any name, and nothing is ever written beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.contracts.lake import PURPOSES
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake, single_writer
from jobs.runtime.paths import local_folder, plain_name
from jobs.runtime.session import Engine
from models.params import ForestParams
from models.registry import ForestRegistry
from tests.models.test_registry import ordinary, tags

ODD_NAMES = (
    "结果", "（终稿）", "a b", " a ", "a%b", "a%20b", "a%E7b", "a?b", "a#1", "[1]", "a*b", "{x}", "a{1,2}", "it's", 'a"b', "a\\b",
    "a;b&c=d", "~", "${HOME}", "a:b", "file:x", "x://y",
)  # fmt: skip


def beside(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_lake_under_any_name_is_written_and_read_there_and_nowhere_else(embedded: Engine, tmp_path: Path, name: str) -> None:
    root = tmp_path / "parent" / name / "lake"
    with single_writer(str(root)):
        lake = Lake(embedded, str(root))
        rows = embedded.session.range(3).selectExpr("id + 1 AS a")
        once = lake.computed_once(rows, "numbers")
        assert once.count() == 3
    again = Lake(embedded, str(root)).kept("numbers")
    assert again is not None
    assert sorted(row["a"] for row in again.collect()) == [1, 2, 3]
    assert not lake.exists(PURPOSES)
    assert [path.name for path in (root / "_scratch" / "numbers").iterdir()] == ["000000001"]
    top = name.split("/")[0]
    assert {path.name for path in (tmp_path / "parent").iterdir()} == {top}
    assert {path.name for path in root.iterdir()} == {"_scratch", ".writer.lock"}


@pytest.mark.parametrize("name", ["（终稿） a%20b?c#1[1]{x}", "it's"])
def test_a_model_store_under_any_name_is_written_and_read_there_and_nowhere_else(tmp_path: Path, name: str) -> None:
    out = tmp_path / "parent" / name
    params = ForestParams(trees=5, sample_size=64, training_rows=2000, seed=7)
    ForestRegistry(plain_name(out) / "mlflow").train(ordinary(50), params, tags("one"))
    champion = ForestRegistry(plain_name(out) / "mlflow").champion()
    assert champion is not None
    assert champion.version == "1"
    assert {path.name for path in (out / "mlflow").iterdir()} == {"mlflow.db", "artifacts"}
    assert [path.name for path in (tmp_path / "parent").iterdir()] == [name]


def test_a_root_names_a_folder_by_path_or_by_file_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert local_folder("lake") == tmp_path / "lake"
    assert local_folder("~/lake") == tmp_path / "~" / "lake"  # the shell has not taken it for the home folder
    for uri in ("file:///data/a%20%E7%BB%93#1", "file:/data/a 结#1", "file://localhost/data/a 结#1"):
        assert local_folder(uri) == Path("/data/a 结#1")
    assert (tmp_path / "（a）").as_uri() != str(tmp_path / "（a）")
    assert local_folder((tmp_path / "（a）").as_uri()) == tmp_path / "（a）"
    for uri in ("s3a://bucket/lake", "hdfs://name:8020/lake", "abfss://a@b.c/lake", "memory:///lake"):
        assert local_folder(uri) is None


@pytest.mark.parametrize("root", ["file://elsewhere/lake", "file:lake", "a\nb", "a\tb", "a\x1b[31m", "a\udce7"])
def test_a_root_that_is_no_folder_here_or_that_no_console_can_show_is_refused(root: str) -> None:
    with pytest.raises(BadConfiguration) as refused:
        local_folder(root)
    assert "\x1b" not in str(refused.value)
    str(refused.value).encode()


def test_a_plain_name_is_kept_and_a_link_is_gone_with_the_process(tmp_path: Path) -> None:
    assert plain_name(tmp_path / "a-b_c.1") == tmp_path / "a-b_c.1"
    assert not (tmp_path / "a-b_c.1").exists()
    link = plain_name(tmp_path / "结果")
    assert link.resolve() == tmp_path / "结果"
    assert link == plain_name(tmp_path / "结果")
