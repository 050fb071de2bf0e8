"""The protocol between a service and systemd: one datagram for each word (sd_notify(3))."""

from __future__ import annotations

import contextlib
import os
import socket
import time


def notify(*words: str) -> None:
    """Tell systemd *words* such as ``READY=1``; does nothing when no service manager listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        out.setblocking(False)  # a manager that does not read must not stop the service
        with contextlib.suppress(OSError):
            out.sendto("\n".join(words).encode(), address)


def ready(status: str) -> None:
    """Say that the service has started, or has taken over a new configuration."""
    notify("READY=1", f"STATUS={status}")


def reloading() -> None:
    """Say that a new configuration is being read; ``ready`` ends it."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """Say that the service is on its way to its end."""
    notify("STOPPING=1")


def watchdog() -> None:
    """Say that the service makes progress; without it systemd restarts the service after WatchdogSec."""
    notify("WATCHDOG=1")


def watchdog_interval_s() -> float | None:
    """Return how often ``watchdog`` is to be called, half of what systemd waits for; None when it does not ask."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    if not usec.isdecimal() or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(usec) / 2e6
