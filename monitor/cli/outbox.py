"""``monitor outbox``: deliveries that are not sent, and what a person does about them."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import click

from monitor.cli.acting import act
from monitor.cli.options import config_option, json_options, load_config
from monitor.cli.output import write_rows

COLUMNS = ("id", "destination", "kind", "state", "attempts", "due_at", "reason")


@click.group(name="outbox", invoke_without_command=True)
@config_option
@json_options
@click.pass_context
def command(ctx: click.Context, config_path: Path | None, as_json: bool, ndjson: bool) -> int:
    """List deliveries that are open, pending, in flight, dead or dropped, with the reason."""
    ctx.obj = config_path
    if ctx.invoked_subcommand is None:
        _list(config_path, as_json=as_json, ndjson=ndjson)
    return 0


def _list(config_path: Path | None, *, as_json: bool, ndjson: bool) -> None:
    from monitor.model import DeliveryState
    from monitor.store import deliveries, open_reader

    db = open_reader(load_config(config_path).storage.path)
    try:
        found = deliveries.list_deliveries(db, set(DeliveryState) - {DeliveryState.SENT})
    finally:
        db.close()
    rows: list[dict[str, Any]] = [
        {
            "id": d.id,
            "destination": d.destination,
            "kind": str(d.kind),
            "state": str(d.state),
            "attempts": d.attempts,
            "due_at": d.due_at,
            "reason": d.reason,
        }
        for d in found
    ]
    write_rows(rows, COLUMNS, as_json=as_json, ndjson=ndjson, nothing="nothing waits, nothing failed")


@command.command(name="retry")
@click.argument("delivery", metavar="ID", type=int)
@click.pass_obj
def retry(config_path: Path | None, delivery: int) -> None:
    """Send a delivery that is pending, dead or dropped again, now."""
    click.echo(act(load_config(config_path), {"do": "retry", "id": delivery}))


@command.command(name="drop")
@click.argument("delivery", metavar="ID", type=int)
@click.option("-m", "--message", "why", default="", help="Why.")
@click.pass_obj
def drop(config_path: Path | None, delivery: int, why: str) -> None:
    """Give up a delivery that is open, pending or dead; it stays listed with the reason."""
    click.echo(act(load_config(config_path), {"do": "drop", "id": delivery, "why": why, "author": getpass.getuser()}))
