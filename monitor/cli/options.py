"""Options that several commands share, and functions that load the configuration for a command."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor import clock
from monitor.errors import ConfigError, Problem, UsageError

if TYPE_CHECKING:
    from monitor.config import Config

MIN_OPEN_FILES = 64
WANTED_OPEN_FILES = 1024

F = TypeVar("F", bound=Callable[..., Any])


def _config_of_group(ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    return value or ctx.obj


config_option = click.option(
    "-c",
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    callback=_config_of_group,
    help="The configuration file.",
)


def output_options(command: F) -> F:
    """Add ``--json``, ``--ndjson`` and ``--csv`` to *command*, which gets the chosen format (or None) as ``form``."""
    for form, what in (
        ("csv", "Print CSV with all columns."),
        ("ndjson", "Print one JSON object per line."),
        ("json", "Print one JSON array."),
    ):
        command = click.option(f"--{form}", "form", flag_value=form, help=what)(command)
    return command


def log_options(command: F) -> F:
    """Add ``--log-level`` and ``--log-format`` to *command*."""
    level = click.option(
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        default="info",
        show_default=True,
        help="Log messages of this level and above, to stderr.",
    )
    form = click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Format of the log lines.",
    )
    return level(form(command))


def set_up_logs(config: Config, level: str, form: str) -> None:
    """Set up logging as ``--log-level`` and ``--log-format`` say, with the secrets of *config* removed from all lines.

    If journald reads the log, each line gets a priority.

    Args:
        config: The configuration; its secrets are removed from the log.
        level: The least severe level that is logged.
        form: "text" or "json".
    """
    from monitor.logs import set_up

    # JOURNAL_STREAM is set where stderr goes to the journal (systemd.exec(5))
    set_up(level, as_json=form == "json", secrets=config.secrets, journald="JOURNAL_STREAM" in os.environ)


def problems_of(path: Path) -> tuple[Config | None, tuple[Problem, ...]]:
    """Return the configuration at *path*, or None if it has errors, and all of its problems."""
    from monitor.config import load
    from monitor.logs import hide_in_traces
    from monitor.watchlist import lint_watchlist

    loaded = load(path, environ=os.environ)
    if loaded.partial is None:
        return None, loaded.problems
    hide_in_traces(loaded.partial.secrets)
    # do not warn about a watchlist whose invalid parts were left out: the warnings could be wrong
    found = (p for p in lint_watchlist(loaded.partial, clock.now().date()) if loaded.config or p.level == "error")
    problems = (*loaded.problems, *found)
    runnable = all(p.level != "error" for p in problems)
    return loaded.config if runnable else None, problems


def load_config(path: Path | None, *, secrets_needed: bool = True) -> Config:
    """Return the configuration from the file *path*; if None, from MONITOR_CONFIG or the default locations.

    If not *secrets_needed*, placeholders without a value are no errors.

    Raises:
        ConfigError: The configuration has errors.
        UsageError: The file does not exist.
    """
    from monitor.config import find_config_file, load
    from monitor.logs import hide_in_traces
    from monitor.watchlist import has_valid_spellings

    file = find_config_file(path, os.environ)
    loaded = load(file, environ=os.environ, secrets_needed=secrets_needed)
    if loaded.config is None or not has_valid_spellings(loaded.config):
        raise ConfigError(problems_of(file)[1])
    hide_in_traces(loaded.config.secrets)
    return loaded.config


def load_active_config(path: Path | None, *, secrets_needed: bool = False) -> Config:
    """Return the configuration for a command that reads or changes stored data, such as ``hits`` or ``triage``.

    If the files have errors, return the configuration that a daemon used last, and print a note on stderr. If not
    *secrets_needed*, a missing secret is no error: an operator may read the database and not the secrets.

    Raises:
        ConfigError: The files have errors, and no daemon has used them yet.
    """
    from monitor.config import ConfigurationFiles, find_config_file, find_database, load
    from monitor.store.active_files import load_active_files
    from monitor.wording import counted

    try:
        return load_config(path, secrets_needed=secrets_needed)
    except ConfigError as error:
        main = find_config_file(path, os.environ)
        kept = load_active_files(find_database(main, os.environ))
        if kept is None or kept.main != main.absolute():
            raise
        instead = ConfigurationFiles(kept.texts, kept.matches)
        loaded = load(main, environ=os.environ, instead=instead, secrets_needed=secrets_needed)
        if loaded.config is None:  # an environment variable may be missing
            raise
        errors = counted(sum(p.level == "error" for p in error.problems), "error")
        click.echo(f"{main} has {errors}; the last valid configuration is used; run monitor check", err=True)
        return loaded.config


def active_database(path: Path | None) -> Path:
    """Return the path of the database for a command that needs nothing else from the configuration.

    The configuration is loaded only if its file has changed since a daemon loaded it, because loading a large watchlist
    takes seconds.

    Raises:
        ConfigError: The file has errors or does not exist, and no daemon has used it yet.
    """
    from monitor.config import find_config_file, find_database

    main = find_config_file(path, os.environ)
    database = find_database(main, os.environ)
    try:
        # a copy of the active configuration is kept beside the database
        changed = main.stat().st_mtime_ns > database.with_name(f"{database.name}.config.json").stat().st_mtime_ns
    except FileNotFoundError:
        # without a database the command fails anyway: with the errors of the file, if it has any
        changed = not (main.exists() and database.exists())
    except OSError:
        changed = True
    return load_active_config(path).storage.path if changed else database


def address_problems(config: Config) -> tuple[Problem, ...]:
    """Return the destinations' addresses that Apprise cannot use, as problems. Importing Apprise takes 0.25 s."""
    from monitor.alerts.apprise.plugins import check_url

    found = ((d.name, check_url(d.url)) for d in config.destinations.values() if "://" in d.url)
    return tuple(
        Problem("error", config.place("destinations", name, "url"), f"the address of {name} cannot be used", problem)
        for name, problem in found
        if problem
    )


