"""Load a configuration: read its files, merge and check them, and build a Config."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.config.builders.endpoints import EndpointBuilder
from monitor.config.builders.watchlist_tables import WatchlistBuilder
from monitor.config.configuration_lint import lint_configuration
from monitor.config.includes import PACKS, IncludeReader
from monitor.config.location import database_path, expand_home
from monitor.config.merging import MergedConfig, merge_files
from monitor.config.references import References
from monitor.config.regular_file import describe_os_error
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
from monitor.errors import Place
from monitor.garbage_collection import paused_garbage_collection


def load(
    path: Path,
    *,
    environ: Mapping[str, str],
    packs: Path = PACKS,
    instead: ConfigurationFiles | None = None,
    secrets_needed: bool = True,
) -> Loaded:
    """Load the configuration at *path* and the files that it includes, and report all of their problems.

    Errors in the files, and missing or unreadable files, are returned as problems and not raised. Relative paths in a
    file are relative to that file, not to the working directory.

    Args:
        path: The main file; problems show its path as given here.
        environ: The environment variables, for ``${NAME}``, ``CREDENTIALS_DIRECTORY`` and the state directory.
        packs: The directory with the file NAME.toml for ``pack:NAME``.
        instead: The files to read instead of those on disk; None reads the disk.
        secrets_needed: Whether a placeholder without a value is an error. It is none for commands that only use what
            is stored, because an operator may read the database and not the secrets.
    """
    with paused_garbage_collection():
        return _load(path, environ, packs, instead, secrets_needed=secrets_needed)


def _load(
    path: Path, environ: Mapping[str, str], packs: Path, instead: ConfigurationFiles | None, *, secrets_needed: bool
) -> Loaded:
    report = Report()
    reader = IncludeReader(report, environ, packs, instead)
    try:
        reader.read(path)
    except OSError as error:
        hint = "create one with: monitor init" if isinstance(error, FileNotFoundError) else ""
        report.error(Place(path, 1, 1), f"the configuration cannot be read: {describe_os_error(error)}", hint)
        return Loaded(None, tuple(report.problems), WatchedPaths((path.absolute(),)))
    merged = merge_files(reader.parts, report, complete=reader.complete)
    addresses = EndpointBuilder(merged, environ, report, secrets_needed=secrets_needed)
    storage = _storage(path.absolute().parent, merged.main.storage, environ)
    config = _config(path, merged, reader, addresses, storage, report)
    lint_configuration(config, merged, report)
    return Loaded(None if report.failed else config, report.sorted(reader.files), config.watched, config)


def _config(
    path: Path,
    merged: MergedConfig,
    reader: IncludeReader,
    addresses: EndpointBuilder,
    storage: StorageSettings,
    report: Report,
) -> Config:
    addresses.report_literals()
    references = References(merged, report)
    watchlist = WatchlistBuilder(merged, references, report)
    main = merged.main
    return Config(
        path=path.absolute(),
        places=merged.origins,
        storage=storage,
        feeds=addresses.feeds(),
        disabled_feeds=frozenset(key for key, feed in merged.feeds.items() if not feed.enabled),
        actors=watchlist.actors(),
        keywords=watchlist.keywords(),
        lists=watchlist.lists(),
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
        web=addresses.web(),
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
        path=database_path(folder, shape.path, environ),
        keep_entries_s=shape.keep_entries,
        keep_hits_s=shape.keep_hits,
        keep_full_text=shape.keep_full_text,
        backup=BackupSettings(backup.every, folder / expand_home(backup.to, environ), backup.keep) if backup else None,
    )
