"""The policy as tables: what is decided for one hit and one destination, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.content.reason_wording import reasons_text
from monitor.alerts.policy.case import Case
from monitor.alerts.policy.decide import decide, decide_corroboration, decide_escalation
from monitor.config import AlertSettings
from monitor.config.schema.recurrences import parse_quiet_window, parse_recurrence
from monitor.model import (
    Actor,
    Annotation,
    Decision,
    DeliveryKind,
    Destination,
    Group,
    GroupBy,
    NotifiedStory,
    Severity,
    Silence,
    StoryNoise,
    Verdict,
    hit_group,
    story_group,
)
from monitor.model.reason import (
    AddedToPending,
    AlertStorm,
    AlreadyNotified,
    CombinedIntoSummary,
    Corroborated,
    DigestDue,
    DigestPeriod,
    FollowUp,
    NewActor,
    NotAcknowledged,
    RulesMatched,
    SummaryPending,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WAIT = timedelta(seconds=90)
SUPPRESS, HOLD, JOIN = Verdict.SUPPRESS, Verdict.HOLD, Verdict.JOIN
ALERT, FOLLOW_UP, SUMMARY = DeliveryKind.ALERT, DeliveryKind.FOLLOW_UP, DeliveryKind.SUMMARY
LOW, MEDIUM, HIGH, CRITICAL = Severity

STORY = story_group(3)
SETTINGS = AlertSettings()
SOC = Destination("soc", "console://", MEDIUM)
MAIL = Destination(
    "mail",
    "console://",
    digest=(parse_recurrence("Mon-Fri 08:00"), parse_recurrence("Mon-Fri 16:00")),
    quiet_hours=tuple(map(parse_quiet_window, ("18:00-08:00", "Sat", "Sun"))),
    break_quiet=CRITICAL,
)
PAGER = replace(MAIL, name="pager", digest=())
NOTIFIED = NotifiedStory(12, MEDIUM, 1)
OPEN = NotifiedStory(12, MEDIUM, 1, ALERT, STORY, NOW + MINUTE, is_open=True)


def case(**changes) -> Case:
    given = {
        "destination": SOC,
        "severity": HIGH,
        "rules": ("thefts",),
        "hit": 20,
        "story": 3,
        "published_at": NOW - HOUR,
        "first_seen_at": NOW,
        "unread_since": NOW - 5 * MINUTE,
    }
    return Case(**given | changes)


def said(what: Decision | Annotation) -> str:
    """Return the reasons in words."""
    return reasons_text(what.reasons, zone=UTC, now=NOW)


def decided(now: datetime = NOW, settings: AlertSettings = SETTINGS, **changes):
    asked = case(**changes)
    plan = decide(asked, settings, now)
    assert plan.decision.destination == asked.destination.name
    return plan


# ---------------------------------------------------------------- the first alert


def test_the_first_alert_of_a_story_waits_for_more_of_it_and_names_its_rules():
    plan = decided(rules=("thefts", "everything"))
    assert (plan.kind, plan.group, plan.decision.verdict) == (ALERT, STORY, HOLD)
    assert plan.decision.due_at == NOW + WAIT
    assert said(plan.decision) == "rules thefts, everything; waits 90 s for more reports of the story"


def test_a_critical_hit_is_sent_at_once():
    decision = decided(severity=CRITICAL).decision
    assert (decision.verdict, decision.due_at, said(decision)) == (Verdict.SEND, NOW, "rule thefts")


def test_without_grouping_each_hit_is_an_alert_at_once_whatever_was_notified():
    plan = decided(settings=replace(SETTINGS, group="none"), notified=NOTIFIED)
    assert (plan.kind, plan.group, plan.decision.verdict) == (ALERT, hit_group(20), Verdict.SEND)


def test_without_a_wait_an_alert_is_sent_at_once():
    assert decided(settings=replace(SETTINGS, wait_s=0.0)).decision.verdict is Verdict.SEND


# ---------------------------------------------------------------- not sent

SILENCE = Silence(1, "actor", "lazarus", "ana", "known campaign", NOW - HOUR, NOW + HOUR)
NOISE = StoryNoise(12, "ana", HIGH)
NOT_SENT = {
    "too severe": (
        {"destination": replace(SOC, max_severity=MEDIUM)},
        "severity high is above max_severity medium of soc",
    ),
    "too old by its update": (
        {"published_at": NOW - 80 * HOUR, "dated_by_update": True},
        "last updated 3 d ago, older than max_age 48 h",
    ),
    "noise": ({"noise": NOISE}, "ana triaged hit #12 of the story as noise"),
    "noise, although an outlet more": (
        {"noise": NOISE, "notified": NOTIFIED, "outlets": 3},
        "ana triaged hit #12 of the story as noise",
    ),
    "too small": ({"severity": LOW}, "severity low is below min_severity medium of soc"),
    "backlog": ({"baseline": True}, "first poll of this feed: its backlog is stored, not sent"),
    "too old": ({"published_at": NOW - 80 * HOUR}, "published 3 d ago, older than max_age 48 h"),
    "too old, at the first poll": (
        {"published_at": NOW - 80 * HOUR, "unread_since": None},
        "published 3 d ago, older than max_age 48 h",
    ),
    "silenced": (
        {"silence": SILENCE, "severity": CRITICAL},
        "actor lazarus is silenced by ana until 24 Nov 13:00 UTC: known campaign",
    ),
    "notified": ({"notified": replace(NOTIFIED, severity=HIGH)}, "story already notified as hit #12"),
    "notified, and less severe": (
        {"notified": replace(NOTIFIED, severity=CRITICAL)},
        "story already notified as hit #12",
    ),
    "notified, one more outlet": (
        {"notified": replace(NOTIFIED, severity=HIGH), "outlets": 2},
        "story already notified as hit #12",
    ),
    "notified, between two thresholds": (
        {"notified": replace(NOTIFIED, severity=HIGH, outlets=3), "outlets": 9},
        "story already notified as hit #12",
    ),
}


@pytest.mark.parametrize(("changes", "reason"), NOT_SENT.values(), ids=NOT_SENT)
def test_a_suppressed_hit_has_its_reason(changes, reason):
    decision = decided(**changes).decision
    assert (decision.verdict, said(decision), decision.due_at) == (SUPPRESS, reason, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": MEDIUM},
        {"published_at": None},
        {"published_at": NOW + 1000 * HOUR},
        {"published_at": NOW - 48 * HOUR},
        {"baseline": True, "settings": replace(SETTINGS, first_run="alert")},
    ],
    ids=["least severity", "date unknown", "date in the future", "exactly max_age", "backlog that is asked for"],
)
def test_a_hit_without_a_suppression_reason_is_sent(changes):
    assert decided(**changes).decision.verdict is HOLD


def test_what_was_fresh_when_it_was_seen_is_not_old_when_it_is_decided_later():
    assert decided(now=NOW + 200 * HOUR).decision.verdict is HOLD


def test_a_rise_in_severity_notifies_again_of_a_story_that_was_noise_and_says_so():
    plan = decided(severity=CRITICAL, noise=NOISE, notified=replace(NOTIFIED, severity=HIGH))
    words = "severity rose from high to critical; ana triaged hit #12 of the story as noise"
    assert (plan.kind, plan.decision.due_at, said(plan.annotation)) == (FOLLOW_UP, NOW, words)
    assert said(plan.decision) == f"follow-up to hit #12; {words}"
    first = decided(severity=CRITICAL, noise=NOISE)
    assert (first.kind, said(first.annotation)) == (ALERT, words)


def test_a_story_that_is_noise_is_not_corroborated():
    assert decide_corroboration(case(severity=MEDIUM, notified=NOTIFIED, outlets=3, noise=NOISE), SETTINGS, NOW) is None


# ---------------------------------------------------------------- our outage, or the feed's


def test_what_was_published_while_nothing_was_read_comes_in_one_digest_that_says_so():
    plan = decided(published_at=NOW - 60 * HOUR, unread_since=NOW - 64 * HOUR)
    assert (plan.kind, plan.group, plan.decision.verdict) == (DeliveryKind.DIGEST, Group(GroupBy.MISSED), HOLD)
    assert plan.decision.due_at == NOW + 15 * MINUTE
    assert said(plan.annotation) == "published while the monitor or a feed was down, older than max_age 48 h"
    assert "its feed was not read (since 21 Nov 20:00 UTC)" in said(plan.decision)


@pytest.mark.parametrize(
    ("every", "gathered"), [(5 * MINUTE, 15 * MINUTE), (40 * MINUTE, 40 * MINUTE), (6 * HOUR, HOUR)]
)
def test_the_digest_of_what_was_missed_waits_for_the_feeds_to_be_read_again(every, gathered):
    plan = decided(published_at=NOW - 60 * HOUR, unread_since=NOW - 64 * HOUR, reread=every)
    assert plan.decision.due_at == NOW + gathered


def test_of_an_outage_what_is_not_too_old_is_an_alert_as_ever():
    assert decided(published_at=NOW - 40 * HOUR, unread_since=NOW - 64 * HOUR).kind is ALERT


def test_what_was_there_before_the_outage_is_too_old_as_ever():
    assert decided(published_at=NOW - 70 * HOUR, unread_since=NOW - 64 * HOUR).decision.verdict is SUPPRESS


def test_a_missed_entry_of_a_notified_story_is_not_sent():
    plan = decided(published_at=NOW - 60 * HOUR, unread_since=NOW - 64 * HOUR, notified=NOTIFIED)
    assert said(plan.decision) == "story already notified as hit #12"


# ---------------------------------------------------------------- more of a story

FOLLOWED_UP = {
    "rise": ({"severity": HIGH}, "severity rose from medium to high", WAIT),
    "rise to critical": ({"severity": CRITICAL}, "severity rose from medium to critical", 0 * WAIT),
    "threshold": ({"severity": MEDIUM, "outlets": 3}, "now reported by 3 outlets", WAIT),
    "over a threshold": ({"severity": MEDIUM, "outlets": 5}, "now reported by 5 outlets", WAIT),
    "over two at once": ({"severity": MEDIUM, "outlets": 12}, "now reported by 12 outlets", WAIT),
    "rise and threshold": (
        {"severity": HIGH, "outlets": 3},
        "severity rose from medium to high; now reported by 3 outlets",
        WAIT,
    ),
    "edited": ({"severity": MEDIUM, "edited": True}, "the article was edited", WAIT),
}


@pytest.mark.parametrize(("changes", "why", "wait"), FOLLOWED_UP.values(), ids=FOLLOWED_UP)
def test_a_notified_story_gets_one_follow_up(changes, why, wait):
    plan = decided(notified=NOTIFIED, **changes)
    assert (plan.kind, plan.group, said(plan.annotation)) == (FOLLOW_UP, STORY, why)
    assert plan.decision.due_at == NOW + wait
    assert said(plan.decision).startswith(f"follow-up to hit #12; {why}")


def test_more_of_a_story_that_waits_joins_it():
    decision = decided(notified=OPEN).decision
    assert (decision.verdict, decision.due_at) == (JOIN, NOW + MINUTE)
    assert said(decision) == "added to the pending alert for hit #12"


def test_a_critical_hit_takes_the_waiting_story_along():
    plan = decided(notified=OPEN, severity=CRITICAL)
    assert (plan.decision.verdict, plan.decision.due_at, plan.kind) == (JOIN, NOW, ALERT)


def test_a_rise_and_a_threshold_that_meet_in_a_waiting_follow_up_are_one():
    notified = replace(OPEN, kind=FOLLOW_UP, severity=HIGH)
    plan = decided(notified=notified, severity=HIGH, outlets=3)
    assert (plan.decision.verdict, plan.kind, said(plan.annotation)) == (JOIN, FOLLOW_UP, "now reported by 3 outlets")


def test_another_threshold_in_a_waiting_follow_up_waits_as_long_as_one_of_its_own():
    pending = NotifiedStory(12, MEDIUM, 2, FOLLOW_UP, STORY, NOW + timedelta(seconds=10), is_open=True)
    plan = decided(notified=pending, severity=MEDIUM, outlets=3)
    assert (plan.decision.verdict, plan.decision.due_at, plan.postpones) == (JOIN, NOW + WAIT, True)
    assert said(plan.decision) == (
        "added to the pending follow-up to hit #12; now reported by 3 outlets; waits 90 s for more reports of the story"
    )


def test_more_of_the_same_in_a_waiting_follow_up_neither_delays_nor_hurries_it():
    pending = NotifiedStory(12, MEDIUM, 3, FOLLOW_UP, STORY, NOW + timedelta(seconds=10), is_open=True)
    plan = decided(notified=pending, severity=MEDIUM, outlets=4)
    assert (plan.decision.due_at, plan.postpones) == (NOW + timedelta(seconds=10), False)
    assert said(plan.decision) == "added to the pending follow-up to hit #12"


def test_an_entry_that_is_no_hit_corroborates_a_notified_story():
    plan = decide_corroboration(case(severity=MEDIUM, notified=NOTIFIED, outlets=3), SETTINGS, NOW)
    assert (plan.kind, said(plan.annotation), plan.decision.due_at) == (
        FOLLOW_UP,
        "now reported by 3 outlets",
        NOW + WAIT,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"notified": None},
        {"notified": OPEN},
        {"outlets": 2},
        {"baseline": True},
        {"published_at": NOW - 80 * HOUR},
        {"settings": replace(SETTINGS, group="none")},
        {"settings": replace(SETTINGS, corroborate=())},
    ],
    ids=["not notified", "pending", "too few", "backlog", "old", "ungrouped", "not wanted"],
)
def test_otherwise_an_entry_that_is_no_hit_changes_nothing(changes):
    given = {"severity": MEDIUM, "notified": NOTIFIED, "outlets": 3, "settings": SETTINGS} | changes
    settings = given.pop("settings")
    assert decide_corroboration(case(**given), settings, NOW) is None


@pytest.mark.parametrize(
    ("pending", "severity", "outlets", "due_at", "postpones"),
    [
        (timedelta(seconds=10), CRITICAL, 1, timedelta(), False),
        (10 * MINUTE, HIGH, 3, 10 * MINUTE, True),
    ],
    ids=["a critical hit is sent at once", "an alert that waits longer still does"],
)
def test_news_in_a_waiting_follow_up_changes_when_it_is_due(pending, severity, outlets, due_at, postpones):
    notified = NotifiedStory(12, HIGH, 1, FOLLOW_UP, STORY, NOW + pending, is_open=True)
    plan = decided(notified=notified, severity=severity, outlets=outlets)
    assert (plan.kind, plan.group, plan.decision.verdict) == (FOLLOW_UP, STORY, JOIN)
    assert (plan.decision.due_at, plan.postpones) == (NOW + due_at, postpones)


def test_a_waiting_follow_up_that_now_belongs_into_a_digest_is_not_postponed():
    notified = NotifiedStory(12, HIGH, 1, FOLLOW_UP, STORY, NOW + MINUTE, is_open=True)
    plan = decided(notified=notified, outlets=3, destination=MAIL)
    digest_at = NOW.replace(hour=16)
    assert plan.decision.reasons == (AddedToPending(12, "follow-up"), Corroborated(3), DigestDue(digest_at))
    assert (plan.decision.due_at, plan.postpones) == (digest_at, False)


def test_a_critical_hit_of_a_story_notified_as_critical_is_no_reason_to_hurry():
    plan = decided(notified=replace(NOTIFIED, severity=CRITICAL), severity=CRITICAL, outlets=3)
    assert plan.decision.due_at == NOW + WAIT
    assert plan.decision.reasons[:2] == (FollowUp(12), Corroborated(3))


def test_a_follow_up_says_whether_an_outlet_counts_as_several():
    assert decided(notified=NOTIFIED, severity=MEDIUM, outlets=3, weighted=True).annotation.reasons == (
        Corroborated(3, weighted=True),
    )


def test_noise_is_not_mentioned_when_there_is_nothing_to_send():
    plan = decided(noise=replace(NOISE, severity=MEDIUM), notified=replace(NOTIFIED, severity=HIGH))
    assert (plan.decision.verdict, plan.decision.reasons) == (SUPPRESS, (AlreadyNotified(12),))


# ---------------------------------------------------------------- new actors in a known story

HERON = Actor("heron", "Night Heron", ())
DIGEST, DIGEST_GROUP = DeliveryKind.DIGEST, Group(GroupBy.DIGEST)


def corroborated(**changes):
    given = {"severity": MEDIUM, "notified": NOTIFIED, "actors": (HERON,), "outlet": "The Wire"}
    return decide_corroboration(case(**given | changes), SETTINGS, NOW)


def test_an_entry_that_is_no_hit_but_names_a_new_actor_causes_a_follow_up():
    plan = corroborated()
    named = NewActor("heron", "Night Heron", "The Wire")
    assert (plan.kind, plan.group, plan.annotation.reasons) == (FOLLOW_UP, STORY, (named,))
    assert plan.decision.reasons[:2] == (FollowUp(12), named)
    assert (plan.decision.destination, plan.decision.due_at) == ("soc", NOW + WAIT)


@pytest.mark.parametrize(
    ("kind", "group", "hit"),
    [(ALERT, STORY, 0), (FOLLOW_UP, STORY, 0), (DIGEST, DIGEST_GROUP, 12), (SUMMARY, Group(GroupBy.SUMMARY), 12)],
    ids=["alert", "follow-up", "digest", "summary"],
)
def test_a_new_actor_is_added_to_the_pending_delivery_with_the_hit_if_that_lists_several_stories(kind, group, hit):
    plan = corroborated(notified=replace(OPEN, kind=kind, group=group))
    named = NewActor("heron", "Night Heron", "The Wire")
    assert (plan.kind, plan.group, plan.annotation.reasons) == (kind, group, (replace(named, hit=hit),))
    assert plan.decision == Decision("soc", JOIN, (AddedToPending(12, str(kind)), named), NOW + MINUTE)


def test_an_actor_that_the_pending_delivery_already_names_adds_nothing():
    assert corroborated(notified=replace(OPEN, actors=frozenset({"heron"}))) is None


def test_a_new_actor_in_a_digest_or_summary_names_the_hit_of_its_story():
    named = NewActor("heron", "Night Heron", hit=12)
    digest = decided(destination=MAIL, notified=NOTIFIED, severity=MEDIUM, actors=(HERON,))
    assert digest.annotation.reasons == (DigestPeriod(NOW, NOW.replace(hour=16)), named)
    summary = decided(notified=NOTIFIED, severity=MEDIUM, actors=(HERON,), planned=(NOW + WAIT,) * 50)
    assert summary.annotation.reasons == (AlertStorm(50, 300), named)


def test_a_new_actor_in_a_waiting_follow_up_is_a_reason_of_it():
    pending = NotifiedStory(12, HIGH, 1, FOLLOW_UP, STORY, NOW + 10 * MINUTE, is_open=True)
    plan = decided(notified=pending, actors=(HERON,))
    assert plan.annotation.reasons == (NewActor("heron", "Night Heron"),)
    assert plan.postpones


# ---------------------------------------------------------------- digest and quiet hours

EVENING = NOW.replace(hour=20)
FRIDAY = NOW + timedelta(days=3, hours=8)
MORNING = (NOW + timedelta(days=1)).replace(hour=8)


def test_a_digest_collects_until_its_moment_and_says_so():
    plan = decided(destination=MAIL)
    assert (plan.kind, plan.group, plan.decision.verdict) == (DeliveryKind.DIGEST, Group(GroupBy.DIGEST), HOLD)
    assert plan.decision.due_at == NOW.replace(hour=16)
    assert said(plan.decision) == "rule thefts; goes into the digest of 24 Nov 16:00 UTC"
    assert said(plan.annotation) == "digest due 24 Nov 16:00 UTC; covers 24 Nov 12:00 UTC to 24 Nov 16:00 UTC"


BERLIN = replace(SETTINGS, timezone=ZoneInfo("Europe/Berlin"))
SEVEN = MORNING.replace(hour=7)  # eight in Berlin
FIFTEEN = NOW.replace(hour=15)
MISSED = {"published_at": EVENING - 60 * HOUR, "first_seen_at": EVENING, "unread_since": EVENING - 64 * HOUR}


@pytest.mark.parametrize(
    ("now", "changes", "due_at"),
    [
        (EVENING, {"destination": PAGER}, SEVEN),
        (NOW, {"destination": MAIL}, FIFTEEN),
        (EVENING, {"destination": PAGER, **MISSED}, SEVEN),
        (
            EVENING,
            {
                "destination": replace(PAGER, break_quiet=None),
                "severity": CRITICAL,
                "notified": replace(OPEN, due_at=MORNING),
            },
            SEVEN,
        ),
        (
            EVENING,
            {"destination": PAGER, "notified": replace(OPEN, kind=FOLLOW_UP, due_at=EVENING), "outlets": 3},
            SEVEN,
        ),
        (
            NOW.replace(hour=16, minute=57),
            {"destination": PAGER, "planned": (NOW.replace(hour=16, minute=58),) * 50},
            SEVEN,
        ),
    ],
    ids=["alert", "digest", "missed", "joined earlier", "joined follow-up", "summary"],
)
def test_quiet_hours_and_digests_are_those_of_the_configured_time_zone(now, changes, due_at):
    assert decided(now=now, settings=BERLIN, **changes).decision.due_at == due_at


def test_a_missed_entry_goes_into_the_digest_of_missed_entries_without_grouping_too():
    missed = {"published_at": NOW - 60 * HOUR, "unread_since": NOW - 64 * HOUR, "notified": NOTIFIED}
    assert decided(settings=replace(SETTINGS, group="none"), **missed).group == Group(GroupBy.MISSED)


def test_from_break_quiet_on_a_hit_is_sent_at_once_digest_or_not():
    plan = decided(now=EVENING, destination=MAIL, severity=CRITICAL)
    assert (plan.kind, plan.decision.verdict, plan.decision.due_at) == (ALERT, Verdict.SEND, EVENING)


@pytest.mark.parametrize(
    ("at", "until"),
    [(EVENING, MORNING), (FRIDAY, NOW.replace(day=30, hour=8)), (NOW.replace(hour=17, minute=59), MORNING)],
    ids=["night", "weekend", "a wait that ends in the quiet"],
)
def test_in_quiet_hours_an_alert_is_held_until_they_end(at, until):
    decision = decided(now=at, destination=PAGER).decision
    assert (decision.verdict, decision.due_at) == (HOLD, until)
    assert said(decision).startswith("rule thefts; quiet hours until ")


def test_without_break_quiet_a_critical_hit_waits_too():
    decision = decided(now=EVENING, destination=replace(PAGER, break_quiet=None), severity=CRITICAL).decision
    assert decision.due_at == MORNING


def test_a_digest_in_quiet_hours_comes_when_they_end():
    night = replace(MAIL, digest=(parse_recurrence("22:00"),))
    assert decided(destination=night).decision.due_at == MORNING


def test_a_critical_hit_does_not_wait_for_the_digest_its_story_is_in():
    notified = NotifiedStory(
        12, MEDIUM, 1, DeliveryKind.DIGEST, Group(GroupBy.DIGEST), NOW.replace(hour=16), is_open=True
    )
    plan = decided(destination=MAIL, notified=notified, severity=CRITICAL)
    assert (plan.kind, plan.group, plan.decision.due_at) == (ALERT, STORY, NOW)
    assert said(plan.decision) == "rule thefts; severity rose from medium to critical"
    again = decided(destination=MAIL, notified=replace(notified, kind=SUMMARY, severity=CRITICAL), severity=CRITICAL)
    assert (again.kind, again.decision.reasons) == (ALERT, (RulesMatched(("thefts",)),))


def test_another_hit_of_a_story_in_the_digest_joins_it():
    notified = NotifiedStory(
        12, MEDIUM, 1, DeliveryKind.DIGEST, Group(GroupBy.DIGEST), NOW.replace(hour=16), is_open=True
    )
    plan = decided(destination=MAIL, notified=notified)
    assert (plan.kind, plan.group, plan.decision.verdict) == (DeliveryKind.DIGEST, Group(GroupBy.DIGEST), JOIN)


# ---------------------------------------------------------------- too many

LIMITED = replace(SOC, max_per_hour=20)


def minutes_ago(*minutes: int) -> tuple[datetime, ...]:
    return tuple(NOW - n * MINUTE for n in minutes)


def test_beyond_max_per_hour_hits_are_combined_into_one_summary():
    plan = decided(destination=LIMITED, planned=minutes_ago(*range(10, 29)))
    assert (plan.kind, plan.group, plan.decision.verdict) == (SUMMARY, Group(GroupBy.SUMMARY), HOLD)
    assert said(plan.annotation) == "rate limit reached: max_per_hour = 20 of soc"
    assert said(plan.decision) == "rule thefts; rate limit reached: max_per_hour = 20 of soc; combined into one summary"
    assert plan.decision.due_at == NOW + 5 * MINUTE


def test_the_summary_itself_keeps_to_the_limit():
    plan = decided(destination=LIMITED, planned=minutes_ago(*range(10, 30)))
    assert plan.decision.due_at == NOW + 31 * MINUTE  # when the first of the twenty is an hour ago


def test_one_message_less_than_that_is_an_alert():
    assert decided(destination=LIMITED, planned=minutes_ago(*range(10, 28))).kind is ALERT


def test_what_was_sent_more_than_an_hour_ago_does_not_count():
    assert decided(destination=LIMITED, planned=minutes_ago(*range(60, 90))).kind is ALERT


def test_what_is_held_for_the_same_moment_counts():
    morning = (MORNING,) * 19
    plan = decided(now=EVENING, destination=replace(PAGER, max_per_hour=20), planned=morning)
    assert (plan.kind, plan.decision.due_at) == (SUMMARY, MORNING + 0 * MINUTE)


def test_a_critical_hit_takes_the_place_that_is_left_at_once():
    plan = decided(destination=LIMITED, planned=minutes_ago(*range(10, 29)), severity=CRITICAL)
    assert (plan.kind, plan.decision.due_at) == (SUMMARY, NOW)


def test_a_storm_becomes_one_summary():
    plan = decided(planned=(NOW,) * 50)
    assert (plan.kind, plan.absorbs_waiting, said(plan.annotation)) == (
        SUMMARY,
        True,
        "alert storm: more than 50 alerts in 5 min",
    )
    assert plan.decision.due_at == NOW + 5 * MINUTE


def test_while_a_summary_waits_all_but_critical_join_it():
    due = NOW + 3 * MINUTE
    assert decided(summary_due=due).decision.due_at == due
    assert (decided(summary_due=due).kind, decided(summary_due=due).absorbs_waiting) == (SUMMARY, False)
    assert decided(summary_due=due, severity=CRITICAL).kind is ALERT


def test_a_follow_up_keeps_to_the_limit():
    plan = decided(destination=LIMITED, notified=NOTIFIED, severity=CRITICAL, planned=minutes_ago(*range(10, 29)))
    assert plan.kind is SUMMARY
    assert said(plan.decision).startswith(
        "follow-up to hit #12; severity rose from medium to critical; rate limit reached"
    )


def test_in_a_storm_a_critical_hit_waits_for_the_summary_too():
    plan = decided(planned=(NOW,) * 50, severity=CRITICAL)
    assert (plan.kind, plan.decision.due_at) == (SUMMARY, NOW + 5 * MINUTE)


def test_a_hit_beyond_both_limits_names_the_storm():
    plan = decided(destination=LIMITED, planned=(NOW + WAIT,) * 50)
    assert plan.decision.reasons == (RulesMatched(("thefts",)), AlertStorm(50, 300), CombinedIntoSummary())
    assert plan.annotation.reasons == (AlertStorm(50, 300),)


def test_a_hit_joins_a_waiting_summary_for_that_reason_and_takes_no_alerts_along():
    plan = decided(summary_due=NOW + 3 * MINUTE)
    assert plan.decision.reasons == (RulesMatched(("thefts",)), SummaryPending(), CombinedIntoSummary())
    assert plan.annotation.reasons == ()
    stormy = decided(summary_due=NOW + 3 * MINUTE, planned=(NOW + WAIT,) * 50)
    assert (stormy.kind, stormy.decision.due_at, stormy.absorbs_waiting) == (SUMMARY, NOW + 3 * MINUTE, False)


def test_a_critical_hit_beyond_the_limit_joins_a_waiting_summary():
    plan = decided(planned=(NOW,) * 50, severity=CRITICAL, summary_due=NOW + 3 * MINUTE)
    assert (plan.kind, plan.decision.due_at) == (SUMMARY, NOW + 3 * MINUTE)


# ---------------------------------------------------------------- not acknowledged


def test_an_escalation_is_sent_at_once_in_quiet_hours_too():
    plan = decide_escalation(case(destination=PAGER, severity=MEDIUM), SETTINGS, EVENING, after_s=900)
    assert (plan.kind, plan.decision.due_at) == (DeliveryKind.ESCALATION, EVENING)
    assert (plan.group, plan.annotation.reasons) == (STORY, (NotAcknowledged(900),))
    assert plan.decision == Decision("pager", Verdict.SEND, (NotAcknowledged(900),), EVENING)


def test_escalations_keep_to_the_limit_too():
    plan = decide_escalation(case(planned=(NOW,) * 50), SETTINGS, NOW, after_s=900)
    assert (plan.kind, plan.decision.due_at) == (SUMMARY, NOW + 5 * MINUTE)
    assert plan.decision.reasons == (NotAcknowledged(900), AlertStorm(50, 300), CombinedIntoSummary())
