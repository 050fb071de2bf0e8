"""``monitor triage``: mark a hit as relevant, noise or acknowledged."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.options import active_database, config_option
from monitor.cli.parameters import NUMBER
from monitor.daemon.control_client import author, perform
from monitor.errors import NotRunning


@click.command(name="triage")
@config_option
@click.argument("hit_id", metavar="ID", type=NUMBER)
@click.argument("word", metavar="relevant|noise|ack", type=click.Choice(["relevant", "noise", "ack"]))
@click.option("-m", "--message", "why", default="", help="The reason; stored with the triage.")
def command(config_path: Path | None, hit_id: int, word: str, why: str) -> None:
    """Mark hit ID as relevant, noise, or acknowledged (ack).

    Each of them ends escalations of the hit's story. Noise also ends follow-ups of the story, until its severity rises.
    """
    from monitor.daemon.control_client import ask

    database = active_database(config_path)
    request = {"do": "triage", "id": hit_id, "triage": word, "author": author(), "why": why}
    try:  # first without importing the actions, which takes longer than the answer
        click.echo(ask(database, request))
    except NotRunning:
        from monitor.daemon.operator_actions import Triage

        click.echo(perform(database, Triage(hit_id, word, author(), why)))
