import pytest
from support.store_samples import JUDGEMENT, after, put_hit

from monitor.store import write
from monitor.store.actor_view import SpellingUse, all_spelling_uses, spelling_uses, triaged_texts
from monitor.store.triage_and_silences import TriageRecord, triage


def triaged(db, key: str, decision: str | None, *, seen_s: float = 0) -> int:
    hit = put_hit(db, key, judgement=JUDGEMENT, seen_s=seen_s)
    if decision:
        with write(db):
            triage(db, hit, TriageRecord(decision, "ana", after(seen_s)))
    return hit


def test_the_spellings_of_all_actors_are_counted_by_triage(db):
    for number, decision in enumerate(("relevant", "noise", "noise", "ack", None)):
        triaged(db, str(number), decision)
    (use,) = all_spelling_uses(db, after(0))["lazarus"]
    assert (use.alias, use.hits, use.relevant, use.noise, use.undecided) == ("Lazarus Group", 5, 1, 2, 2)
    assert spelling_uses(db, "lazarus") == [use]


def test_only_hits_since_a_time_are_counted(db):
    triaged(db, "1", "noise")
    triaged(db, "2", "noise", seen_s=60)
    assert all_spelling_uses(db, after(60))["lazarus"][0].hits == 1
    assert [text.hit for text in triaged_texts(db, "lazarus", after(60))] == [2]


def test_triaged_hits_come_first(db):
    for number, decision in enumerate((None, "noise", "ack", "relevant")):
        triaged(db, str(number), decision)
    texts = list(triaged_texts(db, "lazarus", after(0)))
    assert [text.triage for text in texts] == ["relevant", "noise", "ack", None]
    assert (texts[0].outlet, texts[0].feed, texts[0].text.content) == ("Desk", "desk", "Long.")
    assert [text.hit for text in triaged_texts(db, "lazarus", after(0), most=1)] == [4]


@pytest.mark.parametrize(
    ("relevant", "noise", "least"),
    [(3, 0, 0.44), (30, 0, 0.89), (0, 3, 0.0), (1, 1, 0.09), (90, 10, 0.83)],
)
def test_few_hits_give_a_cautious_precision(relevant, noise, least):
    use = SpellingUse("Heron", relevant + noise, relevant, noise)
    assert round(use.least_precision, 2) == least


def test_without_triage_there_is_no_precision():
    use = SpellingUse("Heron", 5, 0, 0)
    assert (use.precision, use.least_precision, use.undecided) == (None, None, 5)
