"""The kinds of destinations that alerts are rendered for, and how much each takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Medium(StrEnum):
    """A kind of destination."""

    CONSOLE = "console"
    PLAIN = "plain"  # whatever is not named here: text that no service finds anything in
    SLACK = "slack"
    DISCORD = "discord"
    TELEGRAM = "telegram"
    TEAMS = "teams"
    MAIL = "mail"
    JSON = "json"


# by the scheme of the address; most of those for mail are services that send it for others
_SCHEMES = {
    Medium.CONSOLE: ("console",),
    Medium.SLACK: ("slack",),
    Medium.DISCORD: ("discord",),
    Medium.TELEGRAM: ("tgram",),
    Medium.TEAMS: ("workflow", "workflows"),
    Medium.MAIL: (
        *("mailto", "mailtos", "azure", "o365", "brevo", "mailersend", "mailgun", "postmark", "resend"),
        *("sendgrid", "sendpulse", "ses", "smtp2go", "sparkpost"),
    ),
    Medium.JSON: ("json", "jsons"),
}
_OF_SCHEME = {scheme: medium for medium, schemes in _SCHEMES.items() for scheme in schemes}


@dataclass(frozen=True, slots=True)
class Room:
    """How many units of UTF-16 a destination takes."""

    title: int = 150  # 0: it has no title, and the body begins with it
    body: int = 32_000


def medium_of(scheme: str) -> Medium:
    """Return the kind of destination that the *scheme* of its address stands for.

    An address that a service itself gives out (``https://hooks.slack.com/...``) has the scheme of the service that
    Apprise takes it for.
    """
    return _OF_SCHEME.get(scheme.lower(), Medium.PLAIN)
