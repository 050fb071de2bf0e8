"""``monitor backtest``: compare an edited configuration with the active one: what they find and whom they notify."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from monitor.cli.backtest_output import report_lines
from monitor.cli.options import config_option, load_config
from monitor.cli.output import dump, echo, progress
from monitor.cli.parameters import NUMBER, SINCE, UNTIL
from monitor.cli.past_entries import open_entries_file, print_bad_lines
from monitor.errors import UsageError
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.backtest.entries_file import BadLine
    from monitor.backtest.run import BacktestOptions
    from monitor.cli.versions import NamedConfiguration
    from monitor.config import Config
    from monitor.model import SeenText
    from monitor.store import Reader

DEFAULT_SPAN = timedelta(days=30)


@click.command(name="backtest")
@config_option
@click.option("--since", type=SINCE, help="Compare on entries seen since TIME.  [default: 30d]")
@click.option("--until", type=UNTIL, help="Leave out entries seen after TIME.")
@click.option(
    "--against", metavar="VERSION|FILE", help="Compare with this version or file instead of the active configuration."
)
@click.option("--entries", type=click.File("rb"), help="Read entries from this file (NDJSON, as match reads it).")
@click.option(
    "--samples", type=NUMBER, default=10, show_default=True, help="How many hits to show for each kind of change."
)
@click.option("--fail-on-loss", is_flag=True, help="Exit 1 if a hit is lost or has a lower severity.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(config_path: Path | None, **given: Any) -> int:
    """Compare the configuration file with the active configuration on past entries.

    Show which hits the edited file would gain or lose and why, changes of severity, counts by rule, actor and day, and
    how many messages each destination would get. Nothing is sent or stored. The daemon may keep running.
    """
    asked = _Options(**given)
    edited = load_config(config_path)
    with ExitStack() as stack:
        return _run(asked, edited, stack)


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of ``monitor backtest``, as they were typed."""

    since: datetime | None
    until: datetime | None
    against: str | None
    entries: IO[bytes] | None
    samples: int
    fail_on_loss: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class _Source:
    """The past entries that a backtest reads, how many there are, and the options that go with them."""

    texts: Iterator[SeenText]
    total: int
    options: BacktestOptions
    bad: tuple[BadLine, ...] = ()


def _run(asked: _Options, edited: Config, stack: ExitStack) -> int:
    from monitor.backtest.report_row import report_row
    from monitor.backtest.run import backtest
    from monitor.store import database_exists, open_reader

    database = edited.storage.path
    db = stack.enter_context(open_reader(database)) if database_exists(database) else None
    base = _base(db, asked.against)
    source = _of_file(asked, asked.entries, db, stack) if asked.entries else _of_database(asked, db, database)
    with progress("comparing", source.total) as advance:
        report = backtest(base.config, edited, source.texts, options=source.options, progress=advance)
    if asked.as_json:
        bad = [{"line": line.number, "error": line.error} for line in source.bad]
        click.echo(dump(report_row(report, base, edited) | {"bad_lines": bad}, indent=2))
    else:
        for line in report_lines(report, base, edited):
            echo(line)
    print_bad_lines(source.bad)
    return 1 if source.bad or (asked.fail_on_loss and report.has_loss) else 0


def _base(db: Reader | None, against: str | None) -> NamedConfiguration:
    from monitor.cli.versions import active_configuration, named_configuration

    if against is not None:
        return named_configuration(db, against)
    if db is None:
        raise UsageError("no configuration has been active yet; compare with another file: --against FILE")
    return active_configuration(db)


def _of_database(asked: _Options, db: Reader | None, database: Path) -> _Source:
    from monitor import clock
    from monitor.backtest.stored_entries import stored_entries

    if db is None:
        raise UsageError(f"there is no database at {database} yet; name a file of entries: --entries FILE")
    since = asked.since or clock.now() - DEFAULT_SPAN
    if asked.until is not None and asked.until <= since:
        raise UsageError("--until is not later than --since")
    found = stored_entries(db, since, asked.until, samples=asked.samples)
    return _Source(found.texts, found.total, found.options)


def _of_file(asked: _Options, file: IO[bytes], db: Reader | None, stack: ExitStack) -> _Source:
    from monitor.backtest.run import BacktestOptions
    from monitor.store import learned_words

    entries = open_entries_file(file, stack, since=asked.since, until=asked.until)
    notes = ["Each entry counts as seen at its date. Messages count as accepted when they are due."]
    if entries.undated:
        notes.append(f"{counted(entries.undated, 'entry')} without a date: treated as the latest.")
    learned = learned_words.latest(db).words if db is not None else frozenset[str]()
    options = BacktestOptions(samples=asked.samples, learned=learned, notes=tuple(notes))
    return _Source(entries.texts(), len(entries), options, tuple(entries.bad))
