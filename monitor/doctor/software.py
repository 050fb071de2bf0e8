"""Checks of versions: Python, the monitor and its packages, the XML parser and SQLite, with known vulnerabilities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError, requires, version

from monitor.doctor.finding import Finding, error, ok, warning

Version = tuple[int, ...]

DISTRIBUTION = "crypto-news-monitor"
# the last day with security fixes: https://devguide.python.org/versions/
PYTHON_END: Mapping[Version, date] = {
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
}
# fixed in, and what: https://github.com/libexpat/libexpat/blob/master/expat/Changes
EXPAT_FIXES: tuple[tuple[Version, str], ...] = (
    ((2, 5, 0), "CVE-2022-43680"),
    ((2, 6, 0), "CVE-2023-52425"),
    ((2, 6, 2), "CVE-2024-28757"),
    ((2, 6, 3), "CVE-2024-45490, CVE-2024-45491, CVE-2024-45492"),
    ((2, 6, 4), "CVE-2024-50602"),
    ((2, 7, 0), "CVE-2024-8176"),
    ((2, 7, 2), "CVE-2025-59375"),
    ((2, 7, 4), "CVE-2026-24515, CVE-2026-25210"),
    ((2, 7, 5), "CVE-2026-32776, CVE-2026-32777, CVE-2026-32778"),
    ((2, 8, 1), "CVE-2026-45186"),
    ((2, 8, 2), "CVE-2026-56132, CVE-2026-56407"),
)
SQLITE_NEEDED = (3, 38, 0)  # STRICT tables and the operator ->
SQLITE_WAL_FIX = (3, 51, 3)  # https://sqlite.org/wal.html#walresetbug
# those that a crafted file or query reaches in what the monitor uses; others need extensions: https://sqlite.org/cves.html
SQLITE_FIXES: tuple[tuple[Version, str], ...] = (((3, 50, 2), "CVE-2025-6965"), ((3, 53, 2), "CVE-2026-11824"))
SHOWN = 4  # advisories


def python_findings(running: Version, today: date) -> list[Finding]:
    """Check whether the Python version *running* still gets security fixes on the day *today*."""
    text = ".".join(map(str, running[:3]))
    end = PYTHON_END.get(running[:2])
    if end and today > end:
        return [warning("python", f"{text} has had no security fixes since {end}", "install a newer Python")]
    return [ok("python", text)]


def package_findings() -> list[Finding]:
    """Report the version of the monitor, and required packages that are not installed."""
    try:
        own, needed = version(DISTRIBUTION), requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        remedy = f"install it: pip install {DISTRIBUTION}"
        return [warning("monitor", "runs from a folder and is not installed", remedy)]
    names = [re.split(r"[\s;<>=!~\[]", line, maxsplit=1)[0] for line in needed if ";" not in line]
    missing = [name for name in names if not _is_installed(name)]
    if missing:
        remedy = f"install it anew: pip install --force-reinstall {DISTRIBUTION}"
        return [error("monitor", f"{own}; packages are missing: {', '.join(missing)}", remedy)]
    return [ok("monitor", f"{own}, with {len(names)} packages")]


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def expat_findings(expat: str) -> list[Finding]:
    """Check the XML parser of feeds for known vulnerabilities; *expat* is its version, such as "expat_2.6.3"."""
    number = expat.removeprefix("expat_")
    missing = _missing(EXPAT_FIXES, _parsed(number))
    if not missing:
        return [ok("expat", number)]
    return [
        warning(
            "expat",
            f"{number}, which lacks the fixes of {missing}",
            "update libexpat or Python, unless your distribution has backported them; until then, the limits of time"
            " and memory of the parser processes contain an attack",
        )
    ]


def sqlite_findings(sqlite: str) -> list[Finding]:
    """Check whether the SQLite version is new enough, and whether it has the known bug with write-ahead logs."""
    number = _parsed(sqlite)
    if number < SQLITE_NEEDED:
        needed = ".".join(map(str, SQLITE_NEEDED))
        return [error("sqlite", f"{sqlite} is too old", f"use a Python that is built with SQLite {needed} or newer")]
    found = []
    if (3, 7, 0) <= number < SQLITE_WAL_FIX:
        text = f"{sqlite} may damage a database that two processes write at once (WAL-reset bug, fixed in 3.51.3)"
        remedy = "let no other program write to the database; the monitor itself writes from one process only"
        found.append(warning("sqlite", text, remedy))
    if missing := _missing(SQLITE_FIXES, number):
        remedy = "restore no database from others; update SQLite, unless your distribution has backported the fixes"
        found.append(warning("sqlite", f"{sqlite}, which lacks the fixes of {missing}", remedy))
    return found or [ok("sqlite", sqlite)]


def _missing(fixes: Iterable[tuple[Version, str]], number: Version) -> str:
    """Return the advisories whose fix the version *number* lacks, the newest first; empty if it has all."""
    names = [name for fixed, listed in reversed(list(fixes)) if number < fixed for name in listed.split(", ")]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _parsed(text: str) -> Version:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
