from dataclasses import replace

from support.store_samples import NOW, URL, after, entry, feed, put_entry

from monitor.errors import FeedState
from monitor.model import DueReason, FeedRecord, Freshness, Rhythm, UpdateHints, Validators
from monitor.store import write
from monitor.store.entries import find_known
from monitor.store.feeds import (
    configure,
    due_feeds,
    load_feed,
    load_feeds,
    load_paused_hosts,
    next_feed_due,
    reschedule,
    save_feed,
    save_quiet_feeds,
)

POLLED = FeedRecord(
    key="desk",
    url=URL,
    due_at=after(300),
    validators=Validators(b'W/"\xe9\xff"', b"Sun, 22 Nov 2026 09:00:00 GMT"),
    body_hash=b"\x00\x01",
    title="The Desk",
    language="pt-br",
    answered_by="https://cdn.example/feed",
    full_at=after(-900),
    freshness=Freshness(120.5, DueReason.EXPIRES),
    not_before=after(240),
    due_reason=DueReason.RETRY_AFTER,
    update_hints=UpdateHints(3600, None, frozenset({0, 23}), frozenset({6})),
    rhythm=Rhythm(after(-9000), after(-800), tuple(range(24)), 4000.5),
    settings=b"\x01\x02",
    moved_to="https://desk.example/new",
    moved_since=after(-700),
    moved_answers=2,
    taken_url="https://desk.example/taken",
    state=FeedState.SERVER_ERROR,
    cause="the server answered 503",
    remedy="wait",
    failures=3,
    first_success_at=after(-900),
    last_success_at=after(-600),
    last_poll_at=NOW,
    last_new_at=after(-800),
    latency_s=0.25,
)


def configured(db, *records):
    with write(db):
        configure(db, records)


def saved(db, record):
    with write(db):
        return save_feed(db, record)


def test_a_record_comes_back_as_it_was_saved(db):
    configured(db, replace(feed(), settings=POLLED.settings))
    assert saved(db, POLLED)
    assert load_feed(db, "desk") == POLLED


def test_configuring_a_known_feed_changes_nothing(db):
    configured(db, replace(feed(), settings=POLLED.settings))
    saved(db, POLLED)
    configured(db, replace(feed(due_s=7), settings=POLLED.settings))
    assert load_feed(db, "desk") == POLLED


def test_a_feed_whose_settings_changed_is_due_anew_and_keeps_the_rest(db):
    configured(db, feed())
    saved(db, POLLED)
    configured(db, replace(feed(due_s=7), settings=b"edited"))
    assert load_feed(db, "desk") == replace(POLLED, due_at=after(7), due_reason=DueReason.NEW, settings=b"edited")


def test_a_changed_address_drops_what_was_learned_from_the_old_one(db):
    configured(db, feed())
    saved(db, POLLED)
    configured(db, feed(url="https://desk.example/other", due_s=7))
    assert load_feed(db, "desk") == replace(
        POLLED,
        url="https://desk.example/other",
        due_at=after(7),
        validators=Validators(),
        body_hash=None,
        answered_by="",
        full_at=None,
        freshness=None,
        not_before=None,
        due_reason=DueReason.NEW,
        update_hints=UpdateHints(),
        settings=b"",
        moved_to="",
        moved_since=None,
        moved_answers=0,
        taken_url="",
        state=FeedState.NEW,
        cause="",
        remedy="",
        failures=0,
    )


def test_a_changed_address_keeps_the_entries(db):
    configured(db, feed())
    with write(db):
        put_entry(db, entry("1"))
    configured(db, feed(url="https://desk.example/other"))
    assert list(find_known(db, "desk", ["1"])) == ["1"]


def test_a_poll_of_an_address_that_has_changed_since_is_not_stored(db):
    configured(db, feed(url="https://desk.example/other"))
    assert not saved(db, POLLED)
    assert load_feed(db, "desk") == feed(url="https://desk.example/other")


def test_a_removed_feed_keeps_its_row_and_is_never_due(db):
    configured(db, feed("desk"), feed("wire"))
    configured(db, feed("wire"))
    assert [record.key for record in due_feeds(db, after(99), 10)] == ["wire"]
    assert [record.key for record in load_feeds(db)] == ["wire"]
    assert load_feed(db, "desk") == feed("desk")


def test_saving_a_removed_feed_does_not_bring_it_back(db):
    configured(db, feed())
    configured(db)
    assert saved(db, POLLED)
    assert due_feeds(db, after(999), 10) == []


def test_a_feed_that_is_configured_again_keeps_its_record(db):
    configured(db, feed())
    saved(db, POLLED)
    configured(db)
    back = replace(feed(due_s=7), settings=POLLED.settings)
    configured(db, back)
    assert load_feeds(db) == [replace(POLLED, due_at=back.due_at, due_reason=DueReason.NEW)]


def test_due_feeds_are_listed_longest_overdue_first(db):
    configured(db, feed("late", due_s=-5), feed("now"), feed("soon", due_s=0.001))
    assert [record.key for record in due_feeds(db, NOW, 10)] == ["late", "now"]
    assert [record.key for record in due_feeds(db, NOW, 1)] == ["late"]


def test_busy_feeds_do_not_crowd_out_the_others(db):
    configured(db, feed("a", due_s=-3), feed("b", due_s=-2), feed("c", due_s=-1))
    assert [record.key for record in due_feeds(db, NOW, 1, busy={"a", "b"})] == ["c"]


def test_the_next_due_moment_is_that_of_the_first_configured_feed(db):
    assert next_feed_due(db) is None
    configured(db, feed("gone", due_s=1))
    configured(db, feed("a", due_s=9), feed("b", due_s=4))
    assert next_feed_due(db) == after(4)


def test_rescheduled_feeds_are_due_at_their_new_time(db):
    configured(db, feed("a"), feed("b"))
    with write(db):
        reschedule(db, {"a": after(60)})
    assert [record.due_at for record in load_feeds(db)] == [after(60), feed("b").due_at]


def test_paused_hosts_are_stored_until_the_pause_ends(db):
    configured(db, feed())
    with write(db):
        save_feed(db, feed(), {"a.example": after(60), "b.example": after(5)})
    assert load_paused_hosts(db, after(10)) == {"a.example": after(60)}
    with write(db):
        save_feed(db, feed(), {"c.example": after(60)})
    assert load_paused_hosts(db, NOW) == {"c.example": after(60)}


def test_a_quiet_poll_stores_what_it_learned_and_leaves_what_only_documents_change(db):
    with write(db):
        configure(db, [POLLED])
    news = {"title": "", "language": "", "update_hints": UpdateHints(), "rhythm": None, "last_new_at": None}
    quiet = replace(
        POLLED, **news, state=FeedState.OK, cause="", failures=0, last_poll_at=after(300), due_at=after(600)
    )
    with write(db):
        save_quiet_feeds(db, [quiet])
    kept = {name: getattr(POLLED, name) for name in news}
    assert load_feed(db, "desk") == replace(quiet, **kept)


def test_a_quiet_poll_of_an_address_that_has_changed_since_is_not_stored(db):
    with write(db):
        configure(db, [POLLED])
        save_quiet_feeds(db, [replace(POLLED, url="https://desk.example/old", failures=9)])
    assert load_feed(db, "desk") == POLLED
