"""Repair documents that are almost XML, so that one bad character does not make the whole document unreadable."""

from __future__ import annotations

import re
from html.entities import html5

# references and bytes that no XML document may contain
_REFERENCE = re.compile(
    rb"&#(?:[xX]([0-9a-fA-F]{1,40})|([0-9]{1,40}));(?:&#(?:[xX](0*[dD][c-fC-F][0-9a-fA-F]{2})|(0*5[67][0-9]{3}));)?"
)
# a fast check: each reference is examined only if one of these occurs, which is rare
_SUSPICIOUS_REFERENCE = re.compile(
    rb"""&\#(?: [xX]0*(?: [dD][89a-fA-F] | 1[1-9a-fA-F][0-9a-fA-F]{4}; | [2-9a-fA-F][0-9a-fA-F]{5} | [01]?[0-9a-fA-F]; |
                       [fF]{3}[eEfF]; | [0-9a-fA-F]{7} )
              | 0*(?: 5[5-7][0-9]{3}; | 6553[45]; | [0-9]{7} | [0-2]?[0-9]; ) )""",
    re.VERBOSE,
)
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")

# possessive: without that, each comment doubles the ways in which the text before the DOCTYPE can be divided
_BEFORE_DOCTYPE = rb"((?>\s|<\?.{0,500}?\?>|<!--.{0,2000}?-->)*+)"
_DOCTYPE = re.compile(_BEFORE_DOCTYPE + rb"(<!DOCTYPE\b[^\[<>]*>)", re.IGNORECASE | re.S)
_SUBSET = re.compile(_BEFORE_DOCTYPE + rb"<!DOCTYPE\b[^\[<>]*\[(.{0,20000}?)\]\s*>", re.IGNORECASE | re.S)
_ENTITY = re.compile(
    rb"""\s*(?:<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"((?:[^"&%<]|&\#\d{1,7};)*)"|'((?:[^'&%<]|&\#\d{1,7};)*)')\s*>|<!--.*?-->
            |<!ENTITY\s+%\s[^<>]{1,500}>|%[\w.-]{1,80};|<!(?:ELEMENT|ATTLIST|NOTATION)\b[^<>]{1,2000}>)""",
    re.S | re.VERBOSE,
)
_MAX_GROWTH = 1_000_000  # bytes that the entities of a document may add to it
_PROLOG = 4096  # bytes in which the document type is looked for
_UNTOUCHED = re.compile(rb"<!\[CDATA\[|<!--|<\?")
_UNTOUCHED_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}
_AMPERSAND = re.compile(rb"&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]{1,31});)?")
_XML_ENTITIES = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))

_ITEM_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ITEM_START = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<((?:[\w.-]+:)?(?:rss|RDF|feed))\b", re.IGNORECASE)
_CHANNEL = re.compile(rb"<(/?)((?:[\w.-]+:)?channel)\b", re.IGNORECASE)


def replace_bad_characters(body: bytes) -> bytes:
    """Return a UTF-8 document without the characters and references that XML forbids.

    A reference such as ``&#xD800;`` to a surrogate, or beyond U+10FFFF, becomes U+FFFD; two surrogates that form a pair
    become their character. Control characters and the DOCTYPE are removed; entities that the DOCTYPE declares are
    replaced by their texts.
    """
    if _SUSPICIOUS_REFERENCE.search(body):
        body = _REFERENCE.sub(_good_reference, body)
    body = body.translate(None, _CONTROLS)
    for noncharacter in _NONCHARACTERS:
        body = body.replace(noncharacter, b"\xef\xbf\xbd")
    if subset := _SUBSET.match(body):
        return _with_own_entities(body, subset) or body
    doctype = _DOCTYPE.match(body)
    return doctype[1] + body[doctype.end() :] if doctype and b"html" not in doctype[2].lower() else body


