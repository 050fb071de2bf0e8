"""``monitor export case``: export everything stored about an actor or a story, as evidence for an investigation."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import config_option, load_active_config
from monitor.cli.output import echo
from monitor.cli.parameters import SINCE, UNTIL
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.exchange.exports.case import CaseSubject
    from monitor.store import Reader

MAX_DIGITS = 18  # of a number that SQLite can hold


@click.command(name="case")
@config_option
@click.argument("subject", metavar="ACTOR|STORY")
@click.option("-o", "output", metavar="DIR", type=click.Path(path_type=Path), required=True, help="A new folder.")
@click.option("--since", type=SINCE, help="For an actor: only hits seen since this time.")
@click.option(
    "--until", type=UNTIL, help="For an actor: only hits seen until this time; a date includes the whole day."
)
def case(config_path: Path | None, subject: str, output: Path, since: datetime | None, until: datetime | None) -> int:
    """Export everything stored about an actor (given its id) or a story (given its number) as evidence, into DIR.

    DIR gets the entries, hits, decisions, deliveries, triage and silences, the watchlist, the hash chain of the hits, a
    page to read and print, and a manifest. The script docs/verify_case.py verifies them.
    """
    from monitor import clock
    from monitor.exchange.exports.case import CaseExport
    from monitor.redaction import Redactor
    from monitor.store import open_reader
    from monitor.wording import counted

    config = load_active_config(config_path)
    with closing(open_reader(config.storage.path)) as db:
        chosen = _case_subject(config, db, subject, since, until)
        summary = CaseExport(db, Redactor(config.secrets).redact, clock.now()).write(chosen, output)
    for finding in summary.findings:
        echo(finding, err=True)
    contents = f"{counted(summary.entries, 'entry')} and {counted(summary.hits, 'hit')}"
    echo(f"exported {contents} to {output}; chain head: {summary.head or 'none'}", err=True)
    return 1 if summary.findings else 0


def _case_subject(config: Config, db: Reader, text: str, since: datetime | None, until: datetime | None) -> CaseSubject:
    """Return the actor or story that *text* names by its id or number; ``actor:7`` or ``story:7`` says which.

    If *text* fits both an actor and a story, it names the actor.

    Args:
        config: The configuration.
        db: A reader of the database.
        text: The id or number that the user typed.
        since: For an actor, include only hits seen at this time or later.
        until: For an actor, include only hits seen at this time or earlier.

    Raises:
        UsageError: *text* names neither, or a period is given for a story.
    """
    from monitor.exchange.exports.case import CaseSubject
    from monitor.store.case_records import is_mentioned

    kind, _, rest = text.partition(":")
    name = rest if kind in ("actor", "story") and rest else text
    number = name.removeprefix("#")
    is_number = number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS
    is_actor = name in config.actors or is_mentioned(db, name)
    if kind != "story" and (is_actor or not is_number):
        if not is_actor:
            raise UsageError(f'there is no actor "{name}", and no story has such a number')
        configured = config.actors.get(name)
        return CaseSubject(actor=name, name=configured.name if configured else "", since=since, until=until)
    if not is_number:
        raise UsageError(f'"{text}": a story is a number, as story:12')
    if kind == "actor":
        raise UsageError(f'there is no actor "{name}"')
    if since or until:
        raise UsageError("--since and --until select hits of an actor; a story is exported whole")
    return CaseSubject(story=int(number))
