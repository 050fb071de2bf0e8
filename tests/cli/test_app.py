from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from monitor.cli.app import app
from monitor.cli.commands import COMMANDS, help_text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_the_table_exists_and_has_help(terminal, name):
    said = terminal.type(name, "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: monitor {name}")


def test_plain_help_lists_every_command_and_imports_no_click():
    code = "import sys; sys.argv[1:] = ['-h']; from monitor.cli import main; main(); print('click' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == help_text() + "False\n"
    assert all(f"  {name} " in said for name in COMMANDS)


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252", "utf-8"])
def test_what_the_terminal_cannot_show_is_escaped_as_in_json(encoding):
    code = (
        "import sys, json; sys.argv[1:] = ['-h']; from monitor.cli import main; main()\n"
        r"print(json.dumps('\u00e4\u65e5\U0001f600', ensure_ascii=False)); sys.exit('\u65e5\udcff')"
    )
    environ = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, check=False)
    assert json.loads(done.stdout.decode(encoding).splitlines()[-1]) == "\u00e4\u65e5\U0001f600"
    assert b"Traceback" not in done.stderr


def test_the_first_process_of_a_container_ends_on_sigterm_before_the_daemon_has_started():
    code = (
        "import os, sys, signal; own = os.getpid(); os.getpid = lambda: 1; sys.argv[1:] = ['-h']\n"
        "from monitor.cli import main; main(); os.kill(own, signal.SIGTERM)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 128 + signal.SIGTERM  # by a handler: without one, it would be the negative number


def test_click_and_the_plain_help_agree(terminal):
    assert terminal.type("--help").out == help_text() + "\n"
    assert set(app.list_commands(None)) == set(COMMANDS)


def test_an_unknown_command_is_a_usage_error(terminal):
    said = terminal.type("lsit")
    assert said.code == 2
    assert "lsit" in said.err


def test_a_missing_configuration_names_the_places_and_the_way_out(terminal, monkeypatch, tmp_path):
    said = terminal.type("explain", "Lazarus Group")
    assert said.code == 2
    assert "config.toml" in said.err


def test_a_bad_configuration_prints_the_errors_of_check_and_exits_2(terminal):
    terminal.configure("[feeds]\nwire = 7\n[rulez]\n")
    said = terminal.type("explain", "Lazarus Group")
    assert said.code == 2
    assert "config.toml:2:8: error" in said.err
    assert "config.toml:3:2: error" in said.err


def test_config_is_accepted_after_the_command_too(capsys, terminal):
    from monitor.cli.app import run

    path = terminal.configure()
    assert run(["check", "-c", str(path)]) == 0
    assert run(["check", "--config", str(path)]) == 0


def test_a_closed_pipe_is_no_error(terminal, tmp_path):
    terminal.configure()
    items = tmp_path / "items.ndjson"
    items.write_text('{"id": 1, "title": "Lazarus Group stole $2M"}\n' * 3000)
    command = f"{sys.executable} -m monitor -c {terminal.config} match {items} | head -1"
    said = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert said.stderr == ""
    assert said.stdout.count("\n") == 1
