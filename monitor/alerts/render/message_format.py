"""The message formats, which scheme of a destination gets which format, and size limits of messages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MessageFormat(StrEnum):
    """The format in which a destination gets its messages, such as Slack blocks or mail."""

    CONSOLE = "console"
    PLAIN = "plain"  # for every service without a format of its own
    SLACK = "slack"
    DISCORD = "discord"
    TELEGRAM = "telegram"
    TEAMS = "teams"
    MAIL = "mail"
    JSON = "json"


# most of the schemes of MAIL are services that send mail for others
_SCHEMES = {
    MessageFormat.CONSOLE: ("console",),
    MessageFormat.SLACK: ("slack",),
    MessageFormat.DISCORD: ("discord",),
    MessageFormat.TELEGRAM: ("tgram",),
    MessageFormat.TEAMS: ("workflow", "workflows"),
    MessageFormat.MAIL: (
        *("mailto", "mailtos", "azure", "o365", "brevo", "mailersend", "mailgun", "postmark", "resend"),
        *("sendgrid", "sendpulse", "ses", "smtp2go", "sparkpost"),
    ),
    MessageFormat.JSON: ("json", "jsons"),
}
_FORMAT_OF_SCHEME = {scheme: name for name, schemes in _SCHEMES.items() for scheme in schemes}


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """The maximum length of the title and of the body of a message, in UTF-16 code units."""

    title: int = 150  # 0 when the service has no titles; the body then starts with the title
    body: int = 32_000


DEFAULT_LIMITS = SizeLimits()


def format_of_scheme(scheme: str) -> MessageFormat:
    """Return the message format for destinations whose address has this *scheme*, such as ``slack``.

    For a web address such as ``https://hooks.slack.com/...``, pass the scheme that Apprise translates it to.
    """
    return _FORMAT_OF_SCHEME.get(scheme.lower(), MessageFormat.PLAIN)
