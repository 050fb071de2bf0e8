"""``monitor notify``: one message through one destination, to see that it arrives and how it looks."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import colour_wanted, config_option, load_config, require_usable_addresses
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.alerts.apprise.sending import Channel
    from monitor.config import Config
    from monitor.model import Delivery, Message, Notification


@click.command(name="notify")
@config_option
@click.argument("destination", metavar="DEST")
@click.option("--hit", "hit_id", type=click.IntRange(min=1), help="The alert of this hit instead of an invented one.")
@click.option("--print", "only_print", is_flag=True, help="Show what would be handed over, send nothing.")
def command(config_path: Path | None, destination: str, hit_id: int | None, only_print: bool) -> None:
    """Send one message to DEST and say whether it was accepted."""
    from monitor.alerts.apprise.sending import open_channel

    config = load_config(config_path)
    require_usable_addresses(config)
    if destination not in config.destinations:
        there = ", ".join(config.destinations) or "none"
        raise UsageError(f'no destination called "{destination}" in {config.path}; there are: {there}')
    channel = open_channel(config.destinations[destination], console=sys.stdout)
    message = _invented(destination) if hit_id is None else _of_hit(config, destination, hit_id)
    notification = _rendered(config, channel, message)
    if only_print:
        click.echo(_payload(channel, notification))
        return
    channel.send(notification)
    click.echo(f"{destination}: accepted", err=True)


def _payload(channel: Channel, notification: Notification) -> str:
    """Return what would be handed over as JSON: with the document, the HTML and the headers where there are any."""
    payload = {
        "rendered_for": channel.message_format,
        "title": notification.title,
        "body": notification.body,
        "html": notification.html,
        "headers": dict(notification.headers),
        "document": notification.document,
    }
    return json.dumps({name: value for name, value in payload.items() if value}, ensure_ascii=False, indent=2)


def _rendered(config: Config, channel: Channel, message: Message) -> Notification:
    from monitor import clock
    from monitor.alerts.render.console import render_console
    from monitor.alerts.render.message_format import MessageFormat
    from monitor.alerts.render.notification import RenderOptions, render
    from monitor.model import Notification

    zone, now = config.alerts.timezone, clock.now()
    label = "" if message.hits else "TEST"
    if channel.message_format is MessageFormat.CONSOLE:
        boxes = render_console(message, zone=zone, now=now, width=100, colour=colour_wanted(), label=label)
        return Notification("", boxes)
    return render(
        message,
        RenderOptions(
            zone=zone, now=now, message_format=channel.message_format, size_limits=channel.size_limits, label=label
        ),
    )


def _invented(destination: str) -> Message:
    from monitor.model import Annotation, Message

    text = "Somebody typed monitor notify to see whether alerts arrive here. Nothing has happened."
    return Message(_delivery(destination), annotation=Annotation(f"{destination} is reached", text))


def _of_hit(config: Config, destination: str, hit_id: int) -> Message:
    """Return the alert of a stored hit as *destination* would get it now."""
    from monitor.model import Message
    from monitor.store import hits, messages, open_reader

    db = open_reader(config.storage.path)
    try:
        hit = hits.load_hit(db, hit_id)
        story_outlets = messages.outlets_reporting(db, [hit.story]) if hit else ()
    finally:
        db.close()
    if hit is None:
        raise UsageError(f"no hit #{hit_id} in {config.storage.path}; monitor hits lists them")
    return Message(_delivery(destination), (hit,), story_outlets)


def _delivery(destination: str) -> Delivery:
    from monitor import clock
    from monitor.model import Delivery, DeliveryKind, DeliveryState

    now = clock.now()
    return Delivery(0, destination, DeliveryKind.ALERT, "notify", DeliveryState.IN_FLIGHT, 1, now, now)
