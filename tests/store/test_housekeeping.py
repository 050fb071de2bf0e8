import pytest
from support.store_samples import JUDGEMENT, NOW, after, days, entry, feed, put_delivery, put_entry, put_hit, read

from monitor.errors import StoreError
from monitor.model import NO_GROUP, Decision, DeliveryKind, Severity, Verdict
from monitor.model.reason import GivenUp
from monitor.store import deliveries, notification_history, open_reader, triage_and_silences, write
from monitor.store.db.statements import rows
from monitor.store.feeds import configure
from monitor.store.hits import NewHit, add_hit, load_hit
from monitor.store.housekeeping import (
    LARGE_LOG,
    PruneCursor,
    Pruned,
    checkpoint,
    empty_log,
    prune,
    release_pages,
    wal_size,
)
from monitor.store.outbox import enqueue
from monitor.store.search import merge_words
from monitor.store.watchlists import watchlist_version

DAY = 86_400
KEEP = {"keep_entries_s": 10 * DAY, "keep_hits_s": 20 * DAY}
TABLES = ("entries", "hits", "deliveries", "stories", "mentions", "amounts", "hit_rules", "decisions", "attempts")


def put(db, *keys: str) -> None:
    """Add entries without a hit, seen today."""
    with write(db):
        configure(db, [feed()])
        for key in keys:
            put_entry(db, entry(key))


def pruned(db, day: float, **options) -> Pruned:
    with write(db):
        return prune(db, days(day), **(KEEP | options))


def left(db, table: str = "entries") -> int:
    return rows(db, f"SELECT count(*) AS n FROM {table}")[0]["n"]


def keys_left(db) -> set[str]:
    return {row["key"] for row in rows(db, "SELECT key FROM entries")}


def test_an_entry_goes_when_its_feed_dropped_it_long_enough_ago(db):
    put(db, "old", "shown")
    for day in (0, 5, 10.9):
        read(db, day, "shown")
    assert pruned(db, 9.9).entries == 0
    assert pruned(db, 11) == Pruned(entries=1, stories=1)
    assert keys_left(db) == {"shown"}


@pytest.mark.parametrize(
    "readings", [(), (0,), (0, 0.9), (200,)], ids=["none", "the first", "within a day", "one late"]
)
def test_an_entry_stays_until_two_documents_a_day_apart_were_without_it(db, readings):
    put(db, "old")
    for day in readings:
        read(db, day)
    assert pruned(db, 500).entries == 0
    read(db, 300)
    read(db, 302)
    assert pruned(db, 500).entries == 1


def test_an_entry_that_a_feed_without_news_shows_for_years_stays(db):
    put(db, "evergreen")
    read(db, 0, "evergreen")
    read(db, 2, "evergreen")  # since then "not modified", or no answer at all, or taken out of the configuration
    assert pruned(db, 3000).entries == 0


def test_one_document_that_was_cut_short_makes_no_entry_go(db):
    put(db, "evergreen")
    read(db, 0, "evergreen")
    read(db, 400)
    assert pruned(db, 400).entries == 0
    read(db, 400.1, "evergreen")
    read(db, 402)
    assert pruned(db, 402).entries == 0


def test_an_entry_that_comes_back_counts_from_then(db):
    put(db, "wanderer")
    for day in (0, 2, 4):
        read(db, day)
    read(db, 9, "wanderer")
    for day in (11, 13):
        read(db, day)
    assert pruned(db, 18).entries == 0
    assert pruned(db, 20).entries == 1


def test_a_clock_that_was_ahead_makes_nothing_go_that_is_shown(db):
    put(db, "shown")
    read(db, 0, "shown")
    read(db, 400, "shown")  # the clock was a year ahead
    put(db, "young")
    read(db, 1, "shown", "young")
    assert pruned(db, 400).entries == 0
    read(db, 3, "shown", "young")
    read(db, 5, "shown", "young")
    assert pruned(db, 400).entries == 0


def test_a_clock_that_was_ahead_keeps_nothing_for_ever(db):
    put(db, "old")
    read(db, 0, "old")
    for day in (400, 1, 3):
        read(db, day)
    assert pruned(db, 12).entries == 1


def test_what_a_feed_shows_is_written_once_a_day(db):
    put(db, "1", "2")
    read(db, 1, "1", "2")
    before = db.conn.total_changes
    read(db, 1.5, "1", "2")
    assert db.conn.total_changes == before
    assert {row["last_seen_at"][:10] for row in rows(db, "SELECT last_seen_at FROM entries")} == {"2026-11-23"}


def test_a_feed_speaks_for_its_own_entries_alone(db):
    put(db, "1")
    with write(db):
        configure(db, [feed(), feed("wire")])
        put_entry(db, entry("1", feed="wire"))
    for day in (1, 5, 10):
        read(db, day, feed="wire")
        read(db, day, "1")
    assert pruned(db, 50).entries == 1
    assert rows(db, "SELECT feed FROM entries") == [{"feed": "desk"}]


