from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import SHARED_FIXTURE, examples
from support.store_samples import after, entry, feed, put_entry, put_hit

from monitor.errors import UsageError
from monitor.model import Text
from monitor.store import open_writer, write
from monitor.store.entries import add_entry, replace_text
from monitor.store.feeds import configure
from monitor.store.housekeeping import prune
from monitor.store.search import MOST_TERMS, merge_words, parse_query, search
from monitor.store.stories import open_story

TEXTS = {
    "a": "Mixer launders coins of a heist",
    "b": "Café owner pays in 比特币, hackers 黑客攻击 an exchange",
    "c": "Nothing ever happens",
}


@pytest.fixture
def news(db):
    with write(db):
        configure(db, [feed()])
        for number, (key, title) in enumerate(TEXTS.items()):
            put_entry(db, entry(key, title, seen_s=number * 60))
    return db


def found(db, text: str, **options) -> list[str]:
    return [row["link"][-1] for row in search(db, parse(text), **options)]


def parse(text: str):
    return parse_query(text, now=after(120))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("heist", ["a"]),
        ("HEIST mixer", ["a"]),
        ("heist nothing", []),
        ("launder", []),
        ("launder*", ["a"]),
        ('"coins of a"', ["a"]),
        ('"of coins"', []),
        ("cafe", ["b"]),
        ("黑客", ["b"]),
        ("hackers 黑客", ["b"]),
        ("heist 黑客", []),
        ("third", ["c", "b", "a"]),
        ("heist OR nothing", ["c", "a"]),
        ("third heist OR nothing", ["c", "a"]),
        ("heist OR 黑客", ["b", "a"]),
        ("OR heist", ["a"]),
        ("heist OR", ["a"]),
        ("third -heist", ["c", "b"]),
        ('third -"coins of a"', ["c", "b"]),
        ("third -launder*", ["c", "b"]),
        ("third -黑客", ["c", "a"]),
        ("-heist", ["c", "b"]),
        ("heist-mixer", []),
        ("title:heist", []),
        ('"coins of', ["a"]),
    ],
)
def test_words_phrases_alternatives_and_exclusions(news, text, keys):
    assert found(news, text) == keys


@settings(suppress_health_check=SHARED_FIXTURE, max_examples=examples(300), deadline=None)
@given(st.text(st.characters() | st.sampled_from("\"'*()-+:^{}\x00\ud800ANDORNEAR "), max_size=60))
def test_no_text_is_a_wrong_one(news, text):
    with suppress(UsageError):  # nothing to search for
        found(news, text)


def test_too_many_words_are_refused_and_as_many_as_allowed_are_not(news):
    assert found(news, "third " * MOST_TERMS) == ["c", "b", "a"]
    with pytest.raises(UsageError, match="65 search terms are too many"):
        parse("third " * (MOST_TERMS + 1))


def test_a_result_says_whether_it_is_a_hit_and_shows_the_words_around(db):
    hit = put_hit(db)
    (row,) = search(db, parse("third lazarus"))
    assert (row["hit"], row["severity"], row["triage"]) == (hit, "critical", None)
    assert row["excerpt"] == "It was the third this year."
    with write(db):
        put_entry(db, entry("2", "Lazarus mentioned", seen_s=60))
    assert [row["hit"] for row in search(db, parse("lazarus"))] == [None, hit]


def test_of_a_long_text_the_words_around_the_first_term_are_shown(news):
    item = entry("e", "Report")
    long = Text("Report", "In short.", f"{'A sentence about rain. ' * 20}Then a hamster spoke.{' More of it.' * 20}")
    with write(news):
        put_entry(news, replace(item, text=long))
    (row,) = search(news, parse("hamster"))
    assert "Then a hamster spoke." in row["excerpt"]
    assert row["excerpt"][0] == row["excerpt"][-1] == "…"
    assert len(row["excerpt"]) < 190


def test_since_and_limit_leave_out_the_older_ones(news):
    assert [row["link"][-1] for row in search(news, parse("third").within(after(60), None))] == ["c", "b"]
    assert [row["link"][-1] for row in search(news, parse("third").within(None, after(60)))] == ["b", "a"]
    assert found(news, "third", limit=1) == ["c"]


def test_an_edited_text_is_found_by_its_new_words_alone(news):
    with write(news):
        replace_text(news, 1, entry("a", "Tumbler tumbles"), after(90))
    assert found(news, "heist") == []
    assert found(news, "tumbles") == ["a"]


def test_what_is_invented_is_not_found(news):
    with write(news):
        item = entry("d", "Heist, invented")
        add_entry(news, item, story=open_story(news, item), story_reason="invented", canary=True)
    assert found(news, "heist") == ["a"]


def test_what_retention_deletes_is_not_found_and_the_index_holds_no_more_of_it(news):
    with write(news):
        news.execute("UPDATE entries SET last_seen_at = '2020'").close()
        news.execute("UPDATE feeds SET gone_before = '2021'").close()
        prune(news, after(0), keep_entries_s=1, keep_hits_s=1)
        news.execute("INSERT INTO entry_words (entry_words, rank) VALUES ('integrity-check', 1)").close()
    assert found(news, "third") == []


def test_the_index_stays_small_beside_the_texts(tmp_path):
    with open_writer(tmp_path / "m.db") as db:
        with write(db):
            configure(db, [feed()])
            for number in range(1000):
                words = " ".join(f"word{(number * n) % 4999}" for n in range(150))
                put_entry(db, entry(str(number), f"Title {number} {words}"))
        with write(db):
            while merge_words(db, begin=False):
                pass
        text = db.execute("SELECT sum(length(title) + length(summary) + length(content)) FROM entries").fetchone()[0]
        index = db.execute("SELECT sum(length(block)) FROM entry_words_data").fetchone()[0]
    assert index < 0.6 * text


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("feed:desk third", ["c", "b", "a"]),
        ("feed:other third", []),
        ("-feed:desk", []),
        ('outlet:"des" third', ["c", "b", "a"]),
        ("outlet:DESK heist", ["a"]),
        ("since:1m third", ["c", "b"]),
        ("until:1m", ["b", "a"]),
        ("feed:desk", ["c", "b", "a"]),
    ],
)
def test_filters(news, text, keys):
    assert found(news, text) == keys


def test_the_actor_filter_finds_entries_that_mention_the_actor(news):
    hit = put_hit(news, "lazarus")
    actor = news.execute("SELECT actor FROM mentions WHERE actor IS NOT NULL").fetchone()[0]
    assert [row["hit"] for row in search(news, parse(f"actor:{actor}"))] == [hit]
    assert found(news, "actor:nobody") == []


def test_a_time_that_cannot_be_read_is_named():
    with pytest.raises(UsageError, match='since: "soon" is not a time; use 2026-11-26'):
        parse("third since:soon")
