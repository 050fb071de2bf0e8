"""Repair malformed response headers, as browsers do, before the strict parser of aiohttp reads them."""

from __future__ import annotations

import re
from typing import Any

from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

MAX_HEAD = 256 * 1024  # bytes of a status line with all headers, as in Chromium
MAX_VALUE = 64 * 1024  # bytes of one header
_MAX_LINES = 128  # headers that the parser accepts; more are left out

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})")
_STATUS_LINE = re.compile(rb"(?:http/(\d)(?:\.(\d))?|icy)\s+(\d{3}.*)", re.IGNORECASE | re.S)
_END = re.compile(rb"\r?\n\r?\n")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_GZIP = re.compile(rb"(?:x-)?gzip(?:\s*,\s*(?:x-)?gzip)*", re.IGNORECASE)
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

# headers that are used; all others are removed to save time
_USED = frozenset(
    (
        *(b"age", b"cache-control", b"cf-mitigated", b"connection", b"content-encoding", b"content-type", b"date"),
        *(b"etag", b"expires", b"last-modified", b"location", b"retry-after", b"robots", b"set-cookie"),
        *(b"tdm-reservation", b"transfer-encoding", b"x-robots-tag", b"crypto-news-monitor", b"www-authenticate"),
        *(b"proxy-authenticate", b"proxy-connection"),
    )
)


class LenientProtocol(ResponseHandler):
    """The protocol class of aiohttp, extended: it repairs status line and headers before they are parsed.

    Lines that are not headers are skipped, folded lines are joined, and unused headers are left out. If the connection
    closes after the response, or Content-Length headers contradict each other, the body ends where the connection ends.
    """

    _head: bytearray | None = None  # what was received of status line and headers; None: they are complete

    def set_response_params(self, **params: Any) -> None:
        """Prepare to receive the status line and headers of the next response; called by aiohttp."""
        self._head = bytearray()
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """Collect the status line and headers, repair them, and pass them and all later data to aiohttp's parser."""
        if self._head is None or self._parser is None or not data:
            super().data_received(data)
            return
        self._head += data
        while True:
            received = bytes(self._head)
            end = _END.search(received, max(0, len(received) - len(data) - 4))
            if not received[:4].upper().startswith((b"HTTP"[: len(received)], b"ICY "[: len(received)])):
                end = None  # not HTTP: the parser says so
            elif end is None and len(received) <= MAX_HEAD:
                return
            elif end is None or end.start() > MAX_HEAD:
                self._refuse(f"the headers are larger than {MAX_HEAD // 1024} KB")
                return
            if end is not None and received[end.end() :] and _is_interim(received):
                self._head, data = bytearray(received[end.end() :]), received[end.end() :]
                continue
            if end is not None and _is_interim(received):
                self._head = bytearray()
                return
            break
        self._head = None
        super().data_received(
            received
            if end is None
            else repaired_head(received[: end.start()], received[end.end() :]) + received[end.end() :]
        )

    def connection_lost(self, exc: BaseException | None) -> None:
        """Pass incomplete headers to the parser when the connection closes, so that the parser reports the error."""
        if self._head and self._parser is not None:
            received, self._head = bytes(self._head), None
            super().data_received(repaired_head(received))
        super().connection_lost(exc)

    def _refuse(self, cause: str) -> None:
        self._head = None
        self.set_exception(HttpProcessingError(code=400, message=cause))
        if self.transport is not None:
            self.transport.close()


def _is_interim(head: bytes) -> bool:
    status = _STATUS.match(head)
    return status is not None and status[1].startswith(b"1") and status[1] != b"101"


def repaired_head(head: bytes, body_start: bytes = b"") -> bytes:
    """Return a status line and headers in a form that a strict parser accepts, with the blank line at the end.

    Args:
        head: The status line and headers as received.
        body_start: What was received after them. If it is longer than Content-Length, that header is ignored and the
            body ends where the connection ends.
    """
    status, *lines = head.replace(b"\r\n", b"\n").split(b"\n")
    status = _usual_status_line(status)
    headers: list[tuple[bytes, bytes]] = []
    lengths: set[bytes] = set()
    has_length = False
    used = True
    for line in lines:
        if line[:1] in (b" ", b"\t"):  # folded (RFC 9112 section 5.2)
            if used and headers and _NAME.match(line.strip()[:1] or b" "):
                headers[-1] = headers[-1][0], headers[-1][1] + b" " + line.strip()
            continue
        name, colon, value = line.partition(b":")
        name, value = name.strip(), _FORBIDDEN.sub(b"", value).strip(b" \t")
        used = bool(colon) and _NAME.fullmatch(name) is not None and name.lower() in _USED
        if colon and name.lower() == b"content-length":
            has_length = True
            lengths |= {length.strip() for length in value.split(b",")}
        elif name.lower() == b"content-encoding" and _GZIP.fullmatch(value):
            continue  # the body is recognised by its first bytes, and what follows the compressed data is ignored
        elif used and len(value) <= MAX_VALUE and len(headers) < _MAX_LINES - 2:
            headers.append((name, value))
    if len(lengths) == 1 and (length := next(iter(lengths))).isdigit() and body_start[int(length[:18]) :].strip():
        lengths.add(b"")
    headers += _framing(status, headers, lengths if has_length else set())
    return b"\r\n".join([status, *(b": ".join(header) for header in headers), b"", b""])


def _usual_status_line(status: bytes) -> bytes:
    found = _STATUS_LINE.fullmatch(status)
    if found is None:
        return status
    version = b"1.0" if found[1] is None or (found[1], found[2]) == (b"1", b"0") else b"1.1"
    return b"HTTP/" + version + b" " + found[3]


def _framing(status: bytes, headers: list[tuple[bytes, bytes]], lengths: set[bytes]) -> list[tuple[bytes, bytes]]:
    """Return the Content-Length or Connection header that tells the parser where the body ends.

    Args:
        status: The status line.
        headers: The other headers.
        lengths: All different Content-Length values of the response; empty: it has no such header.
    """
    names = {name.lower(): value.lower() for name, value in headers}
    if b"transfer-encoding" in names or not lengths:
        return []
    closes = names.get(b"connection") == b"close" or (status.startswith(b"HTTP/1.0") and b"connection" not in names)
    if closes:
        return []
    if len(lengths) == 1 and (length := next(iter(lengths))).isdigit():
        return [(b"Content-Length", length)]
    return [] if b"connection" in names else [(b"Connection", b"close")]
