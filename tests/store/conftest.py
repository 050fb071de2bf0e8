from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import Writer, open_writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "monitor.db"


@pytest.fixture
def db(path: Path) -> Iterator[Writer]:
    with open_writer(path) as opened:
        yield opened
