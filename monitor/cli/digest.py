"""``monitor digest``: what is being collected for a destination."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.acting import act
from monitor.cli.options import config_option, load_config
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.config import Config


@click.command(name="digest")
@config_option
@click.argument("destination", metavar="DEST")
@click.option("--print", "only_print", is_flag=True, help="Show it as it stands, send nothing.")
def command(config_path: Path | None, destination: str, only_print: bool) -> None:
    """Send now what is being collected for DEST, or with --print show it."""
    config = load_config(config_path)
    if destination not in config.destinations:
        there = ", ".join(config.destinations) or "none"
        raise UsageError(f'no destination called "{destination}" in {config.path}; there are: {there}')
    if only_print:
        _show(config, destination)
    else:
        click.echo(act(config, {"do": "send digest", "destination": destination}))


def _show(config: Config, destination: str) -> None:
    from monitor import clock
    from monitor.alerts.render.notification import RenderOptions, render
    from monitor.store import deliveries, messages, open_reader

    db = open_reader(config.storage.path)
    try:
        found = [messages.message_of(db, digest) for digest in deliveries.open_digests(db, destination)]
    finally:
        db.close()
    for message in found:
        notification = render(message, RenderOptions(zone=config.alerts.timezone, now=clock.now()))
        click.echo(f"{notification.title}\n\n{notification.body}\n")
    if not found:
        click.echo(f"nothing is being collected for {destination}", err=True)
