"""What has expired is gone from the bytes, what is held stays, nothing goes sooner; killed in the midst, a purge is gone on with."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import polars as pl
import pytest
from openpyxl import load_workbook
from pydantic import ValidationError
from typer.testing import CliRunner

from casework.events import NewEvent
from casework.payloads import Appeal, Closed
from casework.store import CaseStore, store_url
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASEWORK, CLUES, FILES, FINDINGS, LISTED_CLUES, MEMBERS, PEOPLE, RUNS, VERDICTS
from expectations.contracts.model import ORIGIN
from jobs.access.approvals import approve, waiting
from jobs.access.roles import Role
from jobs.audit.calls import SUPERVISION, recorded
from jobs.audit.log import entries_of
from jobs.commands.cli import app
from jobs.launch.retention_params import Kept, RetentionParams
from jobs.launch.settings import load_access, load_settings
from jobs.retention import job
from jobs.retention.certificate import Certificate, write_certificate
from jobs.retention.removal import keep_rows
from jobs.retention.rows import derived_stays, frame_of, held_by, living, stays
from jobs.runtime.accounts import own_account
from jobs.runtime.errors import BadConfiguration, BadStore
from jobs.runtime.lake import single_writer
from jobs.runtime.results import KEPT, Stamp, publication
from tests.access.conftest import AsPerson, as_person  # noqa: F401
from tests.casework.made import dispatched, of_case, of_clue, verdict
from tests.retention.conftest import NAME, NUMBER, named_in

ALL_OVER, ONLY_REGISTERS = "2021-06-30", "2019-06-30"


def purged(out: Path, as_of: str, *more: str) -> Any:
    return CliRunner(env={"COLUMNS": "300"}).invoke(app, ["purge", str(out), "--as-of", as_of, "--env", "test", *more])


def removed(out: Path, as_of: str) -> dict[str, Any]:
    ran = purged(out, as_of, "--second", "nobody")
    assert ran.exit_code == 0, ran.output
    return dict(json.loads((out / "certificates" / f"销毁证明_{as_of}.json").read_text(encoding="utf-8")))


def rows(out: Path, table: Any) -> pl.DataFrame:
    frame = frame_of(out / "lake", table)
    assert frame is not None
    return frame


def test_a_person_who_stood_in_every_register_is_in_no_byte_of_the_results_afterwards(out: Path) -> None:
    changed = next((out / "restricted").rglob("*.xlsx"))
    changed.with_name(f"{changed.stem}{KEPT}1.xlsx").write_bytes(changed.read_bytes())
    before = named_in(out)
    for code in DATA_SETS:
        assert any(path.startswith(f"lake/bronze/{code}/") for path in before), code
    for place in ("lake/quarantine/", "lake/vault/people/", "restricted/"):
        assert any(path.startswith(place) for path in before), place
    certificate = removed(out, ALL_OVER)
    assert named_in(out) == []
    left = {path.relative_to(out).parts[0] for path in out.rglob("*") if path.is_file()}
    assert left == {".mingjing", "audit", "certificates", "lake", "run_report.json"}
    for log in (out / "lake").glob("*/*/_delta_log"):
        if log.parent.parent.name not in ("ops", "_about"):
            assert len(list(log.glob("*.json"))) == 1
            assert log.parent.parent.parent.name == "lake"
    assert {thing["path"] for thing in certificate["things"]} >= {"vault/people", "gold/clues", "_scratch", "mlflow"}


def test_the_certificate_reconciles_with_the_ledger_and_the_log_says_who_and_when(out: Path) -> None:
    ledger = {row["file_id"]: row for row in rows(out, FILES).iter_rows(named=True) if row["read_rows"]}
    certificate = removed(out, ALL_OVER)
    assert {part["file_id"]: part["removed"] for part in certificate["files"]} == {
        file_id: row["read_rows"] for file_id, row in ledger.items()
    }
    book = load_workbook(out / "certificates" / f"销毁证明_{ALL_OVER}.xlsx", read_only=True)
    told = [row[6].value for row in book["报送文件"].iter_rows(min_row=2)]
    assert told == ["一致"] * len(ledger)
    facts = {row[0].value: row[1].value for row in book["证明"].iter_rows(min_row=2)}
    assert facts["监督人"] == "nobody"
    events = {entry["event"]: entry for entry in entries_of(out / "audit")}
    assert events["purge"]["rows"] == sum(row["read_rows"] for row in ledger.values())
    assert events["purged"]["as_of"] == ALL_OVER
    checked = CliRunner().invoke(app, ["verify", str(out)])
    assert checked.exit_code == 0, checked.output


def test_a_certificate_names_every_case_that_is_held_and_can_be_printed(tmp_path: Path) -> None:
    held = tuple(f"H{number:016x}" for number in range(3_000))
    write_certificate(tmp_path, Certificate(
        as_of=date(2021, 6, 30), by="li", second="sun", begun_at="2021-06-30T08:00:00+00:00", kept_months={"registers": 12},
        sources={"registers": "个人信息保护法第十九条"}, files=(), things=(), held_cases=held,
    ))  # fmt: skip
    book = load_workbook(tmp_path / "销毁证明_2021-06-30.xlsx", read_only=True)
    assert tuple(row[0].value for row in book["暂缓案件"].iter_rows(min_row=2)) == held
    facts = [row[1] for row in book["证明"].iter_rows(min_row=2)]
    assert "3,000件" in str([cell.value for cell in facts])
    assert all(len(str(cell.value)) < 200 and cell.alignment.wrap_text for cell in facts)


def test_what_was_made_public_is_known_as_long_as_reports_of_the_time_can_be_made(tmp_path: Path) -> None:
    """Else a later one could be held against it, and one household subtracted."""
    zones = ("restricted/reports/2018-01-01_2018-03-31", "exports/reports/2018-01-01_2018-03-31", "exports")
    for zone in zones:
        with publication(tmp_path, "x", [zone], Stamp(date(2018, 3, 31), ""), pytest.fail) as staged:
            (staged / zone / "public.json").write_text("{}")
    params = load_settings("test").retention

    def over(year: int) -> set[str]:
        return {zone for _, zone, _ in job._expired_parts(tmp_path, date(year, 4, 1), params)}

    assert over(2021) == {"exports"}  # findings: 36 months
    assert over(2027) == {"exports"}
    assert over(2028) == set(zones)  # casework: 120


def test_findings_outlive_the_registers(out: Path) -> None:
    clues = rows(out, CLUES).height
    certificate = removed(out, ONLY_REGISTERS)
    assert {thing["kind"] for thing in certificate["things"]} == {"registers"}
    assert rows(out, CLUES).height == clues > 0
    assert rows(out, PEOPLE).height == 0
    assert (out / "exports" / "clues.csv").is_file()
    assert not [path for path in named_in(out) if path.startswith(("lake/", "slips/", "quality/"))]


def test_what_an_open_case_rests_on_stays_until_it_is_closed(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = rows(out, CLUES)["case_id"][0]
    members = rows(out, MEMBERS).filter(pl.col("case_id") == case)
    evidence = [seen for found in rows(out, CLUES).filter(pl.col("case_id") == case)["evidence"] for seen in found]
    monkeypatch.setattr(job, "open_cases", lambda *_: frozenset({case}))
    certificate = removed(out, ALL_OVER)
    assert certificate["held_cases"] == [case]
    assert rows(out, CLUES)["case_id"].unique().to_list() == [case]
    assert set(rows(out, PEOPLE)["person_id"]) == set(members["person_id"].drop_nulls())
    for data_set in DATA_SETS.values():
        standing, delivered = (
            set(rows(out, table).select(ORIGIN).iter_rows()) if frame_of(out / "lake", table) is not None else set()
            for table in (data_set.silver, data_set.bronze)
        )
        assert standing <= delivered, "what stays of a person can be looked up in what was delivered"
    for seen in evidence:
        bronze = rows(out, DATA_SETS[seen["data_set"]].bronze)
        assert bronze.filter((pl.col("_file_id") == seen["file_id"]) & (pl.col("_row") == seen["row"])).height == 1
    assert all(part["removed"] + part["held"] == part["read_rows"] for part in certificate["files"])
    assert sum(part["held"] for part in certificate["files"]) > 0

    monkeypatch.setattr(job, "open_cases", lambda *_: frozenset())
    later = removed(out, "2021-07-01")
    assert sum(part["removed"] for part in later["files"]) == sum(part["held"] for part in certificate["files"])
    assert rows(out, CLUES).height == rows(out, PEOPLE).height == 0


def test_nothing_goes_sooner_than_stated_nor_without_a_second_person(out: Path) -> None:
    before = {path: path.read_bytes() for path in (out / "lake").rglob("*") if path.is_file() and path.name != ".writer.lock"}
    last = purged(out, "2018-12-31", "--second", "nobody")  # the last day of twelve months after 2017-12-31
    assert "Nothing has expired" in last.output
    told = purged(out, "2019-01-01")
    assert told.exit_code == 0
    assert "name the second person" in told.output
    for second in (own_account(), f" {own_account()}", "", " "):
        alone = purged(out, "2019-01-01", "--second", second)
        assert alone.exit_code == 2, second
        assert "Expected the account of another person" in alone.output
    assert purged(out, "2090-01-01").exit_code == 2
    assert {path: path.read_bytes() for path in before} == before


def test_only_what_is_of_files_whose_time_is_over_goes(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vehicles, payments = DATA_SETS["vehicles"], DATA_SETS["payments"]
    over = frozenset(rows(out, FILES).filter(pl.col("data_set") == "vehicles")["file_id"])
    before = {table: rows(out, table) for table in (payments.bronze, payments.silver, PEOPLE, MEMBERS, CLUES)}
    monkeypatch.setattr(job, "_expired_files", lambda *_: over)
    certificate = removed(out, ONLY_REGISTERS)
    assert {part["data_set"] for part in certificate["files"]} == {"vehicles"}
    assert rows(out, vehicles.bronze).height == rows(out, vehicles.silver).height == 0
    for table, frame in before.items():
        assert rows(out, table).equals(frame), table.full_name
    assert not list((out / "lake" / "_scratch").glob("*"))


def test_what_was_found_by_a_run_of_long_ago_goes_though_others_followed(tmp_path: Path) -> None:
    def write(table: Any, *rows_of: dict[str, Any]) -> None:
        pl.DataFrame(list(rows_of)).write_delta(str(tmp_path / "lake" / table.zone / table.name))

    old, new = date(2018, 1, 31), date(2021, 1, 31)
    write(RUNS, {"as_of": old}, {"as_of": new})
    write(CLUES, {"case_id": "H1", "rank": 1})
    write(LISTED_CLUES, *({"as_of": on, "case_id": case} for on in (old, new) for case in ("H1", "H2")))
    with CaseStore(store_url(tmp_path)) as store, store.writing() as book:
        book.record([of_case("H2", 2, dispatched("C21"))])
    for as_of, gone in ((date(2021, 1, 31), []), (date(2021, 2, 1), [("gold/listed_clues", 1)])):
        plan = job.planned([tmp_path / "lake"], tmp_path, as_of, _params(), ("", "", ""))
        assert [(thing.path, thing.removed) for thing in plan.things] == gone, (
            "the open case holds its own row, the last run all of its"
        )


def test_what_lies_beside_the_rows_and_is_not_ours_stays(out: Path) -> None:
    notes = out / "lake" / "bronze" / "vehicles" / "notes.txt"
    notes.write_text("mine", encoding="utf-8")
    removed(out, ONLY_REGISTERS)
    assert notes.read_text(encoding="utf-8") == "mine"


def test_a_case_holds_the_rows_of_members_without_a_number_and_what_any_finding_saw(tmp_path: Path) -> None:
    def write(table: Any, *rows_of: dict[str, Any]) -> None:
        pl.DataFrame(list(rows_of)).write_delta(str(tmp_path / table.zone / table.name))

    def saw(file_id: str, sheet: str | None) -> list[dict[str, Any]]:
        return [{"file_id": file_id, "sheet": sheet, "row": 3}]

    member = {"case_id": "H1", "number_key": "K1", "_file_id": "F1", "_sheet": "一", "_row": 1}
    write(MEMBERS, member, member | {"number_key": None, "_row": 2}, member | {"case_id": "H2", "number_key": "K2", "_row": 9})
    write(CLUES, {"case_id": "H1", "evidence": saw("F2", None)}, {"case_id": "H2", "evidence": saw("F8", "一")})
    write(FINDINGS, {"case_id": "H1", "evidence": saw("F3", "二")}, {"case_id": "H2", "evidence": saw("F9", None)})
    held = held_by(tmp_path, frozenset({"H1"}))
    assert held.keys == {"K1"}
    assert held.origins == {("F1", "一", 1), ("F1", "一", 2), ("F2", "", 3), ("F3", "二", 3)}
    given = [("F1", "一", 2, "K9"), ("F1", "一", 4, "K1"), ("F1", "一", 5, "K9"), ("F7", "一", 5, None)]
    frame = pl.DataFrame(given, schema=["_file_id", "_sheet", "_row", "number_key"], orient="row")
    assert stays(frame, frozenset({"F1"}), held).to_list() == [True, True, False, True]


def test_what_is_derived_stays_with_whom_it_speaks_of_and_not_with_a_namesake() -> None:
    members = pl.DataFrame(
        {"case_id": ["H1", "H1"], "person_id": ["P1", "P2"], "number_key": ["K1", None], "name_key": ["N1", "N2"]}
    )
    persons = pl.DataFrame({"person_id": ["P1", "P3", "P4"], "number_key": ["K1", "K1", "K4"]})
    live = living([(MEMBERS, members)], persons)
    assert (live.keys, live.persons, live.cases) == ({"K1"}, {"P1", "P2", "P3"}, {"H1"})
    derived = pl.DataFrame(
        {
            "number_key": ["K1", None, "K4", None, None],
            "name_key": ["N9", "N1", "N1", "N9", "N9"],
            "person_id": [None, None, "P4", "P2", None],
            "case_id": [None, None, "H4", None, "H1"],
        }
    )
    assert derived_stays(derived, live).to_list() == [True, False, False, True, True]


def test_a_case_is_open_until_it_is_closed_and_again_while_an_appeal_is_not_decided(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    assert job.open_cases(lake, tmp_path) == frozenset()
    with CaseStore(store_url(tmp_path)) as store:

        def record(*events: NewEvent) -> frozenset[str]:
            with store.writing() as book:
                book.record(events)
            return job.open_cases(lake, tmp_path)

        assert record(of_case("H1", 1, dispatched("C11")), of_case("H2", 1, dispatched("C21"))) == {"H1", "H2"}
        refuted = of_clue("H1", "C11", 10, verdict("查否-时间差"))
        assert record(refuted, of_case("H1", 20, Closed())) == {"H2"}
        assert record(of_clue("H1", "C11", 50, Appeal(reason="错"))) == {"H1", "H2"}


def test_verdicts_that_no_case_store_follows_hold_everything(tmp_path: Path) -> None:
    """Of an earlier version: no store, or one that was made for something else, tells nothing of cases that are open."""
    log = tmp_path / "lake" / VERDICTS.zone / VERDICTS.name / "_delta_log"
    log.mkdir(parents=True)
    (log / f"{0:020}.json").write_text("{}", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(BadStore, match=r"no case store follows yet.*Nothing was removed"):
            job.open_cases(tmp_path / "lake", tmp_path)
        CaseStore(store_url(tmp_path)).close()


def test_nothing_goes_while_the_cases_that_might_hold_it_cannot_be_asked(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store was moved to a database that this shell does not name, or is not that which the lake knows."""
    known = pl.DataFrame({"store_id": ["S0123456789abcdef"], "position": [7]})
    known.write_delta(str(out / "lake" / CASEWORK.zone / CASEWORK.name), mode="overwrite")
    before = named_in(out)
    for told in ("is not there, and the lake", "the lake .* knows another"):
        refused = purged(out, ALL_OVER, "--second", "nobody")
        assert refused.exit_code == 3, refused.output
        assert re.search(told, refused.output)
        assert named_in(out) == before
        CaseStore(store_url(out)).close()


