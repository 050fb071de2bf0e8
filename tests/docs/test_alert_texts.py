"""The alerts that README and the guides show are those that the monitor sends."""

from __future__ import annotations

import io
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from support.documentation import CONFIG, DOCS, PAGES, Block, Sandbox, blocks

from monitor.cli.options import load_config
from monitor.cli.recorded import RecordedSites
from monitor.daemon.app import Daemon

# a service that gets plain text, and has no secret in its address
PLAIN = '\n[destinations.plain]\nurl = "syslog://"\n'
GUIDE = DOCS / "guides" / "reading-an-alert.md"


def alert_in(page: Path) -> Block:
    return next(block for block in blocks(page) if block.text.startswith("[CRITICAL]"))


def normalised(text: str) -> list[str]:
    """Return the lines of an alert, with one number, one time, one server and one delay."""
    text = re.sub(r"https?://[^/\s]+/", "https://site.example/", text)
    text = re.sub(r"\d+ \w+ \d\d:\d\d (UTC|CET)", "22 Nov 08:41 CET", text)
    text = re.sub(r"seen after \d+ min(, sent .* later)?", "seen after 4 min", text)
    text = re.sub(r"(monitor show|monitor triage|Hit #)( ?)\d+", r"\1\g<2>3", text)
    return [" ".join(line.split()) for line in text.splitlines()]


def printed(sandbox: Sandbox, hit: int) -> list[str]:
    """Return the alert about a hit, as a service gets it that takes plain text."""
    result = sandbox.run("notify", "plain", "--hit", str(hit), "--print")
    assert result.code == 0, result.err
    message = json.loads(result.out)
    return normalised(f"{message['title']}\n{message['body']}")


def configuration_of_demo(folder: Path, sites: RecordedSites) -> Path:
    text = files("monitor.cli.recorded").joinpath("demo.toml").read_text()
    for name, url in sites.urls.items():
        text = text.replace(f"{{{name}}}", url)
    path = folder / "config.toml"
    path.write_text(text + PLAIN)
    return path


@pytest.mark.slow
async def test_the_alert_in_the_readme_is_one_of_the_demo(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with RecordedSites() as sites:
        config = load_config(configuration_of_demo(tmp_path, sites))
        async with Daemon(config, console=io.StringIO()) as daemon:
            for sites.edition in ("first", "second"):
                await daemon.poll_now()
    sandbox = Sandbox(tmp_path, capsys)
    sent = [printed(sandbox, hit["id"]) for hit in json.loads(sandbox.run("hits", "--json").out)]
    assert normalised(alert_in(PAGES[0]).text) in sent


def test_the_alert_in_the_guide_is_that_of_the_example(sandbox: Sandbox):
    path = sandbox.folder / "config.toml"
    path.write_text(CONFIG + PLAIN)
    shown = re.sub(r"(?m) +\d$", "", alert_in(GUIDE).text)
    assert normalised(shown) == printed(sandbox, 1)
