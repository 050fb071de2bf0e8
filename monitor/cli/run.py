"""``monitor run``: the daemon."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import colour_wanted, config_option, load_config, log_options, require_contact, set_up_logs

if TYPE_CHECKING:
    from monitor.config import Config


@click.command(name="run")
@config_option
@log_options
def command(config_path: Path | None, log_level: str, log_format: str) -> None:
    """Poll on schedule and deliver until told to stop (SIGTERM, or Ctrl-C)."""
    config = load_config(config_path)
    require_contact(config)
    set_up_logs(config, log_level, log_format)
    asyncio.run(_run(config))


async def _run(config: Config) -> None:
    from monitor.daemon.service import Daemon

    async with Daemon(config, colour=colour_wanted()) as daemon:
        running = asyncio.create_task(daemon.run())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, running.cancel)
        try:
            await running
        except asyncio.CancelledError:
            return
