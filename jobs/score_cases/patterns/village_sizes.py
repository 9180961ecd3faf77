"""Villages in which far more households draw than in others as large."""

from __future__ import annotations

import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits, none
from models.chance import of_counts

KIND = "many_households"
PLACE = ["county_code", "town", "village"]


def found(city: City) -> pl.DataFrame:
    """Households that draw, held against the registered households of the village and what part of these draws in villages of the county
    and programme; villages differ as villages do. A county whose registry was not delivered tells nothing."""
    drawing = city.cases.filter(pl.col("paid_months") > 0)
    program = pl.col("program").drop_nulls().mode().sort().first()  # a village is rural or urban
    villages = (
        drawing.group_by(PLACE)
        .agg(count=pl.len(), like=program)
        .join(city.villages.filter(pl.col("registered") > 0), on=PLACE)
        .sort(PLACE)
    )
    if villages.is_empty():
        return none()
    like = ["county_code", "like"]
    rate = (pl.col("count").sum().over(like) - pl.col("count") + 0.5) / (
        pl.col("registered").sum().over(like) - pl.col("registered") + 1.0
    )
    # A village alone of its kind, or one without a registry worth the name, is like nothing.
    known = villages.with_columns(expected=rate * pl.col("registered"), others=pl.len().over(like)).filter(
        (pl.col("others") >= 5) & (pl.col("count") <= pl.col("registered"))
    )
    told = known.with_columns(
        chance=pl.Series(of_counts(*(known[name].to_numpy().astype(float) for name in ("count", "expected"))), dtype=pl.Float64),
        group=pl.concat_str(pl.lit("village"), *PLACE, separator="|"),
        seen=pl.format("本村登记的{}户中有{}户享受待遇，该户是其中之一", "registered", "count"),
        usual=pl.format("同县情况相近、同样大的村一般约{}户", pl.col("expected").round(0).cast(pl.Int64)),
    )
    return hits(drawing.select("case_id", *PLACE).join(told, on=PLACE), KIND, len(told))
