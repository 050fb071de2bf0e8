"""The reference says what the code does."""

from __future__ import annotations

import ast
import re

import pytest
from support.documentation import DOCS, REPOSITORY, Sandbox, command_names, reference_generator

from monitor import clock
from monitor.cli.commands import COMMANDS
from monitor.config import load
from monitor.daemon.status import Observed, status_report
from monitor.model import DeliveryState
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import open_reader
from monitor.watchlist import compile_watchlist

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
    "watchlist diff": ("watchlist", "diff", "--json"),
    "import": ("import", "names", "list.csv", "-o", "list.toml", "--json"),
    "packs": ("packs", "--json"),
    "match": ("match", "items.ndjson"),
    "parse": ("parse", "feed.xml"),
}
# what needs a daemon or has rare parts: the module that writes the fields of a section
WRITTEN_BY = {"status": "daemon/status.py", "learn": "cli/learn_output.py"}


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
    assert with_json - {"backtest"} <= {*TYPED, *WRITTEN_BY}  # which has a page of its own


@pytest.mark.parametrize(("title", "module"), WRITTEN_BY.items())
def test_the_documented_fields_are_those_that_a_module_writes(title, module):
    tree = ast.parse((REPOSITORY / "monitor" / module).read_text())
    keys = [key for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys]
    written = {key.value for key in keys if isinstance(key, ast.Constant)} - {"do"}
    written |= {"bad_lines", "line", "error"} if title == "learn" else set(map(str, DeliveryState))
    named = {name for row in re.findall(r"(?m)^\|.*", section(title)) for name in re.findall(r"`(\w[\w ]*)`", row)}
    assert named | {"instruction", "toml", "sentence", "link"} - {"null"} >= written
    assert named - {"null"} <= written


def test_the_status_of_a_daemon_has_the_documented_fields(sandbox: Sandbox):
    config = load(sandbox.folder / "config.toml", environ={}).config
    assert config is not None
    with open_reader(sandbox.folder / "monitor.db") as db:
        now = clock.now()
        active = ActiveConfiguration(config, compile_watchlist(config), 1, now)
        report = status_report(db, Observed(active, started_at=now), now)
    assert set(report) == documented_fields("status")
    assert set(report["feeds"]) == {"total", "ok", "odd", "new", "failing", "down"}


def test_the_documented_fields_of_a_backtest_are_those_that_are_printed(sandbox: Sandbox):
    text = (DOCS / "backtest.md").read_text().partition("| key | value |")[2]
    cells = re.findall(r"(?m)^\| (`[^|]+) \|", text)
    printed = sandbox.json("backtest", "--json")
    assert isinstance(printed, dict)
    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == set(printed)


@pytest.mark.parametrize("title", TYPED)
def test_the_documented_fields_are_those_that_are_printed(sandbox: Sandbox, title):
    (sandbox.folder / "items.ndjson").write_text(ITEM)
    (sandbox.folder / "list.csv").write_text("name\nTin Ferry Exchange\n")
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
