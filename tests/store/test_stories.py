from __future__ import annotations

from dataclasses import replace

import pytest
from support.store_samples import JUDGEMENT, NOW, after, entry, feed

from monitor.store import write
from monitor.store.db.statements import rows
from monitor.store.entries import add_entry
from monitor.store.feeds import configure
from monitor.store.mentions import add_mentions
from monitor.store.stories import entries_since, join_story, open_story


def put(db, item, story=None, follows=None):
    """Store *item* with all that was read in it, in *story* or one of its own; return the story."""
    with write(db):
        configure(db, [feed()])
        if story is None:
            story = open_story(db, item, follows=follows)
        else:
            assert join_story(db, story, item)
        add_mentions(db, add_entry(db, item, story=story, story_reason="because"), 1, JUDGEMENT)
    return story


def test_a_story_tells_when_its_last_entry_came(db):
    story = put(db, entry("1"))
    put(db, entry("2", seen_s=60), story)
    row = rows(db, "SELECT opened_at < last_entry_at AS later, follows FROM stories")
    assert row == [{"later": 1, "follows": None}]


def test_a_story_that_follows_says_which(db):
    first = put(db, entry("1"))
    later = put(db, entry("2", seen_s=60), follows=first)
    assert rows(db, "SELECT id, follows FROM stories")[1] == {"id": later, "follows": first}


def test_a_story_that_was_deleted_is_neither_joined_nor_followed(db):
    with write(db):
        assert not join_story(db, 99, entry())
    put(db, entry(), follows=99)
    assert rows(db, "SELECT follows FROM stories") == [{"follows": None}]


def test_entries_come_back_with_all_that_they_are_compared_by(db):
    story = put(db, entry())
    [(told, item)] = entries_since(db, NOW, 9)
    assert told == story
    assert (item.title, item.summary, item.outlet) == (entry().text.title, entry().text.summary, "Desk")
    assert (item.link, item.at) == (entry().link, after(-180))
    assert (item.amounts, item.actors) == (JUDGEMENT.amounts, ("Lazarus Group",))


@pytest.mark.parametrize("published_s", [None, 3600])
def test_an_entry_dates_from_when_it_was_seen_when_its_own_date_cannot_be(db, published_s):
    put(db, replace(entry(), published_at=None if published_s is None else after(published_s)))
    [(_, item)] = entries_since(db, NOW, 9)
    assert item.at == NOW


def test_stories_opened_before_are_left_out(db):
    put(db, entry("1"))
    kept = put(db, entry("2", seen_s=60))
    assert [story for story, _ in entries_since(db, after(30), 9)] == [kept]


def test_of_many_stories_the_newest_are_given(db):
    newer = [put(db, entry(str(n))) for n in range(3)][1:]
    assert [story for story, _ in entries_since(db, NOW, 2)] == newer
