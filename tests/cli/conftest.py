from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from support.command_line import Terminal
from support.servers import FeedServer


@pytest.fixture(autouse=True)
def machine(monkeypatch) -> None:
    """Give the machine a name that no name server is asked for, and a terminal of the usual width."""
    monkeypatch.setattr(socket, "getfqdn", lambda *_: "desk.news.example")
    monkeypatch.delenv("COLUMNS", raising=False)  # pytest-xdist sets it


@pytest.fixture
def terminal(capsys, tmp_path) -> Terminal:
    return Terminal(capsys, tmp_path)


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.4.0.1") as server:
        yield server
