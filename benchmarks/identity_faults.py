"""What equal numbers and what the linkage find, fault by fault, where the truth of each record is known (synthetic data).

python -m benchmarks.identity_faults DELIVERY [--records 300] [--seed 7] [--rosters] [--json FILE]

Registered people get a record each, in one file a fault; the files follow DELIVERY into a temporary lake.
Recall: tied to the true person / records that mean somebody. Precision: tied to the true person / tied.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import polars_hash as plh
from pyspark.sql import functions as F
from rich.console import Console
from rich.table import Table

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import ALIASES, FILES, LINKS
from expectations.contracts.model import ORIGIN
from jobs.cells.names import may_be_same, read_names
from jobs.cells.person_numbers import VALID, check_character, read_numbers
from jobs.delivery.manifest import read_manifest
from jobs.delivery.survey import FILE_ID_LENGTH
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.start import open_run
from jobs.link_people import job as link_people
from jobs.registers.references import REGISTRY
from jobs.runtime.arrow import on_driver
from jobs.runtime.session import EMBEDDED
from jobs.standardise import job as standardise
from models.linkage.columns import sound_of
from simulation.delivery_files import MANIFEST, MANIFEST_HEADER
from simulation.places import COUNTIES

REGISTERS = NUMBERED, DEATHS, CREMATIONS, DISABLED = "social_insurance", "death_certificates", "cremations", "disabilities"
METHODS, GRADES = ("equal number", "equal number and name", "ours"), ("A", "B", "C", "E")
AREA = "420298"
"""Never assigned: files of this area replace none of the delivery's."""
HOME = ("county_code", "town", "village")
AT = ["register", "_file_id", "_row"]
KEYS = ("number_key", "name_key")
PID = pl.concat_str(KEYS, separator="|").alias("pid")
NUMBER, NAME, DAY, DICE = pl.col("number"), pl.col("name"), pl.col("born_on").dt.day(), pl.col("dice")
SIMPLE = "张陈刘杨赵黄吴孙马罗郑谢许冯韩邓萧蒋叶苏吕卢钟谭陆韦贾邹龙贺龚万钱严顾费鲁纪国华兴义庆贵银顺继维兰凤云军杰涛飞伟强刚凯鹏轩丽静红爱荣"
FULL = "張陳劉楊趙黃吳孫馬羅鄭謝許馮韓鄧蕭蔣葉蘇呂盧鍾譚陸韋賈鄒龍賀龔萬錢嚴顧費魯紀國華興義慶貴銀順繼維蘭鳳雲軍傑濤飛偉強剛凱鵬軒麗靜紅愛榮"


@dataclass(frozen=True)
class Fault:
    """What a record of the register says otherwise than the registry. unheard_of: columns that must fit nobody registered."""

    title: str
    register: str = NUMBERED
    changes: dict[str, pl.Expr] = field(default_factory=dict)
    unheard_of: tuple[str, ...] = ()
    is_nobody: bool = False


def _edited(text: pl.Expr, at: pl.Expr | int, cut: int, put: pl.Expr) -> pl.Expr:
    return pl.concat_str(text.str.head(at), put, text.str.slice(at + cut))


