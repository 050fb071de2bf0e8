"""Checks of the machine: clock, time zone, certificates, proxies, disk, shared memory, permissions and systemd."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import stat
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from urllib.parse import urlsplit

from monitor.doctor.finding import Finding, error, ok, warning

LOW_DISK = 1_000_000_000  # bytes
FULL_DISK = 100_000_000
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where sem_open(3) keeps semaphores
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")


def clock_findings(now: datetime, built_at: datetime, *, synchronised: bool | None) -> list[Finding]:
    """Check whether the clock of the machine is plausible and synchronised.

    Args:
        now: The time of the clock.
        built_at: When the monitor was installed; an earlier time of the clock is wrong.
        synchronised: Whether a time service synchronises the clock; None if unknown.
    """
    shown = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now < built_at - timedelta(days=1):
        return [error("clock", f"{shown}, which is before the monitor was installed", "set the clock: timedatectl")]
    if synchronised is None:
        remedy = "if no other service sets it, install chrony or systemd-timesyncd"
        return [warning("clock", f"{shown}; unknown whether it is synchronised", remedy)]
    if not synchronised:
        return [warning("clock", f"{shown}, not synchronised", "turn on a time service: timedatectl set-ntp true")]
    return [ok("clock", f"{shown}, synchronised")]


def clock_is_synchronised() -> bool | None:
    """Return whether a time service synchronises the clock; None if systemd cannot tell."""
    if Path("/run/systemd/timesync/synchronized").exists():
        return True
    answer = output_of("timedatectl", "show", "--property=NTPSynchronized", "--value")
    return {"yes": True, "no": False}.get(answer)


def time_zone_findings(zone: tzinfo, now: datetime) -> list[Finding]:
    """Report the time zone in which alerts are written, and its current offset from UTC."""
    return [ok("time zone", f"{zone} in alerts, now {now.astimezone(zone):%H:%M (UTC%z)}")]


def certificate_findings(paths: ssl.DefaultVerifyPaths) -> list[Finding]:
    """Check whether root certificates are installed, without which no HTTPS server can be verified."""
    if paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())):
        return [ok("certificates", str(paths.cafile or paths.capath))]
    return [error("certificates", "there are none, so that every HTTPS feed fails", "install ca-certificates")]


_INVALID = "an invalid address"


def proxy_findings(environ: Mapping[str, str], configured: str) -> list[Finding]:
    """Report which HTTP proxies are used for feeds and for destinations, without their passwords.

    Args:
        environ: The environment variables, which set the proxy for destinations.
        configured: The value of ``[http] proxy``, the proxy for feeds; empty if there is none.
    """
    lowered = {name.lower(): value for name, value in environ.items()}
    set_here = {name: lowered[name] for name in PROXY_VARIABLES if lowered.get(name)}
    for_feeds = _without_login(configured) if configured else "no proxy"
    for_destinations = ", ".join(f"{name} {_without_login(url)}" for name, url in set_here.items()) or "no proxy"
    text = f"feeds: {for_feeds}; destinations: {for_destinations}"
    if broken := [name for name, url in set_here.items() if _without_login(url) == _INVALID]:
        return [error("proxies", text, f"correct the address in the environment variable {' and '.join(broken)}")]
    if set_here and not configured:
        return [warning("proxies", text, "the environment counts for destinations only; for feeds set [http] proxy")]
    return [ok("proxies", text)]


def _without_login(url: str) -> str:
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # a bracket that is not closed, or a port that is not a number
        return _INVALID
    return f"{parts.scheme}://{parts.hostname or '?'}{port}".removeprefix("://")


def disk_findings(folder: Path, *, least: int | None) -> list[Finding]:
    """Check whether enough space is free for the database in *folder*.

    *least* is the value of ``[health] min_disk`` in bytes, or None if it is not set.
    """
    existing = _existing(folder)
    free = shutil.disk_usage(existing).free
    text = f"{free / 1e9:,.1f} GB free at {existing}"
    if free < FULL_DISK:
        return [error("disk", text, "free some space: a full disk stops polling")]
    if free < max(LOW_DISK, least or 0):
        return [warning("disk", text, "free some space, or shorten keep_entries in [storage]")]
    return [ok("disk", text)]


def shared_memory_findings(folder: Path = SHARED_MEMORY) -> list[Finding]:
    """Check whether semaphores can be created in *folder*; parser processes, which read all feeds, need them."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(4096))
    except OSError as problem:
        text = f"{folder} cannot be written: {problem.strerror}; no feed can be parsed"
        remedy = "mount a tmpfs there with mode 1777; in a container: --tmpfs /dev/shm, or tmpfs: in the compose file"
        return [error("shared memory", text, remedy)]
    return [ok("shared memory", f"{folder} can be written")]


def write_findings(database: Path) -> list[Finding]:
    """Check whether the current user can write the database, and whether all users can read it."""
    folder = _existing(database.parent)
    remedy = "run as the user of the service, or set [storage] path to a place that you can write"
    if not os.access(folder, os.W_OK | os.X_OK):
        return [error("database", f"{folder} cannot be written by this user", remedy)]
    if not database.exists():
        return [ok("database", f"{database} will be created at the first start")]
    if not os.access(database, os.R_OK | os.W_OK):
        return [error("database", f"{database} cannot be written by this user", remedy)]
    if stat.S_IMODE(database.stat().st_mode) & stat.S_IROTH:
        return [warning("database", f"{database} can be read by everybody", f"run: chmod o-r {database}")]
    return [ok("database", str(database))]


def _existing(folder: Path) -> Path:
    return next((each for each in (folder, *folder.parents) if each.exists()), Path("/"))


def systemd_findings(ask: Callable[..., str]) -> list[Finding]:
    """Check whether systemd runs the service.

    *ask* runs a command and returns its output, which is empty if it cannot be run.
    """
    answer = ask("systemctl", "show", "monitor.service", "-p", "LoadState,ActiveState,UnitFileState")
    state = dict(re.findall(r"(\w+)=(.*)", answer))
    if not state:
        return [
            warning(
                "systemd",
                "is not running here, and cannot restart the monitor",
                "let a supervisor, or the restart policy of a container, restart it",
            )
        ]
    if state.get("LoadState") != "loaded":
        return [warning("systemd", "monitor.service is not installed", "run: monitor service install")]
    if state.get("ActiveState") != "active":
        return [error("systemd", f"monitor.service is {state.get('ActiveState')}", "run: journalctl -u monitor -n 50")]
    if state.get("UnitFileState") != "enabled":
        return [warning("systemd", "monitor.service does not start with the machine", "run: systemctl enable monitor")]
    return [ok("systemd", "monitor.service is active, and starts with the machine")]


def output_of(*words: str) -> str:
    """Return the output of the command *words*; empty if the command is missing, fails or takes longer than 5 s."""
    program = shutil.which(words[0])
    if program is None:
        return ""
    try:
        done = subprocess.run([program, *words[1:]], capture_output=True, text=True, check=False, timeout=5)  # noqa: S603 - fixed words
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
