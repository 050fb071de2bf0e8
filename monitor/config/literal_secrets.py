"""Detect secrets that are written literally into a configuration, and mask them for display.

A value contains a literal secret exactly if ``masked`` returns a text for it.

Destinations: ``console://`` and values that consist only of placeholders contain no secret. Neither does a URL without
user name and password that leads to this machine (``json://127.0.0.1:8000``), or whose service does not put a secret
into host and path (json, xml, form, mail); unless a part of the path looks like a token, or a parameter has a name such
as ``token``. For all other services (Slack, Telegram, webhooks) the URL itself is the secret, unless it contains a
placeholder. A user name alone is a secret too, except for mail.

Feeds: a user name or password in the URL, ``auth``, parameters named ``token``, ``key`` or the like, and all headers
except well-known harmless ones are secret, unless they contain a placeholder. In the URL of a proxy, only the password
is secret. The ping URL is secret if a part of its path looks like a token, as with most such services.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from monitor.config.placeholders import WELL_FORMED
from monitor.config.schema.tables import known_keys

STARS = "***"
_WITHOUT_SECRETS = frozenset({"actors", "keywords", "lists", "rules", "tests"})
MARK = "\ue000"  # replaces a placeholder, whose colon and braces would break the parsing of URLs
PLACE_KINDS = frozenset(kind + s for kind in ("json", "xml", "form", "mailto") for s in ("", "s"))
HARMLESS_HEADERS = frozenset(
    {"accept", "accept-language", "accept-encoding", "cache-control", "pragma", "referer", "user-agent", "from", "dnt"}
)
SECRET_NAME = re.compile(r"pass|pwd|secret|token|key|auth|login|cred|cookie|signature|^sig$", re.IGNORECASE)
MISPLACED_LOGIN = re.compile(r":[^/:@]+@")
HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:]+)(:[0-9\ue000]{0,5})?")
LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|::1")
TOKEN = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_-]{16,}")


def masked(path: Sequence[str | int], value: object) -> str | None:
    """Return *value*, which stands at *path* in the configuration, with secrets masked; None if it contains none."""
    match tuple(path):
        case ("destinations",) | ("destinations", _) | ("destinations", _, "url", *_):
            return _masked_destination(value)
        case ("feeds", _) | ("feeds", _, "url", *_):
            return _masked_feed_url(value)
        case ("feeds", _, "auth", *_):
            return _masked_login(value)
        case ("feeds", _, "headers", *within):
            return _masked_header(str(within[0]), value) if len(within) == 1 else _masked_unknown(value)
        case ("feeds" | "destinations" as top, name, key, *_):
            section = (top, name)
            if key in known_keys(section):
                return None
            return _masked_unknown(value) if isinstance(value, str) or SECRET_NAME.search(str(key)) else None
        case ("web", *_):
            return _masked_in_web(path, value)
        case ("alerts" | "health" | "http" | "storage" as top, key, *_) if key in known_keys((top,)):
            return _OF_SETTINGS.get(str(key), _none)(value)
        case (str(top), name, key, *_) if top in _WITHOUT_SECRETS and key in known_keys((top, name)):
            return None
        case (*_, "url"):
            return _masked_destination(value)
        case (*_, str(key)) if SECRET_NAME.search(key):
            return _masked_unknown(value)
    return _masked_destination(value) if isinstance(value, str) and "://" in value else None


def _none(value: object) -> str | None:  # noqa: ARG001 - nothing of it is secret
    return None


def masked_comment(text: str) -> str | None:
    """Return a TOML comment with secrets masked; None if it contains no secret."""
    return f"# {STARS}" if "://" in text else None


def secret_parts(url: str) -> tuple[str, ...]:
    """Return the parts of a destination's URL, such as password and token, that must not appear in logs."""
    at = _split(url)
    if at is None:
        return ()
    parts = [at.password or "", *at.path.split("/"), *(v for _, v in parse_qsl(at.query))]
    if at.scheme.lower() not in PLACE_KINDS | {"http", "https"}:
        host = at.netloc.rpartition("@")[2]
        parts += [at.username or "", host, *host.split(":")]
    return tuple(p for part in parts if len(part) >= 6 for p in {part, unquote(part)})


