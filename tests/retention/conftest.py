"""A city whose every register names one person, run once; and whatever can be found in the bytes of its results."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Field, Kind
from jobs.audit.calls import SUPERVISION, recorded
from jobs.audit.vouched import vouch
from jobs.launch.settings import Settings
from jobs.runtime.session import Engine
from tests.conftest import run_main_job
from tests.hand_made import NORTH, first_delivery, person_number

NUMBER, NAME = person_number(777), "鄢翾翀"
_CELLS = {
    Kind.PERSON_NUMBER: NUMBER, Kind.OWNER_NUMBER: NUMBER, Kind.DISABILITY_NUMBER: f"{NUMBER}43", Kind.NAME: NAME,
    Kind.DATE: "2017-03-01", Kind.MONTH: "2017-03", Kind.YUAN: "100.00", Kind.WAN_YUAN: "1.00", Kind.INTEGER: "1",
    Kind.PERCENT: "10", Kind.SQUARE_METRES: "80", Kind.CODE: "D0777", Kind.TEXT: "某", Kind.ACCOUNT: "6217001234567890127",
    Kind.FIRM_CODE: "91420292MA00000002", Kind.PLATE: "鄂B07777",
}  # fmt: skip


def cell(field: Field) -> str:
    if field.name == "county_code":
        return NORTH
    return field.values[0] if field.kind is Kind.ENUM and field.values else _CELLS.get(field.kind, "某")


@pytest.fixture(scope="session")
def named_everywhere(embedded: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OUT of a run over 120 people and one more, who stands in every register and in one row that went to quarantine."""
    folder = tmp_path_factory.mktemp("named")
    delivery = first_delivery(folder / "delivery")
    for code, data_set in DATA_SETS.items():
        row = {field.name: cell(field) for field in data_set.fields}
        rows = [row, row | {"amount": "???"}] if code == "payments" else [row]
        delivery.table(code, rows, f"另/{code}.csv", area=NORTH)
    out = folder / "out"
    out.mkdir()
    with recorded("run", {}, purpose=SUPERVISION, out=out):
        ctx = run_main_job(embedded, settings, delivery.done(), out)
        vouch(ctx.lake.folder)
    return out


@pytest.fixture
def out(named_everywhere: Path, tmp_path: Path) -> Path:
    shutil.copytree(named_everywhere, tmp_path / "out")
    return tmp_path / "out"


def named_in(folder: Path) -> list[str]:
    """Files in whose bytes, or in what they hold packed, the person's number or name stands."""
    words = [word.encode(coding) for word in (NUMBER, NAME) for coding in ("utf-8", "utf-16-le", "gb18030")]
    escaped = [NAME.encode("unicode_escape")]
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        path.relative_to(folder).as_posix()
        for path in paths
        if any(word in text for text in unpacked(path) for word in (*words, *escaped))
    ]


def unpacked(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    yield str(path.name).encode()
    yield content
    if path.suffix == ".parquet":
        yield str(pq.read_table(io.BytesIO(content)).to_pylist()).encode()
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif path.suffix == ".pdf":
        from pypdf import PdfReader

        yield "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).encode()
