"""``monitor triage``: mark a hit as relevant, noise or acknowledged."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.control import author, perform
from monitor.cli.options import config_option, load_config_in_force
from monitor.cli.parameters import NUMBER


@click.command(name="triage")
@config_option
@click.argument("hit_id", metavar="ID", type=NUMBER)
@click.argument("word", metavar="relevant|noise|ack", type=click.Choice(["relevant", "noise", "ack"]))
@click.option("-m", "--message", "why", default="", help="The reason; stored with the triage.")
def command(config_path: Path | None, hit_id: int, word: str, why: str) -> None:
    """Mark hit ID as relevant, noise, or acknowledged (ack).

    Each of them ends the escalations of the hit's story.
    """
    from monitor.daemon.operator_actions import Triage

    click.echo(perform(load_config_in_force(config_path).storage.path, Triage(hit_id, word, author(), why)))
