"""Thousands of requests of all kinds beside a daemon that polls, finds hits and writes."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
from support.effort import examples

pytestmark = pytest.mark.slow(minutes=3)

FEEDS = 8
CLIENTS = 4
POLL_EVERY_S = 0.5  # how often the daemon looks which feeds are due
PROGRAM = Path(__file__).parents[1] / "support" / "page_daemon.py"
GETS = (
    *("/", "/?since=all&q=lazarus", "/?since=all&q=-zebra&severity=high", "/?since=all&actor=lazarus", "/actors"),
    *("/actors/lazarus", "/feeds", "/feeds/f1", "/deliveries", "/deliveries?state=sent", "/silences", "/audit"),
    *("/hits/{}", "/stories/{}", "/hits/{}/acknowledge", "/hits/{}/mute", "/deliveries/{}", "/watchlist", "/status"),
    *("/metrics", "/hits.json?limit=200", "/hits.csv?limit=200", "/hits.atom?limit=200", "/audit.csv"),
    *("/readyz", "/healthz"),
    *("/api/v1/hits?limit=50", "/api/v1/hits/{}", "/api/v1/stories/{}", "/api/v1/feeds", "/api/v1/deliveries"),
)  # fmt: skip
CONFIG = """
[storage]
path = "monitor.db"
[web]
listen = "127.0.0.1:{port}"
[http]
every = "1s"
allow_private = ["127.0.0.0/8"]
[actors]
lazarus = ["Lazarus Group"]
[keywords]
theft = ["stole*"]
[destinations.soc]
url = "console://"
max_per_hour = 100000
[rules.theft]
keywords = ["theft"]
actors = ["lazarus"]
send_to = ["soc"]
severity = "high"
"""


@contextmanager
def news() -> Iterator[int]:
    """Serve feeds on loopback, each of which has a new entry every time, and yield the port."""
    numbers = itertools.count()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            first = next(numbers)
            items = "".join(
                f"<item><guid>{self.path}-{first}</guid><link>https://news.example{self.path}/{first}</link>"
                f"<title>Lazarus Group stole ${first + 1}M from exchange {first}</title></item>"
            )
            body = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def daemon(folder: Path, feed_port: int) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run a daemon with its page, and yield the port of the page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    feeds = "".join(f'[feeds.f{n}]\nurl = "http://127.0.0.1:{feed_port}/{n}"\nevery = "1s"\n' for n in range(FEEDS))
    config = folder / "config.toml"
    config.write_text(CONFIG.format(port=port) + feeds)
    log = (folder / "log").open("w")
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(config)], stdout=subprocess.PIPE, stderr=log, text=True
    )
    try:
        yield port, process
    finally:
        process.kill()
        process.wait()
        log.close()


def request(line: http.client.HTTPConnection, method: str, path: str, form: object = None) -> tuple[int, bytes]:
    origin = f"http://{line.host}:{line.port}"
    headers = {"Host": f"{line.host}:{line.port}", "Origin": origin, "Sec-Fetch-Site": "same-origin"}
    body = None
    if form is not None:
        body = urlencode(form, doseq=True)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    line.request(method, path, body, headers)
    answer = line.getresponse()
    return answer.status, answer.read()


def client(port: int, number: int, seed: int) -> Counter[tuple[str, int]]:
    """Send *number* requests over one connection after the other; return how often each status came."""
    dice, found = random.Random(seed), Counter[tuple[str, int]]()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(number):
        hit = dice.randint(1, 60)
        kind = dice.random()
        if kind < 0.8:
            method, path, form = "GET", dice.choice(GETS).format(hit), None
        elif kind < 0.9:
            method, path, form = "POST", f"/hits/{hit}/triage", {"triage": dice.choice(("relevant", "ack"))}
        elif kind < 0.95:
            method, path, form = "POST", "/hits/triage", {"triage": "relevant", "id": [hit, hit + 1, hit + 2]}
        else:
            what = {"what": "rule:theft", "for": "1s", "why": "test"}
            method, path, form = "POST", "/silences", what
        try:
            status, body = request(line, method, path, form)
        except (http.client.HTTPException, ConnectionError):  # a connection is closed when it was idle
            line.close()
            status, body = request(line, method, path, form)
        assert b"locked" not in body, path
        found[f"{method} {path}" if status >= 500 else "", status] += 1
    line.close()
    return found


def wait_for_hits(port: int, number: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            status, body = request(line, "GET", "/hits.json?since=all")
            if status == 200 and len(json.loads(body)) >= number:
                return
        except (OSError, ValueError):
            pass
        finally:
            line.close()
        time.sleep(0.2)
    raise AssertionError("the daemon found no hits")


def test_requests_of_all_kinds_fail_never_and_delay_no_poll(tmp_path):
    with news() as feed_port, daemon(tmp_path, feed_port) as (port, process):
        wait_for_hits(port, 60)
        with ThreadPoolExecutor(CLIENTS) as pool:
            share = examples(10_000) // CLIENTS
            answers = sum(pool.map(lambda n: client(port, share, n), range(CLIENTS)), Counter())
        process.send_signal(signal.SIGTERM)
        late_s = json.loads(process.communicate(timeout=60)[0])
    assert {key: number for key, number in answers.items() if key[1] >= 500 and not key[0].endswith("/readyz")} == {}
    assert "locked" not in (tmp_path / "log").read_text()
    assert len(late_s) > FEEDS
    assert max(late_s) <= POLL_EVERY_S + 1.0
