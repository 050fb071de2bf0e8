from dataclasses import replace

import pytest
from support.store_samples import JUDGEMENT, after, entry, feed, put_entry, put_hit

from monitor.model import Judgement, KnownEntry, Text
from monitor.store import write
from monitor.store.db.statements import rows
from monitor.store.entries import find_known, last_entries, load_entry, replace_text, text_hash, update_raw_hash
from monitor.store.feeds import configure
from monitor.store.hits import load_hit
from monitor.store.mentions import add_mentions, amounts_of, mentions_of

KEPT = "SELECT entry_id, version, title FROM entry_versions"
CORRECTED = replace(entry("1", "No theft after all"), link="https://desk.example/1b", raw_hash=b"new")


@pytest.fixture
def number(db) -> int:
    with write(db):
        configure(db, [feed("desk"), feed("wire")])
        return put_entry(db, entry("1"))


def test_an_entry_comes_back_as_it_was_added(db, number):
    assert load_entry(db, number) == entry("1")
    assert load_entry(db, number + 1) is None


def test_an_entry_keeps_whatever_letters_its_text_has(db, number):
    odd = replace(entry("odd\n'\""), text=Text("Laz\u200barus \U0001f480", "'; DROP TABLE hits; --", "\u0130"))
    with write(db):
        assert load_entry(db, put_entry(db, odd)) == odd


def test_known_tells_what_the_feed_has_brought_before(db, number):
    text = entry("1").text
    expected = KnownEntry(
        number, "1", 1, b"1", text_hash(text), entry("1").link, text.title, text.summary, entry("1").published_at
    )
    assert find_known(db, "desk", ["1", "2"]) == {"1": expected}


def test_a_key_is_known_to_its_own_feed_alone(db, number):
    assert find_known(db, "wire", ["1"]) == {}


def test_an_entry_cannot_be_added_twice(db, number):
    with pytest.raises(db.conn.IntegrityError), write(db):
        put_entry(db, entry("1"))


@pytest.mark.parametrize("other", [Text("ab", "c"), Text("a", "bc"), Text("a", "b", "c"), Text("abc")])
def test_texts_that_differ_have_different_hashes(other):
    assert text_hash(other) not in {text_hash(Text("a", "b")), text_hash(Text("", "abc"))}


def test_an_item_written_otherwise_with_the_same_text_is_still_the_same_version(db, number):
    with write(db):
        update_raw_hash(db, number, b"new")
    assert find_known(db, "desk", ["1"])["1"].raw_hash == b"new"


def test_a_new_text_is_a_new_version_of_the_same_entry(db, number):
    with write(db):
        assert replace_text(db, number, CORRECTED, after(60)) == 2
    assert load_entry(db, number) == replace(CORRECTED, version=2)


def test_a_new_text_leaves_identity_and_first_sight_alone(db, number):
    moved = replace(CORRECTED, feed="wire", key="9", outlet="Wire", first_seen_at=after(60))
    with write(db):
        replace_text(db, number, moved, after(60))
    assert load_entry(db, number) == replace(CORRECTED, version=2)


def test_an_old_text_that_nothing_quotes_is_not_kept(db, number):
    with write(db):
        replace_text(db, number, CORRECTED, after(60))
    assert rows(db, KEPT) == []


def test_an_old_text_with_mentions_is_kept(db, number):
    with write(db):
        add_mentions(db, number, 1, replace(JUDGEMENT, rules=()))
        replace_text(db, number, CORRECTED, after(60))
    assert rows(db, KEPT) == [{"entry_id": number, "version": 1, "title": entry("1").text.title}]


def test_a_hit_keeps_the_text_it_was_found_in(db):
    hit = put_hit(db)
    before = load_hit(db, hit)
    with write(db):
        replace_text(db, before.entry_id, CORRECTED, after(60))
    assert load_hit(db, hit).entry.text == before.entry.text
    assert load_hit(db, hit).entry.version == 1


def test_the_text_of_an_unknown_entry_cannot_be_replaced(db):
    with pytest.raises(LookupError), write(db):
        replace_text(db, 404, CORRECTED, after(60))


def test_mentions_and_amounts_come_back_in_reading_order(db, number):
    with write(db):
        add_mentions(db, number, 1, JUDGEMENT)
    assert mentions_of(db, number, 1) == JUDGEMENT.mentions
    assert amounts_of(db, number, 1) == JUDGEMENT.amounts


def test_mentions_belong_to_one_version_of_the_text(db, number):
    with write(db):
        add_mentions(db, number, 1, JUDGEMENT)
    assert mentions_of(db, number, 2) == ()


def test_a_text_without_mentions_adds_none(db, number):
    with write(db):
        add_mentions(db, number, 1, Judgement((), (), ()))
    assert mentions_of(db, number, 1) == ()


def test_the_last_entries_of_a_feed_are_ordered_by_poll_and_by_publication(db, number):
    published = {"old": (0, 0), "newest": (60, 50), "undated": (60, None), "earlier": (60, 10), "later": (60, 40)}
    with write(db):
        for key, (seen_s, published_s) in published.items():
            at = None if published_s is None else after(published_s)
            put_entry(db, replace(entry(key, key, seen_s=seen_s), published_at=at))
    assert [e.title for e in last_entries(db, "desk", 5)] == ["newest", "later", "earlier", "undated", "old"]
