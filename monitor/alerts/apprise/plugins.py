"""Create the Apprise plugin for the address of a destination: without retries, redirects or changes to texts.

Apprise is imported when the first address is opened or checked, because the import is slow.
"""

from __future__ import annotations

import difflib
import logging
import re
from typing import Any

from monitor.alerts.apprise import attempt_evidence
from monitor.alerts.render.message_format import MessageFormat, SizeLimits, format_of_scheme
from monitor.errors import DeliveryError

APP_ID = "crypto-news-monitor"
MAX_PAUSE_S = 15.0

# the documentation of Apprise: https://appriseit.com/services/
_WEBHOOKS = {
    "hooks.slack.com": "slack://TOKEN_A/TOKEN_B/TOKEN_C",
    "discord.com": "discord://WEBHOOK_ID/WEBHOOK_TOKEN",
    "discordapp.com": "discord://WEBHOOK_ID/WEBHOOK_TOKEN",
    "api.telegram.org": "tgram://BOT_TOKEN/CHAT_ID",
    "t.me": "tgram://BOT_TOKEN/CHAT_ID",
    "webhook.office.com": "msteams://TEAM/TOKEN_A/TOKEN_B/TOKEN_C",
    "outlook.office.com": "msteams://TOKEN_A/TOKEN_B/TOKEN_C",
    "logic.azure.com": "workflows://HOST/WORKFLOW_ID/SIGNATURE",
    "powerplatform.com": "workflows://HOST/WORKFLOW_ID/SIGNATURE",
    "ntfy.sh": "ntfy://TOPIC",
    "chat.googleapis.com": "gchat://WORKSPACE/WEBHOOK_KEY/WEBHOOK_TOKEN",
    "api.pushover.net": "pover://USER_KEY@TOKEN",
    "events.pagerduty.com": "pagerduty://INTEGRATION_KEY@API_KEY",
}
_SERVICE_ADDRESS = re.compile(r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?=/|$)")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30})://")
# their log lines hold addresses with tokens; the reason of a DeliveryError has what matters of them
_QUIET_LOGGERS = ("apprise", "urllib3", "requests", "httpx", "httpcore")


def check_url(url: str) -> str | None:
    """Return what is wrong with the address of a destination and how to fix it; None if it can be used.

    No connection is opened. The text contains no more of the address than its scheme, because the rest may be secret.
    """
    scheme = _SCHEME.match(url)
    if scheme and format_of_scheme(scheme[1]) is MessageFormat.CONSOLE:
        return None
    if scheme is None:
        return 'not an address: write it as SCHEME://..., as in "slack://...", "mailto://..." or "console://"'
    plugin = open_plugin(url)
    if plugin is None:
        return _why_unusable(scheme[1].lower(), url)
    if plugin.optional:
        return "?optional=yes would report a failure as sent; delete it"
    if plugin.retry:
        return "?retry= would multiply the monitor's own retries; delete it, see give_up in [alerts]"
    if plugin.redirects:
        return "?redirect=yes would count a redirect to a login page as an accepted alert; delete it"
    return None


def _why_unusable(scheme: str, url: str) -> str:
    known = _known_schemes()
    if scheme in known:
        return f"{scheme}:// is incomplete; for what this service needs, see https://appriseit.com/services/"
    if scheme in ("http", "https") and (form := _form_of_webhook(url)):
        return f'the web address of a webhook, and incomplete: write "{form}"'
    if scheme in ("http", "https"):
        return f'a plain web address is not a destination: for a webhook write "json{scheme[4:]}://..."'
    near = difflib.get_close_matches(scheme, known, n=1)
    return f'no service called "{scheme}"; ' + (
        f'did you mean "{near[0]}"?' if near else "see https://appriseit.com/services/"
    )


def _form_of_webhook(url: str) -> str:
    """Return how Apprise writes a webhook URL such as ``https://hooks.slack.com/...``; empty for an unknown service."""
    host, _, path = url.partition("://")[2].partition("/")
    host = host.rpartition("@")[2].partition(":")[0].lower()
    for suffix, form in _WEBHOOKS.items():
        if host == suffix or host.endswith(f".{suffix}"):
            return form
    return f"mmosts://{host}/TOKEN" if path.startswith("hooks/") or "mattermost" in host else ""


