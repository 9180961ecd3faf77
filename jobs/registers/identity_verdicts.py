"""What inspectors decided on who is who: records that mean one person, and records that do not.

A decision speaks of what a record writes, so that it holds for later deliveries: its number and name together, or the
whole row where it has no number that could be a person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import IDENTITY_VERDICTS
from expectations.contracts.model import MARKS, ORIGIN, DataSet
from jobs.registers.benefits import Silver
from jobs.registers.references import Reference
from jobs.runtime.lake import Lake

Pair = tuple[str, str]
"""number_key, name_key"""
_ROW = "row"


def pair_side(number_key: str, name_key: str) -> str:
    return f"{number_key}|{name_key}"


def pair_of(side: str) -> Pair | None:
    """Number and name that a side stands for; None where it stands for a row."""
    number_key, name_key = side.split("|")[:2]
    return None if number_key == _ROW else (number_key, name_key)


def row_side(data_set: DataSet, role: str) -> Column:
    """What a silver row writes, wherever it stands: the same row in the next delivery has the same side."""
    cells = [c.name for c in data_set.silver.columns if c != MARKS and c.name not in ORIGIN]
    texts = [F.coalesce(F.col(name).cast("string"), F.lit("")) for name in cells]
    return F.concat(F.lit(f"{_ROW}|{data_set.code}|{role}|"), F.substring(F.sha2(F.concat_ws("\x1f", *texts), 256), 1, 24))


def row_sides(silver: Silver, verdicts: IdentityVerdicts) -> dict[tuple[str, str, str, str, int], str]:
    """Where the rows of verdicts stand in this run: side by data_set, role and origin."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for side in sorted(verdicts.sides):
        if pair_of(side) is None:
            _, code, role, _ = side.split("|")
            wanted.setdefault((code, role), []).append(side)
    found = {}
    for (code, role), sides in wanted.items():
        rows = silver(code).withColumn("_side", row_side(DATA_SETS[code], role)).filter(F.col("_side").isin(sides))
        for file_id, sheet, row, side in rows.select(*ORIGIN, "_side").collect():  # as many as inspectors decided on
            found[code, role, file_id, sheet, row] = side
    return found


def kept_apart(judged: DataFrame, groups: Groups) -> DataFrame:
    """Of numbers under two names, those whose names inspectors keep apart: number_key, name_key, anchor_name."""
    pairs = [pair for pair in map(pair_of, sorted({side for pair in groups.apart for side in pair})) if pair]
    schema = "number_key string, name_key string, anchor_name string"
    numbers = judged.sparkSession.createDataFrame([(number_key,) for number_key, _ in pairs], "number_key string")
    rows = judged.join(F.broadcast(numbers.distinct()), "number_key", "left_semi").select("number_key", "name_key", "anchor_name")
    two = [
        (number_key, name_key, anchor_name)
        for number_key, name_key, anchor_name in (rows.collect() if pairs else [])  # as many as inspectors decided on
        if not groups.may_join(pair_side(number_key, name_key), pair_side(number_key, anchor_name))
    ]
    return judged.sparkSession.createDataFrame(two, schema)


@dataclass
class Groups:
    """Sides in disjoint groups, and pairs of sides that must never come into one: union-find with cannot-link."""

    apart: Sequence[tuple[str, str]] = ()
    _parent: dict[str, str] = field(default_factory=dict)

    def of(self, side: str) -> str:
        """The group's name: its smallest side."""
        while (parent := self._parent.get(side, side)) != side:
            side = parent
        return side

    def may_join(self, left: str, right: str) -> bool:
        """Would joining the two bring a pair together that must be apart, through whatever chain?"""
        ours, theirs = self.of(left), self.of(right)
        return ours == theirs or not any({self.of(a), self.of(b)} == {ours, theirs} for a, b in self.apart)

    def join(self, left: str, right: str) -> bool:
        """Makes the two groups one unless that is forbidden; says whether they are one now."""
        if not self.may_join(left, right):
            return False
        first, second = sorted((self.of(left), self.of(right)))
        self._parent[second] = first
        return True

    def members(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = {}
        for side in sorted(self._parent.keys() | set(self._parent.values())):
            groups.setdefault(self.of(side), []).append(side)
        return groups


@dataclass(frozen=True)
class IdentityVerdicts:
    """All decisions in force. `same` and `apart`: pairs of sides."""

    same: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()

    @property
    def sides(self) -> set[str]:
        return {side for pair in (*self.same, *self.apart) for side in pair}

    def groups(self, more: Iterable[tuple[str, str]] = ()) -> Groups:
        """Decisions first, then what else speaks for one person, as far as the decisions allow it."""
        groups = Groups(self.apart)
        for left, right in (*self.same, *more):
            groups.join(left, right)
        return groups

    def contradiction(self) -> tuple[str, str] | None:
        """A pair that is to be apart and yet, through a chain of others, one person."""
        groups = Groups()
        for left, right in self.same:
            groups.join(left, right)
        return next(((a, b) for a, b in self.apart if groups.of(a) == groups.of(b)), None)


def verdicts_in_force(lake: Lake) -> IdentityVerdicts:
    rows = lake.read_or_empty(IDENTITY_VERDICTS).orderBy("checked_on", "left", "right").collect()  # inspectors' work: thousands
    pairs = [(row["left"], row["right"], row["is_same"]) for row in rows]
    return IdentityVerdicts(
        same=tuple((left, right) for left, right, is_same in pairs if is_same),
        apart=tuple((left, right) for left, right, is_same in pairs if not is_same),
    )


def reference_side(reference: Reference, data_set: DataSet) -> Column:
    """The side of a record: its number and name where both can be read, else the row."""
    pair = F.concat_ws("|", reference.number_key, reference.name_key)
    has_both = F.col(reference.number_key).isNotNull() & F.col(reference.name_key).isNotNull()
    return F.when(has_both, pair).otherwise(row_side(data_set, reference.role))
