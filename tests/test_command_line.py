"""What a command line or a configuration that cannot be used comes to: exit code 2, one sentence, nothing started, nothing written."""

from __future__ import annotations

import errno
import re
import shlex
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from pyspark.errors.exceptions.connect import PythonException
from typer.testing import CliRunner
from xlsxwriter.exceptions import FileCreateError

from casework.store import URL_VARIABLE
from jobs.audit.log import FOLDER as AUDIT
from jobs.commands import cli
from jobs.commands.cli import app
from jobs.commands.summary import print_summary
from jobs.launch import start as launch
from jobs.launch.arguments import WRITTEN_FOLDERS, day, refuse_overlap
from jobs.launch.context import RunContext
from jobs.launch.settings import CONF_VARIABLE
from jobs.launch.start import explained
from jobs.runtime.console import Console, plain
from jobs.runtime.errors import BadConfiguration, BadStore, MachineFailed, MingjingError, explanation
from jobs.runtime.results import WORK
from jobs.runtime.run_report import RunReport
from jobs.runtime.site_key import KEY_VARIABLE
from tests.delivery.conftest import Delivery, Payments

CONF = Path(__file__).parents[1] / "conf"
RUN = "run {delivery} --out {out} --as-of 2017-12-31"
JUDGE = "ingest --dry-run --as-of 2017-12-31"

