"""What is deleted with the data of a person, and what stays."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.store_samples import JUDGEMENT, NOW, after, entry, feed, put_delivery, put_entry, put_hit

from monitor.errors import UsageError
from monitor.model import Text
from monitor.store import open_reader, write
from monitor.store.chain_check import verify
from monitor.store.db.statements import first, rows
from monitor.store.entries import add_entry, replace_text
from monitor.store.feeds import configure
from monitor.store.forgetting import Subject, erase_free_pages, find, forget, forgettings, remaining
from monitor.store.hits import load_hit

NAME = Subject(phrases=("Nevena Ostrovska",))


def forgotten(db, subject=NAME, why="on request"):
    db.execute("PRAGMA secure_delete = ON").fetchall()
    with write(db):
        return forget(db, subject, author="ana", why=why, now=NOW)


def titled(key, title, *, summary=""):
    return replace(entry(key), text=Text(title, summary))


def put(db, *entries):
    with write(db):
        configure(db, [feed()])
        return [put_entry(db, one) for one in entries]


def titles(db):
    return [row["title"] for row in rows(db, "SELECT title FROM entries ORDER BY id")]


def test_an_earlier_text_that_named_the_person_counts(db):
    (item,) = put(db, titled("1", "Nevena Ostrovska resigns"))
    with write(db):
        db.execute(
            "INSERT INTO mentions SELECT NULL, 1, 1, 'x', NULL, 'X', 'X', 'title', 0, 1, 0, 'exact', 0, 1, 0"
        ).close()
        replace_text(db, item, titled("1", "Minister resigns"), after(60))
    assert titles(db) == ["Minister resigns"]
    assert find(db, NAME).ids == (item,)
    forgotten(db)
    assert titles(db) == []
    assert rows(db, "SELECT * FROM entry_versions") == []


def test_a_story_with_other_reports_stays_under_another_title(db):
    with write(db):
        configure(db, [feed()])
        about = titled("1", "Nevena Ostrovska resigns")
        item = put_entry(db, about)
        story = first(db, "SELECT story_id FROM entries WHERE id = :id", {"id": item})["story_id"]
        add_entry(db, titled("2", "Minister resigns"), story=story, story_reason="same names: Nevena Ostrovska")
    forgotten(db)
    assert rows(db, "SELECT title FROM stories") == [{"title": "Minister resigns"}]
    assert rows(db, "SELECT story_reason FROM entries") == [{"story_reason": "(forgotten)"}]


def test_a_story_that_others_follow_goes_too(db):
    put(db, titled("1", "Nevena Ostrovska resigns"), titled("2", "Harbour opens"))
    with write(db):
        db.execute("UPDATE stories SET follows = 1 WHERE id = 2").close()
    forgotten(db)
    assert rows(db, "SELECT title, follows FROM stories") == [{"title": "Harbour opens", "follows": None}]


def test_the_search_index_forgets_the_words(db):
    put(db, titled("1", "Nevena Ostrovska resigns"), titled("2", "Harbour opens"))
    forgotten(db)
    assert rows(db, "SELECT rowid FROM entry_words WHERE entry_words MATCH 'nevena'") == []
    assert len(rows(db, "SELECT rowid FROM entry_words WHERE entry_words MATCH 'harbour'")) == 1


def test_hits_of_an_actor_go_and_the_chain_goes_on(db):
    put_hit(db, "1")
    forgotten(db, Subject("lazarus", ()))
    assert load_hit(db, 1) is None
    assert verify(db) == []
    (record,) = forgettings(db)
    assert (record.kind, record.entries, record.hits, record.author, record.hit_id) == ("actor", 1, 1, "ana", 2)
    assert put_hit(db, "2") == 3
    assert verify(db) == []


def test_a_second_deletion_adds_a_second_record(db):
    put_hit(db, "1")
    forgotten(db, Subject("lazarus", ()))
    put(db, titled("7", "Nevena Ostrovska resigns"))
    forgotten(db)
    assert [record.hit_id for record in forgettings(db)] == [2, 3]
    assert verify(db) == []


def test_without_any_hit_the_record_is_the_first_of_the_chain(db):
    put(db, titled("1", "Nevena Ostrovska resigns"))
    forgotten(db)
    assert verify(db) == []
    assert put_hit(db, "2") == 2
    assert verify(db) == []


def test_nothing_remains_in_any_table_or_byte(db, path):
    put(db, titled("1", "Nevena Ostrovska resigns", summary="Nevena Ostrovska, 52."), titled("2", "Harbour opens"))
    forgotten(db)
    db.close()
    erase_free_pages(path)
    with open_reader(path) as reader:
        assert remaining(reader, NAME) == {}
    assert b"ostrovska" not in b"".join(p.read_bytes() for p in path.parent.iterdir() if p.is_file()).lower()


def test_what_is_kept_elsewhere_is_counted(db):
    put(db, replace(titled("1", "Harbour opens"), outlet="Blog of Nevena Ostrovska"))
    assert remaining(db, NAME) == {"entries.outlet": 1}


def test_a_message_that_is_being_sent_delays_the_deletion(db):
    hit = put_hit(db)
    put_delivery(db, hit)
    with write(db):
        db.execute("UPDATE deliveries SET state = 'in flight', lease_until = due_at").close()
    with pytest.raises(UsageError, match="is being sent"):
        forgotten(db, Subject("lazarus", ()))
    assert load_hit(db, hit) is not None


def test_a_waiting_message_about_the_hit_alone_is_not_sent(db):
    put_delivery(db, put_hit(db))
    forgotten(db, Subject("lazarus", ()))
    assert rows(db, "SELECT id FROM deliveries") == []
    assert forgettings(db)[0].deliveries == 1


def test_a_waiting_message_about_other_hits_too_is_sent_without_the_hit(db):
    other = replace(JUDGEMENT, mentions=(replace(JUDGEMENT.mentions[0], actor="other"),))
    kept, gone = put_hit(db, "1", judgement=other), put_hit(db, "2")
    number = put_delivery(db, kept)
    assert put_delivery(db, gone) == number
    with write(db):
        lines = '{"title": "About Nevena Ostrovska", "reasons": [], "lines": ["Nevena Ostrovska", "Harbour opens"]}'
        db.execute("UPDATE deliveries SET annotation = ?", [lines]).close()
    forgotten(db, Subject("lazarus", ("Nevena Ostrovska",)))
    assert rows(db, "SELECT hit_id FROM delivery_hits") == [{"hit_id": kept}]
    (row,) = rows(db, "SELECT annotation FROM deliveries")
    assert json.loads(row["annotation"]) == {
        "title": "(forgotten)", "reasons": [], "lines": ["(forgotten)", "Harbour opens"],
    }  # fmt: skip


def test_a_destination_that_was_notified_of_a_story_stays_notified(db):
    other = replace(JUDGEMENT, mentions=(replace(JUDGEMENT.mentions[0], actor="other"),))
    gone, kept = put_hit(db, "1"), put_hit(db, "2", judgement=other)
    with write(db):
        db.execute("UPDATE entries SET story_id = 1").close()
        add = "INSERT INTO notified_stories (story_id, destination, hit_id, severity, outlets, actors) VALUES "
        db.execute(f"{add} (1, 'slack', {gone}, 4, 1, '[\"lazarus\", \"other\"]')").close()
    forgotten(db, Subject("lazarus", ()))
    assert rows(db, "SELECT hit_id, actors FROM notified_stories") == [{"hit_id": kept, "actors": '["other"]'}]
