"""A dry run judges a delivery as taking it in would, and leaves it as it was."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FILES, NUMBER_STATES
from jobs.check_quality.columns import column_counts, remember, remembered
from jobs.check_quality.dry_run import DeliveryState, delivery_state
from jobs.check_quality.figures import number_counts, number_states
from jobs.check_quality.slips import quarantined_rows
from jobs.commands.cli import app
from jobs.delivery.ledger import Account, from_rows
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.runtime.errors import BadDelivery
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from jobs.standardise import job as standardise
from tests.conftest import AS_OF, City
from tests.hand_made import NORTH, HandMade, as_csv, context, household, payment, person_number, registered

PIECE = 1 << 20


def in_order(accounts: list[Account]) -> list[Account]:
    return sorted(accounts, key=lambda account: (account.entry.file_name, account.entry.sha256))


def ledger(lake: Lake) -> list[Account]:
    return from_rows(lake.read(FILES).collect())


def state_of(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file and folder with its time of change and, of a file, its content."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in [folder, *sorted(folder.rglob("*"))]
    }


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows to quarantine, a copy, an older extract, a refused file, one that is not listed, one that is not there."""
    delivery = HandMade(tmp_path_factory.mktemp("dry") / "delivery")
    rows = [household(i) for i in range(30)] + [household(30) | {"start_month": "不详"}, household(31) | {"household_no": ""}]
    rows += [
        household(32) | {"id_number": "1" * 18, "approved_on": "#REF!"},
        household(33) | {"id_number": person_number(33)[:15] + "*"},
    ]
    delivery.table("dibao_roster", rows, "花名册.csv", area=NORTH, rows="30")
    delivery.table("dibao_roster", rows, "花名册 (2).csv", area=NORTH)
    delivery.table("dibao_roster", rows[:20] + rows[30:], "旧花名册.csv", area=NORTH, extract_date="2016-12-31")
    delivery.table("household_registry", [registered(i) for i in range(34)], "户籍.csv", area=NORTH, department="公安局")
    delivery.add("发放.csv", as_csv("payments", [payment(i, "2017-01") for i in range(30)]) + "合计,,,,\n多,,,,,,,,,,,,,,\n")
    delivery.add("空.csv", as_csv("payments", []), rows="0")
    delivery.add("坏.csv", "x", sha256="ab" * 32)
    moved = hashlib.sha256((delivery.folder / "花名册.csv").read_bytes()).hexdigest()
    delivery.add("迁走.csv", None, "dibao_roster", sha256=moved)
    (delivery.folder / "多.csv").write_text("not listed")
    return delivery.done()


@pytest.fixture(scope="module")
def judged(faulty: Path) -> DeliveryState:
    return delivery_state(faulty, AS_OF, PIECE)


