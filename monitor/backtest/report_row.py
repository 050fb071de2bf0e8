"""The report of a backtest as an object for programs and for the web page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from monitor.backtest.report import BacktestReport, HitChange, HitSide, MessageTally, Tally

if TYPE_CHECKING:
    from monitor.config import Config

COUNTS = ("before", "after", "gained", "lost")


class BaseConfiguration(Protocol):
    """The configuration that the edited one was compared with, and what messages call it."""

    @property
    def config(self) -> Config:
        """The configuration."""

    @property
    def title(self) -> str:
        """What messages call it."""

    @property
    def version(self) -> int | None:
        """Its number; None: it is read from a file."""


def report_row(report: BacktestReport, base: BaseConfiguration, edited: Config) -> dict[str, Any]:
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
        "by_rule": tally_rows("rule", report.by_rule),
        "by_actor": tally_rows("actor", report.by_actor),
        "by_day": tally_rows("day", report.by_day),
        "destinations": [_message_row(tally) for tally in report.destinations],
        "notes": list(report.notes),
    }


def tally_rows(name: str, tallies: Sequence[Tally]) -> list[dict[str, Any]]:
    """Return a JSON object for each of *tallies*.

    The key *name* (rule, actor or day) names what the tally counts.
    """
    return [{name: tally.name, **{count: getattr(tally, count) for count in COUNTS}} for tally in tallies]


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
