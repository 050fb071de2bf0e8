from dataclasses import replace
from datetime import date

import pytest
from support.store_samples import ACTOR, JUDGEMENT, NOW, after, put_hit

from monitor.model import Indicator, IndicatorKind, ListedActor, MatchKind
from monitor.store import write
from monitor.store.db.statements import rows
from monitor.store.hits import load_hit
from monitor.store.mentions import add_mentions, count_stories_of_actor, daily_mentions, indicators_of

ADDRESS = "0xde709f2102306220921060314715629080e2fb77"
INDICATORS = (
    Indicator(IndicatorKind.ADDRESS, "ETH", ADDRESS, f"{ADDRESS[:8]}\u200b{ADDRESS[8:]}", "summary", 3, 46),
    Indicator(IndicatorKind.TRANSACTION, "BTC", "4a" * 32, "4a" * 32, "content", 0, 64),
    Indicator(IndicatorKind.CVE, "", "CVE-2024-12345", "cve-2024-12345", "content", 70, 84),
)
FOUND = replace(JUDGEMENT, indicators=INDICATORS)


def test_indicators_come_back_in_reading_order(db):
    hit = load_hit(db, put_hit(db))
    with write(db):
        add_mentions(db, hit.entry_id, 2, FOUND)
    assert indicators_of(db, hit.entry_id, 2) == INDICATORS
    assert indicators_of(db, hit.entry_id, 1) == ()


def test_a_hit_brings_its_indicators_along(db):
    assert load_hit(db, put_hit(db, judgement=FOUND)).judgement == FOUND


def test_a_hit_keeps_a_mention_by_address_and_the_list_of_its_actor(db):
    by_address = replace(ACTOR, kind=MatchKind.ADDRESS, alias=ADDRESS)
    listed = ListedActor("lazarus", "ofac", "OFAC SDN list", date(2026, 11, 25), True, by_name=False, by_address=True)
    judgement = replace(JUDGEMENT, mentions=(by_address,), lists=(listed,))
    assert load_hit(db, put_hit(db, judgement=judgement)).judgement == judgement


def test_an_entry_that_is_deleted_takes_its_indicators_along(db):
    hit = load_hit(db, put_hit(db))
    with write(db):
        add_mentions(db, hit.entry_id, 1, replace(FOUND, mentions=(), amounts=()))
        db.execute("DELETE FROM hits")
        db.execute("DELETE FROM entries")
    assert rows(db, "SELECT id FROM indicators") == []


def test_only_known_kinds_are_kept(db):
    hit = load_hit(db, put_hit(db))
    odd = replace(FOUND, indicators=(replace(INDICATORS[0], kind="phone"),))
    with pytest.raises(db.conn.IntegrityError), write(db):
        add_mentions(db, hit.entry_id, 2, odd)


def test_stories_are_counted_by_the_date_of_the_news_and_each_once(db):
    for key, seen_s in (("1", -90_000), ("2", -10), ("3", 0)):
        put_hit(db, key, seen_s=seen_s)
    day_ago, since = after(-86_400), after(-8 * 86_400)
    assert count_stories_of_actor(db, "lazarus", since=since, day_ago=day_ago) == (2, 1)
    assert count_stories_of_actor(db, "lazarus", since=day_ago, day_ago=day_ago) == (2, 0)
    assert count_stories_of_actor(db, "nobody", since=since, day_ago=day_ago) == (0, 0)


def test_daily_mentions_count_each_story_once_a_day(db):
    for key, seen_s in (("1", -90_000), ("2", -600), ("3", 0)):
        put_hit(db, key, seen_s=seen_s)
    series = daily_mentions(db, "lazarus", NOW.date(), 4)
    assert (series.actor, series.stories, series.total, series.peak) == ("lazarus", (0, 0, 1, 2), 3, (NOW.date(), 2))
    assert daily_mentions(db, "nobody", NOW.date(), 2).stories == (0, 0)
