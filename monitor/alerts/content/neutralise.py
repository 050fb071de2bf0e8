"""Text of a feed made harmless for every service an alert may go to.

A feed is written by strangers. Slack, Discord, Mattermost and mail clients give meaning to ``@everyone``,
``<!channel>``, ``[text](address)`` and bare addresses; a lone surrogate or a control character makes some
services refuse the message for ever, which would silence an alert. Nothing of a feed goes out that did not
pass through here.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

ZERO_WIDTH_SPACE = "\u200b"
ELLIPSIS = "…"
MAX_LINK = 1500  # longer ones are left out: a link cannot be cut

# control, format (bidi overrides, zero width), private use, unassigned
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cn"})
# what a service would take for a mention, a masked link, an address (with or without a scheme) or a template
ACTIVE = re.compile(r"@|\](?=\()|:(?=//)|\{(?=\{)|\.(?=[^\W\d_]{2}|(?:\d{1,3}\.){2}\d{1,3}(?!\d))")
_ANGLES = str.maketrans("<>", "‹›")
_HOST = re.compile(r"[\w.~%-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
# left alone inside a link, besides letters and digits: no "@", bracket or brace; "|" ends a link in Slack
_LINK_SAFE = "%/?#:;=&+,~!$()-._"


def printable(text: str) -> str:
    """Return *text* on one line, without anything that is not seen: controls, bidi marks, lone surrogates.

    Runs of white space become one space; a lone surrogate becomes U+FFFD, so that something is seen there.
    """
    one_line = " ".join(text.split())
    if one_line.isprintable():  # none of the categories that are taken out
        return one_line
    return " ".join("".join(map(_shown, one_line)).split())


def _shown(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() else ""
    kind = unicodedata.category(char)
    if kind == "Cs":
        return "\ufffd"
    return "" if kind in _INVISIBLE else char


def neutralise(text: str, limit: int) -> str:
    """Return *text* with nothing in it that a service acts on, at most *limit* characters long.

    A zero width space breaks ``@``, ``](``, ``://``, ``{{``, the names of hosts and IPv4 addresses; ``<`` and ``>``
    become single guillemets.
    """
    # cut first: what follows may be a megabyte, and nothing before the limit depends on what is after it
    shown = cut(printable(text[: 4 * limit + 64]), limit)
    return cut(ACTIVE.sub(lambda found: found[0] + ZERO_WIDTH_SPACE, without_angles(shown)), limit)


def without_angles(text: str) -> str:
    """Return *text* with single guillemets in place of ``<`` and ``>``."""
    return text.translate(_ANGLES)


def cut(text: str, limit: int) -> str:
    """Return *text*, or its beginning with an ellipsis when it has more than *limit* characters.

    Never cuts inside a combining sequence, a flag or an emoji with its skin tone.
    """
    if len(text) <= limit:
        return text
    end = whole_before(text, max(0, limit - 1))
    return (text[:end].rstrip() + ELLIPSIS)[: max(0, limit)]


def whole_before(text: str, index: int) -> int:
    """Return the last place up to *index* that lies between two characters of *text* as people see them."""
    while 0 < index < len(text) and _continues(text, index):
        index -= 1
    return index


def _continues(text: str, index: int) -> bool:
    char = text[index]
    if unicodedata.category(char) in ("Mn", "Mc", "Me") or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    # a flag is two regional indicators; an odd number of them before this place: it is inside one
    before = 0
    while _is_indicator(char) and before < index and _is_indicator(text[index - 1 - before]):
        before += 1
    return before % 2 == 1


def _is_indicator(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def safe_link(url: str) -> str:
    """Return *url* as it can stand in any message, or an empty string when it is no http(s) address.

    White space, quotes, brackets, pipes, ``@``, braces and control characters are percent-encoded (RFC 3986
    section 2.1). A login is taken out, because ``https://bank.example@evil.example`` reads like another host.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc.rpartition("@")[2]
        if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
            return ""
        query = f"?{parts.query}" if parts.query else ""
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        link = f"{parts.scheme}://{host}{_encoded(parts.path + query + fragment)}"
    except ValueError:  # not an address at all, or a lone surrogate in it
        return ""
    return link if len(link) <= MAX_LINK else ""


def _encoded(tail: str) -> str:
    # letters of other scripts stay readable; what is not seen does not
    return "".join(c if c.isalnum() and ord(c) > 127 else quote(c, safe=_LINK_SAFE) for c in tail)
