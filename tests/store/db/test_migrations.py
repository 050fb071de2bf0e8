from collections.abc import Callable, Iterator

import pytest
from support.store_samples import NOW, put_hit

from monitor.errors import StoreError
from monitor.model import DeliveryKind, DeliveryState, MatchKind, Verdict
from monitor.store import backup, deliveries, entries, feeds, hit_list, housekeeping, open_reader, open_writer
from monitor.store.db import reading
from monitor.store.db.migrations import MIGRATIONS, names
from monitor.store.db.statements import rows
from monitor.store.hits import HitQuery, list_hits


@pytest.fixture
def add(monkeypatch) -> Iterator[Callable]:
    """Give a function that adds a migration, as a later version would, for the length of a test."""
    before = list(MIGRATIONS._migrations)
    monkeypatch.setattr(reading, "NEWEST", ())
    yield lambda change: MIGRATIONS(name=f"9999 later {len(MIGRATIONS._migrations) - len(before) + 1}")(change)
    MIGRATIONS._migrations[:] = before


def columns(db) -> set[str]:
    return {row["name"] for row in rows(db, "SELECT name FROM pragma_table_info('hits')")}


def test_a_later_version_upgrades_the_file_and_keeps_what_is_in_it(db, path, add):
    hit = put_hit(db)
    db.close()
    add(lambda db: db.execute("ALTER TABLE hits ADD COLUMN later TEXT"))
    with open_writer(path) as upgraded:
        assert "later" in columns(upgraded)
        assert [row["id"] for row in list_hits(upgraded, HitQuery())] == [hit]


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(db, path, add):
    add(lambda db: db.execute("ALTER TABLE hits ADD COLUMN later TEXT"))
    add(lambda db: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        open_writer(path)
    assert "later" not in columns(db)


def copies(path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir() if ".before-" in file.name)


def test_before_the_tables_change_a_copy_is_made_and_named_after_the_change(db, path, add):
    hit = put_hit(db)
    db.close()
    add(lambda db: db.execute("ALTER TABLE hits ADD COLUMN later TEXT"))
    add(lambda db: None)
    with open_writer(path) as upgraded:
        assert upgraded.backed_up_to == path.with_name("monitor.db.before-9999-later-1")
    with open_reader(upgraded.backed_up_to, upgraded=False) as copy:
        assert "later" not in columns(copy)
        assert [row["id"] for row in list_hits(copy, HitQuery())] == [hit]
    assert copies(path) == [upgraded.backed_up_to.name]


def test_where_nothing_changes_nothing_is_copied(db, path):
    db.close()
    with open_writer(path) as again:
        assert again.backed_up_to is None
    assert copies(path) == []


@pytest.mark.parametrize(("keys", "number"), [("1", 1), ("12", 2)], ids=["of one state", "of two"])
def test_an_upgrade_that_fails_over_and_over_keeps_one_copy_of_each_state(db, path, add, keys, number):
    add(lambda db: 1 / 0)
    for key in keys:
        put_hit(db, key)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                open_writer(path)
    assert copies(path) == ["monitor.db.before-9999-later-1", "monitor.db.before-9999-later-1-2"][:number]


def test_without_a_copy_the_tables_are_not_changed(db, path, add, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    db.close()
    add(lambda db: db.execute("ALTER TABLE hits ADD COLUMN later TEXT"))
    with monkeypatch.context() as context:
        context.setattr("tempfile.mkstemp", full)
        with pytest.raises(StoreError, match="the copy cannot be written: no space left"):
            open_writer(path)
    with open_reader(path, upgraded=False) as reader:
        assert "later" not in columns(reader)


def test_a_file_of_an_older_version_can_be_copied_and_restored_without_its_upgrade(db, path, add, tmp_path):
    hit = put_hit(db)
    db.close()
    add(lambda db: db.execute("ALTER TABLE hits ADD COLUMN later TEXT"))
    backup.back_up(path, tmp_path / "copy.db")
    backup.restore(tmp_path / "copy.db", tmp_path / "new.db", NOW)
    with open_writer(tmp_path / "new.db") as upgraded:
        assert "later" in columns(upgraded)
        assert [row["id"] for row in list_hits(upgraded, HitQuery())] == [hit]


def test_a_reader_does_not_read_a_file_that_waits_for_its_upgrade(db, path, add, monkeypatch):
    add(lambda db: None)
    monkeypatch.setattr(reading, "NEWEST", names())
    with pytest.raises(StoreError, match="made by an older version; `monitor run` or `monitor once` upgrades it"):
        open_reader(path)


@pytest.mark.parametrize(
    ("table", "words"),
    [("deliveries", DeliveryState), ("deliveries", DeliveryKind), ("decisions", Verdict), ("mentions", MatchKind)],
)
def test_the_tables_know_every_word_of_the_model(db, table, words):
    schema = rows(db, "SELECT sql FROM sqlite_master WHERE name = :table", {"table": table})[0]["sql"]
    assert [word for word in words if f"'{word}'" not in schema] == []


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        pytest.param(feeds._DUE, "feeds_due", id="due feeds"),
        pytest.param(feeds._NEXT_DUE, "feeds_due", id="next due feed"),
        pytest.param(deliveries._LEASE, "deliveries_due", id="lease"),
        pytest.param(deliveries._DUE_DESTINATIONS, "deliveries_due", id="due destinations"),
        pytest.param(deliveries._EXPIRED, "deliveries_leased", id="leases that ran out"),
        pytest.param(hit_list._LIST.format(texts="") + hit_list._WANTED, "hits_newest", id="newest hits"),
        pytest.param(entries._RECORD_LISTED, "(feed=? AND key=?)", id="listed entries"),
        pytest.param(housekeeping._OLDEST, "entries_seen", id="oldest entries"),
        pytest.param(housekeeping._DELIVERIES_OF, "deliveries_of_hit", id="deliveries of hits"),
        pytest.param(housekeeping._DELETE_DELIVERIES, "decisions_of_delivery", id="deliveries without decisions"),
        pytest.param(housekeeping._DELETE_EMPTY_DELIVERIES, "deliveries_over", id="messages without hits"),
        pytest.param(housekeeping._DELETE_STORIES, "entries_of_story", id="stories without entries"),
        pytest.param(housekeeping._DELETE_STORIES, "stories_followed", id="stories that others follow"),
    ],
)
def test_what_is_asked_often_is_answered_from_an_index(db, sql, index):
    names = "now due_by limit until destination reason since feed severity actor rule triage canaries before day_ago"
    values = dict.fromkeys((*names.split(), "seen_at", "id", "cause"), 1) | dict.fromkeys(("ids", "keys"), "[1]")
    plan = [row["detail"] for row in rows(db, f"EXPLAIN QUERY PLAN {sql}", values)]
    assert any(index in step for step in plan), plan
