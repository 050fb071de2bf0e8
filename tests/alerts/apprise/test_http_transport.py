"""Webhooks that answer badly: broken, slow, endless and enormous replies, rate limits."""

from __future__ import annotations

import gzip
import io
import itertools
import time
import tracemalloc

import pytest
from support.patience import PATIENCE_S
from support.raw_server import RawServer, http_reply

from monitor import clock
from monitor.alerts.apprise import http_transport
from monitor.alerts.apprise.sending import open_channel
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.model import Destination, Notification

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

HELLO = Notification("[HIGH] Night Heron", "Hit #7")
OK = b"HTTP/1.1 200 OK\r\n"


def send(address, *, total_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S):
    destination = Destination("soc", f"json://{address}/hook")
    channel = open_channel(
        destination, console=io.StringIO(), read_timeout_s=read_timeout_s, total_timeout_s=total_timeout_s
    )
    return channel.send(HELLO)


BROKEN = {
    "body cut short": (OK + b"Content-Length: 50\r\n\r\n", b'{"status":'),
    "bad chunk size": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\nhello\r\n"),
    "chunk cut short": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"20\r\nhello"),
    "no last chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\n"),
    "not the gzip it claims": (OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\n", b"hello"),
    "202, cut short": (b"HTTP/1.1 202 Accepted\r\nContent-Length: 50\r\n\r\n", b"x"),
}


@pytest.mark.parametrize("parts", BROKEN.values(), ids=BROKEN)
def test_a_broken_reply_after_a_success_status_is_unknown(parts):
    with (
        RawServer(http_reply(*parts)) as server,
        pytest.raises(OutcomeUnknown, match=r"the service answered 20[02], but"),
    ):
        send(server.address)


def test_a_broken_reply_after_an_error_status_is_a_failure():
    reply = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 50\r\n\r\nno"
    with RawServer(http_reply(reply)) as server, pytest.raises(DeliveryError, match="403") as raised:
        send(server.address)
    assert not isinstance(raised.value, OutcomeUnknown)


@pytest.mark.parametrize(
    "reply",
    [b"", b"220 test ESMTP\r\n", b"HTTP/1.1 two hundred\r\n\r\n", OK + b"X: y\r\n" * 200 + b"\r\n"],
    ids=["none", "of another protocol", "bad status", "too many headers"],
)
def test_a_request_without_a_usable_status_line_is_unknown(reply):
    with RawServer(http_reply(reply)) as server, pytest.raises(OutcomeUnknown):
        send(server.address)


@pytest.mark.parametrize("reply", [b'{"ok": false, "error": "channel_not_found"}', b'\n{ "ok" : false }'])
def test_a_service_that_says_not_ok_with_status_200_is_a_failure(services_url, webhook, reply):
    webhook.answers_at = {"/api/chat.postMessage": reply}
    channel = open_channel(Destination("soc", services_url), console=io.StringIO())
    with pytest.raises(DeliveryError, match="200") as raised:
        channel.send(HELLO)
    assert not isinstance(raised.value, OutcomeUnknown)


@pytest.fixture
def services_url(webhook, monkeypatch):
    """Point Slack's bot API at the webhook."""
    from apprise.plugins import slack

    monkeypatch.setattr(slack.NotifySlack, "api_url", f"http://{webhook.url}/api/{{}}")
    return "slack://xoxb-1234-1234-abc124/#alerts"


def drip(prefix: bytes, part: bytes):
    def answer(connection):
        http_reply(prefix)(connection)
        while True:
            connection.sendall(part)
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize(
    ("prefix", "part"),
    [
        (b"", b"H"),
        (OK, b"X-Slow: 1\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (OK + b"Content-Length: 100000\r\n\r\n", b"x"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    ],
    ids=["status line", "headers", "endless 100 Continue", "body", "chunk size"],
)
def test_a_reply_that_drips_ends_with_the_total_time(prefix, part):
    with RawServer(drip(prefix, part)) as server:
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            send(server.address, total_timeout_s=0.4)
        assert time.monotonic() - began < PATIENCE_S


def test_a_body_that_drips_ends_with_its_own_limit(monkeypatch):
    monkeypatch.setattr(http_transport, "MAX_REPLY_S", 0.1)
    server = RawServer(drip(OK + b"Content-Length: 100000\r\n\r\n", b"x"))
    with server, pytest.raises(OutcomeUnknown, match="its body took longer than"):
        send(server.address)


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_huge_reply_is_read_up_to_a_limit_and_accepted(encoding):
    if encoding == "gzip":
        bomb = gzip.compress(bytes(100_000_000), 1)
        parts = [OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb), bomb]
    else:
        parts = [OK + b"\r\n", *itertools.repeat(bytes(1_000_000), 100)]
    with RawServer(http_reply(OK + b"Content-Length: 0\r\n\r\n")) as server:
        send(server.address)  # what the first send imports is not memory for the reply
    with RawServer(http_reply(*parts)) as server:
        tracemalloc.start()
        try:
            send(server.address)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "120"}, 120),
        (429, {"Retry-After": "1.5"}, 1.5),
        (429, {}, 60),
        (429, {"Retry-After": "soon"}, 60),
        (429, {"Retry-After": "999999999"}, 3600),
        (503, {"Retry-After": "7"}, 7),
        (503, {}, None),
        (500, {"Retry-After": "7"}, None),
    ],
)
def test_an_error_tells_how_long_a_rate_limited_service_asks_to_wait(webhook, status, headers, seconds):
    webhook.status, webhook.headers = status, headers
    with pytest.raises(DeliveryError, match=str(status)) as raised:
        send(webhook.url)
    assert raised.value.retry_after_s == seconds
    assert not isinstance(raised.value, OutcomeUnknown)


def test_a_retry_after_that_is_a_date_counts_from_now(webhook):
    from email.utils import formatdate

    webhook.status, webhook.headers = 429, {"Retry-After": formatdate(clock.now().timestamp() + 1000, usegmt=True)}
    with pytest.raises(DeliveryError) as raised:
        send(webhook.url)
    assert 900 < raised.value.retry_after_s <= 1001


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("json://127.7.1.2:9/", "the connection was refused"),
        ("json://no-such-host.invalid/", "no such host"),
        ("jsons://{plain}/", "the server does not speak TLS on this port"),
    ],
)
def test_a_request_that_was_never_sent_is_a_failure_with_its_cause(webhook, url, words):
    channel = open_channel(Destination("soc", url.format(plain=webhook.url)), console=io.StringIO())
    with pytest.raises(DeliveryError, match=words) as raised:
        channel.send(HELLO)
    assert not isinstance(raised.value, OutcomeUnknown)
    assert webhook.requests == []
