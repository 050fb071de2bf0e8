"""``monitor run``: run the daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import (
    config_option,
    load_config,
    log_options,
    require_contact,
    require_open_files,
    require_usable_addresses,
    set_up_logs,
)
from monitor.cli.output import colour_wanted
from monitor.logs import Log

if TYPE_CHECKING:
    from monitor.config import Config


@click.command(name="run")
@config_option
@log_options
def command(config_path: Path | None, log_level: str, log_format: str) -> None:
    """Poll on schedule and deliver alerts until SIGTERM or Ctrl-C, after which the daemon shuts down cleanly.

    The configuration is reloaded on SIGHUP or when a file of it changes. If the new one has errors, the daemon keeps
    the active configuration.
    """

    def read() -> Config:
        config = load_config(config_path)
        require_contact(config)
        require_usable_addresses(config)
        return config

    config = read()
    require_open_files()
    set_up_logs(config, log_level, log_format)
    # two configurations without [storage] path share a database: the log says which one it is
    Log(__name__).info("starting", configuration=config.path, database=config.storage.path)

    def read_again() -> Config:
        again = read()
        set_up_logs(again, log_level, log_format)
        return again

    asyncio.run(_run(config, read_again))


async def _run(config: Config, read: Callable[[], Config]) -> None:
    from monitor.daemon.app import Daemon
    from monitor.daemon.maintenance import limit_memory_arenas
    from monitor.daemon.service import run

    limit_memory_arenas()  # before there are threads
    beside = None
    if config.web is not None:
        from monitor.web.beside_daemon import page_beside

        beside = page_beside
    async with Daemon(config, colour=colour_wanted()) as daemon:
        await run(daemon, read, beside=beside)
