"""The feature contract: what the forest sees of a case, in which unit, and why it may look at it.

One contract serves training and scoring; a frame that does not fit is refused. Nothing about ethnicity,
religion, sex, disability as such or a caseworker's impression is in it, nor any identifier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Matrix = npt.NDArray[np.float64]


class FeatureMismatch(ValueError):
    """The columns of a frame are not those that the forest was fitted on, or come in another order."""


@dataclass(frozen=True)
class Feature:
    """One column of the matrix. `label` is its name in Chinese; null is kept as NaN and means `null_meaning`.

    says, none, below, missing: the value in words, {} for its figure, where there is one, where it is 0, below 0 (said without its sign)
    and null. Without such words it is said by label.
    """

    name: str
    label: str
    unit: str
    meaning: str
    null_meaning: str = "never"
    says: str = ""
    none: str = ""
    below: str = ""
    missing: str = ""

    def said(self, value: float, usual: float) -> str:
        """The value and the usual one as a clerk reads them; of the usual one the figure alone where the words are the same."""
        words, of_usual = self._words(value), self._words(usual)
        same = "{}" if "{}" in words and words == of_usual else of_usual
        return f"{self._filled(words, value)}（通常{self._filled(same, usual)}）"

    def _filled(self, words: str, value: float) -> str:
        return words.format(self._figure(abs(value))) if "{}" in words else words

    def _words(self, value: float) -> str:
        if np.isnan(value):
            return self.missing or f"{self.label}不详"
        return (not value and self.none) or (value < 0 and self.below) or self.says or f"{self.label}{{}}"

    def _figure(self, value: float) -> str:
        """Shares in per cent, multiples with two digits, all else counted whole: nobody asks at a door for 25.81 months."""
        if not self.unit:
            return "不到1%" if 0 < value < 0.005 else f"{value:.0%}"
        if self.unit == "倍":
            return f"{value:,.0f}倍" if value == round(value) or value >= 100 else f"{value:.2f}倍"
        if 0 < value < 1:
            return f"不到1{self.unit}"
        return f"{'' if value == round(value) else '约'}{np.floor(value + 0.5):,.0f}{self.unit}"


FEATURES: tuple[Feature, ...] = (
    Feature(
        "relative_to_peers", "与同县同类人均之比", "倍", "paid per head over the median of county and programme", "no month paid",
        says="人均发放是同县同类的{}", missing="没有发放",
    ),
    Feature("paid_months", "发放月数", "个月", "months of entitlement with more paid than refunded", says="发放{}", none="没有发放"),
    Feature(
        "gap_months", "中断月数", "个月", "months without payment between the first and the last month paid",
        says="中间有{}没有发放", none="没有中断",
    ),
    Feature(
        "highest_to_usual", "最高月与平均月之比", "倍", "highest month over the mean month", "no month paid",
        says="最高的月份是平均的{}", missing="没有发放",
    ),
    Feature("arrears_ratio", "补发占比", "", "arrears over all transfers, 0-1", says="补发占全部发放的{}", none="没有补发"),
    Feature("refund_ratio", "退回占比", "", "refunds over all transfers, 0-1", says="退回占全部发放的{}", none="没有退回"),
    Feature(
        "heads_over_roster", "发放人数超出花名册人数", "人", "persons paid for beyond those covered in the roster", "not stated",
        says="发放人数比花名册多{}", none="不比花名册多", missing="没有注明发放人数",
    ),
    Feature(
        "months_paid_before_approval", "批准前发放月数", "个月", "months of entitlement before the month of approval",
        says="批准以前发放{}", none="批准以前没有发放",
    ),
    Feature(
        "cases_on_account", "同一账户户数", "户", "cases whose money goes to the same account", "no account",
        says="同一账户有{}", missing="没有账户",
    ),
    Feature(
        "approvals_of_the_day", "经办人当日批准户数", "户", "cases approved by the same officer on the same day", "no officer or day",
        says="经办人当日批准{}", missing="没有经办人或批准日期",
    ),
    Feature(
        "is_unrostered", "无花名册", "", "1 when money moves for a household that no roster holds",
        says="花名册中没有这一户", none="花名册中有",
    ),
    Feature(
        "approvals_at_once", "经办人三日内批准户数", "户", "cases approved by the officer within three days", "no officer or day",
        says="经办人三日内批准{}", missing="没有经办人或批准日期",
    ),
    Feature(
        "officer_cases_to_peers", "经办人户数与同县之比", "倍", "cases of the officer over the county's median officer", "no officer",
        says="经办人的户数是同县经办人的{}", missing="没有经办人",
    ),
    Feature(
        "village_cases_to_peers", "本村户数与同镇之比", "倍", "cases of the village over the town's median village", "no village",
        says="本村的户数是同镇各村的{}", missing="没有注明村",
    ),
    Feature(
        "registers_knowing", "其他登记中的踪迹", "类", "registers besides those of benefits that name anybody of the household",
        says="在其他{}登记中有记录", none="在其他登记中没有记录",
    ),
    Feature(
        "months_approval_to_death", "批准至成员死亡月数", "个月", "fewest months from approval to a covered member's death", "nobody died",
        says="批准后{}有成员死亡", none="批准当日有成员死亡", below="成员在批准前{}死亡", missing="没有成员死亡",
    ),
    Feature(
        "accounts_used", "使用过的账户数", "个", "bank accounts that the benefit was paid to",
        says="使用过{}账户", none="没有账户",
    ),
    Feature(
        "foreign_holder_ratio", "户外人员账户发放占比", "", "transfers to an account of somebody outside the household, 0-1",
        says="发到户外人员账户的占{}", none="没有发到户外人员账户",
    ),
)  # fmt: skip
"""What the forest sees."""
RANKING_FIGURES: tuple[Feature, ...] = (
    Feature("paid_yuan_per_head", "月人均发放", "元", "mean paid per month and covered person", "no month paid"),
    Feature("round_ratio", "整百金额月占比", "", "months paid a whole hundred, 0-1", "no month paid"),
    Feature("covered_heads", "保障人数", "人", "persons counted for the benefit", "not stated"),
    Feature("uncovered_ratio", "户内未保障成员占比", "", "roster members not counted, 0-1"),
    Feature("months_since_approval", "批准至今月数", "个月", "months from approval to the as-of date", "no approval date"),
    Feature("unusable_number_ratio", "号码不可用成员占比", "", "members without a usable number, 0-1"),
    Feature(
        "vehicles_held", "名下机动车登记", "条", "vehicles registered under a number of the household, of any kind and status"
    ),
    Feature("properties_held", "名下不动产登记", "条", "units registered under a number of the household, of any nature"),
    Feature("entities_held", "名下市场主体登记", "条", "entities represented under a number of the household, of any status"),
    Feature(
        "income_to_standard", "登记收入与月标准之比", "倍", "registered wages and employees' pensions a head over the standard"
    ),
    Feature("kin_in_office", "任职或财政供养近亲属", "人", "close kin who are village cadres or staff of the treasury"),
    Feature(
        "worst_identity_grade",
        "成员身份等级",
        "",
        "weakest identity grade of a member, A = 0 ... F = 5",
        "no member tied to a person",
    ),
)
"""What only the ranking may learn from: size and means are what rules judge already, and would drown what no rule is about.

With them the strangest cases are large families with an old car and a dead firm, each exempted by its rule.
"""
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)


def contract_fingerprint() -> str:
    """Digest of names, order and meanings: a forest is bound to it."""
    text = "|".join(f"{f.name}:{f.unit}:{f.meaning}:{f.null_meaning}" for f in FEATURES)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def matrix(cases: pd.DataFrame, names: Sequence[str] = FEATURE_NAMES) -> Matrix:
    """X: float64 array of shape (n_cases, n_features), columns in FEATURES order, null as NaN.

    Raises FeatureMismatch when a feature is missing or the names are not the contract's.
    """
    if tuple(names) != FEATURE_NAMES:
        raise FeatureMismatch("the forest was fitted on other features than the contract states; train it again")
    missing = [name for name in FEATURE_NAMES if name not in cases.columns]
    if missing:
        raise FeatureMismatch(f"the frame lacks the feature {missing[0]}")
    return np.asarray(cases.loc[:, list(FEATURE_NAMES)].astype("float64").to_numpy())
