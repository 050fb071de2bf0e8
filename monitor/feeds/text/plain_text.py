"""Convert the texts of feeds, with or without markup, into one line of plain text for matching and display.

An HTML parser is not suitable: feeds do not say whether ``a<b`` is markup, and a parser drops the words after it; and
tags nested 200,000 deep (1 MB) keep a parser busy for 90 s. This scanner takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# These do not separate words; every other tag does.
_INLINE = _names("""
    a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd mark mfrac mi mn mo mrow
    ms msqrt msub msup mtext nobr q s samp small span strike strong sub sup time tt u var wbr
""")
_BLOCK = _names("""
    address applet area article aside audio base basefont blockquote body br button canvas caption
    center circle col colgroup datalist dd defs desc details dialog dir div dl dt ellipse embed
    fieldset figcaption figure footer form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr
    html iframe image img input label legend li line link main map marquee math menu meta meter nav object ol
    optgroup option output p param path picture polygon polyline pre progress rect rp rt ruby search
    section select slot source summary svg symbol table tbody td template textarea tfoot th thead
    title tr track ul use video xmp
""")
_DROPPED = _names("noembed noframes noscript script style")  # with their content
_TAGS = _INLINE | _BLOCK | _DROPPED

_ANGLE = re.compile(
    r"""< (?: (?P<comment>!--) | !\[CDATA\[ | (?:!doctype|\?xml)\b [^<>]* >
            | (?P<slash>/?) (?P<name>[a-z][^\s<>/"']*) (?P<rest>(?:[^<>"']|"[^"]*"|'[^']*')*+) > )?
        | \]\]>""",
    re.IGNORECASE | re.VERBOSE,
)
# matches nearly all tags: those without angle brackets in their attributes
_SIMPLE_TAG = re.compile(r"""</?([a-z][a-z0-9]*)(?:\s+[a-z][\w:-]*=(?:"[^"<>]*"|'[^'<>]*'))*\s*/?>""", re.IGNORECASE)
_IN_PLACE_OF = {**dict.fromkeys(_INLINE, ""), **dict.fromkeys(_BLOCK, " ")}
# A name needs its semicolon: without it "R&LTD" would lose letters.
_REFERENCE = re.compile(r"&(?:#(?:\d{2,20}|x[0-9a-f]{2,20});?|#\d;|#x[0-9a-f];|[a-z][a-z0-9]{1,31};)", re.IGNORECASE)
_SURROGATES = re.compile(
    r"&#([xX][dD][89abAB][0-9a-fA-F]{2}|5[56][0-9]{3});&#([xX][dD][c-fC-F][0-9a-fA-F]{2}|5[67][0-9]{3});"
)
_WINDOWS = re.compile(r"[\x80-\x84\x86-\x9f]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def clean_text(markup: str) -> str:
    """Return *markup*, which is HTML or plain text, as one line of text without tags.

    The contents of script and style elements are dropped. Block tags separate words, inline tags do not
    (``<b>Laz</b>arus`` is one word). References (``&amp;``) are decoded, even if they were escaped twice. White space
    becomes single spaces, control characters are removed, lone surrogates become U+FFFD. Invisible format characters
    (zero width, soft hyphen, text direction) stay, because the text is stored as it was published. A ``<`` or ``&``
    that starts no tag or reference stays as text: ``a<b``.
    """
    text = _without_tags(markup) if "<" in markup else markup
    if "&" in text:
        if "&#" in text:
            text = _SURROGATES.sub(_paired, text)
        text = _REFERENCE.sub(lambda found: unescape(found[0]), text)
        for _ in range(2):  # some are escaped twice or three times
            if "&" in text:
                text = _REFERENCE.sub(_escaped_twice, text)
    return literal_text(text)


def literal_text(text: str) -> str:
    """Return text that is not markup as one line; ``<b>`` and ``&amp;`` in it stay unchanged."""
    line = " ".join(text.split())
    if line.isprintable():  # as most texts are: nothing to replace or remove
        return line
    text = _WINDOWS.sub(_windows_character, _SURROGATE.sub("\ufffd", text))
    return " ".join(_CONTROL.sub("", text).split())


def _windows_character(found: re.Match[str]) -> str:
    """Return the character that Windows-1252 has in place of a matched control character."""
    return found[0].encode("latin-1").decode("cp1252", "ignore")


def _paired(found: re.Match[str]) -> str:
    """Return the character, usually an emoji, for two matched surrogate references such as ``&#xD83D;&#xDE00;``."""
    high, low = (int(part[1:], 16) if part[0] in "xX" else int(part) for part in found.groups())
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
    return found[0]


def _without_tags(html: str) -> str:
    parts = _SIMPLE_TAG.split(html)
    try:
        parts[1::2] = [_IN_PLACE_OF[name.lower()] for name in parts[1::2]]
    except KeyError:  # a script, or no tag at all
        return "".join(_texts(html))
    text = "".join(parts)
    return "".join(_texts(html)) if "<" in text or "]]>" in html else text


def _texts(html: str) -> Iterator[str]:
    """Yield the pieces of *html* that are text, and a space for each tag that separates words."""
    position = 0
    missing: set[str] = set()
    while found := _ANGLE.search(html, position):
        yield html[position : found.start()]
        end = _end_of_markup(found, missing)
        if end is None:
            yield html[found.start()]
        elif (found["name"] or "").lower() not in _INLINE:
            yield " "
        position = found.start() + 1 if end is None else end
    yield html[position:]


def _end_of_markup(found: re.Match[str], missing: set[str]) -> int | None:
    """Return where the tag or comment that starts at the match *found* ends; None if it is text and not markup.

    *missing* collects closing tags that do not occur in the rest of the text, so that each is searched for only once;
    otherwise the time would be quadratic.
    """
    name = (found["name"] or "").lower()
    if found["comment"]:
        return _end_of("-->", found, missing, after=3)
    if name in _DROPPED and not found["slash"] and not found["rest"].endswith("/"):
        return _end_of(f"</{name}", found, missing)
    if name:
        return found.end() if _is_tag(found["name"], found["rest"]) else None
    return found.end() if found[0] != "<" else None


def _end_of(mark: str, found: re.Match[str], missing: set[str], after: int = 0) -> int | None:
    closing = None if mark in missing else re.compile(mark, re.IGNORECASE).search(found.string, found.end())
    if closing is None:
        missing.add(mark)
        return None
    return closing.start() + after


def _is_tag(name: str, rest: str) -> bool:
    """Return whether the text in angle brackets is an HTML tag, and not a name or a comparison.

    Args:
        name: The text up to the first space.
        rest: The text after the name.
    """
    if len(name) == 1 and "=" not in rest and rest.strip(" \t\n/"):
        return False  # "a<b and c>d"
    if name.lower() in _TAGS:
        return True
    # namespaces (o:p) and custom elements (amp-img, always lower case) are markup; <http://...> is an address
    return ":" in name[:-1] or ("-" in name and name.islower())


def _escaped_twice(found: re.Match[str]) -> str:
    """Return the character for a matched reference (``&nbsp;``) that the feed escaped twice.

    ``&lt;`` and ``&gt;`` are returned unchanged, because their characters would look like tags.
    """
    character = unescape(found[0])
    return found[0] if character in "<>" else character
