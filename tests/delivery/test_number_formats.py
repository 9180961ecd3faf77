"""Number formats: what a spreadsheet shows, by the rules of ECMA-376 Part 1, 18.8.31, read for amounts, shares, days and texts."""

from __future__ import annotations

import pytest

from jobs.delivery.number_formats import NumberFormat, Use, formats_by_style

SAID: dict[tuple[str, str], tuple[str | None, str | None, str | None]] = {
    # format and stored number: read as an amount, as a day, as a text
    ("General", "640.5"): ("640.5", "640.5", "640.5"),
    ("G/通用格式", "123"): ("123", "123", "123"),
    ("@", "123"): ("123", "123", "123"),
    ("#,##0.00", "1234.567"): ("1234.567", "1234.567", "1234.567"),  # what only decorates rounds nothing
    ("[$¥-804]#,##0.00;[Red]-[$¥-804]#,##0.00", "-12"): ("-12", "-12", "-12"),
    ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "0"): ("0", "0", "0"),
    ('0"元"', "640"): ("640", "640", "640"),
    ("0.00E+00", "4.20292195001011E+17"): ("420292195001011008", "420292195001011008", "420292195001011008"),  # the float itself
    # days
    ("yyyy/m/d", "42755"): ("42755", "2017-01-20 00:00:00", "2017/1/20"),
    ("yyyy-mm", "42755"): ("42755", "2017-01-20 00:00:00", "2017-01"),
    ('[$-804]yyyy"年"m"月"', "42755"): ("42755", "2017-01-20 00:00:00", "2017年1月"),
    ('[DBNum1][$-804]yyyy"年"m"月"d"日";@', "42755"): ("42755", "2017-01-20 00:00:00", "2017年1月20日"),
    ('e"年"mm"月"', "42755"): ("42755", "2017-01-20 00:00:00", "2017年01月"),
    ("yyyymmddhhmmss", "42755.75"): ("42755.75", "2017-01-20 18:00:00", "20170120180000"),
    ("m/d/yy h:mm", "42755.0625"): ("42755.0625", "2017-01-20 01:30:00", "1/20/17 1:30"),
    ("aaaa", "42755"): ("42755", "2017-01-20 00:00:00", "2017-01-20"),
    ("yyyy/m/d", "0"): ("0", None, None),  # 1900-01-00
    ("yyyy/m/d", "0.5"): ("0.5", "12:00:00", "12:00:00"),
    ("yyyy/m/d", "60"): ("60", "60", "60"),  # 1900-02-29, which never was
    ("yyyy/m/d", "61"): ("61", "1900-03-01 00:00:00", "1900/3/1"),
    ("yyyy/m/d", "2958465"): ("2958465", "9999-12-31 00:00:00", "9999/12/31"),
    ("yyyy/m/d", "123456789012"): ("123456789012", "123456789012", "123456789012"),  # ##########
    ("yyyy/m/d", "-1"): ("-1", "-1", "-1"),
    ("[h]:mm", "2.5"): ("2.5", "60:00:00", "60:00:00"),
    ("[h]:mm", "0"): ("0", None, None),
    # months: the zero of October is shown, and not stored
    ("0.00", "2017.1"): ("2017.1", "2017.10", "2017.10"),
    ("#,##0.00_ ", "2017.0999999999999"): ("2017.1", "2017.10", "2017.10"),
    ("0.00", "2017.12"): ("2017.12", "2017.12", "2017.12"),
    ("0.00", "2017"): ("2017", "2017", "2017"),
    ("0.00", "620.1"): ("620.1", "620.1", "620.1"),
    ("0.0", "2017.1"): ("2017.1", "2017.1", "2017.1"),
    ("0.0#", "2017.1"): ("2017.1", "2017.1", "2017.1"),
    ("0.00%", "2017.1"): ("201710%", "201710%", "201710%"),
    # shares and scales
    ("0%", "0.5"): ("50%", "50%", "50%"),
    ("0.00%", "0.3333"): ("33.33%", "33.33%", "33.33%"),
    ("0%", "1"): ("100%", "100%", "100%"),
    ('0!.0,"万"', "12345"): ("1.2345万", "12345", "1.2345万"),
    ('0!.0000"万元"', "12345"): ("1.2345万", "12345", "1.2345万"),
    ('0"."0,', "12345"): ("1.2345", "12345", "1.2345"),
    ('#,##0,"千"', "12345"): ("1.2345万", "12345", "1.2345万"),
    ("#,##0,", "12345"): ("12.345", "12345", "12.345"),
    ('0.00"万元"', "1.2"): ("1.2万", "1.2", "1.2万"),
    ('[>=10000]0!.0,"万";0', "12345"): ("1.2345万", "12345", "1.2345万"),
    ('[>=10000]0!.0,"万";0', "345"): ("345", "345", "345"),
    # forms of codes
    ("00000000", "123"): ("123", "123", "00000123"),
    ("000000", "1234567"): ("1234567", "1234567", "1234567"),
    ('"鄂B"00000', "7"): ("7", "7", "鄂B00007"),
    ("000-0000-0000", "13907230001"): ("13907230001", "13907230001", "139-0723-0001"),
    ('G/通用格式"号"', "12"): ("12", "12", "12号"),
    ("\\D0", "12"): ("12", "12", "D12"),
    ("0000", "1.5"): ("1.5", "1.5", "1.5"),
    ('[=1]"是";[=0]"否";0', "0"): ("0", "0", "否"),
    # nothing shown
    ("0;-0;;@", "0"): (None, None, None),
    ("0;-0;;@", "7"): ("7", "7", "7"),
    (";;;", "7"): (None, None, None),
    # no numbers
    ("0%", "x"): ("x", "x", "x"),
    ("0%", "1e999"): ("1e999", "1e999", "1e999"),
}


