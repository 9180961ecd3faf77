"""Dates and months in every form that the delivery contract lists, and those that programs write of themselves.

A day is a day in China: a moment in another zone is the day on which it falls there.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from jobs.cells.text import cleaned, half_width, map_cleaned, map_distinct, trimmed, whole

EARLIEST, LATEST = date(1850, 1, 1), date(2100, 12, 31)
_NO_DAYS = [date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)]
"""What programs make of a day that is empty: zero in a spreadsheet's count, and the first day of a database."""
_CHINA = ZoneInfo("Asia/Shanghai")  # with the summers of 1986 to 1991, when midnight was an hour earlier
# Serial 1 is 1900-01-01 and serial 60 the 29 February 1900 that never was: from 61 on this origin holds.
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIALS = range(7306, 73051)  # 1920-01-01 to 2099-12-31: a smaller number is a year or a count, not a day
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_YEAR, _MONTH, _DAY = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_NO_RANGE = r"(?!\d{4}[/.年 ]\d{1,2}[-,、])"  # 2017.1-6 is half a year
_SHORT_YEAR = r"(?P<year>\d{4}|\d\d)"
_MONTH_EN = rf"(?P<month>{'|'.join(_MONTHS)})[A-Z]*\.?"
_DAY_EN = rf"{_DAY}(?:ST|ND|RD|TH)?"
_WEEKDAY = r"(?: ?\(?(?:星期|周|礼拜)?[一二三四五六日天]\)?)?"
_WEEKDAY_EN = r"(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*,? )?"
_AFTERNOON = re.compile("下午|晚上|PM")
_HALF_DAY = r"(?:上午|下午|中午|凌晨|晚上|AM|PM)"
_CLOCK = rf"{_HALF_DAY}?[ :]?(?<![0-9])(?P<hour>\d{{1,2}})[:时.](?P<minute>\d{{1,2}})(?:[:分.](?P<second>\d{{1,2}})(?:[.,]\d+|秒)?|分)? ?{_HALF_DAY}?"
# CST is China's own name of its time, CDT that of its summers: both are as written.
_ZONE = r"(?: ?(?:(?P<utc>Z|UTC|GMT)?(?P<ahead>[-+]\d{1,2}(?::?\d{2})?)?|CST|CDT)(?: ?\(.*\))?)"
_TIME = rf"(?:[ T]?{_CLOCK}{_ZONE}| ?{_HALF_DAY}| ?{_HALF_DAY}?(?<![0-9])\d{{1,2}}[时点])?"
_FORMS = tuple(
    map(
        re.compile,
        (
            rf"{_NO_RANGE}{_YEAR}[-/.年,、 ]{_MONTH}[-/.月,、 ]{_DAY}[日号]?{_WEEKDAY}{_TIME}",
            rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)T(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?:[.,]\d+)?{_ZONE}",
            rf"{_SHORT_YEAR}年{_MONTH}月{_DAY}[日号]?{_WEEKDAY}{_TIME}",
            rf"{_WEEKDAY_EN}{_DAY_EN}[- ]?{_MONTH_EN}[- ,]*{_YEAR}{_TIME}",
            rf"{_DAY}-?{_MONTH_EN}-?{_SHORT_YEAR}{_TIME}",  # as spreadsheets and SAS show days
            rf"{_WEEKDAY_EN}{_MONTH_EN} +{_DAY_EN},? {_YEAR}{_TIME}",
            rf"{_DAY}-{_MONTH}月-?{_SHORT_YEAR}{_TIME}",  # as Oracle shows days in Chinese
            rf"{_WEEKDAY_EN}{_MONTH_EN} +{_DAY} {_CLOCK}{_ZONE} {_YEAR}",
        ),
    )
)
_YM = tuple(
    map(
        re.compile,
        (
            rf"{_YEAR}[-/.年、 M]{_MONTH}(?:月|月?份|期|[-/.]00)?",
            rf"{_YEAR}(?P<month>\d\d)(?:月|月?份|期|00)",
            rf"(?P<year>\d\d)年{_MONTH}月?份?",
            rf"{_MONTH}[-/.]{_YEAR}",
            rf"{_MONTH_EN}[- ,]*{_YEAR}",
            rf"{_MONTH_EN}-?(?P<year>\d\d)",
        ),
    )
)
_PARTED, _UNPARTED = "^([0-9]{4})[-/.年]([0-9]{1,2})[/.月]([0-9]{1,2})日?$", "^([0-9]{4})([0-9]{2})([0-9]{2})$"
"""The commonest of these forms, which are read in one pass as ISO days are."""
_ISO = "${1}-${2}-${3}"
_COMPACT = re.compile(
    rf"{_YEAR}(?P<month>\d\d)(?:(?P<day>\d\d)日?(?:\d{{4}}(?:\d\d(?:\d{{3}})?)?|{_TIME}))?"
)  # with hour and minute …
_CALENDAR = re.compile(r"\d{4}(?:0\d|1[0-2])[0-3]\d(?:[01]\d|2[0-3])[0-5]\d")  # twelve digits that are a day, hour and minute
_SINCE_1970 = re.compile(r"(?:/DATE\((-?\d{1,13})(?:[-+]\d{4})?\)/|(-?\d{11,13})|(1\d{9}|1\d{15}|1\d{18}))")
"""Milliseconds; seconds and smaller parts of one since September 2001 only, when they are so long."""
_BESIDE = re.compile(
    r"^(?:公元|自|于|从|死于)| *\((?!(?:农历|阴历|旧历)\))[^()0-9]+\)$|(?<=[0-9日号月])[起止]$"
    r"|(?<=月)份?(?:补发|正常发放|(?:低保|特困|五保)?(?:资?金|款))$"
)
"""What is written around a day or a month: 2017年3月5日(农历二月初八), 2017年3月起. 2017年3月5日(农历) is another day."""
_REPEATED = re.compile(r"([-/.])\1+(?=[0-9])")
_AROUND = re.compile(r"\s*([-/.年月])\s*|\s+(?=[日号])")
_AT_THE_END = re.compile(r"(?<=\d)[-/.]$")
_SERIAL = re.compile(r"(\d{4,5})(?:\.\d+)?")
_IN_CHINESE = re.compile(r"[〇○零O一二三四五六七八九十元]+(?=[年月日号])")
_DIGITS = {character: str(digit) for digit, character in enumerate("〇一二三四五六七八九")} | {"○": "0", "零": "0", "O": "0"}
_ONE_MARK = str.maketrans("—–−‐‑_\\。·壹贰叁肆伍陆柒捌玖拾", "------/..一二三四五六七八九十")


