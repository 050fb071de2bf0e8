"""Everything that is stored about one hit, as ``show``, ``show --json`` and the API give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from monitor.alerts.content.reason_wording import delivery_reason, reasons_text
from monitor.model import DailyMentions, Delivery, Hit, Reason, StoryEvidence
from monitor.model.reason import reason_fields
from monitor.pipeline.judgement_rows import judgement_row
from monitor.store import Reader, delivery_list, mentions, outbox, stories, triage_and_silences
from monitor.store.hits import load_hit
from monitor.store.outbox import RecordedDecision
from monitor.store.stories import StoryMember
from monitor.store.triage_and_silences import TriageRecord

MOST_ENTRIES = 30  # of the story
WEAK = 1.5  # a score below is marked: the entry may report another event


@dataclass(frozen=True, slots=True)
class HitRecord:
    """A hit, the decisions about it, and what became of it."""

    hit: Hit
    decisions: tuple[RecordedDecision, ...]  # one for each destination that a rule names
    deliveries: tuple[Delivery, ...]  # all that contain the hit
    causes: Mapping[int, tuple[Reason, ...]]  # why each delivery was sent, by its id; empty: because of the hit itself
    triages: tuple[TriageRecord, ...]  # the oldest first
    story_entries: tuple[StoryMember, ...]  # those with the weakest evidence first
    daily_mentions: tuple[DailyMentions, ...]  # of each actor, up to the day of the hit


def load_hit_record(db: Reader, number: int) -> HitRecord | None:
    """Return what is stored about the hit *number*; None if there is no such hit."""
    hit = load_hit(db, number)
    if hit is None:
        return None
    deliveries = tuple(delivery_list.deliveries_of_hit(db, number))
    return HitRecord(
        hit=hit,
        decisions=tuple(outbox.decisions_of(db, number)),
        deliveries=deliveries,
        causes={delivery.id: outbox.annotation_of(db, delivery.id).reasons for delivery in deliveries},
        triages=tuple(triage_and_silences.triages_of(db, number)),
        story_entries=tuple(stories.members_of_story(db, hit.story, MOST_ENTRIES)),
        daily_mentions=tuple(mentions.daily_mentions(db, actor, hit.seen_at.date()) for actor in hit.judgement.actors),
    )


def hit_row(record: HitRecord, now: datetime) -> dict[str, Any]:
    """Return *record* as the object that ``show --json`` prints and the API answers.

    Args:
        record: What is stored about the hit.
        now: The current time; times of another year are written with the year.
    """
    hit, entry = record.hit, record.hit.entry
    return {
        "id": hit.id,
        "seen_at": hit.seen_at,
        "published_at": entry.published_at,
        "severity": hit.severity.word,
        "title": entry.text.title,
        "summary": entry.text.summary,
        "content": entry.text.content,
        "link": entry.link,
        "feed": entry.feed,
        "outlet": entry.outlet,
        "story": hit.story,
        "version": entry.version,
        "is_update": hit.is_update,
        "changes": list(hit.changes),
        "canary": hit.canary,
        "watchlist_version": hit.watchlist_version,
        "raw_sha256": entry.raw_hash.hex(),
        "why": [{"rule": r.rule, "severity": r.severity.word, "why": r.why} for r in hit.judgement.rules],
        **{k: v for k, v in judgement_row(hit.judgement).items() if k != "severity"},
        "triage": record.triages[-1].triage if record.triages else None,
        "destinations": [_decision_row(decided, now) for decided in record.decisions],
        "story_entries": [story_entry_row(member) for member in record.story_entries],
        "daily_mentions": [
            {"actor": one.actor, "last_day": one.last.isoformat(), "stories": list(one.stories)}
            for one in record.daily_mentions
        ],
        "deliveries": [_delivery_row(d, record.causes[d.id], now) for d in record.deliveries],
        "triages": [{"triage": t.triage, "author": t.author, "at": t.at, "why": t.why} for t in record.triages],
    }


def _decision_row(decided: RecordedDecision, now: datetime) -> dict[str, Any]:
    return {
        "destination": decided.decision.destination,
        "verdict": str(decided.decision.verdict),
        "reason": reasons_text(decided.decision.reasons, zone=UTC, now=now),
        "reasons": [reason_fields(reason) for reason in decided.decision.reasons],
        "decided_at": decided.decided_at,
        "due_at": decided.decision.due_at,
        "delivery": decided.delivery,
        "state": str(decided.state) if decided.state else None,
    }


def _delivery_row(delivery: Delivery, causes: tuple[Reason, ...], now: datetime) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "destination": delivery.destination,
        "kind": str(delivery.kind),
        "state": str(delivery.state),
        "due_at": delivery.due_at,
        "sent_at": delivery.sent_at,
        "late": delivery.late,
        "reason": delivery_reason(delivery, zone=UTC, now=now),
        "why": reasons_text(causes, zone=UTC, now=now),
    }


def story_entry_row(member: StoryMember) -> dict[str, Any]:
    """Return an entry of a story as the object that ``show --json`` prints.

    It has no evidence if the entry began the story, or if an older version of the monitor stored it.
    """
    evidence = member.evidence
    row: dict[str, Any] = {
        "entry": member.entry_id,
        "hit": member.hit,
        "outlet": member.outlet,
        "title": member.title,
        "seen_at": member.seen_at,
        "why": member.reason,
        "evidence": None,
    }
    if evidence:
        row["evidence"] = {
            "reason": str(evidence.reason),
            "score": evidence.score,
            "weak": is_weak(evidence),
            "similarity": evidence.similarity,
            "shared": [{"word": shared.name, "weight": shared.weight} for shared in evidence.names],
            "victim": evidence.victim or None,
            "amount": evidence.amount or evidence.near_amount or None,
            "amount_is_near": bool(evidence.near_amount and not evidence.amount),
            "indicator": evidence.indicator or None,
            "same_link": evidence.same_link,
            "is_cited": evidence.is_cited,
            "outlet": evidence.outlet,
        }
    return row


def is_weak(evidence: StoryEvidence) -> bool:
    """Return whether the evidence is weak: the entry may report another event than its story."""
    return evidence.score < WEAK