@pytest.fixture(scope="module")
def taken_in(embedded: Engine, settings: Settings, faulty: Path, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    ctx = context(embedded, settings, faulty, tmp_path_factory.mktemp("taken_in"))
    ingest.run(ctx)
    standardise.run(ctx)
    return ctx


def test_a_dry_run_gives_the_accounts_of_a_real_one(judged: DeliveryState, taken_in: RunContext) -> None:
    assert in_order(judged.accounts) == in_order(ledger(taken_in.lake))
    fates = {account.entry.file_name: account.status for account in judged.accounts}
    assert fates == {
        "花名册.csv": "accepted",
        "花名册 (2).csv": "duplicate",
        "旧花名册.csv": "superseded",
        "户籍.csv": "accepted",
        "发放.csv": "accepted",
        "空.csv": "accepted",
        "坏.csv": "refused",
        "迁走.csv": "refused",
        "多.csv": "refused",
    }


def test_the_accounts_are_those_counted_by_hand(judged: DeliveryState) -> None:
    by_name = {account.entry.file_name: account for account in judged.accounts}
    roster, payments = by_name["花名册.csv"], by_name["发放.csv"]
    assert (roster.accepted, roster.quarantined, roster.skipped) == (32, 2, 0)
    assert [told.code for told in roster.remarks] == ["count_differs"]
    assert (payments.accepted, payments.quarantined, payments.skipped) == (30, 1, 1)
    assert [told.code for told in by_name["空.csv"].remarks] == ["no_rows"]


def test_a_dry_run_returns_the_rows_that_a_real_one_quarantines(judged: DeliveryState, taken_in: RunContext) -> None:
    returned = sorted(judged.returned, key=lambda row: (row.file_id, row.sheet, row.row))
    assert returned == quarantined_rows(taken_in.lake, ledger(taken_in.lake))
    assert len(returned) == 2 + 2 + 1  # of the copy none: they are the same rows


def test_a_dry_run_reads_numbers_as_a_real_one_does(judged: DeliveryState, taken_in: RunContext) -> None:
    lake = taken_in.lake
    data_sets = [DATA_SETS[code] for code in ("dibao_roster", "household_registry", "payments")]
    scratch = Lake(taken_in.engine, str(taken_in.out / "scratch"))
    scratch.overwrite(NUMBER_STATES, number_states(lambda code: lake.read(DATA_SETS[code].silver), data_sets))
    counted = number_counts(scratch)
    assert {key: judged.numbers[key] for key in counted} == counted
    others = {key[:2] for key in judged.numbers} - {key[:2] for key in counted}
    assert others == {a.file_key for a in judged.accounts if a.status == "superseded"}  # read, but not in silver
    roster = next(a.file_id for a in judged.accounts if a.entry.file_name == "花名册.csv")
    assert judged.numbers["dibao_roster", roster, "person"] == {"valid": 30, "junk": 1, "masked": 1}


def test_a_dry_run_counts_the_cells_of_each_column_as_a_real_one_does(judged: DeliveryState, taken_in: RunContext) -> None:
    lake = taken_in.lake
    data_sets = [DATA_SETS[code] for code in ("dibao_roster", "household_registry", "payments")]
    current = {account.file_id for account in ledger(lake) if account.status == "accepted"}
    counted = column_counts(lake, lambda code: lake.read(DATA_SETS[code].silver), data_sets, current)
    known = {(count.file_id, count.field): count for count in judged.columns}
    assert {(count.file_id, count.field) for count in counted} <= set(known)
    assert [known[count.file_id, count.field] for count in counted] == counted
    assert any(count.lost for count in counted)
    remember(lake, counted)
    assert sorted(remembered(lake), key=str) == sorted(counted, key=str)


def test_a_dry_run_touches_nothing_in_the_delivery(faulty: Path) -> None:
    before = state_of(faulty.parent)
    delivery_state(faulty, AS_OF, PIECE)
    assert state_of(faulty.parent) == before


def test_each_file_is_reported_once(faulty: Path, judged: DeliveryState) -> None:
    reported: list[int] = []
    delivery_state(faulty, AS_OF, PIECE, lambda: reported.append(1))
    assert len(reported) == len(judged.accounts)


def test_pieces_of_a_file_are_told_as_one(faulty: Path, judged: DeliveryState) -> None:
    small = delivery_state(faulty, AS_OF, 500)
    assert small.accounts == judged.accounts
    assert small.numbers == judged.numbers
    assert sorted(map(str, small.returned)) == sorted(map(str, judged.returned))


def test_a_whole_city_is_judged_as_it_was_taken_in(finished: RunContext, city: City) -> None:
    assert in_order(delivery_state(city.delivery, AS_OF, PIECE).accounts) == in_order(ledger(finished.lake))


def test_a_delivery_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDelivery, match=r"holds no 交接清单\.csv"):
        delivery_state(tmp_path, AS_OF, PIECE)


def slips_to(folder: Path, delivery: Path) -> int:
    arguments = ["ingest", str(delivery), "--dry-run", "--as-of", AS_OF.isoformat(), "--slips", str(folder)]
    return CliRunner().invoke(app, arguments).exit_code


def test_slips_leave_a_folder_of_ones_own_papers_as_it_is(faulty: Path, tmp_path: Path) -> None:
    papers = {"notes.txt": "mine", "旧/数据校核回执_民政局.xlsx": "mine, too"}
    for name, text in papers.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    for _ in range(2):
        assert slips_to(tmp_path, faulty) == 0
    assert {name: (tmp_path / name).read_text() for name in papers} == papers
    assert len(list(tmp_path.glob("*.xlsx"))) == 3


@pytest.mark.parametrize("place", [".", "slips"])
def test_slips_are_never_written_into_the_delivery(faulty: Path, place: str) -> None:
    before = state_of(faulty.parent)
    assert slips_to(faulty / place, faulty) == 2
    assert state_of(faulty.parent) == before
