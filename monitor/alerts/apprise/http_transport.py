"""HTTP for Apprise plugins: replies are read up to a limit, and each exchange is recorded as evidence.

Plugins call ``requests`` and never limit a reply: a server could fill the memory with a small compressed one, or hold
the connection for ever by sending a byte now and then.
"""

from __future__ import annotations

import contextlib
import io
import re
import time
import zlib
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from monitor.alerts.apprise.attempt_evidence import HttpExchange, current

MAX_REPLY = 250_000  # bytes, decompressed; plugins need an id or an error text of it, and log it in fourfold length
MAX_REPLY_S = 20.0  # for the body, which may come slowly

_READ_SIZE = 65_536
_FAILED = re.compile(rb'\s*\{[^{]*?"ok"\s*:\s*false', re.DOTALL)  # in the first bytes of a reply
_OK_WITHIN = 2000
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32  # zlib detects which of the two it is


class _BrokenReplyError(Exception):
    """Raised when the body of a reply cannot be read."""


def _record_request() -> None:
    if exchanges := current().http:
        exchanges[-1].sent = True


class _Recorded:
    """Adds to a connection of urllib3 that it records when it was opened and when a request was sent."""

    def _new_conn(self) -> Any:
        connection = super()._new_conn()  # type: ignore[misc]  # of the connection class beside it
        current().watch(connection)
        return connection

    def send(self, data: Any) -> None:
        if self.sock is None:  # type: ignore[attr-defined]
            self.connect()  # type: ignore[attr-defined]
        _record_request()
        super().send(data)  # type: ignore[misc]


class _RecordedConnection(_Recorded, HTTPConnection):
    """An HTTP connection of urllib3 that records what happens on it as evidence."""


class _RecordedTlsConnection(_Recorded, HTTPSConnection):
    """An HTTPS connection of urllib3 that records what happens on it as evidence."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _RecordedConnection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _RecordedTlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class _ReadReply(io.BytesIO):
    """A reply whose body has been read already, given to ``requests`` as if it were still to be read."""

    def __init__(self, body: bytes, raw: Any) -> None:
        super().__init__(body)
        self._original_response = getattr(raw, "_original_response", None)  # where requests finds cookies


class BoundedAdapter(HTTPAdapter):
    """The adapter of every ``requests`` session: limits replies and records evidence."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Create the pool manager with recorded connections."""
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        """Return the manager of a proxy, with recorded connections."""
        manager = super().proxy_manager_for(*args, **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(self, request: Any, *args: Any, **more: Any) -> Any:
        """Send *request* and read its reply, at most MAX_REPLY bytes of it.

        Raises:
            requests.RequestException: There is no reply, or its body cannot be read.
        """
        exchange = HttpExchange()
        current().http.append(exchange)
        request.headers["Accept-Encoding"] = "identity"
        try:
            response = super().send(request, *args, **{**more, "stream": True})
        except requests.RequestException as error:
            exchange.error = _network_problem(error)
            raise
        exchange.status = response.status_code
        exchange.retry_after = response.headers.get("Retry-After", "")
        try:
            body = _body(response.raw, response.headers.get("Content-Encoding", ""))
        except _BrokenReplyError as error:
            exchange.reply_error = str(error)
            raise requests.exceptions.ContentDecodingError(str(error), request=request, response=response) from error
        finally:
            with contextlib.suppress(Exception):
                response.raw.close()
        response.raw = _ReadReply(body, response.raw)
        exchange.says_failed = _FAILED.match(body[:_OK_WITHIN]) is not None
        return response


def _network_problem(error: Exception) -> str:
    """Return in words why there is no reply."""
    text = str(error)
    for pattern, words in _PROBLEMS:
        if pattern in text:
            return words
    return "no connection"


# requests and urllib3 only tell these apart by the names of nested exceptions
_PROBLEMS = (
    ("NameResolutionError", "no such host"),
    ("Connection refused", "the connection was refused"),
    ("CERTIFICATE_VERIFY_FAILED", "the certificate is not valid"),
    ("SSLError", "the server does not speak TLS on this port"),
    ("ProxyError", "the proxy refused the connection"),
    ("ConnectTimeout", "no connection: the server did not answer in time"),
    ("Read timed out", "no answer in time"),
    ("timed out", "no answer in time"),
    ("Connection aborted", "the connection was closed before an answer came"),
    ("RemoteDisconnected", "the connection was closed before an answer came"),
    ("ProtocolError", "the answer is malformed"),
)


def _body(raw: Any, encoding: str) -> bytes:
    """Return the decompressed body; what exceeds MAX_REPLY is not read."""
    raw_body = _raw_body(raw)
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return raw_body
    try:
        return zlib.decompressobj(_GZIP_OR_ZLIB).decompress(raw_body, MAX_REPLY)
    except zlib.error:
        pass
    if encoding.strip().lower() == "deflate":
        # many servers send deflate without the zlib header that RFC 9110 section 8.4.1.2 requires
        with contextlib.suppress(zlib.error):
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw_body, MAX_REPLY)
    raise _BrokenReplyError(f"its body is not {encoding}")


def _raw_body(raw: Any) -> bytes:
    started = time.monotonic()
    parts: list[bytes] = []
    left = MAX_REPLY
    while left > 0:
        try:
            part = raw.read1(min(_READ_SIZE, left), decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as error:
            # the last two: http.client, when the connection is shut down while it reads
            raise _BrokenReplyError("its body is incomplete or malformed") from error
        if current().timed_out:
            # without this, headers or a chunk size cut off by the shutdown look like an empty body
            raise _BrokenReplyError("the reply is incomplete after the total time")
        if not part:
            break
        parts.append(part)
        left -= len(part)
        if time.monotonic() - started > MAX_REPLY_S:
            raise _BrokenReplyError(f"its body took longer than {MAX_REPLY_S:g} s")
    return b"".join(parts)


def install() -> None:
    """Use BoundedAdapter for every session that ``requests`` creates in this process."""
    setattr(requests.sessions, "HTTPAdapter", BoundedAdapter)  # noqa: B010 - mypy: it is not exported
