"""Apprise's plugin for an address, set up so that it neither repeats, nor redirects, nor rewrites.

Apprise is imported when the first address is opened or checked, never before.
"""

from __future__ import annotations

import difflib
import logging
import re
from typing import Any

from monitor.alerts.render.medium import Medium, Room, medium_of

APP_ID = "crypto-news-monitor"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30})://")
# what they log holds addresses with tokens; all that matters of it is in the reason of a DeliveryError
_TALKATIVE = ("apprise", "urllib3", "requests", "httpx", "httpcore")


def check_url(url: str) -> str | None:
    """Return what is wrong with a destination's address and the way out, None when it can be used.

    Nothing is sent and nothing connected. Of the address, the text holds at most the scheme.
    """
    scheme = _SCHEME.match(url)
    if scheme and medium_of(scheme[1]) is Medium.CONSOLE:
        return None
    if scheme is None:
        return 'not an address: write it as SCHEME://..., as in "slack://...", "mailto://..." or "console://"'
    service = open_service(url)
    if service is None:
        return _unusable(scheme[1].lower())
    if service.optional:
        return "?optional=yes would report a failure as sent; delete it"
    if service.retry:
        return "?retry= would multiply with the retries of the outbox; delete it, see give_up in [alerts]"
    if service.redirects:
        return "?redirect=yes would take a login page for an accepted alert; delete it"
    return None


def _unusable(scheme: str) -> str:
    known = _known_schemes()
    if scheme in known:
        return f"{scheme}:// lacks something that this service needs; see https://appriseit.com/services/"
    if scheme in ("http", "https"):
        return f'a plain web address is no destination: for a webhook write "json{scheme[4:]}://..."'
    near = difflib.get_close_matches(scheme, known, n=1)
    return f'no service called "{scheme}"; ' + (
        f'did you mean "{near[0]}"?' if near else "see https://appriseit.com/services/"
    )


def medium_of_service(service: Any) -> Medium:
    """Return the rendering that Apprise's plugin *service* takes.

    Plain text where the operator's address names a template or a format of its own, and for the workflows of Slack,
    which take no blocks.
    """
    if getattr(service, "template", None) or getattr(service, "mode", "") in ("workflow", "trigger"):
        return Medium.PLAIN
    schemes = [scheme for given in (service.protocol, service.secure_protocol) for scheme in _each(given)]
    medium = next((medium for medium in map(medium_of, schemes) if medium is not Medium.PLAIN), Medium.PLAIN)
    if medium is Medium.TELEGRAM and service.resolve_format("html").value != "html":
        return Medium.PLAIN
    return medium


def room_of_service(service: Any) -> Room:
    """Return how much of a title and of a body *service* takes in one message."""
    title, body = max(0, service.title_maxlen), max(1, service.body_maxlen)
    if title and service.overflow_amalgamate_title:
        body -= min(title, 150) + max(2, service.overflow_buffer)
    return Room(title, body)


def _each(given: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given or ())


def open_service(url: str) -> Any:
    """Return Apprise's plugin for *url*, None when it takes it for unusable."""
    from apprise import Apprise, AppriseAsset

    _silence()
    asset = AppriseAsset(
        app_id=APP_ID,
        app_desc="alerts from news feeds",
        app_url="",
        async_mode=False,
        service_timeout=0,  # another value sends from six threads that all destinations share
        http_redirects=False,
        interpret_escapes=False,
        interpret_emojis=False,
        secure_logging=True,
        storage_mode="memory",
    )
    return Apprise.instantiate(url, asset=asset)


def _known_schemes() -> list[str]:
    from apprise import manager_plugins

    plugins: Any = manager_plugins  # its types are not declared
    return sorted(plugins.NotificationManager().schemas())


def _silence() -> None:
    """Keep what Apprise and its libraries log out of our own log; the lines of an attempt are captured."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())  # else logging prints to stderr as a last resort
    logging.getLogger("apprise").setLevel(logging.DEBUG)  # a capture sees what the logger lets through
    logging.getLogger("urllib3").setLevel(logging.WARNING)
