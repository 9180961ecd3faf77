"""A household registry of any size as CSV, written in blocks: synthetic people under an unassigned division code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

BLOCK = 500_000
DIVISION = "420299"
MOST_PEOPLE = 33_600 * 999
"""Days of birth times sequence numbers of one division."""
_STEP = 10_000_019
"""A prime: stepping by it meets every number once, in no order."""
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.array(list("10X98765432"))
_SURNAMES = list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
_GIVEN = list("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂")


def block(first: int, rows: int) -> pl.DataFrame:
    """Rows of the registry from the `first` on; each position is a person with a number of their own."""
    rng = np.random.default_rng([20171231, first])
    number = np.arange(first, first + rows) * _STEP % MOST_PEOPLE
    born = np.datetime64("1925-01-01") + (number // 999).astype("timedelta64[D]")
    people = pl.DataFrame({"born": pl.Series(born), "seq": 1 + number % 999}).with_columns(
        first17=pl.lit(DIVISION) + pl.col("born").dt.strftime("%Y%m%d") + pl.col("seq").cast(pl.String).str.zfill(3)
    )
    digits = np.frombuffer("".join(people["first17"]).encode(), dtype=np.uint8).reshape(rows, 17) - ord("0")
    check = pl.Series(_CHECK[(digits.astype(np.int64) @ _WEIGHTS) % 11].tolist())
    names = [pl.Series(rng.choice(characters, rows).tolist()) for characters in (_SURNAMES, _GIVEN, _GIVEN)]
    empty = pl.lit(None, dtype=pl.String)  # an empty text would be written as two quotes
    village = pl.Series(rng.integers(1, 2000, rows)).cast(pl.String)
    return people.select(
        (pl.col("first17") + check).alias("身份证号码"),
        (names[0] + names[1] + names[2]).alias("姓名"),
        empty.alias("曾用名"),
        pl.when(pl.col("seq") % 2 == 1).then(pl.lit("男")).otherwise(pl.lit("女")).alias("性别"),
        pl.col("born").dt.strftime("%Y-%m-%d").alias("出生日期"),
        pl.lit(DIVISION).alias("行政区划代码"),
        pl.lit("测试镇").alias("乡镇街道"),
        ("第" + village + "村").alias("村社区"),
        pl.Series(np.arange(first, first + rows) // 3).cast(pl.String).str.zfill(9).alias("户号"),
        pl.lit("户主").alias("与户主关系"),
        pl.lit("正常").alias("户口状态"),
        empty.alias("注销日期"),
        empty.alias("死亡日期"),
    )


def write_registry(path: Path, rows: int, *, quoted: bool = False) -> None:
    """`quoted`: every cell in quotes, as some databases export."""
    with path.open("wb") as stream:
        for first in range(0, rows, BLOCK):
            people = block(first, min(BLOCK, rows - first))
            people.write_csv(stream, include_header=first == 0, quote_style="always" if quoted else "necessary")


def manifest_line(path: Path, rows: int, sha256: str) -> str:
    return f"{path.name},household_registry,测试公安局,{DIVISION},{date(2017, 12, 31)},{rows},{sha256}\n"
