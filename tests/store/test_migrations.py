from collections.abc import Callable, Iterator

import pytest
from store_samples import put_hit

from monitor.errors import StoreError
from monitor.model import DeliveryKind, DeliveryState, MatchKind, Verdict
from monitor.store import deliveries, feeds, hits, open_reader, open_writer
from monitor.store.hits import HitQuery, list_hits
from monitor.store.migrations import MIGRATIONS
from monitor.store.statements import rows


@pytest.fixture
def add() -> Iterator[Callable]:
    """Give a function that adds a migration, as a later version would, for the length of a test."""
    before = list(MIGRATIONS._migrations)
    yield lambda change: MIGRATIONS(name=f"9999 later {len(MIGRATIONS._migrations)}")(change)
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


def test_a_reader_does_not_read_a_file_that_waits_for_its_upgrade(db, path, add):
    add(lambda db: None)
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
        pytest.param(deliveries._LEFT, "deliveries_leased", id="leases that ran out"),
        pytest.param(hits._LIST, "hits_newest", id="newest hits"),
    ],
)
def test_what_is_asked_often_is_answered_from_an_index(db, sql, index):
    values = dict.fromkeys(
        ("now", "limit", "until", "destination", "reason", "since", "feed", "severity", "actor", "rule"), 1
    )
    plan = [row["detail"] for row in rows(db, f"EXPLAIN QUERY PLAN {sql}", values)]
    assert any(index in step for step in plan), plan
