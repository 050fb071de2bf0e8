"""Render a message as plain text: for ntfy, Mattermost, pagers, and each service without its own renderer."""

from __future__ import annotations

from monitor.alerts.content.hit_wording import shortened
from monitor.alerts.content.message_content import MessageContent
from monitor.alerts.content.text_runs import Markup, TextRun, to_markup_within, utf16_units
from monitor.alerts.render.message_format import SizeLimits
from monitor.alerts.render.running_text import body_text
from monitor.model import Notification

MAX_TITLE = 150  # mail servers refuse very long subjects


def _link(text: str, link: str) -> str:
    return link if text == link else f"{text}: {link}"


PLAIN = Markup(
    escape=str,
    escape_operator_text=str,
    code=shortened,
    highlight="**{}**".format,
    bold=str,
    quote="  {}".format,
    link=_link,
    links_headlines=False,
)


def render_plain(content: MessageContent, size_limits: SizeLimits) -> Notification:
    """Return a message as plain text within *size_limits*; the link to the article is its only active link."""
    limit = min(MAX_TITLE, size_limits.title or size_limits.body // 2)
    title = to_markup_within((TextRun(content.title),), PLAIN, limit, limit)
    if size_limits.title:
        return Notification(title, body_text(content, PLAIN, size_limits.body) or title)
    body = body_text(content, PLAIN, size_limits.body - utf16_units(title) - 1)
    return Notification("", f"{title}\n{body}".rstrip())
