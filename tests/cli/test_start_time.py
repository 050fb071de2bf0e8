"""Commands that people wait for import little, whatever the size of the watchlist."""

from __future__ import annotations

import subprocess
import sys

import pytest

from monitor.config import load
from monitor.daemon.app import Daemon
from monitor.store.db.migrations import names
from monitor.store.db.reading import NEWEST

HEAVY = ("pydantic", "sqlite_utils", "apprise", "aiohttp", "asyncio", "rich.table", "monitor.model.hit", "tree_sitter")
TYPED = """
import sys
from monitor.cli.app import run
run(sys.argv[1:])
print([name for name in %r if name in sys.modules])
"""


@pytest.fixture
async def used(terminal):
    """A configuration that was active, with its database."""
    async with Daemon(load(terminal.configure(), environ={}).config):
        pass
    return terminal


@pytest.mark.parametrize("words", ["hits --json", "hits", "status"])
async def test_commands_that_need_no_watchlist_do_not_read_it_and_import_little(used, words):
    command = [sys.executable, "-c", TYPED % (HEAVY,), "-c", str(used.config), *words.split()]
    said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: ASYNC221 - short
    assert said.stdout.splitlines()[-1] == "[]", said


def test_the_migrations_that_readers_accept_without_a_check_are_all_there_are():
    assert names() == NEWEST
