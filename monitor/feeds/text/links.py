"""Resolve and normalise the URLs in documents."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

# query parameters that identify the reader or how the reader found the page, not the page
_TRACKING = re.compile(
    r"""(?:utm_\w+|mtm_\w+|pk_\w+|at_\w+|hsa_\w+|ns_\w+|mc_[ce]id|mkt_tok|_hsenc|_hsmi|_ga|_gl|spm|xtor|ocid|cmpid
        |fbclid|gclid|dclid|msclkid|yclid|igshid|gbraid|wbraid|ttclid|twclid|srsltid|vero_id|li_fat_id|wt\.mc_id
        |phpsessid|jsessionid|aspsessionid\w*|session_?id)\Z""",
    re.IGNORECASE | re.VERBOSE,
)


def web_address(written: str, base: str) -> str:
    """Return *written* as an absolute http or https URL, resolved against *base*; empty if it is not one."""
    written = written.strip()
    if not written:
        return ""
    try:
        address = urljoin(base, written)
        parts = urlsplit(address)
    except ValueError:
        return ""
    usable = parts.scheme in ("http", "https") and parts.netloc
    return address.encode("utf-8", "replace").decode() if usable else ""


def safe_url(url: str) -> str:
    """Return *url* if it is an http or https URL, else an empty text: ``javascript:`` URLs never become links."""
    try:
        at = urlsplit(url.strip())
        return url.strip() if at.scheme.lower() in ("http", "https") and at.hostname else ""
    except ValueError:
        return ""


def without_tracking(address: str) -> str:
    """Return the URL *address* without tracking parameters such as ``utm_source``; other text is returned unchanged."""
    if "?" not in address or not address.lower().startswith(("http://", "https://")):
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    kept = [pair for pair in parts.query.split("&") if not _TRACKING.match(pair.partition("=")[0])]
    return urlunsplit(parts._replace(query="&".join(kept)))


def page_key(address: str) -> str:
    """Return a key that is equal for all URLs of one page.

    The key has no scheme, ``www.``, final slash and tracking parameters.
    """
    scheme, found, rest = without_tracking(address).partition("://")
    if not found:
        return scheme
    host, slash, path = rest.partition("/")
    return f"{host.lower().removeprefix('www.')}{slash}{path}".rstrip("/")
