"""Options that several commands share, and what they lead to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.errors import ConfigError, Problem, UsageError

if TYPE_CHECKING:
    from monitor.config import Config

F = TypeVar("F", bound=Callable[..., Any])


def _remember(ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    return value or ctx.obj


config_option = click.option(
    "-c",
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    callback=_remember,
    help="The configuration.",
)


def json_options(command: F) -> F:
    """Add ``--json`` (one array) and ``--ndjson`` (one object a line) to *command*."""
    ndjson = click.option("--ndjson", is_flag=True, help="One JSON object a line.")
    return ndjson(click.option("--json", "as_json", is_flag=True, help="One JSON array.")(command))


def age_moment(age: str | None) -> datetime | None:
    """Return the moment that lies *age* ("30m", "12h", "7d") back; None for None.

    Raises:
        UsageError: it is no age.
    """
    from monitor import clock
    from monitor.config import parse_duration

    try:
        return clock.now() - timedelta(seconds=parse_duration(age)) if age else None
    except (ValueError, OverflowError) as error:
        raise UsageError(str(error)) from error


def log_options(command: F) -> F:
    """Add ``--log-level`` and ``--log-format`` to *command*."""
    level = click.option(
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        default="info",
        show_default=True,
        help="What is logged, to stderr.",
    )
    form = click.option(
        "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How."
    )
    return level(form(command))


def set_up_logs(config: Config, level: str, form: str) -> None:
    """Log as the options say, without the secrets of *config*, with priorities where journald reads them."""
    from monitor.logs import set_up

    # JOURNAL_STREAM is set where stderr goes to the journal (systemd.exec(5))
    set_up(level, as_json=form == "json", secrets=config.secrets, journald="JOURNAL_STREAM" in os.environ)


def problems_of(path: Path) -> tuple[Config | None, tuple[Problem, ...]]:
    """Return the configuration at *path*, None when it cannot be run, and all that is wrong with it."""
    from monitor.config import load
    from monitor.logs import hide_in_traces
    from monitor.watchlist import lint_watchlist

    loaded = load(path, environ=os.environ)
    if loaded.config is None:
        return None, loaded.problems
    hide_in_traces(loaded.config.secrets)
    problems = (*loaded.problems, *lint_watchlist(loaded.config))
    runnable = all(p.level != "error" for p in problems)
    return loaded.config if runnable else None, problems


def load_config(path: Path | None) -> Config:
    """Return the configuration in force for a command; ConfigError with every problem when it cannot be run."""
    from monitor.config import find_config_file

    config, problems = problems_of(find_config_file(path, os.environ))
    if config is None:
        raise ConfigError(problems)
    return config


def address_problems(config: Config) -> tuple[Problem, ...]:
    """Return what is wrong with the addresses of the destinations; imports apprise, which takes a quarter second."""
    from monitor.alerts.apprise.plugins import check_url

    found = ((d.name, check_url(d.url)) for d in config.destinations.values())
    return tuple(
        Problem("error", config.place("destinations", name, "url"), f"the address of {name} cannot be used", problem)
        for name, problem in found
        if problem
    )


def require_usable_addresses(config: Config) -> None:
    """Raise ConfigError when a destination has an address that nothing can be sent to."""
    if problems := address_problems(config):
        raise ConfigError(problems)


def require_contact(config: Config) -> None:
    """Raise UsageError when a feed on the open internet would be polled without a contact in the User-Agent."""
    from monitor.feeds.http.address_guard import is_within

    if config.http.contact:
        return
    if any(not is_within(feed.url, config.http.allow_private) for feed in config.feeds.values()):
        raise UsageError(
            f"{config.path}: sites that are polled want to know by whom; add these lines:\n"
            '      [http]\n      contact = "you@example.org"'
        )


def colour_wanted(stream: Any = None) -> bool:
    """Return whether *stream* (stdout when None) is a terminal whose user did not ask for plain text."""
    return (stream or sys.stdout).isatty() and not os.environ.get("NO_COLOR")
