"""HTTP for Apprise's plugins: limit the size and duration of replies, and record each request as evidence.

Apprise's plugins call ``requests`` without a limit on replies. A server could therefore fill the memory with a small
compressed reply, or hold the connection forever by sending one byte now and then.
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

from monitor.alerts.apprise.attempt_evidence import HttpExchange, current_evidence

MAX_REPLY = 250_000  # bytes, decompressed; plugins need an id or an error text of it, and log it in fourfold length
MAX_REPLY_S = 20.0  # for the body, which may come slowly

_READ_SIZE = 65_536
_FAILED = re.compile(rb'\s*\{[^{]*?"ok"\s*:\s*false', re.DOTALL)  # in the first bytes of a reply
_OK_WITHIN = 2000
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32  # zlib detects which of the two it is


class _BrokenReplyError(Exception):
    """The body of an HTTP reply is malformed, incomplete or took too long."""


def _record_request() -> None:
    if exchanges := current_evidence().http:
        exchanges[-1].sent = True


class _Recorded:
    """Mixin for urllib3 connections: records in the evidence that a connection was opened or a request sent."""

    def _new_conn(self) -> Any:
        connection = super()._new_conn()  # type: ignore[misc]  # of the connection class beside it
        current_evidence().watch(connection)
        return connection

    def send(self, data: Any) -> None:
        if self.sock is None:  # type: ignore[attr-defined]
            self.connect()  # type: ignore[attr-defined]
        _record_request()
        super().send(data)  # type: ignore[misc]


class _RecordedConnection(_Recorded, HTTPConnection):
    """A urllib3 connection for http:// URLs that records its requests as evidence."""


class _RecordedTlsConnection(_Recorded, HTTPSConnection):
    """A urllib3 connection for https:// URLs that records its requests as evidence."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _RecordedConnection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _RecordedTlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class _ReadReply(io.BytesIO):
    """The body of an HTTP reply that was read from the network already, as a stream for ``requests`` to read."""

    def __init__(self, body: bytes, raw: Any) -> None:
        super().__init__(body)
        self._original_response = getattr(raw, "_original_response", None)  # where requests finds cookies


class BoundedAdapter(HTTPAdapter):
    """Sends the HTTP requests of Apprise's plugins: limits each reply, and records it as evidence for ``outcome``."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Create urllib3's pool manager with connections that record each request as evidence."""
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        """Return urllib3's pool manager for a proxy, with connections that record each request as evidence."""
        manager = super().proxy_manager_for(*args, **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(self, request: Any, *args: Any, **more: Any) -> Any:
        """Send *request* and return the response, with a body of at most MAX_REPLY bytes.

        Raises:
            requests.RequestException: The server did not reply, or the body of its reply cannot be read.
        """
        exchange = HttpExchange()
        current_evidence().http.append(exchange)
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
    """Return in words why the server did not reply, such as "the connection was refused"."""
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
    """Return the first MAX_REPLY bytes of the body of a reply, decompressed."""
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
        if current_evidence().timed_out:
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
    """Make every ``requests`` session that is created from now on in this process use BoundedAdapter."""
    setattr(requests.sessions, "HTTPAdapter", BoundedAdapter)  # noqa: B010 - mypy: it is not exported