def require_usable_addresses(config: Config) -> None:
    """Raise ConfigError if Apprise cannot use the address of a destination."""
    if problems := address_problems(config):
        raise ConfigError(problems)


def lacks_contact(config: Config) -> bool:
    """Return whether a feed on the internet would be polled with a User-Agent that names no contact address."""
    from monitor.feeds.http.address_guard import is_within

    feeds = (feed for feed in config.feeds.values() if feed.url)
    return not config.http.contact and any(not is_within(feed.url, config.http.allow_private) for feed in feeds)


def require_contact(config: Config) -> None:
    """Raise UsageError if a feed on the internet would be polled with a User-Agent that names no contact address."""
    if lacks_contact(config):
        raise UsageError(
            f"{config.path}: [http] contact is missing; it tells the polled sites who polls them; add these lines:\n"
            '      [http]\n      contact = "you@example.org"'
        )


def require_open_files() -> None:
    """Raise this process's limit on open files to the maximum; raise UsageError if that is too low for the daemon.

    The daemon opens one file for each connection, and about a dozen for its database and its parser processes.
    """
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_OPEN_FILES if hard == resource.RLIM_INFINITY else min(WANTED_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    if soft != resource.RLIM_INFINITY and soft < MIN_OPEN_FILES:
        raise UsageError(
            f"only {soft} files may be open at a time, and polling needs {MIN_OPEN_FILES};"
            f" raise the limit with `ulimit -n {WANTED_OPEN_FILES}`, or LimitNOFILE= in the unit file"
        )


def require_destination(config: Config, name: str) -> None:
    """Raise UsageError if *config* has no destination called *name*."""
    if name not in config.destinations:
        known = ", ".join(config.destinations) or "none"
        raise UsageError(f'{config.path} has no destination called "{name}"; there are: {known}')
