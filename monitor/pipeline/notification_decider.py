"""Decide, for each destination, whether and when it is notified of the entries of one document.

``alerts.policy`` makes the decisions. This module reads what the policy needs from the database, and stores the
decisions in the transaction that stores the entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.alerts.policy.case import Case, Plan
from monitor.alerts.policy.decide import decide, decide_corroboration
from monitor.alerts.policy.rate_limits import HOUR
from monitor.alerts.policy.suppression import silenced
from monitor.failpoints import failpoint
from monitor.model import (
    Actor,
    Decision,
    DeliveryKind,
    Entry,
    Judgement,
    NewDelivery,
    NotifiedStory,
    Reason,
    Severity,
    Silence,
    StoryNoise,
    Verdict,
    story_group,
)
from monitor.model.reason import CombinedIntoSummary, NewActor
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.escalation import start_escalations
from monitor.pipeline.stored_mentions import StoredMentions
from monitor.store import (
    Writer,
    combining,
    deliveries,
    hits,
    notification_history,
    outbox,
    stories,
    triage_and_silences,
)
from monitor.store.notification_history import StoryNotification
from monitor.stories import count_sources
from monitor.watchlist import Surge


@dataclass(frozen=True, slots=True)
class StoredHit:
    """A hit that was stored in this transaction, and about which no decision is stored yet."""

    id: int
    entry_id: int
    entry: Entry
    judgement: Judgement
    story: int
    edited: bool = False  # True if an earlier text of the article was a hit

    @property
    def severity(self) -> Severity:
        """Return the highest severity of the rules that matched."""
        return max(rule.severity for rule in self.judgement.rules)


@dataclass(frozen=True, slots=True)
class Corroboration:
    """How many outlets report a story."""

    outlets: int  # counted with the weights of their feeds
    weighted: bool  # whether one outlet counts as several because of its feed's weight


@dataclass(frozen=True, slots=True)
class StoryReport:
    """An entry that reports a story, with the facts about it that are the same for every destination."""

    entry: Entry
    story: int
    severity: Severity
    corroboration: Corroboration  # includes this entry
    hit: int  # number of the entry's hit; if the entry is no hit, of the hit that the destination was notified of
    edited: bool = False
    actors: tuple[str, ...] = ()  # ids of the tracked actors that the entry names


@dataclass(frozen=True, slots=True)
class _ForDestination:
    """The facts about a report of a story that differ between destinations."""

    name: str
    notified: NotifiedStory | None
    rules: tuple[str, ...] = field(default=())  # the matching rules that name the destination in ``send_to``
    silence: Silence | None = None
    outlet: str = ""  # the outlet of the entry, if the entry is no hit for the destination; empty: it is a hit


class NotificationDecider:
    """Decides which destinations are notified of the entries of one document.

    It decides about hits, and about other entries that corroborate a story of which a destination was notified.

    Args:
        db: The writing connection, in a transaction.
        active: The active configuration.
        now: The time at which all decisions are made.
        baseline: True if the document is the first that was read of its feed.
        unread_since: When the feed was last read before this poll; None: never.
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
        self._silences = triage_and_silences.active_silences(db, now)
        self._longest_every_s = max((feed.every_s for feed in active.config.feeds.values()), default=0.0)
        self._mentions = StoredMentions(db, now)
        self._noises: dict[int, StoryNoise | None] = {}  # by story
        self._corroborations: dict[int, Corroboration] = {}  # by story

    def surge_of(self, actor: str) -> Surge | None:
        """Return the current surge of mentions of *actor*; None if it is not mentioned far more often than usual."""
        return self._mentions.surge_of(actor)

    def mentioned_within(self, actor: str, span_s: float) -> datetime | None:
        """Return when *actor* was last mentioned in the last *span_s* seconds; None if it was not."""
        return self._mentions.mentioned_within(actor, span_s)

    def suppress(self, hit: StoredHit, reason: Reason) -> None:
        """Store the decision that no destination is notified of a hit, with *reason* as the suppression reason."""
        for name in hit.judgement.send_to:
            decision = Decision(name, Verdict.SUPPRESS, (reason,))
            group = story_group(hit.story)
            outbox.enqueue(self._db, hit.id, decision, kind=DeliveryKind.ALERT, group=group, now=self._now)

    def decide_hit(self, hit: StoredHit) -> None:
        """Decide whether and when to notify each destination of a hit; store the decisions and enqueue deliveries."""
        known = notification_history.notifications_of_story(self._db, hit.story)
        corroboration = self._corroboration(hit.story, hit.entry_id, hit.entry)
        actors = hit.judgement.actors
        report = StoryReport(hit.entry, hit.story, hit.severity, corroboration, hit.id, hit.edited, actors)
        plans = {}
        for name in hit.judgement.send_to:
            rules = tuple(rule.rule for rule in hit.judgement.rules if name in rule.send_to)
            silence = self._silence(rules, actors)
            case = self._case(report, _ForDestination(name, known.get(name), rules, silence))
            plans[name] = plan = decide(case, self._config.alerts, self._now)
            failpoint("decided")
            self._carry_out(plan, report, hit_decision=True)
        learns_more = [
            name for name in plans if name not in known or known[name].is_open or known[name].severity < hit.severity
        ]
        begun = {name: at for name in learns_more if (at := plans[name].decision.due_at) is not None}
        start_escalations(self._db, self._config, hit.judgement.rules, begun, story=hit.story, now=self._now)
        notified = {name for name, plan in plans.items() if plan.decision.verdict is not Verdict.SUPPRESS}
        for name in known.keys() - notified:
            # if the hit is suppressed for a destination that a rule names, its actors are suppressed too
            self._corroborate(name, replace(report, actors=()) if name in plans else report, known[name])

    def corroborate(self, entry_id: int, entry: Entry, *, story: int, actors: tuple[str, ...]) -> None:
        """Enqueue follow-ups about *story* if *entry*, which is not a hit, adds something new to it.

        This is the case if its outlet makes the story reach a threshold of ``corroborate``, or if it names an actor of
        which a destination was not notified.

        Args:
            entry_id: The id of the entry.
            entry: The entry as it is stored.
            story: The id of the story that the entry reports.
            actors: The ids of the tracked actors that the entry names.
        """
        known = notification_history.notifications_of_story(self._db, story)
        if not known:
            return
        if not actors and stories.reported_before(self._db, story, entry_id, outlet=entry.outlet, feed=entry.feed):
            return
        corroboration = self._corroboration(story, entry_id, entry)
        for name, notified in known.items():
            report = StoryReport(entry, story, notified.severity, corroboration, notified.hit, actors=actors)
            self._corroborate(name, report, notified)

    def _corroborate(self, name: str, report: StoryReport, notified: NotifiedStory) -> None:
        outlets = report.corroboration.outlets
        if notified.is_open:
            notification_history.record_outlets(self._db, report.story, name, outlets)
        elif outlets <= notified.outlets and notified.actors.issuperset(report.actors):
            return
        if name in self._config.destinations:
            known = replace(report, severity=notified.severity, hit=notified.hit, edited=False)
            to = _ForDestination(name, notified, outlet=report.entry.outlet)
            plan = decide_corroboration(self._case(known, to), self._config.alerts, self._now)
            if plan and not self._is_silenced(name, notified.hit):
                self._carry_out(plan, known, hit_decision=False)

    # ------------------------------------------------------------ what the policy needs

    def _case(self, report: StoryReport, to: _ForDestination) -> Case:
        return Case(
            destination=self._config.destinations[to.name],
            severity=report.severity,
            rules=to.rules,
            hit=report.hit,
            story=report.story,
            published_at=report.entry.published_at or report.entry.updated_at,
            dated_by_update=report.entry.published_at is None,
            first_seen_at=report.entry.first_seen_at,
            outlets=report.corroboration.outlets,
            weighted=report.corroboration.weighted,
            baseline=self._baseline,
            edited=report.edited,
            actors=self._unsilenced(report.actors),
            outlet=to.outlet,
            unread_since=self._unread_since,
            reread=timedelta(seconds=self._longest_every_s),
            silence=to.silence,
            noise=self._noise(report.story),
            notified=to.notified,
            planned=outbox.planned(self._db, to.name, self._now - HOUR, self._now),
            summary_due=outbox.summary_due(self._db, to.name),
        )

    def _noise(self, story: int) -> StoryNoise | None:
        if story not in self._noises:
            self._noises[story] = triage_and_silences.noise_of_story(self._db, story)
        return self._noises[story]

    def _silence(self, rules: Sequence[str], actors: Sequence[str]) -> Silence | None:
        return silenced(self._silences, rules=rules, actors=actors, known=self._config.rules, now=self._now)

    def _unsilenced(self, actors: Sequence[str]) -> tuple[Actor, ...]:
        muted = {s.name for s in self._silences if s.subject == "actor" and s.created_at <= self._now < s.until}
        known = self._config.actors
        return tuple(known[actor] for actor in actors if actor in known and actor not in muted)

    def _is_silenced(self, name: str, hit_id: int) -> bool:
        hit = hits.load_hit(self._db, hit_id) if self._silences else None
        if hit is None:
            return False
        rules = [rule.rule for rule in hit.judgement.rules if name in rule.send_to]
        return self._silence(rules, hit.judgement.actors) is not None

    def _corroboration(self, story: int, entry_id: int, entry: Entry) -> Corroboration:
        """Return how many outlets report *story*; read from the database only if *entry* may have added one."""
        known = self._corroborations.get(story)
        if known and stories.reported_before(self._db, story, entry_id, outlet=entry.outlet, feed=entry.feed):
            return known
        feeds = self._config.feeds
        reports = [
            (report.outlet, report.title, feeds[report.feed].weight if report.feed in feeds else 1)
            for report in stories.reports_of_story(self._db, story)
        ]
        weighted = any(weight > 1 for _, _, weight in reports)
        self._corroborations[story] = found = Corroboration(count_sources(reports), weighted)
        return found

    # ------------------------------------------------------------ what it decided

    def _carry_out(self, plan: Plan, report: StoryReport, *, hit_decision: bool) -> None:
        """Store a decision of the policy, enqueue its delivery, and record what the destination is notified of.

        Args:
            plan: The decision of the policy for one destination.
            report: The entry that the decision is about.
            hit_decision: True if the decision is about a new hit. False if a hit that was decided before is sent again,
                because more outlets report its story.
        """
        name, due_at = plan.decision.destination, plan.decision.due_at
        delivery: int | None
        if hit_decision:
            delivery = outbox.enqueue(
                self._db, report.hit, plan.decision, kind=plan.kind, group=plan.group, now=self._now
            )
        else:
            new = NewDelivery(name, plan.kind, plan.group, due_at or self._now, (report.hit,))
            delivery = outbox.open_delivery(self._db, new, self._now)
        if delivery is None or due_at is None:
            return
        outbox.annotate(self._db, delivery, plan.annotation)
        if plan.postpones:
            deliveries.postpone(self._db, delivery, due_at)
        if plan.absorbs_waiting:
            waiting = combining.waiting_alerts(self._db, name, until=due_at, now=self._now)
            combining.combine(self._db, waiting, delivery, (*plan.annotation.reasons, CombinedIntoSummary()))
        outlets = report.corroboration.outlets
        news = {reason.actor for reason in plan.decision.reasons if isinstance(reason, NewActor)}
        actors = news.union(report.actors) if hit_decision else news
        notification = StoryNotification(report.story, name, report.hit, report.severity, outlets, delivery, actors)
        notification_history.record_notified(self._db, notification)
