"""The links to the page in every rendering of every message about hits."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.render.console import ConsoleOptions, render_console
from monitor.alerts.render.message_format import MessageFormat, SizeLimits
from monitor.alerts.render.notification import RenderOptions, render
from monitor.model import Annotation, DeliveryKind, Message

BASE = "https://page.example"
UTC_ZONE = ZoneInfo("UTC")
LINKS = [f"{BASE}/hits/7", f"{BASE}/hits/7/acknowledge", f"{BASE}/hits/7/mute"]
KINDS = [
    DeliveryKind.ALERT, DeliveryKind.FOLLOW_UP, DeliveryKind.ESCALATION, DeliveryKind.CORRECTION, DeliveryKind.DIGEST,
    DeliveryKind.SUMMARY,
]  # fmt: skip


def rendered(message, message_format, base_url=BASE, limits=None):
    """Return everything that the service gets."""
    now = message.delivery.created_at
    if message_format is MessageFormat.CONSOLE:
        return render_console(message, ConsoleOptions(UTC_ZONE, now, 120, base_url=base_url))
    options = RenderOptions(UTC_ZONE, now, message_format, limits or SizeLimits(), base_url)
    made = render(message, options)
    return f"{made.html or made.document or made.body}"


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("message_format", MessageFormat, ids=str)
def test_every_rendering_has_the_three_links_of_a_hit(make_hit, delivery, message_format, kind):
    message = Message(replace(delivery, kind=kind), (make_hit(),))
    shown = rendered(message, message_format)
    assert [link for link in LINKS if link not in shown] == []
    assert "/hits/7" not in rendered(message, message_format, base_url="")


@pytest.mark.parametrize("message_format", MessageFormat, ids=str)
def test_the_hits_that_get_only_a_line_have_the_links_too(make_hit, delivery, message_format):
    message = Message(delivery, tuple(make_hit(number=number) for number in range(101, 113)))
    assert f"{BASE}/hits/101/mute" in rendered(message, message_format)
    if message_format not in (MessageFormat.DISCORD, MessageFormat.TELEGRAM):  # which have no space for them
        assert f"{BASE}/hits/112/mute" in rendered(message, message_format)


def test_links_give_way_before_stories_do(make_hit, delivery):
    stories = tuple(replace(make_hit(number=number), story=number) for number in range(101, 121))
    message = Message(replace(delivery, kind=DeliveryKind.DIGEST), stories)
    whole = rendered(message, MessageFormat.PLAIN, base_url="")
    shown = rendered(message, MessageFormat.PLAIN, limits=SizeLimits(150, len(whole) + 1200))
    assert all(f"#{number}" in shown for number in range(101, 121))
    assert f"{BASE}/hits/101" in shown
    assert "acknowledge" not in shown
    shown = rendered(message, MessageFormat.PLAIN, limits=SizeLimits(150, len(whole) + 30))
    assert all(f"#{number}" in shown for number in range(101, 121))


def test_the_text_part_of_a_mail_has_every_link_as_text(make_hit, delivery):
    from apprise.conversion import html_to_text

    for kind in KINDS:
        text = html_to_text(rendered(Message(replace(delivery, kind=kind), (make_hit(),)), MessageFormat.MAIL))
        assert [link for link in LINKS if link not in text] == [], kind


def test_a_message_without_hits_has_no_links(delivery):
    message = Message(replace(delivery, kind=DeliveryKind.HEALTH), annotation=Annotation("a feed is down"))
    for message_format in MessageFormat:
        assert BASE not in rendered(message, message_format)
