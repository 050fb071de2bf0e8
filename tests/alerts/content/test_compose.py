"""What stands in a message, whatever it is rendered for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from support import hostile_texts
from support.hostile_messages import READERS, wire

from monitor.alerts.content.compose import compose
from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.model import (
    Amount,
    Annotation,
    DeliveryKind,
    HeadlineAmount,
    Indicator,
    IndicatorKind,
    Message,
    Severity,
    StoryOutlets,
    Text,
)
from monitor.model.reason import Corroborated, Recorded

UTC_ZONE = ZoneInfo("UTC")
WALLET = "0xde709f2102306220921060314715629080e2fb77"


def content_of(message, base_url=""):
    return compose(message, zone=UTC_ZONE, now=message.delivery.created_at, base_url=base_url)


@pytest.fixture
def rich(make_hit):
    """Return a hit with all that a hit may have."""
    found = Indicator(IndicatorKind.ADDRESS, "ETH", WALLET, WALLET, "summary", 0, 42)
    hit = make_hit(
        number=48,
        title="Bridge emptied of $40M",
        summary="Analysts blame Night Heron for the theft.",
        amounts=(Amount(Decimal(40_000_000), "USD", "$40M", "title", 18, 22),),
        severity=Severity.CRITICAL,
        why='"Night Heron" for Night Heron (1 edit) with theft: "emptied", 4 words away; $40M is at least $1M',
        notes=("call the on-call",),
    )
    return replace(hit, judgement=replace(hit.judgement, indicators=(found,)))


@pytest.fixture
def story():
    return StoryOutlets(1, ("The Daily", "The Wire", "Block Post", "Desk", "Herald"), "Bridge halts withdrawals")


@pytest.mark.parametrize(
    "message_format",
    [name for name in MessageFormat if name is not MessageFormat.CONSOLE],
    ids=str,
)
def test_an_alert_says_who_what_how_much_where_how_sure_why_who_else_and_what_next(
    rich, story, delivery, message_format
):
    message = Message(replace(delivery, late=True, possible_repeat=True), (rich,), (story,))
    shown = wire(message_format, message).decode()
    shown = re.sub(r"<http[^|>]*[|]([^>]*)>", r"\1", shown)  # as Slack writes links
    shown = re.sub(r"<[^>]*>|\\\\u200b|\\u200b|\\+", "", shown)
    for said in (
        *("CRITICAL", "Night Heron", "Bridge emptied of $40M", "$40M", "Analysts blame", "The Daily", "The Wire"),
        *("1 edit", "4 words away", "thefts", "call the on-call", "Bridge halts withdrawals", "48"),
        *("seen after 3 min", "late: was due 22 Nov 07:44 UTC", "possible repeat", "monitor triage 48 ack"),
    ):
        assert said in shown, said
    assert (
        WALLET in shown or "0xde70…fb77" in render(message, RenderOptions(zone=UTC_ZONE, now=delivery.created_at)).body
    )


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (DeliveryKind.ALERT, "[CRITICAL] Night Heron | $40M"),
        (DeliveryKind.FOLLOW_UP, "[CRITICAL] Follow-up: Night Heron | $40M"),
        (DeliveryKind.ESCALATION, "[CRITICAL] Escalation: Night Heron | $40M"),
        (DeliveryKind.CANARY, "[CRITICAL] Canary: Night Heron | $40M"),
        (DeliveryKind.DIGEST, "[DIGEST] Morning: 1 story, 1 article"),
        (DeliveryKind.SUMMARY, "[SUMMARY] Morning: 1 story, 1 article"),
    ],
    ids=str,
)
def test_the_title_says_what_kind_of_message_it_is(rich, delivery, kind, title):
    message = Message(replace(delivery, kind=kind), (rich,), annotation=Annotation("Morning", (Corroborated(5),)))
    assert content_of(message).title == title
    assert "now reported by 5 outlets" in render(message, RenderOptions(zone=UTC_ZONE, now=delivery.created_at)).body


def test_an_update_says_so_and_what_changed(rich, delivery):
    hit = replace(rich, is_update=True, changes=("Update: now names Night Heron", "Before: <no such sentence>"))
    made = render(Message(delivery, (hit,)), RenderOptions(zone=UTC_ZONE, now=delivery.created_at))
    assert made.title == "[CRITICAL] Update: Night Heron | $40M"
    assert "\nUpdate: now names Night Heron\nBefore: ‹no such sentence›\n" in made.body


def test_what_an_edit_removed_stands_before_the_hit(rich, delivery):
    lines = ("Update: the article was edited and no longer names Night Heron", "Before: x", "After: y")
    message = Message(
        replace(delivery, kind=DeliveryKind.FOLLOW_UP),
        (rich,),
        annotation=Annotation(reasons=(Recorded("edited"),), lines=lines),
    )
    body = render(message, RenderOptions(zone=UTC_ZONE, now=delivery.created_at)).body
    assert body.startswith("\n".join(["edited", *lines]) + "\n\nBridge emptied")


@pytest.mark.parametrize("kind", [DeliveryKind.HEALTH, DeliveryKind.CANARY], ids=str)
def test_a_message_without_hits_is_its_annotation(delivery, kind):
    annotation = Annotation("Feed down: daily", (Recorded("no answer since 07:00"),), ("last success 06:55",))
    message = Message(replace(delivery, kind=kind, possible_repeat=True), annotation=annotation)
    made = render(message, RenderOptions(zone=UTC_ZONE, now=delivery.created_at))
    assert made.title == f"[{kind.upper()}] Feed down: daily"
    assert made.body.split("\n") == ["no answer since 07:00", "", "last success 06:55", "(possible repeat)"]


def test_a_digest_counts_groups_by_actor_then_story_and_ends_with_the_feeds_that_are_down(
    rich, story, make_hit, delivery
):
    other = make_hit(number=50, title="Sandpiper again", mentions=(), severity=Severity.LOW)
    hits = (replace(other, story=2), rich, replace(rich, id=49, severity=Severity.HIGH))
    lines = ("Block Post: HTTP 403 for 30 h",)
    message = Message(replace(delivery, kind=DeliveryKind.DIGEST), hits, (story,), Annotation(lines=lines))
    body = render(message, RenderOptions(zone=UTC_ZONE, now=delivery.created_at)).body
    others = "also reported by The Wire, Block Post, Desk, +1"
    assert body.split("\n") == [
        "1 critical, 1 low",
        "",
        "Night Heron",
        f"[CRITICAL] Bridge emptied of $40M ($40M; The Daily, 22 Nov 07:41 UTC; {others}) #48",
        f"  rule thefts: {rich.judgement.rules[0].why}",
        "  https://news.example/a",
        "",
        "[LOW] Sandpiper again (The Daily, 22 Nov 07:41 UTC) #50",
        '  rule thefts: "Night Heron" (exact)',
        "  https://news.example/a",
        "",
        "1 feed is down:",
        "Block Post: HTTP 403 for 30 h",
    ]


def test_other_outlets_are_listed_once_in_a_message(rich, story, delivery):
    body = render(Message(delivery, (rich, rich), (story,)), RenderOptions(zone=UTC_ZONE, now=delivery.created_at)).body
    assert body.count("also reported by The Wire") == 1


def test_an_alert_links_to_the_page_when_there_is_one(rich, delivery):
    lines = render(
        Message(delivery, (rich,)),
        RenderOptions(zone=UTC_ZONE, now=delivery.created_at, base_url="https://page.example/"),
    ).body.split("\n")
    address = "https://page.example/hits/48"
    assert f"Open: {address} | Acknowledge: {address}/acknowledge | Mute: {address}/mute" in lines
    assert "monitor show" not in str(lines)


@pytest.mark.parametrize("title", ["", " ", "\u200b", "\u202e\x07"], ids=["none", "blank", "zero width", "controls"])
@pytest.mark.parametrize(
    "message_format",
    [name for name in MessageFormat if name is not MessageFormat.CONSOLE],
    ids=str,
)
def test_a_title_without_printable_characters_is_replaced_and_keeps_its_link(make_hit, delivery, message_format, title):
    hit = make_hit(title=title, summary="By Night Heron.")
    for kind in (DeliveryKind.ALERT, DeliveryKind.DIGEST):
        shown = wire(message_format, Message(replace(delivery, kind=kind), (hit,))).decode()
        assert "(no title)" in shown.replace("\\", "")
        assert hostile_texts.LINK in shown


def test_more_rules_than_three_are_counted(rich, delivery):
    hit = replace(rich, judgement=replace(rich.judgement, rules=rich.judgement.rules * 5))
    body = render(Message(delivery, (hit,)), RenderOptions(zone=UTC_ZONE, now=delivery.created_at)).body
    assert body.count("Why: rule thefts") == 3
    assert "Why: and 2 more rules" in body


def test_a_short_message_keeps_number_headline_and_link(rich, delivery):
    from monitor.alerts.render.message_format import SizeLimits

    made = render(
        Message(delivery, (rich,)),
        RenderOptions(zone=UTC_ZONE, now=delivery.created_at, size_limits=SizeLimits(0, 160)),
    )
    assert made.title == ""
    assert made.body.split("\n")[:3] == ["[CRITICAL] Night Heron | $40M", "Bridge emptied of $40M", hostile_texts.LINK]
    assert made.body.endswith("\nHit #48")


def test_a_late_message_says_how_late(rich, delivery):
    made = render(
        Message(delivery, (rich,)), RenderOptions(zone=UTC_ZONE, now=delivery.created_at + timedelta(hours=3))
    )
    assert "seen after 3 min, sent 3 h later" in made.body


@pytest.mark.parametrize("kind", [DeliveryKind.DIGEST, DeliveryKind.SUMMARY], ids=str)
@pytest.mark.parametrize("message_format", list(READERS), ids=str)
def test_a_story_of_a_digest_names_all_its_actors_and_the_reason(make_hit, delivery, kind, message_format):
    one = make_hit().judgement.mentions[0]
    others = {"sandpiper": "Sandpiper", "egret": "Egret", "ibis": "Ibis"}
    hit = make_hit(mentions=(one, *(replace(one, actor=actor) for actor in others)))
    hit = replace(hit, names=(*hit.names, *others.items()))
    shown = wire(message_format, Message(replace(delivery, kind=kind), (hit,))).decode()
    if message_format is MessageFormat.JSON:
        assert others.items() <= json.loads(shown)["alert"]["hits"][0]["names"].items()
    else:
        assert "Night Heron, Sandpiper, Egret, Ibis; rule thefts:" in re.sub(r"\\+", "", shown)


def test_a_story_about_two_actors_appears_once_in_a_digest(make_hit, delivery):
    one = make_hit(number=1).judgement.mentions[0]
    other = make_hit(number=2, severity=Severity.LOW, mentions=(replace(one, actor="sandpiper"),))
    content = content_of(Message(replace(delivery, kind=DeliveryKind.DIGEST), (make_hit(number=1), other)))
    (group,) = content.groups
    assert (group.heading, content.omitted) == ("Night Heron", 0)
    assert group.lines[0].reason == 'Night Heron, sandpiper; rule thefts: "Night Heron" (exact)'


def amount(text: str, within: Text, field: str, millions: int, currency: str = "USD") -> Amount:
    start = dict(within.fields())[field].index(text)
    return Amount(Decimal(millions) * 10**6, currency, text, field, start, start + len(text))


def test_outlets_that_reported_an_event_of_another_size_are_not_listed(rich, delivery):
    sums = {"Block Post": 3, "Herald": 45, "Dispatch": 600}
    story = StoryOutlets(
        1,
        ("Block Post", "The Daily", "Herald", "Quiet Post", "Dispatch"),
        amounts=tuple(HeadlineAmount(outlet, Decimal(millions) * 10**6, "USD") for outlet, millions in sums.items()),
    )
    body = render(Message(delivery, (rich,), (story,)), RenderOptions(zone=UTC_ZONE, now=delivery.created_at)).body
    assert "also reported by Herald, Quiet Post\n" in body


PANEL = Text(
    "UN panel: hackers took more than $50 million",
    "An analytics firm puts the haul of all thieves at $2 billion, and that of Night Heron at 3 million euros.",
)


def test_the_amount_of_the_title_comes_before_larger_ones_of_the_text(make_hit, delivery):
    amounts = (amount("$50 million", PANEL, "title", 50), amount("$2 billion", PANEL, "summary", 2000))
    hit = make_hit(title=PANEL.title, summary=PANEL.summary, amounts=amounts)
    assert content_of(Message(delivery, (hit,))).amounts == "$50 million"


def test_without_an_amount_in_the_title_the_one_nearest_to_the_mention_is_shown(make_hit, delivery):
    text = Text("Hackers named", PANEL.summary)
    amounts = (amount("$2 billion", text, "summary", 2000), amount("3 million euros", text, "summary", 3, "EUR"))
    hit = make_hit(title=text.title, summary=text.summary, amounts=amounts)
    assert content_of(Message(delivery, (hit,))).amounts == "3 million euros"


def test_a_mention_in_the_title_takes_the_first_amount_of_the_text(make_hit, delivery):
    text = Text("Night Heron named", "They took $3 million, of $2 billion in all.")
    amounts = (amount("$3 million", text, "summary", 3), amount("$2 billion", text, "summary", 2000))
    hit = make_hit(title=text.title, summary=text.summary, amounts=amounts)
    assert content_of(Message(delivery, (hit,))).amounts == "$3 million"


def test_a_range_shows_its_text_once(make_hit, delivery):
    text = Text("Night Heron named", "They took $3 million to $4 million.")
    span = amount("$3 million to $4 million", text, "summary", 3)
    hit = make_hit(title=text.title, summary=text.summary, amounts=(span, replace(span, value=span.value + 10**6)))
    assert content_of(Message(delivery, (hit,))).amounts == "$3 million to $4 million"
