"""``monitor init``: write a short, commented configuration to start from; an existing file is never overwritten."""

from __future__ import annotations

import getpass
import json
import os
import socket
from importlib.resources import files
from pathlib import Path

import click

from monitor.errors import UsageError

AUDIENCES = ("exchange", "compliance", "newsroom")


@click.command(name="init")
@click.argument("directory", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option(
    "--for",
    "audience",
    type=click.Choice(AUDIENCES),
    default="exchange",
    help="Which kind of team reads the alerts; decides about the example feeds, actors and rules.",
)
def command(directory: Path, audience: str) -> None:
    """Write config.toml, config.schema.json and monitor.service into DIR (default: the current directory)."""
    from monitor.config import json_schema
    from monitor.service.units import EXAMPLE, render

    wanted = {
        "config.toml": starter_configuration(audience, _database_of_service(directory)),
        "config.schema.json": json.dumps(json_schema(), indent=2) + "\n",
        "monitor.service": render(EXAMPLE, "monitor.service"),
    }
    paths = {directory / name: text for name, text in wanted.items()}
    if there := [str(path) for path in paths if path.exists()]:
        raise UsageError(f"{', '.join(there)}: already exists; choose another directory: monitor init DIR")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path, text in paths.items():
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise UsageError(f"{error.filename or directory}: cannot be written: {error.strerror}") from error
    for path in paths:
        click.echo(path)
    config = directory / "config.toml"
    for line in (
        "Next:",
        f"  1. edit {config}: contact in [http] is {_contact()}; write an address that somebody reads; sites see it",
        f"  2. monitor -c {config} check",
        f"  3. monitor -c {config} run",
    ):
        click.echo(line, err=True)


def starter_configuration(audience: str, database: Path | None) -> str:
    """Return the text of a first configuration for *audience*, such as "newsroom", with a contact address filled in.

    If *database* is None, the database is put beside the configuration file.
    """
    text = files("monitor.cli.starters").joinpath(f"{audience}.toml").read_text(encoding="utf-8")
    text = text.replace('"you@example.org"', json.dumps(_contact()))
    if database:
        text = text.replace('"monitor.db"                  # relative to this file', json.dumps(str(database)))
    return text


def _database_of_service(directory: Path) -> Path | None:
    """Return the path of the database if a service will use the configuration in *directory*; otherwise None.

    The user of a service cannot write into /etc. STATE_DIRECTORY is set in the container image, where the folder of
    the configuration is read-only.
    """
    if state := os.environ.get("STATE_DIRECTORY"):
        return Path(state.split(":")[0], "monitor.db")
    return Path("/var/lib/monitor/monitor.db") if directory.resolve().is_relative_to("/etc") else None


def _contact() -> str:
    """Return USER@HOST of this machine as a first contact address; a placeholder if user or host name is unknown."""
    from monitor.config.schema.values import parse_contact

    try:
        return parse_contact(f"{getpass.getuser()}@{socket.getfqdn()}")
    except (ValueError, OSError, KeyError):
        return "you@example.org"
