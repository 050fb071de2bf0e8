from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.invented_stories import NOON, item, stories

from monitor.stories import STORY_STAYS_OPEN, StoryIndex, assign, profile_of
from monitor.stories.story_index import CLOSE_EVERY, COMPARED_ENTRIES, MAX_CANDIDATES, MAX_POSTINGS

TITLES = ["Quillbridge drained of $42M", "Vantor exchange sued in Texas", "Oakmere wallet lists shares", "BTC", ""]


def indexed(*titles: str) -> StoryIndex:
    index = StoryIndex()
    for story, title in enumerate(titles, 1):
        index.add(story, profile_of(item(title)))
    return index


def test_a_draft_shows_both_and_leaves_the_index_as_it_was():
    index = indexed("Quillbridge drained of $42 million overnight")
    draft = index.draft()
    draft.add(2, profile_of(item("Vantor exchange sued in Texas court")))
    vantor = profile_of(item("Texas court hears Vantor exchange suit", hours=1))
    assert (assign(draft, vantor).story, assign(index, vantor).story) == (2, None)
    assert (len(draft), len(index)) == (2, 1)


def test_what_a_draft_added_to_a_known_story_is_compared_with_the_rest_of_it():
    index = indexed("Quillbridge drained of $42 million overnight")
    draft = index.draft()
    draft.add(1, profile_of(item("Quillbridge pauses withdrawals")))
    assert len(draft.entries(1)) == 2


def test_take_adopts_what_a_draft_added():
    index = indexed("Quillbridge drained of $42 million overnight")
    draft = index.draft()
    draft.add(2, profile_of(item("Vantor exchange sued in Texas court")))
    index.merge(draft)
    assert index.stories() == {1, 2}
    assert assign(index, profile_of(item("Texas court hears Vantor exchange suit"))).story == 2


def test_what_is_old_when_it_comes_is_not_adopted():
    index = indexed("Quillbridge drained of $42 million overnight")
    index.close_older_than(NOON - timedelta(hours=1))
    draft = index.draft()
    for story in (1, 2):
        draft.add(story, profile_of(item("Vantor exchange sued in Texas court", hours=-2)))
    index.merge(draft)
    assert (index.stories(), len(index.entries(1))) == ({1}, 2)


def test_forgetting_leaves_no_trace_of_a_closed_story():
    index = indexed("Quillbridge drained of $42 million overnight")
    index.add(2, profile_of(item("Quillbridge halts withdrawals", hours=24)))
    index.close_older_than(NOON - CLOSE_EVERY)
    index.close_older_than(NOON)
    assert index.stories() == {1, 2}
    index.close_older_than(NOON + timedelta(hours=1))
    assert index.stories() == {2}
    assert index.candidates(profile_of(item("Quillbridge drained of $42 million overnight"))) == [2]
    index.close_older_than(NOON + timedelta(days=2))
    assert (len(index), index._by_key, index._keys) == (0, {}, {})


def test_closed_stories_are_looked_for_now_and_then():
    index = indexed("Quillbridge drained of $42 million overnight")
    index.close_older_than(NOON - timedelta(minutes=1))
    index.close_older_than(NOON + timedelta(minutes=1))
    assert index.stories() == {1}
    index.close_older_than(NOON - timedelta(minutes=1) + CLOSE_EVERY)
    assert index.stories() == set()


def test_the_story_that_was_opened_first_is_closed_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr("monitor.stories.story_index.MAX_OPEN_STORIES", 2)
    index = indexed("Quillbridge drained overnight", "Vantor exchange sued in Texas", "Oakmere names a new chief")
    assert index.stories() == {2, 3}
    assert index.candidates(profile_of(item("Quillbridge drained overnight"))) == []


def test_a_story_keeps_its_first_entry_and_the_newest():
    index = StoryIndex()
    titles = [f"Quillbridge update number {n} of the evening" for n in range(20)]
    for n, title in enumerate(titles):
        index.add(1, profile_of(item(title, hours=n)))
    kept = [entry.at for entry in index.entries(1)]
    assert len(kept) == COMPARED_ENTRIES
    assert (kept[0], kept[-1]) == (NOON, NOON + timedelta(hours=19))


def test_the_work_for_one_entry_does_not_grow_with_the_stories():
    index = indexed(*[f"Quillbridge rumour {n} spreads in Lisbon" for n in range(MAX_POSTINGS * 3)])
    asked = profile_of(item("Quillbridge rumour 7 spreads in Lisbon"))
    assert len(index.candidates(asked)) <= MAX_CANDIDATES


@given(st.lists(st.sampled_from(TITLES) | st.text(max_size=60), max_size=12))
def test_every_item_gets_a_story_that_was_opened_before(titles):
    told = stories(item(title, hours=n) for n, title in enumerate(titles))
    assert len(told) == len(titles)
    assert all(story <= max([0, *told[:n]]) + 1 for n, story in enumerate(told))


@given(st.lists(st.sampled_from(TITLES), max_size=8), st.integers(0, 8))
def test_a_draft_taken_is_the_same_as_adding_at_once(titles, cut):
    profiles = [profile_of(item(title)) for title in titles]
    at_once, index = StoryIndex(), StoryIndex()
    for story, profile in enumerate(profiles):
        at_once.add(story, profile)
    for part in (range(min(cut, len(titles))), range(cut, len(titles))):
        draft = index.draft()
        for story in part:
            draft.add(story, profiles[story])
        index.merge(draft)
    assert (index._entries, index._by_key) == (at_once._entries, at_once._by_key)


def test_stories_are_open_for_about_a_week():
    assert timedelta(days=7) <= STORY_STAYS_OPEN <= timedelta(days=10)
