"""Render a message in the HTML subset that Telegram understands."""

from __future__ import annotations

import re
from html import escape

from monitor.alerts.content.message_content import MessageContent
from monitor.alerts.content.neutralise import ZERO_WIDTH_SPACE, neutralise
from monitor.alerts.content.text_runs import Markup, TextRun, to_markup, utf16_units
from monitor.alerts.render.plain import MAX_TITLE
from monitor.alerts.render.running_text import body_text
from monitor.model import Notification

MAX_TEXT = 4096  # https://core.telegram.org/bots/api#sendmessage, counted without the tags

# Telegram links hashtags, cashtags and commands without any markup
_TAG = re.compile(r"[#$/](?=[^\W\d_])")


def _escaped(text: str) -> str:
    return escape(_TAG.sub(lambda found: found[0] + ZERO_WIDTH_SPACE, text), quote=False)


# https://core.telegram.org/bots/api#html-style
TELEGRAM = Markup(
    escape=_escaped,
    escape_operator_text=lambda text: escape(text, quote=False),
    code=lambda text: f"<code>{escape(text, quote=False)}</code>",
    highlight="<b>{}</b>".format,
    bold="<b>{}</b>".format,
    quote="<blockquote>{}</blockquote>".format,
    link=lambda text, link: f'<a href="{escape(link, quote=True)}">{text}</a>',
    links_headlines=True,
)


def render_telegram(content: MessageContent, plain: Notification) -> Notification:
    """Return a message as Telegram HTML of at most 4096 UTF-16 code units.

    HTML tags count towards that length, because Apprise counts them when it checks the limit.
    """
    title = f"<b>{to_markup((TextRun(content.title),), TELEGRAM, MAX_TITLE)}</b>"
    max_units = MAX_TEXT - utf16_units(title) - 1
    text = f"{title}\n{body_text(content, TELEGRAM, max_units)}".rstrip()
    # Apprise turns each line end into two characters
    while (excess := utf16_units(text) + text.count("\n") - MAX_TEXT) > 0:
        max_units -= excess
        text = f"{title}\n{body_text(content, TELEGRAM, max_units)}".rstrip()
    return Notification(neutralise(content.title, MAX_TITLE), plain.body, html=text)
