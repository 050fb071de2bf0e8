"""``monitor learn``: suggest changes of the watchlist, from past entries and their triage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from monitor.cli.learn_output import Verbatim, report_lines, report_row
from monitor.cli.options import config_option, load_config
from monitor.cli.output import dump, echo, progress
from monitor.cli.parameters import SINCE
from monitor.cli.past_entries import open_entries_file, print_bad_lines
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.backtest.entries_file import BadLine
    from monitor.config import Config
    from monitor.learning.alias_precision import AliasPrecision
    from monitor.learning.run import LearningOptions, LearningReport
    from monitor.model import SeenText
    from monitor.store import Reader

DEFAULT_SPAN = timedelta(days=90)


@click.command(name="learn")
@config_option
@click.option("--since", type=SINCE, help="Read entries and hits seen since then.  [default: 90d]")
@click.option("--actor", help="Show only suggestions about this actor.")
@click.option("--entries", type=click.File("rb"), help="Read entries from this file (NDJSON, as match reads it).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(config_path: Path | None, **given: Any) -> int:
    """Suggest changes of the watchlist, from past entries and from how people triaged hits.

    It shows how precise each alias is and how to make noisy aliases more precise, texts that almost match an alias,
    thefts without a tracked actor, and other names that news items give tracked actors. Each suggestion comes with its
    evidence, its effect on past entries, and the TOML to paste. Nothing is sent, stored or changed; a daemon may run
    meanwhile.
    """
    asked = _Asked(**given)
    config = load_config(config_path)
    if asked.actor is not None and asked.actor not in config.actors:
        near = get_close_matches(asked.actor, config.actors, n=1)
        raise UsageError(
            f'--actor: {config.path} has no actor "{asked.actor}"' + (f'; did you mean "{near[0]}"?' if near else "")
        )
    with ExitStack() as stack:
        return _run(asked, config, stack)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options that the user gave to ``monitor learn``."""

    since: datetime | None
    actor: str | None
    entries: IO[bytes] | None
    as_json: bool


def _run(asked: _Asked, config: Config, stack: ExitStack) -> int:
    from monitor import clock
    from monitor.learning.run import LearningOptions, learn_from_texts
    from monitor.store import database_exists, learned_words, open_reader

    database = config.storage.path
    db = stack.enter_context(open_reader(database)) if database_exists(database) else None
    since = asked.since or clock.now() - DEFAULT_SPAN
    learned = learned_words.latest(db).words if db is not None else frozenset[str]()
    options = LearningOptions(asked.actor, learned, stored_stories=asked.entries is None)
    bad: tuple[BadLine, ...] = ()
    texts: Iterator[SeenText]
    if asked.entries is not None:
        file = open_entries_file(asked.entries, stack, since=asked.since)
        texts, total, bad = file.texts(), len(file), tuple(file.bad)
    elif db is not None:
        texts, total = _stored(db, since)
    else:
        raise UsageError(f"there is no database at {database} yet; name a file of entries: --entries FILE")
    aliases = _aliases(db, config, since, options)
    with progress("reading entries", total) as advance:
        report = learn_from_texts(config, texts, aliases, options=options, progress=advance)
    _print(report, config, bad, as_json=asked.as_json)
    print_bad_lines(bad)
    return 1 if bad else 0


def _stored(db: Reader, since: datetime) -> tuple[Iterator[SeenText], int]:
    """Return the stored texts seen at or after *since*, and how many there are."""
    from monitor.store.stored_texts import count_texts, stored_texts

    return stored_texts(db, since), count_texts(db, since)


def _aliases(
    db: Reader | None, config: Config, since: datetime, options: LearningOptions
) -> tuple[AliasPrecision, ...]:
    """Return the precision of each alias; nothing without a database, because the triage is stored there."""
    from monitor.learning.alias_precision import alias_precisions

    if db is None:
        return ()
    with progress("judging triaged hits", None) as advance:
        return alias_precisions(db, config, since, actor=options.actor, learned=options.learned, progress=advance)


def _print(report: LearningReport, config: Config, bad: tuple[BadLine, ...], *, as_json: bool) -> None:
    if as_json:
        lines = [{"line": line.number, "error": line.error} for line in bad]
        click.echo(dump(report_row(report, config) | {"bad_lines": lines}, indent=2))
        return
    for line in report_lines(report, config):
        if isinstance(line, Verbatim):
            click.echo(line)
        else:
            echo(line)
