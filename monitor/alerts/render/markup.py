"""The dialects that destinations write in: HTML, Slack's mrkdwn, Discord's Markdown. Pure.

Each takes text that ``pieces.harmless`` has passed, and escapes what the service would still take for formatting.
"""

from __future__ import annotations

import re
from html import escape

from monitor.alerts.content.neutralise import ZERO_WIDTH_SPACE
from monitor.alerts.content.pieces import Dialect


def html_link(text: str, link: str) -> str:
    """Return an anchor; *text* is HTML already."""
    return f'<a href="{escape(link, quote=True)}">{text}</a>'


# ------------------------------------------------------------------ Telegram
# hashtags, cashtags and commands are links there without any markup
_TELEGRAM_TAG = re.compile(r"[#$/](?=[^\W\d_])")


def _telegram_text(text: str) -> str:
    return escape(_TELEGRAM_TAG.sub(lambda found: found[0] + ZERO_WIDTH_SPACE, text), quote=False)


# https://core.telegram.org/bots/api#html-style
TELEGRAM = Dialect(
    text=_telegram_text,
    own=lambda text: escape(text, quote=False),
    code=lambda text: f"<code>{escape(text, quote=False)}</code>",
    marked="<b>{}</b>".format,
    strong="<b>{}</b>".format,
    quote="<blockquote>{}</blockquote>".format,
    link=html_link,
    linked=True,
)


# ------------------------------------------------------------------ Slack
# mrkdwn has no escape for these, so that letters that look alike stand in for them
_SLACK_LOOK_ALIKE = str.maketrans("*_~`", "∗ˍ∼ˋ")
_SLACK_MENTION = re.compile(r"&lt;([!@#][A-Za-z0-9^]{1,60}(?:\|[^&<>|]{0,60})?)&gt;")


def _slack_escaped(text: str) -> str:
    return escape(text, quote=False)


def slack_link(text: str, link: str) -> str:
    """Return a link in mrkdwn; *text* is escaped already, and a vetted address holds neither ``|`` nor ``>``."""
    return f"<{_slack_escaped(link)}|{text.replace('|', '¦')}>"


# https://docs.slack.dev/messaging/formatting-message-text
SLACK = Dialect(
    text=lambda text: _slack_escaped(text.translate(_SLACK_LOOK_ALIKE)),
    own=lambda text: _SLACK_MENTION.sub(r"<\1>", _slack_escaped(text)),
    code=lambda text: f"`{_slack_escaped(text.replace('`', 'ˋ'))}`",
    marked="*{}*".format,
    strong="*{}*".format,
    quote=">{}".format,
    link=slack_link,
    linked=True,
)


# ------------------------------------------------------------------ Discord
# heads, lists and quotes need a space behind them
_DISCORD_MARKUP = re.compile(r"[\\`*_~|\[\]]|[#>-](?=\s)")


def _discord_text(text: str) -> str:
    return _DISCORD_MARKUP.sub(r"\\\g<0>", text)


def _discord_link(text: str, link: str) -> str:
    # a label that is an address itself makes Discord show the markup instead
    return f"<{link}>" if text == link else f"[{text}]({link.replace('(', '%28').replace(')', '%29')})"


# https://support.discord.com/hc/en-us/articles/210298617
DISCORD = Dialect(
    text=_discord_text,
    own=str,
    code=lambda text: f"`{text.replace('`', 'ˋ')}`",
    marked="**{}**".format,
    strong="**{}**".format,
    quote="> {}".format,
    link=_discord_link,
    linked=True,
)
