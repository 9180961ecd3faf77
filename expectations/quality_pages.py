"""The quality pages that a clerk reads: Chinese with English beside, in front of Great Expectations' own, which stay the witness.

One index (what did not hold, how every register has come in from delivery to delivery) and one page a table. Nothing is loaded from
elsewhere; pictures stand in the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

from expectations.bounds import CRITICAL, WARNING, Checked

FOLDER = "tables"
"""Folder of the site with a page a table."""
STYLE_FILE = "pages.css"
SEVERITY_ZH = {CRITICAL: "严重", WARNING: "提示"}
_WIDTH, _HEIGHT, _EDGE = 96, 26, 3
_STYLE = """
:root { --line: #d0d7de; --ink: #1f2328; --soft: #59636e; --head: #1f4e79; }
* { box-sizing: border-box; }
body {
  font: 15px/1.6 "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "Segoe UI", sans-serif;
  color: var(--ink); margin: 0 auto; max-width: 1180px; padding: 20px;
}
h1 { font-size: 24px; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 28px 0 6px; }
a { color: #0550ae; }
small, .en { color: var(--soft); font-size: 12.5px; font-weight: 400; }
.en { display: block; line-height: 1.4; }
table { border-collapse: collapse; margin: 10px 0; width: 100%; }
th, td { border: 1px solid var(--line); padding: 6px 9px; text-align: left; vertical-align: top; }
th { background: var(--head); color: #fff; font-weight: 600; }
th .en { color: #d6e4f0; }
td.number { text-align: right; white-space: nowrap; }
.critical { color: #b42318; font-weight: 600; }
.warning { color: #9a3d00; font-weight: 600; }
.held { color: #1a7f37; }
svg { display: block; margin: 2px 0 0 auto; }
@media (max-width: 700px) {
  body { padding: 12px; }
  thead { display: none; }
  table, tbody, tr, td { display: block; width: 100%; }
  tr { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 12px; padding: 6px 0; }
  td, td.number { border: 0; padding: 4px 12px; text-align: left; white-space: normal; }
  td::before { color: var(--soft); content: attr(data-label) "："; font-size: 12.5px; font-weight: 400; }
  td:empty { display: none; }
  td.first { font-size: 16px; font-weight: 600; }
  td.first::before { content: none; }
  svg { margin: 2px 0 0; }
}
@media print { body { font-size: 12px; max-width: none; padding: 0; } tr { break-inside: avoid; } }
"""


@dataclass(frozen=True)
class Point:
    """A register at a delivery. rows, usable: null where nothing of it counted then. late_days: since the day its newest extract is of."""

    day: date
    rows: int | None
    usable: float | None
    refused_files: int
    refused_rows: int
    late_days: int | None


@dataclass(frozen=True)
class Register:
    """A register with its points, the oldest first; without one where it never came."""

    table: str
    title: str
    owner: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Site:
    """What the pages tell. titles: by table, in the order of the index; witnessed: Great Expectations' page of each table."""

    day: date
    checked: Sequence[Checked]
    titles: Mapping[str, str]
    registers: Sequence[Register]
    witnessed: Mapping[str, str]

    def of(self, table: str) -> list[Checked]:
        return [one for one in self.checked if one.table == table]


def write_pages(folder: Path, site: Site) -> Path:
    """Writes index and pages into the folder that holds Great Expectations' site; returns the index."""
    (folder / STYLE_FILE).write_text(_STYLE, encoding="utf-8")
    (folder / FOLDER).mkdir()
    for table in site.titles:
        (folder / FOLDER / f"{table}.html").write_text(_table_page(site, table), encoding="utf-8")
    index = folder / "index.html"
    index.write_text(_index(site), encoding="utf-8")
    return index


def sparkline(values: Sequence[float | None], told: str) -> str:
    """A line over the deliveries, zero at its foot, a dot at the last; nothing where there is one value. told: what a screen reader says."""
    highest = max((value for value in values if value is not None), default=0) or 1
    step = (_WIDTH - 2 * _EDGE) / max(1, len(values) - 1)
    at = [
        (_EDGE + step * i, _HEIGHT - _EDGE - (_HEIGHT - 2 * _EDGE) * value / highest)
        for i, value in enumerate(values)
        if value is not None
    ]
    if len(at) < 2:
        return ""
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    x, y = at[-1]
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(told)}">'
        f'<line x1="0" y1="{_HEIGHT - 1}" x2="{_WIDTH}" y2="{_HEIGHT - 1}" stroke="#d0d7de"/>'
        f'<polyline points="{line}" fill="none" stroke="#1f4e79" stroke-width="1.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="#1f4e79"/></svg>'
    )


def _page(title: str, heading: str, body: str, *, up: str = "") -> str:
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{up}{STYLE_FILE}"></head><body>{heading}{body}</body></html>\n'
    )


def _two(zh: str, en: str) -> str:
    return f'{escape(zh)}<span class="en">{escape(en)}</span>'


def _row(cells: Sequence[tuple[str, str, str]]) -> str:
    """A row of a table, of label, class and content of each cell; on a telephone a card, in which the label stands before the content."""
    return (
        "<tr>"
        + "".join(f'<td class="{kind}" data-label="{escape(label)}">{inner}</td>' for label, kind, inner in cells)
        + "</tr>"
    )


def _table(headings: Sequence[tuple[str, str]], rows: Sequence[str]) -> str:
    head = "".join(f"<th>{_two(*heading)}</th>" for heading in headings)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _index(site: Site) -> str:
    failed = [
        one for severity in (CRITICAL, WARNING) for one in site.checked if not one.success and one.bound.severity == severity
    ]
    heading = f"<h1>数据质量</h1>{_two(f'截至{site.day.isoformat()}', f'Data quality as of {site.day.isoformat()}')}"
    worst = sum(one.bound.severity == CRITICAL for one in failed)
    told = f"共检查{len(site.checked)}项，{len(site.checked) - len(failed)}项符合，{len(failed)}项不符合" + (
        f"，其中{worst}项严重：没有更正以前，后面的步骤不会使用这批数据。" if worst else "。"
    )
    english = f"{len(site.checked)} expectations checked, {len(failed)} did not hold, {worst} of them critical."
    body = f"<p>{_two(told, english)}</p><h2>需要处理的 <small>What did not hold</small></h2>"
    body += _failed(site, failed) if failed else f"<p>{_two('全部符合。', 'Every expectation held.')}</p>"
    body += f"<h2>各部门的资料 <small>Registers, from delivery to delivery</small></h2>{_registers(site)}"
    others = [table for table in site.titles if table not in {register.table for register in site.registers}]
    body += f"<h2>资料之间的核对 <small>Between registers</small></h2>{_others(site, others)}"
    return _page(f"数据质量（截至{site.day.isoformat()}）", heading, body + _GUIDE)


def _failed(site: Site, failed: Sequence[Checked]) -> str:
    rows = [
        _row(
            [
                ("检查", "first", _two(one.bound.title, one.bound.measure)),
                ("资料", "", f'<a href="{_href(one.table)}">{escape(site.titles[one.table])}</a>'),
                ("程度", one.bound.severity, _severity(one)),
                ("实际", "number", escape(one.bound.shown(one.observed))),
                ("应为", "number", escape(one.bound.expected_zh)),
                ("怎么办", "", _two(one.bound.advice, one.bound.meaning)),
            ]
        )
        for one in failed
    ]
    headings = (
        ("检查", "check"),
        ("资料", "data"),
        ("程度", "severity"),
        ("实际", "seen"),
        ("应为", "expected"),
        ("怎么办", "what to do"),
    )
    return _table(headings, rows)


def _registers(site: Site) -> str:
    headings = (
        ("资料", "register"), ("行数", "rows"), ("号码能用的", "usable numbers"), ("退回", "refused"), ("资料截止", "extract is of"),
        ("检查", "checks"),
    )  # fmt: skip
    return _table(headings, [_register(site, register) for register in site.registers])


def _register(site: Site, register: Register) -> str:
    name = _two(f"{register.title}", f"{register.table.partition('.')[2]} · {register.owner}")
    if not register.points:
        return _row([("资料", "first", name), ("行数", "number warning", _two("未报送", "not delivered")), *[("", "", "")] * 4])
    points, last = register.points, register.points[-1]
    days = f"{points[0].day.isoformat()}至{last.day.isoformat()}，{len(points)}次报送"

    def told(words: str, values: Sequence[float | None]) -> str:
        return sparkline(values, f"{words}，{days}")

    before = points[-2].rows if len(points) > 1 else None
    change = "" if before is None or last.rows is None else f"比上次{last.rows - before:+,}"
    refused = f"{last.refused_files}个文件，{last.refused_rows:,}行" if last.refused_files or last.refused_rows else "无"
    extract = "—" if last.late_days is None else f"{last.late_days}天前" if last.late_days else "当天"
    return _row(
        [
            ("资料", "first", f'<a href="{_href(register.table)}">{escape(register.title)}</a>'
                f'<span class="en">{escape(register.table.partition(".")[2])} · {escape(register.owner)}</span>'),
            ("行数", "number", f"{'—' if last.rows is None else f'{last.rows:,}'}<span class=\"en\">{change}</span>"
                + told("行数", [point.rows for point in points])),
            ("号码能用的", "number", ("—" if last.usable is None else f"{last.usable:.1%}")
                + told("号码能用的", [point.usable for point in points])),
            ("退回", "number", escape(refused) + told("退回的行", [point.refused_rows for point in points])),
            ("资料截止", "number", escape(extract) + told("资料截止距当天的天数", [point.late_days for point in points])),
            ("检查", "number", _checks(site.of(register.table))),
        ]
    )  # fmt: skip


def _checks(checked: Sequence[Checked]) -> str:
    failed = [one for one in checked if not one.success]
    if not checked:
        return "没有可核对的内容"
    if not failed:
        return f'<span class="held">{len(checked)}项符合</span>'
    kind = CRITICAL if any(one.bound.severity == CRITICAL for one in failed) else WARNING
    return f'{len(checked)}项中<span class="{kind}">{len(failed)}项不符合</span>'


def _others(site: Site, tables: Sequence[str]) -> str:
    rows = [
        _row(
            [
                (
                    "核对",
                    "first",
                    f'<a href="{_href(table)}">{escape(site.titles[table])}</a><span class="en">{escape(table)}</span>',
                ),
                ("检查", "number", _checks(site.of(table))),
            ]
        )
        for table in tables
    ]
    return _table((("核对", "comparison"), ("检查", "checks")), rows)


def _table_page(site: Site, table: str) -> str:
    title = site.titles[table]
    rows = [
        _row(
            [
                ("检查", "first", _two(one.bound.title, one.bound.measure)),
                ("程度", "", _severity(one)),
                ("实际", "number", escape(one.bound.shown(one.observed))),
                ("应为", "number", escape(one.bound.expected_zh)),
                ("结果", "", _outcome(one)),
                ("不符合时", "", _two(one.bound.advice, one.bound.meaning)),
            ]
        )
        for one in site.of(table)
    ]
    headings = (
        ("检查", "check"),
        ("程度", "severity"),
        ("实际", "seen"),
        ("应为", "expected"),
        ("结果", "result"),
        ("不符合时", "if it does not hold"),
    )
    heading = f'<p><a href="../index.html">← 数据质量</a></p><h1>{escape(title)}</h1>{_two(f"截至{site.day.isoformat()}", table)}'
    nothing = _two("这一次没有可核对的内容。", "There was nothing to compare.")
    body = _table(headings, rows) if rows else f"<p>{nothing}</p>"
    if page := site.witnessed.get(table):
        body += f'<p><a href="../{escape(page)}">Great Expectations 的原始记录</a> <small>the witness’s own page, in English</small></p>'
    return _page(f"{title}：数据质量", heading, body, up="../")


def _outcome(one: Checked) -> str:
    if one.observed is None:
        return _two("无可检查", "nothing to measure")
    if one.success:
        return f'<span class="held">{_two("符合", "held")}</span>'
    return f'<span class="{one.bound.severity}">{_two("不符合", "did not hold")}</span>'


def _severity(one: Checked) -> str:
    """A figure may have two bounds: one is a hint, from the other on the data are not used."""
    return _two(SEVERITY_ZH[one.bound.severity], one.bound.severity)


def _href(table: str) -> str:
    return f"{FOLDER}/{escape(table)}.html"


_GUIDE = (
    "<h2>怎样看 <small>How to read this</small></h2><ul>"
    "<li>百分数是占全部行（户、单元格）的比例；“能用的”越高越好，其余越低越好。</li>"
    "<li>折线从左到右是历次报送，底线是零，圆点是本次；报送过两次以上才有折线。</li>"
    "<li>“资料截止”是本次采用的最新一份数据距当天多少天；天数越多，资料越旧。</li>"
    "<li>严重的不更正，后面的步骤不使用这批数据；提示的照常使用，请在下次报送时更正。</li>"
    "<li>每个部门要更正什么、在哪个文件哪一行，见“数据校核回执”。</li></ul>"
)
