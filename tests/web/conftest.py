from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from support.command_line import CONFIG
from support.page_client import PageClient, make_database, page_client

from monitor.config import Config, load
from monitor.web import accounts


@pytest.fixture(scope="session")
def cheap_hash() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("of nobody")


@pytest.fixture(autouse=True)
def sign_in_is_cheap(cheap_hash: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let unknown names cost little; test_accounts.py shows what they cost in earnest."""
    monkeypatch.setattr(accounts, "_NO_PASSWORD", cheap_hash)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with a few hits, to be copied."""
    path = tmp_path_factory.mktemp("page") / "monitor.db"
    make_database(path)
    return path


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path))


@pytest.fixture
def page(database: Path) -> Iterator[PageClient]:
    with page_client(database) as client:
        yield client


@pytest.fixture(scope="session")
def watched_config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Return a configuration with an actor, a rule and a destination."""
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_text(CONFIG.replace("{url}", "http://127.4.0.9:9/feed"))
    loaded = load(path, environ={})
    assert loaded.config is not None
    return loaded.config
