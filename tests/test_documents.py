"""The documents: generated parts are fresh, commands and rules are all there, links lead somewhere."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from jobs.commands.cli import app
from jobs.launch.settings import load_settings
from jobs.rulebook.rule import EXEMPTIONS, Rule
from jobs.rules import RULES
from tools import documents
from tools.documents import CHINESE, ENGLISH, ROOT, Language

READMES = [ROOT / ENGLISH.page, ROOT / CHINESE.page]
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
        documents.with_sections(page, {"tables": "| |"})


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_the_lineage_holds_every_job_and_every_table_of_the_jobs(language: Language) -> None:
    graph = documents.lineage(language)
    for job in documents.JOBS:
        assert f"{job.NAME}[[" in graph
    for name in documents.LAKE_TABLES:
        assert f'"{name}"' in graph


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readme_names_every_command(readme: Path) -> None:
    commands = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    groups = {group.name: group.typer_instance.registered_commands for group in app.registered_groups if group.typer_instance}
    commands += [
        f"{name} {command.name or command.callback.__name__}"
        for name, own in groups.items()
        for command in own
        if command.callback
    ]
    assert len(commands) >= 3
    missing = [name for name in commands if f"mingjing {name}" not in text_of(readme)]
    assert missing == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readme_links_every_rule_and_job(readme: Path) -> None:
    text = text_of(readme)
    assert [rule.code for rule in RULES if f"({documents.rule_page(rule)})" not in text] == []
    assert [job.NAME for job in documents.JOBS if f"(jobs/{job.NAME}/job.py)" not in text] == []


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
    for code, _, rules in rows:
        deciding = [rule.code for rule in RULES if code in exemptions_of(rule, monkeypatch)]
        if code != "R07":
            assert [name for name in re.split(r", *", rules.strip()) if name in {r.code for r in RULES}] == deciding, code


@pytest.mark.parametrize("page", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = [target for target, _ in LINK.findall(text_of(page)) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_both_readmes_have_the_same_sections() -> None:
    shape = [[line.split()[0] for line in text_of(path).splitlines() if line.startswith("#")] for path in READMES]
    assert shape[0] == shape[1]


def test_the_notebook_is_committed_without_output_and_defines_nothing() -> None:
    notebook = json.loads(text_of(ROOT / "notebooks/clues_and_scores.ipynb"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    tree = ast.parse("\n".join("".join(cell["source"]) for cell in cells))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)]
