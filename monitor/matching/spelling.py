"""What a spelling in the watchlist asks for.

"Lazarus Group"   whole words; capitals, marks and look-alike letters are ignored
"=DAI"            exactly this, capitals included; so is a bare spelling of two to four capitals (UN, OFAC)
"drain*"          any ending of its last word
"/apt-?38/"       a regular expression (RE2), capitals ignored unless it begins with (?-i)
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import re2

from monitor.matching.text import folded_words, has_cjk, word_spans

MAX_ACRONYM = 4


class AliasKind(StrEnum):
    """How strictly a spelling must be met."""

    PLAIN = "plain"
    EXACT = "exact"
    ENDING = "ending"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Alias:
    """A spelling, read. ``words`` are folded; empty for a regular expression."""

    written: str  # as it stands in the file
    kind: AliasKind
    core: str = ""  # what a text says when it says exactly this: without the marks of the syntax
    words: tuple[str, ...] = ()
    running: bool = False  # Chinese, Japanese or Korean: looked for inside running text
    pattern: Any = field(default=None, compare=False, repr=False)  # re2 ships no types


def parse_alias(written: str) -> Alias:
    """Return what *written* asks for; ValueError, with the way out, when it can never match."""
    spelling = written.strip()
    if not spelling:
        raise ValueError("an empty spelling matches nothing; delete it")
    if len(spelling) > 1 and spelling[0] == spelling[-1] == "/":
        return Alias(written, AliasKind.REGEX, pattern=_compile(spelling[1:-1]))
    if spelling.startswith("="):
        return _literal(written, AliasKind.EXACT, spelling[1:].strip())
    if spelling.endswith("*"):
        return _ending(written, spelling)
    kind = AliasKind.EXACT if is_acronym(spelling) else AliasKind.PLAIN
    return _literal(written, kind, spelling)


def is_acronym(spelling: str) -> bool:
    """Return whether *spelling* is two to four letters, all capitals, which match as written only."""
    return 1 < len(spelling) <= MAX_ACRONYM and spelling.isalpha() and spelling.isupper()


def same_text(text: str) -> str:
    """Return *text* as exact spellings are compared: composed, nothing invisible, single spaces."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


def _literal(written: str, kind: AliasKind, core: str) -> Alias:
    words = folded_words(core)
    if not words:
        raise ValueError(
            f'"{written}" holds no letter or digit and can never match; write letters or digits, or delete it'
        )
    if kind is AliasKind.PLAIN and not (core[0].isalnum() and core[-1].isalnum()):
        spans = word_spans(core)
        core = core[spans[0][0] : spans[-1][1]]
    core = same_text(core)
    running = kind is AliasKind.PLAIN and has_cjk(core)
    return Alias(written, kind, written if core == written else core, words, running=running)


def _ending(written: str, spelling: str) -> Alias:
    stem = spelling.rstrip("*")
    spans = word_spans(stem)
    if not spans:
        raise ValueError(f'"{written}" would match every word; write the beginning of a word before the *')
    if spans[-1][1] != len(stem):
        raise ValueError(f'in "{written}" the * must follow a word directly, as in "drain*"')
    words = folded_words(stem)
    if not words:
        raise ValueError(f'"{written}" holds no letter or digit before the *; write the beginning of a word')
    return Alias(written, AliasKind.ENDING, same_text(stem), words, running=has_cjk(stem))


def _compile(source: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        pattern = re2.compile(source, options)
        empty = pattern.search("") is not None
    except (re2.error, UnicodeEncodeError) as error:
        raise ValueError(f"/{source}/ is no regular expression RE2 can read: {_reason(error)}") from error
    if empty:
        raise ValueError(f"/{source}/ also matches the empty text; let it ask for at least one character")
    return pattern


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
