"""Report the state of the service to systemd (sd_notify(3))."""

from __future__ import annotations

import contextlib
import os
import socket
import time


def notify(*assignments: str) -> None:
    """Send assignments such as ``READY=1`` to systemd; do nothing if the process was not started by systemd."""
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
    """Report to systemd that the service has started, or that a reload has ended."""
    notify("READY=1", f"STATUS={status}")


def reloading() -> None:
    """Report to systemd that a reload has begun; ``ready`` reports its end."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """Report to systemd that the service is stopping."""
    notify("STOPPING=1")


def watchdog() -> None:
    """Report to systemd that the service makes progress; without this, systemd restarts it after WatchdogSec."""
    notify("WATCHDOG=1")


def watchdog_interval_s() -> float | None:
    """Return how often to call ``watchdog``, in seconds: half of WatchdogSec; None if WatchdogSec is not set."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    if not usec.isdecimal() or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(usec) / 2e6
