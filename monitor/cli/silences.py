"""``monitor silences``: what is silenced, by whom, until when, and why."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from monitor.cli.acting import act
from monitor.cli.options import config_option, json_options, load_config
from monitor.cli.output import write_rows

COLUMNS = ("id", "subject", "name", "until", "author", "why")


@click.group(name="silences", invoke_without_command=True)
@config_option
@click.option("--all", "all_of_them", is_flag=True, help="Those that are over too, the newest first.")
@json_options
@click.pass_context
def command(ctx: click.Context, config_path: Path | None, all_of_them: bool, as_json: bool, ndjson: bool) -> int:
    """List the silences in force, the one that ends first before the others."""
    ctx.obj = config_path
    if ctx.invoked_subcommand is None:
        _list(config_path, all_of_them=all_of_them, as_json=as_json, ndjson=ndjson)
    return 0


def _list(config_path: Path | None, *, all_of_them: bool, as_json: bool, ndjson: bool) -> None:
    from monitor import clock
    from monitor.store import open_reader, silence_records

    db = open_reader(load_config(config_path).storage.path)
    try:
        found = (
            silence_records.list_silences(db)
            if all_of_them
            else [(s, "") for s in silence_records.silences_in_force(db, clock.now())]
        )
    finally:
        db.close()
    rows = [
        {
            "id": silence.id,
            "subject": silence.subject,
            "name": silence.name,
            "until": silence.until,
            "author": silence.author,
            "why": silence.why,
            "created_at": silence.created_at,
            "ended_by": ended_by or None,
        }
        for silence, ended_by in found
    ]
    columns = (*COLUMNS, "ended_by") if all_of_them else COLUMNS
    write_rows(rows, columns, as_json=as_json, ndjson=ndjson, nothing="nothing is silenced")


@command.command(name="end")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@click.pass_obj
def end(config_path: Path | None, number: int) -> None:
    """End a silence before its time."""
    click.echo(act(load_config(config_path), {"do": "end silence", "id": number, "author": getpass.getuser()}))
