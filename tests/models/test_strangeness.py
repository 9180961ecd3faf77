"""Strangeness against known answers: tables worked by hand, planted cases, and what must change nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from models import dependence, stored
from models.features import FEATURES as CONTRACT
from models.features import Feature, FeatureMismatch, Matrix
from models.params import ForestParams
from models.ranks import KNOTS, Rarity
from models.strangeness import LEAST_FALL, Reason, StrangenessModel, in_words

PARAMS = ForestParams(trees=100, sample_size=256, training_rows=2000, seed=7)
COLUMNS = 8
FEATURES = tuple(Feature(f"f{i}", f"特征{i}", "户", "made up for a test") for i in range(COLUMNS))


def ordinary(rows: int = 1500, seed: int = 3) -> Matrix:
    """Independent values, but for the last column, which follows the one before it."""
    x = np.random.default_rng(seed).normal(0.0, 1.0, size=(rows, COLUMNS))
    x[:, 7] = x[:, 6] + 0.1 * x[:, 7]
    return x


@pytest.fixture(scope="module")
def model() -> StrangenessModel:
    return StrangenessModel.fit(ordinary(), PARAMS, FEATURES)


# --- rarity ------------------------------------------------------------------------------------------------------------


def test_rarity_is_the_power_of_ten_of_how_many_score_as_high() -> None:
    rarity = Rarity.of(np.arange(1.0, 101.0))
    assert rarity(np.array([-5.0, 1.0, 51.0, 91.0, 100.0])) == pytest.approx([0, 0, np.log10(2), 1, 2])
    tied = Rarity.of(np.array([1.0, 2.0, 2.0, 2.0]))
    assert tied(np.array([1.0, 2.0])) == pytest.approx([0, np.log10(4 / 3)])


def test_rarity_goes_on_beyond_the_training_scores_as_an_exponential_tail_does() -> None:
    """Of the exponential distribution the share above s is e^-s: s = 12 is as rare as 12 / ln 10 = 5.2 powers of ten."""
    scores = np.random.default_rng(2).exponential(size=20_000)
    rarity = Rarity.of(scores)
    assert len(rarity.scores) <= KNOTS + 1
    assert rarity(np.array([2.0, 6.0])) == pytest.approx([2 / np.log(10), 6 / np.log(10)], rel=0.05)
    assert rarity(np.array([12.0]))[0] == pytest.approx(12 / np.log(10), rel=0.15)
    assert (np.diff(rarity(np.linspace(scores.max() - 2, scores.max() + 5, 50))) > 0).all()


# --- dependence --------------------------------------------------------------------------------------------------------


def test_distance_is_mahalanobis_of_the_scaled_values() -> None:
    """Two values by hand: scaled to -1, 0, 1 standard deviations, far apart where they should be alike."""
    rng = np.random.default_rng(5)
    first = rng.normal(size=20_000)
    x = np.column_stack([first, 0.9 * first + np.sqrt(1 - 0.81) * rng.normal(size=20_000)])
    fitted = dependence.fit(x)
    z = np.arcsinh(np.array([[2.0, 2.0], [2.0, -2.0]]))
    both = np.arcsinh(x)
    expected = [np.sqrt(row @ np.linalg.inv(np.cov(both.T)) @ row) for row in z]
    assert dependence.distance(fitted, np.array([[2.0, 2.0], [2.0, -2.0]])) == pytest.approx(expected, rel=0.05)
    assert expected[1] > 3 * expected[0]


def test_an_indicator_that_is_rarely_1_does_not_outweigh_everything() -> None:
    x = np.random.default_rng(6).normal(size=(5000, 3))
    x[:, 2] = 0
    x[:5, 2] = 1
    rare, far = np.array([[0.0, 0.0, 1.0]]), np.array([[9.0, -9.0, 0.0]])
    fitted = dependence.fit(x)
    assert 1 < dependence.distance(fitted, rare)[0] < 3 * dependence.distance(fitted, far)[0]


def test_what_does_not_go_together_is_strange_though_each_value_is_usual(model: StrangenessModel) -> None:
    x = ordinary(seed=8)
    x[:5, 6:] = [1.5, -1.5]
    scores = model.score(x)
    assert scores.dependence[:5].min() > np.quantile(scores.dependence[5:], 0.995)
    assert np.median(scores.strangeness[:5]) > np.quantile(scores.strangeness[5:], 0.95)


# --- the three figures -------------------------------------------------------------------------------------------------


def test_planted_outliers_are_stranger_than_all_others_and_scores_mean_shares(model: StrangenessModel) -> None:
    x = ordinary(seed=4)
    usual = model.score(x).strangeness
    assert np.mean(usual >= 0.5) == pytest.approx(0.1, abs=0.03)  # 0.5 = one case in ten
    x[:5, :6] += 9.0
    strangeness = model.score(x).strangeness
    assert strangeness[:5].min() > strangeness[5:].max()
    assert ((strangeness >= 0) & (strangeness < 1)).all()


def test_neither_order_nor_partitioning_changes_a_figure(model: StrangenessModel) -> None:
    x = ordinary(rows=5000, seed=5)
    x[::7, 2] = np.nan
    whole = model.score(x)
    order = np.random.default_rng(1).permutation(len(x))
    for of_whole, of_order in zip(whole, model.score(x[order]), strict=True):
        assert (of_order == of_whole[order]).all()
    parts = [model.score(part) for part in np.array_split(x, 13)]
    one_by_one = [model.score(x[i : i + 1]) for i in range(40)]
    for i, of_whole in enumerate(whole):
        assert (np.concatenate([part[i] for part in parts]) == of_whole).all()
        assert (np.concatenate([row[i] for row in one_by_one]) == of_whole[:40]).all()


def test_missing_values_are_scored_and_are_usual_where_most_are_missing() -> None:
    x = ordinary(400)
    x[:300, 2] = np.nan
    x[:, 5] = np.nan
    fitted = StrangenessModel.fit(x, PARAMS, FEATURES)
    assert [i for i, usual in enumerate(fitted.usual_values) if np.isnan(usual)] == [2, 5]
    rows = np.vstack([x[:50], np.full((1, COLUMNS), np.nan)])
    for values in fitted.score(rows):
        assert np.isfinite(values).all()
    assert not fitted.falls(rows)[:, 5].any()


def test_constant_data_has_no_stranger() -> None:
    fitted = StrangenessModel.fit(np.ones((300, COLUMNS)), PARAMS, FEATURES)
    assert np.ptp(fitted.score(np.ones((10, COLUMNS))).strangeness) == 0
    assert fitted.reasons(np.ones((2, COLUMNS))) == [[], []]


def test_a_matrix_of_other_columns_is_refused(model: StrangenessModel) -> None:
    with pytest.raises(FeatureMismatch, match="fitted on 8"):
        model.score(np.zeros((2, COLUMNS - 1)))
    with pytest.raises(ValueError, match="at least 2"):
        StrangenessModel.fit(np.zeros((1, COLUMNS)), PARAMS, FEATURES)


# --- reasons -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("planted", range(COLUMNS))
def test_the_feature_that_makes_a_case_strange_is_named_first(model: StrangenessModel, planted: int) -> None:
    x = ordinary(1, seed=11)
    x[0, planted] = -12.0
    reason = model.reasons(x)[0][0]
    assert reason.feature == FEATURES[planted]
    assert (reason.value, reason.usual) == (-12.0, pytest.approx(0, abs=0.1))


def test_no_feature_is_named_with_whose_usual_value_the_case_would_be_as_strange_or_stranger(model: StrangenessModel) -> None:
    x = ordinary(300, seed=12)
    x[:100, :3] *= 4
    falls = model.falls(x)
    assert (falls < 0).any(), "no value here makes its case more usual: the test would show nothing"
    for row, reasons in zip(x, model.reasons(x, most=COLUMNS), strict=True):
        for reason in reasons:
            usual = row.copy()
            usual[FEATURES.index(reason.feature)] = reason.usual
            now, then = model.score(np.stack([row, usual])).strangeness
            assert (reason.score, reason.score_if_usual) == pytest.approx((now, then))
            assert now - then >= LEAST_FALL
        assert [reason.fall for reason in reasons] == sorted((reason.fall for reason in reasons), reverse=True)


def test_reasons_in_words_say_value_and_usual_value_and_no_score() -> None:
    shared = Feature("cases_on_phone", "同一电话户数", "户", "")
    reasons = [Reason(shared, 6, 1, 0.71, 0.52), Reason(shared, float("nan"), 1.5, 0.71, 0.6)]
    assert in_words(reasons) == "同一电话户数6户（通常1户）、同一电话户数不详（通常同一电话户数约2户）"
    assert in_words([]) == ""


NOTHING = float("nan")
SAID = {
    ("months_approval_to_death", -25.81, NOTHING): "成员在批准前约26个月死亡（通常没有成员死亡）",
    ("months_approval_to_death", -0.4, 60): "成员在批准前不到1个月死亡（通常批准后60个月有成员死亡）",
    ("months_approval_to_death", 104, 60.2): "批准后104个月有成员死亡（通常约60个月）",
    ("arrears_ratio", 1 / 3, 0): "补发占全部发放的33%（通常没有补发）",
    ("refund_ratio", 0.001, 0.25): "退回占全部发放的不到1%（通常25%）",
    ("is_unrostered", 1, 0): "花名册中没有这一户（通常花名册中有）",
    ("cases_on_account", NOTHING, 1): "没有账户（通常同一账户有1户）",
    ("approvals_of_the_day", 12, 2.5): "经办人当日批准12户（通常约3户）",
    ("relative_to_peers", 2.356, 1): "人均发放是同县同类的2.36倍（通常1倍）",
    ("registers_knowing", 0, 3): "在其他登记中没有记录（通常在其他3类登记中有记录）",
    ("heads_over_roster", 2, 0): "发放人数比花名册多2人（通常不比花名册多）",
}


@pytest.mark.parametrize("case", SAID, ids=str)
def test_a_value_is_said_as_at_a_door(case: tuple[str, float, float]) -> None:
    name, value, usual = case
    (feature,) = (feature for feature in CONTRACT if feature.name == name)
    assert in_words([Reason(feature, value, usual, 0.7, 0.5)]) == SAID[case]


def test_no_feature_is_said_by_a_sign_a_fraction_or_a_bare_number() -> None:
    for feature in CONTRACT:
        for value in (NOTHING, -25.81, 0.0, 0.004, 0.337, 1.0, 2.5, 1234.56):
            if value < 0 and not feature.below:
                continue  # it never is
            said = in_words([Reason(feature, value, 1.0, 0.7, 0.5)])
            assert not re.search(r"-|nan|[{}]", said), said
            assert feature.unit == "倍" or "." not in said, said
            assert "不详" not in said or feature.null_meaning == "never", said


# --- stored ------------------------------------------------------------------------------------------------------------


def test_a_stored_model_gives_the_same_figures_and_refuses_other_features(model: StrangenessModel, tmp_path: Path) -> None:
    path = tmp_path / "detectors.npz"
    stored.write(model, path)
    again = stored.read(path, model.forest.forest, FEATURES)
    x = ordinary(200, seed=13)
    for got, expected in zip(again.score(x), model.score(x), strict=True):
        assert (got == expected).all()
    assert list(map(in_words, again.reasons(x))) == list(map(in_words, model.reasons(x)))
    assert again.drift(x + 1) == model.drift(x + 1)
    with np.load(path, allow_pickle=False) as arrays:  # nothing pickled, and nobody's rows
        assert json.loads(str(arrays["stated"]))["features"] == [feature.name for feature in FEATURES]
        assert max(array.size for array in arrays.values()) <= KNOTS + 1
    for others in (FEATURES[::-1], FEATURES[:-1]):
        with pytest.raises(FeatureMismatch, match="train it again"):
            stored.read(path, model.forest.forest, others)
