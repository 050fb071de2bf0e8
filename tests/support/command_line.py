"""What tests of the command line share: typing a command, and a watchlist to type it at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.cli.app import run

CONFIG = """
[feeds]
wire = "{url}"
[actors]
lazarus = ["Lazarus Group"]
[actors.inferno]
aliases = ["Inferno Drainer"]
weak = ["Inferno"]
context = ["phish*"]
exclude = ["Towering Inferno"]
[keywords]
theft = ["stole*", "drain*"]
[rules.theft]
actors = ["*"]
keywords = ["theft"]
min_amount = ["$1M"]
severity = "critical"
send_to = ["desk"]
[rules.any]
actors = ["*"]
send_to = ["desk"]
[destinations.desk]
url = "console://"
[http]
timeout = "60s"
allow_private = ["127.0.0.0/8"]
[storage]
path = "monitor.db"
"""


@dataclass(frozen=True)
class Typed:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


class Terminal:
    """Types commands; ``config`` is given to each unless the command names another."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys = capsys
        self.config = folder / "config.toml"

    def configure(self, text: str = CONFIG, url: str = "http://127.4.0.9:9/feed") -> Path:
        self.config.write_text(text.replace("{url}", url))
        return self.config

    def config_text(self, more: str = "") -> str:
        """Return the usual configuration with *more* tables."""
        return CONFIG + more

    def type(self, *words: str) -> Typed:
        self._capsys.readouterr()
        code = run(["-c", str(self.config), *words])
        out, err = self._capsys.readouterr()
        return Typed(code, out, err)
