"""The documentation as tests read it: its pages and their code blocks, and a folder in which commands can run."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import click
import pytest
from _pytest.mark import ParameterSet
from support.page_client import make_database

from monitor.cli.app import app, run

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"
PAGES = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md") if (REPOSITORY / name).exists()),
    *sorted(DOCS.rglob("*.md")),
]
PAGE_IDS = [str(page.relative_to(REPOSITORY)) for page in PAGES]

CONFIG = """
[feeds]
chain-post = "http://127.4.0.9:9/feed"
[actors]
lazarus  = ["Lazarus Group"]
garantex = ["Garantex", "Grinex"]
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
        (folder / "config.toml").write_text(CONFIG)
        make_database(folder / "monitor.db")
        monkeypatch.chdir(folder)
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
