"""The way of 2017: equal valid 18-digit numbers, no look at names, dates of validity or exemptions.

The clues it finds are the yardstick for precision; a problem it finds is "visible to naive".
"""

from __future__ import annotations

import polars as pl

from simulation import policy
from simulation.dates import AS_OF
from simulation.person_numbers import valid_mask
from simulation.places import COUNTY_CODES

FAMILIES = {"D01": "D", "D02": "D", "D03": "D", "K01": "K", "K02": "K", "E01": "E", "E02": "E"}
Frames = dict[str, pl.DataFrame]


def family(rule: str) -> str:
    """Rules that find one fact in different clothes are one family."""
    return FAMILIES.get(rule, rule)


def naive_clues(frames: Frames) -> pl.DataFrame:
    """A row a clue: rule, subject, household_no, county_code; one a rule family and person."""
    roster = _roster(frames)
    found = [
        _dead(frames, roster),
        _offices(frames, roster),
        _means(frames, roster),
        _incomes(frames, roster),
        _twice(roster),
    ]
    clues = pl.concat(found)
    settled = clues.filter(pl.col("rule").is_in(["D01", "D02", "D03", "R01"]))["subject"]
    paid = _payment_faults(frames, roster).filter(~pl.col("subject").is_in(settled.unique().implode()))
    clues = pl.concat([clues, paid])
    return (
        clues.with_columns(family=pl.col("rule").replace(FAMILIES))
        .unique(["family", "subject"], keep="first", maintain_order=True)
        .drop("family")
    )


def _roster(frames: Frames) -> pl.DataFrame:
    """Everybody on a roster under a valid number, low-income members covered or not."""
    shared = ["county_code", "household_no", "program", "id_number", "approved_on", "stop_month", "bank_account"]
    dibao = frames["dibao_roster"].select(
        *shared,
        (pl.col("id_number") == pl.col("head_id")).alias("is_head"),
        (pl.col("covered") == "是").alias("is_covered"),
        pl.col("head_id"),
    )
    tekun = (
        frames["tekun_roster"]
        .rename({"tekun_no": "household_no"})
        .select(
            *shared,
            pl.lit(True).alias("is_head"),
            pl.lit(True).alias("is_covered"),
            pl.col("id_number").alias("head_id"),
        )
    )
    roster = pl.concat([dibao, tekun]).with_columns(
        size=pl.len().over("household_no"), heads=pl.col("is_covered").sum().over("household_no")
    )
    return roster.filter(valid_mask(roster["id_number"]))


def _clues(matches: pl.DataFrame, rule: str | pl.Expr, subject: str = "id_number") -> pl.DataFrame:
    rule_column = pl.lit(rule) if isinstance(rule, str) else rule
    return matches.select(rule_column.alias("rule"), pl.col(subject).alias("subject"), "household_no", "county_code").unique(
        maintain_order=True
    )


