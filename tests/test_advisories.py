"""Known faults of what an archive is made of, told from a database that the site brings."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tools.advisories import Component, components_of, findings, main

SIX = Component("PyPI", "ruamel-yaml", "1.4.1")


def advisory(events: list[dict[str, str]] | None = None, versions: list[str] | None = None, **more: Any) -> dict[str, Any]:
    package = {"ecosystem": "PyPI", "name": "Ruamel.YAML"}
    ranges = [{"type": "ECOSYSTEM", "events": events}] if events else []
    affected = {"package": package, "ranges": ranges, "versions": versions or []}
    return {"id": "GHSA-1", "aliases": ["CVE-2017-1"], "summary": "reads too far", "affected": [affected], **more}


@pytest.mark.parametrize(
    ("told", "is_named"),
    [
        (advisory([{"introduced": "0"}, {"fixed": "1.4.2"}]), True),
        (advisory([{"introduced": "0"}, {"fixed": "1.4.1"}]), False),
        (advisory([{"introduced": "1.4.1"}]), True),
        (advisory([{"introduced": "1.4.2"}]), False),
        (advisory([{"introduced": "0"}, {"last_affected": "1.4.1"}]), True),
        (advisory([{"introduced": "0"}, {"last_affected": "1.4.0"}]), False),
        (advisory([{"introduced": "0"}, {"fixed": "1.2"}, {"introduced": "1.4"}, {"fixed": "1.5"}]), True),
        (advisory([{"fixed": "1.5"}, {"introduced": "1.4"}]), True),  # in any order
        (advisory([{"introduced": "0"}, {"fixed": "of tomorrow"}]), True),  # cannot be compared: told rather than passed over
        (advisory(versions=["1.4.1"]), True),
        (advisory(versions=["1.4.10"]), False),
        (advisory([{"introduced": "0"}], withdrawn="2018-01-01T00:00:00Z"), False),
        (
            advisory(
                [{"introduced": "0"}], affected=[{"package": {"ecosystem": "npm", "name": "ruamel-yaml"}, "versions": ["1.4.1"]}]
            ),
            False,
        ),
    ],
)
def test_a_version_is_named_if_an_advisory_means_it(told: dict[str, Any], is_named: bool) -> None:
    assert [one.component for one in findings([SIX], [told])] == [SIX] * is_named


def test_what_is_said_is_a_line_and_the_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bill = tmp_path / "sbom.cdx.json"
    purls = ["pkg:pypi/ruamel.yaml@1.4.1?file_name=a.whl", "pkg:maven/io.delta/delta-spark_4.1_2.13@4.4.0", "pkg:generic/other@1"]
    bill.write_text(json.dumps({"components": [{"purl": purl} for purl in purls]}), encoding="utf-8")
    jar = advisory(
        id="GHSA-2",
        affected=[{"package": {"ecosystem": "Maven", "name": "io.delta:delta-spark_4.1_2.13"}, "versions": ["4.4.0"]}],
    )
    for name, told in (
        ("python.zip", advisory([{"introduced": "0"}, {"fixed": "1.4.2"}])),
        ("jars.zip", jar),
        ("none.zip", None),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as database:
            database.writestr("README", "no advisory")
            if told:
                database.writestr(f"{told['id']}.json", json.dumps(told))
    assert main([str(bill), str(tmp_path / "python.zip"), str(tmp_path / "jars.zip")]) == 1
    told_lines = capsys.readouterr().out.splitlines()
    assert told_lines == [
        "io.delta:delta-spark_4.1_2.13 4.4.0: GHSA-2, CVE-2017-1: reads too far (no version is said to be sound)",
        "ruamel-yaml 1.4.1: GHSA-1, CVE-2017-1: reads too far (mended in 1.4.2)",
        "2 components, 2 advisories",
    ]
    assert len(components_of(json.loads(bill.read_text(encoding="utf-8")))) == 2
    for wrong in ("none.zip", "nowhere.zip", "sbom.cdx.json"):  # not read is not the same as nothing known
        assert main([str(bill), str(tmp_path / wrong)]) == 2
        assert "Nothing was looked at" in capsys.readouterr().err
