"""The configuration and what a user hears when it, the command line or the delivery cannot be used."""

from __future__ import annotations

import ast
import shutil
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from typer.testing import CliRunner

from expectations.conf import Conf
from jobs.commands.cli import app
from jobs.commands.doctor import diagnose
from jobs.launch.settings import CONF_VARIABLE, Settings, conf_folder, load_settings
from jobs.launch.start import day
from jobs.rules import RULES
from jobs.runtime import private_network
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.session import EMBEDDED, SPARK, choose_engine
from tests.conftest import City

CONF = Path(__file__).parents[1] / "conf"
OVERLAYS = sorted(path.stem for path in CONF.glob("*.yaml") if path.stem not in ("base", "policy"))


@pytest.mark.parametrize("env", [None, *OVERLAYS])
def test_every_file_of_conf_loads(env: str | None) -> None:
    assert load_settings(env).forest.trees > 0


@pytest.mark.parametrize(
    ("section", "key", "value", "said"),
    [
        ("forest", "tree", 5, "forest.tree"),
        ("quality", "unusable_ratio", 0.5, "quality.unusable_ratio"),
        ("forest", "trees", 0, "greater than or equal to 1"),
        ("forest", "trees", "many", "forest.trees"),
        ("ingest", "piece_mib", -1, "ingest.piece_mib"),
        ("quality", "wild_date_ratio_warn", 2, "less than or equal to 1"),
        ("quality", "history_runs", 0, "greater than or equal to 1"),
        ("ingest", "filler_names", 2, "greater than or equal to 3"),
        ("ranking", "exemption_factor", {"K01.R77": 0.1}, "K01.R77: expected an exemption such as R15"),
        ("rules", "D99", {}, "rules.D99 is no rule"),
    ],
)
def test_a_wrong_key_or_value_is_refused_by_name(tmp_path: Path, section: str, key: str, value: object, said: str) -> None:
    shutil.copytree(CONF, tmp_path, dirs_exist_ok=True)
    content = yaml.safe_load((CONF / "base.yaml").read_text(encoding="utf-8"))
    content[section][key] = value
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadConfiguration, match=said):
        load_settings(folder=tmp_path)


def test_a_wrong_parameter_of_a_rule_is_refused(tmp_path: Path) -> None:
    shutil.copytree(CONF, tmp_path, dirs_exist_ok=True)
    content = yaml.safe_load((CONF / "base.yaml").read_text(encoding="utf-8"))
    content["rules"]["D01"]["lawful_month"] = 1
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadConfiguration, match="lawful_month"):
        load_settings(folder=tmp_path)


def models_of(model: type[Conf]) -> set[type[Conf]]:
    """The model and all that stand in its fields."""
    found = {model}
    ahead: list[Any] = [field.annotation for field in model.model_fields.values()]
    while ahead:
        part = ahead.pop()
        ahead += get_args(part)
        if isinstance(part, type) and issubclass(part, Conf):
            found |= models_of(part)
    return found


def test_every_key_of_the_configuration_is_read_by_somebody() -> None:
    """A key that nothing reads is asked of the bureau for nothing, and believed to do something."""
    models = set().union(*(models_of(model) for model in (Settings, *(rule.params for rule in RULES))))
    root = CONF.parent
    texts = [
        path.read_text(encoding="utf-8")
        for room in ("jobs", "models", "casework", "expectations")
        for path in (root / room).rglob("*.py")
    ]
    read = {node.attr for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
    stated = {f"{model.__name__}.{name}" for model in models for name in model.model_fields}
    assert len(stated) > 100
    assert sorted(key for key in stated if key.partition(".")[2] not in read) == []


def test_an_overlay_replaces_only_what_it_names(tmp_path: Path) -> None:
    shutil.copytree(CONF, tmp_path, dirs_exist_ok=True)
    (tmp_path / "few.yaml").write_text("forest: {trees: 3}\n", encoding="utf-8")
    base, few = load_settings(folder=tmp_path), load_settings("few", tmp_path)
    assert few.forest.trees == 3
    assert few.forest.model_copy(update={"trees": base.forest.trees}) == base.forest
    assert few.rules == base.rules
    assert few.fingerprint != base.fingerprint


@pytest.mark.parametrize(("content", "said"), [("a: [", "is not YAML"), ("", "holds no keys")])
def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "base.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(BadConfiguration, match=said):
        load_settings(folder=tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('yuan_a_year: "5580"', 'yuan_a_year: "-1"', r"policy\.yaml: policy\.standards\.0\.yuan_a_year: .*greater than 0"),
        ("staff_kinds:", "staff_kind:", r"policy\.yaml: policy\.public_payroll\.0\.staff_kind: "),
        ("key_persons:", "key_person:", r"policy\.yaml: policy\.key_person: "),
    ],
)
def test_a_provision_that_cannot_be_used_is_refused_by_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    shutil.copytree(CONF, tmp_path, dirs_exist_ok=True)
    text = (CONF / "policy.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "policy.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadConfiguration, match=said):
        load_settings(folder=tmp_path)


