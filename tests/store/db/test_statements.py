import shutil
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.store_samples import NOW, put_hit

from monitor.errors import StoreError
from monitor.store import write
from monitor.store.db.statements import change, change_each, first, moment, rows, stored
from monitor.store.triage_and_silences import NewSilence, add_silence
from monitor.store.watchlists import watchlist_version

# a day within what a datetime can hold, so that any zone can show them
moments = st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1 < at.year < 9999)


def count(db) -> int:
    return rows(db, "SELECT count(*) AS n FROM watchlists")[0]["n"]


def write_watchlists(db, number, *, error=None):
    with write(db):
        for n in range(number):
            watchlist_version(db, f"{n}" * 200, NOW)
        if error:
            raise error


def test_a_block_that_raises_leaves_nothing(db):
    with pytest.raises(KeyError):
        write_watchlists(db, 3, error=KeyError())
    assert count(db) == 0
    assert not db.conn.in_transaction


def test_a_block_that_ends_is_kept(db):
    with write(db):
        watchlist_version(db, "f1", NOW)
    assert count(db) == 1


@pytest.mark.parametrize(
    "verb",
    [
        pytest.param(lambda db: watchlist_version(db, "f1", NOW), id="returned"),
        pytest.param(lambda db: change(db, "DELETE FROM watchlists", {}), id="change"),
        pytest.param(lambda db: change_each(db, "DELETE FROM watchlists", [{}]), id="change_each"),
    ],
)
def test_a_write_outside_a_transaction_is_refused(db, verb):
    with pytest.raises(RuntimeError, match="outside"):
        verb(db)
    assert count(db) == 0


def test_a_full_disk_rolls_the_whole_block_back_and_says_so(db):
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}").close()
    with pytest.raises(StoreError, match=r"monitor\.db: the disk is full, nothing was written; free some"):
        write_watchlists(db, 1000)
    assert not db.conn.in_transaction
    assert count(db) == 0


def test_an_error_that_has_rolled_back_already_is_the_one_that_is_told(db):
    db.execute(
        "CREATE TEMP TRIGGER roll_back BEFORE INSERT ON watchlists"
        " BEGIN SELECT RAISE(ROLLBACK, 'rolled back within'); END"
    )
    with pytest.raises(db.conn.IntegrityError, match="rolled back within"):
        write_watchlists(db, 1)
    assert not db.conn.in_transaction


def test_after_a_full_disk_writing_goes_on_once_there_is_room(db):
    test_a_full_disk_rolls_the_whole_block_back_and_says_so(db)
    db.execute("PRAGMA max_page_count = 100000").close()
    put_hit(db)
    assert count(db) == 1


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda path: path.unlink(), id="deleted"),
        pytest.param(lambda path: shutil.move(shutil.copy(path, f"{path}.copy"), path), id="replaced"),
    ],
)
def test_a_file_that_went_away_under_the_writer_is_noticed_before_the_next_write(db, path, lose):
    lose(path)
    with pytest.raises(StoreError, match="deleted or replaced"), write(db):
        pytest.fail("wrote into a file that is gone")


def test_a_fault_of_ours_is_not_dressed_up_as_the_disk_s(db):
    with pytest.raises(db.conn.OperationalError, match="no such table"):
        first(db, "SELECT * FROM nowhere")


def test_a_moment_is_stored_in_utc_with_milliseconds():
    berlin = timezone(timedelta(hours=1))
    assert stored(datetime(2026, 11, 22, 11, 28, 15, 123_987, berlin)) == "2026-11-22T10:28:15.123Z"


@given(moments)
def test_a_moment_comes_back_cut_to_milliseconds(at):
    assert moment(stored(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(moments, moments)
def test_stored_moments_sort_as_they_pass(one, other):
    one, other = moment(stored(one)), moment(stored(other))
    assert (stored(one) < stored(other)) == (one < other)


def test_no_moment_stays_none():
    assert stored(None) is None
    assert moment(None) is None


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        stored(datetime(2026, 11, 22))  # noqa: DTZ001 - the fault under test


def test_a_text_with_a_lone_surrogate_is_stored_and_looked_up_like_any_other(db):
    with write(db):
        number = add_silence(db, NewSilence("actor", "bad\udcff", "a\ud800b", "𝛼\udfff", NOW), NOW)
    found = rows(db, "SELECT * FROM silences WHERE name = :name AND id = :id", {"name": "bad\udcff", "id": number})
    assert [(row["name"], row["author"], row["why"]) for row in found] == [("bad�", "a�b", "𝛼�")]
    assert db.execute("SELECT ?", ("\udcff",)).fetchone() == ("�",)
