from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from monitor.cli.app import app, run
from monitor.cli.commands import COMMANDS
from monitor.cli.completion import SHELLS, VARIABLE, script

BASH = shutil.which("bash")
# what readline does: set the words, call the function, print the replies
COMPLETE = """
source {script}
COMP_WORDS=(monitor {words}) COMP_CWORD={last}
_monitor_completion monitor 2> /dev/null
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def complete(tmp_path, monkeypatch):
    """Return a function that completes a command line in bash, with the last word unfinished."""
    program = tmp_path / "bin" / "monitor"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m monitor "$@"\n')
    program.chmod(0o755)
    (tmp_path / "script").write_text(script("bash"))
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))

    def typed(*words: str) -> list[str]:
        quoted = " ".join(f"'{word}'" for word in words)
        text = COMPLETE.format(script=tmp_path / "script", words=quoted, last=len(words))
        done = subprocess.run([BASH, "-c", text], capture_output=True, text=True, check=True)
        return done.stdout.split()

    return typed


@pytest.mark.skipif(BASH is None, reason="no bash on this machine")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["si"], ["silence", "silences"], id="command"),
        pytest.param(["service", "un"], ["uninstall"], id="subcommand"),
        pytest.param(["db", "backup", "--con"], ["--config"], id="option"),
        pytest.param(["init", "--for", "n"], ["newsroom"], id="value of an option"),
        pytest.param([""], list(COMMANDS), id="every command"),
    ],
)
def test_bash_completes(complete, words, expected):
    assert complete(*words) == expected


def test_completing_the_name_of_a_command_imports_no_command(monkeypatch):
    monkeypatch.setattr(type(app), "get_command", lambda *_: pytest.fail("a command was imported"))
    found = app.shell_complete(click.Context(app), "tri")
    assert [(item.value, item.help) for item in found] == [("triage", COMMANDS["triage"])]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_calls_monitor_and_is_accepted_by_its_shell(shell, capsys, tmp_path):
    assert run(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert f"{VARIABLE}={shell}_complete" in text
    if program := shutil.which(shell):
        (tmp_path / "script").write_text(text)
        subprocess.run([program, "-n", str(tmp_path / "script")], check=True)


def test_an_unknown_shell_is_a_usage_error(capsys):
    assert run(["completion", "tcsh"]) == 2
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err