def _wrong_digit(text: pl.Expr, length: int) -> pl.Expr:
    digit = text.str.slice(DICE % length, 1).cast(pl.Int64)
    return _edited(text, DICE % length, 1, ((digit + 1 + DICE // 17 % 9) % 10).cast(pl.String))


def _renumbered(text: pl.Expr) -> pl.Expr:
    """The same division, birthday and sex, another sequence."""
    sequence = (text.str.slice(14, 3).cast(pl.Int64) + 2 * (1 + DICE % 498)) % 1000
    first17 = pl.concat_str(text.str.head(14), sequence.cast(pl.String).str.zfill(3))
    return first17.map_elements(lambda stem: stem + check_character(stem), return_dtype=pl.String)


def faults(letters: pl.Series) -> tuple[Fault, ...]:
    """Every fault. letters: those of the registered names, of which like-sounding names are made."""
    by_sound: dict[str, list[str]] = {}
    for letter in letters.sort():
        by_sound.setdefault(sound_of(letter), []).append(letter)
    alike = {letter: group[i - 1] for group in by_sound.values() for i, letter in enumerate(group)}
    at, in_name, either = DICE % 17, 1 + DICE % (NAME.str.len_chars() - 1).clip(1), DICE // 17 % 2 == 0
    short = pl.when(NUMBER.str.contains("^.{6}19.{6}(?:[0-8]|9[0-8]|99[0-5])")).then(
        _edited(NUMBER.str.head(17), 6, 2, pl.lit(""))
    )
    digits = pl.when(NUMBER.str.contains("^[0-9]+$")).then(NUMBER)
    wrong, none = {"number": _wrong_digit(NUMBER, 17)}, {"number": pl.lit("")}
    gap = {"name": _edited(NAME, in_name, 1, pl.when(either).then(pl.lit("?")).otherwise(pl.lit("□")))}
    dots = NAME.str.replace("·", pl.when(either).then(pl.lit("•")).otherwise(pl.lit("")))
    alike_name = _edited(NAME, in_name, 1, NAME.str.slice(in_name, 1).replace(alike))
    other_day = pl.col("born_on").dt.replace(day=pl.when(DAY > 10).then(DAY - 10).otherwise(DAY + 10))
    new, other_birth = {"number": _renumbered(NUMBER)}, {**none, "born_on": pl.col("other_born_on")}
    anothers = {"number": pl.when(pl.col("other_name") != NAME).then("other_number")}
    in_pinyin = _edited(NAME, in_name, 1, NAME.str.slice(in_name, 1).replace({letter: sound_of(letter) for letter in letters}))
    certificate, cut = pl.concat_str(NUMBER, pl.lit("42")), pl.concat_str(NUMBER.str.head(15), pl.lit("00000"))
    elsewhere = {**other_birth, **{column: pl.col(f"other_{column}") for column in HOME}}
    return (
        Fault("none"),
        Fault("15 digits", changes={"number": short}),
        Fault("15 digits, one wrong", changes={"number": _wrong_digit(short, 15)}),
        Fault("one wrong digit", changes=wrong),
        Fault("two neighbours swapped", changes={"number": _edited(NUMBER, at, 2, NUMBER.str.slice(at, 2).str.reverse())}),
        Fault("one digit missing", changes={"number": _edited(NUMBER, at, 1, pl.lit(""))}),
        Fault("one digit too many", changes={"number": _edited(NUMBER, at, 0, (DICE // 17 % 10).cast(pl.String))}),
        Fault("spreadsheet: last three 000", changes={"number": _edited(digits, 15, 3, pl.lit("000"))}),
        Fault("float: last two wrong", changes={"number": digits.cast(pl.Float64).cast(pl.Int64).cast(pl.String)}),
        Fault("middle masked", changes={"number": _edited(NUMBER, 6, 8, pl.lit("*" * 8))}),
        Fault("another's number", changes=anothers),
        Fault("another's number; birth", DEATHS, anothers),
        Fault("name with ? or □", changes=gap),
        Fault("traditional characters", changes={"name": NAME.str.replace_many(list(SIMPLE), list(FULL))}),
        Fault("a character in pinyin", changes={"name": in_pinyin}),
        Fault("middle dot missing or other", changes={"name": dots}),
        Fault("former name", changes={"name": pl.coalesce("former_name", "name")}),
        Fault("certificate's number", changes={"number": certificate}),
        Fault("certificate", DISABLED),
        Fault("certificate, one wrong digit", DISABLED, wrong),
        Fault("certificate, one digit missing", DISABLED, {"number": _edited(NUMBER, at, 1, pl.lit(""))}),
        Fault("certificate: last five 00000", DISABLED, {"number": cut}),
        Fault("wrong digit, name with ? or □", changes=wrong | gap),
        Fault("new number", changes=new, unheard_of=("number",)),
        Fault("new number; birth", DEATHS, new, ("number",)),
        Fault("no number; birth", DEATHS, none),
        Fault("no number; age", CREMATIONS, none),
        Fault("no number; birth day mistyped", DEATHS, {**none, "born_on": other_day}),
        Fault("no number; name sounds alike", DEATHS, {**none, "name": alike_name}),
        Fault("stranger with number", NUMBERED, {"number": _renumbered(pl.col("other_number"))}, ("number",), is_nobody=True),
        Fault("stranger; birth", DEATHS, elsewhere, ("name", "born_on"), is_nobody=True),
        Fault("stranger; age", CREMATIONS, elsewhere, ("name", "born_on"), is_nobody=True),
        Fault("village's namesake; birth", DEATHS, other_birth, ("name", "born_on"), is_nobody=True),
        Fault("village's namesake; age", CREMATIONS, other_birth, ("name", "born_on"), is_nobody=True),
    )


def people_of(ctx: RunContext) -> pl.DataFrame:
    """Everyone registered under a number: texts and keys, one row a number and name, `pid` both keys in one."""
    accepted = (
        ctx.lake.read(FILES).filter((F.col("status") == "accepted") & (F.col("data_set") == REGISTRY)).collect()
    )  # some files
    bronze = ctx.lake.read(DATA_SETS[REGISTRY].bronze)
    typed = standardise.standardise(DATA_SETS[REGISTRY], bronze, [file["file_id"] for file in accepted], ctx.key)
    texts = on_driver(bronze.select(*ORIGIN, "id_number", "name", "former_name"))
    rows = on_driver(typed.dropna(subset=["person_key", "name_key"])).join(texts, on=ORIGIN, nulls_equal=True)
    rows = rows.with_columns(read_names(rows["name"]), read_names(rows["former_name"]), number=read_numbers(rows["id_number"])[0])
    rows = rows.rename({"person_key": "number_key"}).with_columns(PID)
    return rows.sort(pl.col("status") != "正常", *ORIGIN).unique("pid", keep="first", maintain_order=True)


def records_of(people: pl.DataFrame, count: int, seed: int, as_of: date) -> pl.DataFrame:
    """`count` records a fault with their cells and `truth`, of people in the order of a digest; nobody gets two."""
    stands = (
        (pl.col("status") == "正常") & (pl.col("person_number_state") == VALID) & (pl.col("born_on") < as_of - timedelta(366))
    )
    digest = plh.concat_str(pl.lit(f"{seed}|"), "number").chash.sha2_256()
    left = people.filter(stands, "is_drawn").with_columns(dice=digest.str.head(12).str.to_integer(base=16)).sort("dice")
    others = left.select(pl.col("number", "name", "born_on", *HOME).name.prefix("other_"))
    left = pl.concat([left, others.tail(len(left) // 2).vstack(others.head(-(len(left) // 2)))], how="horizontal")
    heard_of, records = pl.concat([people, people.with_columns(name="former_name").drop_nulls("name")]), []
    for fault in faults(left["name"].str.split("").explode().unique()):
        changed = [said != pl.col(column) for column, said in fault.changes.items()]  # null: this person cannot have the fault
        said = left.filter("is_drawn", *changed).with_columns(**fault.changes)
        if fault.unheard_of:
            said = said.join(heard_of, on=fault.unheard_of, how="anti", maintain_order="left")
        titled = {
            "fault": pl.lit(fault.title),
            "register": pl.lit(fault.register),
            "truth": pl.lit("") if fault.is_nobody else pl.col("pid"),
        }
        records.append(said.head(count).with_columns(**titled))
        left = left.join(records[-1], on="pid", how="anti", maintain_order="left")
    died_on = pl.lit(as_of) - pl.duration(days=DICE % 300)
    is_before_birthday = died_on.dt.strftime("%m%d") < pl.col("born_on").dt.strftime("%m%d")
    county = pl.col("county_code").replace_strict({county.code: county.name for county in COUNTIES}, default=None)
    return pl.concat(records).with_columns(
        id_number="number",
        # A spreadsheet takes kind and level as well.
        cert_no=pl.when(NUMBER.str.ends_with("00000")).then(NUMBER).otherwise(pl.concat_str(NUMBER, pl.lit("42B1"))),
        died_on=died_on,
        cremated_on=died_on,
        age=died_on.dt.year() - pl.col("born_on").dt.year() - is_before_birthday.cast(pl.Int32),
        address=pl.concat_str(pl.lit("湖北省"), county, "town", "village", ignore_nulls=True),
        kind=pl.when(pl.col("register") == DISABLED).then(pl.lit("肢体")).otherwise(pl.lit("城乡居民")),
        level=pl.lit("2"),
        from_month=pl.lit("2016-01"),
        base=pl.lit("3000"),
    )


def deliver(records: pl.DataFrame, folder: Path, as_of: date) -> pl.DataFrame:
    """Writes a file a fault and the manifest; the records with the file and line at which each stands."""
    folder.mkdir()
    lines, placed = [MANIFEST_HEADER], []
    for i, rows in enumerate(records.partition_by("fault", maintain_order=True)):
        code = rows["register"][0]
        cells = [
            (pl.col(f.name) if f.name in rows.columns else pl.lit(None)).cast(pl.String).alias(f.header)
            for f in DATA_SETS[code].fields
        ]
        content = rows.select(cells).write_csv().encode()
        (folder / f"{i}.csv").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        lines.append((f"{i}.csv", code, "测试", AREA, str(as_of), str(len(rows)), digest))
        placed.append(rows.with_columns(_file_id=pl.lit(digest[:FILE_ID_LENGTH]), _row=pl.int_range(pl.len()) + 2))
    (folder / MANIFEST).write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")
    return pl.concat(placed).select("fault", "truth", "number", "name", *AT).with_row_index("record")


def ours(ctx: RunContext, records: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """record, pid, grade of every record that a link, or number and name as silver.identities judges them, ties to somebody."""
    own = F.col("_file_id").isin(records["_file_id"].unique().to_list())
    columns = ("_file_id", "_row", "person_key AS number_key", "name_key", "person_number_state = 'upgraded' AS is_upgraded")
    read = [ctx.lake.read(DATA_SETS[code].silver).filter(own).selectExpr(f"'{code}' AS register", *columns) for code in REGISTERS]
    seen = records.select("record", "name", *AT).join(pl.concat(map(on_driver, read)), on=AT)
    links = on_driver(ctx.lake.read(LINKS).filter(own).withColumnRenamed("data_set", "register"))
    known = people.select(*KEYS, "pid", "former_name_key", known="name")
    variants = seen.join(known, on="number_key")
    alike = [may_be_same(*names) for names in zip(read_names(variants["name"]), variants["known"], strict=True)]
    judged = (
        (seen.join(known, on=KEYS), "A"),
        (seen.join(known, left_on=KEYS, right_on=["number_key", "former_name_key"]), "B"),
        (variants.filter(pl.Series(alike, dtype=pl.Boolean)).unique("record", keep="none"), "B"),
    )
    by_name = [
        rows.select("record", "pid", grade=pl.when("is_upgraded").then(pl.lit("C")).otherwise(pl.lit(grade)))
        for rows, grade in judged
    ]
    by_link = records.join(links.with_columns(PID), on=AT).select("record", "pid", "grade")
    return pl.concat([by_link, *by_name]).unique("record", keep="first", maintain_order=True)


def counted(records: pl.DataFrame, tied: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """A row a fault, and one of all: records, those that mean somebody, ties and true ties by method, and ties by grade of ours."""
    every = pl.concat([records, records.with_columns(fault=pl.lit("all"))])
    table = every.group_by("fault", maintain_order=True).agg(records=pl.len(), somebody=(pl.col("truth") != "").sum())
    for method, pairs in tied.items():
        is_true, grade = pl.col("pid") == pl.col("truth"), pl.col("grade")
        counts = {f"{method}: ties": pl.len(), f"{method}: true": is_true.sum()}
        if method == "ours":
            counts |= {g: (grade == g).sum() for g in GRADES} | {f"{g} wrong": ((grade == g) & ~is_true).sum() for g in GRADES}
        table = table.join(
            every.join(pairs, on="record").group_by("fault").agg(**counts), on="fault", how="left", maintain_order="left"
        )
    return table.fill_null(0)


def measured(given: argparse.Namespace, folder: Path) -> tuple[pl.DataFrame, float]:
    """The counts, and the seconds that linking took. `folder` holds the lake."""
    as_of = max(entry.extract_date for entry in read_manifest(given.delivery))
    with open_run(out=folder / "out", as_of=as_of, delivery=given.delivery, engine=EMBEDDED) as ctx:
        ingest.run(ctx)
        people = people_of(ctx).with_columns(is_drawn=pl.lit(True))
        if given.rosters:
            rosters = [
                ctx.lake.read_or_empty(DATA_SETS[code].bronze).select("id_number") for code in ("dibao_roster", "tekun_roster")
            ]
            named = read_numbers(on_driver(rosters[0].unionByName(rosters[1]))["id_number"])[0]
            people = people.with_columns(is_drawn=NUMBER.is_in(named.implode()))
        records = deliver(records_of(people, given.records, given.seed, as_of), folder / "faults", as_of)
        for job in (ingest.run, standardise.run, link_people.run):
            job(replace(ctx, delivery=folder / "faults"))
        tied = {
            method: records.join(people, on=on).select("record", "pid")
            for method, on in zip(METHODS, (["number"], ["number", "name"]), strict=False)
        }
        tied["ours"] = ours(ctx, records, people)
        aliases = on_driver(ctx.lake.read_or_empty(ALIASES)).with_columns(
            PID, to=pl.concat_str("to_number_key", "to_name_key", separator="|")
        )
        stands = {
            method: pairs.with_columns(pl.col("pid").replace(aliases["pid"], aliases["to"])) for method, pairs in tied.items()
        }
        truth = records.with_columns(pl.col("truth").replace(aliases["pid"], aliases["to"]))
        return counted(truth, stands), ctx.report.stages[-1].seconds


def _ratio(part: int, whole: int, n: str = "") -> str:
    return f"{part / whole:.3f}{n}" if whole else "–"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("delivery", type=Path, help="folder with the data files and 交接清单.csv; synthetic")
    parser.add_argument("--records", type=int, default=300, help="records a fault, where so many people can have it")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rosters", action="store_true", help="draw only people whom a benefit roster names")
    parser.add_argument("--json", type=Path, help="file for the counts")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        counts, seconds = measured(given, Path(folder))
    table = Table(title=f"Synthetic records, one fault each; linking took {seconds:.1f} s", title_justify="left")
    headings = [f"{method}\n{ratio}" for method in METHODS for ratio in ("recall", "precision of")]
    for heading in ("fault", "records", *headings, "ours by grade\nA/B/C/E", "of these wrong\nA/B/C/E"):
        table.add_column(heading, justify="left" if heading == "fault" else "right", no_wrap=True)
    for row in counts.iter_rows(named=True):
        ratios = []
        for method in METHODS:
            true, ties = row[f"{method}: true"], row[f"{method}: ties"]
            ratios += [_ratio(true, row["somebody"]), _ratio(true, ties, f" {ties}")]
        grades = ["/".join(str(row[f"{grade}{wrong}"]) for grade in GRADES) for wrong in ("", " wrong")]
        table.add_row(row["fault"], str(row["records"]), *ratios, *grades)
    Console(width=190).print(table)
    if given.json:
        counts.write_json(given.json)


if __name__ == "__main__":
    main()
