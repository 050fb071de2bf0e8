"""``monitor demo``: run the full pipeline on recorded feeds that a local HTTP server serves; nothing is kept.

The demo polls three times. The first poll stores the backlog without alerts, the second finds new entries and sends
alerts, and at the third every server answers "not modified". The demo runs the code of the daemon on a configuration in
a temporary folder.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.output import colour_wanted
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.cli.recorded import RecordedSites
    from monitor.daemon.app import Daemon
    from monitor.daemon.poller import PollReport


@click.command(name="demo")
@click.option("--web", is_flag=True, help="Then serve the web page with the result on 127.0.0.1, until Ctrl-C.")
def command(web: bool) -> int:
    """Run the full pipeline on recorded feeds.

    The demo needs no account and no network, and deletes everything it stored.
    """
    from monitor.cli.recorded import RecordedSites

    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder, RecordedSites() as sites:
        config = Path(folder, "config.toml")
        template = files("monitor.cli.recorded").joinpath("demo.toml").read_text(encoding="utf-8")
        for name, url in sites.urls.items():
            template = template.replace("{" + name + "}", url)
        config.write_text(template, encoding="utf-8")
        return asyncio.run(_show(config, sites, web=web))


async def _show(path: Path, sites: RecordedSites, *, web: bool) -> int:
    from monitor.cli.options import load_config
    from monitor.daemon.app import Daemon
    from monitor.store.hits import totals

    colour = colour_wanted()

    def say(text: str = "", **style: object) -> None:
        click.echo(click.style(text, **style) if style else text, color=colour)  # type: ignore[arg-type] # style is click's

    say(f"monitor demo: {len(sites.urls)} recorded feeds; no account, no network; nothing is kept", bold=True)
    async with Daemon(load_config(path), colour=colour) as daemon:
        alerts = 0
        for edition, heading in (
            ("first", "First poll. The entries that a feed already has are stored without an alert:"),
            ("second", "Second poll. The sites have published new entries:"),
            ("second", "Third poll. Nothing has changed, and the servers answer so:"),
        ):
            sites.edition = edition
            say(f"\n{heading}", bold=True)
            start = time.monotonic()
            reports = await daemon.poll_now()
            for report in reports:
                say(_line(report))
            sent = await daemon.deliver_all()
            alerts += sent
            say(f"  {counted(sent, 'alert')}, {time.monotonic() - start:.1f} s", dim=True)
        entries, hits = await daemon.ask(totals)
        if web:
            await _serve(daemon)
    say(
        f"\n{counted(alerts, 'alert')}, {counted(hits, 'hit')} in {counted(entries, 'article')}. Next steps:", bold=True
    )
    for line in (
        "monitor init          write a configuration to start from",
        "monitor check         find mistakes in it",
        "monitor explain TEXT  show what matches in a text, and why",
        "monitor run           run the daemon",
    ):
        say(f"  {line}")
    return 0 if alerts else 1


async def _serve(daemon: Daemon) -> None:
    """Serve the web page of *daemon* on a free port until Ctrl-C is pressed."""
    import signal

    from monitor.config import WebSettings
    from monitor.web.beside_daemon import page_of

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with page_of(daemon, WebSettings(port=0)) as address:
        click.echo(f"\nThe web page: {address}/   (press Ctrl-C to end the demo)")
        await stop.wait()


def _line(report: PollReport) -> str:
    if report.not_modified:
        what = "not modified"
    elif report.cause:
        what = report.cause
    else:
        what = f"{report.new} new"
    return f"  {report.feed:16}{what}"
