"""The desk: what is done about the news of one document, for each destination, in the transaction that stores it.

The policy decides; this reads what it has to know, and writes what it decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.alerts.policy.decide import Case, Plan, corroborated, decide
from monitor.alerts.policy.follow_ups import joined
from monitor.alerts.policy.limits import HOUR
from monitor.alerts.policy.silences import silenced
from monitor.failpoints import failpoint
from monitor.model import Annotation, Entry, Judgement, NotifiedStory, Severity, Silence, Verdict
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.escalation import start_escalations
from monitor.store import (
    Writer,
    combining,
    deliveries,
    entries,
    hits,
    mentions,
    messages,
    notification_history,
    outbox,
    silence_records,
    stories,
)
from monitor.stories import count_sources
from monitor.watchlist import Surge, find_surge

DAY = timedelta(days=1)
BASELINE_DAYS = 28  # that say how often an actor is usually mentioned


@dataclass(frozen=True, slots=True)
class Carried:
    """Who carries a story."""

    outlets: int  # as their feeds' weights count them
    weighted: bool  # one of them counts as several


@dataclass(frozen=True, slots=True)
class News:
    """An entry that came in, and what it means for its story."""

    entry: Entry
    story: int
    severity: Severity
    carried: Carried  # the story, now


class NotificationDecider:
    """Decides about hits, and about entries that are none but corroborate a story.

    Args:
        db: The writer, in a transaction.
        active: What is in force.
        now: The moment of every decision.
        baseline: True when the document is the first of its feed.
        unread_since: When the feed was last read before; None: never.
    """

    def __init__(
        self,
        db: Writer,
        active: ActiveConfiguration,
        now: datetime,
        *,
        baseline: bool = False,
        unread_since: datetime | None = None,
    ) -> None:
        self._db = db
        self._config = active.config
        self._now = now
        self._baseline = baseline
        self._unread_since = unread_since
        self._silences = silence_records.silences_in_force(db, now)
        self._longest_every_s = max((feed.every_s for feed in active.config.feeds.values()), default=0.0)
        self._surges: dict[str, Surge | None] = {}  # by actor
        self._carried: dict[int, Carried] = {}  # by story

    def surge_of(self, actor: str) -> Surge | None:
        """Return the surge of *actor*, None when it is not mentioned far more often than usual."""
        if actor not in self._surges:
            day_ago = self._now - DAY
            days = min(BASELINE_DAYS, (day_ago - (entries.oldest_seen_at(self._db) or self._now)).days)
            since = day_ago - max(days, 0) * DAY
            today, before = mentions.count_stories(self._db, actor, since=since, day_ago=day_ago)
            self._surges[actor] = find_surge(today, before, days)
        return self._surges[actor]

    def decide_hit(
        self, hit_id: int, entry_id: int, entry: Entry, judgement: Judgement, *, story: int, edited: bool = False
    ) -> None:
        """Decide for every destination of a hit, keep that with the reason, and enqueue what is to be sent."""
        known = notification_history.notifications_of_story(self._db, story)
        severity = max(rule.severity for rule in judgement.rules)
        news = News(entry, story, severity, self._who_carries(story, entry_id, entry))
        plans = {}
        for name in judgement.send_to:
            matched = [rule for rule in judgement.rules if name in rule.send_to]
            ids = tuple(rule.rule for rule in matched)
            silence = self._silence(ids, judgement.actors)
            case = self._case(name, news, known.get(name), hit=hit_id, rules=ids, silence=silence, edited=edited)
            plans[name] = plan = decide(case, self._config.alerts, self._now)
            failpoint("decided")
            self._carry_out(plan, hit_id, news)
        news_to = [
            name for name in plans if name not in known or known[name].is_open or known[name].severity < severity
        ]
        begun = {name: at for name in news_to if (at := plans[name].decision.due_at) is not None}
        start_escalations(self._db, self._config, judgement.rules, begun, story=story, now=self._now)
        for name in known.keys() - {name for name, plan in plans.items() if plan.decision.verdict is not Verdict.NO}:
            self._corroborate(name, news, known[name])

    def corroborate(self, entry_id: int, entry: Entry, *, story: int) -> None:
        """Follow up where an entry that is no hit makes it as many outlets as a destination wants to hear of."""
        known = notification_history.notifications_of_story(self._db, story)
        if not known or stories.reported_before(self._db, story, entry_id, outlet=entry.outlet, feed=entry.feed):
            return
        carried = self._who_carries(story, entry_id, entry)
        for name, what in known.items():
            self._corroborate(name, News(entry, story, what.severity, carried), what)

    def _corroborate(self, name: str, news: News, what: NotifiedStory) -> None:
        if what.is_open:
            notification_history.record_outlets(self._db, news.story, name, news.carried.outlets)
        elif name in self._config.destinations and news.carried.outlets > what.outlets:
            news = replace(news, severity=what.severity)
            plan = corroborated(self._case(name, news, what), self._config.alerts, self._now)
            if plan and not self._is_silenced(name, what.hit):
                self._carry_out(plan, what.hit, news, again=True)

    # ------------------------------------------------------------ what the policy has to know

    def _case(
        self,
        name: str,
        news: News,
        what: NotifiedStory | None,
        *,
        hit: int = 0,
        rules: tuple[str, ...] = (),
        silence: Silence | None = None,
        edited: bool = False,
    ) -> Case:
        return Case(
            destination=self._config.destinations[name],
            severity=news.severity,
            rules=rules,
            hit=f"hit {hit}",
            story=f"story {news.story}",
            published_at=news.entry.published_at,
            first_seen_at=news.entry.first_seen_at,
            outlets=news.carried.outlets,
            weighted=news.carried.weighted,
            baseline=self._baseline,
            edited=edited,
            unread_since=self._unread_since,
            reread=timedelta(seconds=self._longest_every_s),
            silence=silence,
            told=what,
            planned=deliveries.planned(self._db, name, self._now - HOUR, self._now),
            summary_due=deliveries.summary_due(self._db, name),
        )

    def _silence(self, rules: Sequence[str], actors: Sequence[str]) -> Silence | None:
        return silenced(self._silences, rules=rules, actors=actors, known=self._config.rules, now=self._now)

    def _is_silenced(self, name: str, hit_id: int) -> bool:
        hit = hits.load_hit(self._db, hit_id) if self._silences else None
        if hit is None:
            return False
        rules = [rule.rule for rule in hit.judgement.rules if name in rule.send_to]
        return self._silence(rules, hit.judgement.actors) is not None

    def _who_carries(self, story: int, entry_id: int, entry: Entry) -> Carried:
        """Return who carries *story*; looked up anew only when *entry* may have added an outlet."""
        known = self._carried.get(story)
        if known and stories.reported_before(self._db, story, entry_id, outlet=entry.outlet, feed=entry.feed):
            return known
        feeds = self._config.feeds
        reports = [
            (report.outlet, report.title, feeds[report.feed].weight if report.feed in feeds else 1)
            for report in stories.reports_of_story(self._db, story)
        ]
        weighted = any(weight > 1 for _, _, weight in reports)
        self._carried[story] = found = Carried(count_sources(reports), weighted)
        return found

    # ------------------------------------------------------------ what it decided

    def _carry_out(self, plan: Plan, hit_id: int, news: News, *, again: bool = False) -> None:
        """Keep the decision, put the hit into its delivery, and remember what the destination will know.

        With *again* the hit has its decision already: it is sent once more, for what others say of its story.
        """
        name, due_at = plan.decision.destination, plan.decision.due_at
        delivery = self._open_again(plan, hit_id) if again else self._enqueue(plan, hit_id)
        if delivery is None or due_at is None:
            return
        if plan.annotation != Annotation():
            said = messages.annotation_of(self._db, delivery)
            messages.store_annotation(self._db, delivery, joined(said, plan.annotation))
        if plan.gathers:
            waiting = combining.alerts_that_wait(self._db, name, until=due_at, now=self._now)
            combining.fold(self._db, waiting, delivery, f"{plan.annotation.why}: in one summary")
        notification_history.record_notified(
            self._db,
            news.story,
            name,
            hit=hit_id,
            severity=news.severity,
            outlets=news.carried.outlets,
            delivery=delivery,
        )

    def _enqueue(self, plan: Plan, hit_id: int) -> int | None:
        return outbox.enqueue(self._db, hit_id, plan.decision, kind=plan.kind, group_key=plan.group_key, now=self._now)

    def _open_again(self, plan: Plan, hit_id: int) -> int:
        return outbox.open_delivery(
            self._db,
            plan.decision.destination,
            kind=plan.kind,
            group_key=plan.group_key,
            due_at=plan.decision.due_at or self._now,
            now=self._now,
            hits=[hit_id],
        )
