"""The ranking learned from verdicts: where it starts, what it learns, and what it refuses."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from expectations.contracts.lake import PATTERN_KINDS
from jobs.launch.settings import load_settings
from models import ranking_registry
from models.clue_features import ClueToRank, RefusedInput, encoding_of, refuse_by_name
from models.measures import auroc, calibration_error, reliability
from models.ranking import LearningParams, RankingModel, contributions, fit, out_of_fold, probability
from models.ranking_registry import RankingMismatch, RankingRegistry

PARAMS = load_settings().learning
CLUE = ClueToRank(
    "0" * 16, "case", "E01", "A", months=6, amount_yuan=2000.0, anomaly_percentile=0.5, clues_in_case=1, stated=0.25
)


def city(count: int, seed: int, truth: Callable[[float], float], wrong: float = 0.0) -> tuple[list[ClueToRank], list[bool]]:
    """Clues of two rules, stated 0.25 each. E01 has a signal in -2 ... 2, and `truth` says what share it confirms; V01 none, and 0.25."""
    rng = np.random.default_rng(seed)
    clues, confirmed = [], []
    for n in range(count):
        signal = float(rng.uniform(-2, 2))
        is_e01 = n % 2 == 0
        share = truth(signal) if is_e01 else 0.25
        clues.append(
            replace(
                CLUE,
                clue_id=f"{n:016x}",
                case_id=f"case {n}",
                rule_code="E01" if is_e01 else "V01",
                signals={"E01.tax_log": signal} if is_e01 else {},
            )
        )
        confirmed.append(bool((rng.random() < share) != (rng.random() < wrong)))
    return clues, confirmed


def step(signal: float) -> float:
    return 0.9 if signal > 0 else 0.05


def test_a_model_that_has_learned_nothing_gives_the_stated_prior() -> None:
    """One refuted and three confirmed of a kind stated 0.75: just as stated, so nothing is to be learned."""
    clues = [replace(CLUE, clue_id=f"{n:016x}", stated=0.75) for n in range(4)]
    model = fit(clues, [True, True, True, False], PARAMS)
    assert probability(model, clues) == pytest.approx(np.full(4, 0.75), abs=1e-6)


def test_five_verdicts_move_a_probability_little_and_five_hundred_to_what_they_say() -> None:
    def after(count: int) -> float:
        clues = [replace(CLUE, clue_id=f"{n:016x}", case_id=f"case {n}") for n in range(count)]
        return float(probability(fit(clues, [n % 5 != 0 for n in range(count)], PARAMS), clues[:1])[0])

    assert 0.25 < after(5) < 0.55  # four of five confirmed, stated 0.25
    assert after(500) == pytest.approx(0.8, abs=0.02)


def test_verdicts_on_a_pattern_move_its_kind_and_little_else() -> None:
    """Of each kind of strangeness 40 verdicts: telephones are confirmed, A-heavy villages refuted, creeping amounts as stated."""

    def strange(n: int, kind: str) -> ClueToRank:
        figures = {f"X01.kind_{name}": float(name == kind) for name in PATTERN_KINDS}
        return replace(CLUE, clue_id=f"{n:016x}", case_id=f"case {n}", rule_code="X01", stated=0.3, signals=figures)

    told = {"one_telephone": 0.9, "many_category_a": 0.0, "creeping_amount": 0.3}
    clues = [strange(n, kind) for n, kind in enumerate(kind for kind in told for _ in range(40))]
    confirmed = [n % 10 < 10 * share for share in told.values() for n in range(40)]
    model = fit(clues, confirmed, PARAMS)
    telephone, village, creeping, unseen = probability(model, [strange(999, kind) for kind in (*told, "one_holder")])
    assert telephone > 0.75
    assert village < 0.15
    assert creeping == pytest.approx(0.3, abs=0.1)
    assert 0.15 < unseen < 0.6


def test_a_rule_without_verdicts_keeps_most_of_its_stated_prior() -> None:
    clues = [replace(CLUE, clue_id=f"{n:016x}", case_id=f"case {n}") for n in range(60)]
    model = fit(clues, [True] * 54 + [False] * 6, PARAMS)
    learned, other = probability(model, [CLUE, replace(CLUE, rule_code="V01")])
    assert learned > 0.75
    assert other < learned - 0.1


def test_what_an_exemption_costs_is_learned_by_its_code() -> None:
    """Sold cars that are still driven: verdicts on the exempted clues that chance had visited raise that exemption, no other."""
    exempted = [replace(CLUE, clue_id=f"{n:016x}", case_id=f"case {n}", exemption_code="R10", stated=0.1) for n in range(60)]
    others = [
        replace(clue, clue_id=f"{n:016x}", case_id=f"case {n}", exemption_code="R13") for n, clue in enumerate(exempted, 60)
    ]
    model = fit([*exempted, *others], [n % 2 == 0 for n in range(60)] + [n % 10 == 0 for n in range(60)], PARAMS)
    sold, dormant = probability(model, [exempted[0], others[0]])
    assert sold > 0.3 > 0.2 > dormant
    assert contributions(model, exempted[:1])[0]["exempt"] > 0


def test_a_planted_signal_is_learned_and_told() -> None:
    clues, confirmed = city(800, 1, step)
    model = fit(clues, confirmed, PARAMS)
    high, low, none = probability(
        model,
        [
            replace(CLUE, signals={"E01.tax_log": 1.5}),
            replace(CLUE, signals={"E01.tax_log": -1.5}),
            replace(CLUE, rule_code="V01"),
        ],
    )
    assert high > 0.8
    assert low < 0.15
    assert none == pytest.approx(0.25, abs=0.08)
    parts = contributions(model, [replace(CLUE, signals={"E01.tax_log": 1.5})])[0]
    assert max(parts, key=lambda kind: abs(parts[kind])) == "signals"


def test_a_signal_that_nobody_stated_orders_clues_that_were_not_seen_also_with_wrong_verdicts() -> None:
    fresh, found = city(2000, 3, step)
    is_e01 = np.array([clue.rule_code == "E01" for clue in fresh])
    y = np.array(found)[is_e01]
    areas = {}
    for wrong in (0.0, 0.05):
        clues, confirmed = city(400, 2, step, wrong)
        areas[wrong] = auroc(y, probability(fit(clues, confirmed, PARAMS), fresh)[is_e01])
    assert areas[0.0] > 0.88  # 0.9 against 0.05: at best about 0.93
    assert areas[0.05] > areas[0.0] - 0.02


def test_promised_probabilities_hold_on_visits_that_were_not_seen() -> None:
    clues, confirmed = city(1500, 4, lambda signal: 1 / (1 + np.exp(-1.5 * signal)))
    p = out_of_fold(clues, confirmed, PARAMS, fit(clues, confirmed, PARAMS).scale)
    y = np.array(confirmed, dtype=np.float64)
    stated = np.array([clue.stated for clue in clues])
    assert calibration_error(reliability(y, p)) < 0.05
    assert calibration_error(reliability(y, p)) < calibration_error(reliability(y, stated)) / 2


def test_missing_is_nought_with_an_indicator_where_some_have_it_and_some_do_not() -> None:
    """Half of E01 lacks the fact, and the lack itself tells: stated 0.25, it is 0.9 there."""
    clues = [
        replace(CLUE, clue_id=f"{n:016x}", case_id=f"case {n}", signals={} if n % 2 else {"E01.tax_log": float(n % 7)})
        for n in range(300)
    ]
    model = fit(clues, [bool(n % 2) and n % 10 != 1 for n in range(300)], PARAMS)
    assert model.encoding.gaps == ("E01.tax_log",)
    without, with_it = probability(model, [CLUE, replace(CLUE, signals={"E01.tax_log": 3.0})])
    assert without > 0.6
    assert with_it < 0.1


def test_the_order_of_rows_changes_nothing() -> None:
    clues, confirmed = city(300, 5, step)
    backwards = fit(clues[::-1], confirmed[::-1], PARAMS)
    assert probability(backwards, clues) == pytest.approx(probability(fit(clues, confirmed, PARAMS), clues), abs=1e-6)


def test_a_written_model_is_read_back_as_it_was() -> None:
    clues, confirmed = city(60, 6, step)
    model = fit(clues, confirmed, PARAMS)
    assert RankingModel.from_json(model.to_json()) == model
    with pytest.raises(ValueError, match="no ranking of this layout"):
        RankingModel.from_json('{"contract": "x"}')


@pytest.mark.parametrize(
    "name",
    [
        "person.sex",
        "E01.sex_ratio",
        "D01.is_female",
        "V01.disability_level",
        "X01.ethnic_group",
        "K03.民族",
        "U01.caseworker_impression",
    ],
)
def test_inputs_on_who_somebody_is_are_refused_by_name(name: str) -> None:
    clue = replace(CLUE, signals={name: 1.0})
    with pytest.raises(RefusedInput, match=r"is refused by its name .*learning\.refused_inputs"):
        fit([clue], [True], PARAMS)


def test_an_input_that_is_left_out_by_name_teaches_nothing() -> None:
    clues, confirmed = city(400, 7, step)
    params = PARAMS.model_copy(update={"refused_inputs": ("E01.tax_log", "log_months")})
    encoding = fit(clues, confirmed, params).encoding
    assert not any("tax_log" in name or "log_months" in name for name in encoding.columns)
    refuse_by_name(["E01.sexton"], PARAMS.refused_words, ["E01.sexton"])  # left out anyway: no reason to stop


def test_names_that_only_look_like_it_are_let_in() -> None:
    refuse_by_name(["E01.tax_log", "V01.seat_count", "K03.essex", "D01.unmanned"], PARAMS.refused_words)


def test_the_encoding_fixes_columns_in_training() -> None:
    encoding = encoding_of(
        [
            CLUE,
            replace(CLUE, rule_code="V01", signals={"V01.price": 2.0}),
            replace(CLUE, rule_code="V01", signals={"V01.price": 4.0}),
        ]
    )
    x = encoding.matrix(
        [replace(CLUE, rule_code="V01", signals={"V01.price": 4.0, "V01.new": 9.0}), replace(CLUE, rule_code="S01")]
    )
    at = {name: i for i, name in enumerate(encoding.columns)}
    assert x[0, at["signal:V01.price"]] == 1.0  # mean 3, spread 1
    assert x[0, at["rule=V01"]] == 1.0
    assert x[1, at["rule=V01"]] == x[1, at["rule=E01"]] == 0.0  # a rule that training never saw
    assert not any("V01.new" in name for name in encoding.columns)


# --- the registry ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mlflow")


def registered(registry: RankingRegistry, model: RankingModel, fingerprint: str, params: LearningParams = PARAMS) -> str:
    return registry.register(
        model,
        params,
        fingerprint=fingerprint,
        imports_seen=3,
        as_of="2018-03-31",
        measures={"later_verdicts": 9},
        comparison=f"compared {fingerprint}",
        is_better=True,
    )


def test_promotion_and_the_way_back(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clues, confirmed = city(60, 8, step)
    first, second = fit(clues[:50], confirmed[:50], PARAMS), fit(clues, confirmed, PARAMS)
    registry = RankingRegistry(store)
    assert registry.ranking_champion() is None
    assert registry.roll_back() is None
    one = registered(registry, first, "one")
    assert registry.ranking_champion() is None  # registered, not promoted
    assert registry.left_behind("one") == one
    registry.promote(one)
    assert registry.left_behind("one") is None
    two = registered(registry, second, "two")
    registry.promote(two)
    champion = RankingRegistry(store).ranking_champion()
    assert champion is not None
    assert (champion.model, champion.version, champion.imports_seen) == (second, two, 3)
    assert [registry.comparison(name) for name in ("one", "two", "three")] == ["compared one", "compared two", None]
    # A champion of another feature contract is refused, with the way out; the version before is no better.
    with monkeypatch.context() as patched:
        patched.setattr(ranking_registry, "contract_fingerprint", lambda: "another")
        with pytest.raises(RankingMismatch, match=f"version {two} .* trained on the feature contract .*mingjing learn"):
            registry.ranking_champion()
    assert registry.roll_back() == (two, one)
    back = registry.ranking_champion()
    assert back is not None
    assert back.model == first
    assert registry.roll_back() == (one, None)
    assert registry.ranking_champion() is None
    assert registry.left_behind("one") is registry.left_behind("two") is None  # withdrawn
    registry._client.delete_model_version_tag(ranking_registry.RANKING_NAME, one, "comparison")
    assert registry.comparison("one") == ""  # of an earlier version of the program: known, and it told nothing


def test_the_file_of_a_version_is_on_the_disk_before_the_version_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, calls = RankingRegistry(tmp_path), list[str]()
    fsync, make = os.fsync, registry._client.create_model_version

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        calls.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)

    def made(*given: Any, **named: Any) -> Any:
        calls.append("version")
        return make(*given, **named)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(registry._client, "create_model_version", made)
    registered(registry, fit(*city(60, 8, step), PARAMS), "one")
    assert {"ranking.json", "artifacts"} <= set(calls[: calls.index("version")])


def test_mlflow_sees_no_row_and_no_id(store: Path) -> None:
    clues, confirmed = city(60, 9, step)
    marked = [replace(clue, clue_id=f"feedc0de{n:08x}", case_id=f"householdmark{n}") for n, clue in enumerate(clues)]
    registry = RankingRegistry(store)
    registry.promote(registered(registry, fit(marked, confirmed, PARAMS), "marked"))
    content = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert b"tax_log" in content
    assert b"feedc0de" not in content
    assert b"householdmark" not in content
