"""Finds and loads a configuration."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from monitor.config.configuration_lint import lint_configuration
from monitor.config.document.read_file import MAX_BYTES
from monitor.config.endpoints import EndpointBuilder
from monitor.config.includes import PACKS, IncludeReader, expand_home
from monitor.config.merging import MergedConfig, merge_files
from monitor.config.references import References
from monitor.config.regular_file import describe_os_error, read_regular_file
from monitor.config.report import Report
from monitor.config.schema.tables import AlertsTable, HealthTable, StorageTable
from monitor.config.settings import (
    AlertSettings,
    BackupSettings,
    Config,
    ConfigurationFiles,
    HealthSettings,
    HttpSettings,
    Loaded,
    StorageSettings,
    WatchedPaths,
)
from monitor.config.watchlist_tables import WatchlistBuilder
from monitor.errors import Place, UsageError

DATABASE = "monitor.db"
_STRING = rb"""("(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_STORAGE_PATH = re.compile(
    rb"^[ \t]*\[[ \t]*storage[ \t]*\](?:[^\n]*\n(?![ \t]*\[))*?[ \t]*path[ \t]*=[ \t]*" + _STRING, re.MULTILINE
)
_INLINE_STORAGE_PATH = re.compile(
    rb"^[ \t]*storage[ \t]*(?:\.[ \t]*path[ \t]*=|=[ \t]*\{[^\n}]*?\bpath[ \t]*=)[ \t]*" + _STRING, re.MULTILINE
)


def find_config_file(explicit: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the path of the configuration to use.

    That is *explicit*, else the value of ``MONITOR_CONFIG``, whether the file exists or not; else the first that exists
    of ./config.toml, the user's configuration and the system's.

    Raises:
        UsageError: None was given and none exists.
    """
    if explicit is not None:
        return explicit
    if given := environ.get("MONITOR_CONFIG"):
        return Path(given)
    home = environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME") or Path.home(), ".config")
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


def load(
    path: Path, *, environ: Mapping[str, str], packs: Path = PACKS, instead: ConfigurationFiles | None = None
) -> Loaded:
    """Load the configuration at *path* and the files it includes, and report all of their problems.

    Errors in the files, and files that are missing or cannot be read, are problems and not exceptions. Relative paths
    in a file are relative to that file, not to the working directory.

    Args:
        path: The main file; problems show this path as given.
        environ: The environment, for ``${NAME}``, ``CREDENTIALS_DIRECTORY`` and the state directory.
        packs: The directory that contains NAME.toml for ``pack:NAME``.
        instead: Files to read instead of those on disk; None: read the disk.
    """
    report = Report()
    reader = IncludeReader(report, environ, packs, instead)
    try:
        reader.read(path)
    except OSError as error:
        hint = "create one with: monitor init" if isinstance(error, FileNotFoundError) else ""
        report.error(Place(path, 1, 1), f"the configuration cannot be read: {describe_os_error(error)}", hint)
        return Loaded(None, tuple(report.problems), WatchedPaths((path.absolute(),)))
    merged = merge_files(reader.parts, report, complete=reader.complete)
    config = _config(path, merged, reader, environ, report)
    lint_configuration(config, merged, report)
    return Loaded(None if report.failed else config, report.sorted(reader.files), config.watched)


def _config(
    path: Path, merged: MergedConfig, reader: IncludeReader, environ: Mapping[str, str], report: Report
) -> Config:
    addresses = EndpointBuilder(merged, environ, report)
    addresses.report_literals()
    references = References(merged, report)
    watchlist = WatchlistBuilder(merged, references, report)
    main = merged.main
    return Config(
        path=path.absolute(),
        places=merged.origins,
        storage=_storage(path.absolute().parent, main.storage, environ),
        feeds=addresses.feeds(),
        disabled_feeds=frozenset(key for key, feed in merged.feeds.items() if not feed.enabled),
        actors=watchlist.actors(),
        keywords=watchlist.keywords(),
        rules=watchlist.rules(),
        destinations=addresses.destinations(),
        alerts=_alerts(main.alerts),
        health=_health(main.health, addresses, references),
        http=HttpSettings(
            every_s=main.http.every,
            max_wait_s=main.http.max_wait,
            timeout_s=main.http.timeout,
            max_size=main.http.max_size,
            contact=main.http.contact,
            allow_private=tuple(main.http.allow_private),
            proxy=addresses.proxy(),
        ),
        tests=watchlist.examples(),
        watched=WatchedPaths(tuple(dict.fromkeys((*reader.tried, *addresses.secret_files))), tuple(reader.matches)),
        files=ConfigurationFiles(reader.texts, reader.matches),
        secrets=addresses.secrets,
    )


def _alerts(shape: AlertsTable) -> AlertSettings:
    return AlertSettings(
        timezone=shape.timezone,
        max_age_s=shape.max_age,
        first_run=shape.first_run,
        give_up_s=shape.give_up,
        group=shape.group,
        wait_s=shape.wait,
        corroborate=tuple(shape.corroborate),
        storm=shape.storm,
    )


def _health(shape: HealthTable, addresses: EndpointBuilder, references: References) -> HealthSettings:
    return HealthSettings(
        send_to=references.known_names("destinations", shape.send_to, ("health", "send_to")),
        feed_down_s=shape.feed_down,
        heartbeat=shape.heartbeat,
        canary=shape.canary,
        ping=addresses.ping(),
        min_disk=shape.min_disk,
    )


def _storage(folder: Path, shape: StorageTable, environ: Mapping[str, str]) -> StorageSettings:
    backup = shape.backup
    return StorageSettings(
        path=_database(folder, shape.path, environ),
        keep_entries_s=shape.keep_entries,
        keep_hits_s=shape.keep_hits,
        keep_full_text=shape.keep_full_text,
        backup=BackupSettings(backup.every, folder / expand_home(backup.to, environ), backup.keep) if backup else None,
    )


def find_database(path: Path, environ: Mapping[str, str]) -> Path:
    """Return the database of the configuration at *path*, also if that has errors, without reading all of it.

    Only the line of ``[storage] path`` is parsed; if there is none, or it is broken, the default is returned.

    Args:
        path: The main file.
        environ: The environment, for the home and the state directory.
    """
    try:
        raw, _ = read_regular_file(path, MAX_BYTES)
    except OSError:
        raw = b""
    lines = (_STORAGE_PATH.search(raw) or _INLINE_STORAGE_PATH.search(raw) or [b"", b""])[1].decode(errors="replace")
    try:
        given = tomllib.loads(f"path = {lines}")["path"] if lines else ""
    except tomllib.TOMLDecodeError:
        given = ""
    return _database(path.absolute().parent, given if isinstance(given, str) else "", environ)


def _database(folder: Path, given: str, environ: Mapping[str, str]) -> Path:
    if given:
        return folder / expand_home(given, environ)
    if state := environ.get("STATE_DIRECTORY"):  # systemd.exec(5); may be a list separated by colons
        return Path(state.split(":")[0], DATABASE)
    if state := environ.get("XDG_STATE_HOME"):
        return Path(state, "monitor", DATABASE)
    return Path(environ.get("HOME") or Path.home(), ".local/state/monitor", DATABASE)
