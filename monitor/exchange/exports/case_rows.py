"""Load everything that a case contains about a hit, and turn it into the rows of the case's files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from monitor.alerts.content.list_wording import list_fields
from monitor.alerts.content.reason_wording import delivery_reason, reasons_text
from monitor.model import Amount, Annotation, Delivery, Hit, Reason, Silence
from monitor.model.reason import reason_fields
from monitor.store import Reader, delivery_list, outbox, triage_and_silences
from monitor.store.case_records import Attempt, CaseEntry, CaseHit, CaseText, attempts_of, hits_of_delivery
from monitor.store.chain_check import recorded_content
from monitor.store.entries import text_hash
from monitor.store.hits import load_hit
from monitor.store.outbox import RecordedDecision
from monitor.store.triage_and_silences import TriageRecord

Row = dict[str, Any]
Hide = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class CaseDelivery:
    """A delivery that contains a hit of the case."""

    delivery: Delivery
    annotation: Annotation
    attempts: tuple[Attempt, ...]
    hits: tuple[int, ...]  # all that it contains, those of other cases too


@dataclass(frozen=True, slots=True)
class HitRecords:
    """A hit of a case with everything that is stored about it: decisions, deliveries and triage."""

    hit: Hit
    is_intact: bool  # its content is the one in the hash chain
    record: str | None  # that content, as JSON; None: it was changed, or holds a secret of the configuration
    decisions: tuple[RecordedDecision, ...]
    deliveries: tuple[CaseDelivery, ...]
    triages: tuple[TriageRecord, ...]


def load_hit_records(db: Reader, found: CaseHit, hide: Hide) -> HitRecords | None:
    """Return a hit with everything that is stored about it; None if the hit no longer exists.

    Args:
        db: A reader of the database.
        found: The hit.
        hide: A function that masks the secrets of the configuration in a text.
    """
    hit = load_hit(db, found.id)
    if hit is None:
        return None
    record = recorded_content(db, hit, found.content) if found.content is not None else None
    shown = [
        record,
        hit.entry.link,
        *(text for _, text in hit.entry.text.fields()),
        *(r.why for r in hit.judgement.rules),
    ]
    decisions = tuple(outbox.decisions_of(db, found.id))
    return HitRecords(
        hit=hit,
        is_intact=record is not None,
        record=record if hide(shown) == shown else None,
        decisions=decisions,
        deliveries=tuple(_delivery(db, delivery) for delivery in _deliveries(db, found.id, decisions)),
        triages=tuple(triage_and_silences.triages_of(db, found.id)),
    )


def _deliveries(db: Reader, hit: int, decisions: Iterable[RecordedDecision]) -> list[Delivery]:
    """Return the deliveries that contain a hit, and those that its decisions name; oldest first."""
    found = {delivery.id: delivery for delivery in delivery_list.deliveries_of_hit(db, hit)}
    for decided in decisions:
        if decided.delivery is not None and decided.delivery not in found:
            named = delivery_list.load_delivery(db, decided.delivery)
            found |= {named.id: named} if named else {}
    return [found[number] for number in sorted(found)]


def _delivery(db: Reader, delivery: Delivery) -> CaseDelivery:
    return CaseDelivery(
        delivery,
        outbox.annotation_of(db, delivery.id),
        tuple(attempts_of(db, delivery.id)),
        tuple(hits_of_delivery(db, delivery.id)),
    )


class CaseRows:
    """Turns stored records into rows for the files of a case, with the secrets of the configuration masked."""

    def __init__(self, hide: Hide, now: datetime) -> None:
        self._hide = hide
        self._now = now

    def words(self, reasons: Iterable[Reason]) -> str:
        """Return the reasons of a decision or a delivery in words."""
        return str(self._hide(reasons_text(reasons, zone=UTC, now=self._now)))

    def delivery_words(self, delivery: Delivery) -> str:
        """Return in words why a delivery was given up or dropped, or why its last attempt failed; may be empty."""
        return str(self._hide(delivery_reason(delivery, zone=UTC, now=self._now)))

    def text(self, entry: CaseEntry, text: CaseText) -> Row:
        """Return the row for one version of an entry's text."""
        stored = {"title": text.text.title, "summary": text.text.summary, "content": text.text.content}
        shown = {"link": text.link, **stored, "author": entry.author, "outlet": entry.outlet, "key": entry.key}
        hidden = self._hide(shown)
        return {
            "entry": entry.id,
            "version": text.version,
            "feed": entry.feed,
            **hidden,
            "published_at": entry.published_at,
            "updated_at": entry.updated_at,
            "first_seen_at": entry.first_seen_at,
            "last_seen_at": entry.last_seen_at,
            "feed_last_read_before": text.unread_since,
            "replaced_at": text.replaced_at,
            "story": entry.story,
            "story_reason": self._hide(entry.story_reason),
            "raw_sha256": text.raw_hash.hex(),
            "text_sha256": text_hash(text.text).hex(),
            "has_secret": hidden != shown,
        }

    def hit(self, records: HitRecords, fingerprint: str) -> Row:
        """Return the row for a hit.

        Args:
            records: The hit with everything that is stored about it.
            fingerprint: The fingerprint of the watchlist version that found the hit.
        """
        hit = records.hit
        rules = [
            {"rule": rule.rule, "severity": rule.severity.word, "why": rule.why, "send_to": list(rule.send_to)}
            for rule in hit.judgement.rules
        ]
        return {
            "hit": hit.id,
            "entry": hit.entry_id,
            "version": hit.entry.version,
            "seen_at": hit.seen_at,
            "severity": hit.severity.word,
            "story": hit.story,
            "is_update": hit.is_update,
            "changes": self._hide(list(hit.changes)),
            "actors": list(hit.judgement.actors),
            "keywords": list(hit.judgement.keywords),
            "rules": self._hide(rules),
            "mentions": self._hide([asdict(mention) for mention in hit.judgement.mentions]),
            "amounts": self._hide([_amount(amount, records.record or "") for amount in hit.judgement.amounts]),
            "lists": [list_fields(listed) for listed in hit.judgement.lists],
            "indicators": self._hide([asdict(indicator) for indicator in hit.judgement.indicators]),
            "raw_sha256": hit.entry.raw_hash.hex(),
            "watchlist_version": hit.watchlist_version,
            "watchlist_fingerprint": fingerprint,
            "triage": records.triages[-1].triage if records.triages else None,
            "is_intact": records.is_intact,
            "record": records.record,
        }

    def decision(self, hit: int, decided: RecordedDecision) -> Row:
        """Return the row for the decision whether to notify one destination about the hit with the number *hit*."""
        decision = decided.decision
        return {
            "hit": hit,
            "destination": decision.destination,
            "verdict": str(decision.verdict),
            "reason": self.words(decision.reasons),
            "reasons": self._codes(decision.reasons),
            "decided_at": decided.decided_at,
            "due_at": decision.due_at,
            "delivery": decided.delivery,
            "state": str(decided.state) if decided.state else None,
        }

    def delivery(self, found: CaseDelivery, hits: frozenset[int]) -> Row:
        """Return the row for a delivery.

        Args:
            found: The delivery.
            hits: The numbers of all hits in the case; the row only counts other hits of the delivery.
        """
        delivery = found.delivery
        return {
            "delivery": delivery.id,
            "destination": delivery.destination,
            "kind": str(delivery.kind),
            "state": str(delivery.state),
            "created_at": delivery.created_at,
            "due_at": delivery.due_at,
            "sent_at": delivery.sent_at,
            "late": delivery.late,
            "possible_repeat": delivery.possible_repeat,
            "reason": self.delivery_words(delivery),
            "why": self.words(found.annotation.reasons),
            "reasons": self._codes(found.annotation.reasons),
            "end_reasons": self._codes((delivery.end_reason,) if delivery.end_reason else ()),
            "hits": [hit for hit in found.hits if hit in hits],
            "other_hits": sum(hit not in hits for hit in found.hits),
            "attempts": [
                {
                    "number": attempt.number,
                    "started_at": attempt.started_at,
                    "ended_at": attempt.ended_at,
                    "outcome": attempt.outcome,
                    "detail": self._hide(attempt.detail),
                }
                for attempt in found.attempts
            ],
        }

    def triage(self, hit: int, record: TriageRecord) -> Row:
        """Return the row for one triage (relevant, noise or acknowledged) of the hit with the number *hit*."""
        return {
            "hit": hit,
            "triage": record.triage,
            "author": self._hide(record.author),
            "at": record.at,
            "why": self._hide(record.why),
        }

    def silence(self, silence: Silence, ended_by: str) -> Row:
        """Return the row for a silence.

        Args:
            silence: The silence.
            ended_by: The person who ended it early; empty: nobody did.
        """
        return {
            "silence": silence.id,
            "subject": silence.subject,
            "name": silence.name,
            "author": self._hide(silence.author),
            "why": self._hide(silence.why),
            "created_at": silence.created_at,
            "until": silence.until,
            "ended_by": self._hide(ended_by) or None,
        }

    def _codes(self, reasons: Iterable[Reason]) -> list[Row]:
        return [self._hide(reason_fields(reason)) for reason in reasons]


def _amount(amount: Amount, record: str) -> Row:
    """Return the stored fields of *amount*, and ``may_be_loss`` if the *record* of its hit has it, as some do."""
    shown = asdict(amount) | {"value": str(amount.value)}
    return {name: value for name, value in shown.items() if name != "may_be_loss" or '"may_be_loss"' in record}
