"""The ledger: what every file ever delivered is on the day of a run, decided from the accounts alone."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.contracts.lake import FILES
from jobs.delivery.ledger import Account, account_with_fates, from_rows, order, settled, without_repeats
from jobs.delivery.manifest import ManifestEntry, delivery_id
from jobs.delivery.remarks import remark

JUNE, DECEMBER, NEXT_JUNE = date(2017, 6, 30), date(2017, 12, 31), date(2018, 6, 30)


def account(
    name: str,
    content: str = "",
    *,
    no: int = 1,
    data_set: str = "dibao_roster",
    area: str = "420292",
    day: date = DECEMBER,
    department: str = "民政局",
    status: str = "accepted",
    **counts: Any,
) -> Account:
    """A file of a delivery; equal `content` means equal bytes, without it the name stands for the bytes."""
    sha256 = hashlib.sha256((content or name).encode()).hexdigest()
    entry = ManifestEntry(name, data_set, department, area, day, 10, sha256)
    return Account(no, f"delivery {no}", entry, sha256[:16], status, **({"accepted": 10} | counts))


def payments(name: str, content: str = "", **given: Any) -> Account:
    return account(name, content, **({"data_set": "payments", "area": "420200", "department": "财政局"} | given))


def statuses(*accounts: Account, as_of: date = DECEMBER) -> dict[tuple[int, str], str]:
    """Status by delivery and file name."""
    return {(found.delivery_no, found.entry.file_name): found.status for found in settled(accounts, as_of)}


def said(*accounts: Account, as_of: date = DECEMBER) -> dict[tuple[int, str], list[str]]:
    """Remarks' codes by delivery and file name."""
    return {(a.delivery_no, a.entry.file_name): [found.code for found in a.remarks] for a in settled(accounts, as_of)}


def test_of_the_same_bytes_the_shorter_name_counts() -> None:
    files = account("名单(2).csv", "同"), account("名单.csv", "同")
    assert statuses(*files) == {(1, "名单.csv"): "accepted", (1, "名单(2).csv"): "duplicate"}
    copy = settled(files, DECEMBER)[1]
    assert [found.en for found in copy.remarks] == ["the same bytes as 名单.csv"]
    assert (copy.delivered, copy.skipped) == (0, 0)  # its rows are those of the other file


def test_other_bytes_under_a_like_name_count() -> None:
    assert set(statuses(account("名单(2).csv"), account("名单.csv")).values()) == {"accepted"}


def test_a_file_listed_twice_counts_once() -> None:
    found = settled([account("名单.csv"), account("名单.csv")], DECEMBER)
    assert [file.status for file in found] == ["accepted", "duplicate"]


def test_the_same_bytes_in_two_registers_count_in_both() -> None:
    files = account("名单.csv", "同"), account("名单二.csv", "同", data_set="tekun_roster")
    assert set(statuses(*files).values()) == {"accepted"}


@pytest.mark.parametrize("later", [account("花名册.csv", no=2), account("新花名册.csv", "花名册.csv", no=2)])
def test_the_same_file_in_a_later_delivery_is_the_same_file(later: Account) -> None:
    found = settled([account("花名册.csv"), later], DECEMBER)
    assert [(file.delivery_no, file.status) for file in found] == [(1, "accepted"), (2, "duplicate")]


def test_a_newer_extract_replaces_the_older_one_of_its_area_only() -> None:
    files = (
        account("旧.csv", day=JUNE),
        account("邻县.csv", day=JUNE, area="420293"),
        account("特困.csv", day=JUNE, data_set="tekun_roster"),
        account("新.csv"),
        account("新二.csv"),
    )
    assert statuses(*files) == {
        (1, "旧.csv"): "superseded",
        (1, "邻县.csv"): "accepted",
        (1, "特困.csv"): "accepted",
        (1, "新.csv"): "accepted",
        (1, "新二.csv"): "accepted",  # of the same day: the other half of the area
    }
    old = next(file for file in settled(files, DECEMBER) if file.entry.file_name == "旧.csv")
    assert [found.en for found in old.remarks] == ["a newer extract of the area, of 2017-12-31, is there"]
    assert old.accepted == 10  # the older extract stays in bronze


