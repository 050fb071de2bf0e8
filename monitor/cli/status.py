"""``monitor status``: show the state of the running daemon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monitor.cli.options import active_database, config_option
from monitor.cli.output import dump, echo, printable

_FEED_STATES = {"ok": "ok", "odd": "with a warning", "new": "not polled yet", "failing": "failing"}


@click.command(name="status")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(config_path: Path | None, as_json: bool) -> int:
    """Show the state of the daemon. Exit 0: no problems; 1: it lists problems; 3: the daemon is not running."""
    from monitor.daemon.control_client import ask

    answer = ask(active_database(config_path), {"do": "status"})
    if as_json:
        click.echo(dump(answer, indent=2))
    else:
        for line in _lines(answer):
            echo(line)
    return 1 if answer["problems"] else 0


def _lines(answer: dict[str, Any]) -> list[str]:
    feeds, outbox = answer["feeds"], answer["deliveries"]
    states = ", ".join(f"{number} {state}" for state, number in outbox.items()) or "empty"
    notes, problems = ([f"  {printable(line)}" for line in answer[what]] for what in ("notes", "problems"))
    return [
        f"monitor {answer['version']}, running since {_utc(answer['since'])} (pid {answer['pid']})",
        f"configuration: {answer['configuration']}, active since {_utc(answer['configuration_since'])}",
        f"watchlist version: {answer['watchlist_version']}",
        *(
            ["changed by the last reload:", *(f"  {printable(line)}" for line in answer["configuration_changes"])]
            if answer.get("configuration_changes")
            else []
        ),
        f"feeds: {feeds['total']}{_feed_states(feeds)}",
        f"outbox: {states}",
        *([f"canary of {_utc(answer['canary']['asked_at'])}: {answer['canary']['words']}"] if answer["canary"] else []),
        f"database: {answer['database']['path']}, {answer['database']['bytes'] / 1e6:.1f} MB",
        *(["Warnings:", *notes] if notes else []),
        *(["Problems:", *problems] if problems else [] if feeds["failing"] else ["No problems."]),
    ]


def _feed_states(feeds: dict[str, int]) -> str:
    """Return how many feeds are in each state, such as `` (40 ok, 1 failing)``; empty if there are no feeds."""
    words = ", ".join(f"{feeds[key]} {state}" for key, state in _FEED_STATES.items() if feeds[key])
    return f" ({words})" if words else ""


def _utc(moment: str) -> str:
    """Return an ISO 8601 time from the daemon's answer in a form for people, in UTC."""
    return f"{moment[:16].replace('T', ' ')} UTC"
