from dataclasses import replace
from decimal import Decimal

import pytest
from support.store_samples import NOW, after, entry, put_delivery, put_entry, put_hit

from monitor.model import Annotation, HeadlineAmount, StoryOutlets
from monitor.model.reason import Corroborated, Recorded
from monitor.store import write
from monitor.store.db.statements import change
from monitor.store.delivery_list import load_delivery
from monitor.store.entries import add_entry, story_of
from monitor.store.messages import message_of, outlets_reporting
from monitor.store.outbox import annotate
from monitor.store.stories import open_story


def test_a_message_says_which_outlets_report_the_story_each_once_in_order(db):
    delivery = put_delivery(db, put_hit(db))
    with write(db):
        story = story_of(db, 1)
        for n, outlet in enumerate(("The Wire", "Desk", "Block News")):
            add_entry(db, replace(entry(f"x{n}", seen_s=60 * n + 60), outlet=outlet), story=story, story_reason="alike")
    message = message_of(db, load_delivery(db, delivery))
    assert [hit.id for hit in message.hits] == [1]
    amounts = tuple(HeadlineAmount("Desk", Decimal(millions) * 10**6, "USD") for millions in (40, 50))
    assert message.story_outlets == (StoryOutlets(story, ("Desk", "The Wire", "Block News"), amounts=amounts),)


def test_a_story_that_goes_on_names_the_one_before(db):
    put_hit(db)
    with write(db):
        before = put_entry(db, entry("before", "Exchange robbed"))
        later = open_story(db, entry("after", "Two arrested", seen_s=60), follows=story_of(db, before))
    assert [c.follows_title for c in outlets_reporting(db, [later, later])] == ["Exchange robbed"]


@pytest.mark.parametrize(
    "annotation",
    [
        Annotation(),
        Annotation("Feed down", (Recorded("no answer"),), ("since 08:00",)),
        Annotation(reasons=(Corroborated(3),)),
    ],
    ids=str,
)
def test_a_remark_comes_back_as_it_was_stored(db, annotation):
    delivery = put_delivery(db, put_hit(db), due_s=1)
    with write(db):
        annotate(db, delivery, annotation)
        change(db, "UPDATE deliveries SET late = 1", {})
    message = message_of(db, load_delivery(db, delivery))
    assert message.annotation == annotation
    assert message.delivery.late
    assert message.delivery.due_at == after(1) > NOW
