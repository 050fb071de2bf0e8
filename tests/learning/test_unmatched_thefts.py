from datetime import UTC, datetime, timedelta

from monitor.learning.unmatched_thefts import TheftCollector, read_theft
from monitor.model import Actor, Entry, SeenText, Text
from monitor.stories import ActorRelations
from monitor.watchlist import Watchlist

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WATCHLIST = Watchlist({"heron": Actor("heron", "Heron", ("Night Heron",))}, {}, {})


def found(*titles: str, story: int | None = None, outlets=("Wire", "Desk", "Post")):
    collector = TheftCollector(ActorRelations())
    for n, title in enumerate(titles):
        at = NOON + timedelta(minutes=n)
        entry = Entry("f", str(n), outlets[n], "", Text(title), "", at, None, at, b"")
        mentions = WATCHLIST.matcher.find(entry.text).mentions
        theft = read_theft(entry, mentions, with_profile=story is None)
        text = SeenText(n, entry, at, story=story)
        collector.add(text, theft, has_actor=any(m.actor for m in mentions))
    return collector.result()


def test_a_theft_of_two_outlets_without_an_actor_is_found_with_its_names():
    (theft,) = found("Bitbarn hack: $40 million drained", "$40M drained in Bitbarn hack")
    assert (theft.outlets, theft.entries, theft.names) == (("Wire", "Desk"), 2, (("Bitbarn", 2),))


def test_one_outlet_is_not_enough():
    assert found("Bitbarn hack: $40 million drained", "$40M drained in Bitbarn hack", outlets=("Wire", "Wire")) == ()


def test_a_story_in_which_any_entry_names_an_actor_is_left_out():
    titles = ("Bitbarn hack: $40 million drained", "$40M drained in Bitbarn hack", "Night Heron hit Bitbarn")
    assert found(*titles, story=7) == ()
    assert found(*reversed(titles), story=7) == ()
    assert len(found(*titles[:2], story=7)) == 1


def test_small_amounts_are_left_out():
    assert found("Bitbarn hack: $400 drained", "$400 drained in Bitbarn hack") == ()


def test_names_inside_sentences_count_though_they_are_ordinary_words():
    text = Text("$40M stolen", "Thieves drained the Wormhole bridge. USDT fell.")
    entry = Entry("f", "1", "Wire", "", text, "", NOON, None, NOON, b"")
    assert read_theft(entry, (), with_profile=False).names == ("Wormhole",)
