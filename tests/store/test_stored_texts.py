from dataclasses import replace
from datetime import timedelta

from support.store_samples import JUDGEMENT, NOW, after, entry, feed, put_entry

from monitor.model import Text
from monitor.store import write
from monitor.store.entries import replace_text
from monitor.store.feeds import configure, save_feed
from monitor.store.mentions import add_mentions
from monitor.store.stored_texts import BATCH, count_texts, stored_texts


def put(db, *items):
    with write(db):
        configure(db, [feed()])
        return [put_entry(db, item) for item in items]


def test_texts_come_in_the_order_in_which_they_were_seen(db):
    put(db, *(entry(key, seen_s=at) for key, at in (("1", 60), ("2", 0), ("3", 120))))
    assert [text.entry.key for text in stored_texts(db)] == ["2", "1", "3"]
    assert count_texts(db) == 3


def test_an_edit_whose_earlier_text_was_kept_is_a_text_of_its_own(db):
    (number,) = put(db, entry("1"))
    with write(db):
        add_mentions(db, number, 1, JUDGEMENT)
        replace_text(db, number, replace(entry("1"), text=Text("No theft after all")), after(600))
    found = list(stored_texts(db))
    assert [(t.entry.version, t.entry.text.title, t.seen_at) for t in found] == [
        (1, entry("1").text.title, after(0)),
        (2, "No theft after all", after(600)),
    ]
    assert [t.entry.version for t in stored_texts(db, since=after(300))] == [2]


def test_a_period_includes_its_beginning_and_not_its_end(db):
    put(db, entry("1"), entry("2", seen_s=60))
    assert [t.entry.key for t in stored_texts(db, since=after(0), until=after(60))] == ["1"]
    assert count_texts(db, since=after(60)) == 1


def test_more_texts_than_a_batch_are_all_read(db):
    put(db, *(entry(str(n), seen_s=n) for n in range(BATCH + 2)))
    assert len({text.number for text in stored_texts(db)}) == BATCH + 2


def test_entries_of_the_first_document_of_a_feed_are_its_backlog(db):
    with write(db):
        configure(db, [feed()])
        save_feed(db, replace(feed(), first_success_at=NOW))
        put_entry(db, entry("1"))
        put_entry(db, entry("2", seen_s=60))
    assert [text.backlog for text in stored_texts(db)] == [True, False]
    assert [text.seen_at - NOW for text in stored_texts(db)] == [timedelta(0), timedelta(minutes=1)]
