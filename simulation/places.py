"""Six counties with invented towns and villages. Their names say 合成 (synthetic): so do all lists, sheets and pages that name them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class County:
    """A county: residence code (GB/T 2260), name, share of the city's people, share of them in towns' streets."""

    code: str
    name: str
    population_share: float
    urban_share: float
    towns: tuple[str, ...]


COUNTIES = (
    County("420202", "合成一区", 0.09, 1.0, ("澄波街道", "望矶街道", "梧桐路街道", "南岸街道", "磁石街道")),
    County("420203", "合成二区", 0.09, 0.85, ("临江台街道", "朝霞街道", "石榴园街道", "飞云街道", "荷叶镇", "江湾镇")),
    County("420204", "合成三区", 0.07, 1.0, ("老机场街道", "桂花塘街道", "青松岭街道", "柏林路街道", "东风桥街道")),
    County("420205", "合成四区", 0.02, 1.0, ("矿峰街道", "红旗桥街道")),
    County(
        "420222",
        "合成五县",
        0.39,
        0.18,
        (
            "清河口镇", "云岭镇", "双桥铺镇", "青塘镇", "龙溪港镇", "白石坪镇", "枫香镇", "湖东镇",
            "栗林镇", "长垄镇", "石门楼镇", "月山镇", "杨柳湾镇", "金竹乡", "莲塘乡",
        ),
    ),
    County(
        "420281",
        "合成六市",
        0.34,
        0.28,
        (
            "城关新街道", "铜绿街道", "罗家铺镇", "还山镇", "紫云镇", "桃林镇",
            "古塘镇", "汪湖镇", "梅岭镇", "石磊镇", "马鞍镇", "东冲乡",
        ),
    ),
)  # fmt: skip
COUNTY_CODES = tuple(county.code for county in COUNTIES)
_FIRST = "上下东西南北大小新老高长青白金石龙凤柳竹松桐梅杏"
_SECOND = "湾塘岭冲畈坪港桥垅洲墩咀庄屋铺坳"
_STREET = ("花园", "新村", "建设", "和平", "胜利", "迎宾", "滨湖", "团结", "工人", "前进", "光明", "幸福")


@dataclass(frozen=True)
class Village:
    """A village or urban community; `index` is its place in `Places.villages`."""

    index: int
    county: int
    town: str
    name: str
    is_urban: bool

    @property
    def address(self) -> str:
        county = COUNTIES[self.county].name
        city = "合成市" if county.endswith("区") else ""
        return f"湖北省{city}{county}{self.town}{self.name}"


@dataclass(frozen=True)
class Places:
    """All villages, in the order of counties and towns, with each village's share of the population."""

    villages: tuple[Village, ...]
    weights: tuple[float, ...]


def lay_out(rng: np.random.Generator, *, villages_per_town: int) -> Places:
    """Villages of all towns; in a county, the urban share of its people lives in communities."""
    villages: list[Village] = []
    weights: list[float] = []
    for county_index, county in enumerate(COUNTIES):
        names: set[str] = set()
        drawn: list[tuple[str, str, bool, float]] = []
        for town_index, town in enumerate(county.towns):
            is_street = town.endswith("街道") or (county.urban_share < 0.5 and town_index == 0)
            for _ in range(int(rng.integers(max(2, villages_per_town * 2 // 3), villages_per_town * 4 // 3 + 2))):
                name = _village_name(rng, names, is_urban=is_street)
                drawn.append((town, name, is_street, float(rng.gamma(4.0))))
        urban_total = sum(w for _, _, is_urban, w in drawn if is_urban) or 1.0
        rural_total = sum(w for _, _, is_urban, w in drawn if not is_urban)
        urban_share = county.urban_share if rural_total else 1.0
        for town, name, is_urban, weight in drawn:
            share = urban_share * weight / urban_total if is_urban else (1 - urban_share) * weight / rural_total
            villages.append(Village(len(villages), county_index, town, name, is_urban))
            weights.append(share * county.population_share)
    total = sum(weights)
    return Places(tuple(villages), tuple(w / total for w in weights))


def _village_name(rng: np.random.Generator, taken: set[str], *, is_urban: bool) -> str:
    while True:
        if is_urban:
            name = str(rng.choice(_STREET)) + str(rng.choice(["", "东", "西", "南", "北", "里", "路", "巷"])) + "社区"
        else:
            name = str(rng.choice(list(_FIRST))) + str(rng.choice(list(_SECOND))) + "村"
        if name in taken and rng.random() < 0.9:
            name = str(rng.choice(list(_FIRST))) + name
        if name not in taken:
            taken.add(name)
            return name
