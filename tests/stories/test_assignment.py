from __future__ import annotations

from dataclasses import replace

import pytest
from support.invented_stories import NOON, assigned, follows, item, stories

from monitor.model import SharedName, StoryEvidence, StoryReason
from monitor.stories import StoryIndex, StoryItem, assign, profile_of

HEIST = item("Quillbridge drained of $42 million in overnight exploit", "The bridge has halted.", outlet="Chain Post")

TWELVE = [
    HEIST,
    item("Hackers steal $42M from Quillbridge", "Withdrawals are halted.", hours=0.2, outlet="Ledger Wire"),
    item("Quillbridge exploit: $42 million gone", hours=0.4, outlet="Breach Report"),
    item("Cross-chain protocol Quillbridge halts after $42M exploit", hours=0.5, outlet="Node Herald"),
    item("Quillbridge loses $41 million to overnight hack", hours=1, outlet="Token Times"),
    item("What we know of the Quillbridge hack", "An exploit drained $42 million.", hours=1.5, outlet="Daily Hash"),
    item(
        "Quillbridge pauses withdrawals after exploit", "About $43 million was stolen.", hours=2, outlet="Coin Gazette"
    ),
    item("Quillbridge hacked, millions stolen overnight", hours=3, outlet="Block Courier"),
    item("Attacker drains Quillbridge of $42M", hours=4, outlet="Satoshi Standard"),
    item("Exploit of Quillbridge drains $42 million from users", hours=5, outlet="Mempool News"),
    item("Bridge operator Quillbridge confirms $42M theft", hours=6, outlet="Crypto Ledger"),
    item("Quillbridge offers bounty after $42 million exploit", hours=9, outlet="Key and Seed"),
]

THREE = [
    item("Lazarus Group drains $30M from Vantor exchange", hours=0, outlet="A", actors=["Lazarus Group"]),
    item("Lazarus Group behind fake Kestrel job offers on LinkedIn", hours=20, outlet="B", actors=["Lazarus Group"]),
    item("Lazarus Group hackers steal $12M from Oakmere wallet", hours=40, outlet="C", actors=["Lazarus Group"]),
]


def test_one_event_in_twelve_outlets_is_one_story():
    assert set(stories(TWELVE)) == {1}


def test_three_events_of_one_actor_in_two_days_are_three_stories():
    assert stories(THREE) == [1, 2, 3]


def test_three_events_are_three_stories_in_the_words_of_other_outlets_too():
    again = [
        item("Vantor exchange loses $30 million to Lazarus Group", hours=1, actors=["Lazarus Group"]),
        item("Fake Kestrel job offers are Lazarus Group malware", hours=21, actors=["Lazarus Group"]),
        item("Oakmere wallet robbed of $12 million by Lazarus Group", hours=41, actors=["Lazarus Group"]),
    ]
    mixed = [one for pair in zip(THREE, again, strict=True) for one in pair]
    assert stories(mixed) == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "Lazarus Group steals $30M from Vantor exchange",
            "Lazarus Group steals $9M from Oakmere exchange",
            id="victim",
        ),
        pytest.param("Bitcoin climbs above resistance", "Ether slides under support", id="another coin"),
        pytest.param(
            "Data breach at Millbrook Clinic exposes patients",
            "Data breach at Harrowgate College exposes students",
            id="breach",
        ),
    ],
)
def test_like_words_of_different_events_are_two_stories(one, other):
    assert stories([item(one), item(other, hours=2)]) == [1, 2]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("Quillbridge robbed: thieves walk away with forty million", id="other words"),
        pytest.param("QUILLBRIDGE EXPLOITED FOR $42 MILLION", id="capitals"),
        pytest.param("Quillbridge’s overnight exploit costs $42 mn", id="typography"),
    ],
)
def test_the_same_event_in_another_form_joins(other):
    assert stories([HEIST, item(other, hours=1)]) == [1, 1]


def test_an_abbreviation_stands_for_the_name_that_the_other_spells_out():
    one = item("Norden Harbour Trust admits data theft by former clerk")
    assert stories([one, item("NHT admits theft of data by clerk", hours=1)]) == [1, 1]


def test_the_same_link_from_another_outlet_is_the_same_article():
    link = "https://chainpost.example/a/quill?utm_source=rss"
    one = item("Bridge halted", "Quillbridge users wait", outlet="Chain Post", link=link)
    copy = item("An evening to forget for users", outlet="Mirror", link="http://www.chainpost.example/a/quill/")
    (_, _), (story, assignment) = assigned([one, copy])
    assert (story, assignment.reason) == (1, "links to the same page as the report of Chain Post")