@pytest.mark.parametrize(
    ("as_of", "counts", "aside"),
    [
        (date(2017, 7, 1), 1, "later_extract"),
        (date(2018, 6, 29), 1, "later_extract"),
        (NEXT_JUNE, 2, "newer_extract"),  # the day itself
        (date(2019, 1, 1), 2, "newer_extract"),
    ],
)
def test_an_extract_counts_from_its_day_on(as_of: date, counts: int, aside: str) -> None:
    files = account("册.csv", "旧", day=JUNE), account("册.csv", "新", no=2, day=NEXT_JUNE)
    found = statuses(*files, as_of=as_of)
    assert {number for (number, _), status in found.items() if status == "accepted"} == {counts}
    assert said(*files, as_of=as_of)[3 - counts, "册.csv"] == [aside]


def test_before_the_first_extract_the_earliest_counts() -> None:
    files = account("早.csv", day=DECEMBER), account("晚.csv", day=NEXT_JUNE)
    assert statuses(*files, as_of=date(2016, 1, 1)) == {(1, "早.csv"): "accepted", (1, "晚.csv"): "superseded"}


def test_what_a_purge_has_removed_replaces_nothing_and_is_copied_by_nothing() -> None:
    gone = replace(account("新.csv", "一"), status="purged")
    assert statuses(gone, account("旧.csv", no=2, day=JUNE)) == {(1, "新.csv"): "purged", (2, "旧.csv"): "accepted"}
    assert statuses(gone, account("新.csv", "一", no=2)) == {(1, "新.csv"): "purged", (2, "新.csv"): "accepted"}


def test_an_extract_delivered_late_replaces_no_newer_one() -> None:
    files = account("新.csv"), account("旧.csv", no=2, day=JUNE)
    assert statuses(*files) == {(1, "新.csv"): "accepted", (2, "旧.csv"): "superseded"}


def test_an_area_delivered_again_counts_as_it_was_delivered_last() -> None:
    files = account("甲.csv"), account("乙.csv"), account("邻县.csv", area="420293"), account("更正.csv", no=2)
    assert statuses(*files) == {
        (1, "甲.csv"): "superseded",
        (1, "乙.csv"): "superseded",
        (1, "邻县.csv"): "accepted",
        (2, "更正.csv"): "accepted",
    }
    again = next(file for file in settled(files, DECEMBER) if file.entry.file_name == "甲.csv")
    assert [found.en for found in again.remarks] == ["the department delivered this extract again, in delivery 2"]


def test_a_file_sent_again_unchanged_beside_a_mended_one_still_counts() -> None:
    """Of three funeral homes, or of two halves of a county, one mends its file and all are delivered again."""
    first = account("甲.csv"), account("乙.csv", "错")
    again = account("甲.csv", no=2), account("乙.csv", "对", no=2)
    assert statuses(*first, *again) == {
        (1, "甲.csv"): "accepted",
        (2, "甲.csv"): "duplicate",
        (1, "乙.csv"): "superseded",
        (2, "乙.csv"): "accepted",
    }


@pytest.mark.parametrize("file", [account, payments])
def test_what_was_withdrawn_and_is_delivered_again_counts_again(file: Any) -> None:
    files = file("册.csv", "一"), file("册.csv", "二", no=2), file("册.csv", "一", no=3)
    assert statuses(*files) == {(1, "册.csv"): "accepted", (2, "册.csv"): "superseded", (3, "册.csv"): "duplicate"}


def test_payments_accumulate_over_months_and_deliveries() -> None:
    files = [payments(f"{month}月.csv", day=date(2017, month, 28)) for month in (1, 2, 3)]
    files += [payments("4月.csv", no=2, day=date(2017, 4, 28)), payments("补发.csv", no=2, day=date(2017, 3, 28))]
    assert set(statuses(*files).values()) == {"accepted"}


def test_a_payment_file_sent_again_mended_replaces_the_first() -> None:
    files = payments("1月.csv", "错"), payments("2月.csv"), payments("1月.csv", "对", no=2)
    assert statuses(*files) == {(1, "1月.csv"): "superseded", (1, "2月.csv"): "accepted", (2, "1月.csv"): "accepted"}
    assert said(*files)[1, "1月.csv"] == ["delivered_again"]


