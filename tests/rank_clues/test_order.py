"""In which order clues stand: what an exemption leaves of the probability."""

from __future__ import annotations

import pytest

from expectations.contracts.lake import CASE_SCORES, CASES, FINDINGS, KEY_PERSONS, PATTERNS
from expectations.contracts.model import Table
from jobs.launch.settings import load_settings
from jobs.rank_clues.clue_order import clues_of, ranked, with_key_persons, with_patterns
from jobs.runtime.session import Engine
from tests.conftest import AS_OF


def test_what_an_exemption_leaves_is_stated_by_rule_where_the_reason_is_another(embedded: Engine) -> None:
    """A payee who is no staff by the treasury's own word, and a job that is none by the employer's."""

    def frame(table: Table, *rows: dict[str, object]):  # type: ignore[no-untyped-def]
        return embedded.session.createDataFrame(
            [tuple(row.get(name) for name in table.column_names) for row in rows], table.schema
        )

    def exempt(rule: str, code: str) -> dict[str, object]:
        return {
            "rule_code": rule, "case_id": rule, "subject_key": rule, "thing_key": rule, "outcome": "exempt", "exemption_code": code,
            "identity_grade": "A", "months": 1, "evidence": [], "signals": {}, "explanation": "",
        }  # fmt: skip

    findings = frame(FINDINGS, exempt("K01", "R15"), exempt("I02", "R15"), exempt("K02", "R20"))
    settings = load_settings("test").ranking
    factors = settings.exemption_factor
    clues = with_patterns(with_key_persons(clues_of(findings), frame(KEY_PERSONS)), frame(PATTERNS))
    rows = ranked(clues, frame(CASES), frame(CASE_SCORES), settings, AS_OF).select("rule_code", "score", "rank").collect()
    assert {row["rule_code"]: row["score"] for row in rows} == {
        "K01": pytest.approx(settings.prior["K01"] * factors["K01.R15"], abs=1e-5),
        "I02": pytest.approx(settings.prior["I02"] * factors["R15"], abs=1e-5),
        "K02": pytest.approx(settings.prior["K02"] * factors["R20"], abs=1e-5),
    }
    assert [row["rule_code"] for row in sorted(rows, key=lambda row: row["rank"])] == ["K02", "I02", "K01"]
