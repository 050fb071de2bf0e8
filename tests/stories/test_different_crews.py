"""Reports about different crews in nearly the same words are different stories."""

from __future__ import annotations

import pytest
from support.invented_stories import item, stories

from monitor.stories import ActorRelations, StoryIndex, profile_of
from monitor.stories.assignment import _similarity_to_story

RELATIONS = ActorRelations({"northern-hackers": ["heron", "plover"]})
CREWS = {"Night Heron": "heron", "Grey Plover": "plover", "Ashfall": "ashfall", "Mirrorgate": "mirrorgate"}

SAME_WORDS = [
    "{} lists a watchmaker on its leak site",
    "Alleged member of {} arrested at the airport",
    "{} negotiator sentenced to eight years in prison",
    "Developer of {} freed on bail",
    "{} reads mails of foreign ministries for months",
    "Servers of {} seized by police in two countries",
    "{} plants malware in a calendar app",
    "Treasury adds {} to its sanctions list",
    "{} steals source code from a maker of games",
    "Chats of {} leaked by a former member",
    "{} sells its malware to other criminals",
    "{} shuts down after its biggest theft",
    "Police name the founder of {}",
    "{} hides payment orders in a fake invoice",
    "Investigators trace coins of {} to an exchange",
]


@pytest.mark.parametrize("crews", [("Night Heron", "Ashfall"), ("Mirrorgate", "Ashfall")], ids=" and ".join)
@pytest.mark.parametrize("words", SAME_WORDS)
def test_unrelated_crews_in_the_same_words_are_two_stories(words, crews):
    items = [item(words.format(crew), hours=9 * n, actors=[crew], ids=[CREWS[crew]]) for n, crew in enumerate(crews)]
    assert stories(items, RELATIONS) == [1, 2]


@pytest.mark.parametrize("words", SAME_WORDS)
def test_two_crews_of_one_state_in_the_same_words_are_two_stories(words):
    crews = ["Night Heron", "Grey Plover"]
    items = [item(words.format(crew), hours=9 * n, actors=[crew], ids=[CREWS[crew]]) for n, crew in enumerate(crews)]
    assert stories(items, RELATIONS) == [1, 2]


def test_a_theft_that_two_outlets_blame_on_two_crews_of_one_state_is_one_story():
    one = item("Night Heron stole $42 million from Quillbridge", actors=["Night Heron"], ids=["heron"])
    other = item("Quillbridge theft of $42M was Grey Plover", hours=3, actors=["Grey Plover"], ids=["plover"])
    assert stories([one, other], RELATIONS) == [1, 1]


def test_a_report_about_the_general_actor_joins_that_about_the_crew():
    one = item("Night Heron stole $42 million from Quillbridge", actors=["Night Heron"], ids=["heron"])
    other = item(
        "Northern hackers took $42M of Quillbridge coins",
        hours=3,
        actors=["Northern hackers"],
        ids=["northern-hackers"],
    )
    assert stories([one, other], RELATIONS) == [1, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("FBI: old routers turned into proxies", "FBI: seniors pay fake police", id="who says it"),
        pytest.param("CISA adds a bug to its list", "CISA cuts staff in three states", id="an agency that acts"),
        pytest.param("[Podcast] Keeping keys offline", "[Podcast] Auditors and their questions", id="tag of a series"),
        pytest.param("Keys kept offline (Mon, Oct 5th)", "Auditors ask more (Mon, Oct 5th)", id="date in brackets"),
    ],
)
def test_what_says_nothing_of_the_event_joins_nothing(one, other):
    assert stories([item(one, outlet="A"), item(other, hours=20, outlet="B")]) == [1, 2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("QuillDAO loses treasury overnight", "Quill DAO treasury emptied", id="two words"),
        pytest.param("Quill DAO treasury emptied", "QuillDAO loses treasury overnight", id="one word later"),
    ],
)
def test_a_compound_and_its_parts_are_one_name(one, other):
    assert stories([item(one, outlet="A"), item(other, hours=2, outlet="B")]) == [1, 1]


@pytest.mark.parametrize(
    ("to_each", "to_story"),
    [
        pytest.param([0.9, 0.1, 0.0], 0.9, id="a copy of one entry, whatever was wrongly joined to it"),
        pytest.param([0.6, 0.2, 0.1], 0.45, id="similar to one entry, less so to the others"),
    ],
)
def test_similarity_to_a_story(to_each, to_story):
    assert _similarity_to_story(max(to_each), to_each) == pytest.approx(to_story)


def test_words_that_many_open_stories_share_lose_weight():
    index = StoryIndex()
    for n in range(60):
        title = f"Zeltron comments on {'lighthouse' if n < 3 else 'glacier'} number{n}"
        index.add(n, profile_of(item(title, hours=n / 10)))
    damping = index.damping(profile_of(item("Zeltron comments on lighthouse", hours=9)))
    assert damping["zeltron"] < 0.5
    assert "lighthous" not in damping, "three may share a word by chance"
