"""``monitor triage``: what a person says of a hit."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from monitor.cli.acting import act
from monitor.cli.options import config_option, load_config


@click.command(name="triage")
@config_option
@click.argument("hit_id", metavar="ID", type=click.IntRange(min=1))
@click.argument("word", metavar="relevant|noise|ack", type=click.Choice(["relevant", "noise", "ack"]))
def command(config_path: Path | None, hit_id: int, word: str) -> None:
    """Say of a hit that it is relevant, noise, or acknowledged; any of them stops its story from being escalated."""
    request = {"do": "triage", "id": hit_id, "triage": word, "author": getpass.getuser()}
    click.echo(act(load_config(config_path), request))
