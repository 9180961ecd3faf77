"""Each command says whose it is; others are refused; and no role sees a number or a name that it may not."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from casework.events import Place
from casework.payloads import Office
from casework.store import CaseStore, store_url
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import LAKE_TABLES
from expectations.contracts.model import PERSON_KINDS, Kind
from jobs.access import roles
from jobs.access.roles import EVERY_ROLE, ZONES, AccessParams, Person, Role, allowed, may_see_in_full, person_now, roles_of
from jobs.audit.log import entries_of
from jobs.commands.cli import app
from jobs.launch.arguments import WRITTEN_FOLDERS
from jobs.launch.settings import load_access, load_settings
from jobs.lineage.veil import Veil
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.results import RESTRICTED, Stamp, publication
from tests.access.conftest import MINE, OTHER, AsPerson
from tests.casework.made import dispatched, of_case, of_clue, verdict
from tests.retention.conftest import NAME, NUMBER, cell
from tools.command_reference import commands

LEAVES = dict(commands())
CASE = "H0000000000000001"
ACCOUNT_NUMBER = "6217001234567890127"
PEOPLE = {role: Person("li", frozenset({role}), frozenset({MINE})) for role in Role} | {
    None: Person("li", frozenset(), frozenset({MINE}))
}


def run(*line: object) -> Any:
    return CliRunner(env={"COLUMNS": "300"}).invoke(app, [*map(str, line)])


@pytest.mark.parametrize("path", LEAVES)
def test_every_command_says_whose_it_is(path: str) -> None:
    assert roles_of(LEAVES[path].callback) is not None, f"say above {path} who may give it: @allowed(…)"


def test_every_zone_says_whose_it_is() -> None:
    lake = {f"lake/{table.zone}" for table in LAKE_TABLES.values()}
    told = {zone.split("/")[0] for zone in ZONES}
    assert lake <= set(ZONES)
    assert set(WRITTEN_FOLDERS) <= told
    assert all(ZONES.values())


_PUBLISHED = [zone for zone in ZONES if zone.split("/")[0] not in ("lake", "audit", "mlflow", "check")]


@pytest.mark.parametrize("zone", _PUBLISHED)
def test_a_folder_that_is_not_everybodys_is_made_for_its_owner_and_stays_as_the_administrator_opens_it(
    zone: str, tmp_path: Path
) -> None:
    def mode_after(content: str) -> int:
        with publication(tmp_path, "x", [f"{zone}/1"], Stamp(date(2018, 1, 31), ""), pytest.fail) as staged:
            (staged / zone / "1" / "list.csv").write_text(content)
        return (tmp_path / zone).stat().st_mode & 0o777

    tmp_path.chmod(0o755)
    assert mode_after("a") == (0o755 if ZONES[zone] == EVERY_ROLE else 0o700)
    (tmp_path / zone).chmod(0o750)
    assert mode_after("b") == (0o700 if RESTRICTED in zone else 0o750)


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("path", [path for path, command in LEAVES.items() if roles_of(command.callback)])
def test_a_command_is_given_by_its_roles_alone_and_the_refusal_is_recorded(
    as_person: AsPerson,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    path: str,
    role: Role | None,
) -> None:
    as_person("li", *([role] if role else []))
    (tmp_path / "out").mkdir()
    monkeypatch.setenv("MINGJING_AUDIT", str(tmp_path / "log"))
    command = LEAVES[path].callback
    given = {"plan": tmp_path / "out" / "plans" / "x"} if path.endswith("dispatch") else {"out": tmp_path / "out"}
    monkeypatch.setattr("jobs.launch.start.explained", lambda *_: 0)  # who is let in does nothing
    with suppress(TypeError, RuntimeError, typer.Exit):  # it lacks the other arguments, or a context
        command(**given)
    is_refused = "li has" in capsys.readouterr().err
    assert is_refused == (role not in (roles_of(command) or ()))
    assert not is_refused or [one["exit"] for one in entries_of(tmp_path / "log") if one["event"] == "end"] == [2]


def test_a_command_that_says_nothing_is_nobodys_and_off_is_everybodys(
    as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_person("li", *Role)
    with pytest.raises(BadConfiguration, match="is for nobody"):
        roles.refuse_unless(load_access(), None, "x")
    roles.refuse_unless(load_access(), EVERY_ROLE, "x")
    monkeypatch.delenv("MINGJING_CONF")
    roles.refuse_unless(load_access(), None, "x")
    assert not load_access().enabled


def test_the_refusal_is_a_sentence(as_person: AsPerson, tmp_path: Path) -> None:
    as_person("li", Role.ANALYST)
    (tmp_path / "out").mkdir()
    ran = run("purge", tmp_path / "out", "--as-of", "2018-01-01")
    assert ran.exit_code == 2
    assert "mingjing purge is for data_team; li has analyst." in ran.output


def test_nobody_turns_access_off_by_an_overlay_or_by_taking_the_configuration_away(
    as_person: AsPerson, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    as_person("li")
    conf = Path(os.environ["MINGJING_CONF"])
    (conf / "mine.yaml").write_text(yaml.safe_dump({"access": {"enabled": False}}), encoding="utf-8")
    with pytest.raises(BadConfiguration, match=r"access may stand in base.yaml alone"):
        load_settings("mine")
    monkeypatch.setenv("MINGJING_CONF", str(tmp_path / "nowhere"))
    assert run("audit", "show", tmp_path).exit_code == 2


def test_under_the_account_of_the_jobs_sudo_says_who_asks_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    access = load_access().model_copy(update={"account": "mingjing"})
    groups = {"li": {"mingjing-publish"}, "mingjing": {"mingjing-data"}, "wang": set()}
    monkeypatch.setattr(roles, "_groups_of", lambda name: frozenset(groups[name]))
    monkeypatch.setenv("SUDO_USER", "li")
    monkeypatch.setattr(roles, "own_account", lambda: "mingjing")
    assert person_now(access) == Person("li", frozenset({Role.PUBLISHER}))
    monkeypatch.setattr(roles, "own_account", lambda: "wang")
    assert person_now(access) == Person("wang", frozenset())
    monkeypatch.setattr(roles, "own_account", lambda: "mingjing")
    monkeypatch.delenv("SUDO_USER")
    assert person_now(access) == Person("mingjing", frozenset({Role.DATA_TEAM}))


def test_groups_are_those_of_the_machine() -> None:
    assert roles._groups_of("root")
    assert roles._groups_of("nobody-of-this-name") == frozenset()


def test_access_without_groups_is_refused() -> None:
    with pytest.raises(ValueError, match="expected groups by role"):
        AccessParams(enabled=True, account="", groups={}, county_groups={}, approval_days=1)


def test_no_role_sees_a_number_or_a_name_of_a_county_that_it_may_not() -> None:
    """Role by field by county: the canary is seen where it may be, and nowhere else."""
    fields = [(data_set, field) for data_set in DATA_SETS.values() for field in data_set.fields]
    telling = {*PERSON_KINDS, Kind.NAME, Kind.ACCOUNT}
    leaks, seen = [], 0
    for (role, person), county, (data_set, field) in product(PEOPLE.items(), (MINE, OTHER, None), fields):
        if field.kind not in telling:
            continue
        veil = Veil(full=may_see_in_full(person, county))
        row = {one.name: None for one in data_set.fields} | {field.name: cell(field)}
        shown = str(veil.cells(data_set, row, [field.name]))
        may = role in (Role.DATA_TEAM, Role.PUBLISHER) or (role is Role.CLERK and county == MINE)
        is_seen = any(canary in shown for canary in (NUMBER, NAME, ACCOUNT_NUMBER))
        seen += is_seen
        if is_seen and not may:
            leaks.append((role, county, data_set.code, field.name))
        assert is_seen or not may, (role, county, data_set.code, field.name)
    assert leaks == []
    assert seen > 100


@pytest.fixture
def a_case_of(tmp_path: Path) -> Callable[[str | None], Path]:
    """Results with one case, sent to that county; null: to the city's own team, though it lies in MINE."""

    def made(county: str | None) -> Path:
        out = tmp_path / "out"
        out.mkdir()
        place = Place(county or MINE, "东镇", "E01")
        sent = dispatched("C11").model_copy(update={"to": Office(county_code=county, town="东镇" if county else None)})
        with CaseStore(store_url(out)) as store, store.writing() as book:
            book.record([of_case(CASE, 1, sent, place=place), of_clue(CASE, "C11", 9, verdict(), place=place)])
        return out

    return made


