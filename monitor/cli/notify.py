"""``monitor notify``: one message through one destination, to see that it arrives."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import config_option, load_config, require_usable_addresses
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.model import Notification


@click.command(name="notify")
@config_option
@click.argument("destination", metavar="DEST")
@click.option("--hit", "hit_id", type=click.IntRange(min=1), help="The alert of this hit instead of an invented one.")
@click.option("--print", "only_print", is_flag=True, help="Show the message, send nothing.")
def command(config_path: Path | None, destination: str, hit_id: int | None, only_print: bool) -> None:
    """Send one message to DEST and say whether it was accepted."""
    from monitor.alerts.send import open_channel

    config = load_config(config_path)
    require_usable_addresses(config)
    if destination not in config.destinations:
        there = ", ".join(config.destinations) or "none"
        raise UsageError(f'no destination called "{destination}" in {config.path}; there are: {there}')
    notification = _invented(destination) if hit_id is None else _of_hit(config, destination, hit_id)
    if only_print:
        click.echo(json.dumps({"title": notification.title, "body": notification.body}, ensure_ascii=False, indent=2))
        return
    open_channel(config.destinations[destination], console=sys.stdout).send(notification)
    click.echo(f"{destination}: accepted", err=True)


def _invented(destination: str) -> Notification:
    from monitor.model import Notification

    text = "Somebody typed `monitor notify` to see whether alerts arrive here. Nothing has happened."
    return Notification(f"[TEST] {destination} is reached", text)


def _of_hit(config: Config, destination: str, hit_id: int) -> Notification:
    """Return the alert of a stored hit as *destination* would get it now."""
    from monitor.alerts.render import render
    from monitor.daemon import clock
    from monitor.model import Delivery, DeliveryKind, DeliveryState, Message
    from monitor.store import hits, messages, open_reader

    db = open_reader(config.storage.path)
    try:
        hit = hits.load_hit(db, hit_id)
        coverage = messages.coverage_of(db, [hit.story]) if hit else ()
    finally:
        db.close()
    if hit is None:
        raise UsageError(f"no hit #{hit_id} in {config.storage.path}; monitor hits lists them")
    now = clock.now()
    delivery = Delivery(0, destination, DeliveryKind.ALERT, "notify", DeliveryState.IN_FLIGHT, 1, now, now)
    return render(Message(delivery, (hit,), coverage), zone=config.alerts.timezone, now=now)
