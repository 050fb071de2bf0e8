"""Messages into which a feed wrote hostile texts, and how each service would read them."""

from __future__ import annotations

import json
from dataclasses import replace
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from support import hostile_texts

from monitor.alerts.apprise.payloads import template_json
from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.model import Annotation, DeliveryKind, Message, StoryOutlets
from monitor.model.reason import Recorded

UTC_ZONE = ZoneInfo("UTC")


def hostile_message(make_hit, delivery, text, other, kind=DeliveryKind.ALERT, hits=1) -> Message:
    """Return a message into every field of which a feed wrote *text* or *other*."""
    made = []
    for number in range(hits):
        hit = make_hit(
            number=number, title=text, summary=f"{other} Night Heron {text}", why=other, link=hostile_texts.LINK
        )
        hit = replace(hit, changes=(text,), entry=replace(hit.entry, outlet=other, published_at=None))
        made.append(hit)
    story_outlets = (StoryOutlets(1, (text, other, "The Wire"), follows_title=text),)
    return Message(
        replace(delivery, kind=kind), tuple(made), story_outlets, Annotation(text, (Recorded(other),), (text, other))
    )


def wire(message_format: MessageFormat, message: Message) -> bytes:
    """Return a rendering as the service would be given it."""
    made = render(message, RenderOptions(zone=UTC_ZONE, now=message.delivery.created_at, message_format=message_format))
    match message_format:
        case MessageFormat.SLACK:
            return json.dumps({"attachments": [json.loads(template_json(made.document))]}).encode()
        case MessageFormat.DISCORD | MessageFormat.TEAMS:
            return template_json(made.document).encode()
        case MessageFormat.TELEGRAM:
            return json.dumps({"parse_mode": "HTML", "text": made.html}).encode()
        case MessageFormat.MAIL:
            return made.html.encode()
    return json.dumps({"title": made.title, "message": made.body, **made.document}).encode()


def live_in_mail_html(body: bytes) -> list[str]:
    mail = EmailMessage()
    mail["Subject"] = "x"
    mail.set_content("x")
    mail.add_alternative(body.decode(), subtype="html")
    return hostile_texts.live_in_mail(mail)


READERS = {
    MessageFormat.SLACK: hostile_texts.live_in_slack,
    MessageFormat.DISCORD: hostile_texts.live_in_discord,
    MessageFormat.TELEGRAM: hostile_texts.live_in_telegram,
    MessageFormat.TEAMS: hostile_texts.live_in_teams,
    MessageFormat.MAIL: live_in_mail_html,
    MessageFormat.JSON: hostile_texts.live_in_texts,
    MessageFormat.PLAIN: hostile_texts.live_in_texts,
}
