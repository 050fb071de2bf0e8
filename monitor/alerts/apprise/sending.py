"""The way to each destination: a channel, which knows what kind of destination it leads to.

Apprise is imported when the first channel is opened, never before. Its own retries, its shared threads and its
deadline are off: the caller sends from a thread of the destination's own, owns the total deadline, and counts an
answer that comes after it as unknown.
"""

from __future__ import annotations

import logging
import threading
from typing import Protocol, TextIO

from monitor.alerts.apprise.outcome import MAX_QUOTED, LogLine, read_failure
from monitor.alerts.apprise.payloads import handed
from monitor.alerts.apprise.plugins import check_url, medium_of_service, open_service, room_of_service
from monitor.alerts.content.neutralise import cut, printable
from monitor.alerts.render.medium import Medium, Room
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.model import Destination, Notification
from monitor.redaction import redacted, secrets_of

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 20.0  # generous: an answer that is not waited for is an outcome that nobody knows


class Channel(Protocol):
    """The way to one destination."""

    medium: Medium  # what it has to be rendered for
    room: Room

    def send(self, notification: Notification) -> None:
        """Return when the destination accepted *notification*; blocks.

        Raises:
            DeliveryError: It was not accepted.
            OutcomeUnknown: Nobody can say whether it was.
        """


def open_channel(
    destination: Destination,
    *,
    console: TextIO,
    connect_timeout_s: float = CONNECT_TIMEOUT_S,
    read_timeout_s: float = READ_TIMEOUT_S,
) -> Channel:
    """Return the way to *destination*; keep it, since it spaces messages out as the service asks.

    Args:
        destination: ``console://`` or any address that Apprise knows.
        console: Where ``console://`` prints.
        connect_timeout_s: For the connection, unless the address says ``?cto=``.
        read_timeout_s: For each wait for an answer, not in total, unless the address says ``?rto=``.

    Raises:
        DeliveryError: The address cannot be used; the text is that of ``check_url``.
    """
    if problem := check_url(destination.url):
        raise DeliveryError(f"{destination.name}: {problem}")
    if is_console(destination.url):
        return ConsoleChannel(console)
    return AppriseChannel(destination.url, connect_timeout_s=connect_timeout_s, read_timeout_s=read_timeout_s)


def is_console(url: str) -> bool:
    """Return whether *url* means our own terminal."""
    return url.lower().startswith("console://")


class ConsoleChannel:
    """Prints to a stream, one notification at a time whatever thread they come from."""

    medium = Medium.CONSOLE
    room = Room()
    _one_at_a_time = threading.Lock()

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, notification: Notification) -> None:
        """Print title and body with an empty line after; DeliveryError when the stream is closed."""
        text = "\n".join(filter(None, (notification.title, notification.body)))
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        shown = text.encode(encoding, "replace").decode(encoding)
        with self._one_at_a_time:
            try:
                self._stream.write(f"{shown}\n\n")
                self._stream.flush()
            except (OSError, ValueError) as error:
                raise DeliveryError("the terminal is closed") from error


class AppriseChannel:
    """One long-lived Apprise object of one service; use it from one thread at a time."""

    def __init__(self, url: str, *, connect_timeout_s: float, read_timeout_s: float) -> None:
        from apprise import Apprise, OverflowMode

        service = open_service(url)
        if service is None:
            raise DeliveryError(check_url(url) or "the address cannot be used")
        own = vars(service)  # holds what the address itself says
        if "socket_connect_timeout" not in own:
            # of SMTP it is the only timeout, and its class asks for more
            service.socket_connect_timeout = max(connect_timeout_s, float(service.socket_connect_timeout))
        if "socket_read_timeout" not in own:
            service.socket_read_timeout = read_timeout_s
        self.medium = medium_of_service(service)
        self.room = room_of_service(service)
        if self.medium is Medium.MAIL:
            # a mail has no limit that we reach, and half of its HTML is none
            service.overflow_mode = OverflowMode.UPSTREAM
        elif service.overflow_mode == OverflowMode.UPSTREAM:
            # sent untouched, a text over the limit is refused by the service for ever
            service.overflow_mode = OverflowMode.SPLIT
        if hasattr(service, "smtp_host"):
            # a mail server queues by itself; Apprise's pause of 5.5 s is a guess for every service that names none
            service.request_rate_per_sec = 0
        self._service = service
        self._apprise = Apprise(asset=service.asset)
        self._apprise.add(service)
        self._read_timeout_s = float(service.socket_read_timeout)
        self._secrets = secrets_of(url)

    def send(self, notification: Notification) -> None:
        """Return when the service accepted it; raise DeliveryError or OutcomeUnknown, without the address."""
        try:
            self._send(notification)
        except DeliveryError:
            raise
        except Exception as error:
            # a mistake of Apprise's own: what it says may hold the address, and so may the trace
            said = redacted(f"{type(error).__name__}: {error}", self._secrets)
            raise OutcomeUnknown(f"sending broke: {cut(printable(said), MAX_QUOTED)}") from None

    def _send(self, notification: Notification) -> None:
        with (
            handed(self._service, self.medium, notification) as (title, body, body_format),
            self._apprise.notify(
                title=title,
                body=body,
                notify_type="warning",  # of less, Opsgenie and others make a note of what they know, and no alert
                body_format=body_format,
                log_level=logging.DEBUG,
            ) as result,
        ):
            if result:
                return
            lines = [LogLine(entry.level, entry.message) for entry in result.logs()]
            elapsed_s = result.elapsed
        raise read_failure(lines, elapsed_s=elapsed_s, read_timeout_s=self._read_timeout_s, secrets=self._secrets)
