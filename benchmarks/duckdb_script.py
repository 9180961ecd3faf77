"""The five commonest rules over one delivery, as a plain DuckDB + scikit-learn script.

A yardstick for the time, memory and precision of the pipeline: the same raw files, the rules D01, D02
(with D03), K01, E01 and V01, one ranked list and one workbook a county, written the way a good engineer
would in a day. Left out on purpose: quarantine, incremental loads, lineage, masking, kinship, feedback.

    python benchmarks/duckdb_script.py DELIVERY --out OUT --as-of 2017-12-31
"""

from __future__ import annotations

import argparse
import csv
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TypeVar

import duckdb
import fastexcel
import numpy as np
import polars as pl
from sklearn.ensemble import IsolationForest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.yardstick import LAWFUL_FIRM, LAWFUL_PAY, MATCHED, NOT_DATA, Delivered, find_header, log, read_manifest
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import PERSON_KINDS, DataSet, Field, Kind, plain_header

SECONDS: dict[str, float] = {}
Result = TypeVar("Result")


def timed(name: str, function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function and note its seconds."""
    start = time.perf_counter()
    result = function(*arguments)
    SECONDS[name] = time.perf_counter() - start
    return result


# ---- cells, as SQL
_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1, 2, 4, 8, 5, 10, 9, 7)  # GB 11643, from the 17th digit back to the first
_SUM = " + ".join(f"(n // {10**i} % 10) * {w}" for i, w in enumerate(_WEIGHTS))
_BLANK = "\u3000\u00a0\u200b\ufeff''"
MACROS = f"""
CREATE MACRO check_char(n) AS substr('10X98765432', (({_SUM}) % 11 + 1)::INT, 1);
CREATE MACRO cell(s) AS CASE WHEN regexp_matches(s, '^[\\s{_BLANK}]|[\\s{_BLANK}]$')
  THEN nullif(trim(s, ' \t\r\n{_BLANK}'), '') ELSE nullif(s, '') END;
CREATE MACRO plain_number(s) AS CASE WHEN regexp_full_match(s, '[0-9]{{17}}[0-9X]') THEN s ELSE regexp_replace(
  translate(upper(s), '０１２３４５６７８９ＸⅩⅹ×Х＊', '0123456789XXXXX*'), '[^0-9A-Z*]', '', 'g') END;
CREATE MACRO body17(s) AS CASE WHEN regexp_matches(s, '^[0-9]{{17}}[0-9X]') THEN left(s, 17)
  WHEN regexp_full_match(s, '[0-9]{{8}}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{{3}}')
  THEN left(s, 6) || CASE WHEN s[-3:] BETWEEN '996' AND '999' THEN '18' ELSE '19' END || substr(s, 7) END;
CREATE MACRO number18(plain, body, x) AS if(length(plain) = 15, body || x, if(body > '', left(plain, 18), NULL));
CREATE MACRO number_state(raw, plain, body, digit) AS CASE
  WHEN body IS NULL THEN CASE WHEN raw IS NULL OR raw IN ('无', '不详', '/') THEN 'empty'
    WHEN regexp_full_match(plain, '[0-9A-Z]{{18}}') THEN 'firm' ELSE 'unreadable' END
  WHEN length(plain) = 15 THEN 'upgraded' WHEN substr(plain, 18, 1) = digit THEN 'valid' ELSE 'wrong check digit' END;
CREATE MACRO person_name(s) AS nullif(regexp_replace(regexp_replace(s,
  '[\\s\u3000\u00a0\u200b·•・．.]|[(（].*?[)）]', '', 'g'), '[?？□%]', '_', 'g'), '');
CREATE MACRO day(s) AS CASE WHEN s LIKE '9999%' OR s LIKE '0000%' THEN NULL
  WHEN length(s) = 5 THEN DATE '1899-12-30' + try_cast(s AS INT)
  ELSE coalesce(try_cast(s AS DATE), try_strptime(s, ['%Y%m%d', '%Y.%m.%d', '%Y年%m月%d日'])::DATE) END;
CREATE MACRO month_of(s) AS date_trunc('month', CASE WHEN length(s) = 5 THEN day(s)
  ELSE coalesce(try_strptime(s, ['%Y-%m', '%Y%m', '%Y.%m', '%Y年%m月', '%Y/%m'])::DATE, day(s)) END)::DATE;
CREATE MACRO figure(s) AS coalesce(try_cast(s AS DECIMAL(18, 6)), CASE WHEN contains(s, '万') THEN 10000 ELSE 1 END *
  try_cast(regexp_replace(s, '[,，元万¥￥%\\s]', '', 'g') AS DECIMAL(18, 6)));
CREATE MACRO yes_no(s) AS CASE WHEN upper(s) IN ('是', '√', '1', 'Y') THEN '是'
  WHEN upper(s) IN ('否', '×', '0', 'N') THEN '否' ELSE s END;
CREATE MACRO same_name(a, b) AS a = b OR (contains(a, '_') AND b LIKE a) OR (contains(b, '_') AND a LIKE b);
CREATE MACRO month_start(d) AS date_trunc('month', d)::DATE;
"""
SQL_TYPE = {Kind.DATE: "DATE", Kind.MONTH: "DATE", Kind.YUAN: "DECIMAL(14, 2)", Kind.WAN_YUAN: "DECIMAL(16, 2)"}
SQL_TYPE |= {Kind.INTEGER: "INTEGER", Kind.PERCENT: "DOUBLE", Kind.SQUARE_METRES: "DOUBLE"}


def typed(field: Field, text: str, header: str) -> str:
    """Return the SQL that turns trimmed text into the value of a field."""
    if macro := {Kind.DATE: "day", Kind.MONTH: "month_of", Kind.NAME: "person_name"}.get(field.kind):
        return f"{macro}({text})"
    if field.kind in SQL_TYPE:
        # a header that says 万元 multiplies, as the kind WAN_YUAN always does, unless the cell said 万 itself
        wan = field.kind is Kind.WAN_YUAN or (field.kind is Kind.YUAN and "万元" in header)
        factor = f" * CASE WHEN contains({text}, '万') THEN 1 ELSE 10000 END" if wan else ""
        return f"try_cast(figure({text}){factor} AS {SQL_TYPE[field.kind]})"
    return f"yes_no({text})" if field.values == ("是", "否") else text


# ---- files
def insert(db: duckdb.DuckDBPyConnection, file_id: int, data_set: DataSet, header: list[str], source: str) -> None:
    """Append a source with text columns c0, c1 ..., _sheet and _row to the table of its data set, typed."""
    column = {name: i for i, h in reversed([*enumerate(header)]) if (name := data_set.headers.get(plain_header(h)))}
    texts, values, outer, states, plain, body, digit = [], [], [], [], "", "", ""
    for f in data_set.fields:
        at, n = column.get(f.name), f.name
        texts.append(("NULL::VARCHAR" if at is None else f"cell(c{at})") + f" AS {n}")
        values.append(f"{typed(f, n, '' if at is None else header[at])} AS {n}")
        outer.append(f"number18({n}_plain, {n}_body, {n}_digit)" if f.kind in PERSON_KINDS else n)
        if f.kind in PERSON_KINDS:
            plain += f", plain_number({n}) AS {n}_plain"
            body += f", body17({n}_plain) AS {n}_body"
            digit += f", check_char({n}_body::BIGINT) AS {n}_digit"
            states.append(f"number_state({n}, {n}_plain, {n}_body, {n}_digit)")
    db.execute(  # layer by layer, so that nothing is computed twice
        f"INSERT INTO {data_set.code} SELECT {', '.join(outer + states)}, {file_id}, _sheet, _row FROM ("
        f"SELECT *{digit} FROM (SELECT *{body} FROM (SELECT {', '.join(values)}, _sheet, _row{plain} FROM ("
        f"SELECT {', '.join(texts)}, _sheet, _row FROM {source}))))"
    )


def load_csv(db: duckdb.DuckDBPyConnection, file_id: int, d: Delivered, scratch: Path) -> None:
    """Read a delimited file with DuckDB; GB18030 is decoded into a scratch file first."""
    path = d.path
    with path.open("rb") as file:
        first = file.readline().decode(errors="replace")
    if "\ufffd" in first:  # the header, which is Chinese, is not UTF-8
        path = scratch / "decoded.csv"
        gb18030 = d.path.open(encoding="gb18030", errors="replace", newline="")
        with gb18030, path.open("w", encoding="utf-8", newline="") as utf8:
            shutil.copyfileobj(gb18030, utf8, 1 << 22)
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = "\t" if first.count("\t") > first.count(",") else ","
        reader = csv.reader(file, delimiter=delimiter)
        lines = [(row, reader.line_num) for row in islice(reader, 10)]
    at, header = find_header([row for row, _ in lines], d.data_set)
    columns = {f"c{i}": "VARCHAR" for i in range(len(header))}
    options = f"auto_detect=false, header=false, skip={lines[at][1]}, delim='{delimiter}', quote='\"', escape='\"'"
    quoted = str(path).replace("'", "''")
    source = f"(SELECT *, NULL AS _sheet, NULL AS _row FROM read_csv('{quoted}', {options}, columns={columns}"
    try:
        insert(db, file_id, d.data_set, header, f"{source}))")
    except duckdb.InvalidInputException:  # ragged lines or stray quotes: once more, slower
        insert(db, file_id, d.data_set, header, f"{source}, strict_mode=false, null_padding=true))")


def load_workbook(db: duckdb.DuckDBPyConnection, file_id: int, d: Delivered) -> None:
    """Read every sheet of a workbook as text, without title, subtotal and note rows."""
    workbook = fastexcel.read_excel(d.path)
    for sheet in workbook.sheet_names:
        frame = workbook.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
        if frame.is_empty():
            continue
        frame = frame.rename({c: f"c{i}" for i, c in enumerate(frame.columns)})
        at, header = find_header(frame.head(10).rows(), d.data_set)
        first = pl.coalesce(pl.all())
        is_data = first.is_not_null() & ~first.str.contains(NOT_DATA)
        rows = frame.with_columns(is_data.alias("_data"), pl.lit(sheet).alias("_sheet")).with_row_index("_row", 1)
        db.register("sheet", rows[at + 1 :].filter("_data"))
        insert(db, file_id, d.data_set, header, "sheet")
        db.unregister("sheet")


def load(db: duckdb.DuckDBPyConnection, files: list[Delivered], scratch: Path) -> None:
    """Read every accepted file into its table; the line of a text file is found again through its rowid."""
    for code, data_set in DATA_SETS.items():  # every person number has its state beside it
        columns = [f"{f.name} {SQL_TYPE.get(f.kind, 'VARCHAR')}" for f in data_set.fields]
        columns += [f"{f.name}_state VARCHAR" for f in data_set.fields if f.kind in PERSON_KINDS]
        db.execute(f"CREATE TABLE {code} ({', '.join(columns)}, _file INTEGER, _sheet VARCHAR, _row INTEGER)")
    db.execute("CREATE TABLE files (_file INTEGER, name VARCHAR, extract_date VARCHAR, first_rowid BIGINT)")
    total = dict.fromkeys(DATA_SETS, 0)
    for file_id, d in enumerate(files):
        before = total[d.data_set.code]
        db.execute("INSERT INTO files VALUES (?, ?, ?, ?)", [file_id, d.name, d.extract_date, before])
        try:
            if d.path.suffix.lower() == ".xlsx":
                load_workbook(db, file_id, d)
            else:
                load_csv(db, file_id, d, scratch)
        except ValueError as reason:
            log.warning("refused %s: %s", d.name, reason)
        total[d.data_set.code] = db.execute(f"SELECT count(*) FROM {d.data_set.code}").fetchall()[0][0]
        if str(rows := total[d.data_set.code] - before) != d.claimed_rows:
            log.warning("%s: %s rows claimed, %s read", d.name, d.claimed_rows, rows)


def report_quality(db: duckdb.DuckDBPyConnection) -> None:
    """Log rows, empty cells where a value is expected, and unusable numbers, one line a table."""
    for code, data_set in DATA_SETS.items():
        states = [f"{f.name}_state" for f in data_set.fields if f.kind in PERSON_KINDS]
        wrong = "+".join(f"count(*) FILTER ({s} IN ('unreadable', 'wrong check digit'))" for s in states)
        asked = [f.name for f in data_set.fields if not f.nullable]
        nulls = ", ".join(f"count(*) - count({name})" for name in asked)
        (counts,) = db.execute(f"SELECT count(*), {wrong or '0'}, {nulls} FROM {code}").fetchall()
        empty = ", ".join(f"{name} {n}" for name, n in zip(asked, counts[2:], strict=True) if n)
        log.info("%-20s %9d rows, %7d invalid numbers; empty: %s", code, *counts[:2], empty or "none")


# ---- persons and households
# A death without a number is the one registered person of its name, sex, place and age (or birth date).
IDENTIFY = """
UPDATE {0} SET id_number = found.id_number, id_number_state = 'identified' FROM (
  SELECT t.rowid AS line, r.id_number FROM {0} t JOIN household_registry r ON r.name = t.name AND r.sex = t.sex
    AND contains(t.address, r.village) AND {1} WHERE t.id_number IS NULL AND r.id_number_state = 'valid'
  QUALIFY count(*) OVER (PARTITION BY t.rowid) = 1) found WHERE found.line = {0}.rowid;"""
PEOPLE = f"""
CREATE TABLE registered AS SELECT id_number, name, any_value(former_name) AS former_name, max(status) AS status
  FROM household_registry WHERE id_number_state IN ('valid', 'upgraded') GROUP BY ALL;
-- a number that the registry does not know is that of the one person of that name whose number differs by a typo
CREATE TABLE repair AS SELECT w.written, w.name, min(r.id_number) AS id_number FROM (
    SELECT DISTINCT id_number AS written, name FROM (
      {" UNION ALL ".join(f"SELECT {n} AS id_number, {p} AS name FROM {t}" for t, (n, p) in MATCHED.items())})
    WHERE id_number IS NOT NULL AND id_number NOT IN (SELECT id_number FROM registered)) w
  JOIN registered r ON r.name = w.name
    AND (hamming(r.id_number, w.written) <= 2 OR left(r.id_number, 14) = left(w.written, 14))
  GROUP BY ALL HAVING count(DISTINCT r.id_number) = 1;
{IDENTIFY.format("cremations", "abs(date_diff('year', r.born_on, t.died_on) - t.age) <= 1")}
{IDENTIFY.format("death_certificates", "r.born_on = t.born_on")}
CREATE TABLE members AS WITH roster AS (
  SELECT county_code, town, village, household_no, program, head_id, name, id_number, id_number_state, covered,
    single_person_cover AS alone, approved_on, start_month, grace_until, covered_heads AS heads, monthly_amount,
    declared_assets, account_name FROM dibao_roster
  UNION ALL SELECT county_code, town, village, tekun_no, program, id_number, name, id_number, id_number_state, '是',
    '否', approved_on, start_month, NULL, 1, monthly_amount, NULL, account_name FROM tekun_roster)
SELECT r.* REPLACE (coalesce(p.id_number, r.id_number) AS id_number, greatest(heads, 1) AS heads),
  p.id_number IS NOT NULL OR id_number_state <> 'valid' AS repaired, county_code || '/' || household_no AS case_key,
  count(*) OVER household AS persons, count(*) FILTER (covered = '是') OVER household AS marked,
  bool_or(alone = '是') OVER household AS anyone_alone, row_number() OVER () AS member
FROM roster r LEFT JOIN repair p ON p.written = r.id_number AND p.name = r.name
WINDOW household AS (PARTITION BY county_code, household_no);
CREATE TABLE paid AS  -- a household and month of entitlement, net of what came back
  SELECT county_code || '/' || household_no AS case_key, for_month,
    sum(amount) FILTER (program <> '价格补贴') AS amount, sum(amount) FILTER (kind <> '退回') AS gross,
    greatest(max(heads) FILTER (kind <> '退回'), 1) AS heads, max(paid_on) AS paid_on, bool_or(kind = '补发') AS arrears
  FROM payments WHERE household_no IS NOT NULL AND program <> '丧葬补助' GROUP BY ALL;
"""


# ---- rules
def facts(rule: str, register: str, event: str, where: str, until: str = "", lawful: str = "", cells: str = "") -> str:
    """Select what a register says of roster members: from when until when, and why it is harmless if it is."""
    number, name = MATCHED[register]
    return f"""SELECT '{rule}' AS rule, member, {event} AS event_on, {until or "NULL::DATE"} AS until,
      {lawful or "NULL"} AS harmless, concat_ws(' ', {cells or "NULL"}) AS words, t.{name} AS called, m.name AS own,
      m.id_number, p.id_number IS NOT NULL OR m.repaired AS mended, t.{number}_state AS state, '{register}' AS register,
      t._file, t._sheet, t._row, t.rowid AS line
    FROM {register} t LEFT JOIN repair p ON p.written = t.{number} AND p.name = t.{name}
    JOIN members m ON m.id_number = coalesce(p.id_number, t.{number}) WHERE {event} IS NOT NULL AND {where}"""


LAWFUL_CAR = """CASE WHEN t.status <> '正常' THEN 'R10' WHEN t.plate_kind = '残疾人专用车' THEN 'R09'
  WHEN t.plate_kind NOT IN ('小型汽车', '大型汽车') OR regexp_matches(t.vehicle_kind, '摩托|三轮') THEN 'R11'
  WHEN regexp_matches(m.declared_assets, '轿车|汽车|货车|客车|面包车') THEN 'R25' END"""
PAYROLL, FIRM = "t.unit, t.staff_kind, t.status", "t.name, t.kind, t.status"
CAR = "t.plate_no, t.vehicle_kind, t.status"
DRAWS = "(m.covered = '是' OR m.id_number = m.head_id)"
FACTS = (
    facts("D01", "cremations", "t.died_on", "true"),
    facts("D01", "death_certificates", "t.died_on", "true"),
    facts("D01", "household_registry", "coalesce(t.died_on, t.cancelled_on)", "t.status = '死亡注销'"),
    facts("D01", "pensions", "last_day(t.to_month)", "contains(t.stop_reason, '死亡')"),
    facts("K01", "fiscal_staff", "t.from_month", DRAWS, "t.to_month", LAWFUL_PAY, PAYROLL),
    facts("E01", "enterprises", "t.established_on", "true", "t.ended_on", LAWFUL_FIRM, FIRM),
    facts("V01", "vehicles", "t.registered_on", "true", "", LAWFUL_CAR, CAR),
)
CLUES = f"""
CREATE TABLE facts AS SELECT f.*, CASE WHEN state = 'identified' THEN 'E'
    WHEN own = called THEN CASE WHEN mended OR state <> 'valid' THEN 'C' ELSE 'A' END
    WHEN same_name(own, called) OR EXISTS (FROM registered r WHERE r.id_number = f.id_number
      AND own IN (r.name, r.former_name) AND called IN (r.name, r.former_name)) THEN 'B'
    ELSE 'D' END AS grade FROM ({" UNION ALL ".join(FACTS)}) f;
CREATE TABLE merged AS  -- a rule and member: the best identity and, of its facts, the earliest that is not harmless
SELECT rule, member, coalesce(min(grade) FILTER (grade <> 'D'), 'D') AS identity_grade,
  string_agg(DISTINCT words, '；') FILTER (harmless IS NULL AND grade <> 'D' AND words <> '') AS words,
  arg_min({{harmless: harmless, until: until, day: event_on}}, (grade = 'D', harmless IS NOT NULL, event_on)) AS best,
  coalesce(min(event_on) FILTER (grade <> 'D' AND register IN ('cremations', 'death_certificates')),
    struct_extract(best, 'day')) AS event_on,
  list({{register: register, file: _file, sheet: _sheet, row: _row, line: line,
    seen: concat_ws(' ', called, event_on, words)}}) AS seen
FROM facts GROUP BY rule, member;
CREATE TABLE clues AS WITH months AS (  -- what was paid to the household after the fact, and late for the time before
  SELECT rule, member, count(*) FILTER (after) AS months, min(for_month) FILTER (after) AS first_month,
    max(for_month) FILTER (after) AS last_month, sum(gross) FILTER (after) AS gross,
    sum(amount) FILTER (after) AS amount, sum(amount / heads) FILTER (after) AS share,
    count(*) FILTER (after AND amount > 0) AS kept, count(*) FILTER (after AND not_grace) AS after_grace,
    max(heads) FILTER (after) AS heads_after, max(heads) FILTER (NOT after) AS heads_before,
    bool_or(paid_on > event_on) FILTER (NOT after) AS late,
    bool_or(arrears AND paid_on > event_on) FILTER (NOT after) AS arrears
  FROM (SELECT rule, member, c.event_on, p.*, coalesce(p.for_month > m.grace_until, true) AS not_grace,
      p.for_month > month_start(c.event_on) AND (best.until IS NULL OR p.for_month <= best.until) AS after
    FROM merged c JOIN members m USING (member) JOIN paid p USING (case_key)) GROUP BY ALL)
SELECT c.*, m.*, coalesce(months, 0) AS months, first_month, last_month, c.rule = 'D01' AND persons > 1 AS shared,
  CASE WHEN c.rule <> 'D01' THEN c.rule
    WHEN m.approved_on > c.event_on AND m.start_month > month_start(c.event_on) THEN 'D03'
    WHEN shared AND m.id_number <> m.head_id THEN 'D02' ELSE 'D01' END AS rule_code,
  greatest(coalesce(gross, 0), 0) AS amount_upper,
  greatest(coalesce(CASE WHEN shared THEN share ELSE amount END, 0), 0) AS amount_estimate,
  CASE WHEN identity_grade = 'D' OR (c.rule = 'D01' AND r.status = '恢复') THEN 'R07'
    WHEN best.harmless IS NOT NULL THEN best.harmless
    WHEN c.rule <> 'D01' AND (m.alone = '是' OR (anyone_alone AND m.covered = '否')) THEN 'R17'
    WHEN coalesce(kept, 0) = 0 THEN CASE WHEN months > 0 THEN 'R23' WHEN arrears THEN 'R03' ELSE 'R02' END
    WHEN c.rule <> 'D01' AND after_grace = 0 THEN 'R18'
    WHEN shared AND (heads_after < greatest(heads_before, marked) OR (m.covered = '否' AND heads_after <= m.heads))
      THEN 'R04' ELSE '' END AS exemption_code
FROM merged c JOIN members m USING (member) LEFT JOIN months USING (rule, member)
LEFT JOIN (SELECT id_number, max(status) AS status FROM registered GROUP BY ALL) r USING (id_number)
WHERE months > 0 OR (c.rule = 'D01' AND late)
QUALIFY row_number() OVER (PARTITION BY rule_code, case_key, m.id_number ORDER BY exemption_code) = 1;
"""

# ---- ranking
# What a rule says, and the share of its clues that visits confirm where nothing is filtered (field practice of 2017).
RULES = """(VALUES ('D01', '死亡后仍领取', 0.38), ('D02', '死亡成员未核减', 0.38), ('D03', '死亡后新审批', 0.38),
  ('K01', '财政供养人员领取', 0.15), ('V01', '名下有机动车', 0.10), ('E01', '名下有市场主体', 0.07))
  r(rule_code, says, prior)"""
MEANS = {  # what the registers know of a household: value, table, condition
    "cars": "owner_id, price FROM vehicles WHERE status = '正常'",
    "floor_area": "owner_id, area * share_pct / 100 FROM properties WHERE use <> '宅基地'",
    "firms": "legal_rep_id, capital FROM enterprises WHERE status = '存续'",
    "roles": "id_number, 1 FROM enterprise_roles WHERE role <> '成员'",
    "wages": "id_number, base FROM social_insurance WHERE kind = '单位职工' AND to_month IS NULL",
    "pension": "id_number, monthly FROM pensions WHERE kind <> '城乡居民' AND to_month IS NULL",
    "fund": "id_number, base FROM housing_fund WHERE status = '正常'",
    "illness": "id_number, self_paid FROM medical_expenses",
    "disability": "cert_no, 5 - level FROM disabilities",
    "poverty": "id_number, 1 FROM poverty_register WHERE status <> '已脱贫'",
}
FEATURES = f"""
WITH means(measure, id_number, value) AS ({" UNION ALL ".join(f"SELECT '{k}', {v}" for k, v in MEANS.items())})
SELECT m.case_key, any_value(heads) AS heads, any_value(persons) AS persons,
  any_value(monthly_amount)::DOUBLE / any_value(heads) AS a_head, epoch(min(approved_on)) / 86400 AS approved_on,
  count(DISTINCT m.id_number) FILTER (account_name <> m.name) AS other_account, any_value(clues) AS clues,
  any_value(amount) AS amount, {", ".join(f"ln(1 + sum(value) FILTER (measure = '{k}'))::DOUBLE AS {k}" for k in MEANS)}
FROM members m LEFT JOIN means USING (id_number)
LEFT JOIN (SELECT case_key, count(*) AS clues, sum(amount_estimate)::DOUBLE AS amount FROM clues
  WHERE exemption_code = '' GROUP BY ALL) USING (case_key) GROUP BY ALL ORDER BY ALL"""
OUTPUT = f"""
SELECT CASE WHEN dispatched = '是' THEN row_number() OVER (PARTITION BY dispatched ORDER BY score DESC, clue_id) END
  AS rank, * FROM (SELECT 'C' || left(sha256(concat_ws('|', rule_code, id_number, case_key, event_on)), 16) AS clue_id,
    'H' || left(sha256(case_key), 16) AS case_id, rule_code, id_number AS subject_id, name AS subject_name, household_no,
    program, county_code, town, village, identity_grade, event_on, first_month, last_month, months, amount_upper,
    round(amount_estimate, 2) AS amount_estimate, exemption_code, if(exemption_code = '', '是', '否') AS dispatched,
    round(least(1, 2 * prior * anomaly), 4) AS score, round(a.anomaly, 4) AS anomaly,
    format('{{}}：{{}}，{{}}{{}}；其后领取{{}}{{}}个月，涉及{{:.2f}}元。', says, name, event_on::VARCHAR,
      coalesce('，' || words, ''), program, months, amount_estimate::DOUBLE) AS explanation,
    format('规则先验{{:.2f}}；家庭异常度{{:.2f}}；身份等级{{}}', prior::DOUBLE, a.anomaly, identity_grade) AS reasons,
    list_transform(seen, lambda s: {{'数据集': s.register, '文件': f[s.file + 1].name, '工作表': s.sheet,
      '行': coalesce(s.row, s.line - f[s.file + 1].first_rowid + 2), '数据截止日期': f[s.file + 1].extract_date,
      '所见': s.seen}})::JSON::VARCHAR AS evidence
  FROM clues JOIN anomaly a USING (case_key) JOIN {RULES} USING (rule_code),
    (SELECT list(files ORDER BY _file) AS f FROM files))
ORDER BY rank NULLS LAST, score DESC, clue_id"""


def rank(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the clue table: dispatched clues first, by the prior of their rule times the anomaly of their case."""
    cases = db.sql(FEATURES).pl()
    values = cases.drop("case_key").fill_null(0).to_numpy().astype(np.float32)
    forest = IsolationForest(n_estimators=200, random_state=0).fit(values)
    db.register("anomaly", cases.select("case_key", anomaly=-forest.score_samples(values)))
    return db.sql(OUTPUT).pl()


def write(clues: pl.DataFrame, out: Path) -> None:
    """Write clues.csv with a byte-order mark, and one workbook a county with its dispatched clues."""
    clues.write_csv(out / "clues.csv", include_bom=True)
    for (county,), part in clues.filter(pl.col("dispatched") == "是").group_by("county_code", maintain_order=True):
        part.write_excel(out / f"线索_{county}.xlsx", "问题线索清单", freeze_panes=(1, 0))


def main() -> None:
    """Read the delivery, find, rank and write the clues, and say how long each step took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("delivery", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--memory-limit", default="2GB", help="of DuckDB's buffers; more is spilled to disk")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    arguments.out.mkdir(parents=True, exist_ok=True)
    scratch = tempfile.TemporaryDirectory(dir=arguments.out)
    settings = {"threads": 2, "memory_limit": arguments.memory_limit}
    with scratch as folder, duckdb.connect(Path(folder) / "work.duckdb", config=settings) as db:
        db.execute(MACROS)
        files = timed("verify", read_manifest, arguments.delivery, arguments.as_of)
        timed("load", load, db, files, Path(folder))
        timed("quality", report_quality, db)
        timed("people", db.execute, PEOPLE)
        timed("rules", db.execute, CLUES)
        clues = timed("rank", rank, db)
        timed("write", write, clues, arguments.out)
    log.info("%d clues, %d dispatched", len(clues), (clues["dispatched"] == "是").sum())
    log.info("seconds: %s; total %.1f", ", ".join(f"{k} {v:.1f}" for k, v in SECONDS.items()), sum(SECONDS.values()))


if __name__ == "__main__":
    main()
