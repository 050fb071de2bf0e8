"""``monitor outbox``: list deliveries that have not been sent; retry or drop one."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import click

from monitor.cli.options import config_option, load_active_config, output_options
from monitor.cli.output import Table, write_rows
from monitor.cli.parameters import NUMBER
from monitor.daemon.control_client import author, perform

TABLE = Table(
    ("id", "destination", "kind", "state", "attempts", "due_at", "reason"),
    empty="every delivery has been sent",
    wide=("reason",),
)


@click.group(name="outbox", invoke_without_command=True)
@config_option
@output_options
@click.pass_context
def command(ctx: click.Context, config_path: Path | None, form: str | None) -> int:
    """List the deliveries that have not been sent (open, pending, in flight, dead or dropped), with the reason."""
    ctx.obj = config_path
    if ctx.invoked_subcommand is None:
        _list(config_path, form)
    return 0


def _list(config_path: Path | None, form: str | None) -> None:
    from monitor import clock
    from monitor.alerts.content.reason_wording import delivery_reason
    from monitor.model import DeliveryState
    from monitor.store import delivery_list, open_reader

    config = load_active_config(config_path)
    db = open_reader(config.storage.path)
    try:
        found = delivery_list.list_deliveries(db, set(DeliveryState) - {DeliveryState.SENT})
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
            "reason": delivery_reason(d, zone=UTC, now=clock.now()),
        }
        for d in found
    ]
    write_rows(rows, TABLE, form)


@command.command(name="retry")
@click.argument("delivery", metavar="ID", type=NUMBER)
@click.pass_obj
def retry(config_path: Path | None, delivery: int) -> None:
    """Send the delivery with the number ID again now, if it is pending, dead or dropped."""
    from monitor.daemon.operator_actions import Retry

    click.echo(perform(load_active_config(config_path).storage.path, Retry(delivery, author())))


@command.command(name="drop")
@click.argument("delivery", metavar="ID", type=NUMBER)
@click.option("-m", "--message", "why", default="", help="Why the delivery is given up; stored with it.")
@click.pass_obj
def drop(config_path: Path | None, delivery: int, why: str) -> None:
    """Give up the delivery with the number ID, if it is open, pending or dead. It stays listed, with the reason."""
    from monitor.daemon.operator_actions import Drop

    click.echo(perform(load_active_config(config_path).storage.path, Drop(delivery, author(), why)))
