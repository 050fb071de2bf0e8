"""What strangers write, through every rendering and through Apprise's own plugins."""

from __future__ import annotations

import json
from dataclasses import replace
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import hostile
import pytest

from monitor.alerts.apprise.payloads import template_text
from monitor.alerts.render.console import render_console
from monitor.alerts.render.medium import Medium
from monitor.alerts.render.notification import render
from monitor.model import Coverage, DeliveryKind, Message, Remark

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

UTC_ZONE = ZoneInfo("UTC")


def hostile_message(make_hit, delivery, text, other, kind=DeliveryKind.ALERT, hits=1) -> Message:
    """Return a message into every field of which a feed wrote *text* or *other*."""
    made = []
    for number in range(hits):
        hit = make_hit(number=number, title=text, summary=f"{other} Night Heron {text}", why=other, link=hostile.LINK)
        hit = replace(hit, changes=(text,), entry=replace(hit.entry, outlet=other, published_at=None))
        made.append(hit)
    coverage = (Coverage(1, (text, other, "The Wire"), goes_on_from=text),)
    return Message(replace(delivery, kind=kind), tuple(made), coverage, Remark(text, other, (text, other)))


def wire(medium: Medium, message: Message) -> bytes:
    """Return a rendering as the service would be given it."""
    made = render(message, zone=UTC_ZONE, now=message.delivery.created_at, medium=medium)
    match medium:
        case Medium.SLACK:
            return json.dumps({"attachments": [json.loads(template_text(made.document))]}).encode()
        case Medium.DISCORD | Medium.TEAMS:
            return template_text(made.document).encode()
        case Medium.TELEGRAM:
            return json.dumps({"parse_mode": "HTML", "text": made.html}).encode()
        case Medium.MAIL:
            return made.html.encode()
    return json.dumps({"title": made.title, "message": made.body, **made.document}).encode()


def live_in_mail_html(body: bytes) -> list[str]:
    mail = EmailMessage()
    mail["Subject"] = "x"
    mail.set_content("x")
    mail.add_alternative(body.decode(), subtype="html")
    return hostile.live_in_mail(mail)


READERS = {
    Medium.SLACK: hostile.live_in_slack,
    Medium.DISCORD: hostile.live_in_discord,
    Medium.TELEGRAM: hostile.live_in_telegram,
    Medium.TEAMS: hostile.live_in_teams,
    Medium.MAIL: live_in_mail_html,
    Medium.JSON: hostile.live_in_texts,
    Medium.PLAIN: hostile.live_in_texts,
}


@pytest.mark.parametrize("medium", READERS, ids=str)
def test_of_a_thousand_hostile_texts_nothing_is_live(make_hit, delivery, medium):
    texts = hostile.hostile_texts(1000)
    for text, other in zip(texts, reversed(texts), strict=True):
        body = wire(medium, hostile_message(make_hit, delivery, text, other))
        assert READERS[medium](body) == [], (text, other)


@pytest.mark.parametrize("kind", DeliveryKind, ids=str)
@pytest.mark.parametrize("medium", READERS, ids=str)
def test_nothing_is_live_in_any_kind_of_message(make_hit, delivery, medium, kind):
    texts = hostile.hostile_texts(40, seed=11)
    for hits, text in enumerate(texts):
        message = hostile_message(make_hit, delivery, text, text[::-1], kind, hits % 14)
        assert READERS[medium](wire(medium, message)) == [], text


def test_a_terminal_is_given_no_control_character(make_hit, delivery):
    for text in hostile.hostile_texts(1000):
        message = hostile_message(make_hit, delivery, text, text)
        shown = render_console(message, zone=UTC_ZONE, now=delivery.created_at, width=80, colour=False)
        assert shown.replace("\n", "").isprintable(), text
