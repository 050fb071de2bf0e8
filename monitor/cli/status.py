"""``monitor status``: how the running daemon stands, told by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from monitor.cli.options import config_option, load_config
from monitor.cli.output import printable

_FEEDS = {"ok": "ok", "odd": "odd", "new": "not polled yet", "failing": "failing"}


@click.command(name="status")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(config_path: Path | None, as_json: bool) -> int:
    """Show how the daemon stands. Exit 0: all well, 1: something is wrong (it is named), 3: no daemon runs."""
    from monitor.daemon.control_socket import ask

    answer = ask(load_config(config_path).storage.path, {"do": "status"})
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(answer)))
    return 1 if answer["problems"] else 0


def _lines(answer: dict[str, Any]) -> list[str]:
    feeds, waiting = answer["feeds"], answer["deliveries"]
    states = ", ".join(f"{number} {state}" for state, number in waiting.items()) or "none waiting"
    notes, problems = ([f"  {printable(line)}" for line in answer[what]] for what in ("notes", "problems"))
    return [
        f"monitor {answer['version']} runs since {answer['since']} (pid {answer['pid']})",
        f"configuration {answer['configuration']}, in force since {answer['configuration_since']}",
        f"watchlist version {answer['watchlist_version']}",
        f"feeds: {feeds['total']}, of which " + ", ".join(f"{feeds[how]} {words}" for how, words in _FEEDS.items()),
        f"deliveries: {states}",
        *([f"canary of {answer['canary']['asked_at']}: {answer['canary']['words']}"] if answer["canary"] else []),
        f"database: {answer['database']['path']}, {answer['database']['bytes'] / 1e6:.1f} MB",
        *(["Worth a look:", *notes] if notes else []),
        *(["Wrong:", *problems] if problems else ["All well."]),
    ]
