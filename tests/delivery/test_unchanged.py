"""What is decoded under a hash is what has it: a file that changes in between is refused, and may be delivered again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FILES, QUARANTINE
from jobs.check_quality import dry_run
from jobs.delivery import survey, text_files
from jobs.delivery.decode import decode
from jobs.delivery.unchanged import FileChanged
from jobs.ingest import job as ingest
from jobs.launch.settings import Settings
from jobs.runtime.errors import BadDelivery
from jobs.runtime.session import Engine
from tests.conftest import AS_OF
from tests.damage import torn_at_row
from tests.delivery.conftest import PAYMENT
from tests.hand_made import HandMade, again, as_csv, context, payment

TOLD = "changed while it was read; nothing of it was kept"
BRONZE = DATA_SETS["payments"].bronze


def keeping_its_times(path: Path, content: bytes) -> None:
    """As `cp --preserve` of another version of the same length would."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "grows": lambda path: path.write_bytes(path.read_bytes() * 2),
    "shrinks": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "changes and keeps its length and times": lambda path: keeping_its_times(path, path.read_bytes()[::-1]),
    "is exchanged": lambda path: (path.rename(path.with_suffix(".old")), path.write_bytes(b"x")),
    "goes away": lambda path: path.unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["甲.csv", "甲.xlsx"])
def test_a_file_that_changes_before_it_is_decoded_is_not(delivery: Any, payments: Any, name: str, change: str) -> None:
    if name.endswith("csv"):
        delivery.add(name, payments.csv(payments.header, *payments.rows(30)))
    else:
        delivery.add_workbook(name, {"表": [payments.header, *payments.rows(30)]})
    pieces = delivery.survey(piece_bytes=1000)[name].pieces
    CHANGES[change](delivery.folder / name)
    for piece in pieces:
        with pytest.raises(FileChanged, match=name):
            list(decode(piece))


def test_a_reading_that_is_given_up_says_nothing_of_the_file(delivery: Any, payments: Any) -> None:
    """It is closed wherever the interpreter happens to tidy up, and would be told in the midst of something else."""
    name = delivery.add("甲.csv", payments.csv(payments.header, *payments.rows(30)))
    [piece] = delivery.survey()[name].pieces
    reading = decode(piece)
    next(reading)
    CHANGES["grows"](delivery.folder / name)
    reading.close()


def test_a_file_that_is_only_touched_is_decoded(delivery: Any, payments: Any) -> None:
    name = delivery.add("甲.csv", payments.csv(payments.header, *payments.rows(3)))
    file = delivery.file(name)
    os.utime(delivery.folder / name)
    (delivery.folder / name).chmod(0o400)
    assert sum(rows.height for piece in file.pieces for rows in decode(piece)) == 3


@pytest.mark.parametrize("change", ["grows", "shrinks", "changes and keeps its length and times"])
@pytest.mark.parametrize("step", ["opened", "survey_text_file", "read_head"])
def test_a_file_that_changes_while_it_is_surveyed_is_refused(
    delivery: Any, payments: Any, monkeypatch: pytest.MonkeyPatch, step: str, change: str
) -> None:
    good = delivery.add("好.csv", payments.csv(payments.header, payments.row()))
    name = delivery.add("甲.csv", payments.csv(payments.header, *payments.rows(3), payments.row(amount="640.00")))
    real, changed = getattr(survey, step), []

    def changing(path: Path, *given: Any) -> Any:
        result = real(path, *given)
        if path.name == name and not changed:
            changed.append(CHANGES[change](path))
        return result

    monkeypatch.setattr(survey, step, changing)
    files = delivery.survey()
    assert files[name].status == "refused"
    assert TOLD in files[name].reason or "SHA256 is" in files[name].reason
    assert files[good].status == "accepted"


