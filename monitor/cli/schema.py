"""``monitor schema``: print the JSON Schema of the configuration, with which editors complete and check it."""

from __future__ import annotations

import json

import click


@click.command(name="schema")
def command() -> None:
    """Print the JSON Schema (draft 7) of the configuration."""
    from monitor.config import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
