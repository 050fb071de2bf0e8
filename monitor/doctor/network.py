"""Checks of the network: DNS, proxies and destinations, without sending anything; the clock of servers."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address, ip_network
from math import inf
from queue import Empty, SimpleQueue
from statistics import median
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit

from monitor.doctor.finding import Finding, error, ok, warning
from monitor.wording import counted

TIMEOUT_S = 8.0
AT_ONCE = 32
SHOWN = 3  # names of hosts that fail
CLOCKS = 3  # servers whose time is asked

Address = tuple[str, int]
Resolve = Callable[[str], object]
Dial = Callable[[str, int], None]


class _NotStartedError(Exception):
    """Raised in place of the result of a job for which there was no time."""


def resolve(host: str) -> object:
    """Resolve the host name *host*; raise OSError if that fails."""
    return socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)


def dial(host: str, port: int) -> None:
    """Open a TCP connection and close it; raise OSError if that fails."""
    socket.create_connection((host, port), timeout=TIMEOUT_S).close()


def dns_findings(hosts: Iterable[str], look_up: Resolve = resolve) -> list[Finding]:
    """Check whether the host names of the feeds can be resolved."""
    names = sorted(set(hosts))
    if not names:
        return []
    failures = _failures({name: (lambda name=name: look_up(name)) for name in names})  # type: ignore[misc]
    failed = sorted(name for name, problem in failures.items() if not isinstance(problem, _NotStartedError))
    if failed:
        listed = ", ".join(failed[:SHOWN]) + (", ..." if len(failed) > SHOWN else "")
        text = f"{len(failed)} of {counted(len(names), 'host')} of feeds cannot be resolved: {listed}"
        if len(failed) == len(failures) == len(names) or len(failed) > len(names) - len(failures):
            return [error("dns", text, "check the network and /etc/resolv.conf")]
        return [warning("dns", text, "if the names are right, ask their operators; else correct [feeds]")]
    if failures:
        text = f"only {len(names) - len(failures)} of {counted(len(names), 'host')} were resolved in {TIMEOUT_S:.0f} s"
        return [warning("dns", text, "the name server is slow: use a resolver that caches, such as systemd-resolved")]
    return [ok("dns", f"{counted(len(names), 'host')} of feeds resolved")]


@dataclass(frozen=True, slots=True)
class Route:
    """How a destination is reached: its host and port, and the URL of the proxy that leads there, if there is one."""

    address: Address
    proxy: str = ""


def proxy_of(url: str, address: Address, environ: Mapping[str, str]) -> str:
    """Return the URL of the proxy through which a notification is sent, as requests chooses it; empty if directly.

    Args:
        url: The Apprise URL of the destination.
        address: The host and port that it leads to.
        environ: The environment variables, which name proxies and, in ``no_proxy``, hosts that need none.
    """
    host, port = address
    if url.lower().startswith("mail"):  # SMTP
        return ""
    lowered = {name.lower(): value for name, value in environ.items() if value}
    if any(_covers(entry.strip(), host) for entry in lowered.get("no_proxy", "").split(",")):
        return ""
    encrypted = port == 443 or url.partition("://")[0].lower().endswith("s")
    return lowered.get("https_proxy" if encrypted else "http_proxy") or lowered.get("all_proxy", "")


def _covers(entry: str, host: str) -> bool:
    """Return whether *entry* of ``no_proxy`` means *host*: a name, domain, address, network, or ``*``."""
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:  # a name
        domain = entry.lower().lstrip(".")
        return bool(domain) and (entry == "*" or host.lower() == domain or host.lower().endswith(f".{domain}"))


def destination_findings(routes: Mapping[str, Route | None], connect: Dial = dial) -> list[Finding]:
    """Check which destinations accept a TCP connection.

    Args:
        routes: The route to each destination by name; None if its address is unknown or not needed. Destinations
            behind a proxy are not connected to, because the network may not allow it; see
            ``reachable_proxy_findings``.
        connect: Opens a connection and raises OSError if that fails.
    """
    direct = {name: route.address for name, route in routes.items() if route and not route.proxy}
    failed = _failures({name: (lambda at=at: connect(*at)) for name, at in direct.items()})  # type: ignore[misc]
    found = []
    for name, route in routes.items():
        remedy = f"check the address and the firewall; then: monitor notify {name}"
        if route is None:
            text = f"needs no connection, or its server is unknown; try: monitor notify {name}"
            found.append(ok(f"to {name}", text))
            continue
        host, port = route.address
        if name in failed:
            found.append(error(f"to {name}", f"{host}:{port} cannot be reached: {_words(failed[name])}", remedy))
        elif route.proxy:
            found.append(ok(f"to {name}", f"{host}:{port}, through a proxy; try: monitor notify {name}"))
        else:
            found.append(ok(f"to {name}", f"{host}:{port} accepts connections"))
    return found


def reachable_proxy_findings(proxies: Mapping[str, str], ask: Callable[[str], None] | None = None) -> list[Finding]:
    """Check whether each proxy answers.

    Args:
        proxies: The URL of each proxy by what it is called, such as "of [http] proxy".
        ask: Asks the proxy of that URL for something; raises OSError if it does not answer.
    """
    asked = ask or ask_proxy
    failed = _failures({name: (lambda url=url: asked(url)) for name, url in proxies.items()})  # type: ignore[misc]
    return [
        error(f"proxy {name}", f"does not work: {_words(failed[name])}", "start the proxy, or correct its address")
        if name in failed
        else ok(f"proxy {name}", "answers")
        for name in proxies
    ]


def ask_proxy(url: str) -> None:
    """Ask the proxy at *url* which methods it has, without asking it to connect anywhere.

    Raises:
        OSError: Its address is invalid, it cannot be reached, or answers nothing that a proxy of its kind answers.
    """
    scheme, host, port = _proxy_address(url)
    socks = scheme.startswith("socks")
    with socket.create_connection((host, port), timeout=TIMEOUT_S) as line:
        if scheme == "socks4":  # has no greeting
            return
        with _unverified().wrap_socket(line, server_hostname=host) if scheme == "https" else line as channel:
            # RFC 1928 section 3: version 5, two methods: no login, and user name with password
            channel.sendall(b"\x05\x02\x00\x02" if socks else b"OPTIONS * HTTP/1.0\r\n\r\n")
            answer = channel.recv(16)
    if not answer.startswith(b"\x05" if socks else b"HTTP/"):
        raise OSError("it answers, but not as a proxy of this kind" if answer else "it closes the connection")


def _proxy_address(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of the proxy at *url*; raise OSError, without the login in it, if it is invalid."""
    try:
        at = urlsplit(url if "://" in url else f"http://{url}")
        port = at.port or (1080 if at.scheme.startswith("socks") else 443 if at.scheme == "https" else 80)
    except ValueError:  # a bracket that is not closed, or a port that is not a number
        raise OSError("its address is invalid") from None
    if not at.hostname:
        raise OSError("its address has no host")
    return at.scheme, at.hostname, port