def test_one_link_for_every_entry_of_an_outlet_says_nothing():
    link = "https://chainpost.example/live/today"
    one = item("Quillbridge halts withdrawals overnight", outlet="Chain Post", link=link)
    other = item("Senate schedules hearing about stablecoins", outlet="Chain Post", link=link)
    assert stories([one, other]) == [1, 2]


def test_the_same_address_brings_texts_together_that_few_words_do():
    wallet = "0x47666fab8bd0ac7003bce3f5c3585383f09486e2"
    one = item("Quillbridge thief moves funds", f"Coins left {wallet} at dawn.")
    other = item("Coins of bridge thief reach mixer", f"Watchers of {wallet} saw deposits.", hours=1)
    assert stories([one, other]) == [1, 1]


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Weekly roundup: Quillbridge drained, Vantor sued, Oakmere listed", id="named so"),
        pytest.param(
            "Quillbridge Drained of $42 Million; Vantor Sued in Texas Court; Oakmere Lists Shares in London",
            id="clauses",
        ),
        pytest.param("The Daily: Quillbridge drained of $42 million and more", id="series"),
    ],
)
def test_a_roundup_joins_nothing_and_nothing_joins_it(title):
    later = item("Quillbridge drained of $42 million", hours=2)
    told = assigned([HEIST, item(title, hours=1), later])
    assert [story for story, _ in told] == [1, 2, 1]
    assert told[1][1].reason == "opens a story: it reports several events"


def test_an_entry_that_names_six_sums_is_a_roundup():
    summary = "Losses: $42 million, $30 million, $12 million, $7 million, $3 million and $2 million."
    assert stories([HEIST, item("Quillbridge and the other thefts of the month", summary, hours=1)]) == [1, 2]


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("BTC price", id="two words"),
        pytest.param("Quillbridge", id="one word"),
        pytest.param("🚀🚀🚀", id="none"),
    ],
)
def test_what_has_too_few_words_stays_alone(title):
    told = assigned([item(title), item(title, hours=1)])
    assert [(story, a.reason) for story, a in told] == [
        (1, "opens a story: it has too few words to compare"),
        (2, "opens a story: it has too few words to compare"),
    ]


def test_another_script_stays_alone():
    titles = [
        "Quillbridge drained of $42 million",
        "Биржа потеряла деньги пользователей",
        "交易所被盗 用户提款暂停 调查开始",
    ]
    assert stories(map(item, titles)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("title", "act"),
    [
        pytest.param("Two men arrested over $42M Quillbridge exploit", "an arrest", id="arrest"),
        pytest.param("Treasury sanctioned wallet of Quillbridge exploit", "sanctions", id="sanctions"),
        pytest.param("Teenager charged over $42M Quillbridge exploit", "a charge", id="charge"),
    ],
)
def test_what_is_done_about_an_event_is_a_story_that_follows_it(title, act):
    story, reason = follows(HEIST, item(title, hours=48))
    assert story == 1
    assert reason.startswith(f"opens a story: {act} after the report of Chain Post, with which it shares ")
    assert '"Quillbridge"' in reason


def test_those_who_report_the_arrest_join_each_other():
    arrest = item("Two men arrested over $42M Quillbridge exploit", hours=48, outlet="Ledger Wire")
    again = item("Police: pair arrested for Quillbridge exploit", hours=49, outlet="Node Herald")
    assert stories([HEIST, arrest, again]) == [1, 2, 2]


def test_an_arrest_that_is_the_event_itself_splits_nothing():
    one = item("Quillbridge founder arrested in Lisbon", outlet="Chain Post")
    assert stories([one, item("Founder of Quillbridge arrested by Lisbon police", hours=30)]) == [1, 1]


def test_a_story_is_closed_after_ten_days():
    late = item("Quillbridge drained of $42 million in overnight exploit", hours=24 * 11)
    assert stories([HEIST, late]) == [1, 2]


def test_the_reason_quotes_what_both_name():
    _, (_, assignment) = assigned([HEIST, item("Hackers steal $42M from Quillbridge", hours=1)])
    assert assignment.reason == 'shares "Quillbridge", $42M with the report of Chain Post'


def test_sums_that_are_nearly_equal_are_named_as_such():
    _, (_, assignment) = assigned([HEIST, item("Quillbridge exploit costs users $45M", hours=1)])
    assert "nearly $45M" in assignment.reason


def test_assign_changes_nothing():
    index = StoryIndex()
    index.add(1, profile_of(HEIST))
    asked = profile_of(TWELVE[1])
    assert [assign(index, asked) for _ in range(3)] == [assign(index, asked)] * 3
    assert len(index) == 1