def secret_parameters(url: str) -> tuple[str, ...]:
    """Return the values of query parameters in a feed's URL that are secret by their names, such as ``token``."""
    at = _split(url)
    return tuple(value for name, value in parse_qsl(at.query) if SECRET_NAME.search(name)) if at else ()


def _split(url: str) -> SplitResult | None:
    try:
        at = urlsplit(url)
        _ = at.hostname  # not the port, which is not a number in tgram://123:token/
    except ValueError:
        return None
    return at


def _literal(text: str | None) -> bool:
    return bool(text) and MARK not in (text or "")


def _masked_in_web(path: Sequence[str | int], value: object) -> str | None:
    match tuple(path[1:]):
        case ("users", _, "role", *_) | ("tokens", _, "scopes", *_):
            return None
        case (str(key), *_) if key in known_keys(("web",)) - {"users", "tokens"}:
            return None
    return STARS if isinstance(value, str) and value and not WELL_FORMED.search(value) else None


def _masked_unknown(value: object) -> str | None:
    return STARS if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _masked_login(value: object) -> str | None:
    if not isinstance(value, str):
        return _masked_unknown(value)
    text = WELL_FORMED.sub(MARK, value)
    # the part before the colon is the user name, which is not secret
    return STARS if _literal(text.partition(":")[2] or text) else None


def _masked_header(name: str, value: object) -> str | None:
    if name.lower() in HARMLESS_HEADERS:
        return None
    if not isinstance(value, str):
        return _masked_unknown(value)
    return STARS if value and not WELL_FORMED.search(value) else None


def _masked_feed_url(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    text = WELL_FORMED.sub(MARK, value)
    at = _split(text)
    if not text.strip(MARK) or (at and not at.scheme and not re.search(r"[@:]|//", text)):
        return None
    if at is None or at.scheme not in ("http", "https") or not HOST.fullmatch(at.netloc.rpartition("@")[2]):
        return STARS  # not a valid URL: it may contain anything
    if _secret_parameter(at.query) or MISPLACED_LOGIN.search(text.partition(at.netloc)[2]):
        return f"{at.scheme}://{STARS}"
    if "@" in at.netloc and _literal(at.password if at.password is not None else at.username):
        return re.sub(r"(?<=//)[^/?#]*@", f"{STARS}@", value, count=1)
    return None


def _masked_proxy(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    login, _, _ = WELL_FORMED.sub(MARK, value).rpartition("@")
    scheme, _, login = login.rpartition("//")
    return f"{scheme}//{STARS}" if _literal(login.partition(":")[2] or login) else None


def _masked_ping(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    text = WELL_FORMED.sub(MARK, value)
    at = _split(text)
    tokens = any(TOKEN.fullmatch(part) for part in re.split("[/?&=]", text))
    if at and not tokens and not _literal(at.password or at.username) and not _secret_parameter(at.query):
        return None
    return f"{at.scheme}://{STARS}" if at and at.scheme in ("http", "https") else STARS


def _masked_destination(value: object) -> str | None:
    if not isinstance(value, str):
        return _masked_unknown(value)
    text = WELL_FORMED.sub(MARK, value)
    if not text.strip(MARK + " ") or text.lower().startswith("console://"):
        return None
    at = _split(text)
    if at is None or not at.scheme or "://" not in text:
        return STARS
    return f"{at.scheme}://{STARS}" if _destination_is_secret(at) else None


def _destination_is_secret(at: SplitResult) -> bool:
    scheme = at.scheme.lower()
    if _literal(at.password) or _secret_parameter(at.query):
        return True
    if at.password is None and _literal(at.username) and not scheme.startswith("mailto"):
        return True
    if scheme in PLACE_KINDS or LOOPBACK.fullmatch(at.hostname or ""):
        return any(TOKEN.fullmatch(part) for part in at.path.split("/"))
    address = at.netloc + at.path.strip("/") + at.query
    return bool(address) and MARK not in address


def _secret_parameter(query: str) -> bool:
    return any(SECRET_NAME.search(name) and _literal(value) for name, value in parse_qsl(query))


_OF_SETTINGS = {"proxy": _masked_proxy, "ping": _masked_ping}
