"""One telephone for many households; one stranger in whose accounts the money of many households arrives."""

from __future__ import annotations

import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import LEAST_MEMBERS, crowding, hits, of_cases
from models.chance import either, of_at_least, of_sharing, of_wandering, together

NEAR = 0.01
"""Chance above which approvals lie as approvals do: over years, one by one."""


def one_telephone(city: City) -> pl.DataFrame:
    """A telephone that more households leave than telephones are left by, from several villages or approved in one go.

    Lawful: an institution's or a guardian's; and a helper's, whom the households of one village came to over the years.
    """
    used = city.cases.drop_nulls("phone_key").select("case_id", pl.col("phone_key").alias("group"))
    return _shared(
        city, used, "one_telephone", "该户电话另有{}户在用",
        "本市{alone}%的享受家庭的电话只有自己一户用", lawful_in_one_village=True,
    )  # fmt: skip


def one_holder(city: City) -> pl.DataFrame:
    """Somebody who belongs to no household and in whose several accounts the money of several arrives. What goes to one single
    account is rule F02's.

    Lawful: an institution's or a registered guardian's accounts.
    """
    own = city.members.select("case_id", pl.col("name_key").alias("holder")).unique()
    outside = city.months.drop_nulls("holder").join(own, on=["case_id", "holder"], how="anti")
    place = city.cases.select("case_id", "county_code")
    used = (
        outside.join(place, on="case_id")
        .group_by("case_id", group=pl.concat_str("county_code", "holder", separator="|"))  # a name is somebody in one county
        .agg(pl.col("account").min())
    )
    several = used.group_by("group").agg(accounts=pl.col("account").n_unique())
    used = used.join(several.filter(pl.col("accounts") >= LEAST_MEMBERS), on="group", how="semi").select("case_id", "group")
    alone = city.cases.join(used, on="case_id", how="anti").select("case_id", pl.col("case_id").alias("group"))
    return _shared(
        city, pl.concat([used, alone]), "one_holder", "该户的待遇打入一名不是本户成员的人名下的账户，此人名下的其他账户还在替另外{}户收款",
        "本市{alone}%的享受家庭的钱打入自家人的账户", lawful_in_one_village=False,
    )  # fmt: skip


def two_accounts(city: City) -> pl.DataFrame:
    """Two households or more whose money arrives in different accounts of one name that belongs to none of them nor to their kin.

    Held against how many households of the county are paid to an outsider at all, and how common the name is. Left out: an institution's
    and a guardian's care, and what goes to one single account (F02's).
    """
    kept = city.cases.filter(pl.col("is_home").fill_null(False) | pl.col("has_guardian").fill_null(False)).select("case_id")
    family = pl.concat(
        [city.members.select("case_id", holder="name_key"), city.kin.select("case_id", holder="name_key")]
    ).unique()
    place = city.cases.select("case_id", "county_code")
    outside = (
        city.months.drop_nulls(["holder", "account"])
        .join(family, on=["case_id", "holder"], how="anti")
        .join(kept, on="case_id", how="anti")
        .join(place, on="case_id")
        .select("case_id", "county_code", "holder", "account")
        .unique()
    )
    named = city.members.select("case_id", holder="name_key").unique().join(place, on="case_id")
    of_name = named.group_by("county_code", "holder").agg(bearers=pl.len())
    in_county = named.group_by("county_code").agg(people=pl.len(), cases=pl.col("case_id").n_unique())
    paid_out = outside.group_by("county_code").agg(outsiders=pl.col("case_id").n_unique())
    things = (
        outside.group_by("county_code", "holder")
        .agg(size=pl.col("case_id").n_unique(), accounts=pl.col("account").n_unique())
        .join(of_name, on=["county_code", "holder"], how="left")
        .join(in_county, on="county_code")
        .join(paid_out, on="county_code")
        .filter((pl.col("size") >= 2) & (pl.col("accounts") >= 2))
        .sort("county_code", "holder")
    )
    size, bearers, people, households, outsiders = (
        things[name].fill_null(0).to_numpy().astype(float) for name in ("size", "bearers", "people", "cases", "outsiders")
    )
    by_name = of_at_least(size - 1, outsiders - 1, (bearers + 0.5) / (people + 1.0))
    told = things.with_columns(
        chance=pl.Series(outsiders / households * by_name, dtype=pl.Float64),
        group=pl.concat_str("county_code", "holder", separator="|"),
        seen=pl.format(
            "该户的待遇打入一名既不是本户成员、也不是其近亲属的人名下的账户，此人名下的其他账户还在替另外{}户收款",
            pl.col("size") - 1,
        ),
        usual=pl.format("本县把钱打入外人账户的只有{}户", "outsiders"),
    )
    found = outside.select("case_id", "county_code", "holder").unique().join(told, on=["county_code", "holder"])
    return hits(found, "one_holder", len(city.cases))


def _shared(city: City, used: pl.DataFrame, kind: str, seen: str, usual: str, *, lawful_in_one_village: bool) -> pl.DataFrame:
    things = of_cases(city, used).sort("group")
    if things.is_empty():
        return hits(used.with_columns(chance=pl.lit(1.0), seen=pl.lit(""), usual=pl.lit("")), kind, 0).clear()
    size, villages = things["size"].to_numpy(), things["villages"].to_numpy()
    alone = 100.0 * float((size == 1).sum()) / max(int(size.sum()), 1)
    things = things.with_columns(by_size=pl.Series(of_sharing(size)), by_place=pl.Series(of_wandering(villages, size >= 2)))
    many = things.filter(pl.col("size") >= LEAST_MEMBERS)
    told = many.join(crowding(city, used.join(many, on="group", how="semi")), on="group", how="left").with_columns(
        pl.col("crowd").fill_null(1), pl.col("crowd_chance").fill_null(1.0)
    )
    by_size, by_place, crowd = (told[name].to_numpy() for name in ("by_size", "by_place", "crowd_chance"))
    # Where some are shared anyway, how many share one says little; where the households live, the more.
    shared_and_away = len(many) / len(things) * by_place
    chance = either(by_size, either(together([by_size, by_place, crowd]), shared_and_away))
    is_local = lawful_in_one_village & (pl.col("villages") == 1) & (pl.col("crowd_chance") > NEAR)
    of_villages = pl.when(pl.col("villages") > 1).then(pl.format("（分属{}个村）", "villages")).otherwise(pl.lit(""))
    in_one_go = pl.when(pl.col("crowd_chance") <= NEAR).then(pl.format("，其中{}户几天内先后获批", "crowd")).otherwise(pl.lit(""))
    told = told.with_columns(
        chance=pl.Series(chance),
        lawful=pl.when(pl.col("kept") * 2 > pl.col("size")).then(pl.lit("R22")).when(is_local).then(pl.lit("R99")).otherwise(pl.lit("")),
        seen=pl.concat_str(pl.format(seen, pl.col("size") - 1), of_villages, in_one_go),
        usual=pl.lit(usual.replace("{alone}", f"{alone:.0f}")),
    )  # fmt: skip
    return hits(used.join(told, on="group"), kind, len(things))
