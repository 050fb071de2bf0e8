from support.store_samples import NOW, after, put_hit

from monitor.model import Silence
from monitor.store import write
from monitor.store.hits import load_hit
from monitor.store.triage_and_silences import (
    NewSilence,
    TriageRecord,
    acknowledged_by,
    active_silences,
    add_silence,
    end_silence,
    list_silences,
    triage,
    triages_of,
)


def test_what_is_said_of_a_hit_is_kept_with_who_said_it_and_when(db):
    hit = put_hit(db)
    with write(db):
        assert triage(db, hit, TriageRecord("ack", "ana", after(1)))
        assert triage(db, hit, TriageRecord("noise", "bo", after(2), "a rerun"))
        assert not triage(db, hit + 1, TriageRecord("ack", "ana", after(3)))
    assert triages_of(db, hit) == [
        TriageRecord("ack", "ana", after(1)),
        TriageRecord("noise", "bo", after(2), "a rerun"),
    ]


def test_a_story_is_acknowledged_by_whoever_looked_at_a_hit_of_it_since(db):
    hit = put_hit(db)
    story = load_hit(db, hit).story
    with write(db):
        triage(db, hit, TriageRecord("relevant", "ana", after(10)))
    assert [acknowledged_by(db, story, after(seconds)) for seconds in (0, 10, 11)] == ["ana", "ana", ""]
    assert acknowledged_by(db, story + 1, NOW) == ""


def put_silence(db, name="lazarus", *, until_s=3600.0) -> int:
    with write(db):
        return add_silence(db, NewSilence("actor", name, "ana", "known", after(until_s)), NOW)


def test_a_silence_holds_until_its_moment(db):
    put_silence(db)
    assert active_silences(db, after(3599)) == [Silence(1, "actor", "lazarus", "ana", "known", NOW, after(3600))]
    assert active_silences(db, after(3600)) == []


def test_a_silence_that_is_ended_says_by_whom_and_is_ended_once(db):
    number = put_silence(db)
    with write(db):
        assert [end_silence(db, number, author="bo", now=after(60)) for _ in range(2)] == [True, False]
    assert active_silences(db, after(61)) == []
    ((silence, ended_by),) = list_silences(db)
    assert (silence.until, ended_by) == (after(60), "bo")


def test_silences_are_listed_the_newest_first_and_active_ones_by_their_end(db):
    put_silence(db, "a", until_s=90)
    put_silence(db, "b", until_s=60)
    assert [silence.name for silence in active_silences(db, NOW)] == ["b", "a"]
    assert [silence.name for silence, _ in list_silences(db)] == ["b", "a"]
