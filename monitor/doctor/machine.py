"""Checks of the machine: clock, time zone, certificates, proxies, shared memory and systemd."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from urllib.parse import urlsplit

from monitor.doctor.finding import Finding, error, ok, warning
from monitor.wording import counted

WRONG_CLOCK_S = 60.0  # more is wrong; a Date header is exact to a second, and the answer takes a few
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where sem_open(3) keeps semaphores
TLS_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
TLS_VARIABLES_OF_DESTINATIONS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")


def clock_findings(
    now: datetime, built_at: datetime, *, synchronised: bool | None, lead_s: float | None = None
) -> list[Finding]:
    """Check whether the clock of the machine is plausible and synchronised.

    Args:
        now: The time of the clock.
        built_at: When the monitor was installed; an earlier time of the clock is wrong.
        synchronised: Whether a time service synchronises the clock; None if unknown.
        lead_s: By how many seconds the clock is ahead of that of some servers; None if unknown.
    """
    shown = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if lead_s is not None and abs(lead_s) > WRONG_CLOCK_S:
        off = f"{abs(lead_s):,.0f} s {'ahead of' if lead_s > 0 else 'behind'} the servers of the feeds"
        return [
            error("clock", f"{shown}, {off}", "set the clock, and turn on a time service: timedatectl set-ntp true")
        ]
    if now < built_at - timedelta(days=1):
        return [error("clock", f"{shown}, which is before the monitor was installed", "set the clock: timedatectl")]
    agrees = ", like the servers of the feeds" if lead_s is not None else ""
    if synchronised is None and not agrees:
        remedy = "if no other service sets it, install chrony or systemd-timesyncd"
        return [warning("clock", f"{shown}; unknown whether it is synchronised", remedy)]
    if synchronised is False:
        text = f"{shown}{agrees}, not synchronised"
        return [warning("clock", text, "turn on a time service: timedatectl set-ntp true")]
    return [ok("clock", f"{shown}{', synchronised' if synchronised else agrees}")]


def clock_is_synchronised() -> bool | None:
    """Return whether a time service synchronises the clock; None if unknown."""
    if Path("/run/systemd/timesync/synchronized").exists():
        return True
    answer = output_of("timedatectl", "show", "--property=NTPSynchronized", "--value")
    return {"yes": True, "no": False}.get(answer)


def time_zone_findings(zone: tzinfo, now: datetime) -> list[Finding]:
    """Report the time zone in which alerts are written, and its current offset from UTC."""
    return [ok("time zone", f"{zone} in alerts, now {now.astimezone(zone):%H:%M (UTC%z)}")]


def certificate_findings(paths: ssl.DefaultVerifyPaths, environ: Mapping[str, str]) -> list[Finding]:
    """Check whether root certificates are installed, without which no HTTPS server can be verified.

    Args:
        paths: Where OpenSSL looks for them.
        environ: The environment variables, some of which name other places.
    """
    where = paths.cafile or paths.capath
    number = _certificates_in(Path(paths.cafile)) if paths.cafile else 0
    listed = paths.capath is not None and _has_hashed_names(Path(paths.capath))
    for name in (*TLS_VARIABLES, *TLS_VARIABLES_OF_DESTINATIONS):
        given = environ.get(name)
        if given and not Path(given).exists():
            text = f"the environment variable {name} names {given}, which does not exist"
            # requests, with which destinations are notified, refuses to work then
            lost = name in TLS_VARIABLES_OF_DESTINATIONS or not (number or listed)
            return [(error if lost else warning)("certificates", text, f"correct {name}, or unset it")]
    if number or listed:
        return [
            ok("certificates", f"{counted(number, 'authority', 'authorities')} in {where}" if number else str(where))
        ]
    text = f"there are none in {where}" if where else "there are none"
    return [error("certificates", f"{text}, so that every HTTPS feed fails", "install ca-certificates")]


def _certificates_in(file: Path) -> int:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=file)
    except OSError:  # ssl.SSLError among them: unreadable, or no certificate in it
        return 0
    return context.cert_store_stats()["x509_ca"]


def _has_hashed_names(folder: Path) -> bool:
    """Return whether OpenSSL finds certificates in *folder*: under names that c_rehash(1) gives them."""
    try:
        return any(re.fullmatch(r"[0-9a-f]{8}\.\d+", path.name) for path in folder.iterdir())
    except OSError:
        return False


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


def shared_memory_findings(folder: Path = SHARED_MEMORY, platform: str = sys.platform) -> list[Finding]:
    """Check whether semaphores can be created in *folder*; parser processes, which read all feeds, need them.

    On other systems than Linux, semaphores are not files, and nothing is checked.
    """
    if platform != "linux":
        return []
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(4096))
    except OSError as problem:
        text = f"{folder} cannot be written: {problem.strerror}; no feed can be parsed"
        remedy = "mount a tmpfs there with mode 1777; in a container: --tmpfs /dev/shm, or tmpfs: in the compose file"
        return [error("shared memory", text, remedy)]
    return [ok("shared memory", f"{folder} can be written")]


def systemd_findings(ask: Callable[..., str]) -> list[Finding]:
    """Check whether systemd runs the service, as that of the machine or of the current user.

    *ask* runs a command and returns its output, which is empty if it cannot be run.
    """
    show = ("show", "monitor.service", "-p", "LoadState,ActiveState,UnitFileState")
    state = dict(re.findall(r"(\w+)=(.*)", ask("systemctl", *show)))
    user = ""
    if state.get("LoadState") != "loaded":
        of_user = dict(re.findall(r"(\w+)=(.*)", ask("systemctl", "--user", *show)))
        if of_user.get("LoadState") == "loaded":
            state, user = of_user, "--user "
    if not state:
        remedy = "let a supervisor, or the restart policy of a container, restart it"
        return [warning("systemd", "is not running here, and cannot restart the monitor", remedy)]
    if state.get("LoadState") == "masked":
        return [error("systemd", "monitor.service is masked", f"run: systemctl {user}unmask monitor.service")]
    if state.get("LoadState") != "loaded":
        return [warning("systemd", "monitor.service is not installed", "run: monitor service install")]
    if state.get("ActiveState") not in ("active", "reloading"):
        remedy = f"run: journalctl {user}-u monitor -n 50"
        return [error("systemd", f"monitor.service is {state.get('ActiveState')}", remedy)]
    if state.get("UnitFileState") != "enabled":
        remedy = f"run: systemctl {user}enable monitor"
        return [warning("systemd", "monitor.service does not start with the machine", remedy)]
    if user and ask("loginctl", "show-user", "--property=Linger", "--value", str(os.getuid())) != "yes":
        return [warning("systemd", "monitor.service stops when you log out", "run: loginctl enable-linger")]
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
