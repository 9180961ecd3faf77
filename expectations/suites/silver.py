"""The bounds of a silver table: structure from its contract, limits from the domain, severity by what a failure means."""

from __future__ import annotations

from datetime import date

from expectations.bounds import CRITICAL, WARNING, Bound, SuiteBounds
from expectations.contracts.model import DATE, PERSON_KINDS, YUAN, DataSet, Field, Kind

EARLIEST = date(1900, 1, 1)
"""Before it nobody alive was born; benefits, cars and firms are younger still."""
ROWS, USABLE = "rows", " usable"
"""The measure of a table's rows, and the end of that of a column of person numbers."""
_PLANNED = frozenset({"valid_to", "inspected_to", "grace_until", "to_on", "to_month", "stop_month"})
"""Days that may lie ahead: a certificate's end, a release, the end of a term."""


def silver_bounds(data_set: DataSet, as_of: date, limits: SuiteBounds) -> list[Bound]:
    """Bounds on figures of the data set's silver table, all measured in one pass over its rows."""
    found = [
        Bound(
            ROWS,
            CRITICAL if data_set.is_required else WARNING,
            f"{data_set.title} arrived without a usable row: ask {data_set.owner} for it again.",
            minimum=1,
            sql="count(*)",
            title="可用的行",
            advice=f"{data_set.title}中没有可用的行，请{data_set.owner}重新报送。",
            unit="行",
        ),
        *_of_key(data_set, limits),
    ]
    for field in data_set.fields:
        found += _of_field(data_set, field, as_of, limits)
    return found


def _share(condition: str) -> str:
    """Share of rows for which the condition holds, among those for which it is not null."""
    return f"avg(cast({condition} AS double))"


def _of_key(data_set: DataSet, limits: SuiteBounds) -> list[Bound]:
    """A key that repeats: the same rows delivered twice. Only registers that are snapshots have one row a key."""
    if not data_set.snapshot:
        return []
    columns = [data_set[name].silver_columns[0].name for name in data_set.key]
    complete = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    distinct = f"count(DISTINCT CASE WHEN {complete} THEN xxhash64({', '.join(columns)}) END)"
    sql = f"1 - {distinct} / cast(nullif(count(CASE WHEN {complete} THEN 1 END), 0) AS double)"
    headers = "、".join(data_set[name].header for name in data_set.key)
    meaning = f"rows of {data_set.title} share {headers}: delivered twice, or an older extract under a new date."
    title = f"{headers}与别的行相同的行"
    advice = f"{data_set.title}中有{{}}行的{headers}相同：重复报送，或把旧的数据标成了新的日期。"
    warns = Bound(
        "key repeated", WARNING, f"Many {meaning}", maximum=limits.repeated_key_ratio_warn, sql=sql,
        title=title, advice=advice.format("许多"),
    )  # fmt: skip
    stops = Bound(
        "key repeated", CRITICAL, f"Most {meaning}", maximum=limits.repeated_key_ratio_stop, sql=sql,
        title=title, advice=advice.format("大多数"),
    )  # fmt: skip
    return [stops, warns] if data_set.is_required else [warns]


def _of_field(data_set: DataSet, field: Field, as_of: date, limits: SuiteBounds) -> list[Bound]:
    if field.kind in PERSON_KINDS:
        return _of_number(data_set, field, limits)
    column = field.silver_columns[0]
    found: list[Bound] = []
    if not field.nullable and not field.essential:  # essentials were judged row by row at ingest
        found.append(
            Bound(
                f"{field.header} empty",
                WARNING,
                f"{field.header} is empty or unreadable in many rows: rules that need it cannot judge them.",
                maximum=limits.empty_required_ratio_warn,
                sql=_share(f"{column.name} IS NULL"),
                title=f"{field.header}为空或不能识别的行",
                advice=f"许多行的{field.header}为空或不能识别，需要它的规则对这些行无法判断。",
            )
        )
    if column.type == DATE:
        latest = date(as_of.year + (50 if field.name in _PLANNED else 1), 12, 31)
        found.append(
            Bound(
                f"{field.header} out of range",
                WARNING,
                f"{field.header} lies outside {EARLIEST} … {latest} in too many rows: swapped day and month, or another year's extract.",
                maximum=limits.wild_date_ratio_warn,
                sql=_share(f"NOT ({column.name} BETWEEN DATE'{EARLIEST}' AND DATE'{latest}')"),
                title=f"{field.header}超出合理范围的行",
                advice=f"较多行的{field.header}不在{EARLIEST}至{latest}之间：月、日颠倒，或是别年的数据。",
            )
        )
    if column.type == YUAN and not (data_set.code == "payments" and field.name == "amount"):
        found.append(
            Bound(
                f"{field.header} negative",
                WARNING,
                f"{field.header} is negative in some rows; only refunds are.",
                maximum=limits.negative_ratio_warn,
                sql=_share(f"{column.name} < 0"),
                title=f"{field.header}为负数的行",
                advice=f"有的行{field.header}为负数；只有退回才是负数。",
            )
        )
    if field.name == "relation" and field.kind is Kind.TEXT:  # no list of values: nothing else tells what was not understood
        found.append(
            Bound(
                f"{field.header} as codes",
                WARNING,
                f"{field.header} holds numbers where words were expected: nobody's kin is found by them. "
                f"Ask {data_set.owner} for words, or write the words of its code list into the file.",
                maximum=limits.empty_required_ratio_warn,
                sql=_share(f"{column.name} RLIKE '^[0-9]+$'"),
                title=f"{field.header}是代码的行",
                advice=f"{field.header}是代码而不是文字，无法据此认定亲属关系。请{data_set.owner}按代码表换成文字后重新报送。",
            )
        )
    if field.kind is Kind.PERCENT:
        found.append(
            Bound(
                f"{field.header} out of range",
                WARNING,
                f"{field.header} is a percentage of 0 … 100.",
                maximum=limits.negative_ratio_warn,
                sql=_share(f"NOT ({column.name} BETWEEN 0 AND 100)"),
                title=f"{field.header}超出0至100的行",
                advice=f"{field.header}是百分数，应在0至100之间。",
            )
        )
    return found


def _of_number(data_set: DataSet, field: Field, limits: SuiteBounds) -> list[Bound]:
    """Firms own cars and homes, and funeral homes leave numbers empty: there the share is of the persons' numbers that were given."""
    may_lack = field.nullable or field.kind is Kind.OWNER_NUMBER
    usable = f"{field.role}_key IS NOT NULL"
    of_given = f"CASE WHEN {field.role}_number_state NOT IN ('absent', 'firm') THEN {usable} END"
    measure, sql = f"{field.header}{USABLE}", _share(of_given if may_lack else usable)
    title = f"填写了个人号码的行中，{field.header}能用的" if may_lack else f"{field.header}能用的行"
    stops = Bound(
        measure,
        CRITICAL,
        f"{field.header} holds hardly any person number: shifted or damaged. Ask {data_set.owner} for it again.",
        minimum=limits.usable_number_ratio_stop,
        sql=sql,
        title=title,
        advice=f"{field.header}中几乎没有能用的号码：错列或已损坏，请{data_set.owner}重新报送。",
    )
    warns = Bound(
        measure,
        WARNING,
        f"{field.header} is unusable in many rows: the people behind them cannot be found by number.",
        minimum=limits.usable_number_ratio_warn,
        sql=sql,
        title=title,
        advice=f"许多行的{field.header}不能用，无法按号码找到这些人。",
    )
    return [stops, warns] if data_set.is_required and not may_lack else [warns]
