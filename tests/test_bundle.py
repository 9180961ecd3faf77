"""The archive for a closed network: what would not start there is named, what is carried over is listed, and nothing is fetched there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from jobs.commands.doctor import OLDEST_GLIBC
from jobs.runtime.errors import BadConfiguration
from tests.processes import ROOT
from tools import bundle
from tools.bill_of_materials import bill_of_materials


def wheel(folder: Path, name: str, metadata: str = "") -> Path:
    """A wheel of that name with such metadata, and nothing else in it."""
    path = folder / name
    package, version = name.split("-")[:2]
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(f"{package}-{version}.dist-info/METADATA", f"Name: {package}\nVersion: {version}\n{metadata}")
        made.writestr(f"{package}-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
    return path


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("a-1-py3-none-any.whl", "x86_64 aarch64"),
        ("a-1-cp311-cp311-manylinux_2_28_x86_64.whl", "x86_64"),
        ("a-1-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.whl", "aarch64"),
        ("a-1-cp38-abi3-manylinux_2_5_x86_64.whl", "x86_64"),
        ("a-1-cp311-cp311-manylinux_2_31_x86_64.whl", ""),  # a newer glibc than the oldest of the targets
        ("a-1-cp312-cp312-manylinux_2_17_x86_64.whl", ""),
        ("a-1-cp312-abi3-manylinux_2_17_x86_64.whl", ""),
        ("a-1-cp311-cp311-musllinux_1_2_x86_64.whl", ""),
        ("a-1-cp311-cp311-macosx_11_0_arm64.whl", ""),
    ],
)
def test_a_wheel_that_would_not_start_on_the_target_is_named(name: str, fits: str) -> None:
    assert " ".join(arch for arch in bundle.ARCHITECTURES if not bundle.misfits([Path(name)], arch)) == fits


@pytest.mark.parametrize(("needs", "fits"), [("", True), (">=3.9,!=3.10.*", True), (">=3.11", True), (">=3.11.5", False)])
def test_a_wheel_for_a_newer_python_than_the_oldest_of_the_targets_is_named(needs: str, fits: bool, tmp_path: Path) -> None:
    made = wheel(tmp_path, "a-1-py3-none-any.whl", f"Requires-Python: {needs}\n" if needs else "")
    assert bundle.too_new([made]) == ([] if fits else [made.name])


def test_what_is_pinned_is_for_any_python_that_the_installer_takes() -> None:
    """As this environment holds it: a pin that is refused on Debian's Python would be found on the target."""
    needed = {one.metadata["Name"]: one.metadata.get("Requires-Python") for one in distributions()}
    assert [name for name, python in needed.items() if python and bundle.OLDEST_PYTHON not in SpecifierSet(python)] == []


def test_what_a_pin_needs_is_pinned() -> None:
    """As this environment holds it: without a network nothing else is to be had."""
    pinned = {canonicalize_name(pin.partition("==")[0]) for pin in bundle.pins(ROOT / "constraints.txt")}
    needed = {
        canonicalize_name(of.name)
        for one in distributions()
        if canonicalize_name(one.metadata["Name"]) in pinned
        for of in map(Requirement, one.requires or [])
        if of.marker is None or of.marker.evaluate({"extra": ""})
    }
    assert needed - pinned == set()


def test_every_pin_needs_a_wheel_of_its_version() -> None:
    there = [Path("ruamel_yaml-0.19.1-py3-none-any.whl"), Path("Deprecated-1.3.0-py3-none-any.whl")]
    assert bundle.missing(["ruamel.yaml==0.19.1", "Deprecated==1.3.1", "six==1.17.0"], there) == [
        "deprecated==1.3.1",
        "six==1.17.0",
    ]


def test_what_is_not_to_be_had_for_the_target_ends_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "constraints.txt").write_text("# pins\na==1\nb==2\n", encoding="utf-8")
    (tmp_path / "hashes.txt").write_text("a==1 --hash=sha256:0a\nb==2 --hash=sha256:0b\n", encoding="utf-8")
    asked: list[tuple[str, list[str]]] = []

    def pip(command: str, folder: Path, lines: list[str], *options: str) -> str:
        asked.append((command, lines))
        if command == "download" and len(lines) == 2:
            return "ERROR: No matching distribution found for b==2\n"
        if command == "download":
            wheel(tmp_path, "a-1-cp311-cp311-manylinux_2_34_x86_64.whl")
        return ""

    monkeypatch.setattr(bundle, "_pip", pip)
    with pytest.raises(BadConfiguration, match=r"no wheel of b==2, a-1-cp311-cp311-manylinux_2_34_x86_64\.whl\. Pin another"):
        bundle.fetch_wheels(tmp_path, "x86_64", tmp_path / "constraints.txt", tmp_path / "hashes.txt")
    assert ("wheel", ["b==2 --hash=sha256:0b"]) in asked  # built, where only the source is published
    (tmp_path / "constraints.txt").write_text("a==1\nb==3\n", encoding="utf-8")
    with pytest.raises(BadConfiguration, match=r"hashes\.txt does not say what b==3 is"):
        bundle.fetch_wheels(tmp_path, "x86_64", tmp_path / "constraints.txt", tmp_path / "hashes.txt")


