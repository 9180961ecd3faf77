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
        ),
        Bound(
            "households whose 保障人数 differs from their covered members",
            WARNING,
            "Members are missing from the roster or counted twice: shares a head are off.",
            maximum=limits.incomplete_household_ratio_warn,
        ),
    ]


def payment_bounds(limits: SuiteBounds) -> list[Bound]:
    measure = "payments of a certificate that no roster holds"
    return [
        Bound(
            measure,
            CRITICAL,
            "Payments and rosters do not speak of the same households: one of them is another year's or writes 证号 in another form.",
            maximum=limits.unmatched_payment_ratio_stop,
        ),
        Bound(
            measure,
            WARNING,
            "Households are paid that the rosters do not hold: a roster is missing or out of date.",
            maximum=limits.unmatched_payment_ratio_warn,
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
        if DATA_SETS[data_set].is_required:
            found.append(Bound(fall_measure(data_set, county), CRITICAL, meaning, maximum=limits.fall_ratio_stop))
        found.append(Bound(fall_measure(data_set, county), WARNING, meaning, maximum=limits.fall_ratio_warn))
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
        )
        for (data_set, field), seen in forms.items()
    ]


def delivery_bounds() -> list[Bound]:
    return [
        Bound("files refused", WARNING, "The return slips say why, and how each department mends it.", maximum=0),
        Bound(
            "rows delivered twice",
            WARNING,
            "Another file of the register holds the same rows: they count once. The return slips name both files.",
            maximum=0,
        ),
        Bound("files whose rows differ from the claim", WARNING, "Accepted; the return slips name them.", maximum=0),
        Bound(
            "registers with a hole",
            WARNING,
            "A county, a month or a whole register is missing: problems there cannot be found. ops.coverage lists them.",
            maximum=0,
        ),
    ]
