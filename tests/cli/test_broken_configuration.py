"""Commands that look at what is stored or act on it work while the configuration on disk has errors."""

from __future__ import annotations

import pytest
from support.command_line import CONFIG

from monitor.config import load
from monitor.daemon.app import Daemon
from monitor.store import open_writer

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


SECRETS = '[destinations.hook]\nurl = "json://${file:no-such-secret}/x"\n[health]\nping = "${NO_SUCH_VARIABLE}"\n'


@pytest.mark.parametrize("command", [*WORKING, "db check", "deliveries", "show 1", "triage 1 noise"])
def test_commands_that_read_the_database_need_no_secrets(terminal, command):
    """An operator of the group of the service may read the database, and not the secrets of systemd."""
    terminal.configure(CONFIG + SECRETS)
    open_writer(terminal.config.with_name("monitor.db")).close()
    typed = terminal.type(*command.split())
    assert "no-such-secret" not in typed.err
    assert typed.code in (0, 1) or "there is no hit #1" in typed.err, typed.err


@pytest.mark.parametrize("command", ["notify hook", "web", "once", "run"])
def test_commands_that_send_or_sign_in_need_the_secrets(terminal, command):
    terminal.configure(CONFIG + SECRETS)
    typed = terminal.type(*command.split())
    assert typed.code == 2
    assert "no-such-secret" in typed.err