def test_every_pin_says_what_it_is() -> None:
    lines = bundle.hash_lines(bundle.HASHES)
    assert bundle.missing(bundle.pins(ROOT / "constraints.txt"), []) == sorted(lines)
    assert all(re.fullmatch(r"\S+( --hash=sha256:[0-9a-f]{64})+", line) for line in lines.values())


def test_pip_installs_what_the_archive_holds_and_nothing_else(tmp_path: Path) -> None:
    """With the very options of install.sh: a wheel that was exchanged is refused, though its name and version fit."""
    sound = wheel(tmp_path, "six-1.17.0-py2.py3-none-any.whl", "Summary: sound\n")
    (tmp_path / "requirements.txt").write_text(bundle.requirements([sound]), encoding="utf-8")
    options = ["--no-deps", "--require-hashes", "--no-index", "--find-links", str(tmp_path), "-r", "requirements.txt"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "-d"]
    assert subprocess.run([*command, "sound"], cwd=tmp_path, check=False).returncode == 0
    wheel(tmp_path, sound.name, "Summary: another\n")
    refused = subprocess.run([*command, "another"], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr


def test_the_bill_of_materials_names_every_file_with_its_digest_and_licence(tmp_path: Path) -> None:
    wheels = [
        wheel(tmp_path, "six-1.17.0-py2.py3-none-any.whl", "License-Expression: MIT\n"),
        wheel(
            tmp_path,
            "old_one-1-py3-none-any.whl",
            "License: " + "long " * 90 + "\nClassifier: License :: OSI Approved :: BSD License\n",
        ),
    ]
    jar = tmp_path / "io.delta_delta-spark_4.1_2.13-4.4.0.jar"
    jar.write_bytes(b"jar")
    components = {one["bom-ref"]: one for one in json.loads(bill_of_materials(wheels, [jar]))["components"]}
    assert set(components) == {path.name for path in (*wheels, jar)}
    for path in (*wheels, jar):
        assert components[path.name]["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}]
    assert components["six-1.17.0-py2.py3-none-any.whl"]["licenses"] == [{"license": {"id": "MIT"}}]
    assert "BSD License" in json.dumps(components["old_one-1-py3-none-any.whl"]["licenses"])
    assert components[jar.name]["purl"] == "pkg:maven/io.delta/delta-spark_4.1_2.13@4.4.0"


def test_checksums_are_read_by_sha256sum_and_name_what_was_changed(tmp_path: Path) -> None:
    (tmp_path / "名单").mkdir()
    (tmp_path / "名单/a b.txt").write_text("1", encoding="utf-8")
    bundle.write_checksums(tmp_path)
    check = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / "名单/a b.txt").write_text("2", encoding="utf-8")
    assert "a b.txt" in subprocess.run(check, cwd=tmp_path, check=False, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("python", "says"),
    [("/nowhere/python3.11", "Python 3.11 with its venv"), ("false", "Python 3.11 with its venv"), ("true", "not for")],
)
def test_what_cannot_be_installed_is_said_in_a_sentence(python: str, says: str, tmp_path: Path) -> None:
    script = tmp_path / "install.sh"
    script.write_bytes((ROOT / "tools/closed_network/install.sh").read_bytes())
    (tmp_path / "wheels/any").mkdir(parents=True)
    done = subprocess.run(
        ["sh", str(script)], env={"PATH": "/usr/bin:/bin", "PYTHON": python}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert says in done.stderr


@pytest.mark.parametrize(
    ("command", "answers", "says"),
    [
        ("python", 'case "$2" in *libc*) exit 1;; esac', "glibc 2.28 or newer is needed"),
        ("df", 'echo Filesystem; echo "/dev/x 9 9 3999999 1% /"', "4 GB of free disk are needed"),
    ],
)
def test_what_the_target_lacks_is_said_before_anything_is_installed(
    command: str, answers: str, says: str, tmp_path: Path
) -> None:
    script = tmp_path / "install.sh"
    script.write_bytes((ROOT / "tools/closed_network/install.sh").read_bytes())
    for name in ("python", command):
        stub = tmp_path / "bin" / name
        stub.parent.mkdir(exist_ok=True)
        stub.write_text(f"#!/bin/sh\n{answers if name == command else ''}\n", encoding="utf-8")
        stub.chmod(0o755)
    path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
    done = subprocess.run(
        ["sh", str(script)], env={"PATH": path, "PYTHON": "python"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert ".".join(map(str, OLDEST_GLIBC)) in script.read_text(encoding="utf-8")


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """An archive as it is unpacked, with a signature, as far as install.sh looks at it before it makes anything."""
    folder = tmp_path / "archive"
    for name in (f"wheels/{os.uname().machine}/a.whl", "delta-jars/a.jar", "site/一 页.html", "source/a.py"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(name, encoding="utf-8")
    (folder / "install.sh").write_bytes((ROOT / "tools/closed_network/install.sh").read_bytes())
    bundle.write_checksums(folder)
    bundle.sign(folder, str(new_key(tmp_path / "maker")))
    return folder


def new_key(folder: Path) -> Path:
    """A private key, its public one beside it."""
    folder.mkdir()
    command = ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key.pem"]
    subprocess.run(command, cwd=folder, check=True)
    subprocess.run(
        ["openssl", "ec", "-in", "key.pem", "-pubout", "-out", "public.pem"], cwd=folder, check=True, capture_output=True
    )
    return folder / "key.pem"


def installed(folder: Path, signer: str = "") -> str:
    """What install.sh says with a Python that installs nothing."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHON": "true", "MINGJING_SIGNER": signer}
    done = subprocess.run(
        ["sh", str(folder / "install.sh")], cwd=folder.parent, env=environment, capture_output=True, text=True, check=False
    )
    return done.stderr


STARTED = ".venv/bin/python"
"""What is not there, where a Python that makes nothing was to make it: all was looked at, and found good."""


def test_an_archive_is_installed_if_its_maker_has_signed_it(packed: Path) -> None:
    assert STARTED in installed(packed, "maker/public.pem")
    assert STARTED in installed(packed, str(packed.parent / "maker" / "public.pem"))
    assert "nobody looked at it" in installed(packed)


@pytest.mark.parametrize("kind", ["another key", "no key", "another list", "no signature", "another file", "one more file"])
def test_an_archive_that_is_another_is_not_installed(packed: Path, kind: str) -> None:
    signer, says = "maker/public.pem", "is not signed with the key"
    if kind == "another key":
        new_key(packed.parent / "other")
        signer = "other/public.pem"
    elif kind == "no key":
        signer = "nowhere.pem"
    elif kind == "another list":
        (packed / "source/a.py").write_text("another", encoding="utf-8")
        bundle.write_checksums(packed)
    elif kind == "no signature":
        (packed / "SHA256SUMS.sig").unlink()
    elif kind == "another file":
        (packed / "source/a.py").write_text("another", encoding="utf-8")
        says = "is not what was packed"
    else:
        (packed / "source/一 个.pyc").write_text("one more", encoding="utf-8")
        says = "were not packed: source/一 个.pyc"
    told = installed(packed, signer)
    assert says in told
    assert told.rstrip().endswith("Nothing was installed.")


def test_a_key_that_cannot_sign_ends_without_an_archive(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"cannot sign with .*No archive was written"):
        bundle.sign(tmp_path, str(tmp_path / "nowhere.pem"))


def test_a_wheel_of_ours_is_the_same_wherever_and_whenever_it_is_built(tmp_path: Path) -> None:
    """From two folders, with other times, rights and order of files."""
    wheels = []
    for name, mask in (("甲", "022"), ("乙", "077")):
        folder = tmp_path / name
        for package in ("jobs", "models", "casework", "expectations", "simulation", "tools"):
            shutil.copytree(
                ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"), copy_function=shutil.copyfile
            )
        for path in ("pyproject.toml", "README.md"):
            shutil.copyfile(ROOT / path, folder / path)
        build = f"umask {mask}; find . -type f -exec chmod u+w {{}} +; exec '{sys.executable}' -m hatchling build -t wheel -d ../of-{name}"
        subprocess.run(["sh", "-c", build], cwd=folder, check=True, capture_output=True)
        wheels += (tmp_path / f"of-{name}").glob("*.whl")
    first, second = (path.read_bytes() for path in wheels)
    assert wheels[0].name == wheels[1].name
    assert first == second


def test_no_file_names_a_host_of_a_package_registry() -> None:
    names = "p[y]pi|pythonhost[e]d|m[a]ven|n[p]mjs|an[a]conda"
    command = ["git", "grep", "-lE", rf"({names})\.(apache\.)?(org|com|io)\b"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout == ""
