"""A message as the notification that its destination gets: the one place that knows which rendering is whose. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.alerts.content.compose import Composer
from monitor.alerts.render.discord import render_discord
from monitor.alerts.render.json_payload import render_json
from monitor.alerts.render.mail import render_mail
from monitor.alerts.render.medium import Medium, Room
from monitor.alerts.render.plain import render_plain
from monitor.alerts.render.slack import render_slack
from monitor.alerts.render.teams import render_teams
from monitor.alerts.render.telegram import render_telegram
from monitor.model import Message, Notification

ROOMY = Room()


def render(
    message: Message,
    *,
    zone: ZoneInfo,
    now: datetime,
    medium: Medium = Medium.PLAIN,
    room: Room = ROOMY,
    base_url: str = "",
    label: str = "",
) -> Notification:
    """Return *message* as a destination of kind *medium* gets it; ``console`` gets boxes from elsewhere.

    Args:
        message: What is said.
        zone: In which moments are written.
        now: The moment of sending.
        medium: The kind of destination.
        room: How much the destination takes, when it has no rendering of its own.
        base_url: Where the page is, for "Open and triage" and "Silence"; empty: there is none.
        label: In place of the severity or the kind in the title; empty: as the message is.
    """
    sheet = Composer(message, zone=zone, now=now, base_url=base_url).sheet()
    sheet = replace(sheet, label=label or sheet.label)
    plain = render_plain(sheet, room if medium is Medium.PLAIN else ROOMY)
    match medium:
        case Medium.SLACK:
            return render_slack(sheet, plain)
        case Medium.DISCORD:
            return render_discord(sheet, plain)
        case Medium.TELEGRAM:
            return render_telegram(sheet, plain)
        case Medium.TEAMS:
            return render_teams(sheet, plain)
        case Medium.MAIL:
            return render_mail(sheet, message, plain)
        case Medium.JSON:
            return render_json(message, plain, now=now, base_url=base_url)
    return plain