@pytest.mark.parametrize(
    "other",
    [
        payments("1月.csv", "别", no=2, department="民政局"),
        payments("1月.csv", "别", no=2, area="420293"),
        payments("1月.csv", "别", no=2, day=JUNE),
        payments("1月补.csv", "别", no=2),
    ],
)
def test_a_payment_file_of_another_office_area_day_or_name_replaces_nothing(other: Account) -> None:
    assert set(statuses(payments("1月.csv"), other).values()) == {"accepted"}


def test_a_refused_file_stays_refused_and_decides_nothing() -> None:
    why = remark("wrong_hash", found="1", claimed="2")
    refused = account("新.csv", "同", day=DECEMBER, status="refused", remarks=(why,), accepted=0)
    files = account("旧.csv", "同", day=JUNE), refused
    assert statuses(*files) == {(1, "旧.csv"): "accepted", (1, "新.csv"): "refused"}
    assert said(*files)[1, "新.csv"] == ["wrong_hash"]


def test_a_file_keeps_what_was_found_in_it_when_it_is_set_aside() -> None:
    why = remark("unknown_columns", columns="备注")
    assert said(account("旧.csv", day=JUNE, remarks=(why,)), account("新.csv"))[1, "旧.csv"] == [
        "newer_extract",
        "unknown_columns",
    ]


def surveyed(name: str, content: str, **given: Any) -> Account:
    return account(name, content, status="refused" if content == "坏" else "accepted", **given)


def ledgers(*days: date) -> st.SearchStrategy[list[Account]]:
    file = st.builds(
        surveyed,
        st.sampled_from(["甲.csv", "乙.csv", "甲(2).csv"]),
        st.sampled_from("一二三坏"),
        no=st.integers(1, 3),
        data_set=st.sampled_from(["dibao_roster", "payments"]),
        area=st.sampled_from(["420292", "420293"]),
        day=st.sampled_from(days),
        department=st.sampled_from(["民政局", "财政局"]),
    )
    return st.lists(file, max_size=7)


DAYS = st.sampled_from([date(2017, 1, 1), JUNE, date(2017, 9, 1), DECEMBER])


@settings(max_examples=150, deadline=None)
@given(ledgers(JUNE, DECEMBER), DAYS, DAYS, st.randoms())
def test_the_ledger_depends_on_what_was_delivered_and_the_day_only(
    accounts: list[Account], as_of: date, other_day: date, chance: random.Random
) -> None:
    """Neither on the order in which accounts come, nor on what an earlier run concluded from them."""
    ledger = settled(accounts, as_of)
    assert settled(ledger, as_of) == ledger
    assert settled(chance.sample(accounts, len(accounts)), as_of) == ledger
    assert settled(settled(accounts, other_day), as_of) == ledger
    assert len(ledger) == len(accounts)


@settings(max_examples=150, deadline=None)
@given(ledgers(JUNE, DECEMBER), DAYS)
def test_no_bytes_count_twice_and_something_counts(accounts: list[Account], as_of: date) -> None:
    used = [(file.entry.data_set, file.file_id) for file in settled(accounts, as_of) if file.status == "accepted"]
    assert len(set(used)) == len(used)
    assert {code for code, _ in used} == {file.entry.data_set for file in accounts if file.status == "accepted"}


@settings(max_examples=150, deadline=None)
@given(ledgers(DECEMBER))
def test_what_the_last_delivery_holds_counts(accounts: list[Account]) -> None:
    """Of extracts of one day, whether its own file counts or an earlier one of the same bytes."""
    used = {(file.entry.data_set, file.file_id) for file in settled(accounts, DECEMBER) if file.status == "accepted"}
    usable = [file for file in accounts if file.status == "accepted"]
    last = max((file.delivery_no for file in usable), default=0)
    assert {(file.entry.data_set, file.file_id) for file in usable if file.delivery_no == last} <= used


