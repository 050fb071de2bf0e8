"""The manual page and the completion scripts that the wheel installs."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from monitor.cli.commands import COMMANDS
from release import share


def test_the_files_in_share_are_up_to_date():
    assert share.outdated() == [], share.REMEDY


def test_the_manual_page_describes_every_command_and_no_hidden_one():
    page = share.man_page()
    assert [name for name in COMMANDS if f"\n.SS monitor {name}\n" not in page] == []
    assert "\n.SS monitor service install\n" in page
    assert "report\\-failure" not in page


@pytest.mark.skipif(shutil.which("man") is None, reason="no man on this machine")
def test_man_renders_the_page_without_a_warning():
    words = ["man", "--warnings", "--local-file", str(share.SHARE / "man/man1/monitor.1")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "monitor service install" in done.stdout
    assert "\n       fish  monitor completion fish > ~/.config/fish" in done.stdout


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        pytest.param(".TH x", "\\&.TH x", id="a dot at the start"),
        pytest.param("'x'", "\\(aqx\\(aq", id="apostrophes"),
        pytest.param("a\\b --c", "a\\eb \\-\\-c", id="backslash and hyphens"),
    ],
)
def test_nothing_in_a_help_text_is_a_request_to_troff(text, escaped):
    assert share._escaped(text) == escaped
