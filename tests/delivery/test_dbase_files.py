"""dBASE and FoxPro files: every cell as it is stored, in the encoding that its texts show, deleted records left out and told."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import pytest

from expectations.contracts.deliveries import DATA_SETS
from jobs.cells.typed import standardised
from jobs.delivery.dbase_files import read_database

Column = tuple[str, str, int, int]
"""Name, kind, length and places."""
PAYMENT_COLUMNS: list[Column] = [
    ("行政区划代码", "C", 6, 0), ("项目", "C", 12, 0), ("证号", "C", 10, 0), ("领取人姓名", "C", 20, 0),
    ("领取人身份证号", "C", 18, 0), ("所属期", "C", 6, 0), ("发放日期", "D", 8, 0), ("发放人数", "N", 3, 0),
    ("发放金额", "N", 12, 2), ("发放类型", "C", 6, 0), ("银行账号", "N", 19, 0), ("开户名", "C", 20, 0), ("发放批次", "C", 4, 0),
]  # fmt: skip


def database(
    columns: Sequence[Column], records: Sequence[Sequence[bytes]], encoding: str = "gb18030", page: int = 0, kind: int = 3
) -> bytes:
    """A file as FoxPro writes it: names cut to ten bytes, texts filled with blanks on the right, numbers on the left."""
    head = b""
    for name, of, length, places in columns:
        cut = name.encode(encoding)[:10].ljust(11, b"\x00")
        size = [length, places] if of != "C" else [length % 256, length // 256]
        head += cut + of.encode() + bytes(4) + bytes(size) + bytes(14)
    width = 1 + sum(length for _, _, length, _ in columns)
    begin = 32 + len(head) + 1
    fixed = bytes([kind, 117, 12, 31]) + struct.pack("<IHH", len(records), begin, width) + bytes(17) + bytes([page]) + bytes(2)
    rows = b"".join(
        b" " + b"".join(cell.rjust(c[2]) if c[1] in "NF" else cell.ljust(c[2]) for cell, c in zip(record, columns, strict=True))
        for record in records
    )
    return fixed + head + b"\r" + rows + b"\x1a"


def record(cells: Sequence[str]) -> list[bytes]:
    return [(cell.replace("-", "") if cell.startswith("2017-") else cell).encode("gb18030") for cell in cells]


@pytest.mark.parametrize("page", [0x4D, 0, 3])
def test_a_database_is_a_file_of_a_delivery_like_any_other(delivery: Any, payments: Any, page: int) -> None:
    """Headers of more than five characters are cut by the format, and are still those of the contract."""
    wanted = payments.row(bank_account="6217000000000001234")
    delivery.add("甲.dbf", database(PAYMENT_COLUMNS, [record(wanted)] * 3, page=page))
    delivery.add("乙.csv", payments.csv(payments.header, *[wanted] * 3))
    assert (delivery.file("甲.dbf").status, delivery.file("甲.dbf").remarks) == ("accepted", ())
    found, expected = (delivery.rows(name).select(DATA_SETS["payments"].field_names) for name in ("甲.dbf", "乙.csv"))
    assert found.with_columns(paid_on=expected["paid_on"]).equals(expected)
    assert found["paid_on"].to_list() == ["20170120"] * 3


@pytest.mark.parametrize("width", [9, 10, 44, 59, 124])
def test_no_width_of_a_column_makes_it_another_format(delivery: Any, payments: Any, width: int) -> None:
    """Tabs, newlines, commas, semicolons and bars, each before a NUL, as in a text of two bytes a character."""
    columns = [
        (name, "C", width, 0) if name in ("证号", "开户名", "发放批次") else (name, *rest) for name, *rest in PAYMENT_COLUMNS
    ]
    delivery.add("甲.dbf", database(columns, [record(payments.row())] * 3))
    assert delivery.rows("甲.dbf")["_fate"].to_list() == ["accepted"] * 3


def test_deleted_records_are_left_out_and_told(delivery: Any, payments: Any) -> None:
    content = bytearray(database(PAYMENT_COLUMNS, [record(payments.row())] * 3))
    width = int.from_bytes(content[10:12], "little")
    content[int.from_bytes(content[8:10], "little") + width] = ord("*")
    delivery.add("甲.dbf", bytes(content))
    assert [told.code for told in delivery.file("甲.dbf").remarks] == ["deleted_records"]
    rows = delivery.rows("甲.dbf")
    assert list(zip(rows["_row"], rows["_fate"], strict=True)) == [(2, "accepted"), (3, "skipped"), (4, "accepted")]


CELLS: list[tuple[Column, bytes, str | None]] = [
    (("A", "N", 19, 0), b"6217000000000001234", "6217000000000001234"),
    (("A", "N", 8, 2), b"", None),
    (("A", "F", 8, 2), b"640.50", "640.50"),
    (("A", "C", 6, 0), "张三".encode("gb18030"), "张三"),
    (("A", "C", 5, 0), "张三丰".encode("gb18030")[:5], "张三\ufffd"),
    (("A", "C", 4, 0), "李𠮷".encode("gb18030")[:4], "李\ufffd4"),
    (("A", "C", 300, 0), b"x" * 300, "x" * 300),
    (("A", "C", 4, 0), b"a\nb\x00", "a b"),
    (("A", "L", 1, 0), b"T", "T"),
    (("A", "I", 4, 0), struct.pack("<i", -7), "-7"),
    (("A", "B", 8, 0), struct.pack("<d", 640.5), "640.5"),
    (("A", "Y", 8, 0), struct.pack("<q", 6_405_000), "640.5000"),
    (("A", "T", 8, 0), struct.pack("<ii", 2_457_774, 43_200_000), "2017-01-20 12:00:00"),
    (("A", "T", 8, 0), bytes(8), None),
    (("A", "M", 10, 0), b"         7", "#REF!"),
    (("A", "M", 10, 0), b"", None),
    (("A", "M", 4, 0), struct.pack("<i", 9), "#REF!"),
]


@pytest.mark.parametrize(("column", "stored", "read"), CELLS)
def test_a_cell_is_read_as_it_is_stored(column: Column, stored: bytes, read: str | None) -> None:
    found = read_database(database([column], [[stored]], kind=0x30))
    assert found.frame["c0"].to_list() == ["A", read]
    assert found.elsewhere == (("A",) if read == "#REF!" else ())


def test_big5_is_read_where_the_file_states_it() -> None:
    content = database([("姓名", "C", 8, 0)], [["陳".encode("big5")]], "big5", page=0x78)
    assert read_database(content).frame["c0"].to_list() == ["姓名", "陳"]


@pytest.mark.parametrize(
    ("header", "amount", "told"),
    [
        ("发放金额(万元)", "6400000.00", []),
        ("发放金额(元)", "640.00", []),
        ("实发金额(千元)", "640000.00", []),
        ("发放金额（万元）", "640.00", ["cut_unit"]),
    ],
)
def test_a_unit_that_the_format_has_cut_is_known_by_its_first_byte_or_asked_about(
    delivery: Any, payments: Any, header: str, amount: str, told: list[str]
) -> None:
    """Eight bytes of a name leave two for the unit: a bracket and half a character, or a wide bracket alone."""
    columns = [(header if name == "发放金额" else name, *rest) for name, *rest in PAYMENT_COLUMNS]
    delivery.add("甲.dbf", database(columns, [record(payments.row())]))
    assert [found.code for found in delivery.file("甲.dbf").remarks] == told
    silver = standardised(DATA_SETS["payments"], delivery.rows("甲.dbf"), "k")
    assert str(silver["amount"][0]) == amount


@pytest.mark.parametrize("cut", [1, 40, 500])
def test_a_file_that_was_cut_is_refused_and_says_so(delivery: Any, payments: Any, cut: int) -> None:
    content = database(PAYMENT_COLUMNS, [record(payments.row())] * 9)
    delivery.add("甲.dbf", content[: -cut - 1])
    file = delivery.file("甲.dbf")
    assert (file.status, [told.code for told in file.remarks]) == ("refused", ["damaged_workbook"])
