"""Collect the differences between the hits and messages of two configurations over the same entries."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import count

from monitor.backtest.replay import ReplayedHit
from monitor.backtest.report import BacktestReport, HitChange, HitChanges, HitSide, MessageTally, Tally
from monitor.model import SeenText
from monitor.store.scratch import SentMessage

Why = Callable[[], tuple[str, ...]]  # returns the reasons of a change; called only for changes that are kept as samples


class _Samples:
    """Counts changes of one kind, and keeps the most severe ones as samples, the newest first among equals."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[int, datetime, int, HitChange]] = []
        self._order = count()
        self.number = 0

    def add(self, change: HitChange, why: Why) -> None:
        self.number += 1
        rank = (int(change.severity), change.seen_at)
        if self._most and (len(self._kept) < self._most or rank > self._kept[0][:2]):
            explained = replace(change, why=why())
            push = heapq.heappush if len(self._kept) < self._most else heapq.heapreplace
            push(self._kept, (*rank, next(self._order), explained))

    def result(self) -> HitChanges:
        return HitChanges(self.number, tuple(change for *_, change in sorted(self._kept, reverse=True)))


class _Tallies:
    """Counts hits under each name (a rule, an actor or a day) before and after the edit of the configuration."""

    def __init__(self) -> None:
        self._counts: tuple[Counter[str], ...] = tuple(Counter() for _ in range(4))

    def add(self, before: Iterable[str], after: Iterable[str]) -> None:
        one, other = set(before), set(after)
        for counts, names in zip(self._counts, (one, other, other - one, one - other), strict=True):
            counts.update(names)

    def result(self, *, by_name: bool = False) -> tuple[Tally, ...]:
        names = {name for counts in self._counts for name in counts}
        found = [Tally(name, *(counts[name] for counts in self._counts)) for name in names]
        if by_name:
            return tuple(sorted(found, key=lambda tally: tally.name))
        return tuple(sorted(found, key=lambda tally: (-tally.gained - tally.lost, -tally.after, tally.name)))


class Comparison:
    """Compares the hits of two configurations, text by text, and then their messages.

    Args:
        since: Texts and messages before this time are not counted; None counts all.
        samples: How many changes of each kind to keep as samples.
    """

    def __init__(self, since: datetime | None, samples: int) -> None:
        self._since = since
        self._gained, self._lost, self._severity, self._other_rules = (_Samples(samples) for _ in range(4))
        self._rules, self._actors, self._days = _Tallies(), _Tallies(), _Tallies()
        self._texts = self._before = self._after = self._lowered = 0
        self._first_at: datetime | None = None
        self._last_at: datetime | None = None

    def add(self, text: SeenText, before: ReplayedHit | None, after: ReplayedHit | None, why: Why) -> None:
        """Count one text, with the hit that it is under each of the two configurations.

        Args:
            text: The text that both configurations judged.
            before: The hit under the base configuration; None if it is no hit.
            after: The hit under the edited configuration; None if it is no hit.
            why: A function that returns the reasons if the two differ.
        """
        if self._since is not None and text.seen_at < self._since:
            return
        self._texts += 1
        self._first_at, self._last_at = self._first_at or text.seen_at, text.seen_at
        if before is None and after is None:
            return
        self._before += before is not None
        self._after += after is not None
        one, other = sides = _side(before), _side(after)
        self._rules.add(*(side.rules if side else () for side in sides))
        self._actors.add(*(side.actors if side else () for side in sides))
        day = f"{text.seen_at:%Y-%m-%d}"
        self._days.add(*((day,) if side else () for side in sides))
        self._lowered += one is not None and other is not None and other.severity < one.severity
        samples = self._samples_for(one, other)
        if samples is not None:
            entry = text.entry
            change = HitChange(entry.text.title, entry.link, entry.feed, entry.outlet, text.seen_at, one, other, why=())
            samples.add(change, why)

    def _samples_for(self, before: HitSide | None, after: HitSide | None) -> _Samples | None:
        if before is None or after is None:
            return self._gained if before is None else self._lost
        if before.severity != after.severity:
            return self._severity
        return self._other_rules if set(before.rules) != set(after.rules) else None

    def report(
        self, sent_before: Iterable[SentMessage], sent_after: Iterable[SentMessage], notes: Iterable[str] = ()
    ) -> BacktestReport:
        """Return the report of all differences counted so far, with the messages of both configurations.

        Args:
            sent_before: The messages sent under the base configuration.
            sent_after: The messages sent under the edited configuration.
            notes: Sentences about the limits of the comparison.
        """
        return BacktestReport(
            texts=self._texts,
            first_at=self._first_at,
            last_at=self._last_at,
            hits_before=self._before,
            hits_after=self._after,
            gained=self._gained.result(),
            lost=self._lost.result(),
            severity_changed=self._severity.result(),
            severity_lowered=self._lowered,
            rules_changed=self._other_rules.result(),
            by_rule=self._rules.result(),
            by_actor=self._actors.result(),
            by_day=self._days.result(by_name=True),
            destinations=self._messages(sent_before, sent_after),
            notes=tuple(notes),
        )

    def _messages(self, before: Iterable[SentMessage], after: Iterable[SentMessage]) -> tuple[MessageTally, ...]:
        counts = [
            Counter((m.destination, str(m.kind)) for m in sent if self._since is None or m.sent_at >= self._since)
            for sent in (before, after)
        ]
        names = sorted({name for found in counts for name, _ in found})
        return tuple(
            MessageTally(name, *({kind: n for (to, kind), n in found.items() if to == name} for found in counts))
            for name in names
        )


def _side(hit: ReplayedHit | None) -> HitSide | None:
    if hit is None:
        return None
    judgement = hit.judgement
    return HitSide(hit.severity, tuple(rule.rule for rule in judgement.rules), judgement.actors)
