"""``monitor web``: serve the web page with or without a running daemon."""

from __future__ import annotations

import asyncio
import functools
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import config_option, load_active_config, set_up_logs
from monitor.errors import NotRunning

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.daemon.operator_actions import OperatorAction
    from monitor.watchlist import Watchlist


@click.command(name="web")
@config_option
@click.option("--hash-password", is_flag=True, help="Ask for a password and print its hash for [web.users.NAME].")
def command(config_path: Path | None, hash_password: bool) -> None:
    """Serve the web page at the address given in [web], until Ctrl-C.

    The daemon serves the page itself if the configuration has a table [web]. What users do on the page, such as triage,
    is carried out by the running daemon; if none is running, by this command, which then holds the daemon's lock.
    """
    if hash_password:
        click.echo(_hash())
        return
    from monitor.store import open_reader

    config = load_active_config(config_path, secrets_needed=True)
    open_reader(config.storage.path).close()  # raises if there is no database yet
    set_up_logs(config, "info", "text")
    asyncio.run(_serve(config))


def _hash() -> str:
    from monitor.web.accounts import hash_password

    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return hash_password(password)


async def _serve(config: Config) -> None:
    from monitor import clock
    from monitor.config import WebSettings
    from monitor.watchlist import compile_watchlist
    from monitor.web.access import Access, ReaderPool
    from monitor.web.server import serving

    settings, database = config.web or WebSettings(), config.storage.path

    @functools.cache
    def compiled() -> asyncio.Future[Watchlist]:
        return asyncio.ensure_future(asyncio.to_thread(compile_watchlist, config))

    async def watchlist() -> Watchlist:
        return await compiled()

    access = Access(
        config=lambda: config,
        readers=ReaderPool(database),
        act=lambda action: _act(database, action),
        status=lambda: _status(database),
        watchlist=watchlist,
        now=clock.now,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving(access, lambda: settings) as address:
        click.echo(f"{address}/   (press Ctrl-C to stop)", err=True)
        await stop.wait()


async def _act(database: Path, action: OperatorAction) -> str:
    from monitor.daemon.control_client import perform

    return await asyncio.to_thread(perform, database, action)


async def _status(database: Path) -> dict[str, Any] | None:
    from monitor.daemon.control_client import ask

    try:
        found: dict[str, Any] = await asyncio.to_thread(ask, database, {"do": "status"})
    except NotRunning:
        return None
    return found
