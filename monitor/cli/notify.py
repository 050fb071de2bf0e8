"""``monitor notify``: send one message to a destination, to see whether it arrives and what it looks like."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import config_option, load_active_config, require_destination, require_usable_addresses
from monitor.cli.output import colour_wanted, dump, output_width
from monitor.cli.parameters import NUMBER
from monitor.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from monitor.alerts.apprise.sending import Channel
    from monitor.config import Config
    from monitor.model import Delivery, Message, Notification

MAX_BOX_WIDTH = 100


@click.command(name="notify")
@config_option
@click.argument("destination", metavar="DEST")
@click.option("--hit", "hit_id", type=NUMBER, help="Send the alert of this hit instead of a test message.")
@click.option("--print", "only_print", is_flag=True, help="Print what would be passed to Apprise; send nothing.")
def command(config_path: Path | None, destination: str, hit_id: int | None, only_print: bool) -> None:
    """Send one test message to destination DEST and report whether DEST accepted it."""
    from monitor.alerts.apprise.sending import open_channel

    config = load_active_config(config_path, secrets_needed=True)
    require_usable_addresses(config)
    require_destination(config, destination)
    channel = open_channel(config.destinations[destination], console=sys.stdout)
    message = _test_message(destination) if hit_id is None else _of_hit(config, destination, hit_id)
    notification = _rendered(config, channel, message)
    if only_print:
        click.echo(_payload(channel, notification))
        return
    try:
        receipt = channel.send(notification)
    except DeliveryError as error:
        raise DeliveryError(f"{destination}: {error}") from error
    if receipt.refused:
        raise DeliveryError(f"{destination}: not accepted by all recipients: {'; '.join(receipt.refused)}")
    click.echo(f"{destination}: accepted", err=True)


def _payload(channel: Channel, notification: Notification) -> str:
    """Return the data that would be passed to Apprise, as JSON, without empty document, HTML and headers."""
    payload = {
        "rendered_for": channel.message_format,
        "title": notification.title,
        "body": notification.body,
        "html": notification.html,
        "headers": dict(notification.headers),
        "document": notification.document,
    }
    return dump({name: value for name, value in payload.items() if value}, indent=2)


def _rendered(config: Config, channel: Channel, message: Message) -> Notification:
    from monitor import clock
    from monitor.alerts.render.console import ConsoleOptions, render_console
    from monitor.alerts.render.message_format import MessageFormat
    from monitor.alerts.render.notification import RenderOptions, render
    from monitor.model import Notification

    zone, now, base_url = config.alerts.timezone, clock.now(), config.base_url
    label = "" if message.hits else "TEST"
    if channel.message_format is MessageFormat.CONSOLE:
        width = min(output_width(), MAX_BOX_WIDTH)
        options = ConsoleOptions(zone, now, width, colour=colour_wanted(), label=label, base_url=base_url)
        return Notification("", render_console(message, options))
    return render(message, RenderOptions(zone, now, channel.message_format, channel.size_limits, base_url, label))


def _test_message(destination: str) -> Message:
    from monitor.model import Annotation, Message

    text = "This is a test message sent by monitor notify. No action is needed."
    return Message(_delivery(destination), annotation=Annotation(f"test message for {destination}", lines=(text,)))


def _of_hit(config: Config, destination: str, hit_id: int) -> Message:
    """Return the alert about the stored hit *hit_id* as *destination* would get it now."""
    from monitor.model import Message
    from monitor.store import hits, messages, open_reader

    db = open_reader(config.storage.path)
    try:
        hit = hits.load_hit(db, hit_id)
        story_outlets = messages.outlets_reporting(db, [hit.story]) if hit else ()
        daily_mentions = messages.frequent_actors(db, [hit] if hit else [])
    finally:
        db.close()
    if hit is None:
        raise UsageError(f"there is no hit #{hit_id}; monitor hits lists all hits")
    return Message(_delivery(destination), (hit,), story_outlets, daily_mentions=daily_mentions)


def _delivery(destination: str) -> Delivery:
    from monitor import clock
    from monitor.model import NO_GROUP, Delivery, DeliveryKind, DeliveryState

    now = clock.now()
    return Delivery(0, destination, DeliveryKind.ALERT, NO_GROUP, DeliveryState.IN_FLIGHT, 1, now, now)
