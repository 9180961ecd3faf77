"""Bounds on what must hold between tables and between deliveries. Their figures are measured by jobs/quality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from expectations.bounds import CRITICAL, WARNING, Bound, SuiteBounds
from expectations.contracts.deliveries import DATA_SETS

HOUSEHOLDS, PAYMENTS, TOTALS, COLUMNS, DELIVERY = (
    "across.households", "across.payments", "across.totals", "across.columns", "across.delivery",
)  # fmt: skip
TITLES = {
    HOUSEHOLDS: "户内成员是否齐全",
    PAYMENTS: "发放明细与花名册是否相符",
    TOTALS: "与上次报送相比的数量变化",
    COLUMNS: "各列能否识别",
    DELIVERY: "与交接清单的核对",
}


def household_bounds(limits: SuiteBounds) -> list[Bound]:
    return [
        Bound(
            "households without a head",
            WARNING,
            "Rows of these households are missing or their 与户主关系 is wrong: members may be judged without their family.",
            maximum=limits.incomplete_household_ratio_warn,
            title="没有户主的户",
            advice="这些户缺少成员的行，或与户主关系有误：户内成员可能被单独判断。",
        ),
        Bound(
            "households whose 保障人数 differs from their covered members",
            WARNING,
            "Members are missing from the roster or counted twice: shares a head are off.",
            maximum=limits.incomplete_household_ratio_warn,
            title="保障人数与户内保障对象人数不符的户",
            advice="花名册中缺少成员，或有人重复：按人计算的金额不准。",
        ),
    ]


def payment_bounds(limits: SuiteBounds) -> list[Bound]:
    measure = "payments of a certificate that no roster holds"
    title = "证号不在任何花名册中的发放"
    return [
        Bound(
            measure,
            CRITICAL,
            "Payments and rosters do not speak of the same households: one of them is another year's or writes 证号 in another form.",
            maximum=limits.unmatched_payment_ratio_stop,
            title=title,
            advice="发放明细和花名册说的不是同一批户：其中一份是别年的，或证号的写法不同。",
        ),
        Bound(
            measure,
            WARNING,
            "Households are paid that the rosters do not hold: a roster is missing or out of date.",
            maximum=limits.unmatched_payment_ratio_warn,
            title=title,
            advice="有的户领取待遇而不在花名册中：花名册缺少或过期。",
        ),
    ]


def fall_measure(data_set: str, county: str) -> str:
    return f"fall of {DATA_SETS[data_set].title} in {county}"


def total_bounds(compared: Iterable[tuple[str, str]], limits: SuiteBounds) -> list[Bound]:
    """Two bounds a register and county that the last delivery had, too."""
    found = []
    for data_set, county in compared:
        owner = DATA_SETS[data_set].owner
        meaning = f"Far fewer rows than at the last delivery: ask {owner} whether the extract is complete."
        title = f"{DATA_SETS[data_set].title}（{county}）比上次减少"
        advice = f"比上次报送少了许多行，请向{owner}核实数据是否完整。"
        limited = [(WARNING, limits.fall_ratio_warn)]
        if DATA_SETS[data_set].is_required:
            limited.insert(0, (CRITICAL, limits.fall_ratio_stop))
        found += [
            Bound(fall_measure(data_set, county), severity, meaning, maximum=most, title=title, advice=advice)
            for severity, most in limited
        ]
    return found


def column_measure(data_set: str, field: str) -> str:
    return f"unreadable cells of {DATA_SETS[data_set][field].header} in {DATA_SETS[data_set].title}"


def column_bounds(forms: Mapping[tuple[str, str], str], limits: SuiteBounds) -> list[Bound]:
    """A bound a column that lost any cell. `forms`: what such cells look like, by data set and field."""
    return [
        Bound(
            column_measure(data_set, field),
            WARNING,
            f"Cells that hold something of which nothing could be used (such as {seen}): an error, a formula without a value, or another "
            f"form. Ask {DATA_SETS[data_set].owner} to open the file, recalculate, look at the column, save and send it again.",
            maximum=limits.unreadable_ratio_warn,
            title=f"{DATA_SETS[data_set].title}的{DATA_SETS[data_set][field].header}中不能识别的单元格",
            advice=f"单元格有内容而完全不能用（例如 {seen}）：错误值、没有保存结果的公式，或别的写法。请{DATA_SETS[data_set].owner}打开文件"
            "重新计算，检查该列后保存，重新报送。",
        )
        for (data_set, field), seen in forms.items()
    ]


def delivery_bounds() -> list[Bound]:
    return [
        Bound(
            "files refused", WARNING, "The return slips say why, and how each department mends it.", maximum=0,
            title="退回的文件", advice="数据校核回执写明了原因和怎样更正。", unit="个",
        ),
        Bound(
            "rows delivered twice",
            WARNING,
            "Another file of the register holds the same rows: they count once. The return slips name both files.",
            maximum=0,
            title="重复报送的行",
            advice="同一资料的另一个文件中有同样的行，只计一次。数据校核回执写明了是哪两个文件。",
            unit="行",
        ),
        Bound(
            "files whose rows differ from the claim", WARNING, "Accepted; the return slips name them.", maximum=0,
            title="行数与交接清单不符的文件", advice="已采用；数据校核回执列出了这些文件。", unit="个",
        ),
        Bound(
            "registers with a hole",
            WARNING,
            "A county, a month or a whole register is missing: problems there cannot be found. ops.coverage lists them.",
            maximum=0,
            title="有缺报的资料",
            advice="缺少某个县、某个月或整份资料：那里的问题无法发现。数据校核回执写明了缺什么。",
            unit="份",
        ),
    ]  # fmt: skip