# case | command line, {tmp} a folder with what `place` puts there | what the sentence must say
LINES = """
no delivery                | run                                                              | Missing argument 'delivery'. See
no OUT                     | run {delivery}                                                   | Missing option '--out'
no day                     | run {delivery} --out {out}                                       | Missing option '--as-of'
a day left open            | run {delivery} --out {out} --as-of                               | Option '--as-of' requires an argument
an inbox not there         | run {tmp}/nowhere --watch --out {out} --as-of today               | No folder {tmp}/nowhere. Name the inbox
a day of no watch          | run {delivery} --out {out} --as-of today                         | --as-of is 'today'
an unknown option          | {run} --fast                                                     | No such option: --fast
a misspelt option          | run {delivery} --ot {out} --as-of 2017-12-31                     | No such option: --ot (Possible options: --out)
an unknown command         | ran {delivery}                                                   | No such command 'ran'
an unknown subcommand      | rule tyr                                                         | No such command 'tyr'
one argument too many      | {run} another                                                    | unexpected extra argument
delivery not there         | run {tmp}/nowhere --out {out} --as-of 2017-12-31                 | No folder {tmp}/nowhere
delivery a file            | run {tmp}/file.txt --out {out} --as-of 2017-12-31                | No folder {tmp}/file.txt
no day at all              | run {delivery} --out {out} --as-of yesterday                     | --as-of is 'yesterday'. Expected a day such as
a day of no year           | run {delivery} --out {out} --as-of 2017-02-29                    | --as-of is '2017-02-29'
the first of all days      | run {delivery} --out {out} --as-of 0001-01-01                    | Expected a day from 1949-10-01 to
the day before the first   | check {delivery} --out {out} --as-of 1949-09-30                  | Expected a day from 1949-10-01 to
a day to come              | run {delivery} --out {out} --as-of 2099-01-01                    | or with --future up to 2099-12-31
a day to come, planned     | plan --visits 3 --out {tmp} --as-of 2099-01-01                   | or with --future
a day to come, tried       | rule try V01 --out {tmp} --as-of 2099-01-01                      | or with --future
a day to come, learned     | learn --out {tmp} --as-of 2099-01-01                             | or with --future
a day to come, judged      | ingest {delivery} --dry-run --as-of 2099-01-01                   | or with --future
the last of all days       | run {delivery} --out {out} --as-of 9999-12-31 --future           | Expected a day from 1949-10-01 to 2099-12-31.
an engine that is none     | {run} --engine duckdb                                            | No engine 'duckdb'. Expected embedded or spark
an engine without a name   | {run} --engine ''                                                | No engine ''
an overlay not there       | {run} --env nowhere                                              | No configuration file
an overlay of elsewhere    | {run} --env ../base                                              | --env is '../base'. Expected the name of an overlay
an overlay without a name  | {run} --env ''                                                   | --env is ''
classes of no overlay      | warm --env nowhere                                               | No configuration file
OUT is the delivery        | run {delivery} --out {delivery} --as-of 2017-12-31               | lies in the delivery
OUT in the delivery        | run {delivery} --out {delivery}/out --as-of 2017-12-31           | lies in the delivery
OUT by a way round         | run {delivery} --out {tmp}/link/out --as-of 2017-12-31           | lies in the delivery
OUT a file                 | run {delivery} --out {tmp}/file.txt --as-of 2017-12-31           | {tmp}/file.txt cannot be used: File exists
OUT in a file              | run {delivery} --out {tmp}/file.txt/out --as-of 2017-12-31       | cannot be used: Not a directory
OUT not to be written      | run {delivery} --out /sys/mingjing --as-of 2017-12-31            | /sys/mingjing cannot be used
OUT of a name too long     | run {delivery} --out {tmp}/{long} --as-of 2017-12-31             | cannot be used: File name too long
the lake in the delivery   | {run} --lake {delivery}/lake                                     | --lake {delivery}/lake lies in the delivery
the lake a file            | {run} --lake {tmp}/file.txt                                      | {tmp}/file.txt cannot be used
delivery in what is written| run {tmp}/exports/d --out {tmp} --as-of 2017-12-31               | lies in what a run writes to --out
the same for a check       | check {tmp}/restricted/d --out {tmp} --as-of 2017-12-31          | lies in what a run writes to --out
a check in its delivery    | check {delivery} --out {delivery} --as-of 2017-12-31             | lies in the delivery
taken in to nowhere        | ingest {delivery} --as-of 2017-12-31                             | --out is missing
slips in the delivery      | {judge} {delivery} --slips {delivery}/slips                      | --slips {delivery}/slips lies in the delivery
nothing to judge           | {judge} {tmp}/nowhere                                            | No folder {tmp}/nowhere
no manifest                | {judge} {tmp}/folder                                             | holds no 交接清单.csv
manifest a folder          | {judge} {tmp}/manifest-folder                                    | holds no 交接清单.csv
manifest empty             | {judge} {tmp}/manifest-empty                                     | lacks the column 文件名 (found: nothing)
manifest binary            | {judge} {tmp}/manifest-binary                                    | is no text; a workbook, perhaps
manifest lacks a column    | {judge} {tmp}/manifest-short                                     | lacks the column SHA256
manifest lists nothing     | {judge} {tmp}/manifest-bare                                      | lists no file
no results                 | quality {tmp}/nowhere                                            | No lake {tmp}/nowhere/lake
results without a lake     | quality {tmp}/folder                                             | No lake {tmp}/folder/lake
results a file             | quality {tmp}/file.txt                                           | No lake {tmp}/file.txt/lake
fairness before a run      | fairness {tmp}/folder                                            | No lake {tmp}/folder/lake
a record that is none      | why-linked 某人 --out {tmp}                                      | RECORD is '某人'. Expected FILE:ROW
a record without a row     | why-linked a.csv:first --out {tmp}                               | RECORD is 'a.csv:first'
a record before a run      | why-linked a.csv:1 --out {tmp}/folder                            | No lake
decisions not there        | settle-identities {tmp}/nowhere --out {tmp}                      | file '{tmp}/nowhere' does not exist
decisions a folder         | settle-identities {tmp}/folder --out {tmp}                       | file '{tmp}/folder' is a directory
decisions empty            | settle-identities {tmp}/empty.csv --out {tmp}                    | empty.csv is not read: an empty file
decisions binary           | settle-identities {tmp}/binary --out {tmp}                       | binary is not read: neither text nor a workbook
decisions in one cell      | settle-identities {tmp}/cell.csv --out {tmp}                     | cell.csv has no header of such a table
decisions of other columns | settle-identities {tmp}/file.txt --out {tmp}                     | the column 记录一 (记录一) is missing
decisions before a run     | settle-identities {tmp}/decisions.csv --out {tmp}/folder         | No lake
verdicts without a day     | learn {tmp}/verdicts.csv --out {tmp}                             | --as-of is missing
verdicts not there         | learn {tmp}/nowhere --out {tmp} --as-of 2018-03-31               | file '{tmp}/nowhere' does not exist
verdicts a folder          | learn {tmp}/folder --out {tmp} --as-of 2018-03-31                | file '{tmp}/folder' is a directory
verdicts empty             | learn {tmp}/empty.csv --out {tmp} --as-of 2018-03-31             | empty.csv is not read: an empty file
verdicts binary            | learn {tmp}/binary --out {tmp} --as-of 2018-03-31                | binary is not read: neither text nor a workbook
verdicts in one cell       | learn {tmp}/cell.csv --out {tmp} --as-of 2018-03-31              | cell.csv has no header of such a table
verdicts no workbook       | learn {tmp}/torn.xlsx --out {tmp} --as-of 2018-03-31             | torn.xlsx is not read: a damaged workbook
verdicts of other columns  | learn {tmp}/file.txt --out {tmp} --as-of 2018-03-31              | file.txt has no header of such a table
returns for no OUT         | take-in {tmp}/verdicts.csv --out {tmp}/nowhere --as-of 2018-03-31 | No folder {tmp}/nowhere
a list not there           | dispatch {tmp}/nowhere --due 2018-03-31                           | {tmp}/nowhere is no folder of a list
cases of nowhere           | cases --as-of 2018-03-31                                         | --out and --as-of are needed
the law of no day          | policy check --on 2021-13-01                                     | --on is '2021-13-01'. Expected a day
verdicts for no OUT        | learn {tmp}/verdicts.csv --out {tmp}/nowhere --as-of 2018-03-31  | No folder {tmp}/nowhere
back, and files            | learn {tmp}/verdicts.csv --rollback --out {tmp}                  | --rollback takes no verdicts in
back to nothing            | learn --rollback --out {tmp}                                     | There is nothing to go back to
no visits                  | plan --visits 0 --out {tmp} --as-of 2018-01-01                   | Invalid value for '--visits'
visits beyond reason       | plan --visits 99999999999 --out {tmp} --as-of 2018-01-01         | Invalid value for '--visits'
visits in words            | plan --visits many --out {tmp} --as-of 2018-01-01                | Invalid value for '--visits'
a plan before a run        | plan --visits 3 --out {tmp}/folder --as-of 2018-01-01            | No lake {tmp}/folder/lake
a rule that is none        | rule try Z99 --out {tmp} --as-of 2017-12-31                      | 'Z99' is no rule. Rules that can be tried
a rule behind the scorer   | rule try X01 --out {tmp} --as-of 2017-12-31                      | X01 runs behind the scorer
a rule before a run        | rule try V01 --out {tmp}/folder --as-of 2017-12-31               | No lake
examples beyond reason     | rule try V01 --out {tmp} --as-of 2017-12-31 --examples 1001      | Invalid value for '--examples'
a line of no list          | trace 某案 --out {tmp}                                           | ID is '某案'. Expected one of a list
a line before a run        | trace C0123456789abcdef --out {tmp}/folder                       | No lake {tmp}/folder/lake
a line without a name      | trace --out {tmp}                                                | Missing argument
a report before a run      | report --out {tmp}/folder --from 2017-12-01 --to 2017-12-31      | No lake {tmp}/folder/lake
nothing vouched for        | verify {tmp}                                                     | vouches for no lake of {tmp}
a purge of no run          | purge {tmp}/folder --as-of 2018-01-01                            | No lake {tmp}/folder/lake
a purge of days to come    | purge {tmp} --as-of 2099-01-01                                   | --as-of, is 2099-01-01. Expected a day from
a key for no lake          | rotate-key {tmp}/folder                                          | No lake {tmp}/folder/lake
a head that is none        | audit verify {tmp} --head twelve                                 | --head is 'twelve'
a graph for nobody         | graph                                                            | Missing option '--format'
a graph for another        | graph --format cron                                              | for '--format': 'cron' is not one of 'json'
a doctor for somebody      | doctor {tmp}                                                     | unexpected extra argument
rules of no run            | rule list --out {tmp}/folder                                     | No lake
a code that is none        | rule new boat --title Boat --title-zh 船舶船舶 --register vehicles | 'boat' is no code for a new rule
a title that is none       | rule new V09 --title ../boat --title-zh 船舶 --register vehicles  | --title '../boat' cannot name a file
a Chinese title that is not| rule new V09 --title 'Owns a skiff' --title-zh boat --register vehicles | expected 2 to 20 Chinese characters
a register that is none    | rule new V09 --title 'Owns a skiff' --title-zh 船舶 --register boats    | --register 'boats' cannot be compared
payments of no lake        | prepay {tmp}/file.txt --out {tmp}/none --as-of 2017-12-31         | No lake
a city over another        | simulate {tmp}                                                   | {delivery} is there already
a city into a file         | simulate {tmp}/file.txt                                          | {tmp}/file.txt cannot be used
a city into nowhere        | simulate /sys/mingjing                                           | /sys/mingjing cannot be used
a city of no size          | simulate {out} --scale 0                                         | Invalid value for '--scale'
editions of nothing        | editions                                                         | --out is needed
an edition of no list      | editions issue {tmp}/file.txt --out {tmp} --to 甲 --purpose 核查 --until 2099-01-01 | is no list in full
whose, of no file          | whose {tmp}/none --out {tmp}                                     | No file
approval of nothing        | approve R0 --out {tmp}                                           | No request R0 waits
a city beyond reason       | simulate {out} --scale 1000                                      | Invalid value for '--scale'
a city that is no number   | simulate {out} --scale nan                                       | Invalid value for '--scale'
a seed below zero          | simulate {out} --seed -1                                         | Invalid value for '--seed'
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in LINES.strip().splitlines()]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a delivery and with files that are not what they should be; no engine can be started."""

    def started(*_: Any, **__: Any) -> None:
        raise AssertionError("an engine was started")

    monkeypatch.setattr("jobs.launch.start.open_engine", started)
    monkeypatch.setattr("tools.rule_writing.trial.open_engine", started)
    for name in ("folder", "delivery", "exports/d", "restricted/d", "lake", "manifest-folder/交接清单.csv"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "delivery")
    delivery = Delivery(tmp_path / "delivery")
    delivery.add("发放.csv", Payments().csv(Payments().header, Payments().row()))
    delivery.write_manifest()
    manifest = (tmp_path / "delivery" / "交接清单.csv").read_text(encoding="utf-8")
    header, line = manifest.splitlines()
    for name, text in {
        "manifest-empty": "", "manifest-bare": header, "manifest-short": header.removesuffix(",SHA256"),
        "manifest-day": f"{header}\n{line.replace('2017-12-31', '昨天')}",
    }.items():  # fmt: skip
        (tmp_path / name).mkdir()
        (tmp_path / name / "交接清单.csv").write_text(text, encoding="utf-8")
    binary = bytes(range(256)).replace(b"\n", b"").replace(b"\r", b"") * 2000
    (tmp_path / "manifest-binary").mkdir()
    (tmp_path / "manifest-binary" / "交接清单.csv").write_bytes(binary)
    (tmp_path / "binary").write_bytes(binary)
    (tmp_path / "torn.xlsx").write_bytes(b"PK\x03\x04" + binary)
    (tmp_path / "empty.csv").touch()
    (tmp_path / "cell.csv").write_text("字" * 200_000, encoding="utf-8")
    (tmp_path / "file.txt").write_text("姓名,结论\n", encoding="utf-8")
    (tmp_path / "verdicts.csv").write_text("clue_id,verdict,refutation_reason,checked_on,checkers\n", encoding="utf-8")
    (tmp_path / "decisions.csv").write_text("记录一,记录二,结论,核查日期,核查人\n", encoding="utf-8")
    return tmp_path