def test_a_file_that_grows_while_it_is_hashed_is_refused(delivery: Any, payments: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    name = delivery.add("甲.csv", payments.csv(payments.header, *payments.rows(30)))
    raw, grown = text_files._raw, []

    def growing(path: Path, *given: Any) -> Any:
        for block in raw(path, *given):
            yield block
            if not grown:
                grown.append(path.write_bytes(path.read_bytes() + b"\n"))

    monkeypatch.setattr(text_files, "_raw", growing)
    assert delivery.file(name).status == "refused"


def made(folder: Path) -> HandMade:
    delivery = HandMade(folder)
    for month in ("2017-01", "2017-02"):
        delivery.add(f"{month}.csv", as_csv("payments", [payment(i, month) for i in range(20)]))
    return delivery


def changing_after_survey(monkeypatch: pytest.MonkeyPatch, module: Any, folder: Path, *names: str) -> None:
    """Each of the files is written anew when the survey is done, once."""
    real, left = module.survey_delivery, list(names)

    def surveyed(*given: Any) -> Any:
        files = real(*given)
        while left:
            path = folder / left.pop()
            path.write_bytes(path.read_bytes() + b"\n")
        return files

    monkeypatch.setattr(module, "survey_delivery", surveyed)


def test_nothing_of_a_changed_file_is_kept_and_it_may_be_delivered_again(
    embedded: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = made(tmp_path / "delivery")
    original = (delivery.folder / "2017-01.csv").read_bytes()
    copy = delivery.add("2017-02 (2).csv", (delivery.folder / "2017-02.csv").read_text())
    ctx = context(embedded, settings, delivery.done(), tmp_path / "out")
    changing_after_survey(monkeypatch, ingest, delivery.folder, "2017-01.csv", "2017-02.csv")
    ingest.run(ctx)

    def accounts() -> dict[str, tuple[str, int]]:
        return {row["file_name"]: (row["status"], row["accepted_rows"]) for row in ctx.lake.read(FILES).collect()}

    assert accounts() == {"2017-01.csv": ("refused", 0), "2017-02.csv": ("refused", 0), copy: ("accepted", 20)}
    assert ctx.lake.read(BRONZE).count() == 20
    assert ctx.lake.read(QUARANTINE).count() == 0
    assert any("2017-01.csv" in warning and TOLD in warning for warning in ctx.report.warnings)
    (delivery.folder / "2017-01.csv").write_bytes(original)
    ingest.run(again(ctx))
    assert accounts()["2017-01.csv"] == ("accepted", 20)
    assert ctx.lake.read(BRONZE).count() == 40


def test_a_delivery_of_which_every_file_changes_is_refused(
    embedded: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = made(tmp_path / "delivery")
    ctx = context(embedded, settings, delivery.done(), tmp_path / "out")
    changing_after_survey(monkeypatch, ingest, delivery.folder, "2017-01.csv", "2017-02.csv")
    with pytest.raises(BadDelivery, match=r"Every file of .* changed while it was read"):
        ingest.run(ctx)
    assert not ctx.lake.exists(BRONZE)
    assert not ctx.lake.exists(FILES)


def test_another_error_of_a_task_is_not_taken_for_a_change(
    embedded: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = made(tmp_path / "delivery")
    ctx = context(embedded, settings, delivery.done(), tmp_path / "out")
    monkeypatch.setattr(ctx.lake, "append", lambda *_: (_ for _ in ()).throw(RuntimeError("no space left")))
    with pytest.raises(RuntimeError, match="no space left"):
        ingest.run(ctx)


def test_a_dry_run_refuses_a_changed_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = made(tmp_path / "delivery")
    folder = delivery.done()
    changing_after_survey(monkeypatch, dry_run, folder, "2017-01.csv")
    judged = {account.entry.file_name: account for account in dry_run.delivery_state(folder, AS_OF, 1 << 20).accounts}
    assert (judged["2017-01.csv"].status, judged["2017-02.csv"].status) == ("refused", "accepted")
    assert [told.code for told in judged["2017-01.csv"].remarks] == ["changed"]


def test_a_workbook_damaged_below_its_head_is_refused_and_the_rest_is_taken_in(
    embedded: Engine, settings: Settings, tmp_path: Path
) -> None:
    """A survey reads the first rows alone."""
    delivery = made(tmp_path / "delivery")
    rows = [[*PAYMENT], *([*PAYMENT.values()] for _ in range(40))]
    sound = delivery.add_workbook("2017-03.xlsx", {"表": rows})
    delivery.add("2017-04.xlsx", torn_at_row((delivery.folder / sound).read_bytes(), 40))
    folder = delivery.done()
    ctx = context(embedded, settings, folder, tmp_path / "out")
    ingest.run(ctx)
    read = {row["file_name"]: (row["status"], row["accepted_rows"]) for row in ctx.lake.read(FILES).collect()}
    assert read == {
        "2017-01.csv": ("accepted", 20),
        "2017-02.csv": ("accepted", 20),
        sound: ("accepted", 40),
        "2017-04.xlsx": ("refused", 0),
    }
    assert any("2017-04.xlsx: refused: a damaged workbook" in warning for warning in ctx.report.warnings)
    judged = {account.entry.file_name: account.status for account in dry_run.delivery_state(folder, AS_OF, 1 << 20).accounts}
    assert (judged[sound], judged["2017-04.xlsx"]) == ("accepted", "refused")
