"""The only door to Apprise: one channel for each destination.

Apprise is imported when the first channel is opened or an address is checked, never before. Its own retries,
its shared threads and its deadline are off: the caller sends from a thread of the destination's own, owns the
total deadline, and counts an answer that comes after it as unknown.
"""

from __future__ import annotations

import difflib
import logging
import re
import threading
from typing import Any, Protocol, TextIO

from monitor.alerts.clean import cut, printable
from monitor.alerts.outcome import MAX_QUOTED, LogLine, read_failure
from monitor.alerts.redact import redacted, secrets_of
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.model import Destination, Notification

APP_ID = "crypto-news-monitor"
CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 20.0  # generous: an answer that is not waited for is an outcome that nobody knows

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30})://")
# what they log holds addresses with tokens; all that matters of it is in the reason of a DeliveryError
_TALKATIVE = ("apprise", "urllib3", "requests", "httpx", "httpcore")


class Channel(Protocol):
    """The way to one destination."""

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
    if is_console(destination.url):
        return ConsoleChannel(console)
    if problem := check_url(destination.url):
        raise DeliveryError(f"{destination.name}: {problem}")
    return AppriseChannel(destination.url, connect_timeout_s=connect_timeout_s, read_timeout_s=read_timeout_s)


def is_console(url: str) -> bool:
    """Return whether *url* means our own terminal; such a notification may be rendered with boxes."""
    return url.lower().startswith("console://")


def check_url(url: str) -> str | None:
    """Return what is wrong with a destination's address and the way out, None when it can be used.

    Nothing is sent and nothing connected. Of the address, the text holds at most the scheme.
    """
    if is_console(url):
        return None
    scheme = _SCHEME.match(url)
    if scheme is None:
        return 'not an address: write it as SCHEME://..., as in "slack://...", "mailto://..." or "console://"'
    service = _service(url)
    if service is None:
        return _unusable(scheme[1].lower())
    if service.optional:
        return "?optional=yes would report a failure as sent; delete it"
    if service.retry:
        return "?retry= would multiply with the retries of the outbox; delete it, see give_up in [alerts]"
    if service.redirects:
        return "?redirect=yes would take a login page for an accepted alert; delete it"
    return None


def _unusable(scheme: str) -> str:
    known = _known_schemes()
    if scheme in known:
        return f"{scheme}:// lacks something that this service needs; see https://appriseit.com/services/"
    if scheme in ("http", "https"):
        return f'a plain web address is no destination: for a webhook write "json{scheme[4:]}://..."'
    near = difflib.get_close_matches(scheme, known, n=1)
    return f'no service called "{scheme}"; ' + (
        f'did you mean "{near[0]}"?' if near else "see https://appriseit.com/services/"
    )


class ConsoleChannel:
    """Prints to a stream, one notification at a time whatever thread they come from."""

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

        service = _service(url)
        if service is None:
            raise DeliveryError(check_url(url) or "the address cannot be used")
        own = vars(service)  # holds what the address itself says
        if "socket_connect_timeout" not in own:
            # of SMTP it is the only timeout, and its class asks for more
            service.socket_connect_timeout = max(connect_timeout_s, float(service.socket_connect_timeout))
        if "socket_read_timeout" not in own:
            service.socket_read_timeout = read_timeout_s
        if service.overflow_mode == OverflowMode.UPSTREAM:
            # sent untouched, a text over the limit is refused by the service for ever
            service.overflow_mode = OverflowMode.SPLIT
        if hasattr(service, "smtp_host"):
            # a mail server queues by itself; Apprise's pause of 5.5 s is a guess for every service that names none
            service.request_rate_per_sec = 0
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
        with self._apprise.notify(
            title=notification.title,
            body=notification.body,
            notify_type="warning",  # of less, Opsgenie and others make a note of what they know, and no alert
            body_format="text",  # else services un-escape what they take for mentions and links
            log_level=logging.DEBUG,
        ) as result:
            if result:
                return
            lines = [LogLine(entry.level, entry.message) for entry in result.logs()]
            elapsed_s = result.elapsed
        raise read_failure(lines, elapsed_s=elapsed_s, read_timeout_s=self._read_timeout_s, secrets=self._secrets)


def _service(url: str) -> Any:
    """Return Apprise's plugin for *url*, None when it takes it for unusable."""
    from apprise import Apprise, AppriseAsset

    _silence()
    asset = AppriseAsset(
        app_id=APP_ID,
        app_desc="alerts from news feeds",
        app_url="",
        async_mode=False,
        service_timeout=0,  # another value sends from six threads that all destinations share
        http_redirects=False,
        interpret_escapes=False,
        interpret_emojis=False,
        secure_logging=True,
        storage_mode="memory",
    )
    return Apprise.instantiate(url, asset=asset)


def _known_schemes() -> list[str]:
    from apprise import manager_plugins

    plugins: Any = manager_plugins  # its types are not declared
    return sorted(plugins.NotificationManager().schemas())


def _silence() -> None:
    """Keep what Apprise and its libraries log out of our own log; the lines of an attempt are captured."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())  # else logging prints to stderr as a last resort
    logging.getLogger("apprise").setLevel(logging.DEBUG)  # a capture sees what the logger lets through
    logging.getLogger("urllib3").setLevel(logging.WARNING)