def test_entries_without_a_hit_may_be_kept_longer_than_hits(db):
    put(db, "old")
    forget_feed(db)
    assert pruned(db, 15, keep_hits_s=DAY).entries == 1
    put(db, "old")
    assert pruned(db, 15, keep_hits_s=DAY, keep_entries_s=30 * DAY).entries == 0


def put_sent(db, key: str = "1", **options) -> int:
    """Add a hit that was sent; return the delivery."""
    put_delivery(db, put_hit(db, key, **options), group=int(key))
    with write(db):
        leased = deliveries.lease(db, "slack", after(60), 60)
        deliveries.record_sent(db, leased, after(61))
    return leased.id


def forget_feed(db) -> None:
    """Let the feed show nothing any more."""
    read(db, 1)
    read(db, 3)


def test_a_hit_goes_with_all_that_belongs_to_it(db):
    put_sent(db)
    forget_feed(db)
    assert pruned(db, 19.9) == Pruned()
    assert pruned(db, 20.1) == Pruned(entries=1, hits=1, deliveries=1, stories=1)
    assert {table: left(db, table) for table in TABLES} == dict.fromkeys(TABLES, 0)


def test_what_was_told_of_it_and_said_of_it_goes_with_a_hit(db):
    number = put_sent(db)
    with write(db):
        story = load_hit(db, 1).story
        notification = notification_history.StoryNotification(story, "slack", 1, Severity.CRITICAL, 1, number)
        notification_history.record_notified(db, notification)
        triage_and_silences.triage(db, 1, triage_and_silences.TriageRecord("ack", "ana", after(3)))
    forget_feed(db)
    assert pruned(db, 20.1).hits == 1
    assert [left(db, table) for table in ("notified_stories", "triages", "deliveries", "stories")] == [0, 0, 0, 0]


def test_a_hit_stays_while_its_feed_shows_it_so_that_an_edit_is_not_told_twice(db):
    put_sent(db)
    read(db, 0, "1")
    read(db, 2, "1")
    assert pruned(db, 300) == Pruned()


def test_a_hit_of_a_later_edit_keeps_the_earlier_one(db):
    put_sent(db)
    with write(db):
        add_hit(db, NewHit(1, 2, JUDGEMENT, days(30), 1))
    forget_feed(db)
    assert pruned(db, 40) == Pruned()
    assert pruned(db, 51).hits == 2


@pytest.mark.parametrize("state", ["open", "pending", "in flight"])
def test_nothing_goes_that_is_still_to_be_sent(db, state):
    put_delivery(db, put_hit(db))
    with write(db):
        if state != "open":
            leased = deliveries.lease(db, "slack", NOW, 60)
        if state == "pending":
            deliveries.record_failed(db, leased, "503", retry_at=days(1), now=NOW)
    forget_feed(db)
    assert pruned(db, 5000) == Pruned()
    assert rows(db, "SELECT state FROM deliveries") == [{"state": state}]


@pytest.mark.parametrize("end", [deliveries.give_up, deliveries.drop], ids=["dead", "dropped"])
def test_a_dead_or_dropped_delivery_is_deleted_like_one_that_was_sent(db, end):
    number = put_delivery(db, put_hit(db))
    with write(db):
        end(db, number, GivenUp("refused"))
    forget_feed(db)
    assert pruned(db, 25) == Pruned(entries=1, hits=1, deliveries=1, stories=1)


def test_a_delivery_stays_for_the_hits_that_stay(db):
    old = put_hit(db, "old")
    young = put_hit(db, "young", seen_s=15 * DAY)
    assert put_delivery(db, old) == put_delivery(db, young)
    with write(db):
        deliveries.record_sent(db, deliveries.lease(db, "slack", NOW, 60), NOW)
    for day in (0, 16, 18):
        read(db, day)
    assert pruned(db, 25) == Pruned(entries=1, hits=1, stories=1)
    assert pruned(db, 40) == Pruned(entries=1, hits=1, stories=1, deliveries=1)


def test_a_delivery_goes_with_the_last_hit_it_carries_decided_or_not(db):
    put_sent(db)
    with write(db):
        db.execute("DELETE FROM decisions").close()
        db.execute("UPDATE hits SET seen_at = '2027'").close()
        put_entry(db, entry("2"))
    forget_feed(db)
    assert pruned(db, 25) == Pruned(entries=1, stories=1)
    assert left(db, "deliveries") == 1


def test_a_decision_not_to_send_goes_with_its_hit(db):
    hit = put_hit(db)
    with write(db):
        enqueue(db, hit, Decision("slack", Verdict.SUPPRESS, ()), kind=DeliveryKind.ALERT, group=NO_GROUP, now=NOW)
    forget_feed(db)
    assert pruned(db, 25).hits == 1
    assert left(db, "decisions") == 0


def test_a_message_without_hits_goes_when_it_is_as_old_as_a_hit(db):
    sql = (
        "INSERT INTO deliveries (destination, kind, group_by, group_id, state, created_at, due_at, sent_at)"
        " VALUES ('slack', 'health', 'nothing', 0, :state, '2026-11-22T10:00:00.000Z', '', :sent_at)"
    )
    with write(db):
        db.execute(sql, {"state": "sent", "sent_at": ""})
        db.execute(sql, {"state": "pending", "sent_at": None})
    assert pruned(db, 19).deliveries == 0
    assert pruned(db, 21).deliveries == 1
    assert rows(db, "SELECT state FROM deliveries") == [{"state": "pending"}]


