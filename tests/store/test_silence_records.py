from support.store_samples import NOW, after

from monitor.model import Silence
from monitor.store import write
from monitor.store.silence_records import NewSilence, add_silence, end_silence, list_silences, silences_in_force


def put_silence(db, name="lazarus", *, until_s=3600.0) -> int:
    with write(db):
        return add_silence(db, NewSilence("actor", name, "ana", "known", after(until_s)), NOW)


def test_a_silence_holds_until_its_moment(db):
    put_silence(db)
    assert silences_in_force(db, after(3599)) == [Silence(1, "actor", "lazarus", "ana", "known", NOW, after(3600))]
    assert silences_in_force(db, after(3600)) == []


def test_a_silence_that_is_ended_says_by_whom_and_is_ended_once(db):
    number = put_silence(db)
    with write(db):
        assert [end_silence(db, number, author="bo", now=after(60)) for _ in range(2)] == [True, False]
    assert silences_in_force(db, after(61)) == []
    ((silence, ended_by),) = list_silences(db)
    assert (silence.until, ended_by) == (after(60), "bo")


def test_silences_are_listed_the_newest_first_and_in_force_by_their_end(db):
    put_silence(db, "a", until_s=90)
    put_silence(db, "b", until_s=60)
    assert [silence.name for silence in silences_in_force(db, NOW)] == ["b", "a"]
    assert [silence.name for silence, _ in list_silences(db)] == ["b", "a"]
