"""The words of a text: folded for comparison, with exact spans in the text as it is stored.

Stored text may hold anything that feeds write: invisible characters and combining marks inside a word,
full-width and look-alike letters, an entity that was escaped twice. None of it may hide a name, and every
span must quote the text as it stands. So nothing here changes the length of the text before the words are cut
out of it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from operator import itemgetter

from monitor.model import Text

FIELD_BREAK = "\n|\n"  # holds no word, ends a sentence, and no name reaches across it

# scripts written without spaces, or with particles glued to the name: words apart from what they touch
CJK = (
    "\u1100-\u11ff\u3005-\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0002fa1f"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe00-\ufe0f\ufe20-\ufe2f"
)
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f\U000e0100-\U000e01ef"
)
_LETTER = rf"[^\W_{CJK}]"
_WORD = re.compile(rf"{_LETTER}+(?:[{_MARKS}{_INVISIBLE}]+{_LETTER}+)*[{_MARKS}]*|[{CJK}]+(?:[{_INVISIBLE}]+[{CJK}]+)*")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_HAS_CJK = re.compile(f"[{CJK}]")

# white space or a quote that was escaped twice in the feed: one level is decoded before the text is stored
_ENTITY = re.compile(r"&(?:nbsp|[lr][sd]quo|quot|apos|amp|[nm]dash|hellip|#\d{1,6}|#[xX][0-9a-fA-F]{1,5});")

# Cyrillic, Greek, Armenian and stroked letters that look like Latin ones: applied to names and texts alike,
# so that a name written wholly in Cyrillic still equals itself
_SKELETON = str.maketrans(
    "авеёікмнорстухѕјһԁԛԝӏԍ" + "αβεηικνορτυχγϲϳ" + "օսցհղոռ" + "ıɑɡłøđħŧ",
    "abeeikmhopctyxsjhdqwlg" + "abenikvoptuxycj" + "ough" + "nnn" + "iaglodht",
)

_SENTENCE_END = re.compile(r"(?P<stop>[.!?…]+)[\"'’”»)\]]*(?=\s)|[。！？]+|\n\|\n")
_NO_END = re.compile(
    r"(?:^|[\s(“\"'])(?:\w|(?:\w\.)+\w|mr|mrs|ms|dr|prof|gen|sen|rep|gov|st|vs|no|inc|ltd|co|corp|approx)$"
)


def fold(word: str) -> str:
    """Return what *word* is compared by: no case, marks, width, invisible characters or look-alike letters.

    Empty when nothing is left. Hangul stays composed.
    """
    return word.lower() if word.isascii() else _fold(word)


@lru_cache(maxsize=50_000)  # the same names and words come again and again
def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    kept = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return unicodedata.normalize("NFC", kept.translate(_SKELETON))


def has_cjk(text: str) -> bool:
    """Return whether *text* holds a letter of Chinese, Japanese or Korean."""
    return not text.isascii() and _HAS_CJK.search(text) is not None


def _lower(text: str) -> str:
    """Return *text* in lower case, exactly as long as before, with escaped entities blanked."""
    # U+0130 is the one character whose lower case is longer than itself
    lowered = text.replace("İ", "i").lower()
    return _ENTITY.sub(lambda m: " " * len(m.group()), lowered) if "&" in lowered else lowered


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of every word of *text*, in order."""
    lowered = _lower(text)
    return [m.span() for m in (_ASCII_WORD if lowered.isascii() else _WORD).finditer(lowered)]


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of *text*, folded; those of which nothing is left are dropped."""
    return tuple(filter(None, (fold(text[start:end]) for start, end in word_spans(text))))


class Words:
    """The words of one item, counted from 0 across title, summary and content.

    ``joined`` is its fields with a break between them; all spans count its characters, and ``place`` turns
    them into a field's own. ``lowered`` is as long as ``joined``; ``low`` holds the words of it. What only a
    text with a match needs (spans, sentences) is computed when first asked for.
    """

    def __init__(self, text: Text) -> None:
        fields = tuple(text.fields())
        self.joined = FIELD_BREAK.join(value for _, value in fields)
        self.lowered = _lower(self.joined)
        self.low: list[str] = (_ASCII_WORD if self.lowered.isascii() else _WORD).findall(self.lowered)
        self._names = [name for name, _ in fields]
        self._starts = list(_starts(value for _, value in fields))

    @cached_property
    def folded(self) -> list[str]:
        """What the words are compared by; empty strings where nothing is left."""
        # most texts are ASCII but for their quotes, and lower case is all that folding does to ASCII
        return self.low if "".join(self.low).isascii() else [fold(word) for word in self.low]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of every word in ``joined``."""
        return [m.span() for m in (_ASCII_WORD if self.lowered.isascii() else _WORD).finditer(self.lowered)]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [m.end() for m in _SENTENCE_END.finditer(self.lowered) if _ends_sentence(self.joined, m)]

    def sentence(self, position: int) -> int:
        """Return the number, from 0, of the sentence that *position* stands in."""
        return bisect_right(self._sentence_ends, position)

    def words_between(self, start: int, end: int) -> tuple[int, int]:
        """Return the number of the first word that reaches into the span, and how many do: at least 1."""
        first = bisect_right(self.spans, start, key=itemgetter(1))
        after = first
        while after < len(self.spans) and self.spans[after][0] < end:
            after += 1
        return first, max(1, after - first)

    def place(self, position: int) -> tuple[str, int]:
        """Return the field that *position* stands in, and where that field starts in ``joined``."""
        number = bisect_right(self._starts, position) - 1
        return self._names[number], self._starts[number]

    def words_of(self, field: str, start: int, end: int) -> tuple[int, int]:
        """Return the same as ``words_between`` for a span of *field*; the field is not empty."""
        base = self._starts[self._names.index(field)]
        return self.words_between(base + start, base + end)

    def parts(self) -> Iterator[tuple[int, str]]:
        """Yield where each field starts in ``joined``, and its text."""
        for number, start in enumerate(self._starts):
            end = self._starts[number + 1] - len(FIELD_BREAK) if number + 1 < len(self._starts) else len(self.joined)
            yield start, self.joined[start:end]


def _starts(values: Iterable[str]) -> Iterator[int]:
    at = 0
    for value in values:
        yield at
        at += len(value) + len(FIELD_BREAK)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Return whether a stop ends a sentence: not after an initial or a title, not before a small letter."""
    stop = match["stop"]
    if stop is None:
        return True
    after = text[match.end() : match.end() + 8].lstrip()
    if after[:1].islower():
        return False
    return stop != "." or _NO_END.search(text[max(0, match.start() - 12) : match.start()].lower()) is None
