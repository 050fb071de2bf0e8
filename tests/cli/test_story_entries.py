"""How ``show`` lists the entries of a story."""

from datetime import UTC, datetime

from monitor.cli.story_entries import story_lines
from monitor.model import SharedName, StoryEvidence, StoryReason
from monitor.pipeline.hit_record import story_entry_row
from monitor.store.stories import StoryMember

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WEAK = StoryEvidence(StoryReason.JOINED, 0.4, 0.31, (SharedName("Nike", 7.0),), "Nike", outlet="Oregonian")
SURE = StoryEvidence(
    StoryReason.JOINED,
    6.2,
    0.7,
    (SharedName("Oakmere", 8.0), SharedName("Oslo", 5.5)),
    victim="Oakmere",
    near_amount="$42M",
    indicator="0xabc",
    same_link=True,
    is_cited=True,
)


def member(number, evidence, hit=None):
    return StoryMember(number, "Chain Post", f"Title {number}", AT, "opens a story: nothing alike", hit, evidence)


def test_each_entry_is_listed_with_its_evidence_and_a_weak_one_is_marked():
    weak = 'victim "Nike"; shared names "Nike" 7; similarity 0.31 to the report of Oregonian'
    sure = (
        'victim "Oakmere"; shared names "Oakmere" 8, "Oslo" 5.5; nearly the same amount $42M; '
        "the same address or transaction 0xabc; the same link; one cites the other; similarity 0.7"
    )
    assert story_lines(7, [member(3, WEAK), member(2, SURE, hit=4), member(1, None)]) == [
        "",
        "Story 7: 3 entries, the weakest evidence first",
        "  Chain Post, 2026-11-24 12:00 UTC: Title 3",
        f"    joined, score 0.4, weak: it may report another event; {weak}",
        "  Chain Post, 2026-11-24 12:00 UTC: Title 2 (hit #4)",
        f"    joined, score 6.2; {sure}",
        "  Chain Post, 2026-11-24 12:00 UTC: Title 1",
        "    opens a story: nothing alike",
    ]


def test_a_story_of_one_entry_needs_no_list():
    assert story_lines(7, [member(1, None)]) == []


def test_for_json_the_evidence_is_data():
    row = story_entry_row(member(2, SURE, hit=4))
    assert (row["entry"], row["hit"], row["why"]) == (2, 4, "opens a story: nothing alike")
    assert row["evidence"] == {
        "reason": "joined",
        "score": 6.2,
        "weak": False,
        "similarity": 0.7,
        "shared": [{"word": "Oakmere", "weight": 8.0}, {"word": "Oslo", "weight": 5.5}],
        "victim": "Oakmere",
        "amount": "$42M",
        "amount_is_near": True,
        "indicator": "0xabc",
        "same_link": True,
        "is_cited": True,
        "outlet": "",
    }
    assert story_entry_row(member(1, None))["evidence"] is None


def test_text_of_a_feed_cannot_move_the_cursor():
    [*_, last] = story_lines(7, [member(1, None), member(2, StoryEvidence(StoryReason.JOINED, 1, 1, outlet="\x1b[2J"))])
    assert "\x1b" not in last
