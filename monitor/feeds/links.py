"""Addresses that a document names, made absolute."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit


def web_address(written: str, base: str) -> str:
    """Return *written* as an absolute http or https address, resolved against *base*; else empty."""
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
