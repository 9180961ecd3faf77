"""The documents: generated parts are fresh, commands and rules are all there, links lead somewhere, the site builds and asks nobody."""

from __future__ import annotations

import ast
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import CliRunner

from jobs.commands.cli import app
from jobs.launch.settings import load_settings
from jobs.needs import NEED_RULES
from jobs.rulebook.need import NeedRule
from jobs.rulebook.rule import EXEMPTIONS, Rule
from jobs.rules import RULES
from jobs.sheets.choices import VERDICTS
from jobs.sheets.clue_workbook import CASE_SHEET, CLUE_SHEET, DATA_SHEET
from tools import documents
from tools.command_reference import command_reference, commands
from tools.documents import CHINESE, ENGLISH, ROOT
from tools.lineage import lineage_rows, lineage_svg
from tools.markdown import with_sections

READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
SCREENS = 120
"""Lines of three screens."""
WRITTEN = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "models/*.md")
    for path in ROOT.glob(pattern)
    if not path.relative_to(ROOT).parts[0].startswith(".")
)
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def exemptions_of(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Codes that the rule decides by data, and R07, which every rule gives where the name is another's."""
    monkeypatch.setenv("SPARK_CONNECT_MODE_ENABLED", "1")  # conditions are built here, never run: no session is needed
    return {*rule.judge(load_settings(folder=ROOT / "conf").params(rule.code)).exempt, "R07"}


def test_generated_parts_say_what_the_code_says() -> None:
    stale = [path.relative_to(ROOT).as_posix() for path in documents.stale_pages()]
    assert stale == [], "run make docs and commit the pages"


def test_a_changed_contract_makes_pages_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in documents.pages():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (tmp_path / "conf").symlink_to(ROOT / "conf")
    assert documents.stale_pages(tmp_path) == []
    monkeypatch.setattr(documents, "LAKE_TABLES", dict(list(documents.LAKE_TABLES.items())[:-1]))
    stale = {path.relative_to(tmp_path) for path in documents.stale_pages(tmp_path)}
    assert stale == {documents.DICTIONARY, ENGLISH.page, CHINESE.page}


def test_a_page_without_its_markers_is_named(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("# nothing generated here\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"README\.md lacks the markers <!-- generated:tables -->"):
        with_sections(page, {"tables": "| |"})


def test_the_lineage_holds_every_job_and_every_table_of_the_jobs() -> None:
    rows = lineage_rows(documents.JOBS)
    assert set(documents.LAKE_TABLES) < set(rows)
    for number, job in enumerate(documents.JOBS):
        assert any(number in reads for reads, _ in rows.values()), job.NAME
        assert any(number in writes for _, writes in rows.values()), job.NAME
    picture = ElementTree.fromstring(lineage_svg(documents.JOBS))
    said = {element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {*rows, *(job.NAME for job in documents.JOBS)} < said


def test_a_table_that_a_job_reads_and_another_writes_has_both_marks() -> None:
    reads, writes = lineage_rows(documents.JOBS)["gold.findings"]
    assert [documents.JOBS[number].NAME for number in sorted(writes)] == ["find_clues"]
    assert "rank_clues" in {documents.JOBS[number].NAME for number in reads}


@pytest.mark.parametrize("page", ["docs/start.md", "docs/zh/commands.md", "docs/commands.md"])
def test_a_page_of_commands_names_every_command(page: str) -> None:
    paths = [path for path, _ in commands()]
    assert {"mingjing run", "mingjing rule try"} < set(paths)
    assert [path for path in paths if path not in text_of(ROOT / page)] == []


def test_both_languages_tell_the_same_commands_and_the_same_results() -> None:
    for pattern, english in ((r"^\| `mingjing (\w[\w-]*)", "docs/start.md"), (r"^\| `OUT/(\w[\w./-]*\w)", "docs/results.md")):
        told = [set(re.findall(pattern, text_of(ROOT / page), re.MULTILINE)) for page in (english, "docs/zh/commands.md")]
        assert told[0] == told[1], english
        assert len(told[0]) > 10, english


def test_the_reference_of_commands_says_what_help_says() -> None:
    text = command_reference()
    helped = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["plan", "--help"]).output
    for option in ("--visits", "--county", "--as-of"):
        assert option in helped
        assert f"`{option} " in text
    assert text.count("\n## ") == len(list(commands()))


def test_the_reference_of_the_configuration_holds_every_key() -> None:
    text = text_of(ROOT / documents.CONFIGURATION)
    for section, keys in yaml.safe_load(text_of(ROOT / "conf/base.yaml")).items():
        told = text.partition(f"### {section}\n")[2].partition("### ")[0]
        assert [key for key in keys if f"| `{key}" not in told] == []
    assert "| `fall_ratio_stop` | `0.30` | number, ≥ 0, ≤ 1 | of a roster or the payments: the extract is not complete |" in text


@pytest.mark.parametrize("page", [ENGLISH.page, CHINESE.page], ids=str)
def test_a_page_of_jobs_links_every_job(page: Path) -> None:
    up = "../" * (len(page.parts) - 1)
    assert [job.NAME for job in documents.JOBS if f"({up}jobs/{job.NAME}/job.py)" not in text_of(ROOT / page)] == []


@pytest.mark.parametrize("index", [documents.RULE_INDEX, documents.CHINESE_RULE_INDEX], ids=str)
def test_a_list_of_rules_links_every_rule(index: Path) -> None:
    text = text_of(ROOT / index)
    assert [rule.code for rule in (*RULES, *NEED_RULES) if f"[{rule.code}]({rule.code}.md)" not in text] == []


@pytest.mark.parametrize("rule", [*RULES, *NEED_RULES], ids=lambda rule: rule.code)
def test_the_chinese_page_of_a_rule_tells_an_inspector_what_to_ask_and_accuses_nobody(rule: Rule | NeedRule) -> None:
    text = text_of(ROOT / documents.chinese_rule_page(rule))
    assert text.startswith(f"# {rule.code} {rule.title_zh}\n")
    assert all(question in text for question in rule.verify)
    asked = "入户时还要了解" if isinstance(rule, NeedRule) else "可能完全正常的情形"
    assert [heading for heading in ("系统怎么看", asked, "系统看不到什么") if f"## {heading}\n" not in text] == []
    assert not re.search("骗保|骗取|欺诈|嫌疑|诈骗", text)


def test_inspectors_are_told_every_verdict_and_column_that_they_fill_in() -> None:
    text = text_of(ROOT / documents.RETURNING)
    assert [verdict for verdict in VERDICTS if f"| {verdict} |" not in text] == []
    assert [column.heading for column in CLUE_SHEET if column.style == "input" and f"| {column.heading} |" not in text] == []


def test_inspectors_are_told_every_column_that_they_read() -> None:
    text = text_of(ROOT / "docs/zh/read-a-clue.md")
    read = {
        column.heading.removesuffix("（元）")
        for sheet in (CASE_SHEET, CLUE_SHEET, DATA_SHEET)
        for column in sheet
        if column.style != "input"
    }
    assert [heading for heading in sorted(read) if heading not in text] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    strictly = ["--fail-on-warning", "--keep-going", "--quiet", "--fresh-env"]
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", *strictly, "docs", str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr[-4000:]
    return folder


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    loads = re.compile(
        r"""<(?:script|link|img|iframe|source)[^>]*(?:src|href)=["']((?:https?:)?//[^"']+)|url\(["']?((?:https?:)?//[^)"']+)"""
    )
    asked = {str(path.relative_to(site)): loads.findall(text_of(path)) for path in (*site.rglob("*.html"), *site.rglob("*.css"))}
    assert len(asked) > 90
    assert {path: found for path, found in asked.items() if found} == {}


def test_the_search_finds_chinese_by_pairs_of_characters_and_english_by_stems(site: Path) -> None:
    index = json.loads(text_of(site / "searchindex.js").removeprefix("Search.setIndex(").removesuffix(")"))

    def found(word: str) -> set[str]:
        numbers = [index[terms].get(word, []) for terms in ("terms", "titleterms")]
        return {index["docnames"][n] for some in numbers for n in (some if isinstance(some, list) else [some])}

    assert {"zh/rules/M01", "glossary"} <= found("低保")
    assert "zh/rules/K01" in found("渐退") & found("退期")
    assert "spark" in found("cluster")
    on_the_page = text_of(site / "_static/language_data.js")
    assert "window.Stemmer = EnglishStemmer;" in on_the_page, "the name of the language is a name in the page's script"
    assert "var splitQuery = (query) =>" in on_the_page


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_a_readme_fits_three_screens_and_shows_what_comes_out(readme: Path) -> None:
    text = text_of(readme)
    assert len(text.splitlines()) <= SCREENS
    assert [
        part for part in ("docs/pictures/clues.svg", "make demo", "make test", "mingjing run", "make docs") if part not in text
    ] == []


def test_the_picture_says_that_it_is_synthetic_and_names_nobody() -> None:
    picture = text_of(ROOT / "docs/pictures/clues.svg")
    assert "模拟数据 · synthetic data" in picture
    assert not re.search(r"\d{15}", picture)
    names = re.findall(r"　([^<]+)</text>", picture)
    assert len(names) == 6
    assert all(re.fullmatch(r".\*", name) for name in names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_page_with_its_source_and_exemption_codes(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of(ROOT / documents.rule_page(rule))
    decided = text.partition("Decided by data")[2].partition("What only a visit can decide")[0]
    assert rule.source in text
    assert rule.title_zh in text.splitlines()[0]
    in_table = set(re.findall(r"^\| (R\d\d) ", decided, flags=re.MULTILINE))
    assert in_table == exemptions_of(rule, monkeypatch)
    for code in in_table:
        assert f"| {code} {EXEMPTIONS[code]} |" in decided


def test_the_glossary_says_which_rule_decides_which_exemption(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = re.findall(r"^\| (R\d\d) \| ([^|]+) \| [^|]+ \| ([^|]*) ?\|$", text_of(ROOT / "docs/glossary.md"), flags=re.MULTILINE)
    assert {code: title for code, title, _ in rows} == EXEMPTIONS
    decided = {rule.code: exemptions_of(rule, monkeypatch) for rule in RULES}
    for code, _, rules in rows:
        deciding = [rule for rule, codes in decided.items() if code in codes]
        if code != "R07":
            assert [name for name in re.split(r", *", rules.strip()) if name in {r.code for r in RULES}] == deciding, code


@pytest.mark.parametrize("page", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = [target for target, _ in LINK.findall(text_of(page)) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_row_of_a_table_has_a_cell_for_every_heading(page: Path) -> None:
    bars = [len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0 for line in text_of(page).splitlines()]
    assert [n + 2 for n, (one, other) in enumerate(itertools.pairwise(bars)) if one and other and one != other] == []


def test_every_proof_of_the_threats_page_is_there() -> None:
    """Tests, files and commands that it names."""
    page = text_of(ROOT / "docs/security.md")
    named = re.findall(r"`((?:tests|benchmarks|simulation|tools)/[^`*]*|test_\w+)`", page)
    written = "".join(text_of(path) for path in (ROOT / "tests").rglob("test_*.py"))
    known = [path.removeprefix("mingjing ") for path, _ in commands()]
    given = re.findall(r"mingjing ((?:[a-z][a-z-]+ ?)+)", "".join(re.findall(r"`[^`\n]+`|```.*?```", page, flags=re.DOTALL)))
    assert len(named) > 20
    assert len(given) > 10
    assert [
        name for name in named if not (f"def {name}(" in written if name.startswith("test_") else (ROOT / name).exists())
    ] == []
    assert [words for words in given if not any(f"{words.strip()} ".startswith(f"{path} ") for path in known)] == []


def test_both_readmes_have_the_same_sections() -> None:
    shape = [[line.split()[0] for line in text_of(path).splitlines() if line.startswith("#")] for path in READMES]
    assert shape[0] == shape[1]


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_output_defines_nothing_and_is_titled_in_both_languages(path: Path) -> None:
    cells = json.loads(text_of(path))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    tree = ast.parse("\n".join("".join(cell["source"]) for cell in code))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)]
    titles = [line for cell in cells if cell["cell_type"] == "markdown" for line in cell["source"] if line.startswith("#")]
    assert all(re.fullmatch(r"#+ [^·]*[\u4e00-\u9fff][^·]* · [A-Z][^·]*", title.strip()) for title in titles), titles
