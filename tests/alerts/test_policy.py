from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.policy import decide
from monitor.model import Destination, Severity, Verdict

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def decision(**changes):
    given = {
        "severity": Severity.HIGH,
        "rules": ("thefts",),
        "destination": Destination("soc", "console://", Severity.MEDIUM),
        "published_at": NOW - HOUR,
        "first_seen_at": NOW,
        "now": NOW,
        "baseline": False,
        "max_age_s": 48 * 3600,
        "first_run": "record",
    }
    return decide(**given | changes)


def test_a_fresh_hit_goes_out_at_once_and_names_its_rules():
    made = decision(rules=("thefts", "everything"))
    assert (made.verdict, made.due_at) == (Verdict.NOW, NOW)
    assert made.reason == "rules thefts, everything"


def test_one_rule_is_named_in_the_singular():
    assert decision().reason == "rule thefts"


def test_a_severity_below_the_destinations_is_not_sent():
    made = decision(severity=Severity.LOW)
    assert (made.verdict, made.due_at) == (Verdict.NO, None)
    assert made.reason == "severity low is below min_severity medium of soc"


def test_the_destinations_own_severity_is_sent():
    assert decision(severity=Severity.MEDIUM).verdict is Verdict.NOW


def test_the_backlog_of_a_new_feed_is_not_sent():
    made = decision(baseline=True)
    assert made.verdict is Verdict.NO
    assert made.reason == "first poll of this feed: its backlog is stored, not sent"


def test_the_backlog_is_sent_when_asked_for():
    assert decision(baseline=True, first_run="alert").verdict is Verdict.NOW


def test_an_old_entry_of_a_backlog_that_is_sent_is_still_too_old():
    made = decision(baseline=True, first_run="alert", published_at=NOW - 80 * HOUR)
    assert made.reason == "published 3 d ago, older than max_age 48 h"


@pytest.mark.parametrize(
    "published_at",
    [None, NOW + 1000 * HOUR, NOW - 48 * HOUR],
    ids=["unknown", "future", "exactly max_age"],
)
def test_what_is_not_surely_too_old_is_sent(published_at):
    assert decision(published_at=published_at).verdict is Verdict.NOW


def test_what_was_fresh_when_it_was_seen_is_not_old_after_an_outage():
    late = NOW + 200 * HOUR
    assert decision(now=late).due_at == late