def _plain(cell: str) -> str:
    text = half_width(cleaned(cell)).upper().translate(_ONE_MARK)
    return whole(_AT_THE_END.sub("", _IN_CHINESE.sub(_number, _REPEATED.sub(r"\1", _AROUND.sub(r"\1", _BESIDE.sub("", text))))))


def _number(found: re.Match[str]) -> str:
    """二〇一七, 十二, 二十, 三十一 and 元 in digits."""
    text = found[0].replace("元", "一")
    if "十" not in text:
        return "".join(_DIGITS[character] for character in text)
    tens, _, ones = text.partition("十")
    return f"{_DIGITS.get(tens, '1')}{_DIGITS.get(ones, '0')}"


def full_year(year: str) -> int:
    """A year of four digits, or of two as spreadsheets take them: 29 is 2029, 30 is 1930."""
    return int(year) + (0 if len(year) > 2 else 2000 if int(year) < 30 else 1900)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(full_year(year), int(month), int(day))
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST and found not in _NO_DAYS else None


def _month(text: str) -> str:
    return text if text.isdecimal() else str(_MONTHS.index(text) + 1)


def _in_china(found: re.Match[str]) -> date | None:
    """The day of a match, which may state a clock and a zone."""
    part = {"hour": None, "minute": None, "second": None, "utc": None, "ahead": None} | found.groupdict()
    day = _day(part["year"] or "", _month(part["month"] or ""), part["day"] or "")
    if day is None or not (part["utc"] or part["ahead"]):
        return day
    ahead = (part["ahead"] or "+00").replace(":", "")
    hours, minutes = int(ahead[1:3]), int(ahead[3:] or 0)
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    if _AFTERNOON.search(found.string):
        hour = hour % 12 + 12
    if hour > 24 or minute > 59 or second > 60 or hours > 14 or minutes > 59:
        return None
    if ahead.startswith(("+08", "+8", "+09", "+9")):
        return day
    east = timedelta(hours=hours, minutes=minutes) * (-1 if ahead[0] == "-" else 1)
    return _on_the_calendar(datetime(day.year, day.month, day.day) + timedelta(hours=hour, minutes=minute, seconds=second) - east)


