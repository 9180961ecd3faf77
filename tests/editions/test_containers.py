"""What leaves under a password that is no workbook: it opens as it was, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.delivery.workbooks import PASSWORD
from jobs.editions import container
from jobs.editions.container import fresh_header, header_of, opened, sealed
from jobs.launch.edition_params import CipherName
from jobs.runtime.errors import BadConfiguration
from tests.editions.conftest import DAY, Run


@pytest.mark.parametrize("cipher", ["AES-256-GCM", "SM4-GCM"])
def test_a_container_opens_as_it_was_and_not_otherwise(cipher: CipherName) -> None:
    header = fresh_header(cipher, 7, "东镇", "核查", DAY, "clues.csv")
    locked = sealed(b"rows", header, "right")
    assert opened(locked, "right") == (header, b"rows")
    with pytest.raises(BadConfiguration, match="password is another"):
        opened(locked, "wrong")
    for changed in (
        locked.replace("东镇".encode(), "西镇".encode()),
        locked.replace(b"2017-12-31", b"2027-12-31"),
        locked[:-1] + b"x",
    ):
        assert changed != locked
        with pytest.raises(BadConfiguration, match="somebody has changed"):
            opened(changed, "right")
    assert sealed(b"rows", header.model_copy(update={"salt": "0" * 32}), "right") != locked


def _with_salt(salt: str) -> bytes:
    header = fresh_header("AES-256-GCM", 7, "东镇", "核查", DAY, "clues.csv").model_copy(update={"salt": salt}).model_dump_json()
    return container.MAGIC + len(header.encode()).to_bytes(4, "big") + header.encode() + b"x" * 20


@pytest.mark.parametrize(
    "torn",
    [
        b"",
        b"x",
        container.MAGIC,
        _with_salt("0" * 33),
        _with_salt("x" + "0" * 32),
        container.MAGIC + b"\xff\xff\xff\xff" + b"x" * 99,
        container.MAGIC + b"\0\0\0\2{}" + b"x" * 20,
    ],
)
def test_what_is_no_container_is_told(torn: bytes) -> None:
    assert header_of(torn) is None
    with pytest.raises(BadConfiguration, match="no container"):
        opened(torn, "any")


def test_whoever_opens_something_else_is_asked_for_no_password_and_whoever_types_none_is_told(
    mingjing: Run, tmp_path: Path
) -> None:
    (tmp_path / "list.mjc").write_bytes(b"no container")
    (tmp_path / "a.mjc").write_bytes(sealed(b"rows", fresh_header("SM4-GCM", 7, "东镇", "核查", DAY, "clues.csv"), "right"))
    for name, said in (("list.mjc", "no container"), ("a.mjc", "No password was typed.")):
        ran = mingjing("editions", "open", tmp_path / name, "--to", tmp_path / "got")  # nothing is typed: the input is at its end
        assert ran.exit_code == 2
        assert said in ran.output
        assert ("Password" in ran.output) is (name == "a.mjc")
        assert not (tmp_path / "got").exists()


def test_a_container_whose_day_is_over_is_not_opened(mingjing: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.mjc").write_bytes(sealed(b"rows", fresh_header("SM4-GCM", 7, "东镇", "核查", DAY, "clues.csv"), "right"))
    monkeypatch.setenv(PASSWORD, "right")
    ran = mingjing("editions", "open", tmp_path / "old.mjc", "--to", tmp_path / "got")
    assert ran.exit_code == 2
    assert "until 2017-12-31" in ran.output
    assert not (tmp_path / "got").exists()


def test_a_container_cannot_name_a_place_to_write_to(mingjing: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = fresh_header("AES-256-GCM", 7, "东镇", "核查", DAY.replace(year=2099), "../../evil.csv")
    (tmp_path / "a.mjc").write_bytes(sealed(b"rows", header, "right"))
    monkeypatch.setenv(PASSWORD, "right")
    assert mingjing("editions", "open", tmp_path / "a.mjc", "--to", tmp_path / "b" / "c").exit_code == 0
    assert (tmp_path / "b" / "c" / "evil.csv").read_bytes() == b"rows"
