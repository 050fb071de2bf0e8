"""Print the report of a backtest: as text for people, as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from monitor.cli.output import Table, printable, table_lines
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.backtest.report import BacktestReport, HitChange, HitChanges, HitSide, MessageTally, Tally
    from monitor.cli.versions import NamedConfiguration
    from monitor.config import Config

MOST_ROWS = 20  # of each table
_COUNTS = ("before", "after", "gained", "lost")


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


def report_row(report: BacktestReport, base: NamedConfiguration, edited: Config) -> dict[str, Any]:
    """Return the report of a backtest as the object that ``backtest --json`` prints.

    Args:
        report: The report.
        base: The configuration that the edited one was compared with.
        edited: The edited configuration.
    """
    from monitor.watchlist import find_changes

    kinds = {
        "gained": report.gained,
        "lost": report.lost,
        "severity_changed": report.severity_changed,
        "rules_changed": report.rules_changed,
    }
    return {
        "base": base.title,
        "base_version": base.version,
        "edited": str(edited.path),
        "changes": [str(change) for change in find_changes(base.config, edited)],
        "texts": report.texts,
        "first_at": report.first_at,
        "last_at": report.last_at,
        "hits": {
            "before": report.hits_before,
            "after": report.hits_after,
            **{name: found.number for name, found in kinds.items()},
            "severity_lowered": report.severity_lowered,
        },
        **{name: [_sample_row(change) for change in found.samples] for name, found in kinds.items()},
        "by_rule": _tally_rows("rule", report.by_rule),
        "by_actor": _tally_rows("actor", report.by_actor),
        "by_day": _tally_rows("day", report.by_day),
        "destinations": [_message_row(tally) for tally in report.destinations],
        "notes": list(report.notes),
    }


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
    yield from table_lines(_tally_rows(name, shown), Table((name, *_COUNTS), ""))
    if len(tallies) > MOST_ROWS:
        yield f"and {len(tallies) - MOST_ROWS:,} more; --json has all"


def _tally_rows(name: str, tallies: Sequence[Tally]) -> list[dict[str, Any]]:
    return [{name: tally.name, **{count: getattr(tally, count) for count in _COUNTS}} for tally in tallies]


def _message_row(tally: MessageTally) -> dict[str, Any]:
    before, after = tally.totals
    kinds = {
        kind: {"before": tally.before.get(kind, 0), "after": tally.after.get(kind, 0)}
        for kind in sorted(tally.before.keys() | tally.after.keys())
    }
    return {"destination": tally.destination, "before": before, "after": after, "kinds": kinds}


def _sample_row(change: HitChange) -> dict[str, Any]:
    return {
        "title": change.title,
        "link": change.link,
        "feed": change.feed,
        "outlet": change.outlet,
        "seen_at": change.seen_at,
        "before": _side_row(change.before),
        "after": _side_row(change.after),
        "why": list(change.why),
    }


def _side_row(side: HitSide | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {"severity": side.severity.word, "rules": list(side.rules), "actors": list(side.actors)}
