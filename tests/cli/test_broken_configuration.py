"""Commands that look at what is stored or act on it work while the configuration on disk has errors."""

from __future__ import annotations

import pytest
from support.command_line import CONFIG

from monitor.config import load
from monitor.daemon.app import Daemon

WORKING = ("hits", "search x", "silences", "silence lazarus 4h -m known", "feeds", "outbox", "digest desk --print")
NEEDING_THE_FILE = ("test", "explain x", "once")


@pytest.fixture
async def broken(terminal):
    """A configuration that was active, and has two errors now."""
    path = terminal.configure(CONFIG)
    loaded = load(path, environ={})
    assert loaded.config is not None
    async with Daemon(loaded.config):
        pass
    path.write_text(path.read_text().replace('severity = "critical"', 'severity = "bad"') + "[rulez]\n")
    return terminal


@pytest.mark.parametrize("command", WORKING)
async def test_commands_that_read_the_database_work_and_report_the_broken_configuration(broken, command):
    typed = broken.type(*command.split())
    assert typed.code in (0, 1), typed.err
    assert "has 2 errors; the last valid configuration is used; run monitor check" in typed.err


@pytest.mark.parametrize("command", NEEDING_THE_FILE)
async def test_commands_that_need_the_configuration_exit_2(broken, command):
    assert broken.type(*command.split()).code == 2
