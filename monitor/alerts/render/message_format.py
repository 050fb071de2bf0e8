"""The formats that alerts are rendered in, which scheme gets which, and how long a message may be. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MessageFormat(StrEnum):
    """The format in which a destination gets its messages."""

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
    """How long a message may be, in UTF-16 code units."""

    title: int = 150  # 0 when the service has no titles; the body then starts with the title
    body: int = 32_000


DEFAULT_LIMITS = SizeLimits()


def format_of_scheme(scheme: str) -> MessageFormat:
    """Return the format for destinations whose address has this *scheme*.

    An address that a service itself gives out (``https://hooks.slack.com/...``) has the scheme that Apprise
    translates it to.
    """
    return _FORMAT_OF_SCHEME.get(scheme.lower(), MessageFormat.PLAIN)