def written(folder: Path) -> dict[Path, bytes]:
    """Every file below the folder; the lock of a lake is no result, nor is what the audit log says of the attempt."""
    kept = (path for path in folder.rglob("*") if path.is_file() and path.name != ".writer.lock" and path.parent.name != AUDIT)
    return {path: path.read_bytes() for path in kept}


def refused(place: Path, command: str) -> str:
    """The sentence with which the command line was refused."""
    before = written(place)
    names = {"tmp": str(place), "delivery": str(place / "delivery"), "out": str(place / "out"), "long": "长" * 100}
    line = command.format(run=RUN, judge=JUDGE, **names) if "{" in command else command
    result = CliRunner().invoke(app, shlex.split(line.format(**names)))
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    lines = result.output.strip().splitlines()
    assert len(lines) == 1, result.output
    assert lines[0].endswith("."), "a sentence"
    assert written(place) == before
    return lines[0]


@pytest.mark.parametrize(("command", "said"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_command_line_that_cannot_be_used_is_refused_in_a_sentence(place: Path, command: str, said: str) -> None:
    assert said.format(tmp=place, delivery=place / "delivery") in refused(place, command)


def test_every_command_is_refused_somewhere() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    refused_lines = " ".join(
        row[1].format(run=RUN, judge=JUDGE, **dict.fromkeys(("tmp", "delivery", "out", "long"))) for row in ROWS
    )
    assert [name for name in group.commands if f"{name} " not in refused_lines] == []


ACCESS_OFF = b"access: {enabled: false, account: '', groups: {}, county_groups: {}, approval_days: 1}\n"
"""Who may give the command is asked first."""
# case | file of conf | what stands there, and what is put in its place; "" = the whole file | what the sentence must say
EDITS: list[tuple[str, str, str, str | bytes, str]] = [
    ("binary", "base.yaml", "", bytes(range(128, 256)), "base.yaml is not text in UTF-8"),
    ("another encoding", "base.yaml", "", "engine: # 引擎\n".encode("gb18030"), "base.yaml is not text in UTF-8"),
    ("law in another encoding", "policy.yaml", "", "standards: # 标准\n".encode("gb18030"), "policy.yaml is not text in UTF-8"),
    ("control characters", "base.yaml", "", b"engine: \x07\n", "base.yaml is not YAML"),
    ("empty", "base.yaml", "", b"", "base.yaml holds no keys"),
    ("a list", "base.yaml", "", b"- engine\n- ingest\n", "base.yaml holds no keys"),
    ("a word", "base.yaml", "", b"engine\n", "base.yaml holds no keys"),
    ("an open bracket", "base.yaml", "", b"engine: {cores: 0\n", "base.yaml, line 2 is not YAML"),
    ("a tab", "base.yaml", "  cores: 0", "\tcores: 0", "base.yaml, line 4 is not YAML"),
    ("a key twice", "base.yaml", "  trees:", "  seed: 1\n  trees:", "the key seed stands twice"),
    ("a section twice", "base.yaml", "forest:", "ingest: {}\nforest:", "the key ingest stands twice"),
    ("a day that is none", "base.yaml", "  cores: 0", "  cores: 2017-13-45", "base.yaml is not YAML: month must be in 1..12"),
    ("lists without end", "base.yaml", "", b"a: " + b"[" * 5000, "base.yaml is not YAML"),
    ("no number", "base.yaml", "anomaly_weight: 0.3", "anomaly_weight: .nan", "ranking.anomaly_weight: Input should be a finite number"),
    ("a number without end", "base.yaml", "anomaly_weight: 0.3", "anomaly_weight: .inf", "ranking.anomaly_weight: Input should be a finite"),
    ("an unknown key", "base.yaml", "  trees:", "  tree:", "forest.tree: Extra inputs are not permitted"),
    ("an unknown section", "base.yaml", "forest:", "woods: {}\nforest:", "woods: Extra inputs are not permitted"),
    ("nobody says who may", "base.yaml", "", b"engine: 5\n", "base.yaml: access"),
    ("a section left out", "base.yaml", "", ACCESS_OFF + b"forest: {trees: 1}\n", "engine: Field required"),
    ("a section that is a number", "base.yaml", "", ACCESS_OFF + b"engine: 5\n", "base.yaml: engine:"),
    ("a word for a number", "base.yaml", "  piece_mib: 48", "  piece_mib: many", "ingest.piece_mib"),
    ("a number below its bound", "base.yaml", "  trees: 100", "  trees: 0", "forest.trees: Input should be greater than or equal to 1"),
    ("a share above one", "base.yaml", "usable_number_ratio_warn: 0.90", "usable_number_ratio_warn: 90", "less than or equal to 1"),
    ("a seed beyond reason", "base.yaml", "seed: 20171231", "seed: 20171231000000", "forest.seed: Input should be less than"),
    ("shares above one", "base.yaml", "random_share: 0.05", "random_share: 0.95", "together, at most 1 is possible"),
    ("a rule that is none", "base.yaml", "rules:\n", "rules:\n  D99: {}\n", "rules.D99 is no rule"),
    ("a rule of no prior", "base.yaml", "{D01: 0.80,", "{D99: 0.80,", "ranking.prior.D99 is no rule"),
    ("a rule of no flood", "base.yaml", "highest_share: {E01: 0.04", "highest_share: {E91: 0.04", "flood.highest_share.E91 is no rule"),
    ("a rule of no severity", "base.yaml", "hard_rules: [D01,", "hard_rules: [D91,", "plan.hard_rules.D91 is no rule"),
    ("a parameter of no rule", "base.yaml", "old_years: 8", "old_year: 8", "rules.V01.old_year: Extra inputs"),
    ("a parameter left out", "base.yaml", "  R01:\n    transfer_months: 1", "  R01:\n    transfer_months: one", "rules.R01.transfer_months"),
    ("a spread of nothing", "base.yaml", "{all: 0.7, rule:", "{al: 0.7, rule:", "learning.spreads: Value error, expected one for each of all"),
    ("an unknown linkage", "base.yaml", "backend: duckdb", "backend: mongo", "linkage.backend: Input should be 'duckdb' or 'spark'"),
    ("a linkage of Spark", "base.yaml", "backend: duckdb", "backend: spark", "linkage.backend is spark, which needs --engine spark"),
    ("a law that is none", "policy.yaml", "key_persons:", "key_person:", "policy.yaml: policy.key_person: "),
    ("an amount that is none", "policy.yaml", 'yuan_a_year: "5580"', 'yuan_a_year: "NaN"', "policy.yaml: policy.standards.0.yuan_a_year"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), [edit[1:] for edit in EDITS], ids=[edit[0] for edit in EDITS])
def test_a_configuration_that_cannot_be_used_is_refused_in_a_sentence(
    place: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str | bytes, said: str
) -> None:
    conf = shutil.copytree(CONF, place / "conf")
    if isinstance(new, bytes):
        (conf / file).write_bytes(new)
    else:
        text = (conf / file).read_text(encoding="utf-8")
        assert old in text
        (conf / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setenv(CONF_VARIABLE, str(conf))
    sentence = refused(place, "{run}")
    assert said in sentence
    assert len(sentence) < 600


@pytest.mark.parametrize(
    ("variable", "value", "command", "said"),
    [
        (CONF_VARIABLE, "{tmp}/file.txt", "{run}", "No configuration file {tmp}/file.txt/base.yaml. Set MINGJING_CONF to the folder"),
        (CONF_VARIABLE, "{tmp}/nowhere", "{run}", "No configuration file {tmp}/nowhere/base.yaml"),
        (KEY_VARIABLE, "short", "{run}", "MINGJING_KEY has 5 characters"),
        (KEY_VARIABLE, "", "{run}", "MINGJING_KEY has 0 characters"),
        ("MLFLOW_TRACKING_URI", "http://127.0.0.1:9", "{run}", "MLFLOW_TRACKING_URI is http://127.0.0.1:9, which gives no answer"),
        ("MLFLOW_TRACKING_URI", "http://127.0.0.1:9", "learn --out {tmp} --as-of 2018-03-31", "which gives no answer"),
        (URL_VARIABLE, "cases", "{run}", "MINGJING_CASEWORK_URL is no address of a PostgreSQL database"),
        (URL_VARIABLE, "postgresql://127.0.0.1:9/cases", "{run}", "127.0.0.1:9/cases, which gives no answer"),
        ("MLFLOW_TRACKING_URI", "http://[::1", "learn --rollback --out {tmp}", "which gives no answer"),
    ],
)  # fmt: skip
def test_an_environment_that_cannot_be_used_is_refused_in_a_sentence(
    place: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, command: str, said: str
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv(variable, value.format(tmp=place))
    assert said.format(tmp=place) in refused(place, command)


def test_a_day_to_come_is_taken_where_it_is_asked_for() -> None:
    today, tomorrow = date.today(), date.today() + timedelta(days=1)
    assert day(today.isoformat()) == today
    assert day(tomorrow.isoformat(), future=True) == tomorrow
    with pytest.raises(BadConfiguration, match="--future"):
        day(tomorrow.isoformat())


def test_a_delivery_is_not_taken_from_any_folder_that_a_run_fills(finished: RunContext) -> None:
    filled = {path.name for path in finished.out.iterdir() if path.is_dir() and path.name != WORK}
    assert filled <= set(WRITTEN_FOLDERS)
    for name in filled:
        with pytest.raises(BadConfiguration, match="lies in what a run writes"):
            refuse_overlap(finished.out / name, {"--out": finished.out})
    refuse_overlap(finished.out / "delivery", {"--out": finished.out, "--lake": "s3://bucket/lake", "--slips": None})


# --- errors of the machine ---------------------------------------------------------------------------------------------


def worker(said: str) -> PythonException:
    """What the engine makes of an exception in a worker."""
    return PythonException(
        f"Traceback (most recent call last):\n  File \"decode.py\", line 7, in decode\n    write(['张三'])\n{said}\n"
    )


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/out/a"), MachineFailed, "The disk is full (at /data/out/a). Free space"),
        (RuntimeError("Parquet argument error: dictionary key beyond bounds: 张三"), BadStore, "damaged (Parquet argument error)"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "/data/out/a"), MachineFailed, "The disk is full"),
        (worker("OSError: [Errno 28] No space left on device: '/data/out/a'"), MachineFailed, "The disk is full (at /data/out/a)"),
        (RuntimeError("Generic LocalFileSystem error: No space left on device (os error 28)"), MachineFailed, "The disk is full"),
        (OSError(errno.EIO, "Input/output error", "/data/out/a"), MachineFailed, "gave way (at /data/out/a: "),
        (FileCreateError(OSError(errno.EIO, "Input/output error", "/data/out/a.xlsx")), MachineFailed, "gave way (at /data/out/a.xlsx"),
        (RuntimeError("Generic LocalFileSystem error: Input/output error (os error 5)"), MachineFailed, "gave way"),
        (OSError(errno.EMFILE, "Too many open files"), MachineFailed, "This program may not open more files at a time"),
        (RuntimeError("Unable to open file /data/a: Too many open files (os error 24)"), MachineFailed, "This program may not open more"),
        (RuntimeError("(sqlite3.OperationalError) database or disk is full"), MachineFailed, "The disk is full"),
        (MemoryError(), MachineFailed, "The memory of this machine is full"),
        (worker("MemoryError: Unable to allocate 8.00 GiB"), MachineFailed, "The memory of this machine is full"),
        (RuntimeError("java.lang.OutOfMemoryError: Java heap space"), MachineFailed, "The memory of this machine is full"),
        (RuntimeError("Out of Memory Error: could not allocate block"), MachineFailed, "The memory of this machine is full"),
        (RuntimeError("Resources exhausted: Failed to allocate"), MachineFailed, "The memory of this machine is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/out"), BadConfiguration, "/data/out cannot be used: Permission denied"),
        (OSError(errno.EROFS, "Read-only file system", "/data/out"), BadConfiguration, "/data/out cannot be used: Read-only"),
        (worker("PermissionError: [Errno 13] Permission denied: '/data/in'"), BadConfiguration, "/data/in cannot be used"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/data/in"), BadConfiguration, "/data/in cannot be used"),
        (OSError(errno.EIO, "Input/output error"), MachineFailed, "gave way (at a place that the system does not name: "),
        (RuntimeError("error sending request for url (http://store/)"), MachineFailed, "gives no answer (error sending request)"),
        (RuntimeError("failed to lookup address information"), MachineFailed, "gives no answer (failed to lookup address)"),
        (RuntimeError("java.net.UnknownHostException: nowhere"), MachineFailed, "gives no answer"),
        (RuntimeError("[JAVA_GATEWAY_EXITED] Java gateway process exited"), BadConfiguration, "Java did not start: see what it says above"),
        (UnicodeDecodeError("ascii", b"\xff", 0, 1, "ordinal not in range"), BadConfiguration, "text in ascii"),
    ],
)  # fmt: skip
def test_what_fails_around_the_program_is_told_in_a_sentence(error: Exception, kind: type[MingjingError], said: str) -> None:
    told = explanation(error)
    assert type(told) is kind
    assert said in str(told)
    assert "张三" not in str(told), "an engine's message may hold a row"
    wrapped = RuntimeError("the model registry could not be opened")
    wrapped.__cause__ = error
    assert str(explanation(wrapped)) == str(told)
    shown = StringIO()

    def fail() -> None:
        raise error

    assert explained(fail, Console(file=shown)) == kind.exit_code
    assert len(shown.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    "error", [KeyError("prior"), AssertionError(), RuntimeError("no column x"), BrokenPipeError(errno.EPIPE, "")]
)
def test_a_fault_of_the_program_is_not_explained_away(error: Exception) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        explained(fail, Console(file=StringIO()))


def test_a_store_that_is_silent_is_given_up_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    from jobs.runtime.lake import Lake
    from jobs.runtime.session import EMBEDDED, Engine

    answer = Event()

    class Silent:
        read = property(lambda _: answer.wait(60))

    monkeypatch.setattr(launch, "_PATIENCE_SECONDS", 0.2)
    with pytest.raises(BadConfiguration, match="s3://bucket/lake gave no answer"):
        launch._answering(Lake(Engine(EMBEDDED, Silent(), 1), "s3://bucket/lake"))  # type: ignore[arg-type]  # a session
    answer.set()


def test_a_bad_delivery_beside_a_lake_elsewhere_is_told_and_kept_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "delivery").mkdir()
    line = ["run", str(tmp_path / "delivery"), "--out", str(tmp_path / "new" / "out"), "--lake", str(tmp_path / "lake")]
    result = CliRunner().invoke(app, [*line, "--as-of", "2017-12-31", "--env", "test"])
    assert result.exit_code == 2
    assert "holds no 交接清单.csv" in result.output
    assert '"stopped": ' in (tmp_path / "new" / "out" / "run_report.json").read_text(encoding="utf-8")


