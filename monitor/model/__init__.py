"""The vocabulary of the monitor, as frozen values.

Moments are aware datetimes in UTC and end in ``_at``; durations are seconds and end in ``_s``; positions count
characters of the cleaned text.
"""

from monitor.model.delivery import (
    Annotation,
    Decision,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Message,
    Notification,
    NotifiedStory,
    Silence,
    StoryOutlets,
    Verdict,
)
from monitor.model.entry import Entry, KnownEntry, ParsedEntry, ParsedFeed, Text
from monitor.model.feed import NEVER, DueReason, Feed, FeedRecord, Freshness, Rhythm, UpdateHints, Validators
from monitor.model.hit import Amount, Hit, Indicator, IndicatorKind, Judgement, MatchKind, Mention, RuleMatch
from monitor.model.incident import Incident, IncidentKind
from monitor.model.watchlist import (
    Actor,
    Combination,
    Destination,
    Escalation,
    Keyword,
    QuietWindow,
    Recurrence,
    Rule,
    Scope,
    Severity,
    Threshold,
    Within,
)

__all__ = [
    "NEVER",
    "Actor",
    "Amount",
    "Annotation",
    "Combination",
    "Decision",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "Destination",
    "DueReason",
    "Entry",
    "Escalation",
    "Feed",
    "FeedRecord",
    "Freshness",
    "Hit",
    "Incident",
    "IncidentKind",
    "Indicator",
    "IndicatorKind",
    "Judgement",
    "Keyword",
    "KnownEntry",
    "MatchKind",
    "Mention",
    "Message",
    "Notification",
    "NotifiedStory",
    "ParsedEntry",
    "ParsedFeed",
    "QuietWindow",
    "Recurrence",
    "Rhythm",
    "Rule",
    "RuleMatch",
    "Scope",
    "Severity",
    "Silence",
    "StoryOutlets",
    "Text",
    "Threshold",
    "UpdateHints",
    "Validators",
    "Verdict",
    "Within",
]