def test_a_story_stays_for_the_entries_that_stay(db):
    put(db, "1", "2")
    with write(db):
        db.execute("UPDATE entries SET story_id = 1").close()
    for day in (1, 3):
        read(db, day, "2")
    assert pruned(db, 12) == Pruned(entries=1)
    assert left(db, "stories") == 2


def test_a_story_that_another_goes_on_from_stays(db):
    put(db, "1")
    with write(db):
        db.execute("INSERT INTO stories (title, opened_at, last_entry_at, follows) VALUES ('later', '', '', 1)")
    forget_feed(db)
    assert pruned(db, 25) == Pruned(entries=1)
    assert left(db, "stories") == 2


def test_a_round_looks_at_a_few_at_a_time_and_at_each_once(db):
    for key in ("a", "b", "c"):
        put_delivery(db, put_hit(db, key))
    put(db, *map(str, range(25)))
    forget_feed(db)
    mark, steps = PruneCursor(), []
    while mark is not None and len(steps) < 9:
        steps.append(pruned(db, 15, start=mark, limit=10))
        mark = steps[-1].resume_at
    assert [step.entries for step in steps] == [7, 10, 8]
    assert sum(steps, Pruned()).entries == 25
    assert keys_left(db) == {"a", "b", "c"}


def test_what_is_left_holds_together(db):
    for number in range(12):
        put_sent(db, str(number), seen_s=number * DAY)
    for day in (0, 13, 15):
        read(db, day)
    assert pruned(db, 27).hits == 7
    assert rows(db, "PRAGMA foreign_key_check") == []
    assert rows(db, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def test_a_watchlist_that_found_nothing_that_is_left_keeps_its_number(db):
    put_sent(db)
    forget_feed(db)
    pruned(db, 25)
    with write(db):
        assert watchlist_version(db, "f1", NOW) == 1


def fill(db, number: int) -> None:
    with write(db):
        configure(db, [feed()])
        for key in range(number):
            put_entry(db, entry(str(key), "word " * 800))


def test_free_pages_are_given_back_in_steps_and_a_few_are_kept(db, path):
    fill(db, 400)
    checkpoint(db)
    before, steps = path.stat().st_size, 0
    with write(db):
        db.execute("DELETE FROM entries").close()
    with write(db):
        while merge_words(db, begin=not steps):
            steps += 1
    steps = 1
    while release_pages(db, pages=100):
        steps += 1
    checkpoint(db)
    assert steps > 3
    assert path.stat().st_size < before / 2
    assert not release_pages(db)


def test_a_few_free_pages_stay_for_what_comes_next(db, path):
    fill(db, 400)
    with write(db):
        db.execute("DELETE FROM entries WHERE id <= 20").close()
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    assert not release_pages(db)
    assert db.execute("PRAGMA page_count").fetchone()[0] == pages


def test_a_large_log_is_cut_once_nobody_reads_it(db, path, monkeypatch):
    monkeypatch.setattr("monitor.store.housekeeping.LARGE_LOG", 1_000_000)
    with open_reader(path) as reader:
        reader.execute("BEGIN")
        rows(reader, "SELECT count(*) FROM feeds")
        fill(db, 400)
        assert not checkpoint(db)
        assert wal_size(path) > 1_000_000
    assert checkpoint(db)
    assert wal_size(path) == 0
    assert db.execute("PRAGMA busy_timeout").fetchone()[0] == 5000


def test_a_log_file_that_is_large_but_written_again_from_the_beginning_is_no_large_log(db, path, monkeypatch):
    monkeypatch.setattr("monitor.store.housekeeping.LARGE_LOG", 1_000_000)
    fill(db, 400)
    rows(db, "PRAGMA wal_checkpoint(PASSIVE)")
    with write(db):
        put_entry(db, entry("new"))
    with open_reader(path) as reader:  # as Litestream does all the time
        reader.execute("BEGIN")
        rows(reader, "SELECT count(*) FROM feeds")
        assert checkpoint(db)
        assert wal_size(path) > 1_000_000


def test_a_log_that_another_process_reads_cannot_be_emptied(db, path):
    fill(db, 1)
    db.execute("PRAGMA busy_timeout = 0").close()
    with open_reader(path) as reader:
        reader.execute("BEGIN")
        rows(reader, "SELECT count(*) FROM feeds")
        with pytest.raises(
            StoreError, match=r"the file cannot shrink; end that process \(monitor web\? litestream\?\)"
        ):
            empty_log(db, "the file cannot shrink")
    empty_log(db, "the file cannot shrink")
    assert wal_size(path) == 0


def test_a_small_log_is_left_as_it_is(db, path):
    fill(db, 10)
    assert checkpoint(db)
    assert 0 < wal_size(path) < LARGE_LOG


def test_a_database_without_a_log_has_one_of_no_size(tmp_path):
    assert wal_size(tmp_path / "none.db") == 0
