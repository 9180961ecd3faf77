"""A workbook for inspectors, of a county or a township: its cases, their clues to read and to fill in, and how to do both."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from expectations.contracts.lake.planning import ROUTINE_VISIT
from jobs.registers.second_looks import Track
from jobs.rules import RULES
from jobs.sheets.asked import Innocent, grade_words, innocent_words, verify_words
from jobs.sheets.books import CASES, CLUES, DATA, VISITED
from jobs.sheets.evidence import sources_told
from jobs.sheets.history import History
from jobs.sheets.tables import (
    DECIDED_BY_PEOPLE,
    FILLING_IN,
    NATURE_OF_CLUES,
    Band,
    Heading,
    cell_formats,
    joined,
    masking_told,
    new_book,
    write_guide,
    write_lists,
    write_table,
)

RULE_TITLES = {**{rule.code: rule.title_zh for rule in RULES}, ROUTINE_VISIT: "例行走访"}
ABOUT_DATA = tuple(rule.code for rule in RULES if rule.is_about_data)
STATES = {"new": "新增", "changed": "有变化", "unchanged": "未变化", "gone": "本次未再查出"}
CELLS = ("who", "question", "asked")
CASE_SHEET = (
    Heading("序号", 6, "whole"),
    Heading("对象姓名", 12, "wrapped"),
    Heading("与上次相比", 9, "wrapped"),
    Heading("首次发现", 11),
    Heading("乡镇街道、村社区", 12, "wrapped"),
    Heading("保障类型和证号", 18, "wrapped"),
    Heading("线索数", 5, "whole"),
    Heading("涉及金额估计（元）", 11, "money"),
    Heading("重点人员", 12, "wrapped"),
    Heading("说明", 40, "wrapped"),
    Heading("以往计划和核查", 16, "wrapped"),
    Heading("案件编号", 7, "id"),
)
CLUE_SHEET = (
    Heading("序号", 5, "whole"),
    Heading("对象和待遇", 17, "wrapped"),
    Heading("需要核实的问题", 35, "wrapped"),
    Heading("先问、再核对", 18, "wrapped"),
    Heading("核查结论", 10, "input", "verdict"),
    Heading("查否原因代码", 11, "input", "reason"),
    Heading("核查日期", 10, "input", "date"),
    Heading("核查人员（两人）", 9, "input"),
    Heading("追回金额（元）", 9, "input", "yuan"),
    Heading("停发月份", 8, "input", "month"),
    Heading("备注", 8, "input"),
    Heading("更正前次结论", 5, "input", "yes or no"),
    Heading("案件编号", 6, "id"),
    Heading("线索编号", 6, "id"),
)
DATA_SHEET = (
    Heading("序号", 5, "whole"),
    Heading("对象和待遇", 20, "wrapped"),
    Heading("需核对的问题", 52, "wrapped"),
    Heading("更正结果", 12, "input", "correction"),
    Heading("更正后的号码", 20, "input"),
    Heading("核对日期", 11, "input", "date"),
    Heading("核对人员（两人）", 12, "input"),
    Heading("备注", 14, "input"),
    Heading("线索编号", 6, "id"),
)


@dataclass(frozen=True)
class Told:
    """What a workbook tells beside its rows. kind: what its list is called; innocent, history: see asked and history."""

    kind: str
    counties: Mapping[str, str]
    innocent: Innocent
    history: History
    as_of: date
    is_masked: bool


def write_workbook(
    path: Path, title: str, clues: pl.DataFrame, cases: pl.DataFrame, told: Told, guide: Sequence[tuple[str, str]]
) -> None:
    """A workbook of clues to visit, by village, visited cases apart; what is about data only has a sheet of its own.

    clues: the published list's rows in the order of the list, with_cells. cases: gold.case_files,
    in the order of the list. guide: what is to be said of this kind of list.
    """
    of_data = clues.filter(pl.col("rule_code").is_in(ABOUT_DATA))
    to_visit = clues.filter(~pl.col("rule_code").is_in(ABOUT_DATA))
    visited = visited_cases(to_visit, told.history)
    with new_book(path, f"{title}{told.kind}", told.as_of) as book:
        formats = cell_formats(book)
        heading = f"{title} {told.kind}（截至{told.as_of.isoformat()}）"
        since = min([told.as_of, *clues["first_seen"].drop_nulls()])
        write_table(book, formats, CASES, CASE_SHEET, case_rows(cases, clues, visited, told), title=heading)
        for name, rows in ((CLUES, ~pl.col("case_id").is_in(visited)), (VISITED, pl.col("case_id").is_in(visited))):
            of_sheet = to_visit.filter(rows)
            if name == CLUES or len(of_sheet):
                write_table(book, formats, name, CLUE_SHEET, clue_rows(of_sheet, told), title=heading, since=since)
        if len(of_data):
            write_table(book, formats, DATA, DATA_SHEET, list(_data_rows(of_data)), title=heading, since=since)
        _write_guide(book, formats, f"{heading}，共{len(to_visit)}条", to_visit, guide, told)
        write_lists(book, formats, ("reason", "verdict", "correction"))


def with_cells(clues: pl.DataFrame, place: str, told: Told) -> pl.DataFrame:
    """The clues with what a row of a workbook shows: the number in column `place`, and CELLS. Once a list, for it stands in two books."""
    sizes = sizes_of_patterns(clues)
    cells = [_clue_cells(clue, told, sizes) for clue in clues.iter_rows(named=True)]
    return clues.with_columns(pl.col(place).alias("place"), *pl.DataFrame(cells, dict.fromkeys(CELLS, pl.String), orient="row"))


def sizes_of_patterns(clues: pl.DataFrame) -> dict[str, int]:
    """By group, how many households of the list are in it."""
    return dict(clues.drop_nulls("group_id").group_by("group_id").agg(pl.col("case_id").n_unique()).iter_rows())


def pattern_told(clue: Mapping[str, Any], sizes: Mapping[str, int]) -> str:
    """In words, the pattern that a clue shares with other households of the list; empty where it is of none, or alone."""
    others = sizes.get(clue["group_id"], 1) - 1
    return f"本清单另有{others}户与本户同属一种情形（{clue['pattern']}），请对照着核实" if others else ""


def visited_cases(clues: pl.DataFrame, history: History) -> list[str]:
    """Cases of which every clue has a verdict that holds."""
    return [
        case
        for case, of_case in clues.group_by("case_id", maintain_order=True).agg("clue_id").iter_rows()
        if all(history.of_clue(case, clue) for clue in of_case)
    ]


def case_rows(cases: pl.DataFrame, clues: pl.DataFrame, visited: Sequence[str], told: Told) -> list[tuple[Any, ...] | Band]:
    """The rows of CASE_SHEET by village; behind them what has been visited, and what is not found any more. On a list of visits the
    number is the place that clues and pages tell, too."""
    names = dict(
        clues.group_by("case_id").agg(pl.col("subject_name").drop_nulls().unique(maintain_order=True).str.join("、")).iter_rows()
    )

    def row(n: int, case: Mapping[str, Any]) -> tuple[Any, ...]:
        titles = "、".join(RULE_TITLES.get(code, code) for code in case["rule_codes"].split("、"))
        return (
            n, names.get(case["case_id"], ""), STATES[case["state"]], case["first_seen"].isoformat(), joined(case["town"], case["village"]),
            joined(case["program"], case["household_no"]), case["clue_count"], case["amount_estimate"], case["key_person"] or "",
            joined(titles, case["explanation"]), joined(*told.history.told(case["case_id"])), case["case_id"],
        )  # fmt: skip

    numbered = [(case.get("position", n), case) for n, case in enumerate(cases.iter_rows(named=True), start=1)]
    seen = set(visited)
    open_ones = [(n, case) for n, case in numbered if case["state"] != "gone" and case["case_id"] not in seen]
    rows: list[tuple[Any, ...] | Band] = []
    for village, of_village in _by_village(open_ones, told):
        rows += [Band(f"{village}（{len(of_village)}户）"), *(row(n, case) for n, case in of_village)]
    for name, wanted in ((VISITED, [one for one in numbered if one[1]["case_id"] in seen and one[1]["state"] != "gone"]),
                         (STATES["gone"], [one for one in numbered if one[1]["state"] == "gone"])):  # fmt: skip
        if wanted:
            rows += [Band(f"{name}（{len(wanted)}户）"), *(row(n, case) for n, case in wanted)]
    return rows


def clue_rows(clues: pl.DataFrame, told: Told) -> list[tuple[Any, ...] | Band]:
    """The rows of CLUE_SHEET by village, the clues of a household together."""
    rows: list[tuple[Any, ...] | Band] = []
    for village, of_village in _by_village([(clue["place"], clue) for clue in clues.iter_rows(named=True)], told):
        households = len({clue["case_id"] for _, clue in of_village})
        rows.append(Band(f"{village}（{households}户，{len(of_village)}条）"))
        first: dict[str, int] = {}
        for n, (_, clue) in enumerate(of_village):
            first.setdefault(clue["case_id"], n)
        for place, clue in sorted(of_village, key=lambda one: first[one[1]["case_id"]]):
            rows.append((place, *(clue[name] for name in CELLS), *[None] * 8, clue["case_id"], clue["clue_id"]))
    return rows


def _clue_cells(clue: Mapping[str, Any], told: Told, sizes: Mapping[str, int]) -> tuple[str, str, str]:
    """Who draws what; the question with its source and what was before; what to ask."""
    code = clue["rule_code"]
    most = f"（上限{clue['amount_upper']:,.2f}元）" if clue["amount_upper"] else ""
    amount = f"估计涉及{clue['amount_estimate']:,.2f}元{most}" if clue["amount_estimate"] else ""
    earlier = told.history.of_clue(clue["case_id"], clue["clue_id"])
    listed = [f"列入计划 {day.isoformat()}" for day in told.history.listed_on.get(clue["case_id"], ())]
    innocent = innocent_words(code, told.innocent)
    return (
        joined(clue["subject_name"], clue["subject_id"], _where(clue), clue["program"], clue["household_no"],
               grade_words(clue["identity_grade"])),
        joined(
            "，".join(part for part in (f"【{RULE_TITLES.get(code, code)}】", amount) if part), clue["explanation"],
            pattern_told(clue, sizes),
            f"来源：{sources_told(json.loads(clue['evidence']))}",
            f"以往：{'；'.join([*listed, *([earlier.told] if earlier else [])])}" if listed or earlier else "",
        ),
        joined(f"先问是否：{innocent}" if innocent else "", f"再核对：{verify_words(code)}"),
    )  # fmt: skip


def track_told(track: Track | None) -> str:
    """How often visits have confirmed what a rule found, so that nobody takes a question for an answer."""
    if track is None:
        return "以往核查：还没有结果，查实的可能有多大尚不知道"
    low, high = track.interval
    share = f"{track.confirmed / track.visited:.0%}"
    return f"以往核查：{track.visited}条中查实{track.confirmed}条（{share}，95%区间{low:.0%}至{high:.0%}），其余查否"


def _data_rows(clues: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    for clue in clues.iter_rows(named=True):
        yield clue["place"], clue["who"], clue["question"], *[None] * 5, clue["clue_id"]


def _where(row: Mapping[str, Any]) -> str:
    """Told in the row, too: on paper the band of its village may stand on the page before."""
    return " ".join(part for part in (row["town"], row["village"]) if part)


def _by_village(
    rows: Sequence[tuple[int, Mapping[str, Any]]], told: Told
) -> list[tuple[str, list[tuple[int, Mapping[str, Any]]]]]:
    """The rows by county, township and village, each in its order, villages by their first row."""
    found: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    of_several = len({row["county_code"] for _, row in rows}) > 1
    for n, row in rows:
        county = told.counties.get(row["county_code"], row["county_code"]) if of_several else None
        village = " ".join(filter(None, (county, _where(row))))
        found.setdefault(village or "未注明地址", []).append((n, row))
    return list(found.items())


def _write_guide(
    book: Any, formats: dict[str, Any], title: str, clues: pl.DataFrame, guide: Sequence[tuple[str, str]], told: Told
) -> None:
    found = {*clues["rule_code"]}
    lines = [
        NATURE_OF_CLUES,
        DECIDED_BY_PEOPLE,
        *guide,
        ("村社区", "各表按村（社区）分组，组内按先后排列。已核查的案件另列一表，供对照和更正。"),
        ("重点人员", "按本地设定的口径标注；身份本身不是问题。标为“另行办理”的单独成册，不经原审批单位。"),
        ("数据核对", "身份号码存疑的，请数据报送单位核对后更正；这是数据问题，不涉及对当事人的判断。"),
        FILLING_IN,
        masking_told("核查", is_masked=told.is_masked),
        *(
            (
                RULE_TITLES[rule.code],
                f"依据：{rule.source}。核查要点：{'；'.join(rule.verify)}。{track_told(told.history.tracks.get(rule.code))}",
            )
            for rule in RULES
            if rule.code in found
        ),
    ]
    write_guide(book, formats, title, lines)