def test_accounts_come_back_from_the_table_as_they_were_written() -> None:
    why = (remark("newer_extract", day=JUNE), remark("unknown_columns", columns="备注、{甲}"))
    accounts = [
        account("县/甲.csv", no=2, status="superseded", remarks=why, accepted=7, quarantined=2, skipped=1),
        replace(
            account("乙.csv", status="refused", accepted=0), entry=replace(account("乙.csv").entry, claimed_rows=None, sha256="")
        ),
    ]
    rows = [dict(zip(FILES.column_names, written.as_row(), strict=True)) for written in accounts]
    in_order = sorted(accounts, key=order)
    assert from_rows(rows) == from_rows(reversed(rows)) == in_order
    assert rows[0]["read_rows"] == 10
    assert rows[0]["reason"] == "a newer extract of the area, of 2017-06-30, is there; unknown columns kept aside: 备注、{甲}"


def test_a_delivery_is_named_by_its_lines_and_not_by_their_order() -> None:
    first, second = account("甲.csv").entry, account("乙.csv").entry
    name = delivery_id([first, second])
    assert delivery_id([second, first]) == name
    assert len(name) == 16
    others = [[first], [first, first], [first, replace(second, claimed_rows=11)], [first, replace(second, sha256="0" * 64)]]
    assert name not in {delivery_id(entries) for entries in others}


def test_rows_delivered_twice_are_told_and_forgotten_when_the_files_are_settled_anew() -> None:
    own = (remark("unknown_columns", columns="备注"),)
    file = payments("六月(终稿).csv", remarks=own)
    twice = without_repeats(file, 7, "六月.csv")
    assert (twice.accepted, twice.repeated, twice.remarks[0]) == (10, 7, own[0])
    assert twice.remarks[1].en == "7 rows stand in 六月.csv, too, and count once; the other 3 count as they are"
    assert without_repeats(twice, 7, "六月.csv") == twice
    assert without_repeats(twice, 0, "") == file
    assert settled([twice], DECEMBER) == [file]


def test_rows_that_differ_from_the_claim_are_told_with_both_counts() -> None:
    found = account_with_fates(account("甲.csv"), {"accepted": 6, "quarantined": 3, "skipped": 2})
    assert (found.accepted, found.quarantined, found.skipped) == (6, 3, 2)
    assert [told.en for told in found.remarks] == ["the manifest claims 10 rows, the file holds 9"]


@pytest.mark.parametrize(
    ("claimed", "fates"),
    [(10, {"accepted": 10}), (10, {"accepted": 9, "quarantined": 1, "skipped": 4}), (None, {"accepted": 3})],
)
def test_rows_as_claimed_or_without_a_claim_need_no_word(claimed: int | None, fates: dict[str, int]) -> None:
    file = account("甲.csv")
    assert account_with_fates(replace(file, entry=replace(file.entry, claimed_rows=claimed)), fates).remarks == ()


def test_a_file_without_a_row_of_data_is_told() -> None:
    told = [found.code for found in account_with_fates(account("甲.csv"), {"skipped": 3}).remarks]
    assert told == ["no_rows", "count_differs"]


@pytest.mark.parametrize(
    ("fates", "rows"),
    [
        ({"accepted": 65_535}, 65_536),  # with the header
        ({"accepted": 65_530, "quarantined": 5}, 65_536),
        ({"accepted": 65_533, "skipped": 2}, 65_536),  # with two title rows
        ({"accepted": 1_048_575}, 1_048_576),
        ({"accepted": 65_534}, None),
        ({"accepted": 65_536}, None),
    ],
)
def test_a_file_that_ends_where_spreadsheets_end_was_probably_cut(fates: dict[str, int], rows: int | None) -> None:
    file = account("甲.csv")
    found = account_with_fates(replace(file, entry=replace(file.entry, claimed_rows=None)), fates)
    expected = [f"exactly {rows} rows, where spreadsheets end: probably cut"] if rows else []
    assert [told.en for told in found.remarks] == expected


def test_a_refused_file_has_no_rows_whatever_was_counted() -> None:
    refused = account("甲.csv", status="refused", accepted=0)
    assert account_with_fates(refused, {"accepted": 5}) == refused
