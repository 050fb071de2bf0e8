"""Parse the spellings in which the watchlist gives the names of actors and the terms of keywords.

"Lazarus Group"   whole words; case, accents and look-alike letters are ignored
"=DAI"            exactly as written, in this case. A spelling of two to four capitals (UN, OFAC, 3AM) and one
                  with a plus or number sign (C++ Gang) also match only as written, without the "="
"drain*"          any ending of the last word
"/apt-?38/"       a regular expression (RE2); case is ignored unless it begins with (?-i)
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import re2

from monitor.matching.folding import has_cjk
from monitor.matching.words import folded_words, word_spans

MAX_ACRONYM = 4
_SIGNS = re.compile(r"[+#]")  # signs that are part of a name: C++ is not C
_RE2_HINT = "correct it, or write the name without slashes: https://github.com/google/re2/wiki/Syntax"
_RE2_HINTS = {
    "missing )": r"close the bracket with ), or write \( for the sign",
    "unexpected )": r"delete the ), or write \) for the sign",
    "missing ]": r"close the set with ], or write \[ for the sign",
    "invalid perl operator": "RE2 has no look-ahead or look-behind: leave it out, or use context and exclude",
    "no argument for repetition operator": r"write what is repeated before it, or \*, \+ or \? for the sign",
    "invalid escape sequence": r"RE2 has no back-references: delete the backslash, or write \\ for the sign",
    "bad repetition operator": "write one repetition at a time",
}


class AliasKind(StrEnum):
    """How strictly a text must agree with a spelling of the watchlist."""

    PLAIN = "plain"
    EXACT = "exact"
    ENDING = "ending"
    REGEX = "regex"
    ADDRESS = "address"  # of a blockchain; never parsed from a spelling


@dataclass(frozen=True, slots=True)
class Alias:
    """A parsed spelling of the watchlist.

    ``words`` are its words in lower case without accents; empty for a regular expression.
    """

    written: str  # as written in the watchlist
    kind: AliasKind
    core: str = ""  # the spelling without the syntax marks
    words: tuple[str, ...] = ()
    unspaced: bool = False  # Chinese, Japanese or Korean: searched inside text without spaces
    pattern: Any = field(default=None, compare=False, repr=False)  # re2 ships no types


def parse_alias(written: str) -> Alias:
    """Return the parsed form of a spelling such as ``Lazarus Group``, ``=DAI``, ``drain*`` or ``/apt-?38/``.

    Raises:
        ValueError: The spelling can never match or is invalid; the message says what to write instead.
    """
    spelling = written.strip()
    if not spelling:
        raise ValueError("an empty spelling matches nothing; delete it")
    if len(spelling) > 1 and spelling[0] == spelling[-1] == "/":
        return Alias(written, AliasKind.REGEX, pattern=_compile(spelling[1:-1]))
    if spelling.startswith("="):
        return _literal(written, AliasKind.EXACT, spelling[1:].strip())
    if spelling.endswith("*"):
        return _ending(written, spelling)
    exact = is_acronym(spelling) or _SIGNS.search(spelling)
    kind = AliasKind.EXACT if exact else AliasKind.PLAIN
    return _literal(written, kind, spelling)


def is_acronym(spelling: str) -> bool:
    """Return whether *spelling* has two to four characters, all capitals except for digits at the beginning (UN, 3AM).

    Such a spelling matches only as written.
    """
    return 1 < len(spelling) <= MAX_ACRONYM and spelling.isupper() and spelling.lstrip("0123456789").isalpha()


def normalized(text: str) -> str:
    """Return *text* prepared for comparison with a spelling that must match exactly.

    Letters are composed (Unicode NFC), invisible characters removed, and white space becomes single spaces.
    """
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


def _literal(written: str, kind: AliasKind, core: str) -> Alias:
    words = folded_words(core)
    if not words:
        raise ValueError(
            f'"{written}" has no letter or digit and can never match; write letters or digits, or delete it'
        )
    if kind is AliasKind.PLAIN and not (core[0].isalnum() and core[-1].isalnum()):
        spans = word_spans(core)
        core = core[spans[0][0] : spans[-1][1]]
    core = normalized(core)
    unspaced = kind is AliasKind.PLAIN and has_cjk(core)
    return Alias(written, kind, written if core == written else core, words, unspaced=unspaced)


def _ending(written: str, spelling: str) -> Alias:
    stem = spelling.rstrip("*")
    spans = word_spans(stem)
    if not spans:
        raise ValueError(f'"{written}" would match every word; write the beginning of a word before the *')
    if spans[-1][1] != len(stem):
        raise ValueError(f'in "{written}" the * must follow a word directly, as in "drain*"')
    words = folded_words(stem)
    if not words:
        raise ValueError(f'"{written}" has no letter or digit before the *; write the beginning of a word')
    return Alias(written, AliasKind.ENDING, normalized(stem), words, unspaced=has_cjk(stem))


def _compile(source: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        pattern = re2.compile(source, options)
        empty = pattern.search("") is not None
    except (re2.error, UnicodeEncodeError) as error:
        reason = _reason(error)
        message = f"/{source}/ is not a valid RE2 regular expression: {reason}"
        raise ValueError(f"{message}; {_way_out(reason)}") from error
    if empty:
        raise ValueError(f"/{source}/ also matches the empty text; make it require at least one character")
    return pattern


def _way_out(reason: str) -> str:
    """Return how to correct a regular expression that RE2 rejects with the message *reason*."""
    return next((hint for start, hint in _RE2_HINTS.items() if reason.startswith(start)), _RE2_HINT)


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
