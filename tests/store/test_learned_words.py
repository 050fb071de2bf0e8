import pytest
from support.store_samples import JUDGEMENT, NOW, RULES, after, entry, put_entry, put_hit

from monitor.model import Judgement, MatchKind, Mention
from monitor.store import learned_words, write
from monitor.store.db.statements import change, rows
from monitor.store.mentions import add_mentions
from monitor.store.watchlists import watchlist_version

MISSPELLED = Mention("lazarus", None, "Lazarus Group", "Lazarux Group", "title", 0, 13, 1, MatchKind.FUZZY, 0, 2, 0)


def keep(db, *words, at_s=0):
    with write(db):
        return learned_words.store_words(db, frozenset(words), stories=9, now=after(at_s))


def triaged(db, word):
    hit = put_hit(db, judgement=Judgement((MISSPELLED,), (), RULES))
    with write(db):
        change(db, "UPDATE hits SET triage = :triage WHERE id = :id", {"triage": word, "id": hit})
    return learned_words.probable_names(db), learned_words.confirmed_names(db)


def test_version_0_is_kept_while_there_are_no_words(db):
    keep(db)
    assert learned_words.latest(db) == learned_words.Learned(0, None, frozenset())


def test_other_words_are_a_new_version_and_the_same_words_are_not(db):
    assert keep(db, "petco", "exane").version == 1
    assert keep(db, "exane", "petco", at_s=60).version == 1
    assert learned_words.latest(db) == learned_words.Learned(1, after(60), frozenset({"exane", "petco"}))
    assert keep(db, "exane", "cirium").version == 2
    assert learned_words.latest(db).words == {"exane", "cirium"}


def test_past_versions_are_kept(db):
    for words in (("petco", "exane"), ("exane",), ("exane", "petco")):
        keep(db, *words)
    kept = rows(db, "SELECT word, since, until FROM learned_words ORDER BY word, since")
    assert [tuple(row.values()) for row in kept] == [("exane", 1, None), ("petco", 1, 2), ("petco", 3, None)]


def test_a_watchlist_with_other_learned_words_has_another_number(db):
    with write(db):
        numbers = [watchlist_version(db, "f1", NOW, vocabulary=version) for version in (0, 1, 0, 1)]
    assert numbers == [1, 2, 1, 2]


def test_newest_texts_come_first_without_canaries(db):
    put_hit(db, "0")  # so that there is a feed
    with write(db):
        ids = [1, *(put_entry(db, entry(str(n))) for n in (1, 2, 3))]
        change(db, "UPDATE entries SET canary = 1 WHERE id = :id", {"id": ids[2]})
    assert [number for number, _, _ in learned_words.newest_texts(db, limit=2)] == [ids[3], ids[1]]
    assert [number for number, _, _ in learned_words.newest_texts(db, limit=99)] == [ids[3], ids[1], ids[0]]


@pytest.mark.parametrize(
    ("triage", "meant", "confirmed"),
    [(None, True, False), ("ack", True, False), ("relevant", True, True), ("noise", False, False)],
)
def test_a_reported_misspelling_may_be_a_name_until_it_is_triaged_as_noise(db, triage, meant, confirmed):
    said, sure = triaged(db, triage)
    assert [*said.values()] == [["Lazarux Group"]] * meant
    assert sure == ["Lazarux Group"] * confirmed


def test_an_unreported_misspelling_may_be_a_name_beside_the_name(db):
    put_hit(db, "other")  # so that there is a feed
    with write(db):
        alone, beside = put_entry(db, entry("1")), put_entry(db, entry("2"))
        add_mentions(db, alone, 1, Judgement((MISSPELLED,), (), ()))
        add_mentions(db, beside, 1, Judgement((MISSPELLED, *JUDGEMENT.mentions), (), ()))
    assert learned_words.probable_names(db) == {beside: ["Lazarux Group"]}
