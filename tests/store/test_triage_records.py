from support.store_samples import NOW, after, put_hit

from monitor.store import write
from monitor.store.hits import load_hit
from monitor.store.triage_records import TriageRecord, acknowledged_by, triage, triages_of


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
