"""Find the configuration file and the database without loading the configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from monitor.config.regular_file import MAX_BYTES, read_regular_file
from monitor.errors import UsageError

DATABASE = "monitor.db"
_STRING = rb"""("(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_STORAGE_PATH = re.compile(
    rb"^[ \t]*\[[ \t]*storage[ \t]*\](?:[^\n]*\n(?![ \t]*\[))*?[ \t]*path[ \t]*=[ \t]*" + _STRING, re.MULTILINE
)
_INLINE_STORAGE_PATH = re.compile(
    rb"^[ \t]*storage[ \t]*(?:\.[ \t]*path[ \t]*=|=[ \t]*\{[^\n}]*?\bpath[ \t]*=)[ \t]*" + _STRING, re.MULTILINE
)


def find_config_file(explicit: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the path of the configuration file to use.

    This is *explicit*, else the value of ``MONITOR_CONFIG``, even if that file does not exist. Without both, it is the
    first existing file of ./config.toml, the user's configuration and the system's.

    Raises:
        UsageError: No path was given, and no file exists in the default places.
    """
    if explicit is not None:
        return explicit
    if given := environ.get("MONITOR_CONFIG"):
        return Path(given)
    home = environ.get("XDG_CONFIG_HOME") or home_directory(environ) / ".config"
    candidates = [Path("config.toml"), Path(home, "monitor/config.toml"), Path("/etc/monitor/config.toml")]
    for candidate in candidates:
        if _is_file(candidate):
            return candidate
    looked = ", ".join(["MONITOR_CONFIG", *(f"./{p}" if not p.is_absolute() else str(p) for p in candidates)])
    raise UsageError(f"no configuration found in {looked}; name one with -c FILE, or create one: monitor init")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a parent directory without search permission
        return False


def home_directory(environ: Mapping[str, str]) -> Path:
    """Return the home directory of the current user; the root directory if the user has none.

    A container may run under a number that has no account, and without HOME.
    """
    if home := environ.get("HOME"):
        return Path(home)
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def expand_home(text: str, environ: Mapping[str, str]) -> str:
    """Return *text* as a path, with a leading ``~/`` replaced by the user's home directory."""
    home = environ.get("HOME")
    return f"{home}/{text[2:]}" if home and text.startswith("~/") else text


def find_database(path: Path, environ: Mapping[str, str]) -> Path:
    """Return the database path of the configuration at *path*, even if that configuration has errors.

    Only the line ``path`` in ``[storage]`` is parsed. If it is missing or broken, the default path is returned.

    Args:
        path: The main file of the configuration.
        environ: The environment variables, for the home and the state directory.
    """
    try:
        raw, _ = read_regular_file(path, MAX_BYTES)
    except OSError:
        raw = b""
    import tomllib  # takes 10 ms, and most commands need no more than this line

    lines = (_STORAGE_PATH.search(raw) or _INLINE_STORAGE_PATH.search(raw) or [b"", b""])[1].decode(errors="replace")
    try:
        given = tomllib.loads(f"path = {lines}")["path"] if lines else ""
    except (ValueError, RecursionError):
        given = ""
    return database_path(path.absolute().parent, given if isinstance(given, str) else "", environ)


def database_path(folder: Path, given: str, environ: Mapping[str, str]) -> Path:
    """Return the path of the database that ``[storage] path`` names, or the default path.

    Args:
        folder: The folder of the configuration file; a relative *given* is relative to it.
        given: The value of ``[storage] path``; if empty, the default path is returned.
        environ: The environment variables, for the home and the state directory.
    """
    if given:
        return folder / expand_home(given, environ)
    if state := environ.get("STATE_DIRECTORY"):  # systemd.exec(5); may be a list separated by colons
        return Path(state.split(":")[0], DATABASE)
    if state := environ.get("XDG_STATE_HOME"):
        return Path(state, "monitor", DATABASE)
    return home_directory(environ) / ".local/state/monitor" / DATABASE
