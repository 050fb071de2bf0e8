from __future__ import annotations

import pytest
from support.export_samples import ETH, put_many_kinds
from support.store_samples import NOW

from monitor.model import IndicatorKind
from monitor.store import hit_export, hit_list
from monitor.store.hit_export import database_origin, exported_hits, indicators_first_seen, whole_story_ids
from monitor.store.hit_list import HitQuery, hit_batches, hit_ids, list_hits


@pytest.fixture
def filled(db):
    put_many_kinds(db)
    return db


def test_a_few_hits_at_a_time_are_the_whole_list(filled, monkeypatch):
    whole = list_hits(filled, HitQuery(limit=None), with_texts=True)
    everything = [*exported_hits(filled, hit_ids(filled, HitQuery(limit=None)))]
    for module in (hit_list, hit_export):
        monkeypatch.setattr(module, "BATCH", 4)
    ids = hit_ids(filled, HitQuery(limit=None))
    assert [*hit_batches(filled, ids, with_texts=True)] == whole
    assert [*exported_hits(filled, ids)] == everything
    assert [hit.id for hit in everything] == list(ids) == [row["id"] for row in whole]


def test_stories_are_whole_and_their_hits_adjacent(filled):
    hits = [*exported_hits(filled, whole_story_ids(filled, HitQuery(limit=None)))]
    stories = [hit.story.id for hit in hits]
    assert stories == sorted(stories)
    first = whole_story_ids(filled, HitQuery(until=NOW, limit=1))
    assert list(first) == [hit.id for hit in hits if hit.story.id == stories[0]]
    assert len(first) == 3


def test_an_address_is_the_same_in_capitals_and_was_first_seen_once(filled):
    found = indicators_first_seen(filled)
    hits = {hit.id: hit for hit in exported_hits(filled, whole_story_ids(filled, HitQuery(limit=None)))}
    assert found[IndicatorKind.ADDRESS, "ETH", ETH.lower()] == hits[15].seen_at
    assert {indicator.key for hit in hits.values() for indicator in hit.indicators} == set(found)


def test_the_origin_of_a_database_stays_the_same(filled, db):
    before = database_origin(filled, NOW)
    assert before.id
    assert database_origin(db, NOW) == before
