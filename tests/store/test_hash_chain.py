from datetime import timedelta
from hashlib import sha256

import pytest
from support.store_samples import NOW, after, entry, put_hit, read

from monitor.store import open_writer, write
from monitor.store.backup import check
from monitor.store.chain_check import verify
from monitor.store.db.statements import rows
from monitor.store.entries import change_key, replace_text, update_raw_hash
from monitor.store.hash_chain import BEGINNING, head, hit_of_link
from monitor.store.hits import load_hit
from monitor.store.housekeeping import prune

DAY = 86_400.0


def links(db) -> list[dict]:
    return rows(db, "SELECT hit_id, content, link, gone_at FROM hit_links ORDER BY hit_id")


def alter(db, sql: str) -> list[str]:
    """Do what another hand could do to the file, and return what is found."""
    db.execute("PRAGMA foreign_keys = OFF").close()
    with write(db):
        db.execute(sql).close()
    return verify(db)


def pruned(db, *keys: str, day: float = 60) -> None:
    """Let retention delete the hits of all entries but *keys*."""
    for at in (day - 40, day - 38):
        read(db, at, *keys)
    with write(db):
        prune(db, NOW + timedelta(days=day), keep_entries_s=10 * DAY, keep_hits_s=20 * DAY)


def test_each_link_goes_on_from_the_one_before(db):
    for key in "123":
        put_hit(db, key)
    before = BEGINNING
    for row in links(db):
        assert row["link"] == sha256(before + row["content"]).digest()
        before = row["link"]
    assert (head(db).hit, head(db).link) == (3, before)
    assert str(head(db)) == f"hit #3, link {before.hex()}"
    assert hit_of_link(db, links(db)[1]["link"]) == 2
    assert hit_of_link(db, BEGINNING) is None


def test_a_log_that_nobody_touched_is_sound_whatever_came_after_the_hits(db, path):
    first = put_hit(db, "1")
    put_hit(db, "2", seen_s=60)
    with write(db):
        item = load_hit(db, first).entry_id
        replace_text(db, item, entry("1", "Another title"), after(90))
        update_raw_hash(db, item, b"written anew")
        change_key(db, item, "another id")
        db.execute("UPDATE hits SET triage = 'noise'").close()
    assert verify(db) == []
    assert check(path).lines == ()


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("UPDATE hits SET severity = 1 WHERE id = 2", id="severity"),
        pytest.param("UPDATE hits SET seen_at = '2026-11-22T09:00:00.000Z' WHERE id = 2", id="moment"),
        pytest.param("UPDATE hits SET raw_hash = x'00' WHERE id = 2", id="raw hash"),
        pytest.param("UPDATE hits SET canary = 1 WHERE id = 2", id="called invented"),
        pytest.param("UPDATE entries SET content = 'Short.' WHERE key = '2'", id="text"),
        pytest.param("UPDATE hit_rules SET why = 'because' WHERE hit_id = 2", id="rule"),
        pytest.param("DELETE FROM mentions WHERE entry_id = 2", id="mentions"),
        pytest.param("UPDATE amounts SET value = '1' WHERE entry_id = 2", id="amount"),
        pytest.param("UPDATE watchlists SET fingerprint = 'f2'", id="watchlist"),
    ],
)
def test_a_hit_that_was_changed_is_named(db, sql):
    for key in "123":
        put_hit(db, key)
    assert "hit log: hit #2 was changed after it was recorded" in alter(db, sql)


@pytest.mark.parametrize(
    ("sql", "finding"),
    [
        ("DELETE FROM hits WHERE id = 2", "hit #2 was deleted, but not by retention"),
        ("DELETE FROM hit_links WHERE hit_id = 2", "hit #3 does not follow from the hit before it"),
        ("DELETE FROM hit_links WHERE hit_id = 1", "hit #2 does not follow from the hit before it"),
        ("DELETE FROM hit_links WHERE hit_id = 3", "it ends with hit #2, but numbers up to #3 were assigned"),
        ("DELETE FROM hit_links WHERE hit_id = 3", "hit #3 has no link"),
        ("UPDATE hit_links SET link = x'00' WHERE hit_id = 2", "hit #3 does not follow from the hit before it"),
    ],
)
def test_a_hit_that_was_taken_out_is_named(db, sql, finding):
    for key in "123":
        put_hit(db, key)
    assert any(finding in said for said in alter(db, sql))


def test_what_retention_deletes_leaves_a_log_that_can_be_verified_and_goes_on(db, path):
    for key in "1234":
        put_hit(db, key)
    kept = head(db)
    pruned(db, "3")
    assert [row["hit_id"] for row in links(db)] == [2, 3, 4]
    assert [row["gone_at"] is None for row in links(db)] == [False, True, False]
    put_hit(db, "5", seen_s=61 * DAY)
    assert hit_of_link(db, kept.link) == 4
    assert check(path).lines == ()
    assert "hit #3 was changed" in alter(db, "UPDATE hits SET severity = 1 WHERE id = 3")[0]


def test_a_log_that_retention_emptied_goes_on_from_its_last_link_and_no_number_is_given_twice(db, path):
    for key in "12":
        put_hit(db, key)
    kept = head(db)
    pruned(db)
    assert head(db) == kept
    db.close()
    with open_writer(path) as again:
        assert put_hit(again, "3", seen_s=61 * DAY) == 3
        assert verify(again) == []


def test_a_file_of_a_version_without_links_is_not_complained_of(db):
    with write(db):
        db.execute("DROP TABLE hit_links").close()
    assert verify(db) == []
