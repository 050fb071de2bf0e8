"""The message that says that the service has failed; the daemon itself cannot send it any more."""

from __future__ import annotations

import io
import os
import socket
import sys
from collections.abc import Iterable

from monitor import clock
from monitor.alerts.apprise.sending import open_channel
from monitor.alerts.render.notification import RenderOptions, render
from monitor.config import Config
from monitor.errors import DeliveryError, Place, Problem
from monitor.model import NO_GROUP, Annotation, Delivery, DeliveryKind, DeliveryState, Message


def send_failure(config: Config, name: str, problems: Iterable[Problem]) -> str:
    """Notify a destination that the service has failed.

    Args:
        config: The parts of the configuration that have no errors.
        name: The destination.
        problems: Those of the whole configuration.

    Returns:
        What went wrong, or an empty text.
    """
    now = clock.now()
    # systemd.exec(5), since systemd 251; without its suffix, because messages break up what looks like a domain
    unit = os.environ.get("MONITOR_UNIT", "monitor").removesuffix(".service")
    result = os.environ.get("MONITOR_SERVICE_RESULT", "unknown")
    status = os.environ.get("MONITOR_EXIT_STATUS", "unknown")
    annotation = Annotation(
        f"the service {unit} has failed on {socket.gethostname()}; no news is monitored",
        lines=(f"Result: {result}, exit status: {status}", f"What to do: journalctl -u {unit} -n 50"),
    )
    delivery = Delivery(0, name, DeliveryKind.HEALTH, NO_GROUP, DeliveryState.IN_FLIGHT, 1, now, now)
    try:
        channel = open_channel(config.destinations[name], console=sys.stdout or io.StringIO())
        options = RenderOptions(
            zone=config.alerts.timezone,
            now=now,
            message_format=channel.message_format,
            size_limits=channel.size_limits,
        )
        channel.send(render(Message(delivery, annotation=annotation), options))
    except DeliveryError as error:
        url = config.place("destinations", name, "url")
        wrong = [each.message for each in problems if each.level == "error" and _is_same(each.place, url)]
        return f"{name}: {wrong[0] if wrong else error}"
    return ""


def _is_same(one: Place, other: Place) -> bool:
    return (one.file, one.line, one.column) == (other.file, other.line, other.column)
