"""``monitor demo``: recorded feeds over a real local HTTP server through the whole line; nothing is kept.

Three polls: the first learns what is there and stays silent, the second finds new entries and alerts, the third is
answered "not modified" by every feed. What runs is the daemon's own code on a configuration in a temporary folder.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import colour_wanted

if TYPE_CHECKING:
    from monitor.cli.recorded import Newsstand
    from monitor.daemon.poller import PollReport


@click.command(name="demo")
def command() -> int:
    """Show the whole line on recorded feeds: no account, no network, nothing kept."""
    from monitor.cli.recorded import Newsstand

    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder, Newsstand() as newsstand:
        config = Path(folder, "config.toml")
        template = files("monitor.cli.recorded").joinpath("demo.toml").read_text(encoding="utf-8")
        for name, url in newsstand.urls.items():
            template = template.replace("{" + name + "}", url)
        config.write_text(template, encoding="utf-8")
        return asyncio.run(_show(config, newsstand))


async def _show(path: Path, newsstand: Newsstand) -> int:
    from monitor.cli.options import load_config
    from monitor.daemon.app import Daemon
    from monitor.store.hits import totals

    colour = colour_wanted()

    def say(text: str = "", **style: object) -> None:
        click.echo(click.style(text, **style) if style else text, color=colour)  # type: ignore[arg-type] # style is click's

    say(f"monitor demo: {len(newsstand.urls)} recorded feeds, no account, no network, nothing is kept", bold=True)
    async with Daemon(load_config(path), colour=colour) as daemon:
        alerts = 0
        for edition, heading in (
            ("first", "First poll. What a feed holds already is stored, not alerted:"),
            ("second", "Second poll. The sites have published:"),
            ("second", "Third poll. Nothing has changed, and the servers say so:"),
        ):
            newsstand.edition = edition
            say(f"\n{heading}", bold=True)
            start = time.monotonic()
            reports = await daemon.poll_now()
            for report in reports:
                say(_line(report))
            sent = await daemon.deliver_all()
            alerts += sent
            say(f"  {sent} alert{'' if sent == 1 else 's'}, {time.monotonic() - start:.1f} s", dim=True)
        entries, hits = await daemon.ask(totals)
    say(f"\n{alerts} alerts, {hits} hits in {entries} articles. Now yours:", bold=True)
    for line in (
        "monitor init          writes a configuration to start from",
        "monitor check         finds its mistakes",
        "monitor explain TEXT  says what would match, and why",
        "monitor run           watches",
    ):
        say(f"  {line}")
    return 0 if alerts else 1


def _line(report: PollReport) -> str:
    if report.not_modified:
        what = "not modified"
    elif report.cause:
        what = report.cause
    else:
        what = f"{report.new} new"
    return f"  {report.feed:16}{what}"