def clock_lead(urls: Iterable[str], measure: Callable[[str], float] | None = None) -> float | None:
    """Return by how many seconds the clock is ahead of that of some servers; None if none of them returns its time.

    Args:
        urls: Addresses on the servers, of which the first few hosts are asked.
        measure: Returns by how many seconds the clock is ahead of that of the server of a URL; raises OSError.
    """
    by_host = {urlsplit(url).netloc: url for url in reversed(list(urls))}
    asked = dict(list(reversed(by_host.items()))[:CLOCKS])
    lead_on = measure or lead_on_server
    done = _results({host: (lambda url=url: lead_on(url)) for host, url in asked.items()})  # type: ignore[misc]
    leads = [result for result in done.values() if isinstance(result, float)]
    return median(leads) if leads else None


def lead_on_server(url: str) -> float:
    """Return by how many seconds the clock is ahead of the ``Date`` of the server of *url* (RFC 9110 section 6.6.1).

    Raises:
        OSError: The server does not answer, or does not return its time.
    """
    at = urlsplit(url)
    host, port = at.hostname or "", at.port
    if at.scheme == "https":
        # with a wrong clock no certificate is valid
        line: HTTPConnection = HTTPSConnection(host, port, timeout=TIMEOUT_S, context=_unverified())
    else:
        line = HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        line.request("HEAD", "/", headers={"User-Agent": "crypto-news-monitor doctor"})
        with line.getresponse() as response:
            at_server = parsedate_to_datetime(response.getheader("Date", ""))
    except (HTTPException, ValueError, TypeError) as problem:
        raise OSError(f"{host}: no time: {problem}") from problem
    finally:
        line.close()
    if at_server.tzinfo is None:  # without a zone, or -0000
        at_server = at_server.replace(tzinfo=UTC)
    return (datetime.now(UTC) - at_server).total_seconds()


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _words(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or str(problem)


def _failures(jobs: Mapping[str, Callable[[], object]]) -> dict[str, Exception]:
    """Run *jobs* at the same time; return, by name, the OSError of a job, that it took too long, or was not started.

    Any other exception of a job is a bug, and is raised.
    """
    failures: dict[str, Exception] = {}
    for name, result in _results(jobs).items():
        if isinstance(result, OSError | UnicodeError | _NotStartedError):
            failures[name] = result
        elif isinstance(result, Exception):
            raise result
    return failures


def _results(jobs: Mapping[str, Callable[[], object]]) -> dict[str, object]:
    """Run *jobs* at the same time; return, by name, the result of each, or the exception that it raised.

    The threads are daemons: a look-up that hangs in the system's resolver must not keep the process from exiting.
    """
    tasks = {name: _Task(job) for name, job in jobs.items()}
    waiting: SimpleQueue[_Task] = SimpleQueue()
    for task in tasks.values():
        waiting.put(task)
    for _ in range(min(AT_ONCE, len(jobs))):
        Thread(target=_work, args=(waiting,), daemon=True).start()
    wait([task.result for task in tasks.values()], timeout=TIMEOUT_S)
    return {name: task.outcome(monotonic()) for name, task in tasks.items()}


@dataclass(slots=True)
class _Task:
    job: Callable[[], object]
    result: Future[object] = field(default_factory=Future)
    started_at: float = inf  # of time.monotonic

    def run(self) -> None:
        if not self.result.set_running_or_notify_cancel():
            return
        self.started_at = monotonic()
        try:
            self.result.set_result(self.job())
        except Exception as problem:
            self.result.set_exception(problem)

    def outcome(self, now: float) -> object:
        """Return the result, the exception that was raised, or one that says why there is none at the time *now*."""
        if self.result.cancel() or (not self.result.done() and now - self.started_at < TIMEOUT_S / 2):
            return _NotStartedError("there was no time to try it")
        if not self.result.done():
            return TimeoutError(f"no answer within {TIMEOUT_S:.0f} s")
        return self.result.exception() or self.result.result()


def _work(waiting: SimpleQueue[_Task]) -> None:
    with suppress(Empty):
        while True:
            waiting.get_nowait().run()