def format_of_plugin(plugin: Any) -> MessageFormat:
    """Return the format in which messages for *plugin* are rendered.

    That is plain text if the address itself names a template or a format, and for Slack workflows, which accept no
    blocks.
    """
    if getattr(plugin, "template", None) or getattr(plugin, "mode", "") in ("workflow", "trigger"):
        return MessageFormat.PLAIN
    schemes = [scheme for given in (plugin.protocol, plugin.secure_protocol) for scheme in _as_tuple(given)]
    formats = (name for name in map(format_of_scheme, schemes) if name is not MessageFormat.PLAIN)
    message_format = next(formats, MessageFormat.PLAIN)
    if message_format is MessageFormat.TELEGRAM and plugin.resolve_format("html").value != "html":
        return MessageFormat.PLAIN
    return message_format


def size_limits_of_plugin(plugin: Any) -> SizeLimits:
    """Return the maximum length of title and body that *plugin* accepts in one message."""
    title, body = max(0, plugin.title_maxlen), max(1, plugin.body_maxlen)
    if title and plugin.overflow_amalgamate_title:
        body -= min(title, 150) + max(2, plugin.overflow_buffer)
    return SizeLimits(title, body)


def server_of(url: str) -> tuple[str, int] | None:
    """Return the host and port that the destination *url* connects to, without connecting.

    None if the destination needs no connection (``console://``) or its plugin does not name a host.
    """
    scheme = _SCHEME.match(url)
    plugin = None if scheme and format_of_scheme(scheme[1]) is MessageFormat.CONSOLE else open_plugin(url)
    if plugin is None:
        return None
    host = getattr(plugin, "smtp_host", None) or getattr(plugin, "host", None)
    if host and _is_host(host):
        return host, plugin.port or (443 if plugin.secure else 80)
    # services with one address for everybody have it in the class
    texts = [
        value
        for each in type(plugin).__mro__
        for name, value in vars(each).items()
        if isinstance(value, str) and name not in ("service_url", "setup_url")  # pages for people
    ]
    found = next((match for text in texts if (match := _SERVICE_ADDRESS.match(text))), None)
    return (found[2], 443 if found[1] == "https" else 80) if found else None


def _is_host(text: str) -> bool:
    return "." in text or text == "localhost" or ":" in text


def _as_tuple(given: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given or ())


def open_plugin(url: str) -> Any:
    """Return the Apprise plugin for the address *url*; None if Apprise cannot use that address."""
    from apprise import Apprise, AppriseAsset

    from monitor.alerts.apprise import http_transport, smtp_transport

    _quieten_loggers()
    http_transport.install()
    smtp_transport.install()
    asset = AppriseAsset(
        app_id=APP_ID,
        app_desc="alerts from news feeds",
        app_url="",
        async_mode=False,
        service_timeout=0,  # any other value sends from a pool of six threads shared by all destinations
        http_redirects=False,
        interpret_escapes=False,
        interpret_emojis=False,
        secure_logging=True,
        storage_mode="memory",
    )
    plugin = Apprise.instantiate(url, asset=asset)
    if plugin is not None:
        _limit_pauses(plugin)
    return plugin


def _limit_pauses(plugin: Any) -> None:
    """Make *plugin* raise DeliveryError, instead of sleeping, if the service asks for more than MAX_PAUSE_S."""
    throttle = plugin.throttle

    def limited(last_io: Any = None, wait: float | None = None) -> None:
        if wait is not None and wait > MAX_PAUSE_S:
            attempt_evidence.current_evidence().requested_pause_s = wait
            # without this reset, the next attempt would fail without sending a request, even if that time was wrong
            plugin.ratelimit_remaining = 1.0
            raise DeliveryError("the service asks to wait")
        throttle(last_io=last_io, wait=wait)

    plugin.throttle = limited


def _known_schemes() -> list[str]:
    from apprise import manager_plugins

    plugins: Any = manager_plugins  # untyped
    return sorted(plugins.NotificationManager().schemas())


def _quieten_loggers() -> None:
    """Keep log lines of Apprise and its libraries out of the monitor's log; each attempt captures them for itself."""
    for name in _QUIET_LOGGERS:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())  # without a handler, logging prints to stderr
    logging.getLogger("apprise").setLevel(logging.DEBUG)  # a capture only sees what the logger's level permits
    logging.getLogger("urllib3").setLevel(logging.WARNING)
