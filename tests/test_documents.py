"""What is written for people against what runs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from support.documentation import OF_ANY_NAME, PAGE_IDS, PAGES, REPOSITORY, Keys, keys_in_schema

import monitor
from monitor.cli.app import run
from monitor.config import json_schema, load
from monitor.watchlist import lint_watchlist

PASSWORD_HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"
EXAMPLE = REPOSITORY / "config.example.toml"

# a setting that is written as a comment: a key or the head of a table; prose never looks like that
COMMENTED_OUT = re.compile(r"^# ?(?=\[|[a-z_]+ *= )", re.MULTILINE)


def keys_of(value: Any, at: Keys = ()) -> set[Keys]:
    """Return the paths of all keys in a parsed configuration; ``*`` stands for a name that its writer chose."""
    if isinstance(value, list):
        return {key for item in value for key in keys_of(item, at)}
    if not isinstance(value, dict):
        return set()
    paths = {name: (*at, "*" if at in OF_ANY_NAME else name) for name in value}
    below = {key for name, item in value.items() for key in keys_of(item, paths[name])}
    return below | {path for path in paths.values() if path[-1] != "*"}


def complaints(path: Path, **environ: str) -> list[str]:
    """Return all that is wrong with a configuration, warnings too."""
    loaded = load(path, environ=environ)
    assert loaded.config is not None, loaded.problems
    return list(map(str, (*loaded.problems, *lint_watchlist(loaded.config))))


def test_the_example_configuration_has_nothing_to_complain_of():
    assert complaints(EXAMPLE) == []


def test_the_example_configuration_passes_its_own_examples(capsys):
    assert run(["test", str(EXAMPLE)]) == 0, capsys.readouterr().out


def test_the_example_configuration_names_every_setting_and_no_other():
    schema = json_schema()
    shown = keys_of(tomllib.loads(COMMENTED_OUT.sub("", EXAMPLE.read_text())))
    known = keys_in_schema(schema, schema["definitions"])
    assert len(known) > 50
    assert shown == known


def test_what_the_example_configuration_has_as_a_comment_is_valid_too(tmp_path):
    (tmp_path / "more.toml").write_text(
        '[keywords]\noutage = ["maintenance", "offline"]\n[lists.sdn]\ntitle = "SDN"\ndate = 2026-11-25\n'
    )
    path = tmp_path / "config.toml"
    all_of_it = COMMENTED_OUT.sub("", EXAMPLE.read_text())
    path.write_text(all_of_it.replace("include = [", 'include = ["more.toml", ', 1))
    secrets = {"FEED_LOGIN": "joe:hunter22", "FEED_KEY": "k"}
    secrets |= {"WEB_ANA": PASSWORD_HASH, "WEB_SIEM": "0123456789abcdef01234567"}
    secrets |= dict.fromkeys(("SLACK_URL", "COMPLIANCE_MAIL", "PAGER_URL"), "json://127.9.8.2/hook")
    # warnings are to be expected: nothing asks for what is a comment
    assert [said for said in complaints(path, **secrets) if ": error: " in said] == []


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_test_that_the_documentation_names_exists(page):
    tests = REPOSITORY / "tests"
    missing = []
    for file, name in re.findall(r"`(\S+\.py)::(\w+)`", page.read_text()):
        path = REPOSITORY / file if file.startswith("tests/") else tests / "feeds" / file
        if not path.is_file() or f"def {name}(" not in path.read_text():
            missing.append(f"{file}::{name}")
    assert missing == []


def linked_file(page: Path, link: str) -> Path:
    """Return the file that *link* leads to; those of the package are where it is installed."""
    path = (page.parent / link).resolve()
    package = REPOSITORY / "monitor"
    return Path(monitor.__file__).parent / path.relative_to(package) if path.is_relative_to(package) else path


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_link_and_every_picture_leads_to_a_file(page):
    text = page.read_text()
    links = re.findall(r"\]\((?!https?:|#)([^)#`\s]+)", text) + re.findall(r'src="([^"]+)"', text)
    assert [link for link in links if not linked_file(page, link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_path_in_the_repository_exists(page):
    folders = "monitor|tests|docs|contrib|release|benchmarks|systemd"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", page.read_text())
    assert [path for path in named if not (REPOSITORY / path).exists()] == []


def slugs(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub and MyST make them."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_link_to_a_heading_leads_to_one(page):
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text())
    assert [(file, anchor) for file, anchor in links if anchor not in slugs(page.parent / file if file else page)] == []


def test_every_page_is_in_the_index_and_every_entry_of_the_index_is_a_page():
    docs = REPOSITORY / "docs"
    lines = re.findall(r"(?ms)^```\{toctree\}\n(.*?)^```", (docs / "index.md").read_text())
    entries = [line for block in lines for line in block.splitlines() if line and not line.startswith(":")]
    listed = {str(page.relative_to(docs)) for entry in entries for page in docs.glob(f"{entry}.md")}
    pages = {str(page.relative_to(docs)) for page in docs.rglob("*.md")}
    assert pages - listed == {"index.md"}
    assert [entry for entry in entries if "*" not in entry and not (docs / f"{entry}.md").is_file()] == []
