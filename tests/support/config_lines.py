"""What tests of the daemon share: a configuration on served feeds, and feeds that are easy to write."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import format_datetime
from pathlib import Path

from monitor import clock
from monitor.config import Config, load

WATCHLIST = """
[actors]
lazarus = ["Lazarus Group"]
[keywords]
theft = ["stole", "theft*", "drain*"]
[rules.theft]
actors = ["lazarus"]
keywords = ["theft"]
severity = "critical"
send_to = ["desk"]
[rules.any]
actors = ["*"]
send_to = ["desk"]
[http]
every = "1h"
timeout = "60s"
allow_private = ["127.0.0.0/8"]
"""
CONSOLE = '[destinations.desk]\nurl = "console://"\n'


def configured(folder: Path, feeds: dict[str, str], more: str = CONSOLE, watchlist: str = WATCHLIST) -> Config:
    """Return the configuration of *feeds*, name to address, written to and loaded from *folder*."""
    path = folder / "config.toml"
    listed = "".join(f'{name} = "{url}"\n' for name, url in feeds.items())
    path.write_text(f'[storage]\npath = "monitor.db"\n[feeds]\n{listed}{watchlist}{more}')
    loaded = load(path, environ={})
    assert loaded.config is not None, "\n".join(map(str, loaded.problems))
    return loaded.config


def rss(items: Iterable[str | tuple[str, str]], title: str = "The Wire") -> bytes:
    """Return an RSS 2.0 document with one entry for each title, or (guid, title)."""
    pairs = [(item, item) if isinstance(item, str) else item for item in items]
    now = format_datetime(clock.now(), usegmt=True)
    rows = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{text}</title>"
        f"<link>https://wire.example/{n}</link><pubDate>{now}</pubDate></item>"
        for n, (guid, text) in enumerate(pairs)
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{rows}</channel></rss>".encode()
