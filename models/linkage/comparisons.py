"""The shape of the model in Splink's terms: comparisons with their levels, and the rules that make candidates.

What a fact says is counted once: a birth date or an age range, never both; the town only inside the same county, the
village only inside the same town. Names are tested for equality of parts, because an engine's edit distance may count bytes.
"""

from __future__ import annotations

from typing import Any

from splink import SettingsCreator
from splink.blocking_rule_library import CustomRule
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison

_ONE_CHARACTER = (
    "length(name_l) = length(name_r) and length(name_l) >= 3 and rest_l = rest_r and "
    "cast(char_1_l = char_1_r as int) + cast(char_2_l = char_2_r as int) + cast(char_3_l = char_3_r as int) = 2"
)
_BLOCKS = (
    ("name", "county"),
    ("name", "birth_date"),
    ("sound", "village"),
    ("village", "birth_date"),
    ("gap_village", "char_1"),
)
"""Candidates share all columns of one of these. SQL is kept to what reads the same in every dialect: no quotes."""


def _level(sql: str, label: str, *, is_null: bool = False, frequency_of: str | None = None) -> CustomLevel:
    level = CustomLevel(sql, label)
    level.configure(is_null_level=is_null, tf_adjustment_column=frequency_of)
    return level


def _comparison(name: str, unknown: str, *levels: Any) -> CustomComparison:
    """`unknown`: the column that must be known on both sides, or the condition under which nothing is compared."""
    is_null = unknown if " " in unknown else f"{unknown}_l is null or {unknown}_r is null"
    other = ElseLevel().configure(label_for_charts=f"other {name}")
    return CustomComparison(output_column_name=name, comparison_levels=[_level(is_null, "unknown", is_null=True), *levels, other])


def _same(column: str, label: str, *, frequency_of: str | None = None) -> CustomLevel:
    return _level(f"{column}_l = {column}_r", label, frequency_of=frequency_of)


def untrained() -> SettingsCreator:
    """Settings of the model without any m, u or prior."""
    town_unknown = "town_l is null or town_r is null or county_l <> county_r"
    village_unknown = "village_l is null or village_r is null or town_l <> town_r"
    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            _comparison(
                "name",
                "name",
                _same("name", "same name", frequency_of="name"),
                _level("name_l like pattern_r or name_r like pattern_l", "same but for unwritten characters"),
                _same("sound", "same sound"),
                _level(_ONE_CHARACTER, "one character differs"),
                _same("char_1", "same surname"),
            ),
            _comparison(
                "birth",
                "birth_date",
                _same("birth_date", "same day"),
                _same("birth_month", "same month"),
                _same("birth_year", "same year"),
                _level("abs(birth_year_l - birth_year_r) <= 1", "one year apart"),
            ),
            _comparison(
                "age",
                "year_low",  # only of records without a birth date; people's ranges are one year wide
                _level("year_low_l <= year_high_r and year_low_r <= year_high_l", "age fits"),
                _level("year_low_l <= year_high_r + 1 and year_low_r <= year_high_l + 1", "age one year off"),
            ),
            _comparison("sex", "sex", _same("sex", "same sex")),
            _comparison("county", "county", _same("county", "same county")),
            _comparison("town", town_unknown, _same("town", "same town")),
            _comparison("village", village_unknown, _same("village", "same village")),
        ],
        blocking_rules_to_generate_predictions=[
            CustomRule(" and ".join(f"l.{column} = r.{column}" for column in block)) for block in _BLOCKS
        ],
        retain_matching_columns=True,  # with them Splink gives the levels
        retain_intermediate_calculation_columns=True,
        linker_uid="no_number",
    )
