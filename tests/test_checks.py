"""The check of households, on worlds of a few rows: who is checked, what counts as found, what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql import DataFrame
from pyspark.sql.types import DecimalType, StructField

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CHECKS
from jobs.check_households.job import check_households
from jobs.launch.settings import Settings
from jobs.registers.means.registered import no_variants
from jobs.registers.references import person_references
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from tests.conftest import AS_OF

FOUND, NOTHING, REFUSED, UNCHECKABLE = "有检出", "无检出", "未授权不予核对", "无法核对"
Rows = list[tuple[str, dict[str, Any]]]
Check = Callable[[Rows], dict[str, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def lake(embedded: Engine, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(embedded, str(tmp_path_factory.mktemp("checks")))


@pytest.fixture(scope="module")
def check(lake: Lake, settings: Settings) -> Check:
    """Rows of gold.checks by application, summaries first, of register rows: (data set, cells); `who` is number and name."""

    def run(rows: Rows) -> dict[str, list[dict[str, Any]]]:
        silver: dict[str, list[dict[str, Any]]] = {}
        for data_set, cells in rows:
            reference = person_references(DATA_SETS[data_set])[0]
            number, _, name = cells.get("who", "anna").partition("/")
            who = {
                reference.number_key: number or None,
                reference.name_key: name or number,
                reference.state: "valid" if number else "damaged",
            }
            silver.setdefault(data_set, []).append(
                {**who, **cells, "_file_id": "file", "_sheet": "", "_row": len(silver.get(data_set, [])) + 1}
            )

        def register(code: str) -> DataFrame:
            schema = DATA_SETS[code].silver.schema
            return lake.session.createDataFrame([tuple(_value(row, f) for f in schema) for row in silver.get(code, [])], schema)

        found = check_households(register, settings.policy, AS_OF, variants=no_variants, once=lake.computed_once).collect()
        by_application: dict[str, list[dict[str, Any]]] = {}
        for row in sorted(found, key=lambda row: (not row["is_summary"], row["check_id"])):
            by_application.setdefault(row["application_no"], []).append(row.asDict())
        return by_application

    return run


def _value(row: dict[str, Any], column: StructField) -> Any:
    value = row.get(column.name)
    return Decimal(value) if isinstance(value, int) and isinstance(column.dataType, DecimalType) else value


def request(application: str, who: str = "anna", **cells: Any) -> tuple[str, dict[str, Any]]:
    return "check_requests", {
        "application_no": application, "who": who, "relation": "户主", "authorised_on": date(2017, 5, 1), "applied_on": date(2017, 5, 2), **cells,
    }  # fmt: skip


def entry(who: str, **cells: Any) -> tuple[str, dict[str, Any]]:
    return "household_registry", {"who": who, "status": "正常", "county_code": "420202", "book_no": "1", **cells}


THINGS = {
    "a car in use": ("vehicles", {"plate_kind": "小型汽车", "status": "正常"}, True, True),
    "a car scrapped": ("vehicles", {"plate_kind": "小型汽车", "status": "报废"}, True, False),
    "a motorcycle": ("vehicles", {"plate_kind": "普通摩托车", "status": "正常"}, True, False),
    "one home": ("properties", {"use": "住宅", "address": "a"}, True, False),
    "a quarter of a home": ("properties", {"use": "住宅", "address": "a", "share_pct": 25}, True, False),
    "a shop of bricks": ("properties", {"use": "商业", "address": "a"}, True, True),
    "a firm that trades": ("enterprises", {"kind": "有限责任公司", "status": "存续", "uscc": "A", "tax_12m": 900}, True, True),
    "a firm that was closed": ("enterprises", {"kind": "有限责任公司", "status": "注销", "uscc": "A"}, True, False),
    "membership of a cooperative": ("enterprise_roles", {"role": "成员", "uscc": "B"}, True, False),
    "a job": ("social_insurance", {"kind": "单位职工", "from_month": date(2015, 1, 1)}, True, True),
    "a job that ended": ("social_insurance", {"kind": "单位职工", "from_month": date(2015, 1, 1), "to_month": date(2016, 3, 1)}, True, False),
    "insurance paid by oneself": ("social_insurance", {"kind": "灵活就业", "from_month": date(2015, 1, 1)}, False, False),
    "residents' insurance": ("social_insurance", {"kind": "城乡居民", "from_month": date(2015, 1, 1)}, False, False),
    "a public-welfare job": ("social_insurance", {"kind": "公益性岗位", "from_month": date(2015, 1, 1)}, False, False),
    "an employee's pension": ("pensions", {"kind": "企业职工", "from_month": date(2015, 1, 1), "monthly": 1900}, True, False),
    "a residents' pension": ("pensions", {"kind": "城乡居民", "from_month": date(2015, 1, 1), "monthly": 100}, False, False),
    "housing fund": ("housing_fund", {"status": "正常", "from_month": date(2015, 1, 1)}, True, True),
    "a sealed housing fund": ("housing_fund", {"status": "封存", "from_month": date(2015, 1, 1)}, True, False),
    "a survivor's grant": ("fiscal_staff", {"staff_kind": "遗属补助", "status": "在职"}, True, False),
}  # fmt: skip
"""Thing, register, cells, is it found, does it count as means by itself: written from docs/checks.md."""


def test_what_counts_as_found(check: Check) -> None:
    rows: Rows = []
    for n, (data_set, cells, _, _) in enumerate(THINGS.values()):
        who = f"person{n}"
        rows += [entry(who), request(f"application{n}", who), (data_set, {"who": who, **cells})]
    checks = check(rows)
    for n, (name, (data_set, _, is_found, is_means)) in enumerate(THINGS.items()):
        summary, *found = checks[f"application{n}"]
        assert summary["result"] == (FOUND if is_found else NOTHING), name
        assert [(row["register"], row["is_means"]) for row in found] == ([(data_set, is_means)] if is_found else []), name
        assert all(row["finding"] and row["evidence"] for row in found), name
        assert all(row["note"] or row["is_means"] or row["register"] == "pensions" for row in found), name


def test_who_is_checked(check: Check) -> None:
    car = {"plate_kind": "小型汽车", "status": "正常"}
    rows = [
        entry("signed"), request("signed", "signed"), ("vehicles", {"who": "signed", **car}),
        entry("unsigned"), request("unsigned", "unsigned", authorised_on=None), ("vehicles", {"who": "unsigned", **car}),
        entry("later"), request("signed only next year", "later", authorised_on=date(2018, 1, 1)), ("vehicles", {"who": "later", **car}),
        entry("half"), request("half signed", "half"), entry("other half"), request("half signed", "other half", relation="配偶", authorised_on=None),
        ("vehicles", {"who": "other half", **car}),
        entry("number/registered name"), request("another name", "number/name of the request"),
        ("vehicles", {"who": "number/registered name", **car}),
        request("no number", "/name"),
        request("from elsewhere", "elsewhere"), ("vehicles", {"who": "elsewhere", **car}),
        entry("renamed/new name", former_name_key="old name"), request("former name", "renamed/old name"),
        ("vehicles", {"who": "renamed/new name", **car}),
        entry("shared"), request("car of a namesake", "shared"), ("vehicles", {"who": "shared/somebody else", **car}),
        entry("upgraded"), request("fifteen digits", "upgraded"), ("vehicles", {"who": "upgraded", **car, "owner_number_state": "upgraded"}),
    ]  # fmt: skip
    checks = check(rows)
    results = {name: rows[0]["result"] for name, rows in checks.items()}
    assert results == {
        "signed": FOUND, "unsigned": REFUSED, "signed only next year": REFUSED, "half signed": NOTHING, "another name": UNCHECKABLE,
        "no number": UNCHECKABLE, "from elsewhere": FOUND, "former name": FOUND, "car of a namesake": NOTHING, "fifteen digits": FOUND,
    }  # fmt: skip
    grades = {name: rows[1]["identity_grade"] for name, rows in checks.items() if rows[0]["result"] == FOUND}
    assert grades == {"signed": "A", "from elsewhere": "A", "former name": "B", "fifteen digits": "C"}
    half = checks["half signed"]
    assert [row["result"] for row in half[1:]] == [REFUSED]
    assert "1人未授权" in half[0]["note"]
    assert not any(row["evidence"] for name in ("unsigned", "signed only next year") for row in checks[name])


def test_a_thing_that_stands_twice_is_found_once(check: Check) -> None:
    car = ("vehicles", {"plate_kind": "小型汽车", "status": "正常", "plate_no": "1"})
    other = ("vehicles", {"plate_kind": "小型汽车", "status": "正常", "plate_no": "2"})
    checks = check([entry("anna"), request("one"), request("one"), car, car, other])
    assert len(checks["one"]) == 1 + 2
    assert checks["one"][0]["finding"] == "核对1人，检出2项，其中现有2项"


def test_nobody_asks_nothing_is_found(check: Check) -> None:
    assert check([entry("anna"), ("vehicles", {"plate_kind": "小型汽车", "status": "正常"})]) == {}


def test_the_contract_names_the_purpose_of_every_row() -> None:
    assert next(column for column in CHECKS.columns if column.name == "purpose").values == ("check",)
