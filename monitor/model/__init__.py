"""The vocabulary of the monitor, as frozen values.

Moments are aware datetimes in UTC and end in ``_at``; durations are seconds and end in ``_s``; positions count
characters of the cleaned text.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.model.delivery import (
        NO_GROUP,
        Annotation,
        Decision,
        Delivery,
        DeliveryKind,
        DeliveryState,
        Group,
        GroupBy,
        HeadlineAmount,
        Message,
        NewDelivery,
        Notification,
        NotifiedStory,
        Silence,
        StoryNoise,
        StoryOutlets,
        Verdict,
        hit_group,
        story_group,
    )
    from monitor.model.entry import Entry, KnownEntry, ParsedEntry, ParsedFeed, Text
    from monitor.model.feed import (
        NEVER,
        DueReason,
        Feed,
        FeedRecord,
        Freshness,
        PageSelectors,
        Rhythm,
        UpdateHints,
        Validators,
    )
    from monitor.model.hit import Amount, Hit, Indicator, IndicatorKind, Judgement, MatchKind, Mention, RuleMatch
    from monitor.model.incident import Incident, IncidentKey, IncidentKind
    from monitor.model.reason import Reason, ReasonCode
    from monitor.model.severity import Severity
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
        Threshold,
        Within,
    )

__all__ = [
    "NEVER",
    "NO_GROUP",
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
    "Group",
    "GroupBy",
    "HeadlineAmount",
    "Hit",
    "Incident",
    "IncidentKey",
    "IncidentKind",
    "Indicator",
    "IndicatorKind",
    "Judgement",
    "Keyword",
    "KnownEntry",
    "MatchKind",
    "Mention",
    "Message",
    "NewDelivery",
    "Notification",
    "NotifiedStory",
    "PageSelectors",
    "ParsedEntry",
    "ParsedFeed",
    "QuietWindow",
    "Reason",
    "ReasonCode",
    "Recurrence",
    "Rhythm",
    "Rule",
    "RuleMatch",
    "Scope",
    "Severity",
    "Silence",
    "StoryNoise",
    "StoryOutlets",
    "Text",
    "Threshold",
    "UpdateHints",
    "Validators",
    "Verdict",
    "Within",
    "hit_group",
    "story_group",
]

# Imported when it is used: creating all these classes takes 0.1 s, and a command such as hits needs only a few.
_MODULES = {
    "NO_GROUP": "monitor.model.delivery",
    "Annotation": "monitor.model.delivery",
    "Decision": "monitor.model.delivery",
    "Delivery": "monitor.model.delivery",
    "DeliveryKind": "monitor.model.delivery",
    "DeliveryState": "monitor.model.delivery",
    "Group": "monitor.model.delivery",
    "GroupBy": "monitor.model.delivery",
    "HeadlineAmount": "monitor.model.delivery",
    "Message": "monitor.model.delivery",
    "NewDelivery": "monitor.model.delivery",
    "Notification": "monitor.model.delivery",
    "NotifiedStory": "monitor.model.delivery",
    "Silence": "monitor.model.delivery",
    "StoryNoise": "monitor.model.delivery",
    "StoryOutlets": "monitor.model.delivery",
    "Verdict": "monitor.model.delivery",
    "hit_group": "monitor.model.delivery",
    "story_group": "monitor.model.delivery",
    "Entry": "monitor.model.entry",
    "KnownEntry": "monitor.model.entry",
    "ParsedEntry": "monitor.model.entry",
    "ParsedFeed": "monitor.model.entry",
    "Text": "monitor.model.entry",
    "NEVER": "monitor.model.feed",
    "DueReason": "monitor.model.feed",
    "Feed": "monitor.model.feed",
    "FeedRecord": "monitor.model.feed",
    "Freshness": "monitor.model.feed",
    "PageSelectors": "monitor.model.feed",
    "Rhythm": "monitor.model.feed",
    "UpdateHints": "monitor.model.feed",
    "Validators": "monitor.model.feed",
    "Amount": "monitor.model.hit",
    "Hit": "monitor.model.hit",
    "Indicator": "monitor.model.hit",
    "IndicatorKind": "monitor.model.hit",
    "Judgement": "monitor.model.hit",
    "MatchKind": "monitor.model.hit",
    "Mention": "monitor.model.hit",
    "RuleMatch": "monitor.model.hit",
    "Incident": "monitor.model.incident",
    "IncidentKey": "monitor.model.incident",
    "IncidentKind": "monitor.model.incident",
    "Reason": "monitor.model.reason",
    "ReasonCode": "monitor.model.reason",
    "Severity": "monitor.model.severity",
    "Actor": "monitor.model.watchlist",
    "Combination": "monitor.model.watchlist",
    "Destination": "monitor.model.watchlist",
    "Escalation": "monitor.model.watchlist",
    "Keyword": "monitor.model.watchlist",
    "QuietWindow": "monitor.model.watchlist",
    "Recurrence": "monitor.model.watchlist",
    "Rule": "monitor.model.watchlist",
    "Scope": "monitor.model.watchlist",
    "Threshold": "monitor.model.watchlist",
    "Within": "monitor.model.watchlist",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value
