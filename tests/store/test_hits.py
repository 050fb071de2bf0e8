from dataclasses import replace

import pytest
from support.store_samples import ACTOR, JUDGEMENT, KEYWORD, NOW, RULES, after, entry, feed, put_entry, put_hit

from monitor.model import Hit, Severity
from monitor.store import write
from monitor.store.db.statements import rows
from monitor.store.entries import replace_text
from monitor.store.feeds import configure
from monitor.store.hits import HitQuery, NewHit, add_hit, list_hits, load_hit
from monitor.store.watchlists import watchlist_version

OTHER = replace(JUDGEMENT, mentions=(replace(ACTOR, actor="andariel"),), rules=(replace(RULES[1], rule="others"),))


def found(db, **query) -> list[int]:
    return [row["id"] for row in list_hits(db, HitQuery(**query))]


def test_a_hit_comes_back_as_it_was_added(db):
    with write(db):
        configure(db, [feed()])
        number = watchlist_version(db, "f1", NOW)
        item = put_entry(db, entry("1"))
        names, notes = (("lazarus", "Lazarus Group"),), ("Playbook: ü",)
        hit = add_hit(db, NewHit(item, 1, JUDGEMENT, after(3), number, names=names, notes=notes))
    severity, story = Severity.CRITICAL, load_hit(db, hit).story
    expected = Hit(hit, entry("1"), item, JUDGEMENT, severity, after(3), story, number, names, notes)
    assert load_hit(db, hit) == expected


def test_no_hit_has_an_unknown_id(db):
    assert load_hit(db, 1) is None


def test_a_text_that_no_rule_matched_is_no_hit(db):
    with pytest.raises(ValueError, match="no rule matched"):
        put_hit(db, judgement=replace(JUDGEMENT, rules=()))
    assert rows(db, "SELECT id FROM entries") == []


def test_each_entry_opens_its_own_story(db):
    stories = {load_hit(db, put_hit(db, key)).story for key in "123"}
    assert len(stories) == 3


def test_a_text_is_a_hit_once(db):
    hit = load_hit(db, put_hit(db))
    with pytest.raises(db.conn.IntegrityError), write(db):
        add_hit(db, NewHit(hit.entry_id, 1, JUDGEMENT, NOW, 1))


def test_a_second_hit_of_an_entry_is_an_update(db):
    first = load_hit(db, put_hit(db))
    with write(db):
        version = replace_text(db, first.entry_id, entry("1", "Another title"), after(60))
        second = add_hit(db, NewHit(first.entry_id, version, OTHER, after(60), 1))
    assert rows(db, "SELECT is_update FROM hits ORDER BY id") == [{"is_update": 0}, {"is_update": 1}]
    assert (load_hit(db, first.id).judgement, load_hit(db, second).judgement) == (JUDGEMENT, OTHER)
    assert [row["title"] for row in list_hits(db, HitQuery())] == ["Another title", entry("1").text.title]


def test_a_listed_hit_says_what_scripts_read(db):
    hit = put_hit(db)
    assert list_hits(db, HitQuery()) == [
        {
            "id": hit,
            "seen_at": "2026-11-22T10:00:00.000Z",
            "published_at": "2026-11-22T09:57:00.000Z",
            "severity": "critical",
            "title": entry("1").text.title,
            "link": "https://desk.example/1",
            "feed": "desk",
            "outlet": "Desk",
            "actors": ["lazarus"],
            "keywords": ["theft"],
            "rules": ["dprk-theft", "anything"],
            "story": load_hit(db, hit).story,
            "triage": None,
        }
    ]


def test_a_listed_hit_names_each_subject_once_in_reading_order(db):
    again = (replace(ACTOR, actor="zeta"), ACTOR, KEYWORD, replace(ACTOR, actor="zeta", start=30, end=34))
    put_hit(db, judgement=replace(JUDGEMENT, mentions=again))
    assert list_hits(db, HitQuery())[0]["actors"] == ["zeta", "lazarus"]


def test_hits_are_listed_newest_first_up_to_the_limit(db):
    old, newest, new = put_hit(db, "1", seen_s=1), put_hit(db, "2", seen_s=9), put_hit(db, "3", seen_s=5)
    assert found(db) == [newest, new, old]
    assert found(db, limit=2) == [newest, new]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"since": after(60)}, ["b"], id="since"),
        pytest.param({"actor": "andariel"}, ["b"], id="actor"),
        pytest.param({"actor": "theft"}, [], id="a keyword is no actor"),
        pytest.param({"feed": "desk"}, ["b", "a"], id="feed"),
        pytest.param({"feed": "wire"}, [], id="other feed"),
        pytest.param({"rule": "dprk-theft"}, ["a"], id="rule"),
        pytest.param({"min_severity": Severity.LOW}, ["b", "a"], id="low and above"),
        pytest.param({"min_severity": Severity.MEDIUM}, ["a"], id="medium and above"),
        pytest.param({"actor": "andariel", "rule": "dprk-theft"}, [], id="all lines must hold"),
    ],
)
def test_hits_are_listed_by_what_is_asked_for(db, query, expected):
    ids = {put_hit(db, "a"): "a", put_hit(db, "b", judgement=OTHER, seen_s=60): "b"}
    assert [ids[number] for number in found(db, **query)] == expected


def test_a_watchlist_keeps_its_number_and_another_gets_the_next(db):
    with write(db):
        numbers = [watchlist_version(db, fingerprint, NOW) for fingerprint in ("f1", "f2", "f1", "f3")]
    assert numbers == [1, 2, 1, 3]


def test_a_watchlist_keeps_the_moment_it_first_came_into_force(db):
    with write(db):
        watchlist_version(db, "f1", NOW)
        watchlist_version(db, "f1", after(60))
    assert rows(db, "SELECT loaded_at FROM watchlists") == [{"loaded_at": "2026-11-22T10:00:00.000Z"}]
