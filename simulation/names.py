"""Invented personal names: common surnames weighted by frequency, given names by sex and generation."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢唐许冯宋韩邓彭曹曾田萧潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
    "韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常柯明乐费阮鲁游纪祝"
)
_RARE_SURNAMES = ("欧阳", "上官", "司徒", "诸葛", "㛃", "逄", "昝", "郄")
_MEN_OLD = list("国建明德志福金文永春光元荣生兴华祥忠成林才义安庆保贵昌根水火友先正清新汉银全顺继维仁发山")
_MEN_NEW = list("伟强军杰涛超浩宇鹏飞俊磊洋勇斌博辉刚凯旭晨轩子睿泽阳波健峰翔龙嘉帆毅豪程文哲")
_WOMEN_OLD = list("秀英桂兰玉珍凤梅菊莲香翠娥花菊春红金爱细冬腊枝荣银月芝素云先清淑琴仙桃")
_WOMEN_NEW = list("丽娟敏静芳燕娜婷雪琳欣怡佳慧颖悦萌倩璐瑶梦洁思蕾晶霞艳玲诗雨涵妍子彤梓珊琪")
_RARE_GIVEN = list("䶮㼆玥珺垚喆昇堃燊烎䓕𬭎")
_MINORITY = tuple(
    f"{a}·{b}"
    for a in ("阿依古丽", "买买提", "古丽娜尔", "艾力", "帕提古丽", "吐尔逊")
    for b in ("艾买提", "吾斯曼", "卡德尔", "热合曼", "依明")
)


def surname_codes(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Indices into `SURNAMES`, the common ones first: rank r is drawn about 1 / (r + 6) as often."""
    weights = 1.0 / (np.arange(len(SURNAMES)) + 6.0)
    weights[len(_SURNAMES) :] = weights[-1] * 0.05
    return rng.choice(len(SURNAMES), size=count, p=weights / weights.sum()).astype(np.int64)


SURNAMES = (*_SURNAMES, *_RARE_SURNAMES)
_GIVEN = pl.Series(["", *_MEN_OLD, *_MEN_NEW, *_WOMEN_OLD, *_WOMEN_NEW, *_RARE_GIVEN])
_POOLS = (len(_MEN_OLD), len(_MEN_NEW), len(_WOMEN_OLD), len(_WOMEN_NEW))
_STARTS = tuple(1 + sum(_POOLS[:i]) for i in range(4))
_RARE_START = 1 + sum(_POOLS)


def full_names(
    rng: np.random.Generator, surnames: NDArray[np.int64], is_male: NDArray[np.bool_], birth_year: NDArray[np.int64]
) -> pl.Series:
    """Full names. A fifth of the young have one-character given names; rare characters and middle dots are few."""
    count = len(surnames)
    pool = np.where(is_male, 0, 2) + (birth_year >= 1972)
    start, size = np.asarray(_STARTS)[pool], np.asarray(_POOLS)[pool]
    first = start + _skewed(rng, size)
    second = start + _skewed(rng, size)
    second[rng.random(count) < np.where(birth_year >= 1972, 0.2, 0.1)] = 0
    is_rare = rng.random(count) < 0.001
    first[is_rare] = _RARE_START + rng.integers(0, len(_RARE_GIVEN), int(is_rare.sum()))
    frame = pl.DataFrame(
        {
            "surname": pl.Series(list(SURNAMES)).gather(pl.Series(surnames)),
            "first": _GIVEN.gather(pl.Series(first)),
            "second": _GIVEN.gather(pl.Series(second)),
        }
    )
    names = frame.select(pl.concat_str("surname", "first", "second")).to_series()
    is_minority = rng.random(count) < 0.0006
    if is_minority.any():
        where = np.flatnonzero(is_minority)
        names = names.scatter(where, [str(n) for n in rng.choice(_MINORITY, len(where))])
    return names.rename("name")


def _skewed(rng: np.random.Generator, size: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices below `size`, low ones more often."""
    return np.minimum((rng.random(len(size)) ** 1.5 * size).astype(np.int64), size - 1)


def one_name(rng: np.random.Generator, *, is_male: bool, birth_year: int, surname: str | None = None) -> str:
    """A single invented name, with the surname given when there is one."""
    code = np.array([SURNAMES.index(surname)]) if surname in SURNAMES else surname_codes(rng, 1)
    return str(full_names(rng, code, np.array([is_male]), np.array([birth_year]))[0])