def _with_own_entities(body: bytes, subset: re.Match[bytes]) -> bytes | None:
    """Return a document without its DOCTYPE, with each entity declared there replaced by its text.

    Parameter entities, which usually name the HTML entities, and declarations of elements are left out. None if the
    DOCTYPE declares anything else, such as nested entities or entities in other files.

    Args:
        body: The document in UTF-8.
        subset: The match of the DOCTYPE with its declarations.
    """
    position, declared = 0, dict[bytes, bytes]()
    while found := _ENTITY.match(subset[2], position):
        position = found.end()
        if found[1]:
            declared.setdefault(found[1], found[2] if found[3] is None else found[3])
    rest = body[subset.end() :]
    used = _AMPERSAND.findall(rest)
    if subset[2][position:].strip() or sum(len(declared.get(name, b"")) for name in used) > _MAX_GROWTH:
        return None
    parts = _split_at_untouched(rest)
    parts[::2] = [_AMPERSAND.sub(lambda found: declared.get(found[1], found[0]), part) for part in parts[::2]]
    return subset[1] + b"".join(parts)


def _split_at_untouched(body: bytes) -> list[bytes]:
    """Return the parts of a document, alternating: markup and text, then a CDATA section, comment or instruction."""
    parts: list[bytes] = []
    missing: set[bytes] = set()  # ends that do not occur in the rest: searching again would make the time quadratic
    start = position = 0
    while found := _UNTOUCHED.search(body, position):
        position, closing = found.end(), _UNTOUCHED_ENDS[found[0]]
        end = -1 if closing in missing else body.find(closing, position)
        if end < 0:
            missing.add(closing)
            continue
        position = end + len(closing)
        parts += [body[start : found.start()], body[found.start() : position]]
        start = position
    return [*parts, body[start:]]


def _good_reference(found: re.Match[bytes]) -> bytes:
    code = int(found[1], 16) if found[1] else int(found[2])
    second = int(found[3], 16) if found[3] else int(found[4]) if found[4] else None
    rest = b"" if second is None else found[0][found[0].index(b";") + 1 :]
    if 0xD800 <= code < 0xDC00 and second is not None and 0xDC00 <= second < 0xE000:
        return chr(0x10000 + ((code - 0xD800) << 10) + second - 0xDC00).encode()
    first = found[0][: len(found[0]) - len(rest)]
    return _good_single(first, code) + (_good_single(rest, second) if second is not None else b"")


def _good_single(written: bytes, code: int) -> bytes:
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF or code in (0, 0xFFFE, 0xFFFF):
        return "\ufffd".encode()
    return b" " if code < 32 and code not in (9, 10, 13) else written


def repair_references(body: bytes) -> bytes:
    """Return a UTF-8 document in which every ampersand starts a reference that XML knows.

    Named references of HTML (``&nbsp;``) become characters, other ampersands ``&amp;``. CDATA sections and comments are
    not changed.
    """
    parts = _split_at_untouched(body)
    parts[::2] = [_AMPERSAND.sub(_known_reference, part) for part in parts[::2]]
    return b"".join(parts)


def _known_reference(found: re.Match[bytes]) -> bytes:
    if found[0] == b"&":
        return b"&amp;"
    if found[1] is None or found[1] in _XML_ENTITIES:
        return found[0]
    text = html5.get(f"{found[1].decode()};")
    if text is None:
        return b"&amp;" + found[0][1:]
    return text.encode() if not set(text) & set("<>&\"'") else b"&#%d;" % ord(text[0])


def close_truncated(body: bytes) -> bytes | None:
    """Return a truncated document without its broken last item and with end tags; None if it is not truncated."""
    root = _ROOT.search(body, 0, _PROLOG * 4)
    if root is None or body.rfind(b"</" + root[1]) >= 0:
        return None
    ends = list(_ITEM_END.finditer(body))
    first = _ITEM_START.search(body)
    if not ends and first is None:
        return b"<" + root[1] + b"/>"
    kept = body[: ends[-1].end() if ends else first.start() if first else 0]
    channels = list(_CHANNEL.finditer(kept, 0))
    channel = b"</" + channels[0][2] + b">" if channels and not any(tag[1] for tag in channels) else b""
    return kept + channel + b"</" + root[1] + b">"
