"""Read names of threat groups, campaigns and malware as published lists write them: "APT-C-38 (QiAnXin)"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.exchange.names import ListedName, NameKind
from monitor.matching import folded_words
from monitor.matching.folding import has_cjk

MIN_NAME_LETTERS = 2
MIN_LIST = 2  # commas in a cell that holds several names

_SPACES = re.compile(r"\s+")
_ID = re.compile(r"[GSC]\d{4}", re.I)  # of ATT&CK and Tidal: groups, software, campaigns; nobody writes them in news
_PLACEHOLDER = re.compile(r"\W*(?:un-?named|unknown|untitled|no name|n/?a|none|tbd)\b", re.I)
_REMARK = re.compile(r"(?:^|(?<=\s))[(\[][^()\[\]]*[)\]]|(?<=\w)\([^()]*[^\W\d_]{2}[^()]*\)(?=\s|$)")
_WIDE_BRACKETS = re.compile(r"（([^（）]*)）")
_PREFIX = re.compile(r"^(?:sub-?group|aka|a\.k\.a\.|also known as|formerly(?: known as)?)\b[\s:.]*", re.I)
_KIND_WORD = re.compile(r"(?<![\s-])[\s-]+ran?so?m(?:e?ware|ware)s?$", re.I)
_EDGES = " \t\"'«»“”„‘’,;:>|*`"


def is_bare_id(name: str) -> bool:
    """Return whether *name* is only the id of a group in a knowledge base, such as G0032 in MITRE ATT&CK."""
    return _ID.fullmatch(name.strip()) is not None


def is_no_name(name: str) -> bool:
    """Return whether *name* is not a name but an id, a number, punctuation or a placeholder such as "unknown"."""
    text = name.strip()
    return is_bare_id(text) or _PLACEHOLDER.match(text) is not None or sum(map(str.isalpha, text)) < MIN_NAME_LETTERS


def read_group_name(written: str, kind: NameKind = NameKind.GROUP, *, origin: str = "") -> ListedName | None:
    """Return the spellings of a group's name that news items may use; None if *written* contains no name.

    Args:
        written: The name as in the list, with remarks in brackets and ids: ``黄金鼠 - APT-C-27``.
        kind: GROUP or MALWARE.
        origin: Where in the list the name stands, for a comment in the pack.
    """
    names = tuple(dict.fromkeys(name for name in _names(written) if not is_no_name(name) and folded_words(name)))
    if not names:
        return None
    short = tuple(dict.fromkeys(filter(None, map(_without_kind, names))))
    return ListedName(written, names[0], kind, names[:1], short, names[1:], origin=origin)


def _names(written: str) -> Iterator[str]:
    text = _SPACES.sub(" ", written).strip()
    inner = [part for part in _WIDE_BRACKETS.findall(text) if part.strip()]
    text = _WIDE_BRACKETS.sub(" ", text)
    bare = _SPACES.sub(" ", _REMARK.sub(" ", text)).strip(_EDGES)
    text = bare or text.strip("[]()" + _EDGES)
    for part in (*_parts(text), *inner):
        yield _PREFIX.sub("", part.strip(_EDGES)).strip(_EDGES)


def _parts(text: str) -> list[str]:
    """Return the names in *text*, which commas, slashes or a dash may separate.

    A dash separates names only if they are in different scripts or one is an id.
    """
    if text.count(",") >= MIN_LIST:
        return text.split(",")
    if " / " in text:
        return text.split(" / ")
    parts = text.split(" - ")
    if len(parts) > 1 and (any(map(is_bare_id, parts)) or len({has_cjk(part) for part in parts}) > 1):
        return parts
    return [text]


def _without_kind(name: str) -> str:
    """Return *name* without "Ransomware" at its end; empty if *name* does not end with it."""
    bare = _KIND_WORD.sub("", name).strip()
    return bare if bare != name and not is_no_name(bare) else ""