@pytest.mark.parametrize("county", [MINE, OTHER])
@pytest.mark.parametrize("role", [*Role, None])
def test_a_history_in_full_is_shown_by_role_and_county(
    as_person: AsPerson, a_case_of: Callable[[str | None], Path], role: Role | None, county: str
) -> None:
    out = a_case_of(county)
    as_person("li", *([role] if role else []))
    masked, full = (run("cases", "history", CASE, "--out", out, *more) for more in ((), ("--full",)))
    assert "张某" not in masked.output
    may = role in (Role.DATA_TEAM, Role.PUBLISHER) or (role is Role.CLERK and county == MINE)
    assert ("张某" in full.output, full.exit_code) == (may, 0 if may else 2), full.output


@pytest.mark.parametrize("county", [MINE, OTHER, None])
@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.CLERK])
@pytest.mark.parametrize("step", ["receive", "send-back", "refer", "close", "snooze", "reopen"])
def test_a_clerk_takes_a_step_with_cases_of_the_own_counties_alone(
    as_person: AsPerson, a_case_of: Callable[[str | None], Path], step: str, role: Role, county: str | None
) -> None:
    out = a_case_of(county)
    as_person("li", role)
    words = [] if step in ("receive", "close") else ["--reason", "缺页"]
    words += ["--office", "某局"] if step == "refer" else []
    ran = run("cases", step, CASE, "--out", out, "--on", "2018-01-20", *words)
    is_foreign = role is Role.CLERK and county != MINE
    assert (f"{CASE}不在您的辖区内" in ran.output) == is_foreign, ran.output
    with CaseStore(store_url(out)) as store, store.reading() as book:
        assert not is_foreign or book.last_position == 2
    ended = [one["exit"] for one in entries_of(out / "audit") if one["event"] == "end"]
    assert ended == [ran.exit_code]
    assert not is_foreign or ended == [2]


