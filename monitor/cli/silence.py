"""``monitor silence`` and ``monitor silences``: mute an actor or a rule for a while; list and end such silences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import config_option, load_active_config, output_options
from monitor.cli.output import Table, write_rows
from monitor.cli.parameters import NUMBER
from monitor.daemon.control_client import author, perform
from monitor.errors import UsageError
from monitor.times import span_seconds

if TYPE_CHECKING:
    from monitor.config import Config

_COLUMNS = ("id", "subject", "name", "until", "author", "why")
ACTIVE = Table(_COLUMNS, empty="no silence is active", wide=("why",))
ALL = Table((*_COLUMNS, "ended_by"), empty="there are no silences", wide=("why",))


@click.command(name="silence")
@config_option
@click.argument("name", metavar="ACTOR|RULE")
@click.argument("span", metavar="TIME")
@click.option("-m", "--message", "why", required=True, help="The reason; shown with every hit it suppresses.")
def command(config_path: Path | None, name: str, span: str, why: str) -> None:
    """Mute an actor or a rule for TIME, such as "30m", "4h" or "7d".

    Hits are stored as usual, but nobody is notified; the audit record gives the silence as the reason. If an actor and
    a rule have the same name, write actor:NAME or rule:NAME.
    """
    from monitor.daemon.operator_actions import AddSilence

    config = load_active_config(config_path)
    subject, name = _subject(config, name)
    for_s = span_seconds(span)
    if not for_s:
        raise UsageError(f'TIME: "{span}" is not a span of time; use 30m, 4h or 7d')
    if not why.strip():
        raise UsageError('-m: a silence needs a reason, for example -m "known campaign"')
    click.echo(perform(config.storage.path, AddSilence(subject, name, for_s, why, author())))


def _subject(config: Config, name: str) -> tuple[str, str]:
    """Return "actor" or "rule", whichever *name* is in *config*, and its id."""
    from monitor.config.schema.values import did_you_mean

    known = {"actor": config.actors, "rule": config.rules}
    given, colon, rest = name.partition(":")
    if colon and given in known:
        known, name = {given: known[given]}, rest
    subjects = [subject for subject, names in known.items() if name in names]
    if len(subjects) > 1:
        raise UsageError(f'an actor and a rule are called "{name}"; write actor:{name} or rule:{name}')
    if not subjects:
        hint = did_you_mean(name, [each for names in known.values() for each in names])
        raise UsageError(
            f'{config.path} has no {" and no ".join(known)} called "{name}"' + (f"; {hint}" if hint else "")
        )
    return subjects[0], name


@click.group(name="silences", invoke_without_command=True)
@config_option
@click.option("--all", "show_all", is_flag=True, help="Include the silences that have ended, the newest first.")
@output_options
@click.pass_context
def silences(ctx: click.Context, config_path: Path | None, show_all: bool, form: str | None) -> int:
    """List active silences; the one that ends first comes first."""
    ctx.obj = config_path
    if ctx.invoked_subcommand is None:
        _list(config_path, show_all, form)
    return 0


def _list(config_path: Path | None, show_all: bool, form: str | None) -> None:
    from monitor import clock
    from monitor.store import open_reader, triage_and_silences

    db = open_reader(load_active_config(config_path).storage.path)
    try:
        found = (
            triage_and_silences.list_silences(db)
            if show_all
            else [(silence, "") for silence in triage_and_silences.active_silences(db, clock.now())]
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
    write_rows(rows, ALL if show_all else ACTIVE, form)


@silences.command(name="end")
@click.argument("number", metavar="ID", type=NUMBER)
@click.pass_obj
def end(config_path: Path | None, number: int) -> None:
    """End the silence with the number ID now."""
    from monitor.daemon.operator_actions import EndSilence

    click.echo(perform(load_active_config(config_path).storage.path, EndSilence(number, author())))
