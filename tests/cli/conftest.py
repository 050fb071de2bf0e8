from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.command_line import Terminal
from support.servers import FeedServer


@pytest.fixture
def terminal(capsys, tmp_path, monkeypatch) -> Terminal:
    monkeypatch.delenv("COLUMNS", raising=False)  # pytest-xdist sets it
    return Terminal(capsys, tmp_path)


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.4.0.1") as server:
        yield server