def test_nothing_goes_while_another_writes_to_either_lake(out: Path) -> None:
    (out / "check").mkdir()
    shutil.copytree(out / "lake", out / "check" / "lake")
    before = named_in(out)
    for lake in ("lake", "check/lake"):
        with single_writer(str(out / lake)):
            refused = purged(out, ALL_OVER, "--second", "nobody")
        assert refused.exit_code == 2, refused.output
        assert "Another run is writing" in refused.output
        assert named_in(out) == before


@pytest.mark.parametrize("place", ["mlflow", "exports", "restricted/plans", "lake/_scratch"])
def test_what_lies_behind_a_link_is_not_said_to_be_gone(out: Path, tmp_path: Path, place: str) -> None:
    (out / place).mkdir(exist_ok=True)
    (out / place).rename(tmp_path / "elsewhere")
    (out / place).symlink_to(tmp_path / "elsewhere")
    before = named_in(out)
    refused = purged(out, ALL_OVER, "--second", "nobody")
    assert refused.exit_code == 2, refused.output
    assert f"{out / place} is a link" in refused.output
    assert named_in(out) == before
    assert (out / place).is_symlink()


def test_an_approval_is_of_what_was_planned_and_not_of_what_another_retention_removes(
    out: Path,
    tmp_path: Path,
    as_person: AsPerson,  # noqa: F811
) -> None:
    short = {kind: {"months": 1, "source": "none"} for kind in RetentionParams.model_fields}
    as_person("li", Role.DATA_TEAM)
    (tmp_path / "conf" / "short.yaml").write_text(json.dumps({"retention": short}), encoding="utf-8")
    before = named_in(out)
    assert "Nothing has expired" in purged(out, "2018-06-30", "--second", "wang").output
    assert not any("request" in entry for entry in entries_of(out / "audit"))
    assert purged(out, ONLY_REGISTERS, "--second", "wang").exit_code == 2
    as_person("wang", Role.AUDITOR)
    with recorded("approve", {}, purpose=SUPERVISION, out=out):
        approve(load_access(), out, waiting(out)[0].id)
    as_person("li", Role.DATA_TEAM)
    (tmp_path / "conf" / "short.yaml").write_text(json.dumps({"retention": short}), encoding="utf-8")
    other = purged(out, ONLY_REGISTERS, "--second", "wang", "--env", "short")
    assert other.exit_code == 2, other.output
    assert "needs two persons (purge)" in other.output
    assert named_in(out) == before
    done = purged(out, ONLY_REGISTERS, "--second", "wang")
    assert done.exit_code == 0, done.output
    assert json.dumps(entries_of(out / "audit")).count('"used"') == 1