# --- what reaches the terminal -----------------------------------------------------------------------------------------

HOSTILE = "[/x] [bold]民政局[/bold] :bomb: \x1b[2J\x1b]0;title\x07 \x9b31m \u202e反\u2066 \u200b\u2028 \udcff"
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def test_text_is_shown_as_it_reads_with_what_cannot_be_seen_as_escapes() -> None:
    assert plain("花名册　2017·青石镇.xlsx") == "花名册　2017·青石镇.xlsx"
    assert plain("a\x1b[31m\n\u202eb\udcff") == r"a\x1b[31m\n\u202eb\udcff"
    assert not UNSEEN.search(plain(HOSTILE))


def shown(show: Callable[[Console], None]) -> str:
    stream = StringIO()
    show(Console(file=stream, width=400))
    return stream.getvalue()


def test_names_in_a_summary_are_neither_markup_nor_commands_to_the_terminal(tmp_path: Path) -> None:
    report = RunReport(Console(quiet=True))
    coverage = {
        "rule_code": HOSTILE, "found": 1, "held": False, "judged": 1, "people": 1, "exempt": 0, "clear": 0, "cannot_judge": 0,
    }  # fmt: skip
    report.figures = {
        "rows": {"read": 1, "accepted": 1, "quarantined": 0, "skipped": 0}, "cases": 1, "rules": [coverage], "rows_delivered_twice": 0,
        "clues": {"found": 1, "exempted": 0, "dispatched": 1, "cases": 1}, "amounts_yuan": {"upper": 1.0, "estimate": 1.0},
    }  # fmt: skip
    report.warn(f"{HOSTILE}: refused")
    out = tmp_path / HOSTILE.encode("utf-8", "replace").decode().replace("/", "-")
    (out / "exports").mkdir(parents=True)
    (out / "exports" / "clues.csv").write_text(
        "case_id,dispatched,rule_code,town,village,score,subject_name,amount_estimate,explanation\n"
        'c1,是,D01,"\x1b[2J[/x]",一村,0.8,张*,1234.00,"\x9b[red]住址[/red]"\n',
        encoding="utf-8",
    )
    text = shown(lambda console: print_summary(console, report, out, is_synthetic=False))
    assert not UNSEEN.search(text)
    assert "[/x] [bold]民政局[/bold] :bomb: \\x1b[2J" in text
    assert "\\x1b[2J[/x]" in text
    assert "[red]住址[/red]" in text
    assert "张* · 1,234.00 yuan\n" in text
    last = [line.split()[0] for line in text.splitlines()[-4:]]
    assert last == ["data", "this", "Next:", "mingjing"]  # what to do with it stands last


