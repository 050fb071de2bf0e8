"""Every command in documentation, examples and messages is one that its program would accept."""

from __future__ import annotations

import re
import subprocess

import pytest
from support.documentation import PAGE_IDS, PAGES, REPOSITORY, Block, all_blocks
from support.documented_commands import block_lines, inline_lines, mistakes_in, parse

MENTION = re.compile(r"""(?:["`(]|: |  |^)(monitor [a-z-][^"`)\n]*?)(?=["`)]|  |$)""", re.MULTILINE)
FILES = ("config.example.toml", "contrib/prometheus/alerts.yml", ".pre-commit-hooks.yaml", "compose.example.yaml")


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_command_in_a_code_block_is_valid_and_complete(page):
    assert {command: wrong for command, line in block_lines(page) if (wrong := mistakes_in(line))} == {}


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_command_in_running_text_is_valid(page):
    lines = inline_lines(page)
    assert {command: wrong for command, line in lines if (wrong := mistakes_in(line, complete=False))} == {}


@pytest.mark.parametrize("block", all_blocks("sh"))
def test_a_shell_accepts_every_piece_of_shell(block: Block):
    done = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True, timeout=30, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("name", FILES)
def test_every_command_in_an_example_file_is_valid(name):
    found = MENTION.findall((REPOSITORY / name).read_text())
    assert {text: wrong for text in found if (wrong := mistakes_in(parse(text), complete=False))} == {}
    assert found or name.startswith("compose")


def test_every_command_that_a_message_advises_is_valid():
    found = {}
    for file in (REPOSITORY / "monitor").rglob("*.py"):
        for text in re.findall(r"(?:run|try|then): (monitor [a-z][a-z -]*[a-z])", file.read_text()):
            found[text] = mistakes_in(parse(text), complete=False)
    assert len(found) >= 5
    assert {text: wrong for text, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("unit", ["monitor.service", "monitor-failure.service"])
def test_the_command_of_a_unit_is_valid(unit):
    (command,) = re.findall(r"(?m)^ExecStart=(.+)$", (REPOSITORY / "systemd" / unit).read_text())
    assert mistakes_in(parse(command)) == []


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("monitor hits --sinse 3d", "No such option"),
        ("monitor hitz", "there is no command hitz"),
        ("monitor export cases -o x", "there is no command cases"),
        ("monitor triage 1 relevnt", "relevnt"),
        ("monitor show 1 2", "unexpected: 2"),
        ("monitor show", "is missing"),
        ("monitor hits --since yesterdy", "yesterdy"),
        ("monitor hits --limit ten", "ten"),
        ("make dmeo", "make has no target dmeo"),
        ("systemctl start monitr.service", "there is no unit monitr.service"),
        ("pip install crypto-news-moniter", "crypto-news-moniter"),
        ("man /opt/monitor/venv/share/man/man8/monitor.8", "does not install"),
        ("podman run --rm crypto-news-monitor demmo", "there is no command demmo"),
        ("frobnicate x", "nothing checks commands of frobnicate"),
    ],
)
def test_a_mistake_in_a_command_is_noticed(command, wrong):
    assert wrong in " ".join(mistakes_in(parse(command)))


@pytest.mark.parametrize(
    "command",
    [
        "monitor -c x.toml hits --json > out",
        "monitor search --ndjson --limit 10 since:7d | monitor match",
        "monitor explain 'a --b'   # why --not",
        "monitor triage ID relevant|noise",
        "monitor hits -c x.toml",
        "sed 's/a/b/' config.toml",
    ],
)
def test_a_valid_command_is_accepted(command):
    assert mistakes_in(parse(command)) == []
