"""``monitor silence``: hear nothing of an actor or a rule for a while."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.acting import act
from monitor.cli.options import config_option, load_config
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.config import Config


@click.command(name="silence")
@config_option
@click.argument("name", metavar="ACTOR|RULE")
@click.argument("span", metavar="TIME")
@click.option("-m", "--message", "why", required=True, help="Why; shown with every hit that is not sent.")
def command(config_path: Path | None, name: str, span: str, why: str) -> None:
    """Silence an actor or a rule for a TIME as "30m", "4h", "7d".

    Hits are stored as ever, with the silence as the reason why nobody was told. When an actor and a rule share a name,
    write actor:NAME or rule:NAME.
    """
    from monitor.config import parse_duration

    config = load_config(config_path)
    subject, name = _subject(config, name)
    try:
        for_s = parse_duration(span)
    except ValueError as error:
        raise UsageError(f"TIME {error}") from error
    if for_s <= 0:
        raise UsageError('TIME must be more than nothing; write it as "30m", "4h" or "7d"')
    if not why.strip():
        raise UsageError('say why: -m "known campaign"')
    request = {
        "do": "silence",
        "subject": subject,
        "name": name,
        "for_s": for_s,
        "why": why,
        "author": getpass.getuser(),
    }
    click.echo(act(config, request))


def _subject(config: Config, name: str) -> tuple[str, str]:
    """Return whether *name* is an actor or a rule, and its id."""
    from monitor.config.schema.values import did_you_mean

    known = {"actor": config.actors, "rule": config.rules}
    given, colon, rest = name.partition(":")
    if colon and given in known:
        known, name = {given: known[given]}, rest
    subjects = [subject for subject, there in known.items() if name in there]
    if len(subjects) > 1:
        raise UsageError(f'there are an actor and a rule called "{name}"; write actor:{name} or rule:{name}')
    if not subjects:
        hint = did_you_mean(name, [each for there in known.values() for each in there])
        raise UsageError(
            f'no {" and no ".join(known)} called "{name}" in {config.path}' + (f"; {hint}" if hint else "")
        )
    return subjects[0], name
