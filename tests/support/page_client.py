"""The page without a network: its application on a small database, and a client that sends what a browser sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient
from support.store_samples import NOW, put_delivery, put_hit

from monitor.config import Config, StorageSettings, WebSettings
from monitor.daemon.operator_actions import OperatorAction, perform_action
from monitor.store import open_writer, write
from monitor.watchlist import Watchlist, compile_watchlist
from monitor.web.access import Access, ReaderPool
from monitor.web.app import create_app

ORIGIN = "http://127.0.0.1:8077"
FROM_PAGE = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


@dataclass
class PageClient:
    """Gets pages and sends forms, as somebody at ``client``."""

    client: TestClient
    settings: WebSettings
    done: list[OperatorAction] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(path, headers=headers, follow_redirects=False)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **headers: str) -> httpx2.Response:
        """Send a form as a page of this server sends it."""
        return self.client.post(path, data=data or {}, headers={**FROM_PAGE, **headers}, follow_redirects=False)


def make_database(path: Path, hits: int = 3) -> None:
    """Create a database with *hits* hits and a delivery of the first."""
    with open_writer(path) as db:
        ids = [put_hit(db, str(number), seen_s=number) for number in range(1, hits + 1)]
        if ids:
            put_delivery(db, ids[0])


@contextmanager
def page_client(
    database: Path, settings: WebSettings | None = None, *, config: Config | None = None, address: str = "127.0.0.1"
) -> Iterator[PageClient]:
    """Yield a client of the page on *database*.

    Args:
        database: It exists.
        settings: Of the page; None: the defaults.
        config: The active configuration; None: an empty one.
        address: Where the requests come from.
    """
    chosen = settings or WebSettings()
    active = replace(config or _empty_config(database), web=chosen, storage=StorageSettings(database))
    readers = ReaderPool(database)
    done: list[OperatorAction] = []

    async def act(action: OperatorAction) -> str:
        done.append(action)
        with open_writer(database) as db, write(db):
            return perform_action(db, action, NOW)

    async def status() -> None:
        return None

    async def watchlist() -> Watchlist:
        return compile_watchlist(active)

    access = Access(
        config=lambda: active, readers=readers, act=act, status=status, watchlist=watchlist, now=lambda: NOW
    )
    app = create_app(access, lambda: chosen)
    try:
        with _client(app, address) as client:
            yield PageClient(client, chosen, done)
    finally:
        readers.close()


def _client(app: Any, address: str) -> TestClient:
    return TestClient(app, base_url=ORIGIN, client=(address, 50000), raise_server_exceptions=False)


def _empty_config(database: Path) -> Config:
    return Config(path=database.with_name("config.toml"), places=None, storage=StorageSettings(database))  # type: ignore[arg-type]