def test_a_case_that_was_never_sent_out_is_of_the_county_in_which_the_list_had_it(as_person: AsPerson, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with CaseStore(store_url(out)) as store, store.writing() as book:
        for case, clue, county in ((CASE, "C11", MINE), (f"{CASE[:-1]}2", "C21", OTHER)):
            book.record([of_clue(case, clue, 9, verdict(), place=Place(county, "东镇", "E01"))])
    as_person("li", Role.CLERK)
    line = ("--out", out, "--on", "2018-01-20", "--reason", "外出")
    ran = run("cases", "snooze", CASE, f"{CASE[:-1]}2", *line)
    assert ran.exit_code == 2
    assert f"案件{CASE[:-1]}2不在您的辖区内" in ran.output
    assert run("cases", "snooze", CASE, *line).exit_code == 0
    assert run("cases", "snooze", CASE, *line).exit_code == 0  # by what the step itself says, the case lies nowhere


def test_a_step_of_a_case_is_by_the_person_who_asked_and_not_by_the_account_of_the_jobs(
    as_person: AsPerson, a_case_of: Callable[[str | None], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = a_case_of(MINE)
    as_person("li", Role.PUBLISHER)
    conf = Path(os.environ["MINGJING_CONF"], "base.yaml")
    base = yaml.safe_load(conf.read_text(encoding="utf-8"))
    base["access"]["account"] = "mingjing"
    conf.write_text(yaml.safe_dump(base, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr(roles, "own_account", lambda: "mingjing")
    monkeypatch.setenv("SUDO_USER", "li")
    assert run("cases", "receive", CASE, "--out", out, "--on", "2018-01-20", "--by", "township").exit_code == 0
    with CaseStore(store_url(out)) as store, store.reading() as book:
        assert [event.by for event in book.events()][2:] == ["li"]


def test_a_declaration_is_kept_beside_the_command() -> None:
    @allowed(Role.CLERK)
    def command() -> None:
        """Nothing."""

    assert roles_of(command) == {Role.CLERK}
