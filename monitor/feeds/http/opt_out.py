"""What a page says against being read by a program."""

from __future__ import annotations

from collections.abc import Iterable

# of the robots meta tag and the X-Robots-Tag header: not for an index, not for extracts, not for text mining
_NO = frozenset({"noindex", "none", "nosnippet", "noai"})
_FOR_US = ("robots", "crypto-news-monitor")


def opt_out_reason(named: Iterable[tuple[str, str]]) -> str:
    """Return why a page must not be read, by the names and values of its headers or meta tags; empty: it may be.

    Known are ``tdm-reservation`` (the TDM Reservation Protocol), ``robots`` and ``X-Robots-Tag``.
    """
    for written, value in named:
        name = written.strip().lower()
        if name == "tdm-reservation" and value.strip() == "1":
            return "the page reserves its text from being read by programs (tdm-reservation)"
        if name in _FOR_US or name == "x-robots-tag":
            for word in value.lower().split(","):
                # "otherbot: noindex" is not meant for us
                agent, colon, said = word.rpartition(":")
                if said.strip() in _NO and (not colon or agent.strip() in _FOR_US):
                    return f"the page asks programs not to read it ({name}: {said.strip()})"
    return ""
