"""Print the report of a backtest as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from monitor.backtest.report_row import COUNTS, tally_rows
from monitor.cli.output import Table, printable, table_lines
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.backtest.report import BacktestReport, HitChange, HitChanges, Tally
    from monitor.cli.versions import NamedConfiguration
    from monitor.config import Config

MOST_ROWS = 20  # of each table


def report_lines(report: BacktestReport, base: NamedConfiguration, edited: Config) -> Iterator[str]:
    """Yield the report of a backtest as lines of text.

    Args:
        report: The report.
        base: The configuration that the edited one was compared with.
        edited: The edited configuration.
    """
    from monitor.watchlist import change_words, find_changes

    yield f"From {printable(base.title)} to {printable(str(edited.path))}:"
    changes = change_words(find_changes(base.config, edited))
    yield from (f"  {printable(line)}" for line in changes or ["no change"])
    yield ""
    yield _headline(report)
    yield from _messages(report)
    for title, found in (
        ("Lost hits", report.lost),
        ("Gained hits", report.gained),
        ("Hits with another severity", report.severity_changed),
        ("Hits by other rules", report.rules_changed),
    ):
        yield from _samples(title, found)
    for name, tallies in (("rule", report.by_rule), ("actor", report.by_actor), ("day", report.by_day)):
        yield from _table(name, tallies)
    yield ""
    yield from report.notes


def _headline(report: BacktestReport) -> str:
    if report.first_at is None or report.last_at is None:
        return "No entries in that period."
    texts = f"{counted(report.texts, 'text')} seen {report.first_at:%Y-%m-%d} to {report.last_at:%Y-%m-%d}"
    details = [
        f"{report.gained.number:,} gained",
        f"{report.lost.number:,} lost",
        *([f"{report.severity_changed.number:,} with another severity"] if report.severity_changed.number else []),
        *([f"{report.rules_changed.number:,} by other rules"] if report.rules_changed.number else []),
    ]
    return f"{texts}: {report.hits_before:,} -> {counted(report.hits_after, 'hit')} ({', '.join(details)})"


def _messages(report: BacktestReport) -> Iterator[str]:
    for tally in report.destinations:
        before, after = tally.totals
        kinds = [
            f"{kind} {tally.before.get(kind, 0):,} -> {tally.after.get(kind, 0):,}"
            for kind in sorted(tally.before.keys() | tally.after.keys())
        ]
        yield f"  {tally.destination}: {before:,} -> {counted(after, 'message')} ({', '.join(kinds)})"


def _samples(title: str, found: HitChanges) -> Iterator[str]:
    if not found.number:
        return
    yield ""
    shown = f", {len(found.samples)} shown" if len(found.samples) < found.number else ""
    yield f"{title}: {found.number:,}{shown}"
    for change in found.samples:
        yield f"  [{_severities(change)}] {printable(change.title)}"
        place = " | ".join(filter(None, (printable(change.outlet), f"{change.seen_at:%Y-%m-%d %H:%M} UTC")))
        yield f"    {place}{f' | {printable(change.link)}' if change.link else ''}"
        yield from (f"    {printable(reason)}" for reason in change.why)


def _severities(change: HitChange) -> str:
    sides = [side.severity.word.upper() for side in (change.before, change.after) if side]
    return " -> ".join(dict.fromkeys(sides))


def _table(name: str, tallies: Sequence[Tally]) -> Iterator[str]:
    if not tallies:
        return
    shown = tallies[-MOST_ROWS:] if name == "day" else tallies[:MOST_ROWS]
    yield ""
    yield from table_lines(tally_rows(name, shown), Table((name, *COUNTS), ""))
    if len(tallies) > MOST_ROWS:
        yield f"and {len(tallies) - MOST_ROWS:,} more; --json has all"
