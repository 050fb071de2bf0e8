"""The desk: what is done about the news of one document, for each destination, in the transaction that stores it.

The policy decides; this reads what it has to know, and writes what it decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.alerts.follow_ups import joined
from monitor.alerts.limits import HOUR
from monitor.alerts.policy import Case, Plan, corroborated, decide
from monitor.alerts.silencing import silenced
from monitor.daemon.faults import passing
from monitor.daemon.watch import Watch
from monitor.model import Entry, Judgement, Remark, RuleMatch, Severity, Silence, Told, Verdict
from monitor.store import Writer, deliveries, folding, hits, messages, outbox, people, stories, timers, told
from monitor.stories import count_sources

ESCALATION = "escalation"  # the kind of its timers


class Desk:
    """Decides about hits, and about entries that are none but corroborate a story.

    Args:
        db: The writer, in a transaction.
        watch: What is in force.
        now: The moment of every decision.
        baseline: True when the document is the first of its feed.
        unread_since: When the feed was last read before; None: never.
    """

    def __init__(
        self, db: Writer, watch: Watch, now: datetime, *, baseline: bool = False, unread_since: datetime | None = None
    ) -> None:
        self._db = db
        self._config = watch.config
        self._now = now
        self._baseline = baseline
        self._unread_since = unread_since
        self._silences = people.silences_in_force(db, now)
        self._outlets: dict[int, int] = {}  # by story

    def decide_hit(
        self, hit_id: int, entry_id: int, entry: Entry, judgement: Judgement, *, story: int, edited: bool = False
    ) -> None:
        """Decide for every destination of a hit, keep that with the reason, and enqueue what is to be sent."""
        known = told.told_of(self._db, story)
        outlets = self._count_outlets(story, entry_id, entry)
        severity = max(rule.severity for rule in judgement.rules)
        plans = {}
        for name in judgement.send_to:
            matched = [rule for rule in judgement.rules if name in rule.send_to]
            case = self._case(
                name,
                entry,
                severity,
                story,
                outlets,
                known.get(name),
                rules=matched,
                hit=hit_id,
                actors=judgement.actors,
                edited=edited,
            )
            plans[name] = plan = decide(case, self._config.alerts, self._now)
            passing("decided")
            self._carry_out(plan, hit_id, story=story, severity=severity, outlets=outlets)
        self._start_escalations(judgement.rules, plans, known, story=story, severity=severity)
        for name in known.keys() - {name for name, plan in plans.items() if plan.decision.verdict is not Verdict.NO}:
            self._corroborate(name, entry, known[name], story=story, outlets=outlets)

    def corroborate(self, entry_id: int, entry: Entry, *, story: int) -> None:
        """Follow up where an entry that is no hit makes it as many outlets as a destination wants to hear of."""
        known = told.told_of(self._db, story)
        if not known or stories.carried_before(self._db, story, entry_id, outlet=entry.outlet, feed=entry.feed):
            return
        outlets = self._count_outlets(story, entry_id, entry)
        for name, what in known.items():
            self._corroborate(name, entry, what, story=story, outlets=outlets)

    def _corroborate(self, name: str, entry: Entry, what: Told, *, story: int, outlets: int) -> None:
        if what.is_open:
            told.note_outlets(self._db, story, name, outlets)
        elif name in self._config.destinations and outlets > what.outlets:
            case = self._case(name, entry, what.severity, story, outlets, what)
            plan = corroborated(case, self._config.alerts, self._now)
            if plan and not self._is_silenced(name, what.hit):
                self._carry_out(plan, what.hit, story=story, severity=what.severity, outlets=outlets, again=True)

    # ------------------------------------------------------------ what the policy has to know

    def _case(
        self,
        name: str,
        entry: Entry,
        severity: Severity,
        story: int,
        outlets: int,
        what: Told | None,
        *,
        rules: Sequence[RuleMatch] = (),
        actors: Sequence[str] = (),
        hit: int = 0,
        edited: bool = False,
    ) -> Case:
        ids = tuple(rule.rule for rule in rules)
        return Case(
            destination=self._config.destinations[name],
            severity=severity,
            rules=ids,
            hit=f"hit {hit}",
            story=f"story {story}",
            published_at=entry.published_at,
            first_seen_at=entry.first_seen_at,
            outlets=outlets,
            baseline=self._baseline,
            edited=edited,
            unread_since=self._unread_since,
            silence=self._silence(ids, actors),
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

    def _count_outlets(self, story: int, entry_id: int, entry: Entry) -> int:
        """Return how many outlets carry *story*; counted anew only when *entry* may have added one."""
        known = self._outlets.get(story)
        if known is not None and stories.carried_before(
            self._db, story, entry_id, outlet=entry.outlet, feed=entry.feed
        ):
            return known
        feeds = self._config.feeds
        reports = (
            (report.outlet, report.title, feeds[report.feed].weight if report.feed in feeds else 1)
            for report in stories.reports_of(self._db, story)
        )
        self._outlets[story] = count_sources(reports)
        return self._outlets[story]

    # ------------------------------------------------------------ what it decided

    def _carry_out(
        self, plan: Plan, hit_id: int, *, story: int, severity: Severity, outlets: int, again: bool = False
    ) -> None:
        """Keep the decision, put the hit into its delivery, and remember what the destination will know.

        With *again* the hit has its decision already: it is sent once more, for what others say of its story.
        """
        decision = plan.decision
        if again:
            assert decision.due_at is not None, "what is sent has a moment"  # noqa: S101 - a mistake of ours
            delivery: int | None = outbox.open_delivery(
                self._db,
                decision.destination,
                kind=plan.kind,
                group_key=plan.group_key,
                due_at=decision.due_at,
                now=self._now,
                hits=[hit_id],
            )
        else:
            delivery = outbox.enqueue(
                self._db, hit_id, decision, kind=plan.kind, group_key=plan.group_key, now=self._now
            )
        if delivery is None:
            return
        if plan.remark != Remark():
            said = messages.remark_of(self._db, delivery)
            messages.keep_remark(self._db, delivery, joined(said, plan.remark))
        if plan.gathers and decision.due_at is not None:
            waiting = folding.alerts_that_wait(self._db, decision.destination, until=decision.due_at, now=self._now)
            folding.fold(self._db, waiting, delivery, f"{plan.remark.why}: in one summary")
        told.note_told(
            self._db,
            story,
            decision.destination,
            hit=hit_id,
            severity=severity,
            outlets=outlets,
            delivery=delivery,
        )

    def _start_escalations(
        self,
        rules: Sequence[RuleMatch],
        plans: dict[str, Plan],
        known: dict[str, Told],
        *,
        story: int,
        severity: Severity,
    ) -> None:
        """Set a timer for every rule that wants somebody else to be told when nobody acknowledges the hit."""
        for match in rules:
            rule = self._config.rules.get(match.rule)
            if rule is None or rule.escalate is None:
                continue
            begun = [
                plan.decision.due_at
                for name, plan in plans.items()
                if name in match.send_to
                and plan.decision.due_at is not None
                and (name not in known or known[name].is_open or severity > known[name].severity)
            ]
            if begun:
                due_at = max(min(begun), self._now) + timedelta(seconds=rule.escalate.after_s)
                timers.set_timer_once(self._db, ESCALATION, f"{story} {rule.id}", due_at=due_at, now=self._now)