def test_an_outlet_that_names_other_victims_in_its_own_fixed_words_makes_several_stories():
    series = [
        item(f"Holt and Pryce Investigates Claims in {name} Data Breach", hours=n, outlet="Presswire")
        for n, name in enumerate(("Millbrook Clinic", "Harrowgate College", "Tarnwell Credit Union"))
    ]
    assert stories(series) == [1, 2, 3]


def test_an_item_without_anything_but_a_title_is_enough():
    assert assign(StoryIndex(), profile_of(StoryItem("Quillbridge drained overnight", NOON))).story is None


STORED = StoryEvidence(
    StoryReason.JOINED,
    score=6.55,
    similarity=0.64,
    names=(SharedName("Quillbridge", 8.0),),
    victim="Quillbridge",
    amount="$42M",
    outlet="Chain Post",
)


def decided(*new: StoryItem):
    return assigned([HEIST, *new])[-1]


def test_an_entry_that_joins_is_stored_with_what_it_shares():
    story, assignment = decided(item("Hackers steal $42M from Quillbridge", hours=1))
    assert (story, assignment.story, assignment.follows, assignment.code) == (1, 1, None, StoryReason.JOINED)
    assert assignment.evidence == STORED


def test_an_entry_that_follows_is_stored_with_what_it_shares():
    story, assignment = decided(item("Two men arrested over $42M Quillbridge exploit", hours=48))
    assert (story, assignment.story, assignment.follows, assignment.code) == (2, None, 1, StoryReason.FOLLOWS)
    assert assignment.evidence == replace(STORED, reason=StoryReason.FOLLOWS, score=4.65, similarity=0.59)
    assert assignment.reason.endswith(
        'an arrest after the report of Chain Post, with which it shares "Quillbridge", $42M'
    )


def test_a_citation_is_part_of_the_reason():
    _, assignment = decided(item("Quillbridge drained of millions, according to Chain Post", hours=2, outlet="Wire"))
    assert assignment.reason == 'shares "Quillbridge" with the report of Chain Post, and one cites the other'
    assert assignment.evidence.is_cited


def test_the_same_link_counts_as_evidence_and_not_as_similarity():
    link = "https://chainpost.example/a/quill"
    one = item("Bridge halted for users", "Quillbridge users wait", outlet="Chain Post", link=link)
    _, assignment = assigned([one, item("An evening to forget for users", outlet="Mirror", link=link)])[1]
    assert assignment.evidence.same_link
    assert 0 < assignment.evidence.similarity < 0.5


def test_an_entry_without_a_story_says_why_and_has_no_evidence():
    alone = decided(item("Senate schedules hearing about stablecoins"))[1]
    assert (alone.story, alone.follows, alone.code, alone.evidence) == (None, None, StoryReason.ALONE, None)
    assert alone.reason == "opens a story: no story of the last days reports the same event"
    assert decided(item("BTC price"))[1].code is StoryReason.TOO_SHORT
    assert decided(item("Weekly roundup: Quillbridge drained, Vantor sued"))[1].code is StoryReason.ROUND_UP


def test_without_an_outlet_the_reason_names_an_earlier_report():
    first = replace(HEIST, outlet="")
    assert assigned([first, item("Hackers steal $42M from Quillbridge")])[1][1].reason == (
        'shares "Quillbridge", $42M with an earlier report'
    )


def test_an_entry_that_shares_no_name_joins_by_its_words():
    titles = ("bridge drained of coins in overnight exploit by thieves", "thieves drained bridge of coins in exploit")
    (_, _), (story, assignment) = assigned([item(titles[0], outlet="Chain Post"), item(titles[1])])
    assert (story, assignment.reason) == (1, "reports in similar words what the report of Chain Post says")


@pytest.mark.parametrize(("hours", "story"), [(17.9, 1), (18, 2)], ids=["the same day", "later"])
def test_an_arrest_is_a_story_of_its_own_after_eighteen_hours(hours, story):
    assert decided(item("Two men arrested over $42M Quillbridge exploit", hours=hours))[0] == story


def test_at_most_three_names_are_shown_and_eight_are_stored():
    title = "Amberly Brindle Corvane Dunmore Elswick Farrowe Garnock Hexwell Ilmoore robbed overnight"
    (_, _), (_, assignment) = assigned([item(title, outlet="Wire"), item(title, hours=1)])
    assert assignment.reason.count('"') == 6
    assert len(assignment.evidence.names) == 8
