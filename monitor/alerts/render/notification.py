"""Render a message in the format of its destination: the only module that knows which renderer a format needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.alerts.content.compose import compose
from monitor.alerts.render.discord import render_discord
from monitor.alerts.render.json_payload import render_json
from monitor.alerts.render.mail import render_mail
from monitor.alerts.render.message_format import DEFAULT_LIMITS, MessageFormat, SizeLimits
from monitor.alerts.render.plain import render_plain
from monitor.alerts.render.slack import render_slack
from monitor.alerts.render.teams import render_teams
from monitor.alerts.render.telegram import render_telegram
from monitor.model import Message, Notification


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What a renderer needs besides the message: format, size limits, time zone and the like."""

    zone: ZoneInfo  # the time zone in which times are written
    now: datetime  # the moment of sending
    message_format: MessageFormat = MessageFormat.PLAIN
    size_limits: SizeLimits = DEFAULT_LIMITS  # of the service; only PLAIN needs them
    base_url: str = ""  # the address of the web page, for "Open and triage" and "Silence"; empty without a page
    label: str = ""  # shown in the title in place of the severity or the kind; empty for those


def render(message: Message, options: RenderOptions) -> Notification:
    """Return *message* in the format of its destination; for the console as plain text, without boxes."""
    content = compose(message, zone=options.zone, now=options.now, base_url=options.base_url)
    content = replace(content, label=options.label or content.label)
    is_plain = options.message_format is MessageFormat.PLAIN
    plain = render_plain(content, options.size_limits if is_plain else DEFAULT_LIMITS)
    match options.message_format:
        case MessageFormat.SLACK:
            return render_slack(content, plain)
        case MessageFormat.DISCORD:
            return render_discord(content, plain)
        case MessageFormat.TELEGRAM:
            return render_telegram(content, plain)
        case MessageFormat.TEAMS:
            return render_teams(content, plain)
        case MessageFormat.MAIL:
            return render_mail(content, message, plain)
        case MessageFormat.JSON:
            return render_json(message, plain, zone=options.zone, now=options.now, base_url=options.base_url)
    return plain