def _on_the_calendar(moment: datetime) -> date | None:
    """The day in China of a moment in UTC."""
    found = moment.replace(tzinfo=UTC).astimezone(_CHINA).date()
    return found if EARLIEST <= found <= LATEST and found not in _NO_DAYS else None


def parse_date(cell: str) -> date | None:
    """The day a cell names; null for no day (00000000, 9999-12-31, a month alone, anything else)."""
    text = _plain(cell)
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _in_china(match)
    if (match := _COMPACT.fullmatch(text)) and match["day"] and not _is_moment(text):
        return _in_china(match)
    if match := _SERIAL.fullmatch(text):
        serial = int(match[1])
        return _SERIAL_ORIGIN + timedelta(days=serial) if serial in _SERIALS else None
    if match := _SINCE_1970.fullmatch(text):
        since = match[1] or match[2] or match[3].ljust(13, "0")[:13]
        return _on_the_calendar(datetime(1970, 1, 1) + timedelta(milliseconds=int(since)))
    return None


def _is_moment(text: str) -> bool:
    """Twelve digits that are no day, hour and minute: the milliseconds since 1970 of before September 2001."""
    return len(text) == 12 and text.isdecimal() and not _CALENDAR.fullmatch(text)


def parse_month(cell: str) -> date | None:
    """First day of the month that a cell names, by itself or by a day in it."""
    text = _plain(cell)
    for form in _YM:
        if match := form.fullmatch(text):
            return _day(match["year"], _month(match["month"]), "1")
    if (match := _COMPACT.fullmatch(text)) and not match["day"]:
        return _day(match["year"], match["month"], "1")
    day = parse_date(text)
    return day.replace(day=1) if day else None


def _fast_then_careful(cells: pl.Series, fast: pl.Series, careful: object) -> pl.Series:
    """Most cells are ISO and read in one pass; the rest, distinct value by distinct value."""
    left = cells.filter(fast.is_null() & cells.is_not_null())
    if left.is_empty():
        return fast
    assert callable(careful)
    return fast.fill_null(map_distinct(cells.set(fast.is_not_null(), None), careful, pl.Date))


def read_dates(cells: pl.Series) -> pl.Series:
    plain = trimmed(cells)
    days = _iso_days(plain)
    if (left := days.is_null() & plain.is_not_null()).any():
        days = days.fill_null(_iso_days(plain.set(~left, None).str.replace(_PARTED, _ISO).str.replace(_UNPARTED, _ISO)))
    return _fast_then_careful(plain, days, parse_date)


def _iso_days(plain: pl.Series) -> pl.Series:
    days = plain.str.to_date("%Y-%m-%d", strict=False)
    # The fast reader takes a sign before the year.
    in_range = (days.is_between(EARLIEST, LATEST) & ~days.is_in(_NO_DAYS) & ~plain.str.starts_with("+")).fill_null(False)
    return days.set(~in_range, None)


def read_months(cells: pl.Series) -> pl.Series:
    """Months repeat: reading each distinct cell once is the fast way."""
    return map_cleaned(cells, parse_month, pl.Date)
