"""``monitor run``: the daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import (
    colour_wanted,
    config_option,
    load_config,
    log_options,
    require_contact,
    require_usable_addresses,
    set_up_logs,
)

if TYPE_CHECKING:
    from monitor.config import Config


@click.command(name="run")
@config_option
@log_options
def command(config_path: Path | None, log_level: str, log_format: str) -> None:
    """Poll on schedule and deliver until told to stop.

    SIGTERM and Ctrl-C end it in order; SIGHUP, or an edit of the configuration, puts that in force, whole or not
    at all.
    """

    def read() -> Config:
        config = load_config(config_path)
        require_contact(config)
        require_usable_addresses(config)
        return config

    config = read()
    set_up_logs(config, log_level, log_format)

    def read_again() -> Config:
        again = read()
        set_up_logs(again, log_level, log_format)
        return again

    asyncio.run(_run(config, read_again))


async def _run(config: Config, read: Callable[[], Config]) -> None:
    from monitor.daemon.app import Daemon
    from monitor.daemon.service import run

    async with Daemon(config, colour=colour_wanted()) as daemon:
        await run(daemon, read)
