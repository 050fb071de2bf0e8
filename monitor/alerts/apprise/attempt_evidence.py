"""Evidence from the network about one attempt to send, from which ``outcome`` decides whether the attempt succeeded.

Apprise reports neither status codes nor exceptions to its caller. ``http_transport`` and ``smtp_transport``, which
Apprise's plugins send through, therefore record here what happened during the current attempt.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from monitor.alerts.content.neutralise import printable

# a gateway that gave up waiting for the service behind it, which may have accepted the request
_GATEWAY_ERRORS = (502, 504)
_TEMPORARY_ERRORS = (408, 425, 429)

_current: ContextVar[Evidence | None] = ContextVar("evidence", default=None)


@dataclass(slots=True)
class HttpExchange:
    """One HTTP request that an attempt to send made, and what is known about the server's reply."""

    sent: bool = False  # whether a connection was established, so that the server may have received the request
    status: int | None = None  # None without a status line
    retry_after: str = ""  # the header as sent; empty when there is none
    reply_error: str = ""  # why the body could not be read; empty when it was read
    says_failed: bool = False  # a JSON body with "ok": false, as Slack and Telegram report failures
    error: str = ""  # why there is no reply; empty when there is one

    @property
    def accepted(self) -> bool:
        """Return whether the server answered with a success status and a readable body."""
        is_success = self.status is not None and 200 <= self.status < 300
        return is_success and not self.reply_error and not self.says_failed

    @property
    def maybe_accepted(self) -> bool:
        """Return whether the server may have accepted the request, for example after a timeout or a broken reply."""
        if self.status is None:
            return self.sent
        return self.status in _GATEWAY_ERRORS or (200 <= self.status < 300 and not self.says_failed)

    @property
    def refused_for_good(self) -> bool:
        """Return whether the server would refuse the same request again: a 4xx status that is not temporary."""
        return self.status is not None and 400 <= self.status < 500 and self.status not in _TEMPORARY_ERRORS


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of a mail server to one SMTP command."""

    code: int  # -1 when the reply is malformed
    text: str

    @property
    def is_refusal(self) -> bool:
        """Return whether the mail server refused the command, with a 4xx or 5xx code (RFC 5321 section 4.2.1)."""
        return 400 <= self.code < 600

    @property
    def is_permanent(self) -> bool:
        """Return whether the mail server would refuse the command again, a 5xx code (RFC 5321 section 4.2.1)."""
        return 500 <= self.code < 600

    def __str__(self) -> str:
        """Return code and text, such as ``550 no such user``; if the reply was malformed, only its text."""
        text = printable(self.text)
        return text if self.code < 0 else f"{self.code} {text}"


@dataclass(slots=True)
class SmtpSession:
    """What happened to the mails that one attempt gave to a mail server, by recipient."""

    accepted: set[str] = field(default_factory=set)  # recipients
    refused: dict[str, Reply] = field(default_factory=dict)  # by recipient
    problem: str = ""  # what failed for all recipients; empty when nothing did
    reply: Reply | None = None  # the reply of the server that belongs to ``problem``
    maybe_accepted: bool = False  # a mail was transmitted, and no valid reply came


@dataclass(slots=True)
class Evidence:
    """What the HTTP and SMTP transports recorded during one attempt to send."""

    http: list[HttpExchange] = field(default_factory=list)
    smtp: SmtpSession | None = None
    timed_out: bool = False  # the attempt exceeded its total time and its connections were shut down
    requested_pause_s: float | None = None  # a pause that the service asked for, too long for the attempt, else None
    ended: bool = False
    _sockets: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def watch(self, connection: socket.socket) -> None:
        """Register *connection*, so that ``shut_down`` ends it when the attempt exceeds its total time."""
        # a duplicate, because TLS detaches the original; shutting it down ends the connection all the same
        with self._lock:
            if self.ended:
                return
            duplicate = socket.socket(fileno=os.dup(connection.fileno()))
            self._sockets.append(duplicate)
            if self.timed_out:
                _shut_down(duplicate)

    def shut_down(self) -> None:
        """Shut down all connections of an attempt that has reached its deadline, so that blocked reads fail."""
        with self._lock:
            self.timed_out = True
            for connection in self._sockets:
                _shut_down(connection)

    def close(self) -> None:
        """End the attempt: release all watched connections; connections opened later are not watched."""
        with self._lock:
            self.ended = True
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()


def _shut_down(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def record_attempt(total_timeout_s: float) -> Iterator[Evidence]:
    """Yield the evidence that the transports record while the block runs, for one attempt to send.

    After *total_timeout_s* seconds, the connections that were opened in the block are shut down.
    """
    evidence = Evidence()
    token = _current.set(evidence)
    timer = threading.Timer(total_timeout_s, evidence.shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield evidence
    finally:
        timer.cancel()
        _current.reset(token)
        evidence.close()


def current_evidence() -> Evidence:
    """Return the evidence of the attempt that runs in this context.

    Outside of an attempt, return an object whose contents nobody reads.
    """
    return _current.get() or Evidence(ended=True)