@pytest.mark.parametrize("case", SAID)
def test_a_number_says_what_its_format_shows(case: tuple[str, str]) -> None:
    code, stored = case
    assert tuple(NumberFormat(code).shown(stored, use) for use in (Use.AMOUNT, Use.DAY, Use.TEXT)) == SAID[case]


@pytest.mark.parametrize(("code", "share"), [("0%", "50%"), ("# ?/?", "50%"), ("yyyy/m/d", "0.5"), ("0.00", "0.5")])
def test_a_half_is_fifty_percent_only_where_it_is_shown_as_a_part(code: str, share: str) -> None:
    assert NumberFormat(code).shown("0.5", Use.SHARE) == share


@pytest.mark.parametrize(("stored", "day"), [("41293", "2017-01-20 00:00:00"), ("0", None), ("1", "1904-01-02 00:00:00")])
def test_days_may_be_counted_from_1904(stored: str, day: str | None) -> None:
    assert NumberFormat("yyyy-mm-dd").shown(stored, Use.DAY, is_1904=True) == day


def test_formats_that_leave_the_number_alone_ask_for_no_closer_look() -> None:
    plain = ["General", "0", "0.0", "#,##0_);(#,##0)", "@", "¥#,##0", "0.00E+00", "#", "0_ "]
    codes = {164 + number: code for number, code in enumerate(plain)}
    assert formats_by_style(codes, [0, 1, 3, 37, 41, 49, *codes]) == {}


@pytest.mark.parametrize("code", ["0.00", "#,##0.00_);(#,##0.00)", "¥#,##0.00"])
def test_two_places_ask_for_a_closer_look_at_a_tenth_month_alone(code: str) -> None:
    assert [NumberFormat(code).tells(value) for value in (2017.1, 2017.12, 2017.0, 640.5, 3017.1)] == [True] + [False] * 4


@pytest.mark.parametrize("number", [9, 10, 12, 14, 17, 22, 27, 31, 36, 45, 47, 50, 57, 58])
def test_formats_that_a_file_need_not_spell_out_are_known(number: int) -> None:
    assert set(formats_by_style({}, [0, number])) == {1}


def test_a_file_s_own_code_goes_before_the_usual_one() -> None:
    assert formats_by_style({14: "General"}, [14]) == {}


@pytest.mark.parametrize(
    ("code", "stored", "shown"),
    [
        ('"ND"@', "4202920001", "ND4202920001"),
        ('0;-0;0;"ND"@"号"', "7", "ND7号"),
        ("\\D@", "7", "D7"),
        ('"ND"@', "ND7", "ND7"),  # typed although the format adds it
        ('"ND"@', "合计", "合计"),
        ('"ND"0', "7", "7"),
        ("_ @_ ", "7", "7"),
        ("@", "7", "7"),
        (";;;", "7", "7"),
    ],
)
def test_a_text_says_what_its_format_writes_around_it(code: str, stored: str, shown: str) -> None:
    assert NumberFormat(code).shown_text(stored) == shown
