"""Two persons: a request by one, an approval by another, used once; and whoever is one of the two is not the other."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from casework.store import CaseStore, store_url
from jobs.access import approvals
from jobs.access.approvals import ACTIONS, approve, second_person, waiting
from jobs.access.roles import Role
from jobs.audit.calls import SUPERVISION, changed_rules, note, note_run, recorded
from jobs.audit.log import LOG, entries_of
from jobs.commands.cli import app
from jobs.editions.register import register_of
from jobs.launch import start
from jobs.launch.settings import load_access
from jobs.rank_clues import job as rank_clues
from jobs.runtime.errors import BadConfiguration, BadStore
from jobs.runtime.results import RESTRICTED
from tests.access.conftest import AsPerson
from tests.conftest import AS_OF
from tests.editions.conftest import out  # noqa: F401

FACTS = {"file": "abc"}


@contextmanager
def at(place: Path, command: str = "run") -> Iterator[None]:
    place.mkdir(exist_ok=True)
    with recorded(command, {}, purpose=SUPERVISION, out=place):
        yield


def ask(place: Path, action: str = "identities", **more: Any) -> str | None:
    with at(place), second_person(load_access(), place, action, FACTS, **more) as approval:
        return approval.by


def agree(place: Path, request: str | None = None) -> None:
    with at(place, "approve"):
        approve(load_access(), place, request or waiting(place)[0].id)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "results"


def test_one_asks_another_approves_and_it_is_done_once(as_person: AsPerson, place: Path) -> None:
    as_person("li", Role.DATA_TEAM)
    for _ in range(2):  # asked twice, it is one request
        with pytest.raises(BadConfiguration, match="needs two persons"):
            ask(place)
    assert [one.by for one in waiting(place)] == ["li"]
    as_person("wang", Role.DATA_TEAM)
    agree(place)
    as_person("li", Role.DATA_TEAM)
    assert ask(place) == "wang"
    with pytest.raises(BadConfiguration, match="needs two persons"):
        ask(place)
    events = [(one["event"], one["by"]) for one in entries_of(place / "audit") if "request" in one]
    assert events == [("request", "li"), ("approval", "wang"), ("used", "li"), ("request", "li")]


@pytest.mark.parametrize("action", ACTIONS)
def test_the_same_person_is_refused_for_every_action(as_person: AsPerson, place: Path, action: str) -> None:
    as_person("li", *Role)
    with pytest.raises(BadConfiguration):
        ask(place, action)
    with pytest.raises(BadConfiguration, match="li's own"):
        agree(place)
    with pytest.raises(BadConfiguration):
        ask(place, action)
    as_person("wang", *Role)
    agree(place)
    with pytest.raises(BadConfiguration, match="approved by wang"):  # who approved does not do it
        ask(place, action)
    as_person("li", *Role)
    assert ask(place, action) == "wang"


def test_an_approval_is_by_a_role_for_exactly_this_and_in_time(
    as_person: AsPerson, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_person("li", Role.DATA_TEAM)
    with pytest.raises(BadConfiguration):
        ask(place)
    as_person("wang", Role.ANALYST)
    with pytest.raises(BadConfiguration, match="for data_team to approve"):
        agree(place)
    with pytest.raises(BadConfiguration, match="No request R0"):
        agree(place, "R0")
    as_person("wang", Role.DATA_TEAM)
    agree(place)
    as_person("li", Role.DATA_TEAM)
    with (
        at(place),
        pytest.raises(BadConfiguration),
        second_person(load_access(), place, "identities", {"file": "another"}),
    ):
        pass
    with pytest.raises(BadConfiguration, match="names who approved"):
        ask(place, named="zhao")
    access = load_access().model_copy(update={"approval_days": 0})
    with (
        at(place),
        pytest.raises(BadConfiguration, match="needs two persons"),
        second_person(access, place, "identities", FACTS),
    ):
        pass


def test_rules_that_were_approved_hold_for_good_and_others_do_not(as_person: AsPerson, place: Path) -> None:
    def begin(settings: str) -> None:
        with at(place):
            if changed := changed_rules(settings, "code", None):
                with second_person(load_access(), place, "rules", changed, again=True):
                    pass
            note_run("r", key="k", settings=settings, code="code", changed=changed)

    for settings in ("a", "b"):
        as_person("li", Role.DATA_TEAM)
        with pytest.raises(BadConfiguration, match=r"two persons \(rules\)"):
            begin(settings)
        as_person("wang", Role.PUBLISHER)
        agree(place)
        as_person("li", Role.DATA_TEAM)
        begin(settings)
        begin(settings)
    with pytest.raises(BadConfiguration):
        begin("a")


def test_other_rules_need_a_second_person_in_a_new_folder_of_results_on_the_same_lake_too(
    as_person: AsPerson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(results: Path, lake: Path) -> None:
        with at(results), start.open_run(out=results, as_of=AS_OF, lake_root=str(lake)) as ctx, ctx.job(rank_clues):
            pass

    as_person("li", Role.DATA_TEAM)
    lake = tmp_path / "results" / "lake"
    with pytest.raises(BadConfiguration, match=r"two persons \(rules\)"):
        begin(tmp_path / "results", lake)
    as_person("wang", Role.DATA_TEAM)
    agree(tmp_path / "results")
    as_person("li", Role.DATA_TEAM)
    begin(tmp_path / "results", lake)
    begin(tmp_path / "new", lake)
    monkeypatch.setattr(start, "code_version", lambda: "others")
    for name, on in (("results", lake), ("newer", lake), ("results", tmp_path / "another"), ("newest", tmp_path / "another")):
        with pytest.raises(BadConfiguration, match=r"two persons \(rules\)"):
            begin(tmp_path / name, on)


def test_approvals_in_a_log_that_was_edited_are_not_believed(as_person: AsPerson, place: Path) -> None:
    as_person("li", Role.DATA_TEAM)
    with pytest.raises(BadConfiguration):
        ask(place)
    log = place / "audit" / LOG
    log.write_bytes(log.read_bytes().replace(b'"by":"li"', b'"by":"wu"'))
    as_person("wang", Role.DATA_TEAM)
    with pytest.raises(BadStore, match="not believed"):
        agree(place)


def test_an_approval_of_one_thing_is_none_of_another_that_was_made_to_share_its_id(
    as_person: AsPerson, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(approvals._id("edition", FACTS)) == 33
    monkeypatch.setattr(approvals, "_id", lambda *_: "R0123456789")
    as_person("li", Role.DATA_TEAM)
    with pytest.raises(BadConfiguration):
        ask(place, "edition")
    as_person("wang", Role.DATA_TEAM)
    agree(place)
    as_person("li", Role.DATA_TEAM)
    for action, facts in (("edition", {"file": "the whole city"}), ("identities", FACTS)):
        with (
            at(place),
            pytest.raises(BadConfiguration, match="needs two persons"),
            second_person(load_access(), place, action, facts),
        ):
            pass


def test_an_id_is_typed_as_far_as_it_is_the_only_one_that_begins_so(as_person: AsPerson, place: Path) -> None:
    as_person("li", Role.DATA_TEAM)
    for action in ("identities", "edition"):
        with pytest.raises(BadConfiguration):
            ask(place, action)
    first, second = waiting(place)
    as_person("wang", Role.DATA_TEAM)
    with pytest.raises(BadConfiguration, match="2 requests begin with 'R'"):
        agree(place, "R")
    agree(place, first.shown)
    assert waiting(place) == [second]


def test_who_has_approved_never_does_it_whoever_approves_besides(as_person: AsPerson, place: Path) -> None:
    as_person("li", Role.DATA_TEAM)
    with pytest.raises(BadConfiguration):
        ask(place)
    request = waiting(place)[0].id
    as_person("wang", Role.DATA_TEAM)
    agree(place)
    as_person("zhao", Role.DATA_TEAM)
    with pytest.raises(BadConfiguration, match="was approved by wang"):
        agree(place, request)
    with at(place):  # two at the same moment
        note(approvals.APPROVAL, request=request, action="identities", by="zhao")
    for account in ("wang", "zhao"):
        as_person(account, Role.DATA_TEAM)
        with pytest.raises(BadConfiguration, match="approved by wang, zhao"):
            ask(place)
    as_person("li", Role.DATA_TEAM)
    assert ask(place) == "wang"


def test_of_two_commands_that_use_one_approval_at_once_one_has_it(as_person: AsPerson, place: Path) -> None:
    """Both have looked, then both write: the log takes one line after the other."""
    as_person("li", Role.DATA_TEAM)
    with pytest.raises(BadConfiguration):
        ask(place)
    as_person("wang", Role.DATA_TEAM)
    agree(place)
    as_person("li", Role.DATA_TEAM)
    looked, was_given = Barrier(2), []
    real = approvals._held_requests

    def slow(*given: Any) -> dict[str, approvals.Request]:
        held = real(*given)
        looked.wait(30)
        return held

    def work() -> None:
        with suppress(BadConfiguration):
            was_given.append(ask(place))

    with patch.object(approvals, "_held_requests", slow):
        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert was_given == ["wang"]
    assert [one["event"] for one in entries_of(place / "audit") if "request" in one].count("used") == 2


def test_who_turns_access_off_goes_on_only_when_another_has_approved_it(as_person: AsPerson, place: Path) -> None:
    def given(*line: str) -> Any:
        return CliRunner(env={"COLUMNS": "300"}).invoke(app, [*line, "--out", str(place)])

    def become(account: str, *roles: Role, is_on: bool = False) -> None:
        as_person(account, *roles)
        base = Path(os.environ["MINGJING_CONF"]) / "base.yaml"
        base.write_text(
            base.read_text(encoding="utf-8").replace("enabled: true", f"enabled: {str(is_on).lower()}"), encoding="utf-8"
        )
        assert load_access().enabled == is_on

    place.mkdir()
    CaseStore(store_url(place)).close()
    become("li", Role.PUBLISHER, is_on=True)
    assert given("editions").exit_code == 0
    become("li", Role.PUBLISHER)
    refused = given("editions")
    assert refused.exit_code == 2
    assert "needs two persons (access off)" in refused.output
    with pytest.raises(BadConfiguration, match="li's own"):
        agree(place)
    become("wang", Role.AUDITOR)
    assert given("approve", waiting(place)[0].shown).exit_code == 0
    become("li", Role.PUBLISHER)
    assert [given("editions").exit_code for _ in range(2)] == [0, 0]
    assert [entry["on"] for entry in entries_of(place / "audit") if entry["event"] == "access"] == [True, False]


def test_a_log_that_does_not_hold_is_told_by_every_command_and_stops_none(as_person: AsPerson, place: Path) -> None:
    def given() -> Any:
        return CliRunner(env={"COLUMNS": "300"}).invoke(app, ["editions", "--out", str(place)])

    place.mkdir()
    CaseStore(store_url(place)).close()
    as_person("li", Role.PUBLISHER)
    assert "was edited" not in given().output
    log = place / "audit" / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"on":true', b'"on":none', 1))
    told = given()
    assert told.exit_code == 0, told.output
    assert f"{log.parent}: Line 2 was edited" in told.output


def test_off_nobody_is_asked(place: Path) -> None:
    assert ask(place) is None
    assert ask(place, named="zhao") == "zhao"
    assert waiting(place) == []


def _issued(out: Path, *names: str) -> Any:  # noqa: F811
    lists = [out / RESTRICTED / name for name in ("clues.csv", *names)]
    return _given(out, "editions", "issue", *lists, "--to", "东镇 某甲", "--purpose", "核查", "--until", "2099-03-31")


def _given(out: Path, *line: object) -> Any:  # noqa: F811
    return CliRunner(env={"COLUMNS": "300"}).invoke(app, [*map(str, line), *(() if out in line else ("--out", str(out)))])


def test_an_edition_needs_two_publishers(as_person: AsPerson, out: Path) -> None:  # noqa: F811
    give = partial(_given, out)
    as_person("li", Role.PUBLISHER)
    asked = _issued(out, "papers")
    assert asked.exit_code == 2
    assert not (out / "editions").exists()
    request = next(one["request"] for one in entries_of(out / "audit") if one["event"] == approvals.REQUEST)
    assert request[:11] in asked.output
    assert request not in asked.output
    assert give("approve", request[:11]).exit_code == 2
    as_person("wang", Role.PUBLISHER)
    assert f"{request} " in give("approve").output
    as_person("zhou", Role.AUDITOR)
    of_auditor = give("audit", "show", out).output
    as_person("wang", Role.PUBLISHER)
    for told in (give("approve").output, of_auditor, give("approve", request[:11]).output):
        assert "东镇 某甲" in told  # who decides, and who looks later, reads what leaves, for whom and how much
        assert '["restricted/clues.csv", "restricted/papers"]' in told
        assert '"files": 3' in told
        assert len(re.findall('"[0-9a-f]{64}"', told)) == 1
    as_person("li", Role.PUBLISHER)
    assert _issued(out, "papers").exit_code == 0
    assert "by li, approved by wang" in give("editions").output
    assert json.dumps(entries_of(out / "audit")).count('"used"') == 1


_BEFORE_ITS_NUMBER = (
    "jobs.editions.job._publish",
    "casework.store.WritableBook.record_edition",
    "jobs.access.approvals.note",
    "jobs.access.approvals._refuse_second_use",
)
"""What an edition comes to, one after the other, before its number is in the register; the last when the log has the use."""


def test_an_approval_is_used_up_with_the_edition_and_not_by_a_command_that_was_killed(
    as_person: AsPerson,
    out: Path,  # noqa: F811
) -> None:
    def killed_in(step: str) -> None:
        with patch(step, side_effect=KeyboardInterrupt) as reached:
            _issued(out)
        assert reached.called
        made.append(len(register_of(out)))

    made: list[int] = []
    as_person("li", Role.PUBLISHER)
    for count in (1, 2):
        assert "needs two persons" in _issued(out).output
        as_person("wang", Role.PUBLISHER)
        agree(out)
        as_person("li", Role.PUBLISHER)
        for step in _BEFORE_ITS_NUMBER:
            killed_in(step)
        if count == 1:
            assert _issued(out).exit_code == 0
        else:
            killed_in("jobs.editions.job.note")
    assert made == [0, 0, 0, 0, 1, 1, 1, 1, 2]
    assert "needs two persons" in _issued(out).output
    assert [(one.number, one.second) for one in register_of(out)] == [(1, "wang"), (2, "wang")]
    assert [one["event"] for one in entries_of(out / "audit") if "request" in one].count("approval") == 2


def test_of_what_a_killed_command_left_undone_the_approval_still_holds(as_person: AsPerson, place: Path) -> None:
    as_person("li", Role.DATA_TEAM)
    with pytest.raises(BadConfiguration):
        ask(place)
    as_person("wang", Role.DATA_TEAM)
    agree(place)
    as_person("li", Role.DATA_TEAM)
    with (
        pytest.raises(KeyboardInterrupt),
        at(place),
        second_person(load_access(), place, "identities", FACTS),
    ):
        raise KeyboardInterrupt
    assert ask(place) == "wang"
    with pytest.raises(BadConfiguration, match="needs two persons"):
        ask(place)
