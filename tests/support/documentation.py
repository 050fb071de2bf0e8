"""The documentation as tests read it: its pages and their code blocks, and a folder in which commands can run."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import click
import pytest
from _pytest.mark import ParameterSet

from monitor import clock
from monitor.cli.app import app, run
from monitor.config import Config, load
from monitor.feeds.http.responses import FetchResult
from monitor.model import FeedRecord, ParsedEntry, ParsedFeed, Text, Validators
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.ingest import Ingest, PolledDocument
from monitor.pipeline.open_stories import OpenStories
from monitor.store import Writer, feeds, open_writer, watchlists, write
from monitor.store.active_files import ActiveFiles, save_active_files
from monitor.watchlist import compile_watchlist

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"
PAGES = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md") if (REPOSITORY / name).exists()),
    *sorted(DOCS.rglob("*.md")),
]
GUIDE = DOCS / "guides" / "first-watchlist.md"  # its steps depend on each other: see test_first_watchlist.py
PAGE_IDS = [str(page.relative_to(REPOSITORY)) for page in PAGES]

# tables whose keys their writer chooses
OF_ANY_NAME = {("feeds",), ("actors",), ("keywords",), ("rules",), ("destinations",), ("feeds", "*", "headers")}
OF_ANY_NAME |= {("lists",), ("web", "users"), ("web", "tokens")}

Keys = tuple[str, ...]

CONFIG = """
[feeds]
chain-post  = "http://127.4.0.9:9/feed"
ledger-wire = "http://127.4.0.9:9/wire"
[actors]
garantex = ["Garantex", "Grinex"]
heronets = ["Night Heron", "Heron"]
[actors.lazarus]
aliases = ["Lazarus Group"]
note    = "Playbook: https://wiki.example/lazarus"
[actors.inferno]
name    = "Inferno Drainer"
aliases = ["Inferno Drainer"]
weak    = ["Inferno"]
context = ["drainer", "phish*", "wallet"]
[keywords]
theft = ["hack*", "drain*", "stole*", "theft*"]
[rules.theft]
actors     = ["*"]
keywords   = ["theft"]
within     = "25 words"
severity   = "critical"
send_to    = ["soc-slack"]
[rules.everything-else]
actors  = ["*"]
send_to = ["soc-slack"]
[destinations.soc-slack]
url = "console://"
[http]
contact       = "soc@example.org"
allow_private = ["127.0.0.0/8"]
[storage]
path = "monitor.db"
[[tests]]
title  = "Lazarus Group drained an exchange"
expect = { actors = ["lazarus"], severity = "critical" }
"""

# what the two feeds have published: hours ago, feed and title
PUBLISHED = (
    (50.0, "chain-post", "Lazarus Group drained $40M from Corvid exchange"),
    (49.5, "ledger-wire", "Corvid exchange drained of $40M by Lazarus Group"),
    (40.0, "chain-post", "Garantex operators open an office"),
    (30.0, "chain-post", "Wallet users lose coins to Inferno phishing pages"),
    (29.0, "ledger-wire", "Inferno drops a song"),
    (28.0, "chain-post", "Velmarket operators move coins"),
    (24.0, "ledger-wire", "Heron Lake trail reopens"),
    (23.0, "ledger-wire", "Heron Lake festival draws a crowd"),
    (20.0, "chain-post", "Heron stole $2M from Magpie wallet, investigators say"),
    (10.0, "chain-post", "Towering Inferno remake tops the box office"),
)
# the text below a title, if it has any
SUMMARIES = {
    "Lazarus Group drained $40M from Corvid exchange": (
        "The coins went to 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed, which Lazarus Group used in spring."
    ),
}


@dataclass(frozen=True)
class Block:
    """A fenced block of code: its language (empty: none), and its text."""

    page: Path
    number: int
    language: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.page.relative_to(REPOSITORY)}-{self.number}"


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    found = re.findall(r"(?ms)^( *)```([^\n`]*)\n(.*?)^\1```", page.read_text())
    return [Block(page, number, language.strip(), dedent(text)) for number, (_, language, text) in enumerate(found, 1)]


def all_blocks(*languages: str) -> list[ParameterSet]:
    """Return the blocks of all pages in one of *languages*, as parameters of a test."""
    return [pytest.param(block, id=block.id) for page in PAGES for block in blocks(page) if block.language in languages]


def turns(text: str) -> list[tuple[str, str]]:
    """Return the commands of a ``console`` block, each with what it prints."""
    parts = re.split(r"(?m)^\$ (.*)\n?", text)
    assert not parts[0].strip(), f"text before the first command: {parts[0]}"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def shown_in(expected: str, printed: str) -> re.Match[str] | None:
    """Return where *expected* is in *printed*; ``...`` and ``…`` stand for anything, any blanks for any others."""
    pieces = [re.escape(" ".join(piece.split())) for piece in re.split(r"\.\.\.|…", expected)]
    return re.search(".*?".join(pieces), " ".join(printed.split()))


def ingest_published(db: Writer, config: Config) -> None:
    """Let the pipeline store what the feeds have published, and decide about it, as the daemon does."""
    now = clock.now()
    watchlist, stories = compile_watchlist(config), OpenStories()
    with write(db):
        packed = watchlists.pack_configuration(_files(config))
        began = now - timedelta(days=3)
        stored = watchlists.store_configuration(db, packed, began)
        version = watchlists.watchlist_version(db, watchlist.fingerprint, began, configuration=stored)
        feeds.configure(db, [FeedRecord(key, feed.url, began) for key, feed in config.feeds.items()])
    active = ActiveConfiguration(config, watchlist, version, began)
    published = [(now - timedelta(hours=ago), key, title) for ago, key, title in PUBLISHED]
    polls = [(began, key, "") for key in config.feeds]  # the first one has nothing new
    for at, key, title in sorted(polls + published):
        entries = [
            ParsedEntry(
                title,
                f"https://{key}.example/{number}",
                Text(title, SUMMARIES.get(title, ""), ""),
                "",
                at,
                None,
                title.encode(),
            )
            for number, (_, _, each) in enumerate(published, 1)
            if each == title
        ]
        with write(db):
            record = next(record for record in feeds.load_feeds(db) if record.key == key)
            fetched = FetchResult(b"", "", Validators(), config.feeds[key].url, "", True, None, None, 0.1)
            parsed = ParsedFeed(key.replace("-", " ").title(), "en", "rss20", tuple(entries))
            draft = stories.draft(watchlist.actor_relations)
            document = PolledDocument(config.feeds[key], record, fetched, b"", parsed)
            Ingest(db, active, draft, document, at + timedelta(minutes=4)).run()
        stories.adopt(draft, at)


def _files(config: Config) -> ActiveFiles:
    return ActiveFiles(config.path, config.files.texts, config.files.matches)


def reference_generator() -> ModuleType:
    """Return the script that writes the reference, as a module."""
    spec = importlib.util.spec_from_file_location("generate_reference", DOCS / "generate_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def command_names(command: click.Command | None = None, name: str = "") -> list[str]:
    """Return the names of all commands, "export case" included."""
    command = command or app
    context = click.Context(command)
    inner = (
        {n: command.get_command(context, n) for n in command.list_commands(context)}
        if isinstance(command, click.Group)
        else {}
    )
    below = [found for n, c in inner.items() if c and not c.hidden for found in command_names(c, f"{name} {n}".strip())]
    return [*([name] if name else []), *below]


@dataclass(frozen=True)
class Output:
    """What a command printed to stdout and stderr, and its exit code."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Sandbox:
    """A folder with a configuration and a database, in which the commands of the documentation run."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    @classmethod
    def create(cls, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sandbox:
        monkeypatch.chdir(folder)
        path = folder / "config.toml"
        path.write_text(CONFIG)
        config = load(path, environ={}).config
        assert config is not None
        with open_writer(folder / "monitor.db") as db:
            ingest_published(db, config)
        save_active_files(folder / "monitor.db", _files(config))
        for name in ("MONITOR_CONFIG", "COLUMNS"):
            monkeypatch.delenv(name, raising=False)
        return cls(folder, capsys)

    def run(self, *words: str) -> Output:
        """Run ``monitor`` with these arguments."""
        self.capsys.readouterr()
        code = run(words)
        out, err = self.capsys.readouterr()
        return Output(code, out, err)

    def json(self, *words: str) -> object:
        """Return the first object that a command prints as JSON."""
        printed = self.run(*words)
        assert printed.out, printed.err
        try:
            found = json.loads(printed.out)
        except json.JSONDecodeError:  # one object per line
            found = json.loads(printed.out.splitlines()[0])
        return found[0] if isinstance(found, list) else found


def keys_in_schema(part: Any, definitions: dict[str, Any], at: Keys = ()) -> set[Keys]:
    """Return the paths of all keys that the schema knows; ``*`` stands for a name that its writer chose."""
    if "$ref" in part:
        return keys_in_schema(definitions[part["$ref"].rpartition("/")[2]], definitions, at)
    found = {(*at, name) for name in part.get("properties", {})}
    inner = [(part[key], at) for key in ("items", "then") if key in part]
    inner += [(item, (*at, name)) for name, item in part.get("properties", {}).items()]
    inner += [(item, (*at, "*")) for item in part.get("patternProperties", {}).values()]
    return found.union(*(keys_in_schema(item, definitions, path) for item, path in inner))
