"""The quality pages: what failed first, in Chinese with English beside; a register's way from delivery to delivery."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

from expectations.bounds import Bound, Checked
from expectations.quality_pages import FOLDER, Point, Register, Site, sparkline, write_pages

DAY = date(2017, 12, 31)
ROWS = Bound("rows <of> all", "critical", "Ask 民政 & again.", minimum=1, title="可用的<行>", advice="请重新报送。", unit="行")
SHARE = Bound("share", "warning", "Look.", maximum=0.1, title="为空的行", advice="请更正。")
STOPS = Bound("share", "critical", "Look.", maximum=0.5, title="为空的行", advice="请更正。")
FINE = Bound("fine", "warning", "Fine.", maximum=1, title="退回的文件", advice="见回执。", unit="个")


def site(deliveries: int) -> Site:
    points = [Point(DAY - timedelta(days=30 * i), 1000 - 50 * i, 0.9, i % 2, 7 * i, i) for i in reversed(range(deliveries))]
    checked = [
        Checked("silver.pages", SHARE, 0.2, False), Checked("silver.pages", ROWS, 0.0, False), Checked("across.pages", FINE, 0.0, True),
        Checked("across.pages", FINE, None, True),
    ]  # fmt: skip
    registers = [Register("silver.pages", "一<表>", "民政", points), Register("silver.never", "从未报送", "公安", [])]
    return Site(DAY, checked, {"silver.pages": "一<表>", "across.pages": "二"}, registers, {"silver.pages": "validations/a.html"})


class Whole(HTMLParser):
    """Every tag that is opened is closed, and nothing asks another machine."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "line", "polyline", "circle"):
            self.open.append(tag)
        assert not [value for name, value in attrs if name in ("src", "href") and value and "//" in value]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_index_tells_what_failed_first_and_leads_to_every_page(tmp_path: Path) -> None:
    index = write_pages(tmp_path, site(1))
    text = index.read_text(encoding="utf-8")
    assert index == tmp_path / "index.html"
    assert '<html lang="zh-CN">' in text
    assert text.index("可用的&lt;行&gt;") < text.index("为空的行"), "what is critical stands first"
    assert "Ask 民政 &amp; again." in text
    assert "共检查4项，2项符合，2项不符合，其中1项严重" in text
    assert "未报送" in text
    for page in {*re.findall(rf'href="({FOLDER}/[^"]+)"', text)}:
        assert (tmp_path / page).is_file()
    for path in tmp_path.rglob("*.html"):
        whole = Whole()
        whole.feed(path.read_text(encoding="utf-8"))
        assert whole.open == [], path
    told = (tmp_path / FOLDER / "silver.pages.html").read_text(encoding="utf-8")
    assert "20.0%" in told
    assert "不超过 10.0%" in told
    assert 'href="../validations/a.html"' in told


def test_a_register_has_a_line_over_its_deliveries_and_none_with_one(tmp_path: Path) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    for folder, deliveries in ((one, 1), (many, 12)):
        folder.mkdir()
        write_pages(folder, site(deliveries))
    assert "<svg" not in (one / "index.html").read_text(encoding="utf-8")
    text = (many / "index.html").read_text(encoding="utf-8")
    assert text.count("<svg") == 4
    assert "比上次+50" in text
    assert 'aria-label="行数，2017-02-04至2017-12-31，12次报送"' in text


def test_a_line_stands_on_zero_and_leaves_out_what_is_not_known() -> None:
    drawn = re.search('points="([^"]+)"', sparkline([0, None, 10, 5], "told"))
    assert drawn
    points = [tuple(map(float, point.split(","))) for point in drawn[1].split()]
    assert len(points) == 3
    foot, top, middle = (y for _, y in points)
    assert middle == (foot + top) / 2
    assert sparkline([None, 3], "told") == ""


def test_two_bounds_of_one_figure_are_told_apart(tmp_path: Path) -> None:
    checked = [Checked("silver.pages", STOPS, 0.2, True), Checked("silver.pages", SHARE, 0.2, False)]
    write_pages(tmp_path, Site(DAY, checked, {"silver.pages": "一"}, [], {}))
    told = (tmp_path / FOLDER / "silver.pages.html").read_text(encoding="utf-8")
    rows = [re.findall(r'data-label="程度">(.*?)<span', row) for row in told.split("<tr>")[2:]]
    assert rows == [["严重"], ["提示"]]
