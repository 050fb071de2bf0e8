"""The reference says what the code does."""

from __future__ import annotations

import re

import pytest
from support.documentation import DOCS, Sandbox, command_names, reference_generator

from monitor.cli.commands import COMMANDS

REFERENCE = DOCS / "reference"
GENERATED = reference_generator().pages()
FEED = """<rss version="2.0"><channel><title>Chain Post</title><link>https://chain.example/</link>
<item><title>Lazarus Group drains a bridge</title><link>https://chain.example/1</link></item></channel></rss>"""
ITEM = '{"id": "1", "title": "Lazarus Group stole $5M"}\n'

# the commands that show the fields of a section of json.md
TYPED = {
    "hits": ("hits", "--json"),
    "show": ("show", "1", "--json"),
    "search": ("search", "Lazarus", "--json"),
    "feeds": ("feeds", "--json"),
    "outbox": ("outbox", "--json"),
    "deliveries": ("deliveries", "--json"),
    "silences": ("silences", "--json"),
    "check": ("check", "bad.toml", "--json"),
    "doctor": ("doctor", "--offline", "--json"),
    "watchlist versions": ("watchlist", "versions", "--json"),
    "packs": ("packs", "--json"),
    "match": ("match", "items.ndjson"),
    "parse": ("parse", "feed.xml"),
}


def section(title: str) -> str:
    """Return the section of json.md with this title."""
    text = (REFERENCE / "json.md").read_text()
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def documented_fields(title: str) -> set[str]:
    """Return the fields in the first column of the table of a section."""
    cells = re.findall(r"(?m)^\| (`[^|]+) \|", section(title))
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_up_to_date(name):
    assert (REFERENCE / name).read_text() == GENERATED[name], "run: make reference"


def test_every_command_and_every_option_has_its_place():
    page = GENERATED["commands.md"]
    headings = set(re.findall(r"(?m)^##+ (.+)$", page))
    assert headings == set(command_names())
    assert set(COMMANDS) <= headings


def test_every_command_with_json_output_is_described():
    page = GENERATED["commands.md"]
    with_json = {
        title
        for title, text in re.findall(r"(?ms)^##+ ([^\n]+)$(.*?)(?=^##|\Z)", page)
        if "`--json`" in text and not title.startswith("import")
    }
    elsewhere = {"backtest", "watchlist diff", "status"}  # its own page; in words; a running daemon
    assert with_json - elsewhere - {"learn"} <= set(TYPED)


@pytest.mark.parametrize("title", TYPED)
def test_the_documented_fields_are_those_that_are_printed(sandbox: Sandbox, title):
    (sandbox.folder / "items.ndjson").write_text(ITEM)
    (sandbox.folder / "feed.xml").write_text(FEED)
    (sandbox.folder / "bad.toml").write_text("[rules.x]\n")
    if title == "silences":
        sandbox.run("silence", "lazarus", "4h", "-m", "known campaign")
    printed = sandbox.json(*TYPED[title])
    known = documented_fields(title)
    if title == "show":
        known |= documented_fields("hits")
    assert isinstance(printed, dict)
    assert set(printed) == known
