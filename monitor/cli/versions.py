"""Resolve configurations named on the command line: a file, a stored version, or ``active``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.options import load_config
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.store import Reader
    from monitor.store.active_files import ActiveFiles

ACTIVE = "active"
_VERSION = re.compile(r"[v#]?([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class NamedConfiguration:
    """A configuration, and the name by which messages refer to it."""

    config: Config
    title: str  # "version 7", "the active configuration (version 7)", or the path of the file
    version: int | None = None  # None: it is read from a file


def named_configuration(db: Reader | None, name: str) -> NamedConfiguration:
    """Return the configuration that *name* means: ``active``, the number of a stored version, or the path of a file.

    Args:
        db: The database with the stored versions; None if there is none, in which case only files can be named.
        name: The name that the user typed.

    Raises:
        ConfigError: The file has errors.
        UsageError: There is no such version or file.
    """
    number = _VERSION.fullmatch(name)
    if name != ACTIVE and (number is None or Path(name).exists()):
        if not Path(name).exists():
            raise UsageError(f'"{name}" is neither a file nor a version; monitor watchlist versions lists the versions')
        return NamedConfiguration(load_config(Path(name)), name)
    if db is None:
        raise UsageError(f'there is no database yet, so there is no version "{name}"; give a file instead')
    return active_configuration(db) if number is None else _stored_version(db, int(number[1]))


def active_configuration(db: Reader) -> NamedConfiguration:
    """Return the active configuration; if no daemon is running, the one that was active last.

    Raises:
        UsageError: No daemon has run yet, or the running daemon is of a version that is too old.
    """
    from monitor.store import watchlists
    from monitor.store.active_files import load_active_files

    files = load_active_files(db.path)
    if files is None:
        raise UsageError(f"no configuration has been active with {db.path} yet; compare with a file: --against FILE")
    version = watchlists.newest_version_of(db, watchlists.configuration_hash(files))
    title = "the active configuration" + (f" (version {version})" if version else "")
    return NamedConfiguration(_load(files, title), title, version)


def _stored_version(db: Reader, version: int) -> NamedConfiguration:
    from monitor.store import watchlists

    files = watchlists.files_of_version(db, version)
    if files is None:
        known = watchlists.load_version(db, version)
        why = "was stored without its files by an older monitor" if known else "does not exist"
        raise UsageError(f"version {version} {why}; monitor watchlist versions lists the versions")
    title = f"version {version}"
    return NamedConfiguration(_load(files, title), title, version)


def _load(files: ActiveFiles, title: str) -> Config:
    """Return the configuration from files stored in the database, in which secrets that cannot be read are ``***``."""
    from monitor.config import ConfigurationFiles, load_stored

    loaded = load_stored(files.main, ConfigurationFiles(files.texts, files.matches), os.environ)
    config = loaded.config or loaded.partial
    if config is None:
        problem = next((str(p) for p in loaded.problems if p.level == "error"), "")
        raise UsageError(f"{title} cannot be loaded by this version of monitor: {problem}")
    return config
