"""Which configuration file a command means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.errors import UsageError


def find(explicit: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the configuration file to use.

    That is *explicit*, else the one that ``MONITOR_CONFIG`` names; both are taken as they are, whether they exist or
    not. Else the first that exists of ./config.toml, the user's and the system's.

    Raises:
        UsageError: None was named and none exists.
    """
    if explicit is not None:
        return explicit
    if named := environ.get("MONITOR_CONFIG"):
        return Path(named)
    home = environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME") or Path.home(), ".config")
    places = [Path("config.toml"), Path(home, "monitor/config.toml"), Path("/etc/monitor/config.toml")]
    for place in places:
        if _is_file(place):
            return place
    looked = ", ".join(["MONITOR_CONFIG", *(f"./{p}" if not p.is_absolute() else str(p) for p in places)])
    raise UsageError(f"no configuration found; looked at {looked}; name one with -c FILE, or make one: monitor init")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder on the way that must not be searched
        return False