def test_a_purge_that_was_killed_is_not_gone_on_with_under_another_retention(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = _killed(out, ONLY_REGISTERS, monkeypatch)
    params = _params()
    other = params.model_copy(update={"findings": params.findings.model_copy(update={"months": params.findings.months - 1})})
    with pytest.raises(BadConfiguration, match="kept other months"):
        job.unfinished([out / "lake"], out, plan.as_of, other)
    assert job.unfinished([out / "lake"], out, plan.as_of, params) == plan


def test_a_plan_that_nobody_has_begun_by_is_not_gone_on_with(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may write beside the results could otherwise have anything destroyed, and any case's rows, under another's name."""
    plan = _killed(out, ALL_OVER, monkeypatch)
    path, before = out / ".mingjing" / job.PLAN, named_in(out)
    written = path.read_text(encoding="utf-8")
    for text in (
        written.replace('"second":""', '"second":"wang"'),
        plan.model_copy(update={"things": ()}).model_dump_json() + "\n",
    ):
        assert text != written
        path.write_text(text, encoding="utf-8")
        refused = purged(out, ALL_OVER, "--second", "nobody")
        assert refused.exit_code == 3, refused.output
        assert "nobody has approved it" in refused.output
    assert named_in(out) == before
    path.write_text(written, encoding="utf-8")
    removed(out, ALL_OVER)
    path.write_text(written, encoding="utf-8")
    assert "Nothing has expired" in purged(out, ALL_OVER, "--second", "nobody").output, "one that has ended is not begun again"


def test_a_case_that_is_opened_while_a_purge_lies_killed_holds_what_is_left_of_its_rows(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = _killed(out, ONLY_REGISTERS, monkeypatch)
    clue = rows(out, CLUES).row(0, named=True)
    with CaseStore(store_url(out)) as store, store.writing() as book:
        book.record([of_case(clue["case_id"], 2, dispatched(clue["clue_id"]))])
    certificate = removed(out, ONLY_REGISTERS)
    assert certificate["held_cases"] == [clue["case_id"]]
    held = {part["file_id"]: part["held"] for part in certificate["files"]}
    for before, after in zip(plan.files, certificate["files"], strict=True):
        left = sum(
            frame.filter(pl.col("_file_id") == before.file_id).height
            for name, data_set in DATA_SETS.items() if name == before.data_set and (frame := rows(out, data_set.bronze)) is not None
        )  # fmt: skip
        assert (after["held"], after["removed"]) == (left, before.removed + before.held - left)
    assert sum(held.values()) > 0


def _killed(out: Path, as_of: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The plan of a purge that was begun, and killed before the first row went."""
    plan = job.planned([out / "lake"], out, date.fromisoformat(as_of), _params(), ("", "", ""))
    monkeypatch.setattr(job, "keep_rows", Mock(side_effect=Killed))
    with recorded("purge", {}, purpose=SUPERVISION, out=out), pytest.raises(Killed):
        job.purge([out / "lake"], out, plan, _params(), lambda _: None)
    monkeypatch.setattr(job, "keep_rows", keep_rows)
    return plan


class Killed(BaseException):
    """As by a signal: nothing of the program sees it."""


@pytest.mark.parametrize("name", ["keep_rows", "forget_history", "publication", "write_certificate", "remove"])
@pytest.mark.parametrize("times", [0, 3])
def test_a_purge_that_is_killed_is_gone_on_with_and_counts_all_of_it(
    out: Path, monkeypatch: pytest.MonkeyPatch, name: str, times: int
) -> None:
    expected = job.planned([out / "lake"], out, date.fromisoformat(ALL_OVER), _params(), ("", "", ""))
    run: Callable[..., Any] = getattr(job, name)
    left = [times]

    def killed(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return run(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(job, name, killed)
        try:
            with recorded("purge", {}, purpose=SUPERVISION, out=out):
                job.purge([out / "lake"], out, expected, _params(), lambda _: None)
        except Killed:
            other = purged(out, ONLY_REGISTERS)
            assert other.exit_code == 2
            assert "was stopped midway" in other.output
    certificate = removed(out, ALL_OVER)
    assert [part["removed"] for part in certificate["files"]] == [part.removed for part in expected.files]
    assert named_in(out) == []


def test_a_copy_of_results_whose_purge_was_killed_removes_nothing_of_the_first(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _killed(out, ALL_OVER, monkeypatch)
    shutil.copytree(out, tmp_path / "copy")
    before = named_in(out)
    refused = purged(tmp_path / "copy", ALL_OVER, "--second", "nobody")
    assert refused.exit_code == 2
    assert f"was of {out}" in refused.output
    assert named_in(out) == named_in(tmp_path / "copy") == before
    assert (out / "mlflow").is_dir()


def _params() -> RetentionParams:
    def kept(months: int) -> Kept:
        return Kept(months=months, source="a test")

    return RetentionParams(registers=kept(12), findings=kept(36), casework=kept(120))


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        ("2017-12-31", 2, "2018-02-28"),
        ("2017-12-31", 12, "2018-12-31"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2017-01-15", 1, "2017-02-15"),
    ],
)
def test_the_last_day_is_still_within(day: str, months: int, last: str) -> None:
    kept, until = Kept(months=months, source="a test"), date.fromisoformat(last)
    assert not kept.has_expired(date.fromisoformat(day), until)
    assert kept.has_expired(date.fromisoformat(day), date.fromordinal(until.toordinal() + 1))


def test_registers_are_not_kept_longer_than_what_rests_on_them() -> None:
    with pytest.raises(ValidationError, match="no longer than findings"):
        RetentionParams.model_validate(_params().model_dump() | {"registers": {"months": 60, "source": "a test"}})


def test_the_person_is_nobody() -> None:
    assert NUMBER.startswith("420292")
    assert len(NAME) == 3