def test_the_configuration_folder_may_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONF_VARIABLE, str(tmp_path))
    assert conf_folder() == tmp_path
    with pytest.raises(BadConfiguration, match="No configuration file"):
        load_settings()


def test_the_engine_is_spark_under_spark_submit_and_embedded_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPARK_REMOTE", "SPARK_ENV_LOADED", "PYSPARK_GATEWAY_PORT"):
        monkeypatch.delenv(name, raising=False)
    assert choose_engine(None) == EMBEDDED
    assert choose_engine(SPARK) == SPARK
    monkeypatch.setenv("PYSPARK_GATEWAY_PORT", "1")
    assert choose_engine(None) == SPARK
    with pytest.raises(BadConfiguration, match="No engine 'hadoop'"):
        choose_engine("hadoop")


def test_a_day_of_the_command_line_is_a_day() -> None:
    assert day("2017-12-31") == date(2017, 12, 31)
    with pytest.raises(BadConfiguration, match="2017-12-31"):
        day("31.12.2017")


def run_command(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, terminal_width=200)
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize("command", [[], ["run"], ["ingest"], ["quality"], ["simulate"], ["doctor"]])
def test_help_of_every_command_explains_itself(command: list[str]) -> None:
    code, output = run_command(*command, "--help")
    assert code == 0
    assert len(output) > 100


def test_a_missing_delivery_ends_with_code_2_and_writes_nothing(tmp_path: Path) -> None:
    code, output = run_command("run", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out"), "--as-of", "2017-12-31")
    assert code == 2
    assert "No folder" in output
    assert not (tmp_path / "out").exists()


def test_an_empty_delivery_ends_with_code_2_and_writes_no_table_but_the_log_of_runs(tmp_path: Path) -> None:
    (tmp_path / "delivery").mkdir()
    code, output = run_command("run", str(tmp_path / "delivery"), "--out", str(tmp_path / "out"), "--as-of", "2017-12-31")
    assert code == 2
    assert "交接清单.csv" in output
    assert {path.name for path in (tmp_path / "out" / "lake").iterdir()} == {".writer.lock", "_about", "ops"}
    assert [path.name for path in (tmp_path / "out" / "lake" / "ops").iterdir()] == ["runs"], "that it was refused, and why"


def test_a_day_that_is_none_ends_with_code_2(tmp_path: Path, city: City) -> None:
    code, output = run_command("run", str(city.delivery), "--out", str(tmp_path / "out"), "--as-of", "yesterday")
    assert code == 2
    assert "--as-of" in output


def test_a_city_is_not_simulated_over_another(city: City) -> None:
    code, output = run_command("simulate", str(city.folder), "--scale", "0.005")
    assert code == 2
    assert "there already" in output


def test_doctor_says_that_the_embedded_engine_can_run() -> None:
    code, output = run_command("doctor")
    assert code == 0
    assert "engine: embedded" in output


def test_doctor_says_where_others_could_reach_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_network, "who_else", lambda: "other accounts can log in here (2)")
    found = {diagnosis.what: diagnosis for diagnosis in diagnose()}
    assert found["engine's network"].seen == "the machine's: other accounts can log in here (2)"
    assert "user.max_user_namespaces" in found["engine's network"].advice
    assert not found["engine: embedded"].is_well


def test_a_misspelt_key_is_told_by_its_own_name(tmp_path: Path) -> None:
    shutil.copytree(CONF, tmp_path, dirs_exist_ok=True)
    text = (CONF / "base.yaml").read_text(encoding="utf-8")
    (tmp_path / "base.yaml").write_text(text.replace("  trees:", "  tree:"), encoding="utf-8")
    with pytest.raises(BadConfiguration, match=r"forest\.tree:"):
        load_settings(folder=tmp_path)
