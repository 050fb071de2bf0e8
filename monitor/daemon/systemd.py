"""The protocol between a service and systemd (sd_notify(3))."""

from __future__ import annotations

import contextlib
import os
import socket
import time


def notify(*assignments: str) -> None:
    """Send systemd assignments such as ``READY=1``; do nothing if no service manager listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        out.setblocking(False)  # a manager that does not read must not block the service
        with contextlib.suppress(OSError):
            out.sendto("\n".join(assignments).encode(), address)


def ready(status: str) -> None:
    """Report that the service has started, or that a reload has ended."""
    notify("READY=1", f"STATUS={status}")


def reloading() -> None:
    """Report that a reload has begun; ``ready`` ends it."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """Report that the service is stopping."""
    notify("STOPPING=1")


def watchdog() -> None:
    """Report that the service makes progress; otherwise systemd restarts it after WatchdogSec."""
    notify("WATCHDOG=1")


def watchdog_interval_s() -> float | None:
    """Return the interval in which to call ``watchdog``, half of WatchdogSec; None if systemd does not watch."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    if not usec.isdecimal() or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(usec) / 2e6
