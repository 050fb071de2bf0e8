"""Every reason has words, and comes back from JSON as it was stored."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import get_args, get_type_hints

import pytest

from monitor.alerts.content.reason_wording import reason_text, reasons_text
from monitor.model import Reason, ReasonCode, Severity
from monitor.model.reason import (
    Corroborated,
    NewActor,
    PublishedUnread,
    RulesMatched,
    SeverityRose,
    StoryWait,
    reason_fields,
    reason_of,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
EXAMPLES = {
    int: 3,
    str: "soc",
    float: 90.0,
    bool: True,
    Severity: Severity.HIGH,
    datetime: NOW,
    datetime | None: NOW,
    tuple[str, ...]: ("thefts", "any"),
}
KINDS = get_args(Reason)


def example(kind):
    hints = get_type_hints(kind)
    return kind(**{field.name: EXAMPLES[hints[field.name]] for field in fields(kind)})


def test_every_code_has_one_class():
    assert sorted(kind.code for kind in KINDS) == sorted(ReasonCode)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_reason_comes_back_as_it_was_stored_and_has_words(kind):
    reason = example(kind)
    assert reason_of(reason_fields(reason)) == reason
    assert reason_text(reason, zone=UTC, now=NOW)


def test_several_reasons_are_one_line():
    reasons = (RulesMatched(("thefts",)), StoryWait(90))
    assert reasons_text(reasons, zone=UTC, now=NOW) == "rule thefts; waits 90 s for more reports of the story"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Corroborated(1), "now reported by 1 outlet"),
        (Corroborated(3), "now reported by 3 outlets"),
        (NewActor("lazarus", "Lazarus Group"), "new actor: Lazarus Group"),
        (NewActor("lazarus", "Lazarus Group", "The Block"), "new actor: Lazarus Group, named by The Block"),
        (NewActor("lazarus", "Lazarus Group", hit=7), "new actor: Lazarus Group (story of hit #7)"),
        (Corroborated(3, weighted=True), "now reported by outlets that count as 3"),
        (SeverityRose(Severity.LOW, Severity.HIGH), "severity rose from low to high"),
        (PublishedUnread(3600), "published while the monitor or a feed was down, older than max_age 60 min"),
    ],
)
def test_words(reason, words):
    assert reason_text(reason, zone=UTC, now=NOW) == words
