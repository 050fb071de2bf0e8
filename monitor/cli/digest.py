"""``monitor digest``: send a destination's pending digest now, or print it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import config_option, load_active_config, require_destination
from monitor.daemon.control_client import perform

if TYPE_CHECKING:
    from monitor.config import Config


@click.command(name="digest")
@config_option
@click.argument("destination", metavar="DEST")
@click.option("--print", "only_print", is_flag=True, help="Print the digest as it would be sent now; send nothing.")
def command(config_path: Path | None, destination: str, only_print: bool) -> None:
    """Send the pending digest of destination DEST now instead of at its time, or print it."""
    config = load_active_config(config_path)
    require_destination(config, destination)
    if only_print:
        _print(config, destination)
    else:
        from monitor.daemon.operator_actions import SendDigest

        click.echo(perform(config.storage.path, SendDigest(destination)))


def _print(config: Config, destination: str) -> None:
    from monitor import clock
    from monitor.alerts.render.notification import RenderOptions, render
    from monitor.store import delivery_list, messages, open_reader

    db = open_reader(config.storage.path)
    try:
        found = [messages.message_of(db, digest) for digest in delivery_list.open_digests(db, destination)]
    finally:
        db.close()
    for message in found:
        options = RenderOptions(zone=config.alerts.timezone, now=clock.now(), base_url=config.base_url)
        notification = render(message, options)
        click.echo(f"{notification.title}\n\n{notification.body}\n")
    if not found:
        click.echo(f"no digest is pending for {destination}", err=True)
