"""What is told of the monitor's own health: simulated hours and days, one look a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import FeedState
from monitor.health import incident_kinds as seen
from monitor.health.incident_messages import Beat, heartbeat, news_for
from monitor.health.incidents import OUTAGE, Outlook, Sight, look
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


class Life:
    """Looks once a minute, remembers what the database would, and notes what was told."""

    def __init__(self, feeds: int = 10, step: timedelta = MINUTE) -> None:
        self.now, self.feeds, self.step = NOW, feeds, step
        self.known: dict[IncidentKey, Incident] = {}
        self.told: list[tuple[str, str]] = []  # "+" or "-", what
        self.messages = 0
        self.outlook = Outlook(())

    def live(self, span: timedelta, records=(), *more: Incident, telling: bool = True, **sight) -> Life:
        end = self.now + span
        while self.now < end:
            self.now += self.step
            wrong = [*seen.of_feeds(records, self.known, self.now), *more]
            given = Sight(wrong, self.feeds, **sight)
            self.outlook = look(self.known, given, self.now, feed_down_s=DOWN_S, telling=telling)
            self.known = {incident.key: incident for incident in self.outlook.incidents}
            news = [("+", name_of(t)) for t in self.outlook.begun] + [("-", name_of(t)) for t in self.outlook.over]
            self.told += news
            self.messages += bool(news)
        return self


def test_a_feed_is_told_when_it_has_failed_for_so_long_and_when_that_is_over():
    life = Life().live(6 * HOUR, failing("wire"))
    assert life.told == []
    life.live(HOUR, failing("wire"))
    assert life.told == [("+", "feed wire")]
    life.live(2 * HOUR)
    assert life.told == [("+", "feed wire"), ("-", "feed wire")]
    assert life.live(10 * HOUR).messages == 2


def test_a_feed_that_fails_for_less_is_not_told():
    life = Life()
    for _ in range(5):
        life.live(5 * HOUR, failing("wire")).live(5 * MINUTE)
    assert life.told == []


def test_one_that_recovers_and_fails_again_at_once_is_not_over():
    life = Life().live(7 * HOUR, failing("wire"))
    for _ in range(20):
        life.live(10 * MINUTE).live(10 * MINUTE, failing("wire"))
    assert life.messages == 1


@pytest.mark.parametrize("apart", [0, 1, 20], ids=["in the same minute", "a minute apart", "within hours"])
def test_two_hundred_feeds_that_go_down_together_are_one_message_and_one_when_they_are_back(apart):
    keys = [f"f{n}" for n in range(200)]
    life = Life(feeds=200, step=10 * MINUTE)
    down: list[str] = []
    for key in keys:
        down.append(key)
        if apart and len(down) % 10 == 0:
            life.live(apart * MINUTE, failing(*down))
    life.live(12 * HOUR, failing(*down))
    assert [topic for _, topic in life.told] == ["feeds"]
    while down:
        del down[:10]
        life.live(11 * MINUTE, failing(*down))
    life.live(HOUR)
    assert life.told == [("+", "feeds"), ("-", "feeds")]


def test_what_still_fails_long_after_an_outage_is_told_by_its_name():
    keys = [f"f{n}" for n in range(20)]
    life = Life(feeds=20).live(7 * HOUR, failing(*keys)).live(5 * HOUR, failing("f3"))
    assert life.told == [("+", "feeds"), ("-", "feeds")]
    assert life.live(2 * HOUR, failing("f3")).told[2:] == [("+", "feed f3")]
    assert life.live(HOUR).told[3:] == [("-", "feed f3")]


def test_the_outage_says_how_many_and_why():
    records = [*failing(*"abcdef"), *failing("g", "h", state="dns")]
    life = Life(feeds=9).live(6 * HOUR + 2 * MINUTE, records)
    outage = life.known[OUTAGE]
    assert (outage.title, outage.cause) == ("8 of 9 feeds cannot be read", "6 timeout, 2 dns")


def test_a_few_feeds_that_fail_about_the_same_time_are_one_message():
    life = Life().live(10 * MINUTE, failing("a")).live(8 * HOUR, failing("a", "b", "c"))
    assert (life.messages, len(life.told)) == (1, 3)


def test_all_of_four_feeds_are_told_by_name():
    life = Life(feeds=4).live(7 * HOUR, failing(*"abcd"))
    assert [topic for _, topic in life.told] == ["feed a", "feed b", "feed c", "feed d"]


def test_silence_is_told_at_once_stands_while_the_feed_fails_and_is_over_with_news():
    life = Life().live(20 * MINUTE, failing("wire", state="silent"))
    assert life.told == [("+", "silence wire")]
    life.live(3 * HOUR, failing("wire"))
    assert life.messages == 1
    assert life.live(HOUR).told[1:] == [("-", "silence wire")]


def test_new_ids_for_old_entries_are_told_once_and_once_more_when_that_is_over():
    life = Life().live(20 * MINUTE, failing("wire", state="renumbered"))
    assert life.told == [("+", "renumbered wire")]
    assert life.outlook.wrong == ()
    assert life.live(24 * HOUR).told[1:] == [("-", "renumbered wire")]


def test_what_is_wrong_lets_go_of_the_switch_and_silence_does_not():
    life = Life().live(HOUR, failing("wire", state="silent"))
    assert life.outlook.wrong == ()
    assert not Life().live(5 * HOUR, failing("wire")).outlook.wrong
    assert [name_of(t) for t in Life().live(7 * HOUR, failing("wire")).outlook.wrong] == ["feed wire"]


def test_a_restart_neither_forgets_nor_repeats_and_waits_until_the_feed_was_asked_again():
    life = Life().live(5 * HOUR, failing("wire"))
    life.now += 10 * HOUR  # nothing runs
    life.live(30 * MINUTE, failing("wire"), unconfirmed={IncidentKey(IncidentKind.FEED, "wire")})
    assert life.told == []
    life.live(2 * MINUTE, failing("wire"))
    assert life.told == [("+", "feed wire")]
    life.now += 10 * HOUR
    assert life.live(HOUR, failing("wire")).messages == 1


def test_a_feed_that_is_taken_out_of_the_file_is_over_without_a_word():
    life = Life().live(7 * HOUR, failing("wire")).live(HOUR, gone={IncidentKey(IncidentKind.FEED, "wire")})
    assert (life.messages, life.known) == (1, {})


def refused() -> Incident:
    return seen.of_configuration("config.toml:3:1: error: no such thing", NOW)


def test_a_refused_configuration_is_told_at_once_and_once():
    life = Life().live(3 * HOUR, (), refused()).live(3 * HOUR)
    assert life.told == [("+", "configuration"), ("-", "configuration")]


def test_what_nobody_could_be_told_is_told_when_somebody_is_named():
    life = Life().live(HOUR, (), refused(), telling=False)
    assert (life.told, len(life.outlook.wrong)) == ([], 1)
    assert life.live(HOUR, (), refused()).told == [("+", "configuration")]


def test_a_destination_has_half_an_hour():
    def slack(since: datetime) -> Incident:
        return seen.of_destination("slack", 3, since, "the connection was refused")

    life = Life().live(29 * MINUTE, (), slack(NOW)).live(HOUR)
    assert life.told == []
    life = Life().live(31 * MINUTE, (), slack(NOW)).live(HOUR)
    assert life.told == [("+", "destination slack"), ("-", "destination slack")]


def test_dead_deliveries_are_told_each_time_more_die_gathered_and_never_over():
    life = Life()
    for newest in (3, 4, 5):
        life.live(MINUTE, (), seen.of_dead("slack", newest, newest, "given up", life.now))
    life.live(HOUR, (), seen.of_dead("slack", 5, 5, "given up", life.now))
    assert life.told == [("+", "given up slack 5")]
    life.live(HOUR, (), seen.of_dead("slack", 6, 9, "given up", life.now)).live(HOUR)
    assert life.told == [("+", "given up slack 5"), ("+", "given up slack 9")]


def test_a_disk_that_is_full_to_the_brim_is_told_once_however_it_wavers():
    least = 500_000_000
    life = Life()
    for free in (510, 499, 501, 499, 530, 499, 600):
        low = seen.of_disk(
            "/srv", free * 1_000_000, least, life.now, was_low=IncidentKey(IncidentKind.DISK) in life.known
        )
        life.live(2 * MINUTE, (), *([low] if low else []))
    assert life.told == [("+", "disk"), ("-", "disk")]


def test_a_clock_that_was_set_back_holds_nothing_up():
    life = Life().live(HOUR, failing("wire"))
    life.now -= timedelta(days=30)
    assert life.live(7 * HOUR, failing("wire")).told == [("+", "feed wire")]


def test_a_destination_hears_of_all_but_itself():
    slack = seen.of_destination("slack", 3, NOW, "refused")
    assert news_for("slack", [slack], [], zone=UTC, now=NOW) is None
    assert news_for("mail", [slack], [], zone=UTC, now=NOW).title == "3 deliveries for slack cannot be delivered"
    both = news_for("slack", [slack, refused()], [], zone=UTC, now=NOW)
    assert both.title == refused().title


def test_one_trouble_says_cause_remedy_and_since_when():
    said = news_for("desk", [refused()], [], zone=UTC, now=NOW + HOUR)
    assert said.lines == (
        "Cause: config.toml:3:1: error: no such thing",
        "What to do: monitor check shows each mistake at its place",
        "Since 22 Nov 10:00 UTC, 60 min",
    )
    over = news_for("desk", [], [replace(refused(), ended_at=NOW + HOUR)], zone=UTC, now=NOW + HOUR)
    assert over.title == "over: the configuration on disk is in force"
    assert over.lines[1] == "It lasted 60 min"


def test_many_are_lines_of_one_message_and_not_more_than_a_reader_bears():
    records = failing(*(f"f{n}" for n in range(30)))
    said = news_for("desk", seen.of_feeds(records, (), NOW), [refused()], zone=UTC, now=NOW)
    assert said.title == "30 new problems, 1 over"
    assert (len(said.lines), said.lines[-1]) == (21, "and 11 more: monitor status, monitor feeds")


def test_still_here_counts_and_names_the_end_of_the_log():
    beat = Beat(
        41, 1, 1212, NOW - timedelta(days=7), ("feed wire cannot be read",), 2, "desk after 1.2 s", "hit #9, link ab"
    )
    said = heartbeat(beat, zone=UTC, now=NOW)
    assert said.title == "still here: 41 feeds, 1 hit since 15 Nov 10:00 UTC"
    assert said.lines == (
        "1,212 messages sent since 15 Nov 10:00 UTC, 2 waiting",
        "Canary: desk after 1.2 s",
        "The hit log ends with hit #9, link ab",
        "Wrong: feed wire cannot be read",
    )