def _named(roster: pl.DataFrame, frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Roster rows whose number stands in the column."""
    return roster.join(frame.select(pl.col(column).alias("id_number")).unique(), on="id_number", how="semi")


def deaths(frames: Frames) -> pl.DataFrame:
    """Earliest day of death by number, over all sources."""
    registry = frames["household_registry"].filter(pl.col("status").is_in(["死亡注销", "恢复"]))
    pensions = frames["pensions"].filter(pl.col("stop_reason") == "死亡")
    days = [
        *(frames[code].select("id_number", "died_on") for code in ("cremations", "death_certificates")),
        registry.select("id_number", pl.coalesce("died_on", "cancelled_on").alias("died_on")),
        pensions.select("id_number", pl.col("to_month").dt.month_end().alias("died_on")),
    ]
    return pl.concat(days).drop_nulls().group_by("id_number", maintain_order=True).agg(pl.col("died_on").min())


def _dead(frames: Frames, roster: pl.DataFrame) -> pl.DataFrame:
    paid = frames["payments"].filter(pl.col("household_no").is_not_null()).group_by("household_no", maintain_order=True)
    last_paid = paid.agg(pl.col("paid_on").max())
    # Numbers of the dead and households are unique on the right-hand sides.
    matches = roster.join(deaths(frames), on="id_number", how="inner", maintain_order="left")
    matches = matches.join(last_paid, on="household_no", how="inner", maintain_order="left").filter(
        pl.col("paid_on") > pl.col("died_on")
    )
    after = pl.col("died_on") < pl.col("approved_on")
    rule = pl.when(after).then(pl.lit("D03")).when(pl.col("is_head")).then(pl.lit("D01")).otherwise(pl.lit("D02"))
    return _clues(matches, rule)


def _offices(frames: Frames, roster: pl.DataFrame) -> pl.DataFrame:
    staff = _named(roster, frames["fiscal_staff"], "id_number")
    covered = pl.col("is_covered")
    registry = frames["household_registry"]
    cadres = frames["village_cadres"].select("id_number").unique(maintain_order=True)
    books = registry.join(cadres, on="id_number", how="semi").select("book_no", pl.col("id_number").alias("cadre"))
    heads = registry.join(roster.filter("is_head").select("id_number"), on="id_number", how="semi").select("id_number", "book_no")
    # A cadre on a roster is found as such; the clue of the household's head would be the same fact.
    kin = heads.join(books, on="book_no", how="inner", maintain_order="left").join(
        roster.select(pl.col("id_number").alias("cadre")).unique(), on="cadre", how="anti"
    )
    return pl.concat(
        [
            _clues(staff.filter(covered), "K01"),
            _clues(staff.filter(~covered), "K02", "head_id"),
            _clues(_named(roster, cadres, "id_number"), "K03"),
            _clues(roster.join(kin.select("id_number").unique(), on="id_number", how="semi"), "K03"),
        ]
    )


def _means(frames: Frames, roster: pl.DataFrame) -> pl.DataFrame:
    units = (
        frames["properties"]
        .group_by("owner_id", maintain_order=True)
        .agg(pl.len(), pl.col("use").is_in(["商业", "办公"]).any().alias("trades"))
    )
    several = units.filter((pl.col("len") >= 2) | pl.col("trades"))
    return pl.concat(
        [
            _clues(_named(roster, frames["enterprises"], "legal_rep_id"), "E01"),
            _clues(_named(roster, frames["enterprise_roles"], "id_number"), "E02"),
            _clues(_named(roster, frames["vehicles"], "owner_id"), "V01"),
            _clues(_named(roster, several, "owner_id"), "P01"),
        ]
    )


def standards() -> pl.DataFrame:
    """Monthly standard a head by county and programme."""
    rows = []
    for code in COUNTY_CODES:
        for program in ("城市低保", "农村低保", "城市特困", "农村特困"):
            dibao = policy.dibao_standard(code, is_urban=program.startswith("城市"))
            rows.append((code, program, policy.tekun_standard(code) if program.endswith("特困") else dibao))
    return pl.DataFrame(rows, schema=["county_code", "program", "standard"], orient="row")


def _incomes(frames: Frames, roster: pl.DataFrame) -> pl.DataFrame:
    monthly = frames["pensions"].group_by("id_number", maintain_order=True).agg(pl.col("monthly").max())
    pensioners = roster.join(monthly, on="id_number", how="inner", maintain_order="left")
    pensioners = pensioners.join(standards(), on=["county_code", "program"], how="left", maintain_order="left")
    employed = frames["social_insurance"].filter(pl.col("kind") != "城乡居民")
    return pl.concat(
        [
            _clues(pensioners.filter(pl.col("monthly") / pl.col("size") > pl.col("standard")), "I01"),
            _clues(_named(roster, employed, "id_number"), "I02"),
            _clues(_named(roster, frames["housing_fund"], "id_number"), "I03"),
            _clues(_named(roster, frames["prisoners"], "id_number"), "S01"),
        ]
    )


def _twice(roster: pl.DataFrame) -> pl.DataFrame:
    return _clues(roster.filter(pl.col("household_no").n_unique().over("id_number") > 1), "R01")


def _payment_faults(frames: Frames, roster: pl.DataFrame) -> pl.DataFrame:
    heads = roster.filter("is_head")
    payments = frames["payments"]
    regular = payments.filter(pl.col("program").str.contains("低保|特困") & (pl.col("kind") != "退回"))
    monthly = regular.group_by("household_no", "county_code", "program", "for_month", maintain_order=True).agg(
        pl.col("amount").sum(), pl.col("heads").max()
    )
    monthly = monthly.join(standards(), on=["county_code", "program"], how="left", maintain_order="left")
    over = monthly.filter(pl.col("amount") > pl.col("standard") * pl.col("heads") + 1)
    crowded = heads.filter(pl.col("household_no").n_unique().over("bank_account") >= 3)
    stopped = heads.filter(pl.col("stop_month").is_not_null()).join(
        regular.group_by("household_no", maintain_order=True).agg(pl.col("paid_on").max()),
        on="household_no",
        how="inner",
        maintain_order="left",
    )
    aids = payments.filter(pl.col("program").is_in(["医疗救助", "临时救助"])).group_by("id_number", maintain_order=True)
    totals = aids.agg(
        pl.col("amount").sum().alias("all"),
        pl.col("amount").filter(pl.col("program") == "临时救助").sum().alias("temporary"),
    )
    capped = (pl.col("all") > policy.MEDICAL_CAP_YUAN) | (pl.col("temporary") > policy.TEMPORARY_CAP_YUAN)
    return pl.concat(
        [
            _clues(heads.join(over, on="household_no", how="semi"), "F01"),
            _clues(crowded, "F02"),
            _clues(
                stopped.filter(pl.col("paid_on") > pl.min_horizontal(pl.col("stop_month").dt.month_end(), pl.lit(AS_OF))),
                "F03",
            ),
            _clues(_named(roster, totals.filter(capped), "id_number"), "F04"),
        ]
    )
