"""Neutralise text from feeds, so that no chat service or mail program treats it as a command, link or mention.

Anybody can write into a feed. Slack, Discord, Mattermost and mail programs react to ``@everyone``, ``<!channel>``,
``[text](address)`` and bare addresses. A lone surrogate or a control character makes some services refuse the message
on every attempt, so that the alert would never arrive. All feed text passes through here before it is sent.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

ZERO_WIDTH_SPACE = "\u200b"
ELLIPSIS = "…"
MAX_LINK = 1500  # characters; longer links are left out, since a link cannot be cut

# control, format (bidi overrides, zero width), private use, unassigned
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cn"})
# a mention, a masked link, an address (with or without a scheme) or a template
ACTIVE = re.compile(r"@|\](?=\()|:(?=//)|\{(?=\{)|\.(?=[^\W\d_]{2}|(?:\d{1,3}\.){2}\d{1,3}(?!\d))")
_ANGLES = str.maketrans("<>", "‹›")
_HOST = re.compile(r"[\w.~%-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
# not percent-encoded in a link, besides letters and digits: no "@", bracket or brace; "|" ends a link in Slack
_LINK_SAFE = "%/?#:;=&+,~!$()-._"


def printable(text: str) -> str:
    """Return *text* on one line, without invisible characters such as control characters and bidirectional marks.

    Consecutive white space becomes one space. A lone surrogate becomes U+FFFD, the visible replacement character.
    """
    one_line = " ".join(text.split())
    if one_line.isprintable():  # then it has none of the invisible categories
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
    """Return at most *limit* characters of *text*, in which no service finds a mention, link or markup.

    A zero width space breaks ``@``, ``](``, ``://``, ``{{``, host names and IPv4 addresses; ``<`` and ``>`` become
    single guillemets (``‹`` and ``›``).
    """
    # cut first: the text may be a megabyte long, and nothing before the limit depends on what follows it
    shown = cut(printable(text[: 4 * limit + 64]), limit)
    return cut(ACTIVE.sub(lambda found: found[0] + ZERO_WIDTH_SPACE, without_angles(shown)), limit)


def without_angles(text: str) -> str:
    """Return *text* with ``‹`` and ``›`` in place of ``<`` and ``>``."""
    return text.translate(_ANGLES)


def cut(text: str, limit: int) -> str:
    """Return *text*; if it has more than *limit* characters, shortened to that length and ending with an ellipsis.

    A combining sequence, a flag or an emoji with a skin tone is never cut in the middle.
    """
    if len(text) <= limit:
        return text
    end = whole_before(text, max(0, limit - 1))
    return (text[:end].rstrip() + ELLIPSIS)[: max(0, limit)]


def whole_before(text: str, index: int) -> int:
    """Return the highest index up to *index* at which *text* can be cut without splitting a visible character.

    A visible character (grapheme) may consist of several code points, such as a letter and its accent.
    """
    while 0 < index < len(text) and _continues(text, index):
        index -= 1
    return index


def _continues(text: str, index: int) -> bool:
    char = text[index]
    if unicodedata.category(char) in ("Mn", "Mc", "Me") or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    # a flag is two regional indicators: with an odd number of them before *index*, it would be split
    before = 0
    while _is_indicator(char) and before < index and _is_indicator(text[index - 1 - before]):
        before += 1
    return before % 2 == 1


def _is_indicator(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def safe_link(url: str) -> str:
    """Return *url* in a form that is safe in any message; an empty string if it is no http(s) address.

    White space, quotes, brackets, pipes, ``@``, braces and control characters are percent-encoded (RFC 3986 section
    2.1). A user name is removed, because ``https://bank.example@evil.example`` looks like a link to bank.example.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc.rpartition("@")[2]
        if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
            return ""
        query = f"?{parts.query}" if parts.query else ""
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        link = f"{parts.scheme}://{host}{_encoded(parts.path + query + fragment)}"
    except ValueError:  # not an address, or it holds a lone surrogate
        return ""
    return link if len(link) <= MAX_LINK else ""


def _encoded(tail: str) -> str:
    # letters of other scripts stay readable; invisible characters are encoded
    return "".join(c if c.isalnum() and ord(c) > 127 else quote(c, safe=_LINK_SAFE) for c in tail)
