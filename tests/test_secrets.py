"""Marked secrets in the addresses of 29 kinds of destination and of feeds: whatever fails, nobody is shown one.

Every request of Apprise leaves through one function, which is led to a server on loopback; names are not resolved.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

import apprise
import pytest
from requests.adapters import HTTPAdapter
from support.patience import PATIENCE_S
from support.secret_canaries import ADDRESSES, BASIC, HEADER, LOGIN, shown
from support.self_signed import self_signed_tls
from support.servers import FeedServer, Reply, Request

from monitor.cli.app import run
from monitor.feeds.http.fetch import Fetcher

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

HOST = "127.6.0.1"
FEED = b"<rss version='2.0'><channel><title>W</title><item><title>Lazarus Group again</title></item></channel></rss>"
ROOT = Path(__file__).parents[1]
HASTE = "rto=0.3&cto=0.3"
WATCHLIST = """
[actors]
lazarus = ["Lazarus Group"]
[rules.any]
actors = ["*"]
send_to = [{names}]
[http]
timeout = "1s"
contact = "ops@news.example"
allow_private = ["127.0.0.0/8"]
[storage]
path = "monitor.db"
[alerts]
wait = "0s"
first_run = "alert"
"""
HARMLESS = f'[http]\ncontact = "ops@news.example"\nallow_private = ["{HOST}/32"]\n'


class Echo(FeedServer):
    """Answers everything with one status and what it was asked, secrets included; serves one feed as it should."""

    status = 500

    def _reply(self, request: Request) -> Reply:
        if request.path.startswith("/good"):
            return Reply(body=FEED)
        told = repr(request).encode()
        return Reply(status=self.status, body=told, hang=self.status == 0)


@dataclass
class Target:
    """Where everything is led to."""

    web: str  # scheme, host and port
    mail: str  # host and port
    mails: str = ""  # "s": with TLS


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo(host=HOST) as server:
        yield server


@pytest.fixture
def speak() -> Iterator[Callable[[bytes], str]]:
    """Give a function that starts a server which says its bytes to whoever comes, and hangs up; it returns where."""
    listening: list[socket.socket] = []

    def serve(server: socket.socket, words: bytes) -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                with client, suppress(OSError):
                    client.sendall(words)
                    client.settimeout(0.2)
                    client.recv(65536)

    def start(words: bytes) -> str:
        server = socket.create_server((HOST, 0))
        listening.append(server)
        threading.Thread(target=serve, args=(server, words), daemon=True).start()
        return f"{HOST}:{server.getsockname()[1]}"

    yield start
    for server in listening:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@pytest.fixture
def silent() -> Iterator[str]:
    """Return where a server listens that never says a word."""
    with socket.create_server((HOST, 0)) as server:
        yield f"{HOST}:{server.getsockname()[1]}"


@pytest.fixture
def closed() -> str:
    """Return where nobody listens."""
    with socket.create_server((HOST, 0)) as server:
        return f"{HOST}:{server.getsockname()[1]}"


@pytest.fixture
def self_signed(tmp_path) -> Iterator[Echo]:
    """A server whose certificate nobody vouches for."""
    with Echo(host=HOST, tls=self_signed_tls(tmp_path)) as server:
        yield server


@pytest.fixture
def target(request, echo, speak, silent, closed) -> Target:
    """Return where the failure that the test is about is to be had."""
    refusal = speak(b"554 no login SECRETCANARY07 SECRETCANARY08\r\n")
    web = f"http://{HOST}:{echo.port}"
    match request.param:
        case "refused":
            return Target(f"http://{closed}", closed)
        case "no such host":
            return Target("http://nowhere.invalid", "nowhere.invalid")
        case "no answer":
            return Target(f"http://{silent}", silent)
        case "nonsense":
            return Target(
                f"http://{speak(f'what? {HEADER} {BASIC}'.encode() + bytes(range(256)))}", speak(b"\0\xff what?\r\n")
            )
        case "certificate":
            server = request.getfixturevalue("self_signed")
            return Target(server.url("").rstrip("/"), f"{HOST}:{server.port}", "s")
        case status:
            echo.status = int(status) if status.isdecimal() else 500
            return Target(web, refusal)


@pytest.fixture
def led(monkeypatch, target) -> None:
    """Lead all requests of Apprise to the target, and resolve no name."""
    send = HTTPAdapter.send

    def led_to_target(adapter, request, **options):
        at = urlsplit(request.url)
        request.url = f"{target.web}{at.path}?{at.query}"
        return send(adapter, request, **options)

    resolve = socket.getaddrinfo

    def resolve_addresses_only(host, *rest, **options):
        if host and not str(host).startswith("127."):
            raise socket.gaierror(-2, "Name or service not known")
        return resolve(host, *rest, **options)

    monkeypatch.setattr(HTTPAdapter, "send", led_to_target)
    monkeypatch.setattr(socket, "getaddrinfo", resolve_addresses_only)


@pytest.fixture
def broken(request, monkeypatch) -> None:
    """Let sending and polling break in a way that nobody foresaw, if that is what the test is about."""
    if request.node.callspec.params["target"] != "broken":
        return
    fetch = Fetcher.fetch

    async def fetch_or_break(fetcher, feed, record):
        if feed.key == "good":
            return await fetch(fetcher, feed, record)
        raise RuntimeError(f"{feed.url} {feed.auth} {feed.headers} {feed}")

    def break_down(sender, **_):
        raise RuntimeError(f"cannot send to {sender.urls()}")

    monkeypatch.setattr(Fetcher, "fetch", fetch_or_break)
    monkeypatch.setattr(apprise.Apprise, "notify", break_down)


class Terminal:
    """Types commands, and looks at all that they print."""

    def __init__(self, folder: Path, captured: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._captured = captured
        self.config = folder / "config.toml"
        self.code = 0  # of the last command

    def type(self, *words: str) -> str:
        """Return what a command printed to stdout; whatever it printed, it was no secret."""
        self._captured.readouterr()
        try:
            self.code = run(["-c", str(self.config), *words])
        except Exception as error:
            raise AssertionError(f"{words} broke") from error
        out, err = self._captured.readouterr()
        assert not (places := shown(out + err)), (words, *places)
        return out

    def wait_until_all_were_tried(self) -> None:
        end = monotonic() + PATIENCE_S
        while {row["destination"] for row in self._waiting() if row["reason"]} != {*ADDRESSES}:
            assert monotonic() < end, self._waiting()
            sleep(0.5)

    def _waiting(self) -> list[dict[str, str]]:
        return json.loads(self.type("outbox", "--json") or "[]")

    def look_at_files(self) -> None:
        for file in self._folder.iterdir():
            if file.is_file() and file.suffix != ".toml":
                assert shown(file.read_bytes()) == [], file


@pytest.fixture
def terminal(tmp_path, capfd) -> Iterator[Terminal]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield Terminal(tmp_path, capfd)
    root.handlers[:] = handlers
    root.setLevel(level)


def configure(terminal: Terminal, target: Target, echo: Echo) -> None:
    """Write a configuration with all kinds of destination, a feed that is well and one that is not."""
    self_hosted = urlsplit(target.web).netloc
    lines = [WATCHLIST.replace("{names}", ", ".join(f'"{name}"' for name in ADDRESSES))]
    for name, address in ADDRESSES.items():
        url = address.format(host=target.mail if name == "mail" else self_hosted)
        if name == "mail" and target.mails:
            url = url.replace("mailto:", "mailtos:")
        lines.append(f'[destinations.{name}]\nurl = "{url}{"&" if "?" in url else "?"}{HASTE}"')
    login = ":".join(LOGIN)
    lines.append(f'[feeds.good]\nurl = "http://{HOST}:{echo.port}/good"\nauth = "{login}"')
    bad = target.web.replace("://", f"://{login}@")
    lines.append(f'[feeds.bad]\nurl = "{bad}/bad"\nheaders = {{ X-Key = "{HEADER}" }}')
    terminal.config.write_text("\n".join(lines))
    terminal.config.chmod(0o600)


FAILURES = ["500", "302", "refused", "no such host", "no answer", "nonsense", "certificate", "broken"]


@pytest.mark.parametrize(
    ("target", "form"),
    [
        pytest.param("401", "json", id="401-json", marks=pytest.mark.slow),
        *(pytest.param(failure, "text", marks=pytest.mark.slow) for failure in FAILURES),
        *(pytest.param(failure, "json", marks=pytest.mark.slow) for failure in ("500", "broken")),
    ],
    indirect=["target"],
)
def test_no_secret_is_shown_whatever_fails(terminal, target, echo, led, broken, form):
    configure(terminal, target, echo)
    terminal.type("check")
    terminal.type("once", "--log-level", "debug", "--log-format", form)
    terminal.wait_until_all_were_tried()
    for words in (["outbox"], ["status"], ["feeds"], ["feeds", "--json"], ["hits"], ["hits", "--json"], ["show", "1"]):
        terminal.type(*words)
    for name in ADDRESSES:
        terminal.type("notify", name)
    terminal.look_at_files()


@pytest.mark.slow
def test_no_secret_is_shown_by_the_daemon_to_its_log_to_ps_or_to_who_reads_its_files(terminal, closed, echo):
    configure(terminal, Target(f"http://{closed}", closed), echo)
    # whatever has an address of its own on the internet is asked for by way of the closed port
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), f"http://{closed}")
    command = [sys.executable, "-m", "monitor", "-c", str(terminal.config), "run", "--log-level", "debug"]
    with (terminal.config.parent / "log").open("wb") as log:
        options = {"cwd": ROOT, "env": os.environ | proxies, "start_new_session": True}
        daemon = subprocess.Popen(command, stdout=log, stderr=log, **options)
    try:
        terminal.wait_until_all_were_tried()
        assert not (places := shown(command_lines(daemon.pid))), places
        for words in (["status"], ["outbox"], ["outbox", "retry", "1"], ["outbox", "drop", "2"], ["feeds"]):
            terminal.type(*words)
        terminal.look_at_files()
    finally:
        daemon.terminate()
        daemon.wait(PATIENCE_S)
    terminal.look_at_files()


def command_lines(session: int) -> bytes:
    """Return what `ps` shows of all processes of *session*."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((process / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                found.append((process / "cmdline").read_bytes())
    assert len(found) > 1
    return b"\n".join(found)


