"""The five commonest rules over one delivery, as a plain PySpark script on a local Spark.

The yardstick for what the pipeline costs on Spark: the same raw files, the rules D01, D02 (with D03), K01, E01 and V01, and one
ranked list, written the way a good Spark engineer would in a day. Left out on purpose: the registers that these rules do not ask,
quarantine, quality, incremental loads, lineage, masking, kinship, strangeness, workbooks, feedback.

    python benchmarks/pyspark_script.py DELIVERY --out OUT --as-of 2017-12-31
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections import defaultdict
from datetime import date
from functools import reduce
from pathlib import Path

import fastexcel
import polars as pl
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.yardstick import LAWFUL_FIRM, LAWFUL_PAY, MATCHED, NOT_DATA, Delivered, find_header, log, read_manifest
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DataSet, Field, Kind, plain_header

SETTINGS = {
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.legacy.javaCharsets": "true",  # GB18030
    "spark.ui.enabled": "false",
}
USED = (*MATCHED, "payments")


# ---- cells
def cell(raw: Column) -> Column:
    """Trimmed text, null where nothing is left."""
    text = F.regexp_replace(raw, r"^[\s\u3000\u00a0\u200b\ufeff']+|[\s\u3000\u00a0\u200b\ufeff']+$", "")
    return F.when(text != "", text)


def with_number(rows: DataFrame, name: str) -> DataFrame:
    """18 characters in the column, and in `firm` whether the last is the check digit; a number of 15 digits is written in full.

    Column by column: what one expression needs seventeen times is computed once.
    """
    text = F.regexp_replace(F.translate(F.upper(name), "０１２３４５６７８９ＸⅩⅹ×Х＊", "0123456789XXXXX*"), "[^0-9A-Z*]", "")
    rows = rows.withColumn("_text", text)
    full = F.concat(F.substring("_text", 1, 6), F.lit("19"), F.substring("_text", 7, 9))
    rows = rows.withColumn("_body", F.when(F.length("_text") == 15, full).otherwise(F.substring("_text", 1, 17)))
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = reduce(Column.__add__, (F.substring("_body", i, 1).try_cast("int") * weight for i, weight in enumerate(weights, 1)))
    rows = rows.withColumn("_digit", F.substring(F.lit("10X98765432"), total % 11 + 1, 1))
    number = F.when(F.length("_text") == 15, F.concat("_body", "_digit")).when(
        F.length("_text") >= 18, F.substring("_text", 1, 18)
    )
    is_firm = (F.length("_text") == 18) & (F.substring("_text", 18, 1) == F.col("_digit"))
    return rows.withColumns({name: number, "firm": F.coalesce(is_firm, F.lit(False))}).drop("_text", "_body", "_digit")


def day(text: Column) -> Column:
    parts = [F.regexp_extract(text, r"^((?:19|20)\d\d)\D?(\d{1,2})\D?(\d{1,2})", i).try_cast("int") for i in (1, 2, 3)]
    serial = F.date_add(F.lit("1899-12-30").cast("date"), text.try_cast("int"))
    return F.when(text.rlike(r"^\d{5}$"), serial).otherwise(F.try_make_timestamp(*parts, *[F.lit(0)] * 3).cast("date"))


def month(text: Column) -> Column:
    parts = [F.regexp_extract(text, r"^((?:19|20)\d\d)\D?(\d{1,2})", i).try_cast("int") for i in (1, 2)]
    first = F.try_make_timestamp(*parts, F.lit(1), *[F.lit(0)] * 3).cast("date")
    return F.when(text.rlike(r"^\d{5}$"), F.trunc(day(text), "month")).otherwise(first)


def figure(text: Column) -> Column:
    times = F.when(text.contains("万"), 10000).otherwise(1)
    return F.regexp_replace(text, r"[,，元万¥￥%\s]", "").try_cast("decimal(18,6)") * times


def typed(field: Field, text: Column, header: str) -> Column:
    if field.kind is Kind.NAME:
        return F.regexp_replace(F.regexp_replace(text, r"[\s\u3000·•・．.]|[(（].*?[)）]", ""), "[?？□%]", "_")
    if field.kind is Kind.DATE:
        return day(text)
    if field.kind is Kind.MONTH:
        return month(text)
    if field.kind in (Kind.YUAN, Kind.WAN_YUAN):
        is_wan = field.kind is Kind.WAN_YUAN or "万元" in header
        return (figure(text) * F.when(~text.contains("万"), 10000 if is_wan else 1).otherwise(1)).try_cast("decimal(16,2)")
    if field.kind is Kind.INTEGER:
        return figure(text).cast("int")
    if field.values == ("是", "否"):
        return F.when(F.upper(text).isin("是", "√", "1", "Y"), "是").when(F.upper(text).isin("否", "×", "0", "N"), "否")
    return text


# ---- files
def fitted(data_set: DataSet, header: list[str], rows: DataFrame) -> DataFrame:
    """Typed fields of rows whose columns are c0, c1 …, and the file that they are from."""
    at = {name: i for i, h in reversed([*enumerate(header)]) if (name := data_set.headers.get(plain_header(h)))}
    columns = [
        (typed(f, cell(F.col(f"c{at[f.name]}")), header[at[f.name]]) if f.name in at else typed(f, F.lit(None).cast("string"), ""))
        .alias(f.name)
        for f in data_set.fields
    ]  # fmt: skip
    return rows.select(*columns, F.col("file"))


def read_texts(spark: SparkSession, data_set: DataSet, files: list[Delivered]) -> list[DataFrame]:
    """The delimited files, those of one form together."""
    forms: dict[tuple[str, str, tuple[str, ...]], list[str]] = defaultdict(list)
    for d in files:
        line = d.path.open("rb").readline()
        encoding = "UTF-8" if "\ufffd" not in line.decode(errors="replace") else "GB18030"
        text = line.decode(encoding).lstrip("\ufeff").rstrip("\r\n")
        separator = "\t" if text.count("\t") > text.count(",") else ","
        forms[encoding, separator, tuple(h.strip('"') for h in text.split(separator))].append(str(d.path))
    frames = []
    for (encoding, separator, header), paths in forms.items():
        schema = StructType([StructField(name, StringType()) for name in header])
        options = {"sep": separator, "encoding": encoding, "header": True, "escape": '"'}
        rows = spark.read.schema(schema).options(**options).csv(paths).toDF(*(f"c{i}" for i in range(len(header))))
        rows = rows.withColumn("file", F.input_file_name())
        frames.append(fitted(data_set, [*header], rows))
    return frames


def read_workbook(spark: SparkSession, data_set: DataSet, d: Delivered) -> list[DataFrame]:
    """Every sheet of the workbook, without title, subtotal and note rows."""
    workbook, frames = fastexcel.read_excel(d.path), []
    for sheet in workbook.sheet_names:
        cells = workbook.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
        if not cells.is_empty():
            at, header = find_header(cells.head(10).rows(), data_set)
            first = pl.coalesce(pl.all())
            rows = cells[at + 1 :].filter(first.is_not_null() & ~first.str.contains(NOT_DATA))
            rows.columns = [f"c{i}" for i in range(len(rows.columns))]
            frames.append(fitted(data_set, header, spark.createDataFrame(rows.with_columns(file=pl.lit(d.name)).to_arrow())))
    return frames


def keep(rows: DataFrame, name: str) -> None:
    """The rows as a view, computed now: `cache` would leave in every later plan all the plans that it rests on."""
    rows.localCheckpoint().createOrReplaceTempView(name)


def load(spark: SparkSession, files: list[Delivered]) -> None:
    """A view for each data set that the rules ask."""
    for code in USED:
        data_set = DATA_SETS[code]
        ours = [d for d in files if d.data_set is data_set]
        books = [d for d in ours if d.path.suffix.lower() == ".xlsx"]
        frames = read_texts(spark, data_set, [d for d in ours if d not in books])
        frames += [frame for d in books for frame in read_workbook(spark, data_set, d)]
        rows = reduce(DataFrame.unionByName, frames)
        for number in ("head_id", MATCHED[code][0]) if code == "dibao_roster" else MATCHED.get(code, ())[:1]:
            rows = with_number(rows, number)
        keep(rows, code)


# ---- persons and households
WRITTEN = " UNION ALL ".join(
    f"SELECT {number} AS written, {name} AS name FROM {table}" for table, (number, name) in MATCHED.items()
)
SAME_NAME = "(own = called OR (own LIKE '%\\\\_%' AND called LIKE own) OR (called LIKE '%\\\\_%' AND own LIKE called))"
PEOPLE = {
    "registered": """SELECT id_number, name, max(former_name) AS former_name, max(status) AS status
      FROM household_registry WHERE firm GROUP BY id_number, name""",
    # a number that the registry does not know is that of the one person of that name whose number differs by a typo
    "repair": f"""SELECT w.written, w.name, min(r.id_number) AS id_number
      FROM (SELECT DISTINCT w.* FROM ({WRITTEN}) w ANTI JOIN registered r ON r.id_number = w.written) w
      JOIN registered r ON r.name = w.name AND (levenshtein(r.id_number, w.written) <= 2
        OR left(r.id_number, 14) = left(w.written, 14))
      GROUP BY w.written, w.name HAVING count(DISTINCT r.id_number) = 1""",
    "members": """WITH roster AS (
        SELECT county_code, household_no, program, head_id, name, id_number, firm, covered, single_person_cover AS alone,
          approved_on, start_month, grace_until, greatest(covered_heads, 1) AS heads, declared_assets FROM dibao_roster
        UNION ALL SELECT county_code, tekun_no, program, id_number, name, id_number, firm, '是', '否', approved_on,
          start_month, NULL, 1, NULL FROM tekun_roster)
      SELECT county_code, r.household_no, program, head_id, r.name, coalesce(p.id_number, r.id_number) AS id_number,
        p.id_number IS NOT NULL OR NOT firm AS repaired, covered, alone, approved_on, start_month, grace_until, heads,
        declared_assets, concat(county_code, '/', household_no) AS case_key, count(*) OVER household AS persons,
        count_if(covered = '是') OVER household AS marked, bool_or(alone = '是') OVER household AS anyone_alone
      FROM roster r LEFT JOIN repair p ON p.written = r.id_number AND p.name = r.name
      WINDOW household AS (PARTITION BY county_code, household_no)""",
    "paid": """SELECT concat(county_code, '/', household_no) AS case_key, for_month,
        sum(amount) FILTER (WHERE program <> '价格补贴') AS amount, sum(amount) FILTER (WHERE kind <> '退回') AS gross,
        greatest(max(heads) FILTER (WHERE kind <> '退回'), 1) AS heads, max(paid_on) AS paid_on, bool_or(kind = '补发') AS arrears
      FROM payments WHERE household_no IS NOT NULL AND program <> '丧葬补助' GROUP BY ALL""",
}


# ---- rules
def facts(rule: str, register: str, event: str, where: str = "true", until: str = "NULL", lawful: str = "NULL") -> str:
    """What a register says of roster members: from when until when, and why it is harmless if it is."""
    number, name = MATCHED[register]
    return f"""SELECT '{rule}' AS rule, m.case_key, m.id_number, {event} AS event_on, CAST({until} AS DATE) AS until,
        CAST({lawful} AS STRING) AS harmless, t.{name} AS called, m.name AS own, t.file,
        p.id_number IS NOT NULL OR m.repaired OR NOT t.firm AS mended, false AS by_name, '{register}' AS register
      FROM {register} t LEFT JOIN repair p ON p.written = t.{number} AND p.name = t.{name}
      JOIN members m ON m.id_number = coalesce(p.id_number, t.{number}) WHERE {event} IS NOT NULL AND {where}"""


def deaths_by_name(register: str, is_same: str) -> str:
    """A death without a number is the one registered person of its name, sex, place and age or birth date."""
    return f"""SELECT 'D01', m.case_key, m.id_number, t.died_on, NULL, NULL, t.name, m.name, t.file, false, true, '{register}'
      FROM (SELECT t.name, t.died_on, t.file, min(r.id_number) AS id_number FROM {register} t
        JOIN household_registry r ON r.name = t.name AND r.sex = t.sex AND contains(t.address, r.village) AND r.firm AND {is_same}
        WHERE t.id_number IS NULL GROUP BY t.name, t.died_on, t.address, t.file HAVING count(DISTINCT r.id_number) = 1) t
      JOIN members m USING (id_number)"""


LAWFUL_CAR = """CASE WHEN t.status <> '正常' THEN 'R10' WHEN t.plate_kind = '残疾人专用车' THEN 'R09'
  WHEN t.plate_kind NOT IN ('小型汽车', '大型汽车') OR t.vehicle_kind RLIKE '摩托|三轮' THEN 'R11'
  WHEN m.declared_assets RLIKE '轿车|汽车|货车|客车|面包车' THEN 'R25' END"""
FACTS = (
    facts("D01", "cremations", "t.died_on"),
    facts("D01", "death_certificates", "t.died_on"),
    facts("D01", "household_registry", "coalesce(t.died_on, t.cancelled_on)", "t.status = '死亡注销'"),
    facts("D01", "pensions", "last_day(t.to_month)", "contains(t.stop_reason, '死亡')"),
    deaths_by_name("cremations", "abs(year(t.died_on) - year(r.born_on) - t.age) <= 1"),
    deaths_by_name("death_certificates", "r.born_on = t.born_on"),
    facts("K01", "fiscal_staff", "t.from_month", "(m.covered = '是' OR m.id_number = m.head_id)", "t.to_month", LAWFUL_PAY),
    facts("E01", "enterprises", "t.established_on", "true", "t.ended_on", LAWFUL_FIRM),
    facts("V01", "vehicles", "t.registered_on", "true", "NULL", LAWFUL_CAR),
)
RULES = {
    "graded": f"""SELECT f.*, CASE WHEN by_name THEN 'E' WHEN own = called THEN if(mended, 'C', 'A')
        WHEN {SAME_NAME} OR r.id_number IS NOT NULL THEN 'B' ELSE 'D' END AS grade
      FROM ({" UNION ALL ".join(FACTS)}) f LEFT JOIN registered r ON r.id_number = f.id_number
        AND own IN (r.name, r.former_name) AND called IN (r.name, r.former_name)""",
    # a rule and member: the best identity and, of its facts, the earliest that is not harmless
    "merged": """SELECT rule, case_key, id_number, coalesce(min(grade) FILTER (WHERE grade <> 'D'), 'D') AS identity_grade,
        min_by(struct(harmless, until, event_on), struct(grade = 'D', harmless IS NOT NULL, event_on)) AS best,
        min(event_on) FILTER (WHERE grade <> 'D' AND register IN ('cremations', 'death_certificates')) AS died_on,
        array_join(array_sort(collect_set(concat_ws(' ', register, file, event_on))), '; ') AS evidence
      FROM graded GROUP BY rule, case_key, id_number""",
    "dated": "SELECT *, coalesce(died_on, best.event_on) AS event_on FROM merged",
    # what was paid to the household after the fact, and late for the time before
    "spans": """SELECT rule, case_key, id_number, count_if(after) AS months, min(for_month) FILTER (WHERE after) AS first_month,
        max(for_month) FILTER (WHERE after) AS last_month, sum(amount) FILTER (WHERE after) AS amount,
        sum(gross) FILTER (WHERE after) AS gross, sum(amount / heads) FILTER (WHERE after) AS share,
        count_if(after AND amount > 0) AS kept, count_if(after AND coalesce(for_month > grace_until, true)) AS after_grace,
        max(heads) FILTER (WHERE after) AS heads_after, max(heads) FILTER (WHERE NOT after) AS heads_before,
        bool_or(paid_on > event_on) FILTER (WHERE NOT after) AS late,
        bool_or(arrears AND paid_on > event_on) FILTER (WHERE NOT after) AS arrears
      FROM (SELECT d.rule, m.id_number, d.event_on, m.grace_until, p.*,
          p.for_month > trunc(d.event_on, 'month') AND (best.until IS NULL OR p.for_month <= best.until) AS after
        FROM dated d JOIN members m USING (case_key, id_number) JOIN paid p USING (case_key)) GROUP BY ALL""",
    "clues": """SELECT *, CASE rule_code WHEN 'D01' THEN 0.38 WHEN 'D02' THEN 0.38 WHEN 'D03' THEN 0.38 WHEN 'K01' THEN 0.15
          WHEN 'V01' THEN 0.10 ELSE 0.07 END AS prior
      FROM (SELECT CASE WHEN rule <> 'D01' THEN rule
            WHEN approved_on > event_on AND start_month > trunc(event_on, 'month') THEN 'D03'
            WHEN persons > 1 AND id_number <> head_id THEN 'D02' ELSE 'D01' END AS rule_code,
          case_key, county_code, household_no, id_number AS subject_id, name AS subject_name, program, identity_grade, event_on,
          first_month, last_month, months, round(greatest(coalesce(gross, 0), 0), 2) AS amount_upper,
          round(greatest(coalesce(if(rule = 'D01' AND persons > 1, share, amount), 0), 0), 2) AS amount_estimate,
          CASE WHEN identity_grade = 'D' OR (rule = 'D01' AND status = '恢复') THEN 'R07'
            WHEN best.harmless IS NOT NULL THEN best.harmless
            WHEN rule <> 'D01' AND (alone = '是' OR (anyone_alone AND covered = '否')) THEN 'R17'
            WHEN coalesce(kept, 0) = 0 THEN CASE WHEN months > 0 THEN 'R23' WHEN arrears THEN 'R03' ELSE 'R02' END
            WHEN rule <> 'D01' AND after_grace = 0 THEN 'R18'
            WHEN rule = 'D01' AND persons > 1 AND (heads_after < greatest(heads_before, marked)
              OR (covered = '否' AND heads_after <= heads)) THEN 'R04' ELSE '' END AS exemption_code, evidence
        FROM dated JOIN members USING (case_key, id_number) JOIN spans USING (rule, case_key, id_number)
        LEFT JOIN (SELECT id_number, max(status) AS status FROM registered GROUP BY id_number) USING (id_number)
        WHERE months > 0 OR (rule = 'D01' AND late))""",
}
LIST = """SELECT row_number() OVER (ORDER BY exemption_code <> '', prior * ln(10 + amount_estimate) DESC, rule_code, case_key,
  subject_id) AS rank, * FROM (SELECT DISTINCT * FROM clues) ORDER BY rank"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("delivery", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--master", default="local[2]")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    builder = SparkSession.builder.master(given.master).appName("five rules")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    load(spark, read_manifest(given.delivery, given.as_of))
    for name, query in (PEOPLE | RULES).items():
        keep(spark.sql(query), name)
    given.out.mkdir(parents=True, exist_ok=True)
    clues = spark.sql(LIST).toPandas()
    clues.to_csv(given.out / "clues.csv", index=False, encoding="utf-8-sig")
    log.info("%d clues, %d dispatched", len(clues), (clues["exemption_code"] == "").sum())
    spark.stop()


if __name__ == "__main__":
    main()
