"""Channels: open the channel of a destination, and send notifications through it.

Apprise is imported when the first channel is opened, because the import is slow. Apprise's own retries, threads and
timeout are switched off. The caller sends from one thread per destination, enforces a total time, and records a send
that exceeds it as "outcome unknown".
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Protocol, TextIO

from monitor import clock
from monitor.alerts.apprise.attempt_evidence import record_attempt
from monitor.alerts.apprise.delivered_recipients import DeliveredRecipients
from monitor.alerts.apprise.outcome import MAX_QUOTED, FailedAttempt, LogLine, failure_of, refused_recipients
from monitor.alerts.apprise.payloads import configured
from monitor.alerts.apprise.plugins import check_url, format_of_plugin, open_plugin, size_limits_of_plugin
from monitor.alerts.content.neutralise import cut, printable
from monitor.alerts.render.message_format import MessageFormat, SizeLimits
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.model import Destination, Notification
from monitor.redaction import redacted, secrets_of

CONNECT_TIMEOUT_S = 10.0
TOTAL_TIMEOUT_S = 50.0
READ_TIMEOUT_S = 20.0  # generous: when it expires, the outcome is unknown


@dataclass(frozen=True, slots=True)
class Receipt:
    """Confirms that a destination accepted a notification."""

    refused: tuple[str, ...] = ()  # recipients that refused it for good, each with the reason


class Channel(Protocol):
    """Protocol of an open connection to one destination that notifications are sent through."""

    message_format: MessageFormat  # the format to render notifications in
    size_limits: SizeLimits

    def send(self, notification: Notification, delivery: int = 0) -> Receipt:
        """Send *notification* to the destination; return when the destination has accepted it.

        Args:
            notification: The rendered message.
            delivery: The id of the delivery. A later attempt with the same id goes only to the recipients
                that have not accepted it yet, as long as the channel is open. 0: the recipients are not remembered.

        Raises:
            DeliveryError: The destination did not accept the notification.
            OutcomeUnknown: The destination may have accepted the notification, or not.
        """


def open_channel(
    destination: Destination,
    *,
    console: TextIO,
    connect_timeout_s: float = CONNECT_TIMEOUT_S,
    read_timeout_s: float = READ_TIMEOUT_S,
    total_timeout_s: float = TOTAL_TIMEOUT_S,
) -> Channel:
    """Return a channel to *destination*.

    Keep the channel open between messages, because it spaces them as the service requires.

    Args:
        destination: The destination; its address is ``console://`` or any that Apprise accepts.
        console: The stream that ``console://`` prints to.
        connect_timeout_s: Timeout of opening a connection, unless the address sets ``?cto=``.
        read_timeout_s: Timeout of each single read, unless the address sets ``?rto=``.
        total_timeout_s: Seconds after which all connections of an attempt are shut down.

    Raises:
        DeliveryError: The address cannot be used; the message is the text that ``check_url`` returns.
    """
    if problem := check_url(destination.url):
        raise DeliveryError(f"{destination.name}: {problem}")
    if is_console(destination.url):
        return ConsoleChannel(console)
    return AppriseChannel(
        destination.url,
        connect_timeout_s=connect_timeout_s,
        read_timeout_s=read_timeout_s,
        total_timeout_s=total_timeout_s,
    )


def is_console(url: str) -> bool:
    """Return whether *url* is ``console://``, which prints alerts to the monitor's own terminal."""
    return url.lower().startswith("console://")


class ConsoleChannel:
    """Prints notifications to a stream, for ``console://``; safe to use from several threads."""

    message_format = MessageFormat.CONSOLE
    size_limits = SizeLimits()
    _lock = threading.Lock()

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, notification: Notification, delivery: int = 0) -> Receipt:  # noqa: ARG002 - one recipient
        """Print the title, the body and an empty line.

        Raises:
            DeliveryError: The stream is closed.
        """
        text = "\n".join(filter(None, (notification.title, notification.body)))
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        shown = text.encode(encoding, "replace").decode(encoding)
        with self._lock:
            try:
                self._stream.write(f"{shown}\n\n")
                self._stream.flush()
            except (OSError, ValueError) as error:
                raise DeliveryError("the terminal is closed") from error
        return Receipt()


class AppriseChannel:
    """Sends through one Apprise plugin, which stays open between messages; not safe for several threads."""

    def __init__(self, url: str, *, connect_timeout_s: float, read_timeout_s: float, total_timeout_s: float) -> None:
        from apprise import Apprise, OverflowMode

        plugin = open_plugin(url)
        if plugin is None:
            raise DeliveryError(check_url(url) or "the address cannot be used")
        from_address = vars(plugin)  # instance attributes are what the address sets
        if "socket_connect_timeout" not in from_address:
            # for SMTP it is the only timeout, and the plugin's default is longer
            plugin.socket_connect_timeout = max(connect_timeout_s, float(plugin.socket_connect_timeout))
        if "socket_read_timeout" not in from_address:
            plugin.socket_read_timeout = read_timeout_s
        self.message_format = format_of_plugin(plugin)
        self.size_limits = size_limits_of_plugin(plugin)
        if self.message_format is MessageFormat.MAIL:
            # mails never reach their size limit, and a part of their HTML would be invalid
            plugin.overflow_mode = OverflowMode.UPSTREAM
        elif plugin.overflow_mode == OverflowMode.UPSTREAM:
            # a text over the limit would be refused at every attempt
            plugin.overflow_mode = OverflowMode.SPLIT
        if hasattr(plugin, "smtp_host"):
            # mail servers have queues; Apprise's pause of 5.5 s is its default for services without a known limit
            plugin.request_rate_per_sec = 0
        self._plugin = plugin
        self._apprise = Apprise(asset=plugin.asset)
        self._apprise.add(plugin)
        self._delivered = DeliveredRecipients(plugin)
        self._total_timeout_s = total_timeout_s
        self._secrets = secrets_of(url)

    def send(self, notification: Notification, delivery: int = 0) -> Receipt:
        """Send *notification*; errors do not contain the destination's address, only mail recipients that refused.

        Raises:
            DeliveryError: The service did not accept the notification.
            OutcomeUnknown: The service may have accepted the notification, or not.
        """
        try:
            return self._send(notification, delivery)
        except DeliveryError:
            raise
        except Exception as error:
            # a bug in Apprise: its text and its traceback may hold the address
            text = redacted(f"{type(error).__name__}: {error}", self._secrets)
            raise OutcomeUnknown(f"Apprise failed: {cut(printable(text), MAX_QUOTED)}") from None

    def _send(self, notification: Notification, delivery: int) -> Receipt:
        self._delivered.start(delivery)
        with (
            record_attempt(self._total_timeout_s) as evidence,
            configured(self._plugin, self.message_format, notification) as arguments,
            self._apprise.notify(
                title=arguments.title,
                body=arguments.body,
                notify_type="warning",  # with a lower one, Opsgenie and others add a note instead of raising an alert
                body_format=arguments.body_format,
                log_level=logging.DEBUG,
            ) as result,
        ):
            if result:
                self._delivered.forget(delivery)
                return Receipt()
            lines = [LogLine(entry.level, entry.message) for entry in result.logs()]
        attempt = FailedAttempt(evidence, lines, self._delivered.count, clock.now())
        if refused := refused_recipients(attempt, self._secrets):
            self._delivered.forget(delivery)
            return Receipt(refused)
        raise failure_of(attempt, self._secrets)
