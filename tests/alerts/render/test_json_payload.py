"""The JSON payload, compared with docs/alerts.md."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.model import Amount, Annotation, Indicator, IndicatorKind, Message, StoryOutlets
from monitor.model.reason import Recorded

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/alerts.md"


def facts(message, base_url=""):
    now = message.delivery.created_at
    made = render(
        message,
        RenderOptions(zone=ZoneInfo("Asia/Tokyo"), now=now, message_format=MessageFormat.JSON, base_url=base_url),
    )
    return json.loads(json.dumps(made.document))["alert"]


def keys(value):
    """Yield the names of all fields, except those that are ids."""
    for name, item in value.items():
        yield name
        for part in item if isinstance(item, list) else [item]:
            yield from keys(part) if isinstance(part, dict) and name != "names" else ()


def full(make_hit, delivery):
    wallet = Indicator(IndicatorKind.ADDRESS, "ETH", "0xde70", "0xde70", "title", 0, 6)
    hit = make_hit(amounts=(Amount(Decimal("4E+7"), "USD", "$40M", "title", 0, 4),))
    hit = replace(hit, judgement=replace(hit.judgement, indicators=(wallet,)))
    return Message(delivery, (hit,), (StoryOutlets(1, ("The Daily", "Wire")),), Annotation(reasons=(Recorded("x"),)))


def test_every_field_is_documented(make_hit, delivery):
    documented = set(re.findall(r"`(\w+)`", DOCUMENT.read_text().partition("## For programs")[2]))
    assert set(keys(facts(full(make_hit, delivery)))) <= documented


def test_values_are_exact_and_moments_in_utc(make_hit, delivery):
    alert = facts(full(make_hit, delivery), base_url="https://page.example/")
    (hit,) = alert["hits"]
    assert alert["sent_at"] == "2026-11-22T07:44:00Z"
    assert hit["amounts"] == [{"value": "40000000", "currency": "USD", "text": "$40M"}]
    assert hit["page"] == "https://page.example/hits/7"
    assert hit["why"] == [{"rule": "thefts", "severity": "high", "why": '"Night Heron" (exact)'}]


def test_texts_are_unchanged_but_printable(make_hit, delivery):
    hit = make_hit(title="<b>\u202eNight Heron\ud800 @x", link="javascript:alert(1)")
    (shown,) = facts(Message(delivery, (hit,)))["hits"]
    assert (shown["title"], shown["link"]) == ("<b>Night Heron\ufffd @x", None)


def test_a_message_without_hits_consists_of_its_annotation(delivery):
    alert = facts(Message(delivery, annotation=Annotation("Feed down", (Recorded("no answer"),), ("since 8",))))
    assert alert["remark"] == {
        "title": "Feed down",
        "why": "no answer",
        "reasons": [{"code": "recorded", "text": "no answer"}],
        "lines": ["since 8"],
    }
    assert (alert["severity"], alert["hits"], alert["hits_in_all"]) == (None, [], 0)


def test_two_hundred_hits_are_listed_and_all_are_counted(make_hit, delivery):
    alert = facts(Message(delivery, (make_hit(),) * 250))
    assert (len(alert["hits"]), alert["hits_in_all"]) == (200, 250)