MISTAKES = {
    "a key that is unknown": lambda url: f'url = "{url}"\nevry = 1',
    "a severity that is unknown": lambda url: f'url = "{url}"\nmin_severity = "loud"',
    "a kind that is unknown": lambda url: f'url = "x{url}"',
    "no kind": lambda url: f'url = "{url.partition("://")[2]}"',
    "half of it": lambda url: f'url = "{url[: url.index("://") + 9]}"',
    "blanks": lambda url: f'url = "{url.replace("/", " / ")}"',
    "several": lambda url: f'url = ["{url}"]',
    "no closing quote": lambda url: f'url = "{url}',
    "no opening quote": lambda url: f'url = {url}"',
    "twice": lambda url: f'url = "{url}"\nurl = "{url}"',
    "in a comment": lambda url: f'url = ""  # {url}',
    "an unknown placeholder": lambda url: f'url = "${{NOPE}}{url}"',
    "retries": lambda url: f'url = "{url}{"&" if "?" in url else "?"}retry=3"',
}


@pytest.mark.parametrize("mode", [0o600, pytest.param(0o644, marks=pytest.mark.slow)], ids=["0600", "0644"])
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_no_secret_is_shown_when_its_line_is_wrong(terminal, mistake, mode):
    addresses = {name: address.format(host=HOST) for name, address in ADDRESSES.items()}
    lines = [f"[destinations.{name}]\n{mistake(address)}" for name, address in addresses.items()]
    terminal.config.write_text("\n".join(lines) + WATCHLIST.replace("{names}", '"slack"'))
    terminal.config.chmod(mode)
    for words in (["check"], ["check", "--json"], ["once"], ["run"], ["notify", "slack"]):
        terminal.type(*words)
        assert terminal.code in (1, 2), words


CRASH = """
import sys
from monitor.feeds.http.fetch import Fetcher

async def broken(fetcher, feed, record):
    raise RuntimeError(f"{feed.auth} {feed.headers}")

Fetcher.fetch = broken
from monitor.cli import main
main()
"""


def test_no_secret_is_shown_in_the_trace_of_a_mistake_of_ours(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(f'[feeds.wire]\nurl = "http://{HOST}:9/feed"\nauth = "{":".join(LOGIN)}"\n' + HARMLESS)
    config.chmod(0o600)
    command = [sys.executable, "-c", CRASH, "-c", str(config), "check", "--online"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "RuntimeError" in said.stderr
    assert shown(said.stdout + said.stderr) == []
