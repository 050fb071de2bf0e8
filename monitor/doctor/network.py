"""Checks of the network: resolve the hosts of feeds, and connect to destinations without sending anything."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

from monitor.doctor.finding import Finding, error, ok, warning
from monitor.wording import counted

TIMEOUT_S = 8.0
AT_ONCE = 32
SHOWN = 3  # names of hosts that fail

Resolve = Callable[[str], object]
Dial = Callable[[str, int], None]


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
    failed = _failures({name: (lambda name=name: look_up(name)) for name in names})  # type: ignore[misc]
    if not failed:
        return [ok("dns", f"{counted(len(names), 'host')} of feeds resolved")]
    listed = ", ".join(sorted(failed)[:SHOWN]) + (", ..." if len(failed) > SHOWN else "")
    text = f"{len(failed)} of {counted(len(names), 'host')} of feeds cannot be resolved: {listed}"
    if len(failed) == len(names):
        return [error("dns", text, "check the network and /etc/resolv.conf")]
    return [warning("dns", text, "if the names are right, ask their operators; else correct [feeds]")]


def destination_findings(addresses: Mapping[str, tuple[str, int] | None], connect: Dial = dial) -> list[Finding]:
    """Check which destinations accept a TCP connection.

    Args:
        addresses: Host and port of each destination by name; None if unknown or not needed.
        connect: Opens a connection and raises OSError if that fails.
    """
    known = {name: address for name, address in addresses.items() if address}
    failed = _failures({name: (lambda at=at: connect(*at)) for name, at in known.items()})  # type: ignore[misc]
    found = []
    for name, address in addresses.items():
        remedy = f"check the address and the firewall; then: monitor notify {name}"
        if address is None:
            text = f"needs no connection, or its server is unknown; try: monitor notify {name}"
            found.append(ok(f"to {name}", text))
        elif name in failed:
            found.append(error(f"to {name}", f"{address[0]}:{address[1]} cannot be reached: {failed[name]}", remedy))
        else:
            found.append(ok(f"to {name}", f"{address[0]}:{address[1]} accepts connections"))
    return found


def _failures(jobs: Mapping[str, Callable[[], object]]) -> dict[str, str]:
    """Run *jobs* at the same time; return, by name, why a job failed or that it took too long."""
    pool = ThreadPoolExecutor(AT_ONCE)
    running: dict[str, Future[object]] = {name: pool.submit(job) for name, job in jobs.items()}
    wait(running.values(), timeout=TIMEOUT_S)
    pool.shutdown(wait=False, cancel_futures=True)
    reasons = {}
    for name, future in running.items():
        if not future.done() or future.cancelled():
            reasons[name] = f"no answer within {TIMEOUT_S:.0f} s"
        elif problem := future.exception():
            if not isinstance(problem, OSError | UnicodeError):
                raise problem
            reasons[name] = getattr(problem, "strerror", None) or str(problem)
    return reasons