def test_a_delivery_of_hostile_names_is_judged_and_shown_as_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "console", Console(width=400))
    delivery = Delivery(tmp_path / "delivery")
    (tmp_path / "delivery").mkdir()
    payments = Payments()
    delivery.add("[/x]\x1b[2J\u202e发放.csv", payments.csv([f"{HOSTILE[:4]}列", *payments.header[1:]], payments.row()), rows="7")
    delivery.add("[bold]缺[/bold]\n\x07.csv", None, department="[/x]\x1b[2J民政局")
    delivery.write_manifest()
    result = CliRunner().invoke(app, [*shlex.split(JUDGE), str(delivery.folder)])
    assert result.exit_code == 0, result.output
    assert not UNSEEN.search(result.output)
    assert "[/x][2J发放.csv" in result.output  # what no name may hold was left out when the manifest was read
    assert "[bold]缺[/bold]" in result.output


def test_an_error_that_quotes_a_name_stays_one_line_and_plain(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["quality", f"{tmp_path}/[/x]\x1b[2J\n\u202e"])
    assert result.exit_code == 2
    assert not UNSEEN.search(result.output)
    assert r"[/x]\x1b[2J\n\u202e" in result.output
    result = CliRunner().invoke(app, ["quality", "--\x1b[2J[/x]"])
    assert result.exit_code == 2
    assert not UNSEEN.search(result.output)
