"""Which incidents are reported and when: simulated hours and days, with a check every minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import FeedState
from monitor.health import incident_kinds
from monitor.health.incident_messages import HeartbeatSummary, heartbeat_annotation, incident_annotation
from monitor.health.incident_tracking import OUTAGE, IncidentChanges, Observation, track_incidents
from monitor.model import FeedRecord, Incident, IncidentKey, IncidentKind

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DOWN_S = 6 * 3600.0


def failing(*keys: str, state: str = "timeout") -> list[FeedRecord]:
    return [
        FeedRecord(key, f"https://{key}.example/", NOW, state=FeedState(state), cause="no answer", failures=3)
        for key in keys
    ]


def name_of(incident: Incident) -> str:
    return " ".join(str(part) for part in (incident.kind, incident.subject, incident.key.number) if part)


class SimulatedChecks:
    """Checks once a minute, keeps the incidents as the database would, and records what was reported."""

    def __init__(self, feeds: int = 10, step: timedelta = MINUTE) -> None:
        self.now, self.feeds, self.step = NOW, feeds, step
        self.known: dict[IncidentKey, Incident] = {}
        self.reported: list[tuple[str, str]] = []  # "+" begun or "-" recovered, and the incident
        self.messages = 0
        self.changes = IncidentChanges(())

    def run_for(
        self, span: timedelta, records=(), *more: Incident, has_recipients: bool = True, **observed
    ) -> SimulatedChecks:
        end = self.now + span
        while self.now < end:
            self.now += self.step
            found = [*incident_kinds.feed_incidents(records, self.known, self.now), *more]
            observation = Observation(found, self.feeds, **observed)
            self.changes = track_incidents(
                self.known, observation, self.now, feed_down_s=DOWN_S, has_recipients=has_recipients
            )
            self.known = {incident.key: incident for incident in self.changes.incidents}
            reported = [("+", name_of(t)) for t in self.changes.begun] + [
                ("-", name_of(t)) for t in self.changes.recovered
            ]
            self.reported += reported
            self.messages += bool(reported)
        return self


def test_a_feed_is_reported_after_feed_down_and_when_it_has_recovered():
    checks = SimulatedChecks().run_for(6 * HOUR, failing("wire"))
    assert checks.reported == []
    checks.run_for(HOUR, failing("wire"))
    assert checks.reported == [("+", "feed wire")]
    checks.run_for(2 * HOUR)
    assert checks.reported == [("+", "feed wire"), ("-", "feed wire")]
    assert checks.run_for(10 * HOUR).messages == 2


def test_a_feed_that_fails_for_less_than_feed_down_is_not_reported():
    checks = SimulatedChecks()
    for _ in range(5):
        checks.run_for(5 * HOUR, failing("wire")).run_for(5 * MINUTE)
    assert checks.reported == []


def test_a_flapping_feed_is_reported_once():
    checks = SimulatedChecks().run_for(7 * HOUR, failing("wire"))
    for _ in range(20):
        checks.run_for(10 * MINUTE).run_for(10 * MINUTE, failing("wire"))
    assert checks.messages == 1


@pytest.mark.parametrize("apart", [0, 1, 20], ids=["in the same minute", "a minute apart", "within hours"])
def test_two_hundred_feeds_that_fail_together_are_one_message_and_one_at_recovery(apart):
    keys = [f"f{n}" for n in range(200)]
    checks = SimulatedChecks(feeds=200, step=10 * MINUTE)
    down: list[str] = []
    for key in keys:
        down.append(key)
        if apart and len(down) % 10 == 0:
            checks.run_for(apart * MINUTE, failing(*down))
    checks.run_for(12 * HOUR, failing(*down))
    assert [topic for _, topic in checks.reported] == ["feeds"]
    while down:
        del down[:10]
        checks.run_for(11 * MINUTE, failing(*down))
    checks.run_for(HOUR)
    assert checks.reported == [("+", "feeds"), ("-", "feeds")]


def test_a_feed_that_still_fails_after_an_outage_is_reported_by_name():
    keys = [f"f{n}" for n in range(20)]
    checks = SimulatedChecks(feeds=20).run_for(7 * HOUR, failing(*keys)).run_for(5 * HOUR, failing("f3"))
    assert checks.reported == [("+", "feeds"), ("-", "feeds")]
    assert checks.run_for(2 * HOUR, failing("f3")).reported[2:] == [("+", "feed f3")]
    assert checks.run_for(HOUR).reported[3:] == [("-", "feed f3")]


def test_an_outage_counts_its_feeds_by_cause():
    records = [*failing(*"abcdef"), *failing("g", "h", state="dns")]
    checks = SimulatedChecks(feeds=9).run_for(6 * HOUR + 2 * MINUTE, records)
    outage = checks.known[OUTAGE]
    assert (outage.title, outage.cause) == ("8 of 9 feeds cannot be read", "6 timeout, 2 dns")


def test_a_few_feeds_that_fail_at_about_the_same_time_are_one_message():
    checks = SimulatedChecks().run_for(10 * MINUTE, failing("a")).run_for(8 * HOUR, failing("a", "b", "c"))
    assert (checks.messages, len(checks.reported)) == (1, 3)


def test_four_of_four_feeds_are_reported_by_name():
    checks = SimulatedChecks(feeds=4).run_for(7 * HOUR, failing(*"abcd"))
    assert [topic for _, topic in checks.reported] == ["feed a", "feed b", "feed c", "feed d"]


def test_silence_is_reported_at_once_lasts_while_the_feed_fails_and_ends_with_an_entry():
    checks = SimulatedChecks().run_for(20 * MINUTE, failing("wire", state="silent"))
    assert checks.reported == [("+", "silence wire")]
    checks.run_for(3 * HOUR, failing("wire"))
    assert checks.messages == 1
    assert checks.run_for(HOUR).reported[1:] == [("-", "silence wire")]


def test_renumbered_entries_and_their_end_are_each_reported_once():
    checks = SimulatedChecks().run_for(20 * MINUTE, failing("wire", state="renumbered"))
    assert checks.reported == [("+", "renumbered wire")]
    assert checks.changes.unhealthy == ()
    assert checks.run_for(24 * HOUR).reported[1:] == [("-", "renumbered wire")]


def test_an_incident_stops_the_ping_and_silence_does_not():
    checks = SimulatedChecks().run_for(HOUR, failing("wire", state="silent"))
    assert checks.changes.unhealthy == ()
    assert not SimulatedChecks().run_for(5 * HOUR, failing("wire")).changes.unhealthy
    assert [name_of(t) for t in SimulatedChecks().run_for(7 * HOUR, failing("wire")).changes.unhealthy] == ["feed wire"]


def test_a_restart_forgets_and_repeats_nothing_and_waits_for_a_new_poll():
    checks = SimulatedChecks().run_for(5 * HOUR, failing("wire"))
    checks.now += 10 * HOUR  # the daemon is down
    checks.run_for(30 * MINUTE, failing("wire"), unconfirmed={IncidentKey(IncidentKind.FEED, "wire")})
    assert checks.reported == []
    checks.run_for(2 * MINUTE, failing("wire"))
    assert checks.reported == [("+", "feed wire")]
    checks.now += 10 * HOUR
    assert checks.run_for(HOUR, failing("wire")).messages == 1


def test_the_incident_of_a_removed_feed_ends_without_a_message():
    checks = (
        SimulatedChecks()
        .run_for(7 * HOUR, failing("wire"))
        .run_for(HOUR, removed={IncidentKey(IncidentKind.FEED, "wire")})
    )
    assert (checks.messages, checks.known) == (1, {})


def refused() -> Incident:
    return incident_kinds.configuration_incident("config.toml:3:1: error: no such thing", NOW)


def test_a_refused_configuration_is_reported_at_once_and_once():
    checks = SimulatedChecks().run_for(3 * HOUR, (), refused()).run_for(3 * HOUR)
    assert checks.reported == [("+", "configuration"), ("-", "configuration")]


def test_an_incident_is_reported_once_there_are_recipients():
    checks = SimulatedChecks().run_for(HOUR, (), refused(), has_recipients=False)
    assert (checks.reported, len(checks.changes.unhealthy)) == ([], 1)
    assert checks.run_for(HOUR, (), refused()).reported == [("+", "configuration")]


def test_a_failing_destination_is_reported_after_half_an_hour():
    def slack(since: datetime) -> Incident:
        return incident_kinds.destination_incident("slack", 3, since, "the connection was refused")

    checks = SimulatedChecks().run_for(29 * MINUTE, (), slack(NOW)).run_for(HOUR)
    assert checks.reported == []
    checks = SimulatedChecks().run_for(31 * MINUTE, (), slack(NOW)).run_for(HOUR)
    assert checks.reported == [("+", "destination slack"), ("-", "destination slack")]


def test_dead_deliveries_are_grouped_reported_each_time_and_never_recover():
    checks = SimulatedChecks()
    for newest in (3, 4, 5):
        checks.run_for(MINUTE, (), incident_kinds.dead_letter_incident("slack", newest, newest, "given up", checks.now))
    checks.run_for(HOUR, (), incident_kinds.dead_letter_incident("slack", 5, 5, "given up", checks.now))
    assert checks.reported == [("+", "given up slack 5")]
    checks.run_for(HOUR, (), incident_kinds.dead_letter_incident("slack", 6, 9, "given up", checks.now)).run_for(HOUR)
    assert checks.reported == [("+", "given up slack 5"), ("+", "given up slack 9")]


def test_low_disk_space_that_fluctuates_is_reported_once():
    least = 500_000_000
    checks = SimulatedChecks()
    for free in (510, 499, 501, 499, 530, 499, 600):
        low = incident_kinds.disk_incident(
            "/srv", free * 1_000_000, least, checks.now, was_low=IncidentKey(IncidentKind.DISK) in checks.known
        )
        checks.run_for(2 * MINUTE, (), *([low] if low else []))
    assert checks.reported == [("+", "disk"), ("-", "disk")]


def test_a_clock_set_back_delays_no_report():
    checks = SimulatedChecks().run_for(HOUR, failing("wire"))
    checks.now -= timedelta(days=30)
    assert checks.run_for(7 * HOUR, failing("wire")).reported == [("+", "feed wire")]


def test_a_destination_is_not_notified_about_itself():
    slack = incident_kinds.destination_incident("slack", 3, NOW, "refused")
    assert incident_annotation("slack", [slack], [], zone=UTC, now=NOW) is None
    assert (
        incident_annotation("mail", [slack], [], zone=UTC, now=NOW).title == "3 deliveries to slack cannot be delivered"
    )
    both = incident_annotation("slack", [slack, refused()], [], zone=UTC, now=NOW)
    assert both.title == refused().title


def test_a_message_about_one_incident_has_cause_remedy_and_start():
    message = incident_annotation("desk", [refused()], [], zone=UTC, now=NOW + HOUR)
    assert message.lines == (
        "Cause: config.toml:3:1: error: no such thing",
        "What to do: monitor check shows the line of each error",
        "Since 22 Nov 10:00 UTC, 60 min",
    )
    recovered = incident_annotation("desk", [], [replace(refused(), ended_at=NOW + HOUR)], zone=UTC, now=NOW + HOUR)
    assert recovered.title == "resolved: the configuration on disk is active"
    assert recovered.lines[1] == "Duration: 60 min"


def test_many_incidents_are_lines_of_one_message_of_limited_length():
    records = failing(*(f"f{n}" for n in range(30)))
    message = incident_annotation(
        "desk", incident_kinds.feed_incidents(records, (), NOW), [refused()], zone=UTC, now=NOW
    )
    assert message.title == "30 new problems, 1 resolved"
    assert (len(message.lines), message.lines[-1]) == (21, "and 11 more: see monitor status, monitor feeds")


def test_a_heartbeat_has_counts_and_the_end_of_the_hit_log():
    summary = HeartbeatSummary(
        41, 1, 1212, NOW - timedelta(days=7), ("feed wire cannot be read",), 2, "desk after 1.2 s", "hit #9, link ab"
    )
    message = heartbeat_annotation(summary, zone=UTC, now=NOW)
    assert message.title == "heartbeat: 41 feeds, 1 hit since 15 Nov 10:00 UTC"
    assert message.lines == (
        "1,212 messages sent since 15 Nov 10:00 UTC, 2 waiting",
        "Canary: desk after 1.2 s",
        "The hit log ends with hit #9, link ab",
        "Problem: feed wire cannot be read",
    )
